//! From the show to the picture at a time.
//!
//! [`Camera::frame`] is a pure function of the show, the time, and how loud it is about that time; what the camera keeps from frame to frame
//! is room to work in, and layers that look as they did, found again by their exact values.

use crate::animation::{Composition, DocumentPath, Effect, PlayState, Property, SLOTS, Slot, Target, Timeline, Track};
use crate::blend::BlendMode;
use crate::filter::Filter;
use crate::frame::{Frame, Item, ItemContent, ItemMask, ItemMaskShape};
use crate::id::Id;
use crate::layer::{Layer, LayerFill, LayerMask, Point, Transform};
use crate::levels::{Following, Levels};
use crate::mask::MaskMode;
use crate::scenes::{Change, TransitionKind};
use crate::show::{Fading, MAX_DEPTH, MAX_ITEMS, Show};
use crate::time::ShowTime;
use crate::value::{Blur, Color, Coordinate, Opacity, Scale, Unit};
use serde_json::Value;
use std::sync::Arc;

/// Makes frames of shows.
#[derive(Default)]
pub struct Camera {
    frame: Frame,
    poses: Vec<Pose>,
    /// How the layers were before the switch of scenes that is under way.
    before: Vec<Pose>,
    dressed: Vec<Option<Dressed>>,
    /// Lists of items to use again.
    spare: Vec<Vec<Item>>,
    order: Vec<(i32, usize)>,
}

/// How a layer is at a time.
#[derive(Clone, Debug, Default)]
struct Pose {
    slots: [f64; SLOTS],
    visible: bool,
    z_index: i32,
    /// Other members of its document.
    values: Vec<(DocumentPath, Effect)>,
}

/// A layer with values that its document does not have.
struct Dressed {
    base: Arc<Layer>,
    values: Vec<(DocumentPath, Effect)>,
    layer: Arc<Layer>,
}

/// Which layers the timelines of a show move, worked out once for each change of the show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    /// Timelines that have an effect, those that begin later on top.
    runs: Vec<Planned>,
}

#[derive(Clone, Debug)]
struct Planned {
    timeline: usize,
    /// For each track: the layer's index, and what its property is in the document.
    tracks: Vec<(usize, f64)>,
}

/// No layer.
const NONE: usize = usize::MAX;

impl Plan {
    pub(crate) fn of(show: &Show) -> Self {
        let index = |id: &Id| show.layers().iter().position(|layer| layer.id() == id).unwrap_or(NONE);
        let active = |timeline: &&(usize, &Timeline)| {
            timeline.1.play.as_deref().is_some_and(|play| !matches!(play.state, PlayState::Idle | PlayState::Finished))
        };
        let timelines: Vec<(usize, &Timeline)> = show.timelines.iter().map(|t| &**t).enumerate().collect();
        let mut runs: Vec<((i64, u64), Planned)> = timelines
            .iter()
            .filter(active)
            .filter_map(|(number, timeline)| {
                let (play, motion) = (timeline.play.as_deref()?, timeline.motion.as_deref()?);
                let tracks = motion.tracks.iter().map(|track| match &track.target {
                    Target::Layer(id) => {
                        let at = index(id);
                        let base = match &track.property {
                            Property::Document(path) if at != NONE && track.composition != Composition::Replace => {
                                document_number(&show.layers()[at], path)
                            }
                            _ => 0.0,
                        };
                        (at, base)
                    }
                    Target::Track(_) | Target::Bus(_) => (NONE, 0.0),
                });
                Some(((play.since, play.order), Planned { timeline: *number, tracks: tracks.collect() }))
            })
            .collect();
        runs.sort_by_key(|(order, _)| *order);
        Self { runs: runs.into_iter().map(|(_, run)| run).collect() }
    }

    fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }
}

fn document_number(layer: &Layer, path: &DocumentPath) -> f64 {
    path.look_up(&layer.member(path.head())).and_then(Value::as_f64).unwrap_or(0.0)
}

