//! Where rasters are made and kept.

use crate::fonts::Fonts;
use crate::image::ImageAsset;
use crate::raster::Raster;
use crate::svg::Svg;
use crate::{RasterError, shape, text};
use parley::LayoutContext;
use scene::{ImageSource, Sampling, Source, SourceKind};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Makes rasters of sources and keeps those in use. Shared between threads.
pub struct Studio {
    pen: Mutex<Pen>,
    kept: Mutex<Kept>,
}

/// What drawing needs; one drawing at a time.
struct Pen {
    fonts: Fonts,
    shaping: LayoutContext<text::Ink>,
}

/// How large a raster is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    /// Pixels a unit, in sixteenths: what is drawn anew for each scale.
    Drawn(u32),
    /// A picture in its own size, halved so many times. One that is halved less often serves as well:
    /// the sampler takes its smaller levels.
    Halved(u32),
}

/// At four times its size nobody sees the difference any more.
fn sixteenths(scale: f64) -> u32 {
    (scale.abs() * 16.0).round().clamp(1.0, 64.0) as u32
}

/// How often a picture in its own size is halved before it is drawn at `scale`.
fn halvings(image: &ImageSource, scale: f64) -> u32 {
    let shrink = 1.0 / scale.abs().max(1e-6);
    // Pixel art is not averaged.
    if image.sampling == Sampling::Nearest || shrink <= 1.0 { 0 } else { (shrink.log2().round() as u32).min(14) }
}

/// Bytes of text and shapes that are kept though nobody shows them. They are made again within a millisecond
/// or two, and a clock or a countdown makes one a second: with the whole budget to fill, memory would grow
/// for hours (5 MB a minute was measured).
const IDLE_INK: usize = 8 << 20;
/// What is larger is no clock, and takes longer to make.
const LARGE_INK: usize = 1 << 20;

/// The cache: by the source's key, and then by size.
struct Kept {
    rasters: HashMap<u128, Vec<Entry>>,
    bytes: usize,
    budget: usize,
    /// Counts looks; the least recently seen goes first.
    looks: u64,
}

struct Entry {
    size: Size,
    raster: Arc<Raster>,
    bytes: usize,
    seen: u64,
    /// A text or a shape, and a small one.
    ink: bool,
}

impl Entry {
    /// Nobody holds it: what is on stage is held by its layer.
    fn idle(&self) -> bool {
        Arc::strong_count(&self.raster) == 1
    }
}

impl Studio {
    /// A studio whose cache keeps to `budget` bytes.
    #[must_use]
    pub fn new(fonts: Fonts, budget: usize) -> Self {
        Self {
            pen: Mutex::new(Pen { fonts, shaping: LayoutContext::new() }),
            kept: Mutex::new(Kept { rasters: HashMap::new(), bytes: 0, budget, looks: 0 }),
        }
    }

    /// The raster of `source` for a layer that is drawn at `scale` pixels a unit. An image needs
    /// its `asset`; without it there is nothing to draw.
    ///
    /// Text, shapes and drawings are made at the scale at which they are seen, in steps of a
    /// sixteenth, so that they stay sharp; pictures in their own size are halved as often as they are
    /// shrunk. What is left is the sampler's.
    ///
    /// # Errors
    /// It cannot be drawn.
    pub fn raster(
        &self,
        source: &Source,
        scale: f64,
        asset: Option<&ImageAsset>,
    ) -> Result<Option<Arc<Raster>>, RasterError> {
        if let Some(raster) = self.kept(source, scale) {
            return Ok(Some(raster));
        }
        let mut size = Size::Drawn(sixteenths(scale));
        let drawn_scale = f64::from(sixteenths(scale)) / 16.0;
        let made = match source.kind() {
            SourceKind::Text(text) => {
                let Pen { fonts, shaping } = &mut *lock(&self.pen);
                // What a broken table of a font makes the libraries do is to cost no more than the text.
                let draw = AssertUnwindSafe(|| text::raster(text, drawn_scale, fonts, shaping));
                catch_unwind(draw).unwrap_or_else(|_| {
                    *shaping = LayoutContext::new();
                    Err(RasterError::Font("the text cannot be drawn: a font of it is broken".to_owned()))
                })?
            }
            SourceKind::Shape(shape) => shape::raster(shape, drawn_scale)?,
            SourceKind::Image(image) => {
                let Some(asset) = asset else { return Ok(None) };
                let halvings = halvings(image, scale);
                if matches!(asset, ImageAsset::Bitmap(_)) && image.width.is_none() && image.height.is_none() {
                    size = Size::Halved(halvings);
                }
                asset.raster(image, drawn_scale, halvings)?
            }
        };
        let ink = !matches!(source.kind(), SourceKind::Image(_));
        lock(&self.kept).keep(source.key(), size, made.clone(), ink);
        Ok(Some(made))
    }

