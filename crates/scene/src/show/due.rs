//! What falls due in a show: timelines that begin, pass a label, end; transitions and tracks that are over.
//!
//! It is done at its own time, not when somebody comes to look: [`Show::settle`] goes from one due time to
//! the next, so that a timeline that waits for another begins exactly when that ends, however late the call
//! comes.

use super::{Derived, Show};
use crate::animation::{Composition, Due, Effect, NEVER, PlayState, Start, Target, Timeline};
use crate::camera::{Settling, settled};
use crate::event::Event;
use crate::id::Id;
use crate::show::rules::Turn;
use crate::time::ShowTime;
use crate::trigger::OccasionKind;
use crate::value::GainDb;
use std::sync::Arc;

/// The most things that are done in one go; after a long pause, rounds of loops that nobody saw are left
/// untold.
const MAX_STEPS: usize = 2_000;

impl Show {
    /// When something falls due next; [`Settle`](crate::show::Command::Settle) is to be given then.
    #[must_use]
    pub fn next_due(&self) -> Option<ShowTime> {
        let timelines = self.timelines.iter().filter_map(|t| Some(t.next_due(self.wants_rounds(&t.id))?.0));
        let change = self.change.iter().map(|change| change.end);
        let tracks = self.tracks.iter().filter_map(|track| track.end()).filter(|end| *end > self.settled);
        let files = self.tracks.iter().filter_map(|track| Some(track.next_file(self.settled)?.0));
        timelines
            .chain(change)
            .chain(tracks)
            .chain(files)
            .chain(self.speech_due())
            .chain(self.content_due())
            .min()
            .map(ShowTime::from_ticks)
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
                    for track in &self.tracks {
                        if track.next_file(self.settled).is_some_and(|(begin, _)| begin == at) {
                            turn.events.extend(file_begun(track, at));
                        }
                    }
                }
                Thing::Speech => self.settle_speech(at, &mut turn.events),
                Thing::Content => self.settle_content(at, &mut turn.events),
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
        let files = self.tracks.iter().filter_map(|track| Some((track.next_file(self.settled)?.0, 0, Thing::Tracks)));
        let speech = self.speech_due().map(|at| (at, 2, Thing::Speech));
        let content = self.content_due().map(|at| (at, u64::MAX, Thing::Content));
        let due = timelines
            .chain(change)
            .chain(tracks)
            .chain(files)
            .chain(speech)
            .chain(content)
            .filter(|(at, ..)| *at <= now);
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
    pub(super) fn keep(&mut self, index: usize, at: i64, how: Settling, turn: &mut Turn<'_>) {
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
                Target::Bus(name) => {
                    let own = self.mix.bus(*name).gain_db;
                    let gain = gain_after(&timeline, &track.target, own, at, how);
                    if gain != own {
                        Arc::make_mut(&mut self.mix).bus_mut(*name).gain_db = gain;
                        turn.events.push(Event::MixUpdated { mix: self.mix.clone() });
                    }
                }
            }
        }
        self.plan = Derived::default();
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

    fn wants_rounds(&self, id: &Id) -> bool {
        self.triggers.iter().any(|rule| {
            let on = &rule.spec.on;
            on.event == OccasionKind::TimelineIteration && on.id.as_ref().is_none_or(|wanted| wanted == id)
        })
    }
}

/// Tells which file a playlist goes on with.
fn file_begun(track: &crate::track::Track, at: i64) -> Option<Event> {
    let playlist = track.playlist.as_ref()?;
    let playing = *track.playing(playlist, ShowTime::from_ticks(at)).last()?;
    let item = &playlist.items[playing.index];
    let (url, title) = (item.url.clone(), item.title.clone());
    Some(Event::TrackAdvanced { id: track.id.clone(), index: playing.index, url, title })
}

/// Something that falls due.
enum Thing {
    Timeline(usize, Due),
    Change,
    /// Audio tracks have been heard whole, playlists go on: all that do at one time.
    Tracks,
    /// Somebody has said what they had to say, or was not let to.
    Speech,
    /// The content of layers has changed.
    Content,
}

/// The gain that a track is left with.
fn gain_after(timeline: &Timeline, target: &Target, own: GainDb, at: i64, how: Settling) -> GainDb {
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
