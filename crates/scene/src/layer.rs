//! A layer: what fills it, where it is and how much of it is seen.

use crate::animation::{DocumentPath, Seconds};
use crate::blend::BlendMode;
use crate::field::{FieldError, read, tagged};
use crate::filter::{Filter, MAX_FILTERS};
use crate::frame::{ItemMask, ItemMaskShape};
use crate::id::Id;
use crate::levels::{Follow, MAX_FOLLOWS};
use crate::mask::{Clip, Mask, MaskMode, MaskSource};
use crate::path::PathData;
use crate::source::{ImageSource, ShapeSource, Source, SourceKind};
use crate::style::{ImageStyle, ShapeKind, ShapeStyle, TextStyle};
use crate::text::TextBody;
use crate::value::{Blur, Coordinate, Length, Opacity, Rotation, Scale, Unit, is_default};
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
    /// Whether it is kept as it is: a locked layer is not changed, moved or removed until it is unlocked. It may still
    /// be hidden and shown; motion and scenes move it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locked: bool,
    /// How much of it is seen.
    #[serde(default)]
    pub opacity: Opacity,
    /// Where it is.
    #[serde(default)]
    pub transform: Transform,
    /// The group that it is in; none: the show itself. Its position is then meant in the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<Id>,
    /// How its colours meet those below: a CSS `mix-blend-mode`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub blend_mode: BlendMode,
    /// The shape that it is cut to, after its filters.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "tagged::option")]
    pub clip: Option<Clip>,
    /// What lets it be seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mask: Option<Mask>,
    /// What is done to its pixels, in order, before it is placed.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "tagged::list")]
    #[schemars(length(max = 16))]
    pub filters: Vec<Filter>,
    /// What follows how loud something is: a character that moves as it speaks, a light that dances to music.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 8))]
    pub follows: Vec<Follow>,
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
    let group = generator.subschema_for::<GroupContent>();
    json_schema!({"anyOf": [feed, text, image, shape, group]})
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
    /// Other layers, as one: those whose `parent` it is.
    Group,
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
            Self::Group => "group",
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
    /// What is shown instead where the picture cannot be had: it is tried again from time to time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback_url: Option<String>,
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

/// The content of a `group` layer; may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct GroupContent {
    /// Whether its layers blend with each other alone. Where not, they meet what is below the group.
    pub isolated: bool,
    /// Whether each of its layers takes the place of those below it in the group.
    pub knockout: bool,
}

impl Default for GroupContent {
    fn default() -> Self {
        Self { isolated: true, knockout: false }
    }
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
    TextContent, Text, TextBody, TextStyle);
overlay_content!(/// An overlay of an image.
    ImageContent, Image, String, ImageStyle);
overlay_content!(/// An overlay of a shape.
    ShapeContent, Shape, ShapeKind, ShapeStyle);

/// The longest URL, in bytes; generous, for `data:` URLs.
const MAX_URL: usize = 4_000_000;

/// A layer of the show, complete and checked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "LayerSpec", into = "LayerSpec")]
pub struct Layer {
    spec: LayerSpec,
    id: Id,
    z_index: i32,
    fill: LayerFill,
    filters: Arc<[Filter]>,
    masks: Vec<LayerMask>,
}

/// What fills a layer.
#[derive(Clone, Debug, PartialEq)]
pub enum LayerFill {
    /// A picture.
    Source(Arc<Source>),
    /// Other layers.
    Group(GroupContent),
}

/// A clip or a mask, with what it is drawn from.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum LayerMask {
    /// As it goes into a frame.
    Ready(ItemMask),
    /// The layer of that name.
    Layer(Id, MaskMode, bool, Blur),
}

impl Layer {
    /// Checks `spec` and completes it with `id` and `z_index` where it leaves them out.
    ///
    /// # Errors
    /// The first field that the layer's type does not allow, lacks, or that is out of range.
    pub fn new(spec: LayerSpec, id: Id, z_index: i32) -> Result<Self, FieldError> {
        let fill = match spec.kind {
            LayerKind::Group => LayerFill::Group(group_of(&spec)?),
            _ => LayerFill::Source(Source::new(source_of(&spec)?)),
        };
        Self::filled(spec, id, z_index, fill)
    }

