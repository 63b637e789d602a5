use super::*;
use crate::field::read;
use crate::frame::{ItemContent, ItemMaskShape};
use proptest::prelude::*;
use serde_json::{Value, json};

fn apply(show: &mut Show, command: Value) -> Result<Vec<Event>, String> {
    let command: Command = read(command).map_err(|e| e.to_string())?;
    let limits = Limits { layers: 5, ..Limits::default() };
    show.apply(command, ShowTime::from_secs_f64(7.0), &limits).map_err(|e| e.to_string())
}

fn text(id: &str) -> Value {
    json!({"id": id, "type": "overlay", "content": {"type": "text", "content": id}})
}

fn order(show: &Show) -> String {
    show.at(ShowTime::ZERO).items.iter().map(|i| i.layer.as_str()).collect::<Vec<_>>().join(" ")
}

fn with_layers(ids: &[&str]) -> Show {
    let mut show = Show::default();
    for id in ids {
        apply(&mut show, json!({"createLayer": {"layer": text(id)}})).unwrap();
    }
    show
}

#[test]
fn a_layer_without_a_place_comes_on_top_and_without_a_name_gets_one() {
    let mut show = with_layers(&["a", "b"]);
    let spec = json!({"type": "host", "zIndex": 0, "character": {"modelUrl": "host.png"}});
    let events = apply(&mut show, json!({"createLayer": {"layer": spec}})).unwrap();
    assert_eq!(order(&show), "a host-1 b", "equal zIndex: the newer is above");
    let document = serde_json::to_value(&events[0]).unwrap();
    assert_eq!(document["layer"]["transform"]["scale"], json!({"x": 1.0, "y": 1.0}), "answered whole");
    assert_eq!(document["layer"]["zIndex"], 0);
}

#[test]
fn hidden_layers_are_not_drawn() {
    let mut show = with_layers(&["a", "b", "c"]);
    apply(&mut show, json!({"setVisibility": {"id": "b", "visible": false}})).unwrap();
    apply(&mut show, json!({"updateLayer": {"id": "c", "patch": {"opacity": 0}}})).unwrap();
    assert_eq!(order(&show), "a");
}

#[test]
fn a_patch_replaces_members_and_null_resets() {
    let mut show = with_layers(&["a", "b"]);
    let patch = json!({"opacity": 0.5, "zIndex": 9, "transform": {"position": {"x": 40}}});
    apply(&mut show, json!({"updateLayer": {"id": "a", "patch": patch}})).unwrap();
    assert_eq!(order(&show), "b a");
    let a = &show.layers()[1];
    assert_eq!((a.spec().opacity.get(), a.spec().transform.position.x.get()), (0.5, 40.0));
    let before = a.source().unwrap().clone();
    apply(&mut show, json!({"updateLayer": {"id": "a", "patch": {"opacity": null}}})).unwrap();
    assert_eq!(show.layers()[1].spec().opacity.get(), 1.0);
    assert!(Arc::ptr_eq(&before, show.layers()[1].source().unwrap()), "what looks the same is the same source");
}

