//! The loop that makes a frame at every tick.

use crate::assets::Assets;
use crate::clock::thread_cpu;
use crate::compose::draw_list;
use crate::drawer::Drawer;
use crate::feeds::Feeds;
use crate::others::Change;
use crate::quality::Step;
use crate::rescue::Rescue;
use crate::sound::Composer;
use crate::state::State;
use crate::streams::Streams;
use arc_swap::ArcSwap;
use audio::Meters;
use output::{Encoder, FrameFate};
use render::{Damage, DisplayList};
use scene::{Camera, FrameRate, Levels, Show};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// A loop that is later than this does not make up for what it missed: it goes on with the frame
/// that is due now.
const GIVE_UP: Duration = Duration::from_secs(2);
/// Up to here it makes up for it with pictures, each in a fraction of the time that it is on air, and waits for an
/// encoder that was held up with it; beyond, what is missed is the picture before, so that the loop is in time again
/// soon.
const LATE: Duration = Duration::from_millis(500);
/// How often a slot is looked for that the encoder is to give back.
const LOOK: Duration = Duration::from_millis(2);

/// Figures of the loop, for anyone to read.
#[derive(Default)]
pub struct LoopStats {
    /// Frames that have been due.
    pub due: AtomicU64,
    /// Frames that were sent to the encoder.
    pub sent: AtomicU64,
    /// Frames among them that show the picture before, because the loop was late.
    pub repeated: AtomicU64,
    /// Frames that no encoder took.
    pub skipped: AtomicU64,
    /// Frames among them that were due while the loop was held up.
    pub held_up: AtomicU64,
    /// Whether the loop has come to its end.
    pub ended: AtomicBool,
    /// Whether a graphics card draws.
    pub on_card: AtomicBool,
    /// Whether the slate is on air because the show cannot be drawn.
    pub on_slate: AtomicBool,
    /// How late the latest tick was, in microseconds.
    pub lag_us: AtomicU64,
    /// CPU time of the stages, in nanoseconds.
    cpu_ns: [AtomicU64; 5],
    /// When the latest tick was, in milliseconds after `began`.
    last_tick_ms: AtomicU64,
    began: OnceLock<Instant>,
}

/// CPU time of the loop by stage.
#[derive(Clone, Copy, Debug, Default)]
pub struct StageTimes {
    /// From the show to a display list.
    pub scene: Duration,
    /// Drawing.
    pub render: Duration,
    /// To I420.
    pub convert: Duration,
    /// Into the shared ring, and to the encoder.
    pub send: Duration,
    /// Mixing sound.
    pub audio: Duration,
}

impl LoopStats {
    /// CPU time of each stage so far.
    #[must_use]
    pub fn stages(&self) -> StageTimes {
        let [scene, render, convert, send, audio] =
            [0, 1, 2, 3, 4].map(|i: usize| Duration::from_nanos(self.cpu_ns[i].load(Ordering::Relaxed)));
        StageTimes { scene, render, convert, send, audio }
    }

    /// How late the loop is: the latest tick, or the one that should have come since.
    #[must_use]
    pub fn lag(&self) -> Duration {
        let last = Duration::from_micros(self.lag_us.load(Ordering::Relaxed));
        let Some(began) = self.began.get() else { return last };
        let since = began.elapsed().saturating_sub(Duration::from_millis(self.last_tick_ms.load(Ordering::Relaxed)));
        // A tick comes every second at the slowest rate.
        last.max(since.saturating_sub(Duration::from_secs(1)))
    }

    fn tick(&self, lag: Duration) {
        let began = self.began.get_or_init(Instant::now);
        self.last_tick_ms.store(began.elapsed().as_millis() as u64, Ordering::Relaxed);
        self.lag_us.store(lag.as_micros() as u64, Ordering::Relaxed);
    }

    fn add_cpu(&self, stage: usize, time: Duration) {
        self.cpu_ns[stage].fetch_add(time.as_nanos() as u64, Ordering::Relaxed);
    }
}

/// Runs in a thread of its own.
pub(crate) struct Ticker {
    pub(crate) rate: FrameRate,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) state: Arc<ArcSwap<State>>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) camera: Camera,
    pub(crate) drawer: Drawer,
    pub(crate) stats: Arc<LoopStats>,
    /// The display list that is on air, for stills.
    pub(crate) shown: Arc<ArcSwap<DisplayList>>,
    /// Tells of every tick, for those who keep in step.
    pub(crate) ticks: watch::Sender<u64>,
    /// Sound that is being made.
    pub(crate) feeds: Arc<Feeds>,
    /// Sound that comes from networks.
    pub(crate) streams: Arc<Streams>,
    /// Tells what the meters show, ten times a second.
    pub(crate) meters: watch::Sender<Option<Arc<Meters>>>,
    /// The ways to make the picture, at least one, and the step that it is made by.
    pub(crate) ladder: Arc<Vec<Step>>,
    pub(crate) step: Arc<AtomicUsize>,
    /// Encoders beside the first, as they come and go.
    pub(crate) others: Receiver<Change>,
    pub(crate) ending: Arc<AtomicBool>,
    /// How many frames to make; without end where there is no number.
    pub(crate) frames: Option<u64>,
}

