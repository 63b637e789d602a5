//! Faults on purpose: the show goes on.

use crate::ingest::Ingest;
use crate::service::{Service, Setup, decode_errors, eventually, ffprobe, signal_process};
use serde_json::json;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

fn live(dir: &Path, ingest: &Ingest) -> Service {
    let service = Setup::new(dir).start();
    service.add_text("words", "the show goes on");
    service.post("/api/v1/destinations", json!({"id": "main", "url": format!("{}/key", ingest.url())}));
    service.post("/api/v1/destinations", json!({"id": "tape", "url": "file:tape.mkv"}));
    service.post("/api/v1/stream/start", json!({}));
    service.wait_for_state("main", "live");
    service.wait_for_state("tape", "live");
    service
}

fn frames_sent(service: &Service, id: &str) -> u64 {
    service.destination(id)["sentFrames"].as_u64().unwrap()
}

/// Waits until so many more frames went to a destination.
fn wait_for_frames(service: &Service, id: &str, more: u64) {
    let before = frames_sent(service, id);
    eventually(&format!("{more} frames more for {id}"), || (frames_sent(service, id) >= before + more).then_some(()));
}

fn video_times(file: &Path) -> Vec<f64> {
    let probed = ffprobe(file, &["-select_streams", "v", "-show_entries", "packet=pts_time"]);
    let packets = probed["packets"].as_array().unwrap();
    packets.iter().map(|p| p["pts_time"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn a_killed_encoder_is_replaced_on_the_same_connection() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = live(dir.path(), &ingest);
    for killed in 1..=3 {
        wait_for_frames(&service, "main", 45);
        let pid = service.get("/api/v1/stream")["encoder"]["pid"].as_u64().unwrap();
        signal_process(pid as u32, "KILL");
        eventually("another one encodes", || {
            let encoder = &service.get("/api/v1/stream")["encoder"];
            (encoder["replaced"] == killed && encoder["alive"] == true && encoder["pid"] != pid).then_some(())
        });
    }
    wait_for_frames(&service, "main", 45);
    assert_eq!(service.destination("main")["reconnects"], 0, "the same connection");
    assert!(service.end().success());
    let recorded = ingest.recorded();
    assert_eq!(recorded.len(), 1);
    let times = video_times(&recorded[0]);
    let longest = times.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max);
    assert!(longest < 1.0, "no more than a second of pictures is lost: {longest}");
    assert!(times.windows(2).all(|w| w[1] > w[0]), "time goes on");
    assert_eq!(decode_errors(&recorded[0]), "");
}

#[test]
fn a_hung_encoder_is_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    eventually("an encoder is at work", || {
        (service.get("/api/v1/stream")["encoder"]["framesEncoded"].as_u64() > Some(10)).then_some(())
    });
    let pid = service.get("/api/v1/stream")["encoder"]["pid"].as_u64().unwrap();
    signal_process(pid as u32, "STOP");
    eventually("another one encodes", || {
        let encoder = &service.get("/api/v1/stream")["encoder"];
        (encoder["replaced"] == 1 && encoder["pid"] != pid && encoder["alive"] == true).then_some(())
    });
}

#[test]
fn a_stalled_ingest_holds_nothing_up() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = live(dir.path(), &ingest);
    wait_for_frames(&service, "main", 60);
    ingest.signal("STOP");
    let before = frames_sent(&service, "tape");
    eventually("the stall is seen", || {
        let state = service.destination("main")["state"].clone();
        (state == "stalled" || state == "reconnecting").then_some(())
    });
    let seen = frames_sent(&service, "tape") - before;
    assert!(seen <= 75, "within two seconds of the program, and some for a busy machine: {seen} frames");
    wait_for_frames(&service, "tape", 300 - seen);
    ingest.signal("CONT");
    service.wait_for_state("main", "live");
    let received = ingest.received();
    eventually("the stream arrives again", || (ingest.received() > received + 50_000).then_some(()));
    let program = service.get("/api/v1/stream")["program"].clone();
    assert_eq!(program["framesSkipped"], 0, "{program}");
    assert_eq!(service.destination("tape")["droppedFrames"], 0);
    assert!(service.end().success());
    let tape = video_times(&dir.path().join("recordings/tape.mkv"));
    assert!(tape.windows(2).all(|w| w[1] - w[0] < 0.0345), "the recording has every frame");
}

#[test]
fn a_restarted_ingest_is_published_to_again() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = live(dir.path(), &ingest);
    let start_again = ingest.stop();
    service.wait_for_state("main", "reconnecting");
    assert!(service.destination("main")["reason"].is_string(), "with a reason");
    wait_for_frames(&service, "tape", 60);
    let before = frames_sent(&service, "tape");
    let ingest = start_again();
    service.wait_for_state("main", "live");
    let away = frames_sent(&service, "tape") - before;
    assert!(away <= 75, "within two seconds of the program, and some for a busy machine: {away} frames");
    let received = ingest.received();
    eventually("the stream arrives again", || (ingest.received() > received + 50_000).then_some(()));
}

