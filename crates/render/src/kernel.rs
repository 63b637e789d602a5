//! The inner loops. Pixels are premultiplied RGBA, one `u32` each with red in the lowest byte.
//!
//! They are written on two channels at a time in 32-bit lanes and left to the compiler to
//! vectorise for whichever instruction set the caller has switched on: integers only, so the
//! result is the same on all of them.

use crate::wide;
use fearless_simd::{Simd, SimdBase, u16x16, u32x8};

const MASK: u32 = 0x00ff_00ff;
const HALF: u32 = 0x0080_0080;

/// Every channel of `p` times `k / 255`, rounded to nearest. Exact for all inputs: for t = p k + 128,
/// (t + (t >> 8)) >> 8 is the rounded quotient up to 255 * 255 (Blinn, "Three wrongs make a right").
#[inline(always)]
pub(crate) fn scale(p: u32, k: u32) -> u32 {
    let low = (p & MASK) * k + HALF;
    let high = ((p >> 8) & MASK) * k + HALF;
    let low = ((low + ((low >> 8) & MASK)) >> 8) & MASK;
    let high = (high + ((high >> 8) & MASK)) & !MASK;
    low | high
}

/// `source` over `under`.
#[inline(always)]
pub(crate) fn over(under: u32, source: u32) -> u32 {
    scale(under, 255 - (source >> 24)).wrapping_add(source)
}

/// `p + (q - p) * f / 256`, rounded to nearest, `f` 0 to 255.
#[inline(always)]
pub(crate) fn lerp(p: u32, q: u32, f: u32) -> u32 {
    let g = 256 - f;
    let low = (((p & MASK) * g + (q & MASK) * f + HALF) >> 8) & MASK;
    let high = (((p >> 8) & MASK) * g + ((q >> 8) & MASK) * f + HALF) & !MASK;
    low | high
}

/// Lays a row over another, eight pixels at a time: clear ones are skipped, opaque ones copied.
#[inline(always)]
pub(crate) fn over_row<S: Simd>(s: S, under: &mut [u32], source: &[u32], opacity: u32) {
    let (under8, under_rest) = under.as_chunks_mut::<8>();
    let (source8, source_rest) = source.as_chunks::<8>();
    if opacity == 255 {
        for (u, p) in under8.iter_mut().zip(source8) {
            wide::lay(s, u, u32x8::from_slice(s, p));
        }
    } else {
        let k = u16x16::splat(s, opacity as u16);
        for (u, p) in under8.iter_mut().zip(source8) {
            wide::lay(s, u, wide::scale(s, u32x8::from_slice(s, p), k));
        }
    }
    for (u, p) in under_rest.iter_mut().zip(source_rest) {
        *u = over(*u, scale(*p, opacity));
    }
}

/// One row between two, as far as `f` / 256 from the first to the second.
#[inline(always)]
pub(crate) fn lerp_rows<S: Simd>(s: S, out: &mut [u32], first: &[u32], second: &[u32], f: u32) {
    let (out8, out_rest) = out.as_chunks_mut::<8>();
    let ((first8, first_rest), (second8, second_rest)) = (first.as_chunks::<8>(), second.as_chunks::<8>());
    let weight = u16x16::splat(s, f as u16);
    for ((o, p), q) in out8.iter_mut().zip(first8).zip(second8) {
        wide::lerp(s, u32x8::from_slice(s, p), u32x8::from_slice(s, q), weight).store_slice(o);
    }
    for ((o, p), q) in out_rest.iter_mut().zip(first_rest).zip(second_rest) {
        *o = lerp(*p, *q, f);
    }
}

/// Samples a row at `columns` (index << 8 | weight of the right neighbour) and lays it over another.
#[inline(always)]
pub(crate) fn over_sampled<S: Simd>(s: S, under: &mut [u32], row: &[u32], columns: &[u32], opacity: u32) {
    let (under8, under_rest) = under.as_chunks_mut::<8>();
    let (columns8, columns_rest) = columns.as_chunks::<8>();
    let k = u16x16::splat(s, opacity as u16);
    for (u, c) in under8.iter_mut().zip(columns8) {
        let (base, last) = ((c[0] >> 8) as usize, (c[7] >> 8) as usize);
        let at = u32x8::from_slice(s, c);
        // Eight neighbours come from nine texels where nothing is shrunk: two loads and a shuffle.
        let (left, right) = match row.get(base..base + 9) {
            Some(window) if last - base <= 7 => {
                let index = (at >> 8) - u32x8::splat(s, base as u32);
                let (left, right) = (u32x8::from_slice(s, &window[..8]), u32x8::from_slice(s, &window[1..]));
                (wide::pick(s, left, index), wide::pick(s, right, index))
            }
            _ => {
                let (mut left, mut right) = ([0; 8], [0; 8]);
                for k in 0..8 {
                    let pair = &row[(c[k] >> 8) as usize..][..2];
                    (left[k], right[k]) = (pair[0], pair[1]);
                }
                (u32x8::from_slice(s, &left), u32x8::from_slice(s, &right))
            }
        };
        let mut sampled = wide::lerp(s, left, right, wide::twice(at & 255));
        if opacity != 255 {
            sampled = wide::scale(s, sampled, k);
        }
        wide::lay(s, u, sampled);
    }
    for (u, c) in under_rest.iter_mut().zip(columns_rest) {
        let pair = &row[(c >> 8) as usize..][..2];
        *u = over(*u, scale(lerp(pair[0], pair[1], c & 255), opacity));
    }
}

/// Samples along a line through the framed pixels of a level and lays the result over a row.
/// (`x`, `y`) and their steps are in 1/2^32 of a texel, from the middle of the frame's first pixel;
/// the caller has cut the row so that every sample lies inside of the frame.
#[inline(always)]
pub(crate) fn over_line(
    under: &mut [u32],
    pixels: &[u32],
    stride: usize,
    (mut x, mut y): (i64, i64),
    (dx, dy): (i64, i64),
    opacity: u32,
) {
    for u in under {
        let at = (y >> 32) as usize * stride + (x >> 32) as usize;
        let (fx, fy) = ((x >> 24) as u32 & 255, (y >> 24) as u32 & 255);
        (x, y) = (x + dx, y + dy);
        let (Some(top), Some(bottom)) = (pixels.get(at..at + 2), pixels.get(at + stride..at + stride + 2)) else {
            continue;
        };
        if top[0] | top[1] | bottom[0] | bottom[1] != 0 {
            let sample = lerp(lerp(top[0], bottom[0], fy), lerp(top[1], bottom[1], fy), fx);
            *u = over(*u, scale(sample, opacity));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_is_exact_for_every_value() {
        for p in 0..=255u32 {
            for k in 0..=255u32 {
                let exact = (p * k * 2 + 255) / 510;
                assert_eq!(scale(p * 0x0101_0101, k), exact * 0x0101_0101, "{p} * {k} / 255");
            }
        }
    }

    #[test]
    fn over_keeps_what_is_clear_and_takes_what_is_opaque() {
        for p in [0u32, 0xff00_0000, 0x80_40_20_10, u32::MAX] {
            assert_eq!(over(p, 0), p);
            assert_eq!(over(p, 0xff12_3456), 0xff12_3456);
            assert_eq!(scale(p, 255), p);
            assert_eq!(lerp(p, p, 77), p);
        }
    }
}
