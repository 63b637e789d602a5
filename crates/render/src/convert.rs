//! RGBA to I420, BT.709 limited range.
//!
//! Y = 16 + 219/255 (0.2126 R + 0.7152 G + 0.0722 B); Cb and Cr are the scaled differences from
//! blue and red of the mean of 2x2 pixels (ITU-R BT.709-6, items 3.2 to 3.4). The weights are in
//! 1/32768, each row of them summing to what keeps greys grey and white at 235 exactly.

use crate::picture::Picture;
use fearless_simd::{Bytes, Level, Simd, SimdBase, dispatch, i16x16, i32x8, u16x16, u32x8};

/// Weights of red, green and blue.
const Y: [i16; 3] = [5983, 20127, 2032];
const U: [i16; 3] = [-3298, -11094, 14392];
const V: [i16; 3] = [14392, -13073, -1319];
const Y_BIAS: i32 = (16 << 15) + (1 << 14);
/// Chroma is of the sum of four pixels: two bits more.
const C_BIAS: i32 = (128 << 17) + (1 << 16);
const MASK: u32 = 0x00ff_00ff;
/// Pixels that one step of the vector loop takes.
const STEP: usize = 32;

/// Converts opaque pixels into their place (left, top, right, bottom; all even) in the picture.
pub(crate) fn convert(simd: Level, pixels: &[u32], picture: &mut Picture, [left, top, right, bottom]: [u32; 4]) {
    let stride = picture.width() as usize;
    let [left, top, right, bottom] = [left, top, right, bottom].map(|v| v as usize);
    let (y, u, v) = picture.planes_mut();
    for (pair, rows) in pixels.chunks_exact((right - left) * 2).zip((top..bottom).step_by(2)) {
        let (first, second) = pair.split_at(right - left);
        let (y0, y1) = y[rows * stride..(rows + 2) * stride].split_at_mut(stride);
        let chroma = rows / 2 * stride / 2 + left / 2..rows / 2 * stride / 2 + right / 2;
        let planes =
            Rows { y0: &mut y0[left..right], y1: &mut y1[left..right], u: &mut u[chroma.clone()], v: &mut v[chroma] };
        dispatch!(simd, s => convert_rows(s, first, second, planes));
    }
}

/// Two rows of luma and the row of chroma between them.
struct Rows<'a> {
    y0: &'a mut [u8],
    y1: &'a mut [u8],
    u: &'a mut [u8],
    v: &'a mut [u8],
}

#[inline(always)]
fn convert_rows<S: Simd>(s: S, first: &[u32], second: &[u32], rows: Rows<'_>) {
    let Rows { y0, y1, u, v } = rows;
    let whole = first.len() / STEP * STEP;
    let chunks = first.as_chunks::<STEP>().0.iter().zip(second.as_chunks::<STEP>().0);
    let luma = y0.as_chunks_mut::<STEP>().0.iter_mut().zip(y1.as_chunks_mut::<STEP>().0);
    let chroma = u.as_chunks_mut::<{ STEP / 2 }>().0.iter_mut().zip(v.as_chunks_mut::<{ STEP / 2 }>().0);
    for (((a, b), (y0, y1)), (u, v)) in chunks.zip(luma).zip(chroma) {
        step(s, a, b, y0, y1, u, v);
    }
    // The right edge of a picture whose width is no multiple of the step.
    for x in (whole..first.len()).step_by(2) {
        let block = [first[x], first[x + 1], second[x], second[x + 1]];
        [y0[x], y0[x + 1], y1[x], y1[x + 1]] = block.map(|p| weigh(p, Y, Y_BIAS, 15));
        let sum = block.iter().fold([0u32; 3], |[r, g, b], p| [r + (p & 255), g + (p >> 8 & 255), b + (p >> 16 & 255)]);
        u[x / 2] = weigh_sum(sum, U);
        v[x / 2] = weigh_sum(sum, V);
    }
}

fn weigh(p: u32, [r, g, b]: [i16; 3], bias: i32, shift: u32) -> u8 {
    let channel = |at: u32| (p >> at & 255) as i32;
    ((channel(0) * i32::from(r) + channel(8) * i32::from(g) + channel(16) * i32::from(b) + bias) >> shift) as u8
}

fn weigh_sum(sum: [u32; 3], weights: [i16; 3]) -> u8 {
    let dot: i32 = sum.into_iter().zip(weights).map(|(c, w)| c as i32 * i32::from(w)).sum();
    ((dot + C_BIAS) >> 17) as u8
}

/// The same for 32 pixels of two rows. Red and blue share a 32-bit lane, as do green and alpha, so
/// a multiply-add of pairs weighs two channels at once (alpha by nothing).
#[inline(always)]
fn step<S: Simd>(
    s: S,
    a: &[u32; STEP],
    b: &[u32; STEP],
    y0: &mut [u8; STEP],
    y1: &mut [u8; STEP],
    u: &mut [u8; STEP / 2],
    v: &mut [u8; STEP / 2],
) {
    let mask = u32x8::splat(s, MASK);
    let [a0, a1, a2, a3] = load(s, a);
    let [b0, b1, b2, b3] = load(s, b);
    luma_row(s, a0, a1, a2, a3, y0);
    luma_row(s, b0, b1, b2, b3, y1);
    let (rb0, ga0) = sums(s, mask, a0, a1, b0, b1);
    let (rb1, ga1) = sums(s, mask, a2, a3, b2, b3);
    let both = s.narrow_u16x16(chroma(s, rb0, ga0, rb1, ga1, U), chroma(s, rb0, ga0, rb1, ga1, V));
    let (us, vs) = s.split_u8x32(both);
    us.store_slice(u);
    vs.store_slice(v);
}

