//! The encoder: one frame at a time, in the order in which they come.

use crate::audio::AudioEncoder;
use crate::video::VideoEncoder;
use crate::{Failure, data_out, inherited};
use codec_wire::{EncoderConfig, FRAMES_FD, Frame, FrameView, MAX_FRAME_MESSAGE, Record, RecordKind};
use rustix::net::{RecvFlags, recv};
use std::fs::File;
use std::io::Write;
use std::os::fd::OwnedFd;

/// Encodes until the control socket ends.
pub(crate) fn run(control: OwnedFd) -> Result<(), Failure> {
    let mut out = data_out();
    let result = work(&control, &mut out);
    if let Err(e) = &result {
        let _ = Record::new(RecordKind::Failed, e.to_string().into_bytes()).write_to(&mut out);
    }
    result
}

fn work(control: &OwnedFd, out: &mut File) -> Result<(), Failure> {
    let mut message = vec![0u8; MAX_FRAME_MESSAGE];
    let length = receive(control, &mut message)?;
    let config: EncoderConfig = serde_json::from_slice(&message[..length])?;
    let frame_bytes = config.width as usize * config.height as usize * 3 / 2;
    let pictures = FrameView::open(inherited(FRAMES_FD), config.slots as usize, frame_bytes)?;

    ffmpeg_next::init()?;
    ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Warning);
    let mut video = VideoEncoder::open(&config)?;
    let mut audio = AudioEncoder::open(config.kind.codec(), config.audio_kbps)?;
    Record::new(RecordKind::VideoHeader, video.header()).write_to(out)?;
    Record::new(RecordKind::AudioHeader, audio.header()).write_to(out)?;

    let mut first_sample = None;
    loop {
        let length = receive(control, &mut message)?;
        if length == 0 {
            break;
        }
        let frame = Frame::from_bytes(&message[..length])?;
        if frame.video_kbps > 0 {
            video.set_kbps(frame.video_kbps);
        }
        let picture = pictures.slot(frame.slot as usize).ok_or(Failure::Protocol("no such slot"))?;
        video.send(picture, frame.tick, frame.key)?;
        Record { kind: RecordKind::Released, value: frame.slot.into(), key: false, data: vec![] }.write_to(out)?;
        drain_video(&mut video, out)?;
        let first = *first_sample.get_or_insert(frame.first_sample as i64);
        audio.send(&frame.samples, frame.first_sample)?;
        drain_audio(&mut audio, first, out)?;
    }
    video.finish();
    drain_video(&mut video, out)?;
    if let Some(first) = first_sample {
        audio.finish()?;
        drain_audio(&mut audio, first, out)?;
    }
    Ok(())
}

/// The encoder begins with silence from before the first sample that it was sent. Players of RTMP
/// would play it, so it is left out.
fn drain_audio(audio: &mut AudioEncoder, first: i64, out: &mut File) -> Result<(), Failure> {
    while let Some((pts, packet)) = audio.receive() {
        if pts >= first {
            out.write_all(&Record::encode(RecordKind::Audio, pts, false, packet.data().unwrap_or_default()))?;
        }
    }
    Ok(())
}

fn drain_video(video: &mut VideoEncoder, out: &mut File) -> Result<(), Failure> {
    while let Some((pts, key, packet)) = video.receive() {
        out.write_all(&Record::encode(RecordKind::Video, pts, key, packet.data().unwrap_or_default()))?;
    }
    Ok(())
}

fn receive(socket: &OwnedFd, buffer: &mut [u8]) -> Result<usize, Failure> {
    loop {
        match recv(socket, &mut *buffer, RecvFlags::empty()) {
            Ok((length, _)) => return Ok(length),
            Err(rustix::io::Errno::INTR) => {}
            Err(e) => return Err(std::io::Error::from(e).into()),
        }
    }
}
