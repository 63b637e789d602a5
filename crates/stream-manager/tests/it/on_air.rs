//! The way from a show to an ingest.

use crate::ingest::Ingest;
use crate::service::{Service, Setup, decode_errors, demo, eventually, ffprobe, free_ports, text};
use serde_json::{Value, json};
use std::path::Path;
use std::process::{Command, Stdio};

/// The time stamps of a file's packets in seconds, with their flags.
fn packets(file: &Path, stream: &str) -> Vec<(f64, f64, String)> {
    let probed = ffprobe(file, &["-select_streams", stream, "-show_entries", "packet=pts_time,dts_time,flags"]);
    let packets = probed["packets"].as_array().unwrap();
    let number = |v: &Value| v.as_str().map_or(f64::NAN, |s| s.parse().unwrap());
    packets
        .iter()
        .map(|p| (number(&p["pts_time"]), number(&p["dts_time"]), p["flags"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn the_program_arrives_at_the_ingest_as_it_should() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = Setup::new(dir.path())
        .variable("STREAM_RESOLUTION", "1920x1080")
        .variable("STREAM_PRESET", "veryfast")
        .variable("STREAM_BITRATE", 4500)
        .variable("STREAM_KEYFRAME_INTERVAL", 2)
        .variable("RTMP_URL", ingest.url())
        .variable("STREAM_KEY", "s3cret-key")
        .argument("--show")
        .argument(demo("show.json").to_str().unwrap())
        .start();
    service.wait_for_state("configured", "live");
    eventually("seven seconds were sent", || {
        (service.destination("configured")["sentFrames"].as_u64().unwrap() > 210).then_some(())
    });
    let everything = format!(
        "{}{}{}{}{}",
        service.log(),
        service.get("/api/v1/destinations"),
        service.get("/api/v1/show"),
        service.metrics(),
        service.health("/health").1
    );
    assert!(!everything.contains("s3cret-key"), "the key is shown nowhere");
    assert!(service.end().success());

    let file = ingest.recorded().pop().unwrap();
    let probed = ffprobe(&file, &["-show_streams"]);
    let streams = probed["streams"].as_array().unwrap();
    let video = streams.iter().find(|s| s["codec_type"] == "video").unwrap();
    for (field, expected) in [
        ("codec_name", json!("h264")),
        ("profile", json!("High")),
        ("width", json!(1920)),
        ("height", json!(1080)),
        ("pix_fmt", json!("yuv420p")),
        ("color_space", json!("bt709")),
        ("color_range", json!("tv")),
        ("chroma_location", json!("center")),
        ("r_frame_rate", json!("30/1")),
        ("has_b_frames", json!(0)),
    ] {
        assert_eq!(video[field], expected, "{field}");
    }
    let audio = streams.iter().find(|s| s["codec_type"] == "audio").unwrap();
    for (field, expected) in [("codec_name", json!("aac")), ("sample_rate", json!("48000")), ("channels", json!(2))] {
        assert_eq!(audio[field], expected, "{field}");
    }

    let video = packets(&file, "v");
    for (i, (pts, dts, _)) in video.iter().enumerate() {
        // RTMP counts milliseconds.
        assert!((pts - i as f64 / 30.0).abs() < 0.0011, "frame {i} at {pts}: none is missing or late");
        assert_eq!(pts, dts);
    }
    let keys: Vec<f64> = video.iter().filter(|(_, _, flags)| flags.contains('K')).map(|(pts, ..)| *pts).collect();
    assert!(keys.windows(2).all(|w| (w[1] - w[0] - 2.0).abs() < 0.0011), "keyframes every 2 s: {keys:?}");
    let audio = packets(&file, "a");
    assert!(audio.windows(2).all(|w| (w[1].0 - w[0].0 - 1024.0 / 48_000.0).abs() < 0.0021), "no gap in the sound");
    let (picture_ends, sound_ends) =
        (video.last().unwrap().0 + 1.0 / 30.0, audio.last().unwrap().0 + 1024.0 / 48_000.0);
    assert!((picture_ends - sound_ends).abs() < 0.02, "they end together: {picture_ends} {sound_ends}");
    assert_eq!(decode_errors(&file), "");
}

#[test]
fn behind_tls_the_certificate_is_checked() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let publish = |service: &Service| {
        service.post("/api/v1/destinations", json!({"id": "main", "url": ingest.tls_url(), "streamKey": "key"}));
        service.post("/api/v1/stream/start", json!({}));
    };
    let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let trusting = Setup::new(one.path()).variable("SSL_CERT_FILE", ingest.certificate().display()).start();
    publish(&trusting);
    trusting.wait_for_state("main", "live");
    eventually("the stream arrives", || (ingest.received() > 50_000).then_some(()));
    assert!(trusting.end().success());
    assert_eq!(decode_errors(&ingest.recorded()[0]), "");

    let careful = Setup::new(other.path()).start();
    publish(&careful);
    let reason = eventually("a reason", || careful.destination("main")["reason"].as_str().map(str::to_owned));
    assert!(reason.contains("certificate"), "{reason}");
}

/// FFmpeg's own RTMP server, which takes one stream and answers otherwise than nginx does.
#[test]
fn another_kind_of_server_takes_the_stream_too() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("rtmp://127.0.0.1:{}/live/key", free_ports()[0]);
    let file = dir.path().join("taken.flv");
    let mut server = Command::new("ffmpeg")
        .args(["-v", "error", "-listen", "1", "-i", &url, "-c", "copy", "-y"])
        .arg(&file)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let service = Setup::new(dir.path()).start();
    service.post("/api/v1/destinations", json!({"id": "main", "url": url}));
    service.post("/api/v1/stream/start", json!({}));
    eventually("two seconds were sent", || {
        (service.destination("main")["sentFrames"].as_u64().unwrap() > 60).then_some(())
    });
    assert!(service.end().success());
    server.wait().unwrap();
    assert!(packets(&file, "v").len() > 30);
    assert_eq!(decode_errors(&file), "");
}

#[test]
fn a_restored_show_is_on_air_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = Setup::new(dir.path()).start();
    for i in 0..10 {
        service.add_text(&format!("layer{i}"), &format!("number {i}"));
    }
    service.post("/api/v1/destinations", json!({"id": "main", "url": format!("{}/key", ingest.url())}));
    service.post("/api/v1/stream/start", json!({}));
    service.wait_for_state("main", "live");
    let before = service.get("/api/v1/show");
    service.crash();

    let service = Setup::new(dir.path()).start();
    service.wait_for_state("main", "live");
    eventually("frames are sent", || (service.destination("main")["sentFrames"].as_u64() > Some(10)).then_some(()));
    assert_eq!(service.get("/api/v1/show"), before);
    assert_eq!(service.get("/api/v1/stream")["streaming"], true);
}

