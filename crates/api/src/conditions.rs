//! What a request asks for beside its body: that a thing still has the version that its caller knows (`If-Match`), that
//! it is sent only where it has another (`If-None-Match`), that it is carried out once (`Idempotency-Key`), or not at all
//! (`?dryRun=true`).
//!
//! The headers are read before the handler runs, and found again where the command is submitted: handlers say what
//! their command is about, and nothing more.

use crate::problem::Problem;
use aide::OperationOutput;
use aide::generate::GenContext;
use aide::openapi::{
    HeaderStyle, OpenApi, Operation, Parameter, ParameterData, ParameterSchemaOrContent, ReferenceOr,
    Response as ApiResponse, SchemaObject,
};
use axum::Json;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use engine::{Key, Progress, Subject, Terms, Versions};
use scene::{Command, FieldError, Id, Show};
use schemars::{JsonSchema, json_schema};
use serde::Serialize;

/// The header of keys (draft-ietf-httpapi-idempotency-key-header).
const KEY: &str = "idempotency-key";
/// The header in which a client says who it is.
const CLIENT: &str = "stream-client";
/// Who does not say.
const ANONYMOUS: &str = "anonymous";
/// The longest key, in bytes.
const LONGEST_KEY: usize = 255;

tokio::task_local! {
    static CONDITIONS: Conditions;
}

#[derive(Clone, Default)]
struct Conditions {
    if_match: Option<Versions>,
    key: Option<String>,
    dry_run: bool,
    by: Option<Id>,
    progress: Progress,
}

/// Reads the conditions of a request, and answers 304 where its caller has what would be sent.
pub(crate) async fn heed(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = versions(request.headers(), &header::IF_NONE_MATCH);
    let asked = match (versions(request.headers(), &header::IF_MATCH), &known) {
        // Of what is changed, only its absence can be asked for.
        (Ok(None), Ok(Some(Versions::Any))) if !safe => Ok(Some(Versions::Absent)),
        (Ok(_), Ok(Some(_))) if !safe => {
            Err(wrong_header("If-None-Match: expected * and no If-Match, where something is changed"))
        }
        (asked @ Ok(_), Err(_)) if !safe => asked.and_then(|_| versions(request.headers(), &header::IF_NONE_MATCH)),
        (asked, _) => asked,
    };
    let read = || {
        let (if_match, headers) = (asked?, request.headers());
        let by = Some(client(headers)?);
        let progress = request.extensions().get::<Progress>().cloned().unwrap_or_default();
        let (key, dry_run) = (key(headers)?, is_dry(request.uri().query())?);
        Ok::<_, Problem>(Conditions { if_match, key, dry_run, by, progress })
    };
    let conditions = match read() {
        Ok(conditions) => conditions,
        Err(problem) => return problem.into_response(),
    };
    let response = CONDITIONS.scope(conditions, next.run(request)).await;
    let version =
        response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(|tag| tag.trim_matches('"'));
    let known = match (known, version) {
        (Ok(Some(Versions::Any)), Some(_)) => true,
        (Ok(Some(Versions::OneOf(known))), Some(version)) => known.iter().any(|known| known == version),
        _ => false,
    };
    let moves = response.headers().contains_key(header::CACHE_CONTROL);
    if safe && known && !moves && response.status() == StatusCode::OK {
        let mut unchanged = StatusCode::NOT_MODIFIED.into_response();
        if let Some(tag) = response.headers().get(header::ETAG) {
            unchanged.headers_mut().insert(header::ETAG, tag.clone());
        }
        return unchanged;
    }
    response
}

/// The terms of a command about `subject`.
pub(crate) fn terms(subject: Option<Subject>, command: &Command) -> Result<Terms, Problem> {
    let Conditions { if_match, key, dry_run, by, progress } = CONDITIONS.try_with(Clone::clone).unwrap_or_default();
    let only_if = match (if_match, subject) {
        (None, _) => None,
        (Some(versions), Some(subject)) => Some((subject, versions)),
        (Some(_), None) => {
            return Err(wrong_header("If-Match is for what is answered with an ETag, and this is not"));
        }
    };
    Ok(Terms { only_if, key: key.map(|name| Key::new(name, by.clone(), command)), dry_run, by, progress })
}

