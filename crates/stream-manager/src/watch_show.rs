//! `serve --show FILE --watch`: what is edited in the file comes on air as it is saved.
//!
//! The version that was taken over last is kept in the data folder: what is edited while the service is away comes on
//! air when it is back, and what callers have changed meanwhile stays.

use crate::setup::{Failure, read_show};
use engine::{CommandError, Engine, Happening, Terms};
use scene::{Command, Id, Rejection, ShowFile};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

/// How often the file is looked at. Polled: editors replace files, and not every file system tells.
const EVERY: Duration = Duration::from_millis(250);
/// The name of the version that was taken over last, in the data folder.
const TAKEN: &str = "watched-show.json";

/// How long until an edit is tried again that could not be carried out as things were.
const AGAIN: Duration = Duration::from_secs(2);

/// A file that is looked at again and again.
pub(crate) struct Watched {
    path: PathBuf,
    /// As it was taken last.
    taken: Option<Stamp>,
    /// As it was seen last.
    seen: Option<Stamp>,
}

/// What is different when a file is: when it was written, and how long it is.
type Stamp = (SystemTime, u64);

impl Watched {
    /// To be made before the file is read: what is saved meanwhile is seen then.
    pub(crate) fn new(path: &Path) -> Self {
        let stamp = stamp(path);
        Self { path: path.to_owned(), taken: stamp, seen: stamp }
    }

    /// Whether it has changed since it was said so last, and is still as it was when it was asked last: what is being
    /// written is left alone.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now = stamp(&self.path);
        let settled = std::mem::replace(&mut self.seen, now) == now;
        settled && std::mem::replace(&mut self.taken, now) != now
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// The show's file, as it is read at the start.
pub(crate) struct ShowSource {
    pub(crate) watched: Watched,
    pub(crate) read: Result<ShowFile, Failure>,
}

impl ShowSource {
    pub(crate) fn read(path: &Path) -> Self {
        Self { watched: Watched::new(path), read: read_show(path) }
    }
}

/// Takes the file over whenever it changes; for ever.
pub(crate) async fn watch(source: ShowSource, data_dir: &Path, engine: &Engine) {
    let ShowSource { mut watched, read: mut next } = source;
    let kept = data_dir.join(TAKEN);
    let before = fs::read(&kept).ok().and_then(|bytes| serde_json::from_slice::<ShowFile>(&bytes).ok());
    let mut taken = before.or_else(|| next.as_ref().ok().cloned());
    let mut told = String::new();
    loop {
        let mut again = false;
        let done = match &next {
            Ok(file) => match take_over(taken.as_ref().unwrap_or(file), file, &watched.path, engine).await {
                Ok(commands) => {
                    if commands > 0 {
                        tracing::info!("{}: {commands} changes are on air", watched.path.display());
                    }
                    if let Err(e) = keep(&kept, file) {
                        tracing::warn!("{}: {e}", kept.display());
                    }
                    taken = Some(file.clone());
                    Ok(())
                }
                // Others may have been in the way, or the store away.
                Err(e) => {
                    again = true;
                    Err(e.to_string())
                }
            },
            Err(e) => Err(e.to_string()),
        };
        match done {
            Err(reason) if reason != told => {
                tracing::warn!("the show stays as it is: {reason}");
                engine.notices().tell(Happening::ShowFileRefused { reason: reason.clone() });
                told = reason;
            }
            Err(_) => {}
            Ok(()) => told.clear(),
        }
        let since = Instant::now();
        let changed = loop {
            tokio::time::sleep(EVERY).await;
            if watched.has_changed() {
                break true;
            }
            if again && since.elapsed() >= AGAIN {
                break false;
            }
        };
        if changed {
            next = read_show(&watched.path);
        }
    }
}

/// Does what has changed between two versions of the file; gives how many commands that took.
async fn take_over(before: &ShowFile, next: &ShowFile, path: &Path, engine: &Engine) -> Result<usize, Failure> {
    let control = engine.control();
    let state = control.state();
    let changes = before.changes_to(next, &state.show, control.now(), &control.limits());
    let commands = changes.map_err(|e| match e {
        // As for a file that is wrong in itself: with its line.
        Rejection::Invalid(e) => {
            let text = fs::read_to_string(path).unwrap_or_default();
            Failure::Show(format!("{}:{}: {e}", path.display(), scene::line_of(&text, &e.field)))
        }
        other => CommandError::Rejected(other).into(),
    })?;
    let count = commands.len();
    if count > 0 {
        let by: Option<Id> = "show-file".parse().ok();
        control.submit_under(Terms { by, ..Terms::default() }, Command::Batch { commands }).await?;
    }
    Ok(count)
}

/// Whole or not at all: what is there after a crash is read.
fn keep(path: &Path, file: &ShowFile) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    new.write_all(&serde_json::to_vec(file)?)?;
    new.as_file().sync_all()?;
    new.persist(path).map(drop).map_err(|e| e.error)
}
