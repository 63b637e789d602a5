//! Motion that is tied to a cue begins with the sound.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use engine::{Assets, Composer};
use raster::{Fonts, Studio};
use scene::{Camera, Command, FrameRate, Limits, Show, ShowTime};
use serde_json::json;
use std::sync::Arc;

/// A second of silence with a click that begins at sample `at`, as a WAV file: 48 kHz, mono.
fn click(at: usize) -> Vec<u8> {
    let samples: Vec<i16> = (0..48_000).map(|i| if (at..at + 2_400).contains(&i) { 20_000 } else { 0 }).collect();
    let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let mut wav = Vec::from(*b"RIFF");
    wav.extend((36 + data.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(48_000u32.to_le_bytes());
    wav.extend(96_000u32.to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(data);
    wav
}

#[test]
fn picture_and_sound_meet_within_half_a_frame() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("click.wav"), click(33_333)).unwrap();
    for (fps, start) in [(24, 0.0), (30, 0.31), (60, 1.007)] {
        let rate = FrameRate::new(fps).unwrap();
        let assets =
            Assets::patient(vec![dir.path().to_owned()], Arc::new(Studio::new(Fonts::bundled_only(), 64 << 20)));
        let mut show = Show::default();
        let file = json!({
            "layers": [
                {"id": "a", "type": "overlay", "content": {"type": "shape", "content": "rect"}},
                {"id": "b", "type": "overlay", "content": {"type": "shape", "content": "rect"},
                 "follows": [{"to": {"bus": "effects"}, "property": "position.y", "by": 300, "fall": 0.1}]},
            ],
            "tracks": [{"id": "m", "url": "click.wav", "bus": "effects", "start": start, "cues": {"click": 33_333.0 / 48_000.0}}],
        });
        let load = Command::LoadShow { show: scene::read(file).unwrap() };
        show.apply(load, ShowTime::ZERO, &Limits::default()).unwrap();
        assets.prepare_track(&show.tracks()[0], ShowTime::ZERO).unwrap();
        let jump = json!({"animate": {"start": {"cue": {"track": "m", "name": "click"}}, "timeline": {"animations": [
            {"targetLayerId": "a", "property": "position.x", "endValue": 500, "duration": 1, "easing": "step-start"}]}}});
        show.apply(scene::read(jump).unwrap(), ShowTime::ZERO, &Limits::default()).unwrap();
        let (mut composer, mut camera) =
            (Composer::new(assets, Arc::default(), Arc::default(), rate), Camera::default());
        let (mut heard, mut seen, mut followed, mut back) = (None, None, None, None);
        for tick in 0..u64::from(fps) * 3 {
            let (first, samples) = composer.samples(&show, tick);
            let loud = samples.iter().position(|s| s[0].abs() > 0.1).map(|i| (first + i as u64) as f64 / 48_000.0);
            heard = heard.or(loud);
            let at = rate.time_of(tick);
            let items = &camera.frame(&show, rate.middle_of(tick), &composer.levels()).items;
            let (moved, follows) = (items[0].transform.position.x.get() > 0.0, items[1].transform.position.y.get());
            seen = seen.or(moved.then(|| at.as_secs_f64()));
            followed = followed.or((follows == 300.0).then(|| at.as_secs_f64()));
            if followed.is_some() {
                back = back.or((follows == 0.0).then(|| at.as_secs_f64()));
            }
        }
        let half = 0.5 / f64::from(fps);
        let apart = seen.unwrap() - heard.unwrap();
        assert!(apart.abs() <= half + 1e-4, "at {fps} fps, {apart} s");
        // What follows goes by 5 ms; the click lasts 50 and what follows comes back in 100.
        let apart = followed.unwrap() - heard.unwrap();
        assert!((-half - 0.005..=half).contains(&apart), "at {fps} fps, {apart} s");
        let back = back.unwrap() - heard.unwrap();
        assert!((0.14 - half..=0.16 + half).contains(&back), "at {fps} fps, {back} s");
    }
}
