//! Filters that move pixels about.

use super::Sheet;
use crate::kernel::lerp;
use raster::Raster;

/// A sheet's pixels between pixels, bilinear; clear outside. (`x`, `y`) is where pixel (0, 0) has
/// its corner at (0, 0) and its middle at a half.
fn sample(sheet: &Sheet, x: f64, y: f64) -> u32 {
    let fixed = |v: f64| ((v - 0.5) * 256.0).round().clamp(-1e9, 1e9) as i32;
    let (u, v) = (fixed(x), fixed(y));
    let (i, j) = (u >> 8, v >> 8);
    let (fx, fy) = ((u & 255) as u32, (v & 255) as u32);
    let left = lerp(sheet.at(i, j), sheet.at(i, j + 1), fy);
    let right = lerp(sheet.at(i + 1, j), sheet.at(i + 1, j + 1), fy);
    lerp(left, right, fx)
}

/// The rectangle of whole pixels that holds another.
fn outward(rect: [f64; 4]) -> [i32; 4] {
    let clamp = |v: f64| v.clamp(-1e6, 1e6) as i32;
    [clamp(rect[0].floor()), clamp(rect[1].floor()), clamp(rect[2].ceil()), clamp(rect[3].ceil())]
}

/// Squares of the mean colour, counted from the box's corner.
pub(super) fn pixelate(sheet: Sheet, size: f64, frame: [f64; 4]) -> Sheet {
    let size = size.round().max(1.0) as i32;
    if size == 1 {
        return sheet;
    }
    let (ox, oy) = (frame[0].round() as i32, frame[1].round() as i32);
    let [left, top, right, bottom] = sheet.rect;
    let snap = |v: i32, origin: i32| origin + (v - origin).div_euclid(size) * size;
    let rect = [snap(left, ox), snap(top, oy), snap(right + size - 1, ox), snap(bottom + size - 1, oy)];
    let mut sheet = sheet.fitted(rect);
    let (w, side) = (sheet.width(), size as usize);
    for y in (0..sheet.height()).step_by(side) {
        for x in (0..w).step_by(side) {
            let mut sums = [0u64; 4];
            for row in y..y + side {
                for p in &sheet.pixels[row * w + x..row * w + x + side] {
                    for (sum, c) in sums.iter_mut().zip(p.to_le_bytes()) {
                        *sum += u64::from(c);
                    }
                }
            }
            let area = (side * side) as u64;
            let mean = u32::from_le_bytes(sums.map(|s| ((s + area / 2) / area) as u8));
            for row in y..y + side {
                sheet.pixels[row * w + x..row * w + x + side].fill(mean);
            }
        }
    }
    sheet
}

/// Each pixel is taken from elsewhere: by how far, a map says.
pub(super) fn displace(sheet: Sheet, map: &Raster, by: (f64, f64), frame: [f64; 4]) -> Sheet {
    let level = map.base();
    let (mw, mh) = (level.width(), level.height());
    let (fw, fh) = ((frame[2] - frame[0]).max(1.0), (frame[3] - frame[1]).max(1.0));
    let map = Sheet {
        pixels: (0..mh).flat_map(|y| level.row(y).iter().copied()).collect(),
        rect: [0, 0, mw as i32, mh as i32],
    };
    let source = sheet.grown(by.0.abs().max(by.1.abs()).ceil() as i32 + 1);
    let mut out = Sheet::clear(source.rect);
    let width = out.width().max(1);
    for (i, p) in out.pixels.iter_mut().enumerate() {
        let (x, y) = (source.rect[0] + (i % width) as i32, source.rect[1] + (i / width) as i32);
        let (x, y) = (f64::from(x) + 0.5, f64::from(y) + 0.5);
        // Outside of the box the map goes on as its edge is.
        let u = ((x - frame[0]) / fw * f64::from(mw)).clamp(0.5, f64::from(mw) - 0.5);
        let v = ((y - frame[1]) / fh * f64::from(mh)).clamp(0.5, f64::from(mh) - 0.5);
        let m = sample(&map, u, v);
        // Where the map is clear it moves nothing; grey of 128 neither.
        let alpha = (m >> 24).max(1);
        let move_by = |c: u32| ((f64::from(c) * 255.0 / f64::from(alpha) - 128.0) / 127.0).clamp(-1.0, 1.0);
        let (dx, dy) = if m >> 24 == 0 { (0.0, 0.0) } else { (move_by(m & 255), move_by(m >> 8 & 255)) };
        *p = sample(&source, x - dx * by.0, y - dy * by.1);
    }
    out
}

/// A map of the plane that keeps lines straight.
struct Projective([f64; 9]);

