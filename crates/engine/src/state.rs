//! The state that survives: the show, and the number of the last command.

use crate::terms::{Done, Key, Keys};
use scene::{Command, Id, Limits, Show, ShowTime};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;
use store::{Record, Stored};

/// The show after the command of that number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct State {
    /// The number of the last command.
    pub sequence: u64,
    /// The show.
    pub show: Show,
}

/// A command as it stands in the log.
#[derive(Serialize, Deserialize)]
pub(crate) struct Logged {
    pub(crate) at: ShowTime,
    pub(crate) command: Command,
    /// Those that it was carried out with.
    #[serde(default)]
    pub(crate) limits: Option<Limits>,
    /// Who gave it; nobody where the service did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) by: Option<Id>,
    /// What its caller gave it, so that it is carried out once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Key>,
}

/// What stands for all commands up to one of them.
#[derive(Serialize)]
pub(crate) struct Snapshot {
    pub(crate) show: Show,
    /// The keyed commands of the near past, oldest first.
    pub(crate) done: Vec<Arc<Done>>,
}

impl Snapshot {
    /// Older services wrote the show alone. What a command did is worth less than the show: one that cannot be read is
    /// left out.
    fn read(body: &[u8]) -> serde_json::Result<Self> {
        let mut body: Value = serde_json::from_slice(body)?;
        let Some(Value::Array(done)) = body.get_mut("done").map(Value::take) else {
            return Ok(Self { show: serde_json::from_value(body)?, done: Vec::new() });
        };
        let known = |done| {
            let read = serde_json::from_value(done);
            read.inspect_err(|e| tracing::error!("what a keyed command did cannot be read: {e}")).ok()
        };
        Ok(Self {
            show: serde_json::from_value(body["show"].take())?,
            done: done.into_iter().filter_map(known).collect(),
        })
    }
}

impl State {
    /// The state that a store holds. Commands were valid when they were logged; one that is not any
    /// more (limits were lowered since) is left out with a warning, since half a show is better
    /// than none.
    pub(crate) fn restore(stored: Stored) -> Result<(Self, Keys), String> {
        let mut keys = Keys::default();
        let mut state = match stored.snapshot {
            Some(Record { sequence, body }) => {
                let Snapshot { show, done } = Snapshot::read(&body).map_err(|e| format!("the stored show: {e}"))?;
                done.into_iter().for_each(|done| keys.remember(done));
                Self { sequence, show }
            }
            None => Self::default(),
        };
        // What was accepted once is not refused for limits that are lower today, nor done where it was not:
        // what a trigger had no room for, for one.
        let unlimited = Limits { layers: usize::MAX, tracks: usize::MAX, destinations: usize::MAX };
        for Record { sequence, body } in stored.commands {
            let applied = serde_json::from_slice::<Logged>(&body).map_err(|e| e.to_string()).and_then(|l| {
                let limits = l.limits.unwrap_or(unlimited);
                let events = state.show.apply_by(l.by.as_ref(), l.command, l.at, &limits).map_err(|e| e.to_string())?;
                if let Some(key) = l.key {
                    keys.remember(Arc::new(Done::new(key, sequence, events)));
                }
                Ok(())
            });
            if let Err(e) = applied {
                tracing::error!(sequence, "a stored command cannot be applied: {e}");
            }
            state.sequence = sequence;
        }
        Ok((state, keys))
    }
}
