//! The encoder's process, supervised.
//!
//! One worker encodes; a second one stands by, started and opened. When the first dies (its stream
//! ends) or hangs (it holds frames and has said nothing for [`HANG`]), the second takes over with
//! the next frame, and another is started. Frames that were in the first one are lost: some 100 ms.
//!
//! Where another way of encoding is asked for, a worker that does it is started, and takes over at a keyframe; the one
//! before completes what it has first: no picture is missing, and of the sound at most half a frame (11 ms) at the seam.
//!
//! Invariant: packets of one worker only are published at a time, in order. Proof: a worker's
//! reader publishes only while `generation` is its own, under the lock that [`Encoder::replace`]
//! takes to change it, or that the reader before takes at its end to hand it on; and frames are sent to the worker
//! of that generation, or of the one that it is handed on to, only.

use crate::OutputError;
use crate::hub::Hub;
use crate::packet::{Headers, Media, Packet};
use codec_wire::WorkerBinary;
use codec_wire::{Codec, EncoderConfig, EncoderKind, FRAMES_FD, Frame, FrameRing, Record, RecordKind};
use rustix::net::{
    AddressFamily, SendFlags, SocketFlags, SocketType, send, socketpair, sockopt::set_socket_send_buffer_size,
};
use std::collections::VecDeque;
use std::os::fd::{AsFd, OwnedFd};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A worker that holds frames, has been silent for so long and has not worked for half of it, is hung.
const HANG: Duration = Duration::from_millis(500);
/// One that has been silent for so long is hung, however hard it works.
const BUSY_HANG: Duration = Duration::from_secs(2);
/// Workers that die at once are started again no more often than this.
const RESTART: Duration = Duration::from_millis(500);
/// A worker whose successor waits completes what it has within this, or loses it.
const RETIRE: Duration = Duration::from_secs(1);
/// Samples that go with a later frame where theirs was not sent: a third of a second, which one message can carry.
const MOST_UNSENT: usize = codec_wire::AUDIO_RATE as usize / 3;
/// Latencies that are remembered.
const LATENCIES: usize = 4096;

/// Sends pictures and sound to be encoded.
pub struct Encoder {
    config: EncoderConfig,
    binary: WorkerBinary,
    ring: FrameRing,
    active: Option<Worker>,
    spare: Option<Worker>,
    /// The one before, which completes what it has.
    retiring: Option<(Worker, Instant)>,
    /// The spare encodes otherwise than the active one, and is to take over at a keyframe.
    handing_over: bool,
    /// A spare that is being started elsewhere.
    coming: Option<Receiver<Result<Worker, OutputError>>>,
    last_start: Instant,
    /// The number of the first frame of all.
    origin: Option<u64>,
    /// A keyframe was due in a frame that could not be sent.
    missed_key: bool,
    /// The sound of frames that were not sent: a picture that is missing is seen by few, a gap is heard by all.
    unsent: Option<(u64, Vec<[f32; 2]>)>,
    next_generation: u64,
    video_kbps: Arc<AtomicU32>,
    /// Whether a second worker stands by.
    spared: bool,
    shared: Arc<Shared>,
}

/// What the readers of all workers share.
struct Shared {
    hub: Arc<Hub>,
    /// Whose packets are published, and whose are as soon as those are through.
    turn: Mutex<Turn>,
    passed_on: Condvar,
    stats: Arc<EncoderStats>,
}

