//! What is shown of levels.

use crate::{RATE, Sample, decibels};
use ebur128::{EbuR128, Mode};
use std::sync::Arc;

/// The level of something, since it was looked at last. Silence is -120 dB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Level {
    /// The highest sample, in dBFS.
    pub peak_db: f32,
    /// The root of the mean of the squares, in dBFS.
    pub rms_db: f32,
}

/// How loud the program is, by EBU R128. Silence is -120.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loudness {
    /// Over the last 0.4 s, in LUFS.
    pub momentary: f32,
    /// Over the last 3 s, in LUFS.
    pub short_term: f32,
    /// Since the beginning, gated, in LUFS.
    pub integrated: f32,
}

/// All meters of a desk.
#[derive(Clone, Debug, PartialEq)]
pub struct Meters {
    /// Of each voice by its name, after its gain.
    pub voices: Vec<(Arc<str>, Level)>,
    /// Of each bus, after all that is done to it.
    pub buses: [Level; crate::BUSES],
    /// Of what leaves the mixer.
    pub program: Level,
    /// The highest peak of the wave that leaves the mixer, in dBTP.
    pub true_peak_db: f32,
    /// How loud that is.
    pub loudness: Loudness,
    /// What the leveller adds, in dB.
    pub leveller_db: f32,
    /// What the limiter takes, in dB.
    pub limiter_db: f32,
}

/// Adds up samples until it is looked at.
#[derive(Clone, Copy, Default)]
pub(crate) struct LevelMeter {
    peak: f32,
    squares: f64,
    count: u64,
}

impl LevelMeter {
    pub(crate) fn add(&mut self, samples: &[Sample]) {
        let (mut peak, mut squares) = (0.0f32, 0.0f32);
        for [left, right] in samples {
            peak = peak.max(left.abs()).max(right.abs());
            squares += left * left + right * right;
        }
        self.peak = self.peak.max(peak);
        self.squares += f64::from(squares);
        self.count += 2 * samples.len() as u64;
    }

    pub(crate) fn take(&mut self) -> Level {
        let Self { peak, squares, count } = std::mem::take(self);
        Level { peak_db: decibels(peak), rms_db: decibels((squares / count.max(1) as f64).sqrt() as f32) }
    }
}

/// EBU R128 over what leaves the mixer. The integrated loudness goes by a histogram: its memory does not
/// grow with time.
pub(crate) struct LoudnessMeter(Option<EbuR128>);

impl LoudnessMeter {
    pub(crate) fn new() -> Self {
        Self(EbuR128::new(2, RATE, Mode::S | Mode::I | Mode::HISTOGRAM).ok())
    }

    pub(crate) fn add(&mut self, samples: &[Sample]) {
        if let Some(meter) = &mut self.0 {
            let _ = meter.add_frames_f32(samples.as_flattened());
        }
    }

    pub(crate) fn look(&self) -> Loudness {
        let shown = |lufs: Option<f64>| lufs.filter(|l| l.is_finite()).map_or(-120.0, |l| l.max(-120.0) as f32);
        let meter = self.0.as_ref();
        Loudness {
            momentary: shown(meter.and_then(|m| m.loudness_momentary().ok())),
            short_term: shown(meter.and_then(|m| m.loudness_shortterm().ok())),
            integrated: shown(meter.and_then(|m| m.loudness_global().ok())),
        }
    }
}