    /// The same with a fill that is known.
    fn filled(mut spec: LayerSpec, id: Id, z_index: i32, fill: LayerFill) -> Result<Self, FieldError> {
        let id = spec.id.get_or_insert(id).clone();
        let z_index = *spec.z_index.get_or_insert(z_index);
        if spec.filters.len() > MAX_FILTERS {
            return Err(FieldError::new("filters", format!("{} filters: at most {MAX_FILTERS}", spec.filters.len())));
        }
        if spec.follows.len() > MAX_FOLLOWS {
            return Err(FieldError::new("follows", format!("{} of them: at most {MAX_FOLLOWS}", spec.follows.len())));
        }
        for (i, follow) in spec.follows.iter().enumerate() {
            follow.check().map_err(|e| e.under(&format!("follows[{i}]")))?;
        }
        let mut masks = Vec::new();
        if let Some(clip) = &spec.clip {
            masks.push(LayerMask::Ready(clip_of(clip)));
        }
        if let Some(mask) = &spec.mask {
            masks.push(mask_of(mask)?);
        }
        let filters = spec.filters.clone().into();
        Ok(Self { spec, id, z_index, fill, filters, masks })
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
    pub fn fill(&self) -> &LayerFill {
        &self.fill
    }

    /// The picture that fills it; a group has none.
    #[must_use]
    pub fn source(&self) -> Option<&Arc<Source>> {
        match &self.fill {
            LayerFill::Source(source) => Some(source),
            LayerFill::Group(_) => None,
        }
    }

    /// How its layers blend; only a group has it.
    pub(crate) fn group(&self) -> Option<GroupContent> {
        match &self.fill {
            LayerFill::Source(_) => None,
            LayerFill::Group(content) => Some(*content),
        }
    }

    /// Every picture that it needs: what fills it and what masks it, and files of its filters.
    pub fn needs(&self) -> impl Iterator<Item = Need<'_>> {
        let masks = self.masks.iter().filter_map(|mask| match mask {
            LayerMask::Ready(ItemMask { shape: ItemMaskShape::Source(s, _) | ItemMaskShape::Stretched(s), .. }) => {
                Some(Need::Mask(s))
            }
            _ => None,
        });
        let files = self.filters.iter().enumerate().filter_map(|(index, filter)| match filter {
            Filter::Lut { url, .. } => Some(Need::Lut { index, url }),
            Filter::Displacement { url, .. } => Some(Need::Map { index, url }),
            _ => None,
        });
        self.source().map(Need::Fill).into_iter().chain(masks).chain(files)
    }

    pub(crate) fn filters(&self) -> &Arc<[Filter]> {
        &self.filters
    }

    pub(crate) fn masks(&self) -> &[LayerMask] {
        &self.masks
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
            return Self::filled(spec, self.id.clone(), z_index, self.fill.clone());
        }
        spec.content = spec.content.or(kept);
        let mut layer = Self::new(spec, self.id.clone(), self.z_index)?;
        if let (LayerFill::Source(new), LayerFill::Source(old)) = (&layer.fill, &self.fill)
            && new.key() == old.key()
        {
            layer.fill = self.fill.clone();
        }
        Ok(layer)
    }
}

impl Layer {
    /// How much there is to read in it: 1 for most, more where a picture stands in its URL.
    pub(crate) fn weight(&self) -> usize {
        let url = self.source().map_or(0, |source| match source.kind() {
            SourceKind::Image(image) => image.url.len(),
            SourceKind::Text(text) => text.text.len(),
            SourceKind::Shape(_) => 0,
        });
        1 + url / 4_096
    }

    /// A member of its document, as it was written.
    fn written(&self, head: &str) -> Value {
        let spec = &self.spec;
        let member = match head {
            "content" => spec.content.as_deref().cloned().map_or(Ok(Value::Null), Ok),
            "clip" => serde_json::to_value(&spec.clip),
            "mask" => serde_json::to_value(&spec.mask),
            "filters" => serde_json::to_value(&spec.filters),
            "blendMode" => serde_json::to_value(spec.blend_mode),
            _ => Ok(Value::Null),
        };
        member.unwrap_or_default()
    }

