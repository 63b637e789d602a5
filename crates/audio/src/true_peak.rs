//! How high the wave goes between the samples (Rec. ITU-R BS.1770-5, annex 2).

use crate::Sample;

/// The coefficients of the recommendation's interpolator: four times as many samples, twelve
/// coefficients for each of the four.
const PHASES: [[f32; TAPS]; 4] = [
    [
        0.001_708_984_4,
        0.010_986_328,
        -0.019_653_32,
        0.033_203_125,
        -0.059_448_242,
        0.137_329_1,
        0.972_167_97,
        -0.102_294_92,
        0.047_607_42,
        -0.026_611_328,
        0.014_892_578,
        -0.008_300_781,
    ],
    [
        -0.029_174_805,
        0.029_296_875,
        -0.051_757_813,
        0.089_111_33,
        -0.166_503_9,
        0.465_087_9,
        0.779_785_16,
        -0.200_317_38,
        0.101_562_5,
        -0.058_227_54,
        0.033_081_055,
        -0.018_920_898,
    ],
    [
        -0.018_920_898,
        0.033_081_055,
        -0.058_227_54,
        0.101_562_5,
        -0.200_317_38,
        0.779_785_16,
        0.465_087_9,
        -0.166_503_9,
        0.089_111_33,
        -0.051_757_813,
        0.029_296_875,
        -0.029_174_805,
    ],
    [
        -0.008_300_781,
        0.014_892_578,
        -0.026_611_328,
        0.047_607_42,
        -0.102_294_92,
        0.972_167_97,
        0.137_329_1,
        -0.059_448_242,
        0.033_203_125,
        -0.019_653_32,
        0.010_986_328,
        0.001_708_984_4,
    ],
];

const TAPS: usize = 12;

/// Samples before and after a block that its peak depends on.
pub(crate) const MARGIN: usize = TAPS;

/// No wave is higher than its samples by more than this factor: the largest sum of the coefficients'
/// magnitudes.
const MOST: f32 = 2.03;

/// The highest peak of the wave in `around[MARGIN..around.len() - MARGIN]`, the samples themselves among
/// it. Where it cannot be above `ceiling`, the samples' own peak.
pub(crate) fn peak(around: &[Sample], ceiling: f32) -> f32 {
    let inner = &around[MARGIN..around.len() - MARGIN];
    let highest = |samples: &[Sample]| samples.iter().fold(0.0f32, |peak, s| peak.max(s[0].abs()).max(s[1].abs()));
    let own = highest(inner);
    if highest(around) * MOST <= ceiling {
        return own;
    }
    let mut peak = own;
    // Every place whose middle taps touch a sample of the block.
    for window in around[MARGIN - TAPS / 2..around.len() - MARGIN + TAPS / 2].windows(TAPS) {
        for phase in &PHASES {
            let sum = window.iter().zip(phase).fold([0.0f32; 2], |sum, (s, c)| [sum[0] + s[0] * c, sum[1] + s[1] * c]);
            peak = peak.max(sum[0].abs()).max(sum[1].abs());
        }
    }
    peak
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_whose_samples_miss_its_crest_is_found_as_high_as_it_is() {
        // A quarter of the sample rate, an eighth of a turn late: every sample is at 0.707 of the crest.
        let tone: Vec<Sample> =
            (0..200).map(|i| [((i as f32 + 0.5) * std::f32::consts::FRAC_PI_2).sin() * 0.8; 2]).collect();
        let found = peak(&tone, 0.5);
        assert!((found / 0.8 - 1.0).abs() < 0.03, "{found}");
        assert!(peak(&tone, 10.0) < 0.57, "not looked at where it cannot matter");
    }

    #[test]
    fn no_wave_is_higher_than_its_samples_by_more_than_the_bound() {
        let sums = PHASES.map(|phase| phase.iter().map(|c| c.abs()).sum::<f32>());
        assert!(sums.iter().all(|sum| *sum <= MOST), "{sums:?}");
    }
}
