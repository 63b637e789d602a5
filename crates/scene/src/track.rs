//! Audio tracks: files that sound in the show.

use crate::animation::{Seconds, ticks};
use crate::field::{FieldError, read};
use crate::id::Id;
use crate::layer::merge;
use crate::mix::{BusName, Pan};
use crate::playlist::{MAX_ITEMS, Playing, Playlist};
use crate::sound::LEAD;
use crate::time::ShowTime;
use crate::value::{GainDb, is_default};
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
    /// WAV, MP3, FLAC, OGG Vorbis, Opus, AAC or M4A: a path below the asset folder, an upload, or an
    /// `http(s)` URL.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Instead of `url`: files that follow one another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playlist: Option<Playlist>,
    /// The bus that it goes to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub bus: BusName,
    /// Loudness relative to the file.
    #[serde(default)]
    pub gain_db: GainDb,
    /// Nothing of it is heard.
    #[serde(default, skip_serializing_if = "is_default")]
    pub muted: bool,
    /// Only tracks with this are heard, if there are any.
    #[serde(default, skip_serializing_if = "is_default")]
    pub solo: bool,
    /// Left (-1) to right (1).
    #[serde(default, skip_serializing_if = "is_default")]
    pub pan: Pan,
    /// Begin again at the end.
    #[serde(default, rename = "loop")]
    pub looped: bool,
    /// The URL is a stream without end, such as a radio's: it is heard as it comes, and is connected again where it
    /// is lost.
    #[serde(default, skip_serializing_if = "is_default")]
    pub live: bool,
    /// When it begins; at once, which is 60 ms later, where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<ShowTime>,
    /// How far into the file or playlist it begins, in seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset: Offset,
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
    /// Where the sound comes from; empty with a playlist.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Files that follow one another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub playlist: Option<Playlist>,
    /// The bus that it goes to.
    #[serde(default)]
    pub bus: BusName,
    /// Loudness relative to the file.
    pub gain_db: GainDb,
    /// Nothing of it is heard.
    #[serde(default)]
    pub muted: bool,
    /// Only tracks with this are heard, if there are any.
    #[serde(default)]
    pub solo: bool,
    /// Left (-1) to right (1).
    #[serde(default)]
    pub pan: Pan,
    /// Begins again at its end.
    #[serde(rename = "loop")]
    pub looped: bool,
    /// The URL is a stream without end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub live: bool,
    /// When it begins.
    pub start: ShowTime,
    /// How far into the file or playlist it begins, in seconds.
    #[serde(default, skip_serializing_if = "is_default")]
    pub offset: Offset,
    /// Names of places in it, in seconds from its beginning.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub cues: BTreeMap<Id, Seconds>,
    /// How long the file is, in seconds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Seconds>,
}

ranged!(
    /// How far into something, in seconds.
    Offset, 0.0, 1e9, 0.0, " seconds");

impl Track {
    /// When it would have begun had it begun at its beginning, in ticks.
    pub(crate) fn origin(&self) -> i64 {
        self.start.ticks() - ticks(self.offset.get())
    }

    /// Checks `spec` and completes it with `id` and `now` where it leaves them out.
    pub(crate) fn new(spec: TrackSpec, id: Id, now: ShowTime) -> Result<Self, FieldError> {
        check(&spec)?;
        Ok(Self {
            id: spec.id.unwrap_or(id),
            url: spec.url,
            playlist: spec.playlist,
            bus: spec.bus,
            gain_db: spec.gain_db,
            muted: spec.muted,
            solo: spec.solo,
            pan: spec.pan,
            looped: spec.looped,
            live: spec.live,
            start: spec.start.unwrap_or(now + LEAD),
            offset: spec.offset,
            cues: spec.cues,
            length: spec.length.filter(|_| !spec.live),
        })
    }

    /// When it has been heard whole; `None`: never, or that is not known.
    pub(crate) fn end(&self) -> Option<i64> {
        if self.looped {
            return None;
        }
        let whole = match &self.playlist {
            Some(playlist) => playlist.whole()?,
            None => ticks(self.length?.get()),
        };
        Some(self.origin() + whole)
    }

    /// The files of `playlist`, which is its own, that are heard at `t`; the one that began last comes last.
    pub(crate) fn playing(&self, playlist: &Playlist, t: ShowTime) -> Vec<Playing> {
        playlist.at(t.ticks() - self.origin(), self.looped)
    }

    /// The files of `playlist`, which is its own, that are heard in the moment before `t`, or were over in it. One that
    /// began before the track did is not.
    pub(crate) fn heard(&self, playlist: &Playlist, t: ShowTime) -> Vec<Playing> {
        let mut heard = playlist.heard(t.ticks() - self.origin(), self.looped);
        let first = self.start.ticks() - self.origin();
        let last = heard.last().map(|playing| playing.number);
        heard.retain(|playing| playing.begin >= first || Some(playing.number) == last);
        heard
    }

    /// The file of its playlist that begins next after `t`, and when.
    pub(crate) fn next_file(&self, t: i64) -> Option<(i64, Playing)> {
        let playing = self.playlist.as_ref()?.next_after(t - self.origin(), self.looped)?;
        Some((self.origin() + playing.begin, playing))
    }

