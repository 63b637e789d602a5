//! What was done: edits that can be undone, the log of all commands, and copies of it.

use crate::body::BodyOrNone;
use crate::conditions;
use crate::motion::{Outcome, outcome};
use crate::problem::Problem;
use crate::rest::{Answered, App, Created, about};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use engine::{Backup, Engine, LogEntry};
use scene::{Command, FieldError, Id, StepView};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// The most commands of a page of the log.
const LONGEST_PAGE: usize = 500;
/// How many of them are looked through for one page of those that are asked for.
const LONGEST_SEARCH: usize = 10;
/// How many it has where nobody says.
const PAGE: usize = 50;

/// Whose edit.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Whose {
    /// The client's; anybody's where left out.
    by: Option<Id>,
}

/// Edits of the near past.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct History {
    /// What can be undone, the last first.
    undo: Vec<StepView>,
    /// What can be done again, the first to be done first.
    redo: Vec<StepView>,
}

/// Which page of the log.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Page {
    /// As the page before says; the newest commands where left out.
    #[serde(default)]
    cursor: Option<String>,
    /// How many commands, 1 to 500; 50 where left out.
    #[serde(default)]
    limit: Option<usize>,
    /// Only commands of this client.
    #[serde(default)]
    by: Option<Id>,
    /// Only commands of this kind, such as `createLayer`; those in a batch are of the kind `batch`.
    #[serde(default)]
    command: Option<String>,
    /// Only commands that became durable then or later, in milliseconds since 1970.
    #[serde(default)]
    since: Option<i64>,
}

/// A page of the log, the newest first.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct LogPage {
    /// Its commands.
    commands: Vec<Logged>,
    /// The `cursor` of the next page, where there are older commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// A command of the past.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Logged {
    /// Its number, which events have as well.
    sequence: u64,
    /// When it became durable, in milliseconds since 1970.
    unix_ms: i64,
    /// Who gave it; nobody where the service did.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<Id>,
    /// The key that its caller gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// What was asked for, without what is secret.
    command: Value,
}

/// A copy of the store.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct BackupView {
    /// Its file, in `backups` in the data folder.
    name: String,
    /// Its size.
    bytes: u64,
}

impl From<Backup> for BackupView {
    fn from(Backup { name, bytes }: Backup) -> Self {
        Self { name, bytes }
    }
}

pub(crate) fn router() -> ApiRouter<Arc<Engine>> {
    ApiRouter::new()
        .api_route(
            "/backups",
            get_with(backups, about("History", "The copies of the store that there are, the oldest first")).post_with(
                back_up,
                |op| {
                    about("History", "Copies the store into the data folder; the last ten copies are kept")(op)
                        .response::<201, Json<BackupView>>()
                },
            ),
        )
        .api_route("/undo", post_with(undo, about("History", "Puts back what the last edit has changed")))
        .api_route("/redo", post_with(redo, about("History", "Does again what was undone last")))
        .api_route("/history", get_with(history, about("History", "What can be undone and done again")))
        .api_route("/log", get_with(log, about("History", "Who commanded what, and when, the newest first")))
}

async fn undo(State(engine): App, BodyOrNone(Whose { by }): BodyOrNone<Whose>) -> Answered<Outcome> {
    outcome(&engine, Command::Undo { by }).await
}

async fn redo(State(engine): App, BodyOrNone(Whose { by }): BodyOrNone<Whose>) -> Answered<Outcome> {
    outcome(&engine, Command::Redo { by }).await
}

async fn history(State(engine): App) -> Json<History> {
    let show = &engine.control().state().show;
    Json(History { undo: show.undoable(), redo: show.redoable() })
}

async fn back_up(State(engine): App) -> Created<BackupView> {
    conditions::refuse_files()?;
    Ok((StatusCode::CREATED, Json(engine.back_up().await?.into())))
}

async fn backups(State(engine): App) -> Json<Vec<BackupView>> {
    Json(engine.backups().into_iter().map(BackupView::from).collect())
}

async fn log(State(engine): App, page: Result<Query<Page>, QueryRejection>) -> Answered<LogPage> {
    let Query(Page { cursor, limit, by, command, since }) = page.map_err(|e| Problem::query(e.body_text()))?;
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LONGEST_PAGE).contains(&limit) {
        let message = format!("{limit} is outside 1 to {LONGEST_PAGE}");
        return Err(Problem::field(FieldError::new("limit", message)));
    }
    let wrong = |_| Problem::field(FieldError::new("cursor", "expected what the page before gave as nextCursor"));
    let mut before = cursor.map(|cursor| cursor.parse().map_err(wrong)).transpose()?;
    let wanted = |entry: &LogEntry| {
        by.as_ref().is_none_or(|by| entry.by.as_ref() == Some(by))
            && command.as_ref().is_none_or(|kind| entry.command.get(kind).is_some())
    };
    let plain = by.is_none() && command.is_none();
    let (mut commands, mut next_cursor) = (Vec::new(), None);
    // A page that finds little is shorter: it does not read the whole log.
    for _ in 0..if plain { 1 } else { LONGEST_SEARCH } {
        let (entries, more) = engine.control().log(before, if plain { limit } else { LONGEST_PAGE }).await?;
        next_cursor = entries.last().filter(|_| more).map(|last| last.sequence.to_string());
        before = entries.last().map(|last| last.sequence);
        for entry in entries {
            if since.is_some_and(|since| entry.written_unix_ms < since) {
                next_cursor = None;
                return Ok(Json(LogPage { commands, next_cursor }));
            }
            if !wanted(&entry) {
                continue;
            }
            if commands.len() == limit {
                next_cursor = commands.last().map(|last: &Logged| last.sequence.to_string());
                return Ok(Json(LogPage { commands, next_cursor }));
            }
            let LogEntry { sequence, written_unix_ms: unix_ms, by, key, command } = entry;
            commands.push(Logged { sequence, unix_ms, by, key, command });
        }
        if next_cursor.is_none() {
            break;
        }
    }
    Ok(Json(LogPage { commands, next_cursor }))
}
