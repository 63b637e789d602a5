//! The engine as a whole: brought up from the store, and taken down in order.

use crate::assets::Assets;
use crate::backups::{Backup, Backups};
use crate::capacity::Capacity;
use crate::clock::unix_ms;
use crate::control::{CommandError, Control, Events, HISTORY, Inner, ShowClock};
use crate::drawer::{Drawer, RendererChoice};
use crate::feeds::Feeds;
use crate::notices::{Happening, Notices};
use crate::others::Others;
use crate::quality;
use crate::state::State;
use crate::store_watch::{StoreReport, StoreState, StoreWatch};
use crate::streams::Streams;
use crate::ticker::{LoopStats, Ticker};
use crate::watch::Watch;
use crate::writer::Writer;
use arc_swap::ArcSwap;
use audio::Meters;
use codec_wire::{EncoderConfig, EncoderKind};
use media::Uploads;
use output::{
    Codec, DestinationSettings, DestinationStatus, Destinations, Encoder, EncoderStats, Hub, OutputError, Place,
    Preview, StreamFormat, WorkerBinary, try_encoder,
};
use render::DisplayList;
use scene::ShowTime;
use scene::{Command, Destination, FrameRate, Id, Limits, Seconds, Show, VideoCodec};
use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use store::{Store, StoreError};
use tokio::runtime::Handle;
use tokio::sync::{Notify, broadcast, watch};

/// Commands that may wait for the writer.
const WAITING: usize = 1024;
/// Pictures in the ring: one being written, one being encoded, and in between as many as outlast what a shared machine
/// holds an encoder up by: of ten minutes on two busy virtual cores, 5 (0.17 s at 30 a second) lost 54 pictures. Memory
/// is taken by those alone that have been needed.
const SLOTS: u32 = 12;
/// How often live speech is looked after, and after how many times uploads are.
const LISTEN: Duration = Duration::from_millis(50);
const SWEEP: u64 = 1_200;
/// How long speech is waited for whose file cannot be loaded, in seconds.
const PATIENCE_S: f64 = 10.0;
/// How long a restored show may be waited for before the first frame.
const READY: Duration = Duration::from_millis(1_200);

/// How the engine is to run.
#[derive(Clone, Debug)]
pub struct EngineSettings {
    /// Pixels across; even.
    pub width: u32,
    /// Pixels down; even.
    pub height: u32,
    /// Frames per second.
    pub rate: FrameRate,
    /// What draws.
    pub renderer: RendererChoice,
    /// What encodes H.264; `None`: a graphics card where one works.
    pub encoder: Option<EncoderKind>,
    /// x264's preset.
    pub preset: String,
    /// Video bit rate in kb/s.
    pub video_kbps: u32,
    /// What the bit rate may go down to where a network takes no more, in kb/s.
    pub least_video_kbps: u32,
    /// Seconds from keyframe to keyframe.
    pub keyframe_seconds: u32,
    /// Threads of the encoder.
    pub threads: u32,
    /// Audio bit rate in kb/s.
    pub audio_kbps: u32,
    /// What a show may hold.
    pub limits: Limits,
    /// Where recordings go.
    pub recordings: PathBuf,
    /// Where copies of the store go.
    pub backups: PathBuf,
    /// What the service itself may use of memory before caches are given up, in MiB; zero: no limit.
    pub memory_limit_mib: u64,
    /// How many frames to make; without end where there is no number.
    pub frames: Option<u64>,
}

/// What the engine works with.
pub struct Resources {
    /// Where state is kept.
    pub store: Box<dyn Store>,
    /// Images, sounds and fonts.
    pub assets: Arc<Assets>,
    /// The codec worker.
    pub worker: WorkerBinary,
    /// Files that callers send.
    pub uploads: Uploads,
}

