//! Speech, playlists and the desk, as functions of the show and the time.

use super::*;
use crate::layer::merge;
use crate::mix::BusName;
use crate::sound::{LEAD, SoundSource};
use serde_json::json;

struct Stage {
    show: Show,
}

impl Stage {
    fn new() -> Self {
        let mut stage = Self { show: Show::default() };
        for (id, kind) in [("host", "host"), ("assistant", "assistant")] {
            let character = json!({"modelUrl": "host.png"});
            stage.did(0.0, json!({"createLayer": {"layer": {"id": id, "type": kind, "character": character}}}));
        }
        stage
    }

    fn apply(&mut self, at: f64, command: Value) -> Result<Vec<Event>, Rejection> {
        let command: Command = serde_json::from_value(command).unwrap();
        self.show.apply(command, ShowTime::from_secs_f64(at), &Limits::default())
    }

    /// What happened, in short.
    fn did(&mut self, at: f64, command: Value) -> Vec<String> {
        let events = self.apply(at, command).unwrap();
        events.iter().filter_map(short).collect()
    }

    fn speak(&mut self, at: f64, id: &str, seconds: f64, more: Value) -> Vec<String> {
        let mut speech = json!({"id": id, "layerId": "host", "url": "a.wav", "length": seconds});
        merge(&mut speech, more.as_object().unwrap());
        self.did(at, json!({"speak": {"speech": speech}}))
    }

    /// What happens by itself up to a time, with when.
    fn passes(&mut self, until: f64) -> Vec<String> {
        let mut told = Vec::new();
        while let Some(due) = self.show.next_due().filter(|due| due.as_secs_f64() <= until) {
            let at = due.as_secs_f64();
            told.extend(self.did(at, json!({"settle": {}})).into_iter().map(|what| format!("{at:.1} {what}")));
        }
        told
    }
}

fn short(event: &Event) -> Option<String> {
    match event {
        Event::SpeechStarted { utterance } => Some(format!("{} begins", utterance.id)),
        Event::SpeechEnded { id, end, .. } => Some(format!("{id} {end:?}")),
        Event::TrackAdvanced { index, .. } => Some(format!("file {index}")),
        Event::TrackEnded { id } => Some(format!("{id} ended")),
        _ => None,
    }
}

#[test]
fn those_who_wait_speak_one_after_the_other_by_priority() {
    let mut stage = Stage::new();
    assert_eq!(stage.speak(1.0, "a", 2.0, json!({})), ["a begins"]);
    stage.speak(1.1, "b", 1.0, json!({}));
    stage.speak(1.2, "c", 1.0, json!({"priority": 5}));
    assert_eq!(stage.speak(1.3, "other", 0.5, json!({"layerId": "assistant"})), ["other begins"], "its own queue");
    assert_eq!(
        stage.passes(10.0),
        ["1.9 other Finished", "3.1 a Finished", "3.1 c begins", "4.1 c Finished", "4.1 b begins", "5.2 b Finished"]
    );
    assert!(stage.show.speech().is_empty());
}

#[test]
fn who_interrupts_is_heard_at_once_and_those_who_wait_go_on_waiting() {
    let mut stage = Stage::new();
    stage.speak(1.0, "a", 5.0, json!({}));
    stage.speak(1.1, "b", 1.0, json!({}));
    assert_eq!(stage.speak(2.0, "now", 1.0, json!({"queue": "interrupt"})), ["a Cancelled", "now begins"]);
    assert_eq!(stage.passes(3.5), ["3.1 now Finished", "3.1 b begins"]);
    stage.speak(3.6, "c", 1.0, json!({}));
    assert_eq!(
        stage.speak(3.7, "only", 1.0, json!({"queue": "replace"})),
        ["b Cancelled", "c Cancelled", "only begins"]
    );
    assert_eq!(stage.did(4.0, json!({"stopSpeech": {"layerId": "host"}})), ["only Cancelled"]);
}

