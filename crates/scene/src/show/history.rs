//! What callers have edited, so that it can be undone and done again.
//!
//! A *step* is what one command has made of documents: which are new, which are gone, and of the others the members
//! that are different, there and back. To undo a step is to put those members back and nothing else, so that callers
//! who edit different things, or different members of one, undo their own without harm to others'. Where one of these
//! members is not as the step left it, somebody has changed it since, and the step is not undone: nothing of another's
//! is trampled. What undoing has changed is a step itself, by which it is done again.
//!
//! What is done to motion, speech, the stream and scenes on air is no edit: it happened in front of an audience.

use super::motion::{MAX_ALL_TRACKS, MAX_TIMELINES};
use super::rules::check_data;
use super::templates::check_bytes;
use super::{Derived, Look, Show, place};
use crate::animation::{Timeline, TimelineSpec};
use crate::command::{Command, Rejection};
use crate::event::Event;
use crate::field::{FieldError, read};
use crate::id::Id;
use crate::layer::{Layer, merge};
use crate::mix::Mix;
use crate::scenes::{MAX_SCENES, Scene};
use crate::schedule::Ending;
use crate::show::rules::Turn;
use crate::slate::Slate;
use crate::template::{MAX_TEMPLATES, Template};
use crate::time::ShowTime;
use crate::track::Track;
use crate::trigger::{MAX_TRIGGERS, Rule, Trigger, check};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

/// Steps that can be undone, at most...
const MAX_STEPS: usize = 100;
/// ...and their bytes: a layer may bring a picture of megabytes.
const MAX_BYTES: usize = 8 << 20;

/// The steps that can be undone, and those that were.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct History {
    done: VecDeque<Arc<Step>>,
    undone: VecDeque<Arc<Step>>,
}

