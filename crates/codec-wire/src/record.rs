//! What flows in a stream between processes: encoded packets, and what goes with them.

use crate::WireError;
use std::io::{Read, Write};

/// The largest record: far above any frame at the bit rates allowed.
const MAX_DATA: u32 = 64 * 1024 * 1024;

/// One message of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// What it is.
    pub kind: RecordKind,
    /// The time stamp of a packet (video: frame number, audio: sample number); the slot of a release.
    pub value: i64,
    /// For video: whether it is a keyframe.
    pub key: bool,
    /// Its content.
    pub data: Vec<u8>,
}

/// The kinds of record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum RecordKind {
    /// Configuration as JSON.
    Config = 1,
    /// Of H.264 SPS and PPS in Annex B form: the encoder is ready once both headers are out.
    VideoHeader = 2,
    /// The AudioSpecificConfig, or Opus's identification header.
    AudioHeader = 3,
    /// A picture; of H.264 an access unit in Annex B form.
    Video = 4,
    /// A frame of AAC, raw, or of Opus.
    Audio = 5,
    /// A picture's slot may be used again.
    Released = 6,
    /// Why the worker cannot go on, as text.
    Failed = 7,
    /// Decoded samples.
    Samples = 8,
}

impl RecordKind {
    fn from_u8(byte: u8) -> Option<Self> {
        use RecordKind::*;
        let all = [Config, VideoHeader, AudioHeader, Video, Audio, Released, Failed, Samples];
        all.into_iter().find(|k| *k as u8 == byte)
    }
}

impl Record {
    /// A record of data alone.
    #[must_use]
    pub fn new(kind: RecordKind, data: Vec<u8>) -> Self {
        Self { kind, value: 0, key: false, data }
    }

    /// Its bytes: kind, key flag, two of padding, length, value, data; numbers little endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        Self::encode(self.kind, self.value, self.key, &self.data)
    }

    /// The bytes of a record whose data is borrowed.
    #[must_use]
    pub fn encode(kind: RecordKind, value: i64, key: bool, data: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(16 + data.len());
        bytes.extend([kind as u8, u8::from(key), 0, 0]);
        bytes.extend((data.len() as u32).to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes.extend(data);
        bytes
    }

    /// Writes the record.
    ///
    /// # Errors
    /// The other side is gone.
    pub fn write_to(&self, out: &mut impl Write) -> Result<(), WireError> {
        Ok(out.write_all(&self.to_bytes())?)
    }

    /// Reads the next record; `None` at the end of the stream.
    ///
    /// # Errors
    /// The stream ends inside a record, or is none of records.
    pub fn read_from(input: &mut impl Read) -> Result<Option<Self>, WireError> {
        let mut head = [0u8; 16];
        match input.read(&mut head[..1])? {
            0 => return Ok(None),
            _ => input.read_exact(&mut head[1..])?,
        }
        let kind = RecordKind::from_u8(head[0]).ok_or(WireError::Nonsense("a record of an unknown kind"))?;
        let length = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        if length > MAX_DATA {
            return Err(WireError::Nonsense("a record of an impossible length"));
        }
        let value = i64::from_le_bytes([head[8], head[9], head[10], head[11], head[12], head[13], head[14], head[15]]);
        let mut data = vec![0; length as usize];
        input.read_exact(&mut data)?;
        Ok(Some(Self { kind, value, key: head[1] != 0, data }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_as_it_was_written() {
        let record = Record { kind: RecordKind::Video, value: -7, key: true, data: vec![1, 2, 3] };
        let mut bytes = record.to_bytes();
        bytes.extend(Record::new(RecordKind::Failed, b"why".to_vec()).to_bytes());
        let mut input = bytes.as_slice();
        assert_eq!(Record::read_from(&mut input).unwrap(), Some(record));
        assert_eq!(Record::read_from(&mut input).unwrap().unwrap().data, b"why");
        assert_eq!(Record::read_from(&mut input).unwrap(), None);
        assert!(Record::read_from(&mut &bytes[..10]).is_err(), "cut off inside");
        assert!(Record::read_from(&mut &[99u8; 32][..]).is_err(), "no record");
    }
}
