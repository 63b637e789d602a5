//! Commands as clients send them: refused and nothing is changed, or carried out; and all of it is undone, stored and read
//! again.
#![no_main]

use scene::{Command, Limits, Show, ShowTime};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(value) = serde_json::from_slice(bytes) else { return };
    let Ok(commands) = scene::read::<Vec<Command>>(value) else { return };
    let (mut show, limits) = (Show::default(), Limits::default());
    let Ok(by) = "client".parse() else { return };
    for (n, command) in commands.into_iter().take(16).enumerate() {
        let before = show.clone();
        let at = ShowTime::from_secs_f64(n as f64 * 0.3);
        let by = (n % 3 > 0).then_some(&by);
        if show.apply_by(by, command, at, &limits).is_err() {
            assert_eq!(show, before);
        }
        assert!(show.layers().is_sorted_by_key(|layer| layer.z_index()));
    }
    let stored = serde_json::to_string(&show).expect("a show is written");
    let again: Show = serde_json::from_str(&stored).expect("and read");
    assert_eq!(again, show);
    let at = ShowTime::from_secs_f64(9.0);
    assert_eq!(again.at(at), show.at(at));
    while show.apply_by(Some(&by), Command::Undo { by: None }, at, &limits).is_ok() {}
});