impl Projective {
    /// The map that takes the unit square's corners (top left, top right, bottom right, bottom left)
    /// to four points (Heckbert, "Fundamentals of Texture Mapping and Image Warping", 2.2.3).
    fn of_square([x0, y0, x1, y1, x2, y2, x3, y3]: [f64; 8]) -> Self {
        let (dx1, dy1, dx2, dy2) = (x1 - x2, y1 - y2, x3 - x2, y3 - y2);
        let (sx, sy) = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3);
        let det = dx1 * dy2 - dx2 * dy1;
        let (g, h) =
            if det.abs() < 1e-12 { (0.0, 0.0) } else { ((sx * dy2 - dx2 * sy) / det, (dx1 * sy - sx * dy1) / det) };
        Self([x1 - x0 + g * x1, x3 - x0 + h * x3, x0, y1 - y0 + g * y1, y3 - y0 + h * y3, y0, g, h, 1.0])
    }

    /// The way back, up to a factor; `None` where the square has collapsed.
    fn inverse(&self) -> Option<Self> {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let inverse = [
            e * i - f * h,
            c * h - b * i,
            b * f - c * e, //
            f * g - d * i,
            a * i - c * g,
            c * d - a * f, //
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ];
        let det = a * inverse[0] + b * inverse[3] + c * inverse[6];
        (det.abs() > 1e-9).then(|| Self(inverse.map(|v| v / det)))
    }

    /// Where a point goes; `None` where it is behind the eye.
    fn apply(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let m = &self.0;
        let w = m[6] * x + m[7] * y + m[8];
        (w > 1e-9).then(|| ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w))
    }
}

/// The four points that the corners of a box are pinned to.
fn points(frame: [f64; 4], offsets: [f64; 8]) -> [f64; 8] {
    let [l, t, r, b] = frame;
    let corners = [l, t, r, t, r, b, l, b];
    std::array::from_fn(|k| corners[k] + offsets[k])
}

/// The rectangle that the box covers when its corners are pinned. What lies outside of the box goes.
pub(super) fn pinned(_: [f64; 4], frame: [f64; 4], offsets: [f64; 8]) -> [f64; 4] {
    let p = points(frame, offsets);
    let (xs, ys) = ([p[0], p[2], p[4], p[6]], [p[1], p[3], p[5], p[7]]);
    let least = |v: [f64; 4]| v.into_iter().fold(f64::INFINITY, f64::min);
    let most = |v: [f64; 4]| v.into_iter().fold(f64::NEG_INFINITY, f64::max);
    [least(xs) - 1.0, least(ys) - 1.0, most(xs) + 1.0, most(ys) + 1.0]
}

pub(super) fn corner_pin(sheet: Sheet, offsets: [f64; 8], frame: [f64; 4]) -> Sheet {
    let mut out = Sheet::clear(outward(pinned(frame, frame, offsets)));
    let Some(back) = Projective::of_square(points(frame, offsets)).inverse() else { return out };
    let (fw, fh) = (frame[2] - frame[0], frame[3] - frame[1]);
    let width = out.width().max(1);
    let [left, top, ..] = out.rect;
    for (i, p) in out.pixels.iter_mut().enumerate() {
        let (x, y) = (f64::from(left + (i % width) as i32) + 0.5, f64::from(top + (i / width) as i32) + 0.5);
        let Some((u, v)) = back.apply(x, y) else { continue };
        // A texel around the box is kept for its smooth edge.
        if (-1.0..=fw + 1.0).contains(&(u * fw)) && (-1.0..=fh + 1.0).contains(&(v * fh)) {
            *p = sample(&sheet, frame[0] + u * fw, frame[1] + v * fh);
        }
    }
    out
}

/// What is left of a rectangle when the box is cropped.
pub(super) fn cropped(rect: [f64; 4], frame: [f64; 4], [l, t, r, b]: [f64; 4]) -> [f64; 4] {
    let (left, top) = (rect[0].max(frame[0] + l), rect[1].max(frame[1] + t));
    [left, top, rect[2].min(frame[2] - r).max(left), rect[3].min(frame[3] - b).max(top)]
}

/// Cut off at each side, with smooth edges where that is between pixels.
pub(super) fn crop(sheet: Sheet, sides: [f64; 4], frame: [f64; 4]) -> Sheet {
    let kept = cropped(sheet.rect.map(f64::from), frame, sides);
    let mut sheet = sheet.fitted(outward(kept));
    let width = sheet.width().max(1);
    let [left, top, ..] = sheet.rect;
    if kept.iter().any(|v| v.fract() != 0.0) {
        for (i, p) in sheet.pixels.iter_mut().enumerate() {
            let (x, y) = (f64::from(left + (i % width) as i32), f64::from(top + (i / width) as i32));
            let share = |v: f64, from: f64, to: f64| (to.min(v + 1.0) - from.max(v)).clamp(0.0, 1.0);
            let cover = share(x, kept[0], kept[2]) * share(y, kept[1], kept[3]);
            *p = crate::kernel::scale(*p, (cover * 255.0).round() as u32);
        }
    }
    sheet
}

/// What scrolling content is seen through.
pub(super) fn window(frame: [f64; 4], [w, h]: [f64; 2]) -> [f64; 4] {
    let far = |from: f64, own: f64, length: f64| if length > 0.0 { from + length } else { own };
    [frame[0], frame[1], far(frame[0], frame[2], w), far(frame[1], frame[3], h)]
}

