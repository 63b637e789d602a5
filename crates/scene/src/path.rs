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
/// The most arcs of a path.
const MAX_ARCS: usize = 2_000;
/// The smallest radius of an arc that has one.
const MIN_RADIUS: f64 = 0.01;
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
        check_numbers(text)?;
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

/// Refuses numbers that are far off, and arcs that would become millions of curves: the parser makes the
/// more of them the larger an arc is, and radii that are too small for it are scaled up together.
fn check_numbers(text: &str) -> Result<(), String> {
    let (mut arcs, mut command, mut argument) = (0, ' ', 0);
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic() || c.is_ascii_digit() || c == '.') {
        rest = &rest[start..];
        if let Some(letter) = rest.chars().next().filter(char::is_ascii_alphabetic) {
            (command, argument) = (letter.to_ascii_lowercase(), 0);
            rest = &rest[1..];
            continue;
        }
        // Flags of arcs may stand together with what follows: "a9 9 0 1110 5".
        let is_flag = command == 'a' && matches!(argument % 7, 3 | 4);
        let length = if is_flag { 1 } else { number_length(rest) };
        // A dot alone is no number, which the parser will say.
        let value: f64 = rest[..length].parse().unwrap_or(0.0);
        if value > 2.0 * MAX_PLACE {
            return Err(format!("a number is outside -{0} to {0}", 2.0 * MAX_PLACE));
        }
        if command == 'a' {
            if argument % 7 < 2 && value > 0.0 && value < MIN_RADIUS {
                return Err(format!("an arc's radius is below {MIN_RADIUS} and not 0"));
            }
            arcs += usize::from(argument % 7 == 0);
            if arcs > MAX_ARCS {
                return Err(format!("at most {MAX_ARCS} arcs are allowed"));
            }
        }
        argument += 1;
        rest = &rest[length..];
    }
    Ok(())
}

/// The length of the number that a text begins with, without its sign (SVG 1.1, section 8.3.9).
fn number_length(text: &str) -> usize {
    let bytes = text.as_bytes();
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
    end
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
        for (text, length) in
            [("1.5.5", 3), (".5-2", 2), ("2e3,4", 3), ("4E-1L7", 4), ("7e 8", 1), ("8.e+2", 5), (".", 1)]
        {
            assert_eq!(number_length(text), length, "{text}");
        }
    }

    #[test]
    fn arcs_are_few_and_flags_may_stand_together() {
        assert!(PathData::parse("M0 0a9 9 0 1110000 5").is_ok(), "flags 1 and 1, then 10000");
        assert!(PathData::parse("M0 0a200000 .00002 0 0 0 0 200000").unwrap_err().contains("radius"));
        assert!(PathData::parse(&format!("M0 0{}", "a9 9 0 0 0 1 1".repeat(2_001))).unwrap_err().contains("arcs"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[MmLlHhVvCcSsQqTtAaZz0-9eE., -]{0,60}") {
            let _ = PathData::parse(&text);
        }
    }
}