impl Pose {
    fn set(&mut self, layer: &Layer) {
        for slot in Slot::ALL {
            self.slots[slot as usize] = slot.get(layer.spec());
        }
        (self.visible, self.z_index) = (layer.spec().visible, layer.z_index());
        self.values.clear();
    }

    fn take(&mut self, property: &Property, effect: Effect, composition: Composition, rounds: f64, base: f64) {
        let replace = composition == Composition::Replace;
        match (property, effect) {
            (Property::Slot(slot), Effect::Number(value)) => {
                let at = &mut self.slots[*slot as usize];
                *at = if replace { value } else { *at + value + rounds };
            }
            (Property::Visible, Effect::Switch(on)) => self.visible = on,
            (Property::ZIndex, Effect::Json(z)) => {
                self.z_index = z.as_i64().and_then(|z| i32::try_from(z).ok()).unwrap_or(self.z_index);
            }
            (Property::Document(path), effect) => {
                let found = self.values.iter_mut().find(|(other, _)| other == path);
                let effect = match (&found, effect) {
                    (_, effect) if replace => effect,
                    (Some((_, Effect::Number(now))), Effect::Number(value)) => Effect::Number(now + value + rounds),
                    (_, Effect::Number(value)) => Effect::Number(base + value + rounds),
                    (_, effect) => effect,
                };
                match found {
                    Some((_, value)) => *value = effect,
                    None => self.values.push((path.clone(), effect)),
                }
            }
            _ => {}
        }
    }

    fn grow(&mut self, slots: &[Slot], by: f64) {
        slots.iter().for_each(|slot| self.slots[*slot as usize] *= 1.0 + by);
    }

    fn get(&self, slot: Slot) -> f64 {
        let (min, max) = slot.range();
        self.slots[slot as usize].clamp(min, max)
    }

    fn transform(&self) -> Transform {
        let unit = |slot| Unit::new(self.get(slot)).unwrap_or_default();
        let scale = |slot| Scale::new(self.get(slot)).unwrap_or_default();
        let place = |slot| Coordinate::new(self.get(slot)).unwrap_or_default();
        Transform {
            position: Point { x: place(Slot::X), y: place(Slot::Y) },
            scale: Point { x: scale(Slot::ScaleX), y: scale(Slot::ScaleY) },
            rotation: crate::value::Rotation::new(self.get(Slot::Rotation)).unwrap_or_default(),
            anchor: Point { x: unit(Slot::AnchorX), y: unit(Slot::AnchorY) },
        }
    }

    fn opacity(&self) -> Opacity {
        Opacity::new(self.get(Slot::Opacity)).unwrap_or_default()
    }

    fn seen(&self) -> bool {
        self.visible && self.get(Slot::Opacity) > 0.0
    }

    /// Between two poses.
    fn between(&mut self, before: &Self, share: f64) {
        for (to, from) in self.slots.iter_mut().zip(before.slots) {
            *to = from + (*to - from) * share;
        }
    }
}

impl Camera {
    /// The picture of `show` at `t`, about which it is as loud as `levels` says.
    pub fn frame(&mut self, show: &Show, t: ShowTime, levels: &Levels) -> &Frame {
        let show = if show.slate().on { show.slate_show() } else { show };
        self.clear();
        self.frame.at = t;
        self.frame.canvas = show.canvas();
        self.frame.background = show.background().unwrap_or(Color::BLACK);
        let plan = show.plan();
        let change = show.change().and_then(|change| Some((change, change.progress(t.ticks())?)));
        fill(&mut self.poses, show, plan, t, None);
        follow(&mut self.poses, show, t, levels);
        let mut scan = Scan {
            show,
            poses: &self.poses,
            dressed: &mut self.dressed,
            spare: &mut self.spare,
            order: &mut self.order,
            left: MAX_ITEMS,
            at: t,
            masking: false,
        };
        scan.dressed.resize_with(show.layers().len(), || None);
        let mut items = std::mem::take(&mut self.frame.items);
        match change {
            None => scan.items_of(None, 0, &mut items, |_| true),
            Some((change, (eased, share))) => {
                fill(&mut self.before, show, plan, t, Some(change));
                follow(&mut self.before, show, t, levels);
                if change.transition.kind == TransitionKind::Move {
                    let mut poses = self.poses.clone();
                    mingle(&mut poses, &self.before, show, change, eased);
                    scan.poses = &poses;
                    scan.items_of(None, 0, &mut items, |_| true);
                } else {
                    scan.transition(&self.before, change, (eased, share), &mut items);
                }
            }
        }
        self.frame.items = items;
        &self.frame
    }

