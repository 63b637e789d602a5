//! Summing voices.

use crate::limiter::{BLOCK, Limiter};
use crate::{Clip, Sample};
use std::collections::HashMap;
use std::sync::Arc;

/// A clip that sounds.
#[derive(Clone, Debug)]
pub struct Voice {
    /// Tells voices apart, so that a change of gain is a ramp and not a click.
    pub name: Arc<str>,
    /// What it plays.
    pub clip: Arc<Clip>,
    /// The program's sample at which it begins.
    pub start: i64,
    /// The factor of its samples.
    pub gain: f32,
    /// Whether it begins again at its end.
    pub looped: bool,
}

/// Mixes voices into the program.
pub struct Mixer {
    limiter: Limiter,
    gains: HashMap<Arc<str>, f32>,
    /// Samples that are mixed but not let out.
    ahead: Vec<Sample>,
    /// How many of those the limiter has finished with; the rest are whole blocks.
    done: usize,
    next: u64,
}

impl Default for Mixer {
    fn default() -> Self {
        Self::new()
    }
}

impl Mixer {
    /// A mixer at the beginning of the program.
    #[must_use]
    pub fn new() -> Self {
        Self { limiter: Limiter::new(), gains: HashMap::new(), ahead: Vec::new(), done: 0, next: 0 }
    }

    /// Appends the program's samples from `from` up to `from + count` to `out`.
    ///
    /// Calls follow one another without a gap; after a jump the mixer begins afresh at `from`.
    /// The limiter needs one millisecond of the future: it is mixed with the voices as they are
    /// now, so a change is heard that much later, and nothing is ever late by it.
    pub fn mix(&mut self, voices: &[Voice], from: u64, count: usize, out: &mut Vec<Sample>) {
        if self.next != from {
            self.ahead.clear();
            self.done = 0;
            self.next = from;
        }
        let mut mixed = std::mem::take(&mut self.ahead);
        let old = mixed.len();
        // Whole blocks after those that are done: enough for `count`, and one more to look at.
        let blocks = (count.saturating_sub(self.done)).div_ceil(BLOCK) + 1;
        let wanted = (self.done + blocks * BLOCK).max(old);
        mixed.resize(wanted, [0.0; 2]);
        self.sum(voices, from + old as u64, &mut mixed[old..]);
        self.gains.retain(|name, _| voices.iter().any(|v| v.name == *name));
        self.limiter.limit(&mut mixed[self.done..]);
        let done = mixed.len() - BLOCK;
        out.extend_from_slice(&mixed[..count]);
        mixed.drain(..count);
        self.done = done - count;
        self.ahead = mixed;
        self.next = from + count as u64;
    }

