//! What a text says: plain, or in parts that look different.

use crate::field::FieldError;
use crate::source::TextSource;
use crate::style::{RunStyle, TextStyle};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::borrow::Cow;

/// The longest text of an overlay, in characters.
const MAX_TEXT: usize = 4_000;
/// The most parts of a text.
const MAX_RUNS: usize = 200;

/// A text: a string, or a list of parts.
pub(crate) struct TextBody(Vec<TextRun>);

/// A part of a text with its own look.
#[derive(Clone, Debug, PartialEq, JsonSchema)]
pub(crate) struct TextRun {
    /// What it says.
    text: String,
    /// How it looks, where that is not as the rest.
    #[serde(flatten)]
    style: RunStyle,
}

impl<'de> Deserialize<'de> for TextRun {
    // By hand: serde's flattening would take members that there are not.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let mut members = serde_json::Map::deserialize(d)?;
        let text = members.remove("text").ok_or_else(|| de::Error::missing_field("text"))?;
        let text = text.as_str().ok_or_else(|| de::Error::custom("text: not a string"))?.to_owned();
        let style = crate::field::read(members.into()).map_err(de::Error::custom)?;
        Ok(Self { text, style })
    }
}

impl TextBody {
    /// The text as a source.
    pub(crate) fn source(self, style: TextStyle) -> Result<TextSource, FieldError> {
        if self.0.len() > MAX_RUNS {
            let message = format!("{} parts: at most {MAX_RUNS} are allowed", self.0.len());
            return Err(FieldError::new("content", message));
        }
        let mut text = String::new();
        let mut runs = Vec::new();
        for run in self.0 {
            let start = text.len();
            text.extend(run.text.chars().filter(|c| !turns_the_line(*c)));
            if run.style != RunStyle::default() {
                runs.push((start..text.len(), run.style));
            }
        }
        let length = text.chars().count();
        if length > MAX_TEXT {
            return Err(FieldError::new("content", format!("{length} characters: at most {MAX_TEXT} are allowed")));
        }
        Ok(TextSource { text, runs, style })
    }
}

/// Embeddings and overrides of the bidirectional algorithm (U+202A to U+202E): a name that holds one
/// would turn round whatever is written after it. Isolates do no harm and stay.
fn turns_the_line(c: char) -> bool {
    ('\u{202a}'..='\u{202e}').contains(&c)
}

impl<'de> Deserialize<'de> for TextBody {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = TextBody;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a text, or a list of parts such as {\"text\": \"gone\", \"color\": \"red\"}")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<TextBody, E> {
                Ok(TextBody(vec![TextRun { text: text.to_owned(), style: RunStyle::default() }]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<TextBody, A::Error> {
                let mut runs = Vec::new();
                while let Some(run) = list.next_element()? {
                    runs.push(run);
                }
                Ok(TextBody(runs))
            }
        }
        d.deserialize_any(Either)
    }
}

impl JsonSchema for TextBody {
    fn schema_name() -> Cow<'static, str> {
        "TextBody".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let run = generator.subschema_for::<TextRun>();
        json_schema!({"anyOf": [{"type": "string"}, {"type": "array", "items": run, "maxItems": MAX_RUNS}]})
    }
}
