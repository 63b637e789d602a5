//! Blending and compositing of rows: W3C Compositing and Blending Level 1, in integers.
//!
//! For premultiplied colours `s` and `d` with alphas `sa` and `da`, the text's section 5.1 (simple
//! alpha compositing) after section 5.3 (blending) is
//!
//! ```text
//! result = s (1 - da) + d (1 - sa) + sa da B(d / da, s / sa)
//! alpha  = sa + da - sa da
//! ```
//!
//! Each mode below gives the last term, scaled by 255^2, so that a channel is rounded once. Since
//! the term is at most `sa da`, a colour never exceeds its alpha.

use crate::kernel::{over_row, scale};
use fearless_simd::{Level, Simd, dispatch};
use scene::BlendMode;

/// Lays a row over another, pixel on pixel.
#[inline(always)]
pub(crate) fn blend_row<S: Simd>(s: S, mode: BlendMode, under: &mut [u32], source: &[u32], opacity: u32) {
    match mode {
        BlendMode::Normal => over_row(s, under, source, opacity),
        BlendMode::PlusLighter => row::<PlusLighter>(under, source, opacity),
        BlendMode::Multiply => row::<Each<Multiply>>(under, source, opacity),
        BlendMode::Screen => row::<Each<Screen>>(under, source, opacity),
        BlendMode::Overlay => row::<Each<Overlay>>(under, source, opacity),
        BlendMode::Darken => row::<Each<Darken>>(under, source, opacity),
        BlendMode::Lighten => row::<Each<Lighten>>(under, source, opacity),
        BlendMode::ColorDodge => row::<Each<ColorDodge>>(under, source, opacity),
        BlendMode::ColorBurn => row::<Each<ColorBurn>>(under, source, opacity),
        BlendMode::HardLight => row::<Each<HardLight>>(under, source, opacity),
        BlendMode::SoftLight => row::<Each<SoftLight>>(under, source, opacity),
        BlendMode::Difference => row::<Each<Difference>>(under, source, opacity),
        BlendMode::Exclusion => row::<Each<Exclusion>>(under, source, opacity),
        BlendMode::Hue => row::<Together<Hue>>(under, source, opacity),
        BlendMode::Saturation => row::<Together<Saturation>>(under, source, opacity),
        BlendMode::Color => row::<Together<ColorOf>>(under, source, opacity),
        BlendMode::Luminosity => row::<Together<Luminosity>>(under, source, opacity),
    }
}

#[inline(always)]
fn row<B: Pixel>(under: &mut [u32], source: &[u32], opacity: u32) {
    for (u, s) in under.iter_mut().zip(source) {
        *u = B::blend(*u, if opacity == 255 { *s } else { scale(*s, opacity) });
    }
}

/// Lays one pixel over another.
pub(crate) fn blend_pixel(mode: BlendMode, under: u32, source: u32) -> u32 {
    let mut out = [under];
    dispatch!(Level::baseline(), s => blend_row(s, mode, &mut out, &[source], 255));
    out[0]
}

/// A way to lay one pixel over another.
trait Pixel {
    fn blend(under: u32, source: u32) -> u32;
}

/// A mode that treats each channel by itself.
trait Channel {
    /// 255^2 `sa da B(d / da, s / sa)`.
    fn mix(s: i32, d: i32, sa: i32, da: i32) -> i32;
}

/// `v / 255`, rounded to nearest, for 0 to 255^2 (see `kernel::scale`).
#[inline(always)]
fn div255(v: i32) -> u32 {
    let t = v as u32 + 128;
    (t + (t >> 8)) >> 8
}

struct Each<C>(std::marker::PhantomData<C>);

impl<C: Channel> Pixel for Each<C> {
    #[inline(always)]
    fn blend(under: u32, source: u32) -> u32 {
        let (sa, da) = ((source >> 24) as i32, (under >> 24) as i32);
        let mut out = div255(255 * (sa + da) - sa * da) << 24;
        let mut at = 0;
        while at < 24 {
            let (s, d) = ((source >> at & 255) as i32, (under >> at & 255) as i32);
            out |= div255(s * (255 - da) + d * (255 - sa) + C::mix(s, d, sa, da)) << at;
            at += 8;
        }
        out
    }
}

