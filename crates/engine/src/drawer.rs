//! Which back end draws the program, and what happens when a graphics card goes away.
//!
//! The promise: *every tick has its picture*. The CPU's renderer is always there; a card draws only
//! while it has shown that it can, and the picture that it fails to deliver is drawn by the CPU in
//! the same tick. A card works one picture ahead, so the drawer asks for the picture of a tick that
//! is still to come; whoever knows the show answers.

use crate::clock::thread_cpu;
use render::{CpuRenderer, Damage, DisplayList, Picture, Renderer, Timings};

/// Which back end is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RendererChoice {
    /// The one that costs less on the show that is on air, measured once.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// A graphics card.
    Gpu,
}

/// Draws the picture of each tick.
pub(crate) struct Drawer {
    size: (u32, u32),
    cpu: CpuRenderer,
    damage: Damage,
    #[cfg(feature = "gpu")]
    card: card::Card,
    /// Whether the picture that was made last is the CPU's.
    on_cpu: bool,
}

impl Drawer {
    /// A drawer of pictures of `size`.
    ///
    /// # Errors
    /// A card is wanted and there is none: what is in the way.
    pub(crate) fn new(choice: RendererChoice, size: (u32, u32)) -> Result<Self, String> {
        #[cfg(not(feature = "gpu"))]
        if choice == RendererChoice::Gpu {
            return Err("this build cannot use graphics cards: build it with --features stream-manager/gpu".to_owned());
        }
        Ok(Self {
            size,
            cpu: CpuRenderer::new(size.0, size.1, thread_cpu),
            damage: Damage::none(size.0, size.1),
            #[cfg(feature = "gpu")]
            card: card::Card::new(choice, size)?,
            on_cpu: true,
        })
    }

    /// Makes the picture of `tick`; tells which part of it is new. `list_of` gives the display list of
    /// this tick and those after it.
    pub(crate) fn draw(&mut self, tick: u64, list_of: &mut dyn FnMut(u64) -> DisplayList) -> &Damage {
        let was_on_cpu = self.on_cpu;
        #[cfg(feature = "gpu")]
        let list = match self.card.draw(tick, list_of) {
            Ok(damage) => {
                self.damage.clone_from(damage);
                self.on_cpu = false;
                if was_on_cpu {
                    self.damage = Damage::all(self.size.0, self.size.1);
                }
                return &self.damage;
            }
            // What the card was to draw is here already, or is still to be asked for.
            Err(list) => list.unwrap_or_else(|| list_of(tick)),
        };
        #[cfg(not(feature = "gpu"))]
        let list = list_of(tick);
        self.damage.clone_from(self.cpu.render(list));
        self.on_cpu = true;
        if !was_on_cpu {
            // The CPU's picture before this one is an old one.
            self.damage = Damage::all(self.size.0, self.size.1);
        }
        &self.damage
    }

    /// The picture that was made last.
    pub(crate) fn picture(&self) -> &Picture {
        #[cfg(feature = "gpu")]
        if let (false, Some(picture)) = (self.on_cpu, self.card.picture()) {
            return picture;
        }
        self.cpu.picture()
    }

    /// Whether a card made it.
    pub(crate) fn is_on_card(&self) -> bool {
        !self.on_cpu
    }

    /// What drawing has cost this thread so far.
    pub(crate) fn timings(&self) -> Timings {
        let cpu = self.cpu.timings();
        #[cfg(feature = "gpu")]
        let cpu = self.card.timings(cpu);
        cpu
    }

    /// Begins anew, after drawing has panicked.
    pub(crate) fn reset(&mut self) {
        self.cpu = CpuRenderer::new(self.size.0, self.size.1, thread_cpu);
        self.on_cpu = true;
        #[cfg(feature = "gpu")]
        self.card.lose("drawing failed");
    }
}

#[cfg(feature = "gpu")]
mod card {
    use super::RendererChoice;
    use crate::clock::thread_cpu;
    use render::{CpuRenderer, Damage, DisplayList, GpuError, GpuLimits, GpuRenderer, Picture, Renderer, Timings};
    use std::sync::mpsc::{Receiver, TryRecvError, channel};
    use std::time::{Duration, Instant};

