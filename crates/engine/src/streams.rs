//! Live tracks: sound that comes from networks, connected for as long as the show has it.

use audio::{Feed, RATE};
use media::NetworkStream;
use scene::{Id, Show, Track};
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So much is there before a stream is heard.
const CUSHION: usize = 2 * RATE as usize;
/// More than that is not taken from a server that sends it faster than it is heard.
const MOST_WAITING: u64 = 6 * RATE as u64;
/// How long it is waited for before a server is asked again: twice the first at first, twice as long each time, up to the
/// second.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// A stream of which nothing was taken for so long is not listened to.
const UNHEARD: Duration = Duration::from_millis(500);
/// A stream that was heard for so long was well.
const WELL: Duration = Duration::from_secs(20);

/// The streams by their tracks. The loop looks them up for every frame: the lock is held for as long as that takes.
#[derive(Default)]
pub struct Streams(Mutex<HashMap<Id, Stream>>);

struct Stream {
    url: String,
    feed: Arc<Feed>,
    /// Why it is not to be had at the moment.
    lost: Arc<Mutex<Option<String>>>,
    ending: Arc<AtomicBool>,
}

impl Streams {
    /// Connects those of `show` that are not connected yet, and lets go of those that it has not.
    pub fn set(&self, show: &Show) {
        let wanted: Vec<&Track> = show.tracks().iter().filter(|track| track.live).map(AsRef::as_ref).collect();
        let mut streams = self.lock();
        streams.retain(|id, stream| wanted.iter().any(|track| track.id == *id && track.url == stream.url));
        for track in wanted {
            streams.entry(track.id.clone()).or_insert_with(|| Stream::connect(&track.id, &track.url));
        }
    }

    /// The sound of a track.
    #[must_use]
    pub fn get(&self, track: &Id) -> Option<Arc<Feed>> {
        self.lock().get(track).map(|stream| stream.feed.clone())
    }

    /// Which are not to be had, and why.
    #[must_use]
    pub fn lost(&self) -> Vec<(Id, String)> {
        let why = |(id, stream): (&Id, &Stream)| Some((id.clone(), lock(&stream.lost).clone()?));
        self.lock().iter().filter_map(why).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Id, Stream>> {
        lock(&self.0)
    }
}

impl Stream {
    fn connect(id: &Id, url: &str) -> Self {
        let feed = Arc::new(Feed::cushioned(CUSHION));
        let (ending, lost) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(None)));
        let receiver = Receiver {
            id: id.clone(),
            url: url.to_owned(),
            feed: feed.clone(),
            lost: lost.clone(),
            ending: ending.clone(),
        };
        if let Err(e) = std::thread::Builder::new().name("stream".into()).spawn(move || receiver.run()) {
            *lock(&lost) = Some(e.to_string());
        }
        Self { url: url.to_owned(), feed, lost, ending }
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.ending.store(true, Ordering::Relaxed);
        self.feed.cut();
    }
}

/// Takes what a server sends, in a thread of its own.
struct Receiver {
    id: Id,
    url: String,
    feed: Arc<Feed>,
    lost: Arc<Mutex<Option<String>>>,
    ending: Arc<AtomicBool>,
}

impl Receiver {
    fn run(self) {
        let mut wait = WAITS.0;
        while !self.is_ending() {
            let began = Instant::now();
            let why = match NetworkStream::open(&self.url) {
                Ok(stream) => self.receive(stream),
                Err(e) => e.to_string(),
            };
            if self.is_ending() {
                return;
            }
            tracing::warn!(track = %self.id, "{why}");
            *lock(&self.lost) = Some(why);
            wait = if began.elapsed() > WELL { WAITS.0 } else { (wait * 2).min(WAITS.1) };
            let until = Instant::now() + wait;
            while Instant::now() < until && !self.is_ending() {
                std::thread::sleep(Duration::from_millis(100));
            }
        }
    }

    /// Until it ends; gives the reason.
    fn receive(&self, mut stream: NetworkStream) -> String {
        loop {
            let samples = match stream.next_samples() {
                Ok(Some(samples)) => samples,
                Ok(None) => break "the stream has ended".to_owned(),
                Err(e) => break e.to_string(),
            };
            *lock(&self.lost) = None;
            let (since, before) = (Instant::now(), self.waiting());
            while self.waiting() > MOST_WAITING && !self.is_ending() {
                std::thread::sleep(Duration::from_millis(50));
                // It has yet to begin, or cannot be heard: what comes then is to be of then.
                if since.elapsed() > UNHEARD && self.waiting() == before {
                    self.feed.keep_newest(CUSHION);
                }
            }
            if self.is_ending() || self.feed.push(&samples).is_err() {
                break "the stream is not wanted any more".to_owned();
            }
        }
    }

    fn waiting(&self) -> u64 {
        let progress = self.feed.progress();
        progress.pushed - progress.played
    }

    fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }
}

/// A lock whose holder panicked is still sound: critical sections leave their data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
