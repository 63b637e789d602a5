//! A layer: what fills it, where it is and how much of it is seen.

use crate::field::{FieldError, read};
use crate::id::Id;
use crate::source::{ImageSource, ShapeSource, Source, SourceKind, TextSource};
use crate::style::{ImageStyle, ShapeKind, ShapeStyle, TextStyle};
use crate::value::{Coordinate, Length, Opacity, Rotation, Scale, Unit};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A layer as callers write it: everything but `type` and what the type needs may be left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LayerSpec {
    /// Its name; made from the type where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// What kind of layer it is.
    #[serde(rename = "type")]
    pub kind: LayerKind,
    /// Higher is nearer to the viewer; on top of all others where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z_index: Option<i32>,
    /// Whether it is drawn.
    #[serde(default = "yes")]
    pub visible: bool,
    /// How much of it is seen.
    #[serde(default)]
    pub opacity: Opacity,
    /// Where it is.
    #[serde(default)]
    pub transform: Transform,
    /// The character of a `host` or `assistant`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character: Option<Character>,
    /// The content of a `visualFeed` or an `overlay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(schema_with = "content_schema")]
    pub content: Option<Arc<Value>>,
}

fn yes() -> bool {
    true
}

fn content_schema(generator: &mut SchemaGenerator) -> Schema {
    let (feed, text) = (generator.subschema_for::<FeedContent>(), generator.subschema_for::<TextContent>());
    let (image, shape) = (generator.subschema_for::<ImageContent>(), generator.subschema_for::<ShapeContent>());
    json_schema!({"anyOf": [feed, text, image, shape]})
}

/// The kinds of layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LayerKind {
    /// The character that leads the show.
    Host,
    /// A second character.
    Assistant,
    /// An artwork or picture feed.
    VisualFeed,
    /// Text, an image or a shape.
    Overlay,
}

impl LayerKind {
    /// The word used in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Assistant => "assistant",
            Self::VisualFeed => "visualFeed",
            Self::Overlay => "overlay",
        }
    }
}

/// Where a layer is: its anchor (a point of its own box) comes to lie on `position`; scale and
/// rotation turn about the anchor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Transform {
    /// In pixels of the canvas from its top left corner.
    pub position: Point<Coordinate>,
    /// Factors of size.
    pub scale: Point<Scale>,
    /// Degrees clockwise.
    pub rotation: Rotation,
    /// A point of the layer's box: (0, 0) its top left, (1, 1) its bottom right.
    pub anchor: Point<Unit>,
}

/// A pair of coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Point<T: Default> {
    /// Across, to the right.
    pub x: T,
    /// Down.
    pub y: T,
}

/// The character of a host or an assistant. Shown as an image for now: `textureUrl`, or `modelUrl`
/// where there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Character {
    /// The body.
    pub model_url: String,
    /// Its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub texture_url: Option<String>,
    /// Motions by name.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub animations: Map<String, Value>,
}

/// The content of a `visualFeed` layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FeedContent {
    /// The picture: PNG, JPEG, WebP or SVG, as a path below the asset folder, an `http(s)` or a
    /// `data:` URL.
    pub image_url: String,
    /// Whatever the caller wants to keep with it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub metadata: Map<String, Value>,
    /// Width of the box; from the image where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<Length>,
    /// Height of the box; from the image where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<Length>,
    /// How the picture fills a box of another shape.
    #[serde(default)]
    pub fit: Fit,
}

/// How a picture fills a box of another shape.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Fit {
    /// The whole picture, with clear margins.
    #[default]
    Contain,
    /// The whole box, with the picture's edges cut off.
    Cover,
    /// Stretched.
    Fill,
}

/// What an overlay shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OverlayKind {
    /// Text; `content` is what it says.
    Text,
    /// An image; `content` is its URL.
    Image,
    /// A shape; `content` is `rect` or `ellipse`.
    Shape,
}

