//! `serve --show FILE --watch`: what is edited in the file comes on air as it is saved.
//!
//! The version that was taken over last is kept in the data folder: what is edited while the service is away comes on
//! air when it is back, and what callers have changed meanwhile stays.

use crate::setup::{Failure, read_show};
use engine::{CommandError, Engine, Happening, Terms};
use scene::{Command, Id, ShowFile};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How often the file is looked at. Polled: editors replace files, and not every file system tells.
const EVERY: Duration = Duration::from_millis(250);
/// The name of the version that was taken over last, in the data folder.
const TAKEN: &str = "watched-show.json";

/// A file that is looked at again and again.
pub(crate) struct Watched {
    path: PathBuf,
    stamp: Option<Stamp>,
}

/// What is different when a file is: when it was written, and how long it is.
type Stamp = (SystemTime, u64);

impl Watched {
    pub(crate) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), stamp: stamp(path) }
    }

    /// Whether it is another one than when it was asked last.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now = stamp(&self.path);
        std::mem::replace(&mut self.stamp, now) != now
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let about = fs::metadata(path).ok()?;
    Some((about.modified().ok()?, about.len()))
}

/// Takes the file over whenever it changes; for ever.
pub(crate) async fn watch(path: &Path, first: ShowFile, data_dir: &Path, engine: &Engine) {
    let mut watched = Watched::new(path);
    let kept = data_dir.join(TAKEN);
    let before = fs::read(&kept).ok().and_then(|bytes| serde_json::from_slice::<ShowFile>(&bytes).ok());
    let mut taken = before.unwrap_or_else(|| first.clone());
    let mut next = Ok(first);
    loop {
        let done = match next {
            Ok(file) => take_over(&taken, &file, engine).await.map(|commands| (commands, file)),
            Err(e) => Err(e),
        };
        match done {
            Ok((commands, file)) => {
                if commands > 0 {
                    tracing::info!("{}: {commands} changes are on air", path.display());
                }
                if let Err(e) = keep(&kept, &file) {
                    tracing::warn!("{}: {e}", kept.display());
                }
                taken = file;
            }
            Err(e) => {
                tracing::warn!("the show stays as it is: {e}");
                engine.notices().tell(Happening::ShowFileRefused { reason: e.to_string() });
            }
        }
        while !watched.has_changed() {
            tokio::time::sleep(EVERY).await;
        }
        next = read_show(path);
    }
}

/// Does what has changed between two versions of the file; gives how many commands that took.
async fn take_over(before: &ShowFile, next: &ShowFile, engine: &Engine) -> Result<usize, Failure> {
    let control = engine.control();
    let state = control.state();
    let commands = before
        .changes_to(next, &state.show, control.now(), &control.limits())
        .map_err(|e| CommandError::Rejected(e))?;
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
