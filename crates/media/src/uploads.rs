//! Files that callers have sent, kept below a folder of their own.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::atomic::Ordering::Relaxed;
use std::time::{Duration, SystemTime};

/// The folder's name below its root, and the first part of every upload's URL.
const FOLDER: &str = "uploads";
/// What begins the name of a file that is kept only for as long as it is being said.
const PASSING: &str = "speech-";
/// A passing file is kept for so long in any case: whoever sent it is about to name it.
const GRACE: Duration = Duration::from_secs(120);

/// The largest upload.
pub const MAX_UPLOAD_BYTES: u64 = 256 * 1024 * 1024;

/// Files that callers have sent.
#[derive(Clone, Debug)]
pub struct Uploads {
    root: PathBuf,
    /// Bytes of all files together, at most.
    budget: u64,
    ledger: Arc<Ledger>,
}

/// What is on its way, so that many at once do not take the same room.
#[derive(Debug, Default)]
struct Ledger {
    /// Bytes of files that are being sent.
    sending: AtomicU64,
    /// Bytes of all that were ever kept.
    kept: AtomicU64,
}

/// A file of the uploads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// As a layer, track or utterance names it.
    pub url: String,
    /// Its size.
    pub bytes: u64,
}

/// Why a file is not kept.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// It is larger than [`MAX_UPLOAD_BYTES`].
    #[error("larger than the {MAX_UPLOAD_BYTES} bytes allowed")]
    TooLarge,
    /// There is no room for more.
    #[error("the uploads would be more than {0} bytes in all: delete some (DELETE /api/v1/uploads/NAME)")]
    Full(u64),
    /// A name that is none.
    #[error("there is no upload of that name")]
    Unknown,
    /// It cannot be written.
    #[error("the upload cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// A file that is being sent. Dropped before [`Incoming::keep`], it is gone.
pub struct Incoming {
    uploads: Uploads,
    file: tempfile::NamedTempFile,
    share: Share,
    /// Bytes that were there when it began, and had been kept by then.
    there: u64,
    kept_then: u64,
}

/// Its bytes in the ledger, for as long as it is being sent.
struct Share {
    ledger: Arc<Ledger>,
    bytes: u64,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.ledger.sending.fetch_sub(self.bytes, Relaxed);
    }
}

impl Uploads {
    /// Uploads below `root`, which is a folder of the library's; at most `budget` bytes in all.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn new(root: PathBuf, budget: u64) -> std::io::Result<Self> {
        std::fs::create_dir_all(root.join(FOLDER))?;
        // What was being sent when the service was killed.
        for entry in std::fs::read_dir(root.join(FOLDER))?.flatten() {
            if entry.file_name().as_encoded_bytes().starts_with(b".tmp") {
                let _ = std::fs::remove_file(entry.path());
            }
        }
        Ok(Self { root, budget, ledger: Arc::default() })
    }

    /// Begins a file.
    ///
    /// # Errors
    /// There is no room, or the disk fails.
    pub fn begin(&self) -> Result<Incoming, UploadError> {
        // In this order one that is kept just now counts twice rather than not at all.
        let kept_then = self.ledger.kept.load(Relaxed);
        let there: u64 = self.list().iter().map(|upload| upload.bytes).sum();
        if there >= self.budget {
            return Err(UploadError::Full(self.budget));
        }
        let file = tempfile::NamedTempFile::new_in(self.folder())?;
        let share = Share { ledger: self.ledger.clone(), bytes: 0 };
        Ok(Incoming { uploads: self.clone(), file, share, there, kept_then })
    }

    /// Keeps a file that is there whole, for as long as it is being said.
    ///
    /// # Errors
    /// There is no room, or the disk fails.
    pub fn keep_passing(&self, bytes: &[u8]) -> Result<Upload, UploadError> {
        let mut incoming = self.begin()?;
        incoming.write(bytes)?;
        incoming.keep_as(PASSING, "")
    }

    /// All files, by name.
    #[must_use]
    pub fn list(&self) -> Vec<Upload> {
        let entries = std::fs::read_dir(self.folder()).into_iter().flatten().flatten();
        let upload = |entry: std::fs::DirEntry| {
            let name = entry.file_name().into_string().ok().filter(|name| !name.starts_with('.'))?;
            let bytes = entry.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
            Some(Upload { url: format!("{FOLDER}/{name}"), bytes })
        };
        let mut all: Vec<Upload> = entries.filter_map(upload).collect();
        all.sort_by(|a, b| a.url.cmp(&b.url));
        all
    }

    /// Deletes a file by its name.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn delete(&self, name: &str) -> Result<(), UploadError> {
        let plain = !name.is_empty() && !name.starts_with('.') && Path::new(name).file_name() == Some(name.as_ref());
        if !plain || std::fs::remove_file(self.folder().join(name)).is_err() {
            return Err(UploadError::Unknown);
        }
        Ok(())
    }

    /// Deletes what was to be said and is in use no more.
    pub fn sweep(&self, in_use: impl Fn(&str) -> bool) {
        for Upload { url, .. } in self.list() {
            let passing =
                url.strip_prefix(FOLDER).is_some_and(|name| name.trim_start_matches('/').starts_with(PASSING));
            let path = self.root.join(&url);
            let age = || SystemTime::now().duration_since(path.metadata().ok()?.modified().ok()?).ok();
            if passing && !in_use(&url) && age().is_some_and(|age| age > GRACE) {
                let _ = std::fs::remove_file(&path);
            }
        }
    }

    fn folder(&self) -> PathBuf {
        self.root.join(FOLDER)
    }
}

