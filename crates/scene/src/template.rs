//! Templates of scenes: layers with gaps in their texts, from which scenes are made that differ in little.
//!
//! A template is kept as it was written. That its layers can be made is found out when it is added, with what its
//! parameters are where a use leaves them out.

use crate::field::{FieldError, read};
use crate::id::Id;
use crate::layer::LayerSpec;
use crate::levels::Heard;
use crate::mask::MaskSource;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// The most templates of a show.
pub(crate) const MAX_TEMPLATES: usize = 100;
/// The most layers of a template.
const MAX_LAYERS: usize = 100;
/// The most parameters of a template.
const MAX_PARAMETERS: usize = 100;
/// The most bytes of a template as JSON...
const MAX_BYTES: usize = 2 << 20;
/// ...and of all templates of a show: whoever loads the show again sends them in one body.
pub(crate) const MAX_ALL_BYTES: usize = 4 << 20;

/// The most bytes that the gaps of one scene are filled with: many gaps may stand for one large text.
const MAX_FILLED: usize = 8 << 20;

/// A pattern for scenes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Template {
    /// Its name.
    pub id: Id,
    /// What a use may say, with what it is where it does not.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub parameters: Map<String, Value>,
    /// Layers as `createLayer` takes them, each with an `id`. `{{name}}` in a text stands for that parameter; a text
    /// that is nothing else becomes the parameter itself, be it a number or an object.
    #[schemars(length(min = 1, max = 100))]
    pub layers: Vec<Map<String, Value>>,
}

impl Template {
    /// Refuses what no scene could be made of.
    pub(crate) fn check(&self) -> Result<(), FieldError> {
        let wrong = |field: &str, message: String| Err(FieldError::new(field, message));
        if self.layers.is_empty() || self.layers.len() > MAX_LAYERS {
            return wrong("layers", format!("{} layers: a template has 1 to {MAX_LAYERS}", self.layers.len()));
        }
        if self.parameters.len() > MAX_PARAMETERS {
            return wrong("parameters", format!("{} of them: at most {MAX_PARAMETERS}", self.parameters.len()));
        }
        let bytes = self.bytes();
        if bytes > MAX_BYTES {
            return wrong("layers", format!("{bytes} bytes: a template has at most {MAX_BYTES}"));
        }
        let scene = self.id.clone();
        self.layers_of(&scene, &Map::new()).map(drop)
    }

    /// How large it is as JSON.
    pub(crate) fn bytes(&self) -> usize {
        serde_json::to_string(self).map_or(0, |text| text.len())
    }

    /// The layers of a scene that is made of it. Their names are those of the template after the scene's.
    pub(crate) fn layers_of(&self, scene: &Id, values: &Map<String, Value>) -> Result<Vec<LayerSpec>, FieldError> {
        if let Some(unknown) = values.keys().find(|name| !self.parameters.contains_key(*name)) {
            let names: Vec<&str> = self.parameters.keys().map(String::as_str).collect();
            let message = format!("the template \"{}\" has no such parameter; it has: {}", self.id, names.join(", "));
            return Err(FieldError::new(format!("values.{unknown}"), message));
        }
        let value = |name: &str| values.get(name).or_else(|| self.parameters.get(name));
        let (mut specs, mut left) = (Vec::with_capacity(self.layers.len()), MAX_FILLED);
        for (index, layer) in self.layers.iter().enumerate() {
            let place = format!("layers[{index}]");
            let mut layer = Value::Object(layer.clone());
            fill(&mut layer, &value, &mut left).map_err(|message| FieldError::new(place.clone(), message))?;
            let spec: LayerSpec = read(layer).map_err(|e| e.under(&place))?;
            specs.push(spec);
        }
        rename(specs, scene)
    }
}

/// Gives the layers, and what they say of one another, the names that they have in the scene.
fn rename(mut specs: Vec<LayerSpec>, scene: &Id) -> Result<Vec<LayerSpec>, FieldError> {
    let mut names = HashMap::new();
    for (index, spec) in specs.iter().enumerate() {
        let wrong = |message: String| FieldError::new(format!("layers[{index}].id"), message);
        let own = spec.id.clone().ok_or_else(|| wrong("missing: each layer of a template has one".to_owned()))?;
        let full: Id = format!("{scene}.{own}").parse().map_err(|e| wrong(format!("\"{scene}.{own}\": {e}")))?;
        if names.insert(own.clone(), full).is_some() {
            return Err(wrong(format!("\"{own}\" stands there twice")));
        }
    }
    // What is not of the template may be a layer that the show has anyhow.
    let renamed = |id: &Id| names.get(id).unwrap_or(id).clone();
    for spec in &mut specs {
        spec.id = spec.id.as_ref().map(renamed);
        spec.parent = spec.parent.as_ref().map(renamed);
        if let Some(MaskSource::Layer { id, .. }) = spec.mask.as_mut().map(|mask| &mut mask.source) {
            *id = renamed(id);
        }
        for follow in &mut spec.follows {
            if let Heard::Voice(id) = &mut follow.to {
                *id = renamed(id);
            }
        }
    }
    Ok(specs)
}

/// Puts parameters into the gaps of a document, for which there are `left` bytes.
fn fill<'a>(document: &mut Value, value: &impl Fn(&str) -> Option<&'a Value>, left: &mut usize) -> Result<(), String> {
    match document {
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill(item, value, left)),
        Value::Object(members) => members.values_mut().try_for_each(|member| fill(member, value, left)),
        Value::String(text) => {
            let Some(pieces) = pieces(text) else { return Ok(()) };
            let mut get = |name: &str| {
                let found = value(name).ok_or_else(|| format!("{{{{{name}}}}} is no parameter of the template"))?;
                let written = match found {
                    Value::String(text) => std::borrow::Cow::Borrowed(text.as_str()),
                    other => other.to_string().into(),
                };
                let full = || format!("its gaps would be filled with more than {MAX_FILLED} bytes");
                *left = left.checked_sub(written.len()).ok_or_else(full)?;
                Ok::<_, String>((found, written))
            };
            if let [Piece::Gap(name)] = pieces[..] {
                *document = get(name)?.0.clone();
                return Ok(());
            }
            let mut filled = String::with_capacity(text.len());
            for piece in pieces {
                match piece {
                    Piece::Text(text) => filled.push_str(text),
                    Piece::Gap(name) => filled.push_str(&get(name)?.1),
                }
            }
            *text = filled;
            Ok(())
        }
        _ => Ok(()),
    }
}

enum Piece<'a> {
    Text(&'a str),
    Gap(&'a str),
}

/// A text around its gaps; `None` where it has none.
fn pieces(text: &str) -> Option<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, name, after)) = rest
        .split_once("{{")
        .and_then(|(before, inner)| inner.split_once("}}").map(|(name, after)| (before, name.trim(), after)))
    {
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Gap(name));
        rest = after;
    }
    if pieces.is_empty() {
        return None;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    Some(pieces)
}
