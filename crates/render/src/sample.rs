//! Drawing rasters: pixel on pixel, stretched, or turned; smoothly, or by the nearest texel.

use crate::affine::Affine;
use crate::kernel;
use crate::list::Sampling;
use crate::patch::{Patch, Scratch};
use fearless_simd::{Simd, dispatch};
use raster::{Level, Raster};

/// How a raster comes to lie on pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    /// Pixel on pixel, its corner at this pixel.
    Blit((i64, i64)),
    /// Scaled, but not turned.
    Stretch(Affine),
    /// Any map: the one back from pixels to texels.
    Turn(Affine),
    /// Any map, by the texel that a pixel's middle falls on.
    Nearest(Affine),
}

/// The way that a raster is drawn, from which of its levels, and how often that is halved; `None`
/// where it is too thin to be seen.
pub(crate) fn way(raster: &Raster, sampling: Sampling, transform: Affine) -> Option<(Way, &Level, u32)> {
    if unscaled(transform) {
        return Some((Way::Blit((transform.e as i64, transform.f as i64)), raster.base(), 0));
    }
    if sampling == Sampling::Nearest {
        return Some((Way::Nearest(transform.inverse()?), raster.base(), 0));
    }
    let upright = transform.b == 0.0 && transform.c == 0.0 && transform.a > 0.0 && transform.d > 0.0;
    let (sx, sy) = transform.scale_factors();
    let (level, halvings) = raster.level_for(1.0 / sx.max(sy).max(1e-9));
    let shrunk = f64::from(1u32 << halvings);
    let transform = Affine::scale(shrunk, shrunk).then(transform);
    let way = if upright { Way::Stretch(transform) } else { Way::Turn(transform.inverse()?) };
    Some((way, level, halvings))
}

/// Lays a raster over the part of a patch that lies in `rect`.
pub(crate) fn draw_raster(
    simd: fearless_simd::Level,
    (raster, sampling): (&Raster, Sampling),
    transform: Affine,
    opacity: u32,
    rect: [i32; 4],
    patch: &mut Patch<'_>,
    scratch: &mut Scratch,
) {
    match way(raster, sampling, transform) {
        None => {}
        Some((Way::Blit(at), level, _)) if raster.is_opaque() && opacity == 255 => copy(level, at, rect, patch),
        Some((Way::Blit(at), level, _)) => dispatch!(simd, s => blit(s, level, at, opacity, rect, patch)),
        Some((Way::Stretch(t), level, _)) => dispatch!(simd, s => stretch(s, level, t, opacity, rect, patch, scratch)),
        Some((Way::Turn(inverse), level, _)) => dispatch!(simd, _ => turn(level, inverse, opacity, rect, patch)),
        Some((Way::Nearest(inverse), level, _)) => dispatch!(simd, _ => nearest(level, inverse, opacity, rect, patch)),
    }
}

/// Whether a raster covers all of `rect` with opaque pixels.
pub(crate) fn hides(raster: &Raster, sampling: Sampling, t: Affine, rect: [i32; 4]) -> bool {
    if !raster.is_opaque() || t.b != 0.0 || t.c != 0.0 || t.a <= 0.0 || t.d <= 0.0 {
        return false;
    }
    let base = raster.base();
    // Half a texel at the edge is a blend with what is clear; of the level that is sampled, which is
    // at most 1.41 pixels of the picture where the raster is shrunk.
    let sharp = unscaled(t);
    let soft = |scale: f64| match sampling {
        _ if sharp => 0.0,
        Sampling::Nearest => 1.0,
        Sampling::Smooth => scale.max(1.0),
    };
    let inside = |from: f64, soft: f64, length: f64, start: i32, end: i32| {
        from + soft <= f64::from(start) && f64::from(end) <= from + length - soft
    };
    inside(t.e, soft(t.a), f64::from(base.width()) * t.a, rect[0], rect[2])
        && inside(t.f, soft(t.d), f64::from(base.height()) * t.d, rect[1], rect[3])
}

/// Whether pixels of the raster lie exactly on pixels of the picture.
pub(crate) fn unscaled(t: Affine) -> bool {
    (t.a, t.b, t.c, t.d) == (1.0, 0.0, 0.0, 1.0) && t.e.fract() == 0.0 && t.f.fract() == 0.0
}

/// Pixel on pixel.
#[inline(always)]
fn blit<S: Simd>(
    s: S,
    level: &Level,
    (x, y): (i64, i64),
    opacity: u32,
    [left, top, right, bottom]: [i32; 4],
    patch: &mut Patch<'_>,
) {
    let [left, top, right, bottom] = shared(level, (x, y), [left, top, right, bottom]);
    for row in top..bottom {
        let source = &level.row((row - y) as u32)[(left - x) as usize..(right - x) as usize];
        kernel::over_row(s, patch.row(row as i32, left as i32, right as i32), source, opacity);
    }
}

/// Pixel on pixel, where all are opaque.
fn copy(level: &Level, (x, y): (i64, i64), rect: [i32; 4], patch: &mut Patch<'_>) {
    let [left, top, right, bottom] = shared(level, (x, y), rect);
    for row in top..bottom {
        let source = &level.row((row - y) as u32)[(left - x) as usize..(right - x) as usize];
        patch.row(row as i32, left as i32, right as i32).copy_from_slice(source);
    }
}

