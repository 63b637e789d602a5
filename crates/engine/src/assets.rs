//! What layers and tracks need, ready before it is needed.

use audio::Clip;
use media::{Library, MediaError};
use raster::{ImageAsset, Raster, RasterError, Studio};
use scene::{Canvas, FieldError, Layer, LayerKind, Show, Source, SourceKind, Track, Transform};
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a command has loaded. While it is held, nothing of it is let go of.
pub struct Held {
    _image: Option<Arc<ImageAsset>>,
    _clip: Option<Arc<Clip>>,
    _raster: Option<Arc<Raster>>,
}

/// How many pixels of a picture of `size` one unit of a layer takes.
pub(crate) fn drawn_scale(transform: &Transform, canvas: Canvas, size: (u32, u32)) -> f64 {
    let (across, down) = (f64::from(size.0) / f64::from(canvas.width), f64::from(size.1) / f64::from(canvas.height));
    transform.scale.x.get().abs().max(transform.scale.y.get().abs()) * across.min(down)
}

/// How long until something that could not be loaded is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// Images, clips and rasters for the show.
pub struct Assets {
    library: Library,
    studio: Arc<Studio>,
    /// What is missing: why, and when it was last tried.
    missing: Mutex<HashMap<String, (String, Instant)>>,
}

impl Assets {
    /// Assets whose paths are meant below `roots`.
    #[must_use]
    pub fn new(roots: Vec<PathBuf>, studio: Arc<Studio>) -> Arc<Self> {
        Arc::new(Self { library: Library::new(roots, studio.clone()), studio, missing: Mutex::default() })
    }

    /// The raster of a source at `scale` pixels a unit, or `None` while its image is not loaded.
    /// Never waits for a file.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub fn raster(&self, source: &Source, scale: f64) -> Result<Option<Arc<Raster>>, RasterError> {
        match source.kind() {
            SourceKind::Image(image) => match self.library.loaded_image(&image.url) {
                Some(asset) => self.studio.raster(source, scale, Some(&asset)),
                None => Ok(None),
            },
            _ => self.studio.raster(source, scale, None),
        }
    }

    /// The clip of a track, where it is loaded.
    #[must_use]
    pub fn clip(&self, track: &Track) -> Option<Arc<Clip>> {
        self.library.loaded_clip(&track.url)
    }

    /// Loads what a layer needs and draws it as large as it will be seen in a picture of `size`. May
    /// take seconds. What is loaded stays loaded for as long as the answer is held, whatever else
    /// goes on.
    ///
    /// # Errors
    /// What is wrong, with the field that names it.
    pub fn prepare_layer(&self, layer: &Layer, canvas: Canvas, size: (u32, u32)) -> Result<Held, FieldError> {
        let scale = drawn_scale(&layer.spec().transform, canvas, size);
        self.prepare_source(layer.source(), scale).map_err(|e| FieldError::new(source_field(layer, &e), e.to_string()))
    }

    fn prepare_source(&self, source: &Source, scale: f64) -> Result<Held, MediaError> {
        let asset = match source.kind() {
            SourceKind::Image(image) => Some(self.library.image(&image.url)?),
            _ => None,
        };
        let raster = self.studio.raster(source, scale, asset.as_deref())?;
        Ok(Held { _image: asset, _clip: None, _raster: raster })
    }

    /// Loads what a track needs. May take seconds.
    ///
    /// # Errors
    /// What is wrong with its file.
    pub fn prepare_track(&self, track: &Track) -> Result<Held, FieldError> {
        let clip = self.library.clip(&track.url).map_err(|e| FieldError::new("url", e.to_string()))?;
        Ok(Held { _image: None, _clip: Some(clip), _raster: None })
    }

    /// Loads everything that a show needs; what cannot be loaded is remembered as missing and left
    /// out. For shows that are on air already.
    pub fn prepare_show(&self, show: &Show, size: (u32, u32)) {
        for layer in show.layers() {
            let result = self.prepare_layer(layer, show.canvas(), size);
            self.note(format!("layer {}", layer.id()), result.map(drop));
        }
        for track in show.tracks() {
            let result = self.prepare_track(track);
            self.note(format!("track {}", track.id), result.map(drop));
        }
        let known = |what: &str| {
            show.layers().iter().any(|l| what == format!("layer {}", l.id()))
                || show.tracks().iter().any(|t| what == format!("track {}", t.id))
        };
        lock(&self.missing).retain(|what, _| known(what));
    }

    /// Lets go of what the show does not need and no command holds.
    pub(crate) fn keep_only(&self, show: &Show) {
        let wanted: HashSet<&str> = urls(show).collect();
        self.library.keep_only(|url| wanted.contains(url));
    }

    /// Whether something is missing that should be tried again now.
    pub(crate) fn retry_due(&self) -> bool {
        lock(&self.missing).values().any(|(_, tried)| tried.elapsed() > RETRY)
    }

    /// What could not be loaded, and why.
    #[must_use]
    pub fn missing(&self) -> Vec<(String, String)> {
        lock(&self.missing).iter().map(|(what, (why, _))| (what.clone(), why.clone())).collect()
    }

    fn note(&self, what: String, result: Result<(), FieldError>) {
        let mut missing = lock(&self.missing);
        match result {
            Ok(()) => drop(missing.remove(&what)),
            Err(e) => {
                if !missing.contains_key(&what) {
                    tracing::warn!("{what} cannot be shown: {e}");
                }
                missing.insert(what, (e.to_string(), Instant::now()));
            }
        }
    }
}

fn urls(show: &Show) -> impl Iterator<Item = &str> {
    let images = show.layers().iter().filter_map(|layer| match layer.source().kind() {
        SourceKind::Image(image) => Some(image.url.as_str()),
        _ => None,
    });
    images.chain(show.tracks().iter().map(|t| t.url.as_str()))
}

/// Which field of a layer an error of its source is about.
fn source_field(layer: &Layer, error: &MediaError) -> &'static str {
    match (layer.spec().kind, layer.source().kind(), error) {
        (_, SourceKind::Text(_), MediaError::Raster(RasterError::UnknownFont(_))) => "content.style.fontFamily",
        (_, SourceKind::Text(_), _) => "content.content",
        (_, SourceKind::Shape(_), _) => "content.style",
        (LayerKind::VisualFeed, ..) => "content.imageUrl",
        (LayerKind::Overlay, ..) => "content.content",
        (LayerKind::Host | LayerKind::Assistant, ..) => {
            let character = layer.spec().character.as_ref();
            if character.is_some_and(|c| c.texture_url.is_some()) {
                "character.textureUrl"
            } else {
                "character.modelUrl"
            }
        }
    }
}

/// A lock whose holder panicked is still sound: each critical section is one call on a map.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