    /// The raster of `source` for that scale, where it is kept.
    #[must_use]
    pub fn kept(&self, source: &Source, scale: f64) -> Option<Arc<Raster>> {
        lock(&self.kept).look(source, scale)
    }

    /// The raster of `source` that is kept at the scale nearest to this one: to go on with while a
    /// better one is made.
    #[must_use]
    pub fn nearest(&self, source: &Source, scale: f64) -> Option<Arc<Raster>> {
        lock(&self.kept).nearest(source, scale)
    }

    /// Adds a font file; gives the names of its families.
    ///
    /// # Errors
    /// It is too large, is no font, or there are too many.
    pub fn add_font(&self, bytes: Vec<u8>) -> Result<Vec<String>, RasterError> {
        lock(&self.pen).fonts.add(bytes)
    }

    /// Reads an SVG with the studio's fonts.
    ///
    /// # Errors
    /// It is no SVG, too large in itself or once its references are followed, or refers to a file or
    /// an address outside of itself.
    pub fn svg(&self, bytes: &[u8]) -> Result<Svg, RasterError> {
        // The fonts alone are taken under the lock: a large document takes long to read.
        let fonts = lock(&self.pen).fonts.database();
        Svg::parse(bytes, fonts)
    }

    /// Lets go of all that nobody holds.
    pub fn forget_idle(&self) {
        let mut gone = Vec::new();
        {
            let mut kept = lock(&self.kept);
            for entries in kept.rasters.values_mut() {
                gone.extend(entries.extract_if(.., |entry| entry.idle()));
            }
            kept.rasters.retain(|_, entries| !entries.is_empty());
            kept.bytes -= gone.iter().map(|entry| entry.bytes).sum::<usize>();
        }
        // Freed once nobody waits for the lock.
        drop(gone);
    }

    /// Bytes that the cache keeps to.
    #[must_use]
    pub fn budget(&self) -> usize {
        lock(&self.kept).budget
    }

    /// Bytes that the cache holds.
    #[must_use]
    pub fn cached_bytes(&self) -> usize {
        lock(&self.kept).bytes
    }
}

impl Kept {
    fn look(&mut self, source: &Source, scale: f64) -> Option<Arc<Raster>> {
        self.looks += 1;
        let halvings = match source.kind() {
            SourceKind::Image(image) => halvings(image, scale),
            _ => 0,
        };
        let drawn = sixteenths(scale);
        let entries = self.rasters.get_mut(&source.key())?;
        // The smallest picture that is large enough, or the drawing of that very size.
        let fits = |entry: &&mut Entry| match entry.size {
            Size::Drawn(size) => size == drawn,
            Size::Halved(times) => times <= halvings,
        };
        let entry = entries.iter_mut().filter(fits).min_by_key(|entry| entry.bytes)?;
        entry.seen = self.looks;
        Some(entry.raster.clone())
    }

    fn nearest(&mut self, source: &Source, scale: f64) -> Option<Arc<Raster>> {
        let off = |entry: &&mut Entry| (entry.raster.scale() / scale.abs().max(1e-6)).ln().abs();
        let entries = self.rasters.get_mut(&source.key())?;
        let entry = entries.iter_mut().min_by(|a, b| off(a).total_cmp(&off(b)))?;
        entry.seen = self.looks;
        Some(entry.raster.clone())
    }

