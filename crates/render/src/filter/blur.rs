//! Gaussian blur. Small ones by their kernel; larger ones as three boxes, which is within 3 % of a
//! Gaussian (SVG 1.1, section 15.17), on a quarter of the size where what that loses cannot be seen.

use super::Sheet;
use bytemuck::{cast_slice, cast_slice_mut};
use fearless_simd::{Level, dispatch};

/// Up to this, the kernel itself is used.
const KERNEL_UP_TO: f64 = 2.0;
/// From this on, a quarter of the size is enough: what is left has no detail of less than ten pixels.
const QUARTER_FROM: f64 = 8.0;
/// Variance that shrinking to a quarter by boxes and growing again by lines adds, in pixels squared:
/// (4^2 - 1) / 12 and 4^2 / 6.
const QUARTER_VARIANCE: f64 = 15.0 / 12.0 + 16.0 / 6.0;

/// How far a blur spreads.
pub(crate) fn reach(sigma: f64) -> f64 {
    if sigma <= 0.0 { 0.0 } else { (sigma * 3.0).ceil() + 4.0 }
}

/// The sheet, blurred by a Gaussian of `sigma` pixels, and as much larger as that takes.
pub(crate) fn blur(simd: Level, sheet: Sheet, sigma: f64) -> Sheet {
    if sigma < 0.05 || sheet.pixels.is_empty() {
        return sheet;
    }
    let by = reach(sigma) as i32;
    if sigma >= QUARTER_FROM {
        return quarter(simd, sheet.grown(by), sigma);
    }
    let mut sheet = sheet.grown(by);
    let (w, h) = (sheet.width(), sheet.height());
    if sigma <= KERNEL_UP_TO {
        let weights = kernel(sigma);
        let mut aside = vec![0; w * h];
        dispatch!(simd, _ => columns(&sheet.pixels, &mut aside, w, &weights));
        dispatch!(simd, _ => transpose(&aside, &mut sheet.pixels, w, h));
        dispatch!(simd, _ => columns(&sheet.pixels, &mut aside, h, &weights));
        dispatch!(simd, _ => transpose(&aside, &mut sheet.pixels, h, w));
    } else {
        boxes(simd, &mut sheet.pixels, w, h, sigma);
    }
    sheet
}

/// Weights of a Gaussian that sum to 256 x 256.
fn kernel(sigma: f64) -> Vec<u32> {
    let half = (sigma * 3.0).ceil() as i32;
    let weight = |i: i32| (-f64::from(i * i) / (2.0 * sigma * sigma)).exp();
    let sum: f64 = (-half..=half).map(weight).sum();
    let mut weights: Vec<u32> = (-half..=half).map(|i| (weight(i) / sum * 65_536.0).round() as u32).collect();
    let total: u32 = weights.iter().sum();
    weights[half as usize] = weights[half as usize] + 65_536 - total;
    weights
}

/// Each pixel the weighted mean of those above and below it; clear outside.
#[inline(always)]
fn columns(source: &[u32], target: &mut [u32], width: usize, weights: &[u32]) {
    let half = weights.len() / 2;
    let height = source.len() / width.max(1);
    let mut sums = vec![0u32; width * 4];
    for y in 0..height {
        sums.fill(0x8000);
        for (k, weight) in weights.iter().enumerate() {
            let Some(row) = (y + k).checked_sub(half).filter(|row| *row < height) else { continue };
            let bytes: &[u8] = cast_slice(&source[row * width..(row + 1) * width]);
            for (sum, value) in sums.iter_mut().zip(bytes) {
                *sum += u32::from(*value) * weight;
            }
        }
        let out: &mut [u8] = cast_slice_mut(&mut target[y * width..(y + 1) * width]);
        for (out, sum) in out.iter_mut().zip(&sums) {
            *out = (sum >> 16) as u8;
        }
    }
}

/// Three boxes along columns, then along rows.
fn boxes(simd: Level, pixels: &mut Vec<u32>, w: usize, h: usize, sigma: f64) {
    let radii = radii(sigma);
    let mut aside = vec![0u32; w * h];
    let mut sums = vec![0u16; w.max(h) * 4];
    let mut three = |a: &mut Vec<u32>, b: &mut Vec<u32>, width: usize| {
        for radius in radii {
            let (source, target): (&[u8], &mut [u8]) = (cast_slice(a), cast_slice_mut(b));
            dispatch!(simd, _ => box_columns(source, target, width * 4, radius, &mut sums));
            std::mem::swap(a, b);
        }
    };
    three(pixels, &mut aside, w);
    dispatch!(simd, _ => transpose(pixels, &mut aside, w, h));
    std::mem::swap(pixels, &mut aside);
    three(pixels, &mut aside, h);
    dispatch!(simd, _ => transpose(pixels, &mut aside, h, w));
    std::mem::swap(pixels, &mut aside);
}

