use crate::command::Command;
use crate::event::Event;
use crate::id::Id;
use crate::show::{Limits, Show};
use crate::time::ShowTime;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// Events are stored with the keys of commands: each that any test of this crate sees has to be readable.
pub(super) fn read_back(events: &[Event]) {
    let text = serde_json::to_string(events).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Event>>(&text).unwrap(), events, "{text}");
}

fn command(command: Value) -> Command {
    crate::field::read(command).unwrap()
}

fn as_client(show: &mut Show, by: &str, what: Value) -> Result<Vec<Event>, String> {
    let by: Id = by.parse().unwrap();
    show.apply_by(Some(&by), command(what), ShowTime::ZERO, &Limits::default()).map_err(|e| e.to_string())
}

fn shape(id: &str) -> Value {
    json!({"createLayer": {"layer": {"id": id, "type": "overlay", "content": {"type": "shape", "content": "rect"}}}})
}

fn patch(id: &str, patch: Value) -> Value {
    json!({"updateLayer": {"id": id, "patch": patch}})
}

fn layer(show: &Show, id: &str) -> Value {
    serde_json::to_value(show.layer(&id.parse().unwrap()).unwrap()).unwrap()
}

#[test]
fn each_client_undoes_its_own_and_leaves_the_others_alone() {
    let mut show = Show::default();
    as_client(&mut show, "x", shape("a")).unwrap();
    as_client(&mut show, "x", patch("a", json!({"opacity": 0.5}))).unwrap();
    as_client(&mut show, "y", patch("a", json!({"transform": {"rotation": 30}}))).unwrap();
    // What the service does by itself is no step of anybody's.
    let tick = command(patch("a", json!({"visible": false})));
    show.apply(tick, ShowTime::ZERO, &Limits::default()).unwrap();
    let told = as_client(&mut show, "z", json!({"undo": {"by": "x"}})).unwrap();
    assert!(matches!(&told[..], [Event::LayerUpdated { layer }] if layer.spec().opacity.get() == 1.0), "{told:?}");
    let now = layer(&show, "a");
    assert_eq!((&now["transform"]["rotation"], &now["visible"]), (&json!(30.0), &json!(false)));
    let things = |steps: Vec<super::StepView>| steps.into_iter().flat_map(|step| step.things).collect::<Vec<_>>();
    assert_eq!(things(show.undoable()), ["layer a", "layer a"]);
    assert_eq!(things(show.redoable()), ["layer a"]);
    as_client(&mut show, "x", json!({"redo": {"by": "x"}})).unwrap();
    assert_eq!(layer(&show, "a")["opacity"], 0.5);

    // Another has changed the same member since.
    as_client(&mut show, "y", patch("a", json!({"opacity": 0.7}))).unwrap();
    let before = show.clone();
    let error = as_client(&mut show, "x", json!({"undo": {"by": "x"}})).unwrap_err();
    assert_eq!(error, "layer \"a\" has been changed since");
    assert_eq!(show, before);
    as_client(&mut show, "x", json!({"undo": {}})).unwrap();
    assert_eq!(layer(&show, "a")["opacity"], 0.5, "anybody's last");
    as_client(&mut show, "x", json!({"undo": {"by": "x"}})).unwrap();
    assert!(layer(&show, "a").get("opacity").is_none_or(|opacity| *opacity == 1.0));
    let error = as_client(&mut show, "x", json!({"undo": {"by": "nobody"}})).unwrap_err();
    assert_eq!(error, "there is nothing by \"nobody\" that can be undone");

    // What was undone is gone for who goes another way.
    assert_eq!(show.redoable().iter().filter(|step| step.by.as_str() == "x").count(), 1);
    as_client(&mut show, "x", patch("a", json!({"blendMode": "multiply"}))).unwrap();
    assert_eq!(show.redoable().iter().filter(|step| step.by.as_str() == "x").count(), 0);
    assert_eq!(show.redoable().len(), 1, "the other's stays");
}