    fn keep(&mut self, key: u128, size: Size, raster: Arc<Raster>, ink: bool) {
        let bytes = raster.bytes();
        self.bytes += bytes;
        let entries = self.rasters.entry(key).or_default();
        if let Some(at) = entries.iter().position(|entry| entry.size == size) {
            self.bytes -= entries.swap_remove(at).bytes;
        }
        entries.push(Entry { size, raster, bytes, seen: self.looks, ink: ink && bytes < LARGE_INK });
        // Linear searches: the cache holds some hundred rasters, and this runs when one is made.
        let idle_ink = |entry: &Entry| entry.ink && entry.idle();
        while self.entries().filter(|(_, e)| idle_ink(e)).map(|(_, e)| e.bytes).sum::<usize>() > IDLE_INK
            && self.forget_oldest(idle_ink)
        {}
        while self.bytes > self.budget && self.forget_oldest(Entry::idle) {}
    }

    fn entries(&self) -> impl Iterator<Item = (u128, &Entry)> {
        self.rasters.iter().flat_map(|(key, entries)| entries.iter().map(move |entry| (*key, entry)))
    }

    /// Gives up the least recently seen of those that `which` picks; whether there was one.
    fn forget_oldest(&mut self, which: impl Fn(&Entry) -> bool) -> bool {
        let oldest = self.entries().filter(|(_, e)| which(e)).map(|(key, e)| (key, e.seen)).min_by_key(|(_, s)| *s);
        let Some((key, seen)) = oldest else { return false };
        let Some(entries) = self.rasters.get_mut(&key) else { return false };
        if let Some(at) = entries.iter().position(|e| e.seen == seen && which(e)) {
            self.bytes -= entries.swap_remove(at).bytes;
        }
        if entries.is_empty() {
            self.rasters.remove(&key);
        }
        true
    }
}

