//! Filters that treat each pixel's colour by itself.

use super::Sheet;
use fearless_simd::{Level, dispatch};
use raster::Lut;

/// The straight colour of a premultiplied pixel, each channel 0 to 1, and its alpha.
#[inline(always)]
pub(super) fn straight(p: u32) -> [f32; 4] {
    let a = (p >> 24) as f32;
    if a == 0.0 {
        return [0.0; 4];
    }
    [(p & 255) as f32 / a, (p >> 8 & 255) as f32 / a, (p >> 16 & 255) as f32 / a, a / 255.0]
}

/// A premultiplied pixel of a straight colour; what is out of range is clamped.
#[inline(always)]
pub(super) fn premultiplied([r, g, b, a]: [f32; 4]) -> u32 {
    let a = a.clamp(0.0, 1.0) * 255.0;
    // Colours by the rounded alpha, so that none exceeds it.
    let alpha = (a + 0.5) as u32;
    let k = alpha as f32;
    let channel = |c: f32| (c.clamp(0.0, 1.0) * k + 0.5) as u32;
    channel(r) | channel(g) << 8 | channel(b) << 16 | alpha << 24
}

/// A colour matrix on straight colours (Filter Effects Level 1, `feColorMatrix`).
pub(super) fn matrix(simd: Level, mut sheet: Sheet, matrix: &[f32; 20]) -> Sheet {
    dispatch!(simd, _ => matrix_row(&mut sheet.pixels, matrix));
    sheet
}

#[inline(always)]
fn matrix_row(pixels: &mut [u32], m: &[f32; 20]) {
    // What is clear stays clear unless alpha is given something.
    let adds_alpha = m[19] > 0.0;
    for p in pixels {
        if *p == 0 && !adds_alpha {
            continue;
        }
        let [r, g, b, a] = straight(*p);
        let row = |at: usize| m[at] * r + m[at + 1] * g + m[at + 2] * b + m[at + 3] * a + m[at + 4];
        *p = premultiplied([row(0), row(5), row(10), row(15)]);
    }
}

/// Straight colours to the power of 1 / gamma.
pub(super) fn gamma(mut sheet: Sheet, gamma: f64) -> Sheet {
    let table: Vec<f32> = (0..=1020).map(|v| (f64::from(v) / 1020.0).powf(1.0 / gamma) as f32).collect();
    let power = |c: f32| table[(c.clamp(0.0, 1.0) * 1020.0 + 0.5) as usize];
    for p in sheet.pixels.iter_mut().filter(|p| **p >> 24 != 0) {
        let [r, g, b, a] = straight(*p);
        *p = premultiplied([power(r), power(g), power(b), a]);
    }
    sheet
}

/// Colours by a table, mixed with their own.
pub(super) fn look_up(mut sheet: Sheet, lut: &Lut, amount: f64) -> Sheet {
    let amount = amount as f32;
    for p in sheet.pixels.iter_mut().filter(|p| **p >> 24 != 0) {
        let [r, g, b, a] = straight(*p);
        let [lr, lg, lb] = lut.look_up([r, g, b]);
        let mix = |own: f32, new: f32| own + (new - own) * amount;
        *p = premultiplied([mix(r, lr), mix(g, lg), mix(b, lb), a]);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_to_straight_and_back() {
        for a in [1u32, 7, 128, 255] {
            for c in 0..=a {
                let p = c | c << 8 | c << 16 | a << 24;
                assert_eq!(premultiplied(straight(p)), p);
            }
        }
    }
}
