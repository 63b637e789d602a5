//! Versions of things, requests that are sent again, and what is done to layers by REST.

use crate::service::{Service, Setup, request_whole};
use serde_json::{Value, json};

/// A request: its status, its ETag and its body.
fn ask(
    service: &Service,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Value>,
) -> (u16, Option<String>, Value) {
    let body = body.map(|body| body.to_string());
    let url = service.url(&format!("/api/v1{path}"));
    let (status, answered, body) = request_whole(method, &url, None, headers, body.as_deref()).unwrap();
    let tag = answered.get("etag").map(|tag| tag.to_str().unwrap().to_owned());
    (status, tag, serde_json::from_str(&body).unwrap_or_default())
}

#[test]
fn a_lost_update_is_refused_and_what_is_known_is_not_sent_again() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("a", "first");
    let fade = json!({"targetLayerId": "a", "property": "opacity", "endValue": 0, "duration": 1});
    service.post("/api/v1/timelines", json!({"id": "t", "animations": [fade]}));
    service.send("PUT", "/api/v1/scenes/s", Some(r#"{"layers": [{"id": "a"}]}"#));
    let rule = json!({"on": {"event": "trigger", "id": "x"}, "run": [{"panic": {}}]});
    service.send("PUT", "/api/v1/triggers/r", Some(&rule.to_string()));
    for (path, method, change) in [
        ("/layers/a", "PATCH", json!({"opacity": 0.5})),
        ("/mix", "PATCH", json!({"buses": {"music": {"gainDb": -3}}})),
        ("/slate", "PATCH", json!({"text": "Back soon"})),
        ("/data", "PATCH", json!({"lot": 7})),
        ("/timelines/t", "PUT", json!({"animations": [fade], "duration": 2})),
        ("/scenes/s", "PUT", json!({"layers": []})),
        ("/triggers/r", "PUT", json!({"on": {"event": "trigger", "id": "y"}, "run": [{"panic": {}}]})),
        ("/show", "PUT", json!({"name": "Another"})),
    ] {
        let (status, tag, before) = ask(&service, "GET", path, &[], None);
        let tag = tag.unwrap_or_else(|| panic!("{path} has no version"));
        assert_eq!(status, 200, "{path}");
        let known = ask(&service, "GET", path, &[("if-none-match", &tag)], None);
        assert_eq!(known.0, if path == "/timelines/t" { 200 } else { 304 }, "{path}");
        let (status, _, problem) = ask(&service, method, path, &[("if-match", "\"0\"")], Some(change.clone()));
        assert_eq!((status, &problem["type"]), (412, &json!("/problems/changed")), "{path}");
        assert_eq!(ask(&service, "GET", path, &[], None).2, before, "{path} is as it was");
        let both = format!("\"0\", {tag}");
        let (status, new, answer) = ask(&service, method, path, &[("if-match", &both)], Some(change.clone()));
        assert_eq!(status, 200, "{path}: {answer}");
        let (_, now, _) = ask(&service, "GET", path, &[], None);
        assert_eq!(new, now, "{path}: answered with its new version");
        assert_ne!(new, Some(tag.clone()), "{path}");
        assert_eq!(ask(&service, method, path, &[("if-match", &tag)], Some(change)).0, 412, "{path}: once");
    }
    for status in [200, 412] {
        let only_new = [("if-none-match", "*")];
        let (answered, ..) = ask(&service, "PUT", "/scenes/new", &only_new, Some(json!({"layers": []})));
        assert_eq!(answered, status, "made once");
    }
    let wrong = ask(&service, "PATCH", "/mix", &[("if-match", "no quotes")], Some(json!({})));
    assert_eq!((wrong.0, &wrong.2["type"]), (400, &json!("/problems/header")));
    assert_eq!(ask(&service, "POST", "/stream/start", &[("if-match", "*")], None).0, 400, "it has no version");
}

#[test]
fn many_writers_of_one_thing_lose_no_update() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.patch("/api/v1/data", json!({"count": 0}));
    let (writers, times) = (4, 25);
    std::thread::scope(|scope| {
        for _ in 0..writers {
            scope.spawn(|| {
                for _ in 0..times {
                    loop {
                        let (_, tag, data) = ask(&service, "GET", "/data", &[], None);
                        let next = json!({"count": data["count"].as_u64().unwrap() + 1});
                        match ask(&service, "PATCH", "/data", &[("if-match", &tag.unwrap())], Some(next)).0 {
                            200 => break,
                            status => assert_eq!(status, 412),
                        }
                    }
                }
            });
        }
    });
    assert_eq!(service.get("/api/v1/data")["count"], writers * times);
}

#[test]
fn what_is_sent_again_under_a_key_is_done_once_also_after_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let text = |content: &str| json!({"type": "overlay", "content": {"type": "text", "content": content}});
    let key = [("idempotency-key", "order 1")];
    let (status, _, first) = ask(&service, "POST", "/layers", &key, Some(text("once")));
    assert_eq!(status, 201, "{first}");
    let named = json!({"id": "own", "type": "overlay", "content": {"type": "text", "content": "x"}});
    let own = [("idempotency-key", "order 2")];
    assert_eq!(ask(&service, "POST", "/layers", &own, Some(named.clone())).0, 201);
    assert_eq!(ask(&service, "POST", "/layers", &[], Some(named.clone())).0, 409, "its name is taken");
    let (status, _, again) = ask(&service, "POST", "/layers", &key, Some(text("once")));
    assert_eq!((status, &again), (201, &first));
    assert_eq!(ask(&service, "POST", "/layers", &own, Some(named)).0, 201, "its own name is no hindrance");
    service.crash();
    let service = Setup::new(dir.path()).start();
    assert_eq!(ask(&service, "POST", "/layers", &key, Some(text("once"))).2, first, "after a crash");
    let (status, _, problem) = ask(&service, "POST", "/layers", &key, Some(text("twice")));
    assert_eq!((status, &problem["type"]), (422, &json!("/problems/key")));
    assert!(service.end().success());
    let service = Setup::new(dir.path()).start();
    assert_eq!(ask(&service, "POST", "/layers", &key, Some(text("once"))).2, first, "from a snapshot");
    assert_eq!(service.get("/api/v1/layers").as_array().unwrap().len(), 2);
    assert_eq!(ask(&service, "POST", "/layers", &[("idempotency-key", "")], Some(text("x"))).0, 400);
}

