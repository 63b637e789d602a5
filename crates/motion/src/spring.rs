//! Springs, solved exactly.
//!
//! A mass m on a spring of stiffness k with damping c, let go at distance 1 from where it rests, obeys
//! `m y'' + c y' + k y = 0`. With w = sqrt(k / m) and z = c / (2 sqrt(k m)), its distance at time t is
//!
//! ```text
//! z < 1   e^(-z w t) (cos(u t) + (z w - v) / u sin(u t)),   u = w sqrt(1 - z^2)
//! z = 1   e^(-w t) (1 + (w - v) t)
//! z > 1   A e^(r t) + B e^(s t),                            r, s = -w (z -+ sqrt(z^2 - 1))
//! ```
//!
//! v being the speed towards the rest. So the place at any time needs no steps from the times before,
//! and a spring that is given another target goes on with the speed that it has.

use std::f64::consts::TAU;
use std::fmt;

/// Closer to its rest than this, and slower than this in a second, nobody sees a spring move: half a
/// pixel in a thousand.
const AT_REST: f64 = 0.000_5;
/// The longest time that a spring may take, in seconds.
const LONGEST_S: f64 = 600.0;

/// A spring from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spring {
    mass: f64,
    stiffness: f64,
    damping: f64,
    /// Of the way, in a second.
    velocity: f64,
}

/// Why there is no such spring.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpringError {
    /// A number is out of its range.
    #[error("{0}: outside {1}")]
    Range(&'static str, &'static str),
    /// It would swing for minutes.
    #[error("it would swing for more than 600 seconds: more damping is needed")]
    TooLong,
}

impl Spring {
    /// A spring: `mass` and `stiffness` 0.001 to 1,000,000, `damping` 0.001 to 1,000,000, `velocity`
    /// (ways in a second, towards the end) within 1,000,000.
    ///
    /// # Errors
    /// A number is out of its range, or it would not come to rest within 600 seconds.
    pub fn new(mass: f64, stiffness: f64, damping: f64, velocity: f64) -> Result<Self, SpringError> {
        let range = "0.001 to 1000000";
        for (name, value) in [("mass", mass), ("stiffness", stiffness), ("damping", damping)] {
            if !(0.001..=1e6).contains(&value) {
                return Err(SpringError::Range(name, range));
            }
        }
        if !(-1e6..=1e6).contains(&velocity) {
            return Err(SpringError::Range("velocity", "-1000000 to 1000000"));
        }
        let spring = Self { mass, stiffness, damping, velocity };
        if spring.rest_s() > LONGEST_S { Err(SpringError::TooLong) } else { Ok(spring) }
    }

    /// A spring by how long it seems to take, 0.01 to 60 seconds, and how much it bounces: 0 not at all,
    /// towards 1 more and more, towards -1 slower and slower.
    ///
    /// # Errors
    /// A number is out of its range.
    pub fn by_duration(duration_s: f64, bounce: f64, velocity: f64) -> Result<Self, SpringError> {
        if !(0.01..=60.0).contains(&duration_s) {
            return Err(SpringError::Range("duration", "0.01 to 60 seconds"));
        }
        if !(-0.9..=0.9).contains(&bounce) {
            return Err(SpringError::Range("bounce", "-0.9 to 0.9"));
        }
        // One swing without damping takes the duration; the damping is its share of the critical one.
        let w = TAU / duration_s;
        let share = if bounce >= 0.0 { 1.0 - bounce } else { 1.0 / (1.0 + bounce) };
        Self::new(1.0, w * w, 2.0 * share * w, velocity)
    }

    /// The same spring with another speed at the beginning: for one that is given another target while
    /// it moves. See [`Spring::velocity_at`].
    ///
    /// # Errors
    /// As [`Spring::new`].
    pub fn with_velocity(self, velocity: f64) -> Result<Self, SpringError> {
        Self::new(self.mass, self.stiffness, self.damping, velocity)
    }

    /// Where it is after `t_s` seconds: 0 at the beginning, 1 at rest.
    #[must_use]
    pub fn position(&self, t_s: f64) -> f64 {
        if t_s <= 0.0 { 0.0 } else { 1.0 - self.distance(t_s).0 }
    }

    /// How fast it moves after `t_s` seconds, in ways a second.
    #[must_use]
    pub fn velocity_at(&self, t_s: f64) -> f64 {
        -self.distance(t_s.max(0.0)).1
    }

    /// After how many seconds it stays within 0.0005 of its rest.
    #[must_use]
    pub fn rest_s(&self) -> f64 {
        // The distance never exceeds its envelope, which only falls after a time: double, then halve.
        let mut high = 0.05;
        while self.envelope(high) > AT_REST && high < 2.0 * LONGEST_S {
            high *= 2.0;
        }
        let mut low = 0.0;
        for _ in 0..40 {
            let middle = f64::midpoint(low, high);
            if self.envelope(middle) > AT_REST {
                low = middle;
            } else {
                high = middle;
            }
        }
        high
    }

    /// w and z.
    fn shape(&self) -> (f64, f64) {
        let w = (self.stiffness / self.mass).sqrt();
        (w, self.damping / (2.0 * (self.stiffness * self.mass).sqrt()))
    }

