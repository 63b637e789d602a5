//! What can be asked of a show.

use crate::animation::{At, Rate, Seconds, TimelineSpec};
use crate::destination::{DestinationSpec, VideoKbps};
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::LayerSpec;
use crate::scenes::{Scene, Transition};
use crate::schedule::{Ending, Queue, StartAt};
use crate::show::{Alignment, Measured, Rank, Show, ShowFile, TransformBy};
use crate::speech::SpeechSpec;
use crate::template::Template;
use crate::track::TrackSpec;
use crate::trigger::Trigger;
use crate::value::is_default;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A change to the show. In JSON an object of one member:
/// `{"updateLayer": {"id": "host", "patch": {"opacity": 0.5}}}`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
#[allow(clippy::large_enum_variant, reason = "a command is moved a few times, and there are few at a time")]
pub enum Command {
    /// Adds a layer.
    CreateLayer {
        /// The new layer.
        layer: LayerSpec,
    },
    /// Changes a layer by a JSON merge patch (RFC 7396) on its document.
    UpdateLayer {
        /// Which layer.
        id: Id,
        /// Members to replace; `null` resets one to its default.
        patch: Map<String, Value>,
    },
    /// Shows or hides a layer.
    SetVisibility {
        /// Which layer.
        id: Id,
        /// Whether it is drawn.
        visible: bool,
    },
    /// Puts all layers in a new order; their `zIndex` becomes 0, 1, 2 …
    ReorderLayers {
        /// Every layer once, bottom first.
        order: Vec<Id>,
    },
    /// Changes a layer's transform by so much.
    TransformLayer {
        /// Which layer.
        id: Id,
        /// How much.
        by: TransformBy,
    },
    /// Sizes a layer to an area, or puts it to edges.
    AlignLayer {
        /// Which layer.
        id: Id,
        /// Where.
        to: Alignment,
        /// How large the layers are that it is about. The service measures them itself, whatever a caller says.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        boxes: Vec<Measured>,
    },
    /// Changes what a layer shows by a JSON merge patch on its content, and how that comes to be seen.
    ChangeContent {
        /// Which layer.
        id: Id,
        /// Members of its content to replace.
        content: Map<String, Value>,
        /// The way there: a cut where left out, or a fade.
        #[serde(default, skip_serializing_if = "is_default")]
        transition: Transition,
    },
    /// Puts a layer elsewhere in the order.
    MoveLayer {
        /// Which layer.
        id: Id,
        /// Where.
        to: Rank,
    },
    /// Puts a copy of a layer directly above it; with a group, of all that is in it.
    DuplicateLayer {
        /// Which layer.
        id: Id,
        /// The name of the copy; made from the layer's where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_id: Option<Id>,
    },
    /// Puts layers of one group, or of none, into a group of their own, where the topmost was.
    GroupLayers {
        /// Which layers.
        #[schemars(length(min = 1))]
        layers: Vec<Id>,
        /// The group's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Id>,
    },
    /// Takes a group apart; what is in it stays where it is seen.
    UngroupLayer {
        /// Which group.
        id: Id,
    },
    /// Removes a layer; with a group, all that is in it.
    DeleteLayer {
        /// Which layer.
        id: Id,
    },
    /// Adds an audio track.
    CreateTrack {
        /// The new track.
        track: TrackSpec,
    },
    /// Changes a track by a JSON merge patch.
    UpdateTrack {
        /// Which track.
        id: Id,
        /// Members to replace.
        patch: Map<String, Value>,
    },
    /// Removes a track.
    DeleteTrack {
        /// Which track.
        id: Id,
    },
    /// Lets a playlist go on with another of its files, at once.
    SkipTrack {
        /// Which track.
        id: Id,
        /// How many files further; negative: back; 0: the same again.
        #[serde(default = "one")]
        by: i32,
    },
    /// Changes the mixing desk by a JSON merge patch on its document.
    UpdateMix {
        /// Members to replace; `null` puts one back to what it was at first.
        patch: Map<String, Value>,
    },
    /// Changes the slate by a JSON merge patch on its document; `{"on": true}` puts it on air.
    UpdateSlate {
        /// Members to replace; `null` puts one back to what it was at first.
        patch: Map<String, Value>,
    },
    /// Puts the slate on air at once.
    Panic {},
    /// Lets a character say something.
    Speak {
        /// What, and who.
        speech: SpeechSpec,
    },
    /// Ends what is being said, or waits to be: one utterance, all of a layer, or all.
    StopSpeech {
        /// Which utterance.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        id: Option<Id>,
        /// Whose.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        layer_id: Option<Id>,
    },
    /// Ends an utterance whose sound was still being made, now that it has been heard whole. The service
    /// gives this command itself.
    FinishSpeech {
        /// Which utterance.
        id: Id,
        /// How long it was, in seconds; none where it could not be heard.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        length: Option<Seconds>,
    },
    /// Plays animations once, as a timeline that goes when it has ended.
    Animate {
        /// The animations.
        timeline: TimelineSpec,
        /// When it begins.
        #[serde(default, skip_serializing_if = "is_default")]
        start: StartAt,
        /// The queue that it joins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<Queue>,
    },
    /// Adds a timeline, to be played.
    CreateTimeline {
        /// The new timeline.
        timeline: TimelineSpec,
    },
    /// Puts a timeline in the place of one of the same name, which is stopped.
    ReplaceTimeline {
        /// The new timeline.
        timeline: TimelineSpec,
    },
    /// Removes a timeline; where it is playing, what it moves stays where it is.
    DeleteTimeline {
        /// Which timeline.
        id: Id,
    },
    /// Plays a timeline.
    PlayTimeline {
        /// Which timeline.
        id: Id,
        /// When it begins.
        #[serde(default, skip_serializing_if = "is_default")]
        start: StartAt,
        /// Where in it: seconds, or a label; its beginning where left out, or its end where it plays
        /// backwards.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<At>,
        /// How fast: negative is backwards. As the timeline says where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        rate: Option<Rate>,
        /// The queue that it joins.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        queue: Option<Queue>,
    },
    /// Lets a timeline stand where it is.
    PauseTimeline {
        /// Which timeline.
        id: Id,
    },
    /// Lets a timeline that stands go on.
    ResumeTimeline {
        /// Which timeline.
        id: Id,
    },
    /// Puts a timeline at a time. One that was not playing stands there.
    SeekTimeline {
        /// Which timeline.
        id: Id,
        /// Where: seconds from its beginning over all its rounds, or a label.
        to: At,
    },
    /// Lets a timeline play the other way round from where it is.
    ReverseTimeline {
        /// Which timeline.
        id: Id,
    },
    /// Lets a timeline play at another rate from where it is.
    SetTimelineRate {
        /// Which timeline.
        id: Id,
        /// How fast: negative is backwards; not 0.
        rate: Rate,
    },
    /// Ends a timeline before its time.
    StopTimeline {
        /// Which timeline.
        id: Id,
        /// What becomes of what it moves.
        #[serde(default, skip_serializing_if = "is_default")]
        ending: Ending,
    },
    /// Adds a scene, or puts it in the place of one of the same name.
    SetScene {
        /// The scene.
        scene: Scene,
    },
    /// Removes a scene. Its layers stay as they are.
    DeleteScene {
        /// Which scene.
        id: Id,
    },
    /// Puts a scene on air.
    SwitchScene {
        /// Which scene.
        id: Id,
        /// The way there; a cut where left out.
        #[serde(default, skip_serializing_if = "is_default")]
        transition: Transition,
    },
    /// Adds a trigger, or puts it in the place of one of the same name.
    SetTrigger {
        /// The trigger.
        trigger: Trigger,
    },
    /// Removes a trigger.
    DeleteTrigger {
        /// Which trigger.
        id: Id,
    },
    /// Sets off the triggers that wait for this name.
    Trigger {
        /// The name.
        name: Id,
    },
    /// Adds a template of scenes, or puts it in the place of one of the same name.
    SetTemplate {
        /// The template.
        template: Template,
    },
    /// Removes a template. Scenes that were made of it stay.
    DeleteTemplate {
        /// Which template.
        id: Id,
    },
    /// Makes a scene of a template. Its layers are named `SCENE.LAYER`, and seen when it is switched to.
    UseTemplate {
        /// Which template.
        id: Id,
        /// The name of the new scene.
        scene: Id,
        /// Its parameters; what is left out is as the template says.
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        values: Map<String, Value>,
    },
    /// Changes the show's data, by which triggers decide, by a JSON merge patch.
    SetData {
        /// Members to replace; `null` removes one.
        patch: Map<String, Value>,
    },
    /// Puts back what the last edit has changed: layers, tracks, timelines, scenes, triggers, data, the desk and the
    /// slate. What somebody has changed since is not touched: it is refused then.
    Undo {
        /// The last edit by this client; anybody's where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Id>,
    },
    /// Does again what was undone last.
    Redo {
        /// What this client did; anybody's where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Id>,
    },
    /// Several commands, all or none, on one frame.
    Batch {
        /// In this order.
        #[schemars(length(min = 1, max = 200))]
        commands: Vec<Command>,
    },
    /// Does what has fallen due: ends what has ended, begins what is to begin. The service gives this
    /// command itself when it is time.
    Settle {},
    /// Adds a destination. Where the stream is on, it is published there at once.
    CreateDestination {
        /// The new destination.
        destination: DestinationSpec,
    },
    /// Removes a destination.
    DeleteDestination {
        /// Which destination.
        id: Id,
    },
    /// Sets the bit rate of the video: it is not gone above, whatever the network takes.
    SetBitrate {
        /// In kb/s; as the service is configured where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        video_kbps: Option<VideoKbps>,
    },
    /// Publishes the program to every destination, until stopped.
    StartStream {},
    /// Ends publishing.
    StopStream {},
    /// Replaces layers, tracks and look by those of a show file. Destinations stay as they are,
    /// but for those that the file adds.
    LoadShow {
        /// The new show.
        show: ShowFile,
    },
    /// Changes the show's name, canvas or background by a JSON merge patch.
    UpdateShow {
        /// Members to replace.
        patch: Map<String, Value>,
    },
    /// Keeps a show beside the one on air, in the place of one of the same name.
    SaveShow {
        /// Its name among the saved shows.
        id: Id,
        /// What it is; the show on air where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        show: Option<ShowFile>,
    },
    /// Copies a saved show.
    DuplicateShow {
        /// Which show.
        id: Id,
        /// The name of the copy; made from the show's where left out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        new_id: Option<Id>,
    },
    /// Forgets a saved show.
    DeleteShow {
        /// Which show.
        id: Id,
    },
    /// Puts a saved show in the place of the one on air, as `loadShow` does.
    OpenShow {
        /// Which show.
        id: Id,
    },
}

