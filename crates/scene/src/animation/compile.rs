//! From a timeline as it is written to one that can be played: every animation checked against the layer
//! that it changes, every place worked out in ticks, presets and inner timelines spelt out.

use crate::animation::curve::{Axis, Curve, Effect, Way};
use crate::animation::keys::{curve_of, in_range, number_keys, points};
use crate::animation::property::{Property, Slot, Target, find};
use crate::animation::spec::{
    AnimationSpec, At, Composition, FillMode, PathMotion, Repeat, Roll, Stagger, StaggerFrom, TimelineSpec, step,
};
use crate::animation::timing::{Phase, Timing, ticks};
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::Layer;
use crate::path::PathData;
use crate::value::GainDb;
use motion::Route;
use std::sync::Arc;

/// The most tracks of a timeline, with presets, several layers and inner timelines spelt out.
const MAX_TRACKS: usize = 1_000;
/// The most layers of an animation.
const MAX_TARGETS: usize = 500;
/// The most animations that a timeline lists.
const MAX_ANIMATIONS: usize = 1_000;
/// The most labels of a timeline.
const MAX_LABELS: usize = 1_000;
/// The most animations that are looked at, however timelines contain one another.
const MAX_WORK: usize = 20_000;
/// How deep timelines may be nested.
const MAX_DEPTH: usize = 8;
/// The length of what never ends: a hundred years.
pub(crate) const ENDLESS: i64 = i64::MAX / 4;

/// A timeline that can be played.
#[derive(Clone, Debug)]
pub(crate) struct Motion {
    /// In the order in which they begin.
    pub(crate) tracks: Vec<Track>,
    /// The whole.
    pub(crate) whole: Timing,
    /// Names of places, in order.
    pub(crate) labels: Vec<(i64, Id)>,
}

/// One property of one layer over time.
#[derive(Clone, Debug)]
pub(crate) struct Track {
    pub(crate) target: Target,
    pub(crate) property: Property,
    /// The inner timelines that it is in, the outermost first.
    nest: Arc<[Nest]>,
    timing: Timing,
    duration_s: f64,
    pub(crate) curve: Curve,
    pub(crate) composition: Composition,
    pub(crate) fill: FillMode,
    /// When it begins for the first time, in the time of the whole.
    pub(crate) first: i64,
    /// What it changes, as a number: equal properties have equal ones.
    pub(crate) what: u64,
}

/// A timeline in another.
#[derive(Clone, Copy, Debug)]
struct Nest {
    timing: Timing,
    rate: f64,
}

/// Where a time is on a track.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    pub(crate) phase: Phase,
    pub(crate) iteration: u64,
    /// 0 to 1.
    pub(crate) progress: f64,
}

impl Track {
    /// Where time `at` of the whole is.
    pub(crate) fn spot(&self, mut at: i64) -> Spot {
        let mut over = false;
        for nest in &*self.nest {
            let place = nest.timing.place(at);
            if place.phase == Phase::Before {
                return Spot { phase: Phase::Before, iteration: 0, progress: 0.0 };
            }
            over |= place.phase == Phase::After;
            at = if nest.rate == 1.0 { place.within } else { (place.within as f64 * nest.rate).round() as i64 };
        }
        let place = self.timing.place(at);
        let progress = match self.timing.duration {
            0 => 1.0,
            duration => place.within as f64 / duration as f64,
        };
        let phase = if over && place.phase == Phase::Active { Phase::After } else { place.phase };
        Spot { phase, iteration: place.iteration, progress }
    }

    /// Whether it changes the same property of the same thing as another.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.what == other.what && self.target == other.target && self.property == other.property
    }

    /// What tells it from the others of its timeline.
    pub(crate) fn name(&self) -> u64 {
        self.what ^ (self.first as u64).rotate_left(17)
    }

    /// Seconds of one run.
    pub(crate) fn duration_s(&self) -> f64 {
        self.duration_s
    }

    /// Whether each of its runs builds on the one before.
    pub(crate) fn accumulates(&self) -> bool {
        self.composition == Composition::Accumulate
    }

    /// Whether it takes its property over for good when it begins.
    pub(crate) fn takes_over(&self) -> bool {
        self.composition == Composition::Replace && self.fill.forwards()
    }
}

