use super::*;
use crate::animation::PresetName;
use crate::field::read;
use crate::frame::ItemContent;
use proptest::prelude::*;
use serde_json::{Value, json};

fn apply(show: &mut Show, at: f64, command: Value) -> Result<Vec<Event>, String> {
    let command: Command = read(command).map_err(|e| e.to_string())?;
    show.apply(command, ShowTime::from_secs_f64(at), &Limits::default()).map_err(|e| e.to_string())
}

/// What happened, in short: `timelineFinished a`.
fn told(events: &[Event]) -> Vec<String> {
    let word = |event: &Event| {
        let document = serde_json::to_value(event).unwrap();
        let name = [&document["id"], &document["name"], &document["layer"]["id"], &document["timeline"]["id"]];
        let name = name.iter().find_map(|name| name.as_str()).unwrap_or_default().to_owned();
        let more = [&document["label"], &document["iteration"]];
        let more = more.iter().find(|v| !v.is_null()).map(|v| format!(" {v}")).unwrap_or_default();
        format!("{} {name}{}", document["type"].as_str().unwrap(), more.replace('"', ""))
    };
    events.iter().map(word).collect()
}

fn shape(id: &str) -> Value {
    json!({"id": id, "type": "overlay", "content": {"type": "shape", "content": "rect", "style": {"fill": "#000000"}}})
}

fn stage() -> Show {
    let mut show = Show::default();
    for id in ["a", "b", "c"] {
        apply(&mut show, 0.0, json!({"createLayer": {"layer": shape(id)}})).unwrap();
    }
    let text = json!({"id": "text", "type": "overlay", "content": {"type": "text", "content": "hello"}});
    apply(&mut show, 0.0, json!({"createLayer": {"layer": text}})).unwrap();
    show
}

fn x(show: &Show, id: &str, at: f64) -> f64 {
    let frame = show.at(ShowTime::from_secs_f64(at));
    frame.items.iter().find(|item| item.layer.as_str() == id).map_or(f64::NAN, |item| item.transform.position.x.get())
}

fn move_x(layer: &str, to: f64, duration: f64) -> Value {
    json!({"targetLayerId": layer, "property": "position.x", "endValue": to, "duration": duration})
}

fn animate(animations: Value) -> Value {
    json!({"animate": {"timeline": {"id": "t", "animations": animations}}})
}

#[test]
fn what_has_ended_becomes_the_layers_own() {
    let mut show = stage();
    apply(&mut show, 1.0, animate(json!([move_x("a", 100.0, 2.0)]))).unwrap();
    assert_eq!([1.0, 2.0, 3.0, 9.0].map(|t| x(&show, "a", t)), [0.0, 50.0, 100.0, 100.0]);
    assert_eq!(show.layers()[0].spec().transform.position.x.get(), 0.0);
    assert_eq!(show.next_due(), Some(ShowTime::from_secs_f64(3.0)));
    let events = apply(&mut show, 3.2, json!({"settle": {}})).unwrap();
    assert_eq!(told(&events), ["layerUpdated a", "timelineFinished t"]);
    assert_eq!(show.layers()[0].spec().transform.position.x.get(), 100.0);
    assert_eq!((x(&show, "a", 3.2), show.next_due()), (100.0, None));
    assert!(show.timelines(ShowTime::ZERO).is_empty(), "it was to be played once");
}

#[test]
fn a_start_that_is_left_out_is_where_the_property_is_when_it_begins() {
    let mut show = stage();
    apply(&mut show, 0.0, animate(json!([move_x("a", 100.0, 2.0)]))).unwrap();
    let second =
        json!({"animate": {"timeline": {"id": "u", "animations": [move_x("a", 0.0, 1.0)]}, "start": {"in": 0.5}}});
    apply(&mut show, 0.5, second).unwrap();
    assert_eq!(x(&show, "a", 1.0), 50.0);
    assert_eq!(x(&show, "a", 1.5), 25.0, "half way back from where it was at 1.0");
    apply(&mut show, 1.6, json!({"updateLayer": {"id": "a", "patch": {"transform": {"position": {"x": 700}}}}}))
        .unwrap();
    assert_eq!(x(&show, "a", 1.5), 25.0, "it has begun: its start stays");
    let events = apply(&mut show, 5.0, json!({"settle": {}})).unwrap();
    assert!(told(&events).contains(&"timelineFinished t".to_owned()));
    assert_eq!(x(&show, "a", 5.0), 0.0, "the one that was taken over does not come back");
}

#[test]
fn a_spring_that_is_sent_elsewhere_goes_on_at_its_speed() {
    let mut show = stage();
    let spring = |to: f64| json!([{"targetLayerId": "a", "property": "position.x", "endValue": to, "easing": "spring(1, 60, 8)"}]);
    apply(&mut show, 0.0, animate(spring(300.0))).unwrap();
    let speed = |show: &Show, t: f64| (x(show, "a", t + 0.001) - x(show, "a", t - 0.001)) / 0.002;
    let (before, place) = (speed(&show, 0.2), x(&show, "a", 0.2));
    let elsewhere = json!({"animate": {"timeline": {"animations": spring(-200.0)}}});
    apply(&mut show, 0.2, elsewhere).unwrap();
    assert!((x(&show, "a", 0.2) - place).abs() < 1e-6);
    let after = (x(&show, "a", 0.2005) - x(&show, "a", 0.2)) / 0.0005;
    assert!(before > 500.0 && (after - before).abs() < 0.02 * before, "{before} {after}");
}

