//! A `.cube` file: refused, or a table that gives colours for all colours.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(lut) = raster::Lut::parse(text) {
        for color in [[0.0; 3], [1.0; 3], [0.5, -3.0, 7.0], [f32::NAN; 3]] {
            std::hint::black_box(lut.look_up(color));
        }
    }
});