/// What a timeline is checked against.
pub(crate) struct World<'a> {
    pub(crate) layer: &'a dyn Fn(&Id) -> Option<Arc<Layer>>,
    pub(crate) track: &'a dyn Fn(&Id) -> bool,
    pub(crate) timeline: &'a dyn Fn(&Id) -> Option<Arc<TimelineSpec>>,
    /// Whether animations that cannot be, since their layer is gone, are left out.
    pub(crate) lenient: bool,
}

/// Checks `spec` and works it out.
pub(crate) fn compile(spec: &TimelineSpec, world: &World<'_>) -> Result<Motion, FieldError> {
    let open = spec.id.iter().cloned().collect();
    let mut compiler = Compiler { world, tracks: Vec::new(), open, work: 0, route: None };
    let length = compiler.timeline(spec)?;
    let mut tracks = compiler.tracks;
    tracks.sort_by_key(|track| track.first);
    if spec.labels.len() > MAX_LABELS {
        return Err(FieldError::new(
            "labels",
            format!("{} labels: at most {MAX_LABELS} are allowed", spec.labels.len()),
        ));
    }
    let mut labels: Vec<(i64, Id)> = spec.labels.iter().map(|(name, at)| (ticks(at.get()), name.clone())).collect();
    labels.sort();
    if spec.playback_rate.get() == 0.0 {
        return Err(FieldError::new("playbackRate", "0 would never move: pause the timeline instead"));
    }
    let whole = Timing { begin: 0, duration: length, repeat: spec.looped, yoyo: spec.yoyo };
    Ok(Motion { tracks, whole, labels })
}

struct Compiler<'a> {
    world: &'a World<'a>,
    tracks: Vec<Track>,
    /// The timelines that are being worked out, to see a circle.
    open: Vec<Id>,
    /// Animations looked at so far: timelines that contain others many times could be billions.
    work: usize,
    /// The path that was measured last: several layers may follow one.
    route: Option<(PathData, Route)>,
}

