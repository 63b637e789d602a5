//! Layers whose content gives way to another one.
//!
//! The layer itself has its new content at once: what it was filled with before is kept with the time of the change, and
//! what is seen on the way is, as all motion, a function of time.

use super::{Derived, Show, position};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::{Layer, LayerFill};
use crate::scenes::{Transition, TransitionKind};
use crate::source::Source;
use crate::time::ShowTime;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Changes of one layer that may be under way at the same time.
const MOST_AT_ONCE: usize = 4;

/// A change of content that is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Fading {
    /// As it was.
    pub(crate) before: Arc<Layer>,
    transition: Transition,
    /// Ticks of show time.
    begin: i64,
    pub(crate) end: i64,
}

impl Fading {
    /// How much of the new content is seen at `t`; `None` where only that is.
    pub(crate) fn share(&self, t: i64) -> Option<f64> {
        self.transition.progress(self.begin, self.end, t).map(|(eased, _)| eased.clamp(0.0, 1.0))
    }
}

impl Show {
    /// What a layer has shown that is giving way to something else, the oldest first.
    pub(crate) fn fadings(&self, id: &Id) -> impl Iterator<Item = &Fading> {
        self.fadings.iter().map(|fading| &**fading).filter(move |fading| fading.before.id() == id)
    }

    /// Layers as they were before their content began to give way: their pictures are still seen.
    pub fn outgoing(&self) -> impl Iterator<Item = &Arc<Layer>> {
        self.fadings.iter().map(|fading| &fading.before)
    }

    pub(super) fn change_content(
        &mut self,
        id: &Id,
        content: Map<String, Value>,
        transition: Transition,
        now: ShowTime,
    ) -> Result<Event, Rejection> {
        let wrong = |field: &str, message: &str| Err(FieldError::new(format!("transition.{field}"), message).into());
        if !matches!(transition.kind, TransitionKind::Cut | TransitionKind::Fade) {
            return wrong("type", "the content of a layer changes by a cut or a fade");
        }
        if transition.kind == TransitionKind::Fade && transition.length_s() <= 0.0 {
            return wrong("duration", "0 seconds: a cut takes none");
        }
        let plain = Transition {
            kind: transition.kind,
            duration: transition.duration,
            easing: transition.easing.clone(),
            ..Transition::default()
        };
        if plain != transition {
            return wrong("type", "a change of content has a type, a duration and an easing, and nothing more");
        }
        let before = self.layers[position(&self.layers, "layer", id, |l| l.id())?].clone();
        if !matches!(before.fill(), LayerFill::Source(_)) {
            return Err(FieldError::new("id", format!("\"{id}\" is a group: it has no content of its own")).into());
        }
        let told = self.update_layer(id, &Map::from_iter([("content".to_owned(), Value::Object(content))]))?;
        let (begin, end) = (now.ticks(), now.ticks() + crate::animation::ticks(transition.length_s()));
        let same =
            |old: &Arc<Source>| self.layer(id).and_then(|l| l.source()).is_some_and(|new| new.key() == old.key());
        if before.source().is_some_and(same) {
            return Ok(told);
        }
        let cut = end <= begin;
        let mut kept = self.fadings.iter().filter(|fading| fading.before.id() == id).count();
        self.fadings.retain(|fading| {
            // The oldest is hardly seen any more.
            let gone = fading.before.id() == id && (cut || kept >= MOST_AT_ONCE);
            kept -= usize::from(gone);
            !gone
        });
        if !cut {
            self.fadings.push(Arc::new(Fading { before, transition, begin, end }));
        }
        self.plan = Derived::default();
        Ok(told)
    }

    /// When the next change of content is over.
    pub(super) fn content_due(&self) -> Option<i64> {
        self.fadings.iter().map(|fading| fading.end).min()
    }

    /// Ends the changes of content that are over at `at`: what is seen whole hides all that it came after.
    pub(super) fn settle_content(&mut self, at: i64, told: &mut Vec<Event>) {
        let over: Vec<(usize, Id)> = self
            .fadings
            .iter()
            .enumerate()
            .filter(|(_, fading)| fading.end <= at)
            .map(|(index, fading)| (index, fading.before.id().clone()))
            .collect();
        let mut index = 0;
        self.fadings.retain(|fading| {
            let hidden = over.iter().any(|(last, id)| index <= *last && fading.before.id() == id);
            index += 1;
            !hidden
        });
        let mut ids: Vec<Id> = over.into_iter().map(|(_, id)| id).collect();
        ids.dedup();
        ids.retain(|id| self.fadings(id).next().is_none());
        told.extend(ids.into_iter().map(|id| Event::ContentShown { id }));
    }

