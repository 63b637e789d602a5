//! What layers and tracks need, ready before it is needed.

use audio::Clip;
use media::{Library, MediaError};
use raster::{ImageAsset, Lut, Raster, RasterError, Studio};
use scene::{
    Canvas, FieldError, Layer, LayerKind, Need, Seconds, Show, ShowTime, Source, SourceKind, Track, Utterance,
};
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// What a command has loaded. While it is held, nothing of it is let go of.
#[derive(Default)]
#[allow(dead_code, reason = "what is in it is kept for as long as it lives, and never read")]
pub struct Held {
    clips: Vec<Arc<Clip>>,
    luts: Vec<Arc<Lut>>,
    rasters: Vec<Arc<Raster>>,
    /// Something else stands in for what could not be loaded.
    lacking: bool,
}

/// How many pixels of a picture of `size` one unit of a layer takes.
fn drawn_scale(scale: f64, canvas: Canvas, size: (u32, u32)) -> f64 {
    let (across, down) = (f64::from(size.0) / f64::from(canvas.width), f64::from(size.1) / f64::from(canvas.height));
    scale * across.min(down)
}

/// The most bytes of added fonts; they are held in memory.
const FONT_BUDGET: usize = 128 * 1024 * 1024;

/// Decoded pictures up to this size are drawn by the loop itself, where it has none of another size: some
/// milliseconds.
const DRAWN_AT_ONCE: usize = 8 << 20;

/// The shortest file of a playlist, in seconds.
const SHORTEST: f64 = 0.5;

/// How long until something that could not be loaded is tried again.
const RETRY: Duration = Duration::from_secs(10);

/// Images, clips and rasters for the show.
pub struct Assets {
    library: Library,
    studio: Arc<Studio>,
    /// What is missing: why, and when it was last tried.
    missing: Mutex<HashMap<String, (String, Instant)>>,
    /// Where added fonts are kept, and the families of each.
    fonts: Mutex<Shelf>,
    /// Texts and shapes that could not be drawn at a scale.
    undrawable: Mutex<HashSet<(u128, u64)>>,
    /// Displacement maps by URL, as sources.
    maps: Mutex<HashMap<String, Arc<Source>>>,
    /// Where pictures are asked for that the loop found missing; `None` off-line, where it waits.
    loader: Option<Loader>,
}

/// The fonts that were added.
#[derive(Default)]
struct Shelf {
    folder: Option<PathBuf>,
    /// What they are in all.
    bytes: usize,
    families: HashMap<PathBuf, Vec<String>>,
}

