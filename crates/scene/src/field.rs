//! Errors that name the field, and the way from a field to its line in a file.

use serde::de::DeserializeOwned;
use serde_json::Value;

/// What is wrong with one field of a document.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", if field.is_empty() { String::new() } else { format!("{field}: ") })]
pub struct FieldError {
    /// Where: `layers[2].content.style.fontSize`. Empty: the document itself.
    pub field: String,
    /// What is wrong, and what is allowed.
    pub message: String,
}

impl FieldError {
    /// An error at `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }

    /// The same error seen from one level up: `under("layers[2]")`.
    #[must_use]
    pub fn under(mut self, parent: &str) -> Self {
        self.field = match (parent, self.field.as_str()) {
            (parent, "") => parent.to_owned(),
            ("", _) => self.field,
            (parent, field) if field.starts_with('[') => format!("{parent}{field}"),
            (parent, field) => format!("{parent}.{field}"),
        };
        self
    }
}

/// Reads a `T` out of a JSON value; the error names the field inside it.
///
/// # Errors
/// The first field that is unknown, missing, of the wrong type or out of its range.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, FieldError> {
    serde_path_to_error::deserialize(value).map_err(|e| {
        let path = e.path().to_string();
        let message = e.into_inner().to_string();
        if let Some((field, message)) = tagged::split(&message) {
            return FieldError::new(field, message).under(&path);
        }
        // An unknown or missing field is reported at its parent: name the field itself.
        let leaf = ["unknown field `", "missing field `"]
            .iter()
            .find_map(|prefix| message.strip_prefix(prefix).and_then(|rest| rest.split('`').next()).map(str::to_owned));
        let parent = if path == "." { String::new() } else { path };
        match leaf {
            // serde_path_to_error already ends in the key where the key itself was refused.
            Some(leaf) if parent != leaf && !parent.ends_with(&format!(".{leaf}")) => {
                FieldError::new(leaf, message).under(&parent)
            }
            _ => FieldError::new(parent, message),
        }
    })
}

/// Marks, inside an error's message, the name of the field that it is about.
const MARK: char = '\u{1}';

/// Reading of values that are told apart by their `type`: what serde reads whole before it knows the
/// type has lost the way to the field that is wrong, which is found again here.
pub(crate) mod tagged {
    use super::{MARK, Value};
    use serde::Deserialize;
    use serde::de::{DeserializeOwned, Deserializer, Error};

    /// For `#[serde(deserialize_with)]` on a value.
    pub(crate) fn one<'de, D: Deserializer<'de>, T: DeserializeOwned>(d: D) -> Result<T, D::Error> {
        let value = Value::deserialize(d)?;
        parse(&value).map_err(|(field, message)| D::Error::custom(format!("{MARK}{field}{MARK}{message}")))
    }

    /// The same on an option.
    pub(crate) fn option<'de, D: Deserializer<'de>, T: DeserializeOwned>(d: D) -> Result<Option<T>, D::Error> {
        let value = Value::deserialize(d)?;
        if value.is_null() {
            return Ok(None);
        }
        let parsed = parse(&value);
        parsed.map(Some).map_err(|(field, message)| D::Error::custom(format!("{MARK}{field}{MARK}{message}")))
    }

    /// The same on a list.
    pub(crate) fn list<'de, D: Deserializer<'de>, T: DeserializeOwned>(d: D) -> Result<Vec<T>, D::Error> {
        let values = Vec::<Value>::deserialize(d)?;
        let parsed = values.iter().enumerate().map(|(i, value)| {
            parse(value).map_err(|(field, message)| {
                let dot = if field.is_empty() { "" } else { "." };
                D::Error::custom(format!("{MARK}[{i}]{dot}{field}{MARK}{message}"))
            })
        });
        parsed.collect()
    }

    /// An error that keeps its field, for what is read by itself inside of something else.
    pub(crate) fn error<E: Error>(e: super::FieldError) -> E {
        E::custom(format!("{MARK}{}{MARK}{}", e.field, e.message))
    }