    /// Forgets what layers have shown that are gone, or have no content any more.
    pub(super) fn forget_gone_content(&mut self) {
        if !self.fadings.is_empty() {
            let layers = &self.layers;
            let shows = |id: &Id| layers.iter().any(|layer| layer.id() == id && layer.source().is_some());
            self.fadings.retain(|fading| shows(fading.before.id()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::frame::{Item, ItemContent};
    use crate::show::Limits;
    use crate::source::SourceKind;
    use crate::value::Opacity;
    use serde_json::json;

    fn give(show: &mut Show, at_s: f64, command: Value) -> Vec<Event> {
        let command: Command = crate::read(command).unwrap();
        show.apply(command, ShowTime::from_secs_f64(at_s), &Limits::default()).unwrap()
    }

    fn show() -> Show {
        let mut show = Show::default();
        let layer = json!({"id": "lot", "type": "visualFeed", "opacity": 0.5, "content": {"imageUrl": "a.png"}});
        give(&mut show, 0.0, json!({"createLayer": {"layer": layer}}));
        show
    }

    fn fade(to: &str) -> Value {
        json!({"changeContent": {"id": "lot", "content": {"imageUrl": to}, "transition": {"type": "fade", "duration": 1, "easing": "linear"}}})
    }

    /// What is seen, and how much of it.
    fn seen(show: &Show, at_s: f64) -> Vec<(String, f64)> {
        fn walk(item: &Item, share: f64, into: &mut Vec<(String, f64)>) {
            let share = share * item.opacity.get();
            match &item.content {
                ItemContent::Group { items, .. } => items.iter().for_each(|item| walk(item, share, into)),
                ItemContent::Source(source) => match source.kind() {
                    SourceKind::Image(image) => into.push((image.url.clone(), share)),
                    _ => into.push((String::new(), share)),
                },
            }
        }
        let mut all = Vec::new();
        show.at(ShowTime::from_secs_f64(at_s)).items.iter().for_each(|item| walk(item, 1.0, &mut all));
        all
    }

    fn is(show: &Show, at_s: f64, expected: &[(&str, f64)]) {
        let found = seen(show, at_s);
        let close = |((url, share), (name, wanted)): (&(String, f64), &(&str, f64))| {
            url == name && (share - wanted).abs() < 1e-6
        };
        assert!(found.len() == expected.len() && found.iter().zip(expected).all(close), "at {at_s}: {found:?}");
    }

    #[test]
    fn one_picture_gives_way_to_the_other() {
        let mut show = show();
        let told = give(&mut show, 2.0, fade("b.png"));
        assert!(matches!(&told[..], [Event::LayerUpdated { .. }]), "{told:?}");
        is(&show, 2.0, &[("a.png", 0.5), ("b.png", 0.0)]);
        is(&show, 2.25, &[("a.png", 0.375), ("b.png", 0.125)]);
        is(&show, 3.0, &[("b.png", 0.5)]);
        assert_eq!(show.next_due(), Some(ShowTime::from_secs_f64(3.0)));
        let told = give(&mut show, 3.5, json!({"settle": {}}));
        assert_eq!(told, [Event::ContentShown { id: "lot".parse().unwrap() }]);
        assert_eq!(show.outgoing().count(), 0);
        // It is on its way after a restart as well.
        give(&mut show, 4.0, fade("c.png"));
        let again: Show = serde_json::from_value(serde_json::to_value(&show).unwrap()).unwrap();
        is(&again, 4.5, &[("b.png", 0.25), ("c.png", 0.25)]);
        assert_eq!(again, show);
    }

    #[test]
    fn a_layer_is_moved_and_faded_as_one_while_its_content_changes() {
        let mut show = show();
        give(&mut show, 2.0, fade("b.png"));
        give(
            &mut show,
            2.1,
            json!({"updateLayer": {"id": "lot", "patch": {"opacity": 1, "blendMode": "screen", "transform": {"position": {"x": 70}}}}}),
        );
        let frame = show.at(ShowTime::from_secs_f64(2.5));
        assert_eq!(frame.items.len(), 1);
        assert_eq!(frame.items[0].blend, crate::BlendMode::Screen);
        assert_eq!(frame.items[0].opacity, Opacity::default());
        let ItemContent::Group { items, .. } = &frame.items[0].content else { panic!("{frame:?}") };
        assert!(items.iter().all(|item| item.transform.position.x.get() == 70.0));
    }

    #[test]
    fn what_gives_way_goes_with_its_layer_or_the_next_change() {
        let mut show = show();
        give(&mut show, 2.0, fade("b.png"));
        give(&mut show, 2.5, fade("c.png"));
        // Nothing jumps: what was half way there goes on while the next one comes.
        is(&show, 2.5, &[("a.png", 0.25), ("b.png", 0.25), ("c.png", 0.0)]);
        is(&show, 2.75, &[("a.png", 0.09375), ("b.png", 0.28125), ("c.png", 0.125)]);
        give(&mut show, 2.8, fade("c.png"));
        is(&show, 3.0, &[("b.png", 0.25), ("c.png", 0.25)]);
        for url in ["d.png", "e.png", "f.png", "g.png", "h.png", "i.png"] {
            give(&mut show, 3.1, fade(url));
        }
        assert_eq!(show.outgoing().count(), MOST_AT_ONCE);
        give(&mut show, 3.2, json!({"changeContent": {"id": "lot", "content": {"imageUrl": "j.png"}}}));
        is(&show, 3.2, &[("j.png", 0.5)]);
        give(&mut show, 3.3, fade("k.png"));
        give(&mut show, 3.4, json!({"deleteLayer": {"id": "lot"}}));
        assert_eq!(seen(&show, 3.5), []);
        assert_eq!(give(&mut show, 9.0, json!({"settle": {}})), []);
    }

    #[test]
    fn what_is_seen_whole_hides_what_it_came_after() {
        let mut show = show();
        let fade = |to: &str, seconds: u32| {
            json!({"changeContent": {"id": "lot", "content": {"imageUrl": to},
                "transition": {"type": "fade", "duration": seconds, "easing": "linear"}}})
        };
        give(&mut show, 0.0, fade("b.png", 10));
        give(&mut show, 1.0, fade("c.png", 1));
        is(&show, 1.5, &[("a.png", 0.2125), ("b.png", 0.0375), ("c.png", 0.25)]);
        assert_eq!(give(&mut show, 2.0, json!({"settle": {}})), [Event::ContentShown { id: "lot".parse().unwrap() }]);
        is(&show, 2.0, &[("c.png", 0.5)]);
        // The longer one comes last.
        give(&mut show, 3.0, fade("d.png", 1));
        give(&mut show, 3.5, fade("e.png", 4));
        assert_eq!(give(&mut show, 4.5, json!({"settle": {}})), []);
        is(&show, 5.5, &[("d.png", 0.25), ("e.png", 0.25)]);
    }

    #[test]
    fn a_new_layer_of_the_same_name_has_no_past() {
        let mut show = show();
        give(&mut show, 0.0, fade("b.png"));
        give(&mut show, 0.1, json!({"deleteLayer": {"id": "lot"}}));
        let layer = json!({"id": "lot", "type": "visualFeed", "content": {"imageUrl": "z.png"}});
        give(&mut show, 0.2, json!({"createLayer": {"layer": layer}}));
        is(&show, 0.3, &[("z.png", 1.0)]);
    }

    #[test]
    fn layers_that_mask_one_another_do_not_multiply_what_they_showed() {
        let mut show = show();
        let layer = json!({"id": "b", "type": "visualFeed", "content": {"imageUrl": "1.png"}});
        give(&mut show, 0.0, json!({"createLayer": {"layer": layer}}));
        for (id, mask) in [("lot", "b"), ("b", "lot")] {
            let mask = json!({"mask": {"source": {"type": "layer", "id": mask}}});
            give(&mut show, 0.0, json!({"updateLayer": {"id": id, "patch": mask}}));
            for n in 2..6 {
                give(
                    &mut show,
                    0.0,
                    json!({"changeContent": {"id": id, "content": {"imageUrl": format!("{n}.png")},
                    "transition": {"type": "fade", "duration": 9}}}),
                );
            }
        }
        fn items(item: &Item) -> usize {
            let inner = match &item.content {
                ItemContent::Group { items: inner, .. } => inner.iter().map(items).sum(),
                ItemContent::Source(_) => 0,
            };
            let masks = item.masks.iter().map(|mask| match &mask.shape {
                crate::ItemMaskShape::Layer(item) => items(item),
                _ => 0,
            });
            1 + inner + masks.sum::<usize>()
        }
        let count: usize = show.at(ShowTime::from_secs_f64(1.0)).items.iter().map(items).sum();
        assert!(count < 300, "{count}");
    }

    #[test]
    fn other_ways_are_refused() {
        let mut show = show();
        let mut refused = |transition: Value| {
            let command = json!({"changeContent": {"id": "lot", "content": {}, "transition": transition}});
            let refused = show.apply(crate::read(command).unwrap(), ShowTime::default(), &Limits::default());
            match refused.unwrap_err() {
                Rejection::Invalid(e) => e.field,
                other => panic!("{other}"),
            }
        };
        assert_eq!(refused(json!({"type": "slide"})), "transition.type");
        assert_eq!(refused(json!({"type": "fade", "duration": 0})), "transition.duration");
        assert_eq!(refused(json!({"type": "fade", "softness": 1})), "transition.type");
    }
}