impl Compiler<'_> {
    /// Adds the tracks of a timeline, in its own time; gives its length.
    fn timeline(&mut self, spec: &TimelineSpec) -> Result<i64, FieldError> {
        if spec.animations.len() > MAX_ANIMATIONS {
            let message = format!("{} animations: at most {MAX_ANIMATIONS} are allowed", spec.animations.len());
            return Err(FieldError::new("animations", message));
        }
        let (mut begin_before, mut end_before, mut last) = (0, 0, 0);
        for (index, animation) in spec.animations.iter().enumerate() {
            self.work += 1;
            if self.work > MAX_WORK {
                return Err(FieldError::new(
                    "",
                    format!("with inner timelines it has more than {MAX_WORK} animations"),
                ));
            }
            let under = |e: FieldError| e.under(&format!("animations[{index}]"));
            let at = place(&animation.at, spec, begin_before, end_before).map_err(under)?;
            let begin = at.saturating_add(ticks(animation.delay.get()));
            let before = self.tracks.len();
            let end = match self.animation(animation, begin) {
                Ok(end) => end,
                Err(_) if self.world.lenient => {
                    self.tracks.truncate(before);
                    begin
                }
                Err(e) => return Err(under(e)),
            };
            (begin_before, end_before) = (at, end.max(at));
            last = last.max(end);
        }
        let length = spec.duration.map_or(last, |duration| ticks(duration.get()));
        Ok(length.clamp(0, ENDLESS))
    }

    /// Adds the tracks of an animation; gives its end.
    fn animation(&mut self, spec: &AnimationSpec, begin: i64) -> Result<i64, FieldError> {
        let kinds = [
            spec.property.is_some() || spec.path.is_some() || spec.roll.is_some(),
            spec.preset.is_some(),
            spec.timeline.is_some(),
        ];
        match kinds {
            [true, false, false] => {}
            [false, true, false] | [false, false, true]
                if spec.start_value.is_none() && spec.end_value.is_none() && spec.keyframes.is_empty() => {}
            [false, false, false] => {
                return Err(FieldError::new("property", "missing: name a property, a preset or a timeline"));
            }
            _ => {
                return Err(FieldError::new(
                    "property",
                    "an animation has a property, a preset or a timeline, and only a property has values",
                ));
            }
        }
        if let Some(id) = &spec.timeline {
            return self.inner(id, spec, begin);
        }
        if let Some(id) = &spec.target_track_id {
            if !(self.world.track)(id) {
                return Err(FieldError::new("targetTrackId", format!("there is no track \"{id}\"")));
            }
            return self.gain(Target::Track(id.clone()), spec, begin);
        }
        if let Some(bus) = spec.target_bus {
            return self.gain(Target::Bus(bus), spec, begin);
        }
        let targets: Vec<&Id> = spec.target_layer_id.iter().chain(&spec.target_layer_ids).collect();
        if targets.is_empty() {
            return Err(FieldError::new("targetLayerId", "missing: the layer that it is to change"));
        }
        if targets.len() > MAX_TARGETS {
            let message = format!("{} layers: at most {MAX_TARGETS} are allowed", targets.len());
            return Err(FieldError::new("targetLayerIds", message));
        }
        let mut end = begin;
        for (index, id) in targets.iter().enumerate() {
            if targets[..index].contains(id) {
                return Err(FieldError::new("targetLayerIds", format!("\"{id}\" stands there twice")));
            }
            let field = if spec.target_layer_id.is_some() && index == 0 {
                "targetLayerId".to_owned()
            } else {
                format!("targetLayerIds[{}]", index - usize::from(spec.target_layer_id.is_some()))
            };
            let missing = || FieldError::new(field, format!("there is no layer \"{id}\""));
            let layer = (self.world.layer)(id).ok_or_else(missing)?;
            let later = spec.stagger.as_ref().map_or(0, |stagger| stagger_of(stagger, index, targets.len()));
            let begin = begin.saturating_add(later);
            end = end.max(match &spec.preset {
                None => self.property(spec, &layer, begin)?,
                Some(preset) => {
                    let mut last = begin;
                    let whole = preset.animations(spec, &layer)?;
                    for part in &whole {
                        last = last.max(self.property(part, &layer, begin)?);
                    }
                    last
                }
            });
        }
        Ok(end)
    }

    /// A timeline in this one.
    fn inner(&mut self, id: &Id, spec: &AnimationSpec, begin: i64) -> Result<i64, FieldError> {
        let wrong = |message: String| Err(FieldError::new("timeline", message));
        if self.open.contains(id) {
            let circle: Vec<&str> = self.open.iter().chain([id]).map(Id::as_str).collect();
            return wrong(format!("a timeline cannot contain itself: {}", circle.join(" > ")));
        }
        if self.open.len() >= MAX_DEPTH {
            return wrong(format!("timelines are nested more than {MAX_DEPTH} deep"));
        }
        let Some(inner) = (self.world.timeline)(id) else { return wrong(format!("there is no timeline \"{id}\"")) };
        let rate = inner.playback_rate.get();
        if rate <= 0.0 {
            return wrong(format!("\"{id}\" plays backwards, which it cannot inside of another"));
        }
        let (repeat, yoyo) = match spec.repeat {
            Repeat::Times(0) => (inner.looped, inner.yoyo || spec.yoyo),
            repeat => (repeat, spec.yoyo),
        };
        self.open.push(id.clone());
        let before = self.tracks.len();
        let length = self.timeline(&inner);
        self.open.pop();
        let length = length.map_err(|e| FieldError::new("timeline", format!("in \"{id}\": {e}")))?;
        let duration = if length >= ENDLESS { ENDLESS } else { (length as f64 / rate).round() as i64 };
        let timing = Timing { begin, duration, repeat, yoyo };
        // What has been worked out in the inner one's time goes into this one's.
        for track in &mut self.tracks[before..] {
            track.nest = std::iter::once(Nest { timing, rate }).chain(track.nest.iter().copied()).collect();
            let first = if rate == 1.0 { track.first } else { (track.first as f64 / rate).round() as i64 };
            track.first = begin.saturating_add(first).max(0);
        }
        Ok(timing.end().unwrap_or(ENDLESS).min(ENDLESS))
    }

    /// The gain of an audio track or a bus.
    fn gain(&mut self, target: Target, spec: &AnimationSpec, begin: i64) -> Result<i64, FieldError> {
        if spec.property.as_deref() != Some("gainDb") {
            return Err(FieldError::new("property", "audio tracks and buses have gainDb to animate"));
        }
        let points = points(spec, &[])?;
        let keys = number_keys(&points, spec, |value, _| in_range(value, (GainDb::MIN, GainDb::MAX), " dB"))?;
        self.add(target, Property::Gain, Curve::Number(keys), spec, begin)
    }

    /// One property, or the parts that its name stands for.
    fn property(&mut self, spec: &AnimationSpec, layer: &Layer, begin: i64) -> Result<i64, FieldError> {
        let target = || Target::Layer(layer.id().clone());
        let whole_easing = || spec.easing.as_ref().map(|e| e.0.clone()).unwrap_or_default();
        if let Some(path) = &spec.path {
            return self.path(path, spec, layer, begin);
        }
        if let Some(roll) = &spec.roll {
            check_roll(roll)?;
            let parts = find(spec.property.as_deref().unwrap_or("text"), layer)?;
            let [(_, property @ Property::Document(path))] = parts.as_slice() else {
                return Err(FieldError::new("roll", "a number rolls in a text"));
            };
            let sample = Effect::Roll(0.0, Arc::new(roll.clone())).to_json();
            layer.with_values(&[(path, sample)]).map_err(|e| FieldError::new("roll", e.message))?;
            let curve = Curve::Roll(Arc::new(roll.clone()), whole_easing());
            return self.add(target(), property.clone(), curve, spec, begin);
        }
        let name = spec.property.as_deref().unwrap_or_default();
        let mut end = begin;
        let mut used = false;
        for (way, property) in find(name, layer)? {
            let points = points(spec, way)?;
            if !way.is_empty() && points.iter().all(|point| point.value.is_none()) {
                continue;
            }
            used = true;
            // Every value is tried on the layer, of which the picture may be megabytes.
            self.work += if matches!(property, Property::Document(_)) { points.len() * layer.weight() } else { 0 };
            if self.work > MAX_WORK {
                return Err(FieldError::new("keyframes", format!("in all, more than {MAX_WORK} values to try")));
            }
            let curve = curve_of(&points, &property, spec, layer, name)?;
            end = end.max(self.add(target(), property, curve, spec, begin)?);
        }
        if !used {
            let field = if spec.keyframes.is_empty() { "endValue" } else { "keyframes" };
            return Err(FieldError::new(
                field,
                format!("nothing of \"{name}\" is in it: it has members such as x and y"),
            ));
        }
        Ok(end)
    }

    fn path(&mut self, path: &PathMotion, spec: &AnimationSpec, layer: &Layer, begin: i64) -> Result<i64, FieldError> {
        if !matches!(spec.property.as_deref(), None | Some("position")) {
            return Err(FieldError::new("path", "a path is for the property position"));
        }
        if spec.start_value.is_some() || spec.end_value.is_some() || !spec.keyframes.is_empty() {
            return Err(FieldError::new("path", "a path has no startValue, endValue or keyframes"));
        }
        let known = self.route.as_ref().filter(|(data, _)| *data == path.data).map(|(_, route)| route.clone());
        let no_length = || FieldError::new("path.data", "the path has no length");
        let route = known.or_else(|| Route::new(path.data.path())).ok_or_else(no_length)?;
        self.route = Some((path.data.clone(), route.clone()));
        let easing = spec.easing.as_ref().map(|e| e.0.clone()).unwrap_or_default();
        let mut end = begin;
        let mut add = |axis: Axis, slot: Slot, offset: f64, relative: bool| {
            let way = Way { route: route.clone(), from: path.start.get(), to: path.end.get(), axis, offset, relative };
            let target = Target::Layer(layer.id().clone());
            let ended = self.add(target, Property::Slot(slot), Curve::Route(way, easing.clone()), spec, begin)?;
            end = end.max(ended);
            Ok::<_, FieldError>(())
        };
        add(Axis::X, Slot::X, 0.0, path.relative)?;
        add(Axis::Y, Slot::Y, 0.0, path.relative)?;
        if path.orient {
            add(Axis::Angle, Slot::Rotation, path.orient_offset.get(), false)?;
        }
        Ok(end)
    }

    fn add(
        &mut self,
        target: Target,
        property: Property,
        curve: Curve,
        spec: &AnimationSpec,
        begin: i64,
    ) -> Result<i64, FieldError> {
        if self.tracks.len() >= MAX_TRACKS {
            let message =
                format!("with several layers, presets and inner timelines it has more than {MAX_TRACKS} tracks");
            return Err(FieldError::new("", message));
        }
        let additive = matches!(curve, Curve::Number(_) | Curve::Route(..));
        if spec.composition != Composition::Replace && !additive {
            return Err(FieldError::new("composition", "only numbers can be added"));
        }
        let own = spec.easing.as_ref().and_then(|easing| easing.0.own_duration_s());
        let duration_s = match (spec.duration, own) {
            (Some(duration), _) => duration.get(),
            (None, Some(own)) if spec.keyframes.is_empty() => own,
            _ => return Err(FieldError::new("duration", "missing: how long it takes, in seconds")),
        };
        let timing = Timing { begin, duration: ticks(duration_s), repeat: spec.repeat, yoyo: spec.yoyo };
        self.tracks.push(Track {
            what: number_of(&format!("{target:?} {property:?}")),
            target,
            property,
            nest: Arc::new([]),
            timing,
            duration_s,
            curve,
            composition: spec.composition,
            fill: spec.fill_mode,
            first: begin.max(0),
        });
        Ok(timing.end().unwrap_or(ENDLESS).min(ENDLESS))
    }
}

