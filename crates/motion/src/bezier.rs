//! Cubic Bézier easing (CSS Easing Functions Level 2, section 2.2).

use std::fmt;

/// A curve from (0, 0) to (1, 1) with two handles, whose x lie within 0 to 1: it is a function of x.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CubicBezier {
    x1: f64,
    y1: f64,
    x2: f64,
    y2: f64,
}

impl CubicBezier {
    /// `ease`.
    pub const EASE: Self = Self { x1: 0.25, y1: 0.1, x2: 0.25, y2: 1.0 };
    /// `ease-in`.
    pub const EASE_IN: Self = Self { x1: 0.42, y1: 0.0, x2: 1.0, y2: 1.0 };
    /// `ease-out`.
    pub const EASE_OUT: Self = Self { x1: 0.0, y1: 0.0, x2: 0.58, y2: 1.0 };
    /// `ease-in-out`.
    pub const EASE_IN_OUT: Self = Self { x1: 0.42, y1: 0.0, x2: 0.58, y2: 1.0 };

    /// A curve; `None` where an x is outside of 0 to 1, or a y is not within a million.
    #[must_use]
    pub fn new(x1: f64, y1: f64, x2: f64, y2: f64) -> Option<Self> {
        let fits = (0.0..=1.0).contains(&x1) && (0.0..=1.0).contains(&x2) && y1.abs() <= 1e6 && y2.abs() <= 1e6;
        fits.then_some(Self { x1, y1, x2, y2 })
    }

    /// The y at `x`. Outside of 0 to 1 it goes on along the tangent at that end.
    #[must_use]
    pub fn value(&self, x: f64) -> f64 {
        if x <= 0.0 {
            return x * self.slope_at_start();
        }
        if x >= 1.0 {
            return 1.0 + (x - 1.0) * self.slope_at_end();
        }
        bezier(self.y1, self.y2, self.parameter(x))
    }

    /// The t at which the curve is at `x`, within 0 to 1. x(t) never falls, so a bracket that is
    /// halved always leads there; Newton's steps inside of it are quicker where it is steep.
    fn parameter(&self, x: f64) -> f64 {
        let (mut low, mut high) = (0.0, 1.0);
        let mut t = x;
        for _ in 0..64 {
            let off = bezier(self.x1, self.x2, t) - x;
            if off.abs() < 1e-15 {
                break;
            }
            if off > 0.0 {
                high = t;
            } else {
                low = t;
            }
            let next = t - off / slope(self.x1, self.x2, t);
            // What is no number is not inside either.
            t = if next > low && next < high { next } else { f64::midpoint(low, high) };
        }
        t
    }

    fn slope_at_start(&self) -> f64 {
        if self.x1 > 0.0 {
            self.y1 / self.x1
        } else if self.y1 == 0.0 && self.x2 > 0.0 {
            self.y2 / self.x2
        } else if self.y1 == 0.0 && self.y2 == 0.0 {
            1.0
        } else {
            0.0
        }
    }

    fn slope_at_end(&self) -> f64 {
        if self.x2 < 1.0 {
            (self.y2 - 1.0) / (self.x2 - 1.0)
        } else if self.y2 == 1.0 && self.x1 < 1.0 {
            (self.y1 - 1.0) / (self.x1 - 1.0)
        } else if self.y2 == 1.0 && self.y1 == 1.0 {
            1.0
        } else {
            0.0
        }
    }
}

/// One coordinate of the curve from 0 to 1 with handles at `a` and `b`.
fn bezier(a: f64, b: f64, t: f64) -> f64 {
    let s = 1.0 - t;
    3.0 * s * s * t * a + 3.0 * s * t * t * b + t * t * t
}

fn slope(a: f64, b: f64, t: f64) -> f64 {
    let s = 1.0 - t;
    3.0 * s * s * a + 6.0 * s * t * (b - a) + 3.0 * t * t * (1.0 - b)
}

impl fmt::Display for CubicBezier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = [
            ("ease", Self::EASE),
            ("ease-in", Self::EASE_IN),
            ("ease-out", Self::EASE_OUT),
            ("ease-in-out", Self::EASE_IN_OUT),
        ];
        match named.iter().find(|(_, curve)| curve == self) {
            Some((name, _)) => f.write_str(name),
            None => write!(f, "cubic-bezier({}, {}, {}, {})", self.x1, self.y1, self.x2, self.y2),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn outside_it_follows_the_tangents() {
        let curve = CubicBezier::new(0.5, 1.0, 0.5, 0.0).unwrap();
        assert_eq!(curve.value(-1.0), -2.0);
        assert_eq!(curve.value(2.0), 3.0);
        let steep = CubicBezier::new(0.0, 1.0, 1.0, 0.0).unwrap();
        assert_eq!((steep.value(-1.0), steep.value(2.0)), (0.0, 1.0));
        assert!(CubicBezier::new(1.01, 0.0, 0.5, 0.0).is_none() && CubicBezier::new(0.0, f64::NAN, 0.0, 0.0).is_none());
    }

    proptest! {
        /// The point that is found lies on the curve.
        #[test]
        fn the_parameter_leads_to_x(x1 in 0.0..=1.0, y1 in -3.0..3.0, x2 in 0.0..=1.0, y2 in -3.0..3.0, x in 0.0..=1.0) {
            let curve = CubicBezier::new(x1, y1, x2, y2).unwrap();
            let t = curve.parameter(x);
            prop_assert!((bezier(x1, x2, t) - x).abs() < 1e-12, "x({t}) for {x}");
        }
    }
}
