//! What networks do to a destination, one after the other; the others and the recording miss nothing.

use crate::ingest::Ingest;
use crate::proxy::{Proxy, Weather};
use crate::service::{Service, Setup, decode_errors, eventually, ffprobe, free_ports};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Pictures that take what bits there are: noise that turns.
const NOISE: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" width="800" height="800">
<filter id="n"><feTurbulence baseFrequency="0.7" numOctaves="2"/></filter><rect width="800" height="800" filter="url(#n)"/></svg>"#;

fn start(dir: &Path) -> Service {
    std::fs::write(dir.join("noise.svg"), NOISE).unwrap();
    let service = Setup::new(dir).variable("ASSETS_DIR", dir.display()).variable("STREAM_BITRATE_MIN", 100).start();
    service.post(
        "/api/v1/layers",
        json!({"id": "noise", "type": "visualFeed", "content": {"imageUrl": "noise.svg"},
               "transform": {"position": {"x": 960, "y": 540}, "anchor": {"x": 0.5, "y": 0.5}, "scale": {"x": 2.6, "y": 2.6}}}),
    );
    let turn = json!({"targetLayerId": "noise", "property": "rotation", "startValue": 0, "endValue": 360, "duration": 7, "repeat": -1});
    service.post("/api/v1/animations", json!({"timeline": {"animations": [turn]}}));
    service
}

fn frames(service: &Service, id: &str) -> u64 {
    service.destination(id)["sentFrames"].as_u64().unwrap()
}

/// Waits for so many frames of the program.
fn wait_for_frames(service: &Service, more: u64) {
    let before = frames(service, "tape");
    eventually("frames of the program", || (frames(service, "tape") >= before + more).then_some(()));
}

fn times(file: &Path, stream: &str) -> Vec<f64> {
    let probed = ffprobe(file, &["-select_streams", stream, "-show_entries", "packet=dts_time"]);
    let packets = probed["packets"].as_array().unwrap();
    packets.iter().map(|p| p["dts_time"].as_str().unwrap().parse().unwrap()).collect()
}

#[test]
fn whatever_a_network_does_to_one_the_others_miss_nothing() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let (well, behind) = (Ingest::start(dir.path()), Ingest::start(other.path()));
    let proxy = Proxy::before(behind.port());
    let [nobody, ..] = free_ports();
    let service = start(dir.path());
    let destination = |id: &str, url: String| {
        service.post("/api/v1/destinations", json!({"id": id, "url": url, "streamKey": id}));
    };
    destination("well", well.url());
    // A server that gives a silent publisher up: others would call its name taken for as long as they like.
    destination("faulty", format!("rtmp://127.0.0.1:{}/strict", proxy.port()));
    destination("dead", format!("rtmp://127.0.0.1:{nobody}/live"));
    service.post("/api/v1/destinations", json!({"id": "tape", "url": "file:tape.mkv"}));
    service.post("/api/v1/stream/start", json!({}));
    for id in ["well", "faulty", "tape"] {
        service.wait_for_state(id, "live");
    }

    for (weather, seen) in [
        (Weather::Resets, "reconnecting"),
        (Weather::Stalled, "stalled"),
        (Weather::HalfOpen, "reconnecting"),
        (Weather::Refuses, "reconnecting"),
        (Weather::SlowLoris, "stalled"),
    ] {
        wait_for_frames(&service, 45);
        if weather == Weather::HalfOpen {
            // The worst time: the spare is as dead as the connection, and nothing says so.
            eventually("a spare stands ready", || (service.destination("faulty")["spareReady"] == true).then_some(()));
        }
        let reconnects = service.destination("faulty")["reconnects"].clone();
        // Who refuses new connections has lost the old ones.
        proxy.set(if weather == Weather::Refuses { Weather::Resets } else { weather });
        eventually(&format!("{weather:?} is seen"), || {
            let faulty = service.destination("faulty");
            // Over a spare connection it may be back before anybody has looked.
            let lost = faulty["reconnects"] != reconnects || faulty["state"] == "reconnecting";
            (faulty["state"] == seen || lost).then_some(())
        });
        proxy.set(weather);
        wait_for_frames(&service, 60);
        proxy.set(Weather::Fine);
        let before = frames(&service, "tape");
        service.wait_for_state("faulty", "live");
        let (away, sent) = (frames(&service, "tape") - before, frames(&service, "faulty"));
        assert!(away <= 60, "{weather:?}: back within two seconds of the program: {away}\n{}", service.log());
        eventually("pictures arrive again", || (frames(&service, "faulty") > sent + 10).then_some(()));
    }

    let status = service.get("/api/v1/stream");
    assert_eq!(status["program"]["framesSkipped"], 0, "{status}");
    for id in ["well", "tape"] {
        let status = service.destination(id);
        assert_eq!((&status["droppedFrames"], &status["reconnects"]), (&json!(0), &json!(0)), "{id}: {status}");
    }
    let dead = service.destination("dead");
    assert!(dead["state"] == "reconnecting" && dead["reason"].as_str().unwrap().contains("refused"), "{dead}");
    assert!(service.end().success());
    let tape = times(&dir.path().join("recordings/tape.mkv"), "v");
    assert!(tape.windows(2).all(|w| w[1] - w[0] < 0.0345), "the recording has every frame");
    assert_eq!(well.recorded().len(), 1, "one connection for all of it");
    assert_eq!(decode_errors(&well.recorded()[0]), "");
    // One that was agreed upon as the network failed has nothing in it.
    let whole = |file: &PathBuf| std::fs::metadata(file).unwrap().len() > 0;
    for file in behind.recorded().into_iter().filter(whole) {
        for stream in ["v", "a"] {
            let times = times(&file, stream);
            assert!(times.windows(2).all(|w| w[1] >= w[0]), "{}: time goes on", file.display());
        }
    }
}