#[test]
fn what_is_stale_is_dropped_and_what_is_just_in_time_is_not() {
    let mut stage = Stage::new();
    stage.speak(0.0, "a", 4.0, json!({}));
    stage.speak(0.0, "stale", 1.0, json!({"expiresIn": 3}));
    stage.speak(0.0, "just", 1.0, json!({"expiresIn": 4.06}));
    assert_eq!(stage.passes(6.0), ["3.0 stale Expired", "4.1 a Finished", "4.1 just begins", "5.1 just Finished"]);
}

#[test]
fn live_speech_ends_when_it_is_told() {
    let mut stage = Stage::new();
    stage.did(1.0, json!({"speak": {"speech": {"id": "live", "layerId": "host"}}}));
    stage.speak(1.0, "next", 1.0, json!({}));
    assert_eq!(stage.passes(100.0), [""; 0]);
    let sound = stage.show.sound_at(ShowTime::from_secs_f64(2.0));
    assert!(matches!(sound.items[0].source, SoundSource::Live(id) if id.as_str() == "live"));
    let done = stage.did(101.0, json!({"finishSpeech": {"id": "live", "length": 100}}));
    assert_eq!(done, ["live Finished", "next begins"]);
    assert_eq!(stage.show.speech()[0].start, Some(ShowTime::from_secs_f64(101.06)));
}

#[test]
fn nobody_speaks_who_is_no_character_or_gone() {
    let mut stage = Stage::new();
    stage.did(0.0, json!({"createLayer": {"layer": {"id": "text", "type": "overlay", "content": {"type": "text", "content": "x"}}}}));
    for (layer, told) in [("text", "no character"), ("nobody", "no layer")] {
        let error = stage.apply(0.0, json!({"speak": {"speech": {"layerId": layer, "url": "a.wav"}}})).unwrap_err();
        assert!(error.to_string().starts_with("layerId: ") && error.to_string().contains(told), "{error}");
    }
    let wrong =
        json!({"layerId": "host", "url": "a.wav", "words": [{"text": "b", "start": 2}, {"text": "a", "start": 1}]});
    let error = stage.apply(0.0, json!({"speak": {"speech": wrong}})).unwrap_err();
    assert!(error.to_string().starts_with("words[1].start"), "{error}");
    stage.speak(1.0, "a", 5.0, json!({}));
    assert_eq!(stage.did(2.0, json!({"deleteLayer": {"id": "host"}})), ["a Cancelled"]);
}

#[test]
fn speech_goes_on_where_it_was_after_a_restart() {
    let mut stage = Stage::new();
    stage.speak(1.0, "a", 5.0, json!({"words": [{"text": "one", "start": 0}, {"text": "two", "start": 1.5}]}));
    stage.speak(1.0, "b", 5.0, json!({"emotion": {"name": "excited"}, "expiresIn": 60}));
    let stored = serde_json::to_string(&stage.show).unwrap();
    let again: Show = serde_json::from_str(&stored).unwrap();
    assert_eq!(again, stage.show);
    let item = again.sound_at(ShowTime::from_secs_f64(3.0)).items[0].clone();
    assert_eq!((item.start, item.bus), (ShowTime::from_secs_f64(1.06), BusName::Voice));
    assert_eq!(again.speech()[0].word_after(2.0), Some(1));
}

fn playlist(stage: &mut Stage, more: Value) {
    let item = |url: &str, length: f64| json!({"url": url, "length": length});
    let mut track = json!({
        "id": "music", "loop": true, "start": 10,
        "playlist": {"items": [item("a.ogg", 10.0), item("b.ogg", 20.0)], "crossFade": 2},
    });
    merge(&mut track, more.as_object().unwrap());
    stage.did(0.0, json!({"createTrack": {"track": track}}));
}

