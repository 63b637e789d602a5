//! Sound that is being made while it is heard: who pushes it in, and who takes it out.

use audio::{Feed, FeedFull, FeedProgress};
use media::{MediaError, PcmEncoding, PcmStream};
use scene::Id;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A feed that nobody pushes anything into for so long is at its end: whoever made it is gone.
const ABANDONED: Duration = Duration::from_secs(10);

/// The feeds by the utterances that they are.
#[derive(Default)]
pub struct Feeds(Mutex<HashMap<Id, Open>>);

struct Open {
    feed: Arc<Feed>,
    stream: Option<PcmStream>,
    pushed: Instant,
}

/// Why sound was not taken.
#[derive(Debug, thiserror::Error)]
pub enum FeedError {
    /// There is no live utterance of that name, or it has ended.
    #[error("there is no speech \"{0}\" that takes sound: it has ended, or was begun with a url")]
    Unknown(Id),
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
    /// The rate or the number of channels is none that can be used.
    pub fn open(&self, id: Id, encoding: PcmEncoding, rate: u32, channels: usize) -> Result<(), FeedError> {
        let stream = Some(PcmStream::new(encoding, rate, channels)?);
        self.lock().insert(id, Open { feed: Arc::new(Feed::new()), stream, pushed: Instant::now() });
        Ok(())
    }

    /// Appends raw samples, cut anywhere.
    ///
    /// # Errors
    /// There is no such feed, or it is full.
    pub fn push(&self, id: &Id, bytes: &[u8]) -> Result<(), FeedError> {
        let mut feeds = self.lock();
        let unknown = || FeedError::Unknown(id.clone());
        let open = feeds.get_mut(id).ok_or_else(unknown)?;
        let samples = open.stream.as_mut().ok_or_else(unknown)?.push(bytes)?;
        open.pushed = Instant::now();
        open.feed.push(&samples).map_err(|FeedFull| FeedError::Full)
    }

    /// No more will come; what is there is heard.
    ///
    /// # Errors
    /// There is no such feed.
    pub fn end(&self, id: &Id) -> Result<(), FeedError> {
        let mut feeds = self.lock();
        let open = feeds.get_mut(id).ok_or_else(|| FeedError::Unknown(id.clone()))?;
        open.end()
    }

    /// The feed of an utterance.
    #[must_use]
    pub fn get(&self, id: &Id) -> Option<Arc<Feed>> {
        self.lock().get(id).map(|open| open.feed.clone())
    }

    /// How far a feed is.
    #[must_use]
    pub fn progress(&self, id: &Id) -> Option<FeedProgress> {
        self.get(id).map(|feed| feed.progress())
    }

    /// Ends feeds that nobody pushes anything into any more, and lets go of those that are in use no more.
    /// Gives the names of those that have been heard whole, with their lengths in samples.
    pub(crate) fn look_after(&self, in_use: impl Fn(&Id) -> bool) -> Vec<(Id, u64)> {
        let mut feeds = self.lock();
        let now = Instant::now();
        feeds.retain(|id, open| {
            // One that was just opened has yet to be spoken of.
            let keep = in_use(id) || now.saturating_duration_since(open.pushed) < ABANDONED;
            if !keep {
                open.feed.cut();
            }
            keep
        });
        for open in feeds.values_mut() {
            if open.stream.is_some() && now.saturating_duration_since(open.pushed) > ABANDONED {
                let _ = open.end();
            }
        }
        let finished = feeds.iter().map(|(id, open)| (id, open.feed.progress()));
        finished.filter(|(id, p)| p.finished && in_use(id)).map(|(id, p)| (id.clone(), p.played)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Open>> {
        // Each critical section leaves the map whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn end(&mut self) -> Result<(), FeedError> {
        let rest = match self.stream.take() {
            Some(mut stream) => stream.finish()?,
            None => return Ok(()),
        };
        let pushed = self.feed.push(&rest).map_err(|FeedFull| FeedError::Full);
        self.feed.end();
        pushed
    }
}
