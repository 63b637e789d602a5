//! Edits that are undone, and the log of who did what.

use crate::service::{Service, Setup, Socket, request_whole};
use serde_json::{Value, json};

/// A request of a client that says its name.
fn by(service: &Service, client: &str, method: &str, path: &str, body: Value) -> (u16, Value) {
    let (url, body) = (service.url(&format!("/api/v1{path}")), body.to_string());
    let (status, _, answer) = request_whole(method, &url, None, &[("stream-client", client)], Some(&body)).unwrap();
    (status, serde_json::from_str(&answer).unwrap_or_default())
}

#[test]
fn edits_are_undone_by_client_also_after_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("a", "first");
    assert_eq!(by(&service, "ann", "PATCH", "/layers/a", json!({"opacity": 0.5})).0, 200);
    assert_eq!(by(&service, "bob", "PATCH", "/layers/a", json!({"visible": false})).0, 200);
    let history = service.get("/api/v1/history");
    let who: Vec<&str> = history["undo"].as_array().unwrap().iter().map(|s| s["by"].as_str().unwrap()).collect();
    assert_eq!(who, ["bob", "ann", "anonymous"]);
    assert_eq!(history["undo"][0]["things"], json!(["layer a"]));
    service.crash();

    let service = Setup::new(dir.path()).start();
    assert_eq!(service.get("/api/v1/history"), history);
    let mut socket = service.socket("/ws?client=watcher");
    socket.expect("the snapshot", |m| (m["type"] == "snapshot").then_some(()));
    let (status, outcome) = by(&service, "carl", "POST", "/undo", json!({"by": "ann"}));
    assert_eq!((status, &outcome["events"][0]["type"]), (200, &json!("layerUpdated")), "{outcome}");
    let told = socket.expect("the event", |m| (m["type"] == "event").then(|| m.clone()));
    assert_eq!((&told["by"], &told["event"]["layer"]["opacity"]), (&json!("carl"), &json!(1.0)), "{told}");
    let layer = service.get("/api/v1/layers/a");
    assert_eq!((&layer["opacity"], &layer["visible"]), (&json!(1.0), &json!(false)));
    assert_eq!(service.get("/api/v1/history")["redo"][0]["by"], "ann");
    assert_eq!(by(&service, "ann", "POST", "/redo", json!({})).0, 200);
    assert_eq!(service.get("/api/v1/layers/a")["opacity"], 0.5);

    // By the socket as well; what another has changed since is not trampled.
    socket.command(json!({"updateLayer": {"id": "a", "patch": {"opacity": 0.9}}}));
    let (status, problem) = by(&service, "ann", "POST", "/undo", json!({"by": "ann"}));
    assert_eq!((status, &problem["type"]), (409, &json!("/problems/conflict")), "{problem}");
    socket.command(json!({"undo": {"by": "watcher"}}));
    assert_eq!(service.get("/api/v1/layers/a")["opacity"], 0.5);
    let (status, problem) = by(&service, "ann", "POST", "/undo", json!({"by": "nobody"}));
    assert_eq!((status, &problem["type"]), (409, &json!("/problems/conflict")), "{problem}");
    assert_eq!(by(&service, "no name", "POST", "/undo", json!({})).0, 400);
}