#[derive(Clone, Copy)]
struct Turn {
    generation: u64,
    next: Option<u64>,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameFate {
    /// It is on its way.
    Sent,
    /// There is no encoder for it at the moment.
    NoEncoder,
    /// The encoder has more frames than it can take.
    Overload,
}

/// Figures of the encoder, for anyone to read.
#[derive(Default)]
pub struct EncoderStats {
    /// Frames that were sent to an encoder.
    pub sent: AtomicU64,
    /// Frames of video that came back.
    pub encoded: AtomicU64,
    /// Bytes of video that came back.
    pub video_bytes: AtomicU64,
    /// Bytes of sound that came back.
    pub audio_bytes: AtomicU64,
    /// How often an encoder was replaced.
    pub replaced: AtomicU64,
    /// Whether a worker encodes.
    pub alive: AtomicBool,
    /// Its process.
    pub pid: AtomicU32,
    latencies: Mutex<Latencies>,
}

#[derive(Default)]
struct Latencies {
    /// Frames under way: number, and when they were due.
    due: VecDeque<(i64, Instant)>,
    micros: VecDeque<u32>,
}

/// How long it takes from a frame's due time to its packet.
#[derive(Clone, Copy, Debug, Default)]
pub struct Latency {
    /// The median in milliseconds.
    pub p50_ms: f64,
    /// Nineteen of twenty are quicker.
    pub p95_ms: f64,
}

impl Shared {
    /// A worker is through: the turn is its successor's, where it has one.
    fn pass_on(&self, generation: u64) {
        let mut turn = lock(&self.turn);
        if turn.generation == generation
            && let Some(next) = turn.next.take()
        {
            turn.generation = next;
        }
        self.passed_on.notify_all();
    }
}

impl EncoderStats {
    /// Over the last frames, some 4,000 at most.
    #[must_use]
    pub fn latency(&self) -> Latency {
        let mut micros: Vec<u32> = lock(&self.latencies).micros.iter().copied().collect();
        micros.sort_unstable();
        let at = |share: f64| {
            let index = ((micros.len() as f64 * share) as usize).min(micros.len().saturating_sub(1));
            micros.get(index).map_or(0.0, |us| f64::from(*us) / 1000.0)
        };
        Latency { p50_ms: at(0.5), p95_ms: at(0.95) }
    }

    fn frame_sent(&self, tick: u64, due: Instant) {
        self.sent.fetch_add(1, Ordering::Relaxed);
        let mut latencies = lock(&self.latencies);
        latencies.due.push_back((tick as i64, due));
        if latencies.due.len() > 128 {
            latencies.due.pop_front();
        }
    }

    fn frame_encoded(&self, tick: i64, bytes: usize) {
        self.encoded.fetch_add(1, Ordering::Relaxed);
        self.video_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        let mut latencies = lock(&self.latencies);
        while let Some((sent, due)) = latencies.due.pop_front() {
            if sent == tick {
                latencies.micros.push_back(due.elapsed().as_micros().min(u128::from(u32::MAX)) as u32);
                if latencies.micros.len() > LATENCIES {
                    latencies.micros.pop_front();
                }
                return;
            }
        }
    }
}

impl Encoder {
    /// Starts an encoder and its spare. Packets go to `hub`.
    ///
    /// # Errors
    /// The worker's binary cannot be run, or there is no memory.
    pub fn start(config: EncoderConfig, binary: WorkerBinary, hub: Arc<Hub>) -> Result<Self, OutputError> {
        let slots = config.slots as usize;
        let ring = FrameRing::create(slots, config.width as usize * config.height as usize * 3 / 2)?;
        let stats = Arc::new(EncoderStats::default());
        let turn = Mutex::new(Turn { generation: 1, next: None });
        let shared = Arc::new(Shared { hub, turn, passed_on: Condvar::new(), stats });
        let active = Worker::start(&binary, &config, &ring, 1, shared.clone())?;
        let video_kbps = Arc::new(AtomicU32::new(config.video_kbps));
        shared.stats.pid.store(active.child.id(), Ordering::Relaxed);
        shared.stats.alive.store(true, Ordering::Relaxed);
        Ok(Self {
            config,
            binary,
            ring,
            active: Some(active),
            spare: None,
            retiring: None,
            handing_over: false,
            coming: None,
            last_start: Instant::now(),
            origin: None,
            missed_key: false,
            unsent: None,
            next_generation: 2,
            video_kbps,
            spared: true,
            shared,
        })
    }

    /// The same encoder without a second worker that stands by: one that dies is started anew, which takes a moment.
    #[must_use]
    pub fn without_spare(mut self) -> Self {
        self.spared = false;
        self
    }

    /// What it makes.
    #[must_use]
    pub fn codec(&self) -> Codec {
        self.config.kind.codec()
    }

