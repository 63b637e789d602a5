//! Filters: what is done to an item's pixels before they are placed.
//!
//! A filter takes a [`Sheet`] of premultiplied pixels, as large as they will be seen but not yet
//! turned or moved, and leaves another. All lengths are in pixels of the picture. What each filter
//! does to the rectangle that a layer covers is said by [`Filters::extent`]; damage rests on it.

mod blur;
mod color;
mod key;
mod light;
mod warp;

use fearless_simd::Level;
use raster::{Lut, Raster};
use std::sync::Arc;

/// A chain of filters, run in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Filters {
    /// The filters.
    pub chain: Vec<Filter>,
    /// The layer's box (left, top, right, bottom) in pixels of the picture, with the content's
    /// corner as its origin: what crops, vignettes and pinned corners go by.
    pub frame: [f64; 4],
}

/// A filter with its parameters, resolved: lengths in pixels of the picture, colours straight.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub enum Filter {
    /// A Gaussian of standard deviation `sigma`.
    Blur { sigma: f64 },
    /// The layer's blurred shape in a colour, behind it.
    DropShadow { x: f64, y: f64, sigma: f64, color: [u8; 4] },
    /// The same, inside of it.
    InnerShadow { x: f64, y: f64, sigma: f64, color: [u8; 4] },
    /// Light around the layer: its shape blurred, `strength` times.
    Glow { sigma: f64, color: [u8; 4], strength: f64 },
    /// A line of `width` around the layer's shape.
    Outline { width: f64, color: [u8; 4] },
    /// Rows of four factors and an addend for red, green, blue and alpha, on straight colours of 0 to 1.
    Matrix([f32; 20]),
    /// Straight colours to the power of 1 / `gamma`.
    Gamma { gamma: f64 },
    /// A table of colours, mixed with the layer's own by `amount`.
    Lut { lut: Arc<Lut>, amount: f64 },
    /// Clear where the hue is near `color`'s (distance in the plane of BT.709 chroma).
    ChromaKey { color: [u8; 4], similarity: f64, smoothness: f64, spill: f64 },
    /// Clear where the colour is near `color` (distance in RGB, 1 from black to white).
    ColorKey { color: [u8; 4], similarity: f64, smoothness: f64, spill: f64 },
    /// Clear where the luma is outside of `low` to `high`.
    LumaKey { low: f64, high: f64, smoothness: f64 },
    /// Squares of one colour, from the corner of the layer's box.
    Pixelate { size: f64 },
    /// Unsharp mask.
    Sharpen { amount: f64, sigma: f64 },
    /// Darker, or tinted, towards the corners of the box: from `start` (1 reaches the middle of its
    /// sides) over `softness`.
    Vignette { amount: f64, start: f64, softness: f64, color: [u8; 4] },
    /// Noise of up to `amount` in luma, in squares of `size`.
    Grain { amount: f64, size: f64, seed: u64 },
    /// Pixels moved by a map, stretched over the box: red moves across, green down, grey not at all.
    Displace { map: Arc<Raster>, x: f64, y: f64 },
    /// The box's corners moved: top left, top right, bottom right, bottom left, as (x, y) each.
    CornerPin { offsets: [f64; 8] },
    /// Cut off at each side of the box: left, top, right, bottom.
    Crop { sides: [f64; 4] },
    /// The box's content moved inside of it, what leaves coming in again at the other side; `gap` is
    /// kept clear between the end and the next beginning. It is seen through a window of that width
    /// and height, or the box where they are 0; `along` says whether it goes round across, and down.
    Scroll { x: f64, y: f64, gap: f64, window: [f64; 2], along: [bool; 2] },
}

impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        use Filter::*;
        match (self, other) {
            (Lut { lut: a, amount: x }, Lut { lut: b, amount: y }) => Arc::ptr_eq(a, b) && x == y,
            (Displace { map: a, x, y }, Displace { map: b, x: v, y: w }) => {
                a.version() == b.version() && (x, y) == (v, w)
            }
            (Blur { sigma: a }, Blur { sigma: b }) => a == b,
            (
                DropShadow { x, y, sigma, color } | InnerShadow { x, y, sigma, color },
                DropShadow { x: v, y: w, sigma: t, color: d } | InnerShadow { x: v, y: w, sigma: t, color: d },
            ) => std::mem::discriminant(self) == std::mem::discriminant(other) && (x, y, sigma, color) == (v, w, t, d),
            (Glow { sigma, color, strength }, Glow { sigma: t, color: d, strength: s }) => {
                (sigma, color, strength) == (t, d, s)
            }
            (Outline { width, color }, Outline { width: w, color: d }) => (width, color) == (w, d),
            (Matrix(a), Matrix(b)) => a == b,
            (Gamma { gamma: a }, Gamma { gamma: b }) => a == b,
            (
                ChromaKey { color, similarity, smoothness, spill } | ColorKey { color, similarity, smoothness, spill },
                ChromaKey { color: c, similarity: a, smoothness: b, spill: d }
                | ColorKey { color: c, similarity: a, smoothness: b, spill: d },
            ) => {
                std::mem::discriminant(self) == std::mem::discriminant(other)
                    && (color, similarity, smoothness, spill) == (c, a, b, d)
            }
            (LumaKey { low, high, smoothness }, LumaKey { low: a, high: b, smoothness: c }) => {
                (low, high, smoothness) == (a, b, c)
            }
            (Pixelate { size: a }, Pixelate { size: b }) => a == b,
            (Sharpen { amount, sigma }, Sharpen { amount: a, sigma: b }) => (amount, sigma) == (a, b),
            (Vignette { amount, start, softness, color }, Vignette { amount: a, start: b, softness: c, color: d }) => {
                (amount, start, softness, color) == (a, b, c, d)
            }
            (Grain { amount, size, seed }, Grain { amount: a, size: b, seed: c }) => (amount, size, seed) == (a, b, c),
            (CornerPin { offsets: a }, CornerPin { offsets: b }) => a == b,
            (Crop { sides: a }, Crop { sides: b }) => a == b,
            (Scroll { x, y, gap, window, along }, Scroll { x: a, y: b, gap: c, window: d, along: e }) => {
                (x, y, gap, window, along) == (a, b, c, d, e)
            }
            _ => false,
        }
    }
}

/// Pixels at a place: what filters work on.
#[derive(Clone, Debug)]
pub(crate) struct Sheet {
    /// Premultiplied, row by row.
    pub(crate) pixels: Vec<u32>,
    /// Left, top, right, bottom.
    pub(crate) rect: [i32; 4],
}

impl Sheet {
    /// A clear sheet.
    pub(crate) fn clear(rect: [i32; 4]) -> Self {
        let [left, top, right, bottom] = rect;
        let length = (right - left).max(0) as usize * (bottom - top).max(0) as usize;
        Self { pixels: vec![0; length], rect }
    }

    pub(crate) fn width(&self) -> usize {
        (self.rect[2] - self.rect[0]).max(0) as usize
    }

    pub(crate) fn height(&self) -> usize {
        (self.rect[3] - self.rect[1]).max(0) as usize
    }

    /// The pixel at a place; clear outside.
    pub(crate) fn at(&self, x: i32, y: i32) -> u32 {
        let [left, top, right, bottom] = self.rect;
        if x < left || y < top || x >= right || y >= bottom {
            return 0;
        }
        self.pixels[(y - top) as usize * self.width() + (x - left) as usize]
    }

    /// The same content in another rectangle: cut off, or with clear margins.
    pub(crate) fn fitted(self, rect: [i32; 4]) -> Self {
        if rect == self.rect {
            return self;
        }
        let mut fitted = Self::clear(rect);
        let (left, right) = (rect[0].max(self.rect[0]), rect[2].min(self.rect[2]));
        if left < right {
            let (width, own) = (fitted.width(), self.width());
            for y in rect[1].max(self.rect[1])..rect[3].min(self.rect[3]) {
                let to = (y - rect[1]) as usize * width + (left - rect[0]) as usize;
                let from = (y - self.rect[1]) as usize * own + (left - self.rect[0]) as usize;
                let length = (right - left) as usize;
                fitted.pixels[to..to + length].copy_from_slice(&self.pixels[from..from + length]);
            }
        }
        fitted
    }

    /// With clear margins of `by` pixels.
    pub(crate) fn grown(self, by: i32) -> Self {
        let [left, top, right, bottom] = self.rect;
        self.fitted([left - by, top - by, right + by, bottom + by])
    }
}

