//! What happens to the service, told to where people look: a webhook, and a service that speaks Sentry's protocol.
//!
//! Nothing waits for them. What cannot be told after some tries is left untold, but for the log; their URLs, which are
//! secrets, are in no log and no error.

use engine::{Happening, Notice, Notices, StoreState};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use url::Url;

/// How long one try may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pauses between tries.
const PAUSES: [Duration; 3] = [Duration::from_secs(1), Duration::from_secs(5), Duration::from_secs(25)];

/// Where to tell.
#[derive(Clone, Default)]
pub(crate) struct Reports {
    /// Is sent every notice, by POST, as JSON.
    pub(crate) webhook: Option<SecretString>,
    /// Is sent what is an error.
    pub(crate) sentry: Option<SentryDsn>,
}

/// Where a Sentry is, and which of its projects this is.
#[derive(Clone)]
pub(crate) struct SentryDsn {
    envelopes: String,
    key: SecretString,
}

impl SentryDsn {
    /// Reads `https://KEY@HOST/PROJECT`: <https://develop.sentry.dev/sdk/overview/#parsing-the-dsn>.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let (path, project) = url.path().rsplit_once('/')?;
        let key = Some(url.username()).filter(|key| !key.is_empty())?;
        if project.is_empty() {
            return None;
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let envelopes = format!("{}://{}{port}{path}/api/{project}/envelope/", url.scheme(), url.host_str()?);
        Some(Self { envelopes, key: key.to_owned().into() })
    }
}

/// A POST that is to be made.
struct Letter {
    what: &'static str,
    url: SecretString,
    kind: &'static str,
    auth: Option<SecretString>,
    body: String,
}

/// Tells of all notices from now on, as long as the service lives. Each place by itself: one that does not answer holds
/// the other up in nothing.
pub(crate) fn tell(notices: &Notices, reports: &watch::Receiver<Reports>) {
    let letters: [fn(&Reports, &Notice) -> Option<Letter>; 2] = [to_webhook, to_sentry];
    for letter in letters {
        tokio::spawn(tell_one(notices.subscribe(), reports.clone(), letter));
    }
}

async fn tell_one(
    mut notices: broadcast::Receiver<Arc<Notice>>,
    reports: watch::Receiver<Reports>,
    letter: fn(&Reports, &Notice) -> Option<Letter>,
) {
    loop {
        match notices.recv().await {
            Ok(notice) => {
                let letter = letter(&reports.borrow(), &notice);
                if let Some(letter) = letter {
                    send(letter).await;
                }
            }
            Err(broadcast::error::RecvError::Lagged(missed)) => {
                tracing::warn!("{missed} notices are not reported: the webhook or the Sentry is too slow");
            }
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

fn to_webhook(reports: &Reports, notice: &Notice) -> Option<Letter> {
    let url = reports.webhook.clone()?;
    let mut body = serde_json::to_value(notice).unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.insert("service".to_owned(), "stream-manager".into());
        body.insert("version".to_owned(), env!("CARGO_PKG_VERSION").into());
    }
    Some(Letter { what: "webhook", url, kind: "application/json", auth: None, body: body.to_string() })
}

fn to_sentry(reports: &Reports, notice: &Notice) -> Option<Letter> {
    let (dsn, level) = (reports.sentry.as_ref()?, level(&notice.what)?);
    let (key, version) = (dsn.key.expose_secret(), env!("CARGO_PKG_VERSION"));
    let auth = format!("Sentry sentry_version=7, sentry_client=stream-manager/{version}, sentry_key={key}");
    Some(Letter {
        what: "Sentry",
        url: dsn.envelopes.clone().into(),
        kind: "application/x-sentry-envelope",
        auth: Some(auth.into()),
        body: envelope(notice, level),
    })
}

/// How bad it is; `None`: not for a Sentry, which is for what somebody has to mend.
fn level(what: &Happening) -> Option<&'static str> {
    match what {
        Happening::TaskFailed { .. } | Happening::StoreWasCorrupt | Happening::SlateOn => Some("error"),
        Happening::ServiceRestarted { .. } => Some("fatal"),
        Happening::StoreChanged { state, .. } if *state != StoreState::Ok => Some("error"),
        Happening::EncoderReplaced { .. } | Happening::MemoryOverLimit { .. } | Happening::ShowFileRefused { .. } => {
            Some("warning")
        }
        _ => None,
    }
}

/// <https://develop.sentry.dev/sdk/data-model/envelopes/>.
fn envelope(notice: &Notice, level: &str) -> String {
    let details = serde_json::to_value(&notice.what).unwrap_or_default();
    let name = notice.what.name();
    let words: Vec<String> = details
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(member, _)| *member != "type")
        .map(|(member, value)| match value {
            Value::String(text) => format!("{member}: {text}"),
            other => format!("{member}: {other}"),
        })
        .collect();
    let id = format!("{:032x}", fastrand::u128(..));
    let event = json!({
        "event_id": id,
        "timestamp": notice.unix_ms as f64 / 1000.0,
        "platform": "native",
        "level": level,
        "logger": "stream-manager",
        "release": concat!("stream-manager@", env!("CARGO_PKG_VERSION")),
        "message": {"formatted": format!("{name}: {}", words.join(", "))},
        "fingerprint": [name],
        "tags": {"notice": name},
        "extra": details,
    })
    .to_string();
    format!("{}\n{}\n{event}\n", json!({"event_id": id}), json!({"type": "event", "length": event.len()}))
}

