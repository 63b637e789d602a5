use crate::command::Command;
use crate::event::Event;
use crate::frame::{Item, ItemContent};
use crate::id::Id;
use crate::layer::Layer;
use crate::show::{Canvas, Limits, Show};
use crate::time::ShowTime;
use crate::value::Unit;
use proptest::prelude::*;
use serde_json::Value;
use serde_json::json;

fn did(show: &mut Show, command: Value) -> Result<Vec<Event>, String> {
    let command: Command = crate::field::read(command).map_err(|e| e.to_string())?;
    show.apply(command, ShowTime::ZERO, &Limits { layers: 12, ..Limits::default() }).map_err(|e| e.to_string())
}

fn with_layers(ids: &[&str]) -> Show {
    let mut show = Show::default();
    for (z, id) in ids.iter().enumerate() {
        let layer =
            json!({"id": id, "type": "overlay", "zIndex": z * 10, "content": {"type": "shape", "content": "rect"}});
        did(&mut show, json!({"createLayer": {"layer": layer}})).unwrap();
    }
    show
}

fn order(show: &Show) -> String {
    show.layers().iter().map(|layer| layer.id().as_str()).collect::<Vec<_>>().join(" ")
}

/// Where a point of every picture is on the canvas, bottom to top, and how much of it is seen.
fn seen(show: &Show) -> Vec<(String, [f64; 4], f64)> {
    fn walk(
        items: &[Item],
        map: &dyn Fn(f64, f64) -> (f64, f64),
        opacity: f64,
        canvas: Canvas,
        out: &mut Vec<(String, [f64; 4], f64)>,
    ) {
        for item in items {
            let t = item.transform;
            let (sin, cos) = t.rotation.get().to_radians().sin_cos();
            let inner = matches!(item.content, ItemContent::Group { .. });
            let side = |share: Unit, pixels: u32| if inner { share.get() * f64::from(pixels) } else { 0.0 };
            let (ax, ay) = (side(t.anchor.x, canvas.width), side(t.anchor.y, canvas.height));
            let own = |x: f64, y: f64| {
                let (x, y) = (t.scale.x.get() * (x - ax), t.scale.y.get() * (y - ay));
                map(t.position.x.get() + cos * x - sin * y, t.position.y.get() + sin * x + cos * y)
            };
            let opacity = opacity * item.opacity.get();
            match &item.content {
                ItemContent::Group { items, .. } => walk(items, &own, opacity, canvas, out),
                ItemContent::Source(_) => {
                    let ((x, y), (u, v)) = (own(0.0, 0.0), own(10.0, 7.0));
                    out.push((item.layer.to_string(), [x, y, u, v], opacity));
                }
            }
        }
    }
    let mut out = Vec::new();
    walk(&show.at(ShowTime::ZERO).items, &|x, y| (x, y), 1.0, show.canvas(), &mut out);
    out
}

#[test]
fn a_layer_is_put_anywhere_and_the_others_keep_their_numbers_where_they_can() {
    let mut show = with_layers(&["a", "b", "c", "d"]);
    for (id, to, expected) in [
        ("a", json!("front"), "b c d a"),
        ("d", json!("back"), "d b c a"),
        ("d", json!({"above": "b"}), "b d c a"),
        ("a", json!({"below": "b"}), "a b d c"),
        ("c", json!({"z": 10}), "a b d c"),
        ("c", json!("front"), "a b d c"),
        ("b", json!({"below": "a"}), "b a d c"),
        ("b", json!({"above": "a"}), "a b d c"),
    ] {
        did(&mut show, json!({"moveLayer": {"id": id, "to": to}})).unwrap();
        assert_eq!(order(&show), expected, "{id} {to}");
        assert!(show.layers().windows(2).all(|w| w[0].z_index() <= w[1].z_index()));
    }
    let mut show = with_layers(&["a", "b", "c"]);
    did(&mut show, json!({"moveLayer": {"id": "a", "to": "front"}})).unwrap();
    let numbers: Vec<i32> = show.layers().iter().map(|layer| layer.z_index()).collect();
    assert_eq!(numbers, [10, 20, 20], "only its own");
    let before = show.clone();
    for (to, reason) in [(json!({"above": "x"}), "to: there is no layer \"x\""), (json!({"below": "b"}), "to: a layer")]
    {
        let error = did(&mut show, json!({"moveLayer": {"id": "b", "to": to}})).unwrap_err();
        assert!(error.starts_with(reason), "{error}");
    }
    assert_eq!(show, before);
}

