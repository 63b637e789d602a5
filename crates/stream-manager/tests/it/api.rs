//! REST, WebSocket, metrics and health.

use crate::service::{Setup, eventually, request, request_whole};
use serde_json::{Value, json};

#[test]
fn layers_come_move_hide_and_go() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let made = service.add_text("a", "first");
    assert_eq!(made["zIndex"], 0);
    assert_eq!(made["transform"]["anchor"], json!({"x": 0.0, "y": 0.0}), "answered whole");
    service.add_text("b", "second");
    let moved = service.patch("/api/v1/layers/a", json!({"transform": {"position": {"x": 50}}, "visible": false}));
    assert_eq!((&moved["visible"], &moved["transform"]["position"]["x"]), (&json!(false), &json!(50.0)));
    let (status, order) = service.send("PUT", "/api/v1/layers/order", Some(r#"{"order": ["b", "a"]}"#));
    assert_eq!(status, 200);
    assert_eq!(order.as_array().unwrap().iter().map(|l| l["id"].clone()).collect::<Vec<_>>(), ["b", "a"]);
    assert_eq!(service.send("DELETE", "/api/v1/layers/b", None).0, 204);
    assert_eq!(service.get("/api/v1/layers").as_array().unwrap().len(), 1);
}

#[test]
fn bad_requests_name_the_field_and_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).variable("MAX_LAYERS", 2).start();
    service.add_text("a", "first");
    let before = service.get("/api/v1/show");
    let large =
        format!(r#"{{"type": "overlay", "content": {{"type": "text", "content": "{}"}}}}"#, "x".repeat(10_000_000));
    for (method, path, body, status, field, reason) in [
        ("PATCH", "/layers/nobody", r#"{"opacity": 1}"#, 404, "id", "nobody"),
        ("PATCH", "/layers/a", r#"{"opacity": 1.5}"#, 422, "opacity", "0 to 1"),
        ("POST", "/layers", r#"{"type": "overlay", "opacity": NaN}"#, 400, "opacity", "from 0 to 1"),
        ("POST", "/layers", large.as_str(), 413, "", "8388608"),
        ("PATCH", "/layers/a", r#"{"colour": "red"}"#, 422, "colour", "unknown field"),
        ("PATCH", "/layers/a", r#"{"opacity": "much"}"#, 422, "opacity", "a number from 0 to 1"),
        ("PATCH", "/layers/a", r#"{"transform": {"scale": {"x": 1e9}}}"#, 422, "transform.scale.x", "-100 to 100"),
        ("POST", "/layers", r#"{"type": "overlay"}"#, 422, "content", "missing"),
        ("POST", "/layers", r#"{"type": "#, 400, "", "EOF"),
        ("PUT", "/layers/order", r#"{"order": []}"#, 422, "order", "left out"),
        ("POST", "/tracks", r#"{"url": "x.wav", "gainDb": 99}"#, 422, "gainDb", "-96 to 24"),
        ("POST", "/destinations", r#"{"url": "http://x"}"#, 422, "url", "rtmp://"),
        ("GET", "/nothing", "", 404, "", "/api/docs"),
        ("DELETE", "/show", "", 405, "", "methods"),
    ] {
        let (got, problem) = service.send(method, &format!("/api/v1{path}"), (!body.is_empty()).then_some(body));
        let head: String = body.chars().take(80).collect();
        assert_eq!(got, status, "{method} {path} {head}: {problem}");
        assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(reason), "{problem}");
        assert_eq!(problem["status"], status);
    }
    service.add_text("b", "second");
    let (status, problem) = service.send(
        "POST",
        "/api/v1/layers",
        Some(r#"{"type": "overlay", "content": {"type": "text", "content": "c"}}"#),
    );
    assert_eq!((status, problem["field"].as_str()), (409, Some("layers")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("at most 2 are allowed (MAX_LAYERS)"), "{problem}");
    service.send("DELETE", "/api/v1/layers/b", None);
    assert_eq!(service.get("/api/v1/show"), before);
}

#[test]
fn events_follow_a_snapshot_and_can_be_resumed() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("a", "first");
    let mut socket = service.socket("/ws");
    let sequence = socket.expect("a snapshot", |m| {
        (m["type"] == "snapshot").then(|| {
            assert_eq!(m["show"]["layers"][0]["id"], "a");
            m["sequence"].as_u64().unwrap()
        })
    });
    let answer = socket.command(json!({"setVisibility": {"id": "a", "visible": false}}));
    assert_eq!((&answer["ok"], &answer["sequence"]), (&json!(true), &json!(sequence + 1)));
    let refused = socket.command(json!({"updateLayer": {"id": "a", "patch": {"opacity": 7}}}));
    assert_eq!((&refused["ok"], &refused["problem"]["field"]), (&json!(false), &json!("opacity")));
    service.add_text("b", "second");
    drop(socket);

    let mut resumed = service.socket(&format!("/ws?after={sequence}"));
    let mut seen = Vec::new();
    resumed.expect("both events", |m| {
        assert_ne!(m["type"], "snapshot");
        if m["type"] == "event" {
            seen.push((m["sequence"].as_u64().unwrap(), m["event"]["type"].as_str().unwrap().to_owned()));
        }
        (seen.len() == 2).then_some(())
    });
    assert_eq!(seen, [(sequence + 1, "layerUpdated".to_owned()), (sequence + 2, "layerCreated".to_owned())]);
    let mut lost = service.socket("/ws?after=999999");
    lost.expect("a fresh snapshot", |m| (m["type"] == "snapshot").then_some(()));
}

#[test]
fn the_token_guards_everything_and_no_other_origin_commands() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).variable("API_TOKEN", "open-sesame").start();
    let ask = |method: &str, path: &str, token: Option<&str>, headers: &[(&str, &str)], body: Option<&str>| {
        request(method, &service.url(path), token, headers, body).unwrap()
    };
    for path in ["/", "/api/v1/layers", "/api/v1/show", "/api/v1/frame.png", "/api/v1/openapi.json", "/api/docs"] {
        assert_eq!(ask("GET", path, None, &[], None).0, 401, "{path}");
        assert_eq!(ask("GET", path, Some("wrong"), &[], None).0, 401, "{path}");
        assert_eq!(ask("GET", path, Some("open-sesame"), &[], None).0, 200, "{path}");
    }
    let origin = [("origin", "http://evil.example")];
    assert_eq!(ask("POST", "/api/v1/stream/start", Some("open-sesame"), &origin, None).0, 403);
    assert_eq!(service.get("/api/v1/stream")["streaming"], false, "nothing happened");

    // The login gives a cookie that opens the page, and no script can read.
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(ask("POST", "/login", None, &form, Some("token=wrong")).0, 401);
    assert_eq!(ask("POST", "/login", None, &form, Some("token=open-sesame")).0, 303);

    // WebSockets are guarded by the same rule.
    let refused = |url: String, headers: &[(&str, &str)]| {
        let mut request = tungstenite::client::IntoClientRequest::into_client_request(url).unwrap();
        for (name, value) in headers {
            let name = tungstenite::http::HeaderName::from_bytes(name.as_bytes()).unwrap();
            request.headers_mut().insert(name, value.parse().unwrap());
        }
        match tungstenite::connect(request) {
            Err(tungstenite::Error::Http(response)) => Some(response.status().as_u16()),
            Ok(_) => None,
            Err(e) => panic!("{e}"),
        }
    };
    let bearer = ("authorization", "Bearer open-sesame");
    for path in ["/ws", "/preview"] {
        assert_eq!(refused(service.ws_url(path), &[]), Some(401), "{path}");
        assert_eq!(refused(service.ws_url(path), &[bearer, origin[0]]), Some(403), "{path}");
        assert_eq!(refused(service.ws_url(path), &[bearer]), None, "{path}");
    }
    assert!(!service.log().contains("open-sesame"));
}

#[test]
fn who_asks_or_guesses_too_much_is_told_to_wait() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).variable("API_TOKEN", "open-sesame").variable("RATE_LIMIT", 5).start();
    let ask = |token: &str| request_whole("GET", &service.url("/api/v1/layers"), Some(token), &[], None).unwrap();
    let (refused, headers, problem) =
        eventually("enough for a second", || Some(ask("open-sesame")).filter(|a| a.0 == 429));
    assert_eq!((refused, &headers["retry-after"]), (429, &"1".parse().unwrap()), "{problem}");
    assert_eq!(
        (&headers["ratelimit-policy"], &headers["ratelimit"]),
        (&"\"address\";q=5;w=1".parse().unwrap(), &"\"address\";r=0;t=1".parse().unwrap())
    );
    let (_, headers, _) = eventually("the second is over", || Some(ask("open-sesame")).filter(|a| a.0 == 200));
    assert!(headers.contains_key("ratelimit"));

    for _ in 0..10 {
        assert_eq!(ask("wrong").0, 401);
    }
    let (refused, headers, problem) = ask("open-sesame");
    let wait: u64 = headers["retry-after"].to_str().unwrap().parse().unwrap();
    assert!(refused == 429 && wait > 30 && problem.contains("wrong tokens"), "{refused} {wait} {problem}");
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(request("POST", &service.url("/login"), None, &form, Some("token=open-sesame")).unwrap().0, 429);
    let by_socket = tungstenite::client::IntoClientRequest::into_client_request(service.ws_url("/ws")).unwrap();
    assert!(tungstenite::connect(by_socket).is_err());
}

#[test]
fn without_a_token_only_loopback_names_are_answered() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let ask = |headers: &[(&str, &str)]| request("GET", &service.url("/api/v1/layers"), None, headers, None).unwrap().0;
    assert_eq!(ask(&[]), 200);
    assert_eq!(ask(&[("host", "rebound.example")]), 403);
    assert_eq!(ask(&[("origin", "http://rebound.example")]), 403);
}

#[test]
fn metrics_health_and_the_picture_are_there() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    eventually("frames flow", || {
        let metrics = service.metrics();
        let sent = metrics.lines().find_map(|l| l.strip_prefix("stream_manager_frames_encoded_total "));
        (sent?.parse::<u64>().ok()? > 10).then_some(())
    });
    assert!(service.metrics().contains("stream_manager_stage_cpu_seconds_total{stage=\"render\"}"));
    assert_eq!(service.health("/live").0, 200);
    assert_eq!(service.health("/ready").0, 200);
    let (status, health) = service.health("/health");
    let health: Value = serde_json::from_str(&health).unwrap();
    assert_eq!((status, &health["status"]), (200, &json!("ok")));

    // A destination that nobody listens at makes it degraded, with the reason.
    service.post("/api/v1/destinations", json!({"id": "nowhere", "url": "rtmp://127.0.0.1:1/app/key"}));
    service.post("/api/v1/stream/start", json!({}));
    let reasons = eventually("it is degraded", || {
        let health: Value = serde_json::from_str(&service.health("/health").1).unwrap();
        (health["status"] == "degraded").then(|| health["reasons"].to_string())
    });
    assert!(reasons.contains("nowhere"), "{reasons}");

    service.post(
        "/api/v1/layers",
        json!({"type": "overlay", "content": {"type": "shape", "content": "rect",
        "style": {"width": 1920, "height": 1080, "fill": "#ff0000"}}}),
    );
    eventually("the picture is red", || (service.colour_in_the_middle() == [255, 0, 0]).then_some(()));
}

#[test]
fn the_description_of_the_api_is_whole() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let api = service.get("/api/v1/openapi.json");
    assert_eq!(api["openapi"], "3.1.0");
    let paths = api["paths"].as_object().unwrap();
    for path in
        ["/layers", "/layers/order", "/layers/{id}", "/show", "/tracks", "/destinations", "/stream", "/stream/start"]
    {
        assert!(paths.contains_key(&format!("/api/v1{path}")), "{path}: {:?}", paths.keys());
    }
    let schemas = api["components"]["schemas"].as_object().unwrap();
    assert!(schemas["LayerSpec"]["properties"].get("transform").is_some());
    let (status, page) = request("GET", &service.url("/api/docs"), None, &[], None).unwrap();
    assert!(status == 200 && page.contains("/api/v1/openapi.json"));
}