fn heard(stage: &Stage, at: f64) -> Vec<(String, f64)> {
    let sound = stage.show.sound_at(ShowTime::from_secs_f64(at));
    let file = |item: &crate::sound::SoundItem<'_>| match item.source {
        SoundSource::File(url) => (url.to_owned(), item.start.as_secs_f64()),
        SoundSource::Live(_) | SoundSource::Stream(_) => unreachable!(),
    };
    sound.items.iter().map(file).collect()
}

#[test]
fn a_playlist_crosses_goes_round_tells_and_is_skipped() {
    let mut stage = Stage::new();
    playlist(&mut stage, json!({}));
    assert_eq!(heard(&stage, 9.0), []);
    assert_eq!(heard(&stage, 12.0), [("a.ogg".to_owned(), 10.0)]);
    assert_eq!(heard(&stage, 19.0), [("a.ogg".to_owned(), 10.0), ("b.ogg".to_owned(), 18.0)]);
    // A round is 30 s less two crossings.
    assert_eq!(heard(&stage, 10.0 + 26.0 * 1000.0 + 4.0), [("a.ogg".to_owned(), 26_010.0)]);
    assert_eq!(stage.passes(50.0), ["10.0 file 0", "18.0 file 1", "36.0 file 0", "44.0 file 1"]);
    stage.did(50.0, json!({"skipTrack": {"id": "music"}}));
    assert_eq!(stage.passes(50.1), ["50.1 file 0"]);
    assert_eq!(heard(&stage, 50.1), [("a.ogg".to_owned(), 50.06)], "and not the end of the one before");
    stage.did(51.0, json!({"skipTrack": {"id": "music", "by": 0}}));
    assert_eq!(stage.passes(60.0), ["51.1 file 0", "59.1 file 1"]);
    let error = stage.apply(62.0, json!({"updateTrack": {"id": "music", "patch": {"playlist": {"items": []}}}}));
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("playlist.items: 0 files"), "{error}");
    stage.did(63.0, json!({"updateTrack": {"id": "music", "patch": {"url": "c.ogg"}}}));
    assert!(stage.show.tracks()[0].playlist.is_none());
}

#[test]
fn a_playlist_that_is_not_looped_ends() {
    let mut stage = Stage::new();
    playlist(&mut stage, json!({"loop": false}));
    assert_eq!(stage.passes(100.0), ["10.0 file 0", "18.0 file 1", "38.0 music ended"]);
    let error = stage.apply(120.0, json!({"skipTrack": {"id": "music"}})).unwrap_err();
    assert!(error.to_string().contains("ends before"), "{error}");
}

#[test]
fn mute_solo_pan_and_gains_that_move_are_heard() {
    let mut stage = Stage::new();
    for id in ["a", "b"] {
        stage.did(0.0, json!({"createTrack": {"track": {"id": id, "url": "a.ogg", "gainDb": -6.0206}}}));
    }
    let gains = |stage: &Stage, at: f64| -> Vec<[f32; 2]> {
        stage.show.sound_at(ShowTime::from_secs_f64(at) + LEAD).items.iter().map(|item| item.gain).collect()
    };
    assert!(gains(&stage, 0.0).iter().flatten().all(|gain| (gain - 0.5).abs() < 1e-4));
    stage.did(0.0, json!({"updateTrack": {"id": "a", "patch": {"solo": true, "pan": 1}}}));
    let solo = gains(&stage, 0.0);
    assert!((solo[0][0], solo[1]) == (0.0, [0.0; 2]) && (solo[0][1] - 0.5).abs() < 1e-4, "{solo:?}");
    stage.did(0.0, json!({"updateTrack": {"id": "a", "patch": {"muted": true}}}));
    assert_eq!(gains(&stage, 0.0)[0], [0.0; 2]);

    let fade = json!({"targetBus": "music", "property": "gainDb", "endValue": -20, "duration": 2});
    stage.did(1.0, json!({"animate": {"timeline": {"animations": [fade]}}}));
    let music = |stage: &Stage, at: f64| stage.show.sound_at(ShowTime::from_secs_f64(at)).buses[1][0];
    assert_eq!(music(&stage, 1.0), 1.0);
    assert!((music(&stage, 2.0) - 10f32.powf(-10.0 / 20.0)).abs() < 1e-4, "{}", music(&stage, 2.0));
    stage.passes(4.0);
    assert_eq!(stage.show.mix().buses.music.gain_db.get(), -20.0, "it stays there");
    stage.did(5.0, json!({"updateMix": {"patch": {"buses": {"voice": {"solo": true}}}}}));
    assert_eq!(music(&stage, 5.0), 0.0);
    let stored: Show = serde_json::from_str(&serde_json::to_string(&stage.show).unwrap()).unwrap();
    assert_eq!(stored, stage.show);
    let file = stage.show.to_file();
    let read: ShowFile = serde_json::from_value(serde_json::to_value(&file).unwrap()).unwrap();
    assert_eq!(read, file);
}

