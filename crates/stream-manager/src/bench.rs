//! `stream-manager bench`: the whole pipeline live, with what it costs.

use crate::cli::BenchArgs;
use crate::config::Config;
use crate::setup::{
    Failure, assets, callers_runtime, engine_settings, folder_of, patient_assets, read_show, runtime, settle,
};
use crate::{s1, usage};
use engine::{Composer, Control, Engine, Resources, StageTimes, Terms, draw_list};
use media::Uploads;
use output::WorkerBinary;
use render::{CpuRenderer, Renderer};
use scene::{Camera, Command, DestinationSpec, FrameRate, Show, ShowFile, ShowTime};
use serde::Serialize;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};
use store::SqliteStore;
use tokio::runtime::Handle;

/// The figures.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    show: String,
    fps: u32,
    seconds: u64,
    preset: String,
    to: String,
    frames_due: u64,
    frames_sent: u64,
    frames_repeated: u64,
    frames_skipped: u64,
    frames_encoded: u64,
    cpu_ms_per_frame: Cost,
    cores: f64,
    peak_memory_mib: f64,
    latency_ms: Latency,
    video_kbps: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    commands: Option<Commands>,
}

/// How commands were answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Commands {
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

impl Commands {
    fn of(mut answered: Vec<Duration>, within: Duration) -> Option<Self> {
        answered.sort_unstable();
        let at = |share: usize| answered.get(answered.len() * share / 100).map(|time| time.as_secs_f64() * 1000.0);
        Some(Self { per_second: answered.len() as f64 / within.as_secs_f64(), p50_ms: at(50)?, p99_ms: at(99)? })
    }
}

/// Gives one command after the other, and says how long each took to be answered.
async fn command(control: Control, caller: usize, ended: Arc<AtomicBool>) -> Result<Vec<Duration>, Failure> {
    let mut answered = Vec::new();
    let by = scene::Id::from_str("bench").ok();
    while !ended.load(Ordering::Relaxed) {
        let patch = serde_json::Map::from_iter([(format!("caller{caller}"), answered.len().into())]);
        let began = Instant::now();
        control.submit_under(Terms { by: by.clone(), ..Terms::default() }, Command::SetData { patch }).await?;
        answered.push(began.elapsed());
    }
    Ok(answered)
}

/// CPU time per frame in milliseconds. `encode` is all of the worker processes: x264 and AAC, and
/// what it takes to feed them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cost {
    scene: f64,
    render: f64,
    convert: f64,
    encode: f64,
    audio: f64,
    rest: f64,
    total: f64,
}

#[derive(Serialize)]
struct Latency {
    p50: f64,
    p95: f64,
}

/// Runs a show for some seconds and prints what it cost.
pub(crate) fn run(config: &Config, args: &BenchArgs) -> Result<(), Failure> {
    if let Some(folder) = &args.write {
        return write(config, args, folder);
    }
    let callers = callers_runtime()?;
    let report = runtime()?.block_on(measure(config, args, callers.handle()))?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report).map_err(|e| Failure::Other(e.to_string()))?);
    } else {
        print(&report);
    }
    Ok(())
}

