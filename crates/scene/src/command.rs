//! What can be asked of a show.

use crate::destination::DestinationSpec;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::LayerSpec;
use crate::show::ShowFile;
use crate::track::TrackSpec;
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
