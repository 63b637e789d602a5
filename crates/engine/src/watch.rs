//! The watchdogs: they look at what runs, tell what changed, and step in.

use crate::assets::Assets;
use crate::notices::{Happening, Notices};
use crate::quality::{QualityControl, Step};
use crate::store_watch::{StoreState, StoreWatch};
use crate::ticker::LoopStats;
use output::{DestinationState, Destinations, EncoderStats};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How often all is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// A loop that has made no frame for so long, and makes none for as long again, is hung.
const HUNG: Duration = Duration::from_secs(5);

/// Between two times that caches are given up.
const RELIEF: Duration = Duration::from_secs(60);
/// Frames that are lost so soon after an encoder was replaced are that one's.
const AFTERMATH: Duration = Duration::from_secs(2);

/// What is watched.
#[derive(Clone)]
pub(crate) struct Watch {
    pub(crate) stats: Arc<LoopStats>,
    pub(crate) encoder: Arc<EncoderStats>,
    pub(crate) destinations: Arc<Destinations>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) notices: Notices,
    pub(crate) store: StoreWatch,
    pub(crate) ladder: Arc<Vec<Step>>,
    /// The step that the picture is made by.
    pub(crate) step: Arc<AtomicUsize>,
    /// What the service may use of memory, in MiB.
    pub(crate) memory_limit_mib: u64,
    /// From keyframe to keyframe.
    pub(crate) keyframes: Duration,
    pub(crate) ending: Arc<AtomicBool>,
}

impl Watch {
    pub(crate) async fn run(self) {
        let mut quality = QualityControl::new(self.ladder.len(), self.keyframes);
        let mut states: BTreeMap<String, (DestinationState, u64)> = BTreeMap::new();
        let (mut replaced, mut on_slate, mut held_up) = (0, false, 0);
        let (mut idle_before, mut looked) = (idle_seconds(), Instant::now());
        let mut hung_at: Option<(Instant, u64)> = None;
        let mut relieved: Option<Instant> = None;
        let mut losses = Losses::default();
        let mut store = StoreState::Ok;
        while !self.ending.load(Ordering::Relaxed) {
            tokio::time::sleep(LOOK).await;
            self.tell_of_destinations(&mut states);
            let now_replaced = self.encoder.replaced.load(Ordering::Relaxed);
            if now_replaced > replaced {
                self.notices.tell(Happening::EncoderReplaced { times: now_replaced });
            }
            replaced = now_replaced;
            let now_on_slate = self.stats.on_slate.load(Ordering::Relaxed);
            if now_on_slate != on_slate {
                self.notices.tell(if now_on_slate { Happening::SlateOn } else { Happening::SlateOff });
            }
            on_slate = now_on_slate;
            let now_held_up = self.stats.held_up.load(Ordering::Relaxed);
            if now_held_up > held_up {
                self.notices.tell(Happening::FramesLost { frames: now_held_up - held_up });
            }
            held_up = now_held_up;
            let report = self.store.report();
            if report.state != store {
                tracing::warn!(reason = report.reason.as_deref().unwrap_or_default(), "the store: {:?}", report.state);
                self.notices.tell(Happening::StoreChanged { state: report.state, reason: report.reason.clone() });
            }
            store = report.state;

            let idle = idle_seconds();
            let seconds = looked.elapsed().as_secs_f64().max(0.001);
            looked = Instant::now();
            let lost = losses.count(&self.stats, replaced);
            self.settle_quality(&mut quality, lost, (idle - idle_before).max(0.0) / seconds);
            idle_before = idle;
            self.mind_memory(&mut relieved);
            self.mind_loop(&mut hung_at);
        }
    }

