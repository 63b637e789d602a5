//! The show: the whole document, and the only way to change it.
//!
//! Invariant: `layers` is sorted by `z_index`, equal ones in the order in which they got it, and
//! no two things of one kind share a name. Proof: every method that places a layer goes through
//! `place` (which inserts after all layers of an equal or lower index) or `ReorderLayers` (which
//! numbers a permutation from zero); every method that adds a name goes through `free_name`.

use crate::animation::{Timeline, TimelineSpec};
use crate::camera::{Camera, Plan};
use crate::command::{Command, Rejection};
use crate::destination::{Destination, DestinationSpec, VideoKbps};
use crate::event::Event;
use crate::field::FieldError;
use crate::frame::Frame;
use crate::id::Id;
use crate::layer::{Layer, LayerKind, LayerMask, LayerSpec};
use crate::levels::Levels;
use crate::mix::Mix;
use crate::scenes::{Change, Scene};
use crate::slate::Slate;
use crate::speech::{SpeechEnd, Utterance};
use crate::template::Template;
use crate::time::ShowTime;
use crate::track::{Track, TrackSpec};
use crate::trigger::{Rule, Trigger};
use crate::value::{Color, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use std::collections::HashSet;
use std::sync::{Arc, OnceLock};

mod align;
mod arrange;
mod changes;
mod content;
mod due;
mod history;
mod look;
mod motion;
mod rules;
mod shelf;
mod speech;
mod starts;
mod switch;
mod templates;

pub use align::{Alignment, Area, Horizontal, Measured, Sizing, Vertical};
pub use arrange::{Rank, TransformBy};
pub(crate) use content::Fading;
use history::History;
pub use history::StepView;
pub use look::Look;
use rules::Turn;
pub use shelf::{Saved, SavedView};

/// How deep groups may be nested.
pub(crate) const MAX_DEPTH: usize = 8;

/// How many items a frame has at most, masks among them.
pub(crate) const MAX_ITEMS: usize = 2_000;

/// The most commands of a batch.
const MAX_BATCH: usize = 200;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
    /// The mixing desk.
    #[serde(skip_serializing_if = "Mix::is_default")]
    pub mix: Mix,
    /// What is shown instead of it while something is wrong.
    #[serde(skip_serializing_if = "is_default")]
    pub slate: Slate,
    /// What moves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 500))]
    pub timelines: Vec<TimelineSpec>,
    /// Arrangements of layers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub scenes: Vec<Scene>,
    /// The scene that is on air first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scene: Option<Id>,
    /// What happens by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 200))]
    pub triggers: Vec<Trigger>,
    /// What triggers decide by.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub data: Map<String, Value>,
    /// Patterns for scenes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 100))]
    pub templates: Vec<Template>,
    /// Where it is published. Never given out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub destinations: Vec<DestinationSpec>,
}

/// The whole document.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct Show {
    name: String,
    canvas: Canvas,
    background: Option<Color>,
    layers: Vec<Arc<Layer>>,
    tracks: Vec<Arc<Track>>,
    destinations: Vec<Arc<Destination>>,
    streaming: bool,
    #[serde(default)]
    video_kbps: Option<VideoKbps>,
    /// How many names the show has made; a name is never made twice.
    names_made: u64,
    #[serde(default)]
    pub(crate) timelines: Vec<Arc<Timeline>>,
    #[serde(default)]
    scenes: Vec<Arc<Scene>>,
    /// The scene that is on air.
    #[serde(default)]
    scene: Option<Id>,
    /// The switch of scenes that is under way.
    #[serde(default)]
    change: Option<Arc<Change>>,
    #[serde(default)]
    triggers: Vec<Arc<Rule>>,
    #[serde(default)]
    data: Arc<Map<String, Value>>,
    #[serde(default)]
    mix: Arc<Mix>,
    #[serde(default)]
    slate: Arc<Slate>,
    #[serde(skip)]
    slate_show: Derived<Show>,
    /// What is being said, and what waits to be.
    #[serde(default)]
    speech: Vec<Arc<Utterance>>,
    /// How many utterances there have been.
    #[serde(default)]
    spoken: u64,
    /// Layers whose content gives way to another one, in the order in which that began.
    #[serde(default)]
    fadings: Vec<Arc<Fading>>,
    #[serde(default)]
    templates: Vec<Arc<Template>>,
    /// Shows that are kept beside this one.
    #[serde(default)]
    saved: Vec<Arc<Saved>>,
    /// Up to when, in ticks, what falls due has been done.
    #[serde(default)]
    settled: i64,
    /// How many timelines have been played; one that was played later is above the others.
    #[serde(default)]
    plays: u64,
    #[serde(skip)]
    plan: Derived<Plan>,
    #[serde(default)]
    history: Arc<History>,
}

