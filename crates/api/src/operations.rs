//! Requests that take long: whoever sends one with `Prefer: respond-async` (RFC 7240) is answered at once, and finds
//! under `/operations` how far it has come and what came of it.
//!
//! They are remembered as long as the service runs. Whoever has to know after a crash gives an `Idempotency-Key`, and
//! sends the request again.

use crate::body::{MAX_BODY, read_all};
use crate::problem::Problem;
use crate::rest::{Answered, Named, about};
use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use aide::openapi::{MediaType, OpenApi, ReferenceOr, Response as ApiResponse, SchemaObject, StatusCode as Code};
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::{Happening, Notices, Progress};
use futures_util::FutureExt;
use schemars::{JsonSchema, json_schema};
use serde::Serialize;
use serde_json::Value;
use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Operations that are remembered, and under way at the same time.
const REMEMBERED: usize = 100;

/// The most bytes of an answer that are remembered: that of a whole show that was loaded is that show.
const LONGEST_BODY: usize = 256 * 1024;

/// All operations that are remembered, the oldest first.
#[derive(Clone)]
pub(crate) struct Operations(Arc<Inner>);

struct Inner {
    all: Mutex<VecDeque<Arc<Operation>>>,
    notices: Notices,
}

struct Operation {
    id: String,
    request: String,
    began_unix_ms: u64,
    progress: Progress,
    end: OnceLock<End>,
}

struct End {
    unix_ms: u64,
    status: StatusCode,
    /// None where it was too long.
    body: Option<Value>,
}

/// A request that is carried out in its own time.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Operation")]
struct OperationView {
    /// Its name, made by the service.
    id: String,
    /// What was asked for, such as `POST /api/v1/backups`.
    request: String,
    /// How it is.
    state: OperationState,
    /// When it came, in milliseconds since 1970.
    began_unix_ms: u64,
    /// When it was over.
    #[serde(skip_serializing_if = "Option::is_none")]
    ended_unix_ms: Option<u64>,
    /// How far it has come, where there are steps to count: files that a show needs.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<Steps>,
    /// What it would have been answered; not in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    response: Option<Reply>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum OperationState {
    /// It is under way.
    Running,
    /// It was done.
    Succeeded,
    /// It was not done; `response` says why.
    Failed,
}

#[derive(Serialize, JsonSchema)]
struct Steps {
    /// Steps that are done.
    done: u64,
    /// Of how many that are known of so far.
    total: u64,
}

/// An answer.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "OperationResponse")]
struct Reply {
    /// The HTTP status.
    status: u16,
    /// Its body; null where it has none; left out where it was longer than 256 KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<Value>,
}

impl Operation {
    fn view(&self) -> OperationView {
        let (done, total) = self.progress.so_far();
        let end = self.end.get();
        OperationView {
            id: self.id.clone(),
            request: self.request.clone(),
            state: match end {
                None => OperationState::Running,
                Some(end) if end.status.is_success() => OperationState::Succeeded,
                Some(_) => OperationState::Failed,
            },
            began_unix_ms: self.began_unix_ms,
            ended_unix_ms: end.map(|end| end.unix_ms),
            progress: (total > 0).then_some(Steps { done, total }),
            response: end.map(|end| Reply { status: end.status.as_u16(), body: end.body.clone() }),
        }
    }
}

impl Operations {
    fn all(&self) -> MutexGuard<'_, VecDeque<Arc<Operation>>> {
        // Each use leaves it whole.
        self.0.all.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// None so far; what goes wrong in them is told there.
    pub(crate) fn new(notices: Notices) -> Self {
        Self(Arc::new(Inner { all: Mutex::default(), notices }))
    }

    fn begin(&self, request: String) -> Result<Arc<Operation>, Problem> {
        let mut all = self.all();
        if all.len() >= REMEMBERED {
            let over = all.iter().position(|operation| operation.end.get().is_some());
            let busy = || {
                let detail = format!("{REMEMBERED} operations are under way already");
                Problem::new(StatusCode::TOO_MANY_REQUESTS, "/problems/busy", "Too much at once", detail).retry_after(1)
            };
            all.remove(over.ok_or_else(busy)?);
        }
        let id = format!("operation-{:016x}", fastrand::u64(..));
        let (progress, end) = (Progress::default(), OnceLock::new());
        let operation = Arc::new(Operation { id, request, began_unix_ms: unix_ms(), progress, end });
        all.push_back(operation.clone());
        Ok(operation)
    }
}