#[test]
fn what_is_gone_comes_back_where_it_was_and_a_locked_layer_stays_as_it_is() {
    let mut show = Show::default();
    for id in ["a", "b", "c"] {
        as_client(&mut show, "x", shape(id)).unwrap();
    }
    as_client(&mut show, "x", json!({"setScene": {"scene": {"id": "s", "layers": [{"id": "b"}]}}})).unwrap();
    let before = show.to_file();
    as_client(&mut show, "x", json!({"deleteLayer": {"id": "b"}})).unwrap();
    as_client(&mut show, "y", json!({"undo": {}})).unwrap();
    assert_eq!(show.to_file(), before, "with its place in the scene");
    as_client(&mut show, "x", patch("c", json!({"opacity": 0.5}))).unwrap();
    as_client(&mut show, "y", patch("c", json!({"locked": true}))).unwrap();
    let error = as_client(&mut show, "x", json!({"undo": {"by": "x"}})).unwrap_err();
    assert!(error.contains("is locked"), "{error}");

    // What another has built on stays.
    as_client(&mut show, "x", shape("d")).unwrap();
    as_client(&mut show, "y", json!({"setScene": {"scene": {"id": "t", "layers": [{"id": "d"}]}}})).unwrap();
    let error = as_client(&mut show, "x", json!({"undo": {"by": "x"}})).unwrap_err();
    assert_eq!(error, "it would not fit what has changed since: the scene \"t\" names \"d\"");
    for what in ["undo", "redo"] {
        let batch = json!({"batch": {"commands": [{"panic": {}}, {what: {}}]}});
        assert!(as_client(&mut show, "x", batch).unwrap_err().starts_with("commands[1]: undo and redo go alone"));
        let rule = json!({"setTrigger": {"trigger": {"on": {"event": "trigger", "id": "n"}, "run": [{what: {}}]}}});
        assert!(as_client(&mut show, "x", rule).unwrap_err().contains("no commands for a trigger"));
    }
}

#[test]
fn a_show_that_was_loaded_over_another_gives_it_back() {
    let mut show = Show::default();
    as_client(&mut show, "x", shape("a")).unwrap();
    let fade = json!({"targetLayerId": "a", "property": "opacity", "endValue": 0, "duration": 1});
    // The first holds the second, which comes after it.
    let outer = json!({"id": "outer", "animations": [{"timeline": "inner"}]});
    let inner = json!({"id": "inner", "animations": [fade]});
    let file = json!({"name": "One", "layers": [{"id": "a", "type": "overlay", "content": {"type": "shape", "content": "rect"}}],
        "timelines": [outer, inner], "scenes": [{"id": "s", "layers": [{"id": "a"}]}], "scene": "s", "data": {"lot": 1}});
    as_client(&mut show, "x", json!({"loadShow": {"show": file}})).unwrap();
    let one = show.to_file();
    assert_eq!(one.timelines.len(), 2);
    as_client(&mut show, "x", json!({"loadShow": {"show": {"name": "Two", "canvas": {"width": 1280, "height": 720}}}}))
        .unwrap();
    let told = as_client(&mut show, "x", json!({"undo": {}})).unwrap();
    assert!(told.iter().any(|event| matches!(event, Event::ShowUpdated { .. })), "{told:?}");
    assert_eq!(show.to_file(), one);
    as_client(&mut show, "x", json!({"redo": {}})).unwrap();
    assert_eq!(show.to_file().name, "Two");
}

#[test]
fn what_comes_back_is_moved_as_it_would_be_after_a_restart() {
    let mut show = Show::default();
    as_client(&mut show, "x", shape("a")).unwrap();
    let fade = json!({"targetLayerId": "a", "property": "opacity", "endValue": 0, "duration": 1});
    as_client(&mut show, "x", json!({"createTimeline": {"timeline": {"id": "t", "animations": [fade]}}})).unwrap();
    as_client(&mut show, "x", json!({"deleteLayer": {"id": "a"}})).unwrap();
    let mut restarted: Show = serde_json::from_value(serde_json::to_value(&show).unwrap()).unwrap();
    for show in [&mut show, &mut restarted] {
        as_client(show, "x", json!({"undo": {}})).unwrap();
        as_client(show, "x", json!({"playTimeline": {"id": "t"}})).unwrap();
        show.apply(Command::Settle {}, ShowTime::from_millis(1_500), &Limits::default()).unwrap();
        assert_eq!(layer(show, "a")["opacity"], 0.0);
    }
    assert_eq!(restarted, show);

    // Its name is another's by now, which is played once.
    as_client(&mut show, "x", json!({"deleteTimeline": {"id": "t"}})).unwrap();
    as_client(&mut show, "x", json!({"animate": {"timeline": {"id": "t", "animations": [fade]}}})).unwrap();
    let error = as_client(&mut show, "x", json!({"undo": {}})).unwrap_err();
    assert_eq!(error, "timeline \"t\" has been changed since");
}

