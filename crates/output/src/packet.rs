//! Encoded packets, shared by everything that sends them on.

use crate::flv;
use bytes::Bytes;
use std::sync::{Arc, OnceLock};

/// One access unit of video or frame of sound.
#[derive(Debug)]
pub struct Packet {
    /// What it is.
    pub media: Media,
    /// The encoder's output: of H.264 in Annex B form, of AAC raw.
    pub data: Bytes,
    /// What a decoder has to know first.
    pub headers: Arc<Headers>,
    /// The body of the FLV tag, made when the first destination asks for it.
    flv: OnceLock<Bytes>,
}

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// An access unit.
    Video {
        /// The frame's number.
        tick: i64,
        /// Whether decoding can begin here.
        key: bool,
    },
    /// A frame of sound.
    Audio {
        /// The number of its first sample.
        sample: i64,
    },
}

/// What a decoder has to know before the first packet.
#[derive(Debug, PartialEq, Eq)]
pub struct Headers {
    /// Of H.264 SPS and PPS, Annex B.
    pub video: Bytes,
    /// AudioSpecificConfig, or Opus's identification header.
    pub audio: Bytes,
}

impl Packet {
    /// A packet as it comes from the encoder.
    #[must_use]
    pub fn new(media: Media, data: Bytes, headers: Arc<Headers>) -> Self {
        Self { media, data, headers, flv: OnceLock::new() }
    }

    /// Whether decoding can begin here.
    #[must_use]
    pub fn is_key(&self) -> bool {
        matches!(self.media, Media::Video { key: true, .. })
    }

    /// Of a keyframe: its number.
    #[must_use]
    pub fn key(&self) -> Option<i64> {
        match self.media {
            Media::Video { tick, key: true } => Some(tick),
            _ => None,
        }
    }

    /// Whether it is a picture.
    #[must_use]
    pub fn is_video(&self) -> bool {
        matches!(self.media, Media::Video { .. })
    }

    /// The body of its FLV tag, which is an RTMP message's too.
    pub(crate) fn flv(&self) -> &Bytes {
        self.flv.get_or_init(|| match self.media {
            Media::Video { key, .. } => flv::video(&self.data, key),
            Media::Audio { .. } => flv::audio(&self.data),
        })
    }
}
