//! What an encoder costs here, and whether it works at all: by some frames that look like a show's.

use crate::video::VideoEncoder;
use crate::{Failure, audio::AudioEncoder};
use codec_wire::{EncoderConfig, Record, RecordKind, Trial};
use rustix::process::nice;
use rustix::time::{ClockId, clock_gettime};
use std::fs::File;

/// Frames that are encoded; the first few cost more, and are not counted.
const FRAMES: u64 = 40;
const WARM: u64 = 8;

/// Encodes what it makes up, at the lowest priority: whatever is on air goes first.
pub(crate) fn run(mut control: File, out: &mut File) -> Result<(), Failure> {
    let result = Record::read_from(&mut control)
        .map_err(Failure::from)
        .and_then(|record| record.ok_or(Failure::Protocol("no configuration")))
        .and_then(|record| Ok(serde_json::from_slice(&record.data)?))
        .and_then(|config| measure(&config));
    match &result {
        Ok(trial) => Record::new(RecordKind::Config, serde_json::to_vec(trial)?).write_to(out)?,
        Err(e) => Record::new(RecordKind::Failed, e.to_string().into_bytes()).write_to(out)?,
    }
    result.map(drop)
}

fn measure(config: &EncoderConfig) -> Result<Trial, Failure> {
    let _ = nice(19);
    ffmpeg_next::init()?;
    ffmpeg_next::log::set_level(ffmpeg_next::log::Level::Fatal);
    let mut video = VideoEncoder::open(config)?;
    let _ = AudioEncoder::open(config.kind.codec(), config.audio_kbps)?;
    let mut picture = background(config.width as usize, config.height as usize);
    let (mut began, mut made) = (cpu_ms(), 0u64);
    for tick in 0..FRAMES {
        if tick == WARM {
            began = cpu_ms();
        }
        disturb(&mut picture, config.width as usize, config.height as usize, tick as usize);
        video.send(&picture, tick, tick == 0)?;
        made += std::iter::from_fn(|| video.receive()).count() as u64;
    }
    video.finish();
    made += std::iter::from_fn(|| video.receive()).count() as u64;
    // One that keeps frames back is of no use live.
    if made + 2 < FRAMES {
        return Err(Failure::Protocol("it took pictures and gave nothing for them"));
    }
    Ok(Trial { cpu_ms: (cpu_ms() - began) / (FRAMES - WARM) as f64 })
}

/// Processor time of this process, all threads, in milliseconds.
fn cpu_ms() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
}

/// A picture with a little texture everywhere, in I420.
fn background(width: usize, height: usize) -> Vec<u8> {
    let grain = |i: usize| (i.wrapping_mul(2_654_435_761) >> 20 & 7) as u8;
    let luma = (0..width * height).map(|i| (i % width * 120 / width + i / width * 80 / height) as u8 + 20 + grain(i));
    luma.chain((0..width * height / 2).map(|i| 120 + grain(i))).collect()
}

/// Half of the picture moves by a few pixels and shimmers.
fn disturb(picture: &mut [u8], width: usize, height: usize, step: usize) {
    let mut state = step as u32;
    for y in height / 8..height * 7 / 8 {
        let row = &mut picture[y * width + width / 8..y * width + width * 3 / 4];
        row.rotate_right(2 + step % 3);
        for sample in row.iter_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *sample = sample.saturating_add((state >> 29) as u8).saturating_sub(4).clamp(16, 235);
        }
    }
}
