//! A busy show: 50 layers, 200 animations that never end.

use scene::{Command, Limits, Show, ShowTime};
use serde_json::{Value, json};

/// Every layer moves along a path or about a point, turns, breathes and fades; every tenth in another
/// way of easing.
pub fn busy_show() -> Show {
    let mut show = Show::default();
    let layers: Vec<Value> = (0..50)
        .map(|i| {
            json!({"id": format!("l{i}"), "type": "overlay", "transform": {"position": {"x": i * 30, "y": i * 15}},
                "content": {"type": "shape", "content": "rect"}})
        })
        .collect();
    let easings = ["ease-in-out", "ease-out-back", "spring(1, 90, 8)", "linear", "cubic-bezier(0.2, 0, 0, 1)"];
    let animations: Vec<Value> = (0..50)
        .flat_map(|i| {
            let layer = format!("l{i}");
            let easing = easings[i % easings.len()];
            let turn = |property: &str, from: f64, to: f64, duration: f64| {
                json!({"targetLayerId": layer, "property": property, "startValue": from, "endValue": to,
                    "duration": duration, "easing": easing, "repeat": -1, "yoyo": true})
            };
            let place = match i % 5 {
                0 => json!({"targetLayerId": layer, "property": "position", "duration": 4, "repeat": -1,
                    "path": {"data": "M 100 100 C 400 0 600 500 900 300 S 1500 200 1700 800", "orient": false}}),
                _ => turn("position.x", 0.0, 400.0, 2.0),
            };
            [place, turn("rotation", -20.0, 20.0, 3.0), turn("opacity", 0.3, 1.0, 1.5), turn("scale", 0.9, 1.1, 2.5)]
        })
        .collect();
    let file = scene::read(
        json!({"layers": layers, "timelines": [{"id": "busy", "autoplay": true, "animations": animations}]}),
    );
    let load = Command::LoadShow { show: file.unwrap() };
    show.apply(load, ShowTime::ZERO, &Limits::default()).unwrap();
    show
}