/// Why the engine cannot start.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The stored show makes no sense.
    #[error("{0}; the store may be of another version")]
    State(String),
    /// The encoder cannot be started.
    #[error(transparent)]
    Output(#[from] OutputError),
    /// The renderer that was asked for is not there.
    #[error("RENDERER=gpu: {0}; auto or cpu would do")]
    Renderer(String),
    /// Threads or memory ran out.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The running engine.
pub struct Engine {
    control: Control,
    backups: Backups,
    loop_stats: Arc<LoopStats>,
    encoder_stats: Arc<EncoderStats>,
    video_kbps: Arc<AtomicU32>,
    shown: Arc<ArcSwap<DisplayList>>,
    size: (u32, u32),
    ticks: watch::Receiver<u64>,
    meters: watch::Receiver<Option<Arc<Meters>>>,
    feeds: Arc<Feeds>,
    streams: Arc<Streams>,
    notices: Notices,
    uploads: Uploads,
    recordings: PathBuf,
    store: StoreWatch,
    hub: Arc<Hub>,
    destinations: Arc<Destinations>,
    preview: Preview,
    ending: Arc<AtomicBool>,
    ticker: Mutex<Option<JoinHandle<Vec<Encoder>>>>,
}

/// How the engine is, with the reasons where it is not well.
#[derive(Clone, Debug, Default)]
pub struct Health {
    /// The loop keeps its time.
    pub clock: bool,
    /// An encoder is at work.
    pub encoder: bool,
    /// The store takes commands.
    pub store: bool,
    /// What is not well.
    pub reasons: Vec<String>,
}

impl Engine {
    /// Brings the show back from the store and starts the loop. Called inside of a runtime.
    ///
    /// # Errors
    /// The store or the encoder cannot be used.
    pub fn start(settings: &EngineSettings, resources: Resources) -> Result<Self, EngineError> {
        let Resources { mut store, assets, worker, uploads } = resources;
        let epoch_unix_ms = store.epoch_unix_ms(unix_ms())?;
        let (restored, keys) = State::restore(store.load()?).map_err(EngineError::State)?;
        let keys = Arc::new(Mutex::new(keys));
        let size = (settings.width, settings.height);
        let drawer = Drawer::new(settings.renderer, size).map_err(EngineError::Renderer)?;
        let format = StreamFormat {
            width: settings.width,
            height: settings.height,
            fps: settings.rate.get(),
            video_kbps: settings.video_kbps,
            audio_kbps: settings.audio_kbps,
        };
        let hub = Hub::new();
        // The encoder's process starts while the assets are loaded.
        let kind = chosen_encoder(settings, &worker);
        let config = EncoderConfig { kind, ..encoder_config(settings) };
        let encoder = Encoder::start(config, worker.clone(), hub.clone())?;
        let encoder_stats = encoder.stats();
        let video_kbps = encoder.video_kbps();
        let runtime = Handle::current();
        let destinations = {
            let rate = (encoder.video_kbps(), settings.least_video_kbps);
            Arc::new(Destinations::new(runtime.clone(), hub.clone(), worker.clone(), format.clone(), rate))
        };
        let preview = Preview::new(hub.clone(), worker.clone(), format);

        let (others, other_encoders) = Others::new(encoder_config(settings), worker.clone(), destinations.clone());
        let capacity = Arc::new(Capacity::new(encoder_config(settings), worker, others.running()));

        let state = Arc::new(ArcSwap::from_pointee(restored));
        let (requests, incoming) = sync_channel(WAITING);
        let events = Events {
            live: broadcast::channel(HISTORY).0,
            past: Arc::new(Mutex::new(VecDeque::with_capacity(HISTORY))),
        };
        let since_epoch = || Duration::from_millis((unix_ms() - epoch_unix_ms).max(0) as u64);
        wait_for_assets(&assets, &state, size, ShowTime::from_secs_f64(since_epoch().as_secs_f64()));
        encoder.wait_until_open(READY);
        // The wall clock says once where the show is; from here on its own clock does.
        let first = settings.rate.frame_at(since_epoch());
        let clock = ShowClock { rate: settings.rate, first, started: Instant::now() };
        let control = Control(Arc::new(Inner {
            state: state.clone(),
            events: events.clone(),
            requests,
            keys: keys.clone(),
            assets: assets.clone(),
            limits: settings.limits,
            rate: settings.rate,
            clock,
            size,
            loaders: Inner::loaders(),
            capacity,
            format: scene::ProgramFormat {
                video_kbps: settings.video_kbps,
                audio_kbps: settings.audio_kbps,
                fps: settings.rate.get(),
                keyframe_seconds: settings.keyframe_seconds,
            },
        }));

        let store_watch = StoreWatch::default();
        let recordings = settings.recordings.clone();
        let configured_kbps = settings.video_kbps;
        let missing = Arc::new(Notify::new());
        let streams = Arc::new(Streams::default());
        let in_line = {
            let (destinations, assets, missing) = (destinations.clone(), assets.clone(), missing.clone());
            let streams = streams.clone();
            move |state: &State, by_itself: bool| {
                streams.set(&state.show);
                let wanted = wanted(state, &recordings);
                others.set(wanted.iter().map(|settings| settings.codec).collect());
                destinations.set(wanted);
                destinations.set_ceiling(state.show.video_kbps().unwrap_or(configured_kbps));
                let now = clock.now();
                assets.keep_only(&state.show, now);
                // What triggers bring on air has not been loaded by whoever gave a command, nor what a
                // playlist goes on with.
                if by_itself || assets.lacks_sound(&state.show, now) {
                    missing.notify_one();
                }
            }
        };
        in_line(&state.load(), false);
        let writer = Writer {
            state: state.clone(),
            store,
            watch: store_watch.clone(),
            limits: settings.limits,
            events,
            changed: Box::new(in_line),
            keys,
            snapshot_at: 0,
            now: Box::new(move || clock.now()),
        };
        std::thread::Builder::new().name("writer".into()).spawn(move || or_abort("writer", || writer.run(incoming)))?;

        let loop_stats = Arc::new(LoopStats::default());
        let shown = Arc::new(ArcSwap::from_pointee(DisplayList { background: [0; 3], items: vec![] }));
        let ending = Arc::new(AtomicBool::new(false));
        let (ticked, ticks) = watch::channel(first);
        let (metered, meters) = watch::channel(None);
        let feeds = Arc::new(Feeds::default());
        let (ladder, step) = (Arc::new(quality::ladder(&settings.preset, kind)), Arc::new(AtomicUsize::new(0)));
        let ticker = Ticker {
            rate: settings.rate,
            width: settings.width,
            height: settings.height,
            state,
            assets: assets.clone(),
            camera: scene::Camera::default(),
            drawer,
            stats: loop_stats.clone(),
            shown: shown.clone(),
            ticks: ticked,
            feeds: feeds.clone(),
            streams: streams.clone(),
            meters: metered,
            ladder: ladder.clone(),
            step: step.clone(),
            others: other_encoders,
            ending: ending.clone(),
            frames: settings.frames,
        };
        let ticker = std::thread::Builder::new()
            .name("loop".into())
            .spawn(move || or_abort("loop", || ticker.run(first, encoder)))?;
        let notices = Notices::default();
        let watch = Watch {
            stats: loop_stats.clone(),
            encoder: encoder_stats.clone(),
            destinations: destinations.clone(),
            assets: assets.clone(),
            notices: notices.clone(),
            store: store_watch.clone(),
            ladder,
            step,
            memory_limit_mib: settings.memory_limit_mib,
            keyframes: Duration::from_secs(settings.keyframe_seconds.into()),
            ending: ending.clone(),
        };
        let tell = notices.clone();
        let keep_going = |task: &'static str| {
            let told = tell.clone();
            move |reason: String| {
                tracing::error!(task, %reason, "a task has failed, and begins anew");
                told.tell(Happening::TaskFailed { task: task.to_owned(), reason });
            }
        };
        runtime.spawn(output::keep_going(move || watch.clone().run(), keep_going("watch")));
        let loading = (assets, control.clone(), missing, ending.clone());
        let load = move || {
            let (assets, control, missing, ending) = loading.clone();
            load_missing(assets, control, size, (missing, ending))
        };
        runtime.spawn(output::keep_going(load, keep_going("loading")));
        let listening = (control.clone(), feeds.clone(), uploads.clone(), ending.clone());
        let listen = move || {
            let (control, feeds, uploads, ending) = listening.clone();
            listen(control, feeds, uploads, ending)
        };
        runtime.spawn(output::keep_going(listen, keep_going("speech")));
        Ok(Self {
            control,
            backups: Backups::new(settings.backups.clone()),
            loop_stats,
            encoder_stats,
            video_kbps,
            shown,
            size,
            ticks,
            meters,
            feeds,
            streams,
            notices,
            uploads,
            recordings: settings.recordings.clone(),
            store: store_watch,
            hub,
            destinations,
            preview,
            ending,
            ticker: Mutex::new(Some(ticker)),
        })
    }

    /// Images, sounds and fonts.
    #[must_use]
    pub fn assets(&self) -> &Arc<Assets> {
        &self.control.0.assets
    }

    /// The way to command it.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// Figures of the loop.
    #[must_use]
    pub fn loop_stats(&self) -> &LoopStats {
        &self.loop_stats
    }

    /// Figures of the encoder.
    #[must_use]
    pub fn encoder_stats(&self) -> &EncoderStats {
        &self.encoder_stats
    }

    /// The bit rate of the video as it is now, and the one that it is not to go above, in kb/s.
    #[must_use]
    pub fn bit_rates(&self) -> (u32, u32) {
        (self.video_kbps.load(Ordering::Relaxed), self.destinations.ceiling())
    }

    /// The program as a browser can play it.
    #[must_use]
    pub fn preview(&self) -> &Preview {
        &self.preview
    }

    /// Where the running destinations stand, by name.
    #[must_use]
    pub fn destinations(&self) -> BTreeMap<String, DestinationStatus> {
        self.destinations.statuses()
    }

    /// The picture that is on air, drawn anew: width, height, RGBA. Takes some milliseconds.
    #[must_use]
    pub fn still(&self) -> (u32, u32, Vec<u8>) {
        let (width, height) = self.size;
        (width, height, render::paint(&self.shown.load(), width, height))
    }

    /// Changes with every frame, to its number.
    #[must_use]
    pub fn ticks(&self) -> watch::Receiver<u64> {
        self.ticks.clone()
    }

    /// What the meters show, ten times a second.
    #[must_use]
    pub fn meters(&self) -> watch::Receiver<Option<Arc<Meters>>> {
        self.meters.clone()
    }

    /// What happened to the service.
    #[must_use]
    pub fn notices(&self) -> &Notices {
        &self.notices
    }

    /// Where recordings and HLS playlists are kept.
    #[must_use]
    pub fn recordings(&self) -> &Path {
        &self.recordings
    }

    /// Sound that is being made.
    #[must_use]
    pub fn feeds(&self) -> &Feeds {
        &self.feeds
    }

    /// Files that callers have sent.
    #[must_use]
    pub fn uploads(&self) -> &Uploads {
        &self.uploads
    }

    /// How it is.
    #[must_use]
    pub fn health(&self) -> Health {
        let lag = self.loop_stats.lag();
        let mut health = Health {
            clock: lag < Duration::from_millis(500),
            encoder: self.encoder_stats.alive.load(Ordering::Relaxed),
            store: self.store.takes(),
            reasons: Vec::new(),
        };
        if !health.clock {
            health.reasons.push(format!("the loop is {} ms late", lag.as_millis()));
        }
        if self.loop_stats.on_slate.load(Ordering::Relaxed) {
            health.reasons.push("the show cannot be drawn: the slate is on air".to_owned());
        }
        if !health.encoder {
            health.reasons.push("no encoder is at work; one is being started".to_owned());
        }
        let StoreReport { state, reason, journaled } = &*self.store.report();
        health.reasons.extend(reason.as_ref().map(|reason| match state {
            StoreState::Journal => format!("{reason}; {journaled} commands wait in the journal"),
            _ => reason.clone(),
        }));
        health.reasons.extend(self.streams.lost().into_iter().map(|(id, why)| format!("track {id}: {why}")));
        for (what, why) in self.control.0.assets.missing() {
            health.reasons.push(format!("{what}: {why}"));
        }
        health
    }

    /// How the store is.
    #[must_use]
    pub fn store(&self) -> Arc<StoreReport> {
        self.store.report()
    }

    /// Copies the store into its folder of backups.
    ///
    /// # Errors
    /// It cannot be read or written.
    pub async fn back_up(&self) -> Result<Backup, CommandError> {
        self.backups.make(&self.control).await
    }

    /// The copies that there are, the oldest first.
    #[must_use]
    pub fn backups(&self) -> Vec<Backup> {
        self.backups.list()
    }

    /// Ends in order: the last frames are encoded and sent, ingests are told, files are completed.
    pub async fn shut_down(&self) {
        self.ending.store(true, Ordering::Relaxed);
        let ticker = self.ticker.lock().unwrap_or_else(PoisonError::into_inner).take();
        let done = tokio::task::spawn_blocking(move || {
            for encoder in ticker.and_then(|ticker| ticker.join().ok()).into_iter().flatten() {
                encoder.finish(Duration::from_millis(700));
            }
        });
        let _ = done.await;
        // A disk that hangs does not keep the service from ending.
        let _ = tokio::time::timeout(Duration::from_secs(1), self.control.take_snapshot()).await;
        self.hub.close();
        self.destinations.finish(Duration::from_millis(1_800)).await;
    }
}

