//! How far a change has come, by how much of its time has passed.

use crate::bezier::CubicBezier;
use crate::penner::{Ends, Penner};
use crate::points::Points;
use crate::spring::Spring;
use crate::steps::Steps;
use std::fmt;

/// An easing function: those of CSS Easing Functions Level 2, Penner's, and springs.
///
/// It is written as in CSS: `ease-in-out`, `cubic-bezier(0.4, 0, 0.2, 1)`, `steps(4, jump-both)`,
/// `linear(0, 0.25 75%, 1)`, `ease-out-bounce`, `spring(1, 100, 10)`.
///
/// ```
/// let easing: motion::Easing = "cubic-bezier(0.42, 0, 1, 1)".parse()?;
/// assert!((easing.value(0.5, 1.0) - 0.315_357).abs() < 1e-6);
/// # Ok::<(), motion::EasingError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Easing {
    /// As much as time.
    #[default]
    Linear,
    /// A curve.
    CubicBezier(CubicBezier),
    /// Jumps.
    Steps(Steps),
    /// Straight lines between points.
    Points(Points),
    /// A curve by Robert Penner.
    Penner(Penner, Ends),
    /// A spring; it takes seconds, not a share of a duration.
    Spring(Spring),
}

impl Easing {
    /// The value at `progress` (0 the start, 1 the end) of a change that takes `duration_s` seconds:
    /// 0 is where it starts from, 1 where it goes to, and it may lie outside of both.
    #[must_use]
    pub fn value(&self, progress: f64, duration_s: f64) -> f64 {
        self.value_from(progress, duration_s, false)
    }

    /// The same, where `before` says that the change has not begun: a step that is due at the very
    /// beginning is then still to come (CSS Easing, "before flag").
    #[must_use]
    pub fn value_from(&self, progress: f64, duration_s: f64, before: bool) -> f64 {
        match self {
            Self::Linear => progress,
            Self::CubicBezier(curve) => curve.value(progress),
            Self::Steps(steps) => steps.value(progress, before),
            Self::Points(points) => points.value(progress),
            Self::Penner(curve, ends) => curve.value(*ends, progress),
            Self::Spring(spring) => spring.position(progress * duration_s),
        }
    }

    /// How long the change takes by itself, in seconds: a spring's own time to come to rest.
    #[must_use]
    pub fn own_duration_s(&self) -> Option<f64> {
        match self {
            Self::Spring(spring) => Some(spring.rest_s()),
            _ => None,
        }
    }
}

impl fmt::Display for Easing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Linear => f.write_str("linear"),
            Self::CubicBezier(curve) => curve.fmt(f),
            Self::Steps(steps) => steps.fmt(f),
            Self::Points(points) => points.fmt(f),
            Self::Penner(curve, ends) => write!(f, "ease-{}-{}", ends.name(), curve.name()),
            Self::Spring(spring) => spring.fmt(f),
        }
    }
}
