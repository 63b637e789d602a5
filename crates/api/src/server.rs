//! The four listeners.

use crate::access::{Access, TICKET_LASTS, guard, guard_origin, guard_socket};
use crate::operations::{self, Operations};
use crate::problem::{self, Problem};
use crate::room::{self, Room};
use crate::{conditions, health, history, hls, messages, metrics, motion, rest, socket, sound};
use aide::axum::ApiRouter;
use aide::axum::routing::post_with;
use aide::openapi::{Info, OpenApi};
use aide::scalar::Scalar;
use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use engine::{Engine, Happening, Notices};
use futures_util::FutureExt;
use schemars::JsonSchema;
use serde::Serialize;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Where to listen.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Addresses {
    pub ip: IpAddr,
    pub port: u16,
    pub ws_port: u16,
    pub metrics_port: u16,
    pub health_port: u16,
}

impl Addresses {
    fn named(&self) -> [(&'static str, SocketAddr); 4] {
        let Self { ip, port, ws_port, metrics_port, health_port } = *self;
        [("PORT", port), ("WS_PORT", ws_port), ("METRICS_PORT", metrics_port), ("HEALTH_PORT", health_port)]
            .map(|(name, port)| (name, SocketAddr::new(ip, port)))
    }

    /// Whether all of them can be listened on now.
    ///
    /// # Errors
    /// One is taken; the error says which.
    pub fn are_free(&self) -> io::Result<()> {
        self.named().iter().try_for_each(|(name, address)| {
            std::net::TcpListener::bind(address).map(drop).map_err(|e| taken(name, *address, &e))
        })
    }
}

fn taken(name: &str, address: SocketAddr, e: &io::Error) -> io::Error {
    io::Error::new(e.kind(), format!("cannot listen on {address} ({name}): {e}"))
}

/// Listeners that are bound and answer.
pub struct Servers(JoinSet<io::Result<()>>);

impl Servers {
    /// Ends them; requests under way are cut off.
    pub fn stop(mut self) {
        self.0.abort_all();
    }
}

/// Binds all four ports and answers on them.
///
/// # Errors
/// A port is taken; the error says which.
pub async fn serve(engine: Arc<Engine>, addresses: Addresses, access: Access) -> io::Result<Servers> {
    let notices = engine.notices().clone();
    let sockets = socket::router(engine.clone()).layer(middleware::from_fn_with_state(access.clone(), guard_socket));
    let apps = [
        control(engine.clone(), access, addresses.ws_port),
        sockets,
        metrics::router(engine.clone()),
        health::router(engine),
    ];
    let mut tasks = JoinSet::new();
    for ((name, address), app) in addresses.named().into_iter().zip(apps) {
        let listener = TcpListener::bind(address).await.map_err(|e| taken(name, address, &e))?;
        let app = app.layer(middleware::from_fn_with_state(notices.clone(), survive));
        tasks
            .spawn(async move { axum::serve(listener, app.into_make_service_with_connect_info::<SocketAddr>()).await });
    }
    Ok(Servers(tasks))
}

/// A request whose handling panics is answered, and told of.
async fn survive(State(notices): State<Notices>, request: Request, next: Next) -> Response {
    let what = format!("{} {}", request.method(), request.uri().path());
    match AssertUnwindSafe(next.run(request)).catch_unwind().await {
        Ok(response) => response,
        Err(panic) => {
            let reason = output::message(&*panic);
            tracing::error!(request = %what, %reason, "a request has failed");
            notices.tell(Happening::TaskFailed { task: what, reason });
            Problem::internal("the request could not be handled; the log says why").into_response()
        }
    }
}

/// REST, its documentation, and the control room.
fn control(engine: Arc<Engine>, access: Access, ws_port: u16) -> Router {
    let mut api = OpenApi {
        info: Info {
            title: "Stream Manager".to_owned(),
            description: Some("Runs a live show: layers, sound, and where it is published.".to_owned()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            ..Info::default()
        },
        ..OpenApi::default()
    };
    let operations = Operations::new(engine.notices().clone());
    let commands = rest::router().merge(motion::router()).merge(sound::router()).merge(history::router());
    let tickets = ApiRouter::new().api_route(
        "/tickets",
        post_with(ticket, |op| {
            rest::about("WebSocket", "A ticket for one WebSocket: ws://…/ws?ticket=…")(op)
                .response::<201, Json<Ticket>>()
        }),
    );
    let described: Router = ApiRouter::new()
        .nest(
            "/api/v1",
            commands
                .with_state(engine.clone())
                .merge(tickets.with_state(access.clone()))
                .merge(operations::router().with_state(operations.clone())),
        )
        .finish_api(&mut api);
    conditions::describe(&mut api);
    operations::describe(&mut api);
    let document = serde_json::to_string(&api).unwrap_or_default();
    let protocol = messages::describe().to_string();
    let page = Scalar::new("/api/v1/openapi.json").with_title("Stream Manager API").html();
    let guarded = described
        .route(
            "/api/v1/openapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }),
        )
        .route(
            "/api/v1/asyncapi.json",
            get(move || async move { ([(header::CONTENT_TYPE, "application/json")], protocol) }),
        )
        .route("/api/docs", get(move || async move { Html(page) }))
        .merge(hls::router(engine))
        .layer(middleware::from_fn(conditions::heed))
        .layer(middleware::from_fn(problem::explain))
        .layer(middleware::from_fn_with_state(operations, operations::heed))
        .layer(middleware::from_fn_with_state(access.clone(), guard));
    let room = Room { access: access.clone(), ws_port };
    let open = Router::new()
        .route("/", get(room::page))
        .route("/login", post(room::log_in))
        .route("/room.js", get(room::script))
        .route("/room.css", get(room::style))
        .with_state(room)
        .layer(middleware::from_fn_with_state(access, guard_origin));
    guarded.merge(open).fallback(nothing).method_not_allowed_fallback(wrong_method)
}

/// What a WebSocket may bring instead of the token.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Ticket {
    /// Good once.
    ticket: String,
    /// And for so long.
    seconds: u64,
}

async fn ticket(State(access): State<Access>) -> Result<(StatusCode, Json<Ticket>), Problem> {
    let ticket = access.ticket().map_err(|e| Problem::internal(e.to_string()))?;
    Ok((StatusCode::CREATED, Json(Ticket { ticket, seconds: TICKET_LASTS.as_secs() })))
}

async fn nothing() -> impl IntoResponse {
    Problem::not_found("see /api/docs for what there is")
}

async fn wrong_method() -> impl IntoResponse {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "/problems/method",
        "Not with this method",
        "see /api/docs for the methods of each resource",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use tower::ServiceExt;

    #[tokio::test]
    async fn a_request_that_panics_is_answered_and_told_of() {
        let notices = Notices::default();
        async fn fail() -> &'static str {
            panic!("on purpose")
        }
        let app =
            Router::new().route("/fail", get(fail)).layer(middleware::from_fn_with_state(notices.clone(), survive));
        let request = Request::builder().uri("/fail?token=s3cret").body(Body::empty()).unwrap();
        assert_eq!(app.oneshot(request).await.unwrap().status(), StatusCode::INTERNAL_SERVER_ERROR);
        let told = Happening::TaskFailed { task: "GET /fail".into(), reason: "on purpose".into() };
        assert_eq!(notices.last()[0].what, told);
    }
}