/// Runs a thread without which there is no show. Should it panic, the process ends, to be started
/// again with all that was acknowledged, rather than to go on without it.
fn or_abort<T>(name: &str, run: impl FnOnce() -> T) -> T {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|_| {
        tracing::error!("the {name} thread has failed; ending at once");
        std::process::abort()
    })
}

/// What is to encode: what was asked for where a trial shows that it works here, x264 otherwise. That one also takes
/// over where another fails on the way.
fn chosen_encoder(settings: &EngineSettings, worker: &WorkerBinary) -> EncoderKind {
    let hardware = match settings.encoder {
        Some(EncoderKind::X264) => return EncoderKind::X264,
        Some(kind) => vec![kind],
        None => vec![EncoderKind::Nvenc, EncoderKind::Qsv],
    };
    for kind in hardware {
        match try_encoder(worker, &EncoderConfig { kind, ..encoder_config(settings) }) {
            Ok(trial) => {
                tracing::info!(encoder = kind.name(), cpu_ms = trial.cpu_ms, "this encoder works here");
                return kind;
            }
            Err(why) if settings.encoder.is_some() => {
                tracing::warn!(encoder = kind.name(), why, "this encoder does not work here; x264 it is");
            }
            Err(why) => tracing::info!(encoder = kind.name(), why, "this encoder does not work here"),
        }
    }
    EncoderKind::X264
}

