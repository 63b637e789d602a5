//! From bytes to a clip at the program's rate.

use crate::MediaError;
use crate::decoder::Decoder;
use crate::resample::Resampler;
use audio::{Clip, RATE, Sample};
use bytes::Bytes;
use codec_wire::Decoded;
use std::io::Cursor;
use symphonia::core::codecs::audio::{AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

/// The longest clip: 15 minutes take 165 MiB.
const MAX_SAMPLES: usize = 15 * 60 * RATE as usize;
/// Samples that the resampler takes at a time.
const CHUNK: usize = 1024;

/// Decodes WAV, MP3, FLAC, OGG Vorbis, AAC and M4A; anything else that libav knows, Opus above all, in a worker.
pub(crate) fn decode(bytes: Bytes) -> Result<Clip, MediaError> {
    check_wav(&bytes)?;
    let clip = match open(&bytes) {
        Some(opened) => in_process(opened)?,
        None => in_sandbox(&bytes)?,
    };
    if clip.is_empty() {
        return Err(MediaError::Sound("it has no sound in it".into()));
    }
    Ok(clip)
}

/// A file, and the decoder of one of its tracks.
struct Opened {
    format: Box<dyn FormatReader>,
    decoder: Box<dyn AudioDecoder>,
    track: u32,
}

/// The file and the decoder of its sound, where the library knows both.
fn open(bytes: &Bytes) -> Option<Opened> {
    let format = probe(bytes)?;
    let track = format.default_track(TrackType::Audio)?;
    let (id, parameters) = (track.id, track.codec_params.as_ref()?.audio()?);
    let options = AudioDecoderOptions::default();
    let decoder = symphonia::default::get_codecs().make_audio_decoder(parameters, &options).ok()?;
    Some(Opened { format, decoder, track: id })
}

fn probe(bytes: &Bytes) -> Option<Box<dyn FormatReader>> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes.clone())), Default::default());
    let (format, metadata) = (FormatOptions::default(), MetadataOptions::default());
    symphonia::default::get_probe().probe(&Hint::new(), stream, format, metadata).ok()
}

fn in_process(Opened { mut format, mut decoder, track }: Opened) -> Result<Clip, MediaError> {
    let wrong = |e: Error| MediaError::Sound(e.to_string());
    let mut sink = Sink::default();
    let mut samples: Vec<f32> = Vec::new();
    loop {
        let packet = match format.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            // A file that was cut off ends where it ends.
            Err(Error::IoError(e)) if e.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(e) => return Err(wrong(e)),
        };
        if packet.track_id != track {
            continue;
        }
        let decoded = match decoder.decode(&packet) {
            Ok(decoded) => decoded,
            // One bad packet is a click, not the end.
            Err(Error::DecodeError(_)) => continue,
            Err(e) => return Err(wrong(e)),
        };
        samples.resize(decoded.samples_interleaved(), 0.0);
        decoded.copy_to_slice_interleaved(&mut samples);
        sink.push(decoded.spec().rate(), decoded.spec().channels().count(), &samples)?;
    }
    sink.finish()
}

fn in_sandbox(bytes: &[u8]) -> Result<Clip, MediaError> {
    let mut decoder = Decoder::of_file(bytes)?;
    let (mut sink, mut samples) = (Sink::default(), Vec::new());
    let unknown = |e| MediaError::Sound(format!("it is neither WAV, MP3, FLAC, OGG, AAC nor M4A: {e}"));
    while let Some(Decoded { rate, channels }) = decoder.next(&mut samples).map_err(unknown)? {
        sink.push(rate, channels as usize, &samples)?;
    }
    sink.finish()
}

/// How long a sound is, in seconds, where its file says so: without decoding it.
pub(crate) fn seconds(bytes: &Bytes) -> Option<f64> {
    check_wav(bytes).ok()?;
    // Others have no length of their own, and what is told of it is a guess.
    let told = [(0, b"RIFF"), (0, b"fLaC"), (0, b"OggS"), (4, b"ftyp")];
    // Opus says how many samples there are before those that are left out at the beginning.
    if bytes.get(28..36) == Some(b"OpusHead") {
        return None;
    }
    if !told.iter().any(|(at, mark)| bytes.get(*at..at + 4).is_some_and(|head| head == *mark)) {
        return None;
    }
    let format = probe(bytes)?;
    let track = format.default_track(TrackType::Audio)?;
    let rate = track.codec_params.as_ref()?.audio()?.sample_rate?;
    // Some containers count in units of their own.
    let frames = track.num_frames.filter(|_| track.time_base.is_none_or(|base| base.denom.get() == rate))?;
    // Rounded up, as the resampler does.
    let samples = frames.checked_mul(u64::from(RATE))?.div_ceil(u64::from(rate.max(1)));
    (samples > 0 && samples <= MAX_SAMPLES as u64).then(|| samples as f64 / f64::from(RATE))
}