/// A number for a text, the same on every machine and for good, since it is stored: FNV-1a.
fn number_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Where an animation is placed, given the one before.
fn place(at: &At, spec: &TimelineSpec, begin_before: i64, end_before: i64) -> Result<i64, FieldError> {
    let wrong = |message: &str| FieldError::new("at", message.to_owned());
    let after = |from: i64, by: f64| {
        if from >= ENDLESS {
            return Err(wrong("the animation before never ends"));
        }
        let at = from + ticks(by);
        if at < 0 { Err(wrong("before the beginning of the timeline")) } else { Ok(at) }
    };
    match at {
        At::Start => Ok(0),
        At::Seconds(at) => Ok(ticks(at.get())),
        At::After(by) => after(end_before, by.get()),
        At::With(by) => after(begin_before, by.get()),
        At::Label(text) => {
            let known =
                |name: &str| name.parse::<Id>().ok().and_then(|id| spec.labels.get(&id)).map(|at| ticks(at.get()));
            if let Some(at) = known(text) {
                return Ok(at);
            }
            let cut = text.rfind(['+', '-']).filter(|cut| *cut > 0);
            let found = cut.and_then(|cut| Some((known(&text[..cut])?, step(&text[cut..])?)));
            let (label, by) = found.ok_or_else(|| wrong(&format!("there is no label \"{text}\"")))?;
            after(label, by.get())
        }
    }
}

/// How much later than the first the layer at `index` of `count` comes.
fn stagger_of(stagger: &Stagger, index: usize, count: usize) -> i64 {
    let (index, last) = (index as f64, count as f64 - 1.0);
    let steps = match stagger.from {
        StaggerFrom::Start => index,
        StaggerFrom::End => last - index,
        StaggerFrom::Center => (index - last / 2.0).abs() - (last / 2.0).fract(),
        StaggerFrom::Edges => index.min(last - index),
    };
    ticks(stagger.each.get() * steps)
}

fn check_roll(roll: &Roll) -> Result<(), FieldError> {
    if !roll.format.contains("{}") || roll.format.len() > 200 {
        return Err(FieldError::new("roll.format", "a text of up to 200 bytes with {} where the number stands"));
    }
    if roll.decimals > 9 {
        return Err(FieldError::new("roll.decimals", format!("{} is outside 0 to 9", roll.decimals)));
    }
    if roll.grouping.chars().count() > 1 {
        return Err(FieldError::new("roll.grouping", "one character, or none"));
    }
    Ok(())
}
