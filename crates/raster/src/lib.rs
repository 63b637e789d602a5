//! Everything that can be drawn, as pixels.
//!
//! This crate turns sources (text, shapes, SVG, decoded images) into [`Raster`]s: immutable,
//! premultiplied, with a version that no other raster of the process shares. It is the only owner
//! of fonts and glyphs, and of the cache of what it has made. It promises:
//!
//! - **A raster never changes.** Whoever holds one may compare versions to know that a picture is
//!   the same; damage tracking rests on it.
//! - **Bounded.** No raster is larger than [`MAX_SIDE`] by [`MAX_SIDE`] or [`MAX_PIXELS`]; the
//!   cache keeps to a budget in bytes, but for what the current frame draws.
//! - **Determinism.** The same source at the same scale gives the same pixels, with the same fonts.
//!
//! It must not know layers, frames, or where bytes come from.
#![forbid(unsafe_code)]

mod blur;
mod fonts;
mod image;
mod lottie;
mod lut;
mod raster;
mod shape;
mod studio;
mod svg;
mod text;

pub use fonts::Fonts;
pub use image::{Bitmap, ImageAsset};
pub use lottie::Lottie;
pub use lut::{Lut, LutError, MAX_LUT_SIDE};
pub use raster::{Level, Raster};
pub use studio::Studio;
pub use svg::Svg;

/// The longest side of a raster in pixels.
pub const MAX_SIDE: u32 = 16_384;
/// The most pixels in a raster: 128 MiB of RGBA.
pub const MAX_PIXELS: u64 = 32 * 1024 * 1024;

/// Why something cannot be drawn.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RasterError {
    /// The font family is neither bundled nor installed.
    #[error("the font family \"{0}\" is neither bundled nor installed; leave fontFamily out for the bundled one")]
    UnknownFont(String),
    /// The font file cannot be used.
    #[error("the font cannot be used: {0}")]
    Font(String),
    /// It would need too many pixels.
    #[error("{what} would be {width} x {height} pixels; at most {MAX_SIDE} a side and {MAX_PIXELS} in all are allowed")]
    TooLarge {
        /// What was to be drawn.
        what: &'static str,
        /// Pixels across.
        width: u64,
        /// Pixels down.
        height: u64,
    },
    /// A line has too many dashes.
    #[error("the line would have more than {0} dashes: make them longer or the path shorter")]
    TooManyDashes(u32),
    /// The SVG is broken or not allowed.
    #[error("the SVG cannot be used: {0}")]
    Svg(String),
    /// The Lottie animation is broken or not allowed.
    #[error("the Lottie animation cannot be used: {0}")]
    Lottie(String),
}

/// Refuses a size that is over the limits.
fn check_size(what: &'static str, width: f64, height: f64) -> Result<(u32, u32), RasterError> {
    let (w, h) = (width.ceil().max(1.0) as u64, height.ceil().max(1.0) as u64);
    if w > u64::from(MAX_SIDE) || h > u64::from(MAX_SIDE) || w * h > MAX_PIXELS {
        return Err(RasterError::TooLarge { what, width: w, height: h });
    }
    Ok((w as u32, h as u32))
}
