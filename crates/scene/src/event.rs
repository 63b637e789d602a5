//! What has changed.

use crate::animation::TimelineView;
use crate::destination::{DestinationView, VideoKbps};
use crate::id::Id;
use crate::layer::Layer;
use crate::mix::Mix;
use crate::scenes::Scene;
use crate::show::{Look, SavedView};
use crate::slate::Slate;
use crate::speech::{SpeechEnd, Utterance};
use crate::track::Track;
use crate::trigger::Trigger;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A change that has happened. Carries nothing secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Event {
    /// A layer is new.
    LayerCreated {
        /// The layer.
        layer: Arc<Layer>,
    },
    /// A layer is different.
    LayerUpdated {
        /// The layer as it is now.
        layer: Arc<Layer>,
    },
    /// A layer is gone.
    LayerDeleted {
        /// Its name.
        id: Id,
        /// Of a group: the layers that were in it, which are gone as well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        inner: Vec<Id>,
    },
    /// The new content of a layer is seen whole, at the end of its transition.
    ContentShown {
        /// Which layer.
        id: Id,
    },
    /// The layers are in another order.
    LayersReordered {
        /// Bottom first.
        order: Vec<Id>,
        /// The `zIndex` of each; 0, 1, 2 … where left out.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        z_indexes: Vec<i32>,
    },
    /// A track is new.
    TrackCreated {
        /// The track.
        track: Track,
    },
    /// A track is different.
    TrackUpdated {
        /// The track as it is now.
        track: Track,
    },
    /// A track is gone.
    TrackDeleted {
        /// Its name.
        id: Id,
    },
    /// A track has been heard whole.
    TrackEnded {
        /// Its name.
        id: Id,
    },
    /// A playlist goes on with its next file.
    TrackAdvanced {
        /// The track.
        id: Id,
        /// Which of its items, counted from 0.
        index: usize,
        /// Where it is.
        url: String,
        /// What it is called.
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<String>,
    },
    /// The mixing desk is set otherwise.
    MixUpdated {
        /// The desk as it is now.
        mix: Arc<Mix>,
    },
    /// The slate is different, or goes on air or off.
    SlateUpdated {
        /// The slate as it is now.
        slate: Arc<Slate>,
    },
    /// A character is to say something.
    SpeechQueued {
        /// What.
        utterance: Arc<Utterance>,
    },
    /// A character begins to say something.
    SpeechStarted {
        /// What.
        utterance: Arc<Utterance>,
    },
    /// An utterance is over, or will not be said.
    SpeechEnded {
        /// Its name.
        id: Id,
        /// The character.
        layer_id: Id,
        /// Why.
        end: SpeechEnd,
    },
    /// A timeline is new.
    TimelineCreated {
        /// The timeline.
        timeline: Box<TimelineView>,
    },
    /// A timeline is played otherwise: paused, gone on, sought, another rate.
    TimelineUpdated {
        /// The timeline as it is now.
        timeline: Box<TimelineView>,
    },
    /// A timeline is gone.
    TimelineDeleted {
        /// Its name.
        id: Id,
    },
    /// A timeline has begun.
    TimelineStarted {
        /// Its name.
        id: Id,
    },
    /// A timeline begins another round. Endless ones tell only where a trigger asks.
    TimelineIteration {
        /// Its name.
        id: Id,
        /// How many rounds are behind it.
        iteration: u64,
    },
    /// A timeline passes a label.
    TimelineMarker {
        /// Its name.
        id: Id,
        /// The label.
        label: Id,
    },
    /// A timeline has come to its end.
    TimelineFinished {
        /// Its name.
        id: Id,
    },
    /// A timeline has ended before its time.
    TimelineCancelled {
        /// Its name.
        id: Id,
    },
    /// A scene is new, or different.
    SceneChanged {
        /// The scene.
        scene: Scene,
    },
    /// A scene is gone.
    SceneDeleted {
        /// Its name.
        id: Id,
    },
    /// Another scene is on air, or on its way there.
    SceneSwitched {
        /// Its name.
        id: Id,
        /// The one before.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Id>,
    },
    /// A transition is over.
    TransitionFinished {
        /// The scene that is on air.
        id: Id,
    },
    /// A trigger is new, or different.
    TriggerChanged {
        /// The trigger.
        trigger: Arc<Trigger>,
    },
    /// A trigger is gone.
    TriggerDeleted {
        /// Its name.
        id: Id,
    },
    /// The command `trigger` was given.
    Triggered {
        /// The name it was given with.
        name: Id,
    },
    /// A trigger has been set off and has run.
    TriggerFired {
        /// Its name.
        id: Id,
    },
    /// A trigger could not run; nothing of it was done.
    TriggerFailed {
        /// Its name.
        id: Id,
        /// Why.
        reason: String,
    },
    /// Data is different.
    DataChanged {
        /// The members that were given.
        patch: Map<String, Value>,
    },
    /// A destination is new.
    DestinationCreated {
        /// The destination, without its key.
        destination: DestinationView,
    },
    /// A destination is gone.
    DestinationDeleted {
        /// Its name.
        id: Id,
    },
    /// The bit rate of the video is set otherwise.
    BitrateSet {
        /// In kb/s; as configured where left out.
        #[serde(skip_serializing_if = "Option::is_none")]
        video_kbps: Option<VideoKbps>,
    },
    /// Publishing has begun.
    StreamStarted,
    /// Publishing has ended.
    StreamStopped,
    /// Everything may be different: ask for the whole show.
    ShowLoaded,
    /// The show has another name, canvas or background.
    ShowUpdated {
        /// As it is now.
        look: Look,
    },
    /// A show was saved beside the one on air.
    ShowSaved {
        /// What it is called, and how large it is.
        show: SavedView,
    },
    /// A saved show is forgotten.
    ShowDeleted {
        /// Its name.
        id: Id,
    },
    /// A template is new or different.
    TemplateChanged {
        /// Its name.
        id: Id,
    },
    /// A template is gone.
    TemplateDeleted {
        /// Its name.
        id: Id,
    },
}
