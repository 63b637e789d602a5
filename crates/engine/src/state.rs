//! The state that survives: the show, and the number of the last command.

use scene::{Command, Limits, Show, ShowTime};
use serde::{Deserialize, Serialize};
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
}

impl State {
    /// The state that a store holds. Commands were valid when they were logged; one that is not any
    /// more (limits were lowered since) is left out with a warning, since half a show is better
    /// than none.
    pub(crate) fn restore(stored: Stored) -> Result<Self, String> {
        let mut state = match stored.snapshot {
            Some(snapshot) => Self {
                sequence: snapshot.sequence,
                show: serde_json::from_slice(&snapshot.body).map_err(|e| format!("the stored show: {e}"))?,
            },
            None => Self::default(),
        };
        // What was accepted once is not refused for limits that are lower today, nor done where it was not:
        // what a trigger had no room for, for one.
        let unlimited = Limits { layers: usize::MAX, tracks: usize::MAX, destinations: usize::MAX };
        for Record { sequence, body } in stored.commands {
            let applied = serde_json::from_slice::<Logged>(&body).map_err(|e| e.to_string()).and_then(|l| {
                let limits = l.limits.unwrap_or(unlimited);
                state.show.apply(l.command, l.at, &limits).map_err(|e| e.to_string())
            });
            if let Err(e) = applied {
                tracing::error!(sequence, "a stored command cannot be applied: {e}");
            }
            state.sequence = sequence;
        }
        Ok(state)
    }
}
