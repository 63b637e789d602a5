//! Health, for supervisors and load balancers.

use crate::status;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::get;
use axum::{Json, Router};
use engine::{Engine, StoreState};
use serde_json::json;
use std::sync::Arc;

/// `/live`: the process answers. `/ready`: the program is on its way to an encoder and commands can
/// be taken. `/health`: all parts, with reasons.
pub(crate) fn router(engine: Arc<Engine>) -> Router {
    Router::new()
        .route("/live", get(|| async { "live\n" }))
        .route("/ready", get(ready))
        .route("/health", get(health))
        .with_state(engine)
}

async fn ready(State(engine): State<Arc<Engine>>) -> impl IntoResponse {
    let health = engine.health();
    if health.clock && health.encoder && health.store {
        (StatusCode::OK, "ready\n".to_owned())
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, health.reasons.join("\n") + "\n")
    }
}

async fn health(State(engine): State<Arc<Engine>>) -> impl IntoResponse {
    let health = engine.health();
    let complaints = status::complaints(&engine);
    let word = |ok| if ok { "ok" } else { "failing" };
    let up = health.clock && health.encoder && health.store;
    let well = up && complaints.is_empty() && health.reasons.is_empty();
    let overall = if !up {
        "failing"
    } else if well {
        "ok"
    } else {
        "degraded"
    };
    let body = json!({
        "status": overall,
        "components": {
            "loop": word(health.clock),
            "encoder": word(health.encoder),
            "store": match engine.store().state {
                StoreState::Ok => "ok",
                StoreState::Journal => "degraded",
                StoreState::Away => "failing",
            },
            "destinations": if complaints.is_empty() { "ok" } else { "degraded" },
        },
        "reasons": health.reasons.into_iter().chain(complaints).collect::<Vec<_>>(),
    });
    (if up { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(body))
}
