//! The blur of shadows: three boxes, which is within 3 % of a Gaussian
//! (SVG 1.1, 15.17 feGaussianBlur).

/// Blurs a plane of `width` x `height` values with a Gaussian of `sigma` pixels.
pub(crate) fn blur(plane: &mut [u8], width: usize, height: usize, sigma: f64) {
    let window = ((sigma * 3.0 * (2.0 * std::f64::consts::PI).sqrt() / 4.0 + 0.5).floor() as usize) | 1;
    if sigma <= 0.0 || window < 2 || width == 0 || height == 0 {
        return;
    }
    let mut line = vec![0u8; width.max(height)];
    for _ in 0..3 {
        for row in plane.chunks_exact_mut(width) {
            line[..width].copy_from_slice(row);
            box_line(&line[..width], window, |i, v| row[i] = v);
        }
        for x in 0..width {
            for (y, v) in line[..height].iter_mut().enumerate() {
                *v = plane[y * width + x];
            }
            let source = line[..height].to_vec();
            box_line(&source, window, |y, v| plane[y * width + x] = v);
        }
    }
}

/// The running mean of an odd `window`; outside of the line there is nothing.
fn box_line(source: &[u8], window: usize, mut put: impl FnMut(usize, u8)) {
    let half = window / 2;
    let mut sum: u32 = source.iter().take(half).map(|v| u32::from(*v)).sum();
    for i in 0..source.len() {
        sum += source.get(i + half).map_or(0, |v| u32::from(*v));
        put(i, ((sum + window as u32 / 2) / window as u32) as u8);
        if i >= half {
            sum -= u32::from(source[i - half]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blur_spreads_and_keeps_the_sum() {
        let (w, h) = (41, 41);
        let mut plane = vec![0u8; w * h];
        for y in 10..31 {
            plane[y * w + 10..y * w + 31].fill(255);
        }
        let before: u32 = plane.iter().map(|v| u32::from(*v)).sum();
        blur(&mut plane, w, h, 2.0);
        let after: u32 = plane.iter().map(|v| u32::from(*v)).sum();
        assert!(after.abs_diff(before) < before / 50, "{before} -> {after}");
        assert_eq!(plane[20 * w + 20], 255, "the middle is out of reach of the edge");
        assert!((100..156).contains(&plane[20 * w + 10]), "the edge is about half");
    }
}
