//! Under which conditions a command is carried out: only on a thing as its caller knows it, and only once.
//!
//! Both are decided by the writer, between one command and the next: so of two callers who know the same version of a
//! thing one changes it, and the other is told; and of two commands with one key one is carried out, before a crash or
//! after it.

use crate::progress::Progress;
use scene::{Command, Event, Id, Show};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use siphasher::sip::SipHasher24;
use std::collections::{HashMap, VecDeque};
use std::hash::Hasher;
use std::sync::Arc;

/// Keyed commands that are remembered: the last ones...
const REMEMBERED: usize = 1_000;
/// ...with so many bytes of events: a layer may bring a picture of megabytes.
const REMEMBERED_BYTES: usize = 16 << 20;

/// Something that is edited, and has a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A layer.
    Layer(Id),
    /// An audio track.
    Track(Id),
    /// A timeline: what it is, not where it stands.
    Timeline(Id),
    /// A scene.
    Scene(Id),
    /// A trigger.
    Trigger(Id),
    /// A template of scenes.
    Template(Id),
    /// A show that is kept beside the one on air.
    Saved(Id),
    /// The mixing desk.
    Mix,
    /// The slate.
    Slate,
    /// What triggers decide by.
    Data,
    /// The whole show.
    Show,
}

impl Subject {
    /// Its version in `show`, as an entity tag without its quotes; `None` where there is no such thing. Equal versions
    /// are equal things: a version comes back with what it stands for.
    #[must_use]
    pub fn version(&self, show: &Show) -> Option<String> {
        match self {
            Self::Layer(id) => show.layer(id).and_then(version_of),
            Self::Track(id) => show.tracks().iter().find(|track| track.id == *id).and_then(version_of),
            Self::Timeline(id) => show.timeline_spec(id).and_then(version_of),
            Self::Scene(id) => show.scenes().iter().find(|scene| scene.id == *id).and_then(version_of),
            Self::Trigger(id) => show.triggers().find(|trigger| trigger.id.as_ref() == Some(id)).and_then(version_of),
            Self::Template(id) => show.templates().iter().find(|template| template.id == *id).and_then(version_of),
            Self::Saved(id) => {
                show.saved().iter().find(|saved| saved.id == *id).and_then(|saved| version_of(&saved.show))
            }
            Self::Mix => version_of(show.mix()),
            Self::Slate => version_of(show.slate()),
            Self::Data => version_of(show.data()),
            Self::Show => version_of(&show.to_file()),
        }
    }
}

/// The version of a document, as [`Subject::version`] gives it.
#[must_use]
pub fn version_of(document: &(impl Serialize + ?Sized)) -> Option<String> {
    hash(document).map(|hash| format!("{hash:016x}"))
}

/// 64 bits over the document: nobody gains by making two that are alike. SipHash is the same in every build, and some
/// of these are stored.
fn hash(document: &(impl Serialize + ?Sized)) -> Option<u64> {
    let mut hasher = SipHasher24::new();
    feed(&mut hasher, &serde_json::to_value(document).ok()?);
    Some(hasher.finish())
}

/// Members in the order of their names: one that was taken out and put back is where it was.
fn feed(hasher: &mut SipHasher24, value: &Value) {
    match value {
        Value::Object(members) => {
            hasher.write_u8(b'{');
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            for (name, value) in members {
                hasher.write_usize(name.len());
                hasher.write(name.as_bytes());
                feed(hasher, value);
            }
            hasher.write_u8(b'}');
        }
        Value::Array(items) => {
            hasher.write_u8(b'[');
            items.iter().for_each(|item| feed(hasher, item));
            hasher.write_u8(b']');
        }
        Value::String(text) => {
            hasher.write_u8(b'"');
            hasher.write_usize(text.len());
            hasher.write(text.as_bytes());
        }
        plain => hasher.write(plain.to_string().as_bytes()),
    }
}

/// The versions that a thing may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Versions {
    /// Any, as long as it is there.
    Any,
    /// One of these.
    OneOf(Vec<String>),
    /// None: there is to be no such thing yet.
    Absent,
}

/// Conditions of a command.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// It is carried out only while this has one of these versions.
    pub only_if: Option<(Subject, Versions)>,
    /// It is carried out once: who gives the same key again gets the first answer.
    pub key: Option<Key>,
    /// It is not carried out, but answered as if it had been.
    pub dry_run: bool,
    /// Who gives it, by the name that the client has given itself; `None`: the service does. Only what clients do can
    /// be undone.
    pub by: Option<Id>,
    /// Is told how far it has come.
    pub progress: Progress,
}