/// Why a font was not added.
#[derive(Debug, thiserror::Error)]
pub enum FontError {
    /// It cannot be used.
    #[error(transparent)]
    Unusable(#[from] RasterError),
    /// There is no room for more.
    #[error("the added fonts are more than {FONT_BUDGET} bytes in all")]
    Full,
    /// It cannot be kept.
    #[error("the font cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Writes a file so that it is whole or not there, whatever happens.
fn write_durably(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let aside = path.with_extension("new");
    let mut file = std::fs::File::create(&aside)?;
    std::io::Write::write_all(&mut file, bytes)?;
    file.sync_all()?;
    std::fs::rename(&aside, path)?;
    std::fs::File::open(folder)?.sync_all()
}

/// A thread that makes pictures in the sizes that the loop would like to have.
struct Loader {
    wanted: SyncSender<(Arc<Source>, f64)>,
    /// What has been asked for and is not done, and what could not be done and when that was.
    asked: Mutex<HashMap<u128, Option<Instant>>>,
}

impl Assets {
    /// Assets whose paths are meant below `roots`, for a live show: the loop never waits for a
    /// picture, and goes on with one of another size until a better one is made.
    #[must_use]
    pub fn new(roots: Vec<PathBuf>, studio: Arc<Studio>) -> Arc<Self> {
        Arc::new_cyclic(|own: &Weak<Self>| {
            let (wanted, requests) = std::sync::mpsc::sync_channel(64);
            let own = own.clone();
            let spawned = std::thread::Builder::new().name("pictures".to_owned()).spawn(move || load(&own, &requests));
            if let Err(e) = spawned {
                tracing::warn!("pictures keep the size in which they were loaded: no thread to make others: {e}");
            }
            Self::with_loader(roots, studio, Some(Loader { wanted, asked: Mutex::default() }))
        })
    }

    /// The same for off-line work: a picture is always of the size that it is drawn in.
    #[must_use]
    pub fn patient(roots: Vec<PathBuf>, studio: Arc<Studio>) -> Arc<Self> {
        Arc::new(Self::with_loader(roots, studio, None))
    }

    fn with_loader(roots: Vec<PathBuf>, studio: Arc<Studio>, loader: Option<Loader>) -> Self {
        let library = Library::new(roots, studio.clone());
        Self {
            library,
            studio,
            missing: Mutex::default(),
            fonts: Mutex::default(),
            undrawable: Mutex::default(),
            maps: Mutex::default(),
            loader,
        }
    }

    /// The raster of a source at `scale` pixels a unit, or `None` while its image is not loaded.
    /// Never waits for a file, unless off-line.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub fn raster(&self, source: &Arc<Source>, scale: f64) -> Result<Option<Arc<Raster>>, RasterError> {
        let made = self.own_raster(source, scale);
        match (&made, source.kind()) {
            (Ok(None) | Err(_), SourceKind::Image(image)) => match image.stand_in() {
                Some(stand_in) => self.own_raster(&stand_in, scale),
                None => made,
            },
            _ => made,
        }
    }

    fn own_raster(&self, source: &Arc<Source>, scale: f64) -> Result<Option<Arc<Raster>>, RasterError> {
        if let Some(raster) = self.studio.kept(source, scale) {
            return Ok(Some(raster));
        }
        let SourceKind::Image(image) = source.kind() else {
            return self.drawn(source, scale);
        };
        match &self.loader {
            Some(loader) => {
                // What moves is drawn at once, as texts are: its picture is another one in a moment.
                if let Some(asset) = self.library.loaded_image(&image.url)
                    && matches!(*asset, ImageAsset::Lottie(_))
                {
                    return self.studio.raster(source, scale, Some(&asset));
                }
                loader.ask(source, scale);
                if let Some(raster) = self.studio.nearest(source, scale) {
                    return Ok(Some(raster));
                }
                // A picture whose box changes with every frame would never be ready in time.
                match self.library.loaded_image(&image.url).filter(|asset| asset.bytes() <= DRAWN_AT_ONCE) {
                    Some(asset) => self.studio.raster(source, scale, Some(&asset)),
                    None => Ok(None),
                }
            }
            None => match self.library.image(&image.url) {
                Ok(asset) => self.studio.raster(source, scale, Some(&asset)),
                Err(_) => Ok(None),
            },
        }
    }

    /// Lets go of everything that is loaded and not in use at the moment.
    pub fn give_up_caches(&self) {
        self.studio.forget_idle();
        self.library.forget_idle();
    }

    /// Keeps added fonts in `folder`, and adds those that are there already.
    pub fn keep_fonts_in(&self, folder: PathBuf) {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(&folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let mut shelf = lock(&self.fonts);
        for path in paths.iter().filter(|path| path.extension().is_some_and(|e| e == "font")) {
            let added = std::fs::read(path).map_err(|e| e.to_string());
            shelf.bytes += added.as_ref().map_or(0, Vec::len);
            let added = added.and_then(|bytes| self.studio.add_font(bytes).map_err(|e| e.to_string()));
            match added {
                Ok(families) => drop(shelf.families.insert(path.clone(), families)),
                Err(e) => tracing::warn!("{}: {e}", path.display()),
            }
        }
        shelf.folder = Some(folder);
    }

    /// Text and shapes are drawn at once: what they say is to be seen on its frame. What cannot be
    /// drawn is not tried again for every frame.
    fn drawn(&self, source: &Arc<Source>, scale: f64) -> Result<Option<Arc<Raster>>, RasterError> {
        let key = (source.key(), (scale * 16.0).round() as u64);
        if self.loader.is_some() && lock(&self.undrawable).contains(&key) {
            return Ok(self.studio.nearest(source, scale));
        }
        let drawn = self.studio.raster(source, scale, None);
        if drawn.is_err() {
            let mut undrawable = lock(&self.undrawable);
            if undrawable.len() >= 256 {
                undrawable.clear();
            }
            undrawable.insert(key);
        }
        drawn
    }

    /// Adds a font file for good; gives the names of its families. May take a second.
    ///
    /// # Errors
    /// It is no font, too large, or cannot be written.
    pub fn add_font(&self, bytes: Vec<u8>) -> Result<Vec<String>, FontError> {
        let mut shelf = lock(&self.fonts);
        let Some(folder) = shelf.folder.clone() else { return Ok(self.studio.add_font(bytes)?) };
        let mut hasher = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&bytes, &mut hasher);
        let path = folder.join(format!("{:016x}.font", std::hash::Hasher::finish(&hasher)));
        if let Some(families) = shelf.families.get(&path) {
            return Ok(families.clone());
        }
        if shelf.bytes + bytes.len() > FONT_BUDGET {
            return Err(FontError::Full);
        }
        // Kept before it is used: one that could not be kept would be gone after a restart.
        write_durably(&path, &bytes)?;
        let length = bytes.len();
        match self.studio.add_font(bytes) {
            Ok(families) => {
                shelf.bytes += length;
                shelf.families.insert(path, families.clone());
                Ok(families)
            }
            Err(e) => {
                let _ = std::fs::remove_file(&path);
                Err(e.into())
            }
        }
    }

    /// The families that were added.
    #[must_use]
    pub fn added_families(&self) -> Vec<String> {
        let mut families: Vec<String> = lock(&self.fonts).families.values().flatten().cloned().collect();
        families.sort();
        families.dedup();
        families
    }

    /// A table of colours, where it is loaded.
    #[must_use]
    pub fn lut(&self, url: &str) -> Option<Arc<Lut>> {
        self.library.loaded_lut(url)
    }

    /// A displacement map, where it is loaded.
    #[must_use]
    pub fn map(&self, url: &str) -> Option<Arc<Raster>> {
        let source = self.map_source(url);
        self.raster(&source, 1.0).ok().flatten()
    }

    fn map_source(&self, url: &str) -> Arc<Source> {
        let make = || {
            let (sampling, fit) = (scene::Sampling::Smooth, scene::Fit::Fill);
            let (url, time) = (url.to_owned(), scene::Seconds::default());
            let image =
                scene::ImageSource { url, width: None, height: None, fit, sampling, slice: None, time, fallback: None };
            Source::new(SourceKind::Image(image))
        };
        lock(&self.maps).entry(url.to_owned()).or_insert_with(make).clone()
    }

    /// A clip, where it is loaded; off-line it is waited for.
    #[must_use]
    pub fn clip(&self, url: &str) -> Option<Arc<Clip>> {
        if self.loader.is_none() { self.library.clip(url).ok() } else { self.library.loaded_clip(url) }
    }

    /// How long a sound is; looked up where that is not known. May take seconds.
    #[must_use]
    pub fn measure(&self, url: &str) -> Option<Seconds> {
        self.library.measure(url).ok().and_then(Seconds::new)
    }

    /// Loads what a layer needs and draws it as large as it will be seen in a picture of `size`. May
    /// take seconds. What is loaded stays loaded for as long as the answer is held, whatever else
    /// goes on.
    ///
    /// # Errors
    /// What is wrong, with the field that names it.
    pub fn prepare_layer(&self, show: &Show, layer: &Layer, size: (u32, u32)) -> Result<Held, FieldError> {
        let scale = drawn_scale(show.scale_of(layer), show.canvas(), size);
        let mut held = Held::default();
        for need in layer.needs() {
            let file = |index: usize, e: MediaError| FieldError::new(format!("filters[{index}].url"), e.to_string());
            match need {
                Need::Fill(source) => {
                    let made = self.prepare_source(source, scale);
                    let made = made.map_err(|e| FieldError::new(source_field(layer, source, &e), e.to_string()));
                    let stand_in = match source.kind() {
                        SourceKind::Image(image) => image.stand_in(),
                        _ => None,
                    };
                    match (made, stand_in) {
                        (Err(e), Some(stand_in)) => {
                            let wrong = |e: MediaError| FieldError::new("content.fallbackUrl", e.to_string());
                            held.rasters.extend(self.prepare_source(&stand_in, scale).map_err(wrong)?);
                            // Told, and tried again.
                            self.note(format!("layer {}", layer.id()), Err(e));
                            held.lacking = true;
                        }
                        (made, _) => held.rasters.extend(made?),
                    }
                }
                Need::Mask(source) => {
                    let made = self.prepare_source(source, scale);
                    let field = if layer.spec().mask.is_some() { "mask.source" } else { "clip" };
                    held.rasters.extend(made.map_err(|e| FieldError::new(field, e.to_string()))?);
                }
                Need::Lut { index, url } => held.luts.push(self.library.lut(url).map_err(|e| file(index, e))?),
                Need::Map { index, url } => {
                    let made = self.prepare_source(&self.map_source(url), 1.0);
                    held.rasters.extend(made.map_err(|e| file(index, e))?);
                }
            }
        }
        Ok(held)
    }

    /// How large a layer is in its own pixels; a group has no size of its own. May take seconds.
    ///
    /// # Errors
    /// What it shows cannot be had.
    pub fn box_of(&self, show: &Show, layer: &Layer, size: (u32, u32)) -> Result<Option<(f64, f64)>, FieldError> {
        let Some(source) = layer.source() else { return Ok(None) };
        let _held = self.prepare_layer(show, layer, size)?;
        let scale = drawn_scale(show.scale_of(layer), show.canvas(), size);
        let wrong = |message: String| FieldError::new("id", message);
        let raster = self.raster(source, scale).map_err(|e| wrong(e.to_string()))?;
        raster.map(|raster| Some(raster.size())).ok_or_else(|| wrong("how large it is is not known yet".to_owned()))
    }

    fn prepare_source(&self, source: &Source, scale: f64) -> Result<Option<Arc<Raster>>, MediaError> {
        if let Some(raster) = self.studio.kept(source, scale) {
            return Ok(Some(raster));
        }
        let asset = match source.kind() {
            SourceKind::Image(image) => Some(self.library.image(&image.url)?),
            _ => None,
        };
        Ok(self.studio.raster(source, scale, asset.as_deref())?)
    }

    /// Loads the picture of a transition. May take seconds.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn prepare_transition(&self, show: &Show, picture: &Source, size: (u32, u32)) -> Result<Held, FieldError> {
        let made = self.prepare_source(picture, drawn_scale(1.0, show.canvas(), size));
        let made = made.map_err(|e| FieldError::new("transition.imageUrl", e.to_string()))?;
        Ok(Held { rasters: made.into_iter().collect(), ..Held::default() })
    }

