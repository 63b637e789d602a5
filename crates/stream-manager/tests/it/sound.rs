//! Speech, the desk and uploads, by the service as a whole.

use crate::service::{Service, Setup, Socket, eventually, signal_process, text};
use base64::Engine as _;
use serde_json::{Value, json};
use std::f32::consts::TAU;
use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

const RATE: u32 = 48_000;

fn base64(bytes: &[u8]) -> String {
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn tone(hz: f32, rate: u32, seconds: f32, level: f32) -> Vec<f32> {
    (0..(rate as f32 * seconds) as u32).map(|i| (i as f32 * hz * TAU / rate as f32).sin() * level).collect()
}

fn int16(samples: &[f32]) -> Vec<u8> {
    samples.iter().flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes()).collect()
}

/// A show with a host, a desk that changes nothing, and a recording.
fn stage(dir: &Path) -> Service {
    std::fs::write(dir.join("host.svg"), r#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>"#).unwrap();
    let service = Setup::new(dir).variable("ASSETS_DIR", dir.display()).start();
    service.post("/api/v1/layers", json!({"id": "host", "type": "host", "character": {"modelUrl": "host.svg"}}));
    let plain = json!({"highPassHz": 0, "compressor": {"enabled": false}});
    service.patch("/api/v1/mix", json!({"buses": {"voice": plain}, "program": {"leveller": {"enabled": false}}}));
    service
}

/// The sound of a file, left channel.
fn heard(file: &Path) -> Vec<f32> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(file)
        .args(["-f", "f32le", "-ac", "2", "-ar", "48000", "-"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout.chunks_exact(8).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect()
}

fn event(message: &Value, kind: &str) -> bool {
    message["type"] == "event" && message["event"]["type"] == kind
}

fn ended(socket: &mut Socket, id: &str) -> String {
    socket.expect("speech ended", |m| {
        (event(m, "speechEnded") && m["event"]["id"] == id).then(|| m["event"]["end"].as_str().unwrap().to_owned())
    })
}

#[test]
fn speech_that_is_made_while_it_is_heard_is_whole_and_has_no_clicks() {
    let dir = tempfile::tempdir().unwrap();
    let service = stage(dir.path());
    service.post("/api/v1/destinations", json!({"id": "file", "url": "file:show.mkv"}));
    service.post("/api/v1/stream/start", json!({}));
    service.wait_for_state("file", "live");
    let mut socket = service.socket("/ws");
    let mut seconds = 0.0;
    // What speech services send: other rates, other encodings; in text and in binary messages.
    for (rate, encoding, binary) in [(16_000, "int16", false), (24_000, "int16", true), (44_100, "float32", true)] {
        let speech = json!({"layerId": "host", "text": "Going once."});
        socket.send(json!({"id": 1, "speak": {"speech": speech, "sampleRate": rate, "encoding": encoding}}));
        let id = socket.expect("an answer", |m| m["speechId"].as_str().map(str::to_owned));
        let samples = tone(300.0, rate, 1.5, 0.4);
        let bytes = match encoding {
            "int16" => int16(&samples),
            _ => samples.iter().flat_map(|s| s.to_le_bytes()).collect(),
        };
        // A tenth of a second each, and cut in the middle of a sample.
        for chunk in bytes.chunks(rate as usize / 10 * 2 + 1) {
            if binary {
                socket.0.send(tungstenite::Message::binary(chunk.to_vec())).unwrap();
            } else {
                socket.send(json!({"audio": {"speechId": id, "base64": base64(chunk)}}));
            }
        }
        socket.send(json!({"endSpeech": id}));
        assert_eq!(ended(&mut socket, &id), "finished");
        seconds += 1.5;
    }
    // The encoder still has what was heard last.
    let sent = service.destination("file")["sentFrames"].as_u64().unwrap();
    eventually("a second more", || {
        (service.destination("file")["sentFrames"].as_u64().unwrap() > sent + 30).then_some(())
    });
    assert!(service.end().success());

    let sound = heard(&dir.path().join("recordings/show.mkv"));
    let loud = sound.chunks_exact(480).filter(|block| block.iter().any(|s| s.abs() > 0.1)).count();
    let lasted = loud as f64 / 100.0;
    assert!((lasted - seconds).abs() < 0.1, "{lasted} s for {seconds} s");
    let natural = 300.0 * TAU / RATE as f32 * 0.4;
    let step = sound.windows(2).map(|w| (w[1] - w[0]).abs()).fold(0.0, f32::max);
    assert!(step < natural * 1.3, "{step} for {natural}: no click");
}

#[test]
fn speech_is_queued_told_goes_on_after_a_crash_and_ends_once() {
    let dir = tempfile::tempdir().unwrap();
    let service = stage(dir.path());
    let mut socket = service.socket("/ws");
    let audio = |seconds| json!({"base64": base64(&int16(&tone(300.0, 16_000, seconds, 0.4))), "encoding": "int16", "sampleRate": 16_000});
    let words = json!([{"text": "Going", "start": 0}, {"text": "once", "start": 0.3}]);
    let first = service.post(
        "/api/v1/speak",
        json!({"id": "one", "layerId": "host", "text": "Going once", "words": words, "emotion": {"name": "excited"}, "audio": audio(0.6)}),
    );
    assert!(first["start"].is_number() && (first["length"].as_f64().unwrap() - 0.6).abs() < 0.001, "{first}");
    let second = service.post("/api/v1/speak", json!({"id": "two", "layerId": "host", "audio": audio(60.0)}));
    assert!(second["start"].is_null(), "it waits: {second}");
    socket.send(json!({"id": "m", "meters": true}));
    let word = socket.expect("the second word", |m| {
        let said = &m["meters"]["speech"][0];
        (said["id"] == "one" && said["word"] == 1).then(|| m["meters"]["sources"]["one"]["peakDb"].as_f64().unwrap())
    });
    assert!(word > -20.0, "{word}");
    assert_eq!(ended(&mut socket, "one"), "finished");
    eventually("the second has begun", || service.get("/api/v1/speech")[0]["start"].as_f64());
    let start = service.get("/api/v1/speech")[0]["start"].clone();
    let mut live = service.socket("/ws");
    live.send(json!({"id": 1, "speak": {"speech": {"id": "three", "layerId": "host"}, "sampleRate": 24_000}}));
    live.expect("an answer", |m| m["speechId"].as_str().map(str::to_owned));
    service.crash();

    let service = Setup::new(dir.path()).variable("ASSETS_DIR", dir.path().display()).start();
    let mut socket = service.socket("/ws");
    let speech = service.get("/api/v1/speech");
    assert_eq!((&speech[0]["id"], &speech[0]["start"]), (&json!("two"), &start), "it goes on where it would have been");
    let heard = || service.get("/api/v1/meters")["sources"]["two"]["peakDb"].as_f64().filter(|db| *db > -20.0);
    eventually("it is heard", heard);
    // Nobody has the sound of what was being made.
    eventually("what nobody has is dropped", || {
        let speech = service.get("/api/v1/speech");
        speech.as_array().unwrap().iter().all(|u| u["id"] != "three").then_some(())
    });
    assert_eq!(service.send("DELETE", "/api/v1/speech/two", None).0, 204);
    assert_eq!(ended(&mut socket, "two"), "cancelled");
    assert_eq!(service.get("/api/v1/speech"), json!([]));
}

#[test]
fn sound_of_pictures_that_no_encoder_took_is_heard_all_the_same() {
    let dir = tempfile::tempdir().unwrap();
    let service = stage(dir.path());
    std::fs::write(dir.path().join("tone.wav"), wav(&int16(&tone(300.0, 48_000, 1.0, 0.4)), 48_000)).unwrap();
    service.post("/api/v1/tracks", json!({"url": "tone.wav", "loop": true, "bus": "effects"}));
    // Each picture is another one, and the encoder can hold only so many.
    let shimmer = json!({"type": "overlay", "filters": [{"type": "grain", "amount": 1, "rate": 60}],
        "content": {"type": "shape", "content": "rect", "style": {"width": 64, "height": 64, "fill": "#808080"}}});
    service.post("/api/v1/layers", shimmer);
    service.post("/api/v1/destinations", json!({"id": "tape", "url": "file:tape.mkv"}));
    service.post("/api/v1/stream/start", json!({}));
    let sent = || service.destination("tape")["sentFrames"].as_u64().unwrap();
    eventually("a second of it", || (sent() > 30).then_some(()));
    let stream = || service.get("/api/v1/stream");
    // Slowed down, never held up for as long as it takes to be replaced: on a machine that is too slow for that, once more.
    let held_up = |_| {
        let (from, before) = (sent(), stream());
        let pid = before["encoder"]["pid"].as_u64().unwrap() as u32;
        let lost = || stream()["program"]["framesSkipped"] != before["program"]["framesSkipped"];
        let replaced = || stream()["encoder"]["replaced"] != before["encoder"]["replaced"];
        let slowed_down = |_| {
            if replaced() {
                return true;
            }
            signal_process(pid, "STOP");
            std::thread::sleep(Duration::from_millis(400));
            signal_process(pid, "CONT");
            std::thread::sleep(Duration::from_millis(5));
            lost()
        };
        assert!((0..20).any(slowed_down), "no picture is lost");
        eventually("it goes on", || (sent() > from + 90).then_some(()));
        (!replaced()).then_some(from)
    };
    let from = (0..5).find_map(held_up).expect("held up without being replaced");
    assert!(service.end().success());
    let sound = heard(&dir.path().join("recordings/tape.mkv"));
    let sound = &sound[from as usize * 1_600..];
    let loud: Vec<bool> = sound.chunks_exact(240).map(|block| block.iter().any(|s| s.abs() > 0.1)).collect();
    let (first, last) = (loud.iter().position(|loud| *loud).unwrap(), loud.iter().rposition(|loud| *loud).unwrap());
    assert!(last - first > 400, "two seconds of it: {}", last - first);
    let silent = loud[first..last].iter().filter(|loud| !**loud).count();
    assert_eq!(silent, 0, "blocks of 5 ms in the middle");
}

#[test]
fn a_playlist_goes_on_by_itself_and_music_gives_way_to_speech() {
    let dir = tempfile::tempdir().unwrap();
    let service = stage(dir.path());
    let upload = |name: &str, hz: f32| {
        let body = wav(&int16(&tone(hz, 8_000, 3.0, 0.3)), 8_000);
        let (status, answer) = post_bytes(&service.url(&format!("/api/v1/uploads?name={name}")), &body);
        assert_eq!(status, 201, "{answer}");
        answer["url"].as_str().unwrap().to_owned()
    };
    let (a, b) = (upload("a.wav", 500.0), upload("b.wav", 700.0));
    let playlist = json!({"items": [{"url": a, "title": "First"}, {"url": b}], "crossFade": 0.5});
    let track = service.post("/api/v1/tracks", json!({"id": "music", "loop": true, "playlist": playlist}));
    assert_eq!(track["playlist"]["items"][1]["length"], 3.0);
    let mut socket = service.socket("/ws");
    let mut next = |url: &str| {
        socket.expect("the next file", |m| (event(m, "trackAdvanced") && m["event"]["url"] == url).then_some(()));
    };
    next(&b);
    next(&a);
    let music = || {
        let meters = service.get("/api/v1/meters");
        (meters["buses"]["music"]["rmsDb"].as_f64().unwrap(), meters["buses"]["voice"]["rmsDb"].as_f64().unwrap())
    };
    let (before, _) = music();
    let audio = json!({"base64": base64(&wav(&int16(&tone(300.0, 16_000, 5.0, 0.4)), 16_000))});
    service.post("/api/v1/speak", json!({"layerId": "host", "audio": audio}));
    eventually("the music gives way", || (music().0 < before - 8.0 && music().1 > -30.0).then_some(()));
    let (status, told) = service.send("DELETE", &format!("/api/v1/{a}"), None);
    assert_eq!((status, told["type"].as_str()), (409, Some("/problems/in-use")));
    service.post("/api/v1/tracks/music/skip", json!({"by": 1}));
    assert_eq!(service.send("DELETE", "/api/v1/tracks/music", None).0, 204);
    assert_eq!(service.send("DELETE", &format!("/api/v1/{a}"), None).0, 204);
}

/// Two seconds of a tone as ffmpeg writes them.
fn encoded(hz: u32, arguments: &[&str]) -> Vec<u8> {
    let output = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &format!("sine=frequency={hz}:duration=2,volume=12dB")])
        .args(arguments)
        .arg("-")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

#[test]
fn opus_is_decoded_in_the_sandbox_and_a_torn_file_of_it_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let service = stage(dir.path());
    let opus = encoded(440, &["-c:a", "libopus", "-f", "ogg"]);
    let webm = encoded(440, &["-c:a", "libopus", "-f", "webm"]);
    let noise: Vec<u8> = opus[..300].iter().copied().chain((0..20_000u32).map(|i| ((i * i) >> 7) as u8)).collect();
    let upload = |name: &str, body: &[u8]| {
        let (status, answer) = post_bytes(&service.url(&format!("/api/v1/uploads?name={name}")), body);
        assert_eq!(status, 201, "{answer}");
        answer["url"].as_str().unwrap().to_owned()
    };
    for url in [upload("a.opus", &opus), upload("a.webm", &webm)] {
        let track = service.post("/api/v1/tracks", json!({"id": "opus", "url": url}));
        assert!((track["length"].as_f64().unwrap() - 2.0).abs() < 0.01, "{track}");
        let heard = || service.get("/api/v1/meters")["sources"]["opus"]["peakDb"].as_f64().filter(|db| *db > -12.0);
        eventually("it is heard", heard);
        service.send("DELETE", "/api/v1/tracks/opus", None);
    }
    let (status, problem) =
        service.send("POST", "/api/v1/tracks", Some(&json!({"url": upload("noise.opus", &noise)}).to_string()));
    assert_eq!((status, problem["field"].as_str()), (422, Some("url")), "{problem}");
}

