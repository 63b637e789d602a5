//! The show's timelines: played, stopped, and ended when it is time.
//!
//! What falls due is done at its own time, not when somebody comes to look: [`Show::settle`] goes from one
//! due time to the next, so that a timeline that waits for another begins exactly when that ends, however
//! late the call comes.

use super::{Derived, Show, position, room};
use crate::animation::{
    At, Due, ENDLESS, Effect, NEVER, PlayState, Playback, Property, Seconds, Start, Target, Timeline, TimelineSpec,
    TimelineView, Track, TrackState, World, compile, ticks,
};
use crate::camera::{Settling, settled};
use crate::command::{Command, Rejection};
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::Layer;
use crate::scenes::Scene;
use crate::schedule::{Ending, Queue, QueueMode};
use crate::show::rules::Turn;
use crate::time::ShowTime;
use crate::value::GainDb;
use serde_json::Value;
use std::sync::Arc;

/// The most timelines of a show.
const MAX_TIMELINES: usize = 500;
/// The most tracks of all timelines together.
const MAX_ALL_TRACKS: usize = 5_000;
/// The most things that are done in one go; after a long pause, rounds of loops that nobody saw are left
/// untold.
const MAX_STEPS: usize = 2_000;

impl Show {
    /// All timelines as of `now`, in the order in which they were added.
    #[must_use]
    pub fn timelines(&self, now: ShowTime) -> Vec<TimelineView> {
        self.timelines.iter().map(|timeline| timeline.view(now)).collect()
    }

    /// One timeline as of `now`.
    #[must_use]
    pub fn timeline(&self, id: &Id, now: ShowTime) -> Option<TimelineView> {
        self.timelines.iter().find(|t| t.id == *id).map(|timeline| timeline.view(now))
    }

    pub(crate) fn timeline_state(&self, id: &Id) -> PlayState {
        let timeline = self.timelines.iter().find(|t| t.id == *id);
        timeline.and_then(|t| t.play.as_deref()).map_or(PlayState::Idle, |play| play.state)
    }

    /// The gain of an audio track at `t`, with what motion makes of it.
    #[must_use]
    pub fn gain_at(&self, track: &Id, t: ShowTime) -> Option<GainDb> {
        let own = self.tracks.iter().find(|other| other.id == *track)?.gain_db;
        let target = Target::Track(track.clone());
        if self.timelines.iter().all(|timeline| timeline.play.is_none()) {
            return Some(own);
        }
        let value = match self.value_at(&target, &Property::Gain, t.ticks(), None) {
            Start::Number(value, _) => value.clamp(GainDb::MIN, GainDb::MAX),
            _ => own.get(),
        };
        Some(GainDb::new(value).unwrap_or(own))
    }

    /// When something falls due next; [`Command::Settle`] is to be given then.
    #[must_use]
    pub fn next_due(&self) -> Option<ShowTime> {
        let timelines = self.timelines.iter().filter_map(|t| Some(t.next_due(self.wants_rounds(&t.id))?.0));
        let change = self.change.iter().map(|change| change.end);
        let tracks = self.tracks.iter().filter_map(|track| track.end()).filter(|end| *end > self.settled);
        timelines.chain(change).chain(tracks).min().map(ShowTime::from_ticks)
    }

    /// Does everything that has fallen due up to `now`, each at its time.
    pub(super) fn settle(&mut self, now: ShowTime, turn: &mut Turn<'_>) {
        for step in 0..2 * MAX_STEPS {
            let Some((at, thing)) = self.first_due(now.ticks()) else { break };
            if step == MAX_STEPS {
                self.leave_untold(now);
                continue;
            }
            let at = at.max(self.settled.min(now.ticks()));
            self.begin_tracks(ShowTime::from_ticks(at));
            let told = turn.events.len();
            match thing {
                Thing::Timeline(index, due) => self.timeline_due(index, due, at, turn),
                Thing::Change => {
                    self.change = None;
                    turn.events.extend(self.scene.clone().map(|id| Event::TransitionFinished { id }));
                }
                Thing::Tracks => {
                    let ended = self.tracks.iter().filter(|track| track.end() == Some(at));
                    turn.events.extend(ended.map(|track| Event::TrackEnded { id: track.id.clone() }));
                }
            }
            self.settled = self.settled.max(at);
            self.plan = Derived::default();
            self.line_up(at);
            self.begin_tracks(ShowTime::from_ticks(at));
            self.set_off(told, ShowTime::from_ticks(at), turn);
        }
        self.settled = self.settled.max(now.ticks());
        self.begin_tracks(now);
    }

