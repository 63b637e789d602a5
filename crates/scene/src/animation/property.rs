//! The registry of what can be animated: every number, colour, text, switch and choice of a layer's
//! document, by its path there.
//!
//! There is no list of properties to keep in step with the layers: a path is looked up in the document
//! that the layer itself writes, and a value is tried by reading the document with it. What is animated
//! most (place, size, turn, opacity) is held as numbers in [`Slot`]s, so that a frame costs no reading.

use crate::field::FieldError;
use crate::id::Id;
use crate::layer::{Layer, LayerKind, LayerSpec};
use crate::mix::BusName;
use crate::value::{Color, Coordinate, Opacity, Rotation, Scale, Unit};
use serde_json::Value;
use std::sync::Arc;

/// Something that can be animated.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Property {
    /// A number that every layer has.
    Slot(Slot),
    /// Whether the layer is drawn.
    Visible,
    /// Its place from bottom to top.
    ZIndex,
    /// A member of the layer's document.
    Document(DocumentPath),
    /// The gain of an audio track or a bus.
    Gain,
}

/// The numbers that every layer has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    X,
    Y,
    ScaleX,
    ScaleY,
    Rotation,
    AnchorX,
    AnchorY,
    Opacity,
}

/// How many slots there are.
pub(crate) const SLOTS: usize = 8;

impl Slot {
    pub(crate) const ALL: [Self; SLOTS] =
        [Self::X, Self::Y, Self::ScaleX, Self::ScaleY, Self::Rotation, Self::AnchorX, Self::AnchorY, Self::Opacity];

    fn path(self) -> &'static str {
        match self {
            Self::X => "transform.position.x",
            Self::Y => "transform.position.y",
            Self::ScaleX => "transform.scale.x",
            Self::ScaleY => "transform.scale.y",
            Self::Rotation => "transform.rotation",
            Self::AnchorX => "transform.anchor.x",
            Self::AnchorY => "transform.anchor.y",
            Self::Opacity => "opacity",
        }
    }

    /// The smallest and the largest value allowed.
    pub(crate) fn range(self) -> (f64, f64) {
        match self {
            Self::X | Self::Y => (Coordinate::MIN, Coordinate::MAX),
            Self::ScaleX | Self::ScaleY => (Scale::MIN, Scale::MAX),
            Self::Rotation => (Rotation::MIN, Rotation::MAX),
            Self::AnchorX | Self::AnchorY => (Unit::MIN, Unit::MAX),
            Self::Opacity => (Opacity::MIN, Opacity::MAX),
        }
    }

    pub(crate) fn get(self, spec: &LayerSpec) -> f64 {
        let t = &spec.transform;
        match self {
            Self::X => t.position.x.get(),
            Self::Y => t.position.y.get(),
            Self::ScaleX => t.scale.x.get(),
            Self::ScaleY => t.scale.y.get(),
            Self::Rotation => t.rotation.get(),
            Self::AnchorX => t.anchor.x.get(),
            Self::AnchorY => t.anchor.y.get(),
            Self::Opacity => spec.opacity.get(),
        }
    }

    /// Sets it; what is out of range becomes the nearest that is not.
    pub(crate) fn set(self, spec: &mut LayerSpec, value: f64) {
        let (min, max) = self.range();
        let value = if value.is_nan() { self.get(spec) } else { value.clamp(min, max) };
        let t = &mut spec.transform;
        match self {
            Self::X => t.position.x = Coordinate::new(value).unwrap_or(t.position.x),
            Self::Y => t.position.y = Coordinate::new(value).unwrap_or(t.position.y),
            Self::ScaleX => t.scale.x = Scale::new(value).unwrap_or(t.scale.x),
            Self::ScaleY => t.scale.y = Scale::new(value).unwrap_or(t.scale.y),
            Self::Rotation => t.rotation = Rotation::new(value).unwrap_or(t.rotation),
            Self::AnchorX => t.anchor.x = Unit::new(value).unwrap_or(t.anchor.x),
            Self::AnchorY => t.anchor.y = Unit::new(value).unwrap_or(t.anchor.y),
            Self::Opacity => spec.opacity = Opacity::new(value).unwrap_or(spec.opacity),
        }
    }
}

