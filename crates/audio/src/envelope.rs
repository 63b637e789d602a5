//! How loud something is from moment to moment: what mouths and lights go by.
//!
//! An envelope has a value for every 5 ms of the program, on a grid that begins with the program's first sample. Which
//! samples a value is about follows from its number alone, not from how the mixer was called: so the same sound has
//! the same envelope, live and off-line.

use crate::{RATE, Sample};

/// Samples of a value: 5 ms.
pub const STEP: u64 = RATE as u64 / 200;

/// Values that are kept: 1.28 s, more than a frame at one frame a second and what came shortly before it.
const KEPT: usize = 256;

/// The root of the mean of the squares of every 5 ms of something, after its gain; full scale is 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Envelope {
    values: [f32; KEPT],
    /// The sample after the last that was added.
    next: u64,
    /// Of the samples since the last value.
    squares: f32,
}

impl Default for Envelope {
    fn default() -> Self {
        Self { values: [0.0; KEPT], next: 0, squares: 0.0 }
    }
}

impl Envelope {
    /// The values, oldest first.
    #[must_use]
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// The program's sample at which the last of the values ends.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.next / STEP * STEP
    }

    /// Whether there is nothing to be heard in it.
    pub(crate) fn is_silent(&self) -> bool {
        self.squares == 0.0 && self.values.iter().all(|value| *value == 0.0)
    }

    /// The samples from the program's sample `at` on. After a jump it begins afresh.
    pub(crate) fn add(&mut self, at: u64, samples: &[Sample]) {
        if at != self.next {
            *self = Self { next: at, ..Self::default() };
        }
        let mut rest = samples;
        while !rest.is_empty() {
            let room = (STEP - self.next % STEP) as usize;
            let (now, later) = rest.split_at(room.min(rest.len()));
            // One by one: a sum of sums would depend on the cuts in its last bits.
            for [left, right] in now {
                self.squares += left * left + right * right;
            }
            self.next += now.len() as u64;
            if self.next.is_multiple_of(STEP) {
                self.values.copy_within(1.., 0);
                self.values[KEPT - 1] = (self.squares / (2 * STEP) as f32).sqrt();
                self.squares = 0.0;
            }
            rest = later;
        }
    }
}