fn encoder_config(settings: &EngineSettings) -> EncoderConfig {
    EncoderConfig {
        kind: EncoderKind::X264,
        width: settings.width,
        height: settings.height,
        fps: settings.rate.get(),
        preset: settings.preset.clone(),
        video_kbps: settings.video_kbps,
        gop: settings.keyframe_seconds * settings.rate.get(),
        threads: settings.threads,
        audio_kbps: settings.audio_kbps,
        halved: false,
        slots: SLOTS,
    }
}

/// Loads what the restored show needs, but does not keep the first frame waiting for long.
fn wait_for_assets(assets: &Arc<Assets>, state: &ArcSwap<State>, size: (u32, u32), at: ShowTime) {
    let (done, finished) = std::sync::mpsc::channel();
    let (assets, state) = (assets.clone(), state.load_full());
    std::thread::spawn(move || {
        let started = Instant::now();
        assets.prepare_show(&state.show, size, at);
        tracing::debug!(ms = started.elapsed().as_millis() as u64, "assets are ready");
        let _ = done.send(());
    });
    if finished.recv_timeout(READY).is_err() {
        tracing::warn!("the show's assets take long to load; the program begins without some of them");
    }
}

/// Loads what the show needs and has not, when it is told to; and tries again from time to time to load
/// what could not be loaded.
async fn load_missing(
    assets: Arc<Assets>,
    control: Control,
    size: (u32, u32),
    (missing, ending): (Arc<Notify>, Arc<AtomicBool>),
) {
    while !ending.load(Ordering::Relaxed) {
        let told = tokio::time::timeout(Duration::from_secs(1), missing.notified()).await.is_ok();
        if told || assets.retry_due() {
            let (assets, state, now) = (assets.clone(), control.state(), control.now());
            let _ = tokio::task::spawn_blocking(move || assets.prepare_show(&state.show, size, now)).await;
        }
    }
}