    /// Empties the frame, but keeps its lists.
    fn clear(&mut self) {
        fn drain(items: &mut Vec<Item>, spare: &mut Vec<Vec<Item>>) {
            for item in items.drain(..) {
                if let ItemContent::Group { mut items, .. } = item.content {
                    drain(&mut items, spare);
                    if spare.len() < 64 {
                        spare.push(items);
                    }
                }
            }
        }
        drain(&mut self.frame.items, &mut self.spare);
    }
}

/// Where every layer is at `t`; with `change`, as if it had not been switched.
fn fill(poses: &mut Vec<Pose>, show: &Show, plan: &Plan, t: ShowTime, change: Option<&Change>) {
    poses.resize_with(show.layers().len(), Pose::default);
    for (pose, layer) in poses.iter_mut().zip(show.layers()) {
        pose.set(layer);
    }
    for before in change.iter().flat_map(|change| &change.before) {
        if let Some(at) = show.layers().iter().position(|layer| *layer.id() == before.layer) {
            poses[at].slots = before.slots.map(|value| value.get());
            (poses[at].visible, poses[at].z_index) = (before.visible, before.z_index);
        }
    }
    if plan.is_empty() {
        return;
    }
    for run in &plan.runs {
        let timeline = &show.timelines[run.timeline];
        timeline.effects(
            t.ticks(),
            |_, _| true,
            |index, track, effect, rounds| {
                if let Some((at, base)) = run.tracks.get(index)
                    && let Some(pose) = poses.get_mut(*at)
                {
                    pose.take(&track.property, effect, track.composition, rounds, *base);
                }
            },
        );
    }
}

/// What layers that follow the sound make of their places.
fn follow(poses: &mut [Pose], show: &Show, t: ShowTime, levels: &Levels) {
    for (pose, layer) in poses.iter_mut().zip(show.layers()) {
        for follow in &layer.spec().follows {
            let by = follow.by.get() * follow.at(levels, t);
            let mut add = |slot: Slot| pose.slots[slot as usize] += by;
            match follow.property {
                Following::X => add(Slot::X),
                Following::Y => add(Slot::Y),
                Following::Rotation => add(Slot::Rotation),
                Following::Opacity => {
                    add(Slot::Opacity);
                    let opacity = &mut pose.slots[Slot::Opacity as usize];
                    *opacity = opacity.clamp(Opacity::MIN, Opacity::MAX);
                }
                Following::Scale => pose.grow(&[Slot::ScaleX, Slot::ScaleY], by),
                Following::ScaleX => pose.grow(&[Slot::ScaleX], by),
                Following::ScaleY => pose.grow(&[Slot::ScaleY], by),
            }
        }
    }
}

/// On their way from the one scene to the other: what both have travels, the rest comes or goes.
fn mingle(poses: &mut [Pose], before: &[Pose], show: &Show, change: &Change, share: f64) {
    for member in &change.before {
        let Some(at) = show.layers().iter().position(|layer| *layer.id() == member.layer) else { continue };
        let (now, then) = (&mut poses[at], &before[at]);
        let opacity = Slot::Opacity as usize;
        match (then.visible, now.visible) {
            (true, true) => now.between(then, share),
            (false, true) => now.slots[opacity] *= share.clamp(0.0, 1.0),
            (true, false) => {
                let values = std::mem::take(&mut now.values);
                *now = Pose { values, ..then.clone() };
                now.slots[opacity] *= (1.0 - share).clamp(0.0, 1.0);
            }
            (false, false) => {}
        }
    }
}