    /// How long a sound is, in seconds, where that is known.
    #[must_use]
    pub fn seconds(&self, url: &str) -> Option<f64> {
        self.library.seconds(url)
    }

    /// Loads what a track needs at `at` and soon after. May take seconds. Of a playlist whose files have not
    /// been measured yet, all are.
    ///
    /// # Errors
    /// What is wrong with its file, or one of them.
    pub fn prepare_track(&self, track: &Track, at: ShowTime) -> Result<Held, FieldError> {
        for (i, item) in track.playlist.iter().flat_map(|playlist| &playlist.items).enumerate() {
            if item.length.is_none() {
                let wrong = |e: MediaError| FieldError::new(format!("playlist.items[{i}].url"), e.to_string());
                if self.library.measure(&item.url).map_err(wrong)? < SHORTEST {
                    let message = format!("shorter than the {SHORTEST} seconds that a file of a playlist has at least");
                    return Err(FieldError::new(format!("playlist.items[{i}].url"), message));
                }
            }
        }
        let field = if track.playlist.is_some() { "playlist" } else { "url" };
        let clip = |url: &str| self.library.clip(url).map_err(|e| FieldError::new(field, e.to_string()));
        let clips = track.files_at(at).into_iter().map(clip).collect::<Result<_, _>>()?;
        Ok(Held { clips, ..Held::default() })
    }

