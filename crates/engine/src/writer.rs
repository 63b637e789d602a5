//! The single writer: validate, persist, apply, answer, tell.

use crate::control::{Answer, CommandError, Events, HISTORY, Numbered};
use crate::state::{Logged, State};
use arc_swap::ArcSwap;
use scene::{Command, Event, Limits, ShowTime};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Record, Store};
use tokio::sync::oneshot;

/// Commands that become durable together, at most.
const BATCH: usize = 256;
/// Commands between two snapshots: some hundredths of a second to read at a start.
const SNAPSHOT_EVERY: u64 = 1_000;

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
    pub(crate) answer: oneshot::Sender<Result<Answer, CommandError>>,
}

/// Runs in a thread of its own until nobody can send orders any more.
pub(crate) struct Writer {
    pub(crate) state: Arc<ArcSwap<State>>,
    pub(crate) store: Box<dyn Store>,
    pub(crate) store_ok: Arc<AtomicBool>,
    pub(crate) limits: Limits,
    pub(crate) events: Events,
    pub(crate) changed: Changed,
    pub(crate) snapshot_at: u64,
    /// The show's time.
    pub(crate) now: Box<dyn Fn() -> ShowTime + Send>,
}

/// A command that will be carried out once it is durable.
struct Accepted {
    state: Arc<State>,
    events: Vec<Event>,
    /// Nobody waits for what the show does by itself.
    answer: Option<oneshot::Sender<Result<Answer, CommandError>>>,
}