#[test]
fn a_radio_is_heard_and_connected_again() {
    let dir = tempfile::tempdir().unwrap();
    let service = stage(dir.path());
    let radio = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/radio?token=s3cret", radio.local_addr().unwrap());
    let (told, listeners) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        // Each listener gets four seconds and is left then.
        let sound = encoded(440, &["-c:a", "libmp3lame", "-f", "mp3"]).repeat(2);
        for listener in radio.incoming() {
            let mut listener = listener.unwrap();
            let _ = listener.read(&mut [0; 2048]);
            let _ = listener.write_all(b"HTTP/1.0 200 OK\r\nContent-Type: audio/mpeg\r\n\r\n");
            let _ = listener.write_all(&sound);
            if told.send(()).is_err() {
                return;
            }
        }
    });
    service.post("/api/v1/tracks", json!({"id": "radio", "url": url, "live": true, "bus": "music"}));
    let level = || service.get("/api/v1/meters")["sources"]["radio"]["peakDb"].as_f64();
    for _ in 0..2 {
        listeners.recv_timeout(Duration::from_secs(20)).unwrap();
        eventually("it is heard", || level().filter(|db| *db > -12.0));
    }
    let reasons = || {
        let (_, health) = service.health("/health");
        health.contains("track radio").then_some(health)
    };
    let told = eventually("it is told that the radio has ended", reasons);
    assert!(!told.contains("s3cret"), "{told}");
    assert_eq!(service.send("DELETE", "/api/v1/tracks/radio", None).0, 204);
    eventually("it is silent", || level().is_none_or(|db| db < -60.0).then_some(()));
}

