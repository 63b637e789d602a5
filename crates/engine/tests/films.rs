//! Motion as filmstrips: pictures of one show at several times, side by side. They are the golden pictures
//! of motion, and those of docs/animation.md.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod picture;

use engine::{Assets, draw_list};
use picture::{differs, golden, load, save};
use raster::{Fonts, Studio};
use scene::{Camera, Command, Levels, Limits, PresetName, Show, ShowTime};
use serde_json::{Value, json};
use std::sync::Arc;

const WIDTH: u32 = 120;
const HEIGHT: u32 = 90;

/// A show, what is commanded when, and the times of its pictures.
struct Film {
    name: String,
    show: Value,
    commands: Vec<(f64, Value)>,
    times: Vec<f64>,
}

fn shape(id: &str, x: f64, y: f64, size: f64, fill: &str) -> Value {
    json!({"id": id, "type": "overlay", "transform": {"position": {"x": x, "y": y}, "anchor": {"x": 0.5, "y": 0.5}},
        "content": {"type": "shape", "content": "rect", "style": {"width": size, "height": size, "radius": 5, "fill": fill}}})
}

fn text(id: &str, x: f64, y: f64, content: &str) -> Value {
    json!({"id": id, "type": "overlay", "transform": {"position": {"x": x, "y": y}, "anchor": {"x": 0.5, "y": 0.5}},
        "content": {"type": "text", "content": content, "style": {"fontSize": 18, "fontWeight": 700, "tabularNumbers": true}}})
}

fn show(layers: Vec<Value>, animations: Value) -> Value {
    json!({"canvas": {"width": WIDTH, "height": HEIGHT}, "background": "#30343c", "layers": layers,
        "timelines": [{"id": "film", "autoplay": true, "animations": animations}]})
}

/// Eight times from the beginning to `end`.
fn spread(end: f64) -> Vec<f64> {
    (0..8).map(|i| end * f64::from(i) / 7.0).collect()
}

