//! A limiter that looks ahead.
//!
//! The sound is cut into blocks. Each block has the gain that its loudest sample allows,
//! g = min(1, ceiling / peak). On the border between two blocks the gain is at most the smaller of
//! theirs, and inside a block it runs in a straight line from border to border: both ends are at
//! most g, so every sample of the block stays at or below the ceiling. That is the whole proof; no
//! sample needs to be clipped afterwards. Gain comes back slowly, by at most [`RELEASE`] a block.

use crate::Sample;

/// The loudest sample that leaves the mixer: -0.5 dBFS, room for what an AAC encoder adds.
pub const CEILING: f32 = 0.944;

/// Samples in a block: 1 ms.
pub(crate) const BLOCK: usize = 48;

/// How much of the full gain comes back in one block: all of it in a fifth of a second.
const RELEASE: f32 = 0.005;

/// The gain on the border that comes next.
pub(crate) struct Limiter {
    border: f32,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self { border: 1.0 }
    }

    /// Limits `samples`, whole blocks, of which the last one is only looked at: it is what comes
    /// next, and is passed again, with what follows it, in the next call.
    pub(crate) fn limit(&mut self, samples: &mut [Sample]) {
        let blocks = samples.len() / BLOCK;
        let mut gain = allowed(&samples[..BLOCK.min(samples.len())]);
        for i in 0..blocks.saturating_sub(1) {
            let (this, next) = samples[i * BLOCK..(i + 2) * BLOCK].split_at_mut(BLOCK);
            let next_gain = allowed(next);
            let from = self.border.min(gain);
            let to = (from + RELEASE).min(1.0).min(gain).min(next_gain);
            if (from, to) != (1.0, 1.0) {
                let slope = (to - from) / BLOCK as f32;
                for (k, sample) in this.iter_mut().enumerate() {
                    let g = from + slope * k as f32;
                    *sample = sample.map(|s| s * g);
                }
            }
            (self.border, gain) = (to, next_gain);
        }
    }
}

/// The gain at which the loudest of these samples is at the ceiling; 1 where it is below.
fn allowed(samples: &[Sample]) -> f32 {
    let peak = samples.iter().flatten().fold(0.0f32, |peak, s| peak.max(s.abs()));
    if peak > CEILING { CEILING / peak } else { 1.0 }
}