    /// A member of its document; what was left out has its usual value.
    pub(crate) fn member(&self, head: &str) -> Value {
        let mut member = self.written(head);
        if head == "content"
            && let LayerFill::Source(source) = &self.fill
            && let Some(content) = member.as_object_mut()
        {
            let style = match source.kind() {
                SourceKind::Text(text) => serde_json::to_value(&text.style),
                SourceKind::Shape(shape) => serde_json::to_value(&shape.style),
                SourceKind::Image(image) => {
                    // A feed has its size in its content.
                    if self.spec.kind == LayerKind::Overlay {
                        let style = content.entry("style").or_insert_with(|| Value::Object(Map::new()));
                        if let Some(style) = style.as_object_mut() {
                            style.insert("time".to_owned(), image.time.get().into());
                        }
                    }
                    return member;
                }
            };
            content.insert("style".to_owned(), style.unwrap_or_default());
        }
        member
    }

    /// The layer with other values in its document.
    ///
    /// # Errors
    /// A member that there is not, or a value that it cannot have.
    pub(crate) fn with_values(&self, values: &[(&DocumentPath, Value)]) -> Result<Self, FieldError> {
        let mut spec = self.spec.clone();
        let mut heads: Vec<(&str, Value)> = Vec::new();
        for (path, value) in values {
            let at = match heads.iter().position(|(head, _)| *head == path.head()) {
                Some(at) => at,
                None => {
                    heads.push((path.head(), self.written(path.head())));
                    heads.len() - 1
                }
            };
            let no_entry = || FieldError::new(path.to_string(), "there is no such entry");
            path.put(&mut heads[at].1, value.clone()).ok_or_else(no_entry)?;
        }
        let mut refill = false;
        for (head, value) in heads {
            match head {
                "content" => (spec.content, refill) = (Some(Arc::new(value)), true),
                "clip" => spec.clip = Some(read(value).map_err(|e| e.under("clip"))?),
                "mask" => spec.mask = Some(read(value).map_err(|e| e.under("mask"))?),
                "filters" => spec.filters = read_filters(value)?,
                "blendMode" => spec.blend_mode = read(value).map_err(|e| e.under("blendMode"))?,
                _ => return Err(FieldError::new(head, format!("unknown field `{head}`"))),
            }
        }
        if refill {
            return Self::new(spec, self.id.clone(), self.z_index);
        }
        Self::filled(spec, self.id.clone(), self.z_index, self.fill.clone())
    }

    /// The same layer with another document that keeps its fill.
    pub(crate) fn with_spec(&self, change: impl FnOnce(&mut LayerSpec)) -> Self {
        let mut layer = self.clone();
        change(&mut layer.spec);
        layer.z_index = layer.spec.z_index.unwrap_or(layer.z_index);
        layer
    }
}