struct PlusLighter;
impl Pixel for PlusLighter {
    /// Section 6.2 of Level 2, `plus-lighter`: the sum, clamped.
    #[inline(always)]
    fn blend(under: u32, source: u32) -> u32 {
        let mut out = 0;
        let mut at = 0;
        while at < 32 {
            out |= ((under >> at & 255) + (source >> at & 255)).min(255) << at;
            at += 8;
        }
        out
    }
}

macro_rules! channel {
    ($name:ident, |$s:ident, $d:ident, $sa:ident, $da:ident| $body:expr) => {
        struct $name;
        impl Channel for $name {
            #[inline(always)]
            fn mix($s: i32, $d: i32, $sa: i32, $da: i32) -> i32 {
                $body
            }
        }
    };
}
channel!(Multiply, |s, d, _sa, _da| s * d);
channel!(Screen, |s, d, sa, da| s * da + d * sa - s * d);
channel!(Overlay, |s, d, sa, da| HardLight::mix(d, s, da, sa));
channel!(Darken, |s, d, sa, da| (s * da).min(d * sa));
channel!(Lighten, |s, d, sa, da| (s * da).max(d * sa));
channel!(Difference, |s, d, sa, da| (s * da - d * sa).abs());
channel!(Exclusion, |s, d, sa, da| s * da + d * sa - 2 * s * d);
channel!(HardLight, |s, d, sa, da| if 2 * s <= sa { 2 * s * d } else { sa * da - 2 * (da - d) * (sa - s) });
channel!(ColorDodge, |s, d, sa, da| {
    if d == 0 {
        0
    } else if s >= sa {
        sa * da
    } else {
        // 255^3 has 24 bits: it is exact in an f32.
        let lit = ((d * sa * sa) as f32 / (sa - s) as f32 + 0.5) as i32;
        lit.min(sa * da)
    }
});
channel!(ColorBurn, |s, d, sa, da| {
    if d >= da {
        sa * da
    } else if s == 0 {
        0
    } else {
        let burnt = (((da - d) * sa * sa) as f32 / s as f32 + 0.5) as i32;
        sa * da - burnt.min(sa * da)
    }
});
channel!(SoftLight, |s, d, sa, da| {
    if sa == 0 || da == 0 {
        return 0;
    }
    let (cs, cb) = (s as f32 / sa as f32, d as f32 / da as f32);
    let light = if cs <= 0.5 {
        cb - (1.0 - 2.0 * cs) * cb * (1.0 - cb)
    } else {
        let curve = if cb <= 0.25 { ((16.0 * cb - 12.0) * cb + 4.0) * cb } else { cb.sqrt() };
        cb + (2.0 * cs - 1.0) * (curve - cb)
    };
    ((light * (sa * da) as f32 + 0.5) as i32).clamp(0, sa * da)
});

/// A mode that treats the three channels together (section 10.2, non-separable).
trait Colors {
    /// `B(backdrop, source)` of straight colours.
    fn mix(backdrop: [f32; 3], source: [f32; 3]) -> [f32; 3];
}

struct Together<C>(std::marker::PhantomData<C>);

impl<C: Colors> Pixel for Together<C> {
    #[inline(always)]
    fn blend(under: u32, source: u32) -> u32 {
        let (sa, da) = ((source >> 24) as i32, (under >> 24) as i32);
        if sa == 0 {
            return under;
        }
        if da == 0 {
            return source;
        }
        let (s, d) = (straight(source), straight(under));
        let mixed = C::mix(d, s);
        let mut out = div255(255 * (sa + da) - sa * da) << 24;
        let mut channel = 0;
        while channel < 3 {
            let at = 8 * channel as u32;
            let (s, d) = ((source >> at & 255) as i32, (under >> at & 255) as i32);
            let term = ((mixed[channel] * (sa * da) as f32 + 0.5) as i32).clamp(0, sa * da);
            out |= div255(s * (255 - da) + d * (255 - sa) + term) << at;
            channel += 1;
        }
        out
    }
}