#[test]
fn bad_sound_is_refused_with_its_field_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let service = stage(dir.path());
    let before = service.get("/api/v1/show");
    let raw = json!({"base64": base64(&[0; 64]), "encoding": "int16"});
    let noise: Vec<u8> = (0..5_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    for (path, body, field, told) in [
        ("speak", json!({"layerId": "host"}), "url", "missing"),
        ("speak", json!({"layerId": "host", "audio": {"base64": "!"}}), "audio.base64", "broken"),
        ("speak", json!({"layerId": "host", "audio": raw}), "audio.sampleRate", "missing"),
        (
            "speak",
            json!({"layerId": "host", "audio": {"base64": "", "encoding": "int16", "sampleRate": 1}}),
            "audio.sampleRate",
            "8000 to 192000",
        ),
        ("speak", json!({"layerId": "host", "audio": {"base64": base64(&noise)}}), "url", "neither WAV"),
        ("speak", json!({"layerId": "nobody", "url": "a.wav"}), "layerId", "no layer"),
        ("speak", json!({"layerId": "host", "url": "nothing.wav"}), "url", "no such file"),
        ("speak", json!({"layerId": "host", "url": "a.wav", "gainDb": 1e9}), "gainDb", "-96 to 24"),
        (
            "speak",
            json!({"layerId": "host", "url": "a.wav", "emotion": {"name": "furious"}}),
            "emotion.name",
            "excited",
        ),
        ("tracks", json!({"url": "a.wav", "bus": "choir"}), "bus", "music"),
        ("tracks", json!({"playlist": {"items": []}}), "playlist.items", "1 to 500"),
        ("tracks", json!({"playlist": {"items": [{"url": "nothing.ogg"}]}}), "playlist.items[0].url", "no such file"),
        ("tracks", json!({"url": "a.wav", "pan": 3}), "pan", "-1 to 1"),
        ("tracks", json!({"url": "a.wav", "live": true}), "url", "http"),
        ("tracks", json!({"url": "http://localhost/a", "live": true, "loop": true}), "loop", "no end"),
    ] {
        let (status, problem) = service.send("POST", &format!("/api/v1/{path}"), Some(&body.to_string()));
        assert_eq!((status, problem["field"].as_str()), (422, Some(field)), "{body}: {problem}");
        assert!(problem["detail"].as_str().unwrap().contains(told), "{problem}");
    }
    let (status, problem) =
        service.send("PATCH", "/api/v1/mix", Some(&json!({"program": {"ceilingDbtp": 6}}).to_string()));
    assert_eq!((status, problem["field"].as_str()), (422, Some("program.ceilingDbtp")), "{problem}");
    assert_eq!(service.get("/api/v1/show"), before);
    assert_eq!(service.get("/api/v1/speech"), json!([]));

    let mut socket = service.socket("/ws");
    for (message, told) in [
        (json!({"audio": {"speechId": "nobody", "base64": ""}}), "no speech"),
        (json!({"speak": {"speech": {"layerId": "host", "url": "a.wav"}, "sampleRate": 16_000}}), "command speak"),
        (json!({"speak": {"speech": {"layerId": "host"}, "sampleRate": 1}}), "8000 to 192000"),
        (json!({"endSpeech": "x", "meters": true}), "one of command"),
    ] {
        socket.send(message.clone());
        let detail = socket.expect("a problem", |m| m["problem"]["detail"].as_str().map(str::to_owned));
        assert!(detail.contains(told), "{message}: {detail}");
    }
    socket.0.send(tungstenite::Message::binary(vec![0; 100])).unwrap();
    socket.expect("a problem", |m| m["problem"]["detail"].as_str().filter(|d| d.contains("begun no speech")).map(drop));

    // Ten gigabytes are refused by their announcement.
    let address = service.url("/").trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut connection = std::net::TcpStream::connect(&address).unwrap();
    let head = format!("POST /api/v1/uploads HTTP/1.1\r\nHost: {address}\r\nContent-Length: 10000000000\r\n\r\n");
    connection.write_all(head.as_bytes()).unwrap();
    connection.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert_eq!(service.get("/api/v1/uploads"), json!([]));
    let (status, _) = text(&service.url("/api/v1/uploads/..%2F..%2Fstate.db"));
    assert_ne!(status, 200);
}

fn wav(samples: &[u8], rate: u32) -> Vec<u8> {
    let mut file = Vec::from(*b"RIFF");
    file.extend((36 + samples.len() as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    file.extend(rate.to_le_bytes());
    file.extend((rate * 2).to_le_bytes());
    file.extend(b"\x02\0\x10\0data");
    file.extend((samples.len() as u32).to_le_bytes());
    file.extend(samples);
    file
}

fn post_bytes(url: &str, body: &[u8]) -> (u16, Value) {
    let mut response = ureq::post(url).send(body).unwrap();
    let text = response.body_mut().read_to_string().unwrap();
    (response.status().as_u16(), serde_json::from_str(&text).unwrap())
}
