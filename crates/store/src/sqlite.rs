//! The embedded store.

use crate::{Held, Page, Record, Store, StoreError, Stored, Written};
use rusqlite::{Connection, OptionalExtension, params};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The schema's version, in `user_version`.
///
/// 2: snapshots hold the keys of commands beside the show.
const VERSION: i64 = 2;
/// Commands before the snapshot that are kept to look back at.
const HISTORY: u64 = 10_000;
/// The database, in the folder of a store...
const DATABASE: &str = "show.db";
/// ...the last snapshot once more, for when that is corrupt...
const LAST: &str = "last-snapshot.db";
/// ...and what is to take its place in a moment.
const REPLACEMENT: &str = "replacement.db";
/// How far numbers leap after what came after the last snapshot was lost: who knows of those that are lost is not given
/// others under the same numbers.
const LEAP: i64 = 1_000_000;
/// The most bytes of a page of the past: a command may bring megabytes.
const PAGE_BYTES: usize = 4 << 20;
/// The tables.
const SCHEMA: &str = "BEGIN IMMEDIATE;
    CREATE TABLE IF NOT EXISTS commands (
        sequence INTEGER PRIMARY KEY, written_unix_ms INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS snapshot (
        only INTEGER PRIMARY KEY CHECK (only = 1), sequence INTEGER NOT NULL, body BLOB NOT NULL);
    CREATE TABLE IF NOT EXISTS epoch (
        only INTEGER PRIMARY KEY CHECK (only = 1), unix_ms INTEGER NOT NULL);
    PRAGMA user_version = 2;
    COMMIT;";

/// A store in one SQLite file.
pub struct SqliteStore {
    database: Connection,
    folder: PathBuf,
    was_corrupt: bool,
    /// Commands before the snapshot that are kept.
    kept: u64,
}

impl SqliteStore {
    /// Keeps so many commands before the snapshot, to look back at; 10,000 where nobody says.
    #[must_use]
    pub fn keeping(self, commands: u64) -> Self {
        Self { kept: commands, ..self }
    }

    /// Opens the store in `folder`, and makes it where there is none. Only its owner can read it:
    /// it holds stream keys.
    ///
    /// # Errors
    /// The folder cannot be used, another process has the store, or it is of a newer version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let replaced = finish_replacing(folder)?;
        match Self::open_as_it_is(folder) {
            Err(StoreError::Database(e)) if is_corrupt(&e) => {
                tracing::error!("the store is corrupt ({e}): it is set aside, and the last snapshot used");
                prepare_replacement(folder)?;
                set_aside(folder)?;
                finish_replacing(folder)?;
                Ok(Self { was_corrupt: true, ..Self::open_as_it_is(folder)? })
            }
            opened => opened.map(|store| Self { was_corrupt: replaced, ..store }),
        }
    }

    /// Whether there is a store in `folder`.
    #[must_use]
    pub fn is_in(folder: &Path) -> bool {
        folder.join(DATABASE).exists()
    }

    /// Whether it was corrupt when it was opened, so that what came after the last snapshot is lost.
    #[must_use]
    pub fn was_corrupt(&self) -> bool {
        self.was_corrupt
    }

    /// Writes all that it holds into a new file, which only its owner can read.
    ///
    /// # Errors
    /// The file is there already, or cannot be written.
    pub fn back_up(&self, file: &Path) -> Result<(), StoreError> {
        let unusable = |source| StoreError::File { path: file.display().to_string(), source };
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(unusable)?;
        // Into an empty file that is there: it keeps its permissions.
        let path = file.to_str().ok_or_else(|| unusable(std::io::ErrorKind::InvalidFilename.into()))?;
        self.database.execute("VACUUM INTO ?1", [path])?;
        std::fs::File::open(file).and_then(|file| file.sync_all()).map_err(unusable)
    }

    /// Writes what another store held into a new file, as [`SqliteStore::back_up`] does.
    ///
    /// # Errors
    /// The file is there already, or cannot be written.
    pub fn write_backup(file: &Path, held: &Held) -> Result<(), StoreError> {
        let unusable = |source| StoreError::File { path: file.display().to_string(), source };
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file).map_err(unusable)?;
        let mut database = Connection::open(file)?;
        database.execute_batch(SCHEMA)?;
        let transaction = database.transaction()?;
        for Written { record: Record { sequence, body }, unix_ms } in &held.commands {
            transaction
                .execute("INSERT INTO commands VALUES (?1, ?2, ?3)", params![*sequence as i64, unix_ms, body])?;
        }
        if let Some(Record { sequence, body }) = &held.snapshot {
            transaction.execute("INSERT INTO snapshot VALUES (1, ?1, ?2)", params![*sequence as i64, body])?;
        }
        if let Some(epoch) = held.epoch_unix_ms {
            transaction.execute("INSERT INTO epoch VALUES (1, ?1)", [epoch])?;
        }
        transaction.commit()?;
        database.close().map_err(|(_, e)| e)?;
        std::fs::File::open(file).and_then(|file| file.sync_all()).map_err(unusable)
    }

    /// All that is in a file that [`SqliteStore::back_up`] has written.
    ///
    /// # Errors
    /// It is no such file.
    pub fn read_backup(file: &Path) -> Result<Held, StoreError> {
        let backup = open_backup(file)?;
        let record = |row: &rusqlite::Row<'_>| Ok(Record { sequence: row.get::<_, i64>(0)? as u64, body: row.get(1)? });
        let snapshot = backup.query_row("SELECT sequence, body FROM snapshot", [], record).optional()?;
        let epoch_unix_ms = backup.query_row("SELECT unix_ms FROM epoch", [], |row| row.get(0)).optional()?;
        let mut query = backup.prepare("SELECT sequence, body, written_unix_ms FROM commands ORDER BY sequence")?;
        let written = |row: &rusqlite::Row<'_>| Ok(Written { record: record(row)?, unix_ms: row.get(2)? });
        let commands = query.query_map([], written)?.collect::<Result<_, _>>()?;
        Ok(Held { snapshot, commands, epoch_unix_ms })
    }

    /// Puts a file that [`SqliteStore::back_up`] has written where there is no show yet.
    ///
    /// # Errors
    /// It is no such file, or the folder holds a show.
    pub fn restore(file: &Path, folder: &Path) -> Result<(), StoreError> {
        drop(open_backup(file)?);
        make_folder(folder)?;
        if Self::is_in(folder) && Self::open_as_it_is(folder)?.read()? != Stored::default() {
            return Err(StoreError::Occupied(folder.display().to_string()));
        }
        copy_file(file, &folder.join(REPLACEMENT))?;
        // A journal of the one before would be taken for this one's.
        set_aside(folder)?;
        remove(&folder.join(LAST))?;
        finish_replacing(folder).map(drop)
    }

    /// The same, but for one that is corrupt, which is left as it is.
    ///
    /// # Errors
    /// As [`SqliteStore::open`]; and it is corrupt.
    pub fn open_as_it_is(folder: &Path) -> Result<Self, StoreError> {
        let unusable = |source| StoreError::Folder { path: folder.display().to_string(), source };
        make_folder(folder)?;
        let path = folder.join(DATABASE);
        if !path.exists() {
            // It is of another store.
            remove(&folder.join(LAST))?;
        }
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
        let store = Self { database, folder: folder.to_owned(), was_corrupt: false, kept: HISTORY };
        store.migrate().map_err(|e| match e {
            StoreError::Database(e) => in_use(e),
            other => other,
        })?;
        // What is wrong inside shows when it is read.
        store.read()?;
        Ok(store)
    }

    /// Forgets all but when time began.
    pub(crate) fn clear(&mut self) -> Result<(), StoreError> {
        Ok(self.database.execute_batch("BEGIN IMMEDIATE; DELETE FROM commands; DELETE FROM snapshot; COMMIT;")?)
    }

    fn read(&self) -> Result<Stored, StoreError> {
        let record = |row: &rusqlite::Row<'_>| Ok(Record { sequence: row.get::<_, i64>(0)? as u64, body: row.get(1)? });
        let snapshot = self.database.query_row("SELECT sequence, body FROM snapshot", [], record).optional()?;
        let after = snapshot.as_ref().map_or(0, |s| s.sequence);
        let mut query =
            self.database.prepare("SELECT sequence, body FROM commands WHERE sequence > ?1 ORDER BY sequence")?;
        let commands = query.query_map([after as i64], record)?.collect::<Result<_, _>>()?;
        Ok(Stored { snapshot, commands })
    }

    /// Keeps a snapshot in a database of its own, for when this one is corrupt.
    fn keep_beside(&self, Record { sequence, body }: &Record) -> Result<(), StoreError> {
        let (new, last) = (self.folder.join("last-snapshot.new"), self.folder.join(LAST));
        remove(&new)?;
        let unusable = |source| StoreError::File { path: new.display().to_string(), source };
        std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new).map_err(unusable)?;
        let beside = Connection::open(&new)?;
        // Whole or not at all: it gets its name when it is finished, and on the disk. That it is there is seen to once,
        // not after every statement: commands wait for it.
        beside.pragma_update(None, "journal_mode", "OFF")?;
        beside.pragma_update(None, "synchronous", "OFF")?;
        beside.execute_batch(SCHEMA)?;
        beside.execute("INSERT INTO snapshot VALUES (1, ?1, ?2)", params![*sequence as i64, body])?;
        let epoch = self.database.query_row("SELECT unix_ms FROM epoch", [], |row| row.get::<_, i64>(0)).optional()?;
        if let Some(epoch) = epoch {
            beside.execute("INSERT INTO epoch VALUES (1, ?1)", [epoch])?;
        }
        beside.close().map_err(|(_, e)| e)?;
        std::fs::File::open(&new).and_then(|file| file.sync_all()).map_err(unusable)?;
        std::fs::rename(&new, last).map_err(unusable)
    }

    fn migrate(&self) -> Result<(), StoreError> {
        let found: i64 = self.database.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if found > VERSION {
            return Err(StoreError::TooNew { found, known: VERSION });
        }
        self.database.execute_batch(SCHEMA)?;
        Ok(())
    }
}