/// Tells the show when speech is over whose sound came while it was heard, and lets go of what was said.
async fn listen(control: Control, feeds: Arc<Feeds>, uploads: Uploads, ending: Arc<AtomicBool>) {
    let live = |show: &Show| -> Vec<Id> {
        show.speech().iter().filter(|utterance| utterance.is_live()).map(|utterance| utterance.id.clone()).collect()
    };
    for round in 0u64.. {
        if ending.load(Ordering::Relaxed) {
            return;
        }
        let state = control.state();
        let wanted = live(&state.show);
        let finished = feeds.look_after(|id| wanted.contains(id));
        // After a restart nobody has the sound of what was being made.
        let lost = wanted.iter().filter(|id| feeds.get(id).is_none()).map(|id| (id.clone(), None));
        let seconds = |samples: u64| Seconds::new(samples as f64 / f64::from(audio::RATE));
        let heard = finished.into_iter().map(|(id, samples)| (id, seconds(samples)));
        // What a trigger brought on air may never have been measured.
        let now = control.now().as_secs_f64();
        let unmeasured = state.show.speech().iter().filter_map(|utterance| {
            let (url, start) = (utterance.spec.url.as_ref()?, utterance.start?.as_secs_f64());
            let length = control.0.assets.seconds(url);
            let over = utterance.spec.length.is_none() && now > start + length.unwrap_or(PATIENCE_S);
            over.then(|| (utterance.id.clone(), length.and_then(Seconds::new)))
        });
        for (id, length) in heard.chain(lost).chain(unmeasured) {
            // Whoever was quicker has ended it.
            let _ = control.submit(Command::FinishSpeech { id, length }).await;
        }
        if round % SWEEP == 0 {
            let uploads = uploads.clone();
            let sweep =
                move || uploads.sweep(|url| state.show.speech().iter().any(|u| u.spec.url.as_deref() == Some(url)));
            let _ = tokio::task::spawn_blocking(sweep).await;
        }
        tokio::time::sleep(LISTEN).await;
    }
}

