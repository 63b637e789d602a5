//! Drawing a display list into a rectangle of pixels.
//!
//! Every pixel that is drawn depends on its own place and the list alone, never on the rectangle it
//! is drawn in: that is what makes a partial redraw equal a full one.

use crate::affine::Affine;
use crate::blend::{blend_pixel, blend_row};
use crate::kernel;
use crate::list::{Content, DisplayList, DrawItem, Group, Mask, MaskShape, Sampling, intersect, is_empty};
use crate::patch::{Patch, Scratch};
use crate::sample;
use crate::surface::Surfaces;
use fearless_simd::{Level, Simd, dispatch};
use scene::BlendMode;
use std::sync::Arc;

/// What drawing needs beside the pixels.
pub(crate) struct Brush<'a> {
    pub(crate) simd: Level,
    pub(crate) scratch: &'a mut Scratch,
    /// Items that filters have been run on.
    pub(crate) surfaces: &'a Surfaces,
}

/// The whole picture as opaque RGBA bytes, drawn anew: for stills.
#[must_use]
pub fn paint(list: &DisplayList, width: u32, height: u32) -> Vec<u8> {
    paint_with(Level::new(), list, width, height)
}

/// The same on a given instruction set; the pixels do not depend on it.
#[must_use]
pub fn paint_with(simd: Level, list: &DisplayList, width: u32, height: u32) -> Vec<u8> {
    let [r, g, b] = list.background;
    let mut pixels = vec![u32::from_le_bytes([r, g, b, 255]); width as usize * height as usize];
    Painter::new(simd).draw(&list.items, &mut pixels, width, height);
    bytemuck::cast_slice(&pixels).to_vec()
}

/// Draws items over pixels that somebody else has, and keeps what it needs for the next time.
pub struct Painter {
    simd: Level,
    scratch: Scratch,
    surfaces: Surfaces,
}

impl Painter {
    /// A painter that uses a given instruction set.
    #[must_use]
    pub fn new(simd: Level) -> Self {
        Self { simd, scratch: Scratch::default(), surfaces: Surfaces::default() }
    }

    /// Lays items over a picture of `width` x `height` premultiplied pixels (red in the lowest byte).
    ///
    /// # Panics
    /// Where there are not `width * height` pixels.
    pub fn draw(&mut self, items: &[DrawItem], pixels: &mut [u32], width: u32, height: u32) {
        assert_eq!(pixels.len(), width as usize * height as usize, "a picture's pixels fit its size");
        let rect = [0, 0, width as i32, height as i32];
        self.surfaces.prepare(self.simd, items, Affine::IDENTITY, rect, &mut self.scratch);
        let mut brush = Brush { simd: self.simd, scratch: &mut self.scratch, surfaces: &self.surfaces };
        brush.draw_items(items, Affine::IDENTITY, &mut Patch::new(pixels, rect));
    }
}