/// Who a client says that it is.
pub(crate) fn client(headers: &HeaderMap) -> Result<Id, Problem> {
    let name = headers.get(CLIENT).map_or(Ok(ANONYMOUS), |value| value.to_str());
    let id = name.ok().and_then(|name| name.parse().ok());
    id.ok_or_else(|| wrong_header("Stream-Client: expected 1 to 64 of the characters A-Z a-z 0-9 _ . -"))
}

/// The entity tags of a header (RFC 9110, section 8.8.3); weak ones stand for nothing here, since all of ours are strong.
fn versions(headers: &HeaderMap, name: &header::HeaderName) -> Result<Option<Versions>, Problem> {
    let wrong = || wrong_header(format!("{name}: expected *, or entity tags such as \"0123456789abcdef\""));
    let mut tags = Vec::new();
    let mut there = false;
    for value in headers.get_all(name) {
        there = true;
        // Empty elements of a list are nothing (RFC 9110, section 5.6.1).
        let elements = value.to_str().map_err(|_| wrong())?.split(',').map(str::trim);
        for tag in elements.filter(|tag| !tag.is_empty()) {
            if tag == "*" {
                return Ok(Some(Versions::Any));
            }
            let strong = tag.strip_prefix("W/").unwrap_or(tag);
            let inner = strong.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).ok_or_else(wrong)?;
            // Those that compare weakly may be the same all the same, where nothing is changed.
            if strong.len() == tag.len() || *name == header::IF_NONE_MATCH {
                tags.push(inner.to_owned());
            }
        }
    }
    Ok(there.then_some(Versions::OneOf(tags)))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    if is_key(text) {
        return Ok(Some(text.to_owned()));
    }
    Err(wrong_header(format!("Idempotency-Key: expected 1 to {LONGEST_KEY} visible characters")))
}

fn wrong_header(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "/problems/header", "A header is wrong", detail)
}

/// `?dryRun=true`. Whoever means it and writes it otherwise is told so: nothing would be worse than to do it.
fn is_dry(query: Option<&str>) -> Result<bool, Problem> {
    let mut dry = false;
    for part in query.unwrap_or_default().split('&') {
        let (name, value) = part.split_once('=').unwrap_or((part, "true"));
        if name.eq_ignore_ascii_case("dryRun") || name.eq_ignore_ascii_case("dry_run") {
            dry = match (name, value) {
                ("dryRun", "true") => true,
                ("dryRun", "false") => false,
                _ => {
                    let detail = format!("{part}: expected dryRun=true or dryRun=false");
                    return Err(Problem::query(detail));
                }
            };
        }
    }
    Ok(dry)
}

fn is_key(text: &str) -> bool {
    (1..=LONGEST_KEY).contains(&text.len()) && text.bytes().all(|c| c.is_ascii_graphic() || c == b' ')
}

/// Refuses what cannot be tried, and done once: files are kept as they come.
pub(crate) fn refuse_files() -> Result<(), Problem> {
    let Conditions { key, dry_run, .. } = CONDITIONS.try_with(Clone::clone).unwrap_or_default();
    let (kind, what) = match (dry_run, key) {
        (true, _) => ("/problems/query", "dryRun"),
        (false, Some(_)) => ("/problems/header", "Idempotency-Key"),
        (false, None) => return Ok(()),
    };
    Err(Problem::new(
        StatusCode::BAD_REQUEST,
        kind,
        "Not with files",
        format!("{what} is for commands, and files are none"),
    ))
}

