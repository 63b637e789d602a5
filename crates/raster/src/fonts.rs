//! The fonts: one bundled family, and whatever the machine has installed.

use crate::RasterError;
use parley::fontique::{Blob, Collection, CollectionOptions, GenericFamily};
use parley::{FontContext, FontFamily, FontFamilyName};
use resvg::usvg::fontdb;
use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The bundled families in the order in which they are tried (`fonts/README.md`).
const BUNDLED: [(&str, &[u8]); 5] = [
    (BUNDLED_FAMILY, include_bytes!("../fonts/Inter.ttf")),
    ("Noto Sans Arabic", include_bytes!("../fonts/NotoSansArabic-Regular.ttf")),
    ("Noto Sans Hebrew", include_bytes!("../fonts/NotoSansHebrew-Regular.ttf")),
    ("Noto Sans Devanagari", include_bytes!("../fonts/NotoSansDevanagari-Regular.ttf")),
    ("Droid Sans Fallback", include_bytes!("../fonts/DroidSansFallback.ttf")),
];
/// The first of them.
const BUNDLED_FAMILY: &str = "Inter";
/// The largest font file in bytes; those for Chinese have some 20 MB.
const MAX_FONT_BYTES: usize = 32 * 1024 * 1024;
/// The most fonts that may be added.
const MAX_ADDED: usize = 100;
/// Colour emoji come from this family where it is installed (Debian: `fonts-noto-color-emoji`).
const EMOJI_FAMILY: &str = "Noto Color Emoji";

/// Every font that text can use.
pub struct Fonts {
    pub(crate) context: FontContext,
    has_emoji: bool,
    /// Fonts that were added, for SVG as well.
    added: Vec<Arc<Vec<u8>>>,
    /// The same fonts for text inside SVG; read when the first SVG comes.
    database: Option<Arc<fontdb::Database>>,
}

impl Fonts {
    /// The bundled family and the installed ones.
    #[must_use]
    pub fn with_system() -> Self {
        Self::new(true)
    }

    /// The bundled family alone: the same pixels on every machine.
    #[must_use]
    pub fn bundled_only() -> Self {
        Self::new(false)
    }

    fn new(system_fonts: bool) -> Self {
        let mut collection = Collection::new(CollectionOptions { shared: false, system_fonts });
        let mut bundled = Vec::new();
        for (_, bytes) in BUNDLED {
            let registered = collection.register_fonts(Blob::new(Arc::new(bytes)), None);
            bundled.extend(registered.iter().map(|(family, _)| *family));
        }
        collection.set_generic_families(GenericFamily::SansSerif, bundled.into_iter().take(1));
        // Where several fonts have emoji, fontconfig may name a monochrome one first.
        let emoji = collection.family_id(EMOJI_FAMILY);
        if let Some(emoji) = emoji {
            collection.set_generic_families(GenericFamily::Emoji, [emoji].into_iter());
        }
        let context = FontContext { collection, source_cache: Default::default() };
        Self { context, has_emoji: emoji.is_some(), added: Vec::new(), database: None }
    }

    /// Adds a font file (TrueType, OpenType or a collection of them); gives the names of its families.
    ///
    /// # Errors
    /// It is too large, is no font, or there are too many.
    pub(crate) fn add(&mut self, bytes: Vec<u8>) -> Result<Vec<String>, RasterError> {
        let refuse = |why: String| Err(RasterError::Font(why));
        if bytes.len() > MAX_FONT_BYTES {
            return refuse(format!("{} bytes: a font has at most {MAX_FONT_BYTES}", bytes.len()));
        }
        if self.added.len() >= MAX_ADDED {
            return refuse(format!("there are {MAX_ADDED} added fonts already"));
        }
        let bytes = Arc::new(bytes);
        // What a broken table makes the library do is not to cost more than the font.
        let known = AssertUnwindSafe(|| self.context.collection.register_fonts(Blob::new(bytes.clone()), None));
        let Ok(registered) = catch_unwind(known) else {
            return refuse("it is broken".to_owned());
        };
        let ids: Vec<_> = registered.iter().map(|(family, _)| *family).collect();
        let names: Vec<String> =
            ids.iter().filter_map(|id| self.context.collection.family_name(*id).map(str::to_owned)).collect();
        if names.is_empty() {
            return refuse("it is neither TrueType nor OpenType".to_owned());
        }
        if let Some(emoji) = self.context.collection.family_id(EMOJI_FAMILY) {
            self.context.collection.set_generic_families(GenericFamily::Emoji, [emoji].into_iter());
            self.has_emoji = true;
        }
        self.added.push(bytes);
        self.database = None;
        Ok(names)
    }

    /// The families to try for `wanted`, in order; the text engine's own fallback by script follows.
    pub(crate) fn stack(&mut self, wanted: Option<&str>) -> Result<FontFamily<'static>, RasterError> {
        let mut names = Vec::new();
        if let Some(wanted) = wanted {
            if self.context.collection.family_id(wanted).is_none() {
                return Err(RasterError::UnknownFont(wanted.to_owned()));
            }
            names.push(FontFamilyName::Named(Cow::Owned(wanted.to_owned())));
        }
        names.push(FontFamilyName::Named(Cow::Borrowed(BUNDLED_FAMILY)));
        if self.has_emoji {
            names.push(FontFamilyName::Named(Cow::Borrowed(EMOJI_FAMILY)));
        }
        names.extend(BUNDLED[1..].iter().map(|(name, _)| FontFamilyName::Named(Cow::Borrowed(name))));
        Ok(FontFamily::List(Cow::Owned(names)))
    }

    /// The fonts as the SVG library wants them.
    pub(crate) fn database(&mut self) -> Arc<fontdb::Database> {
        self.database
            .get_or_insert_with(|| {
                let mut database = fontdb::Database::new();
                for (_, bytes) in BUNDLED {
                    database.load_font_data(bytes.to_vec());
                }
                for bytes in &self.added {
                    database.load_font_data(bytes.to_vec());
                }
                database.load_fonts_dir("/usr/share/fonts");
                database.set_sans_serif_family(BUNDLED_FAMILY);
                database.set_serif_family(BUNDLED_FAMILY);
                Arc::new(database)
            })
            .clone()
    }
}
