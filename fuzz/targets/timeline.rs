//! Timelines: refused, or played without a panic, with the same pictures after they were stored.
#![no_main]

use scene::{Camera, Command, Levels, Limits, Show, ShowTime};

fn stage() -> Show {
    let layers = serde_json::json!([
        {"id": "a", "type": "overlay", "content": {"type": "shape", "content": "rect"}, "filters": [{"type": "blur"}]},
        {"id": "b", "type": "overlay", "content": {"type": "text", "content": "text"}},
    ]);
    let mut show = Show::default();
    let Ok(file) = scene::read(serde_json::json!({"layers": layers})) else { return show };
    let _ = show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits::default());
    show
}

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(value) = serde_json::from_str(text) else { return };
    let mut show = stage();
    let limits = Limits::default();
    let commands: Vec<Command> = match scene::read(value) {
        Ok(timeline) => vec![Command::Animate { timeline, start: Default::default(), queue: None }],
        Err(_) => match serde_json::from_str(text) {
            Ok(commands) => commands,
            Err(_) => return,
        },
    };
    for (n, command) in commands.into_iter().take(8).enumerate() {
        let _ = show.apply(command, ShowTime::from_secs_f64(n as f64 * 0.3), &limits);
    }
    let mut camera = Camera::default();
    for n in 0..6 {
        let t = ShowTime::from_secs_f64(2.5 + f64::from(n) * 0.7);
        if n % 2 == 0 {
            let _ = show.apply(Command::Settle {}, t, &limits);
            assert!(show.next_due().is_none_or(|due| due > t));
        }
        let frame = camera.frame(&show, t, &Levels::default()).clone();
        let stored = serde_json::to_string(&show).expect("a show is written");
        let restored: Show = serde_json::from_str(&stored).expect("and read");
        assert_eq!(restored.at(t), frame);
    }
});