    /// Loads what is to be said. May take seconds.
    ///
    /// # Errors
    /// What is wrong with its file.
    pub fn prepare_speech(&self, utterance: &Utterance) -> Result<Held, FieldError> {
        let clip = |url: &String| self.library.clip(url).map_err(|e| FieldError::new("url", e.to_string()));
        let clips = utterance.spec.url.iter().map(clip).collect::<Result<_, _>>()?;
        Ok(Held { clips, ..Held::default() })
    }

    /// Loads what the slate needs. May take seconds.
    ///
    /// # Errors
    /// What is wrong with its picture.
    pub fn prepare_slate(&self, show: &Show, size: (u32, u32)) -> Result<Held, FieldError> {
        let slate = show.slate_show();
        let mut held = Held::default();
        for layer in slate.layers() {
            let loaded = self.prepare_layer(slate, layer, size);
            held.rasters.extend(loaded.map_err(|e| FieldError::new("imageUrl", e.message))?.rasters);
        }
        Ok(held)
    }

    /// Whether a sound is not loaded that is heard at `at` or soon after.
    pub(crate) fn lacks_sound(&self, show: &Show, at: ShowTime) -> bool {
        let missing = lock(&self.missing);
        // What could not be loaded a moment ago is tried again in its time.
        let tried = |what: String| missing.contains_key(&what);
        let absent = |url: &str| self.library.loaded_clip(url).is_none();
        let mut tracks = show.tracks().iter();
        tracks.any(|track| track.files_at(at).into_iter().any(absent) && !tried(format!("track {}", track.id)))
            || show.speech_soon().any(|utterance| {
                utterance.spec.url.as_deref().is_some_and(absent) && !tried(format!("speech {}", utterance.id))
            })
    }

