//! Brings the program to a loudness, as somebody at the desk would: slowly.
//!
//! Every tenth of a second the loudness of the last 0.4 s is measured (EBU R128, "momentary"). Of those of the last
//! [`WINDOW`] the quiet ones are left out by the gates of Rec. ITU-R BS.1770-5 (absolute, and 10 LU below
//! the mean), so that a pause is not turned up; the mean of the rest is how loud the program is. The
//! gain goes towards what is missing by at most [`SPEED`] dB a second, and stays where it is when
//! nothing is to be heard.

use crate::{RATE, Sample};
use ebur128::{EbuR128, Mode};
use std::collections::VecDeque;

/// Between two measurements: 100 ms.
const HOP: usize = RATE as usize / 10;
/// How many of them are looked at: 20 s.
const WINDOW: usize = 200;
/// So many are enough to go by: half a second.
const ENOUGH: usize = 5;
/// Below this, in LUFS, there is nothing to be brought anywhere.
const SILENCE: f64 = -55.0;
/// The most that is added or taken, in dB.
const MOST: f32 = 15.0;
/// How fast the gain goes, in dB a second.
const SPEED: f32 = 2.0;

pub(crate) struct Leveller {
    meter: Option<EbuR128>,
    /// Until the next measurement.
    left: usize,
    /// Energies: 10^(LUFS / 10).
    heard: VecDeque<f64>,
    gain_db: f32,
    wanted_db: f32,
}

impl Leveller {
    pub(crate) fn new() -> Self {
        // It fails for impossible rates and channels only; without it the gain stays where it is.
        let meter = EbuR128::new(2, RATE, Mode::M).ok();
        Self { meter, left: HOP, heard: VecDeque::with_capacity(WINDOW), gain_db: 0.0, wanted_db: 0.0 }
    }

    /// What it adds at the moment, in dB.
    pub(crate) fn gain_db(&self) -> f32 {
        self.gain_db
    }

    /// One block, of which the gain is told: before and after it.
    pub(crate) fn level(&mut self, block: &[Sample], target_lufs: Option<f32>) -> (f32, f32) {
        let before = self.gain_db;
        let Some(target) = target_lufs else {
            self.wanted_db = 0.0;
            return (before, self.step(block.len()));
        };
        if let Some(meter) = &mut self.meter {
            let _ = meter.add_frames_f32(block.as_flattened());
            self.left = self.left.saturating_sub(block.len());
            if self.left == 0 {
                self.left = HOP;
                if let Ok(lufs) = meter.loudness_momentary() {
                    self.hear(lufs, target);
                }
            }
        }
        (before, self.step(block.len()))
    }

    fn hear(&mut self, lufs: f64, target: f32) {
        if lufs < SILENCE {
            // The gain waits for what comes next.
            self.wanted_db = self.gain_db;
            return;
        }
        if self.heard.len() == WINDOW {
            self.heard.pop_front();
        }
        self.heard.push_back(10f64.powf(lufs / 10.0));
        if self.heard.len() < ENOUGH {
            return;
        }
        let mean = self.heard.iter().sum::<f64>() / self.heard.len() as f64;
        let loud = self.heard.iter().filter(|energy| **energy >= mean / 10.0);
        let (sum, count) = loud.fold((0.0, 0usize), |(sum, count), energy| (sum + energy, count + 1));
        let loudness = 10.0 * (sum / count.max(1) as f64).log10();
        self.wanted_db = (target - loudness as f32).clamp(-MOST, MOST);
    }

    fn step(&mut self, samples: usize) -> f32 {
        let most = SPEED * samples as f32 / RATE as f32;
        self.gain_db += (self.wanted_db - self.gain_db).clamp(-most, most);
        self.gain_db
    }
}