#[test]
fn transforms_change_by_so_much() {
    let mut show = with_layers(&["a"]);
    let by = json!({"position": {"x": 5, "y": -3}, "scale": {"x": 2}, "rotation": 30});
    for _ in 0..2 {
        did(&mut show, json!({"transformLayer": {"id": "a", "by": by}})).unwrap();
    }
    let t = show.layers()[0].spec().transform;
    assert_eq!((t.position.x.get(), t.position.y.get()), (10.0, -6.0));
    assert_eq!((t.scale.x.get(), t.scale.y.get(), t.rotation.get()), (4.0, 1.0, 60.0));
    let error = did(&mut show, json!({"transformLayer": {"id": "a", "by": {"scale": {"x": 50}}}})).unwrap_err();
    assert!(error.starts_with("transform.scale.x: 200 is outside"), "{error}");
}

#[test]
fn what_is_locked_stays() {
    let mut show = with_layers(&["a", "b"]);
    did(&mut show, json!({"groupLayers": {"layers": ["a"], "id": "g"}})).unwrap();
    did(&mut show, json!({"updateLayer": {"id": "a", "patch": {"locked": true}}})).unwrap();
    let before = show.clone();
    for command in [
        json!({"updateLayer": {"id": "a", "patch": {"opacity": 0.5}}}),
        json!({"transformLayer": {"id": "a", "by": {"rotation": 1}}}),
        json!({"moveLayer": {"id": "a", "to": "front"}}),
        json!({"deleteLayer": {"id": "a"}}),
        json!({"deleteLayer": {"id": "g"}}),
        json!({"groupLayers": {"layers": ["a"]}}),
        json!({"ungroupLayer": {"id": "g"}}),
    ] {
        let error = did(&mut show, command.clone()).unwrap_err();
        assert!(error.starts_with("layer \"a\" is locked"), "{command}: {error}");
    }
    assert_eq!(show, before);
    did(&mut show, json!({"setVisibility": {"id": "a", "visible": false}})).unwrap();
    did(&mut show, json!({"duplicateLayer": {"id": "a"}})).unwrap();
    did(&mut show, json!({"updateLayer": {"id": "a", "patch": {"locked": false, "opacity": 0.5}}})).unwrap();
    did(&mut show, json!({"deleteLayer": {"id": "g"}})).unwrap();
    assert_eq!(order(&show), "b");

    let mut show = with_layers(&["a", "b", "c"]);
    for id in ["a", "c"] {
        did(&mut show, json!({"updateLayer": {"id": id, "patch": {"locked": true}}})).unwrap();
    }
    did(&mut show, json!({"reorderLayers": {"order": ["b", "a", "c"]}})).unwrap();
    let error = did(&mut show, json!({"reorderLayers": {"order": ["c", "b", "a"]}})).unwrap_err();
    assert!(error.contains("is locked"), "{error}");
    let hide = json!({"updateLayer": {"id": "c", "patch": {"opacity": 0}}});
    let error = did(&mut show, json!({"batch": {"commands": [{"panic": {}}, hide]}})).unwrap_err();
    assert!(error.starts_with("commands[1]: layer \"c\" is locked"), "{error}");
    did(&mut show, json!({"updateLayer": {"id": "c", "patch": {"locked": null}}})).unwrap();
    assert_eq!(order(&show), "b a c");
}