/// Radii of three boxes whose variances sum to `sigma` squared as nearly as whole numbers can.
fn radii(sigma: f64) -> [usize; 3] {
    let wanted = 12.0 * sigma * sigma;
    let variance = |width: f64| width * width - 1.0;
    // Odd widths below and above the ideal one; as many of the larger as bring the sum nearest.
    let mut lower = ((wanted / 3.0 + 1.0).sqrt().floor() as i64).max(1);
    if lower % 2 == 0 {
        lower -= 1;
    }
    let sum =
        |larger: usize| variance(lower as f64) * (3 - larger) as f64 + variance((lower + 2) as f64) * larger as f64;
    let best = (0..=3).min_by(|a, b| (sum(*a) - wanted).abs().total_cmp(&(sum(*b) - wanted).abs())).unwrap_or(0);
    let radius = (lower as usize - 1) / 2;
    std::array::from_fn(|k| radius + usize::from(k < best))
}

/// The running mean of `2 radius + 1` bytes along columns of rows of `bytes` bytes; clear outside.
/// At most 255 rows are summed, so a sum fits 16 bits.
#[inline(always)]
fn box_columns(source: &[u8], target: &mut [u8], bytes: usize, radius: usize, sums: &mut [u16]) {
    let height = source.len() / bytes.max(1);
    let radius = radius.min(127);
    let window = 2 * radius + 1;
    // Division by the window w as a product, exact enough that a flat colour stays what it is. It
    // fits: at most (255 w + w / 2) (2^24 / w + 1) < 255.5 * 2^24 + 2^17 < 2^32.
    let inverse = ((1u32 << 24) / window as u32) + 1;
    let half = window as u32 / 2;
    let sums = &mut sums[..bytes];
    sums.fill(0);
    for row in source.chunks_exact(bytes).take(radius) {
        for (sum, value) in sums.iter_mut().zip(row) {
            *sum += u16::from(*value);
        }
    }
    for y in 0..height {
        if let Some(row) = source.get((y + radius) * bytes..(y + radius + 1) * bytes) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += u16::from(*value);
            }
        }
        for (out, sum) in target[y * bytes..(y + 1) * bytes].iter_mut().zip(sums.iter()) {
            *out = (((u32::from(*sum) + half) * inverse) >> 24) as u8;
        }
        if y >= radius {
            for (sum, value) in sums.iter_mut().zip(&source[(y - radius) * bytes..(y - radius + 1) * bytes]) {
                *sum -= u16::from(*value);
            }
        }
    }
}

/// Rows become columns, in blocks of eight that stay in registers.
#[inline(always)]
fn transpose(source: &[u32], target: &mut [u32], w: usize, h: usize) {
    for top in (0..h).step_by(8) {
        for left in (0..w).step_by(8) {
            if top + 8 <= h && left + 8 <= w {
                let mut block = [[0u32; 8]; 8];
                for j in 0..8 {
                    let row = &source[(top + j) * w + left..(top + j) * w + left + 8];
                    for i in 0..8 {
                        block[i][j] = row[i];
                    }
                }
                for (i, column) in block.iter().enumerate() {
                    target[(left + i) * h + top..(left + i) * h + top + 8].copy_from_slice(column);
                }
            } else {
                for j in top..(top + 8).min(h) {
                    for i in left..(left + 8).min(w) {
                        target[i * h + j] = source[j * w + i];
                    }
                }
            }
        }
    }
}

/// Shrunk to a quarter, blurred, grown again.
fn quarter(simd: Level, sheet: Sheet, sigma: f64) -> Sheet {
    let [left, top, right, bottom] = sheet.rect;
    // Four by four pixels from places that are the same wherever the sheet lies.
    let down = |v: i32| v.div_euclid(4) * 4;
    let rect = [down(left), down(top), down(right + 3), down(bottom + 3)];
    let mut sheet = sheet.fitted(rect);
    let (w, h) = (sheet.width(), sheet.height());
    let (sw, sh) = (w / 4, h / 4);
    let mut small = vec![0u32; sw * sh];
    dispatch!(simd, _ => shrink(&sheet.pixels, &mut small, w));
    boxes(simd, &mut small, sw, sh, ((sigma * sigma - QUARTER_VARIANCE) / 16.0).sqrt());
    dispatch!(simd, _ => grow(&small, &mut sheet.pixels, sw));
    sheet
}

const MASK: u32 = 0x00ff_00ff;

/// Means of four by four pixels.
#[inline(always)]
fn shrink(source: &[u32], target: &mut [u32], width: usize) {
    let mut sums = vec![[0u32; 2]; width];
    for (out, rows) in target.chunks_exact_mut(width / 4).zip(source.chunks_exact(width * 4)) {
        sums.fill([0; 2]);
        for row in rows.chunks_exact(width) {
            for (sum, p) in sums.iter_mut().zip(row) {
                sum[0] += p & MASK;
                sum[1] += p >> 8 & MASK;
            }
        }
        for (out, four) in out.iter_mut().zip(sums.as_chunks::<4>().0) {
            let low = four[0][0] + four[1][0] + four[2][0] + four[3][0] + 0x0008_0008;
            let high = four[0][1] + four[1][1] + four[2][1] + four[3][1] + 0x0008_0008;
            *out = (low >> 4 & MASK) | (high >> 4 & MASK) << 8;
        }
    }
}