/// The discriminator of an overlay's content, read first; the rest is read by its kind.
#[derive(Deserialize)]
struct OverlayTag {
    #[serde(rename = "type")]
    kind: OverlayKind,
}

macro_rules! overlay_content {
    ($(#[$doc:meta])* $name:ident, $tag:ident, $body:ty, $style:ty) => {
        $(#[$doc])*
        #[derive(Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        struct $name {
            #[serde(rename = "type")]
            #[allow(dead_code, reason = "read as the discriminator; kept so that it is a known field")]
            kind: OverlayKind,
            content: $body,
            #[serde(default)]
            style: $style,
        }
    };
}
overlay_content!(/// An overlay of text.
    TextContent, Text, String, TextStyle);
overlay_content!(/// An overlay of an image.
    ImageContent, Image, String, ImageStyle);
overlay_content!(/// An overlay of a shape.
    ShapeContent, Shape, ShapeKind, ShapeStyle);

/// The longest text of an overlay, in characters.
const MAX_TEXT: usize = 4_000;
/// The longest URL, in bytes; generous, for `data:` URLs.
const MAX_URL: usize = 4_000_000;

/// A layer of the show, complete and checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LayerSpec", into = "LayerSpec")]
pub struct Layer {
    spec: LayerSpec,
    id: Id,
    z_index: i32,
    source: Arc<Source>,
}

impl Layer {
    /// Checks `spec` and completes it with `id` and `z_index` where it leaves them out.
    ///
    /// # Errors
    /// The first field that the layer's type does not allow, lacks, or that is out of range.
    pub fn new(mut spec: LayerSpec, id: Id, z_index: i32) -> Result<Self, FieldError> {
        let id = spec.id.get_or_insert(id).clone();
        let z_index = *spec.z_index.get_or_insert(z_index);
        let source = Source::new(source_of(&spec)?);
        Ok(Self { spec, id, z_index, source })
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.id
    }

    /// Its place from bottom to top.
    #[must_use]
    pub fn z_index(&self) -> i32 {
        self.z_index
    }

    /// What fills it.
    #[must_use]
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }

    /// The layer as callers see it, complete.
    #[must_use]
    pub fn spec(&self) -> &LayerSpec {
        &self.spec
    }

    /// The same layer elsewhere in the order.
    #[must_use]
    pub(crate) fn at_z(&self, z_index: i32) -> Self {
        let mut layer = self.clone();
        layer.z_index = z_index;
        layer.spec.z_index = Some(z_index);
        layer
    }

    /// The layer after a JSON merge patch (RFC 7396): members replace, `null` resets.
    ///
    /// # Errors
    /// As [`Layer::new`]; also a patch that changes `id` or `type`.
    pub(crate) fn patched(&self, patch: &Map<String, Value>) -> Result<Self, FieldError> {
        // Content may be megabytes, of which a layer that is only moved keeps the ones it has.
        let mut spec = self.spec.clone();
        let kept = if patch.contains_key("content") { None } else { spec.content.take() };
        let mut document = serde_json::to_value(&spec).map_err(|e| FieldError::new("", e.to_string()))?;
        for fixed in ["id", "type"] {
            if patch.get(fixed).is_some_and(|new| Some(new) != document.get(fixed)) {
                return Err(FieldError::new(fixed, format!("{fixed} cannot be changed: make a new layer")));
            }
        }
        merge(&mut document, patch);
        let mut spec: LayerSpec = read(document)?;
        if kept.is_some() && !patch.contains_key("character") {
            spec.content = kept;
            let z_index = spec.z_index.unwrap_or(self.z_index);
            spec.z_index = Some(z_index);
            return Ok(Self { spec, id: self.id.clone(), z_index, source: self.source.clone() });
        }
        spec.content = spec.content.or(kept);
        let mut layer = Self::new(spec, self.id.clone(), self.z_index)?;
        if layer.source.key() == self.source.key() {
            layer.source = self.source.clone();
        }
        Ok(layer)
    }
}