    /// What a card may take. A card that needs half a second for a picture is of no use.
    #[cfg(not(test))]
    const LIMITS: GpuLimits = GpuLimits { memory: 256 << 20, patience: Duration::from_millis(500), software: false };
    /// Tests run beside others, on a card that is the same two cores.
    #[cfg(test)]
    const LIMITS: GpuLimits = GpuLimits { memory: 16 << 20, patience: Duration::from_secs(60), software: true };
    /// Pictures of the show on air that both back ends are measured on.
    const TRIALS: usize = 24;
    /// A card that takes longer for a picture would not hold 60 a second beside all else.
    const SLOWEST: Duration = Duration::from_millis(8);
    /// How long to wait before a card is tried again: doubled each time, up to the last.
    const RETRY: Duration = Duration::from_secs(1);
    const LONGEST_RETRY: Duration = Duration::from_secs(60);
    /// After so many good pictures in a row, earlier failures are forgotten.
    const TRUSTED: u32 = 3_600;
    /// A card that takes longer than this for so many pictures in a row holds the loop up.
    const SLOW: (Duration, u32) = (Duration::from_millis(30), 30);

    /// A graphics card, and what is known of it.
    pub(super) struct Card {
        choice: RendererChoice,
        state: State,
        size: (u32, u32),
        /// What is new in the picture of this tick.
        damage: Damage,
        retry: Duration,
        /// Pictures in a row that came, and that came slowly.
        good: u32,
        slow: u32,
        /// What earlier renderers have cost.
        spent: Timings,
    }

    enum State {
        /// It is not wanted, or costs more.
        Off,
        /// Gathering lists of the show to measure with.
        Trying(Vec<DisplayList>),
        /// Another thread is opening it, or measuring.
        Opening(Receiver<Option<GpuRenderer>>),
        /// It draws; it has begun on the picture of that tick.
        On(Box<GpuRenderer>, Option<u64>),
        /// It is given time until then.
        Waiting(Instant, Option<Box<GpuRenderer>>),
    }

    impl Card {
        pub(super) fn new(choice: RendererChoice, size: (u32, u32)) -> Result<Self, String> {
            let state = match choice {
                RendererChoice::Cpu => State::Off,
                RendererChoice::Auto => State::Trying(Vec::with_capacity(TRIALS)),
                RendererChoice::Gpu => State::On(Box::new(open(size).map_err(|e| e.to_string())?), None),
            };
            let damage = Damage::none(size.0, size.1);
            Ok(Self { choice, state, size, damage, retry: RETRY, good: 0, slow: 0, spent: Timings::default() })
        }

        /// Where the card draws: what is new in its picture of `tick`. Else the list of that tick, where
        /// it has been asked for.
        pub(super) fn draw(
            &mut self,
            tick: u64,
            list_of: &mut dyn FnMut(u64) -> DisplayList,
        ) -> Result<&Damage, Option<DisplayList>> {
            self.look_after();
            self.damage.clear();
            match &mut self.state {
                State::On(card, begun) => {
                    let at = Instant::now();
                    let mut due = None;
                    let mut drawn = Ok(());
                    // After a tick without a picture, this one has not been begun, and what was begun
                    // then has been seen by nobody: its damage counts as well.
                    if *begun != Some(tick) {
                        let list = list_of(tick);
                        drawn = card.render(list.clone()).map(|damage| self.damage.merge(damage));
                        due = Some(list);
                    }
                    if drawn.is_ok() {
                        drawn = card.render(list_of(tick + 1)).map(|damage| self.damage.merge(damage));
                    }
                    if let Err(error) = drawn {
                        self.fail(error);
                        return Err(due);
                    }
                    *begun = Some(tick + 1);
                    self.slow = if at.elapsed() > SLOW.0 { self.slow + 1 } else { 0 };
                    self.good += 1;
                    if self.good == TRUSTED {
                        self.retry = RETRY;
                    }
                    if self.slow > SLOW.1 {
                        self.lose("it is too slow");
                        return Err(due);
                    }
                    Ok(&self.damage)
                }
                State::Trying(lists) => {
                    let list = list_of(tick);
                    // Pictures that do not change cost nothing anywhere.
                    let changed = lists
                        .last()
                        .is_none_or(|last| !Damage::between(last, &list, self.size.0, self.size.1).is_empty());
                    if changed && !list.items.is_empty() {
                        lists.push(list.clone());
                    }
                    if lists.len() == TRIALS {
                        let (lists, size) = (std::mem::take(lists), self.size);
                        self.state = in_background(move || Ok(measured(lists, size)));
                    }
                    Err(Some(list))
                }
                _ => Err(None),
            }
        }

