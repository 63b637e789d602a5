//! What comes from outside, made safe to use.
//!
//! This crate turns URLs into decoded images and clips, and keeps those in use. It promises:
//!
//! - **Nothing unbounded.** Files, downloads, dimensions and durations have limits that are checked
//!   before memory is spent on them.
//! - **Errors are for people.** Whatever is wrong with a file, the error says what and what is
//!   allowed; nothing that is on air changes.
//! - **The loop never waits.** [`Library::image`] and [`Library::clip`] may take seconds and are
//!   called by whoever can wait; [`Library::loaded_image`] and [`Library::loaded_clip`] only look.
//!
//! It must not know layers or frames.
#![forbid(unsafe_code)]

mod decoder;
mod fetch;
mod image;
mod library;
mod network;
mod pcm;
mod resample;
mod sound;
mod uploads;

pub use library::Library;
pub use network::NetworkStream;
pub use pcm::{PcmEncoding, PcmStream};
pub use uploads::{Incoming, MAX_UPLOAD_BYTES, Upload, UploadError, Uploads};

/// Why something from outside cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MediaError {
    /// It is not there, or not to be had.
    #[error("{url}: {reason}")]
    Unavailable {
        /// Which one; without the content of a `data:` URL.
        url: String,
        /// Why.
        reason: String,
    },
    /// It is no image that can be drawn.
    #[error("the image cannot be used: {0}")]
    Image(String),
    /// It is no table of colours.
    #[error("the .cube file cannot be used: {0}")]
    Lut(String),
    /// It is no sound that can be played.
    #[error("the sound cannot be used: {0}")]
    Sound(String),
    /// It can be decoded but not drawn.
    #[error(transparent)]
    Raster(#[from] raster::RasterError),
}
