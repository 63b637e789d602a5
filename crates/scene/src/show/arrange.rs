//! The order of layers, copies of them, and groups that are made and taken apart.

use super::{Show, free_name, position, room};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::{Layer, LayerKind, LayerSpec, Point, Transform};
use crate::mask::MaskSource;
use crate::show::{Canvas, Limits};
use crate::value::{Coordinate, Opacity, Rotation, Scale, Unit, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::collections::HashMap;
use std::sync::Arc;

/// A place in the order of layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Rank {
    /// On top of all others.
    Front,
    /// Below all others.
    Back,
    /// Directly on top of that layer.
    Above(Id),
    /// Directly below that layer.
    Below(Id),
    /// Above all of a lower or equal `zIndex`.
    Z(i32),
}

/// A change of a transform, relative to what it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TransformBy {
    /// Added, in pixels.
    #[serde(skip_serializing_if = "is_default")]
    pub position: Point<Coordinate>,
    /// Factors.
    #[serde(skip_serializing_if = "is_default")]
    pub scale: Point<Scale>,
    /// Added, in degrees.
    #[serde(skip_serializing_if = "is_default")]
    pub rotation: Rotation,
}

impl Show {
    pub(super) fn transform_layer(&mut self, id: &Id, by: &TransformBy) -> Result<Event, Rejection> {
        let at = position(&self.layers, "layer", id, |l| l.id())?;
        let now = self.layers[at].spec().transform;
        let patch = json!({"transform": {
            "position": {"x": now.position.x.get() + by.position.x.get(), "y": now.position.y.get() + by.position.y.get()},
            "scale": {"x": now.scale.x.get() * by.scale.x.get(), "y": now.scale.y.get() * by.scale.y.get()},
            "rotation": now.rotation.get() + by.rotation.get(),
        }});
        self.update_layer(id, patch.as_object().unwrap_or(&Map::new()))
    }

    /// Where there is no number between its new neighbours, all layers are numbered anew.
    pub(super) fn move_layer(&mut self, id: &Id, to: &Rank, told: &mut Vec<Event>) -> Result<(), Rejection> {
        let at = position(&self.layers, "layer", id, |l| l.id())?;
        self.unlocked(at)?;
        let layer = self.layers[at].clone();
        let mut others = self.layers.clone();
        others.remove(at);
        let beside = |other: &Id| -> Result<usize, Rejection> {
            if other == id {
                return Err(FieldError::new("to", "a layer is not above or below itself").into());
            }
            let found = position(&others, "layer", other, |l| l.id());
            found.map_err(|e| FieldError::new("to", e.to_string()).into())
        };
        let (place, wanted) = match to {
            Rank::Front => (others.len(), others.last().map(|top| top.z_index().max(layer.z_index()))),
            Rank::Back => (0, others.first().and_then(|bottom| bottom.z_index().checked_sub(1))),
            Rank::Above(other) => {
                let place = beside(other)? + 1;
                (place, Some(others[place - 1].z_index()))
            }
            Rank::Below(other) => {
                let place = beside(other)?;
                (place, others[place].z_index().checked_sub(1))
            }
            // It has it: nothing is to be moved among its equals.
            Rank::Z(z) if *z == layer.z_index() => (at, Some(*z)),
            Rank::Z(z) => (others.partition_point(|other| other.z_index() <= *z), Some(*z)),
        };
        // With that number it would come to stand there by itself, for whoever is told of the number alone.
        let fits = |z: &i32| {
            let moves = *z != layer.z_index() || place == at;
            let numbered = others.partition_point(|other| other.z_index() <= *z) == place;
            moves && (numbered || *z == layer.z_index())
        };
        if let Some(z) = wanted.or(Some(layer.z_index())).filter(fits) {
            let layer = Arc::new(layer.at_z(z));
            others.insert(place, layer.clone());
            self.layers = others;
            told.push(Event::LayerUpdated { layer });
            return Ok(());
        }
        others.insert(place, layer);
        told.push(self.reorder(others.iter().map(|layer| layer.id().clone()).collect())?);
        told.push(Event::LayerUpdated { layer: self.layers[place].clone() });
        Ok(())
    }

