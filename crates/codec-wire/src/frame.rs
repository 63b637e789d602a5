//! The order to encode one frame, with its sound.

use crate::WireError;

/// The largest [`Frame`] message: a second of sound at one frame per second, and its head.
pub const MAX_FRAME_MESSAGE: usize = HEAD + 48_000 * 8;

const HEAD: usize = 32;

/// The order to encode the picture in a slot and the sound of its interval.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// Which picture of the ring.
    pub slot: u32,
    /// Its number: it begins at `tick / fps`.
    pub tick: u64,
    /// Whether it has to be a keyframe.
    pub key: bool,
    /// The new bit rate of the video in kb/s; zero leaves it as it is.
    pub video_kbps: u32,
    /// The number of the first sample.
    pub first_sample: u64,
    /// Left and right.
    pub samples: Vec<[f32; 2]>,
}

impl Frame {
    /// Its bytes, all numbers little endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + self.samples.len() * 8);
        bytes.extend(self.slot.to_le_bytes());
        bytes.extend(u32::from(self.key).to_le_bytes());
        bytes.extend(self.tick.to_le_bytes());
        bytes.extend(self.first_sample.to_le_bytes());
        bytes.extend(self.video_kbps.to_le_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.samples.iter().flatten().flat_map(|s| s.to_le_bytes()));
        bytes
    }

    /// Reads a message.
    ///
    /// # Errors
    /// It is too short, or its samples are no pairs.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, WireError> {
        let (head, samples) = bytes.split_at_checked(HEAD).ok_or(WireError::Nonsense("a frame without a head"))?;
        let (samples, rest) = samples.as_chunks::<8>();
        if !rest.is_empty() {
            return Err(WireError::Nonsense("half a sample"));
        }
        let word = |at: usize| u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
        let long = |at: usize| u64::from(word(at)) | u64::from(word(at + 4)) << 32;
        let float = |b: &[u8]| f32::from_le_bytes([b[0], b[1], b[2], b[3]]);
        Ok(Self {
            slot: word(0),
            key: word(4) != 0,
            tick: long(8),
            first_sample: long(16),
            video_kbps: word(24),
            samples: samples.iter().map(|b| [float(&b[..4]), float(&b[4..])]).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_read_as_it_was_written() {
        let frame = Frame {
            slot: 3,
            tick: 1 << 40,
            key: true,
            video_kbps: 4500,
            first_sample: (1 << 41) + 7,
            samples: vec![[0.5, -0.25], [1.0, 0.0]],
        };
        assert_eq!(Frame::from_bytes(&frame.to_bytes()).unwrap(), frame);
        assert!(Frame::from_bytes(&frame.to_bytes()[..35]).is_err());
        assert!(Frame::from_bytes(&[0; 4]).is_err());
    }
}