impl Brush<'_> {
    /// Draws the items from `from` on, those below which are in `patch` already; `bounds` are those
    /// of all items.
    pub(crate) fn draw_seen(&mut self, list: &DisplayList, from: usize, bounds: &[[i32; 4]], patch: &mut Patch<'_>) {
        let rect = patch.rect();
        let seen = |index: usize| !is_empty(intersect(bounds[index], rect));
        // Nothing below an item that hides the whole patch can be seen.
        let hiding = (from..list.items.len())
            .rev()
            .find(|index| seen(*index) && hides(&list.items[*index], Affine::IDENTITY, rect));
        if hiding.is_none() && from == 0 {
            let [r, g, b] = list.background;
            patch.pixels.fill(u32::from_le_bytes([r, g, b, 255]));
        }
        for index in hiding.unwrap_or(from)..list.items.len() {
            if seen(index) {
                self.draw_item(&list.items[index], Affine::IDENTITY, patch);
            }
        }
    }

    /// Lays items over what is in `patch`, from bottom to top.
    pub(crate) fn draw_items(&mut self, items: &[DrawItem], map: Affine, patch: &mut Patch<'_>) {
        for item in items {
            self.draw_item(item, map, patch);
        }
    }

    fn draw_item(&mut self, item: &DrawItem, map: Affine, patch: &mut Patch<'_>) {
        if item.opacity == 0 {
            return;
        }
        let mut rect = item.bounds(map, patch.rect());
        if is_empty(rect) {
            return;
        }
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
        if !soft && item.blend == BlendMode::Normal && self.draw_directly(item, map, rect, patch) {
            return;
        }
        let mut pixels = self.scratch.layer(rect);
        let mut layer = Patch::new(&mut pixels, rect);
        match (&item.content, &item.filters) {
            (Content::Group(group), None) if !group.isolated => self.draw_onto(item, group, map, patch, &mut layer),
            _ => {
                self.draw_content(item, map, &mut layer);
                self.apply_masks(&item.masks, map, &mut layer);
                let (mode, opacity) = (item.blend, u32::from(item.opacity));
                dispatch!(self.simd, s => lay(s, mode, opacity, &layer, patch));
            }
        }
        self.scratch.give_back(pixels);
    }

    /// Draws what needs no layer of its own; false where it does.
    fn draw_directly(&mut self, item: &DrawItem, map: Affine, rect: [i32; 4], patch: &mut Patch<'_>) -> bool {
        let transform = item.transform.then(map);
        let opacity = u32::from(item.opacity);
        if let Some(filters) = &item.filters {
            if let Some((surface, place)) = self.surfaces.find(item, filters, map) {
                let surface = (&**surface, Sampling::Smooth);
                sample::draw_raster(self.simd, surface, place, opacity, rect, patch, self.scratch);
            }
            return true;
        }
        match &item.content {
            Content::Raster(raster, sampling) => {
                sample::draw_raster(self.simd, (raster, *sampling), transform, opacity, rect, patch, self.scratch);
                true
            }
            Content::Video(video) => {
                let raster = (&**video.raster(), Sampling::Smooth);
                sample::draw_raster(self.simd, raster, transform, opacity, rect, patch, self.scratch);
                true
            }
            Content::Mesh(mesh) if opacity == 255 => {
                mesh.draw(self.simd, transform, rect, false, patch);
                true
            }
            Content::Group(group) if opacity == 255 && !group.isolated && !group.knockout && item.masks.is_empty() => {
                self.draw_items(&group.items, transform, patch);
                true
            }
            _ => false,
        }
    }

    /// Draws an item's content on a clear layer, all of it seen.
    pub(crate) fn draw_content(&mut self, item: &DrawItem, map: Affine, layer: &mut Patch<'_>) {
        let rect = layer.rect();
        match (&item.content, &item.filters) {
            (Content::Group(group), None) => {
                let map = item.transform.then(map);
                if group.knockout {
                    let ground = self.scratch.layer(rect);
                    self.knock_out(&group.items, map, &ground, layer);
                    self.scratch.give_back(ground);
                } else if group.items.iter().all(is_plain_mesh) {
                    self.draw_figure(&group.items, map, layer);
                } else {
                    self.draw_items(&group.items, map, layer);
                }
            }
            (Content::Mesh(mesh), None) => mesh.draw(self.simd, item.transform.then(map), rect, false, layer),
            _ => {
                let seen = DrawItem { opacity: 255, masks: Vec::new(), ..item.clone() };
                self.draw_directly(&seen, map, rect, layer);
            }
        }
    }

    /// Meshes on a clear ground, from front to back.
    fn draw_figure(&mut self, meshes: &[DrawItem], map: Affine, layer: &mut Patch<'_>) {
        for item in meshes.iter().rev() {
            let rect = item.bounds(map, layer.rect());
            if let (Content::Mesh(mesh), false) = (&item.content, is_empty(rect)) {
                mesh.draw(self.simd, item.transform.then(map), rect, true, layer);
            }
        }
    }

    /// A group whose items meet what is below it. With R the result of drawing them onto a copy of
    /// the ground D, k the opacity and m the masks, normal blending of the group gives
    /// `D + k m (R - D)`: the backdrop, which a non-isolated group's colour leaves out (Compositing
    /// Level 1, section 3.3), cancels. Another blend mode meets that colour, which is found again
    /// from the group's alpha.
    fn draw_onto(&mut self, item: &DrawItem, group: &Group, map: Affine, patch: &mut Patch<'_>, layer: &mut Patch<'_>) {
        let rect = layer.rect();
        let inner = item.transform.then(map);
        let mut ground = self.scratch.layer(rect);
        for y in rect[1]..rect[3] {
            let to = (y - rect[1]) as usize * layer.width;
            ground[to..to + layer.width].copy_from_slice(patch.row(y, rect[0], rect[2]));
        }
        layer.pixels.copy_from_slice(&ground);
        if group.knockout {
            self.knock_out(&group.items, inner, &ground, layer);
        } else {
            self.draw_items(&group.items, inner, layer);
        }
        let mut mask = self.scratch.layer(rect);
        mask.fill(u32::from(item.opacity) * 0x0101_0101);
        self.apply_masks(&item.masks, map, &mut Patch::new(&mut mask, rect));
        if item.blend == BlendMode::Normal {
            for (i, under) in ground.iter_mut().enumerate() {
                *under = mix(*under, layer.pixels[i], mask[i] >> 24);
            }
        } else {
            // The group's alpha is the union of its items', whatever their modes.
            let mut own = self.scratch.layer(rect);
            let alone = DrawItem::new(Content::Group(shape_of(group).into()), item.transform);
            self.draw_content(&alone, map, &mut Patch::new(&mut own, rect));
            for (i, under) in ground.iter_mut().enumerate() {
                let alpha = own[i] >> 24;
                let color = without(layer.pixels[i], *under, alpha);
                *under = blend_pixel(item.blend, *under, kernel::scale(color, mask[i] >> 24));
            }
            self.scratch.give_back(own);
        }
        for y in rect[1]..rect[3] {
            let from = (y - rect[1]) as usize * layer.width;
            patch.row(y, rect[0], rect[2]).copy_from_slice(&ground[from..from + layer.width]);
        }
        self.scratch.give_back(mask);
        self.scratch.give_back(ground);
    }

    /// Draws items that meet `ground`, and not each other: where one lies, what the items below it
    /// left is taken away, as far as its shape covers the pixel.
    fn knock_out(&mut self, items: &[DrawItem], map: Affine, ground: &[u32], layer: &mut Patch<'_>) {
        let whole = layer.rect();
        for item in items.iter().filter(|item| item.opacity > 0) {
            let rect = item.bounds(map, whole);
            if is_empty(rect) {
                continue;
            }
            let mut shape = self.scratch.layer(rect);
            self.draw_content(item, map, &mut Patch::new(&mut shape, rect));
            self.apply_masks(&item.masks, map, &mut Patch::new(&mut shape, rect));
            let width = (rect[2] - rect[0]) as usize;
            for (y, row) in (rect[1]..rect[3]).zip(shape.chunks_exact(width)) {
                let from = (y - whole[1]) as usize * layer.width + (rect[0] - whole[0]) as usize;
                let below = &ground[from..from + width];
                for ((out, below), source) in layer.row(y, rect[0], rect[2]).iter_mut().zip(below).zip(row) {
                    let covered = source >> 24;
                    if covered != 0 {
                        // The item on the ground, of which the shape's share takes the place of
                        // what was.
                        let source = kernel::scale(*source, u32::from(item.opacity));
                        *out = replace(*out, blend_pixel(item.blend, *below, source), *below, covered);
                    }
                }
            }
            self.scratch.give_back(shape);
        }
    }

    /// Multiplies a layer by masks.
    fn apply_masks(&mut self, masks: &[Mask], map: Affine, layer: &mut Patch<'_>) {
        let rect = layer.rect();
        for mask in masks {
            if sharp_rect(mask, map).is_some_and(|sharp| intersect(sharp, rect) == rect) {
                continue;
            }
            let mut shape = self.scratch.layer(rect);
            match &mask.shape {
                MaskShape::Rect(bounds) => fill_rect(map, *bounds, &mut Patch::new(&mut shape, rect)),
                MaskShape::Alpha(item) | MaskShape::Luminance(item) => {
                    self.draw_item(item, map, &mut Patch::new(&mut shape, rect));
                }
            }
            let luminance = matches!(mask.shape, MaskShape::Luminance(_));
            let inverted = mask.inverted;
            dispatch!(self.simd, _ => multiply(layer.pixels, &shape, luminance, inverted));
            self.scratch.give_back(shape);
        }
    }
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

