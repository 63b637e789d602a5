//! What fills a layer, with the key under which its raster is kept.

use crate::layer::Fit;
use crate::style::{RunStyle, Sampling, ShapeKind, ShapeStyle, TextStyle};
use crate::value::Length;
use serde::Serialize;
use std::hash::Hasher;
use std::ops::Range;
use std::sync::Arc;

/// A source and its key. Two sources of one key look the same.
#[derive(Debug, PartialEq)]
pub struct Source {
    key: String,
    kind: SourceKind,
}

/// The kinds of source.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[allow(clippy::large_enum_variant, reason = "it lives behind the Arc of its Source")]
pub enum SourceKind {
    /// A still image.
    Image(ImageSource),
    /// Text.
    Text(TextSource),
    /// A shape.
    Shape(ShapeSource),
}

/// A still image in a box.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ImageSource {
    /// Where it comes from.
    pub url: String,
    /// Width of the box.
    pub width: Option<Length>,
    /// Height of the box.
    pub height: Option<Length>,
    /// How it fills the box.
    pub fit: Fit,
    /// How its pixels are enlarged.
    pub sampling: Sampling,
    /// What of it keeps its size: left, top, right, bottom.
    pub slice: Option<[Length; 4]>,
}

/// Text with its style.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TextSource {
    /// What it says.
    pub text: String,
    /// Parts of it that look different: byte ranges in order, and how.
    pub runs: Vec<(Range<usize>, RunStyle)>,
    /// How it looks.
    pub style: TextStyle,
}

/// A shape with its style.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShapeSource {
    /// Which shape.
    pub shape: ShapeKind,
    /// How it looks.
    pub style: ShapeStyle,
}

/// Keys are looked up for every frame: megabytes of a `data:` URL become 128 bits of them.
fn short(key: String) -> String {
    if key.len() <= 512 {
        return key;
    }
    let half = |salt: u8| {
        let mut hasher = std::hash::DefaultHasher::new();
        hasher.write_u8(salt);
        hasher.write(key.as_bytes());
        hasher.finish()
    };
    format!("{:016x}{:016x}", half(1), half(2))
}

impl Source {
    /// A source to share between frames.
    #[must_use]
    pub fn new(kind: SourceKind) -> Arc<Self> {
        // Serialising plain data to a string has no way to fail; the kind's debug text is as exact.
        let key = serde_json::to_string(&kind).unwrap_or_else(|_| format!("{kind:?}"));
        Arc::new(Self { key: short(key), kind })
    }

    /// Equal keys: equal looks.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &SourceKind {
        &self.kind
    }
}
