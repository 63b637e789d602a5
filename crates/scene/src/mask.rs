//! What of a layer is seen.

use crate::id::Id;
use crate::path::PathData;
use crate::style::ShapeKind;
use crate::value::{Blur, Coordinate, Length};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A shape that a layer is cut to, in pixels of the layer from the top left corner of its box.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Clip {
    /// A rectangle.
    Rect {
        /// Its left edge.
        #[serde(default)]
        x: Coordinate,
        /// Its top edge.
        #[serde(default)]
        y: Coordinate,
        /// Its width.
        width: Length,
        /// Its height.
        height: Length,
        /// Radius of its corners.
        #[serde(default)]
        radius: Length,
    },
    /// What an SVG path encloses (non-zero winding).
    Path {
        /// SVG path data.
        path: PathData,
    },
}

/// What lets a layer be seen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Mask {
    /// Where it lets through.
    #[serde(deserialize_with = "crate::field::tagged::one")]
    pub source: MaskSource,
    /// What of the source counts.
    #[serde(default)]
    pub mode: MaskMode,
    /// Whether what is outside is seen instead.
    #[serde(default)]
    pub inverted: bool,
    /// How soft its edge is: standard deviation of a blur.
    #[serde(default)]
    pub feather: Blur,
}

/// The kinds of mask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum MaskSource {
    /// Another layer, where it is; it masks even if it is hidden itself.
    Layer {
        /// Which one.
        id: Id,
    },
    /// A picture, stretched over the layer's box.
    Image {
        /// Where it is.
        url: String,
    },
    /// A shape, in pixels of the layer from the top left corner of its box.
    Shape {
        /// Which shape.
        shape: ShapeKind,
        /// Its left edge.
        #[serde(default)]
        x: Coordinate,
        /// Its top edge.
        #[serde(default)]
        y: Coordinate,
        /// Its width.
        #[serde(default)]
        width: Length,
        /// Its height.
        #[serde(default)]
        height: Length,
        /// Radius of a rectangle's corners.
        #[serde(default)]
        radius: Length,
        /// SVG path data of a `path`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path: Option<PathData>,
    },
}

/// What of a mask counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum MaskMode {
    /// Its opacity.
    #[default]
    Alpha,
    /// Its brightness: white lets through, black does not.
    Luminance,
}
