//! Names that callers give to things.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, de};
use std::borrow::Cow;
use std::sync::Arc;

/// The longest, in bytes.
const LONGEST: usize = 64;

/// The name of a layer, track or destination: 1 to 64 of `A-Z a-z 0-9 _ . -`. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Id(Arc<str>);

impl Id {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `prefix-n`, the prefix cut where that would be too long; for names the show makes itself.
    #[must_use]
    pub(crate) fn numbered(prefix: &str, n: u64) -> Self {
        let number = format!("-{n}");
        // An id is ASCII: any byte is the beginning of a character.
        let prefix = prefix.get(..LONGEST - number.len()).unwrap_or(prefix);
        Self(format!("{prefix}{number}").into())
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Id {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let legal = |c: u8| c.is_ascii_alphanumeric() || b"_.-".contains(&c);
        if (1..=LONGEST).contains(&text.len()) && text.bytes().all(legal) {
            Ok(Self(text.into()))
        } else {
            Err("an id is 1 to 64 of the characters A-Z a-z 0-9 _ . -".into())
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"})
    }
}
