//! The single writer: validate, persist, apply, answer, tell.

use crate::control::{Answer, CommandError, Events, HISTORY, Numbered};
use crate::state::{Logged, Snapshot, State};
use crate::store_watch::StoreWatch;
use crate::terms::{Done, Key, Keys, Known, Terms};
use arc_swap::ArcSwap;
use scene::{Command, Event, Id, Limits, ShowTime};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::{Record, Store, StoreError};
use tokio::sync::oneshot;

/// Commands that become durable together, at most.
const BATCH: usize = 256;
/// Commands between two snapshots: some hundredths of a second to read at a start.
const SNAPSHOT_EVERY: u64 = 1_000;

/// Where so many commands have come at once, more are on their way, and the next ones are waited for until so long
/// after these: to make few commands durable costs what it costs for many, and the processor belongs to the picture.
/// 64 callers who ask as fast as they are answered still get 6,000 commands a second.
const MANY: usize = 16;
const GULP: Duration = Duration::from_millis(10);

/// How long the writer waits where nothing falls due; it has no reason to look more often.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);
/// How long until the store is tried again that did not take what the show did by itself.
const STORE_RETRY: Duration = Duration::from_millis(250);

/// Is told of the new state after every change, and whether the show did something by itself.
pub(crate) type Changed = Box<dyn Fn(&State, bool) + Send>;

/// A command on its way.
pub(crate) struct Order {
    pub(crate) at: ShowTime,
    pub(crate) command: Command,
    pub(crate) terms: Terms,
    pub(crate) answer: Waiting,
}

/// What the writer is asked for: it alone has the store.
pub(crate) enum Request {
    /// To carry a command out.
    Order(Box<Order>),
    /// To take a snapshot, since the service ends.
    Snapshot {
        /// Is told when it is taken.
        taken: oneshot::Sender<()>,
    },
    /// To write all that the store holds into a new file.
    BackUp { file: PathBuf, answer: oneshot::Sender<Result<(), CommandError>> },
    /// To read commands of the past: of those before that number the last ones, so many.
    Read { before: Option<u64>, limit: usize, answer: oneshot::Sender<Result<store::Page, CommandError>> },
}

/// Runs in a thread of its own until nobody can send orders any more.
pub(crate) struct Writer {
    pub(crate) state: Arc<ArcSwap<State>>,
    pub(crate) store: Box<dyn Store>,
    pub(crate) watch: StoreWatch,
    pub(crate) limits: Limits,
    pub(crate) events: Events,
    pub(crate) changed: Changed,
    /// What callers have given their commands so that they are carried out once.
    pub(crate) keys: Arc<Mutex<Keys>>,
    pub(crate) snapshot_at: u64,
    /// The show's time.
    pub(crate) now: Box<dyn Fn() -> ShowTime + Send>,
}

/// Whoever waits for the answer to a command.
type Waiting = oneshot::Sender<Result<Answer, CommandError>>;

/// Commands that become durable together.
struct Batch {
    /// The state after all of them.
    last: Arc<State>,
    accepted: Vec<Accepted>,
    records: Vec<Record>,
    /// Those whose command has been done before.
    again: Vec<(Arc<Done>, Waiting)>,
    /// Those whose command cannot be done, as things will be. They are told when things are so: whoever was refused for
    /// what another has changed sees that change.
    refused: Vec<(CommandError, Waiting)>,
}

/// A command that will be carried out once it is durable.
struct Accepted {
    state: Arc<State>,
    events: Vec<Event>,
    /// On whose behalf.
    by: Option<Id>,
    /// Where its caller has given it a key.
    done: Option<Arc<Done>>,
    /// Nobody waits for what the show does by itself.
    answer: Option<Waiting>,
}

impl Batch {
    fn accept(&mut self, state: State, events: Vec<Event>, record: Record, terms: Terms, answer: Option<Waiting>) {
        let done = terms.key.map(|key| Arc::new(Done::new(key, state.sequence, events.clone())));
        self.last = Arc::new(state);
        self.records.push(record);
        self.accepted.push(Accepted { state: self.last.clone(), events, by: terms.by, done, answer });
    }

    /// What is known of a key, here and from before.
    fn look_up(&self, key: &Key, before: &Keys) -> Known {
        let mut here = self.accepted.iter().filter_map(|accepted| accepted.done.as_ref());
        match here.find(|done| done.key.has_the_name_of(key)) {
            Some(done) if done.key == *key => Known::Done(done.clone()),
            Some(_) => Known::Taken,
            None => before.look_up(key),
        }
    }
}

