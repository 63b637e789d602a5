//! Decoded images, and their fitting into a box.

use crate::lottie::Lottie;
use crate::raster::{Raster, premultiply};
use crate::svg::Svg;
use crate::{RasterError, check_size};
use image::imageops::{FilterType, crop_imm, replace, resize};
use image::{ImageBuffer, Rgba};
use scene::{Fit, ImageSource, Sampling};
use std::sync::Arc;

/// What an image file holds.
#[derive(Debug)]
pub enum ImageAsset {
    /// Pixels.
    Bitmap(Bitmap),
    /// A drawing.
    Svg(Svg),
    /// A drawing that moves.
    Lottie(Lottie),
}

/// Premultiplied RGBA pixels.
pub struct Bitmap(ImageBuffer<Rgba<u8>, Vec<u8>>);

impl std::fmt::Debug for Bitmap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Bitmap({} x {})", self.0.width(), self.0.height())
    }
}

impl Bitmap {
    /// From straight-alpha RGBA bytes; `None` where their number does not fit the size.
    #[must_use]
    pub fn from_straight_rgba(width: u32, height: u32, mut rgba: Vec<u8>) -> Option<Self> {
        premultiply(&mut rgba);
        ImageBuffer::from_raw(width, height, rgba).map(Self)
    }

    /// Memory that it takes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.0.as_raw().len()
    }
}

impl ImageAsset {
    /// Its own size.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        match self {
            Self::Bitmap(Bitmap(pixels)) => (f64::from(pixels.width()), f64::from(pixels.height())),
            Self::Svg(svg) => svg.size(),
            Self::Lottie(lottie) => lottie.size(),
        }
    }

    /// Memory that it takes, in bytes; of a drawing a guess.
    #[must_use]
    pub fn bytes(&self) -> usize {
        match self {
            Self::Bitmap(bitmap) => bitmap.bytes(),
            Self::Svg(_) | Self::Lottie(_) => 256 * 1024,
        }
    }

    /// A raster of the image in its box. Where only one side of the box is given, the other follows
    /// the image's shape; where none is, the box is the image. `scale` is how many pixels of the
    /// picture one unit of the layer takes; an image in its own size has `halvings` instead.
    pub(crate) fn raster(&self, source: &ImageSource, scale: f64, halvings: u32) -> Result<Arc<Raster>, RasterError> {
        let (own_w, own_h) = self.size();
        let (width, height) = (source.width.map(|l| l.get()), source.height.map(|l| l.get()));
        let (box_w, box_h) = match (width, height) {
            (Some(w), Some(h)) => (w, h),
            (Some(w), None) => (w, own_h * w / own_w),
            (None, Some(h)) => (own_w * h / own_h, h),
            (None, None) => (own_w, own_h),
        };
        let (box_w, box_h) = (box_w.max(1.0), box_h.max(1.0));
        let size = (box_w, box_h);
        match self {
            Self::Bitmap(bitmap) if width.is_none() && height.is_none() => Ok(bitmap.halved(halvings)),
            Self::Bitmap(bitmap) if source.slice.is_some() => {
                let (w, h) = check_size("the image", box_w * scale, box_h * scale)?;
                let slice = source.slice.map_or([0.0; 4], |s| s.map(|l| l.get()));
                let drawn = bitmap.nine_slice((w, h), slice, scale, filter(source.sampling));
                Ok(Raster::new(w, h, &drawn, (0.0, 0.0), size, scale))
            }
            _ => {
                let (w, h) = check_size("the image", box_w * scale, box_h * scale)?;
                let (to_w, to_h) = (f64::from(w), f64::from(h));
                let (sx, sy) = (to_w / own_w, to_h / own_h);
                let (sx, sy) = match source.fit {
                    Fit::Fill => (sx, sy),
                    Fit::Contain => (sx.min(sy), sx.min(sy)),
                    Fit::Cover => (sx.max(sy), sx.max(sy)),
                };
                let placed = match self {
                    Self::Bitmap(Bitmap(pixels)) => {
                        // What the box cuts off is cut off first, so that nothing large is made of it.
                        let seen_w = ((to_w / sx).round() as u32).clamp(1, pixels.width());
                        let seen_h = ((to_h / sy).round() as u32).clamp(1, pixels.height());
                        let (left, top) = ((pixels.width() - seen_w) / 2, (pixels.height() - seen_h) / 2);
                        let seen = crop_imm(pixels, left, top, seen_w, seen_h);
                        let side = |seen: u32, scale: f64, most: u32| {
                            ((f64::from(seen) * scale).round() as u32).clamp(1, most)
                        };
                        let (img_w, img_h) = (side(seen_w, sx, w), side(seen_h, sy, h));
                        let drawn = resize(&*seen, img_w, img_h, filter(source.sampling));
                        place(drawn.as_raw(), img_w, img_h, w, h)
                    }
                    Self::Svg(svg) => {
                        let (img_w, img_h, drawn) =
                            svg.draw((own_w * sx).round().max(1.0), (own_h * sy).round().max(1.0))?;
                        place(&drawn, img_w, img_h, w, h)
                    }
                    Self::Lottie(lottie) => {
                        let (to_w, to_h) = ((own_w * sx).round().max(1.0), (own_h * sy).round().max(1.0));
                        let (img_w, img_h, drawn) = lottie.draw(to_w, to_h, source.time.get())?;
                        place(&drawn, img_w, img_h, w, h)
                    }
                };
                Ok(Raster::new(w, h, &placed, (0.0, 0.0), size, scale))
            }
        }
    }
}