fn open_backup(file: &Path) -> Result<Connection, StoreError> {
    let backup = Connection::open_with_flags(file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let found: i64 = backup.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if found > VERSION {
        return Err(StoreError::TooNew { found, known: VERSION });
    }
    let sound: String = backup.pragma_query_value(None, "integrity_check", |row| row.get(0))?;
    let held: i64 = backup.query_row("SELECT count(*) FROM commands", [], |row| row.get(0))?;
    if sound != "ok" || found == 0 || held < 0 {
        return Err(StoreError::NoBackup(file.display().to_string()));
    }
    Ok(backup)
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    let unusable = |source| StoreError::Folder { path: folder.display().to_string(), source };
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(unusable)
}

/// Makes ready what is to take the place of a corrupt store: the last snapshot, where there is one.
fn prepare_replacement(folder: &Path) -> Result<(), StoreError> {
    let (last, new) = (folder.join(LAST), folder.join(REPLACEMENT));
    if !last.exists() {
        return Ok(());
    }
    copy_file(&last, &new)?;
    let database = Connection::open(&new)?;
    database.execute("UPDATE snapshot SET sequence = sequence + ?1", [LEAP])?;
    Ok(database.close().map_err(|(_, e)| e)?)
}

/// Puts what was made ready in its place. Where the process died just before, that is done now.
fn finish_replacing(folder: &Path) -> Result<bool, StoreError> {
    let (new, path) = (folder.join(REPLACEMENT), folder.join(DATABASE));
    let unusable = |source| StoreError::File { path: new.display().to_string(), source };
    if path.exists() {
        // It was made ready, but the other was not set aside yet.
        remove(&new)?;
        return Ok(false);
    }
    if !new.exists() {
        return Ok(false);
    }
    std::fs::rename(&new, &path).map_err(unusable)?;
    std::fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(unusable)?;
    Ok(true)
}

/// Only its owner can read the copy, which is on the disk then.
fn copy_file(from: &Path, to: &Path) -> Result<(), StoreError> {
    let unusable = |source| StoreError::File { path: to.display().to_string(), source };
    std::fs::copy(from, to).map_err(unusable)?;
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o600)).map_err(unusable)?;
    std::fs::File::open(to).and_then(|file| file.sync_all()).map_err(unusable)
}

