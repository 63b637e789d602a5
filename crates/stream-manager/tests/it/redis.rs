//! A show that is kept in a Redis: what happens to it, and to the program, when the Redis goes away.

use crate::ingest::make_certificate;
use crate::redis_server::RedisServer;
use crate::service::{BINARY, Service, Setup, eventually, request_whole};
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

fn start(dir: &Path, server: &RedisServer, fallback: &str) -> Service {
    Setup::new(dir).variable("REDIS_URL", server.url()).variable("STORE_FALLBACK", fallback).start()
}

/// Adds a text layer under a key: the status, the header that says when to come again, and the answer.
fn try_to_add(service: &Service, id: &str) -> (u16, Option<String>, Value) {
    let layer = json!({"id": id, "type": "overlay", "content": {"type": "text", "content": id}}).to_string();
    let headers = [("idempotency-key", id)];
    let url = service.url("/api/v1/layers");
    let (status, answered, body) = request_whole("POST", &url, None, &headers, Some(&layer)).unwrap();
    let again = answered.get("retry-after").map(|seconds| seconds.to_str().unwrap().to_owned());
    (status, again, serde_json::from_str(&body).unwrap_or_default())
}

fn store_is(service: &Service, state: &str) {
    eventually(&format!("the store is {state}"), || {
        let (_, health) = service.health("/health");
        let health: Value = serde_json::from_str(&health).unwrap();
        (health["components"]["store"] == state).then_some(())
    });
}

/// Lets the Redis be away while the program goes on: for two seconds, or as long as `script/soak redis` says.
fn stay_away(service: &Service) {
    let seconds: u64 = std::env::var("AWAY_SECONDS").map_or(2, |seconds| seconds.parse().unwrap());
    for _ in 0..seconds {
        let due = || service.get("/api/v1/stream")["program"]["framesDue"].as_u64().unwrap();
        let before = due();
        eventually("a second of the program", || (due() >= before + 30).then_some(()));
    }
}

/// Frames that nobody has seen.
fn lost(service: &Service) -> Value {
    let program = service.get("/api/v1/stream")["program"].clone();
    json!([program["framesSkipped"], program["framesRepeated"]])
}

