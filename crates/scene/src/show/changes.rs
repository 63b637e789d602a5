//! What has to be done to a show on air when the file that it was made of is edited.
//!
//! Only what is different between the file's two versions is touched: what callers have changed since stays, but where
//! the file says something new. What is edited in a file is known again by its `id`.

use super::history::difference;
use super::{MAX_BATCH, MAX_DEPTH, Show, ShowFile};
use crate::animation::TimelineSpec;
use crate::command::{Command, Rejection};
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::{LayerKind, LayerSpec};
use crate::mask::MaskSource;
use crate::scenes::{Scene, Transition};
use crate::show::Limits;
use crate::time::ShowTime;
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::HashSet;

impl ShowFile {
    /// The commands that bring what has changed between this version of a file and the `next` one to the show `live`, at
    /// time `now`; none where they are equal. A show that has changed almost everywhere is loaded anew.
    ///
    /// # Errors
    /// Something in a list has no `id`, or the next version could not be loaded.
    pub fn changes_to(
        &self,
        next: &Self,
        live: &Show,
        now: ShowTime,
        limits: &Limits,
    ) -> Result<Vec<Command>, Rejection> {
        // Refused as a file, with its fields, rather than as commands.
        let wanted = order(next, limits)?;
        let mut all = Vec::new();
        let look = |file: &Self| {
            let look = super::Look { name: file.name.clone(), canvas: file.canvas, background: file.background };
            document(&look)
        };
        let mut patch = |from: Value, to: Value, command: fn(Map<String, Value>) -> Command| {
            let patch = difference(&from, &to);
            all.extend((!patch.is_empty()).then(|| command(patch)));
        };
        patch(look(self), look(next), |patch| Command::UpdateShow { patch });
        patch(document(&self.mix), document(&next.mix), |patch| Command::UpdateMix { patch });
        patch(document(&self.slate), document(&next.slate), |patch| Command::UpdateSlate { patch });
        patch(document(&self.data), document(&next.data), |patch| Command::SetData { patch });

        // What goes makes room for what comes.
        let triggers = changed("triggers", &self.triggers, &next.triggers, |trigger| trigger.id.as_ref())?;
        let known = |id: &Id| live.triggers().any(|trigger| trigger.id.as_ref() == Some(id));
        all.extend(triggers.gone.into_iter().filter(|id| known(id)).map(|id| Command::DeleteTrigger { id }));
        let scenes = changed("scenes", &self.scenes, &next.scenes, |scene| Some(&scene.id))?;
        let gone = scenes.gone.into_iter().filter(|id| live.scenes().iter().any(|scene| scene.id == *id));
        all.extend(gone.map(|id| Command::DeleteScene { id }));
        self.template_commands(next, live, &mut all)?;
        self.track_commands(next, live, &mut all)?;
        let (made, mut renewed) = self.layer_commands(next, live, &mut all)?;
        self.timeline_commands(next, live, &mut all)?;
        // A layer that was made anew is in no scene any more.
        renewed.retain(|id| next.layers.iter().any(|layer| layer.id.as_ref() == Some(id)));
        let holds_renewed = |scene: &&Scene| scene.layers.iter().any(|placement| renewed.contains(&placement.id));
        let again = next.scenes.iter().filter(|scene| !scenes.different.contains(scene)).filter(holds_renewed);
        all.extend(
            scenes.different.iter().copied().chain(again).map(|scene| Command::SetScene { scene: scene.clone() }),
        );
        if self.scene != next.scene {
            let switch = |id| Command::SwitchScene { id, transition: Transition::default() };
            all.extend(next.scene.clone().map(switch));
        }
        all.extend(triggers.different.iter().map(|trigger| Command::SetTrigger { trigger: (*trigger).clone() }));

        let places = changed("destinations", &self.destinations, &next.destinations, |place| place.id.as_ref())?;
        let known = |id: &Id| live.destinations().iter().any(|place| place.id == *id);
        let replaced = places.different.iter().filter_map(|place| place.id.clone());
        let gone = replaced.chain(places.gone).filter(|id| known(id));
        all.extend(gone.map(|id| Command::DeleteDestination { id }));
        let made_anew = places.different.into_iter().cloned();
        all.extend(made_anew.map(|destination| Command::CreateDestination { destination }));

        if made || order(self, limits)? != wanted {
            all.extend(reordered(wanted, live, &all, now, limits)?);
        }
        if all.len() > MAX_BATCH {
            all = vec![Command::LoadShow { show: next.clone() }];
        }
        Ok(all)
    }

