//! The show: the whole document, and the only way to change it.
//!
//! Invariant: `layers` is sorted by `z_index`, equal ones in the order in which they got it, and
//! no two things of one kind share a name. Proof: every method that places a layer goes through
//! `place` (which inserts after all layers of an equal or lower index) or `ReorderLayers` (which
//! numbers a permutation from zero); every method that adds a name goes through `free_name`.

use crate::command::{Command, Rejection};
use crate::destination::{Destination, DestinationSpec};
use crate::event::Event;
use crate::field::FieldError;
use crate::frame::{Frame, Item, ItemContent, ItemMask, ItemMaskShape};
use crate::id::Id;
use crate::layer::{Layer, LayerFill, LayerKind, LayerMask, LayerSpec};
use crate::time::ShowTime;
use crate::track::{Track, TrackSpec};
use crate::value::Color;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use std::cell::Cell;
use std::collections::HashSet;
use std::sync::Arc;

/// How deep groups may be nested.
const MAX_DEPTH: usize = 8;

/// How many items a frame has at most, masks among them.
const MAX_ITEMS: usize = 2_000;

/// The space in which a show is laid out. The program scales it to the stream's resolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Canvas {
    /// Pixels across.
    #[serde(deserialize_with = "side")]
    #[schemars(range(min = 16, max = 3840))]
    pub width: u32,
    /// Pixels down.
    #[serde(deserialize_with = "side")]
    #[schemars(range(min = 16, max = 3840))]
    pub height: u32,
}

impl Default for Canvas {
    fn default() -> Self {
        Self { width: 1920, height: 1080 }
    }
}

fn side<'de, D: Deserializer<'de>>(d: D) -> Result<u32, D::Error> {
    let side = u32::deserialize(d)?;
    if (16..=3840).contains(&side) {
        Ok(side)
    } else {
        Err(de::Error::custom(format!("{side} is outside 16 to 3840 pixels")))
    }
}

/// How much a show may hold. Part of the service's configuration, not of the show.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Layers.
    pub layers: usize,
    /// Audio tracks.
    pub tracks: usize,
    /// Destinations.
    pub destinations: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { layers: 50, tracks: 32, destinations: 16 }
    }
}

/// A show as a file: what people write, and what `GET /api/v1/show` gives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ShowFile {
    /// The JSON Schema, for editors.
    #[serde(rename = "$schema", skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// Its name.
    pub name: String,
    /// The space in which it is laid out.
    pub canvas: Canvas,
    /// What shows where no layer is; black where left out.
    pub background: Option<Color>,
    /// Bottom to top where `zIndex` is left out.
    pub layers: Vec<LayerSpec>,
    /// What sounds.
    pub tracks: Vec<TrackSpec>,
    /// Where it is published. Never given out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub destinations: Vec<DestinationSpec>,
}

/// The whole document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Show {
    name: String,
    canvas: Canvas,
    background: Option<Color>,
    layers: Vec<Arc<Layer>>,
    tracks: Vec<Arc<Track>>,
    destinations: Vec<Arc<Destination>>,
    streaming: bool,
    /// How many names the show has made; a name is never made twice.
    names_made: u64,
}

impl Show {
    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The space in which it is laid out.
    #[must_use]
    pub fn canvas(&self) -> Canvas {
        self.canvas
    }

    /// The layers, bottom to top.
    #[must_use]
    pub fn layers(&self) -> &[Arc<Layer>] {
        &self.layers
    }

    /// The layer of that name.
    #[must_use]
    pub fn layer(&self, id: &Id) -> Option<&Arc<Layer>> {
        self.layers.iter().find(|layer| layer.id() == id)
    }

    /// The audio tracks in the order in which they were added.
    #[must_use]
    pub fn tracks(&self) -> &[Arc<Track>] {
        &self.tracks
    }

    /// The destinations in the order in which they were added.
    #[must_use]
    pub fn destinations(&self) -> &[Arc<Destination>] {
        &self.destinations
    }

    /// Whether the program is to be published.
    #[must_use]
    pub fn streaming(&self) -> bool {
        self.streaming
    }

