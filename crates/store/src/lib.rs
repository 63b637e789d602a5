//! Durable state: a log of numbered commands, and a snapshot that stands for all up to one of them.
//!
//! It promises that what [`Store::append`] has returned for is there after a crash of the process,
//! the system or the machine: all of a batch or nothing of it. What the bytes mean is not its
//! business.
#![forbid(unsafe_code)]

mod sqlite;

pub use sqlite::SqliteStore;

/// A command with its number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Numbers follow one another without a gap.
    pub sequence: u64,
    /// The command as its owner wrote it.
    pub body: Vec<u8>,
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
