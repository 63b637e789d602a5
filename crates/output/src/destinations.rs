//! The destinations that run, brought in line with those that are wanted.

use crate::StreamFormat;
use crate::adaptive::{BitrateControl, Flow};
use crate::guard;
use crate::hub::Hub;
use crate::recording::{Recording, Sink};
use crate::rtmp_push::RtmpPush;
use crate::status::{DestinationState, DestinationStatus, Shared};
use codec_wire::Codec;
use codec_wire::WorkerBinary;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use url::Url;

/// A destination as it is wanted.
#[derive(Clone, PartialEq)]
pub struct DestinationSettings {
    /// Its name.
    pub id: String,
    /// Where it is.
    pub place: Place,
    /// What it takes.
    pub codec: Codec,
    /// Whether the bit rate goes by it.
    pub required: bool,
}

/// Where a destination is.
#[derive(Clone, PartialEq)]
pub enum Place {
    /// An ingest.
    Rtmp {
        /// `rtmp://host/app` or `rtmps://…`, without the key.
        url: Url,
        /// The stream key.
        key: String,
    },
    /// A file, `.mp4`, `.mkv` or `.webm`.
    File {
        /// Its path; numbers are added where it exists, and for segments.
        path: PathBuf,
        /// A new file after so long.
        segment: Option<Duration>,
        /// How many segments to keep.
        keep: Option<usize>,
    },
    /// An HLS playlist; its segments lie beside it.
    Hls {
        /// Its path.
        path: PathBuf,
    },
    /// An SRT listener.
    Srt {
        /// `srt://host:port`.
        url: String,
        /// How it is to be reached, by libav's names: `streamid`, `passphrase`, …
        options: Vec<(String, String)>,
    },
}

/// Runs destinations.
pub struct Destinations {
    runtime: Handle,
    hub: Arc<Hub>,
    /// Of encoders that run only while somebody takes what they make.
    others: BTreeMap<Codec, Arc<Hub>>,
    binary: WorkerBinary,
    format: StreamFormat,
    running: Arc<Mutex<BTreeMap<String, Running>>>,
    ceiling: Arc<AtomicU32>,
}

/// How often the bit rate is thought over.
const ADAPT: Duration = Duration::from_millis(200);

struct Running {
    flow: Arc<Mutex<Option<Flow>>>,
    settings: DestinationSettings,
    status: Shared,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Destinations {
    /// None yet. `rate` is the bit rate of the video in kb/s, which goes by what they can take, down to `floor`.
    #[must_use]
    pub fn new(
        runtime: Handle,
        hub: Arc<Hub>,
        binary: WorkerBinary,
        format: StreamFormat,
        (rate, floor): (Arc<AtomicU32>, u32),
    ) -> Self {
        let running: Arc<Mutex<BTreeMap<String, Running>>> = Arc::default();
        let ceiling = Arc::new(AtomicU32::new(format.video_kbps));
        runtime.spawn(adapt(Arc::downgrade(&running), rate, ceiling.clone(), floor));
        let others = [Codec::Vp8, Codec::Vp9].into_iter().map(|codec| (codec, Hub::new())).collect();
        Self { runtime, hub, others, binary, format, running, ceiling }
    }

    /// Where packets of a codec go to.
    #[must_use]
    pub fn hub(&self, codec: Codec) -> Arc<Hub> {
        self.others.get(&codec).unwrap_or(&self.hub).clone()
    }

    /// The bit rate of the video that is not gone above, in kb/s.
    pub fn set_ceiling(&self, kbps: u32) {
        self.ceiling.store(kbps, Ordering::Relaxed);
    }

    /// The bit rate of the video that is not gone above, in kb/s.
    #[must_use]
    pub fn ceiling(&self) -> u32 {
        self.ceiling.load(Ordering::Relaxed)
    }

    /// Starts those that are wanted and do not run, stops those that run and are not wanted, and
    /// leaves the others alone.
    pub fn set(&self, wanted: Vec<DestinationSettings>) {
        let mut running = self.lock();
        running.retain(|_, r| {
            let keep = wanted.contains(&r.settings);
            if !keep {
                r.stop.send_replace(true);
            }
            keep
        });
        for settings in wanted {
            if !running.contains_key(&settings.id) {
                running.insert(settings.id.clone(), self.start(settings));
            }
        }
    }

    /// Where each of those that run stands.
    #[must_use]
    pub fn statuses(&self) -> BTreeMap<String, DestinationStatus> {
        self.lock().iter().map(|(id, running)| (id.clone(), running.status.get())).collect()
    }

    /// Waits until each has sent what it has and said goodbye, or for `patience`. The hub has to be
    /// closed for that.
    pub async fn finish(&self, patience: Duration) {
        self.others.values().for_each(|hub| hub.close());
        let running = std::mem::take(&mut *self.lock());
        // Who waits for another attempt may do so for half a minute, with nothing left to say.
        for r in running.values().filter(|r| matches!(r.settings.place, Place::Rtmp { .. })) {
            if matches!(r.status.write().state, DestinationState::Reconnecting | DestinationState::Refused) {
                r.stop.send_replace(true);
            }
        }
        let all = async {
            for (_, r) in running {
                let _ = r.task.await;
            }
        };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("some destinations did not end in time");
        }
    }

