//! The show's timelines, and the commands that play and stop them.

use super::{Derived, Show, position, room};
use crate::animation::{
    At, ENDLESS, Motion, NEVER, PlayState, Playback, Seconds, Timeline, TimelineSpec, TimelineView, Track, TrackState,
    World, compile, ticks,
};
use crate::camera::Settling;
use crate::command::{Command, Rejection};
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::scenes::Scene;
use crate::schedule::{Ending, Queue, QueueMode};
use crate::show::rules::Turn;
use crate::time::ShowTime;
use std::sync::Arc;

/// The most timelines of a show.
pub(super) const MAX_TIMELINES: usize = 500;
/// The most tracks of all timelines together.
pub(super) const MAX_ALL_TRACKS: usize = 5_000;

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

    /// What a timeline is, wherever it stands.
    #[must_use]
    pub fn timeline_spec(&self, id: &Id) -> Option<&TimelineSpec> {
        self.timelines.iter().find(|t| t.id == *id).map(|timeline| &*timeline.spec)
    }

    pub(crate) fn timeline_state(&self, id: &Id) -> PlayState {
        let timeline = self.timelines.iter().find(|t| t.id == *id);
        timeline.and_then(|t| t.play.as_deref()).map_or(PlayState::Idle, |play| play.state)
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

    /// Works timelines out again where what they move has come or gone: as they would be after a restart. A log that is
    /// replayed has to make what was made the first time.
    pub(super) fn find_again(&mut self, events: &[Event]) {
        let layers = |id: &Id| self.timelines.iter().any(|timeline| timeline.spec.moves(id));
        let tracks = |id: &Id| self.timelines.iter().any(|timeline| timeline.spec.moves_track(id));
        let moved = |event: &Event| match event {
            Event::LayerCreated { layer } => layers(layer.id()),
            Event::LayerDeleted { id, inner } => layers(id) || inner.iter().any(layers),
            Event::TrackCreated { track } => tracks(&track.id),
            Event::TrackDeleted { id } => tracks(id),
            _ => false,
        };
        if events.iter().any(moved) {
            self.work_out_timelines();
        }
    }

    pub(super) fn compiled(&self, spec: &TimelineSpec) -> Result<Motion, FieldError> {
        self.compiled_as(spec, false)
    }

    pub(super) fn compiled_as(&self, spec: &TimelineSpec, lenient: bool) -> Result<Motion, FieldError> {
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
                self.remove_timeline(index, Ending::Stay, now, turn);
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

    /// Whether others contain it is not its business.
    pub(super) fn remove_timeline(&mut self, index: usize, ending: Ending, now: ShowTime, turn: &mut Turn<'_>) {
        let id = self.timelines[index].id.clone();
        self.stop(index, ending, now, turn);
        // One that was made to be played once has gone with that.
        self.timelines.retain(|timeline| timeline.id != id);
        self.line_up(now.ticks());
        turn.events.push(Event::TimelineDeleted { id });
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

    /// The timelines that contain one, none of which may be in use.
    pub(super) fn containers_at_rest(&self, index: usize) -> Result<Vec<usize>, FieldError> {
        let id = self.timelines[index].id.clone();
        let others = (0..self.timelines.len()).filter(|other| *other != index);
        let containers: Vec<usize> = others.filter(|other| self.contains(*other, &id, 0)).collect();
        let in_use = |play: &Playback| !matches!(play.state, PlayState::Idle | PlayState::Finished);
        for other in containers.iter().map(|other| &self.timelines[*other]) {
            if other.play.as_deref().is_some_and(in_use) {
                let message = format!("timeline \"{}\" contains it and is in use: stop it first", other.id);
                return Err(FieldError::new("id", message));
            }
        }
        Ok(containers)
    }

    pub(super) fn replace_timeline(
        &mut self,
        spec: TimelineSpec,
        now: ShowTime,
        turn: &mut Turn<'_>,
    ) -> Result<(), Rejection> {
        let Some(index) = self.timelines.iter().position(|t| Some(&t.id) == spec.id.as_ref()) else {
            return self.move_things(Command::CreateTimeline { timeline: spec }, now, turn);
        };
        if self.timelines[index].passing {
            return Err(FieldError::new("id", "this one is played once: choose another name").into());
        }
        if spec.animations.is_empty() {
            return Err(FieldError::new("animations", "missing: what happens in it").into());
        }
        let containers = self.containers_at_rest(index)?;
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
    pub(super) fn stop(&mut self, index: usize, ending: Ending, now: ShowTime, turn: &mut Turn<'_>) {
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
}

/// The same rejection, seen from one level up.
fn under(parent: &str, rejection: Rejection) -> Rejection {
    match rejection {
        Rejection::Invalid(e) => e.under(parent).into(),
        other => other,
    }
}