impl Ticker {
    /// Makes frames from `first` on, which is due now, until the end is asked for. Gives the
    /// encoders back, to be finished.
    pub(crate) fn run(mut self, first: u64, encoder: Encoder) -> Vec<Encoder> {
        let start = Instant::now();
        let rate = self.rate;
        let due_of = |tick: u64| start + (rate.duration_of(tick) - rate.duration_of(first));
        let mut composer = Composer::new(self.assets.clone(), self.feeds.clone(), self.streams.clone(), self.rate);
        let mut outlets = vec![Outlet::new(encoder, self.width, self.height)];
        let interval = self.rate.duration_of(1);
        let mut rescue = Rescue::default();
        let mut step = 0;
        let mut tick = first;
        while !self.ending.load(Ordering::Relaxed) && self.frames.is_none_or(|n| tick < first + n) {
            let due = due_of(tick);
            let now = Instant::now();
            if now < due {
                std::thread::sleep(due - now);
            }
            let lag = due.elapsed();
            self.stats.tick(lag);
            if lag > GIVE_UP {
                let current = first + self.rate.frame_at(start.elapsed());
                tracing::error!(lost = current - tick, "the loop was held up and goes on with the frame due now");
                self.stats.due.fetch_add(current - tick, Ordering::Relaxed);
                self.stats.skipped.fetch_add(current - tick, Ordering::Relaxed);
                self.stats.held_up.fetch_add(current - tick, Ordering::Relaxed);
                tick = current;
                continue;
            }
            self.stats.due.fetch_add(1, Ordering::Relaxed);
            let state = self.state.load();
            self.change(&mut outlets);
            let wanted = self.step.load(Ordering::Relaxed).min(self.ladder.len() - 1);
            let Step { preset, every, halved } = self.ladder[wanted];
            if wanted != step {
                step = wanted;
                outlets[0].encoder.change(|config| (config.preset, config.halved) = (preset.to_owned(), halved));
            }
            let late = lag > LATE.max(interval);
            let before = thread_cpu();
            // Before the picture, which goes by it.
            let (first_sample, samples) = composer.samples(&state.show, tick);
            let levels = composer.levels();
            if self.rate.is_on_tenth(tick) {
                self.meters.send_replace(Some(Arc::new(composer.meters())));
            }
            let mixed = thread_cpu();
            // A drawing library that panics costs its picture, not the show.
            let show = if rescue.is_on() { state.show.slate_show() } else { &state.show };
            // The picture before serves as well where only every second one is drawn.
            let passed = late || !tick.is_multiple_of(every);
            let drawn =
                passed || catch_unwind(AssertUnwindSafe(|| self.draw(show, tick, &levels, &mut outlets))).is_ok();
            if (!passed || rescue.is_on()) && rescue.drew(drawn) {
                tracing::error!("the show cannot be drawn; the slate goes on air");
            }
            self.stats.on_slate.store(rescue.is_on(), Ordering::Relaxed);
            if !drawn {
                tracing::error!(tick, "this frame could not be drawn; the picture before stays");
                // What is left of a driver that failed may fail again.
                let _ = catch_unwind(AssertUnwindSafe(|| self.drawer.reset()));
            }
            let sending = thread_cpu();
            let drawer = drawn.then_some(&self.drawer);
            let (main, others) = outlets.split_at_mut(1);
            let shared = if others.is_empty() { Vec::new() } else { samples.clone() };
            let fate = main[0].send(drawer, tick, due, (first_sample, samples), LATE);
            for other in others {
                // What it does not take, it does not take.
                other.send(drawer, tick, due, (first_sample, shared.clone()), Duration::ZERO);
            }
            self.stats.add_cpu(3, thread_cpu().saturating_sub(sending));
            self.stats.add_cpu(4, mixed.saturating_sub(before));
            match fate {
                FrameFate::Sent => {
                    self.stats.sent.fetch_add(1, Ordering::Relaxed);
                    self.stats.repeated.fetch_add(u64::from(late), Ordering::Relaxed);
                }
                FrameFate::NoEncoder | FrameFate::Overload => {
                    self.stats.skipped.fetch_add(1, Ordering::Relaxed);
                }
            }
            self.ticks.send_replace(tick);
            tick += 1;
        }
        self.stats.ended.store(true, Ordering::Relaxed);
        outlets.into_iter().map(|outlet| outlet.encoder).collect()
    }

