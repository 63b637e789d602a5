//! Whole shows that are kept beside the one on air, to be put on air later.
//!
//! They are part of the show's own state: as durable, and wherever that is. They know no destinations.

use super::{Show, ShowFile, free_name, position, room};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::show::Limits;
use crate::time::ShowTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// The most shows that are kept...
const MAX_SAVED: usize = 50;
/// ...and their bytes as JSON, together: every snapshot has them all.
const MAX_BYTES: usize = 16 << 20;

/// A show that is kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    /// Its name.
    pub id: Id,
    /// What it is.
    pub show: ShowFile,
    bytes: usize,
}

/// A saved show in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SavedView {
    /// Its name among the saved shows.
    pub id: Id,
    /// The name that it has itself.
    pub name: String,
    /// How many layers it has.
    pub layers: usize,
    /// How large it is, in bytes of JSON.
    pub bytes: usize,
}

impl Saved {
    /// It as it stands in a list.
    #[must_use]
    pub fn view(&self) -> SavedView {
        SavedView {
            id: self.id.clone(),
            name: self.show.name.clone(),
            layers: self.show.layers.len(),
            bytes: self.bytes,
        }
    }
}

impl Show {
    /// The saved shows, in the order in which they were saved.
    #[must_use]
    pub fn saved(&self) -> &[Arc<Saved>] {
        &self.saved
    }

    /// Keeps a show, the one on air where none is given, in the place of one of the same name.
    pub(super) fn save_show(
        &mut self,
        id: Id,
        show: Option<ShowFile>,
        now: ShowTime,
        limits: &Limits,
    ) -> Result<Event, Rejection> {
        if show.as_ref().is_some_and(|show| !show.destinations.is_empty()) {
            let message = "a saved show has none: destinations stay as they are when it is opened";
            return Err(FieldError::new("destinations", message).into());
        }
        let show = show.unwrap_or_else(|| self.as_it_began());
        // What could not be opened is not kept.
        self.loaded(show.clone(), now, limits)?;
        let bytes = serde_json::to_string(&show).map_or(0, |text| text.len());
        self.put_on_shelf(Saved { id, show, bytes })
    }

    /// A copy of a saved show.
    pub(super) fn duplicate_show(&mut self, id: &Id, new_id: Option<&Id>) -> Result<Event, Rejection> {
        let saved = self.saved[position(&self.saved, "saved show", id, |saved| &saved.id)?].clone();
        let (new_id, made) =
            free_name(&self.saved, new_id, "saved show", id.as_str(), self.names_made, |saved| &saved.id)?;
        let told = self.put_on_shelf(Saved { id: new_id, ..Saved::clone(&saved) })?;
        self.names_made = made;
        Ok(told)
    }

    fn put_on_shelf(&mut self, saved: Saved) -> Result<Event, Rejection> {
        let at = self.saved.iter().position(|other| other.id == saved.id);
        let others = self.saved.iter().filter(|other| other.id != saved.id);
        let bytes = saved.bytes + others.map(|other| other.bytes).sum::<usize>();
        if bytes > MAX_BYTES {
            let message = format!("with it, saved shows would have {bytes} bytes, and at most {MAX_BYTES} are allowed");
            return Err(FieldError::new("", message).into());
        }
        let told = Event::ShowSaved { show: saved.view() };
        match at {
            Some(at) => self.saved[at] = Arc::new(saved),
            None => {
                room(self.saved.len(), MAX_SAVED, "saved show", "")?;
                self.saved.push(Arc::new(saved));
            }
        }
        Ok(told)
    }

    /// As a file that begins anew whenever it is opened: what sounds begins then, and the slate is off.
    fn as_it_began(&self) -> ShowFile {
        let mut file = self.to_file();
        file.tracks.iter_mut().for_each(|track| track.start = None);
        file.slate.on = false;
        file
    }

