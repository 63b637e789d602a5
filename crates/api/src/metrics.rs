//! Metrics for Prometheus, read from the engine's own figures at each scrape.

use crate::status::{self, StreamStatus};
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::{Engine, StoreState};
use output::DestinationState;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Registry;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(crate) fn router(engine: Arc<Engine>) -> Router {
    let mut registry = Registry::with_prefix("stream_manager");
    registry.register_collector(Box::new(Figures(engine)));
    Router::new().route("/metrics", get(scrape)).with_state(Arc::new(registry))
}

async fn scrape(State(registry): State<Arc<Registry>>) -> Response {
    let mut text = String::new();
    match prometheus_client::encoding::text::encode(&mut text, &registry) {
        Ok(()) => {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(header::CONTENT_TYPE, kind)], text).into_response()
        }
        Err(fmt::Error) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

struct Figures(Arc<Engine>);

impl fmt::Debug for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Figures")
    }
}

impl Collector for Figures {
    fn encode(&self, mut encoder: DescriptorEncoder) -> fmt::Result {
        let StreamStatus { streaming, program, encoder: worker, destinations } = status::stream(&self.0);
        let stages = self.0.loop_stats().stages();
        let layers = self.0.control().state().show.layers().len();
        counter(&mut encoder, "frames_due", "Frames that have been due", program.frames_due)?;
        counter(&mut encoder, "frames_sent", "Frames sent to the encoder", program.frames_sent)?;
        counter(&mut encoder, "frames_repeated", "Frames that repeat the picture before", program.frames_repeated)?;
        counter(&mut encoder, "frames_skipped", "Frames that no encoder took", program.frames_skipped)?;
        let on_card = self.0.loop_stats().on_card.load(Ordering::Relaxed);
        gauge(&mut encoder, "gpu_renderer", "Whether a graphics card draws", f64::from(u8::from(on_card)))?;
        gauge(&mut encoder, "loop_lag_seconds", "How late the latest frame was", program.lag_ms / 1000.0)?;
        counter(&mut encoder, "frames_encoded", "Frames that the encoder gave back", worker.frames_encoded)?;
        counter(&mut encoder, "encoded_video_bytes", "Bytes of encoded video", worker.video_bytes)?;
        counter(&mut encoder, "encoder_replaced", "Encoders that were replaced", worker.replaced)?;
        gauge(&mut encoder, "encoder_up", "Whether an encoder is at work", f64::from(u8::from(worker.alive)))?;
        gauge(&mut encoder, "latency_p95_seconds", "Due time to packet", worker.latency_p95_ms / 1000.0)?;
        gauge(&mut encoder, "streaming", "Whether the program is to be published", f64::from(u8::from(streaming)))?;
        let store = self.0.store();
        let takes = u8::from(store.state != StoreState::Away);
        gauge(&mut encoder, "store_up", "Whether commands are taken", f64::from(takes))?;
        gauge(&mut encoder, "store_journaled", "Commands that wait for the store", store.journaled as f64)?;
        gauge(&mut encoder, "layers", "Layers of the show", layers as f64)?;
        let mut stage_encoder = encoder.encode_descriptor(
            "stage_cpu_seconds",
            "CPU time of the loop's stages",
            None,
            ConstCounter::new(0.0).metric_type(),
        )?;
        for (stage, time) in [
            ("scene", stages.scene),
            ("render", stages.render),
            ("convert", stages.convert),
            ("send", stages.send),
            ("audio", stages.audio),
        ] {
            let label = [("stage", stage)];
            ConstCounter::new(time.as_secs_f64()).encode(stage_encoder.encode_family(&label)?)?;
        }
        let notices = self.0.notices().counts();
        if !notices.is_empty() {
            let metric = ConstCounter::new(0u64).metric_type();
            let mut family = encoder.encode_descriptor("notices", "What happened to the service", None, metric)?;
            for (kind, count) in notices {
                ConstCounter::new(count).encode(family.encode_family(&[("type", kind)])?)?;
            }
        }
        per_destination(&mut encoder, &destinations)
    }
}

fn per_destination(encoder: &mut DescriptorEncoder, all: &[status::DestinationReport]) -> fmt::Result {
    type Figure = fn(&status::DestinationReport) -> f64;
    let live: Figure = |d| f64::from(u8::from(d.status.state == DestinationState::Live));
    let figures: [(&str, &str, Figure); 6] = [
        ("destination_up", "Whether the destination is live", live),
        ("destination_sent_bytes", "Bytes of media sent", |d| d.status.sent_bytes as f64),
        ("destination_sent_frames", "Frames of video sent", |d| d.status.sent_frames as f64),
        ("destination_dropped_frames", "Frames dropped for the destination", |d| d.status.dropped_frames as f64),
        ("destination_queued_bytes", "Bytes that wait", |d| d.status.queued_bytes as f64),
        ("destination_reconnects", "Connections that were lost", |d| d.status.reconnects as f64),
    ];
    for (name, help, figure) in figures {
        if all.is_empty() {
            continue;
        }
        let mut family = encoder.encode_descriptor(name, help, None, ConstGauge::new(0.0).metric_type())?;
        for report in all {
            let label = [("destination", report.destination.id.as_str())];
            ConstGauge::new(figure(report)).encode(family.encode_family(&label)?)?;
        }
    }
    Ok(())
}

fn counter(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: u64) -> fmt::Result {
    let metric = ConstCounter::new(value);
    let target = encoder.encode_descriptor(name, help, None, metric.metric_type())?;
    metric.encode(target)
}

fn gauge(encoder: &mut DescriptorEncoder, name: &str, help: &str, value: f64) -> fmt::Result {
    let metric = ConstGauge::new(value);
    let target = encoder.encode_descriptor(name, help, None, metric.metric_type())?;
    metric.encode(target)
}
