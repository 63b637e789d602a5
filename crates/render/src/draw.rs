//! Drawing a display list: which layers are made, and how they come together.
//!
//! What is drawn is said once, here; a [`Canvas`] makes pixels of it, on the CPU or on a graphics
//! card. Every pixel that is drawn depends on its own place and the list alone, never on the
//! rectangle it is drawn in: that is what makes a partial redraw equal a full one.

use crate::affine::Affine;
use crate::list::{Content, DisplayList, DrawItem, Group, Mask, MaskShape, Sampling, intersect, is_empty};
use crate::sample;
use crate::surface::Surfaces;
use raster::Raster;
use scene::BlendMode;
use std::sync::Arc;

/// A stack of layers of pixels. The lowest is the picture; each higher one lies inside of the one
/// below it. Whatever draws, draws on the highest; what takes layers together takes them off the top.
pub(crate) trait Canvas {
    /// The rectangle of the highest layer.
    fn rect(&self) -> [i32; 4];
    /// Lays a raster over the part of the layer that lies in `rect`.
    fn raster(&mut self, raster: &Arc<Raster>, sampling: Sampling, transform: Affine, opacity: u32, rect: [i32; 4]);
    /// Lays meshes, from bottom to top, over the part of the layer that lies in `rect`. `clear` says
    /// that the layer is clear there: they may then be drawn from front to back.
    fn meshes(&mut self, meshes: &[DrawItem], map: Affine, rect: [i32; 4], clear: bool);
    /// How much of each pixel lies in `bounds`, as white of that alpha. The layer is clear.
    fn fill_rect(&mut self, map: Affine, bounds: [f64; 4]);
    /// Puts another layer on top.
    fn push(&mut self, rect: [i32; 4], ground: Ground);
    /// Lays the highest layer, `opacity` of it, on the next.
    fn lay(&mut self, mode: BlendMode, opacity: u32);
    /// Multiplies the second layer by the alpha or the luminance of the highest, or what they lack.
    fn multiply(&mut self, luminance: bool, inverted: bool);
    /// From the top: a mask M, a result R, and the ground D that R was drawn on. Leaves D + M (R - D).
    fn mix(&mut self);
    /// From the top: a group's own colours (of which the alpha counts), a mask M, a result R, and the
    /// ground D that R was drawn on. Leaves D with the group's colour, masked by M, laid on it.
    fn lay_result(&mut self, mode: BlendMode);
    /// From the top: an item S, and what was drawn before it. Takes away of that as much as S covers,
    /// and puts in its place S laid on the ground: the third layer, or nothing where that is `None`.
    fn replace(&mut self, mode: BlendMode, opacity: u32, ground: Option<Below>);
}

/// What a new layer begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Nothing.
    Clear,
    /// What the layer below has there.
    Copy,
    /// White of this alpha.
    White(u8),
}

/// The layer below the one that an item is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Below;

/// Draws items on a canvas.
pub(crate) struct Drawing<'a, C> {
    pub(crate) canvas: &'a mut C,
    /// Items that filters have been run on.
    pub(crate) surfaces: &'a Surfaces,
}

