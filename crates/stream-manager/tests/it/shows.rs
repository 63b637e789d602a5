//! Whole shows and templates by REST, what is done to layers that the service has to look at first, and requests that
//! are answered in their own time.

use crate::service::{PATIENCE, Service, Setup, eventually, request_whole};
use serde_json::{Value, json};
use std::time::Instant;

fn with_status(service: &Service, method: &str, path: &str, body: Value) -> (u16, Value) {
    service.send(method, path, Some(&body.to_string()))
}

#[test]
fn a_layer_is_aligned_by_its_size_on_the_screen() {
    let dir = tempfile::tempdir().unwrap();
    image::RgbaImage::from_pixel(300, 100, image::Rgba([255, 0, 0, 255])).save(dir.path().join("red.png")).unwrap();
    let service = Setup::new(dir.path()).variable("ASSETS_DIR", dir.path().display()).start();
    service.post("/api/v1/layers", json!({"id": "p", "type": "visualFeed", "content": {"imageUrl": "red.png"}}));
    let place = |layer: &Value| {
        let number = |path: &str| layer["transform"].pointer(path).unwrap().as_f64().unwrap();
        [number("/position/x"), number("/position/y"), number("/scale/x"), number("/scale/y")]
    };
    let corner = json!({"horizontal": "right", "vertical": "bottom", "within": "safeTitle"});
    let aligned = service.post("/api/v1/layers/p/align", corner);
    assert_eq!(place(&aligned), [1920.0 * 0.95 - 300.0, 1080.0 * 0.95 - 100.0, 1.0, 1.0]);
    // In a batch, also what is made in it; how large it is nobody else can say.
    let lie = json!([{"id": "q", "width": 1, "height": 1}]);
    let commands = json!([
        {"createLayer": {"layer": {"id": "q", "type": "overlay", "content": {"type": "image", "content": "red.png"}}}},
        {"alignLayer": {"id": "q", "to": {"size": "contain"}, "boxes": lie}},
    ]);
    service.post("/api/v1/batch", json!({"commands": commands}));
    assert_eq!(place(&service.get("/api/v1/layers/q")), [0.0, 220.0, 6.4, 6.4]);
    eventually("it is seen", || (service.colour_in_the_middle()[0] > 200).then_some(()));
    service.add_text("t", "1.5 ETH");
    let text = place(&service.post("/api/v1/layers/t/align", json!({"horizontal": "center", "vertical": "center"})));
    assert!(text[0] > 700.0 && text[0] < 950.0, "{text:?}");
    for (body, field) in [
        (json!({}), "horizontal"),
        (json!({"size": "fit", "within": {"layer": "none"}}), "within.layer"),
        (json!({"size": "fit", "margin": 9000}), "margin"),
    ] {
        let (status, problem) = with_status(&service, "POST", "/api/v1/layers/t/align", body);
        assert_eq!((status, &problem["field"]), (422, &json!(field)), "{problem}");
    }
    assert_eq!(with_status(&service, "POST", "/api/v1/layers/none/align", json!({"size": "fit"})).0, 404);
}

#[test]
fn one_picture_fades_into_the_other_on_air() {
    let dir = tempfile::tempdir().unwrap();
    for (name, colour) in [("red.png", [255, 0, 0, 255]), ("blue.png", [0, 0, 255, 255])] {
        image::RgbaImage::from_pixel(64, 36, image::Rgba(colour)).save(dir.path().join(name)).unwrap();
    }
    let service = Setup::new(dir.path()).variable("ASSETS_DIR", dir.path().display()).start();
    let content = json!({"imageUrl": "red.png", "width": 1920, "height": 1080});
    service.post("/api/v1/layers", json!({"id": "lot", "type": "visualFeed", "content": content}));
    eventually("the first is seen", || (service.colour_in_the_middle()[0] > 200).then_some(()));
    let mut socket = service.socket("/ws");
    socket.expect("the beginning", |m| (m["type"] == "snapshot").then_some(()));
    let fade = json!({"content": {"imageUrl": "blue.png"}, "transition": {"type": "fade", "duration": 2}});
    service.post("/api/v1/layers/lot/content", fade);
    eventually("both are seen", || {
        let [red, _, blue] = service.colour_in_the_middle();
        (red > 40 && blue > 40).then_some(())
    });
    socket.expect("its end", |m| (m["event"]["type"] == "contentShown").then_some(()));
    eventually("the second is seen", || (service.colour_in_the_middle()[2] > 200).then_some(()));
    assert!(service.colour_in_the_middle()[0] < 30);
    let gone = json!({"content": {"imageUrl": "gone.png"}, "transition": {"type": "fade"}});
    let (status, problem) = with_status(&service, "POST", "/api/v1/layers/lot/content", gone);
    assert_eq!((status, &problem["field"]), (422, &json!("content.imageUrl")), "{problem}");
}

