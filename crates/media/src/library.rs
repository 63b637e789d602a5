//! What is loaded.

use crate::{MediaError, fetch, image, sound};
use audio::Clip;
use raster::{ImageAsset, Lut, Studio};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Images, tables of colours and clips by URL. Shared between threads.
pub struct Library {
    roots: Vec<PathBuf>,
    studio: Arc<Studio>,
    images: Mutex<Images>,
    luts: Mutex<HashMap<String, Arc<Lut>>>,
    clips: Mutex<HashMap<String, Arc<Clip>>>,
    /// How long sounds are that have been looked at, in seconds.
    lengths: Mutex<HashMap<String, f64>>,
    /// Held while a picture is decoded: a large one takes a quarter of all memory, two would take half.
    decoding: Mutex<()>,
}

/// Lengths that are remembered.
const MAX_LENGTHS: usize = 5_000;

/// Decoded images, the least recently used of which go when they are more than the budget.
struct Images {
    /// Bytes that are kept for the next size that an image is drawn in. What is drawn has rasters of
    /// its own.
    budget: usize,
    loaded: HashMap<String, (Arc<ImageAsset>, u64)>,
    looks: u64,
}

impl Images {
    fn look(&mut self, url: &str) -> Option<Arc<ImageAsset>> {
        self.looks += 1;
        let (image, seen) = self.loaded.get_mut(url)?;
        *seen = self.looks;
        Some(image.clone())
    }

    fn keep(&mut self, url: &str, image: Arc<ImageAsset>) {
        self.looks += 1;
        self.loaded.insert(url.to_owned(), (image, self.looks));
        self.make_room();
    }

    fn make_room(&mut self) {
        let mut bytes: usize = self.loaded.values().map(|(image, _)| image.bytes()).sum();
        while bytes > self.budget {
            // What somebody holds is being drawn from.
            let idle = self.loaded.iter().filter(|(_, (image, _))| Arc::strong_count(image) == 1);
            let oldest = idle.min_by_key(|(_, (_, seen))| *seen).map(|(url, _)| url.clone());
            let Some((gone, _)) = oldest.and_then(|url| self.loaded.remove(&url)) else { return };
            bytes -= gone.bytes();
        }
    }
}

impl Library {
    /// A library whose paths are meant below `roots`, tried in order. It keeps half as many bytes of
    /// decoded images that are not in use as the studio keeps of rasters.
    #[must_use]
    pub fn new(roots: Vec<PathBuf>, studio: Arc<Studio>) -> Self {
        let images = Images { budget: studio.budget() / 2, loaded: HashMap::new(), looks: 0 };
        Self {
            roots,
            studio,
            images: Mutex::new(images),
            luts: Mutex::default(),
            clips: Mutex::default(),
            lengths: Mutex::default(),
            decoding: Mutex::default(),
        }
    }

    /// The image at `url`; read and decoded where it is not loaded yet, which may take seconds.
    ///
    /// # Errors
    /// It is not there, too large, broken, or of no known format.
    pub fn image(&self, url: &str) -> Result<Arc<ImageAsset>, MediaError> {
        if let Some(image) = self.loaded_image(url) {
            return Ok(image);
        }
        let bytes = fetch::bytes(url, &self.roots, fetch::MAX_IMAGE_BYTES)?;
        let _alone = lock(&self.decoding);
        // Somebody else may have wanted it too.
        if let Some(image) = self.loaded_image(url) {
            return Ok(image);
        }
        // What was too large to be kept while it was in use goes first.
        lock(&self.images).make_room();
        let image = Arc::new(image::decode(&bytes, &self.studio)?);
        lock(&self.images).keep(url, image.clone());
        Ok(image)
    }

