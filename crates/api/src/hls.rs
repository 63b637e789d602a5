//! HLS playlists and their segments, for players.

use crate::problem::Problem;
use crate::rest::App;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::Engine;
use std::sync::Arc;

pub(crate) fn router(engine: Arc<Engine>) -> Router {
    Router::new().route("/hls/{name}/{file}", get(file)).with_state(engine)
}

/// A playlist is asked for again and again; a segment never changes.
async fn file(State(engine): App, Path((name, file)): Path<(String, String)>) -> Response {
    let plain =
        |part: &str| !part.starts_with('.') && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b));
    let (kind, kept) = match file.rsplit_once('.').map(|(_, extension)| extension) {
        Some("m3u8") => ("application/vnd.apple.mpegurl", "no-cache"),
        Some("m4s" | "mp4") => ("video/mp4", "max-age=60"),
        _ => return Problem::not_found("there is no such file").into_response(),
    };
    if !plain(&name) || !plain(&file) {
        return Problem::not_found("there is no such file").into_response();
    }
    let path = engine.recordings().join("hls").join(name).join(file);
    match tokio::fs::read(path).await {
        Ok(bytes) => ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, kept)], bytes).into_response(),
        Err(_) => Problem::not_found("there is no such file").into_response(),
    }
}