/// The terms of a command that was given with a key.
pub(crate) fn keyed(by: Id, key: Option<String>, dry_run: bool, command: &Command) -> Result<Terms, Problem> {
    if key.as_deref().is_some_and(|key| !is_key(key)) {
        return Err(Problem::field(FieldError::new("key", format!("expected 1 to {LONGEST_KEY} visible characters"))));
    }
    let by = Some(by);
    let key = key.map(|name| Key::new(name, by.clone(), command));
    Ok(Terms { key, dry_run, by, ..Terms::default() })
}

/// A thing with its version.
pub(crate) struct Versioned<T> {
    version: Option<String>,
    moves: bool,
    body: T,
}

impl<T: Serialize> Versioned<T> {
    /// A whole document: its version is worked out from what is sent, so that they belong together.
    pub(crate) fn of(body: T) -> Self {
        Self { version: engine::version_of(&body), moves: false, body }
    }
}

impl<T> Versioned<T> {
    /// `body`, which says where `subject` stands beside what it is in `show`.
    pub(crate) fn about(subject: &Subject, show: &Show, body: T) -> Self {
        Self { version: subject.version(show), moves: true, body }
    }
}

impl<T: Serialize> IntoResponse for Versioned<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        let tag = self.version.and_then(|version| HeaderValue::from_str(&format!("\"{version}\"")).ok());
        if let Some(tag) = tag {
            response.headers_mut().insert(header::ETAG, tag);
        }
        if self.moves {
            response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
        response
    }
}

impl<T: JsonSchema> OperationOutput for Versioned<T> {
    type Inner = T;

    fn operation_response(ctx: &mut GenContext, operation: &mut Operation) -> Option<ApiResponse> {
        let mut response = Json::<T>::operation_response(ctx, operation)?;
        let tag = aide::openapi::Header {
            description: Some("Its version, for If-Match and If-None-Match.".to_owned()),
            style: HeaderStyle::Simple,
            required: true,
            deprecated: None,
            format: of(json_schema!({"type": "string"})),
            example: None,
            examples: Default::default(),
            extensions: Default::default(),
        };
        response.headers.insert("ETag".to_owned(), ReferenceOr::Item(tag));
        Some(response)
    }

    fn inferred_responses(ctx: &mut GenContext, operation: &mut Operation) -> Vec<(Option<u16>, ApiResponse)> {
        Self::operation_response(ctx, operation).map(|response| (Some(200), response)).into_iter().collect()
    }
}