#[test]
fn shows_and_templates_are_kept_across_a_crash() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("a", "first");
    assert_eq!(service.post("/api/v1/shows", json!({"id": "friday"}))["layers"], 1);
    service.post("/api/v1/shows/friday/duplicate", json!({"newId": "saturday"}));
    let template = json!({"parameters": {"title": ""}, "layers": [
        {"id": "name", "type": "overlay", "content": {"type": "text", "content": "Lot: {{title}}"}}]});
    assert_eq!(with_status(&service, "PUT", "/api/v1/templates/lot", template.clone()).0, 200);
    let (status, made) = with_status(
        &service,
        "POST",
        "/api/v1/templates/lot/scenes",
        json!({"scene": "l1", "values": {"title": "Moon"}}),
    );
    assert_eq!((status, &made["layers"][0]["id"]), (201, &json!("l1.name")), "{made}");
    let file = json!({"name": "Imported", "layers": [{"id": "x", "type": "group"}], "templates": []});
    assert_eq!(with_status(&service, "PUT", "/api/v1/shows/sunday", file).0, 200);
    service.crash();

    let service = Setup::new(dir.path()).start();
    assert_eq!(service.get("/api/v1/layers/l1.name")["content"]["content"], "Lot: Moon");
    let names: Vec<Value> = service.get("/api/v1/shows").as_array().unwrap().iter().map(|s| s["id"].clone()).collect();
    assert_eq!(names, ["friday", "saturday", "sunday"]);
    let opened = service.post("/api/v1/shows/sunday/open", json!({}));
    assert_eq!((&opened["name"], opened["layers"].as_array().unwrap().len()), (&json!("Imported"), 1));
    assert_eq!(service.get("/api/v1/templates"), json!([]), "they belong to the show");
    service.post("/api/v1/undo", json!({}));
    assert_eq!(service.get("/api/v1/templates/lot")["parameters"], template["parameters"]);
    // What sounds in it is looked at when it is opened.
    std::fs::create_dir_all(dir.path().join("assets")).unwrap();
    std::fs::copy(crate::service::demo("music.ogg"), dir.path().join("assets/song.ogg")).unwrap();
    let list = json!({"tracks": [{"id": "m", "playlist": {"items": [{"url": "song.ogg"}, {"url": "song.ogg"}]}}]});
    assert_eq!(with_status(&service, "PUT", "/api/v1/shows/music", list).0, 200);
    service.post("/api/v1/shows/music/open", json!({}));
    let length = service.get("/api/v1/tracks/m")["playlist"]["items"][0]["length"].as_f64();
    assert!(length.is_some_and(|seconds| seconds > 1.0), "{length:?}");
    assert_eq!(service.send("DELETE", "/api/v1/shows/friday", None).0, 204);
    assert_eq!(service.send("POST", "/api/v1/shows/friday/open", None).0, 404);
    let renamed = service.patch("/api/v1/show", json!({"name": "Another", "canvas": {"width": 1280, "height": 720}}));
    assert_eq!((&renamed["name"], &renamed["canvas"]["width"]), (&json!("Another"), &json!(1280)));
    assert_eq!(with_status(&service, "PATCH", "/api/v1/show", json!({"canvas": {"width": 1}})).0, 422);
}

#[test]
fn what_takes_long_is_answered_at_once_and_says_how_far_it_is() {
    let dir = tempfile::tempdir().unwrap();
    image::RgbaImage::from_pixel(1500, 1500, image::Rgba([9, 9, 9, 255])).save(dir.path().join("a.png")).unwrap();
    let service = Setup::new(dir.path()).variable("ASSETS_DIR", dir.path().display()).start();
    let begin = |method: &str, path: &str, body: Option<Value>| {
        let body = body.map(|body| body.to_string());
        let prefer = [("prefer", "respond-async, wait=1")];
        let (status, headers, text) =
            request_whole(method, &service.url(path), None, &prefer, body.as_deref()).unwrap();
        let place = headers.get("location").map(|place| place.to_str().unwrap().to_owned());
        (status, place, serde_json::from_str::<Value>(&text).unwrap())
    };
    let end = |place: &str| {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let operation = service.get(place);
            if operation["state"] != "running" {
                return operation;
            }
            assert!(Instant::now() < deadline, "{operation}");
        }
    };
    let layer = |i: usize| json!({"id": format!("p{i}"), "type": "visualFeed", "content": {"imageUrl": "a.png"}});
    let show = json!({"name": "Large", "layers": (0..20).map(layer).collect::<Vec<_>>()});
    let (status, place, operation) = begin("PUT", "/api/v1/show", Some(show));
    assert_eq!((status, &operation["request"]), (202, &json!("PUT /api/v1/show")), "{operation}");
    let done = end(&place.unwrap());
    assert_eq!((&done["state"], &done["response"]["body"]["name"]), (&json!("succeeded"), &json!("Large")));
    assert_eq!(done["progress"]["done"], done["progress"]["total"]);
    assert!(done["progress"]["total"].as_u64().unwrap() >= 20, "{}", done["progress"]);
    assert_eq!(service.get("/api/v1/layers").as_array().unwrap().len(), 20);

    let (status, place, _) = begin("POST", "/api/v1/backups", None);
    assert_eq!(status, 202);
    assert_eq!(end(&place.unwrap())["response"]["status"], 201);
    let (_, place, _) = begin("PATCH", "/api/v1/layers/p0", Some(json!({"opacity": 7})));
    let failed = end(&place.unwrap());
    assert_eq!((&failed["state"], &failed["response"]["body"]["field"]), (&json!("failed"), &json!("opacity")));
    let all = service.get("/api/v1/operations");
    assert_eq!(all.as_array().unwrap().len(), 3);
    assert!(all[0].get("response").is_none(), "lists are short: {all}");
    assert_eq!(service.send("GET", "/api/v1/operations/none", None).0, 404);
}