    /// Takes encoders on that have begun, and lets go of those that are of no use any more. The first stays.
    fn change(&self, outlets: &mut Vec<Outlet>) {
        while let Ok(change) = self.others.try_recv() {
            let (codec, begun) = match change {
                Change::Begin(encoder) => (encoder.codec(), Some(encoder)),
                Change::End(codec) => (codec, None),
            };
            while let Some(at) = outlets.iter().skip(1).position(|outlet| outlet.encoder.codec() == codec) {
                let mut gone = outlets.remove(at + 1).encoder;
                // Another one may begin at once, and two are not to publish to one hub.
                gone.silence();
                // Ending a process takes time that a frame does not have.
                let _ = std::thread::Builder::new().spawn(move || drop(gone));
            }
            outlets.extend(begun.map(|encoder| Outlet::new(*encoder, self.width, self.height)));
        }
    }

    fn draw(&mut self, show: &Show, tick: u64, levels: &Levels, outlets: &mut [Outlet]) {
        let Self { camera, rate, assets, width, height, shown, drawer, .. } = self;
        let began = thread_cpu();
        let mut listing = Duration::ZERO;
        let mut list_of = |tick: u64| {
            let before = thread_cpu();
            let list = draw_list(camera.frame(show, rate.middle_of(tick), levels), assets, *width, *height);
            // A card may be a picture ahead: this one is on air in a moment.
            shown.store(Arc::new(list.clone()));
            listing += thread_cpu().saturating_sub(before);
            list
        };
        let timings = drawer.timings();
        let damage = drawer.draw(tick, &mut list_of);
        outlets.iter_mut().for_each(|outlet| outlet.slots.damage(damage));
        let now = drawer.timings();
        let (draw, convert) = (now.draw.saturating_sub(timings.draw), now.convert.saturating_sub(timings.convert));
        let rest = thread_cpu().saturating_sub(began).saturating_sub(listing + draw + convert);
        self.stats.on_card.store(drawer.is_on_card(), Ordering::Relaxed);
        self.stats.add_cpu(0, listing);
        self.stats.add_cpu(1, draw + rest);
        self.stats.add_cpu(2, convert);
    }
}

/// An encoder, and the pictures that it has.
struct Outlet {
    encoder: Encoder,
    slots: Slots,
}

impl Outlet {
    fn new(encoder: Encoder, width: u32, height: u32) -> Self {
        let slots = Slots::new(encoder.slots(), width, height);
        Self { encoder, slots }
    }

    /// Sends the picture that `drawer` has made, or the one before, with its sound. Where the encoder is behind, room for
    /// it is waited for until it is `patience` late.
    fn send(
        &mut self,
        drawer: Option<&Drawer>,
        tick: u64,
        due: Instant,
        (first_sample, mut samples): (u64, Vec<[f32; 2]>),
        patience: Duration,
    ) -> FrameFate {
        // What of the sound the encoder has taken to itself, it sends with the next picture that it can.
        let mut next = first_sample;
        loop {
            let may_wait = self.encoder.is_encoding() && due.elapsed() < patience;
            if let Some(slot) = self.slots.fill(&mut self.encoder, drawer) {
                let count = samples.len() as u64;
                let fate = self.encoder.send(slot, tick, due, next, std::mem::take(&mut samples));
                if !(may_wait && matches!(fate, FrameFate::Overload)) {
                    return fate;
                }
                next += count;
            } else if !may_wait {
                self.encoder.skip(tick, next, samples);
                return FrameFate::Overload;
            }
            std::thread::sleep(LOOK);
        }
    }
}

/// Which part of the picture each slot of the ring does not have yet.
struct Slots {
    behind: Vec<Damage>,
    last: Option<usize>,
}

impl Slots {
    fn new(count: usize, width: u32, height: u32) -> Self {
        Self { behind: vec![Damage::all(width, height); count], last: None }
    }

    fn damage(&mut self, damage: &Damage) {
        if !damage.is_empty() {
            self.behind.iter_mut().for_each(|behind| behind.merge(damage));
        }
    }

    /// A slot with the current picture in it: the one sent last where nothing has changed since, or
    /// a free one that is brought up to date.
    fn fill(&mut self, encoder: &mut Encoder, drawer: Option<&Drawer>) -> Option<usize> {
        encoder.look_after();
        // Without a picture the one before is sent again.
        let Some(drawer) = drawer else { return self.last };
        if let Some(last) = self.last
            && self.behind[last].is_empty()
        {
            return Some(last);
        }
        let least = |slot: &usize| (self.behind[*slot].share() * 1e6) as u64;
        let slot = (0..self.behind.len()).filter(|slot| encoder.is_free(*slot)).min_by_key(least)?;
        drawer.picture().copy_to(encoder.slot_mut(slot), &self.behind[slot]);
        self.behind[slot].clear();
        self.last = Some(slot);
        Some(slot)
    }
}
