//! What the service and its codec workers say to one another.
//!
//! A worker is a process of the `codec-worker` binary. It inherits its files at fixed numbers:
//!
//! | mode | [`CONTROL_FD`] | [`DATA_FD`] | [`FRAMES_FD`] |
//! |---|---|---|---|
//! | `encode` | in: [`EncoderConfig`] as JSON, then [`Frame`] messages (a `SOCK_SEQPACKET` socket) | out: [`Record`]s | the memory of the [`FrameRing`] |
//! | `trial` | in: [`EncoderConfig`] as JSON in a record | out: [`Trial`] as JSON in a record | |
//! | `mux` | in: a record with [`MuxConfig`] as JSON, then packets as records (a stream socket) | out: the muxed bytes, where they go to no file | |
//! | `decode` | in: the file, as memory or a pipe | out: [`Decoded`] as JSON in a record, then samples as records | |
//!
//! The end of the control input is the end of the work: a worker then finishes what it has and
//! exits, so it outlives a service that was killed by as long as it takes to complete a file.
//!
//! It must not know codecs.

mod frame;
mod record;
mod ring;
mod worker;

pub use frame::{Frame, MAX_FRAME_MESSAGE};
pub use record::{Record, RecordKind};
pub use ring::{FrameRing, FrameView};
pub use worker::WorkerBinary;

use serde::{Deserialize, Serialize};

/// Where a worker finds its orders.
pub const CONTROL_FD: i32 = 3;
/// Where a worker puts what it makes.
pub const DATA_FD: i32 = 4;
/// Where an encoder finds pictures.
pub const FRAMES_FD: i32 = 5;

/// Samples per second of all sound.
pub const AUDIO_RATE: u32 = 48_000;

/// What a video is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Codec {
    /// H.264, with AAC.
    #[default]
    H264,
    /// VP8, with Opus.
    Vp8,
    /// VP9, with Opus.
    Vp9,
}

/// What encodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncoderKind {
    /// x264, on the processor.
    #[default]
    X264,
    /// A graphics card of NVIDIA, for H.264.
    Nvenc,
    /// A graphics chip of Intel, for H.264.
    Qsv,
    /// libvpx, for VP8.
    Vp8,
    /// libvpx, for VP9.
    Vp9,
}

impl EncoderKind {
    /// What it makes.
    #[must_use]
    pub fn codec(self) -> Codec {
        match self {
            Self::X264 | Self::Nvenc | Self::Qsv => Codec::H264,
            Self::Vp8 => Codec::Vp8,
            Self::Vp9 => Codec::Vp9,
        }
    }

    /// Its name in libav.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::X264 => "libx264",
            Self::Nvenc => "h264_nvenc",
            Self::Qsv => "h264_qsv",
            Self::Vp8 => "libvpx",
            Self::Vp9 => "libvpx-vp9",
        }
    }
}

/// What a trial has shown: some frames were encoded.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Milliseconds of a processor that a frame took, on average.
    pub cpu_ms: f64,
}

/// What to encode, and how.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EncoderConfig {
    /// What encodes.
    #[serde(default)]
    pub kind: EncoderKind,
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
    /// Whether it encodes at half the size, across and down.
    #[serde(default)]
    pub halved: bool,
    /// Pictures in the ring.
    pub slots: u32,
}

/// What to mux, and where to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MuxConfig {
    /// The container.
    pub container: Container,
    /// What the packets are written in.
    #[serde(default)]
    pub codec: Codec,
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
    /// SPS and PPS in Annex B form, as the encoder gave them; VP8 and VP9 have none.
    pub video_header: Vec<u8>,
    /// The AudioSpecificConfig, or Opus's identification header.
    pub audio_header: Vec<u8>,
}

/// The containers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Container {
    /// Fragmented at keyframes: what was written can be played, however the writing ended.
    Mp4,
    /// Matroska.
    Mkv,
    /// WebM, for VP8 and VP9.
    WebM,
    /// HLS: a playlist, and segments of fragmented MP4 beside it, of which the last few are kept.
    Hls,
    /// MPEG transport stream.
    MpegTs,
    /// MP4 with a fragment for each frame, for a live preview.
    LiveMp4,
}

/// What a decoder has found; its samples follow, as 32-bit floats, interleaved, little endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoded {
    /// Samples per second of each channel.
    pub rate: u32,
    /// Channels.
    pub channels: u32,
}

/// What is wrong with a message, or with a worker.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The worker's binary cannot be run.
    #[error("cannot start {path}: {source}; it is built with the service and has to lie beside it")]
    Start {
        /// Where it was looked for.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The bytes make no sense: the two sides are not of one version.
    #[error("a message that makes no sense: {0}")]
    Nonsense(&'static str),
}
