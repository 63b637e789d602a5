//! When a timeline begins, and what it waits for.

use crate::animation::{Delay, Seconds};
use crate::field::FieldError;
use crate::id::Id;
use crate::show::Show;
use crate::time::ShowTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

ranged!(
    /// Beats a minute.
    Tempo, 1.0, 1_000.0, 120.0, " beats a minute");

/// When something begins; at once where nothing is said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StartAt {
    /// In so many seconds.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub after: Option<Seconds>,
    /// At a time of the show, in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub show_time: Option<ShowTime>,
    /// At a time of day: RFC 3339, such as `2026-12-31T23:59:50Z`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wall_clock: Option<String>,
    /// On the next beat.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beat: Option<Beat>,
    /// When a track comes to a place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cue: Option<Cue>,
}

/// A tempo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Beat {
    /// Beats a minute.
    pub bpm: Tempo,
    /// The track whose beginning is on a beat; the beginning of the show where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub track: Option<Id>,
    /// Seconds from there to the first beat.
    #[serde(default)]
    pub offset: Delay,
    /// Every so many beats.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 64))]
    pub every: std::num::NonZeroU8,
}

fn one() -> std::num::NonZeroU8 {
    std::num::NonZeroU8::MIN
}

/// A place in an audio track.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cue {
    /// Which track.
    pub track: Id,
    /// Seconds from its beginning.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Seconds>,
    /// The name of one of its `cues`, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Id>,
}

/// Timelines that follow one another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Queue {
    /// The layer whose queue it is.
    pub layer: Id,
    /// What becomes of those that are there.
    #[serde(default)]
    pub mode: QueueMode,
    /// With `interrupt`: what becomes of the one that is playing.
    #[serde(default)]
    pub interrupted: Ending,
}

/// How a timeline joins a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum QueueMode {
    /// After all others.
    #[default]
    Append,
    /// After the one that is playing; those that wait are dropped.
    Replace,
    /// At once; the one that is playing ends, those that wait are dropped.
    Interrupt,
}

/// How a timeline ends before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Ending {
    /// What it moves stays where it is.
    #[default]
    Stay,
    /// It jumps to its end.
    Finish,
    /// What it moves goes back to where it was.
    Revert,
}

impl StartAt {
    /// The time in ticks, no sooner than `now`.
    pub(crate) fn resolve(&self, show: &Show, now: i64) -> Result<i64, FieldError> {
        let given = [
            self.after.is_some(),
            self.show_time.is_some(),
            self.wall_clock.is_some(),
            self.beat.is_some(),
            self.cue.is_some(),
        ];
        if given.iter().filter(|given| **given).count() > 1 {
            return Err(FieldError::new("start", "one of in, showTime, wallClock, beat and cue, not several"));
        }
        if self.wall_clock.is_some() {
            return Err(FieldError::new("start.wallClock", "only a running service knows the time of day"));
        }
        let ticks = |seconds: f64| ShowTime::from_secs_f64(seconds).ticks();
        if let Some(after) = self.after {
            return Ok(now + ticks(after.get()));
        }
        if let Some(time) = self.show_time {
            return Ok(time.ticks().max(now));
        }
        if let Some(beat) = &self.beat {
            let zero = match &beat.track {
                None => 0,
                Some(id) => track_start(show, id).ok_or_else(|| no_track("start.beat.track", id))?,
            };
            return Ok(beat.next(zero, now));
        }
        let Some(cue) = &self.cue else { return Ok(now) };
        let track = show.tracks().iter().find(|track| track.id == cue.track);
        let track = track.ok_or_else(|| no_track("start.cue.track", &cue.track))?;
        let place = match (&cue.at, &cue.name) {
            (Some(at), None) => at.get(),
            (None, Some(name)) => {
                let unknown =
                    || FieldError::new("start.cue.name", format!("track \"{}\" has no cue \"{name}\"", track.id));
                track.cues.get(name).ok_or_else(unknown)?.get()
            }
            _ => return Err(FieldError::new("start.cue", "either at, in seconds, or the name of a cue")),
        };
        let mut at = track.origin() + ticks(place);
        if track.looped
            && let Some(length) = track.length
        {
            let length = ticks(length.get()).max(1);
            if at < now {
                at += (now - at + length - 1) / length * length;
            }
        }
        if at < now {
            return Err(FieldError::new("start.cue", "the track is past that place"));
        }
        Ok(at)
    }
}

fn track_start(show: &Show, id: &Id) -> Option<i64> {
    show.tracks().iter().find(|track| track.id == *id).map(|track| track.origin())
}

fn no_track(field: &str, id: &Id) -> FieldError {
    FieldError::new(field, format!("there is no track \"{id}\""))
}

impl Beat {
    /// The first beat at or after `now`, counted from `zero`. Beats are worked out from their number, so
    /// they do not drift.
    fn next(&self, zero: i64, now: i64) -> i64 {
        let period = 60.0 / self.bpm.get() * f64::from(self.every.get());
        let zero = zero + ShowTime::from_secs_f64(self.offset.get()).ticks();
        let at = |number: f64| zero + ShowTime::from_secs_f64(number * period).ticks();
        let number = (ShowTime::from_ticks(now - zero).as_secs_f64() / period).floor() - 1.0;
        (0..4).map(|i| at(number + f64::from(i))).find(|beat| *beat >= now).unwrap_or(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::read;
    use proptest::prelude::*;
    use serde_json::json;

    proptest! {
        #[test]
        fn the_next_beat_is_near_and_on_the_beat(bpm in 1.0..1000.0f64, now in 0.0..1e6f64, offset in -100.0..100.0f64) {
            let beat: Beat = read(json!({"bpm": bpm, "offset": offset})).unwrap();
            let now = ShowTime::from_secs_f64(now).ticks();
            let next = beat.next(0, now);
            let period = 60.0 / bpm;
            let beats = (ShowTime::from_ticks(next).as_secs_f64() - offset) / period;
            prop_assert!(next >= now && ShowTime::from_ticks(next - now).as_secs_f64() <= period + 1e-6);
            prop_assert!((beats - beats.round()).abs() < 1e-3, "{beats}");
        }
    }
}
