//! Sound that is being made while it is heard: who pushes it in, and who takes it out.

use audio::{Feed, FeedFull, FeedProgress};
use media::{MediaError, PcmEncoding, PcmStream};
use scene::Id;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A feed that nobody pushes anything into for so long is at its end: whoever made it is gone.
const ABANDONED: Duration = Duration::from_secs(10);

/// The feeds by the utterances that they are. The loop looks them up for every frame: its lock is held for as long as
/// that takes and no longer.
#[derive(Default)]
pub struct Feeds(Mutex<HashMap<Id, FeedHandle>>);

/// A feed, for whoever pushes sound into it.
#[derive(Clone)]
pub struct FeedHandle(Arc<Open>);

struct Open {
    id: Id,
    feed: Arc<Feed>,
    stream: Mutex<Stream>,
    /// Whether the show has spoken of it.
    known: AtomicBool,
}

struct Stream {
    /// None once it has ended.
    pcm: Option<PcmStream>,
    pushed: Instant,
}

/// Why sound was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// There is no live utterance of that name, or it has ended.
    #[error("there is no speech \"{0}\" that takes sound: it has ended, or was begun with a url")]
    Unknown(Id),
    /// The name is taken.
    #[error("there is a speech \"{0}\" already: leave the id out or choose another")]
    Taken(Id),
    /// The format is none.
    #[error(transparent)]
    Format(#[from] MediaError),
    /// More waits than can be held.
    #[error("{} seconds of it wait already: push it no faster than it is heard", audio::MAX_FEED_SECONDS)]
    Full,
}

impl Feeds {
    /// Opens a feed for an utterance.
    ///
    /// # Errors
    /// The rate or the number of channels is none that can be used, or the name is taken.
    pub fn open(&self, id: Id, encoding: PcmEncoding, rate: u32, channels: usize) -> Result<FeedHandle, FeedError> {
        let stream = Stream { pcm: Some(PcmStream::new(encoding, rate, channels)?), pushed: Instant::now() };
        let open =
            Open { id: id.clone(), feed: Arc::default(), stream: Mutex::new(stream), known: AtomicBool::new(false) };
        let handle = FeedHandle(Arc::new(open));
        match self.lock().entry(id) {
            Entry::Occupied(taken) => Err(FeedError::Taken(taken.key().clone())),
            Entry::Vacant(free) => Ok(free.insert(handle).clone()),
        }
    }

    /// Lets go of a feed that nobody is to hear.
    pub fn close(&self, handle: &FeedHandle) {
        let mut feeds = self.lock();
        if feeds.get(&handle.0.id).is_some_and(|own| Arc::ptr_eq(&own.0, &handle.0)) {
            feeds.remove(&handle.0.id);
        }
    }

    /// The feed of that name, to push into.
    ///
    /// # Errors
    /// There is none.
    pub fn handle(&self, id: &Id) -> Result<FeedHandle, FeedError> {
        self.lock().get(id).cloned().ok_or_else(|| FeedError::Unknown(id.clone()))
    }

    /// The feed of an utterance, to be heard.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<Arc<Feed>> {
        self.lock().get(id).map(|open| open.0.feed.clone())
    }

    /// How far a feed is.
    #[must_use]
    pub fn progress(&self, id: &Id) -> Option<FeedProgress> {
        self.get(id).map(|feed| feed.progress())
    }

    /// Ends feeds that nobody pushes anything into any more, and lets go of those that are in use no more.
    /// Gives the names of those that have been heard whole, with their lengths in samples.
    pub(crate) fn look_after(&self, in_use: impl Fn(&Id) -> bool) -> Vec<(Id, u64)> {
        let all: Vec<FeedHandle> = self.lock().values().cloned().collect();
        let mut finished = Vec::new();
        for handle in all {
            let open = &handle.0;
            let abandoned = open.lock().pushed.elapsed() > ABANDONED;
            if in_use(&open.id) {
                open.known.store(true, Ordering::Relaxed);
                if abandoned {
                    let _ = handle.end();
                }
                let progress = open.feed.progress();
                if progress.finished {
                    finished.push((open.id.clone(), progress.played));
                }
            } else if open.known.load(Ordering::Relaxed) || abandoned {
                // One that was just opened has yet to be spoken of.
                open.lock().pcm = None;
                open.feed.cut();
                self.close(&handle);
            }
        }
        finished
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, FeedHandle>> {
        // Each critical section leaves the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FeedHandle {
    /// The utterance.
    #[must_use]
    pub fn id(&self) -> &Id {
        &self.0.id
    }

    /// Appends raw samples, cut anywhere.
    ///
    /// # Errors
    /// It has ended, or is full.
    pub fn push(&self, bytes: &[u8]) -> Result<(), FeedError> {
        let mut stream = self.0.lock();
        let pcm = stream.pcm.as_mut().ok_or_else(|| FeedError::Unknown(self.0.id.clone()))?;
        let samples = pcm.push(bytes)?;
        stream.pushed = Instant::now();
        self.0.feed.push(&samples).map_err(|FeedFull| FeedError::Full)
    }

    /// No more will come; what is there is heard.
    ///
    /// # Errors
    /// What is left of it cannot be resampled, or there is no room for it.
    pub fn end(&self) -> Result<(), FeedError> {
        let Some(mut pcm) = self.0.lock().pcm.take() else { return Ok(()) };
        let rest = pcm.finish();
        let pushed = rest.map(|rest| self.0.feed.push(&rest).map_err(|FeedFull| FeedError::Full));
        self.0.feed.end();
        pushed?
    }
}

impl Open {
    fn lock(&self) -> MutexGuard<'_, Stream> {
        // A resampler that panicked has lost samples, and goes on.
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
