//! What everyone else holds of the engine: the way to command it and to see what it does.

use crate::assets::{Assets, Held};
use crate::capacity::Capacity;
use crate::clock::unix_ms;
use crate::engine::codec_of;
use crate::progress::Progress;
use crate::state::{Logged, State};
use crate::terms::{Keys, Known, Terms};
use crate::writer::{Order, Request, lock};
use arc_swap::ArcSwap;
use output::Codec;
use scene::{
    Alignment, Command, Destination, Event, FieldError, FrameRate, Id, Layer, Length, Limits, Measured, ProgramFormat,
    Rejection, Seconds, Show, ShowTime, Source, Track, Utterance,
};
use serde::Serialize;
use std::collections::{BTreeSet, VecDeque};
use std::path::PathBuf;
use std::sync::mpsc::{SyncSender, TrySendError};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use store::Record;
use tokio::sync::{Semaphore, broadcast, oneshot};

/// Events that are remembered for those who reconnect.
pub(crate) const HISTORY: usize = 1024;
/// How far ahead a start by the time of day may be: ten years.
const MOST_AHEAD_MS: i64 = 10 * 365 * 86_400_000;
/// The most commands of a batch: a longer one is refused, and nothing has to be measured for it.
const MAX_BATCH: usize = 200;
/// Commands whose files are loaded at the same time.
const LOADERS: usize = 2;

/// A handle to command the engine. Cheap to clone.
#[derive(Clone)]
pub struct Control(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) state: Arc<ArcSwap<State>>,
    pub(crate) events: Events,
    pub(crate) requests: SyncSender<Request>,
    pub(crate) keys: Arc<Mutex<Keys>>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) limits: Limits,
    pub(crate) rate: FrameRate,
    pub(crate) clock: ShowClock,
    /// Pixels of the picture.
    pub(crate) size: (u32, u32),
    pub(crate) loaders: Arc<Semaphore>,
    pub(crate) capacity: Arc<Capacity>,
    /// As it is configured.
    pub(crate) format: ProgramFormat,
}

/// Events with their numbers, as they happen and from the near past.
#[derive(Clone)]
pub(crate) struct Events {
    pub(crate) live: broadcast::Sender<Arc<Numbered>>,
    pub(crate) past: Arc<Mutex<VecDeque<Arc<Numbered>>>>,
}

/// An event with the number of the command that caused it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Numbered {
    /// Numbers follow one another without a gap.
    pub sequence: u64,
    /// Which of the events of that command it is, counted from 1.
    pub part: usize,
    /// How many there are.
    pub parts: usize,
    /// Who gave the command; nobody where the service did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<Id>,
    /// The key that its caller gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What happened.
    pub event: Event,
}

/// A command of the past.
#[derive(Clone, Debug)]
pub struct LogEntry {
    /// Its number.
    pub sequence: u64,
    /// When it became durable, in milliseconds since 1970.
    pub written_unix_ms: i64,
    /// Who gave it; nobody where the service did.
    pub by: Option<Id>,
    /// The key that its caller gave it.
    pub key: Option<String>,
    /// What was asked for, without what is secret.
    pub command: serde_json::Value,
}

impl LogEntry {
    fn read(written: &store::Written) -> Self {
        let store::Written { record: Record { sequence, body }, unix_ms } = written;
        let logged = serde_json::from_slice::<Logged>(body).ok();
        let (by, key, command) = logged.map_or((None, None, None), |l| (l.by, l.key, Some(l.command)));
        Self {
            sequence: *sequence,
            written_unix_ms: *unix_ms,
            by,
            key: key.map(|key| key.name().to_owned()),
            command: command.and_then(|command| command.to_public().ok()).unwrap_or_default(),
        }
    }
}

/// What a command did.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Its number.
    pub sequence: u64,
    /// What happened.
    pub events: Vec<Event>,
    /// The state after it.
    pub state: Arc<State>,
}

