//! Rules of the show: when this happens, and that holds, do these things.

use crate::animation::{PlayState, Seconds};
use crate::command::Command;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::show::Show;
use crate::value::is_default;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// The most triggers of a show.
pub(crate) const MAX_TRIGGERS: usize = 200;
/// The most commands of a trigger.
const MAX_COMMANDS: usize = 100;
/// How deep conditions may be nested.
const MAX_NESTED: usize = 8;

/// A rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Trigger {
    /// Its name; made where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// What sets it off.
    pub on: Occasion,
    /// What must hold as well.
    #[serde(default, rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<Condition>,
    /// What is done then: all of it or nothing, on one frame.
    #[schemars(length(min = 1, max = 100))]
    pub run: Vec<Command>,
    /// Seconds in which it is not set off again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cooldown: Seconds,
    /// How often it runs in all; without end where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// Whether it is heeded.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enabled: bool,
}

fn yes() -> bool {
    true
}

fn is_true(value: &bool) -> bool {
    *value
}

/// Something that happens.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Occasion {
    /// What.
    pub event: OccasionKind,
    /// To which layer, timeline, track or scene; the name of the command `trigger`; the key of data. Any
    /// where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// With `timelineMarker`: which label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<Id>,
}

/// What can set a trigger off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum OccasionKind {
    /// A layer is new.
    LayerCreated,
    /// A layer is different.
    LayerUpdated,
    /// A layer is gone.
    LayerDeleted,
    /// A timeline has begun.
    TimelineStarted,
    /// A timeline begins another round.
    TimelineIteration,
    /// A timeline passes a label.
    TimelineMarker,
    /// A timeline has come to its end.
    TimelineFinished,
    /// A timeline has been stopped.
    TimelineCancelled,
    /// An audio track has come to its end.
    TrackEnded,
    /// A playlist goes on with its next file.
    TrackAdvanced,
    /// A character begins to say something: `id` is its layer.
    SpeechStarted,
    /// What a character said is over, or is not said: `id` is its layer.
    SpeechEnded,
    /// Another scene is on air.
    SceneSwitched,
    /// A transition is over.
    TransitionFinished,
    /// Data is different.
    DataChanged,
    /// The command `trigger` was given.
    Trigger,
    /// Publishing has begun.
    StreamStarted,
    /// Publishing has ended.
    StreamStopped,
}

/// What must hold. In JSON an object of one member: `{"data": {"key": "price", "above": 100}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Condition {
    /// All of these.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A piece of data is as said.
    Data {
        /// Its key.
        key: String,
        /// The same as this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        equals: Option<Value>,
        /// A number above this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        above: Option<f64>,
        /// A number below this.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        below: Option<f64>,
    },
    /// A layer is drawn, or is not.
    Layer {
        /// Which.
        id: Id,
        /// Whether it is drawn.
        visible: bool,
    },
    /// What a timeline is doing.
    Timeline {
        /// Which.
        id: Id,
        /// What it does.
        state: PlayState,
    },
    /// The scene that is on air.
    Scene {
        /// Which.
        id: Id,
    },
}

impl Trigger {
    /// Writes down how long the files of sound are that it may bring on air.
    pub(crate) fn measure(&mut self, length: &mut dyn FnMut(&str) -> Option<Seconds>) {
        self.run.iter_mut().for_each(|command| command.measure_tracks(length, 0));
    }
}

/// A trigger of the show, and how it has been used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rule {
    pub(crate) id: Id,
    pub(crate) spec: Arc<Trigger>,
    /// When it ran last, in ticks.
    pub(crate) last: Option<i64>,
    pub(crate) count: u32,
}

impl Rule {
    /// Whether it is to run now that `event` has happened.
    pub(crate) fn heeds(&self, event: &Event, show: &Show, now: i64) -> bool {
        let rested = || {
            let cooldown = crate::time::ShowTime::from_secs_f64(self.spec.cooldown.get()).ticks();
            self.last.is_none_or(|last| now - last >= cooldown)
        };
        self.spec.enabled
            && self.spec.on.matches(event)
            && self.spec.limit.is_none_or(|limit| self.count < limit)
            && rested()
            && self.spec.condition.as_ref().is_none_or(|condition| condition.holds(show))
    }
}

