//! Decoded images, and their fitting into a box.

use crate::raster::{Raster, premultiply};
use crate::svg::Svg;
use crate::{RasterError, check_size};
use image::imageops::{FilterType, crop_imm, resize};
use image::{ImageBuffer, Rgba};
use scene::Fit;
use std::sync::Arc;

/// What an image file holds.
#[derive(Debug)]
pub enum ImageAsset {
    /// Pixels.
    Bitmap(Bitmap),
    /// A drawing.
    Svg(Svg),
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
        }
    }

    /// A raster of the image in a box. Where only one side of the box is given, the other follows
    /// the image's shape; where none is, the box is the image. `scale` is how many pixels of the
    /// picture one unit of the layer takes.
    pub(crate) fn raster(
        &self,
        width: Option<f64>,
        height: Option<f64>,
        fit: Fit,
        scale: f64,
    ) -> Result<Arc<Raster>, RasterError> {
        let (own_w, own_h) = self.size();
        let (box_w, box_h) = match (width, height) {
            (Some(w), Some(h)) => (w, h),
            (Some(w), None) => (w, own_h * w / own_w),
            (None, Some(h)) => (own_w * h / own_h, h),
            (None, None) => (own_w, own_h),
        };
        let (box_w, box_h) = (box_w.max(1.0), box_h.max(1.0));
        let boxed = width.is_some() || height.is_some();
        match self {
            // In its own size a bitmap is left to the sampler, at any scale.
            Self::Bitmap(Bitmap(pixels)) if !boxed => {
                Ok(Raster::new(pixels.width(), pixels.height(), pixels.as_raw(), (0.0, 0.0), (own_w, own_h), 1.0))
            }
            _ => {
                let (w, h) = check_size("the image", box_w * scale, box_h * scale)?;
                let (to_w, to_h) = (f64::from(w), f64::from(h));
                let (sx, sy) = (to_w / own_w, to_h / own_h);
                let (sx, sy) = match fit {
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
                        // Triangle is an area filter when shrinking and bilinear when growing, and
                        // keeps premultiplied colours below their alpha.
                        let drawn = resize(&*seen, img_w, img_h, FilterType::Triangle);
                        place(drawn.as_raw(), img_w, img_h, w, h)
                    }
                    Self::Svg(svg) => {
                        let (img_w, img_h, drawn) =
                            svg.draw((own_w * sx).round().max(1.0), (own_h * sy).round().max(1.0))?;
                        place(&drawn, img_w, img_h, w, h)
                    }
                };
                Ok(Raster::new(w, h, &placed, (0.0, 0.0), (box_w, box_h), scale))
            }
        }
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

    #[test]
    fn fits_are_those_of_css() {
        let asset = two_to_one();
        let raster = |fit| asset.raster(Some(4.0), Some(4.0), fit, 1.0).unwrap();
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
        let thin = two_to_one().raster(Some(10.0), Some(1000.0), Fit::Fill, 11.0 / 16.0).unwrap();
        assert_eq!((thin.base().height(), thin.scale()), (688, 11.0 / 16.0));
        let wide = vec![200u8; 8000 * 20 * 4];
        let panorama = ImageAsset::Bitmap(Bitmap::from_straight_rgba(8000, 20, wide).unwrap());
        let cover = panorama.raster(Some(1920.0), Some(1080.0), Fit::Cover, 1.0).unwrap();
        assert_eq!((cover.base().width(), cover.base().height()), (1920, 1080));
        assert!(cover.base().row(0)[0] != 0 && cover.base().row(1079)[1919] != 0);
    }

    #[test]
    fn one_side_gives_the_other() {
        let raster = two_to_one().raster(Some(8.0), None, Fit::Contain, 2.0).unwrap();
        assert_eq!(raster.size(), (8.0, 4.0));
        assert_eq!((raster.base().width(), raster.base().height()), (16, 8));
    }
}