    /// Puts layers right after another one in the order. Where their numbers do not say so, all are numbered anew.
    fn put_above(&mut self, pairs: &[(Id, Id)], told: &mut Vec<Event>) -> Result<(), Rejection> {
        let before: Vec<Id> = self.layers.iter().map(|layer| layer.id().clone()).collect();
        let mut order: Vec<Id> = before.iter().filter(|id| pairs.iter().all(|(put, _)| put != *id)).cloned().collect();
        for (put, below) in pairs {
            let place = order.iter().position(|id| id == below).map_or(order.len(), |place| place + 1);
            order.insert(place, put.clone());
        }
        if order == before {
            return Ok(());
        }
        let reordered = self.reorder(order)?;
        // What was told of just now has other numbers by now.
        for event in told.iter_mut() {
            if let Event::LayerCreated { layer } | Event::LayerUpdated { layer } = event
                && let Some(known) = self.layer(layer.id())
            {
                *layer = known.clone();
            }
        }
        told.push(reordered);
        Ok(())
    }

    /// A copy directly above the original.
    pub(super) fn duplicate_layer(
        &mut self,
        id: &Id,
        new_id: Option<&Id>,
        limits: &Limits,
        told: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        position(&self.layers, "layer", id, |l| l.id())?;
        let originals = self.with_inner(id);
        room(self.layers.len() + originals.len() - 1, limits.layers, "layer", " (MAX_LAYERS)")?;
        let (mut names, mut made) = (HashMap::new(), self.names_made);
        for original in &originals {
            let wanted = new_id.filter(|_| original.id() == id);
            let stem = original.id().as_str();
            let mut name = free_name(&self.layers, wanted, "layer", stem, made, |l| l.id())?;
            while wanted.is_none() && Some(&name.0) == new_id {
                name = free_name(&self.layers, None, "layer", stem, name.1, |l| l.id())?;
            }
            made = name.1;
            names.insert(original.id().clone(), name.0);
        }
        self.names_made = made;
        let mut copies = Vec::new();
        for original in &originals {
            let mut spec: LayerSpec = original.spec().clone();
            let renamed = |id: &Id| names.get(id).unwrap_or(id).clone();
            spec.id = Some(renamed(original.id()));
            spec.parent = spec.parent.as_ref().map(renamed);
            if let Some(MaskSource::Layer { id, .. }) = spec.mask.as_mut().map(|mask| &mut mask.source) {
                *id = renamed(id);
            }
            spec.locked = false;
            copies.push(Arc::new(Layer::new(spec, original.id().clone(), original.z_index())?));
        }
        for copy in &copies {
            self.place(copy.clone());
        }
        // A group is told of before what is in it.
        for layer in copies.iter().rev() {
            self.check_place(layer)?;
            told.push(Event::LayerCreated { layer: layer.clone() });
        }
        let above = |(copy, original): (&Arc<Layer>, &Arc<Layer>)| (copy.id().clone(), original.id().clone());
        self.put_above(&copies.iter().zip(&originals).map(above).collect::<Vec<_>>(), told)
    }

