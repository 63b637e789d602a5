//! The demo show: its files, and what moves in it.

use crate::setup::Failure;
use engine::Engine;
use scene::{Command, Id, ShowFile};
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

const SHOW: &str = include_str!("../../../demo/show.json");
const FILES: [(&str, &[u8]); 4] = [
    ("backdrop.svg", include_bytes!("../../../demo/backdrop.svg")),
    ("host.svg", include_bytes!("../../../demo/host.svg")),
    ("artwork.svg", include_bytes!("../../../demo/artwork.svg")),
    ("music.ogg", include_bytes!("../../../demo/music.ogg")),
];

/// Pixels per second of the ticker.
const SPEED: f64 = 120.0;
/// Where the ticker begins again: the canvas and about the length of its text.
const ROUND: f64 = 1920.0 + 3_300.0;

/// The show file.
pub(crate) fn show() -> Result<ShowFile, Failure> {
    let value = serde_json::from_str(SHOW).map_err(|e| Failure::Show(format!("demo/show.json: {e}")))?;
    scene::read(value).map_err(|e| Failure::Show(format!("demo/show.json: {e}")))
}

/// Puts the show's assets into `folder`.
pub(crate) fn write_assets(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder)?;
    for (name, bytes) in FILES {
        std::fs::write(folder.join(name), bytes)?;
    }
    Ok(())
}

/// Moves the ticker with every frame and sets the clock with every second, by the commands that any
/// client has. A layer that somebody has deleted is left alone.
pub(crate) async fn drive(engine: Arc<Engine>) {
    let (Ok(ticker), Ok(clock)) = ("ticker".parse::<Id>(), "clock".parse::<Id>()) else { return };
    let mut ticks = engine.ticks();
    let mut shown = String::new();
    while ticks.changed().await.is_ok() {
        let control = engine.control();
        // Where it will be when the next frame is drawn.
        let t = control.frame_rate().time_of(*ticks.borrow_and_update() + 1).as_secs_f64();
        let x = (1920.0 - (t * SPEED) % ROUND).round();
        update(&engine, &ticker, json!({"transform": {"position": {"x": x}}})).await;
        let now = clock_text();
        if now != shown {
            update(&engine, &clock, json!({"content": {"content": now}})).await;
            shown = now;
        }
    }
}

async fn update(engine: &Engine, id: &Id, patch: serde_json::Value) {
    if engine.control().state().show.layer(id).is_none() {
        return;
    }
    if let serde_json::Value::Object(patch) = patch
        && let Err(e) = engine.control().submit(Command::UpdateLayer { id: id.clone(), patch }).await
    {
        tracing::debug!("the demo cannot move {id}: {e}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// The time of day in UTC.
fn clock_text() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}
