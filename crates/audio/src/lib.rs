//! The program's sound.
//!
//! This crate mixes voices into the program's samples: 48 kHz, stereo, `f32`. The way of the sound is that
//! of any mixing desk:
//!
//! ```text
//! voices (gain, pan) -> buses (high-pass, gate, compressor, gain, ducking) -> program (gain, leveller, limiter)
//! ```
//!
//! It promises:
//!
//! - **Sample *n* is sample *n*.** What a clip plays at sample *n* of the program depends on *n*, its start
//!   and the clip only; there is no play head that could drift, and a program that starts in the middle
//!   plays what it would have played had it run from the beginning. Sound that is still being made (a
//!   [`Feed`]) may come late: then there is silence in its place, and the program's clock does not move.
//! - **No clipping.** No sample of the program is beyond the limiter's ceiling, nor does the wave between
//!   the samples get there; where the sum stays below it, the limiter does nothing at all.
//! - **No clicks.** A voice that begins in the middle, is taken away, or runs dry is faded; gains and pans
//!   change in ramps.
//! - **No allocation that grows.** Feeds are bounded, and so is what is looked at ahead.
//!
//! It must not know files, devices, or what is said.
#![forbid(unsafe_code)]

mod clip;
mod desk;
mod dynamics;
mod envelope;
mod feed;
mod filter;
mod leveller;
mod limiter;
mod meter;
mod mixer;
mod true_peak;
mod voice;

pub use clip::Clip;
pub use desk::{BUSES, Bus, BusSettings, Compressor, Desk, Ducking, Gate, ProgramSettings};
pub use envelope::Envelope;
pub use feed::{Feed, FeedFull, FeedProgress, MAX_FEED_SECONDS};
pub use meter::{Level, Loudness, Meters};
pub use mixer::{Envelopes, Mixer};
pub use voice::{Fades, Sound, Voice};

/// Samples per second of the program.
pub const RATE: u32 = 48_000;

/// A stereo sample: left and right, -1 to 1.
pub type Sample = [f32; 2];

/// Samples that are mixed ahead of those that are let out, at most: what is looked at, in whole blocks.
pub const AHEAD: usize = limiter::AHEAD + BLOCK;

/// Samples that are worked on together: 1 ms.
pub(crate) const BLOCK: usize = 48;

/// The factor of a gain in decibels.
pub(crate) fn linear(db: f32) -> f32 {
    // 10^(x/20) = 2^(x * log2(10) / 20)
    (db * 0.166_096_4).exp2()
}

/// A level in decibels; silence is -120.
pub(crate) fn decibels(linear: f32) -> f32 {
    20.0 * linear.max(1e-6).log10()
}
