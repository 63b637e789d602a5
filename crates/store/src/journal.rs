//! A store elsewhere, with a journal on this machine for as long as that one is away.
//!
//! Invariant: what [`Store::append`] has returned for is in the store or in the journal, and comes into the store once and
//! in order. Proof: from the first batch that goes into the journal none goes into the store past it, until the journal
//! has been brought there, whole and in order, by [`Store::look`] or the next [`Store::load`]; only then is it emptied. To
//! bring it again from the beginning changes nothing: a batch takes the place of what is there under its numbers. The
//! journal begins with its base, the last command that the store had: where the store has gone on from there by itself,
//! or is another one, the journal does not fit any more, and is set aside for a person to look at.

use crate::sqlite::is_corrupt;
use crate::{Page, Record, SqliteStore, Standing, Store, StoreError, Stored};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often it is looked at whether the store is back.
const LOOK: Duration = Duration::from_secs(1);
/// Commands that are brought to the store at once, at most...
const CHUNK: usize = 256;
/// ...and of how many bytes, but for a single one.
const CHUNK_BYTES: usize = 1 << 20;

/// A store that may be away.
pub struct Journaled<S> {
    far: S,
    /// What tells it from other stores.
    name: String,
    journal: SqliteStore,
    folder: PathBuf,
    was_corrupt: bool,
    /// Why the store is away, since the first batch that went into the journal.
    away: Option<String>,
    waiting: u64,
    /// Somebody else has the store: what waits here can never come there.
    taken_over: bool,
}

impl<S: Store> Journaled<S> {
    /// Keeps the journal of `far`, which is told from other stores by `name`, in `folder`.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn new(far: S, name: String, folder: &Path) -> Result<Self, StoreError> {
        let (journal, was_corrupt) = match SqliteStore::open_as_it_is(folder) {
            Err(StoreError::Database(e)) if is_corrupt(&e) => {
                let aside = folder.with_extension(format!("aside-{}", unix_seconds()));
                tracing::error!("the journal is corrupt ({e}): it is set aside as {}", aside.display());
                let unusable = |source| StoreError::File { path: folder.display().to_string(), source };
                std::fs::rename(folder, aside).map_err(unusable)?;
                (SqliteStore::open_as_it_is(folder)?, true)
            }
            opened => (opened?, false),
        };
        let folder = folder.to_owned();
        Ok(Self { far, name, journal, folder, was_corrupt, away: None, waiting: 0, taken_over: false })
    }

    /// Whether the journal was corrupt, so that what it had is lost.
    #[must_use]
    pub fn was_corrupt(&self) -> bool {
        self.was_corrupt
    }

    fn is_away(&mut self, reason: String) {
        tracing::error!("the store is away ({reason}): commands go into the journal");
        self.away = Some(reason);
    }

    /// Brings what waits to the store.
    fn bring(&mut self) -> Result<(), StoreError> {
        let commands = self.journal.load()?.commands;
        let mut rest = &commands[..];
        while !rest.is_empty() {
            let mut bytes = 0;
            let fits = rest.iter().take(CHUNK).take_while(|record| {
                bytes += record.body.len();
                bytes <= CHUNK_BYTES
            });
            let (some, others) = rest.split_at(fits.count().max(1));
            self.far.append(some)?;
            rest = others;
        }
        if !commands.is_empty() {
            tracing::info!(commands = commands.len(), "the store has what was in the journal");
        }
        self.journal.clear()?;
        (self.away, self.waiting) = (None, 0);
        Ok(())
    }

    /// Whether what is in the journal goes on from what is in the store.
    fn fits(&mut self, last: u64) -> Result<bool, StoreError> {
        let Stored { snapshot: base, commands } = self.journal.load()?;
        let Some(base) = base else { return Ok(commands.is_empty()) };
        if base.body != self.name.as_bytes() || last < base.sequence {
            return Ok(false);
        }
        // What the store has beyond the base has to be the beginning of ours: it came there before a crash.
        let mut theirs = Vec::new();
        let mut before = None;
        'pages: loop {
            let Page { commands, more } = self.far.history(before, CHUNK)?;
            for written in commands {
                if written.record.sequence <= base.sequence {
                    break 'pages;
                }
                before = Some(written.record.sequence);
                theirs.push(written.record);
            }
            if !more {
                break;
            }
        }
        theirs.reverse();
        Ok(theirs.len() as u64 == last - base.sequence && commands.starts_with(&theirs))
    }

    /// For a person to look at.
    fn set_aside(&mut self) -> Result<(), StoreError> {
        let aside = self.folder.join(format!("journal.aside-{}", unix_seconds()));
        self.journal.back_up(&aside)?;
        tracing::error!("the store has gone on without the journal, which is set aside as {}", aside.display());
        self.journal.clear()
    }
}

fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn last_of(Stored { snapshot, commands }: &Stored) -> u64 {
    let snapshot = snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence);
    commands.last().map_or(snapshot, |last| last.sequence.max(snapshot))
}

