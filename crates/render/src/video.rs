//! Video frames: I420 in, and I420 out again where nothing lies over them.

use crate::picture::Picture;
use raster::Raster;
use std::sync::{Arc, OnceLock};

/// An I420 picture of a video, BT.709 limited range, opaque.
#[derive(Debug)]
pub struct VideoFrame {
    width: u32,
    height: u32,
    planes: Vec<u8>,
    /// The same as pixels; made when it is first scaled, turned or covered.
    raster: OnceLock<Arc<Raster>>,
}

/// The longest side of a video frame.
const MAX_SIDE: u32 = 8192;

impl VideoFrame {
    /// A frame of `width` x `height` pixels, both even and at most 8192. `planes` holds luma, then Cb
    /// and Cr at half the size, rows tightly packed. `None` where the numbers do not fit.
    #[must_use]
    pub fn new(width: u32, height: u32, planes: Vec<u8>) -> Option<Arc<Self>> {
        let even = |side: u32| side > 0 && side <= MAX_SIDE && side.is_multiple_of(2);
        let fits = even(width) && even(height) && planes.len() == width as usize * height as usize * 3 / 2;
        fits.then(|| Arc::new(Self { width, height, planes, raster: OnceLock::new() }))
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The frame as a raster. Four pixels share their chroma, so that going back to I420 pixel on
    /// pixel gives the same chroma again.
    pub fn raster(&self) -> &Arc<Raster> {
        self.raster.get_or_init(|| {
            let (w, h) = (self.width as usize, self.height as usize);
            let (luma, chroma) = self.planes.split_at(w * h);
            let (cb, cr) = chroma.split_at(w * h / 4);
            let mut rgba = Vec::with_capacity(w * h * 4);
            for y in 0..h {
                for x in 0..w {
                    let at = y / 2 * (w / 2) + x / 2;
                    rgba.extend_from_slice(&rgb(luma[y * w + x], cb[at], cr[at]));
                    rgba.push(255);
                }
            }
            Raster::new(self.width, self.height, &rgba, (0.0, 0.0), (w as f64, h as f64), 1.0)
        })
    }

    /// Copies the part of the frame, whose corner lies at (`x`, `y`), that fills `rect`; all even.
    pub(crate) fn copy_to(&self, picture: &mut Picture, (x, y): (i32, i32), [left, top, right, bottom]: [i32; 4]) {
        let (w, stride) = (self.width as usize, picture.width() as usize);
        let luma = w * self.height as usize;
        let (target_y, target_u, target_v) = picture.planes_mut();
        let plane = |target: &mut [u8], source: &[u8], half: i32| {
            let (w, stride) = (w / half as usize, stride / half as usize);
            for row in top / half..bottom / half {
                let from = (row - y / half) as usize * w + ((left - x) / half) as usize;
                let to = row as usize * stride + (left / half) as usize;
                let length = ((right - left) / half) as usize;
                target[to..to + length].copy_from_slice(&source[from..from + length]);
            }
        };
        plane(target_y, &self.planes[..luma], 1);
        plane(target_u, &self.planes[luma..luma + luma / 4], 2);
        plane(target_v, &self.planes[luma + luma / 4..], 2);
    }
}

/// BT.709 limited range to RGB, in 1/65536, rounded to nearest.
fn rgb(y: u8, cb: u8, cr: u8) -> [u8; 3] {
    let (y, cb, cr) = (76_309 * (i32::from(y) - 16) + 0x8000, i32::from(cb) - 128, i32::from(cr) - 128);
    let clamp = |v: i32| (v >> 16).clamp(0, 255) as u8;
    [clamp(y + 117_489 * cr), clamp(y - 13_975 * cb - 34_925 * cr), clamp(y + 138_438 * cb)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_come_back_from_bt709() {
        for (yuv, rgb_wanted) in [
            ([235, 128, 128], [255, 255, 255]),
            ([16, 128, 128], [0, 0, 0]),
            ([63, 102, 240], [255, 0, 0]),
            ([173, 42, 26], [0, 255, 0]),
            ([32, 240, 118], [0, 0, 255]),
        ] {
            let got = rgb(yuv[0], yuv[1], yuv[2]);
            assert!(got.iter().zip(rgb_wanted).all(|(g, w)| g.abs_diff(w) <= 2), "{yuv:?}: {got:?}");
        }
    }

    #[test]
    fn sizes_that_do_not_fit_are_refused() {
        assert!(VideoFrame::new(4, 2, vec![0; 12]).is_some());
        assert!(VideoFrame::new(4, 2, vec![0; 11]).is_none());
        assert!(VideoFrame::new(3, 2, vec![0; 9]).is_none());
        assert!(VideoFrame::new(0, 2, vec![]).is_none());
    }
}
