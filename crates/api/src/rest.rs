//! REST, under `/api/v1`.

use crate::body::{Body, FontFile};
use crate::conditions::{self, Versioned};
use crate::layers;
use crate::problem::Problem;
use crate::shows;
use crate::status::{self, DestinationReport, StreamStatus};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use aide::transform::TransformOperation;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{Answer, Engine, FontError, Notice, Subject};
use scene::{Command, DestinationSpec, Event, Id, Slate, Track, TrackSpec, VideoKbps};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

pub(crate) type App = State<Arc<Engine>>;
pub(crate) type Answered<T> = Result<Json<T>, Problem>;
pub(crate) type Created<T> = Result<(StatusCode, Json<T>), Problem>;
pub(crate) type VersionedAnswer<T> = Result<Versioned<T>, Problem>;
pub(crate) type CreatedVersioned<T> = Result<(StatusCode, Versioned<T>), Problem>;

/// A JSON merge patch (RFC 7396).
pub(crate) type Patch = Map<String, Value>;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Named {
    /// The name.
    #[schemars(with = "Id")]
    pub(crate) id: String,
}

/// Font families by name.
#[derive(Serialize, JsonSchema)]
struct FontFamilies {
    /// As `fontFamily` takes them.
    families: Vec<String>,
}

pub(crate) fn router() -> ApiRouter<Arc<Engine>> {
    ApiRouter::new()
        .merge(layers::router())
        .merge(shows::router())
        .api_route(
            "/tracks",
            get_with(list_tracks, about("Tracks", "All audio tracks")).post_with(create_track, |op| {
                about("Tracks", "Adds an audio track")(op).response::<201, Json<Track>>()
            }),
        )
        .api_route(
            "/tracks/{id}",
            get_with(get_track, about("Tracks", "One track"))
                .patch_with(update_track, about("Tracks", "Changes a track by a JSON merge patch"))
                .delete_with(delete_track, |op| about("Tracks", "Removes a track")(op).response::<204, ()>()),
        )
        .api_route(
            "/destinations",
            get_with(list_destinations, about("Destinations", "All destinations and how they are"))
                .post_with(create_destination, |op| {
                    about("Destinations", "Adds a destination")(op).response::<201, Json<DestinationReport>>()
                }),
        )
        .api_route(
            "/destinations/{id}",
            get_with(get_destination, about("Destinations", "One destination and how it is"))
                .delete_with(delete_destination, |op| {
                    about("Destinations", "Removes a destination")(op).response::<204, ()>()
                }),
        )
        .api_route(
            "/destinations/{id}/log",
            get_with(destination_log, about("Destinations", "What happened to a destination, the newest last")),
        )
        .api_route(
            "/stream",
            get_with(get_stream, about("Stream", "How the stream is"))
                .patch_with(patch_stream, about("Stream", "Sets the bit rate of the video")),
        )
        .api_route("/stream/start", post_with(start_stream, about("Stream", "Publishes to all destinations")))
        .api_route("/stream/stop", post_with(stop_stream, about("Stream", "Ends publishing")))
        .api_route("/notices", get_with(list_notices, about("Stream", "What happened to the service, the newest last")))
        .api_route(
            "/slate",
            get_with(get_slate, about("Slate", "What is shown instead of the show"))
                .patch_with(patch_slate, about("Slate", "Changes it, or puts it on air")),
        )
        .api_route("/panic", post_with(panic, about("Slate", "Puts the slate on air at once")))
        .api_route(
            "/fonts",
            get_with(list_fonts, about("Fonts", "The font families that were added")).post_with(add_font, |op| {
                about("Fonts", "Adds a font: the body is a TrueType or OpenType file")(op)
                    .response::<201, Json<FontFamilies>>()
            }),
        )
        .route("/frame.png", axum::routing::get(frame))
}