    /// Whether it is as it began: nothing in it, nothing done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The show as a file, without destinations.
    #[must_use]
    pub fn to_file(&self) -> ShowFile {
        ShowFile {
            schema: None,
            name: self.name.clone(),
            canvas: self.canvas,
            background: self.background,
            layers: self.layers.iter().map(|layer| layer.spec().clone()).collect(),
            tracks: self
                .tracks
                .iter()
                .map(|t| TrackSpec {
                    id: Some(t.id.clone()),
                    url: t.url.clone(),
                    gain_db: t.gain_db,
                    looped: t.looped,
                    start: Some(t.start),
                })
                .collect(),
            destinations: Vec::new(),
        }
    }

    /// What the picture is at time `t`.
    #[must_use]
    pub fn at(&self, t: ShowTime) -> Frame {
        let items = Scan { show: self, left: Cell::new(MAX_ITEMS) }.items_of(None, 0);
        Frame { at: t, canvas: self.canvas, background: self.background.unwrap_or(Color::BLACK), items }
    }

    /// Refuses a parent that is none, and a mask that is none.
    fn check_place(&self, layer: &Layer) -> Result<(), FieldError> {
        let masks = layer.masks().iter().filter_map(|mask| match mask {
            LayerMask::Layer(id, ..) => Some(id),
            LayerMask::Ready(_) => None,
        });
        for id in masks {
            let wrong = |message: String| Err(FieldError::new("mask.source.id", message));
            match self.layer(id) {
                _ if id == layer.id() => return wrong("a layer cannot mask itself".to_owned()),
                None => return wrong(format!("there is no layer \"{id}\"")),
                Some(other) if other.spec().parent != layer.spec().parent => {
                    return wrong(format!("\"{id}\" is not in the same group as the layer that it is to mask"));
                }
                Some(_) => {}
            }
        }
        let Some(parent) = &layer.spec().parent else { return Ok(()) };
        let wrong = |message: String| Err(FieldError::new("parent", message));
        let mut above = Some(parent);
        let mut depth = 0;
        while let Some(id) = above {
            if id == layer.id() {
                return wrong(format!("\"{id}\" would be in itself"));
            }
            depth += 1;
            if depth > MAX_DEPTH {
                return wrong(format!("groups are nested more than {MAX_DEPTH} deep"));
            }
            match self.layer(id) {
                None => return wrong(format!("there is no layer \"{id}\"")),
                Some(group) if group.spec().kind != LayerKind::Group => {
                    return wrong(format!("\"{id}\" is no group"));
                }
                Some(group) => above = group.spec().parent.as_ref(),
            }
        }
        let inside = self.height(layer.id(), 0);
        if depth + inside > MAX_DEPTH {
            return wrong(format!("with what is in it, groups would be nested more than {MAX_DEPTH} deep"));
        }
        Ok(())
    }

    /// How many levels of layers there are in a layer.
    fn height(&self, id: &Id, depth: usize) -> usize {
        let inner = self.layers.iter().filter(|l| l.spec().parent.as_ref() == Some(id) && depth <= MAX_DEPTH);
        inner.map(|l| 1 + self.height(l.id(), depth + 1)).max().unwrap_or(0)
    }

    /// How many pixels of the canvas one unit of a layer takes: its own scale, and that of the groups
    /// that it is in.
    #[must_use]
    pub fn scale_of(&self, layer: &Layer) -> f64 {
        let own = |layer: &Layer| {
            let scale = layer.spec().transform.scale;
            scale.x.get().abs().max(scale.y.get().abs())
        };
        let mut scale = own(layer);
        let mut above = layer.spec().parent.as_ref();
        for _ in 0..=MAX_DEPTH {
            let Some(group) = above.and_then(|id| self.layer(id)) else { break };
            scale *= own(group);
            above = group.spec().parent.as_ref();
        }
        scale
    }

    /// A layer and all that is in it.
    #[must_use]
    pub fn with_inner(&self, id: &Id) -> Vec<Arc<Layer>> {
        self.family(id).iter().filter_map(|id| self.layer(id).cloned()).collect()
    }