/// A way into a document: `content.style.color`, `filters[0].radius`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocumentPath(Arc<[Step]>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Member(String),
    Index(usize),
}

impl DocumentPath {
    fn parse(text: &str) -> Option<Self> {
        let mut steps = Vec::new();
        for part in text.split('.') {
            let mut pieces = part.split('[');
            let name = pieces.next()?;
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return None;
            }
            steps.push(Step::Member(name.to_owned()));
            for piece in pieces {
                steps.push(Step::Index(piece.strip_suffix(']')?.parse().ok().filter(|i| *i < 1_000)?));
            }
        }
        (steps.len() <= 8).then(|| Self(steps.into()))
    }

    /// The first member.
    pub(crate) fn head(&self) -> &str {
        match self.0.first() {
            Some(Step::Member(name)) => name,
            _ => "",
        }
    }

    fn leaf(&self) -> &str {
        let name = |step: &Step| matches!(step, Step::Member(_));
        match self.0.iter().rfind(|step| name(step)) {
            Some(Step::Member(name)) => name,
            _ => "",
        }
    }

    /// What the path leads to below the head; `document` is the head's value.
    pub(crate) fn look_up<'a>(&self, document: &'a Value) -> Option<&'a Value> {
        self.0[1..].iter().try_fold(document, |at, step| match step {
            Step::Member(name) => at.get(name),
            Step::Index(index) => at.get(index),
        })
    }

    /// Puts a value there, with the members that lead to it. `None`: a list has no such entry.
    pub(crate) fn put(&self, document: &mut Value, value: Value) -> Option<()> {
        let mut at = document;
        for step in &self.0[1..] {
            at = match step {
                Step::Member(name) => {
                    if at.is_null() {
                        *at = Value::Object(serde_json::Map::new());
                    }
                    at.as_object_mut()?.entry(name.as_str()).or_insert(Value::Null)
                }
                Step::Index(index) => at.get_mut(index)?,
            };
        }
        *at = value;
        Some(())
    }
}

impl std::fmt::Display for DocumentPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if i == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// A property, or one of those that a name such as `position` stands for: with the way into the value
/// that is given for all of them.
pub(crate) type Part = (&'static [&'static str], Property);

/// What `name` stands for on `layer`.
pub(crate) fn find(name: &str, layer: &Layer) -> Result<Vec<Part>, FieldError> {
    let slot = |slot| vec![(&[] as &[&str], Property::Slot(slot))];
    let (x, y): (&[&str], &[&str]) = (&["x"], &["y"]);
    Ok(match name {
        "position" | "transform.position" => {
            vec![(x, Property::Slot(Slot::X)), (y, Property::Slot(Slot::Y))]
        }
        "scale" | "transform.scale" => vec![(x, Property::Slot(Slot::ScaleX)), (y, Property::Slot(Slot::ScaleY))],
        "anchor" | "transform.anchor" => vec![(x, Property::Slot(Slot::AnchorX)), (y, Property::Slot(Slot::AnchorY))],
        "transform" => vec![
            (&["position", "x"], Property::Slot(Slot::X)),
            (&["position", "y"], Property::Slot(Slot::Y)),
            (&["scale", "x"], Property::Slot(Slot::ScaleX)),
            (&["scale", "y"], Property::Slot(Slot::ScaleY)),
            (&["rotation"], Property::Slot(Slot::Rotation)),
            (&["anchor", "x"], Property::Slot(Slot::AnchorX)),
            (&["anchor", "y"], Property::Slot(Slot::AnchorY)),
        ],
        "visible" => vec![(&[], Property::Visible)],
        "zIndex" => vec![(&[], Property::ZIndex)],
        _ => {
            let full = |slot: &Slot| {
                let path = slot.path();
                path == name || path.strip_prefix("transform.") == Some(name)
            };
            if let Some(found) = Slot::ALL.into_iter().find(full) {
                return Ok(slot(found));
            }
            vec![(&[], Property::Document(document_path(name, layer)?))]
        }
    })
}