#[inline(always)]
fn straight(p: u32) -> [f32; 3] {
    let a = (p >> 24) as f32;
    [(p & 255) as f32 / a, (p >> 8 & 255) as f32 / a, (p >> 16 & 255) as f32 / a]
}

#[inline(always)]
fn lum(c: [f32; 3]) -> f32 {
    0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]
}

#[inline(always)]
fn sat(c: [f32; 3]) -> f32 {
    c[0].max(c[1]).max(c[2]) - c[0].min(c[1]).min(c[2])
}

#[inline(always)]
fn set_lum(c: [f32; 3], l: f32) -> [f32; 3] {
    let d = l - lum(c);
    clip_color([c[0] + d, c[1] + d, c[2] + d])
}

#[inline(always)]
fn clip_color(mut c: [f32; 3]) -> [f32; 3] {
    let l = lum(c);
    let (n, x) = (c[0].min(c[1]).min(c[2]), c[0].max(c[1]).max(c[2]));
    for v in &mut c {
        if n < 0.0 {
            *v = l + (*v - l) * l / (l - n);
        }
    }
    for v in &mut c {
        if x > 1.0 {
            *v = l + (*v - l) * (1.0 - l) / (x - l);
        }
    }
    c
}

/// The text's SetSat, for all orders of the channels at once.
#[inline(always)]
fn set_sat(c: [f32; 3], s: f32) -> [f32; 3] {
    let least = c[0].min(c[1]).min(c[2]);
    let spread = sat(c);
    if spread <= 0.0 {
        return [0.0; 3];
    }
    [(c[0] - least) * s / spread, (c[1] - least) * s / spread, (c[2] - least) * s / spread]
}

macro_rules! colors {
    ($name:ident, |$b:ident, $s:ident| $body:expr) => {
        struct $name;
        impl Colors for $name {
            #[inline(always)]
            fn mix($b: [f32; 3], $s: [f32; 3]) -> [f32; 3] {
                $body
            }
        }
    };
}
colors!(Hue, |b, s| set_lum(set_sat(s, sat(b)), lum(b)));
colors!(Saturation, |b, s| set_lum(set_sat(b, sat(s)), lum(b)));
colors!(ColorOf, |b, s| set_lum(s, lum(b)));
colors!(Luminosity, |b, s| set_lum(b, lum(s)));

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reference;

    /// Every pair of alphas and colours on a grid, against the formulas of the text in f64.
    #[test]
    fn every_mode_is_that_of_the_w3c_within_one() {
        let steps = [0u32, 1, 37, 64, 127, 128, 200, 254, 255];
        for mode in BlendMode::ALL {
            let mut worst = 0.0f64;
            for sa in steps {
                for da in steps {
                    for s in 0..9 {
                        for d in 0..9 {
                            let color = |k: u32, a: u32| {
                                let part = |n: u32| (a * ((k * n + n) % 9) + 4) / 8;
                                part(1).min(a) | part(2).min(a) << 8 | part(5).min(a) << 16 | a << 24
                            };
                            let (source, under) = (color(s, sa), color(d, da));
                            let got = [blend_pixel(mode, under, source)];
                            let want = reference::composite(mode, reference::unpack(under), reference::unpack(source));
                            for (c, want) in want.into_iter().enumerate() {
                                let got = f64::from(got[0] >> (8 * c) & 255);
                                worst = worst.max((got - want * 255.0).abs());
                            }
                            assert!(worst <= 1.0, "{}: {source:08x} over {under:08x}: {worst}", mode.name());
                            let [r, g, b, a] = got[0].to_le_bytes();
                            assert!(mode == BlendMode::PlusLighter || r.max(g).max(b) <= a);
                        }
                    }
                }
            }
        }
    }
}
