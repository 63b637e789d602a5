//! The decoder of what the service itself cannot read, in a sandbox.

use crate::{Failure, sandbox};
use codec_wire::{Decoded, Record, RecordKind};
use ffmpeg_next as ff;
use ffmpeg_next::format::context::StreamIo;
use ffmpeg_next::format::sample::{Sample, Type};
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

/// What a decoder may take of memory, with all that the libraries map.
const MEMORY: u64 = 1 << 30;
/// What the decoding of a file may take of a processor, in seconds. A stream has no end.
const CPU_SECONDS: u64 = 60;
/// What the head of a stream may be, in bytes, until it has to be clear what it is.
const PROBE: &str = "65536";

/// Decodes the sound of `input`, which is memory or a pipe.
pub(crate) fn run(input: File, out: &mut File) -> Result<(), Failure> {
    let result = work(input, out);
    if let Err(e) = &result {
        let _ = Record::new(RecordKind::Failed, e.to_string().into_bytes()).write_to(out);
    }
    result
}

fn work(input: File, out: &mut File) -> Result<(), Failure> {
    ff::init()?;
    ff::log::set_level(ff::log::Level::Fatal);
    let seekable = (&input).seek(SeekFrom::Start(0)).is_ok();
    sandbox::enter(MEMORY, seekable.then_some(CPU_SECONDS))?;
    let mut options = ff::Dictionary::new();
    // A list of files in a file would name others; there are none to be had here.
    options.set("protocol_whitelist", "");
    options.set("max_streams", "16");
    let io = if seekable {
        StreamIo::from_read_seek(Input(input))?
    } else {
        options.set("probesize", PROBE);
        options.set("analyzeduration", "500000");
        StreamIo::from_read_with_capacity(Input(input), 4096)?
    };
    let mut file = ff::format::input_from_stream(io, None, Some(options))?;
    let stream = file.streams().best(ff::media::Type::Audio).ok_or(Failure::Protocol("it has no sound in it"))?;
    let index = stream.index();
    let mut context = ff::codec::Context::from_parameters(stream.parameters())?;
    context.set_threading(ff::threading::Config::count(1));
    let mut decoder = context.decoder().audio()?;
    let mut told = None;
    let mut frame = ff::frame::Audio::empty();
    let mut packets = file.packets();
    loop {
        let next = packets.next();
        match &next {
            Some((stream, _)) if stream.index() != index => continue,
            // One bad packet is a click, not the end.
            Some((_, packet)) => {
                let _ = decoder.send_packet(packet);
            }
            None => decoder.send_eof()?,
        }
        while decoder.receive_frame(&mut frame).is_ok() {
            let found = Decoded { rate: frame.rate(), channels: u32::from(frame.channels()) };
            if told != Some(found) {
                let text = serde_json::to_vec(&found)?;
                Record::new(RecordKind::Config, text).write_to(out)?;
                told = Some(found);
            }
            let samples = interleave(&frame).ok_or(Failure::Protocol("its samples are of an unknown form"))?;
            out.write_all(&Record::encode(RecordKind::Samples, 0, false, &samples))?;
        }
        if next.is_none() {
            return Ok(());
        }
    }
}

/// The samples of a frame as 32-bit floats, channel by channel in turn.
fn interleave(frame: &ff::frame::Audio) -> Option<Vec<u8>> {
    let (kind, read): (_, fn(&[u8]) -> f32) = match frame.format() {
        Sample::U8(kind) => (kind, |b| (f32::from(b[0]) - 128.0) / 128.0),
        Sample::I16(kind) => (kind, |b| f32::from(i16::from_ne_bytes([b[0], b[1]])) / 32_768.0),
        Sample::I32(kind) => (kind, |b| i32::from_ne_bytes([b[0], b[1], b[2], b[3]]) as f32 / 2_147_483_648.0),
        Sample::F32(kind) => (kind, |b| f32::from_ne_bytes([b[0], b[1], b[2], b[3]])),
        Sample::F64(kind) => (kind, |b| f64::from_ne_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]) as f32),
        _ => return None,
    };
    let (channels, count, size) = (usize::from(frame.channels()), frame.samples(), frame.format().bytes());
    let mut out = Vec::with_capacity(count * channels * 4);
    for i in 0..count {
        for channel in 0..channels {
            let (plane, at) = if kind == Type::Planar { (channel, i) } else { (0, i * channels + channel) };
            let sample = plane_of(frame, plane, count * if kind == Type::Planar { size } else { size * channels })?;
            out.extend_from_slice(&read(sample.get(at * size..at * size + size)?).to_le_bytes());
        }
    }
    Some(out)
}

/// A plane's bytes. The library's own way to them goes by `linesize`, which is that of the first plane only, and
/// knows eight planes.
fn plane_of(frame: &ff::frame::Audio, plane: usize, bytes: usize) -> Option<&[u8]> {
    // SAFETY: libavutil fills `extended_data` with a pointer for each plane of a decoded frame, and the caller
    // asks for planes below their number; each has room for `nb_samples` samples, which is what `bytes` counts,
    // and at most `linesize[0]` of them, which is checked.
    unsafe {
        let raw = frame.as_ptr();
        if bytes > usize::try_from((*raw).linesize[0]).ok()? {
            return None;
        }
        let start = *(*raw).extended_data.add(plane);
        (!start.is_null()).then(|| std::slice::from_raw_parts(start, bytes))
    }
}

/// The file that the service has handed over.
struct Input(File);

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Seek for Input {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}