    /// Loads everything that a show needs; what cannot be loaded is remembered as missing and left
    /// out. For shows that are on air already.
    pub fn prepare_show(&self, show: &Show, size: (u32, u32), at: ShowTime) {
        for layer in show.layers() {
            let result = self.prepare_layer(show, layer, size);
            if !result.as_ref().is_ok_and(|held| held.lacking) {
                self.note(format!("layer {}", layer.id()), result.map(drop));
            }
        }
        for layer in show.outgoing() {
            // It is hardly seen any more.
            let _ = self.prepare_layer(show, layer, size);
        }
        for track in show.tracks() {
            let result = self.prepare_track(track, at);
            self.note(format!("track {}", track.id), result.map(drop));
        }
        for utterance in show.speech_soon() {
            let result = self.prepare_speech(utterance);
            self.note(format!("speech {}", utterance.id), result.map(drop));
        }
        self.note("slate".to_owned(), self.prepare_slate(show, size).map(drop));
        let picture = show.transition_picture().map(|picture| self.prepare_transition(show, picture, size));
        if let Some(Err(e)) = picture {
            tracing::warn!("a transition cannot be shown as it should: {e}");
        }
        let known = |what: &str| {
            what == "slate"
                || show.layers().iter().any(|l| what == format!("layer {}", l.id()))
                || show.tracks().iter().any(|t| what == format!("track {}", t.id))
                || show.speech().iter().any(|u| what == format!("speech {}", u.id))
        };
        lock(&self.missing).retain(|what, _| known(what));
    }

