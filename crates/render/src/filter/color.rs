//! Filters that treat each pixel's colour by itself.

use super::Sheet;
use fearless_simd::{Level, dispatch};

/// The straight colour of a premultiplied pixel, each channel 0 to 1, and its alpha.
#[inline(always)]
pub(super) fn straight(p: u32) -> [f32; 4] {
    let a = (p >> 24) as f32;
    if a == 0.0 {
        return [0.0; 4];
    }
    [(p & 255) as f32 / a, (p >> 8 & 255) as f32 / a, (p >> 16 & 255) as f32 / a, a / 255.0]
}

/// A premultiplied pixel of a straight colour; what is out of range is clamped.
#[inline(always)]
pub(super) fn premultiplied([r, g, b, a]: [f32; 4]) -> u32 {
    let a = a.clamp(0.0, 1.0) * 255.0;
    // Colours by the rounded alpha, so that none exceeds it.
    let alpha = (a + 0.5) as u32;
    let k = alpha as f32;
    let channel = |c: f32| (c.clamp(0.0, 1.0) * k + 0.5) as u32;
    channel(r) | channel(g) << 8 | channel(b) << 16 | alpha << 24
}

/// A colour matrix on straight colours (Filter Effects Level 1, `feColorMatrix`).
pub(super) fn matrix(simd: Level, mut sheet: Sheet, matrix: &[f32; 20]) -> Sheet {
    dispatch!(simd, _ => matrix_row(&mut sheet.pixels, matrix));
    sheet
}

#[inline(always)]
fn matrix_row(pixels: &mut [u32], m: &[f32; 20]) {
    // What is clear stays clear unless alpha is given something.
    let adds_alpha = m[19] > 0.0;
    for p in pixels {
        if *p == 0 && !adds_alpha {
            continue;
        }
        let [r, g, b, a] = straight(*p);
        let row = |at: usize| m[at] * r + m[at + 1] * g + m[at + 2] * b + m[at + 3] * a + m[at + 4];
        *p = premultiplied([row(0), row(5), row(10), row(15)]);
    }
}

/// Straight colours to the power of 1 / gamma.
pub(super) fn gamma(mut sheet: Sheet, gamma: f64) -> Sheet {
    let table: Vec<f32> = (0..=1020).map(|v| (f64::from(v) / 1020.0).powf(1.0 / gamma) as f32).collect();
    let power = |c: f32| table[(c.clamp(0.0, 1.0) * 1020.0 + 0.5) as usize];
    for p in sheet.pixels.iter_mut().filter(|p| **p >> 24 != 0) {
        let [r, g, b, a] = straight(*p);
        *p = premultiplied([power(r), power(g), power(b), a]);
    }
    sheet
}

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
            let wrong = |what: String| LutError::Line { line: number, what };
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
                    *value = word
                        .parse::<f32>()
                        .ok()
                        .filter(|v| v.is_finite())
                        .ok_or_else(|| wrong(format!("\"{word}\" where one of three finite numbers should be")))?;
                }
                match words.next() {
                    None => Ok(values),
                    Some(more) => Err(wrong(format!("\"{more}\" after the third number"))),
                }
            };
            match first {
                "LUT_3D_SIZE" => {
                    let word = words.nth(1).unwrap_or_default();
                    let size = word.parse().ok().filter(|size| (2..=MAX_LUT_SIDE).contains(size));
                    side =
                        Some(size.ok_or_else(|| wrong(format!("the size \"{word}\" is outside 2 to {MAX_LUT_SIDE}")))?);
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
    fn look_up(&self, color: [f32; 3]) -> [f32; 3] {
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

/// Colours by a table, mixed with their own.
pub(super) fn look_up(mut sheet: Sheet, lut: &Lut, amount: f64) -> Sheet {
    let amount = amount as f32;
    for p in sheet.pixels.iter_mut().filter(|p| **p >> 24 != 0) {
        let [r, g, b, a] = straight(*p);
        let [lr, lg, lb] = lut.look_up([r, g, b]);
        let mix = |own: f32, new: f32| own + (new - own) * amount;
        *p = premultiplied([mix(r, lr), mix(g, lg), mix(b, lb), a]);
    }
    sheet
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

    #[test]
    fn colours_go_to_straight_and_back() {
        for a in [1u32, 7, 128, 255] {
            for c in 0..=a {
                let p = c | c << 8 | c << 16 | a << 24;
                assert_eq!(premultiplied(straight(p)), p);
            }
        }
    }
}