impl<C: Canvas> Drawing<'_, C> {
    /// Lays items over the highest layer, from bottom to top.
    pub(crate) fn draw_items(&mut self, items: &[DrawItem], map: Affine) {
        for item in items {
            self.draw_item(item, map);
        }
    }

    pub(crate) fn draw_item(&mut self, item: &DrawItem, map: Affine) {
        if item.opacity == 0 {
            return;
        }
        let mut rect = item.bounds(map, self.canvas.rect());
        // What masks cut off along whole pixels is not drawn at all.
        let mut soft = false;
        for mask in &item.masks {
            match sharp_rect(mask, map) {
                Some(sharp) => rect = intersect(rect, sharp),
                None => soft = true,
            }
        }
        if is_empty(rect) {
            return;
        }
        if !soft && item.blend == BlendMode::Normal && self.draw_directly(item, map, rect) {
            return;
        }
        match (&item.content, &item.filters) {
            (Content::Group(group), None) if !group.isolated => self.draw_onto(item, group, map, rect),
            _ => {
                self.canvas.push(rect, Ground::Clear);
                self.draw_content(item, map);
                self.apply_masks(&item.masks, map);
                self.canvas.lay(item.blend, u32::from(item.opacity));
            }
        }
    }

    /// Draws what needs no layer of its own; false where it does.
    fn draw_directly(&mut self, item: &DrawItem, map: Affine, rect: [i32; 4]) -> bool {
        let transform = item.transform.then(map);
        let opacity = u32::from(item.opacity);
        if item.filters.is_some() {
            self.draw_surface(item, map, opacity, rect);
            return true;
        }
        match &item.content {
            Content::Raster(raster, sampling) => {
                self.canvas.raster(raster, *sampling, transform, opacity, rect);
                true
            }
            Content::Video(video) => {
                self.canvas.raster(video.raster(), Sampling::Smooth, transform, opacity, rect);
                true
            }
            Content::Mesh(_) if opacity == 255 => {
                self.canvas.meshes(std::slice::from_ref(item), map, rect, false);
                true
            }
            Content::Group(group) if opacity == 255 && !group.isolated && !group.knockout && item.masks.is_empty() => {
                self.draw_items(&group.items, transform);
                true
            }
            _ => false,
        }
    }

    /// Draws what an item's filters have made of it.
    fn draw_surface(&mut self, item: &DrawItem, map: Affine, opacity: u32, rect: [i32; 4]) {
        if let Some((surface, place)) = item.filters.as_ref().and_then(|f| self.surfaces.find(item, f, map)) {
            self.canvas.raster(surface, Sampling::Smooth, place, opacity, rect);
        }
    }

    /// Draws an item's content on a clear layer, all of it seen.
    pub(crate) fn draw_content(&mut self, item: &DrawItem, map: Affine) {
        let rect = self.canvas.rect();
        let inner = item.transform.then(map);
        match &item.content {
            _ if item.filters.is_some() => self.draw_surface(item, map, 255, rect),
            Content::Group(group) if group.knockout => self.knock_out(&group.items, inner, None),
            Content::Group(group) if group.items.iter().all(is_plain_mesh) => {
                self.canvas.meshes(&group.items, inner, rect, true);
            }
            Content::Group(group) => self.draw_items(&group.items, inner),
            Content::Mesh(_) => self.canvas.meshes(std::slice::from_ref(item), map, rect, false),
            Content::Raster(raster, sampling) => self.canvas.raster(raster, *sampling, inner, 255, rect),
            Content::Video(video) => self.canvas.raster(video.raster(), Sampling::Smooth, inner, 255, rect),
        }
    }

    /// A group whose items meet what is below it. With R the result of drawing them onto a copy of
    /// the ground D, k the opacity and m the masks, normal blending of the group gives
    /// `D + k m (R - D)`: the backdrop, which a non-isolated group's colour leaves out (Compositing
    /// Level 1, section 3.3), cancels. Another blend mode meets that colour, which is found again
    /// from the group's alpha.
    fn draw_onto(&mut self, item: &DrawItem, group: &Group, map: Affine, rect: [i32; 4]) {
        let inner = item.transform.then(map);
        self.canvas.push(rect, Ground::Copy);
        if group.knockout {
            self.knock_out(&group.items, inner, Some(Below));
        } else {
            self.draw_items(&group.items, inner);
        }
        self.canvas.push(rect, Ground::White(item.opacity));
        self.apply_masks(&item.masks, map);
        if item.blend == BlendMode::Normal {
            self.canvas.mix();
        } else {
            // The group's alpha is the union of its items', whatever their modes.
            self.canvas.push(rect, Ground::Clear);
            self.draw_content(&DrawItem::new(Content::Group(shape_of(group).into()), item.transform), map);
            self.canvas.lay_result(item.blend);
        }
    }

    /// Draws items that meet `ground`, and not each other: where one lies, what the items below it
    /// left is taken away, as far as its shape covers the pixel.
    fn knock_out(&mut self, items: &[DrawItem], map: Affine, ground: Option<Below>) {
        for item in items.iter().filter(|item| item.opacity > 0) {
            let rect = item.bounds(map, self.canvas.rect());
            if !is_empty(rect) {
                self.canvas.push(rect, Ground::Clear);
                self.draw_content(item, map);
                self.apply_masks(&item.masks, map);
                self.canvas.replace(item.blend, u32::from(item.opacity), ground);
            }
        }
    }

    /// Multiplies the highest layer by masks.
    fn apply_masks(&mut self, masks: &[Mask], map: Affine) {
        let rect = self.canvas.rect();
        for mask in masks {
            if sharp_rect(mask, map).is_some_and(|sharp| intersect(sharp, rect) == rect) {
                continue;
            }
            self.canvas.push(rect, Ground::Clear);
            match &mask.shape {
                MaskShape::Rect(bounds) => self.canvas.fill_rect(map, *bounds),
                MaskShape::Alpha(item) | MaskShape::Luminance(item) => self.draw_item(item, map),
            }
            self.canvas.multiply(matches!(mask.shape, MaskShape::Luminance(_)), mask.inverted);
        }
    }
}