    /// Lets go of what the show does not need and no command holds.
    pub(crate) fn keep_only(&self, show: &Show, at: ShowTime) {
        let wanted: HashSet<&str> = urls(show, at).collect();
        self.library.keep_only(|url| wanted.contains(url));
        lock(&self.maps).retain(|url, _| wanted.contains(url.as_str()));
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

/// Makes what is asked for until nobody can ask any more.
fn load(assets: &Weak<Assets>, requests: &Receiver<(Arc<Source>, f64)>) {
    while let Ok((source, scale)) = requests.recv() {
        let Some(assets) = assets.upgrade() else { return };
        // A library that panics on a picture is not to cost all the others.
        let made = catch_unwind(AssertUnwindSafe(|| assets.prepare_source(&source, scale).map(drop)));
        let Some(loader) = &assets.loader else { return };
        let mut asked = lock(&loader.asked);
        if matches!(made, Ok(Ok(()))) {
            asked.remove(&source.key());
        } else {
            tracing::debug!("a picture cannot be made in another size");
            asked.retain(|_, failed| failed.is_none_or(|at| at.elapsed() < RETRY));
            asked.insert(source.key(), Some(Instant::now()));
        }
    }
}

impl Loader {
    /// Asks for a picture, unless that is under way, has failed a moment ago, or too much is.
    fn ask(&self, source: &Arc<Source>, scale: f64) {
        let mut asked = lock(&self.asked);
        let waits = match asked.get(&source.key()) {
            None => false,
            Some(None) => true,
            Some(Some(failed)) => failed.elapsed() < RETRY,
        };
        if !waits && self.wanted.try_send((source.clone(), scale)).is_ok() {
            asked.insert(source.key(), None);
        }
    }
}

/// The sounds that are heard at `at` and soon after.
fn sounds(show: &Show, at: ShowTime) -> impl Iterator<Item = &str> {
    let said = show.speech_soon().filter_map(|utterance| utterance.spec.url.as_deref());
    show.tracks().iter().flat_map(move |track| track.files_at(at)).chain(said)
}

fn urls(show: &Show, at: ShowTime) -> impl Iterator<Item = &str> {
    let layers = show.layers().iter().chain(show.outgoing());
    let needs = layers.flat_map(|layer| layer.needs()).flat_map(|need| match need {
        Need::Fill(source) | Need::Mask(source) => match source.kind() {
            SourceKind::Image(image) => [Some(image.url.as_str()), image.fallback.as_deref()],
            _ => [None, None],
        },
        Need::Lut { url, .. } | Need::Map { url, .. } => [Some(url), None],
    });
    let needs = needs.flatten();
    let transition = show.transition_picture().and_then(|picture| match picture.kind() {
        SourceKind::Image(image) => Some(image.url.as_str()),
        _ => None,
    });
    needs.chain(sounds(show, at)).chain(transition).chain(show.slate().image_url.as_deref())
}

/// Which field of a layer an error of its source is about.
fn source_field(layer: &Layer, source: &Source, error: &MediaError) -> &'static str {
    match (layer.spec().kind, source.kind(), error) {
        (_, SourceKind::Text(_), MediaError::Raster(RasterError::UnknownFont(_))) => "content.style.fontFamily",
        (_, SourceKind::Text(_), _) => "content.content",
        (_, SourceKind::Shape(_), _) => "content.style",
        (LayerKind::VisualFeed, ..) => "content.imageUrl",
        (LayerKind::Overlay | LayerKind::Group, ..) => "content.content",
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