    fn template_commands(&self, next: &Self, live: &Show, all: &mut Vec<Command>) -> Result<(), FieldError> {
        let templates = changed("templates", &self.templates, &next.templates, |t| Some(&t.id))?;
        let gone = templates.gone.into_iter().filter(|id| live.templates().iter().any(|t| t.id == *id));
        all.extend(gone.map(|id| Command::DeleteTemplate { id }));
        all.extend(templates.different.iter().map(|t| Command::SetTemplate { template: (*t).clone() }));
        Ok(())
    }

    fn track_commands(&self, next: &Self, live: &Show, all: &mut Vec<Command>) -> Result<(), FieldError> {
        let tracks = changed("tracks", &self.tracks, &next.tracks, |track| track.id.as_ref())?;
        let known = |id: &Id| live.tracks().iter().any(|track| track.id == *id);
        all.extend(tracks.gone.into_iter().filter(known).map(|id| Command::DeleteTrack { id }));
        for track in tracks.different {
            let Some(id) = track.id.clone() else { continue };
            let was = self.tracks.iter().find(|other| other.id.as_ref() == Some(&id));
            match was.filter(|_| known(&id)) {
                Some(was) => {
                    all.push(Command::UpdateTrack { id, patch: difference(&document(was), &document(track)) });
                }
                None => {
                    all.extend(known(&id).then(|| Command::DeleteTrack { id }));
                    all.push(Command::CreateTrack { track: track.clone() });
                }
            }
        }
        Ok(())
    }

    /// What a timeline contains is there before it, and goes after it.
    fn timeline_commands(&self, next: &Self, live: &Show, all: &mut Vec<Command>) -> Result<(), FieldError> {
        fn depth(list: &[TimelineSpec], timeline: &TimelineSpec, left: usize) -> usize {
            let inner = timeline.animations.iter().filter_map(|animation| animation.timeline.as_ref());
            let inner = inner.filter_map(|id| list.iter().find(|other| other.id.as_ref() == Some(id)));
            let depths = inner.map(|inner| 1 + left.checked_sub(1).map_or(0, |left| depth(list, inner, left)));
            depths.max().unwrap_or(0)
        }
        let mut timelines = changed("timelines", &self.timelines, &next.timelines, |timeline| timeline.id.as_ref())?;
        timelines.different.sort_by_key(|timeline| depth(&next.timelines, timeline, MAX_DEPTH));
        for timeline in timelines.different {
            let known = timeline.id.as_ref().is_some_and(|id| live.timeline_spec(id).is_some());
            let timeline = timeline.clone();
            all.push(if known { Command::ReplaceTimeline { timeline } } else { Command::CreateTimeline { timeline } });
        }
        let gone = timelines.gone.iter().filter(|id| live.timeline_spec(id).is_some());
        let mut gone: Vec<&TimelineSpec> =
            gone.filter_map(|id| self.timelines.iter().find(|timeline| timeline.id.as_ref() == Some(id))).collect();
        gone.sort_by_key(|timeline| std::cmp::Reverse(depth(&self.timelines, timeline, MAX_DEPTH)));
        all.extend(gone.iter().filter_map(|timeline| timeline.id.clone()).map(|id| Command::DeleteTimeline { id }));
        Ok(())
    }