        pub(super) fn picture(&self) -> Option<&Picture> {
            match &self.state {
                State::On(card, _) => Some(card.picture()),
                _ => None,
            }
        }

        pub(super) fn timings(&self, cpu: Timings) -> Timings {
            let own = match &self.state {
                State::On(card, _) | State::Waiting(_, Some(card)) => card.timings(),
                _ => Timings::default(),
            };
            Timings {
                draw: cpu.draw + self.spent.draw + own.draw,
                convert: cpu.convert + self.spent.convert + own.convert,
            }
        }

        /// Gives the card up for now.
        pub(super) fn lose(&mut self, why: &str) {
            if let State::On(card, _) = std::mem::replace(&mut self.state, State::Off) {
                tracing::warn!(why, retry_in = ?self.retry, "the graphics card is given up; the CPU goes on");
                let own = card.timings();
                self.spent.draw += own.draw;
                self.spent.convert += own.convert;
                discard(card);
                self.put_off(None);
            }
        }

        fn fail(&mut self, error: GpuError) {
            if !matches!(error, GpuError::TooLarge) {
                return self.lose(&error.to_string());
            }
            // The card is well: it draws again when there is less to draw.
            if let State::On(card, _) = std::mem::replace(&mut self.state, State::Off) {
                tracing::warn!(%error, retry_in = ?self.retry, "the CPU draws for now");
                self.put_off(Some(card));
            }
        }

        fn put_off(&mut self, card: Option<Box<GpuRenderer>>) {
            self.state = State::Waiting(Instant::now() + self.retry, card);
            self.retry = (self.retry * 2).min(LONGEST_RETRY);
            (self.good, self.slow) = (0, 0);
        }

        /// Takes up what another thread has done, and what was put off.
        fn look_after(&mut self) {
            let next = match &mut self.state {
                State::Opening(done) => match done.try_recv() {
                    Ok(Some(card)) => State::On(Box::new(card), None),
                    Ok(None) => State::Off,
                    Err(TryRecvError::Empty) => return,
                    // It could not be opened.
                    Err(TryRecvError::Disconnected) => return self.put_off(None),
                },
                State::Waiting(until, card) if *until <= Instant::now() => match (card.take(), self.choice) {
                    (Some(mut card), _) => {
                        card.forget();
                        State::On(card, None)
                    }
                    // What is there now may be another card.
                    (None, RendererChoice::Auto) => State::Trying(Vec::with_capacity(TRIALS)),
                    (None, _) => {
                        let size = self.size;
                        in_background(move || open(size).map(Some))
                    }
                },
                _ => return,
            };
            self.state = next;
        }
    }

    /// Lets go of a card in another thread: its driver waits for what it is at, which may be for ever.
    fn discard(card: Box<GpuRenderer>) {
        let card = std::sync::Arc::new(std::sync::Mutex::new(Some(card)));
        let own = card.clone();
        let drop_it = move || drop(own.lock().map(|mut card| card.take()));
        if std::thread::Builder::new().name("card".into()).spawn(drop_it).is_err() {
            std::mem::forget(card);
        }
    }

    fn open(size: (u32, u32)) -> Result<GpuRenderer, GpuError> {
        // Whoever asks for a card by name gets the one there is.
        let card = GpuRenderer::new(size.0, size.1, GpuLimits { software: true, ..LIMITS }, thread_cpu)?;
        tracing::info!(card = card.info().name, "a graphics card draws");
        Ok(card)
    }

