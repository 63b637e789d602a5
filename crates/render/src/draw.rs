//! Drawing items into a rectangle of pixels.

use crate::affine::Affine;
use crate::kernel;
use crate::list::{DisplayList, DrawItem};
use fearless_simd::dispatch;
use raster::Level;

/// A rectangle of the picture being drawn.
pub(crate) struct Patch<'a> {
    pub(crate) pixels: &'a mut [u32],
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

/// Buffers that drawing needs, kept between calls.
#[derive(Default)]
pub(crate) struct Scratch {
    columns: Vec<u32>,
    row: Vec<u32>,
}

/// The whole picture as opaque RGBA bytes, drawn anew: for stills.
#[must_use]
pub fn paint(list: &DisplayList, width: u32, height: u32) -> Vec<u8> {
    let mut pixels = vec![0u32; width as usize * height as usize];
    let mut patch = Patch { pixels: &mut pixels, left: 0, top: 0, width, height };
    draw_list(fearless_simd::Level::new(), list, &mut patch, &mut Scratch::default());
    bytemuck::cast_slice(&pixels).to_vec()
}

/// Draws the part of `list` that lies in `patch`.
pub(crate) fn draw_list(level: fearless_simd::Level, list: &DisplayList, patch: &mut Patch<'_>, scratch: &mut Scratch) {
    // Nothing below an item that hides the whole patch can be seen.
    let hiding = list.items.iter().rposition(|item| hides(item, patch));
    if hiding.is_none() {
        let [r, g, b] = list.background;
        patch.pixels.fill(u32::from_le_bytes([r, g, b, 255]));
    }
    for item in &list.items[hiding.unwrap_or(0)..] {
        draw_item(level, item, patch, scratch);
    }
}

/// Whether an item covers all of a patch with opaque pixels.
fn hides(item: &DrawItem, patch: &Patch<'_>) -> bool {
    let t = item.transform;
    if !item.raster.is_opaque() || item.opacity != 255 || t.b != 0.0 || t.c != 0.0 || t.a <= 0.0 || t.d <= 0.0 {
        return false;
    }
    let base = item.raster.base();
    // Half a texel at the edge is a blend with what is clear; of the level that is sampled, which is
    // at most 1.41 pixels of the picture where the raster is shrunk.
    let (soft_x, soft_y) = if unscaled(t) { (0.0, 0.0) } else { (t.a.max(1.0), t.d.max(1.0)) };
    let inside = |from: f64, soft: f64, length: f64, start: u32, extent: u32| {
        from + soft <= f64::from(start) && f64::from(start + extent) <= from + length - soft
    };
    inside(t.e, soft_x, f64::from(base.width()) * t.a, patch.left, patch.width)
        && inside(t.f, soft_y, f64::from(base.height()) * t.d, patch.top, patch.height)
}

/// Whether pixels of the raster lie exactly on pixels of the picture.
fn unscaled(t: Affine) -> bool {
    (t.a, t.b, t.c, t.d) == (1.0, 0.0, 0.0, 1.0) && t.e.fract() == 0.0 && t.f.fract() == 0.0
}

fn draw_item(simd: fearless_simd::Level, item: &DrawItem, patch: &mut Patch<'_>, scratch: &mut Scratch) {
    let [left, top, right, bottom] = item.bounds(patch.left + patch.width, patch.top + patch.height);
    let (left, top) = (left.max(patch.left), top.max(patch.top));
    if item.opacity == 0 || left >= right || top >= bottom {
        return;
    }
    let opacity = u32::from(item.opacity);
    if unscaled(item.transform) {
        let level = item.raster.base();
        dispatch!(simd, _ => blit(level, item.transform, opacity, [left, top, right, bottom], patch));
        return;
    }
    let (sx, sy) = item.transform.scale_factors();
    let (level, halvings) = item.raster.level_for(1.0 / sx.max(sy).max(1e-9));
    let shrunk = f64::from(1u32 << halvings);
    let transform = Affine::scale(shrunk, shrunk).then(item.transform);
    if transform.b == 0.0 && transform.c == 0.0 && transform.a > 0.0 && transform.d > 0.0 {
        dispatch!(simd, _ => stretch(level, transform, opacity, [left, top, right, bottom], patch, scratch));
    } else if let Some(inverse) = transform.inverse() {
        dispatch!(simd, _ => turn(level, inverse, opacity, [left, top, right, bottom], patch));
    }
}

impl Patch<'_> {
    /// Pixels `left` to `right` of row `y`, in the picture's coordinates.
    #[inline(always)]
    fn row(&mut self, y: u32, left: u32, right: u32) -> &mut [u32] {
        let start = (y - self.top) as usize * self.width as usize;
        &mut self.pixels[start + (left - self.left) as usize..start + (right - self.left) as usize]
    }
}