impl<S: Store> Store for Journaled<S> {
    fn load(&mut self) -> Result<Stored, StoreError> {
        let stored = self.far.load()?;
        if self.journal.load()? == Stored::default() {
            return Ok(stored);
        }
        if self.fits(last_of(&stored))? {
            self.bring()?;
        } else {
            self.set_aside()?;
        }
        self.far.load()
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), StoreError> {
        if self.taken_over {
            return Err(StoreError::TakenOver(self.name.clone()));
        }
        if self.away.is_none() {
            match self.far.append(batch) {
                Err(StoreError::Away { reason, .. }) => self.is_away(reason),
                other => return other,
            }
        }
        if let (0, Some(first)) = (self.waiting, batch.first()) {
            let base = Record { sequence: first.sequence.saturating_sub(1), body: self.name.clone().into_bytes() };
            self.journal.snapshot(&base)?;
        }
        self.journal.append(batch)?;
        self.waiting += batch.len() as u64;
        Ok(())
    }

    fn snapshot(&mut self, snapshot: &Record) -> Result<(), StoreError> {
        match self.far.snapshot(snapshot) {
            // All that a snapshot would stand for is in the journal or there.
            Err(StoreError::Away { reason, .. }) => {
                if self.away.is_none() {
                    self.is_away(reason);
                }
                Ok(())
            }
            other => other,
        }
    }

    fn history(&mut self, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
        self.far.history(before, limit)
    }

    fn back_up(&mut self, file: &Path) -> Result<(), StoreError> {
        // A copy has all that was acknowledged, or is none.
        if self.away.is_some() {
            self.bring()?;
        }
        self.far.back_up(file)
    }

    fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
        self.far.epoch_unix_ms(now)
    }

    fn look_every(&self) -> Option<Duration> {
        Some(self.far.look_every().unwrap_or(LOOK))
    }

    fn look(&mut self) -> Result<(), StoreError> {
        // What it has lost is seen before more is brought.
        let looked = self.far.look().and_then(|()| if self.away.is_some() { self.bring() } else { Ok(()) });
        match looked {
            Err(StoreError::Away { reason, .. }) => {
                if self.away.is_none() {
                    self.is_away(reason);
                }
                Ok(())
            }
            Err(StoreError::TakenOver(by)) => {
                self.taken_over = true;
                Err(StoreError::TakenOver(by))
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
        Journaled::new(far, "it".to_owned(), &dir.join("journal")).unwrap()
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
            let commands = (1..=4).map(record).collect();
            assert_eq!(store.load().unwrap(), Stored { snapshot: None, commands });
            assert_eq!(store.standing(), Standing::Well);
            store.append(&[record(5)]).unwrap();
            assert_eq!(store.far.load().unwrap().commands.last(), Some(&record(5)));
            assert_eq!(store.journal.load().unwrap(), Stored::default());
        }
    }

    /// One whose store is away, with commands 2 to 4 in its journal.
    fn with_a_journal(dir: &Path) -> Arc<AtomicBool> {
        let away = Arc::new(AtomicBool::new(false));
        let mut store = journaled(dir, &away);
        store.append(&[record(1)]).unwrap();
        away.store(true, Ordering::Relaxed);
        store.append(&[record(2), record(3), record(4)]).unwrap();
        away.store(false, Ordering::Relaxed);
        away
    }

    fn far(dir: &Path) -> SqliteStore {
        SqliteStore::open(&dir.join("far")).unwrap()
    }

    fn is_set_aside(dir: &Path) -> bool {
        let names = std::fs::read_dir(dir.join("journal")).unwrap().map(|e| e.unwrap().file_name());
        names.filter_map(|name| name.into_string().ok()).any(|name| name.starts_with("journal.aside"))
    }

    #[test]
    fn a_journal_that_others_have_written_past_is_set_aside() {
        let other = |sequence| Record { sequence, body: b"another's".to_vec() };
        for (name, theirs, snapshot) in [
            ("other commands", vec![other(2)], None),
            ("more of them", (2..9).map(other).collect(), None),
            ("nothing but a snapshot", vec![], Some(other(3))),
        ] {
            let dir = tempfile::tempdir().unwrap();
            let away = with_a_journal(dir.path());
            let mut store = far(dir.path());
            store.append(&theirs).unwrap();
            if let Some(snapshot) = &snapshot {
                store.snapshot(snapshot).unwrap();
            }
            let expected = store.load().unwrap();
            drop(store);
            let mut store = journaled(dir.path(), &away);
            assert_eq!(store.load().unwrap(), expected, "{name}");
            assert!(is_set_aside(dir.path()), "{name}");
        }
    }

    #[test]
    fn a_journal_of_another_store_or_beyond_what_is_there_is_set_aside() {
        for lost in [false, true] {
            let dir = tempfile::tempdir().unwrap();
            let away = with_a_journal(dir.path());
            if lost {
                far(dir.path()).clear().unwrap();
            }
            let name = if lost { "it" } else { "another" };
            let far = Fickle { away, store: far(dir.path()) };
            let mut store = Journaled::new(far, name.to_owned(), &dir.path().join("journal")).unwrap();
            let expected = if lost { vec![] } else { vec![record(1)] };
            assert_eq!(store.load().unwrap().commands, expected);
            assert!(is_set_aside(dir.path()));
        }
    }

    #[test]
    fn a_corrupt_journal_is_set_aside() {
        let dir = tempfile::tempdir().unwrap();
        let away = with_a_journal(dir.path());
        std::fs::write(dir.path().join("journal/show.db"), [0x5a; 9_000]).unwrap();
        let mut store = journaled(dir.path(), &away);
        assert!(store.was_corrupt());
        assert_eq!(store.load().unwrap().commands, [record(1)]);
    }
}