    /// What makes layers different; whether some are new, and those that were made anew.
    fn layer_commands(&self, next: &Self, live: &Show, all: &mut Vec<Command>) -> Result<(bool, Vec<Id>), FieldError> {
        let layers = changed("layers", &self.layers, &next.layers, |layer| layer.id.as_ref())?;
        let named = |id: &Id| next.layers.iter().find(|layer| layer.id.as_ref() == Some(id));
        let parent = |id: &Id| named(id)?.parent.as_ref();
        let depth = |layer: &LayerSpec| std::iter::successors(layer.parent.as_ref(), |id| parent(id)).take(99).count();
        let mut different = layers.different;
        // A group is there before what is in it.
        different.sort_by_key(|layer| depth(layer));

        // What is in no layer that stays goes first; groups whose layers are taken out of them, after that.
        let goes = |id: &Id| layers.gone.contains(id);
        let above = |id: &Id| {
            let parent = |id: &Id| live.layer(id).and_then(|layer| layer.spec().parent.clone());
            std::iter::successors(parent(id), move |id| parent(id)).take(99).collect::<Vec<_>>()
        };
        let roots: Vec<&Id> =
            layers.gone.iter().filter(|id| live.layer(id).is_some() && !above(id).iter().any(goes)).collect();
        let holds_others = |id: &Id| live.layers().iter().any(|l| above(l.id()).contains(id) && !goes(l.id()));
        let (later, first): (Vec<&Id>, Vec<&Id>) = roots.into_iter().partition(|id| holds_others(id));
        let delete = |id: &Id| Command::DeleteLayer { id: id.clone() };
        all.extend(first.into_iter().map(delete));

        let (mut made, mut renewed, mut masks, mut last) = (false, Vec::new(), Vec::new(), Vec::new());
        for layer in different {
            let Some(id) = layer.id.clone() else { continue };
            // A mask is put on when the layer that masks is there, in the same group.
            let mut bare = layer.clone();
            let by_layer =
                |layer: &LayerSpec| matches!(layer.mask.as_ref().map(|m| &m.source), Some(MaskSource::Layer { .. }));
            if by_layer(layer) {
                bare.mask = None;
                let patch = Map::from_iter([("mask".to_owned(), document(&layer.mask))]);
                masks.push(Command::UpdateLayer { id: id.clone(), patch });
            }
            let was = self.layers.iter().find(|other| other.id.as_ref() == Some(&id));
            match live.layer(&id).map(|now| now.spec()) {
                Some(now) if now.kind == layer.kind => {
                    let mut patch = difference(&document(was.unwrap_or(now)), &document(&bare));
                    // In another group, what somebody else has masked it by is out of reach.
                    if by_layer(now) && patch.contains_key("parent") {
                        patch.insert("mask".to_owned(), Value::Null);
                    }
                    all.push(Command::UpdateLayer { id, patch });
                }
                now => {
                    let create = Command::CreateLayer { layer: bare };
                    made = true;
                    renewed.extend(now.map(|_| id.clone()));
                    match now {
                        // What was in it is taken out of it first.
                        Some(now) if now.kind == LayerKind::Group => last.extend([delete(&id), create]),
                        Some(_) => all.extend([delete(&id), create]),
                        None => all.push(create),
                    }
                }
            }
        }
        all.extend(last);
        all.extend(later.into_iter().map(delete));
        all.extend(masks);
        Ok((made, renewed))
    }
}

/// What is different in a list.
struct Changed<'a, T> {
    /// New, or other than before.
    different: Vec<&'a T>,
    gone: Vec<Id>,
}

