//! What has changed.

use crate::destination::DestinationView;
use crate::id::Id;
use crate::layer::Layer;
use crate::track::Track;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;

/// A change that has happened. Carries nothing secret.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
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
        #[serde(skip_serializing_if = "Vec::is_empty")]
        inner: Vec<Id>,
    },
    /// The layers are in another order.
    LayersReordered {
        /// Bottom first.
        order: Vec<Id>,
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
    /// Publishing has begun.
    StreamStarted,
    /// Publishing has ended.
    StreamStopped,
    /// Everything may be different: ask for the whole show.
    ShowLoaded,
}