    pub(super) fn delete_show(&mut self, id: Id) -> Result<Event, Rejection> {
        let at = position(&self.saved, "saved show", &id, |saved| &saved.id)?;
        self.saved.remove(at);
        Ok(Event::ShowDeleted { id })
    }

    /// What a saved show is.
    pub(super) fn saved_file(&self, id: &Id) -> Result<ShowFile, Rejection> {
        Ok(self.saved[position(&self.saved, "saved show", id, |saved| &saved.id)?].show.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn give(show: &mut Show, command: Value) -> Result<Vec<Event>, Rejection> {
        show.apply(crate::read(command)?, ShowTime::default(), &Limits::default())
    }

    fn layer(id: &str) -> Value {
        json!({"createLayer": {"layer": {"id": id, "type": "overlay", "content": {"type": "text", "content": "x"}}}})
    }

    #[test]
    fn a_show_is_saved_copied_opened_and_forgotten() {
        let mut show = Show::default();
        give(&mut show, layer("a")).unwrap();
        give(&mut show, json!({"saveShow": {"id": "friday"}})).unwrap();
        give(&mut show, layer("b")).unwrap();
        give(&mut show, json!({"duplicateShow": {"id": "friday", "newId": "saturday"}})).unwrap();
        let made = give(&mut show, json!({"duplicateShow": {"id": "friday"}})).unwrap();
        assert!(
            matches!(&made[..], [Event::ShowSaved { show }] if show.id.as_str().starts_with("friday-")),
            "{made:?}"
        );
        give(&mut show, json!({"saveShow": {"id": "friday"}})).unwrap();
        let again: Show = serde_json::from_value(serde_json::to_value(&show).unwrap()).unwrap();
        assert_eq!(again, show);
        give(&mut show, json!({"createTrack": {"track": {"id": "song", "url": "a.mp3", "length": 180}}})).unwrap();
        give(&mut show, json!({"panic": {}})).unwrap();
        give(&mut show, json!({"saveShow": {"id": "sunday"}})).unwrap();
        let later = ShowTime::from_secs_f64(3600.0);
        show.apply(crate::read(json!({"openShow": {"id": "sunday"}})).unwrap(), later, &Limits::default()).unwrap();
        assert!(show.tracks()[0].start >= later && !show.slate().on, "it begins anew");
        give(&mut show, json!({"deleteShow": {"id": "sunday"}})).unwrap();
        give(&mut show, json!({"openShow": {"id": "saturday"}})).unwrap();
        assert_eq!(show.layers().len(), 1);
        give(&mut show, json!({"deleteShow": {"id": "saturday"}})).unwrap();
        give(&mut show, json!({"openShow": {"id": "friday"}})).unwrap();
        assert_eq!(show.layers().len(), 2);
        assert_eq!(show.saved().len(), 2, "a show that is opened leaves the others where they are");
    }

    #[test]
    fn what_cannot_be_opened_is_not_saved() {
        let mut show = Show::default();
        let mut refused = |given: Value| {
            let before = show.clone();
            let refused = give(&mut show, json!({"saveShow": {"id": "x", "show": given}})).unwrap_err();
            assert_eq!(show, before);
            match refused {
                Rejection::Invalid(e) => e.field,
                other => other.to_string(),
            }
        };
        assert_eq!(refused(json!({"scene": "none"})), "scene");
        assert_eq!(refused(json!({"destinations": [{"url": "rtmp://a/b"}]})), "destinations");
        let picture = format!("data:image/png;base64,{}", "A".repeat(3_900_000));
        let large = json!({"layers": [{"type": "visualFeed", "content": {"imageUrl": picture}}]});
        for id in ["1", "2", "3", "4"] {
            give(&mut show, json!({"saveShow": {"id": id, "show": large}})).unwrap();
        }
        let full = give(&mut show, json!({"saveShow": {"id": "5", "show": large}})).unwrap_err().to_string();
        assert!(full.contains("at most 16777216"), "{full}");
    }
}
