//! Request bodies: JSON, with errors that name the field.

use crate::problem::Problem;
use aide::OperationInput;
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use futures_util::StreamExt;
use scene::{LayerSpec, TrackSpec};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The largest body, in bytes: a show with some pictures in `data:` URLs.
pub(crate) const MAX_BODY: usize = 8 * 1024 * 1024;

/// A JSON body that was read as a `T`.
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let json = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|kind| {
            let kind = kind.split(';').next().unwrap_or_default().trim();
            kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
        });
        if !json {
            return Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "/problems/media-type",
                "The body is no JSON",
                "send the header Content-Type: application/json",
            ));
        }
        let bytes = read_all(request.into_body(), MAX_BODY).await?;
        parse(&bytes).map(Self)
    }
}

/// A body that may be left out altogether.
pub(crate) struct BodyOrNone<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Default> FromRequest<S> for BodyOrNone<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let empty = axum::body::HttpBody::size_hint(request.body()).exact() == Some(0);
        if empty {
            return Ok(Self(T::default()));
        }
        Body::from_request(request, state).await.map(|Body(body)| Self(body))
    }
}

/// The largest font, in bytes; what else a font must be the engine says.
const MAX_FONT: usize = 33 * 1024 * 1024;

/// A body that is a file.
pub(crate) struct FontFile(pub(crate) Vec<u8>);

impl<S: Send + Sync> FromRequest<S> for FontFile {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read_all(request.into_body(), MAX_FONT).await.map(Self)
    }
}

impl OperationInput for FontFile {}

impl<T: JsonSchema> OperationInput for BodyOrNone<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        axum::Json::<T>::operation_input(ctx, operation);
        if let Some(aide::openapi::ReferenceOr::Item(body)) = &mut operation.request_body {
            body.required = false;
        }
    }
}

/// Reads a body. One that is too long is read on for a while, though it is thrown away: many
/// clients look at the answer only once they have sent everything.
pub(crate) async fn read_all(body: axum::body::Body, max: usize) -> Result<Vec<u8>, Problem> {
    let patience = 8 * max;
    let mut stream = body.into_data_stream();
    let (mut bytes, mut length) = (Vec::new(), 0);
    while let Some(piece) = stream.next().await {
        let piece = piece.map_err(|e| Problem::syntax(None, format!("the body broke off: {e}")))?;
        length += piece.len();
        if length <= max {
            bytes.extend_from_slice(&piece);
        } else if length > patience {
            break;
        }
    }
    if length > max {
        let detail = format!("a body has at most {max} bytes");
        return Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "/problems/too-large",
            "The body is too large",
            detail,
        ));
    }
    Ok(bytes)
}

/// Reads JSON.
pub(crate) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(value) => scene::read(value).map_err(Problem::field),
        Err(e) => Err(not_a_number::<T>(bytes).unwrap_or_else(|| Problem::syntax(None, e.to_string()))),
    }
}

/// JSON has no NaN and no Infinity, but many programs write them. Such a body is refused like any
/// other that is no JSON, but with the field, and with the range where the field has one.
fn not_a_number<T: DeserializeOwned>(bytes: &[u8]) -> Option<Problem> {
    const MARK: &str = "\u{1}NaN";
    let text = std::str::from_utf8(bytes).ok()?;
    let mut marked = String::with_capacity(text.len() + 8);
    let mut in_string = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let word = ["-Infinity", "Infinity", "NaN"].into_iter().find(|w| !in_string && rest.starts_with(w));
        let taken = match (word, c) {
            (Some(word), _) => {
                marked.push_str("\"\\u0001NaN\"");
                word.len()
            }
            (None, '\\') if in_string => 1 + rest[1..].chars().next().map_or(0, char::len_utf8),
            (None, c) => {
                in_string ^= c == '"';
                c.len_utf8()
            }
        };
        if word.is_none() {
            marked.push_str(&rest[..taken]);
        }
        rest = &rest[taken..];
    }
    let value: Value = serde_json::from_str(&marked).ok()?;
    let field = find(&value, MARK, String::new())?;
    // A patch is typed by the document that it is for.
    let whole = |member: &str, filler: &str| {
        let mut whole = value.clone();
        whole.as_object_mut().map(|o| o.entry(member).or_insert(filler.into()));
        whole
    };
    let expected = [
        scene::read::<T>(value.clone()).err(),
        scene::read::<LayerSpec>(whole("type", "overlay")).err(),
        scene::read::<TrackSpec>(whole("url", "-")).err(),
    ];
    let expected = expected.into_iter().flatten().find(|e| e.field == field);
    let detail = match expected.and_then(|e| e.message.split_once("expected ").map(|(_, range)| range.to_owned())) {
        Some(range) => format!("NaN and Infinity are no JSON numbers; expected {range}"),
        None => "NaN and Infinity are no JSON numbers".to_owned(),
    };
    Some(Problem::syntax(Some(field), detail))
}