impl Command {
    /// With what saved shows hold in the place of their names: what they need is looked at then as if somebody had sent
    /// it.
    #[must_use]
    pub fn with_saved(self, show: &Show) -> Self {
        match self {
            Self::OpenShow { id } => match show.saved().iter().find(|saved| saved.id == id) {
                Some(saved) => Self::LoadShow { show: saved.show.clone() },
                None => Self::OpenShow { id },
            },
            Self::Batch { commands } => {
                Self::Batch { commands: commands.into_iter().map(|command| command.with_saved(show)).collect() }
            }
            other => other,
        }
    }

    /// Every start that is said in it, but for those of triggers, which are worked out when they run.
    pub fn starts_mut(&mut self) -> Vec<&mut StartAt> {
        match self {
            Self::Animate { start, .. } | Self::PlayTimeline { start, .. } => vec![start],
            Self::Batch { commands } => commands.iter_mut().flat_map(Self::starts_mut).collect(),
            _ => Vec::new(),
        }
    }

    /// Writes down how long the files of its audio tracks and speech are, and what shuffled playlists go by.
    pub fn measure_tracks(&mut self, length: &mut dyn FnMut(&str) -> Option<Seconds>, seed: u32) {
        match self {
            Self::CreateTrack { track } => measure(track, length, seed),
            Self::LoadShow { show } => {
                show.tracks.iter_mut().for_each(|track| measure(track, length, seed));
                show.triggers.iter_mut().for_each(|trigger| trigger.measure(length));
            }
            Self::SaveShow { show, .. } => {
                let show = show.iter_mut();
                for show in show {
                    show.tracks.iter_mut().for_each(|track| measure(track, length, seed));
                    show.triggers.iter_mut().for_each(|trigger| trigger.measure(length));
                }
            }
            Self::SetTrigger { trigger } => trigger.measure(length),
            Self::Speak { speech } => speech.length = speech.url.as_deref().and_then(&mut *length),
            Self::Batch { commands } => commands.iter_mut().for_each(|command| command.measure_tracks(length, seed)),
            Self::UpdateTrack { patch, .. } => {
                if let Some(playlist) = patch.get_mut("playlist").and_then(Value::as_object_mut)
                    && playlist.contains_key("items")
                {
                    playlist.entry("seed").or_insert(seed.into());
                }
                let items = patch.get_mut("playlist").and_then(|p| p.get_mut("items")).and_then(Value::as_array_mut);
                for item in items.into_iter().flatten().filter_map(Value::as_object_mut) {
                    let seconds = item.get("url").and_then(Value::as_str).and_then(&mut *length);
                    item.insert("length".to_owned(), seconds.map_or(Value::Null, |seconds| seconds.get().into()));
                }
                let length = patch.get("url").and_then(Value::as_str).map(length);
                if let Some(length) = length {
                    patch.insert("length".to_owned(), length.map_or(Value::Null, |length| length.get().into()));
                }
            }
            _ => {}
        }
    }