/// A WAV header that promises more than the file holds is a lie or a torn upload; both are errors.
/// All bits set means "unknown", as streaming writers put it.
fn check_wav(bytes: &[u8]) -> Result<(), MediaError> {
    if bytes.len() < 12 || &bytes[..4] != b"RIFF" || &bytes[8..12] != b"WAVE" {
        return Ok(());
    }
    let mut at = 12;
    while let Some(head) = bytes.get(at..at + 8) {
        let size = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let left = bytes.len() - at - 8;
        if size != u32::MAX && size as usize > left {
            return Err(MediaError::Sound(format!(
                "its header promises {size} bytes of \"{}\", and {left} are left in the file",
                String::from_utf8_lossy(&head[..4]).trim_end()
            )));
        }
        if &head[..4] == b"data" {
            return Ok(());
        }
        at += 8 + size as usize + (size as usize & 1);
    }
    Err(MediaError::Sound("a WAV file without a data chunk".to_owned()))
}

/// A clip that is being made.
#[derive(Default)]
struct Sink {
    /// With the rate and the channels that it takes.
    resampler: Option<(Resampler, u32, usize)>,
    made: Vec<Sample>,
    out: Vec<[i16; 2]>,
}

impl Sink {
    fn push(&mut self, rate: u32, channels: usize, interleaved: &[f32]) -> Result<(), MediaError> {
        let resampler = match &mut self.resampler {
            Some((resampler, of_rate, of_channels)) if (*of_rate, *of_channels) == (rate, channels) => resampler,
            Some(_) => return Err(MediaError::Sound("its sample rate or its channels change on the way".into())),
            none => &mut none.insert((Resampler::new(rate, channels, CHUNK)?, rate, channels)).0,
        };
        resampler.push(interleaved, &mut self.made)?;
        self.take()
    }

    fn take(&mut self) -> Result<(), MediaError> {
        self.out.extend(self.made.drain(..).map(|sample| sample.map(quantise)));
        if self.out.len() > MAX_SAMPLES {
            let minutes = MAX_SAMPLES / 60 / RATE as usize;
            return Err(MediaError::Sound(format!("longer than the {minutes} minutes allowed")));
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Clip, MediaError> {
        if let Some((mut resampler, ..)) = self.resampler.take() {
            resampler.finish(&mut self.made)?;
        }
        self.take()?;
        self.out.shrink_to_fit();
        Ok(Clip::new(self.out))
    }
}

fn quantise(sample: f32) -> i16 {
    (sample * 32768.0).round().clamp(-32768.0, 32767.0) as i16
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(rate: u32, channels: u16, samples: &[i16]) -> Vec<u8> {
        let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
        let mut out = Vec::from(*b"RIFF");
        out.extend((36 + data.len() as u32).to_le_bytes());
        out.extend(b"WAVEfmt \x10\0\0\0\x01\0");
        out.extend(channels.to_le_bytes());
        out.extend(rate.to_le_bytes());
        out.extend((rate * u32::from(channels) * 2).to_le_bytes());
        out.extend((channels * 2).to_le_bytes());
        out.extend(16u16.to_le_bytes());
        out.extend(b"data");
        out.extend((data.len() as u32).to_le_bytes());
        out.extend(data);
        out
    }

    #[test]
    fn a_tone_keeps_its_length_place_and_level_when_resampled() {
        let tone: Vec<i16> = (0..44_100)
            .map(|i| ((f64::from(i) * 441.0 * std::f64::consts::TAU / 44_100.0).sin() * 16_000.0) as i16)
            .collect();
        let clip = decode(wav(44_100, 1, &tone).into()).unwrap();
        assert_eq!(clip.len(), 48_000);
        for (i, [left, right]) in clip.samples().iter().enumerate().skip(1000).take(40_000) {
            let want = (i as f64 * 441.0 * std::f64::consts::TAU / 48_000.0).sin() * 16_000.0;
            assert!((f64::from(*left) - want).abs() < 60.0, "sample {i}: {left} for {want}");
            assert_eq!(left, right);
        }
    }

    #[test]
    fn at_the_programs_rate_samples_are_kept() {
        let clip = decode(wav(48_000, 2, &[1, -1, 2, -2]).into()).unwrap();
        assert_eq!(clip.samples(), [[1, -1], [2, -2]]);
    }

    #[test]
    fn a_header_that_lies_is_an_error() {
        let honest = wav(48_000, 2, &[0; 100]);
        let mut promises = honest.clone();
        promises[40..44].copy_from_slice(&4_000_000u32.to_le_bytes());
        let mut strange_rate = honest.clone();
        strange_rate[24..28].copy_from_slice(&4_000_000_000u32.to_le_bytes());
        for (lie, reason) in [
            (promises, "promises 4000000 bytes"),
            (strange_rate, "cannot be used"),
            (honest[..30].to_vec(), "promises"),
        ] {
            let error = decode(lie.into()).unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
    }
}