async fn measure(config: &Config, args: &BenchArgs, callers: &Handle) -> Result<Report, Failure> {
    let scratch = tempfile::tempdir()?;
    let Subject { folder, show } = subject(args, scratch.path())?;
    let mut settings = engine_settings(config);
    if let Some(fps) = args.fps {
        settings.rate = FrameRate::new(fps).ok_or_else(|| Failure::Other("--fps: outside 1 to 60".to_owned()))?;
    }
    if let Some(preset) = &args.preset {
        settings.preset = preset.clone();
    }
    settings.recordings = std::env::current_dir()?;
    settings.frames = Some(args.seconds * u64::from(settings.rate.get()));
    let (fps, preset, frames) =
        (settings.rate.get(), settings.preset.clone(), args.seconds * u64::from(settings.rate.get()));

    // The show is in the store before the engine starts, as after any restart.
    fill(SqliteStore::open(scratch.path())?, show, &args.to)?;
    let resources = Resources {
        store: Box::new(SqliteStore::open(scratch.path())?),
        assets: assets(config.memory_budget_mib, vec![folder]),
        worker: WorkerBinary::beside_this()?,
        uploads: Uploads::new(scratch.path().join("media"), 1 << 30)?,
    };
    let engine = Engine::start(&settings, resources)?;
    let (before, workers_before, stages_before, began) =
        (usage::of_tree(), usage::of_children(), engine.loop_stats().stages(), Instant::now());
    let due_before = engine.loop_stats().due.load(Ordering::Relaxed);
    let ended = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..args.commands)
        .map(|caller| callers.spawn(command(engine.control().clone(), caller, ended.clone())))
        .collect();
    let mut peak = 0;
    let mut looked = Instant::now();
    while engine.loop_stats().due.load(Ordering::Relaxed) < frames {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if looked.elapsed() > Duration::from_secs(1) {
            looked = Instant::now();
            peak = peak.max(usage::of_tree().memory_kib);
        }
    }
    ended.store(true, Ordering::Relaxed);
    let mut answered = Vec::new();
    for caller in callers {
        answered.extend(caller.await.map_err(|e| Failure::Other(e.to_string()))??);
    }
    let commands = Commands::of(answered, began.elapsed());
    // The last frame is with the encoder; its packet is waited for like any other's.
    while engine.encoder_stats().encoded.load(Ordering::Relaxed) < engine.loop_stats().sent.load(Ordering::Relaxed)
        && began.elapsed() < Duration::from_secs(args.seconds + 3)
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let (after, workers_after, stages, wall) =
        (usage::of_tree(), usage::of_children(), engine.loop_stats().stages(), began.elapsed());
    let stats = engine.loop_stats();
    let counted = (stats.due.load(Ordering::Relaxed) - due_before).max(1) as f64;
    let per_frame = |time: Duration| time.as_secs_f64() * 1000.0 / counted;
    let total = after.cpu.saturating_sub(before.cpu);
    let encode = workers_after.saturating_sub(workers_before);
    let StageTimes { scene, render, convert, send: _, audio } = since(stages, stages_before);
    let known = scene + render + convert + audio + encode;
    let latency = engine.encoder_stats().latency();
    let report = Report {
        show: args.show.clone(),
        fps,
        seconds: args.seconds,
        preset,
        to: args.to.split("://").next().unwrap_or_default().to_owned(),
        frames_due: stats.due.load(Ordering::Relaxed),
        frames_sent: stats.sent.load(Ordering::Relaxed),
        frames_repeated: stats.repeated.load(Ordering::Relaxed),
        frames_skipped: stats.skipped.load(Ordering::Relaxed),
        frames_encoded: engine.encoder_stats().encoded.load(Ordering::Relaxed),
        cpu_ms_per_frame: Cost {
            scene: per_frame(scene),
            render: per_frame(render),
            convert: per_frame(convert),
            encode: per_frame(encode),
            audio: per_frame(audio),
            rest: per_frame(total.saturating_sub(known)),
            total: per_frame(total),
        },
        cores: total.as_secs_f64() / wall.as_secs_f64(),
        peak_memory_mib: peak.max(after.memory_kib) as f64 / 1024.0,
        latency_ms: Latency { p50: latency.p50_ms, p95: latency.p95_ms },
        video_kbps: engine.encoder_stats().video_bytes.load(Ordering::Relaxed) as f64 * 8.0
            / 1000.0
            / args.seconds.max(1) as f64,
        commands,
    };
    engine.shut_down().await;
    Ok(report)
}

/// What is measured.
struct Subject {
    /// Where its assets are.
    folder: PathBuf,
    show: ShowFile,
}

fn subject(args: &BenchArgs, scratch: &Path) -> Result<Subject, Failure> {
    let folder = match &args.assets {
        Some(folder) => folder.clone(),
        None if args.show == "S1" || args.show == "still" => {
            s1::write_stand_ins(scratch)?;
            scratch.to_owned()
        }
        None => folder_of(Path::new(&args.show)),
    };
    let show = match args.show.as_str() {
        "S1" => s1::show(&folder)?,
        // S1 without its motion.
        "still" => ShowFile { timelines: Vec::new(), ..s1::show(&folder)? },
        file => read_show(Path::new(file))?,
    };
    Ok(Subject { folder, show })
}