    /// As anybody may see it: without keys, and without queries of URLs that are published to.
    ///
    /// # Errors
    /// Never, as far as is known: it could be written to the log.
    pub fn to_public(mut self) -> serde_json::Result<Value> {
        self.hide_secrets();
        serde_json::to_value(self)
    }

    fn hide_secrets(&mut self) {
        match self {
            Self::CreateDestination { destination } => destination.hide_secrets(),
            Self::LoadShow { show } | Self::SaveShow { show: Some(show), .. } => {
                show.destinations.iter_mut().for_each(DestinationSpec::hide_secrets);
            }
            Self::SetTrigger { trigger } => trigger.run.iter_mut().for_each(Self::hide_secrets),
            Self::Batch { commands } => commands.iter_mut().for_each(Self::hide_secrets),
            _ => {}
        }
    }

    /// Whether a stream key may be in it.
    pub(crate) fn holds_a_secret(&self) -> bool {
        match self {
            Self::CreateDestination { .. } => true,
            Self::SaveShow { show: Some(show), .. } => !show.destinations.is_empty(),
            Self::Batch { commands } => commands.iter().any(Self::holds_a_secret),
            Self::SetTrigger { trigger } => trigger.run.iter().any(Self::holds_a_secret),
            _ => false,
        }
    }

