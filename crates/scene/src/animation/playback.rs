//! A timeline of the show, and the clock that it plays on.
//!
//! A clock is an anchor: at show time `anchor` the timeline stood at `position`, and moves on at `rate`.
//! Everything else is worked out from these three, so where a timeline stands after a crash is where it
//! would stand without one.

use crate::animation::compile::{ENDLESS, Motion, Spot, Track};
use crate::animation::curve::{Effect, Start};
use crate::animation::spec::{Repeat, TimelineSpec};
use crate::animation::timing::Phase;
use crate::id::Id;
use crate::time::ShowTime;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A timeline of the show.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Timeline {
    pub(crate) id: Id,
    pub(crate) spec: Arc<TimelineSpec>,
    /// Whether it goes when it has ended: it was made by one command, to be played once.
    pub(crate) passing: bool,
    pub(crate) play: Option<Arc<Playback>>,
    /// Worked out from `spec`.
    #[serde(skip)]
    pub(crate) motion: Option<Arc<Motion>>,
}

impl PartialEq for Timeline {
    // What is worked out follows from the rest.
    fn eq(&self, other: &Self) -> bool {
        (&self.id, &self.spec, self.passing, &self.play) == (&other.id, &other.spec, other.passing, &other.play)
    }
}

/// How a timeline is being played.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Playback {
    /// Which of several was asked for later.
    pub(crate) order: u64,
    /// When it begins, in ticks of show time: one that begins later is above the others.
    pub(crate) since: i64,
    pub(crate) state: PlayState,
    /// Ticks of show time.
    pub(crate) anchor: i64,
    /// Where it stands at the anchor, in ticks of its own time over all its repetitions.
    pub(crate) position: i64,
    pub(crate) rate: f64,
    /// Whether its beginning has been told.
    pub(crate) begun: bool,
    /// Up to where labels and repetitions have been told.
    pub(crate) told: i64,
    /// Whether what it leads to has become the layers' own: it has ended.
    pub(crate) kept: bool,
    /// One for each track.
    pub(crate) tracks: Vec<TrackState>,
    /// The layer whose queue it is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) queue: Option<Id>,
}

/// What is known of a track that is being played.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TrackState {
    /// Which track it is, should the timeline be worked out otherwise after a restart.
    pub(crate) of: u64,
    /// What the property was when it began.
    pub(crate) start: Start,
    /// When it has begun, since when the start stays as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) begun: Option<i64>,
    /// From when on another has taken its property over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) until: Option<i64>,
}

/// What a timeline is doing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PlayState {
    /// Nothing: it has not been played, or was stopped.
    #[default]
    Idle,
    /// It waits for those before it in a queue.
    Queued,
    /// It plays, or will from a set time on.
    Playing,
    /// It stands.
    Paused,
    /// It has come to its end.
    Finished,
}

/// Something that a timeline does at a time.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Due {
    Begin,
    /// It passes labels, or a round begins.
    Pass {
        at: i64,
        labels: Vec<Id>,
        iteration: Option<u64>,
    },
    Finish,
}

/// Rounds that are over sooner are not told: a twentieth of a second of show time.
const SHORTEST_ROUND: i64 = ShowTime::PER_SECOND / 20;

/// A time that never comes.
pub(crate) const NEVER: i64 = i64::MAX;

impl Timeline {
    /// How long it is over all repetitions; [`ENDLESS`] or more: for ever.
    pub(crate) fn total(&self) -> i64 {
        self.motion.as_ref().map_or(0, |motion| motion.whole.length().unwrap_or(ENDLESS).min(ENDLESS))
    }

    /// Where it stands at show time `t`, over all repetitions; `None` where it has no effect.
    pub(crate) fn position(&self, t: i64) -> Option<i64> {
        let play = self.play.as_deref()?;
        match play.state {
            PlayState::Idle | PlayState::Finished => None,
            PlayState::Paused => play.begun.then_some(play.position),
            PlayState::Queued | PlayState::Playing => {
                let since = t.checked_sub(play.anchor).filter(|since| *since >= 0)?;
                let moved = if play.rate == 1.0 { since } else { (since as f64 * play.rate).round() as i64 };
                Some(play.position.saturating_add(moved).clamp(0, self.total()))
            }
        }
    }

