//! What fills a layer, with the key under which its raster is kept.

use crate::animation::Seconds;
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
    key: u128,
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
    /// Of an animation: as of when, to a sixtieth of a second.
    pub time: Seconds,
    /// What is shown where the image cannot be had.
    pub fallback: Option<String>,
}

impl ImageSource {
    /// The image that is shown where this one cannot be had, in the same box.
    #[must_use]
    pub fn stand_in(&self) -> Option<Arc<Source>> {
        let url = self.fallback.clone()?;
        Some(Source::new(SourceKind::Image(Self { url, fallback: None, ..self.clone() })))
    }
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

impl Source {
    /// A source to share between frames.
    #[must_use]
    pub fn new(kind: SourceKind) -> Arc<Self> {
        // Serialising plain data to a string has no way to fail; the kind's debug text is as exact.
        let text = serde_json::to_string(&kind).unwrap_or_else(|_| format!("{kind:?}"));
        // 128 bits, since megabytes of a `data:` URL would be looked up for every frame.
        let half = |salt: u8| {
            let mut hasher = std::hash::DefaultHasher::new();
            hasher.write_u8(salt);
            hasher.write(text.as_bytes());
            u128::from(hasher.finish())
        };
        Arc::new(Self { key: half(1) << 64 | half(2), kind })
    }

    /// Equal keys: equal looks.
    #[must_use]
    pub fn key(&self) -> u128 {
        self.key
    }

    /// What it is.
    #[must_use]
    pub fn kind(&self) -> &SourceKind {
        &self.kind
    }
}
