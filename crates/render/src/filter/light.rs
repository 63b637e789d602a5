//! Shadows, glows, outlines, and what lies over the whole of a layer.

use super::Sheet;
use super::blur::blur;
use super::color::{premultiplied, straight};
use crate::kernel::{over, scale};
use fearless_simd::Level;

/// A colour as a premultiplied pixel.
fn pixel([r, g, b, a]: [u8; 4]) -> u32 {
    let alpha = u32::from(a);
    let opaque = u32::from_le_bytes([r, g, b, 255]);
    scale(opaque, alpha)
}

/// The sheet's shape in one colour, moved, blurred.
fn shadow_of(simd: Level, sheet: &Sheet, (x, y): (f64, f64), sigma: f64, color: [u8; 4]) -> Sheet {
    let color = pixel(color);
    let (dx, dy) = (x.round() as i32, y.round() as i32);
    let [left, top, right, bottom] = sheet.rect;
    let shape = Sheet {
        pixels: sheet.pixels.iter().map(|p| scale(color, p >> 24)).collect(),
        rect: [left + dx, top + dy, right + dx, bottom + dy],
    };
    blur(simd, shape, sigma)
}

fn union(a: [i32; 4], b: [i32; 4]) -> [i32; 4] {
    [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]
}

/// `over` laid on `under`, in a rectangle that holds both.
fn stack(under: Sheet, above: &Sheet) -> Sheet {
    let rect = union(under.rect, above.rect);
    let mut under = under.fitted(rect);
    let (width, own) = (under.width(), above.width());
    for (y, row) in above.pixels.chunks_exact(own.max(1)).enumerate() {
        let start = (above.rect[1] - rect[1]) as usize * width + y * width + (above.rect[0] - rect[0]) as usize;
        for (u, o) in under.pixels[start..start + own].iter_mut().zip(row) {
            *u = over(*u, *o);
        }
    }
    under
}

pub(super) fn drop_shadow(simd: Level, sheet: Sheet, by: (f64, f64), sigma: f64, color: [u8; 4]) -> Sheet {
    stack(shadow_of(simd, &sheet, by, sigma, color), &sheet)
}

/// The shadow that the layer's surroundings throw on it: the inverse of its shape, moved and
/// blurred, seen where the layer is.
pub(super) fn inner_shadow(simd: Level, mut sheet: Sheet, by: (f64, f64), sigma: f64, color: [u8; 4]) -> Sheet {
    let shape = shadow_of(simd, &sheet, by, sigma, [255; 4]);
    let color = pixel(color);
    let [left, top, right, _] = sheet.rect;
    let width = (right - left).max(1) as usize;
    for (i, p) in sheet.pixels.iter_mut().enumerate() {
        let (x, y) = (left + (i % width) as i32, top + (i / width) as i32);
        let outside = 255 - (shape.at(x, y) >> 24);
        // Source-atop: the shadow keeps to the layer's own shape.
        let laid = scale(scale(color, outside), *p >> 24);
        let alpha = *p & 0xff00_0000;
        *p = (over(*p, laid) & 0x00ff_ffff) | alpha;
    }
    sheet
}

pub(super) fn glow(simd: Level, sheet: Sheet, sigma: f64, color: [u8; 4], strength: f64) -> Sheet {
    let mut light = shadow_of(simd, &sheet, (0.0, 0.0), sigma, [255; 4]);
    let color = pixel(color);
    for p in &mut light.pixels {
        *p = scale(color, ((f64::from(*p >> 24) * strength).round() as u32).min(255));
    }
    stack(light, &sheet)
}

/// A line around the layer's shape: where the distance to it is less than the width. Distances are
/// exact to the middle of the nearest pixel that is at least half covered (Felzenszwalb and
/// Huttenlocher, "Distance transforms of sampled functions"), and made smooth by that pixel's cover.
pub(super) fn outline(sheet: Sheet, width: f64, color: [u8; 4]) -> Sheet {
    if width <= 0.0 || sheet.pixels.is_empty() {
        return sheet;
    }
    let grown = sheet.clone().grown(width.ceil() as i32 + 1);
    let (w, h) = (grown.width(), grown.height());
    let far = 1e12f64;
    // Soft edges lie a fraction of a pixel further in or out.
    let mut distance: Vec<f64> = grown
        .pixels
        .iter()
        .map(|p| {
            let cover = f64::from(p >> 24) / 255.0;
            if cover <= 0.0 { far } else { (1.0 - cover) * (1.0 - cover) }
        })
        .collect();
    let mut line = vec![0.0f64; w.max(h)];
    for x in 0..w {
        for y in 0..h {
            line[y] = distance[y * w + x];
        }
        for (y, d) in lower_envelope(&line[..h]).into_iter().enumerate() {
            distance[y * w + x] = d;
        }
    }
    for row in distance.chunks_exact_mut(w) {
        let out = lower_envelope(row);
        row.copy_from_slice(&out);
    }
    let color = pixel(color);
    let mut under = Sheet::clear(grown.rect);
    for (out, d) in under.pixels.iter_mut().zip(&distance) {
        let cover = (width + 0.5 - d.sqrt()).clamp(0.0, 1.0);
        *out = scale(color, (cover * 255.0).round() as u32);
    }
    stack(under, &sheet)
}

