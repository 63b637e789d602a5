//! Raw sound that comes in chunks while it is being made: what text-to-speech services stream.

use crate::MediaError;
use crate::resample::Resampler;
use audio::Sample;

/// How raw samples are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PcmEncoding {
    /// 16 bits with a sign, little endian.
    Int16,
    /// 32-bit floating point, little endian, -1 to 1.
    Float32,
}

impl PcmEncoding {
    fn bytes(self) -> usize {
        match self {
            Self::Int16 => 2,
            Self::Float32 => 4,
        }
    }
}

/// Turns chunks of raw bytes, cut anywhere, into the program's samples.
pub struct PcmStream {
    encoding: PcmEncoding,
    channels: usize,
    resampler: Resampler,
    /// Bytes of a frame that is not whole yet.
    rest: Vec<u8>,
}

impl PcmStream {
    /// A stream of that rate and so many interleaved channels.
    ///
    /// # Errors
    /// The rate is outside 8,000 to 192,000, or the channels outside 1 to 8.
    pub fn new(encoding: PcmEncoding, rate: u32, channels: usize) -> Result<Self, MediaError> {
        // 20 ms: short enough for speech that is waited for, long enough for a clean resampler.
        let resampler = Resampler::new(rate, channels, rate as usize / 50)?;
        Ok(Self { encoding, channels, resampler, rest: Vec::new() })
    }

    /// The samples that are ready once `bytes` have come.
    ///
    /// # Errors
    /// They cannot be resampled.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Sample>, MediaError> {
        self.rest.extend_from_slice(bytes);
        let size = self.encoding.bytes();
        let whole = self.rest.len() / (size * self.channels) * (size * self.channels);
        let samples: Vec<f32> = match self.encoding {
            PcmEncoding::Int16 => {
                self.rest[..whole].as_chunks().0.iter().map(|b| f32::from(i16::from_le_bytes(*b)) / 32768.0).collect()
            }
            PcmEncoding::Float32 => self.rest[..whole].as_chunks().0.iter().map(|b| f32::from_le_bytes(*b)).collect(),
        };
        self.rest.drain(..whole);
        let mut out = Vec::new();
        self.resampler.push(&samples, &mut out)?;
        Ok(out)
    }

    /// The samples that are left.
    ///
    /// # Errors
    /// They cannot be resampled.
    pub fn finish(&mut self) -> Result<Vec<Sample>, MediaError> {
        let mut out = Vec::new();
        self.resampler.finish(&mut out)?;
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn tone(rate: u32) -> Vec<f32> {
        (0..rate).map(|i| ((f64::from(i) * 440.0 * TAU / f64::from(rate)).sin() * 0.5) as f32).collect()
    }

    #[test]
    fn chunks_cut_anywhere_are_one_tone_at_any_rate() {
        for rate in [8_000, 11_025, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000] {
            let bytes: Vec<u8> = tone(rate).iter().flat_map(|s| s.to_le_bytes()).collect();
            let mut stream = PcmStream::new(PcmEncoding::Float32, rate, 1).unwrap();
            let mut out = Vec::new();
            for chunk in bytes.chunks(1_234 + 1) {
                out.extend(stream.push(chunk).unwrap());
            }
            out.extend(stream.finish().unwrap());
            assert_eq!(out.len(), 48_000, "{rate}");
            for (i, sample) in out.iter().enumerate().skip(2_000).take(44_000) {
                let expected = ((i as f64 * 440.0 * TAU / 48_000.0).sin() * 0.5) as f32;
                // Some rates come a sample late: filters of odd length have no middle.
                assert!((sample[0] - expected).abs() < 0.035, "{rate}: sample {i}: {} for {expected}", sample[0]);
            }
        }
    }

    #[test]
    fn what_is_no_number_does_no_harm() {
        let mut stream = PcmStream::new(PcmEncoding::Float32, 16_000, 2).unwrap();
        let bad: Vec<u8> = [f32::NAN, f32::INFINITY, 1e30, -1e30].iter().flat_map(|s| s.to_le_bytes()).collect();
        let mut out = stream.push(&bad).unwrap();
        out.extend(stream.push(&vec![0; 16_000 * 8]).unwrap());
        assert!(out.iter().flatten().all(|s| s.is_finite() && s.abs() < 20.0));
        assert!(PcmStream::new(PcmEncoding::Int16, 1, 1).is_err());
        assert!(PcmStream::new(PcmEncoding::Int16, 48_000, 0).is_err());
    }
}