    /// Runs what takes long in a thread of its own; an error ends it without an answer.
    fn in_background(work: impl FnOnce() -> Result<Option<GpuRenderer>, GpuError> + Send + 'static) -> State {
        let (done, waiting) = channel();
        let work = move || match work() {
            Ok(card) => drop(done.send(card)),
            Err(error) => tracing::debug!(%error, "no graphics card"),
        };
        match std::thread::Builder::new().name("card".into()).spawn(work) {
            Ok(_) => State::Opening(waiting),
            Err(_) => State::Off,
        }
    }

    /// The card, where it costs this machine's cores less than drawing does, on the given pictures.
    fn measured(lists: Vec<DisplayList>, size: (u32, u32)) -> Option<GpuRenderer> {
        // One that the CPU plays would take the cores that encoding needs: it is not even tried.
        let card = GpuRenderer::new(size.0, size.1, LIMITS, thread_cpu);
        let compared = card.and_then(|card| compared(card, lists, size));
        if let Err(error) = &compared {
            tracing::info!(%error, "the CPU draws");
        }
        compared.ok().flatten()
    }

    fn compared(
        mut card: GpuRenderer,
        lists: Vec<DisplayList>,
        size: (u32, u32),
    ) -> Result<Option<GpuRenderer>, GpuError> {
        let mut cpu = CpuRenderer::new(size.0, size.1, thread_cpu);
        let (mut on_cpu, mut on_card, mut waited) = (Vec::new(), Vec::new(), Vec::new());
        for list in lists {
            let began = thread_cpu();
            cpu.render(list.clone());
            on_cpu.push(thread_cpu().saturating_sub(began));
            let (began, at) = (thread_cpu(), Instant::now());
            card.render(list)?;
            on_card.push(thread_cpu().saturating_sub(began));
            waited.push(at.elapsed());
        }
        // The first pictures are drawn whole and upload everything.
        let median = |times: &mut Vec<Duration>| {
            times.drain(..times.len().min(4));
            times.sort_unstable();
            times.get(times.len() / 2).copied().unwrap_or_default()
        };
        let (on_cpu, on_card, waited) = (median(&mut on_cpu), median(&mut on_card), median(&mut waited));
        let card_draws = on_card < on_cpu && waited < SLOWEST;
        tracing::info!(card = card.info().name, ?on_card, ?waited, ?on_cpu, card_draws, "renderers are measured");
        card.forget();
        Ok(card_draws.then_some(card))
    }

    #[cfg(test)]
    impl Card {
        /// Takes the card away behind the drawer's back.
        pub(super) fn break_it(&self) {
            if let State::On(card, _) = &self.state {
                card.lose();
            }
        }

        pub(super) fn has_decided(&self) -> bool {
            matches!(self.state, State::Off | State::On(..))
        }
    }
}

#[cfg(all(test, feature = "gpu"))]
mod tests {
    use super::*;
    use raster::Raster;
    use render::{Affine, DrawItem};
    use std::sync::Arc;
    use std::time::Duration;

    const SIZE: (u32, u32) = (256, 128);

    fn list_of(sprite: &Arc<Raster>, tick: u64) -> DisplayList {
        let items = vec![DrawItem::raster(sprite.clone(), Affine::translate((tick * 3 % 200) as f64, 20.5))];
        DisplayList { background: [9, 8, 7], items }
    }

    fn picture_of(list: DisplayList) -> Vec<u8> {
        let mut cpu = CpuRenderer::new(SIZE.0, SIZE.1, || Duration::ZERO);
        cpu.render(list);
        cpu.picture().bytes().to_vec()
    }

    /// Draws a tick as the loop does, into a slot that has all that came before; checks it.
    fn check(drawer: &mut Drawer, slot: &mut [u8], sprite: &Arc<Raster>, tick: u64) {
        let damage = drawer.draw(tick, &mut |tick| list_of(sprite, tick)).clone();
        drawer.picture().copy_to(slot, &damage);
        assert!(slot == picture_of(list_of(sprite, tick)), "tick {tick}");
    }

    fn sprite() -> Arc<Raster> {
        Raster::from_pixels(40, 40, &(0..1600).map(|i| 0xff00_0000 | ((i * 4001) & 0xff_ffff)).collect::<Vec<_>>())
    }