#[test]
fn the_log_says_who_did_what_and_no_secret() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let destination = json!({"id": "x", "url": "rtmp://127.0.0.1:9/live/in-the-path"});
    let keyed = json!({"id": "y", "url": "rtmp://127.0.0.1:9/live?token=in-the-query", "streamKey": "in-its-field"});
    by(&service, "ann", "POST", "/destinations", destination);
    by(&service, "ann", "POST", "/destinations", keyed);
    let third = json!({"createDestination": {"destination": {"id": "z", "url": "rtmp://127.0.0.1:8/live/in-a-batch"}}});
    by(&service, "bob", "POST", "/batch", json!({"commands": [{"panic": {}}, third]}));
    for n in 0..5 {
        by(&service, "bob", "PATCH", "/data", json!({"n": n}));
    }
    let newest = service.get("/api/v1/log?limit=3");
    let page = |log: &Value| -> Vec<u64> {
        log["commands"].as_array().unwrap().iter().map(|c| c["sequence"].as_u64().unwrap()).collect()
    };
    let last = page(&newest)[0];
    assert_eq!(page(&newest), [last, last - 1, last - 2]);
    assert_eq!(newest["commands"][0]["command"], json!({"setData": {"patch": {"n": 4}}}));
    assert_eq!(newest["commands"][0]["by"], "bob");
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let log = service.get(&format!("/api/v1/log?limit=3{cursor}"));
        all.extend(page(&log));
        match log["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(all, (1..=last).rev().collect::<Vec<_>>(), "each once");
    let text = service.get("/api/v1/log?limit=500").to_string();
    assert!(text.contains("rtmp://127.0.0.1:9/live"), "{text}");
    for secret in ["in-the-path", "in-the-query", "in-its-field", "in-a-batch"] {
        assert!(!text.contains(secret), "{secret} in {text}");
    }
    let of = |query: &str| page(&service.get(&format!("/api/v1/log?{query}"))).len();
    assert_eq!((of("by=bob"), of("by=bob&limit=2"), of("by=nobody")), (6, 2, 0));
    assert_eq!((of("command=createDestination"), of("command=batch&by=bob"), of("command=batch&by=ann")), (2, 1, 0));
    let moment = newest["commands"][2]["unixMs"].as_i64().unwrap();
    assert!((3..=all.len()).contains(&of(&format!("since={moment}"))) && of("since=9999999999999") == 0);
    let first = service.get("/api/v1/log?by=bob&limit=4");
    let rest = service.get(&format!("/api/v1/log?by=bob&limit=4&cursor={}", first["nextCursor"].as_str().unwrap()));
    assert_eq!([page(&first), page(&rest)].concat(), (last - 5..=last).rev().collect::<Vec<_>>());
    for query in ["limit=0", "limit=501", "limit=x", "cursor=x", "what=1"] {
        let (status, problem) = service.send("GET", &format!("/api/v1/log?{query}"), None);
        assert!(matches!(status, 400 | 422), "{query}: {status} {problem}");
    }
}

#[test]
fn a_client_of_the_socket_hears_what_it_asked_for_and_may_bring_a_ticket() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).variable("API_TOKEN", "a-token-of-sixteen-letters").start();
    let ticket = service.post("/api/v1/tickets", json!({}))["ticket"].as_str().unwrap().to_owned();
    let url = service.ws_url(&format!("/ws?client=ann&ticket={ticket}"));
    let (socket, _) = tungstenite::connect(&url).unwrap();
    let mut socket = Socket(socket);
    let hello = socket.expect("a hello first", |m| Some(m.clone()));
    assert_eq!((&hello["type"], &hello["protocol"], &hello["client"]), (&json!("hello"), &json!(1), &json!("ann")));
    assert!(tungstenite::connect(&url).is_err(), "a ticket is good once");
    socket.send(json!({"id": "s", "subscribe": ["data", "layers"]}));
    socket.expect("it is so", |m| (m["type"] == "answer" && m["id"] == "s" && m["ok"] == true).then_some(()));
    service.post("/api/v1/panic", json!({}));
    service.patch("/api/v1/data", json!({"lot": 1}));
    service.add_text("a", "x");
    let heard = |kind: &'static str| {
        move |m: &Value| {
            assert!(matches!(m["type"].as_str().unwrap(), "event"), "{m}");
            (m["event"]["type"] == kind).then_some(())
        }
    };
    let first = socket.expect("the first", |m| Some(m.clone()));
    assert_eq!(first["event"]["type"], "dataChanged", "and not the slate: {first}");
    socket.expect("the layer", heard("layerCreated"));
    socket.send(json!({"id": "w", "subscribe": ["weather"]}));
    let wrong = socket.expect("an answer", |m| (m["id"] == "w").then(|| m.clone()));
    assert_eq!((&wrong["ok"], &wrong["problem"]["field"]), (&json!(false), &json!("subscribe[0]")), "{wrong}");
}