    /// A layer and all that is in it, the innermost first.
    fn family(&self, id: &Id) -> Vec<Id> {
        let inner = self.layers.iter().filter(|l| l.spec().parent.as_ref() == Some(id));
        let mut ids: Vec<Id> = inner.flat_map(|l| self.family(l.id())).collect();
        ids.push(id.clone());
        ids
    }

    /// Does what `command` asks, as of time `now`.
    ///
    /// # Errors
    /// Why it cannot be done; the show is then as it was.
    pub fn apply(&mut self, command: Command, now: ShowTime, limits: &Limits) -> Result<Vec<Event>, Rejection> {
        let event = match command {
            Command::CreateLayer { layer } => {
                let made = self.names_made;
                let layer = Arc::new(self.new_layer(layer, limits)?);
                if let Err(e) = self.check_place(&layer) {
                    self.names_made = made;
                    return Err(e.into());
                }
                self.place(layer.clone());
                Event::LayerCreated { layer }
            }
            Command::UpdateLayer { id, patch } => self.update_layer(&id, &patch)?,
            Command::SetVisibility { id, visible } => {
                let patch = serde_json::Map::from_iter([("visible".to_owned(), visible.into())]);
                self.update_layer(&id, &patch)?
            }
            Command::ReorderLayers { order } => self.reorder(order)?,
            Command::DeleteLayer { id } => {
                position(&self.layers, "layer", &id, |l| l.id())?;
                let mut inner = self.family(&id);
                self.layers.retain(|l| !inner.contains(l.id()));
                inner.retain(|other| *other != id);
                Event::LayerDeleted { id, inner }
            }
            Command::CreateTrack { track } => {
                let track = self.new_track(track, now, limits)?;
                self.tracks.push(Arc::new(track.clone()));
                Event::TrackCreated { track }
            }
            Command::UpdateTrack { id, patch } => {
                let at = position(&self.tracks, "track", &id, |t| &t.id)?;
                let track = self.tracks[at].patched(&patch)?;
                self.tracks[at] = Arc::new(track.clone());
                Event::TrackUpdated { track }
            }
            Command::DeleteTrack { id } => {
                let at = position(&self.tracks, "track", &id, |t| &t.id)?;
                self.tracks.remove(at);
                Event::TrackDeleted { id }
            }
            Command::CreateDestination { destination } => {
                let destination = self.new_destination(destination, limits)?;
                let view = destination.view();
                self.destinations.push(Arc::new(destination));
                Event::DestinationCreated { destination: view }
            }
            Command::DeleteDestination { id } => {
                let at = position(&self.destinations, "destination", &id, |d| &d.id)?;
                self.destinations.remove(at);
                Event::DestinationDeleted { id }
            }
            Command::StartStream {} => {
                self.streaming = true;
                Event::StreamStarted
            }
            Command::StopStream {} => {
                self.streaming = false;
                Event::StreamStopped
            }
            Command::LoadShow { show } => {
                *self = self.loaded(show, now, limits)?;
                Event::ShowLoaded
            }
        };
        Ok(vec![event])
    }

