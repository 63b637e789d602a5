//! The embedded store.

use crate::{Record, Store, StoreError, Stored};
use rusqlite::{Connection, OptionalExtension, params};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;
use std::time::SystemTime;

/// The schema's version, in `user_version`.
const VERSION: i64 = 1;
/// Commands before the snapshot that are kept to look back at.
const HISTORY: u64 = 10_000;

/// A store in one SQLite file.
pub struct SqliteStore {
    database: Connection,
}

impl SqliteStore {
    /// Opens the store in `folder`, and makes it where there is none. Only its owner can read it:
    /// it holds stream keys.
    ///
    /// # Errors
    /// The folder cannot be used, another process has the store, or it is of a newer version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let unusable = |source| StoreError::Folder { path: folder.display().to_string(), source };
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)?;
        let path = folder.join("show.db");
        // SQLite gives its journal files the permissions of the database.
        let open = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(&path);
        open.map_err(unusable)?;
        let in_use = |e: rusqlite::Error| match e.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked) => {
                StoreError::InUse(path.display().to_string())
            }
            _ => e.into(),
        };
        let database = Connection::open(&path)?;
        // A service that was killed leaves its lock the moment that the kernel has cleaned up.
        database.busy_timeout(std::time::Duration::from_secs(2))?;
        database.pragma_update(None, "locking_mode", "EXCLUSIVE")?;
        database.pragma_update(None, "journal_mode", "WAL").map_err(in_use)?;
        // Every commit is on the disk before it is answered.
        database.pragma_update(None, "synchronous", "FULL")?;
        let store = Self { database };
        store.migrate().map_err(|e| match e {
            StoreError::Database(e) => in_use(e),
            other => other,
        })?;
        Ok(store)
    }

    fn migrate(&self) -> Result<(), StoreError> {
        let found: i64 = self.database.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > VERSION {
            return Err(StoreError::TooNew { found, known: VERSION });
        }
        self.database.execute_batch(
            "BEGIN IMMEDIATE;
             CREATE TABLE IF NOT EXISTS commands (
                 sequence INTEGER PRIMARY KEY, written_unix_ms INTEGER NOT NULL, body BLOB NOT NULL);
             CREATE TABLE IF NOT EXISTS snapshot (
                 only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL, body BLOB NOT NULL);
             CREATE TABLE IF NOT EXISTS epoch (
                 only INTEGER PRIMARY KEY CHECK (only = 1), unix_ms INTEGER NOT NULL);
             PRAGMA user_version = 1;
             COMMIT;",
        )?;
        Ok(())
    }
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Stored, StoreError> {
        let record = |row: &rusqlite::Row<'_>| Ok(Record { sequence: row.get::<_, i64>(0)? as u64, body: row.get(1)? });
        let snapshot = self.database.query_row("SELECT sequence, body FROM snapshot", [], record).optional()?;
        let after = snapshot.as_ref().map_or(0, |s| s.sequence);
        let mut query =
            self.database.prepare("SELECT sequence, body FROM commands WHERE sequence > ?1 ORDER BY sequence")?;
        let commands = query.query_map([after as i64], record)?.collect::<Result<_, _>>()?;
        Ok(Stored { snapshot, commands })
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), StoreError> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.as_millis() as i64);
        let transaction = self.database.transaction()?;
        {
            let mut insert = transaction.prepare("INSERT INTO commands VALUES (?1, ?2, ?3)")?;
            for record in batch {
                insert.execute(params![record.sequence as i64, now, record.body])?;
            }
        }
        Ok(transaction.commit()?)
    }

    fn snapshot(&mut self, snapshot: &Record) -> Result<(), StoreError> {
        let transaction = self.database.transaction()?;
        transaction.execute(
            "INSERT INTO snapshot VALUES (1, ?1, ?2)
             ON CONFLICT (only) DO UPDATE SET sequence = excluded.sequence, body = excluded.body",
            params![snapshot.sequence as i64, snapshot.body],
        )?;
        let oldest = snapshot.sequence.saturating_sub(HISTORY);
        transaction.execute("DELETE FROM commands WHERE sequence <= ?1", [oldest as i64])?;
        Ok(transaction.commit()?)
    }

    fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
        self.database.execute("INSERT OR IGNORE INTO epoch VALUES (1, ?1)", [now])?;
        Ok(self.database.query_row("SELECT unix_ms FROM epoch", [], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn record(sequence: u64) -> Record {
        Record { sequence, body: format!("command {sequence}").into_bytes() }
    }

    #[test]
    fn what_was_appended_is_there_when_it_is_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open(dir.path()).unwrap();
        assert_eq!(store.load().unwrap(), Stored::default());
        store.append(&[record(1), record(2)]).unwrap();
        store.snapshot(&Record { sequence: 2, body: b"two".to_vec() }).unwrap();
        store.append(&[record(3)]).unwrap();
        assert_eq!(store.epoch_unix_ms(77).unwrap(), 77);
        drop(store);
        let mut store = SqliteStore::open(dir.path()).unwrap();
        let stored = store.load().unwrap();
        assert_eq!(stored.snapshot.unwrap().body, b"two");
        assert_eq!(stored.commands, [record(3)]);
        assert_eq!(store.epoch_unix_ms(99).unwrap(), 77, "show time began then");
    }

    #[test]
    fn a_batch_is_all_or_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open(dir.path()).unwrap();
        store.append(&[record(1)]).unwrap();
        assert!(store.append(&[record(2), record(1)]).is_err(), "a number twice");
        assert_eq!(store.load().unwrap().commands, [record(1)]);
    }

    #[test]
    fn old_commands_are_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let mut store = SqliteStore::open(dir.path()).unwrap();
        store.append(&(1..=HISTORY + 50).map(record).collect::<Vec<_>>()).unwrap();
        store.snapshot(&record(HISTORY + 50)).unwrap();
        let left: i64 = store.database.query_row("SELECT count(*) FROM commands", [], |r| r.get(0)).unwrap();
        assert_eq!(left as u64, HISTORY);
    }

    #[test]
    fn one_process_at_a_time_and_no_other_user() {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).unwrap();
        assert!(matches!(SqliteStore::open(dir.path()), Err(StoreError::InUse(_))));
        for entry in std::fs::read_dir(dir.path()).unwrap() {
            let mode = entry.unwrap().metadata().unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0);
        }
        drop(store);
        SqliteStore::open(dir.path()).unwrap();
    }
}