    fn start(&self, settings: DestinationSettings) -> Running {
        let status = Shared::default();
        let (stop, stopped) = watch::channel(false);
        let codec = settings.codec;
        let (id, format, hub) = (settings.id.clone(), self.format.clone(), self.hub(codec));
        let flow = Arc::new(Mutex::new(None));
        let muxed = |sink, path, options, segment, keep| {
            let (id, format, hub, status) = (id.clone(), format.clone(), hub.clone(), status.clone());
            let binary = self.binary.clone();
            let (told, stopped) = (status.clone(), stopped.clone());
            let recording = Recording { id, sink, codec, path, options, segment, keep, format, hub, binary, status };
            self.keep_going(&settings.id, &told, move || recording.clone().run(stopped.clone()))
        };
        let task = match settings.place.clone() {
            Place::Rtmp { url, key } => {
                let (id, format, hub) = (id.clone(), format.clone(), hub.clone());
                let push = RtmpPush { id, url, key, format, hub, status: status.clone(), flow: flow.clone() };
                self.keep_going(&settings.id, &status, move || push.clone().run(stopped.clone()))
            }
            Place::File { path, segment, keep } => muxed(Sink::File, path, Vec::new(), segment, keep),
            Place::Hls { path } => muxed(Sink::Hls, path, Vec::new(), None, None),
            Place::Srt { url, options } => muxed(Sink::Srt, url.into(), options, None, None),
        };
        Running { flow, settings, status, stop, task }
    }

    /// A destination that panics is lost and comes again, as with any other fault.
    fn keep_going<F>(&self, id: &str, status: &Shared, make: impl Fn() -> F + Send + 'static) -> JoinHandle<()>
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (id, status) = (id.to_owned(), status.clone());
        let told = move |why: String| {
            tracing::error!(destination = %id, %why, "a fault of the service");
            status.lose(DestinationState::Reconnecting, format!("a fault of the service: {why}"), true);
        };
        self.runtime.spawn(async move { guard::keep_going(make, told).await })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets the bit rate follow the worst of the required destinations, for as long as there are any to be had.
async fn adapt(
    running: Weak<Mutex<BTreeMap<String, Running>>>,
    rate: Arc<AtomicU32>,
    ceiling: Arc<AtomicU32>,
    floor: u32,
) {
    let mut control = BitrateControl::new(floor, ceiling.load(Ordering::Relaxed));
    let mut every = tokio::time::interval(ADAPT);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let Some(running) = running.upgrade() else { return };
        control.set_ceiling(ceiling.load(Ordering::Relaxed));
        let worst = {
            let running = running.lock().unwrap_or_else(PoisonError::into_inner);
            let flow = |r: &Running| *r.flow.lock().unwrap_or_else(PoisonError::into_inner);
            running.values().filter(|r| r.settings.required).filter_map(flow).max_by_key(|flow| flow.delay)
        };
        let (before, now) = (rate.load(Ordering::Relaxed), control.update(Instant::now(), worst));
        if now != before {
            let delay_ms = worst.map_or(0, |flow| flow.delay.as_millis() as u64);
            tracing::info!(from = before, to = now, delay_ms, "bit rate of the video, in kb/s");
            rate.store(now, Ordering::Relaxed);
        }
    }
}