impl Filters {
    /// The rectangle that is covered after the filters, of the one that is covered before.
    pub(crate) fn extent(&self, mut rect: [f64; 4]) -> [f64; 4] {
        for filter in &self.chain {
            rect = filter.extent(rect, self.frame);
        }
        rect
    }

    /// The most pixels that a step of the chain covers.
    pub(crate) fn largest(&self, mut rect: [f64; 4]) -> f64 {
        let area = |[l, t, r, b]: [f64; 4]| (r - l).max(0.0) * (b - t).max(0.0);
        let mut largest = area(rect);
        for filter in &self.chain {
            rect = filter.extent(rect, self.frame);
            largest = largest.max(area(rect));
        }
        // Comparing with what is no number would be false.
        if largest.is_finite() { largest } else { f64::INFINITY }
    }

    /// How far at most pixels move, so that a part of a picture can be made from a part of a layer.
    pub(crate) fn reach(&self) -> f64 {
        self.chain.iter().map(Filter::reach).sum()
    }

    /// Whether a part of the result needs a part of the layer alone.
    pub(crate) fn is_local(&self) -> bool {
        !self.chain.iter().any(|filter| matches!(filter, Filter::CornerPin { .. } | Filter::Scroll { .. }))
    }

    /// Runs the chain.
    pub(crate) fn run(&self, simd: Level, mut sheet: Sheet) -> Sheet {
        for filter in &self.chain {
            sheet = filter.run(simd, sheet, self.frame);
        }
        sheet
    }
}

impl Filter {
    fn extent(&self, rect: [f64; 4], frame: [f64; 4]) -> [f64; 4] {
        let around = |by: f64| [rect[0] - by, rect[1] - by, rect[2] + by, rect[3] + by];
        match self {
            Self::Blur { sigma } | Self::Glow { sigma, .. } => around(blur::reach(*sigma)),
            Self::Outline { width, .. } => around(width + 1.0),
            Self::DropShadow { x, y, sigma, .. } => {
                let by = blur::reach(*sigma);
                [
                    rect[0].min(rect[0] + x - by),
                    rect[1].min(rect[1] + y - by),
                    rect[2].max(rect[2] + x + by),
                    rect[3].max(rect[3] + y + by),
                ]
            }
            Self::Displace { x, y, .. } => {
                let (x, y) = (x.abs() + 1.0, y.abs() + 1.0);
                [rect[0] - x, rect[1] - y, rect[2] + x, rect[3] + y]
            }
            Self::Pixelate { size } => around(*size),
            Self::Crop { sides } => warp::cropped(rect, frame, *sides),
            Self::CornerPin { offsets } => warp::pinned(rect, frame, *offsets),
            Self::Scroll { window, .. } => warp::window(frame, *window),
            _ => rect,
        }
    }

    fn reach(&self) -> f64 {
        match self {
            Self::Blur { sigma } | Self::Glow { sigma, .. } => blur::reach(*sigma),
            Self::Outline { width, .. } => width + 1.0,
            Self::DropShadow { x, y, sigma, .. } | Self::InnerShadow { x, y, sigma, .. } => {
                x.abs().max(y.abs()) + blur::reach(*sigma)
            }
            Self::Displace { x, y, .. } => x.abs().max(y.abs()) + 1.0,
            Self::Pixelate { size } => *size,
            Self::Sharpen { sigma, .. } => blur::reach(*sigma),
            _ => 0.0,
        }
    }