fn read_filters(value: Value) -> Result<Vec<Filter>, FieldError> {
    let list: Vec<Value> = read(value).map_err(|e| e.under("filters"))?;
    let filters = list.into_iter().enumerate();
    filters.map(|(i, filter)| read(filter).map_err(|e: FieldError| e.under(&format!("filters[{i}]")))).collect()
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

/// Something that has to be loaded before a layer can be drawn.
#[derive(Clone, Copy, Debug)]
pub enum Need<'a> {
    /// The picture that fills it.
    Fill(&'a Arc<Source>),
    /// A picture that masks it.
    Mask(&'a Arc<Source>),
    /// The table of a filter.
    Lut {
        /// Which filter.
        index: usize,
        /// Where it is.
        url: &'a str,
    },
    /// The displacement map of a filter.
    Map {
        /// Which filter.
        index: usize,
        /// Where it is.
        url: &'a str,
    },
}

fn group_of(spec: &LayerSpec) -> Result<GroupContent, FieldError> {
    if spec.character.is_some() {
        return Err(FieldError::new("character", "a group layer has layers in it, not a character"));
    }
    match spec.content.as_deref() {
        None => Ok(GroupContent::default()),
        Some(content) => read(content.clone()).map_err(|e| e.under("content")),
    }
}

/// A white shape.
fn shape_source(
    shape: ShapeKind,
    width: Length,
    height: Length,
    radius: Length,
    path: Option<PathData>,
) -> Arc<Source> {
    let style = ShapeStyle { width, height, radius, path, ..ShapeStyle::default() };
    Source::new(SourceKind::Shape(ShapeSource { shape, style }))
}

fn clip_of(clip: &Clip) -> ItemMask {
    let shape = match clip {
        Clip::Rect { x, y, width, height, radius } if radius.get() == 0.0 => {
            ItemMaskShape::Rect([x.get(), y.get(), width.get(), height.get()])
        }
        Clip::Rect { x, y, width, height, radius } => {
            let source = shape_source(ShapeKind::Rect, *width, *height, *radius, None);
            ItemMaskShape::Source(source, [x.get(), y.get()])
        }
        Clip::Path { path } => {
            let zero = Length::default();
            let source = shape_source(ShapeKind::Path, zero, zero, zero, Some(path.clone()));
            ItemMaskShape::Source(source, [0.0, 0.0])
        }
    };
    ItemMask { shape, mode: MaskMode::Alpha, inverted: false, feather: Blur::default() }
}

fn mask_of(mask: &Mask) -> Result<LayerMask, FieldError> {
    let shape = match &mask.source {
        MaskSource::Layer { id } => return Ok(LayerMask::Layer(id.clone(), mask.mode, mask.inverted, mask.feather)),
        MaskSource::Image { url } => {
            ItemMaskShape::Stretched(Source::new(image("mask.source.url", url, &ImageStyle::default())?))
        }
        MaskSource::Shape { shape, x, y, width, height, radius, path } => {
            if (*shape == ShapeKind::Path) != path.is_some() {
                return Err(FieldError::new("mask.source.path", "a path needs path data, and no other shape has it"));
            }
            let source = shape_source(*shape, *width, *height, *radius, path.clone());
            ItemMaskShape::Source(source, [x.get(), y.get()])
        }
    };
    Ok(LayerMask::Ready(ItemMask { shape, mode: mask.mode, inverted: mask.inverted, feather: mask.feather }))
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
            image(field, url, &ImageStyle::default())
        }
        LayerKind::VisualFeed | LayerKind::Overlay | LayerKind::Group => {
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
                let style =
                    ImageStyle { width: feed.width, height: feed.height, fit: feed.fit, ..ImageStyle::default() };
                if feed.fallback_url.as_ref().is_some_and(|url| !(1..=MAX_URL).contains(&url.len())) {
                    return Err(FieldError::new("content.fallbackUrl", format!("a URL has 1 to {MAX_URL} bytes")));
                }
                let mut source = image("content.imageUrl", &feed.image_url, &style)?;
                if let SourceKind::Image(image) = &mut source {
                    image.fallback = feed.fallback_url;
                }
                return Ok(source);
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
            content.source(style).map(SourceKind::Text)
        }
        OverlayKind::Image => {
            let ImageContent { content, style, .. } = read(content)?;
            image("content", &content, &style)
        }
        OverlayKind::Shape => {
            let ShapeContent { content, style, .. } = read(content)?;
            if (content == ShapeKind::Path) != style.path.is_some() {
                return Err(FieldError::new("style.path", "a path needs path data, and no other shape has it"));
            }
            Ok(SourceKind::Shape(ShapeSource { shape: content, style }))
        }
    }
}

fn image(field: &str, url: &str, style: &ImageStyle) -> Result<SourceKind, FieldError> {
    if url.is_empty() || url.len() > MAX_URL {
        return Err(FieldError::new(field, format!("a URL has 1 to {MAX_URL} bytes")));
    }
    let ImageStyle { width, height, fit, sampling, slice, time } = *style;
    // What differs by less than a frame looks the same.
    let time = Seconds::new((time.get() * 60.0).round() / 60.0).unwrap_or(time);
    Ok(SourceKind::Image(ImageSource {
        url: url.to_owned(),
        width,
        height,
        fit,
        sampling,
        slice,
        time,
        fallback: None,
    }))
}
