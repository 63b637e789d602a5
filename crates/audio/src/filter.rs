//! A high-pass filter.

use crate::{RATE, Sample};
use std::f64::consts::{FRAC_1_SQRT_2, TAU};

/// A biquad of Butterworth's shape (the Audio EQ Cookbook, "HPF" with Q = 1/sqrt 2), transposed direct
/// form II.
pub(crate) struct HighPass {
    hz: f32,
    b0: f64,
    a1: f64,
    a2: f64,
    state: [[f64; 2]; 2],
}

impl HighPass {
    pub(crate) fn new(hz: f32) -> Self {
        let w = TAU * f64::from(hz) / f64::from(RATE);
        let (sin, cos) = w.sin_cos();
        let alpha = sin * FRAC_1_SQRT_2;
        let a0 = 1.0 + alpha;
        Self { hz, b0: (1.0 + cos) / 2.0 / a0, a1: -2.0 * cos / a0, a2: (1.0 - alpha) / a0, state: [[0.0; 2]; 2] }
    }

    /// The same filter at another frequency: it sounds on without a click.
    pub(crate) fn tuned(self, hz: f32) -> Self {
        if hz == self.hz { self } else { Self { state: self.state, ..Self::new(hz) } }
    }

    pub(crate) fn run(&mut self, samples: &mut [Sample]) {
        for channel in 0..2 {
            let [mut z1, mut z2] = self.state[channel];
            for sample in samples.iter_mut() {
                let x = f64::from(sample[channel]);
                let y = self.b0 * x + z1;
                z1 = -2.0 * self.b0 * x - self.a1 * y + z2;
                z2 = self.b0 * x - self.a2 * y;
                sample[channel] = y as f32;
            }
            // What is left of a sound that is over would become ever smaller numbers, which are slow.
            self.state[channel] = [z1, z2].map(|z| if z.abs() < 1e-15 { 0.0 } else { z });
        }
    }
}