fn layers(service: &Service) -> Vec<String> {
    let all = service.get("/api/v1/layers");
    all.as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn while_the_redis_is_away_the_show_goes_on_and_commands_are_refused() {
    let (dir, mut server) = (tempfile::tempdir().unwrap(), RedisServer::start(&[]));
    let service = start(dir.path(), &server, "none");
    assert_eq!(try_to_add(&service, "a").0, 201);
    store_is(&service, "ok");
    let before = lost(&service);
    server.kill();
    // Nobody has to give a command for it to be seen.
    store_is(&service, "failing");
    assert_eq!(service.health("/ready").0, 503);
    let (status, again, problem) = try_to_add(&service, "b");
    assert_eq!((status, again.as_deref(), &problem["type"]), (503, Some("1"), &json!("/problems/store")), "{problem}");
    let metrics = service.metrics();
    assert!(metrics.contains("stream_manager_store_up 0"), "{metrics}");
    stay_away(&service);
    assert_eq!(layers(&service), ["a"]);
    server.start_again();
    store_is(&service, "ok");
    assert_eq!(try_to_add(&service, "b").0, 201);
    assert_eq!(try_to_add(&service, "b").0, 201, "done once");
    assert!(service.metrics().contains("stream_manager_store_up 1"));
    let notices = service.get("/api/v1/notices").to_string();
    assert!(notices.contains("storeChanged") && notices.contains("away"), "{notices}");
    if std::env::var_os("AWAY_SECONDS").is_some() {
        println!("frames skipped and repeated: {before} before, {} after", lost(&service));
    }
    assert_eq!(lost(&service)[0], before[0], "no frame is lost");
    service.crash();
    // Whatever folder it has: the show is in the Redis.
    let elsewhere = tempfile::tempdir().unwrap();
    let service = start(elsewhere.path(), &server, "none");
    assert_eq!(layers(&service), ["a", "b"]);
}

#[test]
fn a_journal_takes_commands_while_the_redis_is_away_and_brings_them_there() {
    let (dir, mut server) = (tempfile::tempdir().unwrap(), RedisServer::start(&[]));
    let service = start(dir.path(), &server, "journal");
    assert_eq!(try_to_add(&service, "a").0, 201);
    server.kill();
    for id in ["b", "c"] {
        assert_eq!(try_to_add(&service, id).0, 201);
    }
    store_is(&service, "degraded");
    stay_away(&service);
    assert_eq!(service.health("/ready").0, 200);
    let metrics = service.metrics();
    assert!(metrics.contains("stream_manager_store_journaled 2"), "{metrics}");
    server.start_again();
    store_is(&service, "ok");
    assert_eq!(try_to_add(&service, "d").0, 201);
    let log = service.get("/api/v1/log");
    let id = |entry: &Value| entry["command"]["createLayer"]["layer"]["id"].as_str().unwrap().to_owned();
    let written: Vec<String> = log["commands"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(written, ["d", "c", "b", "a"], "in order, each once");
    // It dies while the Redis is away.
    server.kill();
    assert_eq!(try_to_add(&service, "e").0, 201);
    service.crash();
    server.start_again();
    let service = start(dir.path(), &server, "journal");
    assert_eq!(layers(&service), ["a", "b", "c", "d", "e"]);
    service.crash();
    let elsewhere = tempfile::tempdir().unwrap();
    assert_eq!(layers(&start(elsewhere.path(), &server, "none")), ["a", "b", "c", "d", "e"]);
}

#[test]
fn what_a_redis_has_lost_the_service_that_runs_gives_it_again() {
    let (dir, server) = (tempfile::tempdir().unwrap(), RedisServer::start(&[]));
    let service = start(dir.path(), &server, "none");
    for id in ["a", "b"] {
        assert_eq!(try_to_add(&service, id).0, 201);
    }
    assert_eq!(server.cli(&["flushall"]), "OK");
    assert_eq!(try_to_add(&service, "c").0, 201);
    service.crash();
    let service = start(dir.path(), &server, "none");
    assert_eq!(layers(&service), ["a", "b", "c"]);
    assert_eq!(try_to_add(&service, "b").0, 201, "keys as well: it is not done again");
    assert_eq!(layers(&service), ["a", "b", "c"]);
}

#[test]
fn a_redis_behind_tls_and_a_password_and_a_backup_of_it() {
    let dir = tempfile::tempdir().unwrap();
    make_certificate(dir.path());
    let server = RedisServer::behind_tls(dir.path(), &["--requirepass", "s3cret"]);
    let setup = |data: &Path| {
        Setup::new(data)
            .variable("REDIS_URL", format!("rediss://127.0.0.1:{}", server.port))
            .variable("REDIS_PASSWORD", "s3cret")
            .variable("SSL_CERT_FILE", dir.path().join("certificate.pem").display())
    };
    let service = setup(dir.path()).start();
    assert_eq!(try_to_add(&service, "a").0, 201);
    assert!(!service.log().contains("s3cret"));
    let (status, made) = service.send("POST", "/api/v1/backups", None);
    assert_eq!(status, 201, "{made}");
    assert_eq!(try_to_add(&service, "b").0, 201);
    service.crash();
    let file = dir.path().join("backups").join(made["name"].as_str().unwrap());
    assert_eq!(layers(&setup(dir.path()).start()), ["a", "b"]);
    // The same file goes into the embedded store.
    let elsewhere = tempfile::tempdir().unwrap();
    let restored = Command::new(BINARY)
        .args(["restore", file.to_str().unwrap()])
        .env("DATA_DIR", elsewhere.path())
        .current_dir(elsewhere.path())
        .status();
    assert!(restored.unwrap().success());
    assert_eq!(layers(&Setup::new(elsewhere.path()).start()), ["a"]);
}
