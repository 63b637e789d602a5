//! From a list of things to draw to a picture that an encoder takes.
//!
//! A [`DisplayList`] says what the picture is, from bottom to top; a [`Renderer`] makes it an I420
//! picture and says which part of it changed ([`Damage`]). The promises:
//!
//! - **Damage is complete.** After [`Renderer::render`], the picture is what drawing the whole list
//!   anew would give, bit for bit, though only what changed since the last list was touched. Proof:
//!   an item's pixels depend on nothing but the item, so outside of the bounds of items that differ
//!   between the two lists every pixel has the same stack of the same items; inside of them all
//!   items are drawn again, from the background up, on whole tiles.
//! - **Exact.** All arithmetic is in integers, so every SIMD level gives the same pixels.
//!
//! The pixel contract: gamma-space sRGB, premultiplied, 8 bits; division by 255 rounded to nearest;
//! pixel centres at +0.5; bilinear with weights of 8 bits; clear outside of a raster. I420 is
//! BT.709, limited range, chroma from the mean of 2x2 pixels (sited in their middle).
//!
//! It must not know where pixels come from, nor why a list changed.
#![forbid(unsafe_code)]

mod affine;
mod blend;
mod brush;
mod convert;
mod cpu;
mod damage;
mod draw;
mod filter;
#[cfg(feature = "gpu")]
mod gpu;
mod kernel;
mod list;
mod mesh;
mod patch;
mod picture;
pub mod reference;
mod sample;
mod surface;
mod video;
mod wide;

pub use affine::Affine;
pub use brush::{Painter, paint, paint_with};
pub use cpu::{CpuRenderer, Timings};
pub use damage::{BAND, Damage, TILE};
pub use fearless_simd::Level as SimdLevel;
pub use filter::{Filter, Filters};
#[cfg(feature = "gpu")]
pub use gpu::{GpuError, GpuInfo, GpuLimits, GpuRenderer};
pub use list::{Content, DisplayList, DrawItem, Group, Mask, MaskShape, Sampling};
pub use mesh::{Mesh, MeshError, Topology, Vertex};
pub use picture::Picture;
pub use scene::BlendMode;
pub use video::VideoFrame;

/// A back end: takes display lists, keeps the picture.
pub trait Renderer: Send {
    /// Makes the picture what `list` says; tells which part of it changed.
    fn render(&mut self, list: DisplayList) -> &Damage;

    /// The picture that was made last.
    fn picture(&self) -> &Picture;
}

#[cfg(test)]
mod tests;
