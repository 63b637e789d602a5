//! The demo show: its files, and the clock in it.

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

/// Sets the clock with every second, by the command that any client has; all else that moves stands in the
/// show itself. A clock that somebody has deleted is left alone.
pub(crate) async fn drive(engine: Arc<Engine>) {
    let Ok(clock) = "clock".parse::<Id>() else { return };
    let mut ticks = engine.ticks();
    let mut shown = String::new();
    while ticks.changed().await.is_ok() {
        ticks.borrow_and_update();
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
        tracing::debug!("the demo cannot set {id}: {e}");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// The time of day in UTC.
fn clock_text() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_secs());
    format!("{:02}:{:02}:{:02} UTC", seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}
