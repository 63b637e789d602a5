//! What a picture is made of.

use crate::affine::Affine;
use raster::Raster;
use std::sync::Arc;

/// A picture, as things to draw from bottom to top.
#[derive(Clone, Debug)]
pub struct DisplayList {
    /// Opaque red, green, blue where nothing is drawn.
    pub background: [u8; 3],
    /// Bottom to top.
    pub items: Vec<DrawItem>,
}

/// A raster at its place.
#[derive(Clone, Debug)]
pub struct DrawItem {
    /// Its pixels.
    pub raster: Arc<Raster>,
    /// From pixels of the raster's full resolution to pixels of the picture.
    pub transform: Affine,
    /// 0 (nothing) to 255 (all).
    pub opacity: u8,
}

impl DrawItem {
    /// Whether both draw the same pixels at the same place.
    pub(crate) fn draws_like(&self, other: &Self) -> bool {
        self.raster.version() == other.raster.version()
            && self.transform == other.transform
            && self.opacity == other.opacity
    }

    /// The pixels that it may touch: left, top, right, bottom (right and bottom excluded), inside a
    /// picture of `width` x `height`.
    pub(crate) fn bounds(&self, width: u32, height: u32) -> [u32; 4] {
        let (w, h) = (f64::from(self.raster.base().width()), f64::from(self.raster.base().height()));
        let corners = [(0.0, 0.0), (w, 0.0), (0.0, h), (w, h)].map(|c| self.transform.apply(c));
        let (mut left, mut top, mut right, mut bottom) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
        for (x, y) in corners {
            (left, right) = (left.min(x), right.max(x));
            (top, bottom) = (top.min(y), bottom.max(y));
        }
        // Half a texel of soft edge lies outside of the raster; where it is enlarged, that is more
        // than a pixel.
        let (sx, sy) = self.transform.scale_factors();
        let soft = sx.max(sy).max(1.0) * 0.5 + 1.0;
        let clamp = |v: f64, max: u32| v.clamp(0.0, f64::from(max)) as u32;
        [
            clamp((left - soft).floor(), width),
            clamp((top - soft).floor(), height),
            clamp((right + soft).ceil(), width),
            clamp((bottom + soft).ceil(), height),
        ]
    }
}
