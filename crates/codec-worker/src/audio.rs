//! Sound: AAC by libavcodec's own encoder, Opus by libopus.

use crate::Failure;
use crate::video::extradata;
use codec_wire::{AUDIO_RATE, Codec};
use ffmpeg_next as ff;
use ffmpeg_next::format::sample::{Sample, Type};
use std::collections::VecDeque;

/// The encoder, open.
pub(crate) struct AudioEncoder {
    encoder: ff::encoder::audio::Encoder,
    layout: Type,
    /// Samples that do not fill a frame yet.
    waiting: Vec<[f32; 2]>,
    /// Finished frames that nobody has asked for yet.
    ready: VecDeque<(i64, ff::Packet)>,
    /// The number of the first of them.
    next: i64,
}

impl AudioEncoder {
    /// What goes with video in `beside`.
    pub(crate) fn open(beside: Codec, kbps: u32) -> Result<Self, Failure> {
        let (name, layout) = match beside {
            Codec::H264 => ("aac", Type::Planar),
            Codec::Vp8 | Codec::Vp9 => ("libopus", Type::Packed),
        };
        let codec = ff::encoder::find_by_name(name).ok_or(Failure::NoEncoder(name))?;
        let mut audio = ff::codec::context::Context::new_with_codec(codec).encoder().audio()?;
        audio.set_rate(AUDIO_RATE as i32);
        audio.set_format(Sample::F32(layout));
        audio.set_channel_layout(ff::ChannelLayout::STEREO);
        audio.set_bit_rate(kbps as usize * 1000);
        audio.set_time_base((1, AUDIO_RATE as i32));
        audio.set_flags(ff::codec::Flags::GLOBAL_HEADER);
        Ok(Self { encoder: audio.open()?, layout, waiting: Vec::new(), ready: VecDeque::new(), next: 0 })
    }

    /// The AudioSpecificConfig, or Opus's identification header.
    pub(crate) fn header(&self) -> Vec<u8> {
        extradata(&self.encoder)
    }

    /// Encodes samples, the first of which has the number `first`.
    pub(crate) fn send(&mut self, samples: &[[f32; 2]], first: u64) -> Result<(), Failure> {
        // Frames that were never sent leave a gap, which is silence; a long one is jumped over.
        let gap = first as i64 - (self.next + self.waiting.len() as i64);
        if self.waiting.is_empty() || !(0..=i64::from(AUDIO_RATE)).contains(&gap) {
            self.waiting.clear();
            self.next = first as i64;
        } else {
            self.waiting.resize(self.waiting.len() + gap as usize, [0.0; 2]);
        }
        self.waiting.extend_from_slice(samples);
        let size = self.encoder.frame_size() as usize;
        while self.waiting.len() >= size {
            let mut frame = ff::frame::Audio::new(Sample::F32(self.layout), size, ff::ChannelLayout::STEREO);
            frame.set_rate(AUDIO_RATE);
            frame.set_pts(Some(self.next));
            if self.layout == Type::Packed {
                let plane: &mut [(f32, f32)] = frame.plane_mut(0);
                plane.iter_mut().zip(&self.waiting).for_each(|(out, [left, right])| *out = (*left, *right));
            } else {
                for channel in 0..2 {
                    let plane: &mut [f32] = frame.plane_mut(channel);
                    plane.iter_mut().zip(&self.waiting).for_each(|(out, sample)| *out = sample[channel]);
                }
            }
            self.waiting.drain(..size);
            self.next += size as i64;
            self.encoder.send_frame(&frame)?;
            // A gap that is filled is many frames at once, and the encoder takes no more than two before
            // it wants to be asked for what it has made.
            while let Some(packet) = self.take() {
                self.ready.push_back(packet);
            }
        }
        Ok(())
    }

    /// Encodes what is left: a last frame that is filled less than half is left out, one that is
    /// filled more is filled up with silence, so that the sound ends within 11 ms of the picture.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        let size = self.encoder.frame_size() as usize;
        if self.waiting.len() * 2 >= size {
            let missing = vec![[0.0; 2]; size - self.waiting.len()];
            self.send(&missing, (self.next + self.waiting.len() as i64) as u64)?;
        }
        Ok(self.encoder.send_eof()?)
    }

    /// The next finished frame, with the number of its first sample.
    pub(crate) fn receive(&mut self) -> Option<(i64, ff::Packet)> {
        self.ready.pop_front().or_else(|| self.take())
    }

    fn take(&mut self) -> Option<(i64, ff::Packet)> {
        let mut packet = ff::Packet::empty();
        self.encoder.receive_packet(&mut packet).ok()?;
        Some((packet.pts().unwrap_or_default(), packet))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_that_were_never_sent_are_silence_and_cost_no_more() {
        let mut audio = AudioEncoder::open(Codec::H264, 128).unwrap();
        let mut frames = Vec::new();
        let mut send = |audio: &mut AudioEncoder, first: u64| {
            audio.send(&[[0.1; 2]; 1600], first).unwrap();
            frames.extend(std::iter::from_fn(|| audio.receive()).map(|(pts, _)| pts));
        };
        send(&mut audio, 0);
        // Nine pictures of thirty a second are missing.
        send(&mut audio, 16_000);
        send(&mut audio, 17_600);
        assert!(frames.len() > 14, "{frames:?}");
        assert!(frames.windows(2).all(|pair| pair[1] - pair[0] == 1024), "{frames:?}");
    }
}