/// A lock whose holder panicked is still sound: every critical section leaves its data whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use scene::TextSource;

    fn text(content: &str, style: &str) -> Arc<Source> {
        Source::new(SourceKind::Text(TextSource {
            text: content.to_owned(),
            runs: Vec::new(),
            style: serde_json::from_str(style).unwrap(),
        }))
    }

    fn studio(budget: usize) -> Studio {
        Studio::new(Fonts::bundled_only(), budget)
    }

    fn made(studio: &Studio, source: &Source, scale: f64) -> Arc<Raster> {
        studio.raster(source, scale, None).unwrap().unwrap()
    }

    #[test]
    fn what_was_made_is_kept_and_the_oldest_goes_first() {
        let studio = studio(400_000);
        let first = text("first", "{}");
        let version = made(&studio, &first, 1.0).version();
        assert_eq!(made(&studio, &first, 1.01).version(), version, "the same sixteenth");
        for i in 0..40 {
            made(&studio, &text(&format!("number {i}"), "{}"), 1.0);
            made(&studio, &first, 1.0);
        }
        assert_eq!(made(&studio, &first, 1.0).version(), version, "in use: kept");
        assert!(studio.cached_bytes() <= 400_000);
        let zero = text("number 0", "{}");
        assert!(made(&studio, &zero, 1.0).version() > version, "long unseen: made again");
    }

    #[test]
    fn a_clock_does_not_fill_the_cache() {
        let studio = studio(1 << 30);
        let shown = made(&studio, &text("shown all along", "{}"), 1.0);
        let mut last = 0;
        for second in 0..600 {
            last = made(&studio, &text(&format!("{second}"), r#"{"fontSize": 60}"#), 1.0).bytes();
        }
        assert!(studio.cached_bytes() <= (8 << 20) + shown.bytes() + last, "{}", studio.cached_bytes());
        let again = made(&studio, &text("shown all along", "{}"), 1.0);
        assert_eq!(again.version(), shown.version(), "what somebody holds stays");
    }

    #[test]
    fn text_has_ink_where_it_should_and_wraps() {
        let studio = studio(1 << 24);
        let one = made(&studio, &text("ON AIR", r#"{"fontSize": 100}"#), 1.0);
        assert!((110.0..130.0).contains(&one.size().1), "{:?}", one.size());
        let white = (0..one.base().height()).flat_map(|y| one.base().row(y)).filter(|p| **p == u32::MAX).count();
        assert!(white > 3_000, "{white} white pixels");
        let wrapped = made(&studio, &text("ON AIR", r#"{"fontSize": 100, "width": 250}"#), 1.0);
        assert!((220.0..260.0).contains(&wrapped.size().1), "two lines: {:?}", wrapped.size());
        let twice = made(&studio, &text("ON AIR", r#"{"fontSize": 100}"#), 2.0);
        assert_eq!((twice.scale(), twice.size().1.round()), (2.0, one.size().1.round()), "sharp when large");
    }

    #[test]
    fn a_font_that_does_not_exist_is_an_error() {
        let wrong = text("x", r#"{"fontFamily": "Comic Papyrus"}"#);
        let error = studio(1 << 20).raster(&wrong, 1.0, None).unwrap_err();
        assert_eq!(error, RasterError::UnknownFont("Comic Papyrus".into()));
    }

    #[test]
    fn figures_of_one_width_do_not_jump() {
        let studio = studio(1 << 24);
        let width = |content: &str, tabular: bool| {
            let style = format!(r#"{{"fontSize": 60, "tabularNumbers": {tabular}}}"#);
            made(&studio, &text(content, &style), 1.0).size().0
        };
        assert_eq!(width("11:11", true), width("08:08", true));
        assert!(width("11:11", false) < width("08:08", false));
    }

    #[test]
    fn text_that_is_too_long_is_cut_or_shrunk_to_its_box() {
        let studio = studio(1 << 24);
        let long = "A title that is much too long for the box that it has";
        let size = |more: &str| {
            let style = format!(r#"{{"fontSize": 40, "width": 300, {more}}}"#);
            made(&studio, &text(long, &style), 1.0).size()
        };
        let line = size(r#""maxLines": 1, "overflow": "ellipsis""#).1;
        assert!((40.0..60.0).contains(&line), "{line}");
        let all = size(r#""overflow": "visible""#).1;
        assert!(all > 150.0, "{all}");
        let ink = |more: &str| {
            let style = format!(r#"{{"fontSize": 40, "width": 300, "height": 60, {more}}}"#);
            let raster = made(&studio, &text(long, &style), 1.0);
            let rows = 0..raster.base().height();
            rows.filter(|y| raster.base().row(*y).iter().any(|p| *p != 0)).count()
        };
        assert!(ink(r#""overflow": "shrink""#) <= 60);
        assert!(ink(r#""overflow": "visible""#) > 100);
    }

    #[test]
    fn runs_may_be_cut_anywhere() {
        let studio = studio(1 << 24);
        let runs = |text: &str, at: usize| {
            let style = serde_json::from_str(r#"{"color": "gold", "fontSize": 30}"#).unwrap();
            vec![(at..text.len(), style)]
        };
        let words = "Sold for 12.5 ETH, \u{1f528} wärmstens";
        for at in (0..words.len()).filter(|at| words.is_char_boundary(*at)) {
            for width in [40, 90, 130, 200, 300] {
                let style = format!(r#"{{"fontSize": 30, "width": {width}, "maxLines": 1, "overflow": "ellipsis"}}"#);
                let style = serde_json::from_str(&style).unwrap();
                let source = TextSource { text: words.to_owned(), runs: runs(words, at), style };
                made(&studio, &Source::new(SourceKind::Text(source)), 1.0);
            }
        }
    }

    #[test]
    fn every_script_of_the_bundled_fonts_has_glyphs() {
        let studio = studio(1 << 24);
        // What no font has is drawn as an empty box, the same for all of it.
        let nothing = made(&studio, &text("\u{10ffff}", "{}"), 1.0);
        let pixels = |r: &Raster| r.base().framed_pixels().to_vec();
        for letter in ["a", "Ж", "Ω", "م", "ש", "न", "拍", "ク", "경"] {
            let drawn = made(&studio, &text(letter, "{}"), 1.0);
            assert!(pixels(&drawn) != pixels(&nothing), "{letter}");
            assert!(pixels(&drawn).iter().any(|p| *p != 0), "{letter}");
        }
        let joined = made(&studio, &text("سلام", "{}"), 1.0).size().0;
        let apart = made(&studio, &text("س\u{200c}ل\u{200c}ا\u{200c}م", "{}"), 1.0).size().0;
        assert!(joined < apart, "letters join: {joined} {apart}");
    }

    #[test]
    fn broken_fonts_are_refused_or_drawn_and_never_panic() {
        let studio = studio(1 << 24);
        assert!(studio.add_font(b"no font".to_vec()).unwrap_err().to_string().contains("neither TrueType"));
        assert!(studio.add_font(vec![0; 40 << 20]).unwrap_err().to_string().contains("at most"));
        let hebrew = include_bytes!("../fonts/NotoSansHebrew-Regular.ttf");
        // A deterministic scatter of broken bytes over every table.
        for seed in 0..60u64 {
            let mut bytes = hebrew.to_vec();
            let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
            for _ in 0..40 {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = (state >> 33) as usize % bytes.len();
                bytes[at] = (state >> 17) as u8;
            }
            let studio = Studio::new(Fonts::bundled_only(), 1 << 24);
            if let Ok(families) = studio.add_font(bytes) {
                let style = serde_json::json!({"fontFamily": families[0]}).to_string();
                let _ = studio.raster(&text("שלום abc", &style), 1.0, None);
            }
        }
    }

    #[test]
    fn text_too_large_for_memory_is_an_error() {
        let wide = text(&"W".repeat(4000), r#"{"fontSize": 1000}"#);
        assert!(matches!(studio(1 << 20).raster(&wide, 1.0, None), Err(RasterError::TooLarge { .. })));
    }

    #[test]
    fn shadow_and_background_reach_out_of_the_glyphs() {
        let studio = studio(1 << 24);
        let style = r##"{"fontSize": 40, "shadow": {"color": "#000", "x": 30, "y": 30, "blur": 10},
            "background": {"color": "#ff0000", "padding": {"x": 20, "y": 5}}}"##;
        let raster = made(&studio, &text("I", style), 1.0);
        let (ox, oy) = raster.origin();
        let corner = raster.base().row(oy as u32 + 1)[ox as usize + 1];
        assert_eq!(corner.to_le_bytes(), [255, 0, 0, 255]);
        assert!(ox > 30.0 && raster.size().0 > 45.0);
    }

    #[test]
    fn svg_may_not_reach_outside_of_itself() {
        let studio = studio(1 << 20);
        let reads = br#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><image href="/etc/hostname" width="8" height="8"/></svg>"#;
        let error = studio.svg(reads).unwrap_err().to_string();
        assert!(error.contains("outside of itself"), "{error}");
        let fine = br#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"><rect width="8" height="4" fill="lime"/></svg>"#;
        assert_eq!(studio.svg(fine).unwrap().size(), (8.0, 4.0));
        assert!(studio.svg(b"<svg").is_err());
    }

    #[test]
    fn a_small_svg_that_stands_for_a_large_one_is_refused() {
        let svg = |body: &str| {
            let text = format!(r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">{body}</svg>"#);
            studio(1 << 20).svg(text.as_bytes()).map(|_| ()).map_err(|e| e.to_string())
        };
        // Ten levels of ten: ten thousand million rectangles.
        let mut bomb = String::from(r#"<defs><g id="l0"><rect width="1" height="1"/></g>"#);
        for level in 1..=10 {
            let uses = format!(r##"<use href="#l{}"/>"##, level - 1).repeat(10);
            bomb += &format!(r#"<g id="l{level}">{uses}</g>"#);
        }
        assert!(svg(&(bomb + r##"</defs><use href="#l10"/>"##)).unwrap_err().contains("elements"));
        let nested = format!("{}{}", r#"<g opacity="0.9">"#.repeat(500), "</g>".repeat(500));
        assert!(svg(&nested).unwrap_err().contains("deep"));
        assert!(svg(r##"<g id="a"><use href="#a"/></g>"##).unwrap_err().contains("deep"), "a circle");
        assert!(
            svg(r#"<image width="8" height="8" href="data:image/svg+xml;base64,H4sIAAAA"/>"#)
                .unwrap_err()
                .contains("compressed")
        );
        assert_eq!(
            svg(r##"<defs><rect id="r" width="1" height="1"/></defs><use href="#r"/><use href="#r"/>"##),
            Ok(())
        );
    }
}
