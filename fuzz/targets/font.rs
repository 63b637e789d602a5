//! A font file: refused, or a font that text can be drawn in.
#![no_main]

use raster::{Fonts, Studio};

static ONCE: std::sync::Once = std::sync::Once::new();

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    // The fuzzer's own hook ends the process at any panic; those of the libraries are to be caught, and
    // only one that is not ends it.
    ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    let studio = Studio::new(Fonts::bundled_only(), 1 << 20);
    let Ok(families) = studio.add_font(bytes.to_vec()) else { return };
    for family in families {
        let text = serde_json::json!({"layers": [{"type": "overlay", "content": {"type": "text",
            "content": "Ag \u{0628}\u{0915}", "style": {"fontFamily": family, "fontSize": 20}}}]});
        let Ok(file) = scene::read(text) else { continue };
        let mut show = scene::Show::default();
        let load = scene::Command::LoadShow { show: file };
        if show.apply(load, scene::ShowTime::ZERO, &scene::Limits::default()).is_ok() {
            for item in show.at(scene::ShowTime::ZERO).items {
                if let scene::ItemContent::Source(source) = item.content {
                    let _ = studio.raster(&source, 1.0, None);
                }
            }
        }
    }
});