/// How much of each pixel lies in a rectangle, as white of that alpha.
fn fill_rect(map: Affine, rect: [f64; 4], patch: &mut Patch<'_>) {
    let Some(inverse) = map.inverse() else { return };
    let [left, top, right, bottom] = patch.rect();
    let (sx, sy) = map.scale_factors();
    // The share of a pixel-wide box about `v` that lies between two edges, `scale` pixels a unit.
    let share =
        |v: f64, from: f64, to: f64, scale: f64| ((v - from) * scale + 0.5).min((to - v) * scale + 0.5).clamp(0.0, 1.0);
    let narrow = |length: f64, scale: f64| (length * scale).clamp(0.0, 1.0);
    let (wide, high) = (narrow(rect[2] - rect[0], sx), narrow(rect[3] - rect[1], sy));
    for y in top..bottom {
        for (x, pixel) in (left..right).zip(patch.row(y, left, right)) {
            let (u, v) = inverse.apply((f64::from(x) + 0.5, f64::from(y) + 0.5));
            let across = share(u, rect[0], rect[2], sx).min(wide);
            let down = share(v, rect[1], rect[3], sy).min(high);
            *pixel = (across * down * 255.0).round() as u32 * 0x0101_0101;
        }
    }
}

#[inline(always)]
fn multiply(layer: &mut [u32], shape: &[u32], luminance: bool, inverted: bool) {
    let flip = if inverted { 255 } else { 0 };
    if luminance {
        for (p, m) in layer.iter_mut().zip(shape) {
            // 0.2125, 0.7154, 0.0721 in 1/65536; they sum to one.
            let light = (m & 255) * 13_926 + (m >> 8 & 255) * 46_884 + (m >> 16 & 255) * 4_726;
            *p = kernel::scale(*p, ((light + 0x8000) >> 16) ^ flip);
        }
    } else {
        for (p, m) in layer.iter_mut().zip(shape) {
            *p = kernel::scale(*p, (m >> 24) ^ flip);
        }
    }
}