pub(crate) fn router() -> ApiRouter<Operations> {
    ApiRouter::new()
        .api_route(
            "/operations",
            get_with(list, about("Operations", "What is carried out in its own time, the oldest first")),
        )
        .api_route("/operations/{id}", get_with(get, about("Operations", "How far an operation has come")))
}

async fn list(State(operations): State<Operations>) -> Json<Vec<OperationView>> {
    let all: Vec<_> = operations.all().iter().cloned().collect();
    Json(all.iter().map(|operation| OperationView { response: None, ..operation.view() }).collect())
}

async fn get(State(operations): State<Operations>, Path(Named { id }): Path<Named>) -> Answered<OperationView> {
    let found = operations.all().iter().find(|operation| operation.id == id).cloned();
    let found = found.ok_or_else(|| Problem::not_found(format!("there is no operation \"{id}\"")))?;
    Ok(Json(found.view()))
}

/// Lets a request run by itself where its caller prefers that. Files are taken while they come, whatever is preferred.
pub(crate) async fn heed(State(operations): State<Operations>, request: Request, next: Next) -> Response {
    let changes = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    if !(changes && prefers_async(request.headers()) && brings_json_or_nothing(&request)) {
        return next.run(request).await;
    }
    match set_off(&operations, request, next).await {
        Ok(response) => response,
        Err(problem) => problem.into_response(),
    }
}

async fn set_off(operations: &Operations, request: Request, next: Next) -> Result<Response, Problem> {
    // All of it before it is answered: nobody sends a body once there is an answer.
    let (parts, body) = request.into_parts();
    let body = read_all(body, MAX_BODY).await?;
    let mut request = Request::from_parts(parts, Body::from(body));
    let operation = operations.begin(format!("{} {}", request.method(), request.uri().path()))?;
    request.extensions_mut().insert(operation.progress.clone());
    let (running, notices) = (operation.clone(), operations.0.notices.clone());
    tokio::spawn(async move {
        let done = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let response = done.unwrap_or_else(|panic| {
            let reason = output::message(&*panic);
            tracing::error!(request = %running.request, %reason, "a request has failed");
            notices.tell(Happening::TaskFailed { task: running.request.clone(), reason });
            Problem::internal("it could not be handled; the log says why").into_response()
        });
        let status = response.status();
        let body = read_all(response.into_body(), LONGEST_BODY).await.ok();
        let body = body.map(|body| serde_json::from_slice(&body).unwrap_or_default());
        // Nobody else ends it.
        let _ = running.end.set(End { unix_ms: unix_ms(), status, body });
    });
    let mut response = (StatusCode::ACCEPTED, Json(operation.view())).into_response();
    let headers = response.headers_mut();
    headers.insert("preference-applied", HeaderValue::from_static("respond-async"));
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/operations/{}", operation.id)) {
        headers.insert(header::LOCATION, place);
    }
    Ok(response)
}

/// RFC 7240, section 4.1.
fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").into_iter().filter_map(|value| value.to_str().ok());
    let mut preferences = values.flat_map(|value| value.split(',')).filter_map(|p| p.split(';').next());
    preferences.any(|preference| preference.trim().eq_ignore_ascii_case("respond-async"))
}

/// Files are taken while they come.
fn brings_json_or_nothing(request: &Request) -> bool {
    let of_files = ["/uploads", "/fonts"].iter().any(|files| request.uri().path().contains(files));
    let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.to_str().unwrap_or_default());
    !of_files && kind.is_none_or(|kind| kind.contains("json"))
}

fn unix_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as u64)
}

/// Says in the description that whatever changes something may be asked for in its own time.
pub(crate) fn describe(api: &mut OpenApi) {
    let Some(paths) = &mut api.paths else { return };
    let items = paths.paths.iter_mut().filter_map(|(path, item)| match item {
        ReferenceOr::Item(item) if !["uploads", "fonts", "tickets"].iter().any(|files| path.contains(files)) => {
            Some(item)
        }
        _ => None,
    });
    for operation in items.flat_map(|item| [&mut item.post, &mut item.put, &mut item.patch]).flatten() {
        let schema = json_schema!({"$ref": "#/components/schemas/Operation"});
        let schema = Some(SchemaObject { json_schema: schema, example: None, external_docs: None });
        let description =
            "With the header Prefer: respond-async (RFC 7240): it is carried out in its own time.".to_owned();
        let content = [("application/json".to_owned(), MediaType { schema, ..MediaType::default() })];
        let accepted = ApiResponse { description, content: content.into_iter().collect(), ..ApiResponse::default() };
        let responses = operation.responses.get_or_insert_default();
        responses.responses.insert(Code::Code(202), ReferenceOr::Item(accepted));
    }
}