impl Writer {
    pub(crate) fn run(mut self, requests: Receiver<Request>) {
        let mut looked = Instant::now();
        loop {
            let until_look = self.store.look_every().map(|every| every.saturating_sub(looked.elapsed()));
            let wait = self.until_due().min(until_look.unwrap_or(LONGEST_WAIT));
            let first = match requests.recv_timeout(wait) {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let (mut batch, mut readers, mut backups, mut snapshots) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
            for request in first.into_iter().chain(requests.try_iter().take(BATCH - 1)) {
                match request {
                    Request::Order(order) => batch.push(*order),
                    Request::Read { before, limit, answer } => readers.push((before, limit, answer)),
                    Request::BackUp { file, answer } => backups.push((file, answer)),
                    Request::Snapshot { taken } => snapshots.push(taken),
                }
            }
            let (many, began) = (batch.len() >= MANY, Instant::now());
            self.carry_out(batch);
            if many {
                std::thread::sleep(GULP.saturating_sub(began.elapsed()));
            }
            if self.store.look_every().is_some_and(|every| looked.elapsed() >= every) {
                self.look();
                looked = Instant::now();
            }
            for taken in snapshots {
                self.take_snapshot();
                let _ = taken.send(());
            }
            for (file, answer) in backups {
                let _ = answer.send(self.store.back_up(&file).map_err(|e| CommandError::Store(e.to_string())));
            }
            for (before, limit, answer) in readers {
                // Whoever asked may have gone away.
                let _ = answer.send(self.store.history(before, limit).map_err(|e| CommandError::Store(e.to_string())));
            }
        }
        self.take_snapshot();
    }

    /// How long until something falls due in the show.
    fn until_due(&self) -> Duration {
        let Some(due) = self.state.load().show.next_due() else { return LONGEST_WAIT };
        if !self.watch.takes() {
            return STORE_RETRY;
        }
        let ahead_s = due.as_secs_f64() - (self.now)().as_secs_f64();
        Duration::from_secs_f64(ahead_s.clamp(0.0, LONGEST_WAIT.as_secs_f64()))
    }

    fn carry_out(&mut self, orders: Vec<Order>) {
        let last = self.state.load_full();
        let (accepted, records, again, refused) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut batch = Batch { last, accepted, records, again, refused };
        // What falls due before a command is done before it, and has a number of its own.
        for order in orders {
            self.settle(order.at, &mut batch);
            self.take(order, &mut batch);
        }
        self.settle((self.now)(), &mut batch);
        let Batch { last, accepted, records, again, refused } = batch;
        if !accepted.is_empty() {
            let stored = match self.store.append(&records) {
                // What is there is not what was acknowledged, but all of that is here.
                Err(StoreError::Behind(_)) => self.write_anew().and_then(|()| self.store.append(&records)),
                stored => stored,
            };
            self.watch.tell(&stored, self.store.standing());
            if let Err(e) = stored {
                tracing::error!("{e}");
                let waiting = accepted.into_iter().filter_map(|accepted| accepted.answer);
                let others = again.into_iter().map(|(_, answer)| answer);
                // Things are not as they would have been: what was refused might be done now.
                let others = others.chain(refused.into_iter().map(|(_, answer)| answer));
                for answer in waiting.chain(others) {
                    let _ = answer.send(Err(CommandError::Store(e.to_string())));
                }
                return;
            }
            // Before anybody can see what was done: who gives it again while it is new finds it.
            for done in accepted.iter().filter_map(|accepted| accepted.done.clone()) {
                lock(&self.keys).remember(done);
            }
            self.publish(&accepted);
            let by_itself = |event: &Event| matches!(event, Event::TriggerFired { .. });
            let by_itself = accepted.iter().any(|accepted| accepted.events.iter().any(by_itself));
            (self.changed)(&last, by_itself);
        }
        for Accepted { state, events, answer, .. } in accepted {
            if let Some(answer) = answer {
                let _ = answer.send(Ok(Answer { sequence: state.sequence, events, state }));
            }
        }
        for (e, answer) in refused {
            let _ = answer.send(Err(e));
        }
        // What was done the first time is durable by now, be it of this batch.
        for (done, answer) in again {
            let answered = Answer { sequence: done.sequence, events: done.events.clone(), state: last.clone() };
            let _ = answer.send(Ok(answered));
        }
        if last.sequence >= self.snapshot_at + SNAPSHOT_EVERY {
            self.take_snapshot();
        }
    }

    /// Does what has fallen due.
    fn settle(&self, at: ShowTime, batch: &mut Batch) {
        if batch.last.show.next_due().is_some_and(|due| due <= at)
            && let Ok((state, events, record)) = self.try_on(&batch.last, at, Command::Settle {}, &Terms::default())
        {
            batch.accept(state, events, record, Terms::default(), None);
        }
    }

    fn take(&self, Order { at, command, terms, answer }: Order, batch: &mut Batch) {
        let known = terms.key.as_ref().map_or(Known::New, |key| batch.look_up(key, &lock(&self.keys)));
        let done = match known {
            Known::Done(done) => return batch.again.push((done, answer)),
            Known::Taken => Err(CommandError::KeyTaken),
            Known::New if !terms.allow(&batch.last.show) => Err(CommandError::Changed),
            Known::New => self.try_on(&batch.last, at, command, &terms),
        };
        match done {
            Ok((state, events, record)) => {
                batch.accept(state, events, record, terms, Some(answer));
            }
            Err(e) => batch.refused.push((e, answer)),
        }
    }

    /// The state after a command, and the command as it is logged.
    fn try_on(
        &self,
        last: &State,
        at: ShowTime,
        command: Command,
        Terms { by, key, .. }: &Terms,
    ) -> Result<(State, Vec<Event>, Record), CommandError> {
        let mut next = last.clone();
        next.sequence += 1;
        let events = next.show.apply_by(by.as_ref(), command.clone(), at, &self.limits)?;
        let logged = Logged { at, command, limits: Some(self.limits), by: by.clone(), key: key.clone() };
        let body = serde_json::to_vec(&logged).map_err(|e| CommandError::Store(e.to_string()))?;
        let sequence = next.sequence;
        Ok((next, events, Record { sequence, body }))
    }

    fn publish(&self, accepted: &[Accepted]) {
        let mut past = lock(&self.events.past);
        if let Some(last) = accepted.last() {
            self.state.store(last.state.clone());
        }
        for Accepted { state, events, by, done, .. } in accepted {
            let key = done.as_ref().map(|done| done.key.name().to_owned());
            for (index, event) in events.iter().enumerate() {
                let (part, parts) = (index + 1, events.len());
                let numbered = Numbered {
                    sequence: state.sequence,
                    part,
                    parts,
                    by: by.clone(),
                    key: key.clone(),
                    event: event.clone(),
                };
                let numbered = Arc::new(numbered);
                past.push_back(numbered.clone());
                if past.len() > HISTORY {
                    past.pop_front();
                }
                // Nobody listening is no error.
                let _ = self.events.live.send(numbered);
            }
        }
    }

    /// Whether the store would take commands.
    fn look(&mut self) {
        let looked = match self.store.look() {
            Err(StoreError::Behind(_)) => self.write_anew().and_then(|()| self.store.look()),
            looked => looked,
        };
        self.watch.tell(&looked, self.store.standing());
    }

    fn take_snapshot(&mut self) {
        if self.state.load().sequence == self.snapshot_at {
            return;
        }
        if let Err(e) = self.write_snapshot() {
            tracing::error!("no snapshot: {e}");
        }
    }

    /// Gives the store all that it has lost.
    fn write_anew(&mut self) -> Result<(), StoreError> {
        tracing::error!("the store has lost commands that it had acknowledged: the state is written anew");
        self.write_snapshot()
    }

    fn write_snapshot(&mut self) -> Result<(), StoreError> {
        let state = self.state.load_full();
        let done = lock(&self.keys).iter().cloned().collect();
        let body = serde_json::to_vec(&Snapshot { show: state.show.clone(), done });
        let body = body.map_err(|e| StoreError::Unwritable(e.to_string()))?;
        self.store.snapshot(&Record { sequence: state.sequence, body })?;
        self.snapshot_at = state.sequence;
        Ok(())
    }
}

/// A lock whose holder panicked is still sound: critical sections leave their data whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terms::{Subject, Versions};
    use std::collections::VecDeque;
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};
    use store::Stored;
    use tokio::sync::broadcast;

    /// A store that can be told to fail, and keeps what it is given, to be looked at.
    #[derive(Clone, Default)]
    struct Fickle {
        broken: Arc<AtomicBool>,
        batches: Arc<Mutex<Vec<Vec<Record>>>>,
    }

    impl Store for Fickle {
        fn load(&mut self) -> Result<Stored, StoreError> {
            Ok(Stored::default())
        }
        fn append(&mut self, batch: &[Record]) -> Result<(), StoreError> {
            if self.broken.load(Ordering::Relaxed) {
                return Err(StoreError::InUse("elsewhere".into()));
            }
            self.batches.lock().unwrap().push(batch.to_vec());
            Ok(())
        }
        fn snapshot(&mut self, _: &Record) -> Result<(), StoreError> {
            Ok(())
        }
        fn back_up(&mut self, _: &Path) -> Result<(), StoreError> {
            Ok(())
        }
        fn history(&mut self, _: Option<u64>, _: usize) -> Result<store::Page, StoreError> {
            Ok(store::Page::default())
        }
        fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
            Ok(now)
        }
    }

    impl Fickle {
        /// The numbers that it was given, batch by batch.
        fn numbers(&self) -> Vec<Vec<u64>> {
            let batches = self.batches.lock().unwrap();
            batches.iter().map(|batch| batch.iter().map(|record| record.sequence).collect()).collect()
        }
    }

    fn writer(store: &Fickle) -> Writer {
        Writer {
            state: Arc::new(ArcSwap::from_pointee(State::default())),
            store: Box::new(store.clone()),
            watch: StoreWatch::default(),
            limits: Limits::default(),
            events: Events { live: broadcast::channel(16).0, past: Arc::new(Mutex::new(VecDeque::new())) },
            changed: Box::new(|_, _| ()),
            keys: Arc::default(),
            snapshot_at: 0,
            now: Box::new(|| ShowTime::ZERO),
        }
    }

    type Answered = oneshot::Receiver<Result<Answer, CommandError>>;

    fn order(id: &str) -> (Order, Answered) {
        let layer = serde_json::json!({"id": id, "type": "overlay", "content": {"type": "text", "content": "x"}});
        let layer = serde_json::from_value(layer).unwrap();
        let (answer, answered) = oneshot::channel();
        let command = Command::CreateLayer { layer };
        (Order { at: ShowTime::ZERO, command, terms: Terms::default(), answer }, answered)
    }

    #[test]
    fn commands_that_wait_become_durable_together_and_a_bad_one_harms_no_other() {
        let store = Fickle::default();
        let mut writer = writer(&store);
        let (orders, mut answers): (Vec<_>, Vec<_>) = ["a", "b", "a", "c"].into_iter().map(order).unzip();
        let mut events = writer.events.live.subscribe();
        writer.carry_out(orders);
        assert_eq!(store.numbers(), [[1, 2, 3]]);
        let mut ok = answers.iter_mut().map(|a| a.try_recv().unwrap().map(|answer| answer.sequence).ok());
        assert_eq!(
            [ok.next(), ok.next(), ok.next(), ok.next()],
            [Some(Some(1)), Some(Some(2)), Some(None), Some(Some(3))]
        );
        let heard: Vec<u64> = std::iter::from_fn(|| events.try_recv().ok()).map(|e| e.sequence).collect();
        assert_eq!(heard, [1, 2, 3]);
        assert_eq!(writer.state.load().show.layers().len(), 3);
    }

    fn under(id: &str, terms: Terms) -> (Order, Answered) {
        let (order, answered) = order(id);
        (Order { terms, ..order }, answered)
    }

    fn keyed(id: &str, name: &str) -> (Order, Answered) {
        let key = Key::new(name.to_owned(), None, &order(id).0.command);
        under(id, Terms { key: Some(key), ..Terms::default() })
    }

    #[test]
    fn a_command_with_a_key_is_carried_out_once_and_answered_the_same_each_time() {
        let store = Fickle::default();
        let mut writer = writer(&store);
        let (first, mut one) = keyed("a", "k");
        let (second, mut two) = keyed("a", "k");
        let (other, mut three) = keyed("b", "k");
        writer.carry_out(vec![first, second, other]);
        assert_eq!(store.numbers(), [[1]]);
        let (one, two) = (one.try_recv().unwrap().unwrap(), two.try_recv().unwrap().unwrap());
        assert_eq!((one.sequence, &one.events), (two.sequence, &two.events), "in one batch");
        assert!(matches!(three.try_recv().unwrap(), Err(CommandError::KeyTaken)));
        let (again, mut answered) = keyed("a", "k");
        writer.carry_out(vec![again]);
        assert_eq!(answered.try_recv().unwrap().unwrap().events, one.events, "later");
        assert_eq!(writer.state.load().sequence, 1);

        // What was not made durable was not done.
        store.broken.store(true, Ordering::Relaxed);
        let (lost, _) = keyed("c", "l");
        writer.carry_out(vec![lost]);
        store.broken.store(false, Ordering::Relaxed);
        let (kept, mut answered) = keyed("c", "l");
        writer.carry_out(vec![kept]);
        assert_eq!(answered.try_recv().unwrap().unwrap().sequence, 2);
    }

    #[test]
    fn keys_are_known_after_a_restart_with_or_without_a_snapshot() {
        let store = Fickle::default();
        let mut writer = writer(&store);
        let (first, mut answered) = keyed("a", "k");
        writer.carry_out(vec![first]);
        let events = answered.try_recv().unwrap().unwrap().events;
        let stored = |snapshot| Stored { snapshot, commands: store.batches.lock().unwrap().concat() };
        let (state, keys) = State::restore(stored(None)).unwrap();
        assert_eq!((&state, &keys), (&**writer.state.load(), &*lock(&writer.keys)));
        let body = serde_json::to_vec(&Snapshot { show: state.show.clone(), done: keys.iter().cloned().collect() });
        let snapshot = Record { sequence: 1, body: body.unwrap() };
        let (state, keys) = State::restore(Stored { snapshot: Some(snapshot), commands: Vec::new() }).unwrap();
        assert_eq!((&state, &keys), (&**writer.state.load(), &*lock(&writer.keys)));
        writer.keys = Arc::new(Mutex::new(keys));
        let (again, mut answered) = keyed("a", "k");
        writer.carry_out(vec![again]);
        assert_eq!(answered.try_recv().unwrap().unwrap().events, events);
        // A snapshot of an older service is a show.
        let old = Record { sequence: 1, body: serde_json::to_vec(&state.show).unwrap() };
        assert_eq!(State::restore(Stored { snapshot: Some(old), commands: Vec::new() }).unwrap().0, state);
    }

    #[test]
    fn of_two_who_know_the_same_version_one_changes_it() {
        let store = Fickle::default();
        let mut writer = writer(&store);
        writer.carry_out(vec![order("a").0]);
        let layer = Subject::Layer("a".parse().unwrap());
        let version = layer.version(&writer.state.load().show).unwrap();
        let change = |opacity: f64, versions: Versions| {
            let patch = serde_json::json!({"opacity": opacity}).as_object().unwrap().clone();
            let (answer, answered) = oneshot::channel();
            let command = Command::UpdateLayer { id: "a".parse().unwrap(), patch };
            let terms = Terms { only_if: Some((layer.clone(), versions)), ..Terms::default() };
            (Order { at: ShowTime::ZERO, command, terms, answer }, answered)
        };
        let known = || Versions::OneOf(vec!["0".into(), version.clone()]);
        let ((first, mut one), (second, mut two)) = (change(0.5, known()), change(0.7, known()));
        writer.carry_out(vec![first, second]);
        assert!(one.try_recv().unwrap().is_ok());
        assert!(matches!(two.try_recv().unwrap(), Err(CommandError::Changed)));
        let (any, mut answered) = change(1.0, Versions::Any);
        writer.carry_out(vec![any]);
        let state = answered.try_recv().unwrap().unwrap().state;
        assert_eq!(layer.version(&state.show), Some(version), "as it was at first");
        // Of a change that did not become durable nobody hears, nor is anybody refused for it.
        store.broken.store(true, Ordering::Relaxed);
        let version = layer.version(&writer.state.load().show).unwrap();
        let now = || Versions::OneOf(vec![version.clone()]);
        let ((first, mut one), (second, mut two)) = (change(0.2, now()), change(0.3, now()));
        writer.carry_out(vec![first, second]);
        for answered in [one.try_recv().unwrap(), two.try_recv().unwrap()] {
            assert!(matches!(answered, Err(CommandError::Store(_))));
        }
        store.broken.store(false, Ordering::Relaxed);
        let gone = Terms { only_if: Some((Subject::Layer("b".parse().unwrap()), Versions::Any)), ..Terms::default() };
        let (none, mut answered) = under("c", gone);
        writer.carry_out(vec![none]);
        assert!(matches!(answered.try_recv().unwrap(), Err(CommandError::Changed)));
    }

    #[test]
    fn what_the_store_does_not_take_has_not_happened() {
        let store = Fickle::default();
        let mut writer = writer(&store);
        store.broken.store(true, Ordering::Relaxed);
        let (lost, mut answered) = order("a");
        writer.carry_out(vec![lost]);
        assert!(matches!(answered.try_recv().unwrap(), Err(CommandError::Store(_))));
        assert_eq!(**writer.state.load(), State::default());
        assert!(!writer.watch.takes());
        assert!(writer.events.past.lock().unwrap().is_empty(), "nobody is told of it");

        store.broken.store(false, Ordering::Relaxed);
        let (kept, mut answered) = order("a");
        writer.carry_out(vec![kept]);
        assert_eq!(answered.try_recv().unwrap().unwrap().sequence, 1, "the number was not used up");
        assert!(writer.watch.takes());
    }
}
