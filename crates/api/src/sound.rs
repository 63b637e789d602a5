//! The mixing desk, meters, speech and uploads, by REST.

use crate::body::{Body, BodyOrNone, read_all};
use crate::conditions::{self, Versioned};
use crate::problem::Problem;
use crate::rest::{Answered, App, Created, Named, Patch, VersionedAnswer, about, made, named, submit, submit_on};
use aide::OperationInput;
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with, post_with};
use aide::generate::GenContext;
use aide::openapi::Operation;
use axum::Json;
use axum::extract::{FromRequest, Path, Query, Request, State};
use axum::http::StatusCode;
use base64::Engine as _;
use engine::{Answer, Engine, Subject};
use futures_util::StreamExt;
use media::{PcmEncoding, PcmStream, UploadError};
use scene::{Command, Event, FieldError, Id, Mix, SpeechSpec, Track, Utterance};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(crate) fn router() -> ApiRouter<Arc<Engine>> {
    ApiRouter::new()
        .api_route(
            "/mix",
            get_with(get_mix, about("Sound", "The mixing desk"))
                .patch_with(update_mix, about("Sound", "Changes the mixing desk by a JSON merge patch")),
        )
        .api_route("/meters", get_with(get_meters, about("Sound", "Levels and loudness of the last tenth of a second")))
        .api_route("/tracks/{id}/skip", post_with(skip, about("Tracks", "Lets a playlist go on with another file")))
        .api_route(
            "/speak",
            post_with(speak, |op| {
                about("Speech", "Lets a character say something")(op).response::<201, Json<Utterance>>()
            }),
        )
        .api_route(
            "/speech",
            get_with(list_speech, about("Speech", "What is being said, and what waits to be"))
                .delete_with(stop_speech, |op| {
                    about("Speech", "Ends all speech, or a character's")(op).response::<204, ()>()
                }),
        )
        .api_route(
            "/speech/{id}",
            delete_with(stop_utterance, |op| about("Speech", "Ends an utterance")(op).response::<204, ()>()),
        )
        .api_route(
            "/uploads",
            get_with(list_uploads, about("Uploads", "The files that were sent")).post_with(upload, |op| {
                about("Uploads", "Sends a file: the body is a sound or a picture")(op).response::<201, Json<Upload>>()
            }),
        )
        .api_route(
            "/uploads/{name}",
            delete_with(delete_upload, |op| about("Uploads", "Deletes a file that was sent")(op).response::<204, ()>()),
        )
}

/// How many files further.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Skip {
    /// Negative: back; 0: the same again; 1 where left out.
    #[serde(default = "one")]
    by: i32,
}

fn one() -> i32 {
    1
}

impl Default for Skip {
    fn default() -> Self {
        Self { by: one() }
    }
}

/// Whose speech.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Whose {
    /// A character's only.
    layer_id: Option<Id>,
}

/// What a file is to be called.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FileName {
    /// Its ending is kept, such as `.mp3`.
    #[serde(default)]
    name: String,
}

/// The name of an upload.
#[derive(Deserialize, JsonSchema)]
struct UploadName {
    /// What follows `uploads/` in its URL.
    name: String,
}

/// A file that was sent.
#[derive(Serialize, JsonSchema)]
struct Upload {
    /// As a layer, track or utterance names it.
    url: String,
    /// Its size.
    bytes: u64,
}

/// What a character is to say, with its sound.
#[derive(JsonSchema)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code, reason = "describes the body; read by `SpeakBody`")]
struct Speak {
    #[serde(flatten)]
    speech: SpeechSpec,
    /// The sound itself, instead of a `url`.
    audio: Option<Audio>,
}

/// Sound in a request.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Audio {
    /// A file (WAV, MP3, FLAC, OGG, AAC, M4A), or raw samples where `encoding` says so; in base64.
    base64: String,
    /// Of raw samples: how they are written.
    #[serde(default)]
    encoding: Option<Encoding>,
    /// Of raw samples: how many a second.
    #[serde(default)]
    sample_rate: Option<u32>,
    /// Of raw samples: how many channels, interleaved; one where left out.
    #[serde(default)]
    channels: Option<u16>,
}

/// How raw samples are written: little endian.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Encoding {
    /// 16 bits with a sign.
    #[default]
    Int16,
    /// 32-bit floating point, -1 to 1.
    Float32,
}