/// What one command has changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Step {
    by: Id,
    at: ShowTime,
    changes: Vec<Change>,
    /// The order of the layers before and after, where it is another: equal numbers do not tell it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<(Vec<Id>, Vec<Id>)>,
    /// The scene on air before and after, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scene: Option<(Option<Id>, Option<Id>)>,
    bytes: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Change {
    thing: Thing,
    edit: Edit,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Thing {
    Layer(Id),
    Track(Id),
    Timeline(Id),
    Scene(Id),
    Trigger(Id),
    Template(Id),
    Mix,
    Slate,
    Data,
    Look,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Edit {
    /// It is new, at that place of its list.
    Made { at: usize, document: Value },
    /// It is gone from there.
    Gone { at: usize, document: Value },
    /// It is another altogether, as merge patches cannot say: they have no null.
    Replaced { before: Value, after: Value },
    /// It is different: merge patches that make the one of the other.
    Changed { back: Map<String, Value>, forth: Map<String, Value> },
}

/// A step as callers see it.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct StepView {
    /// Who did it.
    pub by: Id,
    /// When, in seconds of show time.
    pub at: ShowTime,
    /// What it is about, such as `layer host`.
    pub things: Vec<String>,
}

impl Command {
    /// Whether it edits documents, all of which can be undone.
    pub(super) fn is_an_edit(&self) -> bool {
        match self {
            Self::CreateLayer { .. }
            | Self::UpdateLayer { .. }
            | Self::SetVisibility { .. }
            | Self::ReorderLayers { .. }
            | Self::TransformLayer { .. }
            | Self::MoveLayer { .. }
            | Self::DuplicateLayer { .. }
            | Self::GroupLayers { .. }
            | Self::UngroupLayer { .. }
            | Self::AlignLayer { .. }
            | Self::ChangeContent { .. }
            | Self::DeleteLayer { .. }
            | Self::CreateTrack { .. }
            | Self::UpdateTrack { .. }
            | Self::DeleteTrack { .. }
            | Self::UpdateMix { .. }
            | Self::UpdateSlate { .. }
            | Self::CreateTimeline { .. }
            | Self::ReplaceTimeline { .. }
            | Self::DeleteTimeline { .. }
            | Self::SetScene { .. }
            | Self::DeleteScene { .. }
            | Self::SetTrigger { .. }
            | Self::DeleteTrigger { .. }
            | Self::SetData { .. }
            | Self::SetTemplate { .. }
            | Self::DeleteTemplate { .. }
            | Self::UseTemplate { .. }
            | Self::UpdateShow { .. }
            | Self::OpenShow { .. }
            | Self::LoadShow { .. } => true,
            Self::Batch { commands } => commands.iter().any(Self::is_an_edit),
            _ => false,
        }
    }
}

impl Show {
    /// What can be undone, the last first.
    #[must_use]
    pub fn undoable(&self) -> Vec<StepView> {
        self.history.done.iter().rev().map(|step| step.view()).collect()
    }

    /// What can be done again, the first to be done first.
    #[must_use]
    pub fn redoable(&self) -> Vec<StepView> {
        self.history.undone.iter().rev().map(|step| step.view()).collect()
    }

    /// Remembers what a caller's command has made of `before`.
    pub(super) fn note_step(&mut self, before: &Self, by: &Id, at: ShowTime) {
        let step = self.step_since(before, by, at);
        if step.is_nothing() {
            return;
        }
        let history = Arc::make_mut(&mut self.history);
        // Who goes another way does not go back to what was undone.
        history.undone.retain(|undone| undone.by != *by);
        remember(&mut history.done, step);
    }

    /// Puts back what the last step has changed, of those `by` somebody or of all.
    pub(super) fn undo(&mut self, by: Option<&Id>, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        let step = self.take_back_step(false, by, now, turn)?;
        remember(&mut Arc::make_mut(&mut self.history).undone, step);
        Ok(())
    }

    /// Does again what was undone last.
    pub(super) fn redo(&mut self, by: Option<&Id>, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        let step = self.take_back_step(true, by, now, turn)?;
        remember(&mut Arc::make_mut(&mut self.history).done, step);
        Ok(())
    }

    /// Takes the last step out of one of the lists and back; gives what that has changed.
    fn take_back_step(
        &mut self,
        again: bool,
        by: Option<&Id>,
        now: ShowTime,
        turn: &mut Turn<'_>,
    ) -> Result<Step, Rejection> {
        let before = self.clone();
        let history = Arc::make_mut(&mut self.history);
        let steps = if again { &mut history.undone } else { &mut history.done };
        let at = steps.iter().rposition(|step| by.is_none_or(|by| step.by == *by));
        let Some(step) = at.and_then(|at| steps.remove(at)) else {
            let what = if again { "done again" } else { "undone" };
            let whose = by.map(|by| format!(" by \"{by}\"")).unwrap_or_default();
            return Err(Rejection::Conflict { reason: format!("there is nothing{whose} that can be {what}") });
        };
        self.put_back(&step, now, turn)?;
        let undone = self.step_since(&before, &step.by, now);
        self.tell_of(&before, &undone, turn);
        Ok(undone)
    }

    fn put_back(&mut self, step: &Step, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        // What was made last goes first; what is gone comes back from the front of its list, each to its old place.
        let made = step.changes.iter().rev().filter(|change| matches!(change.edit, Edit::Made { .. }));
        let others = step.changes.iter().filter(|change| !matches!(change.edit, Edit::Made { .. }));
        for change in made.chain(others) {
            self.put_back_one(change, now, turn)?;
        }
        if let Some((before, _)) = &step.order {
            self.settle_equals(before);
        }
        if let Some((before, after)) = &step.scene
            && self.scene == *after
            && before.as_ref().is_none_or(|id| self.scenes.iter().any(|scene| scene.id == *id))
        {
            self.scene.clone_from(before);
        }
        self.scene = self.scene.take().filter(|id| self.scenes.iter().any(|scene| scene.id == *id));
        for index in
            (0..self.timelines.len()).filter(|index| self.timelines[*index].motion.is_none()).collect::<Vec<_>>()
        {
            // What it moves may have been gone before as well.
            let motion = self.compiled_as(&self.timelines[index].spec.clone(), true).map_err(|e| misfit(e.into()))?;
            let timeline = Arc::make_mut(&mut self.timelines[index]);
            timeline.motion = Some(Arc::new(motion));
            turn.events.push(Event::TimelineCreated { timeline: Box::new(timeline.view(now)) });
        }
        self.silence_the_gone(now, &mut turn.events);
        self.check_whole(turn)
    }

    fn put_back_one(&mut self, change: &Change, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        let edit = &change.edit;
        match &change.thing {
            Thing::Layer(id) => {
                let at = self.layers.iter().position(|layer| layer.id() == id);
                let layer = match (edit, at) {
                    (Edit::Made { document, .. }, Some(at)) if document_of(&self.layers[at])? == *document => None,
                    (Edit::Gone { document, .. }, None) => Some(read::<Layer>(document.clone())?),
                    (Edit::Replaced { before, after }, Some(at)) if document_of(&self.layers[at])? == *after => {
                        self.unlocked(at)?;
                        Some(read::<Layer>(before.clone())?)
                    }
                    (Edit::Changed { back, forth }, Some(at)) => {
                        let layer = &self.layers[at];
                        // What may be done to a locked layer may be undone.
                        let harmless = |member: &String| ["visible", "zIndex", "locked"].contains(&member.as_str());
                        if !forth.keys().chain(back.keys()).all(harmless) && !forth.contains_key("locked") {
                            self.unlocked(at)?;
                        }
                        if layer.patched(forth)? != **layer {
                            return Err(changed_since(&change.thing));
                        }
                        Some(layer.patched(back)?)
                    }
                    _ => return Err(changed_since(&change.thing)),
                };
                match (at, layer) {
                    (Some(at), Some(layer)) if layer.z_index() == self.layers[at].z_index() => {
                        self.layers[at] = Arc::new(layer);
                    }
                    (at, layer) => {
                        at.map(|at| self.layers.remove(at));
                        layer.into_iter().for_each(|layer| self.place(Arc::new(layer)));
                    }
                }
                Ok(())
            }
            Thing::Track(id) => {
                let thing = &change.thing;
                put_in_list(
                    &mut self.tracks,
                    thing,
                    edit,
                    |t| t.id == *id,
                    document_of,
                    |document| Ok(Arc::new(read::<Track>(document)?)),
                )
            }
            Thing::Timeline(id) => self.put_back_timeline(id, change, now, turn),
            Thing::Scene(id) => {
                let thing = &change.thing;
                put_in_list(
                    &mut self.scenes,
                    thing,
                    edit,
                    |s| s.id == *id,
                    document_of,
                    |document| Ok(Arc::new(read::<Scene>(document)?)),
                )
            }
            Thing::Trigger(id) => {
                let thing = &change.thing;
                put_in_list(
                    &mut self.triggers,
                    thing,
                    edit,
                    |r| r.id == *id,
                    |r| document_of(&r.spec),
                    |document| {
                        let spec = Arc::new(read::<Trigger>(document)?);
                        Ok(Arc::new(Rule { id: id.clone(), spec, last: None, count: 0 }))
                    },
                )
            }
            Thing::Template(id) => {
                let thing = &change.thing;
                put_in_list(
                    &mut self.templates,
                    thing,
                    edit,
                    |t| t.id == *id,
                    document_of,
                    |document| Ok(Arc::new(read::<Template>(document)?)),
                )
            }
            Thing::Mix => put_in_place::<Mix>(&mut self.mix, change),
            Thing::Slate => {
                self.slate_show = Derived::default();
                put_in_place::<Slate>(&mut self.slate, change)
            }
            Thing::Data => put_in_place::<Map<String, Value>>(&mut self.data, change),
            Thing::Look => {
                let mut look = Arc::new(self.look());
                put_in_place(&mut look, change)?;
                self.set_look(Look::clone(&look));
                Ok(())
            }
        }
    }

    fn put_back_timeline(
        &mut self,
        id: &Id,
        change: &Change,
        now: ShowTime,
        turn: &mut Turn<'_>,
    ) -> Result<(), Rejection> {
        let at = self.timelines.iter().position(|timeline| timeline.id == *id && !timeline.passing);
        let now_is = |at: usize| document_of(&self.timelines[at].spec);
        match (&change.edit, at) {
            (Edit::Made { document, .. }, Some(at)) if now_is(at)? == *document => {
                // What it was about to make of layers is not theirs.
                self.remove_timeline(at, Ending::Revert, now, turn);
                Ok(())
            }
            // One that is played once may have taken its name since.
            (Edit::Gone { at, document }, None) if self.timelines.iter().all(|other| other.id != *id) => {
                // What it moves may yet have to come back, and other timelines in it: it is worked out at the end.
                let spec = Arc::new(read::<TimelineSpec>(document.clone())?);
                let timeline = Timeline { id: id.clone(), spec, passing: false, play: None, motion: None };
                self.timelines.insert((*at).min(self.timelines.len()), Arc::new(timeline));
                Ok(())
            }
            (Edit::Changed { back, forth }, Some(at)) => {
                let document = patched(now_is(at)?, back, forth).ok_or_else(|| changed_since(&change.thing))?;
                self.put_back_spec(at, read(document)?, now, turn)
            }
            (Edit::Replaced { before, after }, Some(at)) if now_is(at)? == *after => {
                self.put_back_spec(at, read(before.clone())?, now, turn)
            }
            _ => Err(changed_since(&change.thing)),
        }
    }

    fn put_back_spec(
        &mut self,
        at: usize,
        spec: TimelineSpec,
        now: ShowTime,
        turn: &mut Turn<'_>,
    ) -> Result<(), Rejection> {
        let containers = self.containers_at_rest(at)?;
        self.stop(at, Ending::Stay, now, turn);
        Arc::make_mut(&mut self.timelines[at]).spec = Arc::new(spec);
        for changed in containers.into_iter().chain([at]) {
            let timeline = Arc::make_mut(&mut self.timelines[changed]);
            (timeline.motion, timeline.play) = (None, None);
        }
        Ok(())
    }

    /// Puts layers of one number in the order in which they were.
    fn settle_equals(&mut self, before: &[Id]) {
        for run in self.layers.chunk_by_mut(|a, b| a.z_index() == b.z_index()) {
            let rank = |layer: &Arc<Layer>| before.iter().position(|id| id == layer.id());
            let places: Vec<usize> = (0..run.len()).filter(|at| rank(&run[*at]).is_some()).collect();
            let mut known: Vec<Arc<Layer>> = places.iter().map(|at| run[*at].clone()).collect();
            known.sort_by_key(rank);
            for (at, layer) in places.into_iter().zip(known) {
                run[at] = layer;
            }
        }
    }

    /// Refuses what does not hold together, since others have changed what it needs.
    fn check_whole(&self, turn: &Turn<'_>) -> Result<(), Rejection> {
        let limits = turn.limits;
        let tracks: usize = self.timelines.iter().filter_map(|t| Some(t.motion.as_ref()?.tracks.len())).sum();
        for (len, max, kind) in [
            (self.layers.len(), limits.layers, "layer"),
            (self.tracks.len(), limits.tracks, "track"),
            (self.timelines.len(), MAX_TIMELINES, "timeline"),
            (tracks, MAX_ALL_TRACKS, "motion track"),
            (self.scenes.len(), MAX_SCENES, "scene"),
            (self.triggers.len(), MAX_TRIGGERS, "trigger"),
            (self.templates.len(), MAX_TEMPLATES, "template"),
        ] {
            if len > max {
                return Err(Rejection::Full { kind, max, hint: "" });
            }
        }
        check_data(&self.data)?;
        check_bytes(self.templates.iter().map(|template| template.bytes()).sum()).map_err(|e| misfit(e.into()))?;
        self.check_all_places().map_err(misfit)?;
        let strangers = self.scenes.iter().find_map(|scene| {
            let stranger = scene.layers.iter().find(|placement| self.layer(&placement.id).is_none())?;
            Some(format!("the scene \"{}\" names \"{}\"", scene.id, stranger.id))
        });
        if let Some(reason) = strangers {
            return Err(misfit(FieldError::new("", reason).into()));
        }
        for timeline in &self.timelines {
            let mut inner = timeline.spec.animations.iter().filter_map(|animation| animation.timeline.as_ref());
            if let Some(gone) = inner.find(|id| self.timelines.iter().all(|other| other.id != **id)) {
                let reason = format!("the timeline \"{}\" contains \"{gone}\"", timeline.id);
                return Err(misfit(FieldError::new("", reason).into()));
            }
        }
        let others: Vec<Rule> = self.triggers.iter().map(|rule| Rule::clone(rule)).collect();
        let sound = others.iter().try_for_each(|rule| check(&rule.id, &rule.spec, &others));
        sound.map_err(|e| misfit(e.into()))
    }

    /// What makes this show of `before`.
    fn step_since(&self, before: &Self, by: &Id, at: ShowTime) -> Step {
        let mut changes = Vec::new();
        let layers = |show: &Self| named(&show.layers, |layer| (layer.id().clone(), layer.clone()));
        note(layers(before), layers(self), Thing::Layer, layer_edit, &mut changes);
        let tracks = |show: &Self| named(&show.tracks, |track| (track.id.clone(), track.clone()));
        note(tracks(before), tracks(self), Thing::Track, edit, &mut changes);
        let timelines = |show: &Self| {
            let lasting = show.timelines.iter().filter(|timeline| !timeline.passing);
            lasting.map(|timeline| (timeline.id.clone(), timeline.spec.clone())).collect::<Vec<_>>()
        };
        note(timelines(before), timelines(self), Thing::Timeline, edit, &mut changes);
        let scenes = |show: &Self| named(&show.scenes, |scene| (scene.id.clone(), scene.clone()));
        note(scenes(before), scenes(self), Thing::Scene, edit, &mut changes);
        let rules = |show: &Self| named(&show.triggers, |rule| (rule.id.clone(), rule.spec.clone()));
        note(rules(before), rules(self), Thing::Trigger, edit, &mut changes);
        let templates = |show: &Self| named(&show.templates, |template| (template.id.clone(), template.clone()));
        note(templates(before), templates(self), Thing::Template, edit, &mut changes);
        for (thing, edit) in [
            (Thing::Mix, edit_of(&before.mix, &self.mix)),
            (Thing::Slate, edit_of(&before.slate, &self.slate)),
            (Thing::Data, edit_members(&before.data, &self.data)),
            (Thing::Look, (before.look() != self.look()).then(|| edit(&before.look(), &self.look())).flatten()),
        ] {
            changes.extend(edit.map(|edit| Change { thing, edit }));
        }
        let order = |show: &Self| -> Vec<Id> { show.layers.iter().map(|layer| layer.id().clone()).collect() };
        let places = |show: &Self| -> Vec<_> { show.layers.iter().map(|l| (l.id().clone(), l.z_index())).collect() };
        let same_order = places(before) == places(self);
        let order = (!same_order).then(|| (order(before), order(self)));
        let scene = (before.scene != self.scene).then(|| (before.scene.clone(), self.scene.clone()));
        let bytes = serde_json::to_vec(&changes).map_or(0, |changes| changes.len());
        Step { by: by.clone(), at, changes, order, scene, bytes }
    }

    /// Tells of what is other than `before`, by `step`. Timelines have told of themselves.
    fn tell_of(&self, before: &Self, step: &Step, turn: &mut Turn<'_>) {
        let mut told = Vec::new();
        for Change { thing, edit } in &step.changes {
            let gone = matches!(edit, Edit::Gone { .. });
            let made = matches!(edit, Edit::Made { .. });
            told.extend(match thing {
                Thing::Layer(id) if gone => Some(Event::LayerDeleted { id: id.clone(), inner: Vec::new() }),
                Thing::Layer(id) => self.layer(id).cloned().map(|layer| match made {
                    true => Event::LayerCreated { layer },
                    false => Event::LayerUpdated { layer },
                }),
                Thing::Track(id) if gone => Some(Event::TrackDeleted { id: id.clone() }),
                Thing::Track(id) => self.tracks.iter().find(|track| track.id == *id).map(|track| {
                    let track = Track::clone(track);
                    if made { Event::TrackCreated { track } } else { Event::TrackUpdated { track } }
                }),
                Thing::Timeline(_) => None,
                Thing::Scene(id) if gone => Some(Event::SceneDeleted { id: id.clone() }),
                Thing::Scene(id) => {
                    let scene = self.scenes.iter().find(|scene| scene.id == *id);
                    scene.map(|scene| Event::SceneChanged { scene: Scene::clone(scene) })
                }
                Thing::Trigger(id) if gone => Some(Event::TriggerDeleted { id: id.clone() }),
                Thing::Trigger(id) => {
                    let rule = self.triggers.iter().find(|rule| rule.id == *id);
                    rule.map(|rule| Event::TriggerChanged { trigger: rule.spec.clone() })
                }
                Thing::Template(id) if gone => Some(Event::TemplateDeleted { id: id.clone() }),
                Thing::Template(id) => Some(Event::TemplateChanged { id: id.clone() }),
                Thing::Mix => Some(Event::MixUpdated { mix: self.mix.clone() }),
                Thing::Slate => Some(Event::SlateUpdated { slate: self.slate.clone() }),
                Thing::Data => {
                    let patch = match edit {
                        Edit::Changed { forth, .. } => forth.clone(),
                        Edit::Replaced { before, after } => difference(before, after),
                        Edit::Made { .. } | Edit::Gone { .. } => continue,
                    };
                    Some(Event::DataChanged { patch })
                }
                Thing::Look => Some(Event::ShowUpdated { look: self.look() }),
            });
        }
        // Whoever goes by these numbers alone puts a layer above its equals, where it may not have been.
        let mut heard = before.layers.clone();
        told.iter().for_each(|event| hear(&mut heard, event));
        if !heard.iter().map(|layer| layer.id()).eq(self.layers.iter().map(|layer| layer.id())) {
            let (order, z_indexes) = self.layers.iter().map(|layer| (layer.id().clone(), layer.z_index())).unzip();
            told.push(Event::LayersReordered { order, z_indexes });
        }
        turn.events.extend(told);
    }
}

impl Step {
    fn is_nothing(&self) -> bool {
        self.changes.is_empty() && self.order.is_none()
    }

    fn view(&self) -> StepView {
        let name = |change: &Change| match &change.thing {
            Thing::Layer(id) => format!("layer {id}"),
            Thing::Track(id) => format!("track {id}"),
            Thing::Timeline(id) => format!("timeline {id}"),
            Thing::Scene(id) => format!("scene {id}"),
            Thing::Trigger(id) => format!("trigger {id}"),
            Thing::Template(id) => format!("template {id}"),
            Thing::Mix => "mix".to_owned(),
            Thing::Slate => "slate".to_owned(),
            Thing::Data => "data".to_owned(),
            Thing::Look => "show".to_owned(),
        };
        let things = self.changes.iter().map(name);
        let order = self.order.iter().filter(|_| self.changes.is_empty()).map(|_| "order of layers".to_owned());
        StepView { by: self.by.clone(), at: self.at, things: things.chain(order).collect() }
    }
}

fn remember(steps: &mut VecDeque<Arc<Step>>, step: Step) {
    steps.push_back(Arc::new(step));
    while steps.len() > MAX_STEPS || steps.iter().map(|step| step.bytes).sum::<usize>() > MAX_BYTES {
        steps.pop_front();
    }
}

/// What a listener makes of layers by an event.
fn hear(layers: &mut Vec<Arc<Layer>>, event: &Event) {
    match event {
        Event::LayerDeleted { id, .. } => layers.retain(|layer| layer.id() != id),
        Event::LayerCreated { layer } | Event::LayerUpdated { layer } => {
            let at = layers.iter().position(|other| other.id() == layer.id());
            if let Some(at) = at.filter(|at| layers[*at].z_index() == layer.z_index()) {
                layers[at] = layer.clone();
                return;
            }
            at.map(|at| layers.remove(at));
            place(layers, layer.clone());
        }
        _ => {}
    }
}

fn misfit(e: Rejection) -> Rejection {
    Rejection::Conflict { reason: format!("it would not fit what has changed since: {e}") }
}

fn changed_since(thing: &Thing) -> Rejection {
    let what = match thing {
        Thing::Layer(id) => format!("layer \"{id}\""),
        Thing::Track(id) => format!("track \"{id}\""),
        Thing::Timeline(id) => format!("timeline \"{id}\""),
        Thing::Scene(id) => format!("scene \"{id}\""),
        Thing::Trigger(id) => format!("trigger \"{id}\""),
        Thing::Template(id) => format!("template \"{id}\""),
        Thing::Mix => "the mixing desk".to_owned(),
        Thing::Slate => "the slate".to_owned(),
        Thing::Data => "the data".to_owned(),
        Thing::Look => "the show".to_owned(),
    };
    Rejection::Conflict { reason: format!("{what} has been changed since") }
}

fn document_of(thing: &impl Serialize) -> Result<Value, Rejection> {
    serde_json::to_value(thing).map_err(|e| FieldError::new("", e.to_string()).into())
}

/// The document with `back` instead of `forth`; `None` where it is not as `forth` has left it.
fn patched(now: Value, back: &Map<String, Value>, forth: &Map<String, Value>) -> Option<Value> {
    let mut again = now.clone();
    merge(&mut again, forth);
    if again != now {
        return None;
    }
    merge(&mut again, back);
    Some(again)
}

/// What makes one document of the other; `None` where they are equal.
fn edit(before: &impl Serialize, after: &impl Serialize) -> Option<Edit> {
    match (serde_json::to_value(before).ok()?, serde_json::to_value(after).ok()?) {
        (Value::Object(before), Value::Object(after)) => edit_members(&before, &after),
        (before, after) => (before != after).then_some(Edit::Replaced { before, after }),
    }
}

fn edit_members(before: &Map<String, Value>, after: &Map<String, Value>) -> Option<Edit> {
    // A patch does to each member what it does to it alone: those that stay are not looked at again.
    let others = |of: &Map<String, Value>, than: &Map<String, Value>| -> Map<String, Value> {
        let others = of.iter().filter(|(name, value)| than.get(*name) != Some(*value));
        others.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let (old, new) = (Value::Object(others(before, after)), Value::Object(others(after, before)));
    if old == new {
        return None;
    }
    let (back, forth) = (difference(&new, &old), difference(&old, &new));
    let makes = |from: &Value, patch: &Map<String, Value>, to: &Value| {
        let mut made = from.clone();
        merge(&mut made, patch);
        made == *to
    };
    // What is left out stands for itself, and has to be recognised where it is put back.
    let whole = makes(&old, &forth, &new) && makes(&new, &back, &old) && makes(&new, &forth, &new);
    let whole_document = |members: &Map<String, Value>| Value::Object(members.clone());
    Some(if whole {
        Edit::Changed { back, forth }
    } else {
        Edit::Replaced { before: whole_document(before), after: whole_document(after) }
    })
}

fn edit_of<T: Serialize>(before: &Arc<T>, after: &Arc<T>) -> Option<Edit> {
    if Arc::ptr_eq(before, after) { None } else { edit(&**before, &**after) }
}

/// Of two layers. Content may be megabytes, which a layer that is only moved keeps.
fn layer_edit(before: &Layer, after: &Layer) -> Option<Edit> {
    let (mut old, mut new) = (before.spec().clone(), after.spec().clone());
    if old.content == new.content {
        (old.content, new.content) = (None, None);
    }
    match edit(&old, &new) {
        Some(Edit::Replaced { .. }) => {
            let (before, after) = (document_of(before).ok()?, document_of(after).ok()?);
            Some(Edit::Replaced { before, after })
        }
        edit => edit,
    }
}

/// The merge patch (RFC 7396) that makes `to` of `from`.
pub(super) fn difference(from: &Value, to: &Value) -> Map<String, Value> {
    let empty = Map::new();
    let (from, to) = (from.as_object().unwrap_or(&empty), to.as_object().unwrap_or(&empty));
    let gone = from.keys().filter(|key| !to.contains_key(*key)).map(|key| (key.clone(), Value::Null));
    let other = to.iter().filter(|(key, value)| from.get(*key) != Some(value)).map(|(key, value)| {
        let value = match (from.get(key), value) {
            (Some(old @ Value::Object(_)), new @ Value::Object(_)) => Value::Object(difference(old, new)),
            _ => value.clone(),
        };
        (key.clone(), value)
    });
    gone.chain(other).collect()
}

fn named<T, D>(list: &[Arc<T>], name: impl Fn(&Arc<T>) -> (Id, Arc<D>)) -> Vec<(Id, Arc<D>)> {
    list.iter().map(name).collect()
}

/// Notes what is other in a list.
fn note<D: Serialize>(
    before: Vec<(Id, Arc<D>)>,
    after: Vec<(Id, Arc<D>)>,
    thing: fn(Id) -> Thing,
    edit: fn(&D, &D) -> Option<Edit>,
    changes: &mut Vec<Change>,
) {
    // Nearly always nothing is.
    if before.len() == after.len() && before.iter().zip(&after).all(|((_, was), (_, is))| Arc::ptr_eq(was, is)) {
        return;
    }
    let new: HashMap<&Id, &Arc<D>> = after.iter().map(|(id, document)| (id, document)).collect();
    let old: HashSet<&Id> = before.iter().map(|(id, _)| id).collect();
    let mut add = |id: &Id, edit| changes.push(Change { thing: thing(id.clone()), edit });
    for (at, (id, was)) in before.iter().enumerate() {
        match new.get(id) {
            None => add(id, Edit::Gone { at, document: document_of(&**was).unwrap_or_default() }),
            Some(is) if Arc::ptr_eq(was, is) => {}
            Some(is) => drop(edit(was, is).map(|edit| add(id, edit))),
        }
    }
    for (at, (id, is)) in after.iter().enumerate().filter(|(_, (id, _))| !old.contains(id)) {
        add(id, Edit::Made { at, document: document_of(&**is).unwrap_or_default() });
    }
}

/// Puts one thing of a list back.
fn put_in_list<T>(
    list: &mut Vec<Arc<T>>,
    thing: &Thing,
    edit: &Edit,
    is: impl Fn(&T) -> bool,
    document_of: impl Fn(&T) -> Result<Value, Rejection>,
    read: impl Fn(Value) -> Result<Arc<T>, Rejection>,
) -> Result<(), Rejection> {
    let at = list.iter().position(|item| is(item));
    match (edit, at) {
        (Edit::Made { document, .. }, Some(at)) if document_of(&list[at])? == *document => drop(list.remove(at)),
        (Edit::Gone { at, document }, None) => list.insert((*at).min(list.len()), read(document.clone())?),
        (Edit::Changed { back, forth }, Some(at)) => {
            let document = patched(document_of(&list[at])?, back, forth).ok_or_else(|| changed_since(thing))?;
            list[at] = read(document)?;
        }
        (Edit::Replaced { before, after }, Some(at)) if document_of(&list[at])? == *after => {
            list[at] = read(before.clone())?;
        }
        _ => return Err(changed_since(thing)),
    }
    Ok(())
}

/// Puts back what there is one of.
fn put_in_place<T: Serialize + DeserializeOwned>(place: &mut Arc<T>, change: &Change) -> Result<(), Rejection> {
    let now = document_of(&**place)?;
    let document = match &change.edit {
        Edit::Changed { back, forth } => patched(now, back, forth),
        Edit::Replaced { before, after } => (now == *after).then(|| before.clone()),
        Edit::Made { .. } | Edit::Gone { .. } => None,
    };
    let document = document.ok_or_else(|| changed_since(&change.thing))?;
    *place = Arc::new(read(document)?);
    Ok(())
}