#[test]
fn a_lost_connection_goes_on_over_the_spare() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = live(dir.path(), &ingest);
    let spare = || eventually("a spare", || (service.destination("main")["spareReady"] == true).then_some(()));
    spare();
    let [connected, publishing] = ingest.connections();
    assert_eq!(publishing, connected[..1], "the spare has not named the stream");
    assert_eq!(connected.len(), 2);
    wait_for_frames(&service, "main", 45);
    ingest.drop_publisher("key");
    eventually("it is live again", || {
        let main = service.destination("main");
        (main["reconnects"] == 1 && main["state"] == "live").then_some(())
    });
    wait_for_frames(&service, "main", 45);
    assert_eq!(ingest.connections()[1], connected, "over the connection that stood ready");
    spare();
    assert_eq!(service.destination("main")["droppedFrames"], 0);
    eventually("it is in the log", || {
        let log = service.get("/api/v1/destinations/main/log");
        let log = log.as_array().unwrap();
        let last = log.last()?;
        (log.iter().all(|entry| entry["id"] == "main") && last["state"] == "live" && last["reconnects"] == 1)
            .then_some(())
    });
    assert!(service.end().success());
}

#[test]
fn a_refusal_is_told_in_the_servers_words() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = live(dir.path(), &ingest);
    // The same name again: nginx lets one publish.
    let elsewhere = tempfile::tempdir().unwrap();
    let second = Setup::new(elsewhere.path()).start();
    second.post("/api/v1/destinations", json!({"id": "second", "url": ingest.url(), "streamKey": "key"}));
    second.post("/api/v1/stream/start", json!({}));
    let reason = eventually("a reason", || second.destination("second")["reason"].as_str().map(str::to_owned));
    assert!(reason.contains("NetStream.Publish.BadName"), "{reason}");
    assert_eq!(service.destination("main")["state"], "live");
}

#[test]
fn a_crash_loses_nothing_that_was_acknowledged() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("counter", "0");
    let acknowledged = AtomicU64::new(0);
    let pid = service.child.id();
    let url = service.ws_url("/ws");
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let (mut socket, _) = tungstenite::connect(&url).unwrap();
            // A thousand commands, each of two parts that belong together.
            for n in 1..=1000u64 {
                let patch = json!({"opacity": n as f64 / 1000.0, "content": {"content": n.to_string()}});
                let command = json!({"id": n, "command": {"updateLayer": {"id": "counter", "patch": patch}}});
                if socket.send(tungstenite::Message::text(command.to_string())).is_err() {
                    return;
                }
                loop {
                    let Ok(message) = socket.read() else { return };
                    let message: serde_json::Value = serde_json::from_slice(&message.into_data()).unwrap_or_default();
                    if message["type"] == "answer" {
                        assert_eq!(message["ok"], true, "{message}");
                        acknowledged.store(n, Ordering::SeqCst);
                        break;
                    }
                }
            }
        });
        scope.spawn(|| {
            eventually("in the middle of it", || (acknowledged.load(Ordering::SeqCst) >= 400).then_some(()));
            signal_process(pid, "KILL");
        });
    });
    drop(service);
    let last = acknowledged.load(Ordering::SeqCst);
    assert!((400..1000).contains(&last), "the crash came in the middle: {last}");

    let service = Setup::new(dir.path()).start();
    let counter = service.get("/api/v1/layers/counter");
    let n: u64 = counter["content"]["content"].as_str().unwrap().parse().unwrap();
    assert!(n == last || n == last + 1, "{n} after {last} were acknowledged");
    assert_eq!(counter["opacity"], n as f64 / 1000.0, "none is half applied");
}