#[test]
fn ending_flushes_says_goodbye_and_completes_the_recording() {
    let dir = tempfile::tempdir().unwrap();
    let ingest = Ingest::start(dir.path());
    let service = Setup::new(dir.path()).start();
    service.add_text("words", "going, going, gone");
    service.post("/api/v1/destinations", json!({"id": "main", "url": format!("{}/key", ingest.url())}));
    service.post("/api/v1/destinations", json!({"id": "tape", "url": "file:tape.mp4"}));
    service.post("/api/v1/destinations", json!({"id": "reel", "url": "file:reel.mkv"}));
    service.post("/api/v1/stream/start", json!({}));
    for id in ["main", "tape", "reel"] {
        service.wait_for_state(id, "live");
    }
    eventually("two seconds", || (service.destination("tape")["sentFrames"].as_u64().unwrap() > 60).then_some(()));
    let sent = service.get("/api/v1/stream")["program"]["framesSent"].as_u64().unwrap();
    let data = service.data.clone();
    let status = service.end();
    assert_eq!(status.code(), Some(0));
    for name in ["tape.mp4", "reel.mkv"] {
        let file = data.join("recordings").join(name);
        assert_eq!(decode_errors(&file), "", "{name}");
        let frames = packets(&file, "v");
        assert!(frames.len() > 60 && frames.len() as u64 <= sent + 60, "{name}: {}", frames.len());
    }
    let log = std::fs::read_to_string(dir.path().join("nginx.log")).unwrap();
    assert!(log.contains("deleteStream"), "the ingest was told: {log}");
}