    /// Layers of one group, or of none, become a group of their own; each stays where it is seen.
    pub(super) fn group_layers(
        &mut self,
        layers: &[Id],
        id: Option<&Id>,
        limits: &Limits,
        told: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        if layers.is_empty() {
            return Err(FieldError::new("layers", "name at least one layer").into());
        }
        let mut members = Vec::new();
        for (i, member) in layers.iter().enumerate() {
            let wrong = |message: String| FieldError::new(format!("layers[{i}]"), message);
            let at = position(&self.layers, "layer", member, |l| l.id()).map_err(|e| wrong(e.to_string()))?;
            self.unlocked(at)?;
            let layer = &self.layers[at];
            if members.iter().any(|known: &Arc<Layer>| known.id() == member) {
                return Err(wrong(format!("\"{member}\" stands there twice")).into());
            }
            if members.first().is_some_and(|first| first.spec().parent != layer.spec().parent) {
                return Err(wrong(format!("\"{member}\" is in another group than \"{}\"", layers[0])).into());
            }
            members.push(layer.clone());
        }
        let topmost = self.layers.iter().rfind(|layer| members.iter().any(|member| member.id() == layer.id()));
        let (below, z_index) = topmost.map(|layer| (layer.id().clone(), layer.z_index())).unzip();
        // What blends with what is below the group goes on doing so.
        let content = json!({"isolated": false});
        let spec = json!({
            "type": "group", "id": id, "parent": members[0].spec().parent, "zIndex": z_index, "content": content,
        });
        let group = self.new_layer(crate::field::read(spec)?, limits)?;
        let group = Arc::new(group);
        self.place(group.clone());
        told.push(Event::LayerCreated { layer: group.clone() });
        for member in &members {
            self.replace(member.id(), |spec| spec.parent = Some(group.id().clone()), told)?;
        }
        self.check_all_places()?;
        self.put_above(&below.map(|below| (group.id().clone(), below)).into_iter().collect::<Vec<_>>(), told)
    }

    /// What is in a group takes its place; each stays where it is seen.
    pub(super) fn ungroup_layer(&mut self, id: &Id, told: &mut Vec<Event>) -> Result<(), Rejection> {
        let at = position(&self.layers, "layer", id, |l| l.id())?;
        self.unlocked(at)?;
        let group = self.layers[at].clone();
        let spec = group.spec();
        let wrong = |message: String| Rejection::from(FieldError::new("id", message));
        if spec.kind != LayerKind::Group {
            return Err(wrong(format!("\"{id}\" is no group")));
        }
        let inner: Vec<Id> = self.inner_of(id);
        self.check_ungroup(&group, &inner)?;
        // Numbers first: what is told of the layers afterwards has them.
        let mut order: Vec<Id> = self.layers.iter().map(|layer| layer.id().clone()).collect();
        order.retain(|other| !inner.contains(other));
        let from = order.iter().position(|other| other == id).unwrap_or(order.len());
        order.splice(from..from, inner.iter().cloned());
        told.push(self.reorder(order)?);
        let place = Placement::of(spec, self.canvas);
        for member in &inner {
            let at = position(&self.layers, "layer", member, |l| l.id())?;
            let transform = place.with(&self.layers[at])?;
            let change = |inner: &mut LayerSpec| {
                inner.parent = spec.parent.clone();
                inner.visible &= spec.visible;
                inner.opacity = Opacity::new(inner.opacity.get() * spec.opacity.get()).unwrap_or(inner.opacity);
                inner.transform = transform;
            };
            self.replace(member, change, told)?;
        }
        self.layers.retain(|layer| layer.id() != id);
        told.push(Event::LayerDeleted { id: id.clone(), inner: Vec::new() });
        self.check_all_places()
    }

    /// The layers of a group, bottom first.
    fn inner_of(&self, id: &Id) -> Vec<Id> {
        self.layers.iter().filter(|l| l.spec().parent.as_ref() == Some(id)).map(|l| l.id().clone()).collect()
    }