    /// What was lost and is back between two looks is told as well, by the count of its connections.
    fn tell_of_destinations(&self, states: &mut BTreeMap<String, (DestinationState, u64)>) {
        let now = self.destinations.statuses();
        for (id, status) in &now {
            if states.get(id) != Some(&(status.state, status.reconnects)) {
                let (id, state, reason) = (id.clone(), status.state, status.reason.clone());
                self.notices.tell(Happening::DestinationChanged { id, state, reason, reconnects: status.reconnects });
            }
        }
        *states = now.into_iter().map(|(id, status)| (id, (status.state, status.reconnects))).collect();
    }

    fn settle_quality(&self, quality: &mut QualityControl, lost: u64, idle: f64) {
        let before = self.step.load(Ordering::Relaxed);
        let step = quality.update(Instant::now(), self.stats.due.load(Ordering::Relaxed), lost, idle);
        if step == before {
            return;
        }
        self.step.store(step, Ordering::Relaxed);
        let name = self.ladder.get(step).map(Step::to_string).unwrap_or_default();
        let reason = if step > before {
            "frames were late: the processors cannot do more"
        } else {
            "processors have had time to spare"
        };
        tracing::warn!(step = name, reason, "quality");
        self.notices.tell(Happening::QualityChanged { step: name, below: step, reason: reason.to_owned() });
    }

    /// Gives caches up where memory is over its limit: from time to time, since what is needed is loaded again.
    fn mind_memory(&self, relieved: &mut Option<Instant>) {
        let (used_mib, limit_mib) = (resident_mib(), self.memory_limit_mib);
        let over = limit_mib > 0 && used_mib > limit_mib;
        if over && relieved.is_none_or(|at| at.elapsed() > RELIEF) {
            tracing::error!(used_mib, limit_mib, "memory is over its limit: caches are given up");
            self.notices.tell(Happening::MemoryOverLimit { used_mib, limit_mib });
            self.assets.give_up_caches();
            *relieved = Some(Instant::now());
        }
    }

    /// Ends the process where the loop hangs: nothing can free a thread that is stuck, and whoever started the service
    /// starts it again, with all that was acknowledged.
    fn mind_loop(&self, hung_at: &mut Option<(Instant, u64)>) {
        if self.stats.ended.load(Ordering::Relaxed) || self.stats.lag() < HUNG {
            *hung_at = None;
            return;
        }
        let due = self.stats.due.load(Ordering::Relaxed);
        // The whole process may have been stopped for a while: the loop gets the time to go on.
        match hung_at {
            Some((since, then)) if *then == due => {
                if since.elapsed() > HUNG {
                    tracing::error!("the loop hangs; ending at once");
                    std::process::abort();
                }
            }
            _ => *hung_at = Some((Instant::now(), due)),
        }
    }
}

/// Counts the frames that were lost because the processors could not keep up.
#[derive(Default)]
struct Losses {
    seen: u64,
    counted: u64,
    replaced: u64,
    since: Option<Instant>,
}

impl Losses {
    /// So many up to now. What was lost while the process stood still, or with an encoder, is left out.
    fn count(&mut self, stats: &LoopStats, replaced: u64) -> u64 {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let lost = (count(&stats.repeated) + count(&stats.skipped)).saturating_sub(count(&stats.held_up));
        if replaced != self.replaced {
            (self.replaced, self.since) = (replaced, Some(Instant::now()));
        }
        if self.since.is_none_or(|at| at.elapsed() > AFTERMATH) {
            self.counted += lost.saturating_sub(self.seen);
        }
        self.seen = lost;
        self.counted
    }
}

/// Memory of this process that is in use, in MiB (proc(5), `statm`).
fn resident_mib() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0);
    (pages * rustix::param::page_size() as u64) >> 20
}

/// Seconds that all processors together were idle since the system began (proc(5), `uptime`).
pub(crate) fn idle_seconds() -> f64 {
    let uptime = std::fs::read_to_string("/proc/uptime").unwrap_or_default();
    uptime.split_whitespace().nth(1).and_then(|n| n.parse().ok()).unwrap_or(0.0)
}
