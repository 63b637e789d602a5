//! Scenes on air.

use super::{Derived, Show, position, room};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::Layer;
use crate::scenes::{Before, Change, MAX_SCENES, Scene, Transition, TransitionKind};
use crate::schedule::StartAt;
use crate::show::rules::Turn;
use crate::source::Source;
use crate::time::ShowTime;
use std::collections::HashSet;
use std::sync::Arc;

impl Show {
    /// The scenes, in the order in which they were added.
    #[must_use]
    pub fn scenes(&self) -> &[Arc<Scene>] {
        &self.scenes
    }

    /// The scene that is on air, or on its way there.
    #[must_use]
    pub fn scene_on_air(&self) -> Option<&Id> {
        self.scene.as_ref()
    }

    pub(crate) fn change(&self) -> Option<&Change> {
        self.change.as_deref()
    }

    /// The picture of the transition that is under way.
    #[must_use]
    pub fn transition_picture(&self) -> Option<&Arc<Source>> {
        let canvas = self.canvas;
        self.change.as_deref().and_then(|change| change.picture((canvas.width, canvas.height)))
    }

    pub(super) fn set_scene(&mut self, scene: Scene) -> Result<Event, Rejection> {
        let mut named = HashSet::new();
        for (index, placement) in scene.layers.iter().enumerate() {
            let field = || format!("layers[{index}].id");
            if self.layer(&placement.id).is_none() {
                return Err(FieldError::new(field(), format!("there is no layer \"{}\"", placement.id)).into());
            }
            if !named.insert(&placement.id) {
                return Err(FieldError::new(field(), format!("\"{}\" stands there twice", placement.id)).into());
            }
        }
        match self.scenes.iter().position(|other| other.id == scene.id) {
            Some(at) => self.scenes[at] = Arc::new(scene.clone()),
            None => {
                room(self.scenes.len(), MAX_SCENES, "scene", "")?;
                self.scenes.push(Arc::new(scene.clone()));
            }
        }
        Ok(Event::SceneChanged { scene })
    }

    pub(super) fn delete_scene(&mut self, id: Id) -> Result<Event, Rejection> {
        let at = position(&self.scenes, "scene", &id, |scene| &scene.id)?;
        self.scenes.remove(at);
        if self.scene.as_ref() == Some(&id) {
            self.scene = None;
        }
        Ok(Event::SceneDeleted { id })
    }

    /// Takes layers that are gone out of all scenes.
    pub(super) fn leave_scenes(&mut self, gone: &[Id]) {
        let names = |scene: &Arc<Scene>| scene.layers.iter().any(|placement| gone.contains(&placement.id));
        for scene in self.scenes.iter_mut().filter(|scene| names(scene)) {
            Arc::make_mut(scene).layers.retain(|placement| !gone.contains(&placement.id));
        }
    }

    /// Puts a scene on air, and shows the way there.
    pub(super) fn switch(
        &mut self,
        id: Id,
        transition: Transition,
        now: ShowTime,
        turn: &mut Turn<'_>,
    ) -> Result<(), Rejection> {
        position(&self.scenes, "scene", &id, |scene| &scene.id)?;
        self.check_transition(&transition)?;
        let before = self.members(now);
        let from = self.scene.clone();
        let placed = self.put_on_air(&id)?;
        let timeline = transition.timeline.clone();
        let change = Change::new(from.clone(), transition, now.ticks(), before);
        self.change = (change.end > change.begin).then(|| Arc::new(change));
        self.plan = Derived::default();
        turn.events.push(Event::SceneSwitched { id, from });
        turn.events.extend(placed.into_iter().map(|layer| Event::LayerUpdated { layer }));
        if let Some(id) = timeline {
            let play = crate::command::Command::PlayTimeline {
                id,
                start: StartAt::default(),
                from: None,
                rate: None,
                queue: None,
            };
            self.move_things(play, now, turn)?;
        }
        Ok(())
    }

    fn check_transition(&self, transition: &Transition) -> Result<(), FieldError> {
        let wrong = |field: &str, message: &str| Err(FieldError::new(format!("transition.{field}"), message));
        let kind = transition.kind;
        if kind != TransitionKind::Cut && transition.length_s() <= 0.0 {
            return wrong("duration", "0 seconds: a cut takes none, all others do");
        }
        if kind != TransitionKind::Wipe && transition.image_url.is_some() {
            return wrong("imageUrl", "a picture is for a wipe");
        }
        match &transition.layer {
            None if kind == TransitionKind::Stinger => return wrong("layer", "missing: the layer that covers the cut"),
            Some(_) if kind != TransitionKind::Stinger => return wrong("layer", "a layer is for a stinger"),
            Some(id) if self.layer(id).is_none() => return wrong("layer", &format!("there is no layer \"{id}\"")),
            _ => {}
        }
        if transition.cut_at.is_some_and(|at| at.get() > transition.length_s()) {
            return wrong("cutAt", "after the end of the transition");
        }
        if let Some(id) = &transition.timeline
            && !self.timelines.iter().any(|timeline| timeline.id == *id)
        {
            return wrong("timeline", &format!("there is no timeline \"{id}\""));
        }
        Ok(())
    }

    /// Every layer that some scene names, as it is seen now: in the middle of a transition that is where
    /// it has come to.
    fn members(&self, now: ShowTime) -> Vec<Before> {
        let named: HashSet<&Id> = self.scenes.iter().flat_map(|scene| &scene.layers).map(|p| &p.id).collect();
        let moving = self.change.as_deref().filter(|change| change.transition.kind == TransitionKind::Move);
        let share = moving.and_then(|change| Some((change, change.progress(now.ticks())?.0)));
        let layers = self.layers.iter().filter(|layer| named.contains(layer.id()));
        layers
            .map(|layer| {
                let mut before = Before::of(layer);
                if let Some((change, share)) = share
                    && let Some(then) = change.before.iter().find(|b| b.layer == *layer.id())
                {
                    before.on_the_way(then, share);
                }
                before
            })
            .collect()
    }

    /// Places the layers as a scene says.
    pub(super) fn put_on_air(&mut self, id: &Id) -> Result<Vec<Arc<Layer>>, Rejection> {
        let mut changed = Vec::new();
        let at = position(&self.scenes, "scene", id, |scene| &scene.id)?;
        let scene = self.scenes[at].clone();
        let named: HashSet<Id> = self.scenes.iter().flat_map(|s| &s.layers).map(|p| p.id.clone()).collect();
        let layers: Vec<_> = self.layers.iter().filter(|layer| named.contains(layer.id())).cloned().collect();
        for layer in layers {
            let placement = scene.layers.iter().find(|placement| placement.id == *layer.id());
            let placed = layer.with_spec(|spec| {
                spec.visible = placement.is_some();
                if let Some(placement) = placement {
                    spec.transform = placement.transform.unwrap_or(spec.transform);
                    spec.opacity = placement.opacity.unwrap_or(spec.opacity);
                    spec.z_index = placement.z_index.or(spec.z_index);
                }
            });
            if placed == *layer {
                continue;
            }
            let at = position(&self.layers, "layer", layer.id(), |l| l.id())?;
            let placed = Arc::new(placed);
            changed.push(placed.clone());
            if placed.z_index() == layer.z_index() {
                self.layers[at] = placed;
            } else {
                self.layers.remove(at);
                self.place(placed);
            }
        }
        self.scene = Some(id.clone());
        self.plan = Derived::default();
        Ok(changed)
    }
}
