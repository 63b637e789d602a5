//! What the commands have in common: the engine's parts, put together from a configuration.

use crate::config::Config;
use engine::{Assets, EngineSettings};
use raster::{Fonts, Studio};
use scene::{Command, Limits, Show, ShowFile, ShowTime};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What the process takes beside its caches: itself, its fonts and the encoder's ring, and one picture
/// of 4000 x 4000 while it is decoded, in MiB as measured.
const BESIDE_CACHES: usize = 160;
/// A tenth of the weight of a thread that draws, where both want a core.
const CALLERS_NICENESS: i32 = 10;

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
    #[error(transparent)]
    Worker(#[from] codec_wire::WireError),
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

/// Images, sounds and fonts below `roots`, for a process that aims to stay within so many MiB.
pub(crate) fn assets(budget_mib: usize, roots: Vec<PathBuf>) -> Arc<Assets> {
    Assets::new(roots, studio(budget_mib))
}

/// The same for off-line work, where a picture is waited for.
pub(crate) fn patient_assets(budget_mib: usize, roots: Vec<PathBuf>) -> Arc<Assets> {
    Assets::patient(roots, studio(budget_mib))
}

/// Rasters have two thirds of what caches may take, decoded pictures the rest.
fn studio(budget_mib: usize) -> Arc<Studio> {
    let caches = budget_mib.saturating_sub(BESIDE_CACHES).max(24);
    Arc::new(Studio::new(Fonts::with_system(), caches * 1024 * 1024 / 3 * 2))
}

/// The engine's settings by the configuration.
pub(crate) fn engine_settings(config: &Config) -> EngineSettings {
    EngineSettings {
        width: config.width,
        height: config.height,
        rate: config.fps,
        renderer: config.renderer,
        encoder: config.encoder,
        preset: config.preset.clone(),
        video_kbps: config.bitrate_kbps,
        least_video_kbps: config.least_bitrate_kbps,
        keyframe_seconds: config.keyframe_interval,
        threads: config.encoder_threads,
        audio_kbps: config.audio_kbps,
        limits: limits(config),
        recordings: config.data_dir.join("recordings"),
        backups: config.data_dir.join("backups"),
        memory_limit_mib: config.memory_limit_mib,
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

/// Does what has fallen due in a show by `now`, as the writer of a live one would.
pub(crate) fn settle(show: &mut Show, now: ShowTime) -> Result<(), Failure> {
    if show.next_due().is_some_and(|due| due <= now) {
        let done = show.apply(Command::Settle {}, now, &Limits::default());
        done.map_err(|e| Failure::Show(e.to_string()))?;
    }
    Ok(())
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

/// The runtime that answers callers. Its threads give way to pictures and sound: a client that asks as fast as it is
/// answered gets what they leave, not a share of their cores.
pub(crate) fn callers_runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let give_way = || {
        // On Linux the calling thread's alone (setpriority(2), "C library/kernel differences").
        if let Err(e) = rustix::process::setpriority_process(None, CALLERS_NICENESS) {
            tracing::warn!("callers are answered at the priority of pictures: {e}");
        }
    };
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    Ok(builder.worker_threads(2).thread_name("callers").on_thread_start(give_way).enable_all().build()?)
}