#[test]
fn among_equals_a_layer_still_goes_where_it_is_put() {
    let mut show = with_layers(&[]);
    for id in ["a", "b", "c"] {
        let layer = json!({"id": id, "type": "overlay", "zIndex": 5, "content": {"type": "shape", "content": "rect"}});
        did(&mut show, json!({"createLayer": {"layer": layer}})).unwrap();
    }
    let told = |events: Vec<Event>| -> Vec<Value> {
        events.iter().map(|event| serde_json::to_value(event).unwrap()["type"].clone()).collect()
    };
    let mut copied = show.clone();
    did(&mut copied, json!({"duplicateLayer": {"id": "a", "newId": "d"}})).unwrap();
    assert_eq!(order(&copied), "a d b c");
    let mut grouped = show.clone();
    did(&mut grouped, json!({"groupLayers": {"layers": ["b", "a"], "id": "g"}})).unwrap();
    assert_eq!(order(&grouped), "a b g c");
    // With its number alone nobody could tell that it has moved.
    let events = told(did(&mut show, json!({"moveLayer": {"id": "a", "to": "front"}})).unwrap());
    assert_eq!((events, &*order(&show)), (vec![json!("layersReordered"), json!("layerUpdated")], "b c a"));
}

#[test]
fn a_copy_has_all_of_a_group_under_names_of_its_own() {
    let mut show = with_layers(&["a", "b", "c"]);
    let mask = json!({"mask": {"source": {"type": "layer", "id": "b"}}});
    did(&mut show, json!({"updateLayer": {"id": "a", "patch": mask}})).unwrap();
    did(&mut show, json!({"groupLayers": {"layers": ["a", "b"], "id": "g"}})).unwrap();
    let told = did(&mut show, json!({"duplicateLayer": {"id": "g", "newId": "h"}})).unwrap();
    let told: Vec<Value> = told.iter().map(|event| serde_json::to_value(event).unwrap()["type"].clone()).collect();
    assert_eq!(told, ["layerCreated", "layerCreated", "layerCreated", "layersReordered"]);
    assert_eq!(order(&show), "a a-1 b b-2 g h c");
    let copy = show.layer(&"a-1".parse().unwrap()).unwrap().spec();
    assert_eq!(copy.parent.as_ref().map(Id::as_str), Some("h"));
    let mask = serde_json::to_value(&copy.mask).unwrap();
    assert_eq!(mask["source"]["id"], "b-2", "masked by the copy of what masks the original");
    let error = did(&mut show, json!({"duplicateLayer": {"id": "a", "newId": "b"}})).unwrap_err();
    assert!(error.contains("already"), "{error}");
    let mut named = show.clone();
    did(&mut named, json!({"duplicateLayer": {"id": "g", "newId": "a-3"}})).unwrap();
    assert_eq!(order(&named), "a a-4 a-1 b b-5 b-2 g a-3 h c", "the name that is given is left free");
    let long = "x".repeat(64);
    did(&mut named, json!({"updateLayer": {"id": "g", "patch": {"visible": false}}})).unwrap();
    let layer = json!({"id": long, "type": "overlay", "content": {"type": "shape", "content": "rect"}});
    did(&mut named, json!({"createLayer": {"layer": layer}})).unwrap();
    did(&mut named, json!({"duplicateLayer": {"id": long}})).unwrap();
    let copy = serde_json::to_value(named.layers().last().unwrap()).unwrap();
    assert_eq!(copy["id"], format!("{}-6", &long[2..]));
    assert!(serde_json::from_value::<Layer>(copy).is_ok(), "it is a name");
    did(&mut show, json!({"duplicateLayer": {"id": "g"}})).unwrap();
    let error = did(&mut show, json!({"duplicateLayer": {"id": "g"}})).unwrap_err();
    assert!(error.contains("MAX_LAYERS"), "{error}");
}

