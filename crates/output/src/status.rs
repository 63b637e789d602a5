//! What is known of a destination.

use schemars::JsonSchema;
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Where a destination stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DestinationState {
    /// Not published: the stream is stopped.
    #[default]
    Idle,
    /// The first attempt is under way.
    Connecting,
    /// The program arrives there.
    Live,
    /// The program arrives there, but late, or not all of it.
    Degraded,
    /// Connected, but nothing has been acknowledged for a while.
    Stalled,
    /// Lost; attempts go on without end.
    Reconnecting,
    /// The server has refused the stream: the key may be wrong. It is asked again from time to time.
    Refused,
}

/// Where a destination stands, with figures.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DestinationStatus {
    /// Where it stands.
    pub state: DestinationState,
    /// Since when, in milliseconds since 1970.
    pub since_unix_ms: u64,
    /// Why it is not live, in the server's or the system's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Bytes of media sent since the service began.
    pub sent_bytes: u64,
    /// Frames of video sent.
    pub sent_frames: u64,
    /// Frames that were dropped because the destination could not take them.
    pub dropped_frames: u64,
    /// How many times some were: each up to a keyframe.
    pub dropped_groups: u64,
    /// What is being acknowledged, in kb/s.
    pub acknowledged_kbps: u32,
    /// How long what is sent now has waited, in milliseconds.
    pub delay_ms: u64,
    /// How long it takes to the server's system and back, in milliseconds, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub round_trip_ms: Option<f64>,
    /// How long nothing has been acknowledged, in milliseconds.
    pub silent_ms: u64,
    /// Bytes that wait in the queue.
    pub queued_bytes: u64,
    /// Bytes that the server's system has not acknowledged.
    pub unacknowledged_bytes: u64,
    /// Whether a spare connection stands ready for when this one is lost.
    pub spare_ready: bool,
    /// How often the connection was lost.
    pub reconnects: u64,
}

/// The status of one destination, shared between who writes and who reads it.
#[derive(Clone, Default)]
pub(crate) struct Shared(Arc<Mutex<DestinationStatus>>);

impl Shared {
    /// Changes the state; a reason stays until the destination is live again.
    pub(crate) fn enter(&self, state: DestinationState, reason: Option<String>) {
        let mut status = self.write();
        if status.state != state {
            status.state = state;
            status.since_unix_ms = unix_ms();
        }
        if reason.is_some() || state == DestinationState::Live {
            status.reason = reason;
        }
    }

    /// It is not live, for a reason; `was_live` until now. All of it is seen at once.
    pub(crate) fn lose(&self, state: DestinationState, reason: String, was_live: bool) {
        let mut status = self.write();
        if status.state != state {
            status.state = state;
            status.since_unix_ms = unix_ms();
        }
        status.reason = Some(reason);
        status.reconnects += u64::from(was_live);
    }

    pub(crate) fn write(&self) -> MutexGuard<'_, DestinationStatus> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn get(&self) -> DestinationStatus {
        self.write().clone()
    }
}

fn unix_ms() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_millis() as u64)
}
