//! Real Redis servers, for tests.
#![allow(clippy::unwrap_used, reason = "a server that does not start is a failed test")]

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A `redis-server` that keeps what it acknowledges.
pub struct RedisServer {
    pub port: u16,
    arguments: Vec<String>,
    child: Child,
    _dir: tempfile::TempDir,
}

impl RedisServer {
    /// One with further settings, as on the command line.
    pub fn start(further: &[&str]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        let mut arguments: Vec<String> =
            ["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", "", "--dir", dir.path().to_str().unwrap()]
                .map(str::to_owned)
                .into();
        arguments.extend(["--appendonly", "yes", "--appendfsync", "always"].map(str::to_owned));
        arguments.extend(further.iter().map(|&argument| argument.to_owned()));
        let child = spawn(&arguments);
        Self { port, arguments, child, _dir: dir }
    }

    /// One that only speaks TLS, with the certificate and key in that folder.
    pub fn behind_tls(folder: &Path, further: &[&str]) -> Self {
        let file = |name: &str| folder.join(name).display().to_string();
        let (certificate, key) = (file("certificate.pem"), file("key.pem"));
        let tls = ["--tls-cert-file", &certificate, "--tls-key-file", &key, "--tls-auth-clients", "no"];
        let mut server = Self::start(&[&tls, further].concat());
        server.kill();
        server.arguments.extend(["--port", "0", "--tls-port", &server.port.to_string()].map(str::to_owned));
        server.start_again();
        server
    }

    /// A Sentinel for a master at that port.
    pub fn sentinel(master: u16) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("sentinel.conf");
        std::fs::write(&file, format!("port {port}\nbind 127.0.0.1\nsentinel monitor show 127.0.0.1 {master} 1\n"))
            .unwrap();
        let arguments = vec![file.to_str().unwrap().to_owned(), "--sentinel".to_owned()];
        let child = spawn(&arguments);
        Self { port, arguments, child, _dir: dir }
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Something for the command line client to do, with its answer.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let output = Command::new("redis-cli").args(["-p", &self.port.to_string()]).args(arguments).output().unwrap();
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }

    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// The same server once more, with what is on its disk.
    pub fn start_again(&mut self) {
        self.child = spawn(&self.arguments);
    }

    pub fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }
}

fn spawn(arguments: &[String]) -> Child {
    Command::new("redis-server").args(arguments).stdout(Stdio::null()).spawn().unwrap()
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until it is so; half a minute is for ever.
pub fn eventually<T>(what: &str, mut attempt: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(done) = attempt() {
            return done;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "not within half a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
