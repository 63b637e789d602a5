//! A show file: refused, or a show that has a picture at any time.
#![no_main]

use scene::{Command, Limits, Show, ShowTime};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    let Ok(file) = scene::read(value) else { return };
    let mut show = Show::default();
    if show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits::default()).is_ok() {
        for seconds in [0.0, 1.5, 1e6] {
            std::hint::black_box(show.at(ShowTime::from_secs_f64(seconds)));
        }
    }
});