/// The part of `rect` that a level at (`x`, `y`) lies in; without rows where there is none.
pub(crate) fn shared(level: &Level, (x, y): (i64, i64), [left, top, right, bottom]: [i32; 4]) -> [i64; 4] {
    let (left, right) = (i64::from(left).max(x), i64::from(right).min(x + i64::from(level.width())));
    let (top, bottom) = (i64::from(top).max(y), i64::from(bottom).min(y + i64::from(level.height())));
    if left < right { [left, top, right, bottom] } else { [left, top, right, top] }
}

/// Texel coordinate of a pixel's middle along one axis, in 1/256, counted from the middle of the
/// frame's first pixel; `None` outside of the frame.
#[inline(always)]
pub(crate) fn texel(pixel: i32, offset: f64, scale: f64, length: u32) -> Option<u32> {
    // + 0.5: texel 0 of the level is texel 1 of its frame, and its middle is at 0.5.
    let at = (f64::from(pixel) + 0.5 - offset) / scale + 0.5;
    let fixed = (at * 256.0 + 0.5).floor();
    (0.0..f64::from((length + 1) << 8)).contains(&fixed).then_some(fixed as u32)
}

/// Scaled, but not turned: each row is blended from two, then sampled along its length.
#[inline(always)]
fn stretch<S: Simd>(
    s: S,
    level: &Level,
    t: Affine,
    opacity: u32,
    [left, top, right, bottom]: [i32; 4],
    patch: &mut Patch<'_>,
    scratch: &mut Scratch,
) {
    let Scratch { columns, row, .. } = scratch;
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
        kernel::lerp_rows(s, row, upper, lower, line & 255);
        let under = patch.row(y, first, first + columns.len() as i32);
        kernel::over_sampled(s, under, row, columns, opacity);
    }
}

/// Any other map: a walk along a line through the raster for each row.
#[inline(always)]
fn turn(level: &Level, inverse: Affine, opacity: u32, [left, top, right, bottom]: [i32; 4], patch: &mut Patch<'_>) {
    let (pixels, stride) = (level.framed_pixels(), level.stride());
    let step = (fixed(inverse.a), fixed(inverse.b));
    let limits = (i64::from(level.width() + 1) << 32, i64::from(level.height() + 1) << 32);
    for y in top..bottom {
        let start = walk(inverse, step, (left, y), 0.5);
        let (from, to) = steps_inside(start, step, limits, i64::from(right - left));
        if from < to {
            let under = patch.row(y, left + from as i32, left + to as i32);
            let at = (start.0 + step.0 * from, start.1 + step.1 * from);
            kernel::over_line(under, pixels, stride, at, step, opacity);
        }
    }
}

/// Any map, by the texel that a pixel's middle falls on.
#[inline(always)]
fn nearest(level: &Level, inverse: Affine, opacity: u32, [left, top, right, bottom]: [i32; 4], patch: &mut Patch<'_>) {
    let (pixels, stride) = (level.framed_pixels(), level.stride());
    let step = (fixed(inverse.a), fixed(inverse.b));
    let limits = (i64::from(level.width()) << 32, i64::from(level.height()) << 32);
    for y in top..bottom {
        let start = walk(inverse, step, (left, y), 0.0);
        let (from, to) = steps_inside(start, step, limits, i64::from(right - left));
        if from < to {
            let (mut u, mut v) = (start.0 + step.0 * from, start.1 + step.1 * from);
            for under in patch.row(y, left + from as i32, left + to as i32) {
                let texel = pixels.get(((v >> 32) as usize + 1) * stride + (u >> 32) as usize + 1);
                *under = kernel::over(*under, kernel::scale(texel.copied().unwrap_or(0), opacity));
                (u, v) = (u + step.0, v + step.1);
            }
        }
    }
}

/// Where a pixel's middle lies in a raster, in 1/2^32. It is counted in whole steps from the row's
/// beginning, so that it does not depend on where in the row the drawing begins.
#[inline(always)]
fn walk(inverse: Affine, step: (i64, i64), (x, y): (i32, i32), shift: f64) -> (i64, i64) {
    let (u, v) = inverse.apply((0.5, f64::from(y) + 0.5));
    (fixed(u + shift) + step.0 * i64::from(x), fixed(v + shift) + step.1 * i64::from(x))
}

/// In 1/2^32.
#[inline(always)]
pub(crate) fn fixed(v: f64) -> i64 {
    (v * 4_294_967_296.0).round().clamp(-1e15, 1e15) as i64
}

/// The steps k, from inclusive to exclusive, 0 to `length`, that stay inside of both limits.
#[inline(always)]
fn steps_inside(start: (i64, i64), step: (i64, i64), limits: (i64, i64), length: i64) -> (i64, i64) {
    let across = inside(start.0, step.0, limits.0, length);
    let down = inside(start.1, step.1, limits.1, length);
    (across.0.max(down.0), across.1.min(down.1))
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
