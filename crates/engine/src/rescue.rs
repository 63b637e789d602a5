//! When the slate takes the place of a show that cannot be drawn.
//!
//! One picture that fails costs itself: the one before stays. Only where many fail in a row does the slate go on air;
//! and from time to time the show is tried again, with one picture, so that what fails for good shows the slate but
//! for single frames, and what was mended is back by itself.

/// After so many pictures in a row that could not be drawn, some half a second, the slate goes on air.
const GIVE_IN: u32 = 15;
/// After so many of the slate the show is tried again.
const TRY_AGAIN: u32 = 150;

/// Counts pictures that could not be drawn.
#[derive(Default)]
pub(crate) struct Rescue {
    failed: u32,
    slates: u32,
}

impl Rescue {
    /// Whether the next picture is one of the slate.
    pub(crate) fn is_on(&self) -> bool {
        self.failed >= GIVE_IN
    }

    /// How the next picture went. True: the slate goes on air by it.
    pub(crate) fn drew(&mut self, well: bool) -> bool {
        if self.is_on() {
            self.slates += 1;
            if self.slates == TRY_AGAIN {
                (self.failed, self.slates) = (GIVE_IN - 1, 0);
            }
            return false;
        }
        self.failed = if well { 0 } else { self.failed + 1 };
        self.is_on()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slate_comes_after_many_failures_in_a_row_and_the_show_is_tried_again() {
        let mut rescue = Rescue::default();
        // One that fails now and then is none.
        for n in 0..1_000 {
            assert!(!rescue.drew(n % 10 == 0) && !rescue.is_on());
        }
        rescue.drew(true);
        let on = (0..15).map(|_| rescue.drew(false)).collect::<Vec<_>>();
        assert_eq!(on.iter().position(|on| *on), Some(14));
        // The slate is drawn whether it can be or not: there is nothing else.
        for n in 0..150 {
            assert!(rescue.is_on(), "{n}");
            rescue.drew(n % 2 == 0);
        }
        assert!(!rescue.is_on(), "one try");
        assert!(rescue.drew(false) && rescue.is_on(), "it fails: the slate at once");
        for _ in 0..150 {
            rescue.drew(true);
        }
        assert!(!rescue.drew(true) && !rescue.is_on(), "mended");
        assert!(!rescue.drew(false) && !rescue.is_on(), "and all is as at first");
    }
}
