//! The program's sound.
//!
//! This crate mixes clips into the program's samples: 48 kHz, stereo, `f32`. It promises:
//!
//! - **Position is a function of time.** What a voice plays at sample *n* of the program depends on
//!   *n*, its start and its clip only; there is no play head that could drift, and a program that
//!   starts in the middle sounds as if it had run from the beginning.
//! - **No clipping.** No sample of the program is beyond [`CEILING`], whatever is summed; and where
//!   the sum stays below it, the limiter does nothing at all.
//!
//! It must not know files, devices, or who speaks.
#![forbid(unsafe_code)]

mod clip;
mod limiter;
mod mixer;

pub use clip::Clip;
pub use limiter::CEILING;
pub use mixer::{Mixer, Voice};

/// Samples per second of the program.
pub const RATE: u32 = 48_000;

/// A stereo sample: left and right, -1 to 1.
pub type Sample = [f32; 2];