fn remove(path: &Path) -> Result<(), StoreError> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            Err(StoreError::File { path: path.display().to_string(), source: e })
        }
        _ => Ok(()),
    }
}

pub(crate) fn is_corrupt(e: &rusqlite::Error) -> bool {
    use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase};
    matches!(e.sqlite_error_code(), Some(DatabaseCorrupt | NotADatabase))
}

/// Renames the database with its journal, for somebody to look at.
fn set_aside(folder: &Path) -> Result<PathBuf, StoreError> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let aside = folder.join(format!("{DATABASE}.aside-{now}"));
    for journal in ["", "-wal", "-shm"] {
        let (from, mut to) = (folder.join(format!("{DATABASE}{journal}")), aside.clone().into_os_string());
        to.push(journal);
        match std::fs::rename(&from, to) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::File { path: from.display().to_string(), source: e });
            }
            _ => {}
        }
    }
    Ok(aside)
}

impl Store for SqliteStore {
    fn load(&mut self) -> Result<Stored, StoreError> {
        self.read()
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
        let oldest = snapshot.sequence.saturating_sub(self.kept);
        transaction.execute("DELETE FROM commands WHERE sequence <= ?1", [oldest as i64])?;
        transaction.commit()?;
        // It is only a second copy: that it cannot be written is no failure of the snapshot.
        if let Err(e) = self.keep_beside(snapshot) {
            tracing::warn!("the last snapshot cannot be kept a second time: {e}");
        }
        Ok(())
    }