    /// Adds every voice to `block`, whose first sample is the program's sample `at`.
    fn sum(&mut self, voices: &[Voice], at: u64, block: &mut [Sample]) {
        let length = block.len() as f32;
        for voice in voices {
            let before = *self.gains.get(&voice.name).unwrap_or(&voice.gain);
            self.gains.insert(voice.name.clone(), voice.gain);
            let samples = voice.clip.samples();
            if samples.is_empty() || (before == 0.0 && voice.gain == 0.0) {
                continue;
            }
            let slope = (voice.gain - before) / length;
            let position = at as i64 - voice.start;
            // Until it begins, and after its end where it does not loop, a voice is silent.
            let first = (-position).clamp(0, block.len() as i64) as usize;
            for (k, out) in block.iter_mut().enumerate().skip(first) {
                let mut at = (position + k as i64) as usize;
                if voice.looped {
                    at %= samples.len();
                }
                let Some([left, right]) = samples.get(at) else { break };
                let gain = (before + slope * k as f32) / 32768.0;
                out[0] += f32::from(*left) * gain;
                out[1] += f32::from(*right) * gain;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CEILING, RATE};
    use proptest::prelude::*;

    fn voice(samples: Vec<[i16; 2]>, start: i64, gain: f32, looped: bool) -> Voice {
        Voice { name: "v".into(), clip: Arc::new(Clip::new(samples)), start, gain, looped }
    }

    fn mixed(voices: &[Voice], from: u64, counts: &[usize]) -> Vec<Sample> {
        let (mut mixer, mut out, mut at) = (Mixer::new(), Vec::new(), from);
        for count in counts {
            mixer.mix(voices, at, *count, &mut out);
            at += *count as u64;
        }
        out
    }

    fn tone(frequency: f32, length: usize) -> Vec<[i16; 2]> {
        (0..length)
            .map(|i| [((i as f32 * frequency * std::f32::consts::TAU / RATE as f32).sin() * 32767.0) as i16; 2])
            .collect()
    }

    #[test]
    fn a_quiet_voice_passes_untouched_and_on_its_sample() {
        let out = mixed(&[voice(vec![[16384, -16384]; 3], 5, 0.5, false)], 0, &[7, 9]);
        let mut expected = vec![[0.0; 2]; 16];
        expected[5..8].fill([0.25, -0.25]);
        assert_eq!(out, expected);
    }

    #[test]
    fn a_loop_is_a_function_of_time() {
        let clip: Vec<[i16; 2]> = (0..1000).map(|i| [i, -i]).collect();
        let voices = [voice(clip, -300, 1.0, true)];
        let late = mixed(&voices, 48_000_123, &[800]);
        assert_eq!(late[0][0], ((48_000_123 + 300) % 1000) as f32 / 32768.0);
        assert_eq!(late, mixed(&voices, 48_000_123, &[1, 400, 399]), "however it is cut");
    }

    #[test]
    fn a_change_of_gain_is_a_ramp() {
        let mut mixer = Mixer::new();
        let (mut out, loud) = (Vec::new(), vec![[16384, 16384]; 48_000]);
        mixer.mix(&[voice(loud.clone(), 0, 1.0, true)], 0, 1600, &mut out);
        mixer.mix(&[voice(loud.clone(), 0, 0.0, true)], 1600, 1600, &mut out);
        mixer.mix(&[voice(loud, 0, 0.0, true)], 3200, 1600, &mut out);
        let step = out.windows(2).map(|w| (w[1][0] - w[0][0]).abs()).fold(0.0, f32::max);
        assert!(step < 0.001, "no click: {step}");
        assert_eq!(out.last(), Some(&[0.0; 2]));
    }

    #[test]
    fn the_limiter_lets_the_gain_come_back() {
        let mut loud = tone(440.0, 4800);
        loud.extend(vec![[8192, 8192]; 48_000]);
        let v = voice(loud, 0, 2.0, false);
        let out = mixed(&[v], 0, &[1600; 30]);
        assert_eq!(out[40_000], [0.5; 2], "full gain again");
        assert!(out[..4800].iter().flatten().any(|s| s.abs() > CEILING * 0.9), "not quieter than needed");
    }

    #[test]
    fn the_limiter_turns_down_before_a_peak_comes_and_not_at_once() {
        let mut clip = vec![[8192i16; 2]; 480];
        clip.extend(vec![[32767; 2]; 480]);
        let source = clip.clone();
        let out = mixed(&[voice(clip, 0, 2.0, false)], 0, &[100, 860]);
        let gain = |k: usize| out[k][0] / (f32::from(source[k][0]) / 16384.0);
        assert!((0..432).all(|k| gain(k) == 1.0) && gain(479) < 0.5, "over the one block before");
        let step = (1..960).map(|k| (gain(k) - gain(k - 1)).abs()).fold(0.0, f32::max);
        assert!(step < 0.02, "no jump of the gain: {step}");
    }

    proptest! {
        /// Whatever is summed, and however the calls are cut, nothing is beyond the ceiling.
        #[test]
        fn nothing_clips(gains in proptest::collection::vec(0.0f32..16.0, 1..6),
                         counts in proptest::collection::vec(1usize..3000, 1..8), pitch in 20.0f32..15_000.0) {
            let voices: Vec<Voice> = gains.iter().enumerate().map(|(i, gain)| Voice {
                name: i.to_string().into(),
                ..voice(tone(pitch * (i + 1) as f32, 5000), i as i64 * 777, *gain, true)
            }).collect();
            let out = mixed(&voices, 0, &counts);
            prop_assert_eq!(out.len(), counts.iter().sum::<usize>());
            // The rounding of a product.
            prop_assert!(out.iter().flatten().all(|s| s.abs() <= CEILING * (1.0 + 1e-6)));
        }
    }
}