    /// The distance from the rest and how it changes.
    fn distance(&self, t: f64) -> (f64, f64) {
        let (w, z) = self.shape();
        let v = self.velocity;
        if (z - 1.0).abs() < 1e-7 {
            let (fall, b) = ((-w * t).exp(), w - v);
            return (fall * (1.0 + b * t), fall * (b - w * (1.0 + b * t)));
        }
        if z < 1.0 {
            let u = w * (1.0 - z * z).sqrt();
            let b = (z * w - v) / u;
            let (fall, (sin, cos)) = ((-z * w * t).exp(), (u * t).sin_cos());
            let place = cos + b * sin;
            return (fall * place, fall * (u * (b * cos - sin) - z * w * place));
        }
        let root = (z * z - 1.0).sqrt();
        // The product of both is w^2: the slow one without the difference of two near numbers.
        let s = -w * (z + root);
        let r = w * w / s;
        let b = (-v - r) / (s - r);
        let a = 1.0 - b;
        let (slow, fast) = (a * (r * t).exp(), b * (s * t).exp());
        (slow + fast, r * slow + s * fast)
    }

    /// What the distance stays within from then on.
    fn envelope(&self, t: f64) -> f64 {
        let (w, z) = self.shape();
        let v = self.velocity;
        if z < 1.0 - 1e-7 {
            let u = w * (1.0 - z * z).sqrt();
            return (-z * w * t).exp() * 1f64.hypot((z * w - v) / u);
        }
        // It crosses its rest once at most, and has its largest distance after that before it turns.
        let (place, speed) = self.distance(t);
        let slowest = if z > 1.0 { w * (z - (z * z - 1.0).sqrt()) } else { w };
        place.abs().max(speed.abs() / slowest.max(1e-9))
    }
}

impl fmt::Display for Spring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "spring({}, {}, {}, {})", self.mass, self.stiffness, self.damping, self.velocity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Runge and Kutta's method of the fourth order, at small steps.
    fn integrated(mass: f64, stiffness: f64, damping: f64, velocity: f64, until: f64) -> (f64, f64) {
        let steps = 40_000;
        let h = until / f64::from(steps);
        let f = |(y, v): (f64, f64)| (v, -(damping * v + stiffness * y) / mass);
        let go = |(y, v): (f64, f64), (dy, dv): (f64, f64), h: f64| (y + dy * h, v + dv * h);
        let mut at = (1.0, -velocity);
        for _ in 0..steps {
            let a = f(at);
            let b = f(go(at, a, h / 2.0));
            let c = f(go(at, b, h / 2.0));
            let d = f(go(at, c, h));
            at = go(at, (a.0 + 2.0 * b.0 + 2.0 * c.0 + d.0, a.1 + 2.0 * b.1 + 2.0 * c.1 + d.1), h / 6.0);
        }
        (1.0 - at.0, -at.1)
    }

    #[test]
    fn every_kind_is_what_integration_gives() {
        let springs = [
            (1.0, 100.0, 10.0, 0.0),
            (1.0, 100.0, 2.0, 5.0),
            (2.0, 180.0, 12.0, -30.0),
            (1.0, 100.0, 20.0, 0.0),
            (1.0, 100.0, 20.0, 12.0),
            (1.0, 100.0, 19.999_99, 3.0),
            (1.0, 100.0, 20.000_01, 3.0),
            (1.0, 100.0, 60.0, 0.0),
            (0.5, 40.0, 30.0, 25.0),
        ];
        for (mass, stiffness, damping, velocity) in springs {
            let spring = Spring::new(mass, stiffness, damping, velocity).unwrap();
            for t in [0.01, 0.1, 0.37, 1.0, 2.5] {
                let (place, speed) = integrated(mass, stiffness, damping, velocity, t);
                let got = (spring.position(t), spring.velocity_at(t));
                assert!((got.0 - place).abs() < 1e-6, "{spring} at {t}: {} for {place}", got.0);
                assert!((got.1 - speed).abs() < 1e-5, "{spring} at {t}: speed {} for {speed}", got.1);
            }
        }
    }

    #[test]
    fn another_target_is_taken_with_the_speed_there_is() {
        let spring = Spring::new(1.0, 120.0, 8.0, 0.0).unwrap();
        let t = 0.13;
        // From where it is to a target twice as far: speeds are in ways, and the way is another.
        let way = 2.0 - spring.position(t);
        let next = spring.with_velocity(spring.velocity_at(t) / way).unwrap();
        assert!((next.velocity_at(0.0) * way - spring.velocity_at(t)).abs() < 1e-9);
        assert!(Spring::new(0.0, 1.0, 1.0, 0.0).is_err() && Spring::new(1.0, f64::NAN, 1.0, 0.0).is_err());
        assert_eq!(Spring::new(1.0, 1000.0, 0.001, 0.0), Err(SpringError::TooLong));
        assert!(Spring::by_duration(0.5, 0.0, 0.0).is_ok() && Spring::by_duration(0.5, 1.0, 0.0).is_err());
    }

    proptest! {
        /// After the time that it gives itself, it stays where it rests.
        #[test]
        fn it_is_at_rest_when_it_says_so(
            mass in 0.1..10.0, stiffness in 1.0..500.0, damping in 0.5..80.0, velocity in -50.0..50.0, more in 0.0..5.0
        ) {
            let Ok(spring) = Spring::new(mass, stiffness, damping, velocity) else { return Ok(()) };
            let off = (spring.position(spring.rest_s() + more) - 1.0).abs();
            prop_assert!(off <= 2.0 * AT_REST, "{spring}: {off} off");
        }
    }
}