impl From<Encoding> for PcmEncoding {
    fn from(encoding: Encoding) -> Self {
        match encoding {
            Encoding::Int16 => Self::Int16,
            Encoding::Float32 => Self::Float32,
        }
    }
}

struct SpeakBody {
    speech: SpeechSpec,
    audio: Option<Audio>,
}

impl<S: Send + Sync> FromRequest<S> for SpeakBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Body(mut members) = Body::<Patch>::from_request(request, state).await?;
        let audio = members.remove("audio").filter(|audio| !audio.is_null());
        let audio = audio.map(scene::read::<Audio>).transpose().map_err(|e| Problem::field(e.under("audio")))?;
        let speech: SpeechSpec = scene::read(members.into()).map_err(Problem::field)?;
        let wrong = |message: &str| Err(Problem::field(FieldError::new("url", message)));
        match (&speech.url, &audio) {
            (None, None) => {
                wrong("missing: a url, or the sound itself as audio; sound that is being made goes by WebSocket")
            }
            (Some(_), Some(_)) => wrong("either a url or audio"),
            _ => Ok(Self { speech, audio }),
        }
    }
}

impl OperationInput for SpeakBody {
    fn operation_input(ctx: &mut GenContext, operation: &mut Operation) {
        axum::Json::<Speak>::operation_input(ctx, operation);
    }
}

async fn get_mix(State(engine): App) -> Versioned<Mix> {
    let state = engine.control().state();
    Versioned::of(Mix::clone(state.show.mix()))
}

async fn update_mix(State(engine): App, Body(patch): Body<Patch>) -> VersionedAnswer<Mix> {
    let show = &submit_on(&engine, Subject::Mix, Command::UpdateMix { patch }).await?.state.show;
    Ok(Versioned::of(Mix::clone(show.mix())))
}

async fn get_meters(State(engine): App) -> Json<Meters> {
    Json(meters(&engine))
}

async fn skip(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Skip { by }): BodyOrNone<Skip>,
) -> Answered<Track> {
    let id = named(path, "track")?;
    let answer = submit_on(&engine, Subject::Track(id.clone()), Command::SkipTrack { id, by }).await?;
    let track = |event| match event {
        Event::TrackUpdated { track } => Some(track),
        _ => None,
    };
    Ok(Json(made(answer, track)?))
}

async fn speak(State(engine): App, SpeakBody { mut speech, audio }: SpeakBody) -> Created<Utterance> {
    // The file that is sent gets another name each time; the request is the same by what is in it.
    let content = audio.as_ref().map(|audio| audio.base64.clone());
    let given = SpeechSpec { url: content.or_else(|| speech.url.clone()), ..speech.clone() };
    let terms = conditions::terms(None, &Command::Speak { speech: given })?;
    let control = engine.control();
    if let Some(answer) = control.done_before(&terms)? {
        return Ok((StatusCode::CREATED, Json(said(answer)?)));
    }
    let dry_run = terms.dry_run;
    let mut sent = None;
    if let Some(audio) = audio {
        let file = file_of(&audio).map_err(|e| Problem::field(e.under("audio")))?;
        let uploads = engine.uploads().clone();
        let kept = tokio::task::spawn_blocking(move || uploads.keep_passing(&file)).await;
        let url = kept.map_err(|e| Problem::internal(e.to_string()))??.url;
        (speech.url, sent) = (Some(url.clone()), Some(url));
    }
    let said = match control.submit_under(terms, Command::Speak { speech }).await {
        Ok(answer) => said(answer),
        Err(e) => Err(e.into()),
    };
    // What is not said is not kept: it is refused, only tried, or was being said already.
    let used = |said: &Utterance| said.spec.url == sent && !dry_run;
    if !said.as_ref().is_ok_and(used)
        && let Some(name) = sent.as_deref().and_then(|url| url.strip_prefix("uploads/"))
    {
        let _ = engine.uploads().delete(name);
    }
    Ok((StatusCode::CREATED, Json(said?)))
}

/// What is said, or waits to be, by a command.
fn said(answer: Answer) -> Result<Utterance, Problem> {
    let queued = made(answer.clone(), |event| match event {
        Event::SpeechQueued { utterance } => Some(utterance),
        _ => None,
    })?;
    // It may be over already.
    let begun = answer.state.show.speech().iter().find(|utterance| utterance.id == queued.id);
    Ok(Utterance::clone(begun.unwrap_or(&queued)))
}

