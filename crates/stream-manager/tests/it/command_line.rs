//! Configuration, validation and off-line rendering.

use crate::service::{BINARY, decode_errors, demo, ffprobe};
use std::path::Path;
use std::process::{Command, Output};

fn run(folder: &Path, variables: &[(&str, &str)], arguments: &[&str]) -> Output {
    let mut command = Command::new(BINARY);
    command.current_dir(folder).env_clear().env("PATH", std::env::var("PATH").unwrap());
    command.envs(variables.iter().copied()).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn a_wrong_configuration_is_told_whole() {
    let dir = tempfile::tempdir().unwrap();
    let wrong = [
        ("PORT", "80"),
        ("WS_PORT", "4290"),
        ("MAX_LAYERS", "0"),
        ("TARGET_FPS", "61"),
        ("RENDER_QUALITY", "best"),
        ("RENDERER", "tpu"),
        ("STREAM_RESOLUTION", "1921x1080"),
        ("STREAM_PRESET", "placebo"),
        ("STREAM_BITRATE", "lots"),
        ("BIND_ADDRESS", "0.0.0.0"),
        ("REDIS_URL", "http://user:hunter2@x"),
        ("RTMP_URL", "rtmp://host:0/app/hunter2"),
    ];
    let output = run(dir.path(), &wrong, &["serve"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    for (line, reason) in [
        ("PORT=80", "1000 to 65535"),
        ("METRICS_PORT=4290", "WS_PORT is the same port"),
        ("MAX_LAYERS=0", "1 to 500"),
        ("TARGET_FPS=61", "1 to 60"),
        ("RENDER_QUALITY=best", "low, medium, high"),
        ("RENDERER=tpu", "auto, cpu, gpu"),
        ("STREAM_RESOLUTION=1921x1080", "even, 16x16 to 3840x2160"),
        ("STREAM_PRESET=placebo", "ultrafast"),
        ("STREAM_BITRATE=lots", "100 to 50000"),
        ("BIND_ADDRESS=0.0.0.0", "API_TOKEN"),
        ("REDIS_URL=***", "redis://"),
        ("RTMP_URL=***", "1 to 65535"),
    ] {
        let told =
            errors.lines().find(|l| l.trim_start().starts_with(line)).unwrap_or_else(|| panic!("{line}: {errors}"));
        assert!(told.contains(reason), "{told}");
    }
    assert!(!errors.contains("hunter2"));
}

#[test]
fn variables_win_over_files_and_the_report_says_so() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("stream-manager.toml"), "port = 5000\nws_port = 5001\nmax_layers = 7\n").unwrap();
    std::fs::write(dir.path().join(".env"), "WS_PORT=6001\nMAX_LAYERS=8\nAPI_TOKEN=hush-hush\n").unwrap();
    // A name that looks like a number is still a name.
    let output = run(dir.path(), &[("MAX_LAYERS", "9"), ("ASSETS_DIR", "1e5"), ("LOG_FORMAT", "")], &["config"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report = text(&output.stdout);
    let line = |name: &str| report.lines().find(|l| l.split_whitespace().next() == Some(name)).unwrap().to_owned();
    for (name, value, source) in [
        ("PORT", "5000", "stream-manager.toml"),
        ("WS_PORT", "6001", ".env"),
        ("MAX_LAYERS", "9", "environment"),
        ("TARGET_FPS", "30", "default"),
        ("ASSETS_DIR", "1e5", "environment"),
        ("LOG_FORMAT", "pretty", "default"),
        ("API_TOKEN", "***", ".env"),
    ] {
        let line = line(name);
        assert_eq!(line.split_whitespace().nth(1), Some(value), "{line}");
        assert!(line.contains(source), "{line}");
    }
    assert!(!report.contains("hush-hush"));

    let key_in_url = [("RTMP_URL", "rtmps://live.example/app/hunter2")];
    let report = text(&run(dir.path(), &key_in_url, &["config"]).stdout);
    assert!(report.contains("rtmps://live.example/app ") && !report.contains("hunter2"), "{report}");

    // A broken file does not hide what the others say.
    std::fs::write(dir.path().join("stream-manager.toml"), "port = [oops").unwrap();
    let output = run(dir.path(), &[("PORT", "7")], &["config"]);
    assert_eq!(output.status.code(), Some(2));
    let errors = text(&output.stderr);
    assert!(errors.contains("stream-manager.toml") && errors.contains("PORT=7"), "{errors}");
}

#[test]
fn a_show_file_is_checked_with_line_and_field() {
    let dir = tempfile::tempdir().unwrap();
    let check = |content: &str| {
        std::fs::write(dir.path().join("show.json"), content).unwrap();
        let output = run(dir.path(), &[], &["validate", "show.json"]);
        (output.status.code(), text(&output.stderr))
    };
    let layer = |rest: &str| format!("{{\n\"name\": \"x\",\n\"layers\": [\n{{\"type\": \"overlay\",\n{rest}\n}}]}}");
    let words = r#""content": {"type": "text", "content": "hi"}"#;
    assert_eq!(check(&layer(words)).0, Some(0));
    for (content, expected) in [
        (layer(&format!("{words},\n\"opacity\": 3")), "show.json:6: layers[0].opacity: 3 is outside 0 to 1"),
        (layer(&format!("{words},\n\"colour\": 3")), "show.json:6: layers[0].colour: unknown field"),
        (
            layer(r#""content": {"type": "text", "content": "hi", "style": {"fontFamily": "Nope"}}"#),
            "show.json:5: layers[0].content.style.fontFamily: the font family \"Nope\"",
        ),
        (
            layer(r#""content": {"type": "image", "content": "gone.png"}"#),
            "show.json:5: layers[0].content.content: gone.png",
        ),
        ("{\n\"name\": oops}".to_owned(), "show.json:2:"),
    ] {
        let (code, errors) = check(&content);
        assert_eq!(code, Some(1));
        assert!(errors.contains(expected), "{errors}\nexpected {expected}");
    }
    let output = run(dir.path(), &[], &["validate", demo("show.json").to_str().unwrap()]);
    assert!(output.status.success(), "{}", text(&output.stderr));
}

#[test]
fn rendering_off_line_is_deterministic() {
    let dir = tempfile::tempdir().unwrap();
    let show = demo("show.json");
    let show = show.to_str().unwrap();
    let small = [("STREAM_RESOLUTION", "960x540"), ("STREAM_PRESET", "ultrafast")];
    let render = |arguments: &[&str]| {
        let output = run(dir.path(), &small, &[&["render", show], arguments].concat());
        assert!(output.status.success(), "{}", text(&output.stderr));
    };
    let read = |name: &str| std::fs::read(dir.path().join(name)).unwrap();
    render(&["--at", "2.5", "-o", "a.png"]);
    render(&["--at", "2.5", "-o", "b.png"]);
    assert_eq!(read("a.png"), read("b.png"));
    render(&["--duration", "2", "-o", "a.mp4"]);
    render(&["--duration", "2", "-o", "b.mp4"]);
    assert_eq!(read("a.mp4"), read("b.mp4"));
    let clip = dir.path().join("a.mp4");
    assert_eq!(decode_errors(&clip), "");
    let probed =
        ffprobe(&clip, &["-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames,width"]);
    assert_eq!(probed["streams"][0]["nb_read_frames"], "60");

    // The clip shows what the still shows.
    let frame = dir.path().join("frame.png");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-i"])
        .arg(&clip)
        .args(["-vf", "select=eq(n\\,45)", "-frames:v", "1"])
        .arg(&frame)
        .status()
        .unwrap();
    assert!(status.success());
    let (still, frame) =
        (image::open(dir.path().join("a.png")).unwrap().into_rgb8(), image::open(&frame).unwrap().into_rgb8());
    let error = difference(&still, &frame);
    assert!(error < 6.0, "mean difference {error} of 255");
}

/// The mean difference of two pictures' channels, of 255.
fn difference(a: &image::RgbImage, b: &image::RgbImage) -> f64 {
    assert_eq!(a.dimensions(), b.dimensions());
    let sum: u64 = a.as_raw().iter().zip(b.as_raw()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.as_raw().len() as f64
}

/// The demo as somebody looked at it and found it right. To make it anew after a change that is
/// meant: `STREAM_RESOLUTION=640x360 stream-manager render demo/show.json --at 4 -o tests/golden/demo.png`.
#[test]
fn the_demo_looks_as_it_was_found_right() {
    let dir = tempfile::tempdir().unwrap();
    let size = [("STREAM_RESOLUTION", "640x360")];
    let output =
        run(dir.path(), &size, &["render", demo("show.json").to_str().unwrap(), "--at", "4", "-o", "demo.png"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/demo.png");
    let open = |path: &Path| image::open(path).unwrap().into_rgb8();
    let off = difference(&open(&dir.path().join("demo.png")), &open(&golden));
    assert!(off < 0.5, "mean difference {off} of 255");
}

#[test]
fn the_bench_prints_what_it_measures() {
    let dir = tempfile::tempdir().unwrap();
    let small = [("STREAM_RESOLUTION", "640x360")];
    let output = run(
        dir.path(),
        &small,
        &["bench", "--seconds", "2", "--preset", "ultrafast", "--to", "file:out.mp4", "--json"],
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["framesDue"], 60);
    for field in ["framesSent", "framesRepeated", "cores", "peakMemoryMib"] {
        assert!(report[field].is_number(), "{field}: {report}");
    }
    for stage in ["scene", "render", "convert", "encode", "audio", "rest", "total"] {
        assert!(report["cpuMsPerFrame"][stage].as_f64().is_some(), "{stage}: {report}");
    }
    assert!(report["latencyMs"]["p95"].as_f64() > Some(0.0));
    assert!(dir.path().join("out.mp4").exists());
}

#[test]
fn the_schema_describes_show_files() {
    let dir = tempfile::tempdir().unwrap();
    let output = run(dir.path(), &[], &["schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(schema["properties"]["layers"].is_object(), "{schema}");
}
