//! The bit rate that the network can carry.
//!
//! There is one encoder for all destinations, so its bit rate goes by the worst of those that are required.
//! What counts is the *delay*: how long what is sent now has waited, in our queue and in the system's buffer.
//! A delay that stays says that less gets through than is made. Then the rate goes down at once, to below
//! what is being acknowledged; and when the delay has been gone for a while, up again by small steps. A step
//! that brings the delay back makes the next one wait longer, so that a network that is at its limit is
//! not tried every second.
//!
//! Known failures of others are kept out by construction: the rate never goes above the ceiling, which is
//! what somebody has set last; and the delay cannot grow without end, since queues are bounded (below the floor
//! whole groups of pictures are dropped).

use std::time::{Duration, Instant};

/// A delay above this is congestion.
const CONGESTED: Duration = Duration::from_millis(450);
/// A delay below this is none.
const CLEAR: Duration = Duration::from_millis(150);
/// Between two steps down: what was sent before the first has to be through.
const DOWN_EVERY: Duration = Duration::from_millis(800);
/// Between two steps up.
const UP_EVERY: Duration = Duration::from_secs(1);
/// How much of the ceiling a step up is.
const UP: f64 = 0.06;
/// How long the delay has to be gone before the first step up, at least and at most.
const PATIENCE: Duration = Duration::from_secs(3);
const MOST_PATIENCE: Duration = Duration::from_secs(16);

/// How a destination takes what it is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Flow {
    /// How long what is sent now has waited.
    pub(crate) delay: Duration,
    /// What is being acknowledged of the video, in kb/s.
    pub(crate) acknowledged_kbps: f64,
}

/// Decides on the bit rate of the video.
pub(crate) struct BitrateControl {
    floor: f64,
    ceiling: f64,
    current: f64,
    delay: Duration,
    down: Option<Instant>,
    up: Option<Instant>,
    clear_since: Option<Instant>,
    patience: Duration,
}

impl BitrateControl {
    /// Between `floor` and `ceiling` kb/s, which is where it begins.
    pub(crate) fn new(floor: u32, ceiling: u32) -> Self {
        let ceiling = f64::from(ceiling);
        Self {
            floor: f64::from(floor).min(ceiling),
            ceiling,
            current: ceiling,
            delay: Duration::ZERO,
            down: None,
            up: None,
            clear_since: None,
            patience: PATIENCE,
        }
    }

    /// The bit rate that somebody has set: from now on there is no more.
    pub(crate) fn set_ceiling(&mut self, kbps: u32) {
        let ceiling = f64::from(kbps);
        // One who has found no limit goes along; one who has stays below it.
        if self.current >= self.ceiling || self.current > ceiling {
            self.current = ceiling;
        }
        self.ceiling = ceiling;
    }