/// A walk through the show for one frame. Layers that mask layers, in groups that mask their own
/// layers, could stand for millions of items: the walk ends after so many.
struct Scan<'a> {
    show: &'a Show,
    poses: &'a [Pose],
    dressed: &'a mut Vec<Option<Dressed>>,
    spare: &'a mut Vec<Vec<Item>>,
    order: &'a mut Vec<(i32, usize)>,
    left: usize,
    at: ShowTime,
    /// Whether what masks something is being looked at.
    masking: bool,
}

impl<'a> Scan<'a> {
    /// What is seen of a group, or of the show itself, bottom to top.
    fn items_of(&mut self, parent: Option<&Id>, depth: usize, items: &mut Vec<Item>, wanted: impl Fn(usize) -> bool) {
        // Layers stand in their order already, unless motion has changed it.
        let from = self.order.len();
        for (index, layer) in self.show.layers().iter().enumerate() {
            if layer.spec().parent.as_ref() == parent && self.poses[index].seen() && wanted(index) {
                self.order.push((self.poses[index].z_index, index));
            }
        }
        self.order[from..].sort_by_key(|(z, _)| *z);
        for at in from..self.order.len() {
            let (_, index) = self.order[at];
            items.extend(self.item(index, depth));
        }
        self.order.truncate(from);
    }

    /// The layer as it is now, with what motion makes of its document.
    fn layer(&mut self, index: usize) -> Arc<Layer> {
        let base = &self.show.layers()[index];
        let values = &self.poses[index].values;
        if values.is_empty() {
            return base.clone();
        }
        let slot = &mut self.dressed[index];
        if let Some(kept) = slot
            && Arc::ptr_eq(&kept.base, base)
            && kept.values == *values
        {
            return kept.layer.clone();
        }
        let layer = Arc::new(dress(base, values));
        *slot = Some(Dressed { base: base.clone(), values: values.clone(), layer: layer.clone() });
        layer
    }

    fn item(&mut self, index: usize, depth: usize) -> Option<Item> {
        self.left = self.left.checked_sub(1)?;
        let pose = &self.poses[index];
        let layer = self.layer(index);
        let content = match layer.fill() {
            LayerFill::Source(source) => ItemContent::Source(source.clone()),
            LayerFill::Group(group) => {
                let mut items = self.spare.pop().unwrap_or_default();
                if depth < MAX_DEPTH {
                    self.items_of(Some(layer.id()), depth + 1, &mut items, |_| true);
                }
                ItemContent::Group { items, isolated: group.isolated, knockout: group.knockout }
            }
        };
        let mut masks = Vec::with_capacity(layer.masks().len());
        for mask in layer.masks() {
            match mask {
                LayerMask::Ready(mask) => masks.push(mask.clone()),
                LayerMask::Layer(id, mode, inverted, feather) => {
                    // A layer that masks is drawn without being seen; one that is gone, or has gone to
                    // another group, masks nothing.
                    let near = |other: &Arc<Layer>| {
                        other.id() == id && other.spec().parent == layer.spec().parent && depth < MAX_DEPTH
                    };
                    let other = self.show.layers().iter().position(near);
                    let outside = std::mem::replace(&mut self.masking, true);
                    let item = other.and_then(|other| self.item(other, depth + 1));
                    self.masking = outside;
                    if let Some(item) = item {
                        let shape = ItemMaskShape::Layer(Box::new(item));
                        masks.push(ItemMask { shape, mode: *mode, inverted: *inverted, feather: *feather });
                    }
                }
            }
        }
        let item = Item {
            layer: layer.id().clone(),
            masks,
            content,
            transform: pose.transform(),
            opacity: pose.opacity(),
            blend: layer.spec().blend_mode,
            filters: layer.filters().clone(),
        };
        // A mask changes at once: masks of masks would stand for too many items otherwise.
        if self.masking {
            return Some(item);
        }
        Some(on_the_way(item, self.show.fadings(layer.id()), &pose.values, self.at.ticks()))
    }