fn changed<'a, T: PartialEq>(
    list: &str,
    before: &[T],
    after: &'a [T],
    id: impl Fn(&T) -> Option<&Id>,
) -> Result<Changed<'a, T>, FieldError> {
    if before == after {
        return Ok(Changed { different: Vec::new(), gone: Vec::new() });
    }
    let names = |list: &[T]| list.iter().map(|item| id(item).cloned()).collect::<Vec<_>>();
    let (old, new) = (names(before), names(after));
    if let Some(index) = new.iter().position(|id| id.is_none()) {
        let message = "missing: what is edited while it is on air is known again by its id";
        return Err(FieldError::new(format!("{list}[{index}].id"), message));
    }
    let different = after.iter().filter(|item| !before.contains(item)).collect();
    // What had no name before is left alone: nobody knows which it is.
    let gone = old.into_iter().filter(|id| !new.contains(id)).flatten().collect();
    Ok(Changed { different, gone })
}

fn document(thing: &impl Serialize) -> Value {
    serde_json::to_value(thing).unwrap_or_default()
}

/// The layers that have names in a file, bottom first.
fn order(file: &ShowFile, limits: &Limits) -> Result<Vec<Id>, Rejection> {
    let mut alone = file.clone();
    alone.destinations.clear();
    let show = Show::default().loaded(alone, ShowTime::default(), limits)?;
    let named: HashSet<&Id> = file.layers.iter().filter_map(|layer| layer.id.as_ref()).collect();
    Ok(show.layers().iter().map(|layer| layer.id().clone()).filter(|id| named.contains(id)).collect())
}

