//! Whether the machine has room for another encoder: told beforehand, not by dropping frames.

use crate::others::{config_of, kind_of};
use codec_wire::{EncoderConfig, Trial};
use output::{Codec, WorkerBinary, try_encoder};
use scene::FieldError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long the machine is watched.
const WATCH: Duration = Duration::from_secs(1);
/// What is left over of the processors has to be more than the encoder needs: shows vary.
const MARGIN: f64 = 0.85;
/// The share of a frame's time that one frame may take, all threads at work.
const IN_TIME: f64 = 0.8;

/// Knows what encoders cost here.
pub(crate) struct Capacity {
    config: EncoderConfig,
    binary: WorkerBinary,
    running: Arc<Mutex<BTreeSet<Codec>>>,
    trials: Mutex<BTreeMap<Codec, Trial>>,
}

impl Capacity {
    /// Encoders are as `config` but for their kind; those in `running` run already.
    pub(crate) fn new(config: EncoderConfig, binary: WorkerBinary, running: Arc<Mutex<BTreeSet<Codec>>>) -> Self {
        Self { config, binary, running, trials: Mutex::default() }
    }

    /// Whether an encoder for `codec` could run beside what runs now. Takes seconds.
    ///
    /// # Errors
    /// It could not, and why.
    pub(crate) fn check(&self, codec: Codec) -> Result<(), FieldError> {
        let Some(kind) = kind_of(codec) else { return Ok(()) };
        if self.running.lock().unwrap_or_else(PoisonError::into_inner).contains(&codec) {
            return Ok(());
        }
        // One trial at a time: two would measure each other.
        let mut trials = self.trials.lock().unwrap_or_else(PoisonError::into_inner);
        let config = config_of(&self.config, kind);
        let trial = match trials.get(&codec) {
            Some(trial) => *trial,
            None => {
                let failed = |e| FieldError::new("codec", format!("{} does not work here: {e}", kind.name()));
                let trial = try_encoder(&self.binary, &config).map_err(failed)?;
                trials.insert(codec, trial);
                trial
            }
        };
        let interval_ms = 1000.0 / f64::from(config.fps);
        let (needed, free) = (trial.cpu_ms / interval_ms, idle_cores(WATCH));
        tracing::info!(encoder = kind.name(), cpu_ms = trial.cpu_ms, needed, free, "tried");
        let in_time = trial.cpu_ms / f64::from(config.threads.max(1)) <= interval_ms * IN_TIME;
        if needed <= free * MARGIN && in_time {
            return Ok(());
        }
        let EncoderConfig { width, height, fps, .. } = config;
        Err(FieldError::new(
            "codec",
            format!(
                "{} at {width}x{height}, {fps} frames a second, needs {needed:.1} processors here, and {free:.1} are \
                 free: use h264, a smaller STREAM_RESOLUTION, a lower TARGET_FPS, or a machine with more of them",
                kind.name()
            ),
        ))
    }
}

/// How many processors have had nothing to do for `watch`, of those that this process may use.
fn idle_cores(watch: Duration) -> f64 {
    let Some(before) = idle_seconds() else { return 0.0 };
    std::thread::sleep(watch);
    let Some(after) = idle_seconds() else { return 0.0 };
    let most = std::thread::available_parallelism().map_or(1.0, |n| n.get() as f64);
    ((after - before) / watch.as_secs_f64()).clamp(0.0, most)
}

/// Seconds that all processors together were idle since the system began (proc(5), `/proc/uptime`).
fn idle_seconds() -> Option<f64> {
    std::fs::read_to_string("/proc/uptime").ok()?.split_whitespace().nth(1)?.parse().ok()
}