#[test]
fn what_is_only_tried_is_answered_and_not_done() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("a", "first");
    let before = (service.get("/api/v1/show"), service.get("/api/v1/layers"));
    let (status, tag, answer) = ask(&service, "PATCH", "/layers/a?dryRun=true", &[], Some(json!({"opacity": 0.25})));
    assert_eq!((status, &answer["opacity"]), (200, &json!(0.25)));
    let text = json!({"id": "b", "type": "overlay", "content": {"type": "text", "content": "x"}});
    let key = [("idempotency-key", "k")];
    assert_eq!(ask(&service, "POST", "/layers?dryRun=true", &key, Some(text.clone())).0, 201);
    let order = ask(&service, "PUT", "/layers/order?dryRun=true", &[], Some(json!({"order": ["b", "a"]})));
    assert_eq!(order.0, 422, "there is no \"b\" after all");
    assert_eq!(ask(&service, "DELETE", "/layers/a?dryRun=true", &[], None).0, 204);
    assert_eq!(ask(&service, "PATCH", "/layers/a?dryRun=true", &[("if-match", "\"0\"")], Some(json!({}))).0, 412);
    assert_eq!(ask(&service, "POST", "/layers?dryRun=true", &[], Some(json!({"type": "overlay"}))).0, 422);
    assert_eq!((service.get("/api/v1/show"), service.get("/api/v1/layers")), before);
    let upload = ask(&service, "POST", "/uploads?name=a.wav&dryRun=true", &[], Some(json!("x")));
    assert_eq!((upload.0, &service.get("/api/v1/uploads")), (400, &json!([])), "files are not tried");
    // The key was not used up, and the version is what it will be.
    assert_eq!(ask(&service, "POST", "/layers", &key, Some(text)).0, 201);
    let patched = ask(&service, "PATCH", "/layers/a", &[], Some(json!({"opacity": 0.25})));
    assert_eq!(patched.1, tag);
    let mut socket = service.socket("/ws");
    let hide = json!({"setVisibility": {"id": "a", "visible": false}});
    socket.send(json!({"id": "d", "dryRun": true, "command": hide}));
    let answer = socket.expect("an answer", |m| (m["type"] == "answer" && m["id"] == "d").then(|| m.clone()));
    assert_eq!((&answer["ok"], &answer["events"][0]["layer"]["visible"]), (&json!(true), &json!(false)), "{answer}");
    assert_eq!(service.get("/api/v1/layers/a")["visible"], true);
    for (sent, id) in [("k2", "x"), ("k2", "y")] {
        socket.send(json!({"id": id, "key": sent, "command": hide}));
    }
    let mut answer =
        |id: &str| socket.expect("an answer", |m| (m["type"] == "answer" && m["id"] == id).then(|| m.clone()));
    let (first, again) = (answer("x"), answer("y"));
    assert_eq!((&first["sequence"], &first["events"]), (&again["sequence"], &again["events"]), "{first} {again}");
}

#[test]
fn layers_are_copied_moved_grouped_and_locked() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    for id in ["a", "b", "c"] {
        service.add_text(id, id);
    }
    let order = || -> Vec<String> {
        let layers = service.get("/api/v1/layers");
        layers.as_array().unwrap().iter().map(|layer| layer["id"].as_str().unwrap().to_owned()).collect()
    };
    let (status, tag, copy) = ask(&service, "POST", "/layers/a/duplicate", &[], Some(json!({"newId": "d"})));
    assert_eq!((status, &copy["id"]), (201, &json!("d")));
    assert_eq!(ask(&service, "GET", "/layers/d", &[], None).1, tag);
    assert_eq!(order(), ["a", "d", "b", "c"]);
    let moved = service.send("POST", "/api/v1/layers/c/move", Some(r#"{"to": {"below": "d"}}"#)).1;
    assert_eq!(moved["id"], "c");
    assert_eq!(order(), ["a", "c", "d", "b"]);
    let by = r#"{"position": {"x": 40}, "scale": {"x": 2, "y": 2}}"#;
    let moved = service.send("POST", "/api/v1/layers/d/transform", Some(by)).1;
    assert_eq!((&moved["transform"]["position"]["x"], &moved["transform"]["scale"]["y"]), (&json!(40.0), &json!(2.0)));
    let group = service.post("/api/v1/layers/group", json!({"layers": ["c", "d"], "id": "g"}));
    assert_eq!(group["type"], "group");
    assert_eq!(service.get("/api/v1/layers/c")["parent"], "g");
    service.patch("/api/v1/layers/g", json!({"locked": true}));
    let (status, problem) = service.send("POST", "/api/v1/layers/g/ungroup", None);
    assert_eq!((status, &problem["type"]), (409, &json!("/problems/locked")), "{problem}");
    service.patch("/api/v1/layers/g", json!({"locked": false}));
    let (status, freed) = service.send("POST", "/api/v1/layers/g/ungroup", None);
    assert_eq!((status, freed.as_array().unwrap().len()), (200, 2), "{freed}");
    assert_eq!(order(), ["a", "c", "d", "b"]);
}