    fn back_up(&mut self, file: &Path) -> Result<(), StoreError> {
        Self::back_up(self, file)
    }

    fn history(&mut self, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
        let before = before.and_then(|before| i64::try_from(before).ok()).unwrap_or(i64::MAX);
        let mut query = self.database.prepare(
            "SELECT sequence, body, written_unix_ms FROM commands WHERE sequence < ?1 ORDER BY sequence DESC",
        )?;
        let mut rows = query.query([before])?;
        let (mut commands, mut bytes) = (Vec::new(), 0);
        while let Some(row) = rows.next()? {
            let record = Record { sequence: row.get::<_, i64>(0)? as u64, body: row.get(1)? };
            bytes += record.body.len();
            if commands.len() == limit || (bytes > PAGE_BYTES && !commands.is_empty()) {
                return Ok(Page { commands, more: true });
            }
            commands.push(Written { record, unix_ms: row.get(2)? });
        }
        Ok(Page { commands, more: false })
    }

    fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
        self.database.execute("INSERT OR IGNORE INTO epoch VALUES (1, ?1)", [now])?;
        Ok(self.database.query_row("SELECT unix_ms FROM epoch", [], |row| row.get(0))?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let numbers = |page: &Page| page.commands.iter().map(|w| w.record.sequence).collect::<Vec<_>>();
        let page = store.history(None, 2).unwrap();
        assert_eq!((numbers(&page), page.more), (vec![HISTORY + 50, HISTORY + 49], true));
        let last = store.history(Some(53), 10).unwrap();
        assert_eq!((numbers(&last), last.more), (vec![52, 51], false), "50 are forgotten");
        assert_eq!(last.commands[0].record, record(52));
        let large = |sequence| Record { sequence, body: vec![b'x'; 3 << 20] };
        store.append(&[large(HISTORY + 51), large(HISTORY + 52)]).unwrap();
        let page = store.history(None, 10).unwrap();
        assert_eq!((numbers(&page), page.more), (vec![HISTORY + 52], true), "not too much at once");
    }