/// Bilinear, four times as large; clear outside.
#[inline(always)]
fn grow(source: &[u32], target: &mut [u32], width: usize) {
    let height = source.len() / width.max(1);
    // In eighths: a pixel's middle lies at 1/8, 3/8, 5/8 or 7/8 of its small one.
    let mut line = vec![[0u32; 2]; width + 2];
    for (y, out) in target.chunks_exact_mut(width * 4).enumerate() {
        let (small, step) = (y / 4, y % 4);
        let (other, weight) = match step {
            0 => (small.wrapping_sub(1), 3),
            1 => (small.wrapping_sub(1), 1),
            2 => (small + 1, 1),
            _ => (small + 1, 3),
        };
        let near = &source[small * width..(small + 1) * width];
        let far = if other < height { &source[other * width..(other + 1) * width] } else { &[][..] };
        for (x, (sum, p)) in line[1..=width].iter_mut().zip(near).enumerate() {
            let q = far.get(x).copied().unwrap_or(0);
            sum[0] = (p & MASK) * (8 - weight) + (q & MASK) * weight;
            sum[1] = (p >> 8 & MASK) * (8 - weight) + (q >> 8 & MASK) * weight;
        }
        for (out, around) in out.as_chunks_mut::<4>().0.iter_mut().zip(line.windows(3)) {
            let (a, b, c) = (around[0], around[1], around[2]);
            out[0] = weighed(a, 3, b);
            out[1] = weighed(a, 1, b);
            out[2] = weighed(c, 1, b);
            out[3] = weighed(c, 3, b);
        }
    }
}

/// A 64th of `a k + b (8 - k)`.
#[inline(always)]
fn weighed(a: [u32; 2], k: u32, b: [u32; 2]) -> u32 {
    let low = a[0] * k + b[0] * (8 - k) + 0x0020_0020;
    let high = a[1] * k + b[1] * (8 - k) + 0x0020_0020;
    (low >> 6 & MASK) | (high >> 6 & MASK) << 8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A white square, blurred, against the integral of the Gaussian along one axis.
    #[test]
    fn a_blur_is_a_gaussian() {
        for sigma in [0.6, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0, 20.0, 50.0, 100.0] {
            let side = 400;
            let sheet = Sheet { pixels: vec![u32::MAX; side * side], rect: [0, 0, side as i32, side as i32] };
            let blurred = blur(Level::new(), sheet, sigma);
            let mut worst = 0.0f64;
            let across: Vec<f64> = (-300..200).map(|x| f64::from(blurred.at(x, 200) & 255) / 255.0).collect();
            for (i, got) in across.iter().enumerate() {
                let x = f64::from(i as i32 - 300) + 0.5;
                // In the middle row, what is lost above and below is the same for all.
                let whole = |v: f64| 0.5 * (1.0 + erf(v / (sigma * 2f64.sqrt())));
                let inside = |v: f64| whole(v) - whole(v - side as f64);
                worst = worst.max((got - inside(x) * inside(200.5)).abs());
            }
            // Below a pixel, a kernel that is sampled at pixels differs from the integral.
            let allowed = if sigma < 1.0 { 0.04 } else { 0.02 };
            assert!(worst < allowed, "sigma {sigma}: off by {worst}");
        }
    }

    /// Abramowitz and Stegun, 7.1.26: within 1.5e-7.
    fn erf(x: f64) -> f64 {
        let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
        let poly =
            t * (0.254_829_592 + t * (-0.284_496_736 + t * (1.421_413_741 + t * (-1.453_152_027 + t * 1.061_405_429))));
        (1.0 - poly * (-x * x).exp()).copysign(x)
    }

    /// Every window, black, white and between.
    #[test]
    fn a_box_leaves_a_flat_column_as_it_is() {
        for radius in 1..=127 {
            for value in [0u8, 1, 127, 128, 250, 255] {
                let source = vec![value; 300];
                let mut target = vec![0; 300];
                box_columns(&source, &mut target, 1, radius, &mut [0; 4]);
                assert_eq!(target[150], value, "radius {radius}");
            }
        }
    }

    #[test]
    fn a_flat_colour_stays_what_it_is() {
        for sigma in [1.0, 4.0, 12.0] {
            let colour = 0xff12_80c7;
            let sheet = Sheet { pixels: vec![colour; 160 * 160], rect: [-3, 5, 157, 165] };
            let blurred = blur(Level::new(), sheet, sigma);
            let middle = blurred.at(77, 85).to_le_bytes();
            assert!(middle.iter().zip(colour.to_le_bytes()).all(|(a, b)| a.abs_diff(b) <= 1), "{middle:?}");
        }
    }
}
