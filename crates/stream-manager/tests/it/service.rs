//! A service under test, and what talks to it.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tungstenite::stream::MaybeTlsStream;

/// How long anything may take on a machine that is busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// The binary.
pub const BINARY: &str = env!("CARGO_BIN_EXE_stream-manager");

/// Four ports that are free now, and that the system gives to no connection: those begin at 32768, unless told
/// otherwise. One that was given to a caller of another test between here and the service's start would be missed.
pub fn free_ports() -> [u16; 4] {
    let free = || loop {
        if let Ok(held) = TcpListener::bind(("127.0.0.1", fastrand::u16(10_000..32_000))) {
            return held;
        }
    };
    let held = [(); 4].map(|()| free());
    held.map(|listener| listener.local_addr().unwrap().port())
}

/// Waits until `look` finds what it looks for.
#[track_caller]
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "never happened: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A running service.
pub struct Service {
    pub child: Child,
    pub data: PathBuf,
    ports: [u16; 4],
    token: Option<String>,
    log: Arc<Mutex<String>>,
}

/// How to start one.
pub struct Setup {
    pub data: PathBuf,
    pub arguments: Vec<String>,
    pub variables: Vec<(String, String)>,
}

impl Setup {
    /// In a data folder, small and quick to encode: most tests look at what goes on, not at detail.
    pub fn new(data: &Path) -> Self {
        let variables = [
            ("STREAM_RESOLUTION", "640x360"),
            ("STREAM_PRESET", "ultrafast"),
            ("STREAM_BITRATE", "800"),
            ("STREAM_KEYFRAME_INTERVAL", "1"),
        ];
        Self {
            data: data.to_owned(),
            arguments: vec!["serve".into()],
            variables: variables.map(|(n, v)| (n.to_owned(), v.to_owned())).to_vec(),
        }
    }

    pub fn variable(mut self, name: &str, value: impl ToString) -> Self {
        self.variables.retain(|(n, _)| n != name);
        self.variables.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    /// Starts it and waits until it answers.
    pub fn start(self) -> Service {
        let mut service = self.launch();
        eventually("the service answers", || {
            if let Some(status) = service.child.try_wait().unwrap() {
                panic!("the service has ended with {status}: {}", service.log());
            }
            service.try_get("/api/v1/stream")
        });
        service
    }

    /// Starts it.
    pub fn launch(self) -> Service {
        let ports = free_ports();
        let mut command = Command::new(BINARY);
        command.args(&self.arguments).current_dir(&self.data).env_clear().env("PATH", std::env::var("PATH").unwrap());
        let names = ["PORT", "WS_PORT", "METRICS_PORT", "HEALTH_PORT"];
        command.envs(names.into_iter().zip(ports.map(|p| p.to_string()))).env("DATA_DIR", &self.data);
        command.envs(self.variables.iter().cloned());
        let token = self.variables.iter().find(|(n, _)| n == "API_TOKEN").map(|(_, v)| v.clone());
        let mut child = command.stdin(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (lines, kept) = (BufReader::new(child.stderr.take().unwrap()), log.clone());
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                eprintln!("{line}");
                *kept.lock().unwrap() += &(line + "\n");
            }
        });
        Service { child, data: self.data, ports, token, log }
    }
}