    /// The value, or the field that is wrong and why: the one without which the error is another.
    fn parse<T: DeserializeOwned>(value: &Value) -> Result<T, (String, String)> {
        let error = match T::deserialize(value) {
            Ok(parsed) => return Ok(parsed),
            Err(error) => error.to_string(),
        };
        if let Some((field, message)) = split(&error) {
            return Err((field.to_owned(), message.to_owned()));
        }
        let culprit = value.as_object().and_then(|members| {
            let others = |name: &String| {
                let mut rest = members.clone();
                rest.remove(name);
                T::deserialize(Value::Object(rest)).err().is_none_or(|other| other.to_string() != error)
            };
            members.keys().filter(|name| *name != "type").find(|name| others(name))
        });
        Err((culprit.cloned().unwrap_or_default(), error))
    }

    /// The field and the rest of a marked message.
    pub(super) fn split(message: &str) -> Option<(&str, &str)> {
        message.strip_prefix(MARK)?.split_once(MARK)
    }
}

/// The line, counted from 1, on which `field` (such as `layers[2].opacity`) stands in the JSON
/// `text`; the nearest enclosing field's where it is not there (a missing field).
#[must_use]
pub fn line_of(text: &str, field: &str) -> usize {
    let wanted: Vec<String> =
        field.replace('[', ".[").split('.').filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let mut scan = Scan { bytes: text.as_bytes(), at: 0, best: (0, 0) };
    scan.value(&wanted, 0);
    text.as_bytes()[..scan.best.1.min(text.len())].iter().filter(|b| **b == b'\n').count() + 1
}

/// A walk over JSON that is known to parse, remembering the deepest match of a path.
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    /// (path segments matched, byte position)
    best: (usize, usize),
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.bytes.get(self.at).is_some_and(|b| b.is_ascii_whitespace() || *b == b',' || *b == b':') {
            self.at += 1;
        }
        self.bytes.get(self.at).copied()
    }

    fn string(&mut self) -> String {
        let start = self.at + 1;
        self.at = start;
        while let Some(b) = self.bytes.get(self.at) {
            match b {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        let end = self.at.min(self.bytes.len());
        self.at = end + 1;
        String::from_utf8_lossy(&self.bytes[start.min(end)..end]).into_owned()
    }

    /// Walks one value; `depth` segments of `wanted` lead to it, or `usize::MAX` off the path.
    fn value(&mut self, wanted: &[String], depth: usize) {
        let opener = self.peek();
        let on_path = depth != usize::MAX;
        if on_path && (depth > self.best.0 || self.best == (0, 0)) {
            self.best = (depth, self.at);
        }
        match opener {
            Some(b'{' | b'[') => {
                let object = opener == Some(b'{');
                self.at += 1;
                let mut index = 0;
                while let Some(b) = self.peek() {
                    if b == b'}' || b == b']' {
                        self.at += 1;
                        return;
                    }
                    let key_at = self.at;
                    let segment = if object { self.string() } else { format!("[{index}]") };
                    index += 1;
                    let below = if on_path && wanted.get(depth) == Some(&segment) { depth + 1 } else { usize::MAX };
                    if below != usize::MAX && below > self.best.0 {
                        self.best = (below, key_at);
                    }
                    self.value(wanted, below);
                }
            }
            Some(b'"') => drop(self.string()),
            _ => {
                while self.bytes.get(self.at).is_some_and(|b| !b" \t\r\n,]}".contains(b)) {
                    self.at += 1;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_has_a_line() {
        let text = "{\n  \"a\": {\"x\": \"]\\\"}\"},\n  \"layers\": [\n    {\"id\": \"p\"},\n    {\n      \"id\": \"q\",\n      \"opacity\": 3\n    }\n  ]\n}";
        assert_eq!(line_of(text, "layers[1].opacity"), 7);
        assert_eq!(line_of(text, "layers[0].id"), 4);
        assert_eq!(line_of(text, "layers[1].transform"), 5, "a missing field: its parent");
        assert_eq!(line_of(text, ""), 1);
    }
}
