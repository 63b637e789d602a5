//! AMF0, the encoding of commands (Action Message Format AMF 0, Adobe 2007).

/// A value. What publishing has no use for is read as [`Value::Other`].
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Number(f64),
    Bool(bool),
    Text(String),
    Object(Vec<(String, Value)>),
    /// Written like an object, with another marker.
    Array(Vec<(String, Value)>),
    Null,
    Other,
}

impl From<f64> for Value {
    fn from(n: f64) -> Self {
        Self::Number(n)
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Self::Bool(b)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl Value {
    /// A member of an object or array.
    pub(crate) fn get(&self, name: &str) -> Option<&Value> {
        match self {
            Self::Object(members) | Self::Array(members) => members.iter().find(|(n, _)| n == name).map(|(_, v)| v),
            _ => None,
        }
    }

    /// The text of a text.
    pub(crate) fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Appends the value's bytes.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Number(n) => {
                out.push(0);
                out.extend(n.to_be_bytes());
            }
            Self::Bool(b) => out.extend([1, u8::from(*b)]),
            Self::Text(text) if text.len() <= usize::from(u16::MAX) => {
                out.push(2);
                write_short(text, out);
            }
            Self::Text(text) => {
                out.push(12);
                out.extend((text.len() as u32).to_be_bytes());
                out.extend(text.as_bytes());
            }
            Self::Object(members) => {
                out.push(3);
                write_members(members, out);
            }
            Self::Array(members) => {
                out.push(8);
                out.extend((members.len() as u32).to_be_bytes());
                write_members(members, out);
            }
            Self::Null | Self::Other => out.push(5),
        }
    }
}

fn write_short(text: &str, out: &mut Vec<u8>) {
    let length = text.len().min(usize::from(u16::MAX));
    out.extend((length as u16).to_be_bytes());
    out.extend(&text.as_bytes()[..length]);
}

fn write_members(members: &[(String, Value)], out: &mut Vec<u8>) {
    for (name, value) in members {
        write_short(name, out);
        value.write(out);
    }
    out.extend([0, 0, 9]);
}

/// Reads values until the bytes end or make no sense; what was read before that counts.
pub(crate) fn read_all(bytes: &[u8]) -> Vec<Value> {
    let mut reader = Reader { bytes };
    let mut values = Vec::new();
    while !reader.bytes.is_empty() && values.len() < 32 {
        match reader.value(0) {
            Some(value) => values.push(value),
            None => break,
        }
    }
    values
}

struct Reader<'a> {
    bytes: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.bytes.split_at_checked(n)?;
        self.bytes = tail;
        Some(head)
    }

    fn number<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn short(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(self.number()?);
        Some(String::from_utf8_lossy(self.take(length.into())?).into_owned())
    }

    fn value(&mut self, depth: usize) -> Option<Value> {
        // A server has no reason to nest deeper; one that does is not followed.
        if depth > 8 {
            return None;
        }
        Some(match self.take(1)?[0] {
            0 => Value::Number(f64::from_be_bytes(self.number()?)),
            1 => Value::Bool(self.take(1)?[0] != 0),
            2 => Value::Text(self.short()?),
            3 => Value::Object(self.members(depth)?),
            8 => {
                self.take(4)?;
                Value::Array(self.members(depth)?)
            }
            10 => {
                let count = u32::from_be_bytes(self.number()?);
                for _ in 0..count {
                    self.value(depth + 1)?;
                }
                Value::Other
            }
            11 => {
                self.take(10)?;
                Value::Other
            }
            12 => {
                let length = u32::from_be_bytes(self.number()?);
                Value::Text(String::from_utf8_lossy(self.take(length as usize)?).into_owned())
            }
            5 => Value::Null,
            6 => Value::Other,
            _ => return None,
        })
    }

    fn members(&mut self, depth: usize) -> Option<Vec<(String, Value)>> {
        let mut members = Vec::new();
        loop {
            let name = self.short()?;
            if name.is_empty() && self.bytes.first() == Some(&9) {
                self.take(1)?;
                return Some(members);
            }
            members.push((name, self.value(depth + 1)?));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read() {
        let value = Value::Object(vec![
            ("code".into(), "NetStream.Publish.Start".into()),
            ("list".into(), Value::Array(vec![("width".into(), 1920.0.into()), ("on".into(), true.into())])),
            ("nothing".into(), Value::Null),
            ("long".into(), Value::Text("x".repeat(70_000))),
        ]);
        let mut bytes = Vec::new();
        value.write(&mut bytes);
        assert_eq!(read_all(&bytes), [value]);
    }

    proptest! {
        #[test]
        fn noise_does_no_harm(bytes: Vec<u8>) {
            let _ = read_all(&bytes);
        }
    }
}
