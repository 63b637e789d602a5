//! What a picture is made of.

use crate::affine::Affine;
use crate::filter::Filters;
use crate::mesh::Mesh;
use crate::video::VideoFrame;
use raster::Raster;
use scene::BlendMode;
use std::sync::Arc;

/// A picture, as things to draw from bottom to top.
#[derive(Clone, Debug)]
pub struct DisplayList {
    /// Opaque red, green, blue where nothing is drawn.
    pub background: [u8; 3],
    /// Bottom to top.
    pub items: Vec<DrawItem>,
}

/// Something at its place. It is made in this order, which is that of CSS: content, filters, masks,
/// opacity, blending with what is below.
#[derive(Clone, Debug)]
pub struct DrawItem {
    /// What is drawn.
    pub content: Content,
    /// From the content's space to that of the parent: the group, or the picture.
    pub transform: Affine,
    /// 0 (nothing) to 255 (all).
    pub opacity: u8,
    /// How its colours meet those below.
    pub blend: BlendMode,
    /// What of it is seen: all masks multiplied.
    pub masks: Vec<Mask>,
    /// What is done to it before it is placed.
    pub filters: Option<Arc<Filters>>,
}

/// What an item draws.
#[derive(Clone, Debug)]
pub enum Content {
    /// Pixels; the space is that of the raster's full resolution.
    Raster(Arc<Raster>, Sampling),
    /// Textured triangles.
    Mesh(Arc<Mesh>),
    /// A video frame; the space is its pixels.
    Video(Arc<VideoFrame>),
    /// Other items.
    Group(Arc<Group>),
}

/// How pixels between texels are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sampling {
    /// Bilinear, from the nearest of the halved resolutions where it is shrunk.
    #[default]
    Smooth,
    /// The nearest texel: for pixel art.
    Nearest,
}

/// Items that are composited as one.
#[derive(Clone, Debug)]
pub struct Group {
    /// Bottom to top, in the group's space.
    pub items: Vec<DrawItem>,
    /// Whether the items blend with each other alone, on a clear ground.
    pub isolated: bool,
    /// Whether each item meets what was below the group instead of the items before it.
    pub knockout: bool,
}

/// What lets an item be seen.
#[derive(Clone, Debug)]
pub struct Mask {
    /// Where it lets through.
    pub shape: MaskShape,
    /// Whether what is outside is seen instead.
    pub inverted: bool,
}

/// The kinds of mask, in the space of the masked item's parent.
#[derive(Clone, Debug)]
pub enum MaskShape {
    /// A rectangle (left, top, right, bottom) with smooth edges.
    Rect([f64; 4]),
    /// The alpha of an item.
    Alpha(Arc<DrawItem>),
    /// The luminance of an item: `0.2125 R + 0.7154 G + 0.0721 B` of its premultiplied colours
    /// (CSS Masking Level 1, section 7.10.1).
    Luminance(Arc<DrawItem>),
}

impl DrawItem {
    /// Content at a place, all of it seen.
    #[must_use]
    pub fn new(content: Content, transform: Affine) -> Self {
        Self { content, transform, opacity: 255, blend: BlendMode::Normal, masks: Vec::new(), filters: None }
    }

    /// A raster at a place.
    #[must_use]
    pub fn raster(raster: Arc<Raster>, transform: Affine) -> Self {
        Self::new(Content::Raster(raster, Sampling::Smooth), transform)
    }

    /// Whether both draw the same pixels at the same place.
    pub(crate) fn draws_like(&self, other: &Self) -> bool {
        self.opacity == other.opacity
            && self.blend == other.blend
            && self.transform == other.transform
            && self.content.is_like(&other.content)
            && self.filters == other.filters
            && masks_alike(&self.masks, &other.masks)
    }

    /// Whether both are groups that differ in their items alone, so that what changed is what
    /// changed in them.
    pub(crate) fn groups_alike<'a>(&'a self, other: &'a Self) -> Option<(&'a Group, &'a Group)> {
        match (&self.content, &other.content) {
            (Content::Group(a), Content::Group(b))
                if a.isolated == b.isolated
                    && a.knockout == b.knockout
                    && self.opacity == other.opacity
                    && self.blend == other.blend
                    && self.transform == other.transform
                    && self.filters.is_none()
                    && other.filters.is_none()
                    && masks_alike(&self.masks, &other.masks) =>
            {
                Some((a, b))
            }
            _ => None,
        }
    }

    /// The pixels that it may touch: left, top, right, bottom (right and bottom excluded), inside
    /// of `limit`, where `map` leads from the parent's space to pixels.
    pub(crate) fn bounds(&self, map: Affine, limit: [i32; 4]) -> [i32; 4] {
        let Some(extent) = self.extent(map) else { return [limit[0], limit[1], limit[0], limit[1]] };
        let mut bounds = pixels_of(map.extent(extent), limit);
        for mask in self.masks.iter().filter(|mask| !mask.inverted) {
            let seen = match &mask.shape {
                MaskShape::Rect(rect) => pixels_of(map.extent(*rect), limit),
                MaskShape::Alpha(item) | MaskShape::Luminance(item) => item.bounds(map, limit),
            };
            bounds = intersect(bounds, seen);
        }
        bounds
    }
}