/// What puts the layers of a file in its order once all else is done; others stay where they are among them.
fn reordered(
    mut wanted: Vec<Id>,
    live: &Show,
    done: &[Command],
    now: ShowTime,
    limits: &Limits,
) -> Result<Option<Command>, Rejection> {
    let mut after = live.clone();
    for command in done {
        after = after.rehearse(command.clone(), now, limits)?.0;
    }
    let is: Vec<Id> = after.layers().iter().map(|layer| layer.id().clone()).collect();
    wanted.retain(|id| is.contains(id));
    let made =
        |id: &Id| done.iter().any(|c| matches!(c, Command::CreateLayer { layer } if layer.id.as_ref() == Some(id)));
    // Those that were there change places among themselves; each new one comes to its neighbour.
    let mut there = wanted.iter().filter(|id| !made(id));
    let kept = is.iter().filter(|id| !made(id));
    let put = |id: &Id| if wanted.contains(id) { there.next().unwrap_or(id).clone() } else { id.clone() };
    let mut order: Vec<Id> = kept.map(put).collect();
    for (index, id) in wanted.iter().enumerate().filter(|(_, id)| made(id)) {
        let below = index.checked_sub(1).and_then(|before| order.iter().position(|other| *other == wanted[before]));
        let above = || wanted[index..].iter().find_map(|next| order.iter().position(|other| other == next));
        let place = below.map(|below| below + 1).or_else(above).unwrap_or(order.len());
        order.insert(place, id.clone());
    }
    // What the commands make besides stays on top.
    order.extend(is.iter().filter(|id| made(id) && !wanted.contains(id)).cloned());
    Ok((order != is).then_some(Command::ReorderLayers { order }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(id: &str, content: &str) -> Value {
        json!({"id": id, "type": "overlay", "content": {"type": "text", "content": content}})
    }

    fn file(value: Value) -> ShowFile {
        crate::read(value).unwrap()
    }

    fn give(show: &mut Show, command: Value) {
        show.apply(crate::read(command).unwrap(), ShowTime::default(), &Limits::default()).unwrap();
    }

    fn on_air(file: &ShowFile) -> Show {
        let mut show = Show::default();
        show.apply(Command::LoadShow { show: file.clone() }, ShowTime::default(), &Limits::default()).unwrap();
        show
    }

    /// Edits the file of a show on air.
    fn edit(show: &mut Show, before: &ShowFile, after: &ShowFile) -> usize {
        let commands = before.changes_to(after, show, ShowTime::default(), &Limits::default()).unwrap();
        let count = commands.len();
        if count > 0 {
            show.apply(Command::Batch { commands }, ShowTime::default(), &Limits::default()).unwrap();
        }
        count
    }

    fn ids(show: &Show) -> Vec<&str> {
        show.layers().iter().map(|layer| layer.id().as_str()).collect()
    }

    #[test]
    fn what_is_edited_comes_on_air_and_nothing_else_is_touched() {
        let before = file(json!({"name": "a", "layers": [text("one", "1"), text("two", "2"), text("three", "3")],
            "data": {"price": 1, "lots": 3}}));
        let after = file(json!({"name": "b", "layers": [text("three", "3"), text("new", "!"), text("one", "uno")],
            "data": {"price": 2}, "scenes": [{"id": "all", "layers": [{"id": "new"}]}],
            "tracks": [{"id": "music", "url": "a.mp3"}], "mix": {"buses": {"music": {"gainDb": -6}}}}));
        let mut show = on_air(&before);
        give(&mut show, json!({"updateLayer": {"id": "one", "patch": {"opacity": 0.5}}}));
        give(&mut show, json!({"createLayer": {"layer": text("agents", "mine")}}));
        edit(&mut show, &before, &after);
        assert_eq!(ids(&show), ["three", "new", "one", "agents"], "others stay on top of them");
        let one = serde_json::to_value(&**show.layer(&"one".parse().unwrap()).unwrap()).unwrap();
        assert_eq!((one["content"]["content"].as_str(), one["opacity"].as_f64()), (Some("uno"), Some(0.5)));
        assert_eq!(show.name(), "b");
        assert_eq!(Value::Object(show.data().clone()), json!({"price": 2}));
        assert_eq!((show.tracks().len(), show.scenes().len()), (1, 1));
        assert_eq!(edit(&mut show, &after, &after), 0);
        // And back again.
        edit(&mut show, &after, &before);
        assert_eq!(ids(&show), ["one", "two", "three", "agents"]);
        assert_eq!((show.tracks().len(), show.scenes().len(), show.name()), (0, 0, "a"));
    }

    #[test]
    fn groups_come_before_what_is_in_them_and_go_with_it() {
        let inner = |id: &str, parent: &str| {
            let mut layer = text(id, "x");
            layer["parent"] = parent.into();
            layer
        };
        let group = |id: &str| json!({"id": id, "type": "group"});
        let before = file(json!({"layers": [text("a", "x")]}));
        let after = file(json!({"layers": [inner("a", "g"), inner("b", "g"), group("g")]}));
        let mut show = on_air(&before);
        edit(&mut show, &before, &after);
        assert_eq!(ids(&show), ["a", "b", "g"]);
        edit(&mut show, &after, &before);
        assert_eq!(ids(&show), ["a"]);
        // A layer that becomes one of another kind is made anew.
        let other = file(json!({"layers": [{"id": "a", "type": "visualFeed", "content": {"imageUrl": "a.png"}}]}));
        edit(&mut show, &before, &other);
        assert_eq!(show.layers()[0].spec().kind.name(), "visualFeed");
    }

    #[test]
    fn what_needs_something_else_comes_after_it() {
        let masked = |id: &str, mask: &str, parent: Option<&str>| {
            let mut layer = text(id, "x");
            layer["mask"] = json!({"source": {"type": "layer", "id": mask}});
            layer["parent"] = parent.into();
            layer
        };
        let timeline = |id: &str, inner: &str| json!({"id": id, "animations": [{"timeline": inner}]});
        let plain = |id: &str| {
            json!({"id": id, "animations": [
            {"targetLayerId": "b", "property": "opacity", "endValue": 0, "duration": 1}]})
        };
        let empty = file(json!({}));
        let first = file(json!({"layers": [masked("a", "b", None), text("b", "x")],
            "timelines": [timeline("outer", "inner"), plain("inner")]}));
        let mut b = text("b", "x");
        b["parent"] = "g".into();
        let grouped = file(json!({"layers": [masked("a", "b", Some("g")), b, {"id": "g", "type": "group"}]}));
        let mut show = on_air(&empty);
        edit(&mut show, &empty, &first);
        let files = |show: &Show| document(&show.to_file());
        assert_eq!(files(&show)["layers"][0]["mask"]["source"]["id"], "b");
        edit(&mut show, &first, &grouped);
        assert_eq!(files(&show)["layers"][0]["parent"], "g");
        assert_eq!(files(&show)["layers"][0]["mask"]["source"]["id"], "b");
        assert_eq!(show.to_file().timelines.len(), 0);
        edit(&mut show, &grouped, &first);
        assert_eq!(show.to_file().timelines.len(), 2);
        edit(&mut show, &first, &empty);
        assert_eq!(ids(&show), [""; 0]);
    }

    #[test]
    fn what_goes_makes_room_and_what_is_made_anew_stays_in_its_scene() {
        let limits = Limits { layers: 2, ..Limits::default() };
        let scene = json!([{"id": "s", "layers": [{"id": "a"}]}]);
        let before = file(json!({"layers": [text("a", "x"), text("b", "x")], "scenes": scene}));
        let group = json!({"id": "a", "type": "group"});
        let after = file(json!({"layers": [group, text("c", "x")], "scenes": scene}));
        let mut show = on_air(&before);
        let commands = before.changes_to(&after, &show, ShowTime::default(), &limits).unwrap();
        show.apply(Command::Batch { commands }, ShowTime::default(), &limits).unwrap();
        assert_eq!(ids(&show), ["a", "c"]);
        assert_eq!(show.scenes()[0].layers.len(), 1);
        // A group that becomes something else lets go of what was in it.
        let mut inner = text("c", "x");
        inner["parent"] = "a".into();
        let held = file(json!({"layers": [{"id": "a", "type": "group"}, inner], "scenes": scene}));
        edit(&mut show, &after, &held);
        edit(&mut show, &held, &file(json!({"layers": [text("a", "x"), text("c", "x")], "scenes": scene})));
        assert_eq!(ids(&show), ["a", "c"]);
    }

    #[test]
    fn what_callers_have_removed_comes_again_only_where_the_file_speaks_of_it() {
        let before = file(json!({"layers": [text("a", "1"), text("b", "1")]}));
        let after = file(json!({"layers": [text("a", "1"), text("b", "2"), text("c", "1")]}));
        let mut show = on_air(&before);
        for id in ["a", "b"] {
            give(&mut show, json!({"deleteLayer": {"id": id}}));
        }
        give(&mut show, json!({"createLayer": {"layer": text("c", "theirs")}}));
        edit(&mut show, &before, &after);
        assert_eq!(ids(&show), ["b", "c"]);
    }

    #[test]
    fn what_cannot_be_known_again_is_refused() {
        let before = file(json!({}));
        let after = file(json!({"layers": [{"type": "group"}]}));
        let refused = before.changes_to(&after, &on_air(&before), ShowTime::default(), &Limits::default()).unwrap_err();
        assert!(refused.to_string().contains("id"), "{refused}");
        let many: Vec<_> = (0..40).map(|i| text(&format!("l{i}"), "x")).collect();
        let data: Map<String, Value> = (0..900).map(|i| (format!("k{i}"), i.into())).collect();
        let scenes: Vec<_> = (0..90).map(|i| json!({"id": format!("s{i}"), "layers": []})).collect();
        let triggers: Vec<_> = (0..90)
            .map(|i| json!({"id": format!("t{i}"), "on": {"event": "trigger"}, "run": [{"panic": {}}]}))
            .collect();
        let large = file(json!({"layers": many, "data": data, "scenes": scenes, "triggers": triggers}));
        let mut show = on_air(&before);
        assert_eq!(edit(&mut show, &before, &large), 1, "almost everything is loaded at once");
        assert_eq!((show.layers().len(), show.scenes().len()), (40, 90));
    }
}
