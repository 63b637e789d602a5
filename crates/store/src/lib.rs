//! Durable state: a log of numbered commands, and a snapshot that stands for all up to one of them.
//!
//! It promises that what [`Store::append`] has returned for is there after a crash of the process,
//! the system or the machine: all of a batch or nothing of it. What the bytes mean is not its
//! business.
#![forbid(unsafe_code)]

mod sqlite;

use std::path::Path;

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
    /// Nothing of the batch is there.
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
    #[error("the store in {0} holds a show already: move it away first, or set another DATA_DIR")]
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
}
