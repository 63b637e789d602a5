//! Affine maps of the plane.

/// `x' = a x + c y + e`, `y' = b x + d y + f`.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub struct Affine {
    pub a: f64,
    pub b: f64,
    pub c: f64,
    pub d: f64,
    pub e: f64,
    pub f: f64,
}

impl Affine {
    /// Leaves everything where it is.
    pub const IDENTITY: Self = Self { a: 1.0, b: 0.0, c: 0.0, d: 1.0, e: 0.0, f: 0.0 };

    /// Moves by (x, y).
    #[must_use]
    pub fn translate(x: f64, y: f64) -> Self {
        Self { e: x, f: y, ..Self::IDENTITY }
    }

    /// Scales about the origin.
    #[must_use]
    pub fn scale(x: f64, y: f64) -> Self {
        Self { a: x, d: y, ..Self::IDENTITY }
    }

    /// Turns about the origin, clockwise on a screen whose y points down. Quarter turns are exact.
    #[must_use]
    pub fn rotate_degrees(degrees: f64) -> Self {
        let turn = degrees.rem_euclid(360.0);
        let (sin, cos) = match turn {
            0.0 => (0.0, 1.0),
            90.0 => (1.0, 0.0),
            180.0 => (0.0, -1.0),
            270.0 => (-1.0, 0.0),
            _ => turn.to_radians().sin_cos(),
        };
        Self { a: cos, b: sin, c: -sin, d: cos, e: 0.0, f: 0.0 }
    }

    /// First `self`, then `next`.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self {
            a: next.a * self.a + next.c * self.b,
            b: next.b * self.a + next.d * self.b,
            c: next.a * self.c + next.c * self.d,
            d: next.b * self.c + next.d * self.d,
            e: next.a * self.e + next.c * self.f + next.e,
            f: next.b * self.e + next.d * self.f + next.f,
        }
    }

    /// Where a point comes to lie.
    #[must_use]
    pub fn apply(self, (x, y): (f64, f64)) -> (f64, f64) {
        (self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f)
    }

    /// The upright rectangle (left, top, right, bottom) that holds where a rectangle comes to lie.
    #[must_use]
    pub fn extent(self, [left, top, right, bottom]: [f64; 4]) -> [f64; 4] {
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)].map(|c| self.apply(c));
        let mut extent = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for (x, y) in corners {
            extent = [extent[0].min(x), extent[1].min(y), extent[2].max(x), extent[3].max(y)];
        }
        extent
    }

    /// The map back, or `None` where the plane collapses.
    #[must_use]
    pub fn inverse(self) -> Option<Self> {
        let det = self.a * self.d - self.b * self.c;
        if !det.is_normal() {
            return None;
        }
        let (a, b, c, d) = (self.d / det, -self.b / det, -self.c / det, self.a / det);
        Some(Self { a, b, c, d, e: -(a * self.e + c * self.f), f: -(b * self.e + d * self.f) })
    }

    /// How many units one unit across and one unit down become.
    #[must_use]
    pub fn scale_factors(self) -> (f64, f64) {
        if self.b == 0.0 && self.c == 0.0 {
            return (self.a.abs(), self.d.abs());
        }
        (self.a.hypot(self.b), self.c.hypot(self.d))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_inverse_leads_back() {
        let map = Affine::scale(2.0, -3.0).then(Affine::rotate_degrees(37.0)).then(Affine::translate(5.0, 7.0));
        let (x, y) = map.inverse().unwrap().apply(map.apply((11.0, 13.0)));
        assert!((x - 11.0).abs() < 1e-9 && (y - 13.0).abs() < 1e-9);
        assert_eq!(Affine::scale(0.0, 1.0).inverse(), None);
    }

    #[test]
    fn quarter_turns_are_exact_and_clockwise() {
        assert_eq!(Affine::rotate_degrees(90.0).apply((1.0, 0.0)), (0.0, 1.0));
        assert_eq!(Affine::rotate_degrees(-270.0), Affine::rotate_degrees(90.0));
    }
}
