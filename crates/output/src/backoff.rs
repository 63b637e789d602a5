//! How long to wait before the next attempt.

use std::time::{Duration, Instant};

/// No wait is longer.
const LONGEST: Duration = Duration::from_secs(30);
/// The first waits are up to this long.
const SHORTEST: Duration = Duration::from_millis(500);
/// How long an attempt may go without a word from the server, at first...
const LEAST_PATIENCE: Duration = Duration::from_millis(1_200);
/// ...and at most: a server may be slow.
const MOST_PATIENCE: Duration = Duration::from_secs(5);

/// Waits between attempts, without end.
///
/// The first attempt comes at once. Then each wait is drawn evenly from zero up to a quarter of the
/// time that the destination has been away ("full jitter": clients that lost the same server do not
/// come back in step), at least half a second and at most thirty. So whoever was away for a time t
/// is found again within t / 4 of its return.
#[derive(Default)]
pub(crate) struct Backoff {
    away_since: Option<Instant>,
}

impl Backoff {
    /// The destination is live again.
    pub(crate) fn reset(&mut self) {
        self.away_since = None;
    }

    /// How long the next attempt may go without a word from the server: a quarter of the time that it has been away. What
    /// hangs since the network failed costs no more than that; and what is slow by nature is given more time each time.
    pub(crate) fn patience(&self, now: Instant) -> Duration {
        let away = self.away_since.map_or(Duration::ZERO, |since| now.saturating_duration_since(since));
        (away / 4).clamp(LEAST_PATIENCE, MOST_PATIENCE)
    }

    /// How long to wait now. `dice` is from 0 to 1.
    pub(crate) fn wait(&mut self, now: Instant, dice: f64) -> Duration {
        match self.away_since {
            None => {
                self.away_since = Some(now);
                Duration::ZERO
            }
            Some(since) => {
                let most = (now.saturating_duration_since(since) / 4).clamp(SHORTEST, LONGEST);
                most.mul_f64(dice.clamp(0.0, 1.0))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_retry_is_at_once_and_no_wait_is_longer_than_thirty_seconds() {
        let mut backoff = Backoff::default();
        let start = Instant::now();
        let after = |s| start + Duration::from_secs(s);
        assert_eq!(backoff.wait(start, 1.0), Duration::ZERO);
        assert_eq!(backoff.wait(after(0), 1.0), SHORTEST);
        assert_eq!(backoff.wait(after(8), 1.0), Duration::from_secs(2));
        assert_eq!(backoff.wait(after(8), 0.25), Duration::from_millis(500));
        assert_eq!(backoff.wait(after(86_400), 1.0), LONGEST);
        assert_eq!(backoff.patience(after(8)), Duration::from_secs(2));
        assert_eq!(backoff.patience(after(86_400)), MOST_PATIENCE);
        backoff.reset();
        assert_eq!(backoff.patience(after(90_000)), LEAST_PATIENCE);
        assert_eq!(backoff.wait(after(90_000), 1.0), Duration::ZERO);
    }
}