/// The box's content, moved round. With pixels that lie on pixels nothing is lost, whatever the
/// position: a band of text runs without a seam.
pub(super) fn scroll(
    sheet: Sheet,
    (dx, dy): (f64, f64),
    gap: f64,
    size: [f64; 2],
    along: [bool; 2],
    frame: [f64; 4],
) -> Sheet {
    let rect = outward(window(frame, size));
    let mut out = Sheet::clear(rect);
    let (fw, fh) = (frame[2] - frame[0], frame[3] - frame[1]);
    let period = |length: f64, round: bool| if round { (length + gap).max(1.0) } else { f64::INFINITY };
    let (px, py) = (period(fw, along[0]), period(fh, along[1]));
    let width = out.width().max(1);
    let wrap = |v: f64, period: f64| if period.is_finite() { v.rem_euclid(period) } else { v };
    for (i, p) in out.pixels.iter_mut().enumerate() {
        let x = f64::from(rect[0] + (i % width) as i32) + 0.5 - frame[0];
        let y = f64::from(rect[1] + (i / width) as i32) + 0.5 - frame[1];
        let (u, v) = (wrap(x - dx, px), wrap(y - dy, py));
        let mut color = sample(&sheet, frame[0] + u, frame[1] + v);
        // Half a pixel before the beginning lies the end.
        if px.is_finite() && u > px - 0.5 {
            color = plus(color, sample(&sheet, frame[0] + u - px, frame[1] + v));
        } else if px.is_finite() && gap == 0.0 && u < 0.5 {
            color = plus(color, sample(&sheet, frame[0] + u + px, frame[1] + v));
        }
        if py.is_finite() && v > py - 0.5 {
            color = plus(color, sample(&sheet, frame[0] + u, frame[1] + v - py));
        } else if py.is_finite() && gap == 0.0 && v < 0.5 {
            color = plus(color, sample(&sheet, frame[0] + u, frame[1] + v + py));
        }
        *p = color;
    }
    out
}

/// The sum of what two pixels cover side by side.
fn plus(p: u32, q: u32) -> u32 {
    let (p, q) = (p.to_le_bytes(), q.to_le_bytes());
    u32::from_le_bytes(std::array::from_fn(|c| p[c].saturating_add(q[c])))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stripes(w: i32, h: i32) -> Sheet {
        let pixels = (0..w * h).map(|i| 0xff00_0000 | (i % w) as u32).collect();
        Sheet { pixels, rect: [0, 0, w, h] }
    }

    #[test]
    fn a_band_that_scrolls_comes_round_without_a_seam() {
        let frame = [0.0, 0.0, 32.0, 4.0];
        let moved = scroll(stripes(32, 4), (5.0, 0.0), 0.0, [0.0; 2], [true, false], frame);
        let row: Vec<u32> = moved.pixels[..32].iter().map(|p| p & 255).collect();
        assert_eq!(row, (27..32).chain(0..27).collect::<Vec<u32>>());
        assert!(moved.pixels.iter().all(|p| p >> 24 == 255));
        assert_eq!(
            scroll(stripes(32, 4), (32.0, 0.0), 0.0, [0.0; 2], [true, false], frame).pixels,
            stripes(32, 4).pixels,
            "once round"
        );
        let between = scroll(stripes(32, 4), (5.5, 0.0), 0.0, [0.0; 2], [true, false], frame);
        assert!(between.pixels.iter().all(|p| p >> 24 >= 254), "no seam between pixels");
    }

    #[test]
    fn corners_that_stay_change_nothing_and_a_moved_box_moves() {
        let frame = [0.0, 0.0, 20.0, 10.0];
        let same = corner_pin(stripes(20, 10), [0.0; 8], frame).fitted([0, 0, 20, 10]);
        assert_eq!(same.pixels, stripes(20, 10).pixels);
        let moved = corner_pin(stripes(20, 10), [7.0, 3.0, 7.0, 3.0, 7.0, 3.0, 7.0, 3.0], frame);
        assert_eq!(moved.at(7, 3), stripes(20, 10).at(0, 0));
    }

    #[test]
    fn squares_have_one_colour() {
        let coarse = pixelate(stripes(16, 8), 4.0, [0.0, 0.0, 16.0, 8.0]);
        assert_eq!(coarse.at(0, 0), coarse.at(3, 3));
        assert_eq!(coarse.at(0, 0) & 255, 2, "the mean of 0 to 3, rounded");
        assert_ne!(coarse.at(3, 0), coarse.at(4, 0));
    }

    #[test]
    fn what_is_cropped_between_pixels_has_a_soft_edge() {
        let cut = crop(stripes(10, 4), [2.5, 0.0, 0.0, 0.0], [0.0, 0.0, 10.0, 4.0]);
        assert_eq!((cut.at(1, 0), cut.at(2, 0) >> 24, cut.at(3, 0) >> 24), (0, 128, 255));
    }
}
