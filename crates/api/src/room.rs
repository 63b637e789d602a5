//! The control room's page and the login before it.

use crate::access::Access;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;
use std::net::SocketAddr;

const PAGE: &str = include_str!("../assets/room.html");
const LOGIN: &str = include_str!("../assets/login.html");
const SCRIPT: &str = include_str!("../assets/room.js");
const STYLE: &str = include_str!("../assets/room.css");

/// Nothing but the page's own files, and sockets to the same host.
const POLICY: &str = "default-src 'self'; img-src 'self' data:; media-src 'self' blob:; connect-src 'self' ws: wss:; \
                      frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// What the page has to know.
#[derive(Clone)]
pub(crate) struct Room {
    pub(crate) access: Access,
    pub(crate) ws_port: u16,
}

/// The control room for those who may; the login for others.
pub(crate) async fn page(
    State(room): State<Room>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    let (status, html) = match room.access.check_from(&headers, None, peer.ip()) {
        Ok(()) => (StatusCode::OK, PAGE.replace("{{WS_PORT}}", &room.ws_port.to_string())),
        Err(problem) => {
            let response = problem.into_response();
            if response.status() != StatusCode::UNAUTHORIZED {
                return response;
            }
            (StatusCode::UNAUTHORIZED, LOGIN.to_owned())
        }
    };
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, Html(html)).into_response()
}

#[derive(Deserialize)]
pub(crate) struct Login {
    token: String,
}

pub(crate) async fn log_in(
    State(room): State<Room>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Form(login): Form<Login>,
) -> Response {
    match room.access.log_in(&login.token, peer.ip()) {
        Err(problem) => problem.into_response(),
        Ok(Some(cookie)) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
        Ok(None) => {
            // Guessing is slow work.
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            (StatusCode::UNAUTHORIZED, Html(LOGIN.replace("hidden", ""))).into_response()
        }
    }
}

pub(crate) async fn script() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT)
}

pub(crate) async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE)
}