fn films() -> Vec<Film> {
    let mut films = Vec::new();
    let mut add = |name: &str, layers: Vec<Value>, animations: Value, end: f64| {
        films.push(Film {
            name: name.to_owned(),
            show: show(layers, animations),
            commands: vec![],
            times: spread(end),
        });
    };
    let card = || shape("a", 20.0, 45.0, 26.0, "#ffd166");
    let to = |layer: &str, property: &str, value: Value, duration: f64, more: Value| {
        let mut animation =
            json!({"targetLayerId": layer, "property": property, "endValue": value, "duration": duration});
        animation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        animation
    };
    let rows = vec![
        shape("a", 16.0, 15.0, 16.0, "#ffd166"),
        shape("b", 16.0, 45.0, 16.0, "#5ad1c8"),
        shape("c", 16.0, 75.0, 16.0, "#ff5d7a"),
    ];
    add(
        "film-easings",
        rows.clone(),
        json!([
            to("a", "x", json!(100), 1.0, json!({"property": "position.x", "easing": "linear"})),
            to("b", "x", json!(100), 1.0, json!({"property": "position.x", "easing": "ease-in-out"})),
            to("c", "x", json!(100), 1.0, json!({"property": "position.x", "easing": "ease-out-bounce"})),
        ]),
        1.0,
    );
    add(
        "film-spring",
        vec![card()],
        json!([{"targetLayerId": "a", "property": "position.x", "endValue": 80, "easing": "spring(1, 120, 6)"}]),
        1.05,
    );
    add(
        "film-path",
        vec![shape("a", 0.0, 0.0, 16.0, "#ffd166")],
        json!([{"targetLayerId": "a", "path": {"data": "M 12 78 C 12 0 60 0 60 45 S 108 90 108 12", "orient": true}, "duration": 1}]),
        1.0,
    );
    add(
        "film-keyframes",
        vec![card()],
        json!([{"targetLayerId": "a", "property": "position", "duration": 1, "easing": "ease-in-out",
            "keyframes": [{"value": {"x": 20, "y": 70}}, {"value": {"x": 40, "y": 20}, "hold": true}, {"value": {"x": 80, "y": 70}}, {"value": {"x": 100, "y": 20}}]}]),
        1.0,
    );
    add(
        "film-stagger",
        (0..5).map(|i| shape(&format!("s{i}"), 16.0 + 22.0 * f64::from(i), 60.0, 16.0, "#5ad1c8")).collect(),
        json!([{"targetLayerIds": ["s0", "s1", "s2", "s3", "s4"], "stagger": {"each": 0.1, "from": "center"}, "property": "position.y",
            "endValue": 25, "duration": 0.5, "easing": "ease-out-back"}]),
        0.7,
    );
    add(
        "film-colors",
        vec![shape("a", 60.0, 24.0, 36.0, "#0000ff"), shape("b", 60.0, 66.0, 36.0, "#0000ff")],
        json!([
            to("a", "color", json!("#ffff00"), 1.0, json!({})),
            to("b", "color", json!("#ffff00"), 1.0, json!({"colorSpace": "srgb"}))
        ]),
        1.0,
    );
    add(
        "film-roll",
        vec![text("a", 60.0, 45.0, "0")],
        json!([{"targetLayerId": "a", "roll": {"from": 900, "to": 2500, "grouping": ",", "format": "$ {}"}, "duration": 1, "easing": "ease-out-cubic"}]),
        1.0,
    );
    let mut blurred = card();
    blurred["filters"] = json!([{"type": "blur", "radius": 8}]);
    add(
        "film-document",
        vec![blurred],
        json!([
            to("a", "filters.blur.radius", json!(0), 1.0, json!({})),
            to("a", "cornerRadius", json!(13), 1.0, json!({})),
            to("a", "width", json!(90), 1.0, json!({})),
            to("a", "anchor", json!({"x": 0}), 0.0, json!({})),
        ]),
        1.0,
    );
    add(
        "film-lottie",
        vec![json!({"id": "a", "type": "overlay", "transform": {"position": {"x": 10, "y": 5}},
            "content": {"type": "image", "content": "spin.json"}})],
        json!([to("a", "time", json!(0.999), 0.999, json!({}))]),
        0.99,
    );
    for name in PresetName::ALL {
        let word = serde_json::to_value(name).unwrap();
        let word = word.as_str().unwrap();
        let title = matches!(name, PresetName::Typewriter | PresetName::Delete | PresetName::Rise);
        let mut layer =
            if title { text("a", 60.0, 45.0, "Lot seven") } else { shape("a", 60.0, 45.0, 40.0, "#ffd166") };
        layer["filters"] = json!([{"type": "blur"}]);
        let seconds = if matches!(name, PresetName::Float | PresetName::Breathe) { 1.0 } else { 0.7 };
        let preset = json!([{"targetLayerId": "a", "preset": {"name": word, "distance": 60, "strength": 1.5}, "duration": seconds}]);
        add(&format!("preset-{word}"), vec![layer], preset, seconds);
    }

    let mut scenes = |name: &str, transition: Value| {
        let file = json!({"canvas": {"width": WIDTH, "height": HEIGHT}, "background": "#30343c",
            "layers": [
                {"id": "one", "type": "overlay", "content": {"type": "shape", "content": "rect", "style": {"width": 120, "height": 90, "fill": "#274060"}}},
                {"id": "two", "type": "overlay", "content": {"type": "shape", "content": "rect", "style": {"width": 120, "height": 90, "fill": "#6b2d5c"}}},
                shape("host", 30.0, 50.0, 30.0, "#ffd166"), shape("left", 90.0, 30.0, 24.0, "#5ad1c8"), shape("right", 30.0, 25.0, 24.0, "#ff5d7a"),
                {"id": "cover", "type": "overlay", "visible": false, "transform": {"position": {"x": 0, "y": 0}},
                    "content": {"type": "shape", "content": "rect", "style": {"width": 120, "height": 90, "fill": "#ffffff"}}},
                text("title", 60.0, 80.0, "Live"),
            ],
            "timelines": [{"id": "sweep", "animations": [{"targetLayerId": "cover", "property": "position.x", "startValue": -130, "endValue": 130, "duration": 0.8}]}],
            "scenes": [
                {"id": "first", "layers": [{"id": "one"}, {"id": "host"}, {"id": "left"}]},
                {"id": "second", "layers": [{"id": "two"}, {"id": "right"},
                    {"id": "host", "transform": {"position": {"x": 85, "y": 50}, "scale": {"x": 1.6, "y": 1.6}, "rotation": 15, "anchor": {"x": 0.5, "y": 0.5}}}]},
            ],
            "scene": "first"});
        let commands = vec![(0.05, json!({"switchScene": {"id": "second", "transition": transition}}))];
        films.push(Film { name: format!("scene-{name}"), show: file, commands, times: spread(1.0) });
    };
    for kind in ["fade", "slide", "zoom", "move"] {
        scenes(kind, json!({"type": kind, "duration": 0.8}));
    }
    scenes("wipe", json!({"type": "wipe", "duration": 0.8, "side": "left", "softness": 0.03}));
    scenes("luma-wipe", json!({"type": "wipe", "duration": 0.8, "imageUrl": "luma.svg", "softness": 0.1}));
    scenes("stinger", json!({"type": "stinger", "duration": 0.8, "layer": "cover", "timeline": "sweep"}));
    films
}

