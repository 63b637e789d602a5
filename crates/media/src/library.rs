//! What is loaded.

use crate::{MediaError, fetch, image, sound};
use audio::Clip;
use raster::{ImageAsset, Studio};
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Images and clips by URL. Shared between threads.
pub struct Library {
    roots: Vec<PathBuf>,
    studio: Arc<Studio>,
    images: Mutex<HashMap<String, Arc<ImageAsset>>>,
    clips: Mutex<HashMap<String, Arc<Clip>>>,
}

impl Library {
    /// A library whose paths are meant below `roots`, tried in order.
    #[must_use]
    pub fn new(roots: Vec<PathBuf>, studio: Arc<Studio>) -> Self {
        Self { roots, studio, images: Mutex::default(), clips: Mutex::default() }
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
        let image = Arc::new(image::decode(&bytes, &self.studio)?);
        lock(&self.images).insert(url.to_owned(), image.clone());
        Ok(image)
    }

    /// The clip at `url`; read and decoded where it is not loaded yet, which may take seconds.
    ///
    /// # Errors
    /// It is not there, too large or long, broken, or of no known format.
    pub fn clip(&self, url: &str) -> Result<Arc<Clip>, MediaError> {
        if let Some(clip) = self.loaded_clip(url) {
            return Ok(clip);
        }
        let clip = Arc::new(sound::decode(fetch::bytes(url, &self.roots, fetch::MAX_SOUND_BYTES)?)?);
        lock(&self.clips).insert(url.to_owned(), clip.clone());
        Ok(clip)
    }

    /// The image at `url`, where it is loaded.
    #[must_use]
    pub fn loaded_image(&self, url: &str) -> Option<Arc<ImageAsset>> {
        lock(&self.images).get(url).cloned()
    }

    /// The clip at `url`, where it is loaded.
    #[must_use]
    pub fn loaded_clip(&self, url: &str) -> Option<Arc<Clip>> {
        lock(&self.clips).get(url).cloned()
    }

    /// Lets go of everything whose URL is not in use and that nobody holds.
    pub fn keep_only(&self, in_use: impl Fn(&str) -> bool) {
        lock(&self.images).retain(|url, image| in_use(url) || Arc::strong_count(image) > 1);
        lock(&self.clips).retain(|url, clip| in_use(url) || Arc::strong_count(clip) > 1);
    }
}

/// A lock whose holder panicked is still sound: each critical section is one call on a map.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