#[test]
fn animations_follow_one_another_as_they_are_placed() {
    let mut show = stage();
    let fade = |layer: &str, at: Value| json!({"targetLayerId": layer, "property": "position.x", "endValue": 10, "duration": 1, "at": at});
    let timeline = json!({"id": "t", "labels": {"here": 5}, "animations": [
        fade("a", json!(0.5)), fade("b", json!("after")), fade("c", json!("with+0.25")),
        fade("text", json!("here-0.5")),
    ]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": timeline}})).unwrap();
    apply(&mut show, 10.0, json!({"playTimeline": {"id": "t"}})).unwrap();
    let begins =
        |layer: &str| (0..120).map(|i| 10.0 + f64::from(i) * 0.05).find(|t| x(&show, layer, *t) > 0.0).unwrap();
    for (layer, begin) in [("a", 10.5), ("b", 11.5), ("c", 11.75), ("text", 14.5)] {
        assert!((begins(layer) - begin - 0.05).abs() < 1e-6, "{layer}: {}", begins(layer));
    }
    let staggered = json!([{"targetLayerIds": ["a", "b", "c"], "stagger": {"each": 0.5, "from": "end"},
        "property": "position.y", "endValue": 90, "duration": 0.1}]);
    apply(&mut show, 30.0, animate_as("s", staggered)).unwrap();
    let y = |id: &str, t: f64| {
        let frame = show.at(ShowTime::from_secs_f64(t));
        frame.items.iter().find(|i| i.layer.as_str() == id).unwrap().transform.position.y.get()
    };
    assert_eq!([y("c", 30.2), y("b", 30.2), y("b", 30.7), y("a", 30.7), y("a", 31.2)], [90.0, 0.0, 90.0, 0.0, 90.0]);
}

fn animate_as(id: &str, animations: Value) -> Value {
    json!({"animate": {"timeline": {"id": id, "animations": animations}}})
}

#[test]
fn timelines_in_timelines_run_at_their_own_rate() {
    let mut show = stage();
    let inner =
        json!({"id": "inner", "playbackRate": 2, "loop": 1, "yoyo": true, "animations": [move_x("a", 100.0, 2.0)]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": inner}})).unwrap();
    let outer = json!({"id": "outer", "animations": [{"timeline": "inner", "at": 1}, {"targetLayerId": "b", "property": "position.x", "endValue": 10, "duration": 1, "at": "after"}]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": outer}})).unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "outer"}})).unwrap();
    assert_eq!([0.5, 1.5, 2.0, 2.5, 3.0].map(|t| x(&show, "a", t)), [0.0, 50.0, 100.0, 50.0, 0.0]);
    assert_eq!([3.0, 3.5, 4.0].map(|t| x(&show, "b", t)), [0.0, 5.0, 10.0]);
    let circle = json!({"id": "inner", "animations": [{"timeline": "outer"}]});
    let error = apply(&mut show, 9.0, json!({"replaceTimeline": {"timeline": circle}})).unwrap_err();
    assert!(error.contains("a timeline cannot contain itself") && error.contains("inner > outer > inner"), "{error}");
}

#[test]
fn a_timeline_is_paused_sought_turned_round_and_stopped() {
    let mut show = stage();
    let timeline = json!({"id": "t", "labels": {"middle": 1}, "animations": [move_x("a", 100.0, 2.0)]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": timeline}})).unwrap();
    assert!(apply(&mut show, 0.0, json!({"pauseTimeline": {"id": "t"}})).unwrap_err().contains("not playing"));
    let events = apply(&mut show, 0.0, json!({"playTimeline": {"id": "t"}})).unwrap();
    assert_eq!(told(&events), ["timelineUpdated t", "timelineStarted t"]);
    apply(&mut show, 0.5, json!({"pauseTimeline": {"id": "t"}})).unwrap();
    assert_eq!([0.6, 99.0].map(|t| x(&show, "a", t)), [25.0, 25.0]);
    apply(&mut show, 10.0, json!({"resumeTimeline": {"id": "t"}})).unwrap();
    assert_eq!(x(&show, "a", 10.2), 35.0);
    let events = apply(&mut show, 10.6, json!({"setTimelineRate": {"id": "t", "rate": 2}})).unwrap();
    assert_eq!(told(&events), ["timelineMarker t middle", "timelineUpdated t"]);
    assert!((x(&show, "a", 10.7) - 65.0).abs() < 1e-6);
    apply(&mut show, 10.7, json!({"reverseTimeline": {"id": "t"}})).unwrap();
    assert!((x(&show, "a", 10.8) - 55.0).abs() < 1e-6);
    apply(&mut show, 10.8, json!({"seekTimeline": {"id": "t", "to": "middle"}})).unwrap();
    assert!((x(&show, "a", 10.8) - 50.0).abs() < 1e-6);
    let events = apply(&mut show, 12.0, json!({"settle": {}})).unwrap();
    assert_eq!(told(&events), ["timelineFinished t"], "back where it began");
    assert_eq!(x(&show, "a", 12.0), 0.0);
    apply(&mut show, 20.0, json!({"playTimeline": {"id": "t"}})).unwrap();
    for (ending, stays) in [("stay", 50.0), ("revert", 0.0), ("finish", 100.0)] {
        let mut show = show.clone();
        let events = apply(&mut show, 21.0, json!({"stopTimeline": {"id": "t", "ending": ending}})).unwrap();
        assert_eq!(told(&events).last().unwrap(), "timelineCancelled t");
        assert_eq!(x(&show, "a", 30.0), stays, "{ending}");
    }
}

#[test]
fn a_finished_timeline_can_be_played_backwards() {
    let mut show = stage();
    let second = json!({"targetLayerId": "b", "property": "position.x", "endValue": 10, "duration": 1, "at": "after"});
    let timeline = json!({"id": "t", "animations": [move_x("a", 100.0, 1.0), second]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": timeline}})).unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "t"}})).unwrap();
    apply(&mut show, 5.0, json!({"settle": {}})).unwrap();
    apply(&mut show, 5.0, json!({"reverseTimeline": {"id": "t"}})).unwrap();
    assert_eq!([x(&show, "a", 5.5), x(&show, "b", 5.5)], [100.0, 5.0]);
    assert_eq!([x(&show, "a", 6.5), x(&show, "b", 6.5)], [50.0, 0.0], "b is back where it was before it began");
    apply(&mut show, 9.0, json!({"settle": {}})).unwrap();
    assert_eq!([x(&show, "a", 9.0), x(&show, "b", 9.0)], [0.0, 0.0]);
}

#[test]
fn motion_is_added_and_builds_up() {
    let mut show = stage();
    apply(&mut show, 0.0, json!({"updateLayer": {"id": "a", "patch": {"transform": {"position": {"x": 500}}}}}))
        .unwrap();
    let up = json!([{"targetLayerId": "a", "property": "position.x", "startValue": 0, "endValue": 10, "duration": 1,
        "repeat": 2, "composition": "accumulate"}]);
    apply(&mut show, 0.0, animate(up)).unwrap();
    assert_eq!([0.5, 1.5, 2.5, 3.5].map(|t| x(&show, "a", t)), [505.0, 515.0, 525.0, 530.0]);
    let add = json!([{"targetLayerId": "a", "property": "position.x", "startValue": 100, "endValue": 100, "duration": 1,
        "composition": "add", "fillMode": "none"}]);
    apply(&mut show, 0.5, animate_as("u", add)).unwrap();
    assert_eq!([1.25, 2.0].map(|t| x(&show, "a", t)), [612.5, 520.0]);
}

#[test]
fn any_member_of_a_document_can_move() {
    let mut show = stage();
    let layer = |show: &Show, id: &str, t: f64| {
        show.at(ShowTime::from_secs_f64(t)).items.iter().find(|i| i.layer.as_str() == id).cloned()
    };
    let shown = |show: &Show, id: &str, t: f64| {
        serde_json::to_value(layer(show, id, t).unwrap().source().unwrap().kind()).unwrap()
    };
    let blur = json!({"updateLayer": {"id": "b", "patch": {"filters": [{"type": "crop"}, {"type": "blur"}]}}});
    apply(&mut show, 0.0, blur).unwrap();
    apply(&mut show, 0.0, animate(json!([
        {"targetLayerId": "a", "property": "color", "endValue": "#ffffff", "duration": 1, "colorSpace": "srgb"},
        {"targetLayerId": "a", "property": "cornerRadius", "endValue": 40, "duration": 1},
        {"targetLayerId": "b", "property": "filters.blur.radius", "endValue": 10, "duration": 1, "easing": "ease-out-back"},
        {"targetLayerId": "b", "property": "filters[0].left", "endValue": 30, "duration": 1},
        {"targetLayerId": "text", "property": "fontSize", "endValue": 96, "duration": 1},
        {"targetLayerId": "text", "property": "text", "roll": {"from": 0, "to": 2000, "format": "{} ETH", "grouping": ","}, "duration": 1},
        {"targetLayerId": "c", "property": "visible", "startValue": true, "endValue": false, "duration": 1},
        {"targetLayerId": "c", "property": "zIndex", "startValue": 0, "endValue": 99, "duration": 1},
    ]))).unwrap();
    let a = shown(&show, "a", 0.5);
    assert_eq!((&a["Shape"]["style"]["fill"], &a["Shape"]["style"]["radius"]), (&json!("#808080"), &json!(20.0)));
    let filters = |t: f64| serde_json::to_value(&layer(&show, "b", t).unwrap().filters[..]).unwrap();
    assert_eq!(filters(0.5)[0]["left"], json!(15.0));
    let overshoot = (0..100).map(|i| filters(f64::from(i) / 100.0)[1]["radius"].as_f64().unwrap()).fold(0.0, f64::max);
    assert!(overshoot > 10.2, "{overshoot}");
    let text = shown(&show, "text", 0.75);
    assert_eq!((&text["Text"]["text"], &text["Text"]["style"]["fontSize"]), (&json!("1,500 ETH"), &json!(84.0)));
    let names = |t: f64| -> Vec<String> {
        show.at(ShowTime::from_secs_f64(t)).items.iter().map(|item| item.layer.to_string()).collect()
    };
    assert_eq!(
        (names(0.25), names(0.75)),
        (
            vec!["a".into(), "c".into(), "b".into(), "text".into()],
            vec!["a".into(), "b".into(), "text".into(), "c".into()]
        )
    );
    apply(&mut show, 2.0, json!({"settle": {}})).unwrap();
    assert_eq!(shown(&show, "text", 2.0)["Text"]["text"], "2,000 ETH");
    assert!(!show.layer(&"c".parse().unwrap()).unwrap().spec().visible);
    let content = show.layer(&"text".parse().unwrap()).unwrap().spec().content.clone().unwrap();
    assert_eq!(
        *content,
        json!({"type": "text", "content": "2,000 ETH", "style": {"fontSize": 96}}),
        "no more than was animated"
    );
}

#[test]
fn what_overshoots_is_as_near_as_it_can_be() {
    let mut show = stage();
    let overshoot = json!([{"targetLayerId": "a", "property": "cornerRadius", "startValue": 50, "endValue": 0, "duration": 1, "easing": "ease-out-back"},
        {"targetLayerId": "a", "property": "opacity", "startValue": 0.2, "endValue": 1, "duration": 1, "easing": "ease-out-back"}]);
    apply(&mut show, 0.0, animate(overshoot)).unwrap();
    let frame = show.at(ShowTime::from_secs_f64(0.6));
    let style = serde_json::to_value(frame.items[0].source().unwrap().kind()).unwrap();
    assert_eq!((&style["Shape"]["style"]["radius"], frame.items[0].opacity.get()), (&json!(0.0), 1.0));
}

#[test]
fn what_waits_in_a_queue_begins_when_the_one_before_ends() {
    let mut show = stage();
    let queued = |id: &str, to: f64, mode: &str| json!({"animate": {"timeline": {"id": id, "animations": [move_x("a", to, 1.0)]}, "queue": {"layer": "a", "mode": mode}}});
    for (id, to) in [("p", 100.0), ("q", 200.0), ("r", 300.0)] {
        apply(&mut show, 0.0, queued(id, to, "append")).unwrap();
    }
    assert_eq!([0.5, 1.5].map(|t| x(&show, "a", t)), [50.0, 150.0], "known before it is settled");
    let events = apply(&mut show, 2.75, json!({"settle": {}})).unwrap();
    let order = told(&events).into_iter().filter(|word| word.starts_with("timeline")).collect::<Vec<_>>();
    assert_eq!(order, ["timelineFinished p", "timelineStarted q", "timelineFinished q", "timelineStarted r"]);
    assert_eq!(x(&show, "a", 2.75), 275.0, "exactly when the one before has ended, however late that is settled");
    let mut other = show.clone();
    let events = apply(&mut other, 2.8, queued("s", 0.0, "interrupt")).unwrap();
    assert!(told(&events).contains(&"timelineCancelled r".to_owned()));
    assert_eq!(x(&other, "a", 3.3), 140.0);
    apply(&mut show, 2.8, queued("s", 400.0, "append")).unwrap();
    apply(&mut show, 2.9, queued("u", 0.0, "replace")).unwrap();
    assert_eq!([3.0, 3.5, 4.0].map(|t| x(&show, "a", t)), [300.0, 150.0, 0.0], "s was dropped");
}

#[test]
fn motion_meets_the_music() {
    let mut show = stage();
    let track = json!({"id": "m", "url": "m.ogg", "start": 2, "cues": {"drop": 8.5}});
    apply(&mut show, 0.0, json!({"createTrack": {"track": track}})).unwrap();
    let at = |start: Value| json!({"animate": {"timeline": {"animations": [move_x("a", 100.0, 1.0)]}, "start": start}});
    let starts = |start: Value| {
        let mut show = show.clone();
        apply(&mut show, 5.01, at(start)).map(|_| show.next_due().unwrap().as_secs_f64())
    };
    assert_eq!(starts(json!({"cue": {"track": "m", "name": "drop"}})), Ok(10.5));
    assert_eq!(starts(json!({"beat": {"bpm": 120, "track": "m"}})), Ok(5.5));
    assert_eq!(starts(json!({"beat": {"bpm": 120, "track": "m", "every": 4}})), Ok(6.0));
    assert_eq!(starts(json!({"showTime": 77})), Ok(77.0));
    assert!(starts(json!({"cue": {"track": "m", "at": 1}})).unwrap_err().contains("past that place"));
    assert!(starts(json!({"cue": {"track": "m", "name": "drip"}})).unwrap_err().contains("no cue \"drip\""));
    assert!(starts(json!({"in": 1, "showTime": 2})).unwrap_err().contains("not several"));
}

#[test]
fn triggers_do_what_they_are_told_when_it_is_time() {
    let mut show = stage();
    let pop = json!({"animate": {"timeline": {"id": "pop", "animations": [move_x("b", 100.0, 1.0)]}}});
    apply(&mut show, 0.0, json!({"setTrigger": {"trigger": {"id": "then", "on": {"event": "timelineFinished", "id": "t"}, "run": [pop]}}})).unwrap();
    let sold = json!({"id": "sold", "on": {"event": "dataChanged", "id": "price"}, "if": {"data": {"key": "price", "above": 100}},
        "cooldown": 5, "run": [{"setVisibility": {"id": "c", "visible": false}}, {"trigger": {"name": "cheer"}}]});
    apply(&mut show, 0.0, json!({"setTrigger": {"trigger": sold}})).unwrap();
    apply(&mut show, 0.0, animate(json!([move_x("a", 1.0, 1.0)]))).unwrap();
    let events = apply(&mut show, 1.5, json!({"settle": {}})).unwrap();
    assert_eq!(
        told(&events)[1..],
        ["timelineFinished t", "triggerFired then", "timelineCreated pop", "timelineStarted pop"]
    );
    assert_eq!(x(&show, "b", 1.5), 50.0, "from when the other ended, not from when somebody looked");
    let events = apply(&mut show, 3.0, json!({"setData": {"patch": {"price": 50}}})).unwrap();
    assert_eq!(told(&events).last().unwrap(), "dataChanged ");
    let events = apply(&mut show, 4.0, json!({"setData": {"patch": {"price": 150}}})).unwrap();
    assert_eq!(told(&events), ["dataChanged ", "triggerFired sold", "layerUpdated c", "triggered cheer"]);
    let events = apply(&mut show, 8.0, json!({"setData": {"patch": {"price": 160}}})).unwrap();
    assert_eq!(told(&events), ["dataChanged "], "it rests");
    let circle =
        json!({"id": "echo", "on": {"event": "trigger", "id": "cheer"}, "run": [{"setData": {"patch": {"price": 1}}}]});
    let error = apply(&mut show, 9.0, json!({"setTrigger": {"trigger": circle}})).unwrap_err();
    assert!(error.contains("for ever: echo > sold > echo"), "{error}");
    let broken = json!({"id": "broken", "on": {"event": "trigger", "id": "x"}, "run": [{"setVisibility": {"id": "a", "visible": false}}, {"deleteLayer": {"id": "gone"}}]});
    apply(&mut show, 9.0, json!({"setTrigger": {"trigger": broken}})).unwrap();
    let events = apply(&mut show, 9.0, json!({"trigger": {"name": "x"}})).unwrap();
    assert_eq!(told(&events), ["triggered x", "triggerFailed broken"]);
    assert!(show.layers()[0].spec().visible, "all of it or nothing");
}

#[test]
fn triggers_that_set_one_another_off_for_ever_are_stopped() {
    let mut show = stage();
    for i in 0..12 {
        let next = json!({"id": format!("r{i}"), "on": {"event": "trigger", "id": format!("n{i}")}, "run": [{"trigger": {"name": format!("n{}", i + 1)}}]});
        apply(&mut show, 0.0, json!({"setTrigger": {"trigger": next}})).unwrap();
    }
    let events = apply(&mut show, 0.0, json!({"trigger": {"name": "n0"}})).unwrap();
    let words = told(&events);
    assert_eq!(words.iter().filter(|word| word.starts_with("triggerFired")).count(), 8);
    assert!(
        matches!(events.last(), Some(Event::TriggerFailed { reason, .. }) if reason.contains("in a row")),
        "{words:?}"
    );
}

#[test]
fn scenes_change_in_their_way() {
    let mut show = stage();
    let place = |id: &str, x: f64| json!({"id": id, "transform": {"position": {"x": x}}});
    for (id, layers) in
        [("one", json!([place("a", 0.0), place("b", 10.0)])), ("two", json!([place("a", 100.0), place("c", 20.0)]))]
    {
        apply(&mut show, 0.0, json!({"setScene": {"scene": {"id": id, "layers": layers}}})).unwrap();
    }
    apply(&mut show, 0.0, json!({"switchScene": {"id": "one"}})).unwrap();
    let names = |show: &Show, t: f64| -> Vec<String> {
        show.at(ShowTime::from_secs_f64(t)).items.iter().map(|item| item.layer.to_string()).collect()
    };
    assert_eq!(names(&show, 0.0), ["a", "b", "text"], "what is in no scene is in all of them");
    let switch = |kind: &str| json!({"switchScene": {"id": "two", "transition": {"type": kind, "duration": 1, "easing": "linear"}}});
    let mut moved = show.clone();
    apply(&mut moved, 5.0, switch("move")).unwrap();
    assert_eq!(x(&moved, "a", 5.25), 25.0);
    let frame = moved.at(ShowTime::from_secs_f64(5.25));
    let opacity = |id: &str| frame.items.iter().find(|i| i.layer.as_str() == id).unwrap().opacity.get();
    assert_eq!((opacity("a"), opacity("b"), opacity("c")), (1.0, 0.75, 0.25));
    let events = apply(&mut moved, 6.0, json!({"settle": {}})).unwrap();
    assert_eq!(told(&events), ["transitionFinished two"]);
    assert_eq!(names(&moved, 6.0), ["a", "c", "text"]);
    for kind in ["fade", "slide", "wipe", "zoom"] {
        let mut faded = show.clone();
        apply(&mut faded, 5.0, switch(kind)).unwrap();
        let frame = faded.at(ShowTime::from_secs_f64(5.25));
        let first = &frame.items[0];
        assert!(matches!(first.content, ItemContent::Group { .. }), "{kind}");
        assert_eq!(frame.items.last().unwrap().layer.as_str(), "text", "{kind}");
        assert_eq!(names(&faded, 6.0), ["a", "c", "text"], "{kind}");
    }
    let stinger = json!({"switchScene": {"id": "two", "transition": {"type": "stinger", "layer": "text", "duration": 1, "cutAt": 0.4}}});
    apply(&mut show, 5.0, stinger).unwrap();
    assert_eq!(
        (names(&show, 5.39), names(&show, 5.41)),
        (vec!["a".into(), "b".into(), "text".into()], vec!["a".into(), "c".into(), "text".into()])
    );
}

#[test]
fn presets_are_motion_that_ends_where_it_should() {
    for name in PresetName::ALL {
        let mut show = stage();
        apply(&mut show, 0.0, json!({"updateLayer": {"id": "text", "patch": {"filters": [{"type": "blur"}], "transform": {"position": {"x": 300, "y": 200}, "scale": {"x": 2, "y": 2}}}}})).unwrap();
        let word = serde_json::to_value(name).unwrap();
        let still = show.at(ShowTime::ZERO);
        let whole = json!([{"targetLayerId": "text", "preset": {"name": word}}]);
        apply(&mut show, 0.0, animate(whole)).unwrap_or_else(|e| panic!("{word}: {e}"));
        let moves = (1..20).any(|i| show.at(ShowTime::from_secs_f64(f64::from(i) * 0.045)).items != still.items);
        assert!(moves, "{word}");
        let endless = matches!(name, PresetName::Float | PresetName::Breathe);
        apply(&mut show, 100.0, json!({"settle": {}})).unwrap();
        assert_eq!(show.timelines.is_empty(), !endless, "{word}");
        let exit = word.as_str().unwrap().ends_with("Out") || name == PresetName::Delete;
        if !endless && !exit {
            let (now, then) = (&show.at(ShowTime::from_secs_f64(100.0)).items, &still.items);
            let place = |items: &[crate::frame::Item]| {
                items.iter().map(|i| (i.layer.clone(), i.transform, i.opacity)).collect::<Vec<_>>()
            };
            assert_eq!(place(now), place(then), "{word}");
        }
    }
}

#[test]
fn rounds_that_nobody_saw_are_left_untold() {
    let mut show = stage();
    for (id, duration) in [("long", 0.1), ("short", 0.01)] {
        let layer = if id == "long" { "a" } else { "b" };
        let timeline =
            json!({"id": id, "loop": true, "labels": {"tick": 0.005}, "animations": [move_x(layer, 1.0, duration)]});
        apply(&mut show, 0.0, json!({"createTimeline": {"timeline": timeline}})).unwrap();
        apply(&mut show, 0.0, json!({"playTimeline": {"id": id}})).unwrap();
    }
    let events = apply(&mut show, 1.0, json!({"settle": {}})).unwrap();
    assert_eq!(told(&events), ["timelineMarker long tick"; 10], "what is over in a hundredth of a second is not told");
    let mut quick = show.clone();
    for command in [json!({"stopTimeline": {"id": "short"}}), json!({"setTimelineRate": {"id": "long", "rate": 100}})] {
        apply(&mut quick, 1.0, command).unwrap();
    }
    assert!(apply(&mut quick, 2.0, json!({"settle": {}})).unwrap().is_empty(), "nor what is by its rate");
    let later = ShowTime::from_secs_f64(90_000.0);
    let events = show.apply(Command::Settle {}, later, &Limits::default()).unwrap();
    assert!(events.len() < 3_000, "{}", events.len());
    assert!(show.next_due().unwrap() > later);
}

#[test]
fn what_is_wrong_is_told_and_changes_nothing() {
    let mut show = stage();
    apply(&mut show, 0.0, animate_as("playing", json!([move_x("a", 1.0, 99.0)]))).unwrap();
    let before = show.clone();
    let animation = |more: Value| {
        let mut animation = json!({"targetLayerId": "a", "property": "opacity", "endValue": 0.5, "duration": 1});
        animation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        animate(json!([animation]))
    };
    let frames = |count: usize| json!({"endValue": null, "keyframes": vec![json!({"value": 0.5}); count]});
    for (command, reason) in [
        (
            animation(json!({"property": "opacty"})),
            "timeline.animations[0].property: layer \"a\" has no \"opacty\" to animate: it has opacity",
        ),
        (animation(json!({"property": "content.style.fil", "endValue": 3})), "content.style.fill"),
        (animation(json!({"endValue": "NaN"})), "endValue: \"NaN\" is no number"),
        (animation(json!({"endValue": 1.5})), "endValue: 1.5 is outside 0 to 1"),
        (animation(json!({"duration": -1})), "duration: -1 is outside 0 to 86400 seconds"),
        (animation(json!({"duration": 1e300})), "outside 0 to 86400 seconds"),
        (animation(json!({"duration": null})), "duration: missing"),
        (animation(json!({"easing": "ease-sideways"})), "easing: \"ease-sideways\" is no easing"),
        (animation(json!({"easing": "cubic-bezier(2, 0, 0, 1)"})), "easing: cubic-bezier"),
        (animation(json!({"targetLayerId": "nobody"})), "targetLayerId: there is no layer \"nobody\""),
        (animation(json!({"endValue": null})), "endValue: missing"),
        (animation(json!({"property": null})), "property: missing"),
        (animation(json!({"repeat": -5})), "repeat: -5 is outside"),
        (animation(json!({"at": "chorus"})), "at: there is no label \"chorus\""),
        (
            animation(json!({"timeline": "gone", "property": null, "endValue": null})),
            "timeline: there is no timeline \"gone\"",
        ),
        (animation(json!({"property": "content.style.fontSize"})), "has no \"content.style.fontSize\""),
        (animation(json!({"property": "content.style.fill", "endValue": "blurple"})), "endValue: \"blurple\""),
        (animation(json!({"property": "type", "endValue": "host"})), "has no \"type\""),
        (
            animation(json!({"property": "position", "endValue": null, "path": {"data": "M0 0 L10 x"}})),
            "path.data: not SVG path data",
        ),
        (
            animation(json!({"property": "position", "endValue": null, "path": {"data": "M0 0"}})),
            "path.data: the path has no length",
        ),
        (animation(frames(1_001)), "keyframes: 1001 keyframes: at most 1000"),
        (
            animation(
                json!({"endValue": null, "keyframes": [{"value": 1, "offset": 0.5}, {"value": 0, "offset": 0.2}]}),
            ),
            "keyframes[1].offset: the keyframes are not in order",
        ),
        (
            animation(json!({"composition": "add", "property": "visible", "endValue": true})),
            "composition: only numbers",
        ),
        (animate(json!([])), "animations: missing"),
        (json!({"playTimeline": {"id": "nobody"}}), "there is no timeline \"nobody\""),
        (json!({"setTimelineRate": {"id": "playing", "rate": 0}}), "rate: 0 would never move"),
        (json!({"seekTimeline": {"id": "playing", "to": 100}}), "to: the timeline is 99 seconds long"),
        (json!({"switchScene": {"id": "nobody"}}), "there is no scene \"nobody\""),
        (
            json!({"batch": {"commands": [{"setVisibility": {"id": "a", "visible": false}}, {"deleteLayer": {"id": "x"}}]}}),
            "there is no layer \"x\"",
        ),
        (
            json!({"setTrigger": {"trigger": {"id": "r", "on": {"event": "trigger", "id": "n"}, "run": [{"trigger": {"name": "n"}}]}}}),
            "for ever: r > r",
        ),
    ] {
        let error = apply(&mut show, 1.0, command.clone()).unwrap_err();
        assert!(error.contains(reason), "{command}: {error}");
        assert_eq!(show, before, "{command}");
    }
}

/// A timeline at random: several tracks of every kind on three layers.
fn any_animation() -> impl Strategy<Value = Value> {
    let easing =
        prop::sample::select(vec!["linear", "ease", "ease-out-bounce", "spring(1, 80, 6)", "steps(3)", "ease-in-back"]);
    let property = prop::sample::select(vec![
        "position.x",
        "opacity",
        "rotation",
        "scale",
        "color",
        "cornerRadius",
        "path",
        "visible",
    ]);
    let layer = prop::sample::select(vec!["a", "b", "c"]);
    let fill = prop::sample::select(vec!["none", "forwards", "backwards", "both"]);
    (layer, property, easing, fill, 0.0..2.0f64, 0.01..2.0f64, 0..4i32, any::<bool>(), 0.0..1.0f64).prop_map(
        |(layer, property, easing, fill, delay, duration, repeat, yoyo, value)| {
            let mut animation = json!({"targetLayerId": layer, "property": property, "easing": easing, "fillMode": fill,
                "delay": delay, "duration": duration, "repeat": repeat - 1, "yoyo": yoyo, "endValue": value});
            match property {
                "color" => animation["endValue"] = json!(format!("#{:06x}", (value * 16_777_215.0) as u32)),
                "visible" => animation["endValue"] = json!(value > 0.5),
                "path" => {
                    animation["property"] = json!("position");
                    animation.as_object_mut().unwrap().remove("endValue");
                    animation["path"] =
                        json!({"data": "M0 0 C 300 0 0 300 300 300 A 50 50 0 0 1 80 60", "orient": true});
                }
                _ => {}
            }
            animation
        },
    )
}

proptest! {

    /// The picture at a time does not depend on what was asked before, on the order of asking, or on
    /// whether the show was stored and read again meanwhile.
    #[test]
    fn a_time_has_one_picture(
        animations in prop::collection::vec(any_animation(), 1..12),
        times in prop::collection::vec(0.0..6.0f64, 1..12),
        commands in prop::collection::vec((0.0..4.0f64, 0..5usize, -3.0..3.0f64), 0..5),
        looped in any::<bool>(),
    ) {
        let mut show = stage();
        let timeline = json!({"id": "t", "animations": animations, "loop": looped, "autoplay": true});
        apply(&mut show, 0.0, json!({"createTimeline": {"timeline": timeline}})).unwrap();
        let mut commands = commands;
        commands.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut last = 0.0;
        for (at, which, value) in commands {
            let command = match which {
                0 => json!({"pauseTimeline": {"id": "t"}}),
                1 => json!({"resumeTimeline": {"id": "t"}}),
                2 => json!({"setTimelineRate": {"id": "t", "rate": if value.abs() < 0.1 { 1.0 } else { value }}}),
                3 => json!({"seekTimeline": {"id": "t", "to": value.abs() * 0.01}}),
                _ => json!({"reverseTimeline": {"id": "t"}}),
            };
            apply(&mut show, at, command).unwrap();
            last = at;
        }
        let restored: Show = serde_json::from_str(&serde_json::to_string(&show).unwrap()).unwrap();
        prop_assert_eq!(&restored, &show);
        let mut camera = crate::Camera::default();
        let fresh: Vec<Frame> = times.iter().map(|t| show.at(ShowTime::from_secs_f64(last + t))).collect();
        for (t, frame) in times.iter().zip(&fresh) {
            prop_assert_eq!(camera.frame(&show, ShowTime::from_secs_f64(last + t), &Levels::default()), frame);
            prop_assert_eq!(&restored.at(ShowTime::from_secs_f64(last + t)), frame);
        }
        // What has ended is the same picture before and after it is settled.
        let later = ShowTime::from_secs_f64(last + 5.0);
        let mut settled = show.clone();
        settled.apply(Command::Settle {}, later, &Limits::default()).unwrap();
        prop_assert!(settled.next_due().is_none_or(|due| due > later), "the writer would never rest");
        let (a, b) = (show.at(later), settled.at(later));
        prop_assert_eq!(a.items.len(), b.items.len());
        for (a, b) in a.items.iter().zip(&b.items) {
            prop_assert_eq!((&a.layer, a.transform, a.opacity, a.source().map(|s| s.key())), (&b.layer, b.transform, b.opacity, b.source().map(|s| s.key())));
        }
    }
}

#[test]
fn what_one_command_starts_moves_on_one_frame() {
    let limits = Limits { layers: 50, ..Limits::default() };
    let mut show = Show::default();
    for i in 0..50 {
        let create: Command = read(json!({"createLayer": {"layer": shape(&format!("l{i}"))}})).unwrap();
        show.apply(create, ShowTime::ZERO, &limits).unwrap();
    }
    let animations: Vec<Value> = (0..50).map(|i| move_x(&format!("l{i}"), 100.0, 1.0)).collect();
    let animate: Command = read(animate(json!(animations))).unwrap();
    show.apply(animate, ShowTime::from_secs_f64(1.017), &limits).unwrap();
    let mut camera = crate::Camera::default();
    for n in 0..90 {
        let frame = camera.frame(&show, ShowTime::from_secs_f64(f64::from(n) / 30.0), &Levels::default());
        let places: Vec<f64> = frame.items.iter().map(|item| item.transform.position.x.get()).collect();
        assert_eq!(places.len(), 50);
        assert!(places.iter().all(|x| *x == places[0]), "frame {n}: {places:?}");
        assert_eq!(places[0] > 0.0, n > 30, "frame {n}");
    }
}

#[test]
fn a_trigger_runs_once_for_what_a_batch_does() {
    let mut show = stage();
    let count = json!({"id": "r", "on": {"event": "trigger", "id": "n"}, "run": [{"setVisibility": {"id": "a", "visible": true}}]});
    apply(&mut show, 0.0, json!({"setTrigger": {"trigger": count}})).unwrap();
    let events = apply(&mut show, 0.0, json!({"batch": {"commands": [{"trigger": {"name": "n"}}]}})).unwrap();
    assert_eq!(told(&events), ["triggered n", "triggerFired r", "layerUpdated a"]);
    let rehearsed = read(json!({"trigger": {"name": "n"}})).unwrap();
    let (_, events) = show.rehearse(rehearsed, ShowTime::ZERO, &Limits::default()).unwrap();
    assert_eq!(told(&events), ["triggered n"]);
}

#[test]
fn absurd_steps_and_rates_do_no_harm() {
    let mut show = stage();
    let huge = json!([{"targetLayerId": "a", "property": "position.x", "endValue": "*=1e308", "duration": 1}]);
    assert!(apply(&mut show, 0.0, animate(huge)).unwrap_err().contains("is no number, nor a step"));
    apply(&mut show, 0.0, json!({"updateLayer": {"id": "a", "patch": {"transform": {"position": {"x": 1000}}}}}))
        .unwrap();
    let large = json!([{"targetLayerId": "a", "property": "position.x", "endValue": "*=1e9", "duration": 1}]);
    apply(&mut show, 0.0, animate(large)).unwrap();
    apply(&mut show, 0.5, animate_as("u", json!([move_x("a", 0.0, 1.0)]))).unwrap();
    let restored: Show = serde_json::from_str(&serde_json::to_string(&show).unwrap()).unwrap();
    assert_eq!(restored, show);
    // A hundred times as fast, six times over.
    let first = json!({"id": "t0", "playbackRate": 100, "animations": [{"targetLayerId": "b", "property": "position.x", "endValue": 9, "duration": 1, "delay": -1, "repeat": -1}]});
    apply(&mut show, 1.0, json!({"createTimeline": {"timeline": first}})).unwrap();
    for n in 1..7 {
        let next =
            json!({"id": format!("t{n}"), "playbackRate": 100, "animations": [{"timeline": format!("t{}", n - 1)}]});
        apply(&mut show, 1.0, json!({"createTimeline": {"timeline": next}})).unwrap();
    }
    apply(&mut show, 1.0, json!({"playTimeline": {"id": "t6"}})).unwrap();
    for t in [1.5, 3.0, 1e6, 1e9] {
        assert!(x(&show, "b", t).is_finite());
    }
}

#[test]
fn what_begins_later_is_above_however_early_it_was_asked_for() {
    let mut show = stage();
    let later =
        json!({"animate": {"timeline": {"id": "later", "animations": [move_x("a", 500.0, 1.0)]}, "start": {"in": 10}}});
    apply(&mut show, 0.0, later).unwrap();
    apply(&mut show, 1.0, animate_as("sooner", json!([move_x("a", 100.0, 1.0)]))).unwrap();
    assert_eq!([1.5, 5.0, 10.5, 11.0].map(|t| x(&show, "a", t)), [50.0, 100.0, 300.0, 500.0]);
    apply(&mut show, 5.0, json!({"settle": {}})).unwrap();
    assert_eq!([10.0, 10.5, 11.0].map(|t| x(&show, "a", t)), [100.0, 300.0, 500.0]);
}

#[test]
fn what_was_added_comes_back_when_it_is_played_backwards() {
    let mut show = stage();
    let add =
        json!({"targetLayerId": "a", "property": "position.x", "endValue": 50, "duration": 1, "composition": "add"});
    let shake = json!({"targetLayerId": "a", "preset": {"name": "shake"}, "at": "after"});
    apply(&mut show, 0.0, json!({"updateLayer": {"id": "a", "patch": {"transform": {"position": {"x": 500}}}}}))
        .unwrap();
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": {"id": "t", "animations": [add, shake]}}})).unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "t"}})).unwrap();
    apply(&mut show, 5.0, json!({"settle": {}})).unwrap();
    assert_eq!(x(&show, "a", 5.0), 550.0);
    apply(&mut show, 5.0, json!({"reverseTimeline": {"id": "t"}})).unwrap();
    assert_eq!(x(&show, "a", 6.2), 525.0);
    apply(&mut show, 9.0, json!({"settle": {}})).unwrap();
    assert_eq!(x(&show, "a", 9.0), 500.0);
}

#[test]
fn one_that_stands_before_it_has_begun_does_nothing() {
    let mut show = stage();
    apply(&mut show, 0.0, json!({"updateLayer": {"id": "a", "patch": {"transform": {"position": {"x": 700}}}}}))
        .unwrap();
    let timeline = json!({"id": "t", "animations": [{"targetLayerId": "a", "property": "position.x", "startValue": 0, "endValue": 100, "duration": 1}]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": timeline}})).unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "t", "start": {"in": 5}}})).unwrap();
    apply(&mut show, 1.0, json!({"pauseTimeline": {"id": "t"}})).unwrap();
    assert_eq!([2.0, 20.0].map(|t| x(&show, "a", t)), [700.0, 700.0]);
    apply(&mut show, 20.0, json!({"resumeTimeline": {"id": "t"}})).unwrap();
    assert_eq!([20.5, 21.0].map(|t| x(&show, "a", t)), [50.0, 100.0]);
}

#[test]
fn backwards_it_starts_from_what_was_there_when_it_was_played() {
    let mut show = stage();
    apply(
        &mut show,
        0.0,
        json!({"createTimeline": {"timeline": {"id": "t", "animations": [move_x("a", 100.0, 2.0)]}}}),
    )
    .unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "t", "rate": -1}})).unwrap();
    apply(&mut show, 1.0, json!({"updateLayer": {"id": "a", "patch": {"transform": {"position": {"x": 700}}}}}))
        .unwrap();
    assert_eq!([1.0, 1.5].map(|t| x(&show, "a", t)), [50.0, 25.0]);
}

#[test]
fn labels_and_rounds_are_all_told() {
    let mut show = stage();
    let timeline = json!({"id": "t", "loop": 2, "labels": {"start": 0, "first": 0.5, "second": 0.5, "end": 1, "never": 5},
        "animations": [move_x("a", 1.0, 1.0)]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": timeline}})).unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "t"}})).unwrap();
    let events = apply(&mut show, 1.2, json!({"settle": {}})).unwrap();
    let words = told(&events);
    for word in [
        "timelineMarker t first",
        "timelineMarker t second",
        "timelineMarker t end",
        "timelineIteration t 1",
        "timelineMarker t start",
    ] {
        assert_eq!(words.iter().filter(|other| *other == word).count(), 1, "{word}: {words:?}");
    }
    let words = told(&apply(&mut show, 9.0, json!({"settle": {}})).unwrap());
    assert_eq!(words.last().unwrap(), "timelineFinished t");
    assert!(!words.iter().any(|word| word.contains("never")), "{words:?}");
}

#[test]
fn a_queue_goes_on_when_one_of_it_is_removed() {
    let mut show = stage();
    let endless = json!({"id": "p", "loop": true, "animations": [move_x("a", 100.0, 1.0)]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": endless}})).unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "p", "queue": {"layer": "a"}}})).unwrap();
    let next =
        json!({"animate": {"timeline": {"id": "q", "animations": [move_x("a", 500.0, 1.0)]}, "queue": {"layer": "a"}}});
    apply(&mut show, 0.0, next).unwrap();
    assert_eq!(x(&show, "a", 9.5), 50.0, "it waits for what never ends");
    apply(&mut show, 9.5, json!({"deleteTimeline": {"id": "p"}})).unwrap();
    assert_eq!([9.5, 10.0, 10.5].map(|t| x(&show, "a", t)), [50.0, 275.0, 500.0]);
}

#[test]
fn what_is_taken_back_gives_way_to_what_was_there() {
    let mut show = stage();
    apply(&mut show, 0.0, animate(json!([move_x("a", 100.0, 10.0)]))).unwrap();
    apply(&mut show, 5.0, animate_as("u", json!([move_x("a", 900.0, 1.0)]))).unwrap();
    apply(&mut show, 5.5, json!({"stopTimeline": {"id": "u", "ending": "revert"}})).unwrap();
    assert_eq!([5.5, 8.0].map(|t| x(&show, "a", t).round()), [55.0, 80.0]);
    let round = json!({"id": "r", "loop": true, "animations": [move_x("b", 80.0, 1.0)]});
    apply(&mut show, 6.0, json!({"createTimeline": {"timeline": round}})).unwrap();
    apply(&mut show, 6.0, json!({"playTimeline": {"id": "r"}})).unwrap();
    apply(&mut show, 8.25, json!({"stopTimeline": {"id": "r", "ending": "finish"}})).unwrap();
    assert!((x(&show, "b", 9.0) - 80.0).abs() < 1e-3, "to the end of its round: {}", x(&show, "b", 9.0));
}

#[test]
fn a_show_can_be_loaded_again_after_layers_are_gone() {
    let mut show = stage();
    let both = json!({"id": "t", "animations": [move_x("a", 100.0, 4.0), move_x("b", 100.0, 4.0)]});
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": both}})).unwrap();
    apply(&mut show, 0.0, json!({"setScene": {"scene": {"id": "s", "layers": [{"id": "a"}, {"id": "b"}]}}})).unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "t"}})).unwrap();
    apply(&mut show, 1.0, json!({"deleteLayer": {"id": "b"}})).unwrap();
    let restored: Show = serde_json::from_str(&serde_json::to_string(&show).unwrap()).unwrap();
    assert_eq!([x(&show, "a", 2.0), x(&restored, "a", 2.0)], [50.0, 50.0]);
    let mut other = Show::default();
    let file = serde_json::to_value(show.to_file()).unwrap();
    apply(&mut other, 0.0, json!({"loadShow": {"show": file}})).unwrap();
    assert_eq!(other.scenes()[0].layers.len(), 1);
}

#[test]
fn a_timeline_that_others_contain_is_replaced_when_they_rest() {
    let mut show = stage();
    apply(
        &mut show,
        0.0,
        json!({"createTimeline": {"timeline": {"id": "in", "animations": [move_x("a", 100.0, 1.0)]}}}),
    )
    .unwrap();
    apply(&mut show, 0.0, json!({"createTimeline": {"timeline": {"id": "out", "animations": [{"timeline": "in"}]}}}))
        .unwrap();
    apply(&mut show, 0.0, json!({"playTimeline": {"id": "out"}})).unwrap();
    let other = json!({"replaceTimeline": {"timeline": {"id": "in", "animations": [move_x("a", 300.0, 1.0), move_x("b", 300.0, 1.0)]}}});
    assert!(apply(&mut show, 0.5, other.clone()).unwrap_err().contains("contains it and is in use"));
    apply(&mut show, 2.0, other).unwrap();
    apply(&mut show, 2.0, json!({"playTimeline": {"id": "out"}})).unwrap();
    assert_eq!([x(&show, "a", 2.5), x(&show, "b", 2.5)], [200.0, 150.0]);
    apply(&mut show, 9.0, animate_as("once", json!([move_x("a", 1.0, 1.0)]))).unwrap();
    let error = apply(
        &mut show,
        9.0,
        json!({"replaceTimeline": {"timeline": {"id": "once", "animations": [move_x("a", 1.0, 1.0)]}}}),
    );
    assert!(error.unwrap_err().contains("played once"));
}

#[test]
fn music_fades_and_its_end_is_told() {
    let mut show = stage();
    let track = |id: &str, length: f64| json!({"createTrack": {"track": {"id": id, "url": "m.ogg", "length": length}}});
    apply(&mut show, 1.0, track("m", 8.0)).unwrap();
    apply(&mut show, 1.0, track("n", 8.0)).unwrap();
    let fade = json!([{"targetTrackId": "m", "property": "gainDb", "endValue": -40, "duration": 4}]);
    apply(&mut show, 2.0, animate(fade)).unwrap();
    let gain = |show: &Show, t: f64| show.gain_at(&"m".parse().unwrap(), ShowTime::from_secs_f64(t)).unwrap().get();
    assert_eq!([2.0, 3.0, 6.0].map(|t| gain(&show, t)), [0.0, -10.0, -40.0]);
    let words = told(&apply(&mut show, 20.0, json!({"settle": {}})).unwrap());
    assert_eq!(words[1..], ["timelineFinished t", "trackEnded m", "trackEnded n"], "{words:?}");
    assert_eq!((show.tracks()[0].gain_db.get(), gain(&show, 20.0)), (-40.0, -40.0));
    assert!(apply(&mut show, 20.0, json!({"settle": {}})).unwrap().is_empty(), "once");
    for wrong in [json!({"property": "opacity"}), json!({"property": "gainDb", "endValue": 90})] {
        let mut animation = json!({"targetTrackId": "m", "property": "gainDb", "endValue": 0, "duration": 1});
        animation.as_object_mut().unwrap().extend(wrong.as_object().unwrap().clone());
        assert!(apply(&mut show, 20.0, animate(json!([animation]))).is_err());
    }
}

#[test]
fn a_show_that_was_stored_before_there_was_motion_is_read() {
    let mut show = stage();
    apply(&mut show, 3.0, json!({"createTrack": {"track": {"id": "m", "url": "m.ogg"}}})).unwrap();
    let mut stored = serde_json::to_value(&show).unwrap();
    for new in ["timelines", "scenes", "scene", "change", "triggers", "data", "settled", "plays"] {
        assert!(stored.as_object_mut().unwrap().remove(new).is_some(), "{new}");
    }
    let old: Show = serde_json::from_value(stored).unwrap();
    let at = ShowTime::from_secs_f64(9.0);
    assert_eq!((old.at(at), old.tracks()), (show.at(at), show.tracks()));
}

#[test]
fn what_is_taken_over_does_not_come_back() {
    let mut show = stage();
    let sway = json!([{"targetLayerId": "a", "property": "position.x", "startValue": -9, "endValue": 9, "duration": 1, "repeat": -1}]);
    apply(&mut show, 0.0, animate_as("sway", sway)).unwrap();
    apply(&mut show, 2.0, animate(json!([move_x("a", 100.0, 1.0)]))).unwrap();
    apply(&mut show, 5.0, json!({"settle": {}})).unwrap();
    assert_eq!([5.0, 5.3].map(|t| x(&show, "a", t)), [100.0, 100.0]);
}

#[test]
fn what_is_below_its_range_is_at_its_end() {
    let mut show = stage();
    let small = json!([{"targetLayerId": "text", "property": "fontSize", "endValue": 1, "duration": 1, "easing": "ease-out-back"}]);
    apply(&mut show, 0.0, animate(small)).unwrap();
    let frame = show.at(ShowTime::from_secs_f64(0.7));
    let text = frame.items.iter().find(|item| item.layer.as_str() == "text").unwrap();
    let kind = serde_json::to_value(text.source().unwrap().kind()).unwrap();
    assert_eq!(kind["Text"]["style"]["fontSize"], 1.0);
}

#[test]
fn an_interruption_drops_those_that_wait() {
    let mut show = stage();
    let queued = |id: &str, to: f64, mode: &str| {
        json!({"animate": {"timeline": {"id": id, "animations": [move_x("a", to, 1.0)]},
            "queue": {"layer": "a", "mode": mode, "interrupted": "finish"}}})
    };
    apply(&mut show, 0.0, queued("p", 100.0, "append")).unwrap();
    apply(&mut show, 0.0, queued("q", 500.0, "append")).unwrap();
    apply(&mut show, 0.5, queued("s", 300.0, "interrupt")).unwrap();
    assert_eq!([0.5, 1.0, 1.5, 9.0].map(|t| x(&show, "a", t)), [100.0, 200.0, 300.0, 300.0]);
}

#[test]
fn a_cue_of_a_loop_comes_again() {
    let mut show = stage();
    let track = json!({"id": "m", "url": "m.ogg", "start": 2, "loop": true, "length": 4});
    apply(&mut show, 0.0, json!({"createTrack": {"track": track}})).unwrap();
    let cue = json!({"animate": {"timeline": {"animations": [move_x("a", 1.0, 1.0)]}, "start": {"cue": {"track": "m", "at": 1}}}});
    apply(&mut show, 5.5, cue).unwrap();
    assert_eq!(show.next_due().unwrap().as_secs_f64(), 7.0);
}
