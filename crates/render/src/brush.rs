//! The canvas of the CPU back end.

use crate::affine::Affine;
use crate::blend::{blend_pixel, blend_row};
use crate::draw::{Below, Canvas, Drawing, Ground, hiding};
use crate::kernel;
use crate::list::{Content, DisplayList, DrawItem, Sampling, intersect, is_empty};
use crate::patch::{Patch, Scratch};
use crate::sample;
use crate::surface::Surfaces;
use fearless_simd::{Level, Simd, dispatch};
use raster::Raster;
use scene::BlendMode;
use std::sync::Arc;

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
        let mut brush = Brush::new(self.simd, &mut self.scratch, Patch::new(pixels, rect));
        Drawing { canvas: &mut brush, surfaces: &self.surfaces }.draw_items(items, Affine::IDENTITY);
    }
}

/// Draws into a patch.
pub(crate) struct Brush<'a> {
    simd: Level,
    scratch: &'a mut Scratch,
    patch: Patch<'a>,
    /// The layers above the patch.
    layers: Vec<Layer>,
}

struct Layer {
    pixels: Vec<u32>,
    rect: [i32; 4],
}

impl Layer {
    /// Pixels `left` to `right` of row `y`.
    fn row(&self, y: i32, left: i32, right: i32) -> &[u32] {
        let width = (self.rect[2] - self.rect[0]) as usize;
        let start = (y - self.rect[1]) as usize * width;
        &self.pixels[start + (left - self.rect[0]) as usize..start + (right - self.rect[0]) as usize]
    }
}

impl<'a> Brush<'a> {
    pub(crate) fn new(simd: Level, scratch: &'a mut Scratch, patch: Patch<'a>) -> Self {
        Self { simd, scratch, patch, layers: Vec::new() }
    }

    /// Draws the items from `from` on, those below which are in the patch already; `bounds` are those
    /// of all items.
    pub(crate) fn draw_seen(&mut self, surfaces: &Surfaces, list: &DisplayList, from: usize, bounds: &[[i32; 4]]) {
        let rect = self.rect();
        let hiding = hiding(list, from, bounds, rect);
        if hiding.is_none() && from == 0 {
            let [r, g, b] = list.background;
            self.patch.pixels.fill(u32::from_le_bytes([r, g, b, 255]));
        }
        let mut drawing = Drawing { canvas: self, surfaces };
        for (item, bounds) in list.items.iter().zip(bounds).skip(hiding.unwrap_or(from)) {
            if !is_empty(intersect(*bounds, rect)) {
                drawing.draw_item(item, Affine::IDENTITY);
            }
        }
    }

    /// The patch, with nothing above it.
    pub(crate) fn patch(&mut self) -> &mut Patch<'a> {
        &mut self.patch
    }

    /// The highest layer.
    fn top(&mut self) -> Patch<'_> {
        top(&mut self.layers, &mut self.patch)
    }

    /// Takes the highest layer off; it is to be given back. Whoever asks has put it there.
    fn pop(&mut self) -> Layer {
        self.layers.pop().unwrap_or(Layer { pixels: Vec::new(), rect: [0; 4] })
    }
}

fn top<'b>(layers: &'b mut [Layer], patch: &'b mut Patch<'_>) -> Patch<'b> {
    match layers.last_mut() {
        Some(layer) => Patch::new(&mut layer.pixels, layer.rect),
        None => Patch::new(
            patch.pixels,
            [patch.left, patch.top, patch.left + patch.width as i32, patch.top + patch.height as i32],
        ),
    }
}

