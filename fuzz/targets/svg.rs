//! An SVG: refused, or a drawing with a size.
#![no_main]

use raster::{Fonts, Studio};
use std::sync::OnceLock;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    static STUDIO: OnceLock<Studio> = OnceLock::new();
    let studio = STUDIO.get_or_init(|| Studio::new(Fonts::bundled_only(), 1 << 20));
    if let Ok(svg) = studio.svg(bytes) {
        let (width, height) = svg.size();
        assert!(width > 0.0 && height > 0.0);
    }
});
