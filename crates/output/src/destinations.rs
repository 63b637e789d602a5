//! The destinations that run, brought in line with those that are wanted.

use crate::StreamFormat;
use crate::hub::Hub;
use crate::recording::Recording;
use crate::rtmp_push::RtmpPush;
use crate::status::{DestinationStatus, Shared};
use crate::worker::WorkerBinary;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
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
    /// A file, `.mp4` or `.mkv`.
    File {
        /// Its path; numbers are added where it exists, and for segments.
        path: PathBuf,
        /// A new file after so long.
        segment: Option<Duration>,
        /// How many segments to keep.
        keep: Option<usize>,
    },
}

/// Runs destinations.
pub struct Destinations {
    runtime: Handle,
    hub: Arc<Hub>,
    binary: WorkerBinary,
    format: StreamFormat,
    running: Mutex<BTreeMap<String, Running>>,
}

struct Running {
    settings: DestinationSettings,
    status: Shared,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Destinations {
    /// None yet.
    #[must_use]
    pub fn new(runtime: Handle, hub: Arc<Hub>, binary: WorkerBinary, format: StreamFormat) -> Self {
        Self { runtime, hub, binary, format, running: Mutex::default() }
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
        let running = std::mem::take(&mut *self.lock());
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
        let (id, format, hub) = (settings.id.clone(), self.format.clone(), self.hub.clone());
        let task = match settings.place.clone() {
            Place::Rtmp { url, key } => {
                let push = RtmpPush { id, url, key, format, hub, status: status.clone() };
                self.runtime.spawn(push.run(stopped))
            }
            Place::File { path, segment, keep } => {
                let binary = self.binary.clone();
                let recording = Recording { id, path, segment, keep, format, hub, binary, status: status.clone() };
                self.runtime.spawn(recording.run(stopped))
            }
        };
        Running { settings, status, stop, task }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