    /// The files that are needed at `t` and soon after.
    pub fn files_at(&self, t: ShowTime) -> Vec<&str> {
        let Some(playlist) = &self.playlist else {
            return if self.live { Vec::new() } else { vec![&self.url] };
        };
        let next = self.next_file(t.ticks()).map(|(_, next)| next);
        let indices = self.playing(playlist, t).into_iter().chain(next).map(|playing| playing.index);
        indices.map(|index| playlist.items[index].url.as_str()).collect()
    }

    /// The same track, so many files further; negative: back. The file then begins at once.
    pub(crate) fn skipped(&self, by: i32, now: ShowTime) -> Result<Self, FieldError> {
        let Some(playlist) = &self.playlist else {
            return Err(FieldError::new("id", format!("\"{}\" is no playlist", self.id)));
        };
        // What was skipped to just now has yet to begin.
        let into = now.max(self.start).ticks() - self.origin();
        let here = match playlist.at(into, self.looped).last() {
            Some(playing) => playing.number,
            // It has not begun, or is over.
            None if into < 0 => -1,
            None => playlist.items.len() as i64,
        };
        let number = (here + i64::from(by)).max(0);
        let begin = playlist
            .begin_of(number, self.looped)
            .ok_or_else(|| FieldError::new("by", "the playlist ends before that"))?;
        let too_far = || FieldError::new("by", "that is further than a playlist can begin");
        let offset = Offset::new(ShowTime::from_ticks(begin).as_secs_f64()).ok_or_else(too_far)?;
        Ok(Self { start: now + LEAD, offset, ..self.clone() })
    }

    /// The track as callers write it.
    pub(crate) fn spec(&self) -> TrackSpec {
        TrackSpec {
            id: Some(self.id.clone()),
            url: self.url.clone(),
            playlist: self.playlist.clone(),
            bus: self.bus,
            gain_db: self.gain_db,
            muted: self.muted,
            solo: self.solo,
            pan: self.pan,
            looped: self.looped,
            live: self.live,
            start: Some(self.start),
            offset: self.offset,
            cues: self.cues.clone(),
            length: self.length,
        }
    }

    /// The track after a JSON merge patch. A playlist that is another one begins at `now`.
    pub(crate) fn patched(&self, patch: &Map<String, Value>, now: ShowTime) -> Result<Self, FieldError> {
        if patch.get("id").is_some_and(|new| new != self.id.as_str()) {
            return Err(FieldError::new("id", "id cannot be changed: make a new track"));
        }
        let mut document = serde_json::to_value(self.spec()).map_err(|e| FieldError::new("", e.to_string()))?;
        merge(&mut document, patch);
        let given = |member: &str| patch.get(member).is_some_and(|value| !value.is_null());
        // The one takes the other's place.
        if let Some(members) = document.as_object_mut() {
            match (given("url"), given("playlist")) {
                (true, false) => drop(members.remove("playlist")),
                (false, true) => drop(members.remove("url")),
                _ => {}
            }
        }
        let spec: TrackSpec = read(document)?;
        let mut track = Self::new(spec, self.id.clone(), self.start)?;
        if track.playlist != self.playlist && track.playlist.is_some() && !given("start") {
            (track.start, track.offset) = (now + LEAD, Offset::default());
        }
        Ok(track)
    }
}

fn check(spec: &TrackSpec) -> Result<(), FieldError> {
    let sized = |url: &str| (1..=2_000).contains(&url.len());
    if spec.live {
        let remote = spec.url.starts_with("http://") || spec.url.starts_with("https://");
        let refused = [
            (!remote, "url", "a live track is an http:// or https:// stream"),
            (spec.playlist.is_some(), "playlist", "a live track has none"),
            (spec.looped, "loop", "a live track has no end to begin again at"),
            (spec.offset != Offset::default(), "offset", "a live track has no beginning"),
            (!spec.cues.is_empty(), "cues", "a live track has none"),
        ];
        if let Some((_, field, message)) = refused.into_iter().find(|(wrong, ..)| *wrong) {
            return Err(FieldError::new(field, message));
        }
    }
    match &spec.playlist {
        None if !sized(&spec.url) => Err(FieldError::new("url", "a URL has 1 to 2000 bytes")),
        None => Ok(()),
        Some(_) if !spec.url.is_empty() => Err(FieldError::new("playlist", "either a url or a playlist")),
        Some(_) if !spec.cues.is_empty() => Err(FieldError::new("cues", "a playlist has none")),
        Some(playlist) => {
            let count = playlist.items.len();
            if !(1..=MAX_ITEMS).contains(&count) {
                return Err(FieldError::new("playlist.items", format!("{count} files; 1 to {MAX_ITEMS} are allowed")));
            }
            match playlist.items.iter().position(|item| !sized(&item.url)) {
                Some(i) => Err(FieldError::new(format!("playlist.items[{i}].url"), "a URL has 1 to 2000 bytes")),
                None => Ok(()),
            }
        }
    }
}