proptest! {
    /// A group that is made changes nothing that is seen, nor does taking it apart after it was moved.
    #[test]
    fn making_and_taking_apart_a_group_moves_nothing(
        places in proptest::collection::vec((-500.0f64..500.0, -500.0f64..500.0, 0.1f64..3.0, -180.0f64..180.0), 3),
        group in (-500.0f64..500.0, -500.0f64..500.0, 0.1f64..3.0, -180.0f64..180.0), anchor in 0.0f64..1.0,
        opacity in 0.1f64..1.0, alone in any::<bool>(),
    ) {
        let mut show = with_layers(&["a", "b", "c"]);
        let transform = |(x, y, scale, rotation): (f64, f64, f64, f64)| {
            json!({"position": {"x": x, "y": y}, "scale": {"x": scale, "y": scale}, "rotation": rotation})
        };
        for (id, place) in ["a", "b", "c"].iter().zip(places) {
            did(&mut show, json!({"updateLayer": {"id": id, "patch": {"transform": transform(place), "opacity": opacity}}})).unwrap();
        }
        let before = seen(&show);
        did(&mut show, json!({"groupLayers": {"layers": if alone { vec!["a"] } else { vec!["a", "b"] }, "id": "g"}})).unwrap();
        let near = |one: &[(String, [f64; 4], f64)], other: &[(String, [f64; 4], f64)]| {
            one.len() == other.len() && one.iter().zip(other).all(|(a, b)| {
                a.0 == b.0 && (a.2 - b.2).abs() < 1e-9 && a.1.iter().zip(b.1).all(|(a, b)| (a - b).abs() < 1e-6)
            })
        };
        prop_assert!(near(&seen(&show), &before));
        let mut moved = transform(group);
        moved["anchor"] = json!({"x": anchor, "y": anchor / 2.0});
        did(&mut show, json!({"updateLayer": {"id": "g", "patch": {"transform": moved, "opacity": if alone { 0.5 } else { 1.0 }}}})).unwrap();
        let before = seen(&show);
        did(&mut show, json!({"ungroupLayer": {"id": "g"}})).unwrap();
        prop_assert!(near(&seen(&show), &before), "{:?} {:?}", seen(&show), before);
        prop_assert_eq!(order(&show), "a b c");
    }
}

#[test]
fn a_group_that_means_something_as_a_whole_is_not_taken_apart() {
    let mut show = with_layers(&["a", "b"]);
    did(&mut show, json!({"groupLayers": {"layers": ["a", "b"], "id": "g"}})).unwrap();
    for (patch, reason) in [
        (json!({"filters": [{"type": "blur", "radius": 4}]}), "id: \"g\" has filters"),
        (json!({"blendMode": "multiply"}), "id: \"g\" has a blendMode"),
        (json!({"opacity": 0.5}), "id: \"g\" has an opacity"),
        (json!({"content": {"knockout": true}}), "id: \"g\" has knockout"),
    ] {
        let mut held = show.clone();
        did(&mut held, json!({"updateLayer": {"id": "g", "patch": patch}})).unwrap();
        let error = did(&mut held, json!({"ungroupLayer": {"id": "g"}})).unwrap_err();
        assert!(error.starts_with(reason), "{error}");
    }
    let mut held = show.clone();
    did(&mut held, json!({"setScene": {"scene": {"id": "s", "layers": [{"id": "g"}]}}})).unwrap();
    let error = did(&mut held, json!({"ungroupLayer": {"id": "g"}})).unwrap_err();
    assert!(error.contains("in the scene \"s\""), "{error}");
    let mut held = show.clone();
    let fade = json!({"targetLayerId": "g", "property": "opacity", "endValue": 0, "duration": 1});
    did(&mut held, json!({"createTimeline": {"timeline": {"id": "t", "animations": [fade]}}})).unwrap();
    let error = did(&mut held, json!({"ungroupLayer": {"id": "g"}})).unwrap_err();
    assert!(error.contains("the timeline \"t\" moves"), "{error}");
    let stretched = json!({"transform": {"scale": {"x": 2}}});
    did(&mut show, json!({"updateLayer": {"id": "g", "patch": stretched}})).unwrap();
    did(&mut show, json!({"updateLayer": {"id": "a", "patch": {"transform": {"rotation": 10}}}})).unwrap();
    let error = did(&mut show, json!({"ungroupLayer": {"id": "g"}})).unwrap_err();
    assert!(error.contains("\"a\" is turned in a group that is stretched"), "{error}");
    let error = did(&mut show, json!({"groupLayers": {"layers": ["a", "g"]}})).unwrap_err();
    assert!(error.starts_with("layers[1]: \"g\" is in another group"), "{error}");
    let error = did(&mut show, json!({"ungroupLayer": {"id": "a"}})).unwrap_err();
    assert!(error.contains("is no group"), "{error}");
}
