//! What has to be done to a show on air when the file that it was made of is edited.
//!
//! Only what is different between the file's two versions is touched: what callers have changed since stays, but where
//! the file says something new. What is edited in a file is known again by its `id`.

use super::history::difference;
use super::{MAX_BATCH, Show, ShowFile};
use crate::command::{Command, Rejection};
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::LayerSpec;
use crate::scenes::Transition;
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

        let templates = changed("templates", &self.templates, &next.templates, |t| Some(&t.id))?;
        all.extend(templates.different.iter().map(|t| Command::SetTemplate { template: (*t).clone() }));
        let gone = templates.gone.into_iter().filter(|id| live.templates().iter().any(|t| t.id == *id));
        all.extend(gone.map(|id| Command::DeleteTemplate { id }));

        let layers = changed("layers", &self.layers, &next.layers, |layer| layer.id.as_ref())?;
        let made = self.layer_commands(&layers.different, next, live, &mut all);

        let tracks = changed("tracks", &self.tracks, &next.tracks, |track| track.id.as_ref())?;
        for track in tracks.different {
            let Some(id) = track.id.clone() else { continue };
            let was = self.tracks.iter().find(|other| other.id.as_ref() == Some(&id));
            match (was, live.tracks().iter().find(|other| other.id == id)) {
                (Some(was), Some(_)) => {
                    all.push(Command::UpdateTrack { id, patch: difference(&document(was), &document(track)) });
                }
                (None, Some(_)) => {
                    all.push(Command::DeleteTrack { id });
                    all.push(Command::CreateTrack { track: track.clone() });
                }
                (_, None) => all.push(Command::CreateTrack { track: track.clone() }),
            }
        }
        let gone = tracks.gone.into_iter().filter(|id| live.tracks().iter().any(|track| track.id == *id));
        all.extend(gone.map(|id| Command::DeleteTrack { id }));

        let timelines = changed("timelines", &self.timelines, &next.timelines, |timeline| timeline.id.as_ref())?;
        for timeline in timelines.different {
            let known = timeline.id.as_ref().is_some_and(|id| live.timeline_spec(id).is_some());
            let timeline = timeline.clone();
            all.push(if known { Command::ReplaceTimeline { timeline } } else { Command::CreateTimeline { timeline } });
        }
        let gone = timelines.gone.into_iter().filter(|id| live.timeline_spec(id).is_some());
        all.extend(gone.map(|id| Command::DeleteTimeline { id }));

        let scenes = changed("scenes", &self.scenes, &next.scenes, |scene| Some(&scene.id))?;
        all.extend(scenes.different.iter().map(|scene| Command::SetScene { scene: (*scene).clone() }));
        if self.scene != next.scene {
            let switch = |id| Command::SwitchScene { id, transition: Transition::default() };
            all.extend(next.scene.clone().map(switch));
        }
        let gone = scenes.gone.into_iter().filter(|id| live.scenes().iter().any(|scene| scene.id == *id));
        all.extend(gone.map(|id| Command::DeleteScene { id }));

        let triggers = changed("triggers", &self.triggers, &next.triggers, |trigger| trigger.id.as_ref())?;
        all.extend(triggers.different.iter().map(|trigger| Command::SetTrigger { trigger: (*trigger).clone() }));
        let known = |id: &Id| live.triggers().any(|trigger| trigger.id.as_ref() == Some(id));
        all.extend(triggers.gone.into_iter().filter(|id| known(id)).map(|id| Command::DeleteTrigger { id }));

        let places = changed("destinations", &self.destinations, &next.destinations, |place| place.id.as_ref())?;
        let known = |id: &Id| live.destinations().iter().any(|place| place.id == *id);
        let replaced = places.different.iter().filter_map(|place| place.id.clone());
        let gone = replaced.chain(places.gone).filter(|id| known(id));
        all.extend(gone.map(|id| Command::DeleteDestination { id }));
        let made_anew = places.different.into_iter().cloned();
        all.extend(made_anew.map(|destination| Command::CreateDestination { destination }));

        // With a group goes what is in it.
        let goes = |id: &Id| layers.gone.contains(id) && live.layer(id).is_some();
        let inside = |id: &Id| live.layer(id).and_then(|layer| layer.spec().parent.clone()).is_some_and(|id| goes(&id));
        let roots = layers.gone.iter().filter(|id| goes(id) && !inside(id));
        all.extend(roots.map(|id| Command::DeleteLayer { id: id.clone() }));
        if made || order(self, limits)? != order(next, limits)? {
            all.extend(reordered(next, live, &all, now, limits)?);
        }
        if all.len() > MAX_BATCH {
            all = vec![Command::LoadShow { show: next.clone() }];
        }
        Ok(all)
    }

    /// What makes layers different; whether some are new.
    fn layer_commands(&self, different: &[&LayerSpec], next: &Self, live: &Show, all: &mut Vec<Command>) -> bool {
        let parent = |id: &Id| next.layers.iter().find(|layer| layer.id.as_ref() == Some(id))?.parent.as_ref();
        let depth = |layer: &LayerSpec| std::iter::successors(layer.parent.as_ref(), |id| parent(id)).take(99).count();
        let mut different = different.to_vec();
        // A group is there before what is in it.
        different.sort_by_key(|layer| depth(layer));
        let mut made = false;
        for layer in different {
            let Some(id) = layer.id.clone() else { continue };
            let was = self.layers.iter().find(|other| other.id.as_ref() == Some(&id));
            match live.layer(&id).map(|now| now.spec()) {
                Some(now) if now.kind == layer.kind => {
                    let patch = difference(&document(was.unwrap_or(now)), &document(layer));
                    all.push(Command::UpdateLayer { id, patch });
                }
                now => {
                    all.extend(now.map(|_| Command::DeleteLayer { id }));
                    all.push(Command::CreateLayer { layer: layer.clone() });
                    made = true;
                }
            }
        }
        made
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
    next: &ShowFile,
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
    let mut wanted = order(next, limits)?;
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