#[test]
fn the_bit_rate_follows_a_narrow_network_and_comes_back() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let behind = Ingest::start(other.path());
    let proxy = Proxy::before(behind.port());
    let service = start(dir.path());
    let url = format!("rtmp://127.0.0.1:{}/live", proxy.port());
    service.post("/api/v1/destinations", json!({"id": "main", "url": url, "streamKey": "key"}));
    service.post("/api/v1/destinations", json!({"id": "tape", "url": "file:tape.mkv"}));
    service.post("/api/v1/stream/start", json!({}));
    for id in ["main", "tape"] {
        service.wait_for_state(id, "live");
    }
    let rate = || service.get("/api/v1/stream")["encoder"]["videoKbps"].as_u64().unwrap();
    wait_for_frames(&service, 90);
    assert_eq!(rate(), 800);
    // Two fifths of what the stream takes, sound included.
    proxy.set(Weather::Narrow(928 * 125 * 2 / 5));
    let before = frames(&service, "tape");
    eventually("less is made than gets through", || (rate() < 300).then_some(()));
    let took = frames(&service, "tape") - before;
    assert!(took <= 150, "within three seconds of the program, and some for a busy machine: {took} frames");
    let before = frames(&service, "tape");
    let mut most = 0;
    eventually("ten seconds", || {
        most = most.max(service.destination("main")["delayMs"].as_u64().unwrap());
        (frames(&service, "tape") > before + 300).then_some(())
    });
    assert!(most <= 2_000, "the delay is bounded: {most} ms");
    assert_eq!(service.destination("main")["reconnects"], 0, "on the same connection");
    proxy.set(Weather::Fine);
    eventually("half of the way back", || (rate() > 500).then_some(()));
    // What somebody sets is the ceiling from then on.
    let (status, told) = service.send("PATCH", "/api/v1/stream", Some(r#"{"videoKbps": 700}"#));
    assert_eq!((status, told["encoder"]["videoKbpsCeiling"].as_u64()), (200, Some(700)));
    eventually("all of the way back", || (rate() == 700).then_some(()));
    let (status, told) = service.send("PATCH", "/api/v1/stream", Some(r#"{"videoKbps": 7}"#));
    assert_eq!((status, told["field"].as_str()), (422, Some("videoKbps")));
    assert!(service.end().success());
    let tape = times(&dir.path().join("recordings/tape.mkv"), "v");
    assert!(tape.windows(2).all(|w| w[1] - w[0] < 0.0345), "the recording has every frame");
}
