//! What sounds: a clip or a feed, with its gain and its bus.

use crate::desk::Bus;
use crate::{Clip, Feed, Sample};
use std::sync::Arc;

/// Something that sounds.
#[derive(Clone, Debug)]
pub struct Voice {
    /// Tells voices apart, so that a change of gain is a ramp and not a click.
    pub name: Arc<str>,
    /// Whose voice it is: everything of one speaker has one envelope.
    pub speaker: Option<Arc<str>>,
    /// What it plays.
    pub sound: Sound,
    /// Where it goes.
    pub bus: Bus,
    /// The factor of its samples, left and right.
    pub gain: [f32; 2],
}

/// Where the samples of a voice come from.
#[derive(Clone, Debug)]
pub enum Sound {
    /// A clip, whose place is a matter of time.
    Clip {
        /// What it plays.
        clip: Arc<Clip>,
        /// The program's sample at which it begins.
        start: i64,
        /// Whether it begins again at its end.
        looped: bool,
        /// How it comes and goes.
        fades: Fades,
    },
    /// Sound that is still being made.
    Feed(Arc<Feed>),
}

/// How a clip comes and goes, in samples from its beginning. Two that cross are of equal power together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Fades {
    /// It has come in whole after so many samples.
    pub come: u32,
    /// From here on it goes: first sample, and for how many.
    pub go: Option<(i64, u32)>,
}

impl Fades {
    /// The factor at a place in the clip: a quarter of a sine up or down, whose squares add up to 1.
    fn gain(&self, at: i64) -> f32 {
        let part = |at: i64, of: u32| (at as f32 / of.max(1) as f32).clamp(0.0, 1.0) * std::f32::consts::FRAC_PI_2;
        let come = if at >= i64::from(self.come) { 1.0 } else { part(at, self.come).sin() };
        let go = match self.go {
            Some((from, length)) if at >= from => part(at - from, length).cos(),
            _ => 1.0,
        };
        come * go
    }

    fn is_steady(&self, from: i64, to: i64) -> bool {
        from >= i64::from(self.come) && self.go.is_none_or(|(go, _)| to <= go)
    }
}

/// Adds `clip` to `out`, whose first sample is `position` samples after the clip's beginning, with the gain
/// from `before` to `after` in a straight line.
pub(crate) fn add_clip(
    clip: &Clip,
    position: i64,
    looped: bool,
    fades: &Fades,
    (before, after): (Sample, Sample),
    out: &mut [Sample],
) {
    let samples = clip.samples();
    if samples.is_empty() {
        return;
    }
    let scale = |gain: Sample| gain.map(|g| g / 32768.0);
    let (before, after) = (scale(before), scale(after));
    let slope = [0, 1].map(|c| (after[c] - before[c]) / out.len() as f32);
    // Until it begins, and after its end where it does not loop, a voice is silent.
    let mut k = (-position).clamp(0, out.len() as i64) as usize;
    while k < out.len() {
        let place = position + k as i64;
        let at = if looped { place.rem_euclid(samples.len() as i64) } else { place } as usize;
        let Some(run) = samples.get(at..).filter(|run| !run.is_empty()) else { return };
        let length = run.len().min(out.len() - k);
        let steady = fades.is_steady(place, place + length as i64);
        for (i, (out, [left, right])) in out[k..k + length].iter_mut().zip(run).enumerate() {
            let along = (k + i) as f32;
            let fade = if steady { 1.0 } else { fades.gain(place + i as i64) };
            out[0] += f32::from(*left) * (before[0] + slope[0] * along) * fade;
            out[1] += f32::from(*right) * (before[1] + slope[1] * along) * fade;
        }
        k += length;
    }
}