impl Terms {
    pub(crate) fn allow(&self, show: &Show) -> bool {
        self.only_if.as_ref().is_none_or(|(subject, versions)| match (subject.version(show), versions) {
            (version, Versions::Absent) => version.is_none(),
            (None, _) => false,
            (Some(_), Versions::Any) => true,
            (Some(version), Versions::OneOf(versions)) => versions.contains(&version),
        })
    }
}

/// What a caller has given a command, so that it is carried out once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    name: String,
    /// Whose: others may give the same name.
    #[serde(default)]
    by: Option<Id>,
    /// Of the command as it was given: another one under the same name is a mistake of its caller.
    fingerprint: u64,
}

impl Key {
    /// The key `name` of `command`, as the client `by` gave it.
    #[must_use]
    pub fn new(name: String, by: Option<Id>, command: &Command) -> Self {
        Self { name, by, fingerprint: hash(command).unwrap_or_default() }
    }

    fn whole_name(&self) -> (Option<Id>, String) {
        (self.by.clone(), self.name.clone())
    }

    /// As its caller wrote it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn has_the_name_of(&self, other: &Self) -> bool {
        (&self.name, &self.by) == (&other.name, &other.by)
    }
}

/// What a keyed command did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Done {
    pub(crate) key: Key,
    pub(crate) sequence: u64,
    pub(crate) events: Vec<Event>,
    /// How much there is to it.
    bytes: usize,
}

impl Done {
    /// What the command with that key and number did.
    pub(crate) fn new(key: Key, sequence: u64, events: Vec<Event>) -> Self {
        let bytes = serde_json::to_vec(&events).map_or(0, |events| events.len());
        Self { bytes: bytes + key.name.len(), key, sequence, events }
    }
}

/// The keyed commands of the near past.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Keys {
    by_name: HashMap<(Option<Id>, String), Arc<Done>>,
    order: VecDeque<Arc<Done>>,
    bytes: usize,
}

/// What is known of a key.
pub(crate) enum Known {
    /// Nothing.
    New,
    /// Its command was carried out.
    Done(Arc<Done>),
    /// Another command had it.
    Taken,
}

impl Keys {
    pub(crate) fn look_up(&self, key: &Key) -> Known {
        match self.by_name.get(&key.whole_name()) {
            None => Known::New,
            Some(done) if done.key == *key => Known::Done(done.clone()),
            Some(_) => Known::Taken,
        }
    }

    pub(crate) fn remember(&mut self, done: Arc<Done>) {
        self.by_name.insert(done.key.whole_name(), done.clone());
        self.bytes += done.bytes;
        self.order.push_back(done);
        while self.order.len() > REMEMBERED || (self.bytes > REMEMBERED_BYTES && self.order.len() > 1) {
            let Some(oldest) = self.order.pop_front() else { break };
            self.bytes -= oldest.bytes;
            self.by_name.remove(&oldest.key.whole_name());
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Arc<Done>> {
        self.order.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn done(n: u64, bytes: usize) -> Arc<Done> {
        let key = Key { name: n.to_string(), by: None, fingerprint: n };
        Arc::new(Done { key, sequence: n, events: Vec::new(), bytes })
    }

    #[test]
    fn the_last_keys_are_remembered_and_no_more_than_there_is_room_for() {
        let known = |keys: &Keys, n: u64| matches!(keys.look_up(&done(n, 0).key), Known::Done(_));
        let mut keys = Keys::default();
        (0..1_010).for_each(|n| keys.remember(done(n, 10)));
        assert!(!known(&keys, 9) && known(&keys, 10) && known(&keys, 1_009));
        assert_eq!((keys.by_name.len(), keys.order.len(), keys.bytes), (1_000, 1_000, 10_000));
        keys.remember(done(2_000, 16 << 20));
        assert_eq!((keys.by_name.len(), keys.bytes), (1, 16 << 20));
        keys.remember(done(2_001, 17 << 20));
        assert!(known(&keys, 2_001), "the last one in any case");
        let other = Key { fingerprint: 7, ..done(2_001, 0).key.clone() };
        assert!(matches!(keys.look_up(&other), Known::Taken));
    }
}
