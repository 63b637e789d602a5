//! Where animations start from: what a property is, below what moves it, when its animation begins.
//!
//! It is found out beforehand for what has yet to begin, and anew whenever something has changed; what has
//! begun keeps its start for good.

use super::Show;
use crate::animation::{Composition, Effect, PlayState, Property, Start, Target, Timeline, Track, ticks};
use crate::id::Id;
use crate::layer::Layer;
use crate::mix::BusName;
use crate::time::ShowTime;
use crate::value::GainDb;
use serde_json::Value;
use std::sync::Arc;

impl Show {
    /// The gain of an audio track at `t`, with what motion makes of it.
    #[must_use]
    pub fn gain_at(&self, track: &Id, t: ShowTime) -> Option<GainDb> {
        let own = self.tracks.iter().find(|other| other.id == *track)?.gain_db;
        Some(self.moved_gain(|| Target::Track(track.clone()), own, t))
    }

    /// The gain of a bus at `t`, with what motion makes of it.
    #[must_use]
    pub fn bus_gain_at(&self, bus: BusName, t: ShowTime) -> GainDb {
        self.moved_gain(|| Target::Bus(bus), self.mix.bus(bus).gain_db, t)
    }

    fn moved_gain(&self, target: impl Fn() -> Target, own: GainDb, t: ShowTime) -> GainDb {
        if self.timelines.iter().all(|timeline| timeline.play.is_none()) {
            return own;
        }
        let gain = match self.effect_at(&target(), &Property::Gain, t.ticks(), None) {
            Some(Effect::Number(gain)) => GainDb::new(gain.clamp(GainDb::MIN, GainDb::MAX)),
            _ => None,
        };
        gain.unwrap_or(own)
    }

    /// Finds out where the tracks start from that have begun by `now`, or will. What has begun keeps its
    /// start, whatever is changed later.
    pub(super) fn begin_tracks(&mut self, now: ShowTime) {
        let now = now.ticks();
        let pending = |timeline: &Timeline| {
            timeline.play.as_deref().is_some_and(|play| {
                matches!(play.state, PlayState::Playing | PlayState::Queued | PlayState::Paused)
                    && play.tracks.iter().any(|track| track.begun.is_none())
            })
        };
        let since = |t: &Timeline| t.play.as_deref().map_or((0, 0), |play| (play.since, play.order));
        let waiting = self.timelines.iter().enumerate().filter(|(_, t)| pending(t));
        let mut order: Vec<((i64, u64), usize)> = waiting.map(|(index, t)| (since(t), index)).collect();
        order.sort_unstable();
        for (_, index) in order {
            let timeline = self.timelines[index].clone();
            let (Some(play), Some(motion)) = (timeline.play.as_deref(), timeline.motion.as_deref()) else { continue };
            for (number, track) in motion.tracks.iter().enumerate() {
                if play.tracks.get(number).is_none_or(|state| state.begun.is_some()) {
                    continue;
                }
                let Some(at) = timeline.beginning(track) else { continue };
                let below = Below { timeline: index, order: (play.since, play.order), track: number };
                let start = self.value_at(&track.target, &track.property, at, Some((track, &below)));
                let begun = at <= now;
                if begun && track.takes_over() {
                    self.take_over(track, (play.since, play.order), at);
                }
                if let Some(play) = &mut Arc::make_mut(&mut self.timelines[index]).play
                    && let Some(state) = Arc::make_mut(play).tracks.get_mut(number)
                {
                    (state.start, state.begun) = (start, begun.then_some(at));
                }
            }
        }
    }

    /// Gives the properties that a timeline has taken over back to those before it.
    pub(super) fn give_back(&mut self, index: usize) {
        let timeline = self.timelines[index].clone();
        let (Some(play), Some(motion)) = (timeline.play.as_deref(), timeline.motion.as_deref()) else { return };
        for (by, taken) in motion.tracks.iter().zip(&play.tracks).filter(|(by, _)| by.takes_over()) {
            for other in &mut self.timelines {
                let Some(motion) = other.motion.clone().filter(|m| m.tracks.iter().any(|t| t.is_like(by))) else {
                    continue;
                };
                if let Some(play) = &mut Arc::make_mut(other).play {
                    let tracks = motion.tracks.iter().zip(&mut Arc::make_mut(play).tracks);
                    for (_, state) in tracks.filter(|(track, state)| track.is_like(by) && state.until == taken.begun) {
                        state.until = None;
                    }
                }
            }
        }
    }