#[test]
fn commands_of_one_socket_are_carried_out_in_order_without_waiting() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    let mut socket = service.socket("/ws");
    let text = |content: &str| json!({"type": "text", "content": content});
    // Each needs the one before, and none is answered yet.
    socket.send(
        json!({"id": 0, "command": {"createLayer": {"layer": {"id": "a", "type": "overlay", "content": text("0")}}}}),
    );
    for i in 1..200 {
        let patch = json!({"content": text(&i.to_string())});
        socket.send(json!({"id": i, "command": {"updateLayer": {"id": "a", "patch": patch}}}));
    }
    socket.send(json!({"id": "wrong", "command": {"deleteLayer": {"id": "none"}}}));
    socket.send(json!({"id": "last", "subscribe": ["layers"]}));
    let mut answered = Vec::new();
    let mut numbers = Vec::new();
    socket.expect("the last answer", |m| {
        if m["type"] == "answer" {
            answered.push(m["id"].clone());
            numbers.extend(m["sequence"].as_u64());
            assert_eq!(m["ok"].as_bool(), Some(m["id"] != "wrong"), "{m}");
        }
        (m["id"] == "last").then_some(())
    });
    let expected: Vec<Value> = (0..200).map(Value::from).chain(["wrong".into(), "last".into()]).collect();
    assert_eq!(answered, expected);
    assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
    assert_eq!(service.get("/api/v1/layers/a")["content"]["content"], "199");
    // What looks at the stage sees what was sent before.
    let wide = "a much longer text than it was before".repeat(3);
    socket.send(json!({"id": "wide", "command": {"updateLayer": {"id": "a", "patch": {"content": text(&wide)}}}}));
    socket
        .send(json!({"id": "dry", "dryRun": true, "command": {"updateLayer": {"id": "a", "patch": {"opacity": 0.9}}}}));
    socket.send(json!({"id": "align", "command": {"alignLayer": {"id": "a", "to": {"horizontal": "right"}}}}));
    let dry = socket.expect("what it would be", |m| (m["id"] == "dry").then(|| m.clone()));
    assert_eq!(dry["events"][0]["layer"]["content"]["content"], wide);
    socket.expect("its answer", |m| (m["id"] == "align").then_some(()));
    let x = service.get("/api/v1/layers/a")["transform"]["position"]["x"].as_f64().unwrap();
    assert!(x < 1000.0, "{x}: as wide as it is now");
    // Who comes again is told of what it asks for alone.
    service.patch("/api/v1/data", json!({"lot": 1}));
    service.patch("/api/v1/layers/a", json!({"opacity": 0.5}));
    let mut again = service.socket(&format!("/ws?after={}&topics=data", numbers[0]));
    let first = again.expect("what it has missed", |m| (m["type"] == "event").then(|| m["event"]["type"].clone()));
    assert_eq!(first, "dataChanged");
    assert!(tungstenite::connect(service.ws_url("/ws?topics=none")).is_err());
}

#[test]
fn who_reads_slowly_is_told_the_last_of_many_changes() {
    let dir = tempfile::tempdir().unwrap();
    image::RgbaImage::from_pixel(4, 4, image::Rgba([9, 9, 9, 255])).save(dir.path().join("a.png")).unwrap();
    let service = Setup::new(dir.path()).variable("ASSETS_DIR", dir.path().display()).start();
    // So large that not all changes fit into what the system holds for a client.
    let content = json!({"imageUrl": "a.png", "metadata": {"much": "x".repeat(200_000)}});
    service.post("/api/v1/layers", json!({"id": "a", "type": "visualFeed", "content": content}));
    let mut slow = service.socket("/ws?topics=layers");
    slow.expect("the snapshot", |m| (m["type"] == "snapshot").then_some(()));
    let mut quick = service.socket("/ws?topics=status");
    for n in 1..=200 {
        quick.command(json!({"updateLayer": {"id": "a", "patch": {"opacity": f64::from(n) / 200.0}}}));
    }
    let mut told: Vec<(u64, f64)> = Vec::new();
    slow.expect("the last change", |m| {
        if m["event"]["type"] == "layerUpdated" {
            told.push((m["sequence"].as_u64().unwrap(), m["event"]["layer"]["opacity"].as_f64().unwrap()));
        }
        told.last().is_some_and(|(_, opacity)| *opacity == 1.0).then_some(())
    });
    assert!(told.len() < 200, "all {} were told", told.len());
    assert!(told.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1), "{told:?}");
}
