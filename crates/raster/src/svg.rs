//! SVG: parsed once, drawn at any scale. Nothing outside of the document is ever read.

use crate::{RasterError, check_size};
use resvg::usvg::{fontdb, roxmltree};
use resvg::{tiny_skia, usvg};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The longest SVG document in bytes; those on chains have some tens of kilobytes.
const MAX_BYTES: usize = 8 * 1024 * 1024;

/// The most elements in a document, those that `<use>` repeats counted each time. A kilobyte of
/// references can stand for billions.
const MAX_ELEMENTS: u64 = 200_000;
/// The deepest nesting: each level may need a picture of its own while it is drawn.
const MAX_DEPTH: usize = 48;
/// The most pixels in an embedded image.
const MAX_EMBEDDED: u64 = 16 * 1024 * 1024;

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
    /// It is no SVG, too long, compressed, too large once its references are followed, or refers to
    /// a file or an address outside of itself.
    pub(crate) fn parse(bytes: &[u8], fonts: Arc<fontdb::Database>) -> Result<Self, RasterError> {
        let refuse = |reason: String| Err(RasterError::Svg(reason));
        if bytes.len() > MAX_BYTES {
            return refuse(format!("{} bytes; at most {MAX_BYTES} are allowed", bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| RasterError::Svg("it is not UTF-8".to_owned()))?;
        check_weight(text)?;
        let refused: Mutex<Option<&'static str>> = Mutex::new(None);
        let note = |reason| *refused.lock().unwrap_or_else(PoisonError::into_inner) = Some(reason);
        let decode = usvg::ImageHrefResolver::default_data_resolver();
        let options = usvg::Options {
            font_family: "sans-serif".to_owned(),
            fontdb: fonts,
            image_href_resolver: usvg::ImageHrefResolver {
                resolve_data: Box::new(|mime, data, options| match embedded(&data) {
                    Ok(()) => decode(mime, data, options),
                    Err(reason) => {
                        note(reason);
                        None
                    }
                }),
                // The library's own would read local files.
                resolve_string: Box::new(|_, _| {
                    note("it refers to an image outside of itself; embed the image as a data: URL");
                    None
                }),
            },
            ..Default::default()
        };
        let tree = usvg::Tree::from_str(text, &options).map_err(|e| RasterError::Svg(e.to_string()))?;
        drop(options);
        match refused.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Some(reason) => refuse(reason.to_owned()),
            None => Ok(Self { tree: Box::new(tree) }),
        }
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

/// Refuses a document that is small but stands for a large one.
fn check_weight(text: &str) -> Result<(), RasterError> {
    let options = roxmltree::ParsingOptions { allow_dtd: true, nodes_limit: 1_000_000, ..Default::default() };
    let document =
        roxmltree::Document::parse_with_options(text, options).map_err(|e| RasterError::Svg(e.to_string()))?;
    let ids = document.descendants().filter_map(|node| Some((node.attribute("id")?, node))).collect();
    let mut known = HashMap::new();
    match weigh(document.root(), &ids, &mut known, 0) {
        Some(elements) if elements <= MAX_ELEMENTS => Ok(()),
        Some(_) => Err(RasterError::Svg(format!("it has more than {MAX_ELEMENTS} elements"))),
        None => Err(RasterError::Svg(format!("its elements are nested more than {MAX_DEPTH} deep"))),
    }
}

/// How many elements a node stands for; `None` where they are nested too deep, or in a circle.
fn weigh<'a, 'i>(
    node: roxmltree::Node<'a, 'i>,
    ids: &HashMap<&str, roxmltree::Node<'a, 'i>>,
    known: &mut HashMap<roxmltree::NodeId, u64>,
    depth: usize,
) -> Option<u64> {
    if let Some(weight) = known.get(&node.id()) {
        return Some(*weight);
    }
    if depth > MAX_DEPTH {
        return None;
    }
    let mut weight = 1u64;
    for child in node.children().filter(roxmltree::Node::is_element) {
        weight = weight.saturating_add(weigh(child, ids, known, depth + 1)?);
    }
    if node.tag_name().name() == "use" {
        let reference = node.attributes().find(|a| a.name() == "href").map(|a| a.value().trim_start_matches('#'));
        if let Some(target) = reference.and_then(|id| ids.get(id)) {
            weight = weight.saturating_add(weigh(*target, ids, known, depth + 1)?);
        }
    }
    known.insert(node.id(), weight);
    Some(weight)
}

/// Whether an embedded image may be decoded.
fn embedded(data: &[u8]) -> Result<(), &'static str> {
    if data.starts_with(&[0x1f, 0x8b]) {
        return Err("it embeds a compressed document");
    }
    let reader = image::ImageReader::new(std::io::Cursor::new(data)).with_guessed_format();
    match reader.map_err(image::ImageError::IoError).and_then(image::ImageReader::into_dimensions) {
        Ok((w, h)) if u64::from(w) * u64::from(h) <= MAX_EMBEDDED => Ok(()),
        Ok(_) => Err("it embeds an image of more than 16 million pixels"),
        Err(_) => Err("it embeds something that is neither PNG, JPEG nor WebP"),
    }
}
