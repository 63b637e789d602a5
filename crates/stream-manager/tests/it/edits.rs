//! What is edited in files while the service runs, and who is told what happens to it.

use crate::service::{Service, Setup, eventually, request};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixDatagram;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

fn text(id: &str, content: &str) -> Value {
    json!({"id": id, "type": "overlay", "content": {"type": "text", "content": content}})
}

fn said(service: &Service, id: &str) -> Option<String> {
    let (status, layer) = service.send("GET", &format!("/api/v1/layers/{id}"), None);
    (status == 200).then(|| layer["content"]["content"].as_str().unwrap().to_owned())
}

#[test]
fn what_is_edited_in_the_show_file_comes_on_air() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("show.json");
    let save = |show: Value| {
        // As editors do it.
        let new = dir.path().join("show.json.new");
        std::fs::write(&new, show.to_string()).unwrap();
        std::fs::rename(new, &file).unwrap();
    };
    save(json!({"layers": [text("a", "1"), text("b", "1")]}));
    let setup = || Setup::new(dir.path()).argument("--show").argument("show.json").argument("--watch");
    let service = setup().start();
    assert_eq!(said(&service, "a").as_deref(), Some("1"));
    service.patch("/api/v1/layers/b", json!({"opacity": 0.5}));
    save(json!({"layers": [text("b", "1"), text("a", "2"), text("c", "new")]}));
    eventually("the edit is on air", || said(&service, "c"));
    let order = service.get("/api/v1/layers");
    let order: Vec<_> = order.as_array().unwrap().iter().map(|l| (l["id"].as_str().unwrap(), &l["opacity"])).collect();
    assert_eq!(order, [("b", &json!(0.5)), ("a", &json!(1.0)), ("c", &json!(1.0))], "what others did stays");
    assert_eq!(service.get("/api/v1/log")["commands"][0]["by"], "show-file");

    save(json!({"layers": [text("b", "1"), {"id": "a", "type": "overlay", "opacity": 3}]}));
    let refused = eventually("a wrong file is told", || {
        let notices = service.get("/api/v1/notices");
        notices.as_array().unwrap().iter().find(|n| n["type"] == "showFileRefused").cloned()
    });
    assert!(refused["reason"].as_str().unwrap().contains("layers[1]"), "{refused}");
    assert_eq!(said(&service, "a").as_deref(), Some("2"));
    service.crash();
    let service = setup().start();
    assert_eq!(said(&service, "a").as_deref(), Some("2"), "a broken file keeps nobody off air");
    service.crash();

    save(json!({"layers": [text("b", "while away"), text("c", "new")]}));
    let service = setup().start();
    eventually("what was edited meanwhile is on air", || (said(&service, "b")? == "while away").then_some(()));
    assert_eq!((said(&service, "a"), said(&service, "c").as_deref()), (None, Some("new")));
}

#[test]
fn settings_are_taken_over_and_those_that_cannot_be_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let settings = |text: &str| std::fs::write(dir.path().join(".env"), text).unwrap();
    settings("API_TOKEN=the-first-token-of-all\n");
    // The tests' own variables would win over the file's.
    let service = Setup::new(dir.path()).launch();
    let answers = |token: &str| {
        request("GET", &service.url("/api/v1/stream"), Some(token), &[], None).is_some_and(|(status, _)| status == 200)
    };
    eventually("the service answers", || answers("the-first-token-of-all").then_some(()));
    settings("API_TOKEN=the-second-token-of-all\nMAX_LAYERS=7\nLOG_LEVEL=debug\n");
    // Not by trying it: who brings wrong tokens waits for a minute.
    let told = |words: &str| eventually(words, || service.log().contains(words).then_some(()));
    told("taken over: API_TOKEN, LOG_LEVEL");
    told("at the next start only: MAX_LAYERS");
    assert!(answers("the-second-token-of-all") && !answers("the-first-token-of-all"));
    settings("API_TOKEN=the-third-token-of-all\nMAX_LAYERS=none\n");
    told("settings stay as they are");
    assert!(answers("the-second-token-of-all"));
    settings("API_TOKEN=the-third-token-of-all\n");
    service.signal("HUP");
    eventually("they are taken over when they are right", || {
        (service.log().matches("taken over: API_TOKEN").count() == 2).then_some(())
    });
    assert!(answers("the-third-token-of-all"));
    assert!(!service.log().contains("token-of-all"), "no secret is logged");
}

