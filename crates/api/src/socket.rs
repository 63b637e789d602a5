//! WebSocket: the show and its events out, commands in; and the program's picture.
//!
//! `/ws` speaks JSON. The service says, in this order: `snapshot` (the show, and the number of the
//! last command), then an `event` for each change with its number, and a `status` once a second.
//! Where a command has several events they have one number, and `part` of `parts`: whoever has the last
//! part has it all.
//! With `?after=N` it gives the events after number N instead of a snapshot, where it still has
//! them. A client says `{"id": …, "command": {…}}` and is answered with `answer` and the same id.
//! A client that falls behind is given a fresh snapshot.
//!
//! `/preview` gives the program as fragmented MP4: first a text message with its MIME type, then
//! the initialisation segment and fragments as binary messages.

use crate::body::{MAX_BODY, parse};
use crate::problem::Problem;
use crate::status;
use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Query, State};
use axum::response::Response;
use axum::routing::get;
use engine::{Engine, Numbered, State as ShowState};
use scene::Command;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval};

pub(crate) fn router(engine: Arc<Engine>) -> Router {
    Router::new().route("/", get(control)).route("/ws", get(control)).route("/preview", get(preview)).with_state(engine)
}

#[derive(Deserialize)]
struct Resume {
    after: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    #[serde(default)]
    id: Value,
    command: Command,
}

async fn control(
    State(engine): State<Arc<Engine>>,
    Query(resume): Query<Resume>,
    upgrade: WebSocketUpgrade,
) -> Response {
    upgrade.max_message_size(MAX_BODY).on_upgrade(move |socket| async move {
        // A client that went away is no error.
        let _ = converse(engine, resume.after, socket).await;
    })
}

async fn converse(engine: Arc<Engine>, after: Option<u64>, mut socket: WebSocket) -> Result<(), axum::Error> {
    let control = engine.control().clone();
    let (missed, mut events) = match after {
        Some(after) => control.events_after(after),
        None => (None, control.events_after(u64::MAX).1),
    };
    // Up to which number the client has everything; what comes live is later.
    let mut held = match (after, missed) {
        (Some(after), Some(missed)) => {
            let last = missed.last().map_or(after, |event| event.sequence);
            for event in missed {
                send(&mut socket, event_message(&event)).await?;
            }
            last
        }
        _ => send_snapshot(&engine, &mut socket).await?,
    };
    let mut tick = interval(Duration::from_secs(1));
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            event = events.recv() => match event {
                // What the snapshot has already.
                Ok(event) if event.sequence <= held => {}
                Ok(event) => send(&mut socket, event_message(&event)).await?,
                Err(RecvError::Lagged(_)) => held = send_snapshot(&engine, &mut socket).await?,
                Err(RecvError::Closed) => return Ok(()),
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => {
                    let answer = answer(&engine, text.as_bytes()).await;
                    send(&mut socket, answer).await?;
                }
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(e),
            },
            _ = tick.tick() => {
                let status = json!({"type": "status", "status": status::stream(&engine)});
                send(&mut socket, status).await?;
            }
        }
    }
}

async fn send(socket: &mut WebSocket, message: Value) -> Result<(), axum::Error> {
    socket.send(Message::Text(message.to_string().into())).await
}

async fn send_snapshot(engine: &Engine, socket: &mut WebSocket) -> Result<u64, axum::Error> {
    let state: Arc<ShowState> = engine.control().state();
    let message = json!({
        "type": "snapshot",
        "sequence": state.sequence,
        "show": state.show.to_file(),
        "timelines": state.show.timelines(engine.control().now()),
        "streaming": state.show.streaming(),
    });
    send(socket, message).await?;
    Ok(state.sequence)
}

fn event_message(event: &Numbered) -> Value {
    let mut message = json!({"type": "event", "sequence": event.sequence, "event": event.event});
    if event.parts > 1 {
        message["part"] = event.part.into();
        message["parts"] = event.parts.into();
    }
    message
}

async fn answer(engine: &Engine, text: &[u8]) -> Value {
    // The id is read first, so that a wrong command can be answered by it.
    let id = serde_json::from_slice::<Value>(text).ok().and_then(|v| v.get("id").cloned()).unwrap_or_default();
    let result = match parse::<Request>(text) {
        Ok(request) => {
            let id = request.id;
            engine.control().submit(request.command).await.map_err(Problem::from).map(|answer| (id, answer))
        }
        Err(problem) => Err(problem),
    };
    match result {
        Ok((id, answer)) => {
            json!({"type": "answer", "id": id, "ok": true, "sequence": answer.sequence, "events": answer.events})
        }
        Err(problem) => json!({"type": "answer", "id": id, "ok": false, "problem": problem}),
    }
}

async fn preview(State(engine): State<Arc<Engine>>, upgrade: WebSocketUpgrade) -> Response {
    upgrade.on_upgrade(move |socket| async move {
        let _ = show(engine, socket).await;
    })
}

async fn show(engine: Arc<Engine>, mut socket: WebSocket) -> Result<(), axum::Error> {
    let (begin, mut fragments) = engine.preview().watch();
    let mut described = false;
    for fragment in begin {
        send_fragment(&mut socket, fragment, &mut described).await?;
    }
    loop {
        tokio::select! {
            fragment = fragments.recv() => match fragment {
                Ok(fragment) => send_fragment(&mut socket, fragment, &mut described).await?,
                // Whoever is behind begins anew.
                Err(_) => return socket.send(Message::Close(None)).await,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(Ok(_)) => {}
                Some(Err(e)) => return Err(e),
            },
        }
    }
}

async fn send_fragment(
    socket: &mut WebSocket,
    fragment: output::Fragment,
    described: &mut bool,
) -> Result<(), axum::Error> {
    if !*described {
        *described = true;
        let mime = format!("video/mp4; codecs=\"{},mp4a.40.2\"", codec(&fragment.bytes));
        send(socket, json!({"type": "preview", "mime": mime})).await?;
    }
    socket.send(Message::Binary(fragment.bytes)).await
}

/// The name of the video codec (RFC 6381), from the AVCDecoderConfigurationRecord in `moov`.
fn codec(initialisation: &[u8]) -> String {
    let at = initialisation.windows(4).position(|w| w == b"avcC");
    match at.and_then(|at| initialisation.get(at + 5..at + 8)) {
        Some([profile, compatible, level]) => format!("avc1.{profile:02x}{compatible:02x}{level:02x}"),
        _ => "avc1.640028".to_owned(),
    }
}