impl Service {
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.ports[0])
    }

    pub fn ws_url(&self, path: &str) -> String {
        format!("ws://127.0.0.1:{}{path}", self.ports[1])
    }

    pub fn metrics(&self) -> String {
        text(&format!("http://127.0.0.1:{}/metrics", self.ports[2])).1
    }

    pub fn health(&self, path: &str) -> (u16, String) {
        text(&format!("http://127.0.0.1:{}{path}", self.ports[3]))
    }

    /// All that it has logged.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Sends a request; gives the status and the body, `null` where it is no JSON.
    pub fn send(&self, method: &str, path: &str, body: Option<&str>) -> (u16, Value) {
        let (status, text) = request(method, &self.url(path), self.token.as_deref(), &[], body).unwrap();
        (status, serde_json::from_str(&text).unwrap_or_default())
    }

    fn try_get(&self, path: &str) -> Option<Value> {
        let (status, text) = request("GET", &self.url(path), self.token.as_deref(), &[], None)?;
        (status == 200).then(|| serde_json::from_str(&text).unwrap())
    }

    pub fn get(&self, path: &str) -> Value {
        self.try_get(path).unwrap_or_else(|| panic!("GET {path}"))
    }

    #[track_caller]
    pub fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send("POST", path, Some(&body.to_string()));
        assert!((200..300).contains(&status), "POST {path}: {status} {answer}");
        answer
    }

    #[track_caller]
    pub fn patch(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.send("PATCH", path, Some(&body.to_string()));
        assert_eq!(status, 200, "PATCH {path}: {answer}");
        answer
    }

    /// Adds a text layer.
    pub fn add_text(&self, id: &str, content: &str) -> Value {
        self.post(
            "/api/v1/layers",
            json!({"id": id, "type": "overlay", "content": {"type": "text", "content": content}}),
        )
    }

    /// The colour in the middle of the picture that is on air, which is as small as [`Setup::new`] makes it.
    pub fn colour_in_the_middle(&self) -> [u8; 3] {
        let mut response = ureq::get(self.url("/api/v1/frame.png")).call().unwrap();
        let png = response.body_mut().read_to_vec().unwrap();
        let picture = image::load_from_memory(&png).unwrap().into_rgb8();
        assert_eq!(picture.dimensions(), (640, 360));
        picture.get_pixel(320, 180).0
    }

    /// The status of a destination.
    pub fn destination(&self, id: &str) -> Value {
        let all = self.get("/api/v1/destinations");
        all.as_array().unwrap().iter().find(|d| d["id"] == id).unwrap()["status"].clone()
    }

    pub fn wait_for_state(&self, destination: &str, state: &str) {
        eventually(&format!("{destination} is {state}"), || {
            (self.destination(destination)["state"] == state).then_some(())
        });
    }

    /// A WebSocket.
    pub fn socket(&self, path: &str) -> Socket {
        let (socket, _) = tungstenite::connect(self.ws_url(path)).unwrap();
        Socket(socket)
    }

    /// Another command of the program, with the same settings.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(BINARY);
        command.args(arguments).current_dir(&self.data).env_clear().env("DATA_DIR", &self.data);
        command.env("PORT", self.ports[0].to_string());
        command.envs(self.token.iter().map(|token| ("API_TOKEN", token)));
        command.output().unwrap()
    }

    /// The processes that it has started, and that run.
    pub fn children(&self) -> Vec<u32> {
        let parent = |pid: u32| -> Option<u32> {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
            // The name in the brackets may be anything.
            stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
        };
        let all = std::fs::read_dir("/proc").unwrap().filter_map(|e| e.ok()?.file_name().to_str()?.parse().ok());
        all.filter(|pid| parent(*pid) == Some(self.child.id())).collect()
    }

    pub fn signal(&self, signal: &str) {
        signal_process(self.child.id(), signal);
    }

    /// Asks it to end, and waits.
    pub fn end(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// Waits until it ends by itself.
    pub fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Kills it as a crash would.
    pub fn crash(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A WebSocket that speaks JSON.
pub struct Socket(pub tungstenite::WebSocket<MaybeTlsStream<std::net::TcpStream>>);

impl Socket {
    /// The next JSON message that `pick` likes.
    pub fn expect<T>(&mut self, what: &str, mut pick: impl FnMut(&Value) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            assert!(Instant::now() < deadline, "never came: {what}");
            if let tungstenite::Message::Text(text) = self.0.read().unwrap()
                && let Some(found) = pick(&serde_json::from_str(&text).unwrap())
            {
                return found;
            }
        }
    }

    pub fn send(&mut self, message: Value) {
        self.0.send(tungstenite::Message::text(message.to_string())).unwrap();
    }

    /// Sends a command and waits for its answer.
    pub fn command(&mut self, command: Value) -> Value {
        self.send(json!({"id": "c", "command": command}));
        self.expect("an answer", |m| (m["type"] == "answer" && m["id"] == "c").then(|| m.clone()))
    }
}

/// Any request; `None` where nobody answers.
pub fn request(
    method: &str,
    url: &str,
    token: Option<&str>,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Option<(u16, String)> {
    request_whole(method, url, token, headers, body).map(|(status, _, body)| (status, body))
}

/// The same with the headers of the answer.
pub fn request_whole(
    method: &str,
    url: &str,
    token: Option<&str>,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Option<(u16, ureq::http::HeaderMap, String)> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(PATIENCE))
        .build()
        .into();
    let mut builder = ureq::http::Request::builder().method(method).uri(url);
    if let Some(token) = token {
        builder = builder.header("authorization", format!("Bearer {token}"));
    }
    if body.is_some() && !headers.iter().any(|(n, _)| *n == "content-type") {
        builder = builder.header("content-type", "application/json");
    }
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    let result = match body {
        Some(body) => agent.run(builder.body(body.to_owned()).unwrap()),
        None => agent.run(builder.body(()).unwrap()),
    };
    let mut response = result.ok()?;
    let body = response.body_mut().with_config().limit(64 << 20).read_to_vec().unwrap_or_default();
    Some((response.status().as_u16(), response.headers().clone(), String::from_utf8_lossy(&body).into_owned()))
}

pub fn text(url: &str) -> (u16, String) {
    request("GET", url, None, &[], None).unwrap()
}

pub fn signal_process(pid: u32, signal: &str) {
    let status = Command::new("kill").args([&format!("-{signal}"), &pid.to_string()]).status().unwrap();
    assert!(status.success(), "kill -{signal} {pid}");
}

/// A file of the demo.
pub fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo").join(name)
}

/// What ffprobe says of a file, as JSON.
pub fn ffprobe(file: &Path, arguments: &[&str]) -> Value {
    let output =
        Command::new("ffprobe").args(["-v", "error", "-of", "json"]).args(arguments).arg(file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a decoder complains of in a file.
pub fn decode_errors(file: &Path) -> String {
    let output = Command::new("ffmpeg")
        .args(["-v", "warning", "-xerror", "-i"])
        .arg(file)
        .args(["-f", "null", "-"])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}
