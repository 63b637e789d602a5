//! Audio tracks: files that sound in the show.

use crate::animation::Seconds;
use crate::field::{FieldError, read};
use crate::id::Id;
use crate::layer::merge;
use crate::time::ShowTime;
use crate::value::GainDb;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// A track as callers write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TrackSpec {
    /// Its name; made where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// WAV, MP3, FLAC or OGG Vorbis: a path below the asset folder, or an `http(s)` URL.
    pub url: String,
    /// Loudness relative to the file.
    #[serde(default)]
    pub gain_db: GainDb,
    /// Begin again at the end.
    #[serde(default, rename = "loop")]
    pub looped: bool,
    /// When it begins; at once where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<ShowTime>,
    /// Names of places in it, in seconds from its beginning, for motion to begin at.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cues: BTreeMap<Id, Seconds>,
    /// How long the file is, in seconds. The service finds it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Seconds>,
}

/// A track of the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Track {
    /// Its name.
    pub id: Id,
    /// Where the sound comes from.
    pub url: String,
    /// Loudness relative to the file.
    pub gain_db: GainDb,
    /// Begins again at its end.
    #[serde(rename = "loop")]
    pub looped: bool,
    /// When it begins.
    pub start: ShowTime,
    /// Names of places in it, in seconds from its beginning.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cues: BTreeMap<Id, Seconds>,
    /// How long the file is, in seconds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Seconds>,
}

impl Track {
    /// Completes `spec` with `id` and `now` where it leaves them out.
    pub(crate) fn new(spec: TrackSpec, id: Id, now: ShowTime) -> Self {
        Self {
            id: spec.id.unwrap_or(id),
            url: spec.url,
            gain_db: spec.gain_db,
            looped: spec.looped,
            start: spec.start.unwrap_or(now),
            cues: spec.cues,
            length: spec.length,
        }
    }

    /// When it has been heard whole; `None`: never, or that is not known.
    pub(crate) fn end(&self) -> Option<i64> {
        let length = self.length.filter(|_| !self.looped)?;
        Some(self.start.ticks() + crate::animation::ticks(length.get()))
    }

    /// The track as callers write it.
    pub(crate) fn spec(&self) -> TrackSpec {
        TrackSpec {
            id: Some(self.id.clone()),
            url: self.url.clone(),
            gain_db: self.gain_db,
            looped: self.looped,
            start: Some(self.start),
            cues: self.cues.clone(),
            length: self.length,
        }
    }

    /// The track after a JSON merge patch.
    pub(crate) fn patched(&self, patch: &Map<String, Value>) -> Result<Self, FieldError> {
        if patch.get("id").is_some_and(|new| new != self.id.as_str()) {
            return Err(FieldError::new("id", "id cannot be changed: make a new track"));
        }
        let mut document = serde_json::to_value(self).map_err(|e| FieldError::new("", e.to_string()))?;
        merge(&mut document, patch);
        let spec: TrackSpec = read(document)?;
        Ok(Self::new(spec, self.id.clone(), self.start))
    }
}
