//! A store elsewhere, with a journal on this machine for as long as that one is away.
//!
//! Invariant: what [`Store::append`] has returned for is in the store or in the journal, and comes into the store in
//! order. Proof: from the first batch that goes into the journal none goes into the store past it, until the journal
//! has been brought there, whole and in order, by [`Store::look`] or the next [`Store::load`]; only then is it emptied.
//! Where the process dies in between, the store has the first part of it already, which is known by its numbers and
//! left out.

use crate::{Page, Record, SqliteStore, Standing, Store, StoreError, Stored};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often it is looked at whether the store is back.
const LOOK: Duration = Duration::from_secs(1);
/// Commands that are brought to the store at once.
const CHUNK: usize = 256;

/// A store that may be away.
pub struct Journaled<S> {
    far: S,
    journal: SqliteStore,
    folder: PathBuf,
    /// Why the store is away, since the first batch that went into the journal.
    away: Option<String>,
    waiting: u64,
}

impl<S: Store> Journaled<S> {
    /// Keeps the journal of `far` in `folder`.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn new(far: S, folder: &Path) -> Result<Self, StoreError> {
        let journal = SqliteStore::open(folder)?;
        Ok(Self { far, journal, folder: folder.to_owned(), away: None, waiting: 0 })
    }

    fn is_away(&mut self, reason: String) {
        tracing::error!("the store is away ({reason}): commands go into the journal");
        self.away = Some(reason);
    }

    /// Brings what waits to the store.
    fn bring(&mut self) -> Result<(), StoreError> {
        let Stored { snapshot, commands } = self.journal.load()?;
        if let Some(snapshot) = snapshot {
            self.far.snapshot(&snapshot)?;
        }
        commands.chunks(CHUNK).try_for_each(|some| self.far.append(some))?;
        tracing::info!(commands = commands.len(), "the store is back, and has what was in the journal");
        self.journal.clear()?;
        (self.away, self.waiting) = (None, 0);
        Ok(())
    }

    /// What the journal has still to bring to a store that holds `stored`: what came there before a crash is left out.
    fn left(&mut self, stored: &Stored) -> Result<Option<Stored>, StoreError> {
        let Stored { snapshot, commands } = self.journal.load()?;
        let last = last_of(stored);
        let known = |record: &Record| stored.commands.iter().find(|known| known.sequence == record.sequence);
        if commands.iter().filter(|ours| ours.sequence <= last).any(|ours| known(ours).is_some_and(|it| it != ours)) {
            return Ok(None);
        }
        let snapshot = snapshot.filter(|snapshot| snapshot.sequence > last);
        let commands = commands.into_iter().filter(|record| record.sequence > last).collect();
        Ok(Some(Stored { snapshot, commands }))
    }

    /// Somebody else has written other commands under the same numbers: for a person to look at.
    fn set_aside(&mut self) -> Result<(), StoreError> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let aside = self.folder.join(format!("journal.aside-{now}"));
        self.journal.back_up(&aside)?;
        tracing::error!("the store holds other commands than the journal, which is set aside as {}", aside.display());
        self.journal.clear()
    }
}

fn last_of(Stored { snapshot, commands }: &Stored) -> u64 {
    let snapshot = snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence);
    commands.last().map_or(snapshot, |last| last.sequence.max(snapshot))
}

impl<S: Store> Store for Journaled<S> {
    fn load(&mut self) -> Result<Stored, StoreError> {
        let stored = self.far.load()?;
        match self.left(&stored)? {
            Some(left) if left == Stored::default() => self.journal.clear()?,
            Some(Stored { snapshot, commands }) => {
                if let Some(snapshot) = snapshot {
                    self.far.snapshot(&snapshot)?;
                }
                commands.chunks(CHUNK).try_for_each(|some| self.far.append(some))?;
                tracing::info!(commands = commands.len(), "the journal was brought to the store");
                self.journal.clear()?;
            }
            None => self.set_aside()?,
        }
        self.far.load()
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), StoreError> {
        if self.away.is_none() {
            match self.far.append(batch) {
                Err(StoreError::Away { reason, .. }) => self.is_away(reason),
                other => return other,
            }
        }
        self.journal.append(batch)?;
        self.waiting += batch.len() as u64;
        Ok(())
    }

    fn snapshot(&mut self, snapshot: &Record) -> Result<(), StoreError> {
        if self.away.is_none() {
            match self.far.snapshot(snapshot) {
                Err(StoreError::Away { reason, .. }) => self.is_away(reason),
                other => return other,
            }
        }
        self.journal.snapshot(snapshot)
    }

    fn history(&mut self, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
        self.far.history(before, limit)
    }

    fn back_up(&mut self, file: &Path) -> Result<(), StoreError> {
        self.far.back_up(file)
    }

    fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
        self.far.epoch_unix_ms(now)
    }

    fn look_every(&self) -> Option<Duration> {
        Some(self.far.look_every().unwrap_or(LOOK))
    }

    fn look(&mut self) -> Result<(), StoreError> {
        let looked = if self.away.is_some() { self.bring() } else { self.far.look() };
        match looked {
            Err(StoreError::Away { reason, .. }) => {
                if self.away.is_none() {
                    self.is_away(reason);
                }
                Ok(())
            }
            other => other,
        }
    }

    fn standing(&self) -> Standing {
        match &self.away {
            Some(reason) => Standing::Journal { commands: self.waiting, reason: reason.clone() },
            None => Standing::Well,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    /// A store that can be away.
    struct Fickle {
        away: Arc<AtomicBool>,
        store: SqliteStore,
    }

    impl Fickle {
        fn there(&mut self) -> Result<&mut SqliteStore, StoreError> {
            if self.away.load(Ordering::Relaxed) {
                return Err(StoreError::Away { store: "it".into(), reason: "gone for lunch".into() });
            }
            Ok(&mut self.store)
        }
    }

    impl Store for Fickle {
        fn load(&mut self) -> Result<Stored, StoreError> {
            self.there()?.load()
        }
        fn append(&mut self, batch: &[Record]) -> Result<(), StoreError> {
            self.there()?.append(batch)
        }
        fn snapshot(&mut self, snapshot: &Record) -> Result<(), StoreError> {
            self.there()?.snapshot(snapshot)
        }
        fn history(&mut self, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
            self.there()?.history(before, limit)
        }
        fn back_up(&mut self, file: &Path) -> Result<(), StoreError> {
            Store::back_up(self.there()?, file)
        }
        fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
            self.there()?.epoch_unix_ms(now)
        }
        fn look(&mut self) -> Result<(), StoreError> {
            self.there().map(drop)
        }
    }

    fn record(sequence: u64) -> Record {
        Record { sequence, body: format!("command {sequence}").into_bytes() }
    }

    fn journaled(dir: &Path, away: &Arc<AtomicBool>) -> Journaled<Fickle> {
        let far = Fickle { away: away.clone(), store: SqliteStore::open(&dir.join("far")).unwrap() };
        Journaled::new(far, &dir.join("journal")).unwrap()
    }

    #[test]
    fn what_came_while_the_store_was_away_is_there_afterwards_in_order() {
        for dies in [false, true] {
            let (dir, away) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
            let mut store = journaled(dir.path(), &away);
            store.load().unwrap();
            store.append(&[record(1)]).unwrap();
            away.store(true, Ordering::Relaxed);
            store.append(&[record(2), record(3)]).unwrap();
            assert!(matches!(store.standing(), Standing::Journal { commands: 2, .. }));
            store.look().unwrap();
            store.snapshot(&record(3)).unwrap();
            assert!(store.history(None, 9).is_err());
            away.store(false, Ordering::Relaxed);
            // It is there again, but what is in the journal goes first.
            store.append(&[record(4)]).unwrap();
            assert!(matches!(store.standing(), Standing::Journal { commands: 3, .. }));
            if dies {
                drop(store);
                store = journaled(dir.path(), &away);
            } else {
                store.look().unwrap();
            }
            let expected = Stored { snapshot: Some(record(3)), commands: vec![record(4)] };
            assert_eq!(store.load().unwrap(), expected);
            assert_eq!(store.standing(), Standing::Well);
            store.append(&[record(5)]).unwrap();
            assert_eq!(store.far.load().unwrap().commands, [record(4), record(5)]);
            assert_eq!(store.journal.load().unwrap(), Stored::default());
        }
    }

    #[test]
    fn what_was_brought_before_a_crash_is_not_brought_twice() {
        let (dir, away) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
        let mut store = journaled(dir.path(), &away);
        store.append(&[record(1)]).unwrap();
        store.journal.append(&[record(1), record(2)]).unwrap();
        drop(store);
        let mut store = journaled(dir.path(), &away);
        assert_eq!(store.load().unwrap().commands, [record(1), record(2)]);
        assert_eq!(store.journal.load().unwrap(), Stored::default());
    }

    #[test]
    fn a_journal_that_others_have_written_past_is_set_aside() {
        let (dir, away) = (tempfile::tempdir().unwrap(), Arc::new(AtomicBool::new(false)));
        let mut store = journaled(dir.path(), &away);
        store.append(&[record(1)]).unwrap();
        store.journal.append(&[Record { sequence: 1, body: b"another".to_vec() }, record(2)]).unwrap();
        drop(store);
        let mut store = journaled(dir.path(), &away);
        assert_eq!(store.load().unwrap().commands, [record(1)]);
        let names = std::fs::read_dir(dir.path().join("journal")).unwrap().map(|e| e.unwrap().file_name());
        assert!(names.filter_map(|name| name.into_string().ok()).any(|name| name.starts_with("journal.aside")));
    }
}