    fn run(&self, simd: Level, sheet: Sheet, frame: [f64; 4]) -> Sheet {
        match self {
            Self::Blur { sigma } => blur::blur(simd, sheet, *sigma),
            Self::DropShadow { x, y, sigma, color } => light::drop_shadow(simd, sheet, (*x, *y), *sigma, *color),
            Self::InnerShadow { x, y, sigma, color } => light::inner_shadow(simd, sheet, (*x, *y), *sigma, *color),
            Self::Glow { sigma, color, strength } => light::glow(simd, sheet, *sigma, *color, *strength),
            Self::Outline { width, color } => light::outline(sheet, *width, *color),
            Self::Matrix(matrix) => color::matrix(simd, sheet, matrix),
            Self::Gamma { gamma } => color::gamma(sheet, *gamma),
            Self::Lut { lut, amount } => color::look_up(sheet, lut, *amount),
            Self::ChromaKey { color, similarity, smoothness, spill } => {
                key::chroma(sheet, *color, *similarity, *smoothness, *spill)
            }
            Self::ColorKey { color, similarity, smoothness, spill } => {
                key::color(sheet, *color, *similarity, *smoothness, *spill)
            }
            Self::LumaKey { low, high, smoothness } => key::luma_key(sheet, *low, *high, *smoothness),
            Self::Pixelate { size } => warp::pixelate(sheet, *size, frame),
            Self::Sharpen { amount, sigma } => light::sharpen(simd, sheet, *amount, *sigma),
            Self::Vignette { amount, start, softness, color } => {
                light::vignette(sheet, *amount, *start, *softness, *color, frame)
            }
            Self::Grain { amount, size, seed } => light::grain(sheet, *amount, *size, *seed, frame),
            Self::Displace { map, x, y } => warp::displace(sheet, map, (*x, *y), frame),
            Self::CornerPin { offsets } => warp::corner_pin(sheet, *offsets, frame),
            Self::Crop { sides } => warp::crop(sheet, *sides, frame),
            Self::Scroll { x, y, gap, window, along } => warp::scroll(sheet, (*x, *y), *gap, *window, *along, frame),
        }
    }
}

/// The matrices of Filter Effects Level 1, section 10 (`brightness`, `contrast`, `saturate`,
/// `hue-rotate`, `grayscale`, `sepia`, `invert`).
impl Filter {
    /// Colours times `factor`.
    #[must_use]
    pub fn brightness(factor: f64) -> Self {
        Self::diagonal(factor, 0.0)
    }

    /// Colours moved away from middle grey by `factor`.
    #[must_use]
    pub fn contrast(factor: f64) -> Self {
        Self::diagonal(factor, 0.5 - 0.5 * factor)
    }

    /// Colours mixed with their inverse.
    #[must_use]
    pub fn invert(amount: f64) -> Self {
        Self::diagonal(1.0 - 2.0 * amount, amount)
    }

    fn diagonal(slope: f64, intercept: f64) -> Self {
        let (s, i) = (slope as f32, intercept as f32);
        Self::Matrix([
            s, 0.0, 0.0, 0.0, i, //
            0.0, s, 0.0, 0.0, i, //
            0.0, 0.0, s, 0.0, i, //
            0.0, 0.0, 0.0, 1.0, 0.0,
        ])
    }

    /// 0 is grey, 1 leaves colours as they are.
    #[must_use]
    pub fn saturation(s: f64) -> Self {
        Self::rows([
            [0.213 + 0.787 * s, 0.715 - 0.715 * s, 0.072 - 0.072 * s],
            [0.213 - 0.213 * s, 0.715 + 0.285 * s, 0.072 - 0.072 * s],
            [0.213 - 0.213 * s, 0.715 - 0.715 * s, 0.072 + 0.928 * s],
        ])
    }

    /// Hues turned by an angle.
    #[must_use]
    pub fn hue_degrees(degrees: f64) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self::rows([
            [0.213 + cos * 0.787 - sin * 0.213, 0.715 - cos * 0.715 - sin * 0.715, 0.072 - cos * 0.072 + sin * 0.928],
            [0.213 - cos * 0.213 + sin * 0.143, 0.715 + cos * 0.285 + sin * 0.140, 0.072 - cos * 0.072 - sin * 0.283],
            [0.213 - cos * 0.213 - sin * 0.787, 0.715 - cos * 0.715 + sin * 0.715, 0.072 + cos * 0.928 + sin * 0.072],
        ])
    }

    /// Mixed with sepia by `amount`.
    #[must_use]
    pub fn sepia(amount: f64) -> Self {
        let k = 1.0 - amount;
        Self::rows([
            [0.393 + 0.607 * k, 0.769 - 0.769 * k, 0.189 - 0.189 * k],
            [0.349 - 0.349 * k, 0.686 + 0.314 * k, 0.168 - 0.168 * k],
            [0.272 - 0.272 * k, 0.534 - 0.534 * k, 0.131 + 0.869 * k],
        ])
    }

    fn rows([r, g, b]: [[f64; 3]; 3]) -> Self {
        let mut matrix = [0.0; 20];
        for (i, row) in [r, g, b].iter().enumerate() {
            for (k, v) in row.iter().enumerate() {
                matrix[i * 5 + k] = *v as f32;
            }
        }
        matrix[18] = 1.0;
        Self::Matrix(matrix)
    }
}