/// The least of the parabolas `f(q) + (p - q)^2` at each p.
fn lower_envelope(f: &[f64]) -> Vec<f64> {
    let n = f.len();
    let mut vertices = vec![0usize; n];
    let mut bounds = vec![f64::NEG_INFINITY; n + 1];
    let mut last = 0;
    let meet = |q: usize, v: usize| {
        let (qf, vf) = (q as f64, v as f64);
        ((f[q] + qf * qf) - (f[v] + vf * vf)) / (2.0 * (qf - vf))
    };
    for q in 1..n {
        let mut s = meet(q, vertices[last]);
        while last > 0 && s <= bounds[last] {
            last -= 1;
            s = meet(q, vertices[last]);
        }
        if s > bounds[last] {
            last += 1;
        }
        vertices[last] = q;
        bounds[last] = if last == 0 { f64::NEG_INFINITY } else { s };
        bounds[last + 1] = f64::INFINITY;
    }
    let mut k = 0;
    (0..n)
        .map(|p| {
            while k < last && bounds[k + 1] < p as f64 {
                k += 1;
            }
            let q = vertices[k];
            let d = p as f64 - q as f64;
            d * d + f[q]
        })
        .collect()
}

/// What a blur takes away, added again.
pub(super) fn sharpen(simd: Level, sheet: Sheet, amount: f64, sigma: f64) -> Sheet {
    let soft = blur(simd, sheet.clone(), sigma);
    let mut sheet = sheet;
    let [left, top, right, _] = sheet.rect;
    let width = (right - left).max(1) as usize;
    let k = (amount * 256.0).round() as i32;
    for (i, p) in sheet.pixels.iter_mut().enumerate() {
        let s = soft.at(left + (i % width) as i32, top + (i / width) as i32);
        let alpha = (*p >> 24) as i32;
        let mut out = *p & 0xff00_0000;
        for at in [0, 8, 16] {
            let (own, low) = ((*p >> at & 255) as i32, (s >> at & 255) as i32);
            out |= ((own + ((own - low) * k + 128) / 256).clamp(0, alpha) as u32) << at;
        }
        *p = out;
    }
    sheet
}

pub(super) fn vignette(
    mut sheet: Sheet,
    amount: f64,
    start: f64,
    softness: f64,
    color: [u8; 4],
    frame: [f64; 4],
) -> Sheet {
    let [left, top, right, _] = sheet.rect;
    let width = (right - left).max(1) as usize;
    let (cx, cy) = ((frame[0] + frame[2]) / 2.0, (frame[1] + frame[3]) / 2.0);
    let (rx, ry) = (((frame[2] - frame[0]) / 2.0).max(0.5), ((frame[3] - frame[1]) / 2.0).max(0.5));
    let color = pixel(color);
    for (i, p) in sheet.pixels.iter_mut().enumerate().filter(|(_, p)| **p != 0) {
        let (x, y) = (f64::from(left + (i % width) as i32) + 0.5, f64::from(top + (i / width) as i32) + 0.5);
        let off = ((x - cx) / rx).hypot((y - cy) / ry);
        let t = ((off - start) / softness.max(1e-6)).clamp(0.0, 1.0);
        let k = (t * t * (3.0 - 2.0 * t) * amount * 255.0).round() as u32;
        let laid = scale(scale(color, k), *p >> 24);
        let alpha = *p & 0xff00_0000;
        *p = (over(*p, laid) & 0x00ff_ffff) | alpha;
    }
    sheet
}

/// Noise that is the same for the same seed and place.
pub(super) fn grain(mut sheet: Sheet, amount: f64, size: f64, seed: u64, frame: [f64; 4]) -> Sheet {
    let [left, top, right, _] = sheet.rect;
    let width = (right - left).max(1) as usize;
    let size = size.max(1.0);
    for (i, p) in sheet.pixels.iter_mut().enumerate().filter(|(_, p)| **p >> 24 != 0) {
        let x = ((f64::from(left + (i % width) as i32) - frame[0]) / size).floor() as i64;
        let y = ((f64::from(top + (i / width) as i32) - frame[1]) / size).floor() as i64;
        let noise = hash(seed, x, y) as f64 / f64::from(u32::MAX) * 2.0 - 1.0;
        let by = (noise * amount) as f32;
        let [r, g, b, a] = straight(*p);
        *p = premultiplied([r + by, g + by, b + by, a]);
    }
    sheet
}

/// 32 well-mixed bits (the finaliser of SplitMix64).
fn hash(seed: u64, x: i64, y: i64) -> u32 {
    let mut z = seed ^ (x as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (y as u64).wrapping_mul(0xc2b2_ae3d_27d4_eb4f);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as u32
}