async fn send(letter: Letter) {
    let letter = Arc::new(letter);
    for pause in PAUSES.iter().map(Some).chain([None]) {
        let this = letter.clone();
        let why = match tokio::task::spawn_blocking(move || post(&this)).await {
            Ok(Ok(())) => return,
            Ok(Err(why)) => why,
            Err(_) => return,
        };
        match pause {
            Some(pause) => tokio::time::sleep(*pause).await,
            None => tracing::warn!("a notice is not reported: the {} {why}", letter.what),
        }
    }
}

/// Why it was not taken, without its URL.
fn post(letter: &Letter) -> Result<(), String> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(PATIENCE)).build().into();
    let mut request = agent.post(letter.url.expose_secret()).header("content-type", letter.kind);
    if let Some(auth) = &letter.auth {
        request = request.header("x-sentry-auth", auth.expose_secret());
    }
    request.send(&letter.body).map(drop).map_err(|e| match e {
        ureq::Error::StatusCode(code) => format!("answers {code}"),
        ureq::Error::Timeout(_) => "does not answer".to_owned(),
        _ => "cannot be reached".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dsn_says_where_envelopes_go() {
        let dsn = SentryDsn::parse("https://abc@sentry.example:8443/some/where/42").unwrap();
        assert_eq!(dsn.envelopes, "https://sentry.example:8443/some/where/api/42/envelope/");
        assert_eq!(dsn.key.expose_secret(), "abc");
        for wrong in ["https://sentry.example/42", "https://abc@sentry.example/", "abc", "ftp://abc@x/1"] {
            assert!(SentryDsn::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn only_what_somebody_has_to_mend_is_for_a_sentry() {
        let reports =
            Reports { webhook: Some("http://hook/".to_owned().into()), sentry: SentryDsn::parse("http://key@host/1") };
        let sent = |what: Happening| {
            let notice = Notice { unix_ms: 1_500, what };
            (to_webhook(&reports, &notice).unwrap().body, to_sentry(&reports, &notice).map(|letter| letter.body))
        };
        assert_eq!(sent(Happening::SlateOff).1, None);
        let (hook, event) = sent(Happening::TaskFailed { task: "fonts".to_owned(), reason: "why".to_owned() });
        let event = event.unwrap();
        let lines: Vec<Value> = event.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines[0]["event_id"], lines[2]["event_id"]);
        assert_eq!(lines[1]["length"], event.lines().nth(2).unwrap().len());
        let message = lines[2]["message"]["formatted"].as_str().unwrap();
        assert!(
            message.starts_with("taskFailed: ") && message.contains("task: fonts") && message.contains("reason: why")
        );
        let hook: Value = serde_json::from_str(&hook).unwrap();
        assert_eq!((hook["type"].as_str(), hook["unixMs"].as_i64()), (Some("taskFailed"), Some(1_500)));
    }
}
