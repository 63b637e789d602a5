//! SVG path data, checked.

use kurbo::{BezPath, PathEl, Shape};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;
use std::sync::Arc;

/// The longest path data in bytes.
const MAX_BYTES: usize = 256 * 1024;
/// The most segments of a path.
const MAX_SEGMENTS: usize = 20_000;
/// The largest coordinate.
const MAX_PLACE: f64 = 100_000.0;

/// The data of an SVG path (`"M0 0 L100 0 A…"`; SVG 1.1, section 8.3).
#[derive(Clone, Debug)]
pub struct PathData {
    text: Arc<str>,
    path: Arc<BezPath>,
}

impl PathData {
    /// Reads path data.
    ///
    /// # Errors
    /// What is wrong with it, and what is allowed.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() > MAX_BYTES {
            return Err(format!("{} bytes of path data: at most {MAX_BYTES} are allowed", text.len()));
        }
        // An arc becomes the more curves the larger it is: what is far off is refused before it is one.
        if numbers(text).any(|v| !(v.abs() <= 2.0 * MAX_PLACE)) {
            return Err(format!("a number is outside -{0} to {0}", 2.0 * MAX_PLACE));
        }
        let path = BezPath::from_svg(text).map_err(|e| format!("not SVG path data: {e}"))?;
        let segments = path.elements().len();
        if segments > MAX_SEGMENTS {
            return Err(format!("{segments} segments: at most {MAX_SEGMENTS} are allowed"));
        }
        // The points themselves: a box around curves would hide a NaN.
        let near = |p: kurbo::Point| p.x.abs() <= MAX_PLACE && p.y.abs() <= MAX_PLACE;
        let sound = path.elements().iter().all(|element| match *element {
            PathEl::MoveTo(p) | PathEl::LineTo(p) => near(p),
            PathEl::QuadTo(p, q) => near(p) && near(q),
            PathEl::CurveTo(p, q, r) => near(p) && near(q) && near(r),
            PathEl::ClosePath => true,
        });
        if !sound {
            return Err(format!("a point is outside -{MAX_PLACE} to {MAX_PLACE} pixels"));
        }
        Ok(Self { text: text.into(), path: Arc::new(path) })
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &BezPath {
        &self.path
    }

    /// Left, top, right, bottom.
    #[must_use]
    pub fn bounds(&self) -> [f64; 4] {
        if self.path.is_empty() {
            return [0.0; 4];
        }
        let bounds = self.path.bounding_box();
        [bounds.x0, bounds.y0, bounds.x1, bounds.y1]
    }
}

/// All numbers of path data (SVG 1.1, section 8.3.9: sign, digits, fraction, exponent).
fn numbers(text: &str) -> impl Iterator<Item = f64> + '_ {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = rest.find(|c: char| c.is_ascii_digit() || c == '.')?;
        rest = &rest[start..];
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        let mut end = digits(0);
        if bytes.get(end) == Some(&b'.') {
            end += 1 + digits(end + 1);
        }
        if matches!(bytes.get(end), Some(b'e' | b'E')) {
            let signed = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
            let exponent = digits(end + 1 + signed);
            if exponent > 0 {
                end += 1 + signed + exponent;
            }
        }
        let number = &rest[..end];
        rest = &rest[end..];
        // A dot alone is no number, which the parser will say.
        Some(number.parse().unwrap_or(0.0))
    })
}

impl PartialEq for PathData {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for PathData {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for PathData {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Self::parse(&Cow::<'de, str>::deserialize(d)?).map_err(de::Error::custom)
    }
}

impl JsonSchema for PathData {
    fn schema_name() -> Cow<'static, str> {
        "PathData".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "SVG path data", "examples": ["M0 0 L100 0 L50 80 Z"],
            "maxLength": MAX_BYTES})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn paths_have_limits() {
        assert_eq!(PathData::parse("M10 20 L30 20 L30 60 Z").unwrap().bounds(), [10.0, 20.0, 30.0, 60.0]);
        assert!(PathData::parse("M0 0 Lx").unwrap_err().contains("not SVG path data"));
        let long = format!("M0 0{}", "l1 1".repeat(30_000));
        assert!(PathData::parse(&long).unwrap_err().contains("segments"));
        assert!(PathData::parse(&"M0 0".repeat(10_000_000 / 4)).unwrap_err().contains("bytes"));
        assert!(PathData::parse("M0 0 L1e9 0").unwrap_err().contains("outside"));
        // It would be ten thousand million curves.
        assert!(PathData::parse("M0 0 A8 8 0 0 0 0 6e62").unwrap_err().contains("outside"));
        assert!(PathData::parse(&format!("M0 0 A8 8 0 0 0 0 {}", "6".repeat(63))).unwrap_err().contains("outside"));
    }

    #[test]
    fn numbers_are_those_of_svg() {
        let all: Vec<f64> = numbers("M1.5.5-2e3,4E-1L7e 8.e+2 .").collect();
        assert_eq!(all, [1.5, 0.5, 2000.0, 0.4, 7.0, 800.0, 0.0], "all but their signs");
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[MmLlHhVvCcSsQqTtAaZz0-9eE., -]{0,60}") {
            let _ = PathData::parse(&text);
        }
    }
}
