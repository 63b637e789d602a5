//! Sound that is still being made: somebody pushes samples in, the mixer takes them out.
//!
//! A feed waits until a little more than one chunk of it is there before it sounds, so that chunks that come
//! a little late do not tear it, but for [`PATIENCE`] at most; whenever it has run dry it waits for twice as
//! much the next time. When it runs dry all the same it fades out, is silent, and goes on where it was once enough
//! has come again: what was said is not lost, and the program's clock does not move.
//!
//! Invariant: the last sample that is heard before a silence is faded to nothing. Proof: a take that is to
//! be followed by another leaves [`FADE`] samples or more behind; one that would not fades what it takes to
//! its own end, and the feed then waits; and once a feed has ended, how many samples are left is known, and
//! the fade goes by that.

use crate::{RATE, Sample};
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Samples that have to be there beyond one chunk before a feed sounds: 50 ms.
const MARGIN: usize = RATE as usize * 50 / 1000;
/// It waits for no more than this: half a second.
const MOST: usize = RATE as usize / 2;
/// And no longer than this, in samples of the program: 150 ms.
const PATIENCE: usize = RATE as usize * 150 / 1000;
/// The most that may wait, in seconds: 55 MiB.
pub const MAX_FEED_SECONDS: u32 = 300;
/// Samples of a fade: 5 ms.
const FADE: usize = RATE as usize * 5 / 1000;

/// Sound that is still being made.
#[derive(Debug, Default)]
pub struct Feed(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<[i16; 2]>,
    ended: bool,
    sounding: bool,
    /// So much has to be there before it sounds, however long it takes; where it is zero, what is said above.
    cushion: usize,
    /// The largest chunk.
    chunk: usize,
    /// Samples of the program for which something has been waiting.
    patience: usize,
    progress: FeedProgress,
    /// Samples since it began to sound or went on.
    since: usize,
}

/// How far a feed is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FeedProgress {
    /// Samples that were pushed.
    pub pushed: u64,
    /// Samples that were played.
    pub played: u64,
    /// How often it ran dry.
    pub starved: u64,
    /// Whether nothing more will be heard of it.
    pub finished: bool,
}

/// More waits than a feed can hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedFull;

impl Feed {
    /// A feed that nobody has pushed anything into.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A feed that waits for so many samples before it sounds, and again whenever it has run dry: for what comes over
    /// a network and nobody waits for.
    #[must_use]
    pub fn cushioned(samples: usize) -> Self {
        Self(Mutex::new(State { cushion: samples, ..State::default() }))
    }

    /// Appends samples.
    ///
    /// # Errors
    /// [`MAX_FEED_SECONDS`] wait already: none of these was taken.
    pub fn push(&self, samples: &[Sample]) -> Result<(), FeedFull> {
        let mut state = self.lock();
        if state.ended {
            return Ok(());
        }
        if state.waiting.len() + samples.len() > MAX_FEED_SECONDS as usize * RATE as usize {
            return Err(FeedFull);
        }
        let quantise = |s: f32| (s * 32768.0).round().clamp(-32768.0, 32767.0) as i16;
        state.waiting.extend(samples.iter().map(|sample| sample.map(quantise)));
        state.progress.pushed += samples.len() as u64;
        state.chunk = state.chunk.max(samples.len());
        Ok(())
    }

    /// No more will come: what waits is played.
    pub fn end(&self) {
        self.lock().ended = true;
    }

    /// No more is to be heard: what waits is dropped, after a fade.
    pub fn cut(&self) {
        let mut state = self.lock();
        state.ended = true;
        state.waiting.truncate(FADE);
    }

    /// Drops what has waited for longest but for so many samples: nobody has listened.
    pub fn keep_newest(&self, samples: usize) {
        let mut state = self.lock();
        let old = state.waiting.len().saturating_sub(samples);
        state.waiting.drain(..old);
        state.progress.played += old as u64;
    }

    /// How far it is.
    #[must_use]
    pub fn progress(&self) -> FeedProgress {
        let state = self.lock();
        FeedProgress { finished: state.is_finished(), ..state.progress }
    }

    /// Puts what is to be heard next into `out`; the rest of it is silence.
    pub(crate) fn take(&self, out: &mut [Sample]) {
        out.fill([0.0; 2]);
        let mut state = self.lock();
        if !state.sounding {
            if state.waiting.is_empty() {
                return;
            }
            let wanted = ((state.chunk + MARGIN) << state.progress.starved.min(4)).min(MOST).max(out.len() + FADE);
            let wanted = wanted.max(state.cushion);
            let patient = state.cushion > 0 || state.patience < PATIENCE;
            if !state.ended && state.waiting.len() < wanted && patient {
                state.patience += out.len();
                return;
            }
            (state.sounding, state.since, state.patience) = (true, 0, 0);
        }
        let there = state.waiting.len();
        let count = out.len().min(there);
        // How many more follow each sample until there is silence: up to the end of the feed, or, where
        // too little would be kept back, of what is taken now.
        let starved = !state.ended && there < out.len() + FADE;
        let until = if starved { count } else { there };
        let fades = starved || state.ended;
        let since = state.since;
        for (k, (out, taken)) in out.iter_mut().zip(state.waiting.drain(..count)).enumerate() {
            // It comes in softly, and goes so: whatever is at the seam is no click.
            let come = ((since + k) as f32 / FADE as f32).min(1.0);
            let go = if fades { ((until - 1 - k) as f32 / FADE as f32).min(1.0) } else { 1.0 };
            *out = taken.map(|s| f32::from(s) / 32768.0 * come * go);
        }
        state.since += count;
        state.progress.played += count as u64;
        state.progress.starved += u64::from(starved);
        if starved || state.waiting.is_empty() {
            state.sounding = false;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Each critical section leaves the state whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn is_finished(&self) -> bool {
        self.ended && self.waiting.is_empty()
    }
}