#[test]
fn what_may_be_done_to_a_locked_layer_may_be_undone() {
    let mut show = Show::default();
    as_client(&mut show, "x", shape("a")).unwrap();
    as_client(&mut show, "y", patch("a", json!({"locked": true}))).unwrap();
    as_client(&mut show, "x", json!({"setVisibility": {"id": "a", "visible": false}})).unwrap();
    as_client(&mut show, "x", json!({"undo": {"by": "x"}})).unwrap();
    assert_eq!(layer(&show, "a")["visible"], true);
}

#[test]
fn who_is_taken_away_by_an_undo_is_silent() {
    let mut show = Show::default();
    let host = json!({"createLayer": {"layer": {"id": "host", "type": "host", "character": {"modelUrl": "host.png"}}}});
    as_client(&mut show, "x", host).unwrap();
    as_client(&mut show, "x", json!({"speak": {"speech": {"layerId": "host", "url": "a.wav"}}})).unwrap();
    let told = as_client(&mut show, "x", json!({"undo": {}})).unwrap();
    assert!(told.iter().any(|event| matches!(event, Event::SpeechEnded { .. })), "{told:?}");
    assert!(show.speech().is_empty());
}

#[test]
fn steps_are_remembered_until_there_is_no_room() {
    let mut show = Show::default();
    as_client(&mut show, "x", json!({"setData": {"patch": {"n": 0}}})).unwrap();
    for n in 1..=150 {
        as_client(&mut show, "x", json!({"setData": {"patch": {"n": n}}})).unwrap();
    }
    assert_eq!(show.undoable().len(), 100);
    // What changes nothing is no step.
    as_client(&mut show, "x", json!({"setData": {"patch": {"n": 150}}})).unwrap();
    for _ in 0..100 {
        as_client(&mut show, "x", json!({"undo": {}})).unwrap();
    }
    assert_eq!(show.data()["n"], 50);
    assert!(as_client(&mut show, "x", json!({"undo": {}})).is_err());
    for n in 0..20 {
        let big = "x".repeat(900_000);
        as_client(&mut show, "x", json!({"setData": {"patch": {"big": format!("{n}{big}")}}})).unwrap();
    }
    let steps = show.undoable().len();
    assert!((2..=9).contains(&steps), "{steps} of 1.8 MB");
}

