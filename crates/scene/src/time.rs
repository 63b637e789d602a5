//! Show time, exact.
//!
//! A [`ShowTime`] counts *flicks*, 1/705,600,000 of a second: the largest common unit in which one
//! frame at 24, 25, 30, 48, 50, 60 frames/s and one sample at 44.1 and 48 kHz are whole numbers
//! (<https://github.com/facebookarchive/Flicks>). A frame's time is computed from its number, never
//! by adding up intervals, so nothing drifts however long a show runs; an `i64` holds 414 years.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in the show, or the distance between two. In JSON: seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShowTime(i64);

impl ShowTime {
    /// The start of the show.
    pub const ZERO: Self = Self(0);
    /// Flicks in a second.
    pub const PER_SECOND: i64 = 705_600_000;

    /// The time `seconds` after the start, rounded to the nearest flick. Not finite: zero.
    #[must_use]
    pub fn from_secs_f64(seconds: f64) -> Self {
        Self((seconds * Self::PER_SECOND as f64).round() as i64)
    }

    /// The time so many milliseconds after the start.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis * (Self::PER_SECOND / 1000))
    }

    /// The time `samples` after the start at `rate` samples per second.
    #[must_use]
    pub fn from_samples(samples: i64, rate: u32) -> Self {
        Self((i128::from(samples) * i128::from(Self::PER_SECOND) / i128::from(rate)) as i64)
    }

    /// The time of so many flicks.
    #[must_use]
    pub(crate) fn from_ticks(ticks: i64) -> Self {
        Self(ticks)
    }

    /// Flicks since the start.
    #[must_use]
    pub(crate) fn ticks(self) -> i64 {
        self.0
    }

    /// Seconds since the start.
    #[must_use]
    pub fn as_secs_f64(self) -> f64 {
        self.0 as f64 / Self::PER_SECOND as f64
    }

    /// The number of whole samples at `rate` before this time.
    #[must_use]
    pub fn samples(self, rate: u32) -> i64 {
        (i128::from(self.0) * i128::from(rate)).div_euclid(i128::from(Self::PER_SECOND)) as i64
    }
}

impl std::ops::Add for ShowTime {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl std::ops::Sub for ShowTime {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Serialize for ShowTime {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_f64(self.as_secs_f64())
    }
}

impl<'de> Deserialize<'de> for ShowTime {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(d)?;
        if !(0.0..=1e10).contains(&seconds) {
            return Err(de::Error::custom(format!("{seconds} is outside 0 to 10000000000 seconds")));
        }
        Ok(Self::from_secs_f64(seconds))
    }
}

impl JsonSchema for ShowTime {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ShowTime".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "number", "minimum": 0, "maximum": 1e10, "description": "seconds since the start of the show"})
    }
}

/// Frames per second of the program: a whole number, 1 to 60.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u32", into = "u32")]
pub struct FrameRate(#[schemars(range(min = 1, max = 60))] u32);

impl FrameRate {
    /// `fps` frames per second, or `None` outside 1 to 60.
    #[must_use]
    pub fn new(fps: u32) -> Option<Self> {
        (1..=60).contains(&fps).then_some(Self(fps))
    }

    /// Frames per second.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// When frame `n` begins: exactly `n / fps` seconds, rounded down to a flick.
    #[must_use]
    pub fn time_of(self, n: u64) -> ShowTime {
        ShowTime((i128::from(n) * i128::from(ShowTime::PER_SECOND) / i128::from(self.0)) as i64)
    }

    /// What frame `n` shows: the show in the middle of the time for which the frame is seen. Whatever happens in the show
    /// is then seen within half a frame of its time, before or after, and of its sound, which is exact; as of the frame's
    /// beginning it would be as much as a frame late.
    #[must_use]
    pub fn middle_of(self, n: u64) -> ShowTime {
        ShowTime((i128::from(2 * n + 1) * i128::from(ShowTime::PER_SECOND) / i128::from(2 * self.0)) as i64)
    }

    /// The first audio sample that belongs to frame `n` at `rate` samples per second. Frame `n`
    /// owns the samples from here up to `first_sample(n + 1)`: consecutive frames neither overlap
    /// nor leave a gap, and the sum over one second is exactly `rate`.
    #[must_use]
    pub fn first_sample(self, n: u64, rate: u32) -> u64 {
        (u128::from(n) * u128::from(rate) / u128::from(self.0)) as u64
    }

    /// Whether a tenth of a second begins with or in frame `n`.
    #[must_use]
    pub fn is_on_tenth(self, n: u64) -> bool {
        let tenth = |n: u64| u128::from(n) * 10 / u128::from(self.0);
        tenth(n) != tenth(n + 1)
    }

    /// The wall-clock duration from frame 0 to frame `n`.
    #[must_use]
    pub fn duration_of(self, n: u64) -> std::time::Duration {
        let nanos = u128::from(n) * 1_000_000_000 / u128::from(self.0);
        std::time::Duration::new((nanos / 1_000_000_000) as u64, (nanos % 1_000_000_000) as u32)
    }

    /// The number of the frame that is on air `elapsed` after frame 0.
    #[must_use]
    pub fn frame_at(self, elapsed: std::time::Duration) -> u64 {
        (elapsed.as_nanos() * u128::from(self.0) / 1_000_000_000) as u64
    }
}

impl TryFrom<u32> for FrameRate {
    type Error = String;
    fn try_from(fps: u32) -> Result<Self, String> {
        Self::new(fps).ok_or_else(|| format!("{fps} is outside 1 to 60 frames per second"))
    }
}

impl From<FrameRate> for u32 {
    fn from(rate: FrameRate) -> u32 {
        rate.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn frames_tile_the_audio_without_gap_or_overlap(fps in 1u32..=60, second in 0u64..10_000_000) {
            let rate = FrameRate::new(fps).unwrap();
            let first = second * u64::from(fps);
            let total: u64 = (first..first + u64::from(fps))
                .map(|n| rate.first_sample(n + 1, 48_000) - rate.first_sample(n, 48_000))
                .sum();
            prop_assert_eq!(total, 48_000);
            prop_assert_eq!(rate.first_sample(first, 48_000), second * 48_000);
        }

        #[test]
        fn a_frame_shows_the_middle_of_its_time(fps in 1u32..=60, n in 0u64..1_000_000_000) {
            let rate = FrameRate::new(fps).unwrap();
            let before = rate.middle_of(n) - rate.time_of(n);
            let after = rate.time_of(n + 1) - rate.middle_of(n);
            // Each of the three is rounded down to a flick.
            prop_assert!((before.ticks() - after.ticks()).abs() <= 2, "{} and {} flicks", before.ticks(), after.ticks());
        }

        #[test]
        fn a_frame_lasts_until_the_next(fps in 1u32..=60, n in 0u64..1_000_000_000) {
            let rate = FrameRate::new(fps).unwrap();
            // One nanosecond is added because duration_of rounds down.
            prop_assert_eq!(rate.frame_at(rate.duration_of(n) + std::time::Duration::from_nanos(1)), n);
        }
    }

    #[test]
    fn whole_seconds_are_exact_after_a_year() {
        let rate = FrameRate::new(30).unwrap();
        let year = 365 * 24 * 3600;
        assert_eq!(rate.time_of(year * 30).as_secs_f64(), year as f64);
        assert_eq!(rate.time_of(year * 30).samples(48_000), year as i64 * 48_000);
    }
}
