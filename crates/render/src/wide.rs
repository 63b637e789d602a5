//! Eight pixels at a time, in explicit vectors: where the compiler finds no good ones by itself.
//!
//! No closures here: a closure does not take on the instruction set of the function that it is
//! written in, and costs a call for each vector.

use fearless_simd::{Bytes, Simd, SimdBase, u8x32, u16x16, u32x8};

/// `t / 255`, rounded to nearest, for 0 to 255^2.
#[inline(always)]
fn div255<S: Simd>(t: u16x16<S>) -> u16x16<S> {
    let t = t + 128;
    (t + (t >> 8)) >> 8
}

/// Red and blue of each pixel in 16-bit lanes, then green and alpha.
#[inline(always)]
fn split<S: Simd>(s: S, p: u32x8<S>) -> (u16x16<S>, u16x16<S>) {
    let mask = u32x8::splat(s, 0x00ff_00ff);
    ((p & mask).bitcast(), ((p >> 8) & mask).bitcast())
}

/// `source` over `under`.
#[inline(always)]
pub(crate) fn over<S: Simd>(s: S, under: u32x8<S>, source: u32x8<S>) -> u32x8<S> {
    let alpha = source >> 24;
    let both: u16x16<S> = (alpha | (alpha << 16)).bitcast();
    let rest = u16x16::splat(s, 255) - both;
    let (rb, ga) = split(s, under);
    let (rb, ga): (u32x8<S>, u32x8<S>) = (div255(rb * rest).bitcast(), div255(ga * rest).bitcast());
    (rb | (ga << 8)) + source
}

/// Every channel times `k / 255`, for `k` twice in each lane.
#[inline(always)]
pub(crate) fn scale<S: Simd>(s: S, p: u32x8<S>, k: u16x16<S>) -> u32x8<S> {
    let (rb, ga) = split(s, p);
    let (rb, ga): (u32x8<S>, u32x8<S>) = (div255(rb * k).bitcast(), div255(ga * k).bitcast());
    rb | (ga << 8)
}

/// `p + (q - p) f / 256`, rounded to nearest, `f` 0 to 255 and twice in each lane.
#[inline(always)]
pub(crate) fn lerp<S: Simd>(s: S, p: u32x8<S>, q: u32x8<S>, f: u16x16<S>) -> u32x8<S> {
    let g = u16x16::splat(s, 256) - f;
    let ((rb0, ga0), (rb1, ga1)) = (split(s, p), split(s, q));
    let rb: u32x8<S> = ((rb0 * g + rb1 * f + 128) >> 8).bitcast();
    let ga: u32x8<S> = (ga0 * g + ga1 * f + 128).bitcast();
    rb | (ga & u32x8::splat(s, 0xff00_ff00))
}

/// A factor of 0 to 255 in each lane, twice.
#[inline(always)]
pub(crate) fn twice<S: Simd>(f: u32x8<S>) -> u16x16<S> {
    (f | (f << 16)).bitcast()
}

/// Picks lanes of `p` by `index`, 0 to 7.
#[inline(always)]
pub(crate) fn pick<S: Simd>(s: S, p: u32x8<S>, index: u32x8<S>) -> u32x8<S> {
    let bytes: u8x32<S> = (index * u32x8::splat(s, 0x0404_0404) + u32x8::splat(s, 0x0302_0100)).bitcast();
    s.swizzle_dyn_u32x8(p, bytes)
}

/// Picks from sixteen pixels by `index`, 0 to 15.
#[inline(always)]
pub(crate) fn pick16<S: Simd>(s: S, p: &[u32], index: u32x8<S>) -> u32x8<S> {
    let (low, high) = (u32x8::from_slice(s, &p[..8]), u32x8::from_slice(s, &p[8..16]));
    let at = index & u32x8::splat(s, 7);
    let first = s.simd_lt_u32x8(index, u32x8::splat(s, 8));
    s.select_u32x8(first, pick(s, low, at), pick(s, high, at))
}

/// Whether all eight are opaque.
#[inline(always)]
pub(crate) fn is_opaque<S: Simd>(s: S, p: u32x8<S>) -> bool {
    let opaque = u32x8::splat(s, 0xff00_0000);
    s.all_true_mask32x8(s.simd_eq_u32x8(p & opaque, opaque))
}

/// Lays eight pixels over others: clear ones are skipped, opaque ones copied.
#[inline(always)]
pub(crate) fn lay<S: Simd>(s: S, under: &mut [u32; 8], source: u32x8<S>) {
    if is_opaque(s, source) {
        source.store_slice(under);
    } else if !s.all_true_mask32x8(s.simd_eq_u32x8(source, u32x8::splat(s, 0))) {
        over(s, u32x8::from_slice(s, under), source).store_slice(under);
    }
}