    /// Two scenes, and the way from the one to the other; layers of no scene below and above as they are.
    fn transition(&mut self, before: &'a [Pose], change: &Change, (eased, share): (f64, f64), items: &mut Vec<Item>) {
        let show = self.show;
        let stinger = change.transition.layer.as_ref();
        let is_stinger = |index: usize| stinger == Some(show.layers()[index].id());
        let is_member =
            |index: usize| !is_stinger(index) && change.before.iter().any(|b| b.layer == *show.layers()[index].id());
        // What is seen of either scene; what is in a group goes with the group.
        let seen = |index: &usize| {
            let top = show.layers()[*index].spec().parent.is_none();
            top && is_member(*index) && (self.poses[*index].seen() || before[*index].seen())
        };
        let z = |index: usize| self.poses[index].z_index.min(before[index].z_index);
        let lowest = (0..show.layers().len()).filter(seen).map(z).min();
        let lowest = lowest.unwrap_or(i32::MAX);
        let poses = self.poses;
        let other = |index: usize| !is_member(index) && !is_stinger(index);
        self.items_of(None, 0, items, |i| other(i) && poses[i].z_index < lowest);
        let mut new = self.spare.pop().unwrap_or_default();
        self.items_of(None, 0, &mut new, is_member);
        let mut old = self.spare.pop().unwrap_or_default();
        self.poses = before;
        self.items_of(None, 0, &mut old, is_member);
        self.poses = poses;
        self.ways(change, (eased, share), old, new, items);
        self.items_of(None, 0, items, |i| other(i) && poses[i].z_index >= lowest);
        if change.transition.kind == TransitionKind::Stinger
            && let Some(index) = stinger.and_then(|id| show.layers().iter().position(|layer| layer.id() == id))
        {
            items.extend(self.item(index, 0));
        }
    }

    /// The items of both scenes as the transition shows them.
    fn ways(&self, change: &Change, (eased, share): (f64, f64), old: Vec<Item>, new: Vec<Item>, items: &mut Vec<Item>) {
        let canvas = self.show.canvas();
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        let (old_id, new_id) = (change.from.as_ref(), self.show.scene_on_air());
        let group = |id: Option<&Id>, items: Vec<Item>| whole(id, items, (width, height));
        let inside = eased.clamp(0.0, 1.0);
        let crossed = |old: Item, new: Item| whole(new_id, crossed(old, new, inside), (width, height));
        match change.transition.kind {
            TransitionKind::Cut | TransitionKind::Move => items.extend(new),
            TransitionKind::Fade => items.push(crossed(group(old_id, old), group(new_id, new))),
            TransitionKind::Slide => {
                let (dx, dy) = change.transition.side.direction();
                let shifted = |mut item: Item, by: f64| {
                    let at = |v: f64| Coordinate::new(v).unwrap_or_default();
                    item.transform.position =
                        Point { x: at(width / 2.0 + dx * width * by), y: at(height / 2.0 + dy * height * by) };
                    item
                };
                items.push(shifted(group(old_id, old), -eased));
                items.push(shifted(group(new_id, new), 1.0 - eased));
            }
            TransitionKind::Wipe => {
                items.push(group(old_id, old));
                let softness = change.transition.softness.get();
                if let Some(mask) = wipe(change, inside, softness, (canvas.width, canvas.height)) {
                    let mut new = group(new_id, new);
                    new.masks.push(mask);
                    items.push(new);
                }
            }
            TransitionKind::Zoom => {
                let sized = |mut item: Item, by: f64| {
                    let scale = Scale::new(by).unwrap_or_default();
                    item.transform.scale = Point { x: scale, y: scale };
                    item
                };
                items.push(crossed(
                    sized(group(old_id, old), 1.0 + eased * 0.6),
                    sized(group(new_id, new), 0.7 + 0.3 * eased),
                ));
            }
            TransitionKind::Stinger => {
                let length = change.transition.length_s();
                let cut = change.transition.cut_at.map_or(0.5, |at| if length > 0.0 { at.get() / length } else { 0.0 });
                items.extend(if share < cut { old } else { new });
            }
        }
    }
}