/// The highest of the items from `from` on that hides all below it in `rect`; `bounds` are those of
/// all items.
pub(crate) fn hiding(list: &DisplayList, from: usize, bounds: &[[i32; 4]], rect: [i32; 4]) -> Option<usize> {
    (from..list.items.len())
        .rev()
        .find(|i| !is_empty(intersect(bounds[*i], rect)) && hides(&list.items[*i], Affine::IDENTITY, rect))
}

/// A group of the same alpha whose items are simply laid over each other: blending does not change
/// alpha (but for `plus-lighter`), and groups in groups are not to be drawn twice each.
fn shape_of(group: &Group) -> Group {
    let plain = |item: &DrawItem| {
        let content = match &item.content {
            Content::Group(inner) => Content::Group(Arc::new(shape_of(inner))),
            other => other.clone(),
        };
        let blend = if item.blend == BlendMode::PlusLighter { item.blend } else { BlendMode::Normal };
        DrawItem { content, blend, ..item.clone() }
    };
    // What has filters is found by its content: it stays as it is.
    let items = group.items.iter().map(|i| if i.filters.is_some() { i.clone() } else { plain(i) }).collect();
    Group { items, isolated: true, knockout: group.knockout }
}

/// Whether an item is a mesh that is laid as it is.
fn is_plain_mesh(item: &DrawItem) -> bool {
    matches!(item.content, Content::Mesh(_))
        && item.opacity == 255
        && item.blend == BlendMode::Normal
        && item.masks.is_empty()
        && item.filters.is_none()
}

/// Whether an item covers all of `rect` with opaque pixels.
fn hides(item: &DrawItem, map: Affine, rect: [i32; 4]) -> bool {
    if item.opacity != 255 || item.blend != BlendMode::Normal || !item.masks.is_empty() || item.filters.is_some() {
        return false;
    }
    let transform = item.transform.then(map);
    match &item.content {
        Content::Raster(raster, sampling) => sample::hides(raster, *sampling, transform, rect),
        Content::Video(video) => sample::hides(video.raster(), Sampling::Smooth, transform, rect),
        Content::Group(group) if !group.knockout => group.items.iter().any(|item| hides(item, transform, rect)),
        _ => false,
    }
}

/// The pixels that a mask lets through, where it is a rectangle along whole pixels.
fn sharp_rect(mask: &Mask, map: Affine) -> Option<[i32; 4]> {
    match mask.shape {
        MaskShape::Rect(rect) if !mask.inverted && map.b == 0.0 && map.c == 0.0 => {
            let mapped = map.extent(rect);
            let whole = mapped.iter().all(|v| v.fract() == 0.0 && v.abs() < 1e9);
            whole.then(|| mapped.map(|v| v as i32))
        }
        _ => None,
    }
}