#[test]
fn a_slate_has_music_and_nothing_else() {
    let mut stage = Stage::new();
    let gains = |stage: &Stage| stage.show.sound_at(ShowTime::from_secs_f64(2.0)).buses;
    assert_eq!(gains(&stage), [[1.0; 2]; 4]);
    stage.did(1.0, json!({"panic": {}}));
    assert_eq!(gains(&stage), [[0.0; 2], [1.0; 2], [0.0; 2], [0.0; 2]]);
    stage.did(1.5, json!({"updateSlate": {"patch": {"on": false}}}));
    assert_eq!(gains(&stage), [[1.0; 2]; 4]);
}

#[test]
fn what_is_beyond_all_time_is_refused_and_what_is_due_together_is_told_together() {
    let mut stage = Stage::new();
    playlist(&mut stage, json!({}));
    playlist(&mut stage, json!({"id": "other", "loop": false}));
    let error = stage.apply(12.0, json!({"skipTrack": {"id": "music", "by": i32::MAX}})).unwrap_err();
    assert!(error.to_string().contains("further than") || error.to_string().contains("ends before"), "{error}");
    let told = stage.passes(20.0);
    assert_eq!(told, ["10.0 file 0", "10.0 file 0", "18.0 file 1", "18.0 file 1"]);
    // Two at once count twice.
    let skip = json!({"skipTrack": {"id": "other"}});
    stage.did(20.0, json!({"skipTrack": {"id": "other", "by": -1}}));
    let error = stage.apply(20.0, json!({"batch": {"commands": [skip.clone(), skip]}})).unwrap_err();
    assert!(error.to_string().contains("ends before"), "{error}");
}

#[test]
fn a_file_is_listed_until_all_of_it_has_been_mixed() {
    let mut stage = Stage::new();
    playlist(&mut stage, json!({"playlist": {"crossFade": 0}}));
    // It ends at 20; an interval that ends a little later still has its end in it.
    assert_eq!(heard(&stage, 20.03), [("a.ogg".to_owned(), 10.0), ("b.ogg".to_owned(), 20.0)]);
    assert_eq!(heard(&stage, 22.0), [("b.ogg".to_owned(), 20.0)]);
}

#[test]
fn a_show_that_takes_the_place_of_another_ends_what_is_said_and_triggers_hold_no_keys() {
    let mut stage = Stage::new();
    stage.speak(1.0, "a", 5.0, json!({}));
    assert_eq!(stage.did(2.0, json!({"loadShow": {"show": {}}})), ["a Cancelled"]);
    let destination = json!({"createDestination": {"destination": {"url": "rtmp://h/a", "streamKey": "s3cret"}}});
    let trigger = json!({"on": {"event": "trigger"}, "run": [{"batch": {"commands": [destination]}}]});
    let error = stage.apply(3.0, json!({"setTrigger": {"trigger": trigger}})).unwrap_err().to_string();
    assert!(error.starts_with("run") && !error.contains("s3cret"), "{error}");
}