    /// The bit rate from now on, in kb/s, given the worst flow of those that are required.
    pub(crate) fn update(&mut self, now: Instant, worst: Option<Flow>) -> u32 {
        let Flow { delay, acknowledged_kbps } =
            worst.unwrap_or(Flow { delay: Duration::ZERO, acknowledged_kbps: self.current });
        let since = |at: Option<Instant>| at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        let floor = self.floor.min(self.ceiling);
        // One that is going down by itself needs no more help.
        let stays = delay.as_secs_f64() > self.delay.as_secs_f64() * 0.9;
        if delay > CONGESTED && stays && since(self.down) >= DOWN_EVERY {
            self.current = (self.current * 0.85).min(acknowledged_kbps * 0.8).clamp(floor, self.ceiling);
            // Was it the last step up?
            let too_soon = since(self.up) < PATIENCE * 2;
            self.patience = if too_soon { (self.patience * 2).min(MOST_PATIENCE) } else { PATIENCE };
            (self.down, self.delay) = (Some(now), delay);
        }
        if delay > CLEAR {
            self.clear_since = None;
        } else {
            let clear = since(Some(*self.clear_since.get_or_insert(now)));
            self.delay = Duration::ZERO;
            if self.current < self.ceiling && clear >= self.patience && since(self.up) >= UP_EVERY {
                self.current = (self.current + self.ceiling * UP).min(self.ceiling);
                self.up = Some(now);
            }
        }
        self.current.round() as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A link of so many kb/s behind a queue that drops what is older than 1.2 s, looked at every 200 ms:
    /// the bit rate and the delay at each look.
    fn simulate(control: &mut BitrateControl, start: Instant, links: &[(u64, f64)]) -> Vec<(f64, f64, f64)> {
        let (mut queued_kbit, mut told) = (0.0f64, Vec::new());
        let mut at = 0.0;
        let mut rate = 4500.0;
        for (seconds, link) in links {
            for _ in 0..seconds * 5 {
                at += 0.2;
                queued_kbit += rate * 0.2;
                let through = queued_kbit.min(link * 0.2);
                queued_kbit = (queued_kbit - through).min(link * 1.2);
                let delay = queued_kbit / link;
                let flow = Flow { delay: Duration::from_secs_f64(delay), acknowledged_kbps: through / 0.2 };
                rate = f64::from(control.update(start + Duration::from_secs_f64(at), Some(flow)));
                told.push((at, rate, delay));
            }
        }
        told
    }

    #[test]
    fn it_follows_a_link_that_gets_narrow_and_wide_again() {
        let mut control = BitrateControl::new(500, 4500);
        let told = simulate(&mut control, Instant::now(), &[(10, 20_000.0), (40, 1_800.0), (60, 20_000.0)]);
        let first = told.iter().find(|(at, ..)| *at > 13.0).unwrap();
        assert!(told.iter().take_while(|(at, ..)| *at < 10.0).all(|(_, rate, _)| *rate == 4500.0));
        assert!(first.1 < 1_800.0, "below the limit within 3 s: {first:?}");
        let narrow: Vec<_> = told.iter().filter(|(at, ..)| (20.0..50.0).contains(at)).collect();
        let mean = narrow.iter().map(|(_, rate, _)| rate).sum::<f64>() / narrow.len() as f64;
        assert!((1_000.0..1_850.0).contains(&mean), "most of what there is: {mean}");
        assert!(narrow.iter().all(|(.., delay)| *delay < 1.2), "bounded");
        let late = narrow.iter().filter(|(.., delay)| *delay > 0.6).count();
        assert!(late * 10 < narrow.len(), "and seldom long: {late} of {}", narrow.len());
        let back = told.iter().find(|(at, rate, _)| *at > 50.0 && *rate == 4500.0).unwrap();
        assert!(back.0 < 50.0 + 45.0, "back within a minute: {back:?}");
    }

    #[test]
    fn a_network_at_its_limit_is_tried_less_and_less_often() {
        let mut control = BitrateControl::new(500, 4500);
        let told = simulate(&mut control, Instant::now(), &[(180, 1_800.0)]);
        let congested: Vec<f64> = told.windows(2).filter(|w| w[0].2 <= 0.45 && w[1].2 > 0.45).map(|w| w[1].0).collect();
        let between: Vec<f64> = congested.windows(2).map(|w| w[1] - w[0]).collect();
        assert!(between.len() > 3 && between.last() > between.first().map(|first| first * 1.8).as_ref(), "{between:?}");
    }

    #[test]
    fn what_somebody_sets_is_the_ceiling_and_the_floor_holds() {
        let start = Instant::now();
        let mut control = BitrateControl::new(1_000, 4500);
        control.set_ceiling(3000);
        let told = simulate(&mut control, start, &[(10, 20_000.0), (20, 300.0)]);
        assert!(told.iter().all(|(_, rate, _)| (1_000.0..=3_000.0).contains(rate)));
        assert_eq!(told.last().unwrap().1, 1_000.0);
        control.set_ceiling(800);
        assert_eq!(control.update(start + Duration::from_secs(31), None), 800, "a ceiling below the floor");
    }
}