/// The path of the first text that is `mark`.
fn find(value: &Value, mark: &str, path: String) -> Option<String> {
    match value {
        Value::String(text) if text == mark => Some(path),
        Value::Array(items) => items.iter().enumerate().find_map(|(i, item)| find(item, mark, format!("{path}[{i}]"))),
        Value::Object(members) => members.iter().find_map(|(name, member)| {
            find(member, mark, if path.is_empty() { name.clone() } else { format!("{path}.{name}") })
        }),
        _ => None,
    }
}

impl<T: JsonSchema> OperationInput for Body<T> {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        axum::Json::<T>::operation_input(ctx, operation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(text: &str) -> Value {
        serde_json::to_value(parse::<LayerSpec>(text.as_bytes()).unwrap_err()).unwrap()
    }

    #[test]
    fn a_number_that_is_none_is_told_with_its_field_and_range() {
        let nan = problem(r#"{"type": "overlay", "content": {"content": "NaN \" NaN"}, "opacity": NaN}"#);
        assert_eq!((nan["status"].as_u64(), nan["field"].as_str()), (Some(400), Some("opacity")));
        assert!(nan["detail"].as_str().unwrap().contains("from 0 to 1"), "{nan}");
        let infinite = problem(r#"{"type": "host", "transform": {"scale": {"x": -Infinity}}}"#);
        assert_eq!(infinite["field"], "transform.scale.x");
        assert_eq!(problem("{").get("field"), None);
        let patch = parse::<serde_json::Map<String, Value>>(br#"{"opacity": NaN}"#).unwrap_err();
        let patch = serde_json::to_value(patch).unwrap();
        assert_eq!(patch["field"], "opacity");
        assert!(patch["detail"].as_str().unwrap().contains("from 0 to 1"), "{patch}");
    }

    #[test]
    fn whatever_bytes_come_are_read_or_refused() {
        let sound =
            br#"{"type": "overlay", "opacity": NaN, "content": {"type": "text", "content": "\u20ac \\ \" -Infinity"}}"#;
        let mut random = fastrand::Rng::with_seed(1);
        for _ in 0..20_000 {
            let mut bytes = sound.to_vec();
            for _ in 0..random.usize(1..6) {
                let at = random.usize(..bytes.len());
                match random.u8(..4) {
                    0 => bytes[at] = random.u8(..),
                    1 => bytes.truncate(at.max(1)),
                    2 => bytes.insert(at, *random.choice(b"{}[]\",:\\NI-\xe2\x82\xff\0").unwrap_or(&0)),
                    _ => bytes.extend_from_within(at..),
                }
            }
            let _ = parse::<LayerSpec>(&bytes);
        }
        let deep = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
        assert!(parse::<LayerSpec>(&deep).is_err());
        let nested = format!("{}NaN", "{\"a\":".repeat(100_000));
        assert!(parse::<LayerSpec>(nested.as_bytes()).is_err());
    }
}
