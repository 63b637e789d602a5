//! Robert Penner's easing functions, in the form in which the field has them (easings.net): each is
//! given as its *in* form, which *out* turns around, and *in-out* puts together from both.

use std::f64::consts::{FRAC_PI_2, TAU};

/// How far *back* goes beyond the start: a tenth.
const OVERSHOOT: f64 = 1.701_58;

/// The shape of the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Penner {
    Quad,
    Cubic,
    Quart,
    Quint,
    Sine,
    Expo,
    Circ,
    Back,
    Elastic,
    Bounce,
}

/// At which end it is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ends {
    /// At the beginning.
    In,
    /// At the end.
    Out,
    /// At both.
    InOut,
}

impl Ends {
    pub(crate) const ALL: [Self; 3] = [Self::In, Self::Out, Self::InOut];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::In => "in",
            Self::Out => "out",
            Self::InOut => "in-out",
        }
    }
}

impl Penner {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Quad,
        Self::Cubic,
        Self::Quart,
        Self::Quint,
        Self::Sine,
        Self::Expo,
        Self::Circ,
        Self::Back,
        Self::Elastic,
        Self::Bounce,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Quad => "quad",
            Self::Cubic => "cubic",
            Self::Quart => "quart",
            Self::Quint => "quint",
            Self::Sine => "sine",
            Self::Expo => "expo",
            Self::Circ => "circ",
            Self::Back => "back",
            Self::Elastic => "elastic",
            Self::Bounce => "bounce",
        }
    }

    /// The value at `x`, which is held within 0 to 1: these curves have no meaning outside.
    #[must_use]
    pub fn value(self, ends: Ends, x: f64) -> f64 {
        let x = x.clamp(0.0, 1.0);
        match (self, ends) {
            (_, Ends::In) => self.slow_at_start(x, OVERSHOOT, 0.3),
            (_, Ends::Out) => 1.0 - self.slow_at_start(1.0 - x, OVERSHOOT, 0.3),
            // Both ends at half the size: Penner makes up for that with a wider swing.
            (_, Ends::InOut) if x < 0.5 => self.slow_at_start(2.0 * x, OVERSHOOT * 1.525, 0.45) / 2.0,
            (_, Ends::InOut) => 1.0 - self.slow_at_start(2.0 - 2.0 * x, OVERSHOOT * 1.525, 0.45) / 2.0,
        }
    }

    fn slow_at_start(self, x: f64, overshoot: f64, period: f64) -> f64 {
        match self {
            Self::Quad => x * x,
            Self::Cubic => x.powi(3),
            Self::Quart => x.powi(4),
            Self::Quint => x.powi(5),
            Self::Sine => 1.0 - (x * FRAC_PI_2).cos(),
            Self::Expo if x == 0.0 => 0.0,
            Self::Expo => (10.0 * x - 10.0).exp2(),
            Self::Circ => 1.0 - (1.0 - x * x).max(0.0).sqrt(),
            Self::Back => (overshoot + 1.0) * x.powi(3) - overshoot * x * x,
            Self::Elastic if x == 0.0 || x == 1.0 => x,
            Self::Elastic => -(10.0 * x - 10.0).exp2() * ((x - 1.0 - period / 4.0) * TAU / period).sin(),
            Self::Bounce => 1.0 - bounce(1.0 - x),
        }
    }
}