/// The one less and less, the other more and more. Light is kept: what both have stays as it is.
fn crossed(mut old: Item, mut new: Item, share: f64) -> Vec<Item> {
    let opacity = |value: f64| Opacity::new(value.clamp(0.0, 1.0)).unwrap_or_default();
    old.opacity = opacity(1.0 - share);
    new.opacity = opacity(share);
    new.blend = BlendMode::PlusLighter;
    vec![old, new]
}

/// A layer's item with what its content gives way to, or has just given way to: as one, blended and seen as the layer is.
fn on_the_way<'a>(
    item: Item,
    fadings: impl Iterator<Item = &'a Fading>,
    values: &[(DocumentPath, Effect)],
    t: i64,
) -> Item {
    let Item { opacity, blend, .. } = item;
    let plain = Item { opacity: Opacity::default(), blend: BlendMode::Normal, ..item };
    let mut way: Option<(Item, f64)> = None;
    let join = |way: Option<(Item, f64)>, next: Item| match way {
        None => next,
        Some((old, share)) => Item {
            layer: next.layer.clone(),
            content: ItemContent::Group { items: crossed(old, next, share), isolated: true, knockout: false },
            transform: Transform::default(),
            opacity: Opacity::default(),
            blend: BlendMode::Normal,
            masks: Vec::new(),
            filters: Arc::new([]),
        },
    };
    for fading in fadings {
        // What moves goes on moving.
        let dressed = (!values.is_empty()).then(|| dress(&fading.before, values));
        let Some(source) = dressed.as_ref().unwrap_or(&fading.before).source() else { continue };
        // What has ended hides all that was before it.
        let Some(share) = fading.share(t) else {
            way = None;
            continue;
        };
        let before = Item { content: ItemContent::Source(source.clone()), ..plain.clone() };
        way = Some((join(way, before), share));
    }
    Item { opacity, blend, ..join(way, plain) }
}

/// Items as one picture of the canvas, which turns and grows about its middle.
fn whole(id: Option<&Id>, items: Vec<Item>, (width, height): (f64, f64)) -> Item {
    let half = Unit::new(0.5).unwrap_or_default();
    let at = |v: f64| Coordinate::new(v / 2.0).unwrap_or_default();
    let frame = ItemMask {
        shape: ItemMaskShape::Rect([0.0, 0.0, width, height]),
        mode: MaskMode::Alpha,
        inverted: false,
        feather: Blur::default(),
    };
    Item {
        layer: id.cloned().unwrap_or_else(|| Id::numbered("scene", 0)),
        content: ItemContent::Group { items, isolated: true, knockout: false },
        transform: Transform {
            position: Point { x: at(width), y: at(height) },
            anchor: Point { x: half, y: half },
            ..Transform::default()
        },
        opacity: Opacity::default(),
        blend: BlendMode::Normal,
        masks: vec![frame],
        filters: Arc::new([]),
    }
}