/// The destinations that are to run in `state`.
fn wanted(state: &State, recordings: &Path) -> Vec<DestinationSettings> {
    if !state.show.streaming() {
        return Vec::new();
    }
    state.show.destinations().iter().filter_map(|d| settings_of(d, recordings)).collect()
}

fn settings_of(destination: &Destination, recordings: &Path) -> Option<DestinationSettings> {
    let (id, codec, required) = (destination.id.to_string(), codec_of(destination.codec), destination.required);
    if let Some(name) = destination.url.strip_prefix("file:") {
        let segment = destination.segment_seconds.map(|s| Duration::from_secs(s.into()));
        let keep = destination.keep_segments.map(|n| n as usize);
        return Some(DestinationSettings {
            id,
            place: Place::File { path: recordings.join(name), segment, keep },
            codec,
            required,
        });
    }
    let key = || destination.stream_key.as_ref().map(|k| k.expose().to_owned()).unwrap_or_default();
    if let Some(name) = destination.url.strip_prefix("hls:") {
        let place = Place::Hls { path: recordings.join("hls").join(name).join("index.m3u8") };
        return Some(DestinationSettings { id, place, codec, required });
    }
    match url::Url::parse(&destination.url) {
        Ok(mut url) if url.scheme() == "srt" => {
            let mut options: Vec<(String, String)> = url.query_pairs().into_owned().collect();
            url.set_query(None);
            if !key().is_empty() {
                options.retain(|(name, _)| name != "streamid");
                options.push(("streamid".to_owned(), key()));
            }
            Some(DestinationSettings { id, place: Place::Srt { url: url.into(), options }, codec, required })
        }
        Ok(url) => Some(DestinationSettings { id, place: Place::Rtmp { url, key: key() }, codec, required }),
        Err(e) => {
            tracing::error!(destination = %id, "the URL cannot be read: {e}");
            None
        }
    }
}

/// What the encoder calls it.
pub(crate) fn codec_of(codec: VideoCodec) -> Codec {
    match codec {
        VideoCodec::H264 => Codec::H264,
        VideoCodec::Vp8 => Codec::Vp8,
        VideoCodec::Vp9 => Codec::Vp9,
    }
}