/// What callers do, over few names, so that they meet.
fn edits() -> impl Strategy<Value = Value> {
    let id = || prop::sample::select(vec!["a", "b", "c", "d"]);
    let name = || prop::sample::select(vec!["p", "q"]);
    let z = || prop::option::of(0i32..3);
    let parent = || prop::option::of(prop::sample::select(vec!["a", "g"]));
    let one = prop_oneof![
        3 => (id(), z(), parent()).prop_map(|(id, z, parent)| json!({"createLayer": {"layer": {
            "id": id, "type": "overlay", "zIndex": z, "parent": parent, "content": {"type": "shape", "content": "rect"},
        }}})),
        3 => (id(), 0.0f64..1.0).prop_map(|(id, opacity)| patch(id, json!({"opacity": opacity}))),
        1 => (id(), z(), parent()).prop_map(|(id, z, parent)| patch(id, json!({"zIndex": z.unwrap_or(1), "parent": parent}))),
        1 => (id(), any::<bool>()).prop_map(|(id, locked)| patch(id, json!({"locked": locked}))),
        1 => (id(), id()).prop_map(|(id, mask)| patch(id, json!({"mask": {"source": {"type": "layer", "id": mask}}}))),
        1 => (id(), any::<bool>()).prop_map(|(id, visible)| json!({"setVisibility": {"id": id, "visible": visible}})),
        1 => id().prop_map(|id| json!({"deleteLayer": {"id": id}})),
        1 => Just(vec!["a", "b", "c", "d"]).prop_shuffle().prop_map(|order| json!({"reorderLayers": {"order": order}})),
        1 => (id(), id()).prop_map(|(id, other)| json!({"moveLayer": {"id": id, "to": {"above": other}}})),
        1 => (id(), any::<bool>()).prop_map(|(id, up)| json!({"moveLayer": {"id": id, "to": if up { "front" } else { "back" }}})),
        1 => (id(), -50.0f64..50.0).prop_map(|(id, x)| json!({"transformLayer": {"id": id, "by": {"position": {"x": x}}}})),
        1 => id().prop_map(|id| json!({"duplicateLayer": {"id": id}})),
        1 => (id(), id()).prop_map(|(one, other)| json!({"groupLayers": {"layers": [one, other], "id": "g"}})),
        1 => Just(json!({"ungroupLayer": {"id": "g"}})),
        1 => Just(json!({"deleteLayer": {"id": "g"}})),
        1 => name().prop_map(|id| json!({"createTrack": {"track": {"id": id, "url": "a.wav"}}})),
        1 => (name(), -20.0f64..0.0).prop_map(|(id, db)| json!({"updateTrack": {"id": id, "patch": {"gainDb": db}}})),
        1 => name().prop_map(|id| json!({"deleteTrack": {"id": id}})),
        1 => (-20.0f64..0.0).prop_map(|db| json!({"updateMix": {"patch": {"buses": {"music": {"gainDb": db}}}}})),
        1 => "[a-z]{3}".prop_map(|text| json!({"updateSlate": {"patch": {"text": text}}})),
        1 => (name(), prop::option::of(0u8..4)).prop_map(|(key, n)| json!({"setData": {"patch": {key: n}}})),
        1 => (name(), id(), 1u8..4).prop_map(|(name, id, seconds)| json!({"replaceTimeline": {"timeline": {"id": name,
            "animations": [{"targetLayerId": id, "property": "opacity", "endValue": 0, "duration": seconds}]}}})),
        1 => name().prop_map(|name| json!({"deleteTimeline": {"id": name}})),
        1 => (name(), id()).prop_map(|(name, id)| json!({"setScene": {"scene": {"id": name, "layers": [{"id": id}]}}})),
        1 => name().prop_map(|name| json!({"deleteScene": {"id": name}})),
        1 => (name(), id()).prop_map(|(name, id)| json!({"setTrigger": {"trigger": {"id": name,
            "on": {"event": "layerCreated", "id": id}, "run": [{"setData": {"patch": {"seen": id}}}]}}})),
        1 => name().prop_map(|name| json!({"deleteTrigger": {"id": name}})),
        1 => id().prop_map(|id| json!({"alignLayer": {"id": id, "to": {"size": "contain", "vertical": "top"},
            "boxes": [{"id": id, "width": 40, "height": 30}]}})),
        1 => (id(), 1u8..9, any::<bool>()).prop_map(|(id, side, fade)| json!({"changeContent": {"id": id,
            "content": {"style": {"width": side}}, "transition": {"type": if fade { "fade" } else { "cut" }}}})),
        1 => "[a-z]{2}".prop_map(|name| json!({"updateShow": {"patch": {"name": name}}})),
        1 => (name(), 1u8..9).prop_map(|(name, side)| json!({"setTemplate": {"template": {"id": name,
            "parameters": {"side": side}, "layers": [{"id": "t", "type": "overlay",
            "content": {"type": "shape", "content": "rect", "style": {"width": "{{side}}"}}}]}}})),
        1 => name().prop_map(|name| json!({"deleteTemplate": {"id": name}})),
        1 => (name(), name()).prop_map(|(name, scene)| json!({"useTemplate": {"id": name, "scene": scene}})),
        1 => ("[a-z]{2}", prop::option::of("#[0-9a-f]{6}"), id()).prop_map(|(name, background, id)| json!({"loadShow": {"show": {
            "name": name, "background": background,
            "layers": [{"id": id, "type": "overlay", "content": {"type": "shape", "content": "rect"}}],
            "timelines": [{"id": "p", "autoplay": true, "animations": [
                {"targetLayerId": id, "property": "opacity", "endValue": 0, "duration": 2}]}],
        }}})),
    ];
    let one = one.boxed();
    prop_oneof![
        6 => one.clone(),
        1 => prop::collection::vec(one, 1..5).prop_map(|commands| json!({"batch": {"commands": commands}})),
    ]
}