/// Triangle is an area filter when shrinking and bilinear when growing, and keeps premultiplied
/// colours below their alpha.
fn filter(sampling: Sampling) -> FilterType {
    match sampling {
        Sampling::Smooth => FilterType::Triangle,
        Sampling::Nearest => FilterType::Nearest,
    }
}

impl Bitmap {
    /// The bitmap as it is, or halved as often as it may be: what is seen of a large picture that is
    /// drawn small, without the rest of it in memory.
    fn halved(&self, halvings: u32) -> Arc<Raster> {
        let Self(pixels) = self;
        let (w, h) = pixels.dimensions();
        if halvings > 0 && (w > 1 || h > 1) {
            return Raster::halved(w, h, pixels.as_raw(), halvings);
        }
        Raster::new(w, h, pixels.as_raw(), (0.0, 0.0), (f64::from(w), f64::from(h)), 1.0)
    }

    /// Corners in their own size (times `scale`), sides stretched along, the middle both ways.
    fn nine_slice(&self, (w, h): (u32, u32), slice: [f64; 4], scale: f64, filter: FilterType) -> Vec<u8> {
        let Self(pixels) = self;
        // The three parts of one axis, in the image and in the box; sides that do not fit share it.
        let parts = |own: u32, target: u32, first: f64, last: f64| -> [((u32, u32), (u32, u32)); 3] {
            let (first, last) = (first.min(f64::from(own)), last.min(f64::from(own) - first.min(f64::from(own))));
            let fits = (f64::from(target) / ((first + last) * scale).max(1e-9)).min(1.0) * scale;
            let (a, b) = (first.round() as u32, own - last.round() as u32);
            let c = ((first * fits).round() as u32).min(target);
            let d = (target - ((last * fits).round() as u32).min(target)).max(c);
            [((0, a), (0, c)), ((a, b.max(a)), (c, d)), ((b.max(a), own), (d, target))]
        };
        let mut drawn = ImageBuffer::<Rgba<u8>, Vec<u8>>::new(w, h);
        for ((y0, y1), (to_y0, to_y1)) in parts(pixels.height(), h, slice[1], slice[3]) {
            for ((x0, x1), (to_x0, to_x1)) in parts(pixels.width(), w, slice[0], slice[2]) {
                if x0 < x1 && y0 < y1 && to_x0 < to_x1 && to_y0 < to_y1 {
                    let part = crop_imm(pixels, x0, y0, x1 - x0, y1 - y0);
                    let part = resize(&*part, to_x1 - to_x0, to_y1 - to_y0, filter);
                    replace(&mut drawn, &part, i64::from(to_x0), i64::from(to_y0));
                }
            }
        }
        drawn.into_raw()
    }
}

