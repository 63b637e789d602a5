//! From pictures and samples to ingests, files and viewers.
//!
//! This crate supervises the encoder's process, fans its packets out, and runs the destinations.
//! Its promises:
//!
//! - **One stalled destination holds nothing up.** Packets go into bounded queues; a queue that is
//!   full drops whole groups of pictures, and its destination goes on at the next keyframe.
//! - **A dead or hung encoder is replaced at once.** A second one stands warm; time stamps come
//!   from frame numbers, so the stream goes on where it was.
//! - **Destinations never give up**, and say why they are not live in the server's own words.
//! - **Secrets stay.** No stream key is in a log, an error or a status.
//!
//! It must not know what the picture shows.

mod adaptive;
mod backoff;
mod destinations;
mod encoder;
mod flv;
mod guard;
mod hub;
mod ingest;
mod outq;
mod packet;
mod preview;
mod recording;
mod rtmp_push;
mod status;
mod trial;

pub use codec_wire::{Codec, EncoderKind, WorkerBinary};
pub use destinations::{DestinationSettings, Destinations, Place};
pub use encoder::{Encoder, EncoderStats, FrameFate, Latency, processor_time};
pub use guard::{keep_going, message};
pub use hub::{Bound, Hub, Queue};
pub use packet::{Headers, Media, Packet};
pub use preview::{Fragment, Preview};
pub use status::{DestinationState, DestinationStatus};
pub use trial::try_encoder;

/// What every destination has to know of the stream.
#[derive(Clone, Debug)]
pub struct StreamFormat {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Frames per second.
    pub fps: u32,
    /// Bit rate of the video in kb/s.
    pub video_kbps: u32,
    /// Bit rate of the sound in kb/s.
    pub audio_kbps: u32,
}

/// Why something of the output cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// A worker cannot be started.
    #[error(transparent)]
    Wire(#[from] codec_wire::WireError),
    /// Memory or file descriptors ran out.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}