    #[test]
    fn a_backup_is_the_store_and_goes_where_there_is_none() {
        let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let mut store = SqliteStore::open(dir.path()).unwrap();
        store.append(&[record(1), record(2)]).unwrap();
        store.snapshot(&record(1)).unwrap();
        store.epoch_unix_ms(5).unwrap();
        let file = other.path().join("backup.db");
        store.back_up(&file).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(matches!(store.back_up(&file), Err(StoreError::File { .. })), "nothing is written over");
        store.append(&[record(3)]).unwrap();
        let elsewhere = other.path().join("data");
        SqliteStore::restore(&file, &elsewhere).unwrap();
        let mut restored = SqliteStore::open(&elsewhere).unwrap();
        let stored = restored.load().unwrap();
        assert_eq!((stored.snapshot, stored.commands), (Some(record(1)), vec![record(2)]));
        assert_eq!(restored.epoch_unix_ms(9).unwrap(), 5);
        drop((store, restored));
        assert!(matches!(SqliteStore::restore(&file, dir.path()), Err(StoreError::Occupied(_))));
        // The database alone was moved away: its journal is none of the backup's.
        let mut other_store = SqliteStore::open(&other.path().join("third")).unwrap();
        other_store
            .append(&(1..60).map(|n| Record { sequence: n, body: b"another".to_vec() }).collect::<Vec<_>>())
            .unwrap();
        let wal = std::fs::read(other.path().join("third/show.db-wal")).unwrap();
        drop(other_store);
        std::fs::create_dir(other.path().join("fourth")).unwrap();
        std::fs::write(other.path().join("fourth/show.db-wal"), wal).unwrap();
        SqliteStore::restore(&file, &other.path().join("fourth")).unwrap();
        let stored = SqliteStore::open(&other.path().join("fourth")).unwrap().load().unwrap();
        assert_eq!(stored.commands, vec![record(2)]);
        std::fs::write(&file, "no backup").unwrap();
        assert!(SqliteStore::restore(&file, &other.path().join("new")).is_err());
    }

    #[test]
    fn a_corrupt_store_is_set_aside_and_the_last_snapshot_used() {
        for damage in [0, 4_096] {
            let dir = tempfile::tempdir().unwrap();
            let mut store = SqliteStore::open(dir.path()).unwrap();
            store.append(&[record(1), record(2)]).unwrap();
            store.epoch_unix_ms(5).unwrap();
            store.snapshot(&record(2)).unwrap();
            store.append(&(3..400).map(record).collect::<Vec<_>>()).unwrap();
            drop(store);
            let path = dir.path().join(DATABASE);
            let mut bytes = std::fs::read(&path).unwrap();
            bytes[damage..damage + 3_000].fill(0x5a);
            std::fs::write(&path, &bytes).unwrap();
            let mut store = SqliteStore::open(dir.path()).unwrap();
            assert!(store.was_corrupt());
            let stored = store.load().unwrap();
            let snapshot = Record { sequence: 2 + LEAP as u64, ..record(2) };
            assert_eq!((stored.snapshot, stored.commands), (Some(snapshot), vec![]));
            assert_eq!(store.epoch_unix_ms(9).unwrap(), 5, "time goes on");
            store.append(&[record(3 + LEAP as u64)]).unwrap();
            let aside = std::fs::read_dir(dir.path())
                .unwrap()
                .filter_map(|entry| entry.unwrap().file_name().into_string().ok());
            let aside: Vec<String> = aside.filter(|name| name.contains("aside") && !name.ends_with("-wal")).collect();
            let kept = std::fs::read(dir.path().join(&aside[0])).unwrap();
            assert!(kept[damage..damage + 3_000] == bytes[damage..damage + 3_000], "for somebody to look at");
            drop(store);
            assert!(!SqliteStore::open(dir.path()).unwrap().was_corrupt(), "it was");
            // Whoever takes the database away begins anew.
            std::fs::remove_file(&path).unwrap();
            std::fs::write(dir.path().join("show.db-wal"), "").unwrap();
            assert_eq!(SqliteStore::open(dir.path()).unwrap().load().unwrap(), Stored::default());
            assert!(!dir.path().join(LAST).exists());
        }
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