    /// From `at` on, older timelines have no say about a property.
    fn take_over(&mut self, by: &Track, order: (i64, u64), at: i64) {
        for timeline in &mut self.timelines {
            let (Some(play), Some(motion)) = (timeline.play.as_deref(), timeline.motion.clone()) else { continue };
            let same = |track: &Track| track.is_like(by);
            if (play.since, play.order) >= order || !motion.tracks.iter().any(same) {
                continue;
            }
            if let Some(play) = &mut Arc::make_mut(timeline).play {
                let play = Arc::make_mut(play);
                for (track, state) in motion.tracks.iter().zip(&mut play.tracks).filter(|(track, _)| same(track)) {
                    let _ = track;
                    state.until = Some(state.until.map_or(at, |until| until.min(at)));
                }
            }
        }
    }

    /// What a property is at `at`, and how fast it moves; where `below` says so, without those above.
    fn value_at(&self, target: &Target, property: &Property, at: i64, below: Option<(&Track, &Below)>) -> Start {
        let value = self.effect_at(target, property, at, below);
        match value {
            Some(Effect::Number(value)) => {
                // A thousandth of a second: short for an eye, long for a number.
                let step = ticks(0.001);
                let before = match self.effect_at(target, property, at - step, below) {
                    Some(Effect::Number(before)) => before,
                    _ => value,
                };
                // What is stored is to be read again: JSON has no infinity.
                let finite = |number: f64| if number.is_finite() { number.clamp(-1e15, 1e15) } else { 0.0 };
                Start::Number(finite(value), finite((value - before) * 1000.0))
            }
            Some(Effect::Color(color)) => Start::Color(color),
            Some(Effect::Switch(on)) => Start::Json(Arc::new(Value::Bool(on))),
            Some(Effect::Json(value)) => Start::Json(value),
            Some(Effect::Roll(..)) => Start::Json(Arc::new(value.map(|v| v.to_json()).unwrap_or_default())),
            None => Start::Pending,
        }
    }

    fn effect_at(
        &self,
        target: &Target,
        property: &Property,
        at: i64,
        below: Option<(&Track, &Below)>,
    ) -> Option<Effect> {
        let mut value = match target {
            Target::Layer(id) => own_value(self.layer(id)?, property),
            Target::Bus(name) => Some(Effect::Number(self.mix.bus(*name).gain_db.get())),
            Target::Track(id) => Some(Effect::Number(self.tracks.iter().find(|track| track.id == *id)?.gain_db.get())),
        };
        let mut runs: Vec<((i64, u64), usize)> = self
            .timelines
            .iter()
            .enumerate()
            .filter_map(|(index, timeline)| timeline.play.as_deref().map(|play| ((play.since, play.order), index)))
            .filter(|(order, _)| below.is_none_or(|(_, below)| *order <= below.order))
            .collect();
        runs.sort_unstable();
        for (_, index) in runs {
            let same = |number: usize, track: &Track| {
                let under = below.is_none_or(|(_, below)| index != below.timeline || number < below.track);
                let like = || match below {
                    Some((of, _)) => track.is_like(of),
                    None => track.target == *target && track.property == *property,
                };
                under && like()
            };
            self.timelines[index].effects(at, same, |_, track, effect, rounds| {
                value = match (&value, effect) {
                    (Some(Effect::Number(now)), Effect::Number(more)) if track.composition != Composition::Replace => {
                        Some(Effect::Number(now + more + rounds))
                    }
                    (_, effect) => Some(effect),
                };
            });
        }
        value
    }
}

/// A track of a timeline, to say what is below it.
struct Below {
    timeline: usize,
    order: (i64, u64),
    track: usize,
}

/// What a property is in the layer's own document.
fn own_value(layer: &Layer, property: &Property) -> Option<Effect> {
    match property {
        Property::Slot(slot) => Some(Effect::Number(slot.get(layer.spec()))),
        Property::Visible => Some(Effect::Switch(layer.spec().visible)),
        Property::ZIndex => Some(Effect::Json(Arc::new(layer.z_index().into()))),
        Property::Gain => None,
        Property::Document(path) => {
            let member = layer.member(path.head());
            let value = path.look_up(&member)?;
            Some(match value {
                Value::Number(number) => Effect::Number(number.as_f64()?),
                Value::String(text) => match text.parse() {
                    // A text that says "red" is no colour.
                    Ok(color) if path.to_string() != "content.content" => Effect::Color(color),
                    _ => Effect::Json(Arc::new(value.clone())),
                },
                _ => Effect::Json(Arc::new(value.clone())),
            })
        }
    }
}