    /// Refuses to take a group apart where it would be seen, or where it is spoken of elsewhere.
    fn check_ungroup(&self, group: &Layer, inner: &[Id]) -> Result<(), Rejection> {
        let (id, spec) = (group.id(), group.spec());
        let wrong = |message: String| Err(FieldError::new("id", message).into());
        for member in inner {
            self.unlocked(position(&self.layers, "layer", member, |l| l.id())?)?;
        }
        let content = group.group().unwrap_or_default();
        let blends = |id: &Id| self.layer(id).is_some_and(|layer| !is_default(&layer.spec().blend_mode));
        let several = inner.len() > 1;
        // What is done to a group as a whole cannot be done to its layers one by one.
        let whole = [
            (spec.clip.is_some(), "a clip"),
            (spec.mask.is_some(), "a mask"),
            (!spec.filters.is_empty(), "filters"),
            (!spec.follows.is_empty(), "follows"),
            (!is_default(&spec.blend_mode), "a blendMode"),
            (several && spec.opacity.get() < 1.0, "an opacity"),
            (several && content.knockout, "knockout"),
            (content.isolated && inner.iter().any(blends), "isolated layers that blend"),
        ];
        if let Some((_, what)) = whole.iter().find(|(is, _)| *is) {
            return wrong(format!("\"{id}\" has {what}, and without it would look otherwise: take that away first"));
        }
        if let Some(scene) = self.scenes.iter().find(|s| s.layers.iter().any(|placement| placement.id == *id)) {
            return wrong(format!("\"{id}\" is in the scene \"{}\": take it out of there first", scene.id));
        }
        if let Some(timeline) = self.timelines.iter().find(|timeline| timeline.spec.moves(id)) {
            return wrong(format!("the timeline \"{}\" moves \"{id}\": delete that first", timeline.id));
        }
        Ok(())
    }

    /// Refuses what is locked.
    pub(super) fn unlocked(&self, at: usize) -> Result<(), Rejection> {
        let layer = &self.layers[at];
        if layer.spec().locked { Err(Rejection::Locked { id: layer.id().clone() }) } else { Ok(()) }
    }

    /// Changes what of a layer has no bearing on its order or what fills it.
    fn replace(
        &mut self,
        id: &Id,
        change: impl FnOnce(&mut LayerSpec),
        told: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let at = position(&self.layers, "layer", id, |l| l.id())?;
        let layer = Arc::new(self.layers[at].with_spec(change));
        self.layers[at] = layer.clone();
        told.push(Event::LayerUpdated { layer });
        Ok(())
    }

    pub(super) fn check_all_places(&self) -> Result<(), Rejection> {
        for layer in &self.layers {
            self.check_place(layer).map_err(|e| FieldError::new("layers", format!("{}: {e}", layer.id())))?;
        }
        Ok(())
    }
}

/// Where a group puts what is in it. The box of a group is the canvas.
struct Placement {
    transform: Transform,
    anchor: (f64, f64),
}

impl Placement {
    fn of(group: &LayerSpec, canvas: Canvas) -> Self {
        let anchor = group.transform.anchor;
        let side = |share: Unit, pixels: u32| share.get() * f64::from(pixels);
        Self { transform: group.transform, anchor: (side(anchor.x, canvas.width), side(anchor.y, canvas.height)) }
    }

    /// The transform that a layer of the group needs to be seen in the same place without it: the product of both,
    /// which is a transform only where the group does not shear the layer.
    fn with(&self, layer: &Layer) -> Result<Transform, Rejection> {
        let (group, own) = (&self.transform, layer.spec().transform);
        let (sx, sy) = (group.scale.x.get(), group.scale.y.get());
        if sx != sy && own.rotation.get() != 0.0 {
            let message =
                format!("\"{}\" is turned in a group that is stretched: it could not stay as it is seen", layer.id());
            return Err(FieldError::new("id", message).into());
        }
        let (x, y) = (sx * (own.position.x.get() - self.anchor.0), sy * (own.position.y.get() - self.anchor.1));
        let (sin, cos) = group.rotation.get().to_radians().sin_cos();
        let far = |field: &str| {
            let message = format!("\"{}\" would have a transform.{field} out of range", layer.id());
            Rejection::from(FieldError::new("id", message))
        };
        let place = |v: f64| Coordinate::new(v).ok_or_else(|| far("position"));
        let scale = |v: f64| Scale::new(v).ok_or_else(|| far("scale"));
        Ok(Transform {
            position: Point {
                x: place(group.position.x.get() + cos * x - sin * y)?,
                y: place(group.position.y.get() + sin * x + cos * y)?,
            },
            scale: Point { x: scale(sx * own.scale.x.get())?, y: scale(sy * own.scale.y.get())? },
            rotation: Rotation::new(group.rotation.get() + own.rotation.get()).ok_or_else(|| far("rotation"))?,
            anchor: own.anchor,
        })
    }
}
