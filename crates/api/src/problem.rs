//! Errors as RFC 9457 problem documents.

use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{MediaType, Operation, Response as ApiResponse, SchemaObject};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::CommandError;
use scene::{FieldError, Rejection};
use schemars::JsonSchema;
use serde::Serialize;

/// No refusal has more words, in bytes.
const WORDS: usize = 64 * 1024;

/// A problem document.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is: stable, for programs.
    #[serde(rename = "type")]
    kind: &'static str,
    /// The same for people.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What is wrong here, and what is allowed.
    detail: String,
    /// The field that is wrong, such as `transform.scale.x`.
    #[serde(skip_serializing_if = "Option::is_none")]
    field: Option<String>,
    #[serde(skip)]
    retry_after_seconds: Option<u32>,
}

impl Problem {
    pub(crate) fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { kind, title, status: status.as_u16(), detail: detail.into(), field: None, retry_after_seconds: None }
    }

    /// A body that is no JSON, and where that shows.
    pub(crate) fn syntax(field: Option<String>, detail: impl Into<String>) -> Self {
        let problem = Self::new(StatusCode::BAD_REQUEST, "/problems/syntax", "The body is no JSON", detail);
        Self { field, ..problem }
    }

    pub(crate) fn field(error: FieldError) -> Self {
        let FieldError { field, message } = error;
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/invalid", "A field is invalid", message);
        Self { field: Some(field).filter(|f| !f.is_empty()), ..problem }
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "/problems/not-found", "There is no such thing", detail)
    }

    /// A body that is no JSON and cannot be used.
    pub(crate) fn unusable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/invalid", "The file cannot be used", detail)
    }

    pub(crate) fn query(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "/problems/query", "The query is wrong", detail)
    }

    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "/problems/internal", "A fault of the service", detail)
    }

    pub(crate) fn retry_after(self, seconds: u32) -> Self {
        Self { retry_after_seconds: Some(seconds), ..self }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        let detail = error.to_string();
        match error {
            CommandError::Rejected(Rejection::Unknown { .. }) => {
                Self { field: Some("id".to_owned()), ..Self::not_found(detail) }
            }
            CommandError::Rejected(Rejection::Taken { .. }) => {
                let problem = Self::new(StatusCode::CONFLICT, "/problems/taken", "The id is taken", detail);
                Self { field: Some("id".to_owned()), ..problem }
            }
            CommandError::Rejected(Rejection::Locked { .. }) => {
                let problem = Self::new(StatusCode::CONFLICT, "/problems/locked", "The layer is locked", detail);
                Self { field: Some("id".to_owned()), ..problem }
            }
            CommandError::Rejected(Rejection::Conflict { .. }) => {
                Self::new(StatusCode::CONFLICT, "/problems/conflict", "It does not go with what others did", detail)
            }
            CommandError::Rejected(Rejection::Full { kind, .. }) => {
                let problem = Self::new(StatusCode::CONFLICT, "/problems/full", "The show is full", detail);
                Self { field: Some(format!("{kind}s")), ..problem }
            }
            CommandError::Rejected(Rejection::Invalid(e)) | CommandError::Unusable(e) => Self::field(e),
            CommandError::Store(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "/problems/store", "The store is away", detail)
                    .retry_after(1)
            }
            CommandError::Changed => {
                Self::new(StatusCode::PRECONDITION_FAILED, "/problems/changed", "It has been changed", detail)
            }
            CommandError::KeyTaken => {
                let title = "The key was used for something else";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "/problems/key", title, detail)
            }
            CommandError::Busy => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "/problems/busy", "Too much at once", detail).retry_after(1)
            }
            CommandError::Ending => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "/problems/ending", "Shutting down", detail).retry_after(2)
            }
        }
    }
}

/// Makes problem documents of refusals that are words alone: those of paths and queries that cannot be read.
pub(crate) async fn explain(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let status = response.status();
    if !status.is_client_error() || !kind.starts_with("text/plain") {
        return response;
    }
    let words = axum::body::to_bytes(response.into_body(), WORDS).await.unwrap_or_default();
    let words = String::from_utf8_lossy(&words).into_owned();
    Problem::new(status, "/problems/request", "The request cannot be read", words).into_response()
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl OperationOutput for Problem {
    type Inner = Self;

    fn operation_response(ctx: &mut GenContext, _: &mut Operation) -> Option<ApiResponse> {
        let schema =
            SchemaObject { json_schema: ctx.schema.subschema_for::<Self>(), example: None, external_docs: None };
        let content = MediaType { schema: Some(schema), ..MediaType::default() };
        Some(ApiResponse {
            description: "What is wrong, as a problem document (RFC 9457).".to_owned(),
            content: [("application/problem+json".to_owned(), content)].into_iter().collect(),
            ..ApiResponse::default()
        })
    }

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, ApiResponse)> {
        // The default response stands for all statuses that an operation does not list.
        Self::operation_response(ctx, operation).map(|r| (None, r)).into_iter().collect()
    }
}
