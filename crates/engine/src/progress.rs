//! How far something has come that takes a while.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Steps that are done, of those that are known of. Cheap to clone; all clones are one.
#[derive(Clone, Debug, Default)]
pub struct Progress(Arc<Steps>);

#[derive(Debug, Default)]
struct Steps {
    done: AtomicU64,
    total: AtomicU64,
}

impl Progress {
    /// There are so many more steps to do.
    pub(crate) fn expect(&self, steps: usize) {
        self.0.total.fetch_add(steps as u64, Ordering::Relaxed);
    }

    /// One is done.
    pub(crate) fn step(&self) {
        self.0.done.fetch_add(1, Ordering::Relaxed);
    }

    /// How many are done, and how many there are.
    #[must_use]
    pub fn so_far(&self) -> (u64, u64) {
        (self.0.done.load(Ordering::Relaxed), self.0.total.load(Ordering::Relaxed))
    }
}
