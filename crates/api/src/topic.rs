//! What a client of the WebSocket can be told of.

use scene::Event;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeSet;

/// Something to be told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Topic {
    /// Layers, scenes and their templates.
    Layers,
    /// Timelines and transitions.
    Animation,
    /// Tracks, speech, the mixing desk.
    Sound,
    /// Triggers and what they decide by.
    Data,
    /// Destinations, the slate, whether the stream is on, saved shows.
    Stream,
    /// How the stream is, every second.
    Status,
    /// What happens to the service.
    Notices,
    /// Levels, ten times a second.
    Meters,
}

impl Topic {
    /// All but the meters.
    pub(crate) fn at_first() -> BTreeSet<Self> {
        use Topic as T;
        [T::Layers, T::Animation, T::Sound, T::Data, T::Stream, T::Status, T::Notices].into()
    }

    /// The topics of a list such as `layers,sound`; the first word that is none.
    pub(crate) fn list(text: &str) -> Result<BTreeSet<Self>, String> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(|word| serde_json::from_value(word.into()).map_err(|_| word.to_owned())).collect()
    }

    /// What an event belongs to; `None`: to all.
    pub(crate) fn of(event: &Event) -> Option<Self> {
        use Event as E;
        Some(match event {
            E::LayerCreated { .. }
            | E::LayerUpdated { .. }
            | E::LayerDeleted { .. }
            | E::LayersReordered { .. }
            | E::ContentShown { .. }
            | E::TemplateChanged { .. }
            | E::TemplateDeleted { .. }
            | E::SceneChanged { .. }
            | E::SceneDeleted { .. }
            | E::SceneSwitched { .. } => Self::Layers,
            E::TimelineCreated { .. }
            | E::TimelineUpdated { .. }
            | E::TimelineDeleted { .. }
            | E::TimelineStarted { .. }
            | E::TimelineIteration { .. }
            | E::TimelineMarker { .. }
            | E::TimelineFinished { .. }
            | E::TimelineCancelled { .. }
            | E::TransitionFinished { .. } => Self::Animation,
            E::TrackCreated { .. }
            | E::TrackUpdated { .. }
            | E::TrackDeleted { .. }
            | E::TrackEnded { .. }
            | E::TrackAdvanced { .. }
            | E::MixUpdated { .. }
            | E::SpeechQueued { .. }
            | E::SpeechStarted { .. }
            | E::SpeechEnded { .. } => Self::Sound,
            E::TriggerChanged { .. }
            | E::TriggerDeleted { .. }
            | E::Triggered { .. }
            | E::TriggerFired { .. }
            | E::TriggerFailed { .. }
            | E::DataChanged { .. } => Self::Data,
            E::SlateUpdated { .. }
            | E::ShowSaved { .. }
            | E::ShowDeleted { .. }
            | E::DestinationCreated { .. }
            | E::DestinationDeleted { .. }
            | E::BitrateSet { .. }
            | E::StreamStarted
            | E::StreamStopped => Self::Stream,
            E::ShowLoaded | E::ShowUpdated { .. } => return None,
        })
    }
}