/// Writes what a show looks and sounds like.
fn write(config: &Config, args: &BenchArgs, to: &Path) -> Result<(), Failure> {
    let own = to.join("assets");
    std::fs::create_dir_all(&own)?;
    let Subject { folder, show: file } = subject(args, &own)?;
    let mut show = Show::default();
    show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &scene::Limits::default())
        .map_err(|e| Failure::Show(e.to_string()))?;
    let rate = args.fps.map_or(Some(config.fps), FrameRate::new);
    let rate = rate.ok_or_else(|| Failure::Other("--fps: outside 1 to 60".to_owned()))?;
    let assets = patient_assets(config.memory_budget_mib, vec![folder]);
    for track in show.tracks() {
        assets.prepare_track(track, ShowTime::ZERO).map_err(|e| Failure::Show(e.to_string()))?;
    }
    let mut renderer = CpuRenderer::new(config.width, config.height, || Duration::ZERO);
    let mut composer = Composer::new(assets.clone(), Arc::default(), Arc::default(), rate);
    let mut camera = Camera::default();
    let mut frames = BufWriter::new(std::fs::File::create(to.join("frames.yuv"))?);
    let mut sound = Vec::new();
    for tick in 0..args.seconds * u64::from(rate.get()) {
        let t = rate.time_of(tick);
        settle(&mut show, t)?;
        let (_, samples) = composer.samples(&show, tick);
        let frame = camera.frame(&show, rate.middle_of(tick), &composer.levels());
        renderer.render(draw_list(frame, &assets, config.width, config.height));
        frames.write_all(renderer.picture().bytes())?;
        sound.extend(samples.into_iter().flatten().map(|s| (s * 32_767.0) as i16));
    }
    frames.flush()?;
    Ok(std::fs::write(to.join("sound.wav"), s1::wav(2, &sound))?)
}

/// Puts a show, its destination and the wish to stream into an empty store.
fn fill(mut store: SqliteStore, show: scene::ShowFile, to: &str) -> Result<(), Failure> {
    use store::Store;
    let mut document = Show::default();
    let limits = scene::Limits::default();
    let mut commands = vec![Command::LoadShow { show }];
    if to != "null" {
        let url = to.to_owned();
        let destination = DestinationSpec {
            id: None,
            service: None,
            codec: None,
            url,
            stream_key: None,
            segment_seconds: None,
            keep_segments: None,
            required: true,
        };
        commands.extend([Command::CreateDestination { destination }, Command::StartStream {}]);
    }
    for command in commands {
        document.apply(command, scene::ShowTime::ZERO, &limits).map_err(|e| Failure::Show(e.to_string()))?;
    }
    let body = serde_json::to_vec(&document).map_err(|e| Failure::Other(e.to_string()))?;
    Ok(store.snapshot(&store::Record { sequence: 1, body })?)
}

fn since(now: StageTimes, then: StageTimes) -> StageTimes {
    StageTimes {
        scene: now.scene.saturating_sub(then.scene),
        render: now.render.saturating_sub(then.render),
        convert: now.convert.saturating_sub(then.convert),
        send: now.send.saturating_sub(then.send),
        audio: now.audio.saturating_sub(then.audio),
    }
}

fn print(r: &Report) {
    let c = &r.cpu_ms_per_frame;
    println!("{} at {} fps, {}, to {}, {} s", r.show, r.fps, r.preset, r.to, r.seconds);
    println!(
        "  frames   {} due, {} sent, {} repeated, {} skipped",
        r.frames_due, r.frames_sent, r.frames_repeated, r.frames_skipped
    );
    println!(
        "  CPU ms   scene {:.2}, render {:.2}, convert {:.2}, audio {:.2}, rest {:.2}, encode {:.2}: {:.2} a frame",
        c.scene, c.render, c.convert, c.audio, c.rest, c.encode, c.total
    );
    println!("  cores    {:.2}", r.cores);
    println!("  memory   {:.0} MiB at most", r.peak_memory_mib);
    println!("  latency  {:.1} ms median, {:.1} ms for 95 %", r.latency_ms.p50, r.latency_ms.p95);
    println!("  video    {:.0} kb/s", r.video_kbps);
    if let Some(Commands { per_second, p50_ms, p99_ms }) = &r.commands {
        println!("  commands {per_second:.0} a second, answered in {p50_ms:.1} ms median, {p99_ms:.1} ms for 99 %");
    }
}
