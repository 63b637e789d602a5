//! A real ingest: nginx with its RTMP module, which records what it is sent.

use crate::service::{eventually, free_ports, signal_process};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

pub struct Ingest {
    child: Child,
    folder: PathBuf,
    port: u16,
    tls_port: u16,
    control_port: u16,
}

impl Ingest {
    /// Starts nginx, keeping its files in `folder`.
    pub fn start(folder: &Path) -> Self {
        let [port, tls_port, control_port, ..] = free_ports();
        Self::start_at(folder, [port, tls_port, control_port])
    }

    fn start_at(folder: &Path, ports: [u16; 3]) -> Self {
        let [port, tls_port, control_port] = ports;
        make_certificate(folder);
        let recordings = folder.join("recorded");
        std::fs::create_dir_all(&recordings).unwrap();
        let (dir, recordings) = (folder.display(), recordings.display());
        let settings = format!(
            "load_module /usr/lib/nginx/modules/ngx_rtmp_module.so;
             load_module /usr/lib/nginx/modules/ngx_stream_module.so;
             daemon off; master_process off; user root; pid {dir}/nginx.pid; error_log {dir}/nginx.log info;
             events {{ worker_connections 64; }}
             rtmp {{ server {{
                 listen 127.0.0.1:{port};
                 application strict {{
                     live on; record all; record_unique on; record_path {recordings}; drop_idle_publisher 3s;
                 }}
                 application live {{ live on; record all; record_unique on; record_path {recordings}; }}
             }} }}
             stream {{ server {{
                 listen 127.0.0.1:{tls_port} ssl;
                 ssl_certificate {dir}/certificate.pem; ssl_certificate_key {dir}/key.pem;
                 proxy_pass 127.0.0.1:{port};
             }} }}
             http {{
                 access_log off; client_body_temp_path {dir}; proxy_temp_path {dir}; fastcgi_temp_path {dir};
                 uwsgi_temp_path {dir}; scgi_temp_path {dir};
                 server {{ listen 127.0.0.1:{control_port}; location /control {{ rtmp_control all; }} }}
             }}"
        );
        let file = folder.join("nginx.conf");
        std::fs::write(&file, settings).unwrap();
        let child =
            Command::new("nginx").arg("-c").arg(&file).arg("-p").arg(folder).stdin(Stdio::null()).spawn().unwrap();
        eventually("nginx listens", || TcpStream::connect(("127.0.0.1", port)).ok());
        Self { child, folder: folder.to_owned(), port, tls_port, control_port }
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where to publish, without the key.
    pub fn url(&self) -> String {
        format!("rtmp://127.0.0.1:{}/live", self.port)
    }

    /// Where to publish behind TLS.
    pub fn tls_url(&self) -> String {
        format!("rtmps://127.0.0.1:{}/live", self.tls_port)
    }

    /// The certificate that the TLS side shows, which signed itself.
    pub fn certificate(&self) -> PathBuf {
        self.folder.join("certificate.pem")
    }

    pub fn signal(&self, signal: &str) {
        signal_process(self.child.id(), signal);
    }

    /// Ends the connection of whoever publishes under that key.
    pub fn drop_publisher(&self, key: &str) {
        let url = format!("http://127.0.0.1:{}/control/drop/publisher?app=live&name={key}", self.control_port);
        let dropped = ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
        assert_eq!(dropped, "1");
    }

    /// The numbers of its connections, and of those that have published: oldest first.
    pub fn connections(&self) -> [Vec<u64>; 2] {
        let log = std::fs::read_to_string(self.folder.join("nginx.log")).unwrap();
        let number = |line: &str| line.split('*').nth(1)?.split_whitespace().next()?.parse().ok();
        [" connect: app=", " publish: name="]
            .map(|what| log.lines().filter(|line| line.contains(what)).filter_map(number).collect())
    }

    /// Ends it, and starts another at the same port.
    pub fn stop(mut self) -> impl FnOnce() -> Self {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        let (folder, ports) = (self.folder.clone(), [self.port, self.tls_port, self.control_port]);
        move || Self::start_at(&folder, ports)
    }

    /// What it has recorded, oldest first: a file for each connection.
    pub fn recorded(&self) -> Vec<PathBuf> {
        let mut files: Vec<_> =
            std::fs::read_dir(self.folder.join("recorded")).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort_by_key(|path| std::fs::metadata(path).unwrap().created().unwrap());
        files
    }

    /// Bytes of the newest recording.
    pub fn received(&self) -> u64 {
        self.recorded().last().map_or(0, |path| std::fs::metadata(path).unwrap().len())
    }
}

impl Drop for Ingest {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Writes `key.pem` and `certificate.pem`, which signs itself, for 127.0.0.1.
pub fn make_certificate(folder: &Path) {
    let status = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-keyout", "key.pem", "-out", "certificate.pem"])
        .current_dir(folder)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}
