//! What happened to the service rather than to the show: told to whoever watches, and remembered for a while.

use crate::clock::unix_ms;
use crate::store_watch::StoreState;
use output::DestinationState;
use schemars::JsonSchema;
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::broadcast;

/// Notices that are remembered.
const REMEMBERED: usize = 200;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// When, in milliseconds since 1970.
    pub unix_ms: i64,
    /// What.
    #[serde(flatten)]
    pub what: Happening,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Happening {
    /// A destination stands elsewhere.
    DestinationChanged {
        /// Which.
        id: String,
        /// Where.
        state: DestinationState,
        /// Why, where it is not live.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// How often its connection was lost so far.
        reconnects: u64,
    },
    /// An encoder died or hung; another has taken over.
    EncoderReplaced {
        /// How many so far.
        times: u64,
    },
    /// Processors lack, and the picture is made at less cost; or they do not any more.
    QualityChanged {
        /// How it is made now.
        step: String,
        /// Steps below what is configured.
        below: usize,
        /// Why.
        reason: String,
    },
    /// The loop was held up, and has lost frames.
    FramesLost {
        /// How many.
        frames: u64,
    },
    /// The show cannot be drawn: the slate is on air.
    SlateOn,
    /// It can be drawn again.
    SlateOff,
    /// The service died, and its supervisor has started it again.
    ServiceRestarted {
        /// How often so far.
        times: u64,
        /// How the one before ended: a signal, or an exit code.
        reason: String,
    },
    /// The store was corrupt: it was set aside, and what came after the last snapshot is lost.
    StoreWasCorrupt,
    /// A part of the service panicked, and has begun anew.
    TaskFailed {
        /// Which.
        task: String,
        /// What it said.
        reason: String,
    },
    /// A file that is watched was edited, and cannot be put on air; the show stays as it is.
    ShowFileRefused {
        /// What is wrong with it, and where.
        reason: String,
    },
    /// The store went away, or is back.
    StoreChanged {
        /// Whether it takes commands.
        state: StoreState,
        /// Why, where it is not well.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// Memory was over its limit, and caches were given up.
    MemoryOverLimit {
        /// What was used, in MiB.
        used_mib: u64,
        /// The limit, in MiB.
        limit_mib: u64,
    },
}

impl Happening {
    /// The destination that it happened to.
    #[must_use]
    pub fn destination(&self) -> Option<&str> {
        match self {
            Self::DestinationChanged { id, .. } => Some(id),
            _ => None,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::DestinationChanged { .. } => "destinationChanged",
            Self::EncoderReplaced { .. } => "encoderReplaced",
            Self::QualityChanged { .. } => "qualityChanged",
            Self::FramesLost { .. } => "framesLost",
            Self::SlateOn => "slateOn",
            Self::SlateOff => "slateOff",
            Self::TaskFailed { .. } => "taskFailed",
            Self::StoreChanged { .. } => "storeChanged",
            Self::ShowFileRefused { .. } => "showFileRefused",
            Self::StoreWasCorrupt => "storeWasCorrupt",
            Self::ServiceRestarted { .. } => "serviceRestarted",
            Self::MemoryOverLimit { .. } => "memoryOverLimit",
        }
    }
}

/// The notices so far, and those to come.
#[derive(Clone)]
pub struct Notices(Arc<Inner>);

struct Inner {
    past: Mutex<Past>,
    live: broadcast::Sender<Arc<Notice>>,
}

#[derive(Default)]
struct Past {
    last: VecDeque<Arc<Notice>>,
    counts: BTreeMap<&'static str, u64>,
}

impl Default for Notices {
    fn default() -> Self {
        Self(Arc::new(Inner { past: Mutex::default(), live: broadcast::channel(REMEMBERED).0 }))
    }
}

impl Notices {
    /// The last ones, the newest last.
    #[must_use]
    pub fn last(&self) -> Vec<Arc<Notice>> {
        self.past().last.iter().cloned().collect()
    }

    /// How many there were of each kind.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.past().counts.clone()
    }

    /// Those from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Arc<Notice>> {
        self.0.live.subscribe()
    }

    /// Tells of something that has happened to the service.
    pub fn tell(&self, what: Happening) {
        let mut past = self.past();
        *past.counts.entry(what.name()).or_default() += 1;
        let notice = Arc::new(Notice { unix_ms: unix_ms(), what });
        if past.last.len() == REMEMBERED {
            past.last.pop_front();
        }
        past.last.push_back(notice.clone());
        // Nobody may be listening.
        let _ = self.0.live.send(notice);
    }

    fn past(&self) -> MutexGuard<'_, Past> {
        // Each critical section leaves it whole.
        self.0.past.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