/// What is worked out from the rest of a show when it is first asked for, and forgotten when that changes.
#[derive(Clone, Debug)]
struct Derived<T>(OnceLock<Arc<T>>);

impl<T> Default for Derived<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

impl<T> PartialEq for Derived<T> {
    // It follows from the rest.
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Serialize for Show {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, s)
    }
}

impl<'de> Deserialize<'de> for Show {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut show = Self::deserialize(d)?;
        show.work_out_timelines();
        Ok(show)
    }
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

    /// What is shown instead of the show.
    #[must_use]
    pub fn slate(&self) -> &Arc<Slate> {
        &self.slate
    }

    /// The slate as a show of its own.
    #[must_use]
    pub fn slate_show(&self) -> &Self {
        self.slate_show.0.get_or_init(|| Arc::new(self.slate.show(self.canvas)))
    }

    /// The mixing desk.
    #[must_use]
    pub fn mix(&self) -> &Arc<Mix> {
        &self.mix
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

    /// The bit rate of the video that somebody has set, in kb/s.
    #[must_use]
    pub fn video_kbps(&self) -> Option<u32> {
        self.video_kbps.map(|kbps| kbps.get().round() as u32)
    }

    /// Whether it is as it began: nothing in it, nothing done.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What shows where no layer is.
    pub(crate) fn background(&self) -> Option<Color> {
        self.background
    }

    /// The show as a file, without destinations.
    #[must_use]
    pub fn to_file(&self) -> ShowFile {
        // One whose layers are gone could not be loaded again.
        let whole = |timeline: &&Arc<Timeline>| !timeline.passing && self.compiled(&timeline.spec).is_ok();
        let lasting = self.timelines.iter().filter(whole);
        ShowFile {
            schema: None,
            name: self.name.clone(),
            canvas: self.canvas,
            background: self.background,
            layers: self.layers.iter().map(|layer| layer.spec().clone()).collect(),
            tracks: self.tracks.iter().map(|track| track.spec()).collect(),
            mix: Mix::clone(&self.mix),
            slate: Slate::clone(&self.slate),
            timelines: lasting.map(|timeline| TimelineSpec::clone(&timeline.spec)).collect(),
            scenes: self.scenes.iter().map(|scene| Scene::clone(scene)).collect(),
            scene: self.scene.clone(),
            triggers: self.triggers.iter().map(|rule| Trigger::clone(&rule.spec)).collect(),
            data: Map::clone(&self.data),
            templates: self.templates.iter().map(|template| Template::clone(template)).collect(),
            destinations: Vec::new(),
        }
    }

    /// What the picture is at time `t` if nothing is to be heard. Who asks for many keeps a [`Camera`].
    #[must_use]
    pub fn at(&self, t: ShowTime) -> Frame {
        Camera::default().frame(self, t, &Levels::default()).clone()
    }

    /// Which layers move.
    pub(crate) fn plan(&self) -> &Plan {
        self.plan.0.get_or_init(|| Arc::new(Plan::of(self)))
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

    /// Does what `command` asks, as of time `now`; first whatever has fallen due since the last command.
    ///
    /// Its own events come after those; what triggers do because of it comes last.
    ///
    /// # Errors
    /// Why it cannot be done; the show is then as it was.
    pub fn apply(&mut self, command: Command, now: ShowTime, limits: &Limits) -> Result<Vec<Event>, Rejection> {
        self.apply_by(None, command, now, limits)
    }

    /// The same on behalf of a caller, who can have it undone where it is an edit.
    ///
    /// # Errors
    /// As [`Show::apply`].
    pub fn apply_by(
        &mut self,
        by: Option<&Id>,
        command: Command,
        now: ShowTime,
        limits: &Limits,
    ) -> Result<Vec<Event>, Rejection> {
        let turn = Turn { events: Vec::new(), limits, by, depth: 0, runs: 0, quiet: false };
        let (next, events) = self.after(command, now, turn)?;
        *self = next;
        #[cfg(test)]
        history_tests::read_back(&events);
        Ok(events)
    }

    /// What a command would do by itself, without what triggers would make of it.
    ///
    /// # Errors
    /// As [`Show::apply`].
    pub fn rehearse(&self, command: Command, now: ShowTime, limits: &Limits) -> Result<(Self, Vec<Event>), Rejection> {
        self.after(command, now, Turn { events: Vec::new(), limits, by: None, depth: 0, runs: 0, quiet: true })
    }

    fn after(&self, command: Command, now: ShowTime, mut turn: Turn<'_>) -> Result<(Self, Vec<Event>), Rejection> {
        let mut next = self.clone();
        // The clocks of two callers may differ by a hair: time does not run backwards here.
        let now = now.max(ShowTime::from_ticks(next.settled));
        next.settle(now, &mut turn);
        let before = turn.by.filter(|_| command.is_an_edit()).map(|by| (by, next.clone()));
        next.carry_out(command, now, &mut turn)?;
        if let Some((by, before)) = before {
            next.note_step(&before, by, now);
        }
        next.settle(now, &mut turn);
        Ok((next, turn.events))
    }

    /// Does a command and what triggers make of it. May leave half of it done where it fails.
    fn carry_out(&mut self, command: Command, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        let told = turn.events.len();
        // The commands of a batch have set off what they set off. What triggers made of an edit is undone with it, and
        // done again with it.
        let quiet = matches!(command, Command::Batch { .. } | Command::Undo { .. } | Command::Redo { .. });
        self.do_one(command, now, turn)?;
        self.forget_gone_content();
        self.find_again(&turn.events[told..]);
        self.plan = Derived::default();
        self.begin_tracks(now);
        if !quiet {
            self.set_off(told, now, turn);
        }
        Ok(())
    }

    fn do_one(&mut self, command: Command, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        let event = match command {
            Command::CreateLayer { layer } => {
                let made = self.names_made;
                let layer = Arc::new(self.new_layer(layer, turn.limits)?);
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
            Command::TransformLayer { id, by } => self.transform_layer(&id, &by)?,
            Command::AlignLayer { id, to, boxes } => self.align_layer(&id, &to, &boxes)?,
            Command::ChangeContent { id, content, transition } => self.change_content(&id, content, transition, now)?,
            Command::MoveLayer { id, to } => return self.move_layer(&id, &to, &mut turn.events),
            Command::DuplicateLayer { id, new_id } => {
                return self.duplicate_layer(&id, new_id.as_ref(), turn.limits, &mut turn.events);
            }
            Command::GroupLayers { layers, id } => {
                return self.group_layers(&layers, id.as_ref(), turn.limits, &mut turn.events);
            }
            Command::UngroupLayer { id } => return self.ungroup_layer(&id, &mut turn.events),
            Command::DeleteLayer { id } => {
                let mut inner = self.family(&id);
                for member in &inner {
                    self.unlocked(position(&self.layers, "layer", member, |l| l.id())?)?;
                }
                self.layers.retain(|l| !inner.contains(l.id()));
                self.leave_scenes(&inner);
                inner.retain(|other| *other != id);
                turn.events.push(Event::LayerDeleted { id, inner });
                self.silence_the_gone(now, &mut turn.events);
                return Ok(());
            }
            Command::CreateTrack { track } => {
                let track = self.new_track(track, now, turn.limits)?;
                self.tracks.push(Arc::new(track.clone()));
                Event::TrackCreated { track }
            }
            Command::UpdateTrack { id, patch } => {
                let at = position(&self.tracks, "track", &id, |t| &t.id)?;
                let track = self.tracks[at].patched(&patch, now)?;
                self.tracks[at] = Arc::new(track.clone());
                Event::TrackUpdated { track }
            }
            Command::DeleteTrack { id } => {
                let at = position(&self.tracks, "track", &id, |t| &t.id)?;
                self.tracks.remove(at);
                Event::TrackDeleted { id }
            }
            Command::SkipTrack { id, by } => {
                let at = position(&self.tracks, "track", &id, |t| &t.id)?;
                let track = self.tracks[at].skipped(by, now)?;
                self.tracks[at] = Arc::new(track.clone());
                Event::TrackUpdated { track }
            }
            Command::UpdateMix { patch } => {
                self.mix = Arc::new(self.mix.patched(&patch)?);
                Event::MixUpdated { mix: self.mix.clone() }
            }
            Command::UpdateSlate { patch } => {
                self.slate = Arc::new(self.slate.patched(&patch)?);
                self.slate_show = Derived::default();
                Event::SlateUpdated { slate: self.slate.clone() }
            }
            Command::Panic {} => {
                self.slate = Arc::new(Slate { on: true, ..Slate::clone(&self.slate) });
                Event::SlateUpdated { slate: self.slate.clone() }
            }
            Command::Speak { speech } => return self.speak(speech, now, &mut turn.events),
            Command::StopSpeech { id, layer_id } => return self.stop_speech(id, layer_id, now, &mut turn.events),
            Command::FinishSpeech { id, length } => return self.finish_speech(&id, length, now, &mut turn.events),
            Command::CreateDestination { destination } => {
                let destination = self.new_destination(destination, turn.limits)?;
                let view = destination.view();
                self.destinations.push(Arc::new(destination));
                Event::DestinationCreated { destination: view }
            }
            Command::DeleteDestination { id } => {
                let at = position(&self.destinations, "destination", &id, |d| &d.id)?;
                self.destinations.remove(at);
                Event::DestinationDeleted { id }
            }
            Command::SetBitrate { video_kbps } => {
                self.video_kbps = video_kbps;
                Event::BitrateSet { video_kbps }
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
                let next = self.loaded(show, now, turn.limits)?;
                self.end_speech(|_| true, SpeechEnd::Cancelled, &mut turn.events);
                *self = next;
                Event::ShowLoaded
            }
            Command::UpdateShow { patch } => self.update_look(&patch)?,
            Command::SaveShow { id, show } => self.save_show(id, show, now, turn.limits)?,
            Command::DuplicateShow { id, new_id } => self.duplicate_show(&id, new_id.as_ref())?,
            Command::DeleteShow { id } => self.delete_show(id)?,
            Command::OpenShow { id } => {
                let show = self.saved_file(&id)?;
                return self.do_one(Command::LoadShow { show }, now, turn);
            }
            Command::SetTemplate { template } => self.set_template(template)?,
            Command::DeleteTemplate { id } => self.delete_template(id)?,
            Command::UseTemplate { id, scene, values } => {
                return self.use_template(&id, scene, &values, turn.limits, &mut turn.events);
            }
            Command::SetData { patch } => self.set_data(patch)?,
            Command::Trigger { name } => Event::Triggered { name },
            Command::SetTrigger { trigger } => self.set_trigger(trigger)?,
            Command::DeleteTrigger { id } => {
                let at = position(&self.triggers, "trigger", &id, |rule| &rule.id)?;
                self.triggers.remove(at);
                Event::TriggerDeleted { id }
            }
            Command::SetScene { scene } => self.set_scene(scene)?,
            Command::DeleteScene { id } => self.delete_scene(id)?,
            Command::SwitchScene { id, transition } => return self.switch(id, transition, now, turn),
            Command::Undo { by } => return self.undo(by.as_ref(), now, turn),
            Command::Redo { by } => return self.redo(by.as_ref(), now, turn),
            Command::Batch { commands } => return self.batch(commands, now, turn),
            Command::Settle {} => return Ok(()),
            motion => return self.move_things(motion, now, turn),
        };
        turn.events.push(event);
        Ok(())
    }

    /// All of several commands, or none.
    fn batch(&mut self, commands: Vec<Command>, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        if commands.is_empty() || commands.len() > MAX_BATCH {
            let message = format!("{} commands: a batch has 1 to {MAX_BATCH}", commands.len());
            return Err(FieldError::new("commands", message).into());
        }
        for (index, command) in commands.into_iter().enumerate() {
            let refused = match &command {
                Command::Batch { .. } => Some("a batch in a batch"),
                Command::Undo { .. } | Command::Redo { .. } => Some("undo and redo go alone"),
                _ => None,
            };
            if let Some(refused) = refused {
                return Err(FieldError::new(format!("commands[{index}]"), refused).into());
            }
            self.carry_out(command, now, turn).map_err(|e| in_list("commands", index, e))?;
        }
        Ok(())
    }

    fn update_layer(
        &mut self,
        id: &Id,
        patch: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Event, Rejection> {
        let at = position(&self.layers, "layer", id, |l| l.id())?;
        // Locked things are hidden and shown, and unlocked.
        let unlocks = patch.get("locked").is_some_and(|locked| locked == &Value::Bool(false) || locked.is_null());
        let harmless = unlocks || patch.keys().all(|member| member == "visible");
        if !harmless {
            self.unlocked(at)?;
        }
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
        // Others may be put anywhere: that is how things that are not locked pass those that are.
        let locked = |layers: &[Arc<Layer>]| -> Vec<Id> {
            layers.iter().filter(|layer| layer.spec().locked).map(|layer| layer.id().clone()).collect()
        };
        let (before, after) = (locked(&self.layers), locked(&layers));
        if let Some((_, id)) = before.iter().zip(after).find(|(before, after)| *before != after) {
            return Err(Rejection::Locked { id });
        }
        self.layers = layers;
        Ok(Event::LayersReordered { order, z_indexes: Vec::new() })
    }

    /// This show with the content of a file; what cannot be is refused with its field.
    fn loaded(&self, file: ShowFile, now: ShowTime, limits: &Limits) -> Result<Self, Rejection> {
        let mut next = Self {
            name: file.name,
            canvas: file.canvas,
            background: file.background,
            mix: Arc::new(file.mix),
            slate: Arc::new(file.slate.patched(&Map::new()).map_err(|e| e.under("slate"))?),
            layers: Vec::new(),
            tracks: Vec::new(),
            destinations: self.destinations.clone(),
            streaming: self.streaming,
            video_kbps: self.video_kbps,
            names_made: self.names_made,
            settled: self.settled,
            plays: self.plays,
            spoken: self.spoken,
            history: self.history.clone(),
            saved: self.saved.clone(),
            ..Self::default()
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
        next.load_motion(file.timelines, file.scenes, file.scene, now)?;
        next.load_rules(file.triggers, file.data)?;
        for (i, template) in file.templates.into_iter().enumerate() {
            if next.templates.iter().any(|other| other.id == template.id) {
                let message = format!("\"{}\" stands there twice", template.id);
                return Err(FieldError::new(format!("templates[{i}].id"), message).into());
            }
            next.set_template(template).map_err(|e| in_list("templates", i, e))?;
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
        let (id, made) = free_name(&self.tracks, spec.id.as_ref(), "track", "track", self.names_made, |t| &t.id)?;
        let track = Track::new(spec, id, now)?;
        self.names_made = made;
        Ok(track)
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
        place(&mut self.layers, layer);
    }
}

fn place(layers: &mut Vec<Arc<Layer>>, layer: Arc<Layer>) {
    let at = layers.partition_point(|other| other.z_index() <= layer.z_index());
    layers.insert(at, layer);
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
        Rejection::Unknown { .. } | Rejection::Locked { .. } => FieldError::new(place, rejection.to_string()).into(),
        other => FieldError::new(list, other.to_string()).into(),
    }
}

#[cfg(test)]
mod arrange_tests;
#[cfg(test)]
mod history_tests;
#[cfg(test)]
mod motion_tests;
#[cfg(test)]
mod sound_tests;
#[cfg(test)]
mod tests;