impl Occasion {
    fn matches(&self, event: &Event) -> bool {
        use OccasionKind as O;
        let (kind, id) = match event {
            Event::LayerCreated { layer } => (O::LayerCreated, layer.id()),
            Event::LayerUpdated { layer } => (O::LayerUpdated, layer.id()),
            Event::LayerDeleted { id, .. } => (O::LayerDeleted, id),
            Event::TimelineStarted { id } => (O::TimelineStarted, id),
            Event::TimelineIteration { id, .. } => (O::TimelineIteration, id),
            Event::TimelineMarker { id, .. } => (O::TimelineMarker, id),
            Event::TimelineFinished { id } => (O::TimelineFinished, id),
            Event::TimelineCancelled { id } => (O::TimelineCancelled, id),
            Event::TrackEnded { id } => (O::TrackEnded, id),
            Event::TrackAdvanced { id, .. } => (O::TrackAdvanced, id),
            Event::SpeechStarted { utterance } => (O::SpeechStarted, &utterance.spec.layer_id),
            Event::SpeechEnded { layer_id, .. } => (O::SpeechEnded, layer_id),
            Event::SceneSwitched { id, .. } => (O::SceneSwitched, id),
            Event::TransitionFinished { id } => (O::TransitionFinished, id),
            Event::Triggered { name, .. } => (O::Trigger, name),
            Event::DataChanged { patch } => {
                let key = |id: &Id| patch.contains_key(id.as_str());
                return self.event == O::DataChanged && self.id.as_ref().is_none_or(key);
            }
            Event::StreamStarted => return self.event == O::StreamStarted,
            Event::StreamStopped => return self.event == O::StreamStopped,
            _ => return false,
        };
        let label = match event {
            Event::TimelineMarker { label, .. } => self.label.as_ref().is_none_or(|wanted| wanted == label),
            _ => true,
        };
        self.event == kind && self.id.as_ref().is_none_or(|wanted| wanted == id) && label
    }

    /// Whether `command` sets it off by itself, at once.
    fn set_off_by(&self, command: &Command) -> bool {
        use OccasionKind as O;
        let is = |kind: O, id: Option<&Id>| {
            self.event == kind && (self.id.is_none() || id.is_none() || self.id.as_ref() == id)
        };
        match command {
            Command::Trigger { name, .. } => is(O::Trigger, Some(name)),
            Command::SetData { patch } => {
                let key = |id: &Id| patch.contains_key(id.as_str());
                self.event == O::DataChanged && self.id.as_ref().is_none_or(key)
            }
            Command::CreateLayer { layer } => is(O::LayerCreated, layer.id.as_ref()),
            Command::UpdateLayer { id, .. }
            | Command::SetVisibility { id, .. }
            | Command::TransformLayer { id, .. }
            | Command::ChangeContent { id, .. }
            | Command::AlignLayer { id, .. }
            | Command::MoveLayer { id, .. } => is(O::LayerUpdated, Some(id)),
            Command::DuplicateLayer { .. } | Command::UseTemplate { .. } => is(O::LayerCreated, None),
            Command::GroupLayers { layers, id } => {
                is(O::LayerCreated, id.as_ref()) || layers.iter().any(|id| is(O::LayerUpdated, Some(id)))
            }
            // What is in it is not known here.
            Command::UngroupLayer { id } => is(O::LayerDeleted, Some(id)) || is(O::LayerUpdated, None),
            Command::DeleteLayer { id } => is(O::LayerDeleted, Some(id)),
            Command::SkipTrack { id, .. } => is(O::TrackAdvanced, Some(id)),
            // It may begin at once, and end another.
            Command::Speak { speech } => {
                is(O::SpeechStarted, Some(&speech.layer_id)) || is(O::SpeechEnded, Some(&speech.layer_id))
            }
            Command::StopSpeech { layer_id, .. } => is(O::SpeechEnded, layer_id.as_ref()),
            Command::StopTimeline { id, .. } => is(O::TimelineCancelled, Some(id)),
            Command::SwitchScene { id, .. } => is(O::SceneSwitched, Some(id)),
            Command::StartStream {} => is(O::StreamStarted, None),
            Command::StopStream {} => is(O::StreamStopped, None),
            Command::Batch { commands } => commands.iter().any(|command| self.set_off_by(command)),
            _ => false,
        }
    }
}

