//! What happens to the state when things go wrong around it.

use crate::service::{Service, Setup, eventually, request, signal_process};
use serde_json::{Value, json};
use std::path::Path;

fn notice(service: &Service, kind: &str) -> Option<Value> {
    let notices = service.get("/api/v1/notices");
    notices.as_array().unwrap().iter().find(|notice| notice["type"] == kind).cloned()
}

/// What was asked of the program and refused.
fn refused(service: &Service, arguments: &[&str]) -> String {
    let output = service.run(arguments);
    assert!(!output.status.success(), "{arguments:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_supervised_service_that_dies_is_started_again_with_its_show() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).argument("--supervise").start();
    service.add_text("a", "first");
    for times in 1..=2 {
        let &[running] = &service.children()[..] else { panic!("one service at a time") };
        signal_process(running, "KILL");
        let told = eventually("it is started again", || {
            let (status, _) = request("GET", &service.url("/api/v1/stream"), None, &[], None)?;
            (status == 200 && service.children() != [running]).then(|| notice(&service, "serviceRestarted"))
        });
        let told = told.unwrap();
        assert_eq!((&told["times"], &told["reason"]), (&json!(times), &json!("signal 9")), "{told}");
        assert_eq!(service.get("/api/v1/layers/a")["id"], "a");
    }

    // What cannot begin is told once: the store is in use.
    let second = Setup::new(dir.path()).argument("--supervise").launch();
    assert_eq!(second.wait().code(), Some(1));

    let running = service.children()[0];
    assert!(service.end().success());
    assert!(!Path::new(&format!("/proc/{running}")).exists(), "both have ended");

    let service = Setup::new(dir.path()).argument("--supervise").start();
    let running = service.children()[0];
    service.crash();
    eventually("it ends with its supervisor", || (!Path::new(&format!("/proc/{running}")).exists()).then_some(()));
}

#[test]
fn a_backup_is_made_on_air_and_restored_elsewhere() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let service = Setup::new(dir.path()).variable("API_TOKEN", "a-token-of-sixteen-letters").start();
    service.add_text("a", "kept");
    service
        .post("/api/v1/destinations", json!({"id": "x", "url": "rtmp://127.0.0.1:9/live", "streamKey": "secret-key"}));
    let file = other.path().join("show.backup");
    let name = file.to_str().unwrap();
    let output = service.run(&["backup", name]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    service.add_text("b", "later");
    assert!(refused(&service, &["backup", name]).contains("exists already"));
    let made = service.post("/api/v1/backups", json!({}));
    assert_eq!(service.get("/api/v1/backups"), json!([made]), "the one before was moved to where it was wanted");
    assert!(refused(&service, &["restore", name]).contains("in use"));
    let shown = service.get("/api/v1/show");
    assert!(service.end().success());

    let data = other.path().join("data");
    std::fs::create_dir(&data).unwrap();
    let elsewhere = Setup::new(&data).start();
    assert!(refused(&elsewhere, &["restore", name]).contains("in use"));
    let elsewhere = {
        elsewhere.crash();
        Setup::new(&data)
    };
    let restored = std::process::Command::new(env!("CARGO_BIN_EXE_stream-manager"))
        .args(["restore", name])
        .env_clear()
        .env("DATA_DIR", &data)
        .output()
        .unwrap();
    assert!(restored.status.success(), "{}", String::from_utf8_lossy(&restored.stderr));
    let service = elsewhere.start();
    assert_eq!(service.get("/api/v1/show")["layers"], json!([shown["layers"][0]]), "as it was then");
    assert_eq!(service.get("/api/v1/destinations")[0]["hasStreamKey"], true, "with its key");
    assert!(service.end().success());
    let occupied = std::process::Command::new(env!("CARGO_BIN_EXE_stream-manager"))
        .args(["restore", name])
        .env_clear()
        .env("DATA_DIR", &data)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&occupied.stderr).into_owned();
    assert!(!occupied.status.success() && told.contains("holds a show already"), "{told}");
}

#[test]
fn a_corrupt_store_costs_what_came_after_the_last_snapshot_and_is_told_of() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("a", "kept");
    // An orderly end takes a snapshot.
    assert!(service.end().success());
    let service = Setup::new(dir.path()).start();
    service.add_text("b", "lost");
    service.crash();
    // With the journal: it would mend the rest.
    for file in ["show.db", "show.db-wal"] {
        let length = std::fs::metadata(dir.path().join(file)).unwrap().len();
        std::fs::write(dir.path().join(file), vec![0x5a; length as usize]).unwrap();
    }
    let service = Setup::new(dir.path()).start();
    assert!(notice(&service, "storeWasCorrupt").is_some());
    let layers = service.get("/api/v1/layers");
    let ids: Vec<&Value> = layers.as_array().unwrap().iter().map(|layer| &layer["id"]).collect();
    assert_eq!(ids, ["a"]);
    service.add_text("c", "new");
    assert!(service.end().success());
    let service = Setup::new(dir.path()).start();
    assert_eq!(service.get("/api/v1/layers").as_array().unwrap().len(), 2);
    assert_eq!(notice(&service, "storeWasCorrupt"), None);
}