    fn update_layer(
        &mut self,
        id: &Id,
        patch: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Event, Rejection> {
        let at = position(&self.layers, "layer", id, |l| l.id())?;
        let layer = Arc::new(self.layers[at].patched(patch)?);
        self.check_place(&layer)?;
        if layer.z_index() == self.layers[at].z_index() {
            self.layers[at] = layer.clone();
        } else {
            self.layers.remove(at);
            self.place(layer.clone());
        }
        Ok(Event::LayerUpdated { layer })
    }

    fn reorder(&mut self, order: Vec<Id>) -> Result<Event, Rejection> {
        let mut layers = Vec::with_capacity(order.len());
        let mut seen = HashSet::new();
        for (z, id) in (0..).zip(&order) {
            let at = position(&self.layers, "layer", id, |l| l.id())
                .map_err(|e| FieldError::new(format!("order[{z}]"), e.to_string()))?;
            if !seen.insert(id) {
                return Err(FieldError::new(format!("order[{z}]"), format!("\"{id}\" stands there twice")).into());
            }
            layers.push(Arc::new(self.layers[at].at_z(z)));
        }
        if let Some(left_out) = self.layers.iter().find(|l| !seen.contains(l.id())) {
            let message = format!("\"{}\" is left out: name every layer once, bottom first", left_out.id());
            return Err(FieldError::new("order", message).into());
        }
        self.layers = layers;
        Ok(Event::LayersReordered { order })
    }

    /// This show with the content of a file; what cannot be is refused with its field.
    fn loaded(&self, file: ShowFile, now: ShowTime, limits: &Limits) -> Result<Self, Rejection> {
        let mut next = Self {
            name: file.name,
            canvas: file.canvas,
            background: file.background,
            layers: Vec::new(),
            tracks: Vec::new(),
            destinations: self.destinations.clone(),
            streaming: self.streaming,
            names_made: self.names_made,
        };
        for (i, spec) in file.layers.into_iter().enumerate() {
            let layer = next.new_layer(spec, limits).map_err(|e| in_list("layers", i, e))?;
            next.place(Arc::new(layer));
        }
        // A group may stand after what is in it.
        for layer in &next.layers {
            next.check_place(layer).map_err(|e| FieldError::new("layers", format!("{}: {e}", layer.id())))?;
        }
        for (i, spec) in file.tracks.into_iter().enumerate() {
            let track = next.new_track(spec, now, limits).map_err(|e| in_list("tracks", i, e))?;
            next.tracks.push(Arc::new(track));
        }
        let mut named = HashSet::new();
        for (i, spec) in file.destinations.into_iter().enumerate() {
            // A destination of the same name is replaced, unless the file itself names it twice.
            if let Some(id) = &spec.id
                && named.insert(id.clone())
            {
                next.destinations.retain(|d| d.id != *id);
            }
            let destination = next.new_destination(spec, limits).map_err(|e| in_list("destinations", i, e))?;
            next.destinations.push(Arc::new(destination));
        }
        Ok(next)
    }

    fn new_layer(&mut self, spec: LayerSpec, limits: &Limits) -> Result<Layer, Rejection> {
        room(self.layers.len(), limits.layers, "layer", " (MAX_LAYERS)")?;
        let top = self.layers.last().map_or(0, |l| l.z_index().saturating_add(1));
        let (id, made) =
            free_name(&self.layers, spec.id.as_ref(), "layer", spec.kind.name(), self.names_made, |l| l.id())?;
        let layer = Layer::new(spec, id, top)?;
        self.names_made = made;
        Ok(layer)
    }

    fn new_track(&mut self, spec: TrackSpec, now: ShowTime, limits: &Limits) -> Result<Track, Rejection> {
        room(self.tracks.len(), limits.tracks, "track", "")?;
        if spec.url.is_empty() || spec.url.len() > 2_000 {
            return Err(FieldError::new("url", "a URL has 1 to 2000 bytes").into());
        }
        let (id, made) = free_name(&self.tracks, spec.id.as_ref(), "track", "track", self.names_made, |t| &t.id)?;
        self.names_made = made;
        Ok(Track::new(spec, id, now))
    }

    fn new_destination(&mut self, spec: DestinationSpec, limits: &Limits) -> Result<Destination, Rejection> {
        room(self.destinations.len(), limits.destinations, "destination", "")?;
        let (id, made) =
            free_name(&self.destinations, spec.id.as_ref(), "destination", "destination", self.names_made, |d| &d.id)?;
        let destination = Destination::new(spec, id)?;
        let same =
            |other: &&Arc<Destination>| other.url == destination.url && other.stream_key == destination.stream_key;
        if let Some(other) = self.destinations.iter().find(same) {
            return Err(FieldError::new("url", format!("\"{}\" goes there already", other.id)).into());
        }
        self.names_made = made;
        Ok(destination)
    }

    /// Puts a layer above all of an equal or lower index.
    fn place(&mut self, layer: Arc<Layer>) {
        let at = self.layers.partition_point(|other| other.z_index() <= layer.z_index());
        self.layers.insert(at, layer);
    }
}

/// A walk through the show for one frame. Layers that mask layers, in groups that mask their own
/// layers, could stand for millions of items: the walk ends after so many.
struct Scan<'a> {
    show: &'a Show,
    left: Cell<usize>,
}

