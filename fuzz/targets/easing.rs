//! Easings: refused, or finite everywhere, and written as they are read.
#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| {
    if let Ok(easing) = text.parse::<motion::Easing>() {
        for i in 0..=16 {
            assert!(easing.value(f64::from(i) / 16.0, 1.5).is_finite(), "{easing}");
        }
        let written = easing.to_string();
        assert!(written.parse::<motion::Easing>().is_ok(), "{written}");
    }
});
