//! `stream-manager render`: the same picture and sound as live, off-line.

use crate::cli::RenderArgs;
use crate::config::Config;
use crate::setup::{Failure, engine_settings, folder_of, limits, patient_assets, read_show, runtime, settle};
use codec_wire::{EncoderConfig, EncoderKind};
use engine::{Assets, Composer, draw_list};
use indicatif::{ProgressBar, ProgressStyle};
use output::{Codec, DestinationSettings, Destinations, Encoder, FrameFate, Hub, Place, StreamFormat, WorkerBinary};
use render::{CpuRenderer, Damage, Renderer};
use scene::{Camera, Command, Show, ShowTime};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;

/// How long the encoder may take for one frame before the rendering is given up.
const PATIENCE: Duration = Duration::from_secs(10);

/// Draws a show file.
pub(crate) fn run(config: &Config, args: &RenderArgs) -> Result<(), Failure> {
    let file = read_show(&args.show)?;
    let mut show = Show::default();
    let assets = patient_assets(config.memory_budget_mib, vec![folder_of(&args.show)]);
    let mut load = Command::LoadShow { show: file };
    load.measure_tracks(&mut |url| assets.measure(url), 0);
    show.apply(load, ShowTime::ZERO, &limits(config))
        .map_err(|e| Failure::Show(format!("{}: {e}", args.show.display())))?;
    assets.keep_fonts_in(config.data_dir.join("fonts"));
    for layer in show.layers() {
        assets
            .prepare_layer(&show, layer, (config.width, config.height))
            .map_err(|e| Failure::Show(format!("layer {}: {e}", layer.id())))?;
    }
    for track in show.tracks() {
        assets.prepare_track(track, ShowTime::ZERO).map_err(|e| Failure::Show(format!("track {}: {e}", track.id)))?;
    }
    match args.duration {
        Some(seconds) if seconds > 0.0 && seconds <= 86_400.0 => {
            runtime()?.block_on(clip(config, &show, &assets, seconds, &args.output))
        }
        Some(_) => Err(Failure::Other("--duration: outside 0 to 86400 seconds".to_owned())),
        None => still(config, &show, &assets, args.at, &args.output),
    }
}

fn still(config: &Config, show: &Show, assets: &Assets, at: f64, path: &Path) -> Result<(), Failure> {
    if !(0.0..=1e9).contains(&at) {
        return Err(Failure::Other("--at: outside 0 to 1000000000 seconds".to_owned()));
    }
    let at = ShowTime::from_secs_f64(at);
    let mut show = show.clone();
    settle(&mut show, at)?;
    let frame = show.at(at);
    let list = draw_list(&frame, assets, config.width, config.height);
    let rgba = render::paint(&list, config.width, config.height);
    let image = image::RgbaImage::from_raw(config.width, config.height, rgba)
        .ok_or_else(|| Failure::Other("the picture has another size than asked for".to_owned()))?;
    image.save(path).map_err(|e| Failure::Other(format!("{}: {e}", path.display())))
}

async fn clip(config: &Config, show: &Show, assets: &Arc<Assets>, seconds: f64, path: &Path) -> Result<(), Failure> {
    if !["mp4", "mkv"].iter().any(|e| path.extension().is_some_and(|x| x == *e)) {
        return Err(Failure::Other(format!("{}: a clip is an .mp4 or an .mkv file", path.display())));
    }
    let path = std::path::absolute(path)?;
    if path.exists() {
        std::fs::remove_file(&path)?;
    }
    let settings = engine_settings(config);
    let format = StreamFormat {
        width: config.width,
        height: config.height,
        fps: config.fps.get(),
        video_kbps: config.bitrate_kbps,
        audio_kbps: config.audio_kbps,
    };
    let worker = WorkerBinary::beside_this()?;
    let hub = Hub::new();
    let encoder_config = EncoderConfig {
        kind: EncoderKind::X264,
        width: config.width,
        height: config.height,
        fps: config.fps.get(),
        preset: settings.preset,
        video_kbps: settings.video_kbps,
        gop: settings.keyframe_seconds * config.fps.get(),
        threads: 1,
        audio_kbps: settings.audio_kbps,
        halved: false,
        slots: 2,
    };
    let encoder = Encoder::start(encoder_config, worker.clone(), hub.clone())?;
    let rate = (encoder.video_kbps(), settings.video_kbps);
    let destinations = Destinations::new(Handle::current(), hub.clone(), worker, format, rate);
    let place = Place::File { path: path.clone(), segment: None, keep: None };
    destinations.set(vec![DestinationSettings { id: "clip".to_owned(), place, codec: Codec::H264, required: false }]);
    let frames = (seconds * f64::from(config.fps.get())).round().max(1.0) as u64;
    let (mut show, assets, rate) = (show.clone(), assets.clone(), config.fps);
    let (width, height) = (config.width, config.height);
    let drawn = tokio::task::spawn_blocking(move || {
        let mut composer = Composer::new(assets.clone(), Arc::default(), Arc::default(), rate);
        let mut renderer = CpuRenderer::new(width, height, || Duration::ZERO);
        let mut camera = Camera::default();
        let mut encoder = encoder;
        let progress = ProgressBar::new(frames).with_style(
            ProgressStyle::with_template("{bar:40} {pos}/{len} frames, {per_sec}, {eta} left")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        for tick in 0..frames {
            let at = rate.time_of(tick);
            settle(&mut show, at)?;
            let (first, samples) = composer.samples(&show, tick);
            let list = draw_list(camera.frame(&show, rate.middle_of(tick), &composer.levels()), &assets, width, height);
            renderer.render(list);
            send(&mut encoder, &renderer, tick, first, samples)?;
            progress.inc(1);
        }
        progress.finish();
        encoder.finish(PATIENCE);
        Ok::<_, Failure>(())
    });
    drawn.await.map_err(|e| Failure::Other(e.to_string()))??;
    hub.close();
    let reason = destinations.statuses().remove("clip").and_then(|status| status.reason);
    destinations.finish(PATIENCE).await;
    match reason {
        Some(reason) => Err(Failure::Other(format!("{}: {reason}", path.display()))),
        None => Ok(()),
    }
}

/// Waits for the encoder, which live it never would.
fn send(
    encoder: &mut Encoder,
    renderer: &CpuRenderer,
    tick: u64,
    first: u64,
    samples: Vec<[f32; 2]>,
) -> Result<(), Failure> {
    let picture = renderer.picture();
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        encoder.look_after();
        if let Some(slot) = (0..encoder.slots()).find(|slot| encoder.is_free(*slot)) {
            picture.copy_to(encoder.slot_mut(slot), &Damage::all(picture.width(), picture.height()));
            if encoder.send(slot, tick, began, first, samples.clone()) == FrameFate::Sent {
                return Ok(());
            }
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Err(Failure::Other("the encoder takes no frames".to_owned()))
}
