//! What characters say: utterances, which wait in a queue of their layer and are heard one after the other.
//!
//! An utterance is a file whose length is known, or sound that is still being made ("live"), whose end is told
//! when it comes. When its turn comes it begins at a show time, and what is heard of a file is a function of
//! that: after a crash it goes on where it would have been.

use crate::animation::Seconds;
use crate::field::FieldError;
use crate::id::Id;
use crate::time::ShowTime;
use crate::value::{GainDb, Unit, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The most utterances that wait in a show.
pub(crate) const MAX_WAITING: usize = 200;
/// The most words of an utterance, and bytes of its text.
const MAX_WORDS: usize = 5_000;
const MAX_TEXT: usize = 20_000;

/// Something that a character is to say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SpeechSpec {
    /// Its name; made where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The character that says it: a layer of type `host` or `assistant`.
    pub layer_id: Id,
    /// The sound: a path below the asset folder, an upload, or an `http(s)` URL. Without it the sound is
    /// still being made, and is pushed by WebSocket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How long the file is, in seconds. The service finds it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Seconds>,
    /// What is said, for captions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 20000))]
    pub text: Option<String>,
    /// When which word is said, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5000))]
    pub words: Vec<Word>,
    /// In which mood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emotion: Option<Emotion>,
    /// The higher, the sooner its turn comes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub priority: i8,
    /// Whether it waits for its turn.
    #[serde(default, skip_serializing_if = "is_default")]
    pub queue: SpeechQueue,
    /// Where its turn has not come after so many seconds, it is not said at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in: Option<Seconds>,
    /// Loudness relative to the file.
    #[serde(default, skip_serializing_if = "is_default")]
    pub gain_db: GainDb,
}

/// A word at its time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Word {
    /// The word.
    pub text: String,
    /// When it begins, in seconds from the utterance's beginning.
    pub start: Seconds,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Seconds>,
}

/// A mood, and how much of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Emotion {
    /// Which.
    pub name: Mood,
    /// How much: 0 to 1.
    #[serde(default = "whole")]
    pub intensity: Unit,
}

fn whole() -> Unit {
    Unit::new(1.0).unwrap_or_default()
}

/// The moods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "their names say all")]
pub enum Mood {
    Neutral,
    Excited,
    Happy,
    Surprised,
    Curious,
    Concerned,
    Disappointed,
}

/// How an utterance comes to its turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SpeechQueue {
    /// After those that wait already, by priority.
    #[default]
    Append,
    /// At once: whatever the character is saying is broken off. Those that wait go on waiting.
    Interrupt,
    /// At once, and those that wait are dropped.
    Replace,
}

/// An utterance of the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Utterance {
    /// Its name.
    pub id: Id,
    /// What was asked for.
    #[serde(flatten)]
    pub spec: SpeechDocument,
    /// When it began; not yet where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<ShowTime>,
    /// If its turn has not come by then, it is dropped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<ShowTime>,
    /// Before whom its turn comes, among equals.
    pub(crate) order: u64,
}

/// What an utterance says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeechDocument {
    /// The character that says it.
    pub layer_id: Id,
    /// The file; none where the sound is still being made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// How long it is, in seconds, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Seconds>,
    /// What is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// When which word is said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Word>,
    /// In which mood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub emotion: Option<Emotion>,
    /// The higher, the sooner.
    #[serde(default)]
    pub priority: i8,
    /// Loudness relative to the file.
    #[serde(default)]
    pub gain_db: GainDb,
}

/// Why an utterance is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum SpeechEnd {
    /// It was heard whole.
    Finished,
    /// It was broken off, or dropped before its turn came, because somebody asked for it.
    Cancelled,
    /// Its turn did not come in time.
    Expired,
    /// No more of it came, or its file cannot be played.
    Failed,
}

impl Utterance {
    /// Checks `spec` and completes it.
    pub(crate) fn new(spec: SpeechSpec, id: Id, now: ShowTime, order: u64) -> Result<Self, FieldError> {
        if let Some(url) = &spec.url
            && (url.is_empty() || url.len() > 2_000)
        {
            return Err(FieldError::new("url", "a URL has 1 to 2000 bytes"));
        }
        if spec.text.as_ref().is_some_and(|text| text.len() > MAX_TEXT) {
            return Err(FieldError::new("text", format!("more than {MAX_TEXT} bytes")));
        }
        if spec.words.len() > MAX_WORDS {
            return Err(FieldError::new("words", format!("more than {MAX_WORDS} words")));
        }
        for (i, pair) in spec.words.windows(2).enumerate() {
            if pair[1].start.get() < pair[0].start.get() {
                return Err(FieldError::new(
                    format!("words[{}].start", i + 1),
                    "words stand in the order in which they are said",
                ));
            }
        }
        if let Some(i) = spec.words.iter().position(|word| word.text.len() > 200) {
            return Err(FieldError::new(format!("words[{i}].text"), "more than 200 bytes"));
        }
        let expires = spec.expires_in.map(|s| ShowTime::from_secs_f64(now.as_secs_f64() + s.get()));
        let SpeechSpec { layer_id, url, length, text, words, emotion, priority, gain_db, .. } = spec;
        let spec = SpeechDocument { layer_id, url, length, text, words, emotion, priority, gain_db };
        Ok(Self { id, spec, start: None, expires, order })
    }

    /// When it has been heard whole, in ticks; `None`: it has not begun, or that is not known.
    pub(crate) fn end(&self) -> Option<i64> {
        Some(self.start?.ticks() + crate::animation::ticks(self.spec.length?.get()))
    }

    /// Whether its sound is still being made.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.spec.url.is_none()
    }

    /// Which word is being said so many seconds after it began, counted from 0.
    #[must_use]
    pub fn word_after(&self, seconds: f64) -> Option<usize> {
        self.spec.words.iter().rposition(|word| word.start.get() <= seconds)
    }
}
