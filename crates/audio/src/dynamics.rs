//! What turns a bus down by how loud it, or another bus, is.
//!
//! A level is looked at once a block; the gain goes from block to block in a straight line. Levels and
//! gains are in decibels until they are used: that is how ears and knobs count.

use crate::desk::{Compressor, Ducking, Gate};
use crate::{BLOCK, RATE, Sample, decibels, linear};

/// A gain in dB that follows a target, quickly down and slowly up.
#[derive(Clone, Copy, Default)]
pub(crate) struct Follower {
    gain_db: f32,
    /// Blocks for which it may not come back.
    held: u32,
}

impl Follower {
    /// One block further. `attack`, `hold` and `release` are in seconds: until two thirds of the way are gone.
    fn follow(&mut self, target_db: f32, (attack, hold, release): (f32, f32, f32)) -> f32 {
        let step = |time: f32| 1.0 - (-(BLOCK as f32) / (RATE as f32 * time.max(1e-4))).exp();
        if target_db <= self.gain_db {
            self.held = (hold * RATE as f32 / BLOCK as f32) as u32;
            self.gain_db += (target_db - self.gain_db) * step(attack);
        } else if self.held > 0 {
            self.held -= 1;
        } else {
            self.gain_db += (target_db - self.gain_db) * step(release);
            if self.gain_db > -0.001 {
                self.gain_db = 0.0;
            }
        }
        self.gain_db
    }
}

/// The gain of a compressor for a level: the bend about the threshold is a parabola (Giannoulis, Massberg
/// and Reiss, "Digital dynamic range compressor design", 2012, equation 4).
pub(crate) fn compressed(level_db: f32, threshold_db: f32, ratio: f32, knee_db: f32) -> f32 {
    let over = level_db - threshold_db;
    let slope = 1.0 / ratio.max(1.0) - 1.0;
    if 2.0 * over <= -knee_db {
        0.0
    } else if 2.0 * over < knee_db {
        slope * (over + knee_db / 2.0).powi(2) / (2.0 * knee_db)
    } else {
        slope * over
    }
}

/// What is carried from block to block of a bus.
#[derive(Default)]
pub(crate) struct Dynamics {
    gate: GateState,
    compressor: Follower,
    ducking: Follower,
    own: f32,
    ducked: f32,
}

#[derive(Default)]
struct GateState {
    follower: Follower,
    open: bool,
}

impl Dynamics {
    /// Gate and compressor, on one block.
    pub(crate) fn even_out(&mut self, block: &mut [Sample], gate: Option<Gate>, compressor: Option<Compressor>) {
        if gate.is_none() && compressor.is_none() && self.own == 0.0 {
            return;
        }
        let level_db = decibels(rms(block));
        let mut gain_db = 0.0;
        if let Some(gate) = gate {
            let GateState { follower, open } = &mut self.gate;
            // It closes a little lower than it opens, or it would chatter.
            *open = level_db > gate.threshold_db - if *open { 3.0 } else { 0.0 };
            let target = if *open { 0.0 } else { gate.range_db };
            gain_db += follow_gate(follower, target, gate);
        }
        if let Some(c) = compressor {
            let target = compressed(level_db + gain_db, c.threshold_db, c.ratio, c.knee_db);
            gain_db += self.compressor.follow(target, (c.attack, 0.0, c.release)) + c.makeup_db;
        }
        ramp(block, self.own, gain_db);
        self.own = gain_db;
    }

    /// Gives way to a bus of that level, on one block.
    pub(crate) fn give_way(&mut self, block: &mut [Sample], ducking: Option<(Ducking, f32)>) {
        let before = self.ducked;
        self.ducked = match ducking {
            Some((d, level_db)) => {
                let target = compressed(level_db, d.threshold_db, d.ratio, 6.0).max(d.range_db);
                self.ducking.follow(target, (d.attack, d.hold, d.release))
            }
            None => 0.0,
        };
        ramp(block, before, self.ducked);
    }
}

/// A gate is open at once and closes slowly: the other way round than what follows a level down.
fn follow_gate(follower: &mut Follower, target_db: f32, gate: Gate) -> f32 {
    let step = |time: f32| 1.0 - (-(BLOCK as f32) / (RATE as f32 * time.max(1e-4))).exp();
    if target_db >= follower.gain_db {
        follower.held = (gate.hold * RATE as f32 / BLOCK as f32) as u32;
        follower.gain_db += (target_db - follower.gain_db) * step(gate.attack);
    } else if follower.held > 0 {
        follower.held -= 1;
    } else {
        follower.gain_db += (target_db - follower.gain_db) * step(gate.release);
    }
    follower.gain_db
}

/// Gain from one value in dB to another, in a straight line of factors.
pub(crate) fn ramp(block: &mut [Sample], from_db: f32, to_db: f32) {
    if from_db == 0.0 && to_db == 0.0 {
        return;
    }
    let (from, to) = (linear(from_db), linear(to_db));
    let slope = (to - from) / block.len() as f32;
    for (k, sample) in block.iter_mut().enumerate() {
        let gain = from + slope * k as f32;
        *sample = sample.map(|s| s * gain);
    }
}

/// The root of the mean of the squares, of the louder channel.
pub(crate) fn rms(block: &[Sample]) -> f32 {
    let sums = block.iter().fold([0.0f32; 2], |sums, s| [sums[0] + s[0] * s[0], sums[1] + s[1] * s[1]]);
    (sums[0].max(sums[1]) / block.len().max(1) as f32).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressor_turns_down_by_its_ratio_and_bends_softly() {
        let gain = |level| compressed(level, -20.0, 4.0, 6.0);
        assert_eq!(gain(-40.0), 0.0);
        assert_eq!(gain(-8.0), -9.0, "12 dB above become 3");
        assert!((gain(-17.0) - compressed(-17.0, -20.0, 4.0, 0.0)).abs() < 1e-6, "the bend ends half a knee above");
        let steps: Vec<f32> = (-60..0).map(|l| gain(l as f32 / 2.0) - gain((l - 1) as f32 / 2.0)).collect();
        assert!(steps.windows(2).all(|s| s[1] <= s[0] + 1e-5), "it never bends back: {steps:?}");
    }

    #[test]
    fn what_follows_is_quick_down_holds_and_comes_back_slowly() {
        let mut follower = Follower::default();
        let times = (0.01, 0.1, 0.5);
        // One millisecond each.
        let go = |follower: &mut Follower, blocks: usize, target_db: f32| {
            for _ in 0..blocks {
                follower.follow(target_db, times);
            }
        };
        go(&mut follower, 10, -12.0);
        assert!((follower.gain_db / -12.0 - 0.632).abs() < 0.01, "{}", follower.gain_db);
        go(&mut follower, 100, -12.0);
        let down = follower.gain_db;
        go(&mut follower, 99, 0.0);
        assert_eq!(follower.gain_db, down, "held");
        go(&mut follower, 500, 0.0);
        assert!((follower.gain_db / down - 0.368).abs() < 0.01, "{}", follower.gain_db);
        go(&mut follower, 10_000, 0.0);
        assert_eq!(follower.gain_db, 0.0, "all the way back");
    }
}