impl JsonSchema for Layer {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        LayerSpec::schema_name()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        LayerSpec::json_schema(generator)
    }
}

impl TryFrom<LayerSpec> for Layer {
    type Error = FieldError;
    /// For layers that are complete, as they stand in a stored show.
    fn try_from(spec: LayerSpec) -> Result<Self, FieldError> {
        let id = spec.id.clone().ok_or_else(|| FieldError::new("id", "missing"))?;
        let z_index = spec.z_index.unwrap_or_default();
        Self::new(spec, id, z_index)
    }
}

impl From<Layer> for LayerSpec {
    fn from(layer: Layer) -> Self {
        layer.spec
    }
}

/// RFC 7396, section 2.
pub(crate) fn merge(target: &mut Value, patch: &Map<String, Value>) {
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    if let Value::Object(members) = target {
        for (key, value) in patch {
            match value {
                Value::Null => drop(members.shift_remove(key)),
                Value::Object(inner) => merge(members.entry(key).or_insert(Value::Null), inner),
                _ => drop(members.insert(key.clone(), value.clone())),
            }
        }
    }
}

/// What fills a layer of this description.
fn source_of(spec: &LayerSpec) -> Result<SourceKind, FieldError> {
    let name = spec.kind.name();
    match spec.kind {
        LayerKind::Host | LayerKind::Assistant => {
            if spec.content.is_some() {
                return Err(FieldError::new("content", format!("a {name} layer has a character, not content")));
            }
            let character = spec
                .character
                .as_ref()
                .ok_or_else(|| FieldError::new("character", format!("missing: a {name} layer needs one")))?;
            let (field, url) = match &character.texture_url {
                Some(url) => ("character.textureUrl", url),
                None => ("character.modelUrl", &character.model_url),
            };
            image(field, url, None, None, Fit::Contain)
        }
        LayerKind::VisualFeed | LayerKind::Overlay => {
            if spec.character.is_some() {
                return Err(FieldError::new("character", format!("a {name} layer has content, not a character")));
            }
            let content = spec
                .content
                .as_deref()
                .cloned()
                .ok_or_else(|| FieldError::new("content", format!("missing: a {name} layer needs it")))?;
            if spec.kind == LayerKind::VisualFeed {
                let feed: FeedContent = read(content).map_err(|e| e.under("content"))?;
                return image("content.imageUrl", &feed.image_url, feed.width, feed.height, feed.fit);
            }
            overlay(content).map_err(|e| e.under("content"))
        }
    }
}

fn overlay(content: Value) -> Result<SourceKind, FieldError> {
    let OverlayTag { kind } = read(content.clone())?;
    match kind {
        OverlayKind::Text => {
            let TextContent { content, style, .. } = read(content)?;
            let length = content.chars().count();
            if length > MAX_TEXT {
                return Err(FieldError::new("content", format!("{length} characters: at most {MAX_TEXT} are allowed")));
            }
            Ok(SourceKind::Text(TextSource { text: content, style }))
        }
        OverlayKind::Image => {
            let ImageContent { content, style, .. } = read(content)?;
            image("content", &content, style.width, style.height, style.fit)
        }
        OverlayKind::Shape => {
            let ShapeContent { content, style, .. } = read(content)?;
            Ok(SourceKind::Shape(ShapeSource { shape: content, style }))
        }
    }
}

fn image(
    field: &str,
    url: &str,
    width: Option<Length>,
    height: Option<Length>,
    fit: Fit,
) -> Result<SourceKind, FieldError> {
    if url.is_empty() || url.len() > MAX_URL {
        return Err(FieldError::new(field, format!("a URL has 1 to {MAX_URL} bytes")));
    }
    Ok(SourceKind::Image(ImageSource { url: url.to_owned(), width, height, fit }))
}