/// Puts an image in the middle of a box, cutting off what does not fit.
fn place(image: &[u8], img_w: u32, img_h: u32, w: u32, h: u32) -> Vec<u8> {
    if (img_w, img_h) == (w, h) {
        return image.to_vec();
    }
    let mut placed = vec![0u8; w as usize * h as usize * 4];
    let (left, top) = ((i64::from(w) - i64::from(img_w)) / 2, (i64::from(h) - i64::from(img_h)) / 2);
    let columns = img_w.min(w) as usize * 4;
    let (from_x, to_x) = ((-left).max(0) as usize * 4, left.max(0) as usize * 4);
    for y in 0..img_h.min(h) as usize {
        let from = (y + (-top).max(0) as usize) * img_w as usize * 4 + from_x;
        let to = (y + top.max(0) as usize) * w as usize * 4 + to_x;
        placed[to..to + columns].copy_from_slice(&image[from..from + columns]);
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_to_one() -> ImageAsset {
        let red = [255, 0, 0, 255];
        let blue = [0, 0, 255, 255];
        let rgba = [red, red, blue, blue].repeat(2).concat();
        ImageAsset::Bitmap(Bitmap::from_straight_rgba(4, 2, rgba).unwrap())
    }

    fn boxed(asset: &ImageAsset, width: Option<f64>, height: Option<f64>, fit: Fit, scale: f64) -> Arc<Raster> {
        let length = |v: Option<f64>| v.and_then(scene::Length::new);
        let source = ImageSource {
            url: String::new(),
            width: length(width),
            height: length(height),
            fit,
            sampling: Sampling::Smooth,
            slice: None,
            time: scene::Seconds::default(),
            fallback: None,
        };
        asset.raster(&source, scale, 0).unwrap()
    }

    #[test]
    fn a_frame_keeps_its_corners() {
        // 6 x 6: a red border of two pixels around blue.
        let rgba: Vec<u8> = (0..36)
            .flat_map(|i| {
                let (x, y) = (i % 6, i / 6);
                if (2..4).contains(&x) && (2..4).contains(&y) { [0, 0, 255, 255] } else { [255, 0, 0, 255] }
            })
            .collect();
        let asset = ImageAsset::Bitmap(Bitmap::from_straight_rgba(6, 6, rgba).unwrap());
        let two = scene::Length::new(2.0).unwrap();
        let source = ImageSource {
            url: String::new(),
            width: scene::Length::new(40.0),
            height: scene::Length::new(20.0),
            fit: Fit::Fill,
            sampling: Sampling::Smooth,
            slice: Some([two; 4]),
            time: scene::Seconds::default(),
            fallback: None,
        };
        let raster = asset.raster(&source, 1.0, 0).unwrap();
        let red = |x: usize, y: u32| raster.base().row(y)[x] & 255 == 255;
        assert!(red(1, 10) && red(20, 1) && red(38, 10) && red(20, 18));
        assert!(!red(2, 10) && !red(37, 10) && !red(20, 2) && !red(20, 17));
        let tiny = ImageSource { width: scene::Length::new(2.0), height: scene::Length::new(2.0), ..source };
        assert!(asset.raster(&tiny, 1.0, 0).is_ok(), "corners that do not fit share the box");
    }

    #[test]
    fn fits_are_those_of_css() {
        let asset = two_to_one();
        let raster = |fit| boxed(&asset, Some(4.0), Some(4.0), fit, 1.0);
        let contain = raster(Fit::Contain);
        assert_eq!(contain.base().row(0), [0; 4], "a clear margin");
        assert_eq!(contain.base().row(1)[0].to_le_bytes(), [255, 0, 0, 255]);
        assert!(raster(Fit::Fill).is_opaque());
        let cover = raster(Fit::Cover);
        assert!(cover.is_opaque());
        assert!(cover.base().row(0)[0] & 0xff > 200 && (cover.base().row(0)[3] >> 16) & 0xff > 200, "the middle");
    }

    #[test]
    fn a_thin_box_keeps_its_length_and_a_panorama_covers() {
        let thin = boxed(&two_to_one(), Some(10.0), Some(1000.0), Fit::Fill, 11.0 / 16.0);
        assert_eq!((thin.base().height(), thin.scale()), (688, 11.0 / 16.0));
        let wide = vec![200u8; 8000 * 20 * 4];
        let panorama = ImageAsset::Bitmap(Bitmap::from_straight_rgba(8000, 20, wide).unwrap());
        let cover = boxed(&panorama, Some(1920.0), Some(1080.0), Fit::Cover, 1.0);
        assert_eq!((cover.base().width(), cover.base().height()), (1920, 1080));
        assert!(cover.base().row(0)[0] != 0 && cover.base().row(1079)[1919] != 0);
    }

    #[test]
    fn one_side_gives_the_other() {
        let raster = boxed(&two_to_one(), Some(8.0), None, Fit::Contain, 2.0);
        assert_eq!(raster.size(), (8.0, 4.0));
        assert_eq!((raster.base().width(), raster.base().height()), (16, 8));
    }
}
