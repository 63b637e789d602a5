//! Whether the machine has room for another encoder: told beforehand, not by dropping frames.

use crate::others::{config_of, kind_of};
use crate::watch::idle_seconds;
use codec_wire::{EncoderConfig, Trial};
use output::{Codec, WorkerBinary, try_encoder};
use scene::FieldError;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What an encoder takes beside a show is so many times what it takes in the trial: x264 takes 12.5 ms a frame there, and
/// 17.4 on the reference scene (1080p, `veryfast`).
const BESIDE_A_SHOW: f64 = 1.4;
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
        let cpu_ms = trial.cpu_ms * BESIDE_A_SHOW;
        let (needed, free) = (cpu_ms / interval_ms, free_cores(WATCH));
        tracing::info!(encoder = kind.name(), cpu_ms, needed, free, "tried");
        let in_time = cpu_ms / f64::from(config.threads.max(1)) <= interval_ms * IN_TIME;
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

/// How many processors have had nothing to do for `watch`, of those that this process may use: others may be idle that
/// it may not.
fn free_cores(watch: Duration) -> f64 {
    let (idle, used) = (idle_seconds(), own_seconds());
    std::thread::sleep(watch);
    let rate = |before: f64, after: f64| (after - before).max(0.0) / watch.as_secs_f64();
    let allowed = std::thread::available_parallelism().map_or(1.0, |n| n.get() as f64);
    rate(idle, idle_seconds()).min(allowed - rate(used, own_seconds())).max(0.0)
}

/// Seconds of a processor that this process and its children have used (proc(5), `stat`).
fn own_seconds() -> f64 {
    let own = std::process::id();
    let children = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let children = children.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let pids: Vec<u32> = children
        .flat_map(|list| list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>())
        .collect();
    let ticks: u64 = std::iter::once(own).chain(pids).filter_map(output::processor_time).sum();
    ticks as f64 / rustix::param::clock_ticks_per_second().max(1) as f64
}