/// A server that keeps what it is sent: the path, a header, and the body.
fn mailbox() -> (u16, Receiver<(String, String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (port, (letters, kept)) = (listener.local_addr().unwrap().port(), channel());
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().map_while(Result::ok).enumerate() {
            let mut reader = BufReader::new(stream);
            let (mut path, mut auth, mut length) = (String::new(), String::new(), 0);
            for line in (&mut reader).lines().map_while(Result::ok).take_while(|line| !line.is_empty()) {
                let lower = line.to_ascii_lowercase();
                if path.is_empty() {
                    path = line.split(' ').nth(1).unwrap_or_default().to_owned();
                } else if let Some(value) = lower.strip_prefix("content-length: ") {
                    length = value.parse().unwrap();
                } else if lower.starts_with("x-sentry-auth: ") {
                    auth = line;
                }
            }
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            // The first is refused, and comes again.
            let answer = if number == 0 { "503 Busy" } else { "200 OK" };
            let answer = format!("HTTP/1.1 {answer}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            reader.get_mut().write_all(answer.as_bytes()).unwrap();
            if number > 0 && letters.send((path, auth, String::from_utf8(body).unwrap())).is_err() {
                return;
            }
        }
    });
    (port, kept)
}

#[test]
fn a_webhook_and_a_sentry_are_told_what_happens() {
    let (port, letters) = mailbox();
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path())
        .argument("--supervise")
        .variable("WEBHOOK_URL", format!("http://127.0.0.1:{port}/hook/s3cret"))
        .variable("SENTRY_DSN", format!("http://public-key@127.0.0.1:{port}/42"))
        .start();
    let &[running] = &service.children()[..] else { panic!("one service") };
    crate::service::signal_process(running, "KILL");
    let (mut hook, mut sentry) = (None, None);
    while hook.is_none() || sentry.is_none() {
        let (path, auth, body) = letters.recv_timeout(Duration::from_secs(60)).unwrap();
        match path.as_str() {
            "/hook/s3cret" if body.contains("serviceRestarted") => hook = Some(body),
            "/api/42/envelope/" => sentry = Some((auth, body)),
            _ => {}
        }
    }
    let hook: Value = serde_json::from_str(&hook.unwrap()).unwrap();
    assert_eq!((&hook["type"], &hook["reason"]), (&json!("serviceRestarted"), &json!("signal 9")));
    let (auth, envelope) = sentry.unwrap();
    assert!(auth.contains("sentry_key=public-key"), "{auth}");
    let event: Value = serde_json::from_str(envelope.lines().nth(2).unwrap()).unwrap();
    assert_eq!((&event["level"], &event["tags"]["notice"]), (&json!("fatal"), &json!("serviceRestarted")));
    assert!(!service.log().contains("s3cret") && !service.log().contains("public-key"));
}

#[test]
fn systemd_is_told_that_it_is_on_air_and_well() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let service =
        Setup::new(dir.path()).variable("NOTIFY_SOCKET", path.display()).variable("WATCHDOG_USEC", 200_000).start();
    let told = || {
        let mut letter = [0; 256];
        let length = socket.recv(&mut letter).unwrap();
        String::from_utf8_lossy(&letter[..length]).trim().to_owned()
    };
    assert_eq!(told(), "READY=1");
    assert_eq!((told(), told()), ("WATCHDOG=1".to_owned(), "WATCHDOG=1".to_owned()));
    service.signal("TERM");
    let mut last = told();
    while last == "WATCHDOG=1" {
        last = told();
    }
    assert_eq!(last, "STOPPING=1");
}
