//! A way along a path at constant speed.

use kurbo::{BezPath, ParamCurve, ParamCurveDeriv, PathSeg, Point, Vec2};
use std::sync::Arc;

/// Pieces that a segment is measured in. Between them the place is found by one step of Newton's, which
/// leaves less than a thousandth of a pixel on curves as large as the stage.
const PIECES: usize = 32;

/// The way along a path: where one is after a share of its length.
///
/// Gaps between the parts of a path have no length: one jumps over them.
#[derive(Clone, Debug)]
pub struct Route(Arc<Measured>);

#[derive(Debug)]
struct Measured {
    segments: Vec<Leg>,
    length: f64,
}

#[derive(Debug)]
struct Leg {
    segment: PathSeg,
    /// The length of the path before it.
    before: f64,
    /// The length of the segment up to the end of each piece.
    up_to: [f64; PIECES],
}

/// A place on a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Place {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
    /// The direction of the path there, in degrees clockwise from the right.
    pub angle: f64,
}

impl Route {
    /// Measures a path; `None` where it has no length.
    #[must_use]
    pub fn new(path: &BezPath) -> Option<Self> {
        let mut length = 0.0;
        let mut segments = Vec::new();
        for segment in path.segments() {
            let mut up_to = [0.0; PIECES];
            let mut sum = 0.0;
            for (i, end) in up_to.iter_mut().enumerate() {
                sum += distance(&segment, i as f64 / PIECES as f64, (i + 1) as f64 / PIECES as f64);
                *end = sum;
            }
            if sum > 1e-9 {
                segments.push(Leg { segment, before: length, up_to });
                length += sum;
            }
        }
        (!segments.is_empty() && length.is_finite()).then(|| Self(Arc::new(Measured { segments, length })))
    }

    /// Its length in pixels.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.0.length
    }

    /// The place after `share` of its length: 0 its start, 1 its end; what is outside is its end.
    #[must_use]
    pub fn at(&self, share: f64) -> Place {
        let Measured { segments, length } = &*self.0;
        let along = (share * length).clamp(0.0, *length);
        let index = segments.partition_point(|leg| leg.before <= along).max(1) - 1;
        let leg = &segments[index];
        let t = leg.parameter(along - leg.before);
        let Point { x, y } = leg.segment.eval(t);
        let direction = leg.direction(t);
        Place { x, y, angle: direction.atan2().to_degrees() }
    }
}

impl Leg {
    /// The parameter of the segment at which it is `along` pixels long.
    fn parameter(&self, along: f64) -> f64 {
        let piece = self.up_to.partition_point(|end| *end < along).min(PIECES - 1);
        let (start, width) = (piece as f64 / PIECES as f64, 1.0 / PIECES as f64);
        let before = if piece == 0 { 0.0 } else { self.up_to[piece - 1] };
        let (left, all) = (along - before, self.up_to[piece] - before);
        if all <= 0.0 {
            return start;
        }
        let guess = start + width * (left / all).clamp(0.0, 1.0);
        let speed = derivative(&self.segment, guess).hypot();
        if speed < 1e-6 {
            return guess;
        }
        let better = guess - (distance(&self.segment, start, guess) - left) / speed;
        better.clamp(start, start + width)
    }

    /// Where it leads at a parameter; where the curve stands still there, where it leads near by.
    fn direction(&self, t: f64) -> Vec2 {
        let direction = derivative(&self.segment, t);
        if direction.hypot2() > 1e-12 {
            return direction;
        }
        self.segment.eval((t + 1e-3).min(1.0)) - self.segment.eval((t - 1e-3).max(0.0))
    }
}

fn derivative(segment: &PathSeg, t: f64) -> Vec2 {
    match segment {
        PathSeg::Line(line) => line.deriv().eval(t).to_vec2(),
        PathSeg::Quad(curve) => curve.deriv().eval(t).to_vec2(),
        PathSeg::Cubic(curve) => curve.deriv().eval(t).to_vec2(),
    }
}

/// The length between two parameters by Gauss and Legendre's five points (Abramowitz and Stegun, 25.4.30).
fn distance(segment: &PathSeg, from: f64, to: f64) -> f64 {
    const POINTS: [(f64, f64); 3] = [
        (0.0, 0.568_888_888_888_888_9),
        (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
        (0.906_179_845_938_664, 0.236_926_885_056_189_1),
    ];
    let (middle, half) = (f64::midpoint(from, to), (to - from) / 2.0);
    let speed = |x: f64| derivative(segment, middle + half * x).hypot();
    let sum: f64 =
        POINTS.iter().map(|(x, weight)| weight * if *x == 0.0 { speed(0.0) } else { speed(*x) + speed(-x) }).sum();
    sum * half
}

#[cfg(test)]
mod tests {
    use super::*;
    use kurbo::ParamCurveArclen;
    use proptest::prelude::*;

    fn route(data: &str) -> Route {
        Route::new(&BezPath::from_svg(data).unwrap()).unwrap()
    }

    #[test]
    fn a_quarter_of_a_circle_has_equal_arcs() {
        let circle = route("M 100 0 A 100 100 0 0 1 0 100");
        assert!((circle.length() - 50.0 * std::f64::consts::PI).abs() < 0.05, "{}", circle.length());
        for i in 0..=90 {
            let Place { x, y, angle } = circle.at(f64::from(i) / 90.0);
            let turn = y.atan2(x).to_degrees();
            assert!((turn - f64::from(i)).abs() < 0.02, "{i}: {turn}");
            assert!((angle - (turn + 90.0)).abs() < 0.1, "{i}: {angle}");
        }
    }

    #[test]
    fn gaps_are_jumped_over_and_ends_hold() {
        let two = route("M0 0 H10 M100 50 H110");
        let near = |share: f64, x: f64, y: f64| {
            let place = two.at(share);
            assert!((place.x - x).hypot(place.y - y) < 1e-9 && place.angle == 0.0, "{share}: {place:?}");
        };
        assert!((two.length() - 20.0).abs() < 1e-9);
        near(0.25, 5.0, 0.0);
        near(0.75, 105.0, 50.0);
        near(-3.0, 0.0, 0.0);
        near(7.0, 110.0, 50.0);
        assert!(Route::new(&BezPath::from_svg("M5 5 L5 5").unwrap()).is_none());
    }

    proptest! {
        /// Against kurbo's own, adaptive measure of length.
        #[test]
        fn the_way_so_far_is_the_share_of_the_length(
            p in prop::collection::vec(-1000.0..1000.0f64, 8), share in 0.0..1.0f64,
        ) {
            let data = format!("M{} {} C{} {} {} {} {} {}", p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]);
            let path = BezPath::from_svg(&data).unwrap();
            let whole = route(&data);
            let segment = path.segments().next().unwrap();
            let length = segment.arclen(1e-6);
            prop_assert!((whole.length() - length).abs() < 0.01 + length * 1e-4);
            let exact = segment.eval(segment.inv_arclen(share * length, 1e-6));
            let Place { x, y, .. } = whole.at(share);
            prop_assert!((exact - Point::new(x, y)).hypot() < 0.5, "{exact:?} {x} {y}");
        }
    }
}