impl Canvas for Brush<'_> {
    fn rect(&self) -> [i32; 4] {
        self.layers.last().map_or_else(|| self.patch.rect(), |layer| layer.rect)
    }

    fn raster(&mut self, raster: &Arc<Raster>, sampling: Sampling, transform: Affine, opacity: u32, rect: [i32; 4]) {
        let mut patch = top(&mut self.layers, &mut self.patch);
        sample::draw_raster(self.simd, (raster, sampling), transform, opacity, rect, &mut patch, self.scratch);
    }

    fn meshes(&mut self, meshes: &[DrawItem], map: Affine, rect: [i32; 4], clear: bool) {
        let simd = self.simd;
        draw_meshes(simd, meshes, map, rect, clear, &mut self.top());
    }

    fn fill_rect(&mut self, map: Affine, bounds: [f64; 4]) {
        fill_rect(map, bounds, &mut self.top());
    }

    fn push(&mut self, rect: [i32; 4], ground: Ground) {
        let mut pixels = self.scratch.layer(rect);
        match ground {
            Ground::Clear => {}
            Ground::White(alpha) => pixels.fill(u32::from(alpha) * 0x0101_0101),
            Ground::Copy => {
                let mut below = self.top();
                let width = (rect[2] - rect[0]).max(1) as usize;
                for (y, row) in (rect[1]..rect[3]).zip(pixels.chunks_exact_mut(width)) {
                    row.copy_from_slice(below.row(y, rect[0], rect[2]));
                }
            }
        }
        self.layers.push(Layer { pixels, rect });
    }

    fn lay(&mut self, mode: BlendMode, opacity: u32) {
        let (simd, layer) = (self.simd, self.pop());
        let mut below = self.top();
        dispatch!(simd, s => lay(s, mode, opacity, &layer, &mut below));
        self.scratch.give_back(layer.pixels);
    }

    fn multiply(&mut self, luminance: bool, inverted: bool) {
        let (simd, mask) = (self.simd, self.pop());
        let below = self.top();
        dispatch!(simd, _ => multiply(below.pixels, &mask.pixels, luminance, inverted));
        self.scratch.give_back(mask.pixels);
    }

    fn mix(&mut self) {
        let (mask, result) = (self.pop(), self.pop());
        let mut ground = self.top();
        let [left, top, right, bottom] = result.rect;
        for y in top..bottom {
            let rows = result.row(y, left, right).iter().zip(mask.row(y, left, right));
            for (under, (result, mask)) in ground.row(y, left, right).iter_mut().zip(rows) {
                *under = mix(*under, *result, mask >> 24);
            }
        }
        self.scratch.give_back(mask.pixels);
        self.scratch.give_back(result.pixels);
    }

    fn lay_result(&mut self, mode: BlendMode) {
        let (own, mask, result) = (self.pop(), self.pop(), self.pop());
        let mut ground = self.top();
        let [left, top, right, bottom] = result.rect;
        for y in top..bottom {
            let rows = result.row(y, left, right).iter().zip(mask.row(y, left, right)).zip(own.row(y, left, right));
            for (under, ((result, mask), own)) in ground.row(y, left, right).iter_mut().zip(rows) {
                let color = without(*result, *under, own >> 24);
                *under = blend_pixel(mode, *under, kernel::scale(color, mask >> 24));
            }
        }
        for layer in [own, mask, result] {
            self.scratch.give_back(layer.pixels);
        }
    }

    fn replace(&mut self, mode: BlendMode, opacity: u32, ground: Option<Below>) {
        let item = self.pop();
        let [left, top_row, right, bottom] = item.rect;
        // The ground is the layer below what was drawn before, which then is a layer itself; else what
        // was drawn before may be the patch.
        let split = if ground.is_some() { self.layers.len().saturating_sub(1) } else { 0 };
        let (lower, upper) = self.layers.split_at_mut(split);
        let (mut before, mut below) = match (ground, upper.last_mut()) {
            (Some(Below), Some(before)) => {
                (Patch::new(&mut before.pixels, before.rect), Some(top(lower, &mut self.patch)))
            }
            (_, Some(before)) => (Patch::new(&mut before.pixels, before.rect), None),
            (_, None) => (top(&mut [], &mut self.patch), None),
        };
        for y in top_row..bottom {
            for (x, source) in (left..right).zip(item.row(y, left, right)) {
                let covered = source >> 24;
                if covered != 0 {
                    let below = below.as_mut().map_or(0, |below| below.row(y, x, x + 1)[0]);
                    // The item on the ground, of which the shape's share takes the place of
                    // what was.
                    let source = kernel::scale(*source, opacity);
                    let out = &mut before.row(y, x, x + 1)[0];
                    *out = replace(*out, blend_pixel(mode, below, source), below, covered);
                }
            }
        }
        self.scratch.give_back(item.pixels);
    }
}

/// Lays meshes over a part of a patch, from front to back where that is clear: what is covered is
/// then not sampled.
pub(crate) fn draw_meshes(
    simd: Level,
    meshes: &[DrawItem],
    map: Affine,
    rect: [i32; 4],
    clear: bool,
    patch: &mut Patch<'_>,
) {
    let mut draw = |item: &DrawItem, rect: [i32; 4]| {
        let rect = intersect(item.bounds(map, patch.rect()), rect);
        if let (Content::Mesh(mesh), false) = (&item.content, is_empty(rect)) {
            mesh.draw(simd, item.transform.then(map), rect, clear, patch);
        }
    };
    if !clear {
        return meshes.iter().for_each(|item| draw(item, rect));
    }
    // Parts lie over each other: in bands that stay in the cache.
    for top in (rect[1]..rect[3]).step_by(MESH_BAND) {
        let band = [rect[0], top, rect[2], (top + MESH_BAND as i32).min(rect[3])];
        meshes.iter().rev().for_each(|item| draw(item, band));
    }
}

/// Rows of a band of meshes: 64 rows of 1080p are 480 KiB.
const MESH_BAND: usize = 64;

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
fn lay<S: Simd>(s: S, mode: BlendMode, opacity: u32, layer: &Layer, patch: &mut Patch<'_>) {
    let [left, top, right, bottom] = layer.rect;
    for y in top..bottom {
        blend_row(s, mode, patch.row(y, left, right), layer.row(y, left, right), opacity);
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