#[test]
fn reordering_takes_every_layer_once() {
    let mut show = with_layers(&["a", "b", "c"]);
    apply(&mut show, json!({"reorderLayers": {"order": ["c", "a", "b"]}})).unwrap();
    assert_eq!(order(&show), "c a b");
    for (wrong, reason) in [
        (json!(["c", "a"]), "\"b\" is left out"),
        (json!(["c", "a", "a"]), "order[2]"),
        (json!(["c", "x", "a"]), "order[1]"),
    ] {
        let error = apply(&mut show, json!({"reorderLayers": {"order": wrong}})).unwrap_err();
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn a_rejected_command_names_the_field_and_changes_nothing() {
    let mut show = with_layers(&["a", "b", "c", "d"]);
    let before = show.clone();
    for (command, reason) in [
        (json!({"updateLayer": {"id": "x", "patch": {}}}), "there is no layer \"x\""),
        (json!({"updateLayer": {"id": "a", "patch": {"opacity": 1.5}}}), "opacity: 1.5 is outside 0 to 1"),
        (json!({"updateLayer": {"id": "a", "patch": {"opacity": "NaN"}}}), "opacity: invalid type"),
        (json!({"updateLayer": {"id": "a", "patch": {"colour": 1}}}), "colour: unknown field"),
        (json!({"updateLayer": {"id": "a", "patch": {"type": "host"}}}), "type: type cannot be changed"),
        (
            json!({"updateLayer": {"id": "a", "patch": {"content": {"style": {"fontSize": 0}}}}}),
            "content.style.fontSize: 0",
        ),
        (
            json!({"updateLayer": {"id": "a", "patch": {"content": {"style": {"color": "blurple"}}}}}),
            "content.style.color: \"blurple\"",
        ),
        (
            json!({"updateLayer": {"id": "a", "patch": {"transform": {"position": {"z": 1}}}}}),
            "transform.position.z: unknown field",
        ),
        (json!({"createLayer": {"layer": {"type": "host"}}}), "character: missing"),
        (json!({"createLayer": {"layer": {"type": "hots"}}}), "unknown variant `hots`"),
        (json!({"createLayer": {"layer": text("a")}}), "already"),
        (
            json!({"createLayer": {"layer": {"type": "overlay", "content": {"type": "shape", "content": "rect", "style": {"fill": {"gradient": "linear", "stops": []}}}}}}),
            "content.style.fill",
        ),
    ] {
        let error = apply(&mut show, command.clone()).unwrap_err();
        assert!(error.contains(reason), "{command}: {error}");
        assert_eq!(show, before, "{command}");
    }
    apply(&mut show, json!({"createLayer": {"layer": text("e")}})).unwrap();
    let error = apply(&mut show, json!({"createLayer": {"layer": text("f")}})).unwrap_err();
    assert!(error.contains("at most 5 are allowed (MAX_LAYERS)"), "{error}");
}

#[test]
fn a_show_file_loads_whole_or_not_at_all() {
    let mut show = with_layers(&["old"]);
    apply(&mut show, json!({"startStream": {}})).unwrap();
    let before = show.clone();
    let mut file =
        json!({"name": "night", "layers": [text("p"), text("q")], "tracks": [{"url": "m.mp3", "loop": true}]});
    file["layers"][1]["opacity"] = json!(2);
    let error = apply(&mut show, json!({"loadShow": {"show": file}})).unwrap_err();
    assert!(error.contains("show.layers[1].opacity"), "{error}");
    assert_eq!(show, before);
    file["layers"][1]["opacity"] = json!(1);
    apply(&mut show, json!({"loadShow": {"show": file}})).unwrap();
    assert_eq!(order(&show), "p q");
    assert_eq!(show.tracks()[0].start, ShowTime::from_secs_f64(7.06), "begins when it is loaded");
    assert!(show.streaming(), "loading does not take the show off the air");
}

#[test]
fn a_show_file_replaces_destinations_of_the_same_name() {
    let mut show = Show::default();
    let file = json!({"destinations": [{"id": "tape", "url": "file:tape.mp4"}]});
    for _ in 0..2 {
        apply(&mut show, json!({"loadShow": {"show": file}})).unwrap();
        assert_eq!(show.destinations().len(), 1);
    }
    let twice = json!({"destinations": [{"id": "a", "url": "file:a.mp4"}, {"id": "a", "url": "file:b.mp4"}]});
    assert!(apply(&mut show, json!({"loadShow": {"show": twice}})).unwrap_err().contains("destinations[1].id"));
    let same = json!({"createDestination": {"destination": {"url": "file:tape.mp4"}}});
    assert!(apply(&mut show, same).unwrap_err().contains("goes there already"));
}

#[test]
fn a_stored_show_comes_back_as_it_was() {
    let mut show = with_layers(&["a", "b"]);
    let destination = json!({"url": "rtmp://h/live", "streamKey": "k"});
    apply(&mut show, json!({"createDestination": {"destination": destination}})).unwrap();
    let back: Show = serde_json::from_str(&serde_json::to_string(&show).unwrap()).unwrap();
    assert_eq!(back, show);
}

proptest! {
    /// However layers come and go, they are sorted, and equal indices keep their order of arrival.
    #[test]
    fn layers_stay_sorted(moves in proptest::collection::vec((0usize..5, -3i32..3), 0..40)) {
        let ids = ["a", "b", "c", "d", "e"];
        let mut show = with_layers(&ids);
        for (which, z) in moves {
            let command = json!({"updateLayer": {"id": ids[which], "patch": {"zIndex": z}}});
            let moved = show.layer(&ids[which].parse().unwrap()).unwrap().z_index() != z;
            apply(&mut show, command).unwrap();
            prop_assert!(show.layers().windows(2).all(|w| w[0].z_index() <= w[1].z_index()));
            if moved {
                let last = show.layers().iter().rfind(|l| l.z_index() == z).unwrap();
                prop_assert_eq!(last.id().as_str(), ids[which]);
            }
        }
    }
}

fn group(id: &str) -> Value {
    json!({"id": id, "type": "group"})
}

fn create(show: &mut Show, layer: Value) -> Result<Vec<Event>, String> {
    apply(show, json!({"createLayer": {"layer": layer}}))
}

#[test]
fn a_group_holds_layers_and_takes_them_along() {
    let mut show = with_layers(&["a"]);
    create(&mut show, group("g")).unwrap();
    let mut inner = text("b");
    inner["parent"] = "g".into();
    create(&mut show, inner).unwrap();
    let frame = show.at(ShowTime::ZERO);
    assert_eq!(order(&show), "a g");
    let ItemContent::Group { items, isolated: true, knockout: false } = &frame.items[1].content else { panic!() };
    assert_eq!(items[0].layer.as_str(), "b");
    let events = apply(&mut show, json!({"deleteLayer": {"id": "g"}})).unwrap();
    assert_eq!(serde_json::to_value(&events).unwrap(), json!([{"type": "layerDeleted", "id": "g", "inner": ["b"]}]));
    assert_eq!(order(&show), "a");
    assert_eq!(show.layers().len(), 1);
}

#[test]
fn a_parent_is_a_group_that_is_not_inside_of_its_child() {
    let mut show = with_layers(&["a"]);
    create(&mut show, group("g")).unwrap();
    create(&mut show, json!({"id": "h", "type": "group", "parent": "g"})).unwrap();
    let mut orphan = text("x");
    orphan["parent"] = "nowhere".into();
    assert!(create(&mut show, orphan.clone()).unwrap_err().contains("parent: there is no layer"));
    orphan["parent"] = "a".into();
    assert!(create(&mut show, orphan).unwrap_err().contains("is no group"));
    let before = show.clone();
    let error = apply(&mut show, json!({"updateLayer": {"id": "g", "patch": {"parent": "h"}}})).unwrap_err();
    assert!(error.contains("would be in itself"), "{error}");
    assert_eq!(show, before);
}

#[test]
fn a_file_may_name_a_group_after_what_is_in_it() {
    let mut inner = text("b");
    inner["parent"] = "g".into();
    let mut show = Show::default();
    apply(&mut show, json!({"loadShow": {"show": {"layers": [inner, group("g")]}}})).unwrap();
    assert_eq!(order(&show), "g");
    let mut lost = text("b");
    lost["parent"] = "g".into();
    assert!(apply(&mut show, json!({"loadShow": {"show": {"layers": [lost]}}})).is_err());
}

#[test]
fn a_hidden_layer_masks_another() {
    let mut show = with_layers(&["a"]);
    let mut masked = text("b");
    masked["mask"] = json!({"source": {"type": "layer", "id": "a"}, "mode": "luminance", "feather": 3});
    create(&mut show, masked).unwrap();
    apply(&mut show, json!({"setVisibility": {"id": "a", "visible": false}})).unwrap();
    let frame = show.at(ShowTime::ZERO);
    assert_eq!(frame.items.len(), 1);
    assert!(matches!(&frame.items[0].masks[0].shape, ItemMaskShape::Layer(item) if item.layer.as_str() == "a"));
}

#[test]
fn a_filter_that_is_wrong_is_named_with_its_range() {
    let mut show = Show::default();
    let mut layer = text("a");
    layer["filters"] = json!([{"type": "sepia"}, {"type": "blur", "radius": 10_000}]);
    let error = create(&mut show, layer.clone()).unwrap_err();
    assert!(error.contains("filters[1].radius: 10000 is outside 0 to 100 pixels"), "{error}");
    layer["filters"] = json!(vec![json!({"type": "sepia"}); 17]);
    assert!(create(&mut show, layer.clone()).unwrap_err().contains("at most 16"));
    layer["filters"] = json!([{"type": "glow", "strength": 2}]);
    layer["clip"] = json!({"type": "rect", "width": 10, "height": -1});
    assert!(create(&mut show, layer.clone()).unwrap_err().contains("clip.height: -1 is outside"));
    layer["clip"] = json!({"type": "path", "path": "M0 0 L9 9 Lx"});
    assert!(create(&mut show, layer.clone()).unwrap_err().contains("clip.path: not SVG path data"));
    layer["clip"] = json!({"type": "path", "path": "M0 0 L9 0 L9 9 Z"});
    layer["mask"] = json!({"source": {"type": "shape", "shape": "rect", "widht": 3}});
    assert!(create(&mut show, layer.clone()).unwrap_err().contains("mask.source.widht"));
    layer["mask"] = json!({"source": {"type": "shape", "shape": "rect", "width": 3, "height": 3}});
    let events = create(&mut show, layer).unwrap();
    let written = serde_json::to_value(&events[0]).unwrap();
    assert_eq!(written["layer"]["filters"][0]["strength"], 2.0);
    assert_eq!(written["layer"]["clip"]["path"], "M0 0 L9 0 L9 9 Z");
}

#[test]
fn layers_that_mask_each_other_do_not_go_on_for_ever() {
    let mut show = Show::default();
    let limits = Limits::default();
    let mut command = |value: Value| {
        let command: Command = read(value).unwrap();
        show.apply(command, ShowTime::ZERO, &limits).map_err(|e| e.to_string())
    };
    for i in 0..30 {
        command(json!({"createLayer": {"layer": text(&format!("l{i}"))}})).unwrap();
    }
    // Each masks all others: by turns, since a layer has one mask.
    for i in 0..30 {
        let mask = json!({"mask": {"source": {"type": "layer", "id": format!("l{}", (i + 1) % 30)}}});
        command(json!({"updateLayer": {"id": format!("l{i}"), "patch": mask}})).unwrap();
    }
    let wrong = json!({"mask": {"source": {"type": "layer", "id": "nobody"}}});
    let error = command(json!({"updateLayer": {"id": "l0", "patch": wrong}})).unwrap_err();
    assert!(error.contains("mask.source.id: there is no layer"), "{error}");
    let itself = json!({"mask": {"source": {"type": "layer", "id": "l0"}}});
    assert!(command(json!({"updateLayer": {"id": "l0", "patch": itself}})).is_err());
    assert_eq!(show.at(ShowTime::ZERO).items.len(), 30);
}

#[test]
fn a_group_is_not_moved_to_where_what_is_in_it_would_be_too_deep() {
    let mut show = Show::default();
    let limits = Limits::default();
    let mut command = |value: Value| {
        let command: Command = read(value).unwrap();
        show.apply(command, ShowTime::ZERO, &limits).map_err(|e| e.to_string())
    };
    for (name, count) in [("a", 5), ("b", 5)] {
        for i in 0..count {
            let mut layer = group(&format!("{name}{i}"));
            if i > 0 {
                layer["parent"] = format!("{name}{}", i - 1).into();
            }
            command(json!({"createLayer": {"layer": layer}})).unwrap();
        }
    }
    let error = command(json!({"updateLayer": {"id": "b0", "patch": {"parent": "a4"}}})).unwrap_err();
    assert!(error.contains("nested more than 8 deep"), "{error}");
    command(json!({"updateLayer": {"id": "b0", "patch": {"parent": "a0"}}})).unwrap();
}