    /// Waits until the encoder is open, or for `patience`.
    pub fn wait_until_open(&self, patience: Duration) {
        let deadline = Instant::now() + patience;
        let waits =
            |worker: &Worker| !worker.state.open.load(Ordering::Acquire) && !worker.state.ended.load(Ordering::Acquire);
        while self.active.as_ref().is_some_and(waits) && Instant::now() < deadline {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The encoder's figures.
    #[must_use]
    pub fn stats(&self) -> Arc<EncoderStats> {
        self.shared.stats.clone()
    }

    /// The bit rate of the video in kb/s: what is put there counts from the next frame on.
    #[must_use]
    pub fn video_kbps(&self) -> Arc<AtomicU32> {
        self.video_kbps.clone()
    }

    /// Slots in the ring.
    #[must_use]
    pub fn slots(&self) -> usize {
        self.config.slots as usize
    }

    /// Whether there is a worker that takes pictures.
    #[must_use]
    pub fn is_encoding(&self) -> bool {
        self.active.is_some()
    }

    /// Whether no worker reads this slot, so that it may be written to.
    #[must_use]
    pub fn is_free(&self, slot: usize) -> bool {
        let retiring = self.retiring.as_ref().map(|(worker, _)| worker);
        self.active.as_ref().into_iter().chain(retiring).all(|worker| worker.held[slot] == 0)
    }

    /// The picture in `slot`. Written to only while the slot is free.
    pub fn slot_mut(&mut self, slot: usize) -> &mut [u8] {
        debug_assert!(self.is_free(slot), "a worker reads this slot");
        self.ring.slot_mut(slot)
    }

    /// Sends the picture in `slot` to be encoded as frame `tick`, which was due at `due`, with the
    /// samples of its interval. A slot may be sent again while it is held. Sound that could not be sent goes with
    /// the next frame.
    pub fn send(
        &mut self,
        slot: usize,
        tick: u64,
        due: Instant,
        first_sample: u64,
        samples: Vec<[f32; 2]>,
    ) -> FrameFate {
        let (first_sample, samples) = self.with_unsent(first_sample, samples);
        // Keyframes stand at fixed numbers, so that they are where they were after a replacement.
        let key = self.is_key(tick);
        // Until one is sent.
        self.missed_key = key;
        if key && self.handing_over {
            self.hand_over();
        }
        let Some(worker) = &mut self.active else {
            self.unsent = Some((first_sample, samples));
            return FrameFate::NoEncoder;
        };
        let frame = Frame {
            slot: slot as u32,
            tick,
            key,
            video_kbps: self.video_kbps.load(Ordering::Relaxed),
            first_sample,
            samples,
        };
        let Some(control) = &worker.control else { return FrameFate::NoEncoder };
        match send(control, &frame.to_bytes(), SendFlags::DONTWAIT | SendFlags::NOSIGNAL) {
            Ok(_) => {
                if worker.in_flight == 0 {
                    worker.state.touch();
                }
                self.missed_key = false;
                worker.in_flight += 1;
                worker.held[slot] += 1;
                self.shared.stats.frame_sent(tick, due);
                FrameFate::Sent
            }
            Err(e) => {
                self.unsent = Some((first_sample, frame.samples));
                match e {
                    rustix::io::Errno::AGAIN | rustix::io::Errno::NOBUFS => FrameFate::Overload,
                    _ => FrameFate::NoEncoder,
                }
            }
        }
    }

    /// There is no picture to send for frame `tick`: the sound goes with the next one.
    pub fn skip(&mut self, tick: u64, first_sample: u64, samples: Vec<[f32; 2]>) {
        self.missed_key = self.is_key(tick);
        self.unsent = Some(self.with_unsent(first_sample, samples));
    }

    /// Nothing that it still makes counts.
    pub fn silence(&mut self) {
        *lock(&self.shared.turn) = Turn { generation: 0, next: None };
    }

    /// Whether frame `tick` is to be a keyframe: they stand at fixed numbers, and where one of those was lost the next
    /// frame stands in for it.
    fn is_key(&mut self, tick: u64) -> bool {
        let origin = *self.origin.get_or_insert(tick);
        self.missed_key || (tick - origin).is_multiple_of(u64::from(self.config.gop))
    }

    /// The samples, after those that could not be sent before.
    fn with_unsent(&mut self, first_sample: u64, samples: Vec<[f32; 2]>) -> (u64, Vec<[f32; 2]>) {
        match self.unsent.take() {
            Some((first, mut before)) if first + before.len() as u64 == first_sample => {
                before.extend(samples);
                let late = before.len().saturating_sub(MOST_UNSENT);
                before.drain(..late);
                (first + late as u64, before)
            }
            _ => (first_sample, samples),
        }
    }

    /// Sends the end to the worker and waits until its last packet is published, or for `patience`.
    pub fn finish(mut self, patience: Duration) {
        for mut worker in self.spare.take().into_iter().chain(self.retiring.take().map(|(worker, _)| worker)) {
            let _ = worker.child.kill();
            let _ = worker.child.wait();
        }
        if let Some(worker) = self.active.take() {
            let Worker { mut child, control, state, .. } = worker;
            drop(control);
            let deadline = Instant::now() + patience;
            while !state.ended.load(Ordering::Acquire) && Instant::now() < deadline {
                std::thread::sleep(Duration::from_millis(2));
            }
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Takes released slots back; replaces a worker that is dead or hung; starts a spare. To be
    /// called before every frame.
    pub fn look_after(&mut self) {
        let mut waits = false;
        if let Some((worker, since)) = &mut self.retiring {
            worker.take_back();
            waits = true;
            let through = worker.state.ended.load(Ordering::Acquire);
            if (through || since.elapsed() > RETIRE)
                && let Some((worker, _)) = self.retiring.take()
            {
                self.shared.pass_on(worker.generation);
                bury(worker.child);
            }
        }
        if let Some(worker) = &mut self.active {
            worker.take_back();
            let dead = worker.state.ended.load(Ordering::Acquire);
            // One that waits for its turn cannot say anything.
            let hung = !waits && worker.is_hung();
            if dead || hung {
                tracing::warn!(pid = worker.child.id(), hung, "the encoder is gone; its spare takes over");
                self.replace();
            }
        }
        if self.spare.as_ref().is_some_and(|spare| spare.state.ended.load(Ordering::Acquire)) {
            tracing::warn!("the spare encoder is gone");
            if let Some(spare) = self.spare.take() {
                bury(spare.child);
            }
        }
        match self.coming.as_ref().map(Receiver::try_recv) {
            None | Some(Err(TryRecvError::Empty)) => {}
            Some(Err(TryRecvError::Disconnected)) => self.coming = None,
            Some(Ok(started)) => {
                self.coming = None;
                match started {
                    Ok(worker) => self.spare = Some(worker),
                    Err(e) => tracing::error!("{e}"),
                }
            }
        }
        if self.active.is_none() && self.spare.is_some() {
            self.promote();
        }
        let wanted = self.spared || self.active.is_none();
        if wanted && self.spare.is_none() && self.coming.is_none() && self.last_start.elapsed() > RESTART {
            self.start_spare();
        }
    }

    fn replace(&mut self) {
        let Some(gone) = self.active.take() else { return };
        self.silence();
        bury(gone.child);
        // What takes over from a graphics card does not depend on it, now and later.
        if self.config.kind.codec() == Codec::H264 {
            self.config.kind = EncoderKind::X264;
        }
        self.shared.stats.alive.store(false, Ordering::Relaxed);
        self.shared.stats.replaced.fetch_add(1, Ordering::Relaxed);
        self.promote();
    }

    fn promote(&mut self) {
        if let Some(spare) = self.spare.take() {
            self.handing_over = false;
            *lock(&self.shared.turn) = Turn { generation: spare.generation, next: None };
            self.shared.passed_on.notify_all();
            self.shared.stats.pid.store(spare.child.id(), Ordering::Relaxed);
            self.shared.stats.alive.store(true, Ordering::Relaxed);
            self.active = Some(spare);
        }
    }

    /// Encodes otherwise from a keyframe on: as soon as there is a worker for it.
    pub fn change(&mut self, change: impl FnOnce(&mut EncoderConfig)) {
        let mut config = self.config.clone();
        change(&mut config);
        if config == self.config {
            return;
        }
        self.config = config;
        self.handing_over = true;
        // It stands by for what is wanted no more; so does one that is being started.
        if let Some(spare) = self.spare.take() {
            bury(spare.child);
        }
        if let Some(coming) = self.coming.take() {
            let wait = move || {
                if let Ok(Ok(worker)) = coming.recv() {
                    bury(worker.child);
                }
            };
            let _ = std::thread::Builder::new().spawn(wait);
        }
        self.start_spare();
    }

    /// The spare takes over with the next frame, where it is open; the active one completes what it has.
    fn hand_over(&mut self) {
        let open = |worker: &Worker| worker.state.open.load(Ordering::Acquire);
        if self.retiring.is_some() || !self.spare.as_ref().is_some_and(open) {
            return;
        }
        let (Some(before), Some(spare)) = (self.active.take(), self.spare.take()) else { return };
        self.handing_over = false;
        lock(&self.shared.turn).next = Some(spare.generation);
        self.shared.stats.pid.store(spare.child.id(), Ordering::Relaxed);
        self.active = Some(spare);
        // The end of its orders is the end of its work.
        self.retiring = Some((Worker { control: None, ..before }, Instant::now()));
    }

    /// In a thread of its own: a process is started in some milliseconds, which a frame does not have.
    fn start_spare(&mut self) {
        let Ok(memory) = self.ring.as_fd().try_clone_to_owned() else { return };
        let (binary, mut config, shared) = (self.binary.clone(), self.config.clone(), self.shared.clone());
        // What stands by for a graphics card does not depend on it.
        if config.kind.codec() == Codec::H264 && !self.handing_over {
            config.kind = EncoderKind::X264;
        }
        let generation = self.next_generation;
        self.next_generation += 1;
        self.last_start = Instant::now();
        let (sender, receiver) = channel();
        let start = move || {
            let _ = sender.send(Worker::start_with(&binary, &config, memory, generation, shared));
        };
        // Where there is no thread now, there may be one in half a second.
        if std::thread::Builder::new().spawn(start).is_ok() {
            self.coming = Some(receiver);
        }
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        let retiring = self.retiring.take().map(|(worker, _)| worker);
        for worker in [self.active.take(), self.spare.take(), retiring].into_iter().flatten() {
            let Worker { mut child, .. } = worker;
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Ends a process, and waits for it elsewhere: that can take as long as the kernel needs to free
/// its memory, which a frame does not have.
fn bury(mut child: Child) {
    let _ = child.kill();
    // Where there is no thread to wait for it, it stays a zombie until the service ends.
    let _ = std::thread::Builder::new().spawn(move || child.wait());
}

/// What a process has used of a processor, in the system's ticks (proc(5), `utime` and `stime`).
#[must_use]
pub fn processor_time(pid: u32) -> Option<u64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in parentheses, may hold anything.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
}

/// One process.
struct Worker {
    child: Child,
    /// The way to it; none once it has been told to finish.
    control: Option<OwnedFd>,
    generation: u64,
    in_flight: u32,
    /// How many of its frames need each slot.
    held: Vec<u32>,
    state: Arc<WorkerState>,
    /// While it is silent: when it was looked at, and what it had used of a processor.
    looked: Option<(Instant, Option<u64>)>,
}

/// What a worker's reader tells.
struct WorkerState {
    released: Mutex<Vec<i64>>,
    ended: AtomicBool,
    open: AtomicBool,
    began: Instant,
    /// Milliseconds from `began` to the last word.
    last_word: AtomicU64,
}

impl WorkerState {
    fn touch(&self) {
        self.last_word.store(self.began.elapsed().as_millis() as u64, Ordering::Relaxed);
    }

    fn silent_for(&self) -> Duration {
        self.began.elapsed().saturating_sub(Duration::from_millis(self.last_word.load(Ordering::Relaxed)))
    }
}

impl Worker {
    /// Takes the slots back that it has released.
    fn take_back(&mut self) {
        for slot in std::mem::take(&mut *lock(&self.state.released)) {
            if let Some(held) = self.held.get_mut(slot as usize) {
                *held = held.saturating_sub(1);
            }
            self.in_flight = self.in_flight.saturating_sub(1);
        }
    }

    /// Whether it holds frames and does nothing with them. On a machine that is too busy to let it work it
    /// would be of no use to replace it.
    fn is_hung(&mut self) -> bool {
        let silent = self.state.silent_for();
        if self.in_flight == 0 || silent < HANG / 2 {
            self.looked = None;
            return false;
        }
        let used = || processor_time(self.child.id());
        let (since, before) = *self.looked.get_or_insert_with(|| (Instant::now(), used()));
        silent > BUSY_HANG || silent > HANG && since.elapsed() >= HANG / 2 && used() == before
    }

    fn start(
        binary: &WorkerBinary,
        config: &EncoderConfig,
        ring: &FrameRing,
        generation: u64,
        shared: Arc<Shared>,
    ) -> Result<Self, OutputError> {
        Self::start_with(binary, config, ring.as_fd().try_clone_to_owned()?, generation, shared)
    }

    fn start_with(
        binary: &WorkerBinary,
        config: &EncoderConfig,
        memory: OwnedFd,
        generation: u64,
        shared: Arc<Shared>,
    ) -> Result<Self, OutputError> {
        let (control, theirs) = socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, SocketFlags::CLOEXEC, None)
            .map_err(std::io::Error::from)?;
        // Room for some frames' sound; the system caps it where it has to.
        let _ = set_socket_send_buffer_size(&control, 1 << 20);
        let (data, their_data) = std::io::pipe()?;
        let settings = serde_json::to_vec(config).map_err(std::io::Error::other)?;
        // Before the process starts: it waits in the socket, and no child is left behind if it fails.
        send(&control, &settings, SendFlags::NOSIGNAL).map_err(std::io::Error::from)?;
        let child = binary.start("encode", theirs, Some(their_data.into()), vec![(FRAMES_FD, memory)])?;
        let state = Arc::new(WorkerState {
            released: Mutex::default(),
            ended: AtomicBool::new(false),
            open: AtomicBool::new(false),
            began: Instant::now(),
            last_word: AtomicU64::new(0),
        });
        let reader = Reader { generation, shared, state: state.clone() };
        std::thread::Builder::new().name("packets".into()).spawn(move || reader.run(data))?;
        let held = vec![0; config.slots as usize];
        Ok(Self { child, control: Some(control), generation, in_flight: 0, held, looked: None, state })
    }
}

/// Reads what a worker makes, in a thread of its own.
struct Reader {
    generation: u64,
    shared: Arc<Shared>,
    state: Arc<WorkerState>,
}

impl Reader {
    fn run(self, data: std::io::PipeReader) {
        let mut input = std::io::BufReader::with_capacity(64 * 1024, data);
        let mut video_header = bytes::Bytes::new();
        let mut headers = None;
        while let Ok(Some(record)) = Record::read_from(&mut input) {
            self.state.touch();
            match record.kind {
                RecordKind::VideoHeader => video_header = record.data.into(),
                RecordKind::AudioHeader => {
                    self.state.open.store(true, Ordering::Release);
                    headers = Some(Arc::new(Headers { video: video_header.clone(), audio: record.data.into() }));
                }
                RecordKind::Released => lock(&self.state.released).push(record.value),
                RecordKind::Video | RecordKind::Audio => {
                    if let Some(headers) = &headers {
                        self.publish(record, headers);
                    }
                }
                RecordKind::Failed => {
                    tracing::error!("the encoder failed: {}", String::from_utf8_lossy(&record.data));
                }
                RecordKind::Config | RecordKind::Samples => {}
            }
        }
        self.shared.pass_on(self.generation);
        self.state.ended.store(true, Ordering::Release);
    }

    fn publish(&self, record: Record, headers: &Arc<Headers>) {
        let mut turn = lock(&self.shared.turn);
        while turn.next == Some(self.generation) {
            // Its turn comes when the one before is through; that one is given up where it takes too long.
            turn = self.shared.passed_on.wait(turn).unwrap_or_else(PoisonError::into_inner);
        }
        if turn.generation != self.generation {
            return;
        }
        let stats = &self.shared.stats;
        let media = if record.kind == RecordKind::Video {
            stats.frame_encoded(record.value, record.data.len());
            Media::Video { tick: record.value, key: record.key }
        } else {
            stats.audio_bytes.fetch_add(record.data.len() as u64, Ordering::Relaxed);
            Media::Audio { sample: record.value }
        };
        self.shared.hub.publish(Packet::new(media, record.data.into(), headers.clone()));
    }
}

/// A lock whose holder panicked is still sound: critical sections leave their data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
