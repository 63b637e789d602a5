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

#[test]
fn a_vp9_recording_is_made_beside_h264_and_ends_with_its_destination() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("words", "in two codecs");
    let (status, problem) =
        service.send("POST", "/api/v1/destinations", Some(r#"{"url": "file:a.mp4", "codec": "vp9"}"#));
    assert_eq!((status, problem["field"].as_str()), (422, Some("codec")), "{problem}");
    service.post("/api/v1/destinations", json!({"id": "h264", "url": "file:a.mkv"}));
    let vp9 = service.post("/api/v1/destinations", json!({"id": "vp9", "url": "file:b.webm"}));
    assert_eq!(vp9["codec"], "vp9");
    service.post("/api/v1/destinations", json!({"id": "vp8", "url": "file:c.webm", "codec": "vp8"}));
    service.post("/api/v1/stream/start", json!({}));
    let sent = |id: &str, frames: u64| (service.destination(id)["sentFrames"].as_u64().unwrap() > frames).then_some(());
    for id in ["h264", "vp9", "vp8"] {
        service.wait_for_state(id, "live");
        eventually("three seconds of it", || sent(id, 90));
    }
    assert_eq!(service.send("DELETE", "/api/v1/destinations/vp8", None).0, 204);
    let before = service.destination("vp9")["sentFrames"].as_u64().unwrap();
    eventually("the other goes on", || sent("vp9", before + 30));
    assert!(service.end().success());
    for (file, video, audio) in [("a.mkv", "h264", "aac"), ("b.webm", "vp9", "opus"), ("c.webm", "vp8", "opus")] {
        let path = dir.path().join("recordings").join(file);
        assert_eq!(decode_errors(&path), "", "{file}");
        let probed = ffprobe(&path, &["-count_packets", "-show_streams"]);
        let stream = |kind: &str| {
            let streams = probed["streams"].as_array().unwrap();
            streams.iter().find(|stream| stream["codec_type"] == kind).unwrap().clone()
        };
        assert_eq!((&stream("video")["codec_name"], &stream("audio")["codec_name"]), (&json!(video), &json!(audio)));
        let times: Vec<f64> = packets(&path, "v").into_iter().map(|(pts, ..)| pts).collect();
        assert!(times.len() > 90, "{file}: {}", times.len());
        let step = times.windows(2).map(|w| w[1] - w[0]).fold(0.0, f64::max);
        assert!(step < 0.05, "{file}: no frame is missing: {step}");
    }
}

#[test]
fn another_encoder_is_refused_beforehand_where_there_is_no_room_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let service =
        Setup::new(dir.path()).variable("STREAM_RESOLUTION", "1920x1080").variable("TARGET_FPS", "60").start();
    let pid = service.child.id().to_string();
    let bound = Command::new("taskset").args(["-a", "-c", "-p", "0", &pid]).output().unwrap();
    assert!(bound.status.success(), "{bound:?}");
    let body = r#"{"id": "webm", "url": "file:a.webm"}"#;
    let (status, problem) = service.send("POST", "/api/v1/destinations", Some(body));
    assert_eq!((status, problem["field"].as_str()), (422, Some("codec")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("use h264"), "{problem}");
    assert_eq!(service.get("/api/v1/destinations"), json!([]));
}

#[test]
fn where_processors_lack_the_picture_is_made_at_less_cost_and_nothing_breaks() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path())
        .variable("STREAM_RESOLUTION", "1920x1080")
        .variable("TARGET_FPS", "60")
        .variable("STREAM_PRESET", "slow")
        .start();
    // Something to encode: a picture that is all motion.
    let moving = json!({"id": "noise", "type": "overlay", "filters": [{"type": "grain", "amount": 1, "rate": 60}],
        "content": {"type": "shape", "content": "rect", "style": {"width": 1920, "height": 1080, "fill": "#808080"}}});
    service.post("/api/v1/layers", moving);
    service.post("/api/v1/destinations", json!({"id": "tape", "url": "file:tape.mkv"}));
    let mut socket = service.socket("/ws");
    service.post("/api/v1/stream/start", json!({}));
    let below = socket.expect("a step down", |m| {
        (m["notice"]["type"] == "qualityChanged").then(|| m["notice"]["below"].as_u64().unwrap())
    });
    assert_eq!(below, 1);
    let deeper = |m: &Value| (m["notice"]["type"] == "qualityChanged").then(|| m["notice"]["step"].to_string());
    let step = socket.expect("another", deeper);
    assert!(step.contains("preset"), "{step}");
    assert!(service.get("/api/v1/notices").to_string().contains("processors cannot do more"));
    let sent = || service.destination("tape")["sentFrames"].as_u64().unwrap();
    let before = sent();
    eventually("it goes on", || (sent() > before + 120).then_some(()));
    assert!(service.end().success());
    // Another size or another way of coding begins another file.
    let tapes = std::fs::read_dir(dir.path().join("recordings")).unwrap().flatten().map(|file| file.path());
    let mut frames = 0;
    for tape in tapes.filter(|path| path.extension().is_some_and(|e| e == "mkv")) {
        assert_eq!(decode_errors(&tape), "", "{}", tape.display());
        for stream in ["v", "a"] {
            let times: Vec<f64> = packets(&tape, stream).into_iter().map(|(pts, ..)| pts).collect();
            assert!(times.is_sorted_by(|a, b| a < b), "no time stamp goes back");
            frames += if stream == "v" { times.len() } else { 0 };
        }
    }
    assert!(frames > 120, "{frames} frames");
}

#[test]
fn the_limits_of_a_service_are_kept() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).variable("AUDIO_BITRATE", "160").start();
    let refused = |path: &str, body: Value, field: &str, told: &str| {
        let method = if path == "stream" { "PATCH" } else { "POST" };
        let (status, problem) = service.send(method, &format!("/api/v1/{path}"), Some(&body.to_string()));
        assert_eq!((status, problem["field"].as_str()), (422, Some(field)), "{problem}");
        assert!(problem["detail"].as_str().unwrap().contains(told), "{problem}");
    };
    let x = json!({"url": "rtmp://va.pscp.tv:80/x", "streamKey": "s3cret"});
    refused("destinations", x, "service", "128 kb/s of sound");
    refused("destinations", json!({"service": "x", "streamKey": "s3cret"}), "url", "for each source");
    refused("destinations", json!({"service": "twitch"}), "streamKey", "missing");
    let twitch = service.post("/api/v1/destinations", json!({"service": "twitch", "streamKey": "s3cret"}));
    assert_eq!((&twitch["url"], &twitch["service"]), (&json!("rtmps://live.twitch.tv/app"), &json!("twitch")));
    refused("stream", json!({"videoKbps": 6_001}), "videoKbps", "Twitch takes at most 6000");
    service.patch("/api/v1/stream", json!({"videoKbps": 6_000}));
}

fn free_udp_port() -> u16 {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