/// What lets the next scene be seen; nothing of it where there is none.
fn wipe(change: &Change, share: f64, softness: f64, size: (u32, u32)) -> Option<ItemMask> {
    let (width, height) = (f64::from(size.0), f64::from(size.1));
    let mask = |shape, feather| ItemMask { shape, mode: MaskMode::Alpha, inverted: false, feather };
    let Some(picture) = change.picture(size) else {
        let (dx, dy) = change.transition.side.direction();
        // A soft edge begins outside and ends outside.
        let feather = Blur::new((softness * 100.0).min(100.0)).unwrap_or_default();
        let reach = 3.0 * feather.get();
        let (w, h) = (width + 2.0 * reach, height + 2.0 * reach);
        let hidden = 1.0 - share;
        let rect = [
            -reach + if dx > 0.0 { w * hidden } else { 0.0 },
            -reach + if dy > 0.0 { h * hidden } else { 0.0 },
            if dx == 0.0 { w } else { w * share },
            if dy == 0.0 { h } else { h * share },
        ];
        return (share > 0.0).then(|| mask(ItemMaskShape::Rect(rect), feather));
    };
    let high = share * (1.0 + softness) - softness;
    let unit = |value: f64| Unit::new(value.clamp(0.0, 1.0)).unwrap_or_default();
    if high <= 0.0 {
        return None;
    }
    let key = Filter::LumaKey { low: unit(0.0), high: unit(high), smoothness: unit(softness) };
    let item = Item {
        layer: Id::numbered("wipe", 0),
        content: ItemContent::Source(picture.clone()),
        transform: Transform::default(),
        opacity: Opacity::default(),
        blend: BlendMode::Normal,
        masks: vec![],
        filters: Arc::new([key]),
    };
    Some(mask(ItemMaskShape::Layer(Box::new(item)), Blur::default()))
}

/// A layer with other values. One that overshoots what its member can be is as near as it can; one that
/// the layer has no more is left out.
fn dress(base: &Layer, values: &[(DocumentPath, Effect)]) -> Layer {
    let all: Vec<(&DocumentPath, Value)> = values.iter().map(|(path, effect)| (path, effect.to_json())).collect();
    if let Ok(layer) = base.with_values(&all) {
        return layer;
    }
    let mut good: Vec<(&DocumentPath, Value)> = Vec::new();
    for (path, value) in all {
        good.push((path, value.clone()));
        let Err(e) = base.with_values(&good) else { continue };
        good.pop();
        let near = crate::value::range_in(&e.message).zip(value.as_f64());
        if let Some(((min, max), value)) = near {
            good.push((path, Value::from(value.clamp(min, max))));
            if base.with_values(&good).is_err() {
                good.pop();
            }
        }
    }
    base.with_values(&good).unwrap_or_else(|_| base.clone())
}

/// How a timeline leaves what it moves.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Settling {
    /// What it does becomes the layers' own.
    Kept,
    /// What has become their own is as it was when it began.
    Reverted,
}

/// The layer as a timeline leaves it at `t`, where that is not as it was.
pub(crate) fn settled(base: &Layer, timeline: &Timeline, t: i64, how: Settling) -> Option<Layer> {
    let mut pose = Pose::default();
    pose.set(base);
    let mut touched = false;
    let target = |track: &Track| matches!(&track.target, Target::Layer(id) if id == base.id());
    let play = timeline.play.as_deref()?;
    if how == Settling::Reverted {
        // What was never kept is taken back by forgetting it. The earliest start has the last word.
        let tracks = timeline.motion.iter().flat_map(|motion| &motion.tracks).zip(&play.tracks);
        let begun = tracks.filter(|(track, state)| play.kept && target(track) && state.begun.is_some());
        for (track, state) in begun.collect::<Vec<_>>().into_iter().rev() {
            if let Some(effect) = Effect::of_start(&state.start) {
                touched = true;
                pose.take(&track.property, effect, Composition::Replace, 0.0, 0.0);
            }
        }
    }
    timeline.effects(
        t,
        |_, track| how != Settling::Reverted && target(track),
        |_, track, effect, rounds| {
            touched = true;
            let own = match &track.property {
                Property::Document(path) => document_number(base, path),
                _ => 0.0,
            };
            pose.take(&track.property, effect, track.composition, rounds, own);
        },
    );
    if !touched {
        return None;
    }
    let dressed = if pose.values.is_empty() { base.clone() } else { dress(base, &pose.values) };
    Some(dressed.with_spec(|spec| {
        for slot in Slot::ALL {
            // Members that were not touched stay as they are written.
            if pose.slots[slot as usize] != slot.get(spec) {
                slot.set(spec, pose.slots[slot as usize]);
            }
        }
        spec.visible = pose.visible;
        spec.z_index = Some(pose.z_index);
    }))
}