pub(crate) fn about(
    tag: &'static str,
    summary: &'static str,
) -> impl FnOnce(TransformOperation<'_>) -> TransformOperation<'_> {
    move |operation| operation.tag(tag).summary(summary)
}

pub(crate) fn named(named: Named, kind: &str) -> Result<Id, Problem> {
    named.id.parse().map_err(|_| Problem::not_found(format!("there is no {kind} \"{}\"", named.id)))
}

/// Submits a command that is about nothing that has a version.
pub(crate) async fn submit(engine: &Engine, command: Command) -> Result<Answer, Problem> {
    let terms = conditions::terms(None, &command)?;
    engine.control().submit_under(terms, command).await.map_err(Problem::from)
}

/// Submits a command about `subject`, which its caller may want only as long as it has the version that is known.
pub(crate) async fn submit_on(engine: &Engine, subject: Subject, command: Command) -> Result<Answer, Problem> {
    let terms = conditions::terms(Some(subject), &command)?;
    engine.control().submit_under(terms, command).await.map_err(Problem::from)
}

/// What a command has made, out of its events.
pub(crate) fn made<T>(answer: Answer, pick: impl Fn(Event) -> Option<T>) -> Result<T, Problem> {
    answer.events.into_iter().find_map(pick).ok_or_else(|| Problem::internal("no event"))
}

fn track_of(event: Event) -> Option<Track> {
    match event {
        Event::TrackCreated { track } | Event::TrackUpdated { track } => Some(track),
        _ => None,
    }
}

async fn list_tracks(State(engine): App) -> Json<Vec<Track>> {
    Json(engine.control().state().show.tracks().iter().map(|track| Track::clone(track)).collect())
}

async fn create_track(State(engine): App, Body(track): Body<TrackSpec>) -> Created<Track> {
    let answer = submit(&engine, Command::CreateTrack { track }).await?;
    Ok((StatusCode::CREATED, Json(made(answer, track_of)?)))
}

async fn get_track(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<Track> {
    let id = named(path, "track")?;
    let state = engine.control().state();
    let track = state.show.tracks().iter().find(|track| track.id == id);
    let track = track.ok_or_else(|| Problem::not_found(format!("there is no track \"{id}\"")))?;
    Ok(Versioned::of(Track::clone(track)))
}

async fn update_track(State(engine): App, Path(path): Path<Named>, Body(patch): Body<Patch>) -> VersionedAnswer<Track> {
    let id = named(path, "track")?;
    let answer = submit_on(&engine, Subject::Track(id.clone()), Command::UpdateTrack { id, patch }).await?;
    Ok(Versioned::of(made(answer, track_of)?))
}

async fn delete_track(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    let id = named(path, "track")?;
    submit_on(&engine, Subject::Track(id.clone()), Command::DeleteTrack { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list_notices(State(engine): App) -> Json<Vec<Notice>> {
    Json(engine.notices().last().iter().map(|notice| Notice::clone(notice)).collect())
}

async fn list_destinations(State(engine): App) -> Json<Vec<DestinationReport>> {
    Json(status::destinations(&engine))
}

async fn get_destination(State(engine): App, Path(path): Path<Named>) -> Answered<DestinationReport> {
    let id = named(path, "destination")?;
    let report = status::destinations(&engine).into_iter().find(|report| report.destination.id == id);
    report.map(Json).ok_or_else(|| Problem::not_found(format!("there is no destination \"{id}\"")))
}

async fn destination_log(State(engine): App, Path(path): Path<Named>) -> Answered<Vec<Notice>> {
    let Json(report) = get_destination(State(engine.clone()), Path(path)).await?;
    let about = |notice: &&std::sync::Arc<Notice>| notice.what.destination() == Some(report.destination.id.as_str());
    Ok(Json(engine.notices().last().iter().filter(about).map(|notice| Notice::clone(notice)).collect()))
}

async fn create_destination(
    State(engine): App,
    Body(destination): Body<DestinationSpec>,
) -> Created<DestinationReport> {
    let answer = submit(&engine, Command::CreateDestination { destination }).await?;
    let destination = made(answer, |event| match event {
        Event::DestinationCreated { destination } => Some(destination),
        _ => None,
    })?;
    let status = engine.destinations().remove(destination.id.as_str()).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(DestinationReport { destination, status })))
}

async fn delete_destination(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    submit(&engine, Command::DeleteDestination { id: named(path, "destination")? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn get_stream(State(engine): App) -> Json<StreamStatus> {
    Json(status::stream(&engine))
}

/// How the program is encoded.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct StreamPatch {
    /// The bit rate of the video, in kb/s, that it is not to go above; `null`: as the service is configured.
    video_kbps: Option<VideoKbps>,
}

async fn patch_stream(
    State(engine): App,
    Body(StreamPatch { video_kbps }): Body<StreamPatch>,
) -> Answered<StreamStatus> {
    submit(&engine, Command::SetBitrate { video_kbps }).await?;
    Ok(Json(status::stream(&engine)))
}

async fn start_stream(State(engine): App) -> Answered<StreamStatus> {
    submit(&engine, Command::StartStream {}).await?;
    Ok(Json(status::stream(&engine)))
}

async fn stop_stream(State(engine): App) -> Answered<StreamStatus> {
    submit(&engine, Command::StopStream {}).await?;
    Ok(Json(status::stream(&engine)))
}

async fn get_slate(State(engine): App) -> Versioned<Slate> {
    let state = engine.control().state();
    Versioned::of(Slate::clone(state.show.slate()))
}

async fn patch_slate(State(engine): App, Body(patch): Body<Patch>) -> VersionedAnswer<Slate> {
    let show = &submit_on(&engine, Subject::Slate, Command::UpdateSlate { patch }).await?.state.show;
    Ok(Versioned::of(Slate::clone(show.slate())))
}

async fn panic(State(engine): App) -> Answered<Slate> {
    let answer = submit(&engine, Command::Panic {}).await?;
    Ok(Json(Slate::clone(answer.state.show.slate())))
}

/// The picture that is on air.
async fn frame(State(engine): App) -> Response {
    let encoded = tokio::task::spawn_blocking(move || {
        let (width, height, rgba) = engine.still();
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgba);
        encoder.set_compression(png::Compression::Fast);
        encoder.write_header()?.write_image_data(&rgba)?;
        Ok::<_, png::EncodingError>(bytes)
    });
    match encoded.await {
        Ok(Ok(bytes)) => {
            ([(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "no-store")], bytes).into_response()
        }
        _ => Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "/problems/internal",
            "A fault of the service",
            "no picture",
        )
        .into_response(),
    }
}

async fn list_fonts(State(engine): App) -> Json<FontFamilies> {
    Json(FontFamilies { families: engine.assets().added_families() })
}

async fn add_font(State(engine): App, FontFile(bytes): FontFile) -> Created<FontFamilies> {
    conditions::refuse_files()?;
    let assets = engine.assets().clone();
    let added = tokio::task::spawn_blocking(move || assets.add_font(bytes)).await;
    match added {
        Ok(Ok(families)) => Ok((StatusCode::CREATED, Json(FontFamilies { families }))),
        Ok(Err(e @ (FontError::Unusable(_) | FontError::Full))) => Err(Problem::unusable(e.to_string())),
        Ok(Err(e @ FontError::Write(_))) => Err(Problem::internal(e.to_string())),
        Err(e) => Err(Problem::internal(e.to_string())),
    }
}