const LUMA: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" width="120" height="90"><defs><radialGradient id="g">
<stop offset="0" stop-color="#000"/><stop offset="1" stop-color="#fff"/></radialGradient></defs>
<rect width="120" height="90" fill="#fff"/><circle cx="60" cy="45" r="76" fill="url(#g)"/></svg>"##;

/// The pictures of a film side by side, a pixel apart.
fn strip(film: &Film, assets: &Assets) -> (Vec<u8>, u32) {
    let mut show = Show::default();
    let file = scene::read(film.show.clone()).unwrap_or_else(|e| panic!("{}: {e}", film.name));
    let apply = |show: &mut Show, at: f64, command: Command| {
        let done = show.apply(command, ShowTime::from_secs_f64(at), &Limits::default());
        done.unwrap_or_else(|e| panic!("{}: {e}", film.name));
        for layer in show.layers() {
            assets.prepare_layer(show, layer, (WIDTH, HEIGHT)).unwrap_or_else(|e| panic!("{}: {e}", film.name));
        }
    };
    apply(&mut show, 0.0, Command::LoadShow { show: file });
    let mut commands = film.commands.iter().peekable();
    let mut camera = Camera::default();
    let frames: Vec<Vec<u8>> = film
        .times
        .iter()
        .map(|at| {
            while let Some((when, command)) = commands.next_if(|(when, _)| when <= at) {
                apply(&mut show, *when, scene::read(command.clone()).unwrap());
            }
            apply(&mut show, *at, Command::Settle {});
            let frame = camera.frame(&show, ShowTime::from_secs_f64(*at), &Levels::default());
            render::paint(&draw_list(frame, assets, WIDTH, HEIGHT), WIDTH, HEIGHT)
        })
        .collect();
    let row = (WIDTH * 4) as usize;
    let mut pixels = Vec::new();
    for y in 0..HEIGHT as usize {
        for (i, frame) in frames.iter().enumerate() {
            if i > 0 {
                pixels.extend([255; 4]);
            }
            pixels.extend(&frame[y * row..(y + 1) * row]);
        }
    }
    (pixels, WIDTH * frames.len() as u32 + frames.len() as u32 - 1)
}

#[test]
fn every_film_is_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("luma.svg"), LUMA).unwrap();
    std::fs::write(folder.path().join("spin.json"), include_bytes!("table/spin.json")).unwrap();
    let assets =
        Assets::patient(vec![folder.path().to_owned()], Arc::new(Studio::new(Fonts::bundled_only(), 64 << 20)));
    let mut wrong = Vec::new();
    for film in films() {
        let (pixels, width) = strip(&film, &assets);
        let path = golden(&format!("films/{}", film.name));
        if std::env::var_os("BLESS").is_some() {
            save(&path, &pixels, width);
        }
        match load(&path) {
            None => wrong.push(format!("{}: there is no golden picture", film.name)),
            Some(wanted) => wrong.extend(differs(&film.name, &pixels, &wanted, width)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The pictures of the manual are these.
#[test]
fn the_manual_shows_every_film() {
    let manual = include_str!("../../../docs/animation.md");
    for film in films() {
        assert!(manual.contains(&format!("films/{}.png", film.name)), "{} is not shown", film.name);
    }
}