/// Pixel on pixel.
#[inline(always)]
fn blit(level: &Level, t: Affine, opacity: u32, [left, top, right, bottom]: [u32; 4], patch: &mut Patch<'_>) {
    let (x, y) = (t.e as i64, t.f as i64);
    let left = i64::from(left).max(x);
    let right = i64::from(right).min(x + i64::from(level.width()));
    let top = i64::from(top).max(y);
    let bottom = i64::from(bottom).min(y + i64::from(level.height()));
    if left >= right {
        return;
    }
    for row in top..bottom {
        let source = &level.row((row - y) as u32)[(left - x) as usize..(right - x) as usize];
        kernel::over_row(patch.row(row as u32, left as u32, right as u32), source, opacity);
    }
}

/// Texel coordinate of a pixel's middle along one axis, in 1/256, counted from the middle of the
/// frame's first pixel; `None` outside of the frame.
#[inline(always)]
fn texel(pixel: u32, offset: f64, scale: f64, length: u32) -> Option<u32> {
    // + 0.5: texel 0 of the level is texel 1 of its frame, and its middle is at 0.5.
    let at = (f64::from(pixel) + 0.5 - offset) / scale + 0.5;
    let fixed = (at * 256.0 + 0.5).floor();
    (0.0..f64::from((length + 1) << 8)).contains(&fixed).then_some(fixed as u32)
}

/// Scaled, but not turned: each row is blended from two, then sampled along its length.
#[inline(always)]
fn stretch(
    level: &Level,
    t: Affine,
    opacity: u32,
    [left, top, right, bottom]: [u32; 4],
    patch: &mut Patch<'_>,
    scratch: &mut Scratch,
) {
    let Scratch { columns, row } = scratch;
    columns.clear();
    let mut first = right;
    for x in left..right {
        match texel(x, t.e, t.a, level.width()) {
            Some(column) => {
                first = first.min(x);
                columns.push(column);
            }
            None if columns.is_empty() => {}
            None => break,
        }
    }
    let (Some(lowest), Some(highest)) = (columns.first().map(|c| c >> 8), columns.last().map(|c| c >> 8)) else {
        return;
    };
    // Blend only those columns that will be sampled.
    for column in columns.iter_mut() {
        *column -= lowest << 8;
    }
    let (from, to) = (lowest as usize, highest as usize + 2);
    row.resize(to - from, 0);
    let (pixels, stride) = (level.framed_pixels(), level.stride());
    for y in top..bottom {
        let Some(line) = texel(y, t.f, t.d, level.height()) else { continue };
        let start = (line >> 8) as usize * stride;
        let upper = &pixels[start + from..start + to];
        let lower = &pixels[start + stride + from..start + stride + to];
        kernel::lerp_rows(row, upper, lower, line & 255);
        let under = patch.row(y, first, first + columns.len() as u32);
        kernel::over_sampled(under, row, columns, opacity);
    }
}

/// Any other map: a walk along a line through the raster for each row.
#[inline(always)]
fn turn(level: &Level, inverse: Affine, opacity: u32, [left, top, right, bottom]: [u32; 4], patch: &mut Patch<'_>) {
    let (pixels, stride) = (level.framed_pixels(), level.stride());
    let fixed = |v: f64| (v * 65536.0).round() as i64;
    let step = (fixed(inverse.a), fixed(inverse.b));
    let limits = (i64::from(level.width() + 1) << 16, i64::from(level.height() + 1) << 16);
    for y in top..bottom {
        let (x0, y0) = inverse.apply((f64::from(left) + 0.5, f64::from(y) + 0.5));
        let start = (fixed(x0 + 0.5), fixed(y0 + 0.5));
        let length = i64::from(right - left);
        let across = inside(start.0, step.0, limits.0, length);
        let down = inside(start.1, step.1, limits.1, length);
        let (from, to) = (across.0.max(down.0), across.1.min(down.1));
        if from < to {
            let under = patch.row(y, left + from as u32, left + to as u32);
            let at = (start.0 + step.0 * from, start.1 + step.1 * from);
            kernel::over_line(under, pixels, stride, at, step, opacity);
        }
    }
}

/// The steps k, from inclusive to exclusive, 0 to `length`, for which 0 <= start + k step < limit.
#[inline(always)]
fn inside(start: i64, step: i64, limit: i64, length: i64) -> (i64, i64) {
    let ceil_div = |a: i64, b: i64| -(-a).div_euclid(b);
    match step {
        0 if (0..limit).contains(&start) => (0, length),
        0 => (0, 0),
        1.. => (ceil_div(-start, step).max(0), ceil_div(limit - start, step).min(length)),
        _ => ((ceil_div(start - limit + 1, -step)).max(0), (start.div_euclid(-step) + 1).min(length)),
    }
}
