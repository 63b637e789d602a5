//! Whether the machine has room for another encoder: told beforehand, not by dropping frames.

use crate::others::{Running, config_of, kind_of};
use crate::watch::idle_seconds;
use codec_wire::{EncoderConfig, EncoderKind, Trial};
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

/// What would help.
const LESS: &str = "use h264, a smaller STREAM_RESOLUTION, a lower TARGET_FPS, or a machine with more of them";

/// Knows what encoders cost here.
pub(crate) struct Capacity {
    config: EncoderConfig,
    binary: WorkerBinary,
    running: Arc<Mutex<Running>>,
    trials: Mutex<BTreeMap<Codec, Trial>>,
}

impl Capacity {
    /// Encoders are as `config` but for their kind; those in `running` run already.
    pub(crate) fn new(config: EncoderConfig, binary: WorkerBinary, running: Arc<Mutex<Running>>) -> Self {
        Self { config, binary, running, trials: Mutex::default() }
    }

    /// Whether encoders for all of `codecs` could run beside what runs now. Takes seconds.
    ///
    /// # Errors
    /// They could not, and why.
    pub(crate) fn check(&self, codecs: BTreeSet<Codec>) -> Result<(), FieldError> {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let kinds: Vec<EncoderKind> =
            codecs.iter().filter(|codec| !running.contains_key(codec)).filter_map(|codec| kind_of(*codec)).collect();
        let EncoderConfig { width, height, fps, .. } = self.config;
        let interval_ms = 1000.0 / f64::from(fps);
        let mut needed = 0.0;
        for kind in &kinds {
            let config = config_of(&self.config, *kind);
            let cpu_ms = self.trial(&config)?.cpu_ms * BESIDE_A_SHOW;
            if cpu_ms / f64::from(config.threads.max(1)) > interval_ms * IN_TIME {
                let message = format!(
                    "{} takes {cpu_ms:.0} ms for a frame here, on {} processors, and there are {interval_ms:.0}: {LESS}",
                    kind.name(),
                    config.threads
                );
                return Err(FieldError::new("codec", message));
            }
            needed += cpu_ms / interval_ms;
        }
        if kinds.is_empty() {
            return Ok(());
        }
        let free = free_cores(WATCH);
        let names: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
        let names = names.join(" and ");
        tracing::info!(encoders = names, needed, free, "tried");
        if needed <= free * MARGIN {
            return Ok(());
        }
        let message = format!(
            "{names} at {width}x{height}, {fps} frames a second, needs {needed:.1} processors here, and {free:.1} are \
             free: {LESS}"
        );
        Err(FieldError::new("codec", message))
    }

    fn trial(&self, config: &EncoderConfig) -> Result<Trial, FieldError> {
        // One at a time: two would measure each other.
        let mut trials = self.trials.lock().unwrap_or_else(PoisonError::into_inner);
        let (kind, codec) = (config.kind, config.kind.codec());
        if let Some(trial) = trials.get(&codec) {
            return Ok(*trial);
        }
        let failed = |e| FieldError::new("codec", format!("{} does not work here: {e}", kind.name()));
        let trial = try_encoder(&self.binary, config).map_err(failed)?;
        trials.insert(codec, trial);
        Ok(trial)
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