impl DrawItem {
    /// The rectangle that it may touch in the parent's space, but for masks, where `map` leads from
    /// there to pixels.
    fn extent(&self, map: Affine) -> Option<[f64; 4]> {
        let to_pixels = self.transform.then(map);
        let extent = self.content.extent(to_pixels)?;
        let Some(filters) = &self.filters else { return Some(self.transform.extent(extent)) };
        // Filters act on unturned pixels as large as those of the picture.
        let (sx, sy) = to_pixels.scale_factors();
        if sx <= 0.0 || sy <= 0.0 {
            return None;
        }
        let [l, t, r, b] = filters.extent([extent[0] * sx, extent[1] * sy, extent[2] * sx, extent[3] * sy]);
        // A pixel around it is the sampler's.
        Some(self.transform.extent([(l - 1.0) / sx, (t - 1.0) / sy, (r + 1.0) / sx, (b + 1.0) / sy]))
    }
}

impl Content {
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Raster(a, s), Self::Raster(b, t)) => a.version() == b.version() && s == t,
            (Self::Mesh(a), Self::Mesh(b)) => Arc::ptr_eq(a, b) || a == b,
            (Self::Video(a), Self::Video(b)) => Arc::ptr_eq(a, b),
            (Self::Group(a), Self::Group(b)) => Arc::ptr_eq(a, b) || a.is_like(b),
            _ => false,
        }
    }

    /// The rectangle that it fills in its own space, smooth edges included; `None` where it is empty.
    /// `map` leads from there to pixels: filters of inner items reach so many of those.
    pub(crate) fn extent(&self, map: Affine) -> Option<[f64; 4]> {
        match self {
            // Half a texel of smooth edge lies outside; where it is enlarged, that is many pixels.
            Self::Raster(raster, sampling) => {
                let soft = if *sampling == Sampling::Smooth { 0.5 } else { 0.0 };
                let (w, h) = (f64::from(raster.base().width()), f64::from(raster.base().height()));
                Some([-soft, -soft, w + soft, h + soft])
            }
            Self::Mesh(mesh) => {
                // Outlines reach half a pixel out, and a pixel and a half at sharp corners.
                let (sx, sy) = map.scale_factors();
                let (x, y) = (1.5 / sx.max(1e-6), 1.5 / sy.max(1e-6));
                let [l, t, r, b] = mesh.extent();
                Some([l - x, t - y, r + x, b + y])
            }
            Self::Video(video) => Some([-0.5, -0.5, f64::from(video.width()) + 0.5, f64::from(video.height()) + 0.5]),
            Self::Group(group) => group
                .items
                .iter()
                .filter_map(|item| item.extent(map))
                .reduce(|a, b| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]),
        }
    }
}

impl Group {
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.isolated == other.isolated
            && self.knockout == other.knockout
            && self.items.len() == other.items.len()
            && self.items.iter().zip(&other.items).all(|(a, b)| a.draws_like(b))
    }
}

fn masks_alike(a: &[Mask], b: &[Mask]) -> bool {
    a.len() == b.len()
        && a.iter().zip(b).all(|(a, b)| {
            a.inverted == b.inverted
                && match (&a.shape, &b.shape) {
                    (MaskShape::Rect(a), MaskShape::Rect(b)) => a == b,
                    (MaskShape::Alpha(a), MaskShape::Alpha(b)) | (MaskShape::Luminance(a), MaskShape::Luminance(b)) => {
                        Arc::ptr_eq(a, b) || a.draws_like(b)
                    }
                    _ => false,
                }
        })
}

/// The pixels that a rectangle touches, and one around it.
fn pixels_of([left, top, right, bottom]: [f64; 4], limit: [i32; 4]) -> [i32; 4] {
    // What is no number touches nothing.
    if !(left <= right && top <= bottom) {
        return [limit[0], limit[1], limit[0], limit[1]];
    }
    let clamp = |v: f64, min: i32, max: i32| v.clamp(f64::from(min), f64::from(max.max(min))) as i32;
    [
        clamp((left - 1.0).floor(), limit[0], limit[2]),
        clamp((top - 1.0).floor(), limit[1], limit[3]),
        clamp((right + 1.0).ceil(), limit[0], limit[2]),
        clamp((bottom + 1.0).ceil(), limit[1], limit[3]),
    ]
}

/// What two rectangles share; empty ones have no width or height.
pub(crate) fn intersect(a: [i32; 4], b: [i32; 4]) -> [i32; 4] {
    let (left, top) = (a[0].max(b[0]), a[1].max(b[1]));
    [left, top, a[2].min(b[2]).max(left), a[3].min(b[3]).max(top)]
}

/// Whether a rectangle holds no pixel.
pub(crate) fn is_empty([left, top, right, bottom]: [i32; 4]) -> bool {
    left >= right || top >= bottom
}