/// Says in the description which operations take what of this: those that change what answers with an ETag take
/// `If-Match`; all that submit a command take `dryRun`, and by POST `Idempotency-Key`.
pub(crate) fn describe(api: &mut OpenApi) {
    let Some(paths) = &mut api.paths else { return };
    // What is done to a thing is about it as well.
    let things: Vec<String> = paths
        .paths
        .iter()
        .filter(|(_, item)| matches!(item, ReferenceOr::Item(item) if item.get.as_ref().is_some_and(answers_with_a_version)))
        .map(|(path, _)| format!("{path}/"))
        .collect();
    let of_files = |path: &str| {
        ["uploads", "fonts", "backups", "tickets"].iter().any(|files| path.starts_with(&format!("/api/v1/{files}")))
    };
    let commands = paths.paths.iter_mut().filter(|(path, _)| !of_files(path));
    for (path, item) in commands.filter_map(|(path, item)| match item {
        ReferenceOr::Item(item) => Some((path, item)),
        ReferenceOr::Reference { .. } => None,
    }) {
        let versioned = item.get.as_ref().is_some_and(answers_with_a_version);
        let done_to_a_thing = things.iter().any(|thing| path.starts_with(thing));
        let changes = [&mut item.put, &mut item.patch, &mut item.delete].into_iter().filter(|_| versioned);
        for operation in changes.chain([&mut item.post].into_iter().filter(|_| done_to_a_thing)).flatten() {
            let tags = json_schema!({"type": "string", "pattern": r#"^(\*|"[0-9A-Za-z]+")$"#});
            let about = "Only where it still has this version: else 412.";
            operation.parameters.push(header_parameter("If-Match", about, tags));
        }
        for operation in [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten() {
            operation.parameters.push(dry_run_parameter());
            operation.parameters.push(header_parameter(
                "Stream-Client",
                "Who you are, by a name of your own: events, the log and the history of edits have it.",
                json_schema!({"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$"}),
            ));
        }
        if let Some(post) = &mut item.post {
            post.parameters.push(header_parameter(
                "Idempotency-Key",
                "A name of your own for this request: who sends it again is given the first answer, and nothing is done twice.",
                json_schema!({"type": "string", "pattern": "^[!-~]{1,255}$"}),
            ));
        }
    }
}

fn answers_with_a_version(operation: &Operation) -> bool {
    let responses = operation.responses.iter().flat_map(|responses| responses.responses.values());
    responses
        .filter_map(|response| match response {
            ReferenceOr::Item(response) => Some(response),
            ReferenceOr::Reference { .. } => None,
        })
        .any(|response| response.headers.contains_key("ETag"))
}

fn header_parameter(name: &str, description: &str, schema: schemars::Schema) -> ReferenceOr<Parameter> {
    let parameter_data = parameter(name, description, schema);
    ReferenceOr::Item(Parameter::Header { parameter_data, style: HeaderStyle::Simple })
}

fn dry_run_parameter() -> ReferenceOr<Parameter> {
    let description = "Nothing is done; the answer is what it would be. What triggers would make of it is left out.";
    let parameter_data = parameter("dryRun", description, json_schema!({"type": "boolean"}));
    let style = aide::openapi::QueryStyle::Form;
    ReferenceOr::Item(Parameter::Query { parameter_data, allow_reserved: false, style, allow_empty_value: None })
}

fn parameter(name: &str, description: &str, schema: schemars::Schema) -> ParameterData {
    ParameterData {
        name: name.to_owned(),
        description: Some(description.to_owned()),
        required: false,
        deprecated: None,
        format: of(schema),
        example: None,
        examples: Default::default(),
        explode: None,
        extensions: Default::default(),
    }
}

fn of(json_schema: schemars::Schema) -> ParameterSchemaOrContent {
    ParameterSchemaOrContent::Schema(SchemaObject { json_schema, example: None, external_docs: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &'static str) -> Result<Option<Versions>, u16> {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_MATCH, HeaderValue::from_static(value));
        versions(&headers, &header::IF_MATCH).map_err(|problem| problem.into_response().status().as_u16())
    }

    #[test]
    fn entity_tags_are_read_as_the_standard_has_them() {
        let some = |tags: &[&str]| Ok(Some(Versions::OneOf(tags.iter().map(|tag| (*tag).to_owned()).collect())));
        assert_eq!(read("\"a\""), some(&["a"]));
        assert_eq!(read("\"a\" , ,\"b\","), some(&["a", "b"]));
        assert_eq!(read("W/\"a\", \"b\""), some(&["b"]), "what is weak never matches strongly");
        assert_eq!(read("*"), Ok(Some(Versions::Any)));
        assert_eq!(read("a"), Err(400));
        assert_eq!(read("\"a"), Err(400));
        assert_eq!(versions(&HeaderMap::new(), &header::IF_MATCH).ok(), Some(None));
    }

    #[test]
    fn a_dry_run_is_never_taken_for_another() {
        for (query, dry) in
            [(None, false), (Some("name=x"), false), (Some("a=1&dryRun=true"), true), (Some("dryRun"), true)]
        {
            assert_eq!(is_dry(query).ok(), Some(dry), "{query:?}");
        }
        assert_eq!(is_dry(Some("dryRun=false")).ok(), Some(false));
        for query in ["dryRun=True", "dryRun=1", "dryrun=true", "dry_run=true", "dryRun="] {
            assert!(is_dry(Some(query)).is_err(), "{query}");
        }
    }
}
