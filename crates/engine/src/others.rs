//! Encoders beside the one for H.264: each runs while a destination takes what it makes, and no longer.

use crate::writer::lock;
use codec_wire::{EncoderConfig, EncoderKind};
use output::{Codec, Destinations, Encoder, WorkerBinary};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long an encoder may take to open before it is given frames all the same.
const OPEN: Duration = Duration::from_secs(3);

/// Until one that could not be started is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// What the loop is told.
pub(crate) enum Change {
    /// From now on this encoder gets every frame.
    Begin(Box<Encoder>),
    /// The encoder of that codec gets no more.
    End(Codec),
}

/// The codecs that are being made beside H.264, each with the number of its beginning.
pub(crate) type Running = BTreeMap<Codec, u64>;

/// Starts and ends the encoders.
pub(crate) struct Others {
    config: EncoderConfig,
    binary: WorkerBinary,
    destinations: Arc<Destinations>,
    running: Arc<Mutex<Running>>,
    begun: AtomicU64,
    changes: Sender<Change>,
}

impl Others {
    /// None yet. Encoders are as `config` but for their kind; what they are and are no more comes by the channel.
    pub(crate) fn new(
        config: EncoderConfig,
        binary: WorkerBinary,
        destinations: Arc<Destinations>,
    ) -> (Self, Receiver<Change>) {
        let (changes, told) = channel();
        (Self { config, binary, destinations, running: Arc::default(), begun: AtomicU64::new(0), changes }, told)
    }

    /// The codecs that are being made beside H.264.
    pub(crate) fn running(&self) -> Arc<Mutex<Running>> {
        self.running.clone()
    }

    /// Brings those that run in line with what destinations take.
    pub(crate) fn set(&self, taken: BTreeSet<Codec>) {
        let mut running = lock(&self.running);
        let gone: Vec<Codec> = running.keys().filter(|codec| !taken.contains(codec)).copied().collect();
        for codec in gone {
            running.remove(&codec);
            let _ = self.changes.send(Change::End(codec));
        }
        for codec in taken {
            let Some(kind) = kind_of(codec) else { continue };
            // Where there is no thread for it now, there may be one with the next command.
            if running.contains_key(&codec) {
                continue;
            }
            let number = self.begun.fetch_add(1, Ordering::Relaxed);
            if self.begin(kind, number) {
                running.insert(codec, number);
            }
        }
    }

    /// In a thread of its own: an encoder takes a moment to open. Whether there is one.
    fn begin(&self, kind: EncoderKind, number: u64) -> bool {
        let (config, binary) = (config_of(&self.config, kind), self.binary.clone());
        let (hub, changes, running) = (self.destinations.hub(kind.codec()), self.changes.clone(), self.running.clone());
        let start = move || {
            // It may come to be of no use meanwhile, and another one may have been begun since.
            let wanted = |running: &Running| running.get(&kind.codec()) == Some(&number);
            while wanted(&lock(&running)) {
                match Encoder::start(config.clone(), binary.clone(), hub.clone()) {
                    Ok(encoder) => {
                        encoder.wait_until_open(OPEN);
                        let running = lock(&running);
                        if wanted(&running) {
                            let _ = changes.send(Change::Begin(Box::new(encoder.without_spare())));
                        }
                        return;
                    }
                    Err(e) => tracing::error!(encoder = kind.name(), retry_in = ?AGAIN, "{e}"),
                }
                std::thread::sleep(AGAIN);
            }
        };
        if let Err(e) = std::thread::Builder::new().name("encoder".into()).spawn(start) {
            tracing::error!(encoder = kind.name(), "{e}");
            return false;
        }
        true
    }
}

/// What makes a codec, where it is not the one for H.264.
pub(crate) fn kind_of(codec: Codec) -> Option<EncoderKind> {
    match codec {
        Codec::H264 => None,
        Codec::Vp8 => Some(EncoderKind::Vp8),
        Codec::Vp9 => Some(EncoderKind::Vp9),
    }
}

/// An encoder of that kind, for the same pictures. libvpx is slow, and cuts a picture into columns.
pub(crate) fn config_of(config: &EncoderConfig, kind: EncoderKind) -> EncoderConfig {
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get().min(4) as u32);
    EncoderConfig { kind, threads, ..config.clone() }
}