#[test]
fn a_recording_in_segments_keeps_the_newest() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service
        .post("/api/v1/destinations", json!({"id": "r", "url": "file:r.mp4", "segmentSeconds": 2, "keepSegments": 2}));
    service.post("/api/v1/stream/start", json!({}));
    let recordings = dir.path().join("recordings");
    eventually("the first segments are gone again", || {
        (recordings.join("r-000004.mp4").exists() && !recordings.join("r-000001.mp4").exists()).then_some(())
    });
    let whole = recordings.join("r-000003.mp4");
    eventually("a segment is complete", || {
        let frames = packets(&whole, "v");
        (frames.len() == 60).then(|| assert!(frames[0].2.contains('K')))
    });
}

#[test]
fn players_of_hls_and_srt_are_served_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let listens = free_udp_port();
    let received = dir.path().join("received.ts");
    // It listens for one caller, and ends when that hangs up.
    let mut listener = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i", &format!("srt://127.0.0.1:{listens}?mode=listener"), "-c", "copy"])
        .arg(&received)
        .spawn()
        .unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("words", "everywhere");
    service.post("/api/v1/destinations", json!({"id": "players", "url": "hls:show"}));
    service.post("/api/v1/destinations", json!({"id": "wire", "url": format!("srt://127.0.0.1:{listens}?passphrase=s3cret-phrase"), "streamKey": "s3cret-key"}));
    service.post("/api/v1/stream/start", json!({}));
    service.wait_for_state("players", "live");
    // A phrase that the listener does not have: refused, and told.
    eventually("it is refused", || (service.destination("wire")["state"] == "reconnecting").then_some(()));
    assert_eq!(service.send("DELETE", "/api/v1/destinations/wire", None).0, 204);
    service.post(
        "/api/v1/destinations",
        json!({"id": "wire", "url": format!("srt://127.0.0.1:{listens}"), "streamKey": "s3cret-key"}),
    );
    service.wait_for_state("wire", "live");
    let playlist = eventually("three segments", || {
        let (status, list) = text(&service.url("/hls/show/index.m3u8"));
        (status == 200 && list.matches("#EXTINF").count() >= 3).then_some(list)
    });
    assert!(playlist.contains("EXT-X-INDEPENDENT-SEGMENTS") && playlist.contains("EXT-X-MAP"), "{playlist}");
    let probed = ffprobe(service.url("/hls/show/index.m3u8").as_ref(), &["-show_streams"]);
    let codecs: Vec<&str> =
        probed["streams"].as_array().unwrap().iter().map(|s| s["codec_name"].as_str().unwrap()).collect();
    assert!(codecs.contains(&"h264") && codecs.contains(&"aac"), "{codecs:?}");
    for outside in ["/hls/..%2f..%2f/state.db", "/hls/show/..%2findex.m3u8", "/hls/show/x.mp4"] {
        assert_eq!(text(&service.url(outside)).0, 404, "{outside}");
    }
    let everything = format!(
        "{}{}{}{}",
        service.log(),
        service.get("/api/v1/destinations"),
        service.metrics(),
        service.health("/health").1
    );
    assert!(!everything.contains("s3cret"), "no secret is shown anywhere");
    assert!(service.end().success());
    assert!(listener.wait().unwrap().success());
    assert_eq!(decode_errors(&received), "");
    let frames = ffprobe(&received, &["-select_streams", "v", "-count_packets", "-show_streams"]);
    let frames: u32 = frames["streams"][0]["nb_read_packets"].as_str().unwrap().parse().unwrap();
    assert!(frames > 60, "{frames}");
}

fn free_udp_port() -> u16 {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
