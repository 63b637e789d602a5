//! Copies of the store, made while the show goes on.

use crate::clock::unix_ms;
use crate::control::{CommandError, Control};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many are kept; the oldest goes when another is made.
const KEPT: usize = 10;

/// A copy of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// The name of its file in the folder of backups. Names sort by age.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// The folder of backups.
pub(crate) struct Backups {
    folder: PathBuf,
    made: AtomicU64,
    /// One at a time.
    making: tokio::sync::Mutex<()>,
}

impl Backups {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder, made: AtomicU64::new(0), making: tokio::sync::Mutex::default() }
    }

    pub(crate) async fn make(&self, control: &Control) -> Result<Backup, CommandError> {
        let _one = self.making.lock().await;
        let failed = |e: std::io::Error| CommandError::Store(format!("{}: {e}", self.folder.display()));
        // They hold stream keys: nobody else looks into them.
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.folder).map_err(failed)?;
        let now =
            jiff::Timestamp::from_millisecond(unix_ms()).unwrap_or_default().strftime("%Y%m%dT%H%M%S").to_string();
        let name = loop {
            let name = format!("{now}-{:04}.db", self.made.fetch_add(1, Ordering::Relaxed));
            if !self.folder.join(&name).exists() {
                break name;
            }
        };
        // It gets its name when it is whole.
        let (new, path) = (self.folder.join("backup.new"), self.folder.join(&name));
        let _ = std::fs::remove_file(&new);
        control.back_up(new.clone()).await?;
        std::fs::rename(&new, &path).map_err(failed)?;
        let older: Vec<Backup> = list(&self.folder).into_iter().filter(|other| other.name != name).collect();
        for old in older.iter().take((older.len() + 1).saturating_sub(KEPT)) {
            let _ = std::fs::remove_file(self.folder.join(&old.name));
        }
        let bytes = std::fs::metadata(&path).map_err(failed)?.len();
        Ok(Backup { name, bytes })
    }

    /// Those that there are, the oldest first.
    pub(crate) fn list(&self) -> Vec<Backup> {
        list(&self.folder)
    }
}

fn list(folder: &Path) -> Vec<Backup> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let backup = |entry: std::fs::DirEntry| {
        let name = entry.file_name().into_string().ok().filter(|name| name.ends_with(".db"))?;
        Some(Backup { name, bytes: entry.metadata().ok()?.len() })
    };
    let mut all: Vec<Backup> = entries.filter_map(backup).collect();
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}