impl Writer {
    pub(crate) fn run(mut self, orders: Receiver<Order>) {
        loop {
            let first = match orders.recv_timeout(self.until_due()) {
                Ok(first) => Some(first),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let batch: Vec<Order> = first.into_iter().chain(orders.try_iter().take(BATCH - 1)).collect();
            self.carry_out(batch);
        }
        self.take_snapshot();
    }

    /// How long until something falls due in the show.
    fn until_due(&self) -> Duration {
        if !self.store_ok.load(Ordering::Relaxed) {
            return STORE_RETRY;
        }
        let Some(due) = self.state.load().show.next_due() else { return LONGEST_WAIT };
        let ahead_s = due.as_secs_f64() - (self.now)().as_secs_f64();
        Duration::from_secs_f64(ahead_s.clamp(0.0, LONGEST_WAIT.as_secs_f64()))
    }

    fn carry_out(&mut self, batch: Vec<Order>) {
        let mut last = self.state.load_full();
        let (mut accepted, mut records) = (Vec::new(), Vec::new());
        let mut take = |last: &mut Arc<State>, (state, events, record), answer| {
            *last = Arc::new(state);
            records.push(record);
            accepted.push(Accepted { state: last.clone(), events, answer });
        };
        let orders = batch.into_iter().map(|Order { at, command, answer }| (at, Some((command, answer))));
        // What falls due before a command is done before it, and has a number of its own.
        for (at, order) in orders.chain(std::iter::once(((self.now)(), None))) {
            if last.show.next_due().is_some_and(|due| due <= at)
                && let Ok(settled) = self.try_on(&last, at, Command::Settle {})
            {
                take(&mut last, settled, None);
            }
            let Some((command, answer)) = order else { continue };
            match self.try_on(&last, at, command) {
                Ok(done) => take(&mut last, done, Some(answer)),
                Err(e) => drop(answer.send(Err(e))),
            }
        }
        if accepted.is_empty() {
            return;
        }
        let stored = self.store.append(&records);
        self.store_ok.store(stored.is_ok(), Ordering::Relaxed);
        if let Err(e) = stored {
            tracing::error!("{e}");
            for answer in accepted.into_iter().filter_map(|accepted| accepted.answer) {
                let _ = answer.send(Err(CommandError::Store(e.to_string())));
            }
            return;
        }
        self.publish(&accepted);
        let by_itself = |event: &Event| matches!(event, Event::TriggerFired { .. });
        let by_itself = accepted.iter().any(|accepted| accepted.events.iter().any(by_itself));
        (self.changed)(&last, by_itself);
        for Accepted { state, events, answer } in accepted {
            if let Some(answer) = answer {
                let _ = answer.send(Ok(Answer { sequence: state.sequence, events, state }));
            }
        }
        if last.sequence >= self.snapshot_at + SNAPSHOT_EVERY {
            self.take_snapshot();
        }
    }

    /// The state after a command, and the command as it is logged.
    fn try_on(
        &self,
        last: &State,
        at: ShowTime,
        command: Command,
    ) -> Result<(State, Vec<Event>, Record), CommandError> {
        let mut next = last.clone();
        next.sequence += 1;
        let events = next.show.apply(command.clone(), at, &self.limits)?;
        let body = serde_json::to_vec(&Logged { at, command, limits: Some(self.limits) })
            .map_err(|e| CommandError::Store(e.to_string()))?;
        Ok((next.clone(), events, Record { sequence: next.sequence, body }))
    }

    fn publish(&self, accepted: &[Accepted]) {
        let mut past = self.events.past.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = accepted.last() {
            self.state.store(last.state.clone());
        }
        for Accepted { state, events, .. } in accepted {
            for (index, event) in events.iter().enumerate() {
                let (part, parts) = (index + 1, events.len());
                let numbered = Arc::new(Numbered { sequence: state.sequence, part, parts, event: event.clone() });
                past.push_back(numbered.clone());
                if past.len() > HISTORY {
                    past.pop_front();
                }
                // Nobody listening is no error.
                let _ = self.events.live.send(numbered);
            }
        }
    }

    fn take_snapshot(&mut self) {
        let state = self.state.load_full();
        if state.sequence == self.snapshot_at {
            return;
        }
        let result = match serde_json::to_vec(&state.show) {
            Ok(body) => self.store.snapshot(&Record { sequence: state.sequence, body }).map_err(|e| e.to_string()),
            Err(e) => Err(e.to_string()),
        };
        match result {
            Ok(()) => self.snapshot_at = state.sequence,
            Err(e) => tracing::error!("no snapshot: {e}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::sync::Mutex;
    use store::{StoreError, Stored};
    use tokio::sync::broadcast;

    /// A store that can be told to fail, and says what it was given.
    #[derive(Clone, Default)]
    struct Fickle {
        broken: Arc<AtomicBool>,
        batches: Arc<Mutex<Vec<Vec<u64>>>>,
    }

    impl Store for Fickle {
        fn load(&mut self) -> Result<Stored, StoreError> {
            Ok(Stored::default())
        }
        fn append(&mut self, batch: &[Record]) -> Result<(), StoreError> {
            if self.broken.load(Ordering::Relaxed) {
                return Err(StoreError::InUse("elsewhere".into()));
            }
            self.batches.lock().unwrap().push(batch.iter().map(|r| r.sequence).collect());
            Ok(())
        }
        fn snapshot(&mut self, _: &Record) -> Result<(), StoreError> {
            Ok(())
        }
        fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
            Ok(now)
        }
    }

    fn writer(store: &Fickle) -> Writer {
        Writer {
            state: Arc::new(ArcSwap::from_pointee(State::default())),
            store: Box::new(store.clone()),
            store_ok: Arc::new(AtomicBool::new(true)),
            limits: Limits::default(),
            events: Events { live: broadcast::channel(16).0, past: Arc::new(Mutex::new(VecDeque::new())) },
            changed: Box::new(|_, _| ()),
            snapshot_at: 0,
            now: Box::new(|| ShowTime::ZERO),
        }
    }

    type Answered = oneshot::Receiver<Result<Answer, CommandError>>;

    fn order(id: &str) -> (Order, Answered) {
        let layer = serde_json::json!({"id": id, "type": "overlay", "content": {"type": "text", "content": "x"}});
        let layer = serde_json::from_value(layer).unwrap();
        let (answer, answered) = oneshot::channel();
        (Order { at: ShowTime::ZERO, command: Command::CreateLayer { layer }, answer }, answered)
    }

    #[test]
    fn commands_that_wait_become_durable_together_and_a_bad_one_harms_no_other() {
        let store = Fickle::default();
        let mut writer = writer(&store);
        let (orders, mut answers): (Vec<_>, Vec<_>) = ["a", "b", "a", "c"].into_iter().map(order).unzip();
        let mut events = writer.events.live.subscribe();
        writer.carry_out(orders);
        assert_eq!(*store.batches.lock().unwrap(), [[1, 2, 3]]);
        let mut ok = answers.iter_mut().map(|a| a.try_recv().unwrap().map(|answer| answer.sequence).ok());
        assert_eq!(
            [ok.next(), ok.next(), ok.next(), ok.next()],
            [Some(Some(1)), Some(Some(2)), Some(None), Some(Some(3))]
        );
        let heard: Vec<u64> = std::iter::from_fn(|| events.try_recv().ok()).map(|e| e.sequence).collect();
        assert_eq!(heard, [1, 2, 3]);
        assert_eq!(writer.state.load().show.layers().len(), 3);
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
        assert!(!writer.store_ok.load(Ordering::Relaxed));
        assert!(writer.events.past.lock().unwrap().is_empty(), "nobody is told of it");

        store.broken.store(false, Ordering::Relaxed);
        let (kept, mut answered) = order("a");
        writer.carry_out(vec![kept]);
        assert_eq!(answered.try_recv().unwrap().unwrap().sequence, 1, "the number was not used up");
        assert!(writer.store_ok.load(Ordering::Relaxed));
    }
}