    /// When it will stand at `position`; `None`: not from where it is and the way it goes.
    pub(crate) fn when(&self, position: i64) -> Option<i64> {
        let play = self.play.as_deref()?;
        if !matches!(play.state, PlayState::Playing | PlayState::Queued) || play.anchor == NEVER {
            return None;
        }
        let way = position - play.position;
        if way == 0 {
            return Some(play.anchor);
        }
        if (way > 0) != (play.rate > 0.0) || position > ENDLESS - 1 {
            return None;
        }
        let ticks = if play.rate == 1.0 { way } else { (way as f64 / play.rate).ceil() as i64 };
        play.anchor.checked_add(ticks)
    }

    /// When it will have ended.
    pub(crate) fn finish(&self) -> Option<i64> {
        let play = self.play.as_deref()?;
        let end = if play.rate > 0.0 { self.total() } else { 0 };
        self.when(end)
    }

    /// The next thing that it does, and when. `loops`: whether the rounds of endless ones are told.
    pub(crate) fn next_due(&self, loops: bool) -> Option<(i64, Due)> {
        let (play, motion) = (self.play.as_deref()?, self.motion.as_deref()?);
        if !matches!(play.state, PlayState::Playing | PlayState::Queued) || play.anchor == NEVER {
            return None;
        }
        if !play.begun {
            return Some((play.anchor, Due::Begin));
        }
        let end = self.finish().map(|at| (at, Due::Finish));
        // What is passed at the end is told before the end.
        let pass = self.next_pass(play, motion, loops).filter(|(at, _)| end.as_ref().is_none_or(|(end, _)| at <= end));
        pass.or(end)
    }

    /// The next place with a label, or where another round begins. Only forwards, and only where rounds can be
    /// told apart by somebody who looks.
    fn next_pass(&self, play: &Playback, motion: &Motion, loops: bool) -> Option<(i64, Due)> {
        let (once, total) = (motion.whole.duration, self.total());
        let quick = once as f64 / play.rate < SHORTEST_ROUND as f64 && motion.whole.repeat != Repeat::Times(0);
        if play.rate <= 0.0 || quick {
            return None;
        }
        let round = play.told.max(0) / once.max(1);
        // A label's place in a round, which may go backwards.
        let place = |round: i64, at: i64| {
            let within = if motion.whole.yoyo && round % 2 == 1 { once - at } else { at };
            round.saturating_mul(once).saturating_add(within)
        };
        let labels = || motion.labels.iter().filter(|(at, _)| *at <= once);
        let here = |round: i64| labels().map(move |(at, label)| (place(round, *at), label));
        let rounds = if motion.whole.repeat == Repeat::Times(0) { round..=round } else { round..=round + 1 };
        let rounds_told = total < ENDLESS || loops;
        let next_round = (round + 1).saturating_mul(once);
        let boundary = (rounds_told && once > 0 && next_round < total).then_some(next_round);
        let coming = rounds.clone().flat_map(here).map(|(at, _)| at).chain(boundary);
        let at = coming.filter(|at| *at > play.told && *at <= total).min()?;
        let labels = rounds.flat_map(here).filter(|(place, _)| *place == at).map(|(_, label)| label.clone()).collect();
        let iteration = (boundary == Some(at)).then_some(round as u64 + 1);
        Some((self.when(at)?, Due::Pass { at, labels, iteration }))
    }

    /// When a track begins, or has begun to; `None`: not from where the clock stands.
    pub(crate) fn beginning(&self, track: &Track) -> Option<i64> {
        let play = self.play.as_deref()?;
        if play.state == PlayState::Paused && !play.begun || play.anchor == NEVER {
            return None;
        }
        if play.position >= track.first {
            return Some(play.anchor);
        }
        self.when(track.first)
    }