/// Why a command was not carried out. The show is as it was.
#[derive(Clone, Debug, thiserror::Error)]
pub enum CommandError {
    /// It cannot be done.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// It needs a file, font or sound that cannot be used.
    #[error(transparent)]
    Unusable(FieldError),
    /// The store does not take it.
    #[error("the command could not be made durable: {0}")]
    Store(String),
    /// What it is for has another version than its caller knows.
    #[error("it has been changed since: get it again and decide anew")]
    Changed,
    /// Its key was given to another command.
    #[error("this key was given to another command: a key is for one command and its repetitions")]
    KeyTaken,
    /// More commands wait than can be taken.
    #[error("too many commands are waiting; try again in a second")]
    Busy,
    /// The engine is ending.
    #[error("the service is shutting down")]
    Ending,
}

/// A command that is on its way to be durable. Whoever lets go of it does not take it back.
pub struct Pending {
    control: Control,
    terms: Terms,
    stage: Stage,
}

enum Stage {
    /// There is nothing to wait for.
    Done(Box<Answer>),
    /// The writer has it. What it needs is held until then: it is in the show then, or not needed.
    Waiting(oneshot::Receiver<Result<Answer, CommandError>>, Vec<Held>),
}

impl Pending {
    /// What came of it.
    ///
    /// # Errors
    /// It was not carried out, and nothing has changed.
    pub async fn answered(self) -> Result<Answer, CommandError> {
        let answered = match self.stage {
            Stage::Done(answer) => return Ok(*answer),
            Stage::Waiting(answer, _held) => answer.await.map_err(|_| CommandError::Ending)?,
        };
        match answered {
            Err(CommandError::Rejected(e)) => self.control.done_before(&self.terms)?.ok_or(CommandError::Rejected(e)),
            answered => answered,
        }
    }
}

impl Control {
    /// The show as it is now, with the number of the last command.
    #[must_use]
    pub fn state(&self) -> Arc<State> {
        self.0.state.load_full()
    }

    /// Frames per second.
    #[must_use]
    pub fn frame_rate(&self) -> FrameRate {
        self.0.rate
    }

