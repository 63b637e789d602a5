//! Stereo at the program's rate, of whatever comes.

use crate::MediaError;
use audio::{RATE, Sample};
use audioadapter_buffers::direct::InterleavedSlice;
use rubato::{Fft, FixedSync, Resampler as _};

/// Sample rates that are taken.
const RATES: std::ops::RangeInclusive<u32> = 8_000..=192_000;
/// The most channels.
const MAX_CHANNELS: usize = 8;

/// Makes stereo at the program's rate, chunk by chunk: what is pushed comes out without a seam, each sample at
/// its time.
pub(crate) struct Resampler {
    rate: u32,
    channels: usize,
    resampler: Option<Fft<f32>>,
    /// Stereo, interleaved, waiting for a whole chunk.
    waiting: Vec<f32>,
    /// Samples that the resampler still owes at the front.
    delay: usize,
    taken: u64,
    made: u64,
}

impl Resampler {
    /// Takes sound of that rate and so many interleaved channels; works on `chunk` samples at a time.
    pub(crate) fn new(rate: u32, channels: usize, chunk: usize) -> Result<Self, MediaError> {
        if !RATES.contains(&rate) {
            let message = format!("{rate} samples a second; {} to {} are allowed", RATES.start(), RATES.end());
            return Err(MediaError::Sound(message));
        }
        if !(1..=MAX_CHANNELS).contains(&channels) {
            return Err(MediaError::Sound(format!("{channels} channels; 1 to {MAX_CHANNELS} are allowed")));
        }
        let resampler = (rate != RATE)
            .then(|| Fft::new(rate as usize, RATE as usize, chunk, 2, FixedSync::Input))
            .transpose()
            .map_err(|e| MediaError::Sound(e.to_string()))?;
        let delay = resampler.as_ref().map_or(0, |r| r.output_delay());
        Ok(Self { rate, channels, resampler, waiting: Vec::new(), delay, taken: 0, made: 0 })
    }

    /// Takes whole frames; appends to `out` what is ready.
    pub(crate) fn push(&mut self, interleaved: &[f32], out: &mut Vec<Sample>) -> Result<(), MediaError> {
        for frame in interleaved.chunks_exact(self.channels) {
            // Front left and right lead in every layout; a centre and what follows is mixed to both.
            let (left, right) = match frame {
                [mono] => (*mono, *mono),
                [left, right] => (*left, *right),
                [left, right, rest @ ..] => {
                    let centre: f32 = rest.iter().sum::<f32>() * 0.5;
                    (left + centre, right + centre)
                }
                [] => (0.0, 0.0),
            };
            // What is no number would stay in every filter for good.
            let finite = |s: f32| if s.is_finite() { s.clamp(-8.0, 8.0) } else { 0.0 };
            self.waiting.extend([finite(left), finite(right)]);
            self.taken += 1;
        }
        self.drain(false, out)
    }

    /// Appends the rest: in all there is as much of it as was pushed.
    pub(crate) fn finish(&mut self, out: &mut Vec<Sample>) -> Result<(), MediaError> {
        let wanted = (self.taken * u64::from(RATE)).div_ceil(u64::from(self.rate));
        while self.resampler.is_some() && self.made < wanted {
            self.drain(true, out)?;
        }
        out.truncate(out.len() - (self.made - wanted.min(self.made)) as usize);
        self.made = self.made.min(wanted);
        Ok(())
    }

    /// Hands whole chunks to the resampler; with `flush`, a last one filled up with silence.
    fn drain(&mut self, flush: bool, out: &mut Vec<Sample>) -> Result<(), MediaError> {
        let Some(resampler) = &mut self.resampler else {
            self.made += self.waiting.len() as u64 / 2;
            out.extend(self.waiting.chunks_exact(2).map(|f| [f[0], f[1]]));
            self.waiting.clear();
            return Ok(());
        };
        let broken = |e: String| MediaError::Sound(format!("it cannot be resampled: {e}"));
        loop {
            let need = resampler.input_frames_next();
            if self.waiting.len() < need * 2 {
                if !flush {
                    return Ok(());
                }
                self.waiting.resize(need * 2, 0.0);
            }
            let mut resampled = vec![0.0; resampler.output_frames_next() * 2];
            let room = resampled.len() / 2;
            let input = InterleavedSlice::new(&self.waiting, 2, need).map_err(|e| broken(e.to_string()))?;
            let mut output = InterleavedSlice::new_mut(&mut resampled, 2, room).map_err(|e| broken(e.to_string()))?;
            let (_, made) =
                resampler.process_into_buffer(&input, &mut output, None).map_err(|e| broken(e.to_string()))?;
            let skip = self.delay.min(made);
            self.delay -= skip;
            self.made += (made - skip) as u64;
            out.extend(resampled[skip * 2..made * 2].chunks_exact(2).map(|f| [f[0], f[1]]));
            self.waiting.drain(..need * 2);
            if flush {
                return Ok(());
            }
        }
    }
}
