//! Durable state: a log of numbered commands, and a snapshot that stands for all up to one of them.
//!
//! It promises that what [`Store::append`] has returned for is there after a crash of the process,
//! the system or the machine: all of a batch or nothing of it. What the bytes mean is not its
//! business.
//!
//! [`SqliteStore`] keeps it in a file, [`RedisStore`] in a Redis; [`Journaled`] bridges the time that the latter is away.
#![forbid(unsafe_code)]

mod address;
mod journal;
mod redis;
mod sqlite;

use std::path::Path;
use std::time::Duration;

pub use address::RedisAddress;
pub use journal::Journaled;
pub use redis::RedisStore;
pub use sqlite::SqliteStore;

/// A command with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Numbers follow one another without a gap.
    pub sequence: u64,
    /// The command as its owner wrote it.
    pub body: Vec<u8>,
}

/// A command with the time at which it became durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The command.
    pub record: Record,
    /// Milliseconds since 1970.
    pub unix_ms: i64,
}

/// Some commands of the past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The newest first.
    pub commands: Vec<Written>,
    /// Whether there are older ones.
    pub more: bool,
}

/// What a store holds.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The state after the command of that number.
    pub snapshot: Option<Record>,
    /// The commands after the snapshot, in order.
    pub commands: Vec<Record>,
}

/// All that a store holds, the past as well.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// The state after the command of that number.
    pub snapshot: Option<Record>,
    /// The commands that are kept, in order, also those before the snapshot.
    pub commands: Vec<Written>,
    /// When the show's time began, in milliseconds since 1970.
    pub epoch_unix_ms: Option<i64>,
}

/// How a store is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// As it should be.
    #[default]
    Well,
    /// It is away, and a journal takes the commands.
    Journal {
        /// How many wait there.
        commands: u64,
        /// Why it is away.
        reason: String,
    },
}

/// A place for state.
pub trait Store: Send {
    /// All that is needed to bring the state back.
    ///
    /// # Errors
    /// The store cannot be read.
    fn load(&mut self) -> Result<Stored, StoreError>;

    /// Makes a batch of commands durable: all of it or nothing.
    ///
    /// # Errors
    /// Nothing of the batch counts: where some of it got there before the connection was lost, the next batch takes its
    /// place. Only a crash before that leaves it there.
    fn append(&mut self, batch: &[Record]) -> Result<(), StoreError>;

    /// Replaces the snapshot, and forgets commands that have become old.
    ///
    /// # Errors
    /// The former snapshot is still there.
    fn snapshot(&mut self, snapshot: &Record) -> Result<(), StoreError>;

    /// Of the commands with a number below `before` (of all where it is `None`) the last `limit`, or fewer where
    /// they are large. Those that were forgotten are not among them.
    ///
    /// # Errors
    /// The store cannot be read.
    fn history(&mut self, before: Option<u64>, limit: usize) -> Result<Page, StoreError>;

    /// Writes all that it holds into a new file, in the form of the embedded store.
    ///
    /// # Errors
    /// The file cannot be written, or the store not be read.
    fn back_up(&mut self, file: &Path) -> Result<(), StoreError>;

    /// When the show's time began, in milliseconds since 1970; `now` where it begins now.
    ///
    /// # Errors
    /// The store cannot be read or written.
    fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError>;

    /// How often it wants to be looked at, where it can go away by itself.
    fn look_every(&self) -> Option<Duration> {
        None
    }

    /// Sees whether it would take commands, and brings it what has waited elsewhere.
    ///
    /// # Errors
    /// It would not.
    fn look(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// How it is, as of late.
    fn standing(&self) -> Standing {
        Standing::Well
    }
}

/// Why the store cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Its folder cannot be made or read.
    #[error("the data folder {path} cannot be used: {source}; set DATA_DIR to one that can be written to")]
    Folder {
        /// Where it was looked for.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// A file cannot be written or read.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// It is no backup.
    #[error("{0} is no backup of a store")]
    NoBackup(String),
    /// There is a show where one is to be put.
    #[error(
        "the store in {0} holds a show already: move it away first, or set another DATA_DIR (in a Redis: REDIS_PREFIX)"
    )]
    Occupied(String),
    /// Another process has it.
    #[error("the store {0} is in use by another process; stop that one or set another DATA_DIR")]
    InUse(String),
    /// It was written by a newer version.
    #[error("the store is of version {found}, and this service knows up to {known}; use a newer service")]
    TooNew {
        /// Its version.
        found: i64,
        /// The newest known here.
        known: i64,
    },
    /// The database failed.
    #[error("the store failed: {0}")]
    Database(#[from] rusqlite::Error),
    /// It cannot be reached, or not be used for the moment.
    #[error("the store {store} is away: {reason}")]
    Away {
        /// Which.
        store: String,
        /// Why.
        reason: String,
    },
    /// Another process has opened it since.
    #[error(
        "the store {0} was taken over by another process; stop this one, or give the other a REDIS_PREFIX of its own"
    )]
    TakenOver(String),
    /// It has lost what it had said was safe.
    #[error("the store {0} has lost commands that it had acknowledged")]
    Behind(String),
    /// It refuses, and would do so again.
    #[error("the store {store} refuses: {source}; see to REDIS_URL, REDIS_PASSWORD and the server's log")]
    Redis {
        /// Which.
        store: String,
        /// Why.
        source: ::redis::RedisError,
    },
    /// The state has no written form.
    #[error("the state cannot be written: {0}")]
    Unwritable(String),
    /// There is something under its keys that it has not written.
    #[error("the store holds something that is not of this service: {0}; give it a REDIS_PREFIX of its own")]
    Foreign(String),
}