#[test]
fn media_that_cannot_be_used_is_refused_and_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let assets = dir.path().join("assets");
    std::fs::create_dir(&assets).unwrap();
    let put = |name: &str, bytes: &[u8]| std::fs::write(assets.join(name), bytes).unwrap();
    let mut png = Vec::new();
    let picture = image::RgbaImage::from_fn(64, 64, |x, y| image::Rgba([x as u8, y as u8, 9, 255]));
    picture.write_to(&mut std::io::Cursor::new(&mut png), image::ImageFormat::Png).unwrap();
    put("whole.png", &png);
    put("truncated.png", &png[..png.len() / 2]);
    // A real picture of 30,000 x 30,000: 900 million pixels in 110 kB.
    let mut enormous = Vec::new();
    let mut encoder = png::Encoder::new(&mut enormous, 30_000, 30_000);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.write_header().unwrap().write_image_data(&vec![0; 30_000 * 30_000 / 8]).unwrap();
    put("enormous.png", &enormous);
    put("reader.svg", br#"<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd" width="9" height="9"/></svg>"#);
    let mut liar =
        b"RIFF\xff\xff\xff\x7fWAVEfmt \x10\0\0\0\x01\0\x02\0\x80\xbb\0\0\0\xee\x02\0\x04\0\x10\0data\xff\xff\xff\x7f"
            .to_vec();
    liar.extend([0; 100]);
    put("liar.wav", &liar);

    let service = Setup::new(dir.path()).start();
    let feed = |url: &str| json!({"type": "visualFeed", "content": {"imageUrl": url}});
    service.post("/api/v1/layers", feed("whole.png"));
    let before = service.get("/api/v1/show");
    let font = json!({"type": "overlay", "content": {"type": "text", "content": "x", "style": {"fontFamily": "No Such Font"}}});
    for (path, body, field, reason) in [
        ("layers", feed("truncated.png"), "content.imageUrl", "cannot be used"),
        ("layers", feed("enormous.png"), "content.imageUrl", "30000 x 30000"),
        ("layers", feed("reader.svg"), "content.imageUrl", "outside of itself"),
        ("layers", feed("missing.png"), "content.imageUrl", "no such file"),
        ("layers", feed("../show.db"), "content.imageUrl", "no such file"),
        ("layers", font, "content.style.fontFamily", "No Such Font"),
        ("tracks", json!({"url": "liar.wav"}), "url", "promises"),
    ] {
        let (status, problem) = service.send("POST", &format!("/api/v1/{path}"), Some(&body.to_string()));
        assert_eq!(status, 422, "{body}: {problem}");
        assert_eq!(problem["field"], field, "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(reason), "{problem}");
    }
    assert_eq!(service.get("/api/v1/show"), before);
    assert_eq!(service.health("/ready").0, 200);
}

#[test]
fn a_panic_puts_the_slate_on_air_until_somebody_takes_it_off() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.patch("/api/v1/slate", json!({"text": "", "background": "#2040ff"}));
    let red = json!({"type": "shape", "content": "rect", "style": {"width": 1920, "height": 1080, "fill": "#ff0000"}});
    service.post("/api/v1/layers", json!({"id": "red", "type": "overlay", "content": red}));
    eventually("the show is seen", || (service.colour_in_the_middle() == [255, 0, 0]).then_some(()));
    assert_eq!(service.post("/api/v1/panic", json!({}))["on"], true);
    eventually("the slate is seen", || (service.colour_in_the_middle() == [0x20, 0x40, 0xff]).then_some(()));
    service.crash();
    let service = Setup::new(dir.path()).start();
    eventually("the slate is still seen", || (service.colour_in_the_middle() == [0x20, 0x40, 0xff]).then_some(()));
    let (status, problem) = service.send("PATCH", "/api/v1/slate", Some(r#"{"imageUrl": "nothing.png"}"#));
    assert_eq!((status, problem["field"].as_str()), (422, Some("imageUrl")), "{problem}");
    service.patch("/api/v1/slate", json!({"on": false}));
    eventually("the show is seen again", || (service.colour_in_the_middle() == [255, 0, 0]).then_some(()));
}

#[test]
fn a_layer_whose_picture_is_gone_shows_its_fallback_and_its_picture_again() {
    let dir = tempfile::tempdir().unwrap();
    let svg = |colour: &str| {
        format!(
            r#"<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="{colour}"/></svg>"#
        )
    };
    std::fs::write(dir.path().join("fallback.svg"), svg("#00ff00")).unwrap();
    let service = Setup::new(dir.path()).variable("ASSETS_DIR", dir.path().display()).start();
    let layer = json!({"id": "nft", "type": "visualFeed", "transform": {"scale": {"x": 3, "y": 3}},
        "content": {"imageUrl": "nft.svg", "fallbackUrl": "fallback.svg"}});
    let (status, problem) = service.send(
        "POST",
        "/api/v1/layers",
        Some(r#"{"type": "visualFeed", "content": {"imageUrl": "nft.svg", "fallbackUrl": "nothing.svg"}}"#),
    );
    assert_eq!((status, problem["field"].as_str()), (422, Some("content.fallbackUrl")), "{problem}");
    service.post("/api/v1/layers", layer);
    eventually("the fallback is shown", || (service.colour_in_the_middle() == [0, 255, 0]).then_some(()));
    assert!(service.health("/health").1.contains("layer nft"));
    std::fs::write(dir.path().join("nft.svg"), svg("#0000ff")).unwrap();
    eventually("the picture is shown", || (service.colour_in_the_middle() == [0, 0, 255]).then_some(()));
    eventually("all is well", || (!service.health("/health").1.contains("layer nft")).then_some(()));
}