/// Lays a layer on a patch that contains it.
#[inline(always)]
fn lay<S: Simd>(s: S, mode: BlendMode, opacity: u32, layer: &Patch<'_>, patch: &mut Patch<'_>) {
    let [left, top, right, bottom] = layer.rect();
    for y in top..bottom {
        let from = (y - top) as usize * layer.width;
        blend_row(s, mode, patch.row(y, left, right), &layer.pixels[from..from + layer.width], opacity);
    }
}

/// `p + (q - p) k / 255` in each channel, rounded once.
fn mix(p: u32, q: u32, k: u32) -> u32 {
    channels(|at| ((p >> at & 255) * (255 - k) + (q >> at & 255) * k + 127) / 255)
}

/// The premultiplied colour of a group of alpha `alpha` that, laid over `ground`, gives `result`.
fn without(result: u32, ground: u32, alpha: u32) -> u32 {
    let color = channels(|at| {
        (result >> at & 255).saturating_sub(((ground >> at & 255) * (255 - alpha) + 127) / 255).min(alpha)
    });
    color & 0x00ff_ffff | alpha << 24
}

/// What a knocked-out pixel becomes: `out (1 - f) + onto - ground (1 - f)`, f the shape's cover.
fn replace(out: u32, onto: u32, ground: u32, covered: u32) -> u32 {
    let value = |at: u32, most: i32| {
        let [out, onto, ground] = [out, onto, ground].map(|p| (p >> at & 255) as i32);
        let kept = (out - ground) * (255 - covered as i32);
        (onto + (kept + if kept >= 0 { 127 } else { -127 }) / 255).clamp(0, most) as u32
    };
    // A colour never exceeds its alpha.
    let alpha = value(24, 255);
    let most = alpha as i32;
    value(0, most) | value(8, most) << 8 | value(16, most) << 16 | alpha << 24
}

fn channels(value: impl Fn(u32) -> u32) -> u32 {
    value(0) | value(8) << 8 | value(16) << 16 | value(24) << 24
}
