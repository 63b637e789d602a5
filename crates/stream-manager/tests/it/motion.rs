//! Motion on air: durable, told once, refused whole.

use crate::service::{Service, Setup, eventually};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::time::Instant;

fn with_card(setup: Setup) -> Service {
    let service = setup.start();
    let card = json!({"id": "card", "type": "overlay", "content": {"type": "shape", "content": "rect"}});
    service.post("/api/v1/layers", card);
    service
}

/// Seconds that a timeline has played, over all rounds, and the earliest and latest time it can have been.
fn stand(service: &Service, id: &str) -> (f64, Instant, Instant) {
    let before = Instant::now();
    let view = service.get(&format!("/api/v1/timelines/{id}"));
    let at =
        view["currentTime"].as_f64().unwrap() + view["iteration"].as_f64().unwrap() * view["length"].as_f64().unwrap();
    (at, before, Instant::now())
}

#[test]
fn motion_goes_on_through_a_crash_and_ends_once() {
    let dir = tempfile::tempdir().unwrap();
    let service = with_card(Setup::new(dir.path()));
    service.post(
        "/api/v1/layers",
        json!({"id": "dot", "type": "overlay", "content": {"type": "shape", "content": "ellipse"}}),
    );
    let timeline = json!({"id": "flight", "loop": 1, "labels": {"late": 2.5}, "animations": [
        {"targetLayerId": "card", "property": "position.x", "endValue": 700, "easing": "spring(1, 20, 2)", "duration": 3},
        {"targetLayerId": "dot", "path": {"data": "M 0 0 C 300 0 0 300 500 400"}, "duration": 3},
        {"targetLayerId": "card", "property": "rotation", "endValue": 90, "duration": 0.5, "repeat": 5, "yoyo": true},
    ]});
    service.post("/api/v1/timelines", timeline);
    service.post("/api/v1/timelines/flight/play", json!({}));
    eventually("it is under way", || (stand(&service, "flight").0 > 0.5).then_some(()));
    let (at, earliest, latest) = stand(&service, "flight");
    let is_snapshot = |m: &Value| m["type"].eq("snapshot").then(|| m["sequence"].as_u64().unwrap());
    let sequence = service.socket("/ws").expect("a snapshot", is_snapshot);
    service.crash();

    let service = Setup::new(dir.path()).start();
    let (then, sooner, later) = stand(&service, "flight");
    let frame = 1.0 / 30.0;
    let (least, most) = ((sooner - latest).as_secs_f64() - frame, (later - earliest).as_secs_f64() + frame);
    assert!((least..=most).contains(&(then - at)), "{} is outside {least} to {most}", then - at);

    let mut socket = tungstenite::connect(service.ws_url(&format!("/ws?after={sequence}"))).unwrap().0;
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    service.post("/api/v1/triggers", json!({"id": "end", "on": {"event": "timelineFinished", "id": "flight"},
        "run": [{"animate": {"timeline": {"id": "bow", "animations": [{"targetLayerId": "card", "preset": {"name": "pulse"}}]}}}]}));
    // Until what the end has set off has ended as well.
    while !told.contains_key("timelineFinished bow") {
        let message: Value = serde_json::from_slice(&socket.read().unwrap().into_data()).unwrap_or_default();
        if message["type"] == "event" {
            let event = &message["event"];
            let name = format!("{} {}", event["type"].as_str().unwrap(), event["id"].as_str().unwrap_or_default());
            *told.entry(name).or_default() += 1;
        }
    }
    assert_eq!(told.get("timelineFinished flight"), Some(&1), "{told:?}");
    assert_eq!(told.get("triggerFired end"), Some(&1), "{told:?}");
    let card = service.get("/api/v1/layers/card");
    assert_eq!(card["transform"]["position"]["x"], 700.0);
    assert_eq!(service.get("/api/v1/timelines/flight")["state"], "finished");
    assert_eq!(service.get("/api/v1/timelines").as_array().unwrap().len(), 1, "what was played once has gone");
}

