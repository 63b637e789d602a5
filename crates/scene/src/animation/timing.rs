//! When an animation is where on its way: whole-number arithmetic on ticks of show time.

use crate::animation::spec::Repeat;
use crate::time::ShowTime;

/// A stretch of the time of a timeline in which something runs once or several times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Timing {
    /// When it begins, in ticks.
    pub(crate) begin: i64,
    /// How long it takes once; may be 0.
    pub(crate) duration: i64,
    pub(crate) repeat: Repeat,
    pub(crate) yoyo: bool,
}

/// Which side of a stretch a time is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Before,
    Active,
    After,
}

/// Where a time is in a stretch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Place {
    pub(crate) phase: Phase,
    /// How many times it has run whole.
    pub(crate) iteration: u64,
    /// Ticks into its one run, from the beginning of what runs, whichever way it goes.
    pub(crate) within: i64,
}

impl Timing {
    /// When it has ended; `None`: never.
    pub(crate) fn end(&self) -> Option<i64> {
        Some(self.begin.saturating_add(self.length()?))
    }

    /// How long it runs in all; `None`: for ever.
    pub(crate) fn length(&self) -> Option<i64> {
        match self.repeat {
            Repeat::Times(times) => Some(self.duration.saturating_mul(i64::from(times) + 1)),
            Repeat::Endless if self.duration == 0 => Some(0),
            Repeat::Endless => None,
        }
    }

    pub(crate) fn place(&self, at: i64) -> Place {
        let into = at.saturating_sub(self.begin);
        if into < 0 {
            return Place { phase: Phase::Before, iteration: 0, within: 0 };
        }
        if self.length().is_some_and(|length| into >= length) {
            // At its end a run that goes round ends with a whole one.
            let iteration = match self.repeat {
                Repeat::Times(times) => u64::from(times),
                Repeat::Endless => 0,
            };
            let within = if self.backwards(iteration) { 0 } else { self.duration };
            return Place { phase: Phase::After, iteration, within };
        }
        let iteration = (into / self.duration) as u64;
        let within = into % self.duration;
        let within = if self.backwards(iteration) { self.duration - within } else { within };
        Place { phase: Phase::Active, iteration, within }
    }

    fn backwards(&self, iteration: u64) -> bool {
        self.yoyo && iteration % 2 == 1
    }
}

/// Seconds as ticks.
pub(crate) fn ticks(seconds: f64) -> i64 {
    ShowTime::from_secs_f64(seconds).ticks()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_follow_one_another_and_turn_round() {
        let timing = Timing { begin: 10, duration: 4, repeat: Repeat::Times(2), yoyo: true };
        let at = |t| {
            let Place { phase, iteration, within } = timing.place(t);
            (phase, iteration, within)
        };
        assert_eq!(timing.end(), Some(22));
        assert_eq!(at(9), (Phase::Before, 0, 0));
        assert_eq!(at(10), (Phase::Active, 0, 0));
        assert_eq!(at(13), (Phase::Active, 0, 3));
        assert_eq!(at(14), (Phase::Active, 1, 4));
        assert_eq!(at(17), (Phase::Active, 1, 1));
        assert_eq!(at(18), (Phase::Active, 2, 0));
        assert_eq!(at(22), (Phase::After, 2, 4));
        let there_and_back = Timing { repeat: Repeat::Times(1), ..timing };
        assert_eq!(there_and_back.place(99).within, 0);
        let nothing = Timing { duration: 0, repeat: Repeat::Endless, ..timing };
        assert_eq!((nothing.end(), nothing.place(10).phase), (Some(10), Phase::After));
        let endless = Timing { repeat: Repeat::Endless, yoyo: false, ..timing };
        assert_eq!((endless.end(), endless.place(10 + 4_000_001).within), (None, 1));
    }
}
