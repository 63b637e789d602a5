//! What the service and its codec workers say to one another.
//!
//! A worker is a process of the `codec-worker` binary. It inherits its files at fixed numbers:
//!
//! | mode | [`CONTROL_FD`] | [`DATA_FD`] | [`FRAMES_FD`] |
//! |---|---|---|---|
//! | `encode` | in: [`EncoderConfig`] as JSON, then [`Frame`] messages (a `SOCK_SEQPACKET` socket) | out: [`Record`]s | the memory of the [`FrameRing`] |
//! | `mux` | in: a record with [`MuxConfig`] as JSON, then packets as records (a stream socket) | out: the muxed bytes, where they go to no file | |
//!
//! The end of the control input is the end of the work: a worker then finishes what it has and
//! exits, so it outlives a service that was killed by as long as it takes to complete a file.
//!
//! It must not know codecs.

mod frame;
mod record;
mod ring;

pub use frame::{Frame, MAX_FRAME_MESSAGE};
pub use record::{Record, RecordKind};
pub use ring::{FrameRing, FrameView};

use serde::{Deserialize, Serialize};

/// Where a worker finds its orders.
pub const CONTROL_FD: i32 = 3;
/// Where a worker puts what it makes.
pub const DATA_FD: i32 = 4;
/// Where an encoder finds pictures.
pub const FRAMES_FD: i32 = 5;

/// Samples per second of all sound.
pub const AUDIO_RATE: u32 = 48_000;

/// What to encode, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// Pixels across; even.
    pub width: u32,
    /// Pixels down; even.
    pub height: u32,
    /// Frames per second.
    pub fps: u32,
    /// x264's preset, `ultrafast` to `veryslow`.
    pub preset: String,
    /// Bit rate of the video in kb/s, held constant.
    pub video_kbps: u32,
    /// Frames from keyframe to keyframe.
    pub gop: u32,
    /// Threads that encode slices of one frame.
    pub threads: u32,
    /// Bit rate of the sound in kb/s.
    pub audio_kbps: u32,
    /// Pictures in the ring.
    pub slots: u32,
}

/// What to mux, and where to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MuxConfig {
    /// The container.
    pub container: Container,
    /// The file, playlist or `srt://` URL; [`DATA_FD`] where there is none.
    pub path: Option<std::path::PathBuf>,
    /// How the URL is to be reached, by libav's names. Secrets may be among them.
    #[serde(default)]
    pub options: Vec<(String, String)>,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Frames per second.
    pub fps: u32,
    /// SPS and PPS in Annex B form, as the encoder gave them.
    pub video_header: Vec<u8>,
    /// The AudioSpecificConfig.
    pub audio_header: Vec<u8>,
}

/// The containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// Fragmented at keyframes: what was written can be played, however the writing ended.
    Mp4,
    /// Matroska.
    Mkv,
    /// HLS: a playlist, and segments of fragmented MP4 beside it, of which the last few are kept.
    Hls,
    /// MPEG transport stream.
    MpegTs,
    /// MP4 with a fragment for each frame, for a live preview.
    LiveMp4,
}

/// What is wrong with a message.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The bytes make no sense: the two sides are not of one version.
    #[error("a message that makes no sense: {0}")]
    Nonsense(&'static str),
}