    #[test]
    fn every_tick_has_its_picture_when_the_card_goes_and_comes_back() {
        let sprite = sprite();
        let mut drawer = Drawer::new(RendererChoice::Gpu, SIZE).unwrap();
        let mut slot = Picture::new(SIZE.0, SIZE.1).bytes().to_vec();
        let mut tick = 0;
        for _ in 0..10 {
            check(&mut drawer, &mut slot, &sprite, tick);
            assert!(drawer.is_on_card());
            // The loop leaves some ticks out.
            tick += if tick == 5 { 3 } else { 1 };
        }
        drawer.card.break_it();
        let mut by_cpu = 0;
        while !drawer.is_on_card() || by_cpu == 0 {
            check(&mut drawer, &mut slot, &sprite, tick);
            by_cpu += u64::from(!drawer.is_on_card());
            tick += 1;
            assert!(tick < 1_000_000, "the card does not come back");
        }
        for _ in 0..10 {
            check(&mut drawer, &mut slot, &sprite, tick);
            tick += 1;
        }
    }

    #[test]
    fn what_changes_in_a_tick_that_is_left_out_is_seen_in_the_next() {
        let sprite = sprite();
        let mut drawer = Drawer::new(RendererChoice::Gpu, SIZE).unwrap();
        let mut slot = Picture::new(SIZE.0, SIZE.1).bytes().to_vec();
        // It goes from one end to the other at tick 3, and stands still else.
        let list_at = |tick: u64| list_of(&sprite, if tick < 3 { 0 } else { 60 });
        for tick in [0, 1, 2, 4, 5, 8] {
            let damage = drawer.draw(tick, &mut |tick| list_at(tick)).clone();
            drawer.picture().copy_to(&mut slot, &damage);
            assert!(slot == picture_of(list_at(tick)), "tick {tick}");
        }
    }

    #[test]
    fn auto_decides_by_measuring_and_misses_no_picture() {
        let sprite = sprite();
        let mut drawer = Drawer::new(RendererChoice::Auto, SIZE).unwrap();
        let mut slot = Picture::new(SIZE.0, SIZE.1).bytes().to_vec();
        // Nothing is on air at first: there is nothing to measure.
        let empty = DisplayList { background: [0; 3], items: vec![] };
        for tick in 0..100 {
            drawer.draw(tick, &mut |_| empty.clone());
        }
        assert!(!drawer.card.has_decided());
        let mut tick = 100;
        let mut after = 0;
        while after < 10 {
            check(&mut drawer, &mut slot, &sprite, tick);
            after += u64::from(drawer.card.has_decided());
            tick += 1;
            assert!(tick < 1_000_000, "it never decides");
        }
    }

    #[test]
    fn what_the_card_cannot_hold_is_drawn_by_the_cpu() {
        let sprite = sprite();
        let mut drawer = Drawer::new(RendererChoice::Gpu, SIZE).unwrap();
        let mut slot = Picture::new(SIZE.0, SIZE.1).bytes().to_vec();
        // 12 MB each, and the card may have 16 MiB.
        let large = |color| Raster::from_pixels(2000, 1500, &vec![color; 3_000_000]);
        let two = [large(0xff20_4060), large(0xff60_4020)];
        let list = DisplayList {
            background: [0; 3],
            items: two.iter().map(|r| DrawItem::raster(r.clone(), Affine::translate(60.5, 3.0))).collect(),
        };
        let mut picture = |drawer: &mut Drawer, tick, list: &DisplayList| {
            let damage = drawer.draw(tick, &mut |_| list.clone()).clone();
            drawer.picture().copy_to(&mut slot, &damage);
            assert!(slot == picture_of(list.clone()), "tick {tick}");
            drawer.is_on_card()
        };
        assert!(picture(&mut drawer, 0, &list_of(&sprite, 0)));
        assert!(!picture(&mut drawer, 1, &list));
        assert!(!picture(&mut drawer, 2, &list));
        let mut tick = 3;
        while !picture(&mut drawer, tick, &list_of(&sprite, 5)) {
            tick += 1;
        }
    }
}