// No closures from here on: a closure does not take on the instruction set of the function that it
// is written in, and costs a call for each vector (2.6 times the time in all).

#[inline(always)]
fn load<S: Simd>(s: S, row: &[u32; STEP]) -> [u32x8<S>; 4] {
    [
        u32x8::from_slice(s, &row[..8]),
        u32x8::from_slice(s, &row[8..16]),
        u32x8::from_slice(s, &row[16..24]),
        u32x8::from_slice(s, &row[24..]),
    ]
}

#[inline(always)]
fn luma_row<S: Simd>(s: S, p0: u32x8<S>, p1: u32x8<S>, p2: u32x8<S>, p3: u32x8<S>, out: &mut [u8; STEP]) {
    let low = s.narrow_u32x8(luma(s, p0), luma(s, p1));
    let high = s.narrow_u32x8(luma(s, p2), luma(s, p3));
    s.narrow_u16x16(low, high).store_slice(out);
}

#[inline(always)]
fn luma<S: Simd>(s: S, p: u32x8<S>) -> u32x8<S> {
    let mask = u32x8::splat(s, MASK);
    let (rb, g, bias) = (pair(s, Y[0], Y[2]), pair(s, Y[1], 0), i32x8::splat(s, Y_BIAS));
    (dot(s, p & mask, (p >> 8) & mask, rb, g, bias) >> 15).bitcast()
}

#[inline(always)]
fn chroma<S: Simd>(s: S, rb0: u32x8<S>, ga0: u32x8<S>, rb1: u32x8<S>, ga1: u32x8<S>, weights: [i16; 3]) -> u16x16<S> {
    let (rb, g, bias) = (pair(s, weights[0], weights[2]), pair(s, weights[1], 0), i32x8::splat(s, C_BIAS));
    let low: u32x8<S> = (dot(s, rb0, ga0, rb, g, bias) >> 17).bitcast();
    let high: u32x8<S> = (dot(s, rb1, ga1, rb, g, bias) >> 17).bitcast();
    s.narrow_u32x8(low, high)
}

/// The sums of 2x2 pixels, red and blue, and green and alpha.
#[inline(always)]
fn sums<S: Simd>(s: S, mask: u32x8<S>, a0: u32x8<S>, a1: u32x8<S>, b0: u32x8<S>, b1: u32x8<S>) -> (u32x8<S>, u32x8<S>) {
    let (a_even, a_odd) = s.deinterleave_u32x8(a0, a1);
    let (b_even, b_odd) = s.deinterleave_u32x8(b0, b1);
    let rb = (a_even & mask) + (a_odd & mask) + (b_even & mask) + (b_odd & mask);
    let ga = ((a_even >> 8) & mask) + ((a_odd >> 8) & mask) + ((b_even >> 8) & mask) + ((b_odd >> 8) & mask);
    (rb, ga)
}

#[inline(always)]
fn dot<S: Simd>(s: S, rb: u32x8<S>, ga: u32x8<S>, w_rb: i16x16<S>, w_ga: i16x16<S>, bias: i32x8<S>) -> i32x8<S> {
    s.pairwise_dot_product_i16x16(rb.bitcast(), w_rb) + s.pairwise_dot_product_i16x16(ga.bitcast(), w_ga) + bias
}

/// Two weights in each lane.
#[inline(always)]
fn pair<S: Simd>(s: S, low: i16, high: i16) -> i16x16<S> {
    u32x8::splat(s, u32::from(low as u16) | u32::from(high as u16) << 16).bitcast()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The formula in floating point; every colour in a coarse cube, and a ragged width.
    #[test]
    fn the_conversion_is_that_of_the_standard() {
        let (w, h) = (70u32, 500u32);
        let colour = |i: u32| [i * 37 % 256, i * 101 % 256, i * 173 % 256];
        let pixels: Vec<u32> = (0..w * h)
            .map(|i| {
                let [r, g, b] = colour(i / 3);
                r | g << 8 | b << 16 | 255 << 24
            })
            .collect();
        for level in [Level::new(), Level::baseline()] {
            let mut picture = Picture::new(w, h);
            convert(level, &pixels, &mut picture, [0, 0, w, h]);
            let luma = (w * h) as usize;
            for y in 0..h {
                for x in 0..w {
                    let mean = |channel: u32| {
                        let at = |x, y| f64::from(pixels[(y * w + x) as usize] >> (8 * channel) & 255);
                        let (x, y) = (x & !1, y & !1);
                        (at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1)) / 4.0
                    };
                    let p = pixels[(y * w + x) as usize];
                    let own = [0, 8, 16].map(|s| f64::from(p >> s & 255));
                    let light = |[r, g, b]: [f64; 3]| 0.2126 * r + 0.7152 * g + 0.0722 * b;
                    let mean = [mean(0), mean(1), mean(2)];
                    let at = (y / 2 * w / 2 + x / 2) as usize;
                    let bytes = picture.bytes();
                    let got = [bytes[(y * w + x) as usize], bytes[luma + at], bytes[luma + luma / 4 + at]];
                    let want = [
                        16.0 + light(own) * 219.0 / 255.0,
                        128.0 + (mean[2] - light(mean)) / 1.8556 * 224.0 / 255.0,
                        128.0 + (mean[0] - light(mean)) / 1.5748 * 224.0 / 255.0,
                    ];
                    for (got, want) in got.into_iter().zip(want) {
                        assert!((f64::from(got) - want).abs() <= 0.56, "({x}, {y}): {got} for {want}");
                    }
                }
            }
        }
    }
}