    /// How much a show may hold.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.0.limits
    }

    /// Carries a command out: loads what it needs, makes it durable, applies it.
    ///
    /// # Errors
    /// It was not carried out, and nothing has changed.
    pub async fn submit(&self, command: Command) -> Result<Answer, CommandError> {
        self.submit_under(Terms::default(), command).await
    }

    /// The same under conditions.
    ///
    /// # Errors
    /// It was not carried out, and nothing has changed.
    pub async fn submit_under(&self, terms: Terms, command: Command) -> Result<Answer, CommandError> {
        self.begin(terms, command).await?.answered().await
    }

    /// The same, but for waiting until it is durable: commands that one caller begins one after the other are carried
    /// out in that order.
    ///
    /// # Errors
    /// It cannot be carried out as things are now, and nothing has changed.
    pub async fn begin(&self, terms: Terms, command: Command) -> Result<Pending, CommandError> {
        let pending = |stage| Pending { control: self.clone(), terms: terms.clone(), stage };
        if let Some(answer) = self.done_before(&terms)? {
            return Ok(pending(Stage::Done(Box::new(answer))));
        }
        match self.set_off(terms.clone(), command).await {
            // Its first giving may have been on its way all the while, and be what is in the way now.
            Err(CommandError::Rejected(e)) => match self.done_before(&terms)? {
                Some(answer) => Ok(pending(Stage::Done(Box::new(answer)))),
                None => Err(CommandError::Rejected(e)),
            },
            begun => begun.map(pending),
        }
    }

    /// What the command with the key of these terms did, where there was one.
    ///
    /// # Errors
    /// Another command had that key.
    pub fn done_before(&self, terms: &Terms) -> Result<Option<Answer>, CommandError> {
        let Some(key) = &terms.key else { return Ok(None) };
        match lock(&self.0.keys).look_up(key) {
            Known::New => Ok(None),
            Known::Done(done) => {
                Ok(Some(Answer { sequence: done.sequence, events: done.events.clone(), state: self.state() }))
            }
            Known::Taken => Err(CommandError::KeyTaken),
        }
    }

    async fn set_off(&self, terms: Terms, mut command: Command) -> Result<Stage, CommandError> {
        if command.is_about_everything() {
            command = command.with_saved(&self.state().show);
        }
        self.work_out_starts(&mut command).map_err(Rejection::from)?;
        // How long files are is for the service to find out, whatever a caller says.
        command.measure_tracks(&mut |_| None, fastrand::u32(..));
        self.measure_sounds_of_triggers(&command).await;
        self.measure_boxes(&mut command).await?;
        let mut held = self.prepare(&command, &terms.progress).await?;
        self.check_destinations(&command).await?;
        // What a playlist begins with is known once its files are measured.
        self.measure_tracks(&mut command);
        held.extend(self.prepare(&command, &terms.progress).await?);
        if terms.dry_run {
            return Ok(Stage::Done(Box::new(self.rehearse(&terms, command)?)));
        }
        let (answer, answered) = oneshot::channel();
        self.ask(Request::Order(Box::new(Order { at: self.now(), command, terms, answer })))?;
        Ok(Stage::Waiting(answered, held))
    }

    fn ask(&self, request: Request) -> Result<(), CommandError> {
        self.0.requests.try_send(request).map_err(|e| match e {
            TrySendError::Full(_) => CommandError::Busy,
            TrySendError::Disconnected(_) => CommandError::Ending,
        })
    }

    /// Takes a snapshot, so that the next start has nothing to replay.
    pub(crate) async fn take_snapshot(&self) {
        let (taken, done) = oneshot::channel();
        if self.ask(Request::Snapshot { taken }).is_ok() {
            let _ = done.await;
        }
    }

    /// Writes all that the store holds into a new file, between two commands.
    ///
    /// # Errors
    /// It cannot be written.
    pub async fn back_up(&self, file: PathBuf) -> Result<(), CommandError> {
        let (answer, answered) = oneshot::channel();
        self.ask(Request::BackUp { file, answer })?;
        answered.await.map_err(|_| CommandError::Ending)?
    }

    /// What was commanded: of the commands before number `before` (of all where it is `None`) the last `limit` (fewer
    /// where they are large), the newest first, and whether there are older ones. Those that the store has forgotten are not among them.
    ///
    /// # Errors
    /// The store cannot be read.
    pub async fn log(&self, before: Option<u64>, limit: usize) -> Result<(Vec<LogEntry>, bool), CommandError> {
        let (answer, answered) = oneshot::channel();
        self.ask(Request::Read { before, limit, answer })?;
        let page = answered.await.map_err(|_| CommandError::Ending)??;
        Ok((page.commands.iter().map(LogEntry::read).collect(), page.more))
    }

    /// What a command would do, triggers left out.
    fn rehearse(&self, terms: &Terms, command: Command) -> Result<Answer, CommandError> {
        let State { sequence, show } = State::clone(&self.state());
        if !terms.allow(&show) {
            return Err(CommandError::Changed);
        }
        let (show, events) = show.rehearse(command, self.now(), &self.0.limits)?;
        Ok(Answer { sequence, events, state: Arc::new(State { sequence, show }) })
    }

    /// Events from now on, and those after `last` where they are still remembered.
    ///
    /// `None` in the first place: too long ago, ask for the whole show.
    #[must_use]
    pub fn events_after(&self, last: u64) -> (Option<Vec<Arc<Numbered>>>, broadcast::Receiver<Arc<Numbered>>) {
        let past = lock(&self.0.events.past);
        // Subscribed under the lock that the writer takes to publish: nothing is missed or doubled.
        let live = self.0.events.live.subscribe();
        let newest = past.back().map_or_else(|| self.0.state.load().sequence, |e| e.sequence);
        // A command of which only the last events are remembered is not known.
        let whole = |first: &Arc<Numbered>| {
            first.sequence <= last || first.sequence == last.saturating_add(1) && first.part == 1
        };
        let known = last == newest || past.front().is_some_and(whole) && last < newest;
        let missed = known.then(|| past.iter().filter(|e| e.sequence > last).cloned().collect());
        (missed, live)
    }

    /// The show's time now, by the loop's own clock.
    #[must_use]
    pub fn now(&self) -> ShowTime {
        self.0.clock.now()
    }

    /// Puts the show's time in the place of times of day.
    fn work_out_starts(&self, command: &mut Command) -> Result<(), FieldError> {
        for start in command.starts_mut() {
            let Some(text) = start.wall_clock.take() else { continue };
            let wrong = |message: String| FieldError::new("start.wallClock", message);
            let at: jiff::Timestamp =
                text.parse().map_err(|_| wrong(format!("\"{text}\" is no time such as 2026-12-31T23:59:50Z")))?;
            let ahead_ms = at.as_millisecond() - unix_ms();
            if !(0..=MOST_AHEAD_MS).contains(&ahead_ms) {
                let message = if ahead_ms < 0 { "is past" } else { "is more than ten years ahead" };
                return Err(wrong(format!("{text} {message}")));
            }
            start.show_time = Some(ShowTime::from_secs_f64(self.now().as_secs_f64() + ahead_ms as f64 / 1000.0));
        }
        Ok(())
    }

    /// Writes down how long the files of audio tracks and speech are, which have been looked at by now: when
    /// they end is then a matter of arithmetic.
    fn measure_tracks(&self, command: &mut Command) {
        command.measure_tracks(&mut |url| self.0.assets.seconds(url).and_then(Seconds::new), 0);
    }

    /// Finds out how long the files are that triggers may bring on air; what cannot be read is left as it is.
    async fn measure_sounds_of_triggers(&self, command: &Command) {
        let (urls, assets) = (command.sounds_of_triggers(), self.0.assets.clone());
        if !urls.is_empty() {
            let measure = move || {
                for url in &urls {
                    let _ = assets.measure(url);
                }
            };
            let _ = tokio::task::spawn_blocking(measure).await;
        }
    }

    /// Whether destinations take what would be made, and the machine can encode what they take.
    async fn check_destinations(&self, command: &Command) -> Result<(), CommandError> {
        let concerned = matches!(
            command,
            Command::CreateDestination { .. }
                | Command::SetBitrate { .. }
                | Command::LoadShow { .. }
                | Command::Batch { .. }
        );
        if !concerned {
            return Ok(());
        }
        let before = self.state();
        let (after, _) = before.show.rehearse(command.clone(), self.now(), &self.0.limits)?;
        let rate = |show: &Show| show.video_kbps().unwrap_or(self.0.format.video_kbps);
        let known = |destination: &Destination| before.show.destinations().iter().any(|d| **d == *destination);
        let faster = rate(&after) > rate(&before.show);
        for destination in after.destinations() {
            let Some(service) = destination.service else { continue };
            let new = !known(destination);
            if new || faster {
                let format = ProgramFormat { video_kbps: rate(&after), ..self.0.format };
                let wrong = |e: FieldError| if new { e } else { FieldError::new("videoKbps", e.message) };
                service.check(format).map_err(wrong).map_err(CommandError::Unusable)?;
            }
        }
        let codecs =
            |show: &Show| -> BTreeSet<Codec> { show.destinations().iter().map(|d| codec_of(d.codec)).collect() };
        let codecs = codecs(&after);
        if after.destinations().iter().all(|d| known(d) || codec_of(d.codec) == Codec::H264) {
            return Ok(());
        }
        let capacity = self.0.capacity.clone();
        let unknown = |_| CommandError::Unusable(FieldError::new("codec", "it cannot be tried"));
        let checked = tokio::task::spawn_blocking(move || capacity.check(codecs)).await.map_err(unknown)?;
        checked.map_err(CommandError::Unusable)
    }

    /// Tries the command on a copy of the show and loads what the result needs, so that the writer
    /// never waits for a file and nothing unusable gets on air.
    async fn prepare(&self, command: &Command, progress: &Progress) -> Result<Vec<Held>, CommandError> {
        let before = self.state();
        // What triggers do is loaded when it is done: their files are not the caller's fault.
        let (after, events) = before.show.rehearse(command.clone(), self.now(), &self.0.limits)?;
        let work = Work::of(events, &before.show, after);
        if work.is_nothing() {
            return Ok(Vec::new());
        }
        let (size, now, progress) = (self.0.size, self.now(), progress.clone());
        self.load(move |assets| work.run(assets, size, now, &progress)).await
    }

    /// Runs what loads files, with no more than [`LOADERS`] others.
    async fn load<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Assets) -> Result<T, FieldError> + Send + 'static,
    ) -> Result<T, CommandError> {
        let permit = self.0.loaders.clone().acquire_owned().await.map_err(|_| CommandError::Ending)?;
        let assets = self.0.assets.clone();
        let done = tokio::task::spawn_blocking(move || {
            // Here, since a client that goes away ends the request, but not the load.
            let _permit = permit;
            work(&assets)
        });
        let unusable = |message: &str| CommandError::Unusable(FieldError::new("", message));
        done.await.map_err(|_| unusable("its content cannot be drawn"))?.map_err(CommandError::Unusable)
    }

    /// Finds out how large the layers are that are to be aligned; in a batch, as they are when it comes to that.
    async fn measure_boxes(&self, command: &mut Command) -> Result<(), CommandError> {
        match command {
            Command::AlignLayer { id, to, boxes } => {
                let state = self.state();
                *boxes = self.boxes(&state.show, id, to).await?;
            }
            Command::Batch { commands }
                if commands.len() <= MAX_BATCH && commands.iter().any(Command::needs_a_look) =>
            {
                let mut show = self.state().show.clone();
                for (index, command) in commands.iter_mut().enumerate() {
                    let place = |e: FieldError| e.under(&format!("commands[{index}]"));
                    if let Command::AlignLayer { id, to, boxes } = command {
                        *boxes = self.boxes(&show, id, to).await.map_err(|e| match e {
                            CommandError::Unusable(e) => CommandError::Unusable(place(e)),
                            other => other,
                        })?;
                    }
                    match show.rehearse(command.clone(), self.now(), &self.0.limits) {
                        Ok((after, _)) => show = after,
                        // It is refused as a whole, with its place in it.
                        Err(_) => return Ok(()),
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// How large the layers are without which `id` cannot be aligned. What is no layer is found out later.
    async fn boxes(&self, show: &Show, id: &Id, to: &Alignment) -> Result<Vec<Measured>, CommandError> {
        let layers: Vec<_> = to.measures(id).filter_map(|id| show.layer(id).cloned()).collect();
        let (show, size) = (show.clone(), self.0.size);
        self.load(move |assets| {
            let sides = layers.iter().map(|layer| Ok(assets.box_of(&show, layer, size)?.map(|sides| (layer, sides))));
            let sides: Vec<_> = sides.collect::<Result<_, FieldError>>()?;
            let length = |v: f64| Length::new(v.min(Length::MAX)).unwrap_or_default();
            let measured = |(layer, (width, height)): (&Arc<Layer>, (f64, f64))| Measured {
                id: layer.id().clone(),
                width: length(width),
                height: length(height),
            };
            Ok(sides.into_iter().flatten().map(measured).collect())
        })
        .await
    }
}

/// What has to be loaded for a command.
struct Work {
    show: Show,
    /// Everything that the show has.
    whole: bool,
    layers: Vec<Arc<Layer>>,
    tracks: Vec<Track>,
    speech: Vec<Arc<Utterance>>,
    /// The picture of the slate.
    slate: bool,
    /// The picture of a transition.
    picture: Option<Arc<Source>>,
}

impl Work {
    fn of(events: Vec<Event>, before: &Show, after: Show) -> Self {
        let (layers, tracks, speech) = (Vec::new(), Vec::new(), Vec::new());
        let mut work = Self { whole: false, layers, tracks, speech, slate: false, picture: None, show: after };
        for event in events {
            match event {
                Event::LayerCreated { layer } => work.layers.push(layer),
                Event::LayerUpdated { layer } => {
                    // A layer that was only moved looks as it did.
                    let same = |old: &Arc<Layer>| {
                        let fill = match (old.source(), layer.source()) {
                            (Some(old), Some(new)) => Arc::ptr_eq(old, new),
                            (old, new) => old.is_none() && new.is_none(),
                        };
                        let (old, new) = (old.spec(), layer.spec());
                        fill && (old.transform.scale, &old.parent) == (new.transform.scale, &new.parent)
                            && (&old.clip, &old.mask, &old.filters) == (&new.clip, &new.mask, &new.filters)
                    };
                    // With a group, all that is in it is seen at another scale.
                    if !before.layer(layer.id()).is_some_and(same) {
                        work.layers.extend(work.show.with_inner(layer.id()));
                    }
                }
                Event::TrackCreated { track } | Event::TrackUpdated { track } => {
                    let same = |old: &Arc<Track>| {
                        (&old.id, &old.url, &old.playlist, old.live)
                            == (&track.id, &track.url, &track.playlist, track.live)
                            && (old.start, old.offset) == (track.start, track.offset)
                    };
                    if !before.tracks().iter().any(same) {
                        work.tracks.push(track);
                    }
                }
                Event::SpeechQueued { utterance } => work.speech.push(utterance),
                Event::SlateUpdated { slate } => work.slate = before.slate().image_url != slate.image_url,
                Event::ShowLoaded => work.whole = true,
                // Everything is seen at another scale.
                Event::ShowUpdated { look } => work.whole |= look.canvas != before.canvas(),
                Event::SceneSwitched { .. } => work.picture = work.show.transition_picture().cloned(),
                _ => {}
            }
        }
        work
    }

    fn is_nothing(&self) -> bool {
        let sounds = self.tracks.is_empty() && self.speech.iter().all(|utterance| utterance.is_live());
        !self.whole && self.layers.is_empty() && sounds && !self.slate && self.picture.is_none()
    }

    fn run(
        self,
        assets: &Assets,
        size: (u32, u32),
        now: ShowTime,
        progress: &Progress,
    ) -> Result<Vec<Held>, FieldError> {
        let Self { show, whole, layers, tracks, speech, slate, picture } = self;
        let done = |held: Result<Held, FieldError>| {
            progress.step();
            held
        };
        if whole {
            progress.expect(show.layers().len() + show.tracks().len());
            let layers = show.layers().iter().map(|layer| {
                let place = format!("layer {}", layer.id());
                assets.prepare_layer(&show, layer, size).map_err(|e| e.under(&place))
            });
            let tracks = show
                .tracks()
                .iter()
                .map(|track| assets.prepare_track(track, now).map_err(|e| e.under(&format!("track {}", track.id))));
            let slate = std::iter::once_with(|| assets.prepare_slate(&show, size));
            return layers.chain(tracks).map(done).chain(slate).collect();
        }
        progress.expect(layers.len() + tracks.len() + speech.len());
        let layers = layers.iter().map(|layer| assets.prepare_layer(&show, layer, size));
        let tracks = tracks.iter().map(|track| assets.prepare_track(track, now));
        let speech = speech.iter().map(|utterance| assets.prepare_speech(utterance));
        let picture = picture.iter().map(|picture| assets.prepare_transition(&show, picture, size));
        let slate = slate.then(|| assets.prepare_slate(&show, size));
        layers.chain(tracks).chain(speech).map(done).chain(picture).chain(slate).collect()
    }
}

/// The show's time, counted from the loop's first frame by the clock that the loop goes by.
#[derive(Clone, Copy)]
pub(crate) struct ShowClock {
    pub(crate) rate: FrameRate,
    pub(crate) first: u64,
    pub(crate) started: Instant,
}

impl ShowClock {
    pub(crate) fn now(&self) -> ShowTime {
        ShowTime::from_secs_f64(self.rate.time_of(self.first).as_secs_f64() + self.started.elapsed().as_secs_f64())
    }
}

impl Inner {
    pub(crate) fn loaders() -> Arc<Semaphore> {
        Arc::new(Semaphore::new(LOADERS))
    }
}
