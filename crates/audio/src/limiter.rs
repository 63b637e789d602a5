//! A limiter that looks ahead, for the wave and not only for its samples.
//!
//! The sound is cut into blocks. Each block has the gain that its highest peak allows,
//! g = min(1, ceiling / peak), where the peak is the true one (see [`crate::true_peak`]). On the border
//! between two blocks the gain is at most the smaller of theirs, and inside a block it runs in a straight
//! line from border to border: both ends are at most g, so every sample of the block stays at or below the
//! ceiling. That is the whole proof for the samples; the wave between them is made of samples whose gains
//! differ by less than a hundredth: half a dB more at the very worst. Gain goes down in a straight line over [`LOOK`] blocks before a peak,
//! and comes back slowly.

use crate::true_peak::{MARGIN, peak};
use crate::{BLOCK, Sample};
use std::collections::VecDeque;

/// Blocks that are looked at ahead: 5 ms.
const LOOK: usize = 5;

/// Samples that are looked at ahead of those that are let out.
pub(crate) const AHEAD: usize = (LOOK + 2) * BLOCK;

/// How much of what was taken comes back in one block: two thirds of it in 80 ms.
const RELEASE: f32 = 0.0125;

/// The gain on the border that comes next.
pub(crate) struct Limiter {
    border: f32,
    /// Peaks of the blocks that come, as far as they are known.
    peaks: VecDeque<f32>,
    /// The samples before the first of them.
    before: [Sample; MARGIN],
    highest: f32,
}

impl Limiter {
    pub(crate) fn new() -> Self {
        Self { border: 1.0, peaks: VecDeque::new(), before: [[0.0; 2]; MARGIN], highest: 0.0 }
    }

    /// Limits `samples`, whole blocks, of which the last [`AHEAD`] samples are only looked at: they are
    /// passed again, with what follows them, in the next call.
    pub(crate) fn limit(&mut self, samples: &mut [Sample], ceiling: f32) {
        let blocks = samples.len() / BLOCK;
        // The last block's peak depends on what follows it.
        let mut around = [[0.0; 2]; BLOCK + 2 * MARGIN];
        for i in self.peaks.len()..blocks.saturating_sub(1) {
            let at = i * BLOCK;
            match at.checked_sub(MARGIN) {
                Some(from) => around.copy_from_slice(&samples[from..at + BLOCK + MARGIN]),
                None => {
                    around[..MARGIN].copy_from_slice(&self.before);
                    around[MARGIN..].copy_from_slice(&samples[..BLOCK + MARGIN]);
                }
            }
            self.peaks.push_back(peak(&around, ceiling));
        }
        let finished = blocks.saturating_sub(AHEAD / BLOCK);
        if finished > 0 {
            self.before.copy_from_slice(&samples[finished * BLOCK - MARGIN..finished * BLOCK]);
        }
        for block in samples.chunks_exact_mut(BLOCK).take(finished) {
            let allowed =
                |at: usize| self.peaks.get(at).map_or(1.0, |peak| if *peak > ceiling { ceiling / peak } else { 1.0 });
            let from = self.border.min(allowed(0));
            let mut to = from + (1.0 - from) * RELEASE;
            if to > 0.9999 {
                to = 1.0;
            }
            to = to.min(allowed(0));
            // A peak so many blocks ahead lets the gain be on its way down to it.
            for ahead in 0..=LOOK {
                let gain = allowed(1 + ahead);
                to = to.min(gain + (1.0 - gain) * ahead as f32 / (LOOK + 1) as f32);
            }
            if (from, to) != (1.0, 1.0) {
                let slope = (to - from) / BLOCK as f32;
                for (k, sample) in block.iter_mut().enumerate() {
                    let g = from + slope * k as f32;
                    *sample = sample.map(|s| s * g);
                }
            }
            self.highest = self.highest.max(self.peaks.pop_front().unwrap_or(0.0) * from.max(to));
            self.border = to;
        }
    }

    /// The highest true peak that was let out since this was asked last.
    pub(crate) fn take_highest(&mut self) -> f32 {
        std::mem::take(&mut self.highest)
    }

    /// What it turns down by at the moment, in dB: 0 or negative.
    pub(crate) fn reduction_db(&self) -> f32 {
        crate::decibels(self.border)
    }
}
