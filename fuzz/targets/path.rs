//! SVG path data: refused, or a path with bounds.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(path) = scene::PathData::parse(text) {
        assert!(path.bounds().iter().all(|v| v.is_finite()));
    }
});