/// The sound as a file: raw samples get a header.
fn file_of(audio: &Audio) -> Result<Vec<u8>, FieldError> {
    let engine = base64::engine::general_purpose::STANDARD;
    let bytes = engine.decode(&audio.base64).map_err(|e| FieldError::new("base64", format!("it is broken: {e}")))?;
    let Some(encoding) = audio.encoding else {
        let stray = audio.sample_rate.map(|_| "sampleRate").or(audio.channels.map(|_| "channels"));
        return match stray {
            Some(field) => Err(FieldError::new(field, "only raw samples, which have an encoding, need it")),
            None => Ok(bytes),
        };
    };
    let rate = audio.sample_rate.ok_or_else(|| FieldError::new("sampleRate", "missing: raw samples need it"))?;
    let channels = audio.channels.unwrap_or(1);
    PcmStream::new(encoding.into(), rate, channels.into()).map_err(|e| FieldError::new("sampleRate", e.to_string()))?;
    Ok(wav(encoding, rate, channels, &bytes))
}

/// A WAV file of raw samples (RIFF, WAVEFORMATEX).
fn wav(encoding: Encoding, rate: u32, channels: u16, samples: &[u8]) -> Vec<u8> {
    let (tag, size): (u16, u16) = match encoding {
        Encoding::Int16 => (1, 2),
        Encoding::Float32 => (3, 4),
    };
    let block = channels * size;
    let length = samples.len() / usize::from(block) * usize::from(block);
    let mut file = Vec::with_capacity(44 + length);
    file.extend(b"RIFF");
    file.extend((36 + length as u32).to_le_bytes());
    file.extend(b"WAVEfmt \x10\0\0\0");
    file.extend(tag.to_le_bytes());
    file.extend(channels.to_le_bytes());
    file.extend(rate.to_le_bytes());
    file.extend((rate * u32::from(block)).to_le_bytes());
    file.extend(block.to_le_bytes());
    file.extend((size * 8).to_le_bytes());
    file.extend(b"data");
    file.extend((length as u32).to_le_bytes());
    file.extend(&samples[..length]);
    file
}

async fn list_speech(State(engine): App) -> Json<Vec<Utterance>> {
    Json(engine.control().state().show.speech().iter().map(|utterance| Utterance::clone(utterance)).collect())
}

async fn stop_speech(State(engine): App, Query(Whose { layer_id }): Query<Whose>) -> Result<StatusCode, Problem> {
    submit(&engine, Command::StopSpeech { id: None, layer_id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn stop_utterance(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    let id = Some(named(path, "utterance")?);
    submit(&engine, Command::StopSpeech { id, layer_id: None }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_uploads(State(engine): App) -> Json<Vec<Upload>> {
    let uploads = engine.uploads().clone();
    let listed = tokio::task::spawn_blocking(move || uploads.list()).await.unwrap_or_default();
    Json(listed.into_iter().map(Upload::from).collect())
}

/// A file that is sent, as it comes.
struct Stream(axum::body::Body);

impl<S: Send + Sync> FromRequest<S> for Stream {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self(request.into_body()))
    }
}

impl OperationInput for Stream {}

async fn upload(
    State(engine): App,
    Query(FileName { name }): Query<FileName>,
    Stream(body): Stream,
) -> Created<Upload> {
    conditions::refuse_files()?;
    // What says of itself that it is too large is not begun.
    let told = axum::body::HttpBody::size_hint(&body).lower();
    if told > media::MAX_UPLOAD_BYTES {
        // Many clients look at the answer only once they have sent everything.
        let _ = read_all(body, 1 << 20).await;
        return Err(UploadError::TooLarge.into());
    }
    let mut incoming = engine.uploads().begin()?;
    let mut pieces = body.into_data_stream();
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|e| Problem::syntax(None, format!("the body broke off: {e}")))?;
        // A disk that is slow holds nobody else up.
        incoming = tokio::task::spawn_blocking(move || incoming.write(&piece).map(|()| incoming))
            .await
            .map_err(|e| Problem::internal(e.to_string()))??;
    }
    let kept = tokio::task::spawn_blocking(move || incoming.keep(&name)).await;
    Ok((StatusCode::CREATED, Json(kept.map_err(|e| Problem::internal(e.to_string()))??.into())))
}

async fn delete_upload(State(engine): App, Path(UploadName { name }): Path<UploadName>) -> Result<StatusCode, Problem> {
    conditions::refuse_files()?;
    let show = engine.control().state();
    let url = format!("uploads/{name}");
    let used = serde_json::to_string(&show.show.to_file()).is_ok_and(|text| text.contains(&url))
        || show.show.speech().iter().any(|u| u.spec.url.as_ref().is_some_and(|other| other.contains(&url)));
    if used {
        let detail = format!("{url} is in use: take it out of the show first");
        return Err(Problem::new(StatusCode::CONFLICT, "/problems/in-use", "The file is in use", detail));
    }
    engine.uploads().delete(&name)?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<media::Upload> for Upload {
    fn from(upload: media::Upload) -> Self {
        Self { url: upload.url, bytes: upload.bytes }
    }
}

impl From<UploadError> for Problem {
    fn from(error: UploadError) -> Self {
        let detail = error.to_string();
        match error {
            UploadError::TooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "/problems/too-large", "The body is too large", detail)
            }
            UploadError::Full(_) => Self::new(StatusCode::CONFLICT, "/problems/full", "The uploads are full", detail),
            UploadError::Unknown => Self::not_found(detail),
            UploadError::Write(_) => Self::internal(detail),
        }
    }
}