#[derive(Clone, Debug)]
enum Doing {
    Edit(Value),
    Undo,
    Redo,
    Restart,
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Against the plainest model: a list of what the show was.
    #[test]
    fn undoing_gives_back_what_was_and_a_listener_knows_the_layers(
        doings in prop::collection::vec(prop_oneof![
            5 => edits().prop_map(Doing::Edit), 2 => Just(Doing::Undo), 1 => Just(Doing::Redo), 1 => Just(Doing::Restart),
        ], 1..60),
    ) {
        let file = |show: &Show| {
            let mut file = serde_json::to_value(show.to_file()).unwrap();
            // A file leaves out those whose layers are gone.
            let whole = serde_json::to_value(show).unwrap();
            let specs = whole["timelines"].as_array().unwrap().iter().map(|timeline| timeline["spec"].clone());
            file["timelines"] = specs.collect();
            file
        };
        let (mut show, mut log) = (Show::default(), Vec::new());
        let (mut past, mut future): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
        let mut heard: Vec<Value> = Vec::new();
        for doing in doings {
            let before = file(&show);
            let what = match &doing {
                Doing::Edit(what) => what.clone(),
                Doing::Undo => json!({"undo": {}}),
                Doing::Redo => json!({"redo": {}}),
                Doing::Restart => {
                    let stored = serde_json::to_vec(&show).unwrap();
                    let read: Show = serde_json::from_slice(&stored).unwrap();
                    prop_assert_eq!(&read, &show);
                    let mut replayed = Show::default();
                    for what in &log {
                        as_client(&mut replayed, "x", Value::clone(what)).unwrap();
                    }
                    prop_assert_eq!(&replayed, &show);
                    show = read;
                    continue;
                }
            };
            let whole = show.clone();
            let done = as_client(&mut show, "x", what.clone());
            match (&doing, &done) {
                (_, Err(_)) if matches!(doing, Doing::Edit(_)) => prop_assert_eq!(&show, &whole),
                (Doing::Edit(_), Ok(_)) if file(&show) != before => {
                    past.push(before);
                    future.clear();
                }
                (Doing::Edit(_), _) => {}
                (Doing::Undo, done) => match past.pop() {
                    Some(was) => {
                        prop_assert!(done.is_ok(), "{:?}", done);
                        prop_assert_eq!(file(&show), was);
                        future.push(before);
                    }
                    None => prop_assert!(done.is_err()),
                },
                (Doing::Redo, done) => match future.pop() {
                    Some(was) => {
                        prop_assert!(done.is_ok(), "{:?}", done);
                        prop_assert_eq!(file(&show), was);
                        past.push(before);
                    }
                    None => prop_assert!(done.is_err()),
                },
                (Doing::Restart, _) => {}
            }
            for event in done.iter().flatten() {
                listen(&mut heard, event, &show);
            }
            if done.is_ok() {
                log.push(what);
            }
            let layers: Vec<Value> = show.layers().iter().map(|layer| serde_json::to_value(layer).unwrap()).collect();
            prop_assert_eq!(&heard, &layers, "after {:?}: {:?}", doing, done);
        }
    }
}

/// What one of two clients does to layers of its own.
#[derive(Clone, Debug)]
enum Own {
    Create(usize),
    Fade(usize, u8),
    Delete(usize),
    All(Vec<Own>),
    Undo,
    Redo,
}

impl Own {
    fn command(&self, client: usize) -> Value {
        let name = ["x", "y"][client];
        let id = |n: &usize| format!("{name}{n}");
        match self {
            // Each has a place of its own in the order: it is not what this is about.
            Self::Create(n) => {
                json!({"createLayer": {"layer": {"id": id(n), "type": "overlay", "zIndex": client * 10 + n,
                "opacity": 1, "content": {"type": "shape", "content": "rect"}}}})
            }
            Self::Fade(n, tenths) => patch(&id(n), json!({"opacity": f64::from(*tenths) / 10.0})),
            Self::Delete(n) => json!({"deleteLayer": {"id": id(n)}}),
            Self::All(all) => {
                json!({"batch": {"commands": all.iter().map(|own| own.command(client)).collect::<Vec<_>>()}})
            }
            Self::Undo => json!({"undo": {"by": name}}),
            Self::Redo => json!({"redo": {"by": name}}),
        }
    }

