//! How the store is, for whoever watches.

use arc_swap::ArcSwap;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Arc;
use store::{Standing, StoreError};

/// How the store is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum StoreState {
    /// It takes commands.
    #[default]
    Ok,
    /// It is away, and commands go into a journal on this machine.
    Journal,
    /// It does not take commands: they are refused, and the show goes on as it is.
    Away,
}

/// How the store is, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoreReport {
    /// Whether it takes commands.
    pub state: StoreState,
    /// Why, where it is not well.
    pub reason: Option<String>,
    /// Commands that wait in the journal.
    pub journaled: u64,
}

/// The last report, told by the writer.
#[derive(Clone, Default)]
pub(crate) struct StoreWatch(Arc<ArcSwap<StoreReport>>);

impl StoreWatch {
    /// What came of the last that was asked of it, and how it is since.
    pub(crate) fn tell<T>(&self, result: &Result<T, StoreError>, standing: Standing) {
        let report = match (result, standing) {
            (Err(e), _) => StoreReport { state: StoreState::Away, reason: Some(e.to_string()), journaled: 0 },
            (Ok(_), Standing::Journal { commands, reason }) => {
                StoreReport { state: StoreState::Journal, reason: Some(reason), journaled: commands }
            }
            (Ok(_), Standing::Well) => StoreReport::default(),
        };
        if **self.0.load() != report {
            self.0.store(Arc::new(report));
        }
    }

    pub(crate) fn report(&self) -> Arc<StoreReport> {
        self.0.load_full()
    }

    /// Whether it takes commands.
    pub(crate) fn takes(&self) -> bool {
        self.0.load().state != StoreState::Away
    }
}
