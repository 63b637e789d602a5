//! What the commands have in common: the engine's parts, put together from a configuration.

use crate::config::Config;
use engine::{Assets, EngineSettings};
use raster::{Fonts, Studio};
use scene::{Limits, ShowFile};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of rasters that are kept. With decoded pictures (64 MiB) they are what memory is spent on.
const RASTER_BUDGET: usize = 128 * 1024 * 1024;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The engine cannot run.
    #[error(transparent)]
    Engine(#[from] engine::EngineError),
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] store::StoreError),
    /// The output cannot be made.
    #[error(transparent)]
    Output(#[from] output::OutputError),
    /// A command was refused.
    #[error(transparent)]
    Command(#[from] engine::CommandError),
    /// A file, a port or a thread.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// A show file is wrong.
    #[error("{0}")]
    Show(String),
    /// Something else, in words.
    #[error("{0}")]
    Other(String),
}

/// Images, sounds and fonts below `roots`.
pub(crate) fn assets(roots: Vec<PathBuf>) -> Arc<Assets> {
    Assets::new(roots, Arc::new(Studio::new(Fonts::with_system(), RASTER_BUDGET)))
}

/// The same for off-line work, where a picture is waited for.
pub(crate) fn patient_assets(roots: Vec<PathBuf>) -> Arc<Assets> {
    Assets::patient(roots, Arc::new(Studio::new(Fonts::with_system(), RASTER_BUDGET)))
}

/// The engine's settings by the configuration.
pub(crate) fn engine_settings(config: &Config) -> EngineSettings {
    EngineSettings {
        width: config.width,
        height: config.height,
        rate: config.fps,
        renderer: config.renderer,
        preset: config.preset.clone(),
        video_kbps: config.bitrate_kbps,
        keyframe_seconds: config.keyframe_interval,
        threads: config.encoder_threads,
        audio_kbps: config.audio_kbps,
        limits: limits(config),
        recordings: config.data_dir.join("recordings"),
        frames: None,
    }
}

/// What a show may hold.
pub(crate) fn limits(config: &Config) -> Limits {
    Limits { layers: config.max_layers, ..Limits::default() }
}

/// Reads a show file; an error names the file, the line and the field.
pub(crate) fn read_show(path: &Path) -> Result<ShowFile, Failure> {
    let wrong = |line: usize, message: String| Failure::Show(format!("{}:{line}: {message}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| Failure::Show(format!("{}: {e}", path.display())))?;
    let value = serde_json::from_str(&text).map_err(|e| wrong(e.line(), e.to_string()))?;
    scene::read(value).map_err(|e| wrong(scene::line_of(&text, &e.field), e.to_string()))
}

/// The folder that a file lies in.
pub(crate) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// A runtime with a thread for each of two cores: it carries sockets, not pictures.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?)
}