impl Scan<'_> {
    /// What is seen of a group, or of the show itself, bottom to top.
    fn items_of(&self, parent: Option<&Id>, depth: usize) -> Vec<Item> {
        let seen = |layer: &&Arc<Layer>| {
            let spec = layer.spec();
            spec.parent.as_ref() == parent && spec.visible && spec.opacity.get() > 0.0
        };
        self.show.layers.iter().filter(seen).filter_map(|layer| self.item(layer, depth)).collect()
    }

    fn item(&self, layer: &Layer, depth: usize) -> Option<Item> {
        self.left.set(self.left.get().checked_sub(1)?);
        let content = match layer.fill() {
            LayerFill::Source(source) => ItemContent::Source(source.clone()),
            LayerFill::Group(group) => ItemContent::Group {
                items: if depth < MAX_DEPTH { self.items_of(Some(layer.id()), depth + 1) } else { Vec::new() },
                isolated: group.isolated,
                knockout: group.knockout,
            },
        };
        let masks = layer.masks().iter().filter_map(|mask| match mask {
            LayerMask::Ready(mask) => Some(mask.clone()),
            LayerMask::Layer(id, mode, inverted, feather) => {
                // A layer that masks is drawn without being seen; one that is gone, or has gone to
                // another group, masks nothing.
                let near = |other: &&Arc<Layer>| other.spec().parent == layer.spec().parent && depth < MAX_DEPTH;
                let other = self.show.layer(id).filter(near)?;
                let shape = ItemMaskShape::Layer(Box::new(self.item(other, depth + 1)?));
                Some(ItemMask { shape, mode: *mode, inverted: *inverted, feather: *feather })
            }
        });
        Some(Item {
            layer: layer.id().clone(),
            masks: masks.collect(),
            content,
            transform: layer.spec().transform,
            opacity: layer.spec().opacity,
            blend: layer.spec().blend_mode,
            filters: layer.filters().clone(),
        })
    }
}

fn room(len: usize, max: usize, kind: &'static str, hint: &'static str) -> Result<(), Rejection> {
    if len < max { Ok(()) } else { Err(Rejection::Full { kind, max, hint }) }
}

fn position<T>(list: &[Arc<T>], kind: &'static str, id: &Id, name: impl Fn(&T) -> &Id) -> Result<usize, Rejection> {
    list.iter().position(|item| name(item) == id).ok_or_else(|| Rejection::Unknown { kind, id: id.clone() })
}

/// The name asked for, or the next free `stem-n`; with the number of names made so far.
fn free_name<T>(
    list: &[Arc<T>],
    wanted: Option<&Id>,
    kind: &'static str,
    stem: &str,
    mut made: u64,
    name: impl Fn(&T) -> &Id,
) -> Result<(Id, u64), Rejection> {
    let taken = |id: &Id| list.iter().any(|item| name(item) == id);
    if let Some(id) = wanted {
        return if taken(id) { Err(Rejection::Taken { kind, id: id.clone() }) } else { Ok((id.clone(), made)) };
    }
    loop {
        made += 1;
        let id = Id::numbered(stem, made);
        if !taken(&id) {
            return Ok((id, made));
        }
    }
}

/// The same rejection, seen from the file that holds the list.
fn in_list(list: &str, index: usize, rejection: Rejection) -> Rejection {
    let place = format!("{list}[{index}]");
    match rejection {
        Rejection::Invalid(e) => e.under(&place).into(),
        Rejection::Taken { .. } => FieldError::new(format!("{place}.id"), rejection.to_string()).into(),
        other => FieldError::new(list, other.to_string()).into(),
    }
}

#[cfg(test)]
mod tests;