    /// What it makes of a client's layers, by their opacity in tenths; `None` where it is refused.
    fn on(&self, layers: &BTreeMap<usize, u8>) -> Option<BTreeMap<usize, u8>> {
        let mut after = layers.clone();
        match self {
            Self::Create(n) => after.insert(*n, 10).is_none().then_some(after),
            Self::Fade(n, tenths) => after.insert(*n, *tenths).is_some().then_some(after),
            Self::Delete(n) => after.remove(n).is_some().then_some(after),
            Self::All(all) => all.iter().try_fold(after, |after, own| own.on(&after)),
            Self::Undo | Self::Redo => None,
        }
    }
}

fn own() -> impl Strategy<Value = Own> {
    let n = || 0usize..4;
    let one = prop_oneof![
        n().prop_map(Own::Create),
        (n(), 0u8..=10).prop_map(|(n, t)| Own::Fade(n, t)),
        n().prop_map(Own::Delete)
    ];
    let one = one.boxed();
    prop_oneof![
        5 => one.clone(),
        2 => prop::collection::vec(one, 1..5).prop_map(Own::All),
        2 => Just(Own::Undo),
        1 => Just(Own::Redo),
    ]
}

proptest! {
    /// Two clients, each with a past of its own: what one does and undoes is nothing to the other, also over restarts.
    #[test]
    fn each_of_two_clients_has_its_own_past(
        doings in prop::collection::vec((0usize..2, own(), prop::bool::weighted(0.1)), 1..60),
    ) {
        type Layers = BTreeMap<usize, u8>;
        let mut show = Show::default();
        let mut now: [Layers; 2] = Default::default();
        let (mut past, mut future): ([Vec<Layers>; 2], [Vec<Layers>; 2]) = Default::default();
        for (client, what, restart) in doings {
            let mine = &now[client];
            let after = match &what {
                Own::Undo => past[client].pop().inspect(|_| future[client].push(mine.clone())),
                Own::Redo => future[client].pop().inspect(|_| past[client].push(mine.clone())),
                edit => {
                    let after = edit.on(mine);
                    if after.as_ref().is_some_and(|after| after != mine) {
                        past[client].push(mine.clone());
                        future[client].clear();
                    }
                    after
                }
            };
            let done = as_client(&mut show, ["x", "y"][client], what.command(client));
            prop_assert_eq!(done.is_ok(), after.is_some(), "{:?}: {:?}", what, done);
            now[client] = after.unwrap_or_else(|| now[client].clone());
            if restart {
                show = serde_json::from_slice(&serde_json::to_vec(&show).unwrap()).unwrap();
            }
            let expected: Vec<(String, f64)> = now.iter().zip(["x", "y"]).flat_map(|(layers, name)| {
                layers.iter().map(move |(n, tenths)| (format!("{name}{n}"), f64::from(*tenths) / 10.0))
            }).collect();
            let is: Vec<(String, f64)> =
                show.layers().iter().map(|layer| (layer.id().to_string(), layer.spec().opacity.get())).collect();
            prop_assert_eq!(is, expected, "after {:?}", what);
        }
    }
}

/// What a client that goes by events alone holds of the layers, by the rules in docs/api.md.
fn listen(layers: &mut Vec<Value>, event: &Event, show: &Show) {
    let z = |layer: &Value| layer["zIndex"].as_i64().unwrap();
    match event {
        Event::LayerCreated { layer } | Event::LayerUpdated { layer } => {
            let layer = serde_json::to_value(layer).unwrap();
            if let Some(at) = layers.iter().position(|other| other["id"] == layer["id"]) {
                if z(&layers[at]) == z(&layer) {
                    layers[at] = layer;
                    return;
                }
                layers.remove(at);
            }
            let at = layers.iter().position(|other| z(other) > z(&layer)).unwrap_or(layers.len());
            layers.insert(at, layer);
        }
        Event::LayerDeleted { id, inner } => {
            let gone: BTreeSet<&str> = inner.iter().chain([id]).map(Id::as_str).collect();
            layers.retain(|layer| !gone.contains(layer["id"].as_str().unwrap()));
        }
        Event::LayersReordered { order, z_indexes } => {
            let place = |layer: &Value| order.iter().position(|id| layer["id"] == id.as_str()).unwrap();
            layers.sort_by_key(|layer| place(layer));
            for (at, layer) in layers.iter_mut().enumerate() {
                layer["zIndex"] = z_indexes.get(at).copied().unwrap_or(at as i32).into();
            }
        }
        Event::ShowLoaded => {
            *layers = show.layers().iter().map(|layer| serde_json::to_value(layer).unwrap()).collect();
        }
        _ => {}
    }
}