/// A ball that falls and bounces three times, each a parabola.
fn bounce(x: f64) -> f64 {
    const STEEP: f64 = 7.5625;
    const SPAN: f64 = 2.75;
    let (middle, height) = match x * SPAN {
        t if t < 1.0 => (0.0, 0.0),
        t if t < 2.0 => (1.5, 0.75),
        t if t < 2.5 => (2.25, 0.9375),
        _ => (2.625, 0.984_375),
    };
    let x = x - middle / SPAN;
    STEEP * x * x + height
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    /// The formulas of easings.net, written out for each end.
    fn known(curve: Penner, ends: Ends, x: f64) -> f64 {
        let (c1, c4, c5) = (1.70158, 2.0 * PI / 3.0, 2.0 * PI / 4.5);
        let (c2, c3) = (c1 * 1.525, c1 + 1.0);
        let half = |n: i32| if x < 0.5 { 2f64.powi(n - 1) * x.powi(n) } else { 1.0 - (-2.0 * x + 2.0).powi(n) / 2.0 };
        let out = |n: i32| 1.0 - (1.0 - x).powi(n);
        let bounce_out = |x: f64| {
            if x < 1.0 / 2.75 {
                7.5625 * x * x
            } else if x < 2.0 / 2.75 {
                7.5625 * (x - 1.5 / 2.75).powi(2) + 0.75
            } else if x < 2.5 / 2.75 {
                7.5625 * (x - 2.25 / 2.75).powi(2) + 0.9375
            } else {
                7.5625 * (x - 2.625 / 2.75).powi(2) + 0.984375
            }
        };
        match (curve, ends) {
            (Penner::Quad, Ends::In) => x * x,
            (Penner::Quad, Ends::Out) => out(2),
            (Penner::Quad, Ends::InOut) => half(2),
            (Penner::Cubic, Ends::In) => x.powi(3),
            (Penner::Cubic, Ends::Out) => out(3),
            (Penner::Cubic, Ends::InOut) => half(3),
            (Penner::Quart, Ends::In) => x.powi(4),
            (Penner::Quart, Ends::Out) => out(4),
            (Penner::Quart, Ends::InOut) => half(4),
            (Penner::Quint, Ends::In) => x.powi(5),
            (Penner::Quint, Ends::Out) => out(5),
            (Penner::Quint, Ends::InOut) => half(5),
            (Penner::Sine, Ends::In) => 1.0 - (x * PI / 2.0).cos(),
            (Penner::Sine, Ends::Out) => (x * PI / 2.0).sin(),
            (Penner::Sine, Ends::InOut) => -((PI * x).cos() - 1.0) / 2.0,
            (Penner::Expo | Penner::Elastic, _) if x == 0.0 || x == 1.0 => x,
            (Penner::Expo, Ends::In) => 2f64.powf(10.0 * x - 10.0),
            (Penner::Expo, Ends::Out) => 1.0 - 2f64.powf(-10.0 * x),
            (Penner::Expo, Ends::InOut) if x < 0.5 => 2f64.powf(20.0 * x - 10.0) / 2.0,
            (Penner::Expo, Ends::InOut) => (2.0 - 2f64.powf(-20.0 * x + 10.0)) / 2.0,
            (Penner::Circ, Ends::In) => 1.0 - (1.0 - x * x).sqrt(),
            (Penner::Circ, Ends::Out) => (1.0 - (x - 1.0).powi(2)).sqrt(),
            (Penner::Circ, Ends::InOut) if x < 0.5 => (1.0 - (1.0 - (2.0 * x).powi(2)).sqrt()) / 2.0,
            (Penner::Circ, Ends::InOut) => ((1.0 - (-2.0 * x + 2.0).powi(2)).sqrt() + 1.0) / 2.0,
            (Penner::Back, Ends::In) => c3 * x.powi(3) - c1 * x * x,
            (Penner::Back, Ends::Out) => 1.0 + c3 * (x - 1.0).powi(3) + c1 * (x - 1.0).powi(2),
            (Penner::Back, Ends::InOut) if x < 0.5 => (2.0 * x).powi(2) * ((c2 + 1.0) * 2.0 * x - c2) / 2.0,
            (Penner::Back, Ends::InOut) => ((2.0 * x - 2.0).powi(2) * ((c2 + 1.0) * (x * 2.0 - 2.0) + c2) + 2.0) / 2.0,
            (Penner::Elastic, Ends::In) => -2f64.powf(10.0 * x - 10.0) * ((x * 10.0 - 10.75) * c4).sin(),
            (Penner::Elastic, Ends::Out) => 2f64.powf(-10.0 * x) * ((x * 10.0 - 0.75) * c4).sin() + 1.0,
            (Penner::Elastic, Ends::InOut) if x < 0.5 => {
                -(2f64.powf(20.0 * x - 10.0) * ((20.0 * x - 11.125) * c5).sin()) / 2.0
            }
            (Penner::Elastic, Ends::InOut) => {
                2f64.powf(-20.0 * x + 10.0) * ((20.0 * x - 11.125) * c5).sin() / 2.0 + 1.0
            }
            (Penner::Bounce, Ends::In) => 1.0 - bounce_out(1.0 - x),
            (Penner::Bounce, Ends::Out) => bounce_out(x),
            (Penner::Bounce, Ends::InOut) if x < 0.5 => (1.0 - bounce_out(1.0 - 2.0 * x)) / 2.0,
            (Penner::Bounce, Ends::InOut) => (1.0 + bounce_out(2.0 * x - 1.0)) / 2.0,
        }
    }

    #[test]
    fn all_thirty_are_those_of_the_field() {
        for curve in Penner::ALL {
            for ends in Ends::ALL {
                for i in 0..=1000 {
                    let x = f64::from(i) / 1000.0;
                    let (got, want) = (curve.value(ends, x), known(curve, ends, x));
                    assert!((got - want).abs() < 1e-9, "{curve:?} {ends:?} at {x}: {got} for {want}");
                }
            }
        }
    }
}
