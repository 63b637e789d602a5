//! Tables of colours.

/// A table of colours: what a colourist hands over as a `.cube` file.
#[derive(Debug, PartialEq)]
pub struct Lut {
    side: usize,
    /// Red fastest, then green, then blue.
    colors: Vec<[f32; 3]>,
    low: [f32; 3],
    high: [f32; 3],
}

/// The longest side of a table.
pub const MAX_LUT_SIDE: usize = 65;
/// The longest `.cube` file in bytes.
const MAX_LUT_BYTES: usize = 16 * 1024 * 1024;

/// Why a `.cube` file cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LutError {
    /// It is too long.
    #[error("{0} bytes: a .cube file has at most {MAX_LUT_BYTES}")]
    TooLong(usize),
    /// A line is not what it should be.
    #[error("line {line}: {what}")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// There is no size.
    #[error("it has no LUT_3D_SIZE of 2 to {MAX_LUT_SIDE}")]
    NoSize,
    /// Rows are missing, or there are too many.
    #[error("it has {got} rows, and a table of {side} x {side} x {side} has {wanted}")]
    Rows {
        /// How many there are.
        got: usize,
        /// How many there should be.
        wanted: usize,
        /// The table's side.
        side: usize,
    },
}

impl Lut {
    /// Reads a `.cube` file (Adobe's Cube LUT Specification 1.0), three-dimensional.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, LutError> {
        if text.len() > MAX_LUT_BYTES {
            return Err(LutError::TooLong(text.len()));
        }
        let mut side = None;
        let (mut low, mut high) = ([0.0; 3], [1.0; 3]);
        let mut colors = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            // A file from elsewhere is not to be quoted at length.
            let wrong = |what: String| LutError::Line { line: number, what };
            let short = |word: &str| word.chars().take(20).collect::<String>();
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line.starts_with("TITLE") {
                continue;
            }
            let mut words = line.split_ascii_whitespace();
            let first = words.clone().next().unwrap_or_default();
            let three = |words: &mut dyn Iterator<Item = &str>| -> Result<[f32; 3], LutError> {
                let mut values = [0.0; 3];
                for value in &mut values {
                    let word = words.next().unwrap_or_default();
                    *value = word.parse::<f32>().ok().filter(|v| v.is_finite()).ok_or_else(|| {
                        wrong(format!("\"{}\" where one of three finite numbers should be", short(word)))
                    })?;
                }
                match words.next() {
                    None => Ok(values),
                    Some(more) => Err(wrong(format!("\"{}\" after the third number", short(more)))),
                }
            };
            match first {
                "LUT_3D_SIZE" => {
                    let word = words.nth(1).unwrap_or_default();
                    let size = word.parse().ok().filter(|size| (2..=MAX_LUT_SIDE).contains(size));
                    side = Some(size.ok_or_else(|| {
                        wrong(format!("the size \"{}\" is outside 2 to {MAX_LUT_SIDE}", short(word)))
                    })?);
                }
                "LUT_1D_SIZE" => return Err(wrong("a one-dimensional table; only 3D ones are supported".to_owned())),
                "DOMAIN_MIN" => low = three(&mut words.skip(1))?,
                "DOMAIN_MAX" => high = three(&mut words.skip(1))?,
                _ if first.starts_with(|c: char| c.is_ascii_alphabetic()) && first.parse::<f32>().is_err() => {
                    // Other keywords (of other programs) say nothing that matters here.
                }
                _ => {
                    if colors.len() >= MAX_LUT_SIDE.pow(3) {
                        return Err(wrong("more rows than the largest table has".to_owned()));
                    }
                    colors.push(three(&mut words)?);
                }
            }
        }
        let side: usize = side.ok_or(LutError::NoSize)?;
        let wanted = side.pow(3);
        if colors.len() != wanted {
            return Err(LutError::Rows { got: colors.len(), wanted, side });
        }
        if low.iter().zip(high).any(|(l, h)| *l >= h) {
            return Err(LutError::Line { line: 1, what: "DOMAIN_MIN is not below DOMAIN_MAX".to_owned() });
        }
        Ok(Self { side, colors, low, high })
    }

    /// The colour for a colour, trilinear.
    #[must_use]
    #[inline]
    pub fn look_up(&self, color: [f32; 3]) -> [f32; 3] {
        let top = (self.side - 1) as f32;
        let mut base = [0usize; 3];
        let mut part = [0.0f32; 3];
        for k in 0..3 {
            let at = ((color[k] - self.low[k]) / (self.high[k] - self.low[k])).clamp(0.0, 1.0) * top;
            base[k] = (at as usize).min(self.side - 2);
            part[k] = at - base[k] as f32;
        }
        let at = |r: usize, g: usize, b: usize| {
            self.colors[((base[2] + b) * self.side + base[1] + g) * self.side + base[0] + r]
        };
        std::array::from_fn(|c| {
            let line = |g, b| at(0, g, b)[c] + (at(1, g, b)[c] - at(0, g, b)[c]) * part[0];
            let plane = |b| line(0, b) + (line(1, b) - line(0, b)) * part[1];
            plane(0) + (plane(1) - plane(0)) * part[2]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn cube(rows: usize) -> String {
        let mut text = String::from("TITLE \"x\"\nLUT_3D_SIZE 2\n");
        for i in 0..rows {
            text += &format!("{} {} {}\n", 1 - (i & 1), 1 - (i >> 1 & 1), 1 - (i >> 2 & 1));
        }
        text
    }

    #[test]
    fn a_table_is_looked_up_between_its_entries() {
        let negative = Lut::parse(&cube(8)).unwrap();
        let got = negative.look_up([0.25, 0.5, 1.0]);
        assert!(got.iter().zip([0.75, 0.5, 0.0]).all(|(g, w)| (g - w).abs() < 1e-6), "{got:?}");
    }

    #[test]
    fn a_broken_table_says_what_is_wrong() {
        assert_eq!(Lut::parse(&cube(7)), Err(LutError::Rows { got: 7, wanted: 8, side: 2 }));
        assert_eq!(Lut::parse("0 0 0\n"), Err(LutError::NoSize));
        let error = |text: &str| Lut::parse(text).unwrap_err().to_string();
        assert!(error("LUT_3D_SIZE 999\n").starts_with("line 1: the size"));
        assert!(error("LUT_3D_SIZE 2\n0 0 nan\n").starts_with("line 2: \"nan\""));
        assert!(error("LUT_3D_SIZE 2\n0 0 0 0\n").starts_with("line 2: \"0\" after"));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(LUT_3D_SIZE [0-9]{1,3}\n)?([-0-9.e ]{0,12}\n){0,20}") {
            let _ = Lut::parse(&text);
        }
    }
}