/// The short names of members that are deep in the document of some layer.
fn long_name(name: &str, layer: &Layer) -> Option<String> {
    let spec = layer.spec();
    let content = spec.content.as_deref();
    let kind = content.and_then(|c| c.get("type")).and_then(Value::as_str).unwrap_or_default();
    let style = |member: &str| Some(format!("content.style.{member}"));
    match name {
        "text" => Some("content.content".to_owned()),
        "color" if kind == "shape" => style("fill"),
        "color" | "fill" | "fontSize" | "fontWeight" | "letterSpacing" | "lineHeight" => style(name),
        "time" if kind == "image" => style("time"),
        "reveal" => style("reveal.amount"),
        "strokeWidth" => style("stroke.width"),
        "strokeColor" => style("stroke.color"),
        "width" | "height" if spec.kind == LayerKind::VisualFeed => Some(format!("content.{name}")),
        "width" | "height" => style(name),
        "cornerRadius" if kind == "shape" => style("radius"),
        "cornerRadius" => Some("clip.radius".to_owned()),
        _ => {
            let (filter, rest) = name.strip_prefix("filters.").or(Some(name))?.split_once('.')?;
            let named = |f: &crate::filter::Filter| {
                serde_json::to_value(f).is_ok_and(|v| v.get("type").and_then(Value::as_str) == Some(filter))
            };
            let index = spec.filters.iter().position(named)?;
            Some(format!("filters[{index}].{rest}"))
        }
    }
}

fn document_path(name: &str, layer: &Layer) -> Result<DocumentPath, FieldError> {
    let long = long_name(name, layer);
    let path = DocumentPath::parse(long.as_deref().unwrap_or(name)).ok_or_else(|| unknown(name, layer))?;
    let fixed = |why: &str| Err(FieldError::new("property", format!("\"{name}\" {why}")));
    let image = || {
        let kind = layer.spec().content.as_deref().and_then(|c| c.get("type")).and_then(Value::as_str);
        kind != Some("text")
    };
    match (path.head(), path.leaf()) {
        ("clip" | "mask" | "filters" | "blendMode", "url" | "type" | "id")
        | ("content", "imageUrl" | "url" | "type") => fixed("cannot be animated: update the layer instead"),
        ("content", "content") if image() => fixed("cannot be animated: update the layer instead"),
        ("content", "metadata") => fixed("cannot be animated: update the layer instead"),
        ("content" | "clip" | "mask" | "filters" | "blendMode", _) => Ok(path),
        _ => Err(unknown(name, layer)),
    }
}

/// An error that says what there is.
pub(crate) fn unknown(name: &str, layer: &Layer) -> FieldError {
    let mut names: Vec<String> =
        ["opacity", "position", "scale", "rotation", "anchor", "transform", "visible", "zIndex"]
            .map(str::to_owned)
            .to_vec();
    for head in ["content", "clip", "mask", "filters"] {
        collect(&layer.member(head), head, &mut names);
    }
    let more = names.len().saturating_sub(40);
    names.truncate(40);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let shown: String = name.chars().take(60).collect();
    let message = format!("layer \"{}\" has no \"{shown}\" to animate: it has {}{more}", layer.id(), names.join(", "));
    FieldError::new("property", message)
}

fn collect(value: &Value, path: &str, names: &mut Vec<String>) {
    match value {
        Value::Number(_) => names.push(path.to_owned()),
        Value::String(text) if text.parse::<Color>().is_ok() => names.push(path.to_owned()),
        Value::Object(members) => members.iter().for_each(|(name, v)| collect(v, &format!("{path}.{name}"), names)),
        Value::Array(list) => list.iter().enumerate().for_each(|(i, v)| collect(v, &format!("{path}[{i}]"), names)),
        _ => {}
    }
}

/// Whether two are of one name: what an animation of the one replaces.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    Layer(Id),
    Track(Id),
    Bus(BusName),
}
