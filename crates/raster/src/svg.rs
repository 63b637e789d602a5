//! SVG: parsed once, drawn at any scale. Nothing outside of the document is ever read.

use crate::fonts::Fonts;
use crate::{RasterError, check_size};
use resvg::{tiny_skia, usvg};
use std::sync::atomic::{AtomicBool, Ordering};

/// The longest SVG document in bytes; those on chains have some tens of kilobytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// A parsed SVG.
pub struct Svg {
    tree: Box<usvg::Tree>,
}

impl std::fmt::Debug for Svg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Svg").field("size", &self.size()).finish()
    }
}

impl Svg {
    /// Reads a document.
    ///
    /// # Errors
    /// It is no SVG, too long, compressed, or refers to a file or an address outside of itself.
    pub fn parse(bytes: &[u8], fonts: &mut Fonts) -> Result<Self, RasterError> {
        if bytes.len() > MAX_BYTES {
            return Err(RasterError::Svg(format!("{} bytes; at most {MAX_BYTES} are allowed", bytes.len())));
        }
        let outside = AtomicBool::new(false);
        let options = usvg::Options {
            font_family: "sans-serif".to_owned(),
            fontdb: fonts.database(),
            image_href_resolver: usvg::ImageHrefResolver {
                resolve_data: usvg::ImageHrefResolver::default_data_resolver(),
                // The library's own would read local files.
                resolve_string: Box::new(|_, _| {
                    outside.store(true, Ordering::Relaxed);
                    None
                }),
            },
            ..Default::default()
        };
        let text = std::str::from_utf8(bytes).map_err(|_| RasterError::Svg("it is not UTF-8".to_owned()))?;
        let tree = usvg::Tree::from_str(text, &options).map_err(|e| RasterError::Svg(e.to_string()))?;
        drop(options);
        if outside.load(Ordering::Relaxed) {
            return Err(RasterError::Svg(
                "it refers to an image outside of itself; embed the image as a data: URL".to_owned(),
            ));
        }
        Ok(Self { tree: Box::new(tree) })
    }

    /// Its own size in pixels.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        let size = self.tree.size();
        (f64::from(size.width()), f64::from(size.height()))
    }

    /// Premultiplied RGBA, stretched to `width` x `height`.
    pub(crate) fn draw(&self, width: f64, height: f64) -> Result<(u32, u32, Vec<u8>), RasterError> {
        let (w, h) = check_size("the SVG", width, height)?;
        let mut pixmap = tiny_skia::Pixmap::new(w, h).ok_or(RasterError::TooLarge {
            what: "the SVG",
            width: w.into(),
            height: h.into(),
        })?;
        let (own_w, own_h) = self.size();
        let stretch = tiny_skia::Transform::from_scale((width / own_w) as f32, (height / own_h) as f32);
        resvg::render(&self.tree, stretch, &mut pixmap.as_mut());
        Ok((w, h, pixmap.take()))
    }
}