/// Levels, in dB; silence is -120.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Level {
    /// The highest sample, in dBFS.
    peak_db: f32,
    /// The root of the mean of the squares, in dBFS.
    rms_db: f32,
}

/// What the meters show.
#[derive(Clone, Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Meters {
    /// Of each track and utterance by its name, after its gain.
    sources: BTreeMap<String, Level>,
    /// Of each bus, after all that is done to it.
    buses: BTreeMap<&'static str, Level>,
    /// Of the program.
    program: Level,
    /// The highest peak of the program's wave, in dBTP.
    true_peak_db: f32,
    /// The program's loudness over the last 0.4 s, in LUFS.
    momentary_lufs: f32,
    /// Over the last 3 s.
    short_term_lufs: f32,
    /// Since the service began, gated.
    integrated_lufs: f32,
    /// What the leveller adds, in dB.
    leveller_db: f32,
    /// What the limiter takes, in dB.
    limiter_db: f32,
    /// How far those who speak are.
    speech: Vec<Progress>,
}

/// How far an utterance is.
#[derive(Clone, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Progress {
    id: Id,
    layer_id: Id,
    /// Seconds of it that have been heard.
    seconds: f64,
    /// Which of its words is being said, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    word: Option<usize>,
}

/// What the meters show now.
pub(crate) fn meters(engine: &Engine) -> Meters {
    let Some(shown) = engine.meters().borrow().clone() else { return Meters::default() };
    let level = |level: &engine::Level| Level { peak_db: round(level.peak_db), rms_db: round(level.rms_db) };
    let mut sources: BTreeMap<String, Level> = BTreeMap::new();
    for (name, measured) in &shown.voices {
        // Of a playlist two files may be heard at once.
        let (id, _) = name.split_once('#').unwrap_or((name, ""));
        let louder = sources.get(id).is_none_or(|other| other.peak_db < measured.peak_db);
        if louder {
            sources.insert(id.to_owned(), level(measured));
        }
    }
    let (state, now) = (engine.control().state(), engine.control().now());
    let progress = |utterance: &Arc<Utterance>| {
        let start = utterance.start?;
        let live = engine.feeds().progress(&utterance.id).map(|feed| feed.played as f64 / 48_000.0);
        let seconds = live.unwrap_or_else(|| (now.as_secs_f64() - start.as_secs_f64()).max(0.0));
        let word = utterance.word_after(seconds);
        Some(Progress { id: utterance.id.clone(), layer_id: utterance.spec.layer_id.clone(), seconds, word })
    };
    Meters {
        sources,
        buses: scene::BusName::ALL.iter().map(|bus| bus.as_str()).zip(shown.buses.iter().map(level)).collect(),
        program: level(&shown.program),
        true_peak_db: round(shown.true_peak_db),
        momentary_lufs: round(shown.loudness.momentary),
        short_term_lufs: round(shown.loudness.short_term),
        integrated_lufs: round(shown.loudness.integrated),
        leveller_db: round(shown.leveller_db),
        limiter_db: round(shown.limiter_db),
        speech: state.show.speech().iter().filter_map(progress).collect(),
    }
}

/// A tenth of a decibel is all that anybody sees.
fn round(db: f32) -> f32 {
    (db * 10.0).round() / 10.0
}