    /// The table of colours at `url`; read where it is not loaded yet, which may take seconds.
    ///
    /// # Errors
    /// It is not there, too large, or not a `.cube` file.
    pub fn lut(&self, url: &str) -> Result<Arc<Lut>, MediaError> {
        if let Some(lut) = self.loaded_lut(url) {
            return Ok(lut);
        }
        let bytes = fetch::bytes(url, &self.roots, fetch::MAX_IMAGE_BYTES)?;
        let text = String::from_utf8(bytes).map_err(|_| MediaError::Lut("it is not text".to_owned()))?;
        let lut = Arc::new(Lut::parse(&text).map_err(|e| MediaError::Lut(e.to_string()))?);
        lock(&self.luts).insert(url.to_owned(), lut.clone());
        Ok(lut)
    }

    /// The table of colours at `url`, where it is loaded.
    #[must_use]
    pub fn loaded_lut(&self, url: &str) -> Option<Arc<Lut>> {
        lock(&self.luts).get(url).cloned()
    }

    /// The clip at `url`; read and decoded where it is not loaded yet, which may take seconds.
    ///
    /// # Errors
    /// It is not there, too large or long, broken, or of no known format.
    pub fn clip(&self, url: &str) -> Result<Arc<Clip>, MediaError> {
        if let Some(clip) = self.loaded_clip(url) {
            return Ok(clip);
        }
        let clip = Arc::new(sound::decode(fetch::bytes(url, &self.roots, fetch::MAX_SOUND_BYTES)?.into())?);
        lock(&self.clips).insert(url.to_owned(), clip.clone());
        Ok(clip)
    }

    /// Lets go of decoded images that nobody holds, but for those that move: each of their frames is drawn from them.
    pub fn forget_idle(&self) {
        let idle = |image: &Arc<ImageAsset>| !matches!(**image, ImageAsset::Lottie(_)) && Arc::strong_count(image) == 1;
        let gone: Vec<_> = lock(&self.images).loaded.extract_if(|_, (image, _)| idle(image)).collect();
        // Freed once nobody waits for the lock.
        drop(gone);
    }

    /// How long the sound at `url` is, in seconds; looked up where that is not known yet, which may take
    /// seconds.
    ///
    /// # Errors
    /// As [`Library::clip`].
    pub fn measure(&self, url: &str) -> Result<f64, MediaError> {
        if let Some(seconds) = self.seconds(url) {
            return Ok(seconds);
        }
        let bytes = fetch::bytes(url, &self.roots, fetch::MAX_SOUND_BYTES)?.into();
        let seconds = match sound::seconds(&bytes) {
            Some(seconds) => seconds,
            None => clip_seconds(&sound::decode(bytes)?),
        };
        let mut lengths = lock(&self.lengths);
        if lengths.len() >= MAX_LENGTHS {
            lengths.clear();
        }
        lengths.insert(url.to_owned(), seconds);
        Ok(seconds)
    }

    /// How long the sound at `url` is, in seconds, where that is known.
    #[must_use]
    pub fn seconds(&self, url: &str) -> Option<f64> {
        self.loaded_clip(url).map(|clip| clip_seconds(&clip)).or_else(|| lock(&self.lengths).get(url).copied())
    }

    /// The image at `url`, where it is loaded.
    #[must_use]
    pub fn loaded_image(&self, url: &str) -> Option<Arc<ImageAsset>> {
        lock(&self.images).look(url)
    }

    /// The clip at `url`, where it is loaded.
    #[must_use]
    pub fn loaded_clip(&self, url: &str) -> Option<Arc<Clip>> {
        lock(&self.clips).get(url).cloned()
    }

    /// Lets go of everything whose URL is not in use and that nobody holds.
    pub fn keep_only(&self, in_use: impl Fn(&str) -> bool) {
        lock(&self.images).loaded.retain(|url, (image, _)| in_use(url) || Arc::strong_count(image) > 1);
        lock(&self.luts).retain(|url, lut| in_use(url) || Arc::strong_count(lut) > 1);
        lock(&self.clips).retain(|url, clip| in_use(url) || Arc::strong_count(clip) > 1);
    }
}

fn clip_seconds(clip: &Clip) -> f64 {
    clip.len() as f64 / f64::from(audio::RATE)
}

/// A lock whose holder panicked is still sound: each critical section is one call on a map.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