impl Incoming {
    /// Appends to it.
    ///
    /// # Errors
    /// It becomes too large, there is no room, or the disk fails.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        let more = bytes.len() as u64;
        if self.share.bytes + more > MAX_UPLOAD_BYTES {
            return Err(UploadError::TooLarge);
        }
        let ledger = &self.share.ledger;
        let sending = ledger.sending.fetch_add(more, Relaxed) + more;
        self.share.bytes += more;
        let kept_since = ledger.kept.load(Relaxed) - self.kept_then;
        if self.there + kept_since + sending > self.uploads.budget {
            ledger.sending.fetch_sub(more, Relaxed);
            self.share.bytes -= more;
            return Err(UploadError::Full(self.uploads.budget));
        }
        Ok(self.file.write_all(bytes)?)
    }

    /// Keeps it, durably, under a name of its own that ends as `name` does.
    ///
    /// # Errors
    /// The disk fails.
    pub fn keep(self, name: &str) -> Result<Upload, UploadError> {
        let extension = Path::new(name).extension().and_then(|e| e.to_str()).unwrap_or_default();
        let plain = (1..=5).contains(&extension.len()) && extension.bytes().all(|b| b.is_ascii_alphanumeric());
        let ending = if plain { format!(".{}", extension.to_ascii_lowercase()) } else { String::new() };
        self.keep_as("", &ending)
    }

    fn keep_as(self, beginning: &str, ending: &str) -> Result<Upload, UploadError> {
        self.file.as_file().sync_all()?;
        let name = format!("{beginning}{:016x}{ending}", fastrand::u64(..));
        self.file.persist_noclobber(self.uploads.folder().join(&name)).map_err(|e| e.error)?;
        let bytes = self.share.bytes;
        self.share.ledger.kept.fetch_add(bytes, Relaxed);
        drop(self.share);
        std::fs::File::open(self.uploads.folder())?.sync_all()?;
        Ok(Upload { url: format!("{FOLDER}/{name}"), bytes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_listed_bounded_and_deleted() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(dir.path().to_owned(), 10).unwrap();
        let mut incoming = uploads.begin().unwrap();
        incoming.write(b"12345").unwrap();
        let kept = incoming.keep("../../jingle.MP3").unwrap();
        assert!(kept.url.starts_with("uploads/") && kept.url.ends_with(".mp3"), "{}", kept.url);
        assert_eq!(std::fs::read(dir.path().join(&kept.url)).unwrap(), b"12345");
        let mut dropped = uploads.begin().unwrap();
        assert!(matches!(dropped.write(b"123456"), Err(UploadError::Full(10))));
        drop(dropped);
        assert_eq!(uploads.list(), std::slice::from_ref(&kept), "nothing of it is left");
        for wrong in ["", "..", "../x", ".hidden", "nothing"] {
            assert!(uploads.delete(wrong).is_err(), "{wrong}");
        }
        uploads.delete(kept.url.trim_start_matches("uploads/")).unwrap();
        assert!(uploads.list().is_empty());
    }

    #[test]
    fn many_at_once_do_not_take_the_same_room() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(dir.path().to_owned(), 10).unwrap();
        let [mut a, mut b, mut c] = [0; 3].map(|_| uploads.begin().unwrap());
        a.write(b"1234").unwrap();
        b.write(b"1234").unwrap();
        assert!(matches!(c.write(b"123"), Err(UploadError::Full(10))), "8 are on their way");
        drop(c);
        a.keep("").unwrap();
        b.write(b"56").unwrap();
        let kept = b.keep("").unwrap();
        assert!(matches!(uploads.begin(), Err(UploadError::Full(10))));
        uploads.delete(kept.url.trim_start_matches("uploads/")).unwrap();
        uploads.begin().unwrap().write(b"123456").unwrap();
    }

    #[test]
    fn what_was_said_is_swept_and_what_is_being_said_is_not() {
        let dir = tempfile::tempdir().unwrap();
        let uploads = Uploads::new(dir.path().to_owned(), 100).unwrap();
        let [old, used, new] = [0, 1, 2].map(|i| uploads.keep_passing(&[i]).unwrap());
        for aged in [&old, &used] {
            let file = std::fs::File::options().write(true).open(dir.path().join(&aged.url)).unwrap();
            file.set_modified(SystemTime::now() - GRACE * 2).unwrap();
        }
        uploads.sweep(|url| url == used.url);
        let mut left: Vec<String> = uploads.list().into_iter().map(|upload| upload.url).collect();
        let mut expected = vec![used.url, new.url];
        left.sort();
        expected.sort();
        assert_eq!(left, expected);
    }
}