    /// What is due first, and no later than `now`.
    fn first_due(&self, now: i64) -> Option<(i64, Thing)> {
        let timelines = self.timelines.iter().enumerate().filter_map(|(index, t)| {
            let (at, due) = t.next_due(self.wants_rounds(&t.id))?;
            Some((at, t.play.as_deref().map_or(0, |play| play.order), Thing::Timeline(index, due)))
        });
        let change = self.change.iter().map(|change| (change.end, u64::MAX, Thing::Change));
        let tracks = self.tracks.iter().filter_map(|track| {
            let end = track.end().filter(|end| *end > self.settled)?;
            // All that end at one time, before anything else of that time.
            Some((end, 0, Thing::Tracks))
        });
        let due = timelines.chain(change).chain(tracks).filter(|(at, ..)| *at <= now);
        due.min_by_key(|(at, order, _)| (*at, *order)).map(|(at, _, thing)| (at, thing))
    }

    fn timeline_due(&mut self, index: usize, due: Due, at: i64, turn: &mut Turn<'_>) {
        let timeline = Arc::make_mut(&mut self.timelines[index]);
        let id = timeline.id.clone();
        let Some(play) = timeline.play.as_mut().map(Arc::make_mut) else { return };
        match due {
            Due::Begin => {
                play.begun = true;
                play.state = PlayState::Playing;
                turn.events.push(Event::TimelineStarted { id });
            }
            Due::Pass { at, labels, iteration } => {
                play.told = at;
                turn.events.extend(iteration.map(|iteration| Event::TimelineIteration { id: id.clone(), iteration }));
                turn.events.extend(labels.into_iter().map(|label| Event::TimelineMarker { id: id.clone(), label }));
            }
            Due::Finish => {
                self.keep(index, at, Settling::Kept, turn);
                let timeline = Arc::make_mut(&mut self.timelines[index]);
                let end = timeline.position(at);
                if let Some(play) = timeline.play.as_mut().map(Arc::make_mut) {
                    (play.state, play.kept) = (PlayState::Finished, true);
                    (play.position, play.anchor) = (end.unwrap_or(play.position), at);
                    play.queue = None;
                }
                if timeline.passing {
                    self.timelines.remove(index);
                }
                turn.events.push(Event::TimelineFinished { id });
            }
        }
    }

    /// Gives up telling the rounds and labels of timelines that have gone round too often since.
    fn leave_untold(&mut self, now: ShowTime) {
        for timeline in &mut self.timelines {
            let position = timeline.position(now.ticks());
            if let (Some(position), Some(_)) = (position, &timeline.play)
                && let Some(play) = &mut Arc::make_mut(timeline).play
            {
                let play = Arc::make_mut(play);
                play.told = play.told.max(position);
            }
        }
    }

