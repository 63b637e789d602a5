//! Step easing (CSS Easing Functions Level 2, section 2.3).

use std::fmt;

/// The most steps.
pub const MAX_STEPS: u32 = 100_000;

/// Equal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    count: u32,
    jump: Jump,
}

/// Where a jump is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Jump {
    /// At the beginning of each step: the first is at once.
    Start,
    /// At the end of each step: the last is at the end.
    #[default]
    End,
    /// Neither at the beginning nor at the end: both values are held.
    None,
    /// At the beginning and at the end.
    Both,
}

impl Jump {
    /// All, with their names in CSS.
    pub(crate) const NAMES: [(&'static str, Self); 6] = [
        ("jump-start", Self::Start),
        ("jump-end", Self::End),
        ("jump-none", Self::None),
        ("jump-both", Self::Both),
        ("start", Self::Start),
        ("end", Self::End),
    ];
}

impl Steps {
    /// `count` steps, 1 to 100,000; at least 2 where none jumps at an end.
    #[must_use]
    pub fn new(count: u32, jump: Jump) -> Option<Self> {
        let least = if jump == Jump::None { 2 } else { 1 };
        (least..=MAX_STEPS).contains(&count).then_some(Self { count, jump })
    }

    /// The value at `progress`; `before` says that the first jump, where it is due, has not happened.
    #[must_use]
    pub fn value(&self, progress: f64, before: bool) -> f64 {
        let count = f64::from(self.count);
        let at = progress * count;
        let mut step = at.floor();
        if matches!(self.jump, Jump::Start | Jump::Both) {
            step += 1.0;
        }
        if before && at == at.floor() {
            step -= 1.0;
        }
        if progress >= 0.0 {
            step = step.max(0.0);
        }
        let jumps = match self.jump {
            Jump::Start | Jump::End => count,
            Jump::None => count - 1.0,
            Jump::Both => count + 1.0,
        };
        if progress <= 1.0 {
            step = step.min(jumps);
        }
        step / jumps
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Jump::NAMES.iter().find(|(_, jump)| *jump == self.jump).map_or("", |(name, _)| name);
        write!(f, "steps({}, {name})", self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_beginning_the_first_jump_is_still_to_come() {
        let steps = Steps::new(4, Jump::Start).unwrap();
        assert_eq!((steps.value(0.0, false), steps.value(0.0, true)), (0.25, 0.0));
        assert_eq!((steps.value(-0.5, false), steps.value(1.5, false)), (-0.25, 1.75));
        assert!(Steps::new(1, Jump::None).is_none() && Steps::new(0, Jump::End).is_none());
    }
}
