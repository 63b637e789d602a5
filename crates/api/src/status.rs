//! Figures of the stream, for REST, WebSocket and the control room alike.

use engine::Engine;
use output::{DestinationState, DestinationStatus};
use scene::DestinationView;
use schemars::JsonSchema;
use serde::Serialize;

/// How the stream is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StreamStatus {
    /// Whether the program is to be published.
    pub(crate) streaming: bool,
    /// The program.
    pub(crate) program: ProgramStatus,
    /// The encoder.
    pub(crate) encoder: EncoderStatus,
    /// The destinations.
    pub(crate) destinations: Vec<DestinationReport>,
}

/// How the loop is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProgramStatus {
    /// Seconds of show time.
    pub(crate) time: f64,
    /// Frames per second that are due.
    pub(crate) fps: u32,
    /// Frames that have been due since the service began.
    pub(crate) frames_due: u64,
    /// Frames that were sent to the encoder.
    pub(crate) frames_sent: u64,
    /// Frames among them that repeat the picture before, because the loop was late.
    pub(crate) frames_repeated: u64,
    /// Frames that no encoder took.
    pub(crate) frames_skipped: u64,
    /// How late the latest frame was, in milliseconds.
    pub(crate) lag_ms: f64,
}

/// How the encoder is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EncoderStatus {
    /// Whether one is at work.
    pub(crate) alive: bool,
    /// Its process.
    pub(crate) pid: u32,
    /// How often it was replaced.
    pub(crate) replaced: u64,
    /// Frames that it has encoded.
    pub(crate) frames_encoded: u64,
    /// The bit rate of the video that it is told to keep to now, in kb/s.
    pub(crate) video_kbps: u32,
    /// The bit rate that it is not to go above, in kb/s.
    pub(crate) video_kbps_ceiling: u32,
    /// Bytes of video that it has made.
    pub(crate) video_bytes: u64,
    /// Milliseconds from a frame's due time to its packet: the median.
    pub(crate) latency_p50_ms: f64,
    /// The same for nineteen of twenty.
    pub(crate) latency_p95_ms: f64,
}

/// A destination and how it is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DestinationReport {
    /// What it is.
    #[serde(flatten)]
    pub(crate) destination: DestinationView,
    /// How it is.
    pub(crate) status: DestinationStatus,
}

pub(crate) fn destinations(engine: &Engine) -> Vec<DestinationReport> {
    let mut statuses = engine.destinations();
    let state = engine.control().state();
    let report = |d: &std::sync::Arc<scene::Destination>| DestinationReport {
        destination: d.view(),
        status: statuses.remove(d.id.as_str()).unwrap_or_default(),
    };
    state.show.destinations().iter().map(report).collect()
}

pub(crate) fn stream(engine: &Engine) -> StreamStatus {
    use std::sync::atomic::Ordering::Relaxed;
    let control = engine.control();
    let (stats, encoder) = (engine.loop_stats(), engine.encoder_stats());
    let latency = encoder.latency();
    let (video_kbps, video_kbps_ceiling) = engine.bit_rates();
    StreamStatus {
        streaming: control.state().show.streaming(),
        program: ProgramStatus {
            time: control.now().as_secs_f64(),
            fps: control.frame_rate().get(),
            frames_due: stats.due.load(Relaxed),
            frames_sent: stats.sent.load(Relaxed),
            frames_repeated: stats.repeated.load(Relaxed),
            frames_skipped: stats.skipped.load(Relaxed),
            lag_ms: stats.lag_us.load(Relaxed) as f64 / 1000.0,
        },
        encoder: EncoderStatus {
            alive: encoder.alive.load(Relaxed),
            pid: encoder.pid.load(Relaxed),
            replaced: encoder.replaced.load(Relaxed),
            frames_encoded: encoder.encoded.load(Relaxed),
            video_kbps,
            video_kbps_ceiling,
            video_bytes: encoder.video_bytes.load(Relaxed),
            latency_p50_ms: latency.p50_ms,
            latency_p95_ms: latency.p95_ms,
        },
        destinations: destinations(engine),
    }
}

/// What is wrong with the destinations, for health.
pub(crate) fn complaints(engine: &Engine) -> Vec<String> {
    destinations(engine)
        .into_iter()
        .filter(|d| !matches!(d.status.state, DestinationState::Idle | DestinationState::Live))
        .map(|d| {
            format!(
                "destination {}: {:?}{}",
                d.destination.id,
                d.status.state,
                d.status.reason.map(|r| format!(", {r}")).unwrap_or_default()
            )
        })
        .collect()
}