    /// The files of sound that its triggers may bring on air.
    #[must_use]
    pub fn sounds_of_triggers(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut note = |url: &str| {
            found.push(url.to_owned());
            None
        };
        match self {
            Self::SetTrigger { trigger } => trigger.clone().measure(&mut note),
            Self::LoadShow { show } => show.triggers.iter().for_each(|trigger| trigger.clone().measure(&mut note)),
            Self::Batch { commands } => return commands.iter().flat_map(Self::sounds_of_triggers).collect(),
            _ => {}
        }
        found
    }

    /// Whether it takes the place of the whole show, by itself or in a batch.
    #[must_use]
    pub fn is_about_everything(&self) -> bool {
        match self {
            Self::LoadShow { .. } | Self::OpenShow { .. } | Self::Undo { .. } | Self::Redo { .. } => true,
            Self::Batch { commands } => commands.iter().any(Self::is_about_everything),
            _ => false,
        }
    }

    /// Whether the service has to look at the stage before it can be carried out.
    #[must_use]
    pub fn needs_a_look(&self) -> bool {
        match self {
            Self::AlignLayer { .. } => true,
            Self::Batch { commands } => commands.iter().any(Self::needs_a_look),
            _ => false,
        }
    }
}

fn one() -> i32 {
    1
}

fn measure(track: &mut TrackSpec, length: &mut dyn FnMut(&str) -> Option<Seconds>, seed: u32) {
    if track.live {
        track.length = None;
        return;
    }
    track.length = Some(track.url.as_str()).filter(|url| !url.is_empty()).and_then(&mut *length);
    if let Some(playlist) = &mut track.playlist {
        playlist.seed.get_or_insert(seed);
        playlist.items.iter_mut().for_each(|item| item.length = length(&item.url));
    }
}

/// Why a command was refused. The show is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is nothing of that name.
    #[error("there is no {kind} \"{id}\"")]
    Unknown {
        /// `layer`, `track` or `destination`.
        kind: &'static str,
        /// The name that was given.
        id: Id,
    },
    /// It is locked.
    #[error("layer \"{id}\" is locked: unlock it first (PATCH {{\"locked\": false}})")]
    Locked {
        /// Its name.
        id: Id,
    },
    /// Others have changed what it is about.
    #[error("{reason}")]
    Conflict {
        /// What is in the way.
        reason: String,
    },
    /// The name is taken.
    #[error("there is a {kind} \"{id}\" already: leave the id out or choose another")]
    Taken {
        /// `layer`, `track` or `destination`.
        kind: &'static str,
        /// The name that was given.
        id: Id,
    },
    /// The show is full.
    #[error("the show has {max} {kind}s, and at most {max} are allowed{hint}")]
    Full {
        /// `layer`, `track` or `destination`.
        kind: &'static str,
        /// The limit.
        max: usize,
        /// Where the limit is set.
        hint: &'static str,
    },
    /// A field is wrong.
    #[error(transparent)]
    Invalid(#[from] FieldError),
}