impl Condition {
    fn holds(&self, show: &Show) -> bool {
        match self {
            Self::All(all) => all.iter().all(|c| c.holds(show)),
            Self::Any(any) => any.iter().any(|c| c.holds(show)),
            Self::Not(not) => !not.holds(show),
            Self::Data { key, equals, above, below } => {
                let value = show.data().get(key);
                let number = value.and_then(Value::as_f64);
                equals.as_ref().is_none_or(|equals| value == Some(equals))
                    && above.is_none_or(|above| number.is_some_and(|n| n > above))
                    && below.is_none_or(|below| number.is_some_and(|n| n < below))
            }
            Self::Layer { id, visible } => show.layer(id).is_some_and(|layer| layer.spec().visible == *visible),
            Self::Timeline { id, state } => show.timeline_state(id) == *state,
            Self::Scene { id } => show.scene_on_air() == Some(id),
        }
    }

    fn depth(&self) -> usize {
        match self {
            Self::All(list) | Self::Any(list) => 1 + list.iter().map(Self::depth).max().unwrap_or(0),
            Self::Not(inner) => 1 + inner.depth(),
            _ => 1,
        }
    }
}

/// Refuses a trigger that makes no sense, or that would set itself off, by itself or through others.
pub(crate) fn check<'a>(id: &'a Id, trigger: &Trigger, others: &'a [Rule]) -> Result<(), FieldError> {
    if trigger.run.is_empty() || trigger.run.len() > MAX_COMMANDS {
        let message = format!("{} commands: a trigger has 1 to {MAX_COMMANDS}", trigger.run.len());
        return Err(FieldError::new("run", message));
    }
    if trigger.condition.as_ref().is_some_and(|condition| condition.depth() > MAX_NESTED) {
        return Err(FieldError::new("if", format!("conditions are nested more than {MAX_NESTED} deep")));
    }
    let wall_clock = |command: &Command| command.clone().starts_mut().iter().any(|start| start.wall_clock.is_some());
    if trigger.run.iter().any(wall_clock) {
        return Err(FieldError::new("run", "a time of day is no start for a trigger: it runs when it is set off"));
    }
    if trigger.run.iter().any(Command::is_about_everything) {
        return Err(FieldError::new("run", "loadShow, openShow, undo and redo are no commands for a trigger"));
    }
    if trigger.run.iter().any(Command::needs_a_look) {
        return Err(FieldError::new(
            "run",
            "alignLayer is no command for a trigger: layers are measured when it is given",
        ));
    }
    let others: Vec<(&Id, &Trigger)> =
        others.iter().filter(|rule| rule.id != *id).map(|rule| (&rule.id, &*rule.spec)).collect();
    if trigger.run.iter().any(Command::holds_a_secret) {
        return Err(FieldError::new("run", "createDestination is no command for a trigger: anybody may see triggers"));
    }
    let mut seen = vec![id];
    if let Some(mut way) = way_back(trigger, trigger, &others, &mut seen) {
        way.push(id);
        let names: Vec<&str> = way.iter().rev().copied().chain([id]).map(Id::as_str).collect();
        return Err(FieldError::new("run", format!("it would set itself off for ever: {}", names.join(" > "))));
    }
    Ok(())
}

/// The triggers through which what `from` does sets `to` off, the last one first.
fn way_back<'a>(
    from: &Trigger,
    to: &Trigger,
    others: &[(&'a Id, &'a Trigger)],
    seen: &mut Vec<&'a Id>,
) -> Option<Vec<&'a Id>> {
    let sets_off = |trigger: &Trigger| from.run.iter().any(|command| trigger.on.set_off_by(command));
    if sets_off(to) {
        return Some(Vec::new());
    }
    for (id, other) in others {
        if !seen.contains(id) && sets_off(other) {
            seen.push(id);
            if let Some(mut way) = way_back(other, to, others, seen) {
                way.push(id);
                return Some(way);
            }
        }
    }
    None
}
