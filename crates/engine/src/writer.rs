//! The single writer: validate, persist, apply, answer, tell.

use crate::control::{Answer, CommandError, Events, HISTORY, Numbered};
use crate::state::{Logged, State};
use arc_swap::ArcSwap;
use scene::{Command, Event, Limits, ShowTime};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, PoisonError};
use store::{Record, Store};
use tokio::sync::oneshot;

/// Commands that become durable together, at most.
const BATCH: usize = 256;
/// Commands between two snapshots: some hundredths of a second to read at a start.
const SNAPSHOT_EVERY: u64 = 1_000;

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
    /// Called after every change with the new state.
    pub(crate) changed: Box<dyn Fn(&State) + Send>,
    pub(crate) snapshot_at: u64,
}

/// A command that will be carried out once it is durable.
struct Accepted {
    state: Arc<State>,
    events: Vec<Event>,
    answer: oneshot::Sender<Result<Answer, CommandError>>,
}

impl Writer {
    pub(crate) fn run(mut self, orders: Receiver<Order>) {
        while let Ok(first) = orders.recv() {
            let batch: Vec<Order> = std::iter::once(first).chain(orders.try_iter().take(BATCH - 1)).collect();
            self.carry_out(batch);
        }
        self.take_snapshot();
    }

    fn carry_out(&mut self, batch: Vec<Order>) {
        let mut last = self.state.load_full();
        let (mut accepted, mut records) = (Vec::new(), Vec::new());
        for Order { at, command, answer } in batch {
            match self.try_on(&last, at, command) {
                Ok((state, events, record)) => {
                    last = Arc::new(state);
                    records.push(record);
                    accepted.push(Accepted { state: last.clone(), events, answer });
                }
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
            for Accepted { answer, .. } in accepted {
                let _ = answer.send(Err(CommandError::Store(e.to_string())));
            }
            return;
        }
        self.publish(&accepted);
        (self.changed)(&last);
        for Accepted { state, events, answer } in accepted {
            let _ = answer.send(Ok(Answer { sequence: state.sequence, events, state }));
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
        let body = serde_json::to_vec(&Logged { at, command }).map_err(|e| CommandError::Store(e.to_string()))?;
        Ok((next.clone(), events, Record { sequence: next.sequence, body }))
    }

    fn publish(&self, accepted: &[Accepted]) {
        let mut past = self.events.past.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(last) = accepted.last() {
            self.state.store(last.state.clone());
        }
        for Accepted { state, events, .. } in accepted {
            for event in events {
                let numbered = Arc::new(Numbered { sequence: state.sequence, event: event.clone() });
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