#[test]
fn an_agent_says_in_one_request_what_is_to_happen() {
    let dir = tempfile::tempdir().unwrap();
    let service = with_card(Setup::new(dir.path()));
    let presets = service.get("/api/v1/presets");
    assert!(presets.as_array().unwrap().len() >= 24, "{presets}");
    let answer = service.post(
        "/api/v1/animations",
        json!({"timeline": {"animations": [
            {"targetLayerId": "card", "preset": {"name": "slideIn", "side": "left"}},
            {"targetLayerId": "card", "preset": {"name": "pulse"}, "at": "after"},
        ]}}),
    );
    assert_eq!((&answer["state"], &answer["length"]), (&json!("playing"), &json!(1.0)));
    let id = answer["id"].as_str().unwrap().to_owned();
    eventually("it has gone", || {
        (service.send("GET", &format!("/api/v1/timelines/{id}"), None).0 == 404).then_some(())
    });
    let scenes = service.send("PUT", "/api/v1/scenes/main", Some(&json!({"layers": [{"id": "card"}]}).to_string()));
    assert_eq!(scenes.0, 200, "{}", scenes.1);
    let switched = service.post("/api/v1/scenes/main/switch", json!({"transition": {"type": "fade", "duration": 0.2}}));
    assert_eq!(switched["onAir"], "main");
    let done = service.post("/api/v1/batch", json!({"commands": [
        {"setData": {"patch": {"price": 3}}}, {"trigger": {"name": "sold"}}, {"setVisibility": {"id": "card", "visible": false}},
    ]}));
    assert_eq!(done["events"].as_array().unwrap().len(), 3);
    assert_eq!(service.get("/api/v1/data"), json!({"price": 3}));
    // At a time of day.
    let soon = json!({"timeline": {"id": "midnight", "animations": [{"targetLayerId": "card", "preset": {"name": "spin"}}]},
        "start": {"wallClock": "2036-06-01T12:00:00Z"}});
    let answer = service.post("/api/v1/animations", soon);
    assert!(answer["startsAt"].as_f64().unwrap() > 1e6, "{answer}");
}

#[test]
fn motion_that_cannot_be_is_refused_with_its_field() {
    let dir = tempfile::tempdir().unwrap();
    let service = with_card(Setup::new(dir.path()));
    let before = service.get("/api/v1/show");
    let animation = |more: Value| {
        let mut animation = json!({"targetLayerId": "card", "property": "opacity", "endValue": 0.5, "duration": 1});
        animation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"timeline": {"animations": [animation]}})
    };
    let million = json!({"endValue": null, "keyframes": vec![json!({"value": 1}); 600_000]});
    for (path, body, status, field) in [
        ("animations", animation(json!({"property": "opacty"})), 422, "timeline.animations[0].property"),
        ("animations", animation(json!({"duration": -1})), 422, "timeline.animations[0].duration"),
        ("animations", animation(json!({"duration": 1e12})), 422, "timeline.animations[0].duration"),
        ("animations", animation(json!({"endValue": "NaN"})), 422, "timeline.animations[0].endValue"),
        ("animations", animation(json!({"easing": "cubic-bezier(2,0,0,1)"})), 422, "timeline.animations[0].easing"),
        (
            "animations",
            animation(json!({"property": null, "endValue": null, "path": {"data": "M 0 0 L 10 10 Q 5"}})),
            422,
            "timeline.animations[0].path.data",
        ),
        ("animations", animation(million), 422, "timeline.animations[0].keyframes"),
        ("timelines", json!({"id": "t", "animations": [{"timeline": "t"}]}), 422, "animations[0].timeline"),
        ("timelines/nobody/play", json!({}), 404, "id"),
        (
            "triggers",
            json!({"id": "r", "on": {"event": "trigger", "id": "n"}, "run": [{"trigger": {"name": "n"}}]}),
            422,
            "run",
        ),
        (
            "animations",
            json!({"timeline": {"animations": [{"targetLayerId": "card", "preset": {"name": "spin"}}]}, "start": {"wallClock": "tomorrow"}}),
            422,
            "start.wallClock",
        ),
    ] {
        let body = body.to_string();
        let (got, problem) = service.send("POST", &format!("/api/v1/{path}"), Some(&body));
        let shown: String = body.chars().take(200).collect();
        assert_eq!((got, problem["field"].as_str().unwrap_or_default()), (status, field), "{shown}: {problem}");
    }
    let (_, problem) = service.send(
        "POST",
        "/api/v1/animations",
        Some(
            &animation(json!({"property": null, "endValue": null, "path": {"data": "M 0 0 L 10 10 Q 5"}})).to_string(),
        ),
    );
    assert!(problem["detail"].as_str().unwrap().contains("not SVG path data"), "{problem}");
    assert_eq!(service.get("/api/v1/show"), before);
}