    /// What its tracks make of their properties at show time `t`, where `wanted` says that a track counts:
    /// first those that hold before they begin, the earliest on top, then the others as they begin.
    pub(crate) fn effects(
        &self,
        t: i64,
        wanted: impl Fn(usize, &Track) -> bool,
        mut give: impl FnMut(usize, &Track, Effect, f64),
    ) {
        let (Some(play), Some(motion), Some(position)) =
            (self.play.as_deref(), self.motion.as_deref(), self.position(t))
        else {
            return;
        };
        let whole = motion.whole.place(position);
        // Played backwards, its end is its beginning.
        let over = whole.phase == Phase::After || position == 0 && play.rate < 0.0;
        let known = |index: usize| play.tracks.get(index).filter(|state| state.until.is_none_or(|until| t < until));
        for (index, track) in motion.tracks.iter().enumerate().rev() {
            // Tracks stand in the order of their beginnings: what is left begins with its timeline.
            if track.first == 0 {
                break;
            }
            let Some(state) = known(index).filter(|_| wanted(index, track)) else { continue };
            if track.spot(whole.within).phase != Phase::Before {
                continue;
            }
            if track.fill.backwards() {
                give(index, track, track.curve.at(0.0, track.duration_s(), &state.start), 0.0);
            }
        }
        for (index, track) in motion.tracks.iter().enumerate() {
            let Some(state) = known(index).filter(|_| wanted(index, track)) else { continue };
            let Spot { phase, iteration, progress } = track.spot(whole.within);
            let held = phase == Phase::After || over;
            if phase == Phase::Before || held && !track.fill.forwards() {
                continue;
            }
            let effect = track.curve.at(progress, track.duration_s(), &state.start);
            let rounds = if track.accumulates() { iteration as f64 * track.curve.gain(&state.start) } else { 0.0 };
            give(index, track, effect, rounds);
        }
    }

    /// As callers see it at show time `now`.
    pub(crate) fn view(&self, now: ShowTime) -> TimelineView {
        let play = self.play.as_deref();
        let once = self.motion.as_ref().map_or(0, |motion| motion.whole.duration);
        let position = match play.map(|play| (play.state, play.position)) {
            Some((PlayState::Finished, position)) => position,
            _ => self.position(now.ticks()).unwrap_or(0),
        };
        let place = self.motion.as_ref().map(|motion| motion.whole.place(position));
        let seconds = |ticks: i64| ShowTime::from_ticks(ticks).as_secs_f64();
        TimelineView {
            spec: self.spec.clone(),
            state: play.map_or(PlayState::Idle, |play| play.state),
            current_time: seconds(place.map_or(0, |place| place.within)),
            iteration: place.map_or(0, |place| place.iteration),
            paused: play.is_some_and(|play| play.state == PlayState::Paused),
            rate: play.map_or(self.spec.playback_rate.get(), |play| play.rate),
            length: (once < ENDLESS).then(|| seconds(once)),
            starts_at: play.filter(|play| !play.begun && play.anchor != NEVER).map(|play| seconds(play.anchor)),
        }
    }
}

/// A timeline and where it stands.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct TimelineView {
    /// What it is.
    #[serde(flatten)]
    pub spec: Arc<TimelineSpec>,
    /// What it is doing.
    pub state: PlayState,
    /// Where it stands in its present round, in seconds.
    pub current_time: f64,
    /// How many rounds it has gone whole.
    pub iteration: u64,
    /// Whether it stands.
    pub paused: bool,
    /// How fast it goes: negative is backwards.
    pub rate: f64,
    /// Seconds that a round takes; left out where it never ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<f64>,
    /// When it will begin, in seconds of show time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts_at: Option<f64>,
}

impl<'de> Deserialize<'de> for TimelineView {
    /// Member by member: what a timeline is refuses members that it does not know, and so cannot be read flattened.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Standing {
            state: PlayState,
            current_time: f64,
            iteration: u64,
            paused: bool,
            rate: f64,
            length: Option<f64>,
            starts_at: Option<f64>,
        }
        const STANDING: [&str; 7] = ["state", "currentTime", "iteration", "paused", "rate", "length", "startsAt"];
        let mut spec = Map::<String, Value>::deserialize(d)?;
        let standing = STANDING.iter().filter_map(|name| Some(((*name).to_owned(), spec.remove(*name)?))).collect();
        let Standing { state, current_time, iteration, paused, rate, length, starts_at } =
            serde_json::from_value(Value::Object(standing)).map_err(de::Error::custom)?;
        let spec = Arc::new(serde_json::from_value(Value::Object(spec)).map_err(de::Error::custom)?);
        Ok(Self { spec, state, current_time, iteration, paused, rate, length, starts_at })
    }
}