    /// Makes what a timeline does at `at` the layers' own.
    fn keep(&mut self, index: usize, at: i64, how: Settling, turn: &mut Turn<'_>) {
        let timeline = self.timelines[index].clone();
        let Some(motion) = timeline.motion.as_deref() else { return };
        let mut done: Vec<&Target> = Vec::new();
        for track in &motion.tracks {
            if done.contains(&&track.target) {
                continue;
            }
            done.push(&track.target);
            match &track.target {
                Target::Layer(id) => {
                    let Some(place) = self.layers.iter().position(|layer| layer.id() == id) else { continue };
                    let Some(layer) = settled(&self.layers[place], &timeline, at, how).map(Arc::new) else { continue };
                    if *layer == *self.layers[place] {
                        continue;
                    }
                    let moved = layer.z_index() != self.layers[place].z_index();
                    self.layers.remove(place);
                    if moved {
                        self.place(layer.clone())
                    } else {
                        self.layers.insert(place, layer.clone())
                    }
                    turn.events.push(Event::LayerUpdated { layer });
                }
                Target::Track(id) => {
                    let Some(place) = self.tracks.iter().position(|other| other.id == *id) else { continue };
                    let own = self.tracks[place].gain_db;
                    let gain = gain_after(&timeline, &track.target, own, at, how);
                    if gain != own {
                        let mut track = crate::track::Track::clone(&self.tracks[place]);
                        track.gain_db = gain;
                        self.tracks[place] = Arc::new(track.clone());
                        turn.events.push(Event::TrackUpdated { track });
                    }
                }
            }
        }
        self.plan = Derived::default();
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
    fn give_back(&mut self, index: usize) {
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
                use crate::animation::Composition;
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

    fn wants_rounds(&self, id: &Id) -> bool {
        use crate::trigger::OccasionKind;
        self.triggers.iter().any(|rule| {
            let on = &rule.spec.on;
            on.event == OccasionKind::TimelineIteration && on.id.as_ref().is_none_or(|wanted| wanted == id)
        })
    }

    /// Works the timelines out again, as they are restored. What cannot be any more, since its layer is gone,
    /// is left out; what is known of the other tracks is found again by their names.
    pub(super) fn work_out_timelines(&mut self) {
        for index in 0..self.timelines.len() {
            let spec = self.timelines[index].spec.clone();
            let motion = self.compiled_as(&spec, true).ok().map(Arc::new);
            let timeline = Arc::make_mut(&mut self.timelines[index]);
            if let (Some(play), Some(motion)) = (&mut timeline.play, &motion) {
                let fits = |(track, state): (&Track, &TrackState)| track.name() == state.of;
                if play.tracks.len() != motion.tracks.len() || !motion.tracks.iter().zip(&play.tracks).all(fits) {
                    let play = Arc::make_mut(play);
                    let mut known = std::mem::take(&mut play.tracks);
                    let state = |track: &Track| match known.iter().position(|state| state.of == track.name()) {
                        Some(at) => known.swap_remove(at),
                        None => TrackState { of: track.name(), ..TrackState::default() },
                    };
                    play.tracks = motion.tracks.iter().map(state).collect();
                }
            }
            timeline.motion = motion;
        }
    }

    pub(super) fn compiled(&self, spec: &TimelineSpec) -> Result<crate::animation::Motion, FieldError> {
        self.compiled_as(spec, false)
    }

    fn compiled_as(&self, spec: &TimelineSpec, lenient: bool) -> Result<crate::animation::Motion, FieldError> {
        let world = World {
            layer: &|id| self.layer(id).cloned(),
            track: &|id| self.tracks.iter().any(|track| track.id == *id),
            timeline: &|id| self.timelines.iter().find(|t| t.id == *id && !t.passing).map(|t| t.spec.clone()),
            lenient,
        };
        compile(spec, &world)
    }

    /// Timelines and scenes of a file.
    pub(super) fn load_motion(
        &mut self,
        timelines: Vec<TimelineSpec>,
        scenes: Vec<Scene>,
        scene: Option<Id>,
        now: ShowTime,
    ) -> Result<(), Rejection> {
        // Those that contain others come when these are there.
        for (index, spec) in timelines.iter().enumerate() {
            room(self.timelines.len(), MAX_TIMELINES, "timeline", "")
                .map_err(|e| FieldError::new("timelines", e.to_string()))?;
            let id = self.timeline_name(spec).map_err(|e| super::in_list("timelines", index, e))?;
            let spec = TimelineSpec { id: Some(id.clone()), ..spec.clone() };
            self.timelines.push(Arc::new(Timeline {
                id,
                spec: Arc::new(spec),
                passing: false,
                play: None,
                motion: None,
            }));
        }
        for (index, scene) in scenes.into_iter().enumerate() {
            self.set_scene(scene).map_err(|e| super::in_list("scenes", index, e))?;
        }
        if let Some(id) = scene {
            let known = self.put_on_air(&id);
            known.map_err(|e| FieldError::new("scene", e.to_string()))?;
        }
        let mut tracks = 0;
        for index in 0..self.timelines.len() {
            let spec = self.timelines[index].spec.clone();
            let motion = self.compiled(&spec).map_err(|e| e.under(&format!("timelines[{index}]")))?;
            tracks += motion.tracks.len();
            if tracks > MAX_ALL_TRACKS {
                let message = format!("the timelines have more than {MAX_ALL_TRACKS} tracks in all");
                return Err(FieldError::new("timelines", message).into());
            }
            Arc::make_mut(&mut self.timelines[index]).motion = Some(Arc::new(motion));
        }
        for index in 0..self.timelines.len() {
            if self.timelines[index].spec.autoplay {
                self.start(index, now.ticks(), None, None, None);
            }
        }
        self.plan = Derived::default();
        self.begin_tracks(now);
        Ok(())
    }

    fn timeline_name(&mut self, spec: &TimelineSpec) -> Result<Id, Rejection> {
        let (id, made) =
            super::free_name(&self.timelines, spec.id.as_ref(), "timeline", "timeline", self.names_made, |t| &t.id)?;
        self.names_made = made;
        Ok(id)
    }

    /// The commands that are about timelines.
    pub(super) fn move_things(
        &mut self,
        command: Command,
        now: ShowTime,
        turn: &mut Turn<'_>,
    ) -> Result<(), Rejection> {
        let find = |show: &Self, id: &Id| position(&show.timelines, "timeline", id, |t| &t.id);
        let index = match command {
            Command::Animate { timeline, start, queue } => {
                let at = start.resolve(self, now.ticks())?;
                let timeline = self.new_timeline(timeline, true).map_err(|e| under("timeline", e))?;
                let id = timeline.id.clone();
                self.timelines.push(Arc::new(timeline));
                let told = turn.events.len();
                self.play(&id, at, None, None, queue, now, turn)?;
                let timeline = Box::new(self.timelines[find(self, &id)?].view(now));
                turn.events.insert(told, Event::TimelineCreated { timeline });
                return Ok(());
            }
            Command::CreateTimeline { timeline } => {
                let timeline = self.new_timeline(timeline, false)?;
                let autoplay = timeline.spec.autoplay;
                self.timelines.push(Arc::new(timeline));
                let index = self.timelines.len() - 1;
                if autoplay {
                    self.start(index, now.ticks(), None, None, None);
                }
                let timeline = Box::new(self.timelines[index].view(now));
                turn.events.push(Event::TimelineCreated { timeline });
                return Ok(());
            }
            Command::ReplaceTimeline { timeline } => return self.replace_timeline(timeline, now, turn),
            Command::DeleteTimeline { id } => {
                let index = find(self, &id)?;
                let contains = |t: &&Arc<Timeline>| t.spec.animations.iter().any(|a| a.timeline.as_ref() == Some(&id));
                if let Some(other) = self.timelines.iter().find(contains) {
                    return Err(FieldError::new("id", format!("timeline \"{}\" contains it", other.id)).into());
                }
                self.stop(index, Ending::Stay, now, turn);
                // One that was made to be played once has gone with that.
                if let Ok(index) = find(self, &id) {
                    self.timelines.remove(index);
                }
                self.line_up(now.ticks());
                turn.events.push(Event::TimelineDeleted { id });
                return Ok(());
            }
            Command::PlayTimeline { id, start, from, rate, queue } => {
                let index = find(self, &id)?;
                let at = start.resolve(self, now.ticks())?;
                let from = from.map(|from| self.place_in(index, &from, "from")).transpose()?;
                let rate = rate.map(|rate| rate.get());
                if rate == Some(0.0) {
                    return Err(FieldError::new("rate", "0 would never move: pause the timeline instead").into());
                }
                let backwards = rate.unwrap_or(self.timelines[index].spec.playback_rate.get()) < 0.0;
                if backwards && from.is_none() && self.timelines[index].total() >= ENDLESS {
                    return Err(FieldError::new(
                        "rate",
                        "a timeline that never ends has no end to play backwards from",
                    )
                    .into());
                }
                return self.play(&id, at, from, rate, queue, now, turn);
            }
            Command::StopTimeline { id, ending } => {
                let index = find(self, &id)?;
                self.stop(index, ending, now, turn);
                self.line_up(now.ticks());
                return Ok(());
            }
            Command::PauseTimeline { id } => {
                let index = find(self, &id)?;
                self.turn_clock(index, now, |play, position| {
                    if matches!(play.state, PlayState::Playing | PlayState::Queued) {
                        play.state = PlayState::Paused;
                        play.begun |= position.is_some();
                    }
                });
                index
            }
            Command::ResumeTimeline { id } => {
                let index = find(self, &id)?;
                let at = now.ticks();
                self.turn_clock(index, now, |play, _| {
                    if play.state == PlayState::Paused {
                        play.state = PlayState::Playing;
                        if !play.begun {
                            // It begins now, unless it is to begin later, or waits for others.
                            play.anchor = if play.anchor == NEVER { NEVER } else { play.anchor.max(at) };
                            play.since = play.anchor;
                            if play.queue.is_some() {
                                play.state = PlayState::Queued;
                            }
                        }
                    }
                });
                index
            }
            Command::SeekTimeline { id, to } => {
                let index = find(self, &id)?;
                let place = self.place_in(index, &to, "to")?;
                if self.timelines[index].play.is_none() {
                    self.start(index, now.ticks(), Some(place), None, None);
                    self.turn_clock(index, now, |play, _| (play.state, play.begun) = (PlayState::Paused, true));
                }
                self.take_back(index, now, turn);
                self.turn_clock(index, now, |play, _| {
                    (play.position, play.told) = (place, place);
                    if play.state == PlayState::Finished {
                        play.state = PlayState::Paused;
                    }
                });
                index
            }
            Command::ReverseTimeline { id } => {
                let index = find(self, &id)?;
                self.take_back(index, now, turn);
                self.turn_clock(index, now, |play, _| {
                    play.rate = -play.rate;
                    play.told = play.position;
                    if play.state == PlayState::Finished {
                        play.state = PlayState::Playing;
                    }
                });
                index
            }
            Command::SetTimelineRate { id, rate } => {
                let index = find(self, &id)?;
                if rate.get() == 0.0 {
                    return Err(FieldError::new("rate", "0 would never move: pause the timeline instead").into());
                }
                self.turn_clock(index, now, |play, _| (play.rate, play.told) = (rate.get(), play.position));
                index
            }
            _ => return Ok(()),
        };
        self.line_up(now.ticks());
        if self.timelines[index].play.is_none() {
            return Err(FieldError::new("id", "the timeline is not playing: play it first").into());
        }
        let timeline = Box::new(self.timelines[index].view(now));
        turn.events.push(Event::TimelineUpdated { timeline });
        Ok(())
    }

    fn new_timeline(&mut self, spec: TimelineSpec, passing: bool) -> Result<Timeline, Rejection> {
        room(self.timelines.len(), MAX_TIMELINES, "timeline", "")?;
        if spec.animations.is_empty() {
            return Err(FieldError::new("animations", "missing: what happens in it").into());
        }
        let motion = self.compiled(&spec)?;
        let tracks: usize = self.timelines.iter().filter_map(|t| Some(t.motion.as_ref()?.tracks.len())).sum();
        if tracks + motion.tracks.len() > MAX_ALL_TRACKS {
            let message = format!("with it the show's timelines would have more than {MAX_ALL_TRACKS} tracks in all");
            return Err(FieldError::new("animations", message).into());
        }
        let id = self.timeline_name(&spec)?;
        let spec = TimelineSpec { id: Some(id.clone()), ..spec };
        Ok(Timeline { id, spec: Arc::new(spec), passing, play: None, motion: Some(Arc::new(motion)) })
    }

    fn replace_timeline(&mut self, spec: TimelineSpec, now: ShowTime, turn: &mut Turn<'_>) -> Result<(), Rejection> {
        let Some(index) = self.timelines.iter().position(|t| Some(&t.id) == spec.id.as_ref()) else {
            return self.move_things(Command::CreateTimeline { timeline: spec }, now, turn);
        };
        if self.timelines[index].passing {
            return Err(FieldError::new("id", "this one is played once: choose another name").into());
        }
        if spec.animations.is_empty() {
            return Err(FieldError::new("animations", "missing: what happens in it").into());
        }
        let id = self.timelines[index].id.clone();
        let others = (0..self.timelines.len()).filter(|other| *other != index);
        let containers: Vec<usize> = others.filter(|other| self.contains(*other, &id, 0)).collect();
        let in_use = |play: &Playback| !matches!(play.state, PlayState::Idle | PlayState::Finished);
        for other in containers.iter().map(|other| &self.timelines[*other]) {
            if other.play.as_deref().is_some_and(in_use) {
                let message = format!("timeline \"{}\" contains it and is in use: stop it first", other.id);
                return Err(FieldError::new("id", message).into());
            }
        }
        self.stop(index, Ending::Stay, now, turn);
        let autoplay = spec.autoplay;
        Arc::make_mut(&mut self.timelines[index]).spec = Arc::new(spec);
        // Those that contain it change with it.
        for changed in std::iter::once(index).chain(containers) {
            let spec = self.timelines[changed].spec.clone();
            let motion = self.compiled(&spec).map_err(|e| match changed == index {
                true => e,
                false => FieldError::new(
                    "animations",
                    format!("in \"{}\", which contains it: {e}", spec.id.as_ref().map_or("", Id::as_str)),
                ),
            })?;
            let timeline = Arc::make_mut(&mut self.timelines[changed]);
            (timeline.motion, timeline.play) = (Some(Arc::new(motion)), None);
        }
        self.line_up(now.ticks());
        if autoplay {
            self.start(index, now.ticks(), None, None, None);
        }
        turn.events.push(Event::TimelineCreated { timeline: Box::new(self.timelines[index].view(now)) });
        Ok(())
    }

    /// Whether a timeline has another in it, at whatever depth.
    fn contains(&self, index: usize, id: &Id, depth: usize) -> bool {
        let find = |inner: &Id| self.timelines.iter().position(|t| t.id == *inner);
        let mut inner =
            self.timelines[index].spec.animations.iter().filter_map(|animation| animation.timeline.as_ref());
        let holds = |inner: &Id| inner == id || find(inner).is_some_and(|at| self.contains(at, id, depth + 1));
        depth < 16 && inner.any(holds)
    }

    /// Where in a timeline, in ticks over all its rounds.
    fn place_in(&self, index: usize, at: &At, field: &str) -> Result<i64, FieldError> {
        let timeline = &self.timelines[index];
        let place = match at {
            At::Start => 0,
            At::Seconds(at) => ticks(at.get()),
            At::Label(name) => {
                let label = name
                    .parse()
                    .ok()
                    .and_then(|id: Id| timeline.spec.labels.get(&id).map(|at: &Seconds| ticks(at.get())));
                label.ok_or_else(|| FieldError::new(field, format!("there is no label \"{name}\"")))?
            }
            _ => return Err(FieldError::new(field, "seconds, or the name of a label")),
        };
        let total = timeline.total();
        if place > total {
            let total = ShowTime::from_ticks(total).as_secs_f64();
            return Err(FieldError::new(field, format!("the timeline is {total} seconds long")));
        }
        Ok(place)
    }

    /// Plays a timeline, after those of its queue where it joins one.
    #[allow(clippy::too_many_arguments, reason = "each is a field of the command")]
    fn play(
        &mut self,
        id: &Id,
        at: i64,
        from: Option<i64>,
        rate: Option<f64>,
        queue: Option<Queue>,
        now: ShowTime,
        turn: &mut Turn<'_>,
    ) -> Result<(), Rejection> {
        let find = |show: &Self| position(&show.timelines, "timeline", id, |t| &t.id);
        // One that is playing begins anew from where it has brought things.
        let index = find(self)?;
        if self.timelines[index].play.as_deref().is_some_and(|play| play.state != PlayState::Finished) {
            self.stop(index, Ending::Stay, now, turn);
        }
        let mut waits = false;
        if let Some(queue) = &queue {
            if self.layer(&queue.layer).is_none() {
                return Err(Rejection::Unknown { kind: "layer", id: queue.layer.clone() });
            }
            let members = |show: &Self| -> Vec<Id> {
                let mut members: Vec<(u64, Id)> = show
                    .timelines
                    .iter()
                    .filter_map(|t| {
                        Some((
                            t.play.as_deref().filter(|p| p.queue.as_ref() == Some(&queue.layer))?.order,
                            t.id.clone(),
                        ))
                    })
                    .collect();
                members.sort();
                members.into_iter().map(|(_, id)| id).collect()
            };
            let present = members(self);
            for (place, member) in present.iter().enumerate() {
                let ending = match queue.mode {
                    QueueMode::Append => continue,
                    QueueMode::Replace if place == 0 => continue,
                    QueueMode::Replace => Ending::Stay,
                    QueueMode::Interrupt if place == 0 => queue.interrupted,
                    QueueMode::Interrupt => Ending::Stay,
                };
                if let Ok(index) = position(&self.timelines, "timeline", member, |t| &t.id) {
                    self.stop(index, ending, now, turn);
                }
            }
            waits = !members(self).is_empty();
        }
        let index = find(self)?;
        self.start(index, at, from, rate, queue.map(|queue| queue.layer));
        if waits && let Some(play) = &mut Arc::make_mut(&mut self.timelines[index]).play {
            let play = Arc::make_mut(play);
            (play.state, play.anchor, play.since) = (PlayState::Queued, NEVER, NEVER);
        }
        self.line_up(now.ticks());
        if !self.timelines[index].passing {
            let timeline = Box::new(self.timelines[index].view(now));
            turn.events.push(Event::TimelineUpdated { timeline });
        }
        Ok(())
    }

    /// Sets a timeline's clock going at `at`.
    fn start(&mut self, index: usize, at: i64, from: Option<i64>, rate: Option<f64>, queue: Option<Id>) {
        self.plays += 1;
        let order = self.plays;
        let timeline = Arc::make_mut(&mut self.timelines[index]);
        let rate = rate.unwrap_or(timeline.spec.playback_rate.get());
        let total = timeline.total();
        let position = from.unwrap_or(if rate < 0.0 && total < ENDLESS { total } else { 0 });
        let named = |track: &Track| TrackState { of: track.name(), ..TrackState::default() };
        let tracks = timeline.motion.iter().flat_map(|motion| &motion.tracks).map(named).collect();
        timeline.play = Some(Arc::new(Playback {
            order,
            since: at,
            state: PlayState::Playing,
            anchor: at,
            position,
            rate,
            begun: false,
            told: position - 1,
            kept: false,
            tracks,
            queue,
        }));
    }

    /// Takes back what a timeline that has ended has made the layers' own, so that it can be played from
    /// there as if it had not ended: what it makes of them covers it.
    fn take_back(&mut self, index: usize, now: ShowTime, turn: &mut Turn<'_>) {
        if self.timelines[index].play.as_deref().is_some_and(|play| play.kept) {
            self.keep(index, now.ticks(), Settling::Reverted, turn);
            if let Some(play) = &mut Arc::make_mut(&mut self.timelines[index]).play {
                Arc::make_mut(play).kept = false;
            }
        }
    }

    /// Sets a clock anew from where it stands.
    fn turn_clock(&mut self, index: usize, now: ShowTime, change: impl FnOnce(&mut Playback, Option<i64>)) {
        let now = now.ticks();
        let position = self.timelines[index].position(now);
        let Some(play) = &mut Arc::make_mut(&mut self.timelines[index]).play else { return };
        let play = Arc::make_mut(play);
        if let Some(position) = position {
            (play.position, play.anchor) = (position, now);
        } else if play.state == PlayState::Finished {
            play.anchor = now;
        }
        change(play, position);
        self.plan = Derived::default();
    }

    /// Ends a timeline that is being played.
    fn stop(&mut self, index: usize, ending: Ending, now: ShowTime, turn: &mut Turn<'_>) {
        self.begin_tracks(now);
        let at = now.ticks();
        let playing = |play: &Playback| !matches!(play.state, PlayState::Idle | PlayState::Finished);
        let timeline = &self.timelines[index];
        let was_playing = timeline.play.as_deref().is_some_and(playing);
        let id = timeline.id.clone();
        if was_playing {
            match ending {
                Ending::Stay => self.keep(index, at, Settling::Kept, turn),
                Ending::Revert => {
                    self.keep(index, at, Settling::Reverted, turn);
                    self.give_back(index);
                }
                Ending::Finish => {
                    let total = self.timelines[index].total();
                    let once = self.timelines[index].motion.as_ref().map_or(0, |motion| motion.whole.duration);
                    self.turn_clock(index, now, |play, _| {
                        play.position = match play.rate > 0.0 {
                            false => 0,
                            true if total < ENDLESS => total,
                            // What never ends is finished with its present round.
                            true if once < ENDLESS => (play.position / once.max(1) + 1).saturating_mul(once) - 1,
                            true => play.position,
                        };
                        (play.anchor, play.state, play.begun) = (at, PlayState::Paused, true);
                    });
                    self.begin_tracks(now);
                    self.keep(index, at, Settling::Kept, turn);
                }
            }
        }
        let timeline = Arc::make_mut(&mut self.timelines[index]);
        timeline.play = None;
        if timeline.passing {
            self.timelines.remove(index);
        }
        self.plan = Derived::default();
        if was_playing {
            turn.events.push(Event::TimelineCancelled { id });
        }
    }

    /// Lets those that wait in queues know when it is their turn.
    pub(super) fn line_up(&mut self, now: i64) {
        let mut waiting: Vec<(u64, usize)> = Vec::new();
        for (index, timeline) in self.timelines.iter().enumerate() {
            if let Some(play) = timeline.play.as_deref().filter(|play| play.state == PlayState::Queued) {
                waiting.push((play.order, index));
            }
        }
        waiting.sort_unstable();
        for (order, index) in waiting {
            let queue = self.timelines[index].play.as_deref().and_then(|play| play.queue.clone());
            let before = self
                .timelines
                .iter()
                .filter(|t| t.play.as_deref().is_some_and(|p| p.queue == queue && p.order < order))
                .max_by_key(|t| t.play.as_deref().map_or(0, |p| p.order));
            let anchor = match before {
                Some(before) => before.finish().unwrap_or(NEVER),
                None => {
                    let set = self.timelines[index].play.as_deref().map_or(now, |play| play.anchor);
                    set.min(now)
                }
            };
            let first = before.is_none();
            if let Some(play) = &mut Arc::make_mut(&mut self.timelines[index]).play {
                let play = Arc::make_mut(play);
                (play.anchor, play.since) = (anchor, anchor);
                if first {
                    play.state = PlayState::Playing;
                }
            }
        }
    }
}

/// Something that falls due.
enum Thing {
    Timeline(usize, Due),
    Change,
    /// Audio tracks have been heard whole.
    Tracks,
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

/// The gain that a track is left with.
fn gain_after(timeline: &Timeline, target: &Target, own: GainDb, at: i64, how: Settling) -> GainDb {
    use crate::animation::Composition;
    let mut value = own.get();
    if how == Settling::Kept {
        timeline.effects(
            at,
            |_, track| track.target == *target,
            |_, track, effect, rounds| match effect {
                Effect::Number(v) if track.composition == Composition::Replace => value = v,
                Effect::Number(v) => value += v + rounds,
                _ => {}
            },
        );
    } else if let (Some(play), Some(motion)) = (timeline.play.as_deref().filter(|play| play.kept), &timeline.motion) {
        let tracks = motion.tracks.iter().zip(&play.tracks).filter(|(track, _)| track.target == *target);
        let first = tracks.filter(|(_, state)| state.begun.is_some()).map(|(_, state)| &state.start).next();
        if let Some(Start::Number(start, _)) = first {
            value = *start;
        }
    }
    GainDb::new(value.clamp(GainDb::MIN, GainDb::MAX)).unwrap_or(own)
}

/// The same rejection, seen from one level up.
fn under(parent: &str, rejection: Rejection) -> Rejection {
    match rejection {
        Rejection::Invalid(e) => e.under(parent).into(),
        other => other,
    }
}
