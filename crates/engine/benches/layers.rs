//! What a frame costs before it is encoded, against the number of layers, the area that moves and
//! the resolution: `cargo bench -p engine --bench layers`. Milliseconds of the thread's CPU time,
//! medians; scene, display list, drawing and conversion together.
#![allow(clippy::unwrap_used, reason = "what is made here is made well")]

use engine::{Assets, draw_list};
use raster::{Fonts, Studio};
use render::{CpuRenderer, Renderer};
use scene::{Command, Coordinate, Limits, Show, ShowTime};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

fn now() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
}

/// A show of `count` layers on 1920 x 1080: a ground, cards that stand still all over it, and on top
/// one square of `side` pixels, which moves.
fn show(count: usize, side: u32) -> Show {
    let gradient = json!({"gradient": "linear", "angle": 40, "stops": [{"offset": 0, "color": "#234"}, {"offset": 1, "color": "#a63"}]});
    let shape = |x: usize, y: usize, w: u32, h: u32, fill: Value| {
        json!({"type": "overlay", "transform": {"position": {"x": x, "y": y}},
            "content": {"type": "shape", "content": "rect", "style": {"width": w, "height": h, "radius": 12, "fill": fill}}})
    };
    let mut layers = vec![shape(0, 0, 1920, 1080, gradient.clone())];
    for i in 1..count - 1 {
        layers.push(shape(i * 389 % 1500, i * 211 % 800, 420, 260, json!("#ffffff20")));
    }
    layers.push(shape(300, 200, side, side, gradient));
    let mut show = Show::default();
    let file = scene::read(json!({"layers": layers})).unwrap();
    show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits { layers: 200, ..Limits::default() }).unwrap();
    show
}

/// Milliseconds a frame.
fn measure(count: usize, side: u32, (width, height): (u32, u32)) -> f64 {
    let show = show(count, side);
    let assets = Assets::patient(vec![], Arc::new(Studio::new(Fonts::bundled_only(), 256 << 20)));
    let mut renderer = CpuRenderer::new(width, height, || Duration::ZERO);
    let mut times: Vec<Duration> = (0..160)
        .map(|tick: u32| {
            let began = now();
            let mut frame = show.at(ShowTime::from_secs_f64(f64::from(tick) / 30.0));
            let moving = frame.items.last_mut().unwrap();
            let off = 60.0 * (f64::from(tick) * 0.2).sin();
            moving.transform.position.x = Coordinate::new(300.0 + off).unwrap();
            renderer.render(draw_list(&frame, &assets, width, height));
            now() - began
        })
        .skip(60)
        .collect();
    times.sort();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

fn main() {
    // `cargo test` runs benches with this argument to see that they work.
    if std::env::args().any(|a| a == "--test") {
        return;
    }
    let resolutions =
        [("720p", (1280, 720)), ("1080p", (1920, 1080)), ("1440p", (2560, 1440)), ("2160p", (3840, 2160))];
    println!("| layers | moving square | {} |", resolutions.map(|(name, _)| name).join(" | "));
    println!("|---|---|---|---|---|---|");
    for side in [64, 256, 800] {
        for count in [5, 20, 50, 150] {
            let row = resolutions.map(|(_, size)| format!("{:.3}", measure(count, side, size)));
            println!("| {count} | {side} x {side} | {} |", row.join(" | "));
        }
    }
}
