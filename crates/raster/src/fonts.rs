//! The fonts: one bundled family, and whatever the machine has installed.

use crate::RasterError;
use parley::fontique::{Blob, Collection, CollectionOptions, GenericFamily};
use parley::{FontContext, FontFamily, FontFamilyName};
use resvg::usvg::fontdb;
use std::borrow::Cow;
use std::sync::Arc;

/// The bundled family (`fonts/README.md`).
const BUNDLED: &[u8] = include_bytes!("../fonts/Inter.ttf");
/// Its name.
const BUNDLED_FAMILY: &str = "Inter";
/// Colour emoji come from this family where it is installed (Debian: `fonts-noto-color-emoji`).
const EMOJI_FAMILY: &str = "Noto Color Emoji";

/// Every font that text can use.
pub struct Fonts {
    pub(crate) context: FontContext,
    has_emoji: bool,
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
        let registered = collection.register_fonts(Blob::new(Arc::new(BUNDLED)), None);
        let bundled: Vec<_> = registered.iter().map(|(family, _)| *family).collect();
        collection.set_generic_families(GenericFamily::SansSerif, bundled.into_iter());
        // Where several fonts have emoji, fontconfig may name a monochrome one first.
        let emoji = collection.family_id(EMOJI_FAMILY);
        if let Some(emoji) = emoji {
            collection.set_generic_families(GenericFamily::Emoji, [emoji].into_iter());
        }
        let context = FontContext { collection, source_cache: Default::default() };
        Self { context, has_emoji: emoji.is_some(), database: None }
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
        Ok(FontFamily::List(Cow::Owned(names)))
    }

    /// The fonts as the SVG library wants them.
    pub(crate) fn database(&mut self) -> Arc<fontdb::Database> {
        self.database
            .get_or_insert_with(|| {
                let mut database = fontdb::Database::new();
                database.load_font_data(BUNDLED.to_vec());
                database.load_fonts_dir("/usr/share/fonts");
                database.set_sans_serif_family(BUNDLED_FAMILY);
                database.set_serif_family(BUNDLED_FAMILY);
                Arc::new(database)
            })
            .clone()
    }
}
