//! From bytes to an image.

use crate::MediaError;
use ::image::{ColorType, DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage};
use raster::{Bitmap, ImageAsset, Lottie, MAX_PIXELS, MAX_SIDE, Studio};
use std::io::Cursor;

/// Decodes PNG, JPEG, WebP, SVG and Lottie, told apart by their bytes.
pub(crate) fn decode(bytes: &[u8], studio: &Studio) -> Result<ImageAsset, MediaError> {
    let wrong = |e: ::image::ImageError| MediaError::Image(e.to_string());
    let format = ::image::guess_format(bytes).ok();
    if format.is_none() && Lottie::looks_like(bytes) {
        return Ok(ImageAsset::Lottie(Lottie::parse(bytes)?));
    }
    if format.is_none() && looks_like_svg(bytes) {
        return Ok(ImageAsset::Svg(studio.svg(bytes)?));
    }
    let Some(format @ (ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP)) = format else {
        return Err(MediaError::Image("it is neither PNG, JPEG, WebP, SVG nor Lottie".to_owned()));
    };
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    // The size is checked below, with a clearer error; this bounds what a decoder may allocate.
    limits.max_alloc = Some(MAX_PIXELS * 16);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(wrong)?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(MediaError::Image(format!(
            "it has {width} x {height} pixels; at most {MAX_SIDE} a side and {MAX_PIXELS} in all are allowed"
        )));
    }
    let orientation = decoder.orientation().map_err(wrong)?;
    let mut image = if decoder.color_type() == ColorType::Rgb8 {
        DynamicImage::ImageRgba8(read_rgb(decoder).map_err(wrong)?)
    } else {
        DynamicImage::from_decoder(decoder).map_err(wrong)?
    };
    image.apply_orientation(orientation);
    let rgba = image.into_rgba8();
    let (width, height) = rgba.dimensions();
    Bitmap::from_straight_rgba(width, height, rgba.into_raw())
        .map(ImageAsset::Bitmap)
        .ok_or_else(|| MediaError::Image("its size and its pixels disagree".to_owned()))
}

/// Decodes three channels into the room of four, and spreads them there: a picture of 4000 x 4000 pixels
/// takes 64 MB so, and 112 MB where it is copied.
fn read_rgb(decoder: impl ImageDecoder) -> Result<RgbaImage, ::image::ImageError> {
    let (width, height) = decoder.dimensions();
    let pixels = width as usize * height as usize;
    let mut bytes = vec![0; pixels * 4];
    decoder.read_image(&mut bytes[..pixels * 3])?;
    for i in (0..pixels).rev() {
        let [r, g, b] = [bytes[i * 3], bytes[i * 3 + 1], bytes[i * 3 + 2]];
        bytes[i * 4..i * 4 + 4].copy_from_slice(&[r, g, b, 255]);
    }
    Ok(RgbaImage::from_raw(width, height, bytes).unwrap_or_default())
}

/// SVG has no magic number: the first element after declarations and comments is `<svg`.
fn looks_like_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains("<svg")
}

#[cfg(test)]
mod tests {
    use super::*;
    use raster::Fonts;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        DynamicImage::new_rgba8(width, height).write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        bytes
    }

    fn error(bytes: &[u8]) -> String {
        decode(bytes, &Studio::new(Fonts::bundled_only(), 1 << 20)).unwrap_err().to_string()
    }

    #[test]
    fn pictures_without_alpha_are_opaque_and_keep_their_colours() {
        let colors = ::image::RgbImage::from_fn(5, 3, |x, y| ::image::Rgb([x as u8 * 40, y as u8 * 90, 7]));
        let mut bytes = Vec::new();
        colors.write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png).unwrap();
        let reader = ImageReader::with_format(Cursor::new(&bytes), ImageFormat::Png);
        let rgba = read_rgb(reader.into_decoder().unwrap()).unwrap();
        assert_eq!(rgba, DynamicImage::from(colors).into_rgba8());
    }

    #[test]
    fn broken_images_are_told_apart() {
        let whole = png(64, 64);
        assert!(error(&whole[..whole.len() / 2]).contains("cannot be used"));
        assert!(error(b"GIF89a......").contains("neither PNG"));
        assert!(error(b"not an image").contains("neither PNG"));
    }

    #[test]
    fn an_enormous_image_is_refused_by_its_header() {
        // The header alone: no decoder gets to the pixels.
        let mut header = png(1, 1);
        header[16..20].copy_from_slice(&30_000u32.to_be_bytes());
        header[20..24].copy_from_slice(&30_000u32.to_be_bytes());
        let crc = crc32(&header[12..29]);
        header[29..33].copy_from_slice(&crc.to_be_bytes());
        assert!(error(&header).contains("30000 x 30000"), "{}", error(&header));
    }

    /// ISO 3309, as PNG asks for.
    fn crc32(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |c, _| if c & 1 == 1 { 0xedb8_8320 ^ (c >> 1) } else { c >> 1 })
        })
    }
}
