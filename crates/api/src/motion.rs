//! REST for what moves: timelines, scenes, triggers and data.

use crate::body::{Body, BodyOrNone};
use crate::problem::Problem;
use crate::rest::{Answered, App, Created, Named, Patch, about, made, named, submit};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with, put_with};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::Engine;
use scene::{
    At, Command, Ending, Event, FieldError, Id, PresetName, Queue, Rate, Scene, StartAt, TimelineSpec, TimelineView,
    Transition, Trigger,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::sync::Arc;

/// Animations to be played once.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Animate {
    /// The animations.
    timeline: TimelineSpec,
    /// When they begin; at once where left out.
    #[serde(default)]
    start: StartAt,
    /// The queue that they join.
    #[serde(default)]
    queue: Option<Queue>,
}

/// How a timeline is to be played.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Play {
    /// When it begins; at once where left out.
    start: StartAt,
    /// Where in it: seconds, or a label.
    from: Option<At>,
    /// How fast: negative is backwards.
    rate: Option<Rate>,
    /// The queue that it joins.
    queue: Option<Queue>,
}

/// A place in a timeline.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Seek {
    /// Seconds from its beginning over all its rounds, or a label.
    to: At,
}

/// How fast a timeline goes.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SetRate {
    /// 1 as it is meant, negative backwards; not 0.
    rate: Rate,
}

/// How a timeline ends before its time.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Stop {
    /// What becomes of what it moves.
    ending: Ending,
}

/// The scenes of the show.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Scenes {
    /// The one that is on air, or on its way there.
    on_air: Option<Id>,
    /// All of them.
    scenes: Vec<Scene>,
}

/// The way to a scene.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Switch {
    /// A cut where left out.
    transition: Transition,
}

/// The name that triggers wait for.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Fire {
    /// Which.
    name: Id,
}

/// Several commands.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Batch {
    /// In this order.
    commands: Vec<Command>,
}

/// What came of a command.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    /// The number of the command.
    sequence: u64,
    /// What happened.
    events: Vec<Event>,
}

pub(crate) fn router() -> ApiRouter<Arc<Engine>> {
    ApiRouter::new()
        .api_route(
            "/animations",
            post_with(animate, |op| about("Motion", "Plays animations once")(op).response::<201, Json<TimelineView>>()),
        )
        .api_route("/presets", get_with(list_presets, about("Motion", "The names of ready-made motion")))
        .api_route(
            "/timelines",
            get_with(list_timelines, about("Motion", "All timelines and where they stand"))
                .post_with(create_timeline, |op| {
                    about("Motion", "Adds a timeline")(op).response::<201, Json<TimelineView>>()
                }),
        )
        .api_route(
            "/timelines/{id}",
            get_with(get_timeline, about("Motion", "One timeline"))
                .put_with(put_timeline, about("Motion", "Adds a timeline, or replaces it"))
                .delete_with(delete_timeline, |op| about("Motion", "Removes a timeline")(op).response::<204, ()>()),
        )
        .api_route("/timelines/{id}/play", post_with(play, about("Motion", "Plays a timeline")))
        .api_route("/timelines/{id}/pause", post_with(pause, about("Motion", "Lets a timeline stand")))
        .api_route("/timelines/{id}/resume", post_with(resume, about("Motion", "Lets a timeline go on")))
        .api_route("/timelines/{id}/seek", post_with(seek, about("Motion", "Puts a timeline at a time")))
        .api_route("/timelines/{id}/reverse", post_with(reverse, about("Motion", "Turns a timeline round")))
        .api_route("/timelines/{id}/rate", post_with(rate, about("Motion", "Changes how fast a timeline goes")))
        .api_route(
            "/timelines/{id}/stop",
            post_with(stop, |op| about("Motion", "Ends a timeline before its time")(op).response::<204, ()>()),
        )
        .api_route("/scenes", get_with(list_scenes, about("Scenes", "All scenes, and the one on air")))
        .api_route(
            "/scenes/{id}",
            put_with(put_scene, about("Scenes", "Adds a scene, or replaces it"))
                .delete_with(delete_scene, |op| about("Scenes", "Removes a scene")(op).response::<204, ()>()),
        )
        .api_route("/scenes/{id}/switch", post_with(switch, about("Scenes", "Puts a scene on air")))
        .api_route(
            "/triggers",
            get_with(list_triggers, about("Triggers", "All triggers")).post_with(create_trigger, |op| {
                about("Triggers", "Adds a trigger")(op).response::<201, Json<Trigger>>()
            }),
        )
        .api_route("/triggers/fire", post_with(fire, about("Triggers", "Sets off the triggers that wait for a name")))
        .api_route(
            "/triggers/{id}",
            put_with(put_trigger, about("Triggers", "Adds a trigger, or replaces it"))
                .delete_with(delete_trigger, |op| about("Triggers", "Removes a trigger")(op).response::<204, ()>()),
        )
        .api_route(
            "/data",
            get_with(get_data, about("Triggers", "What triggers decide by"))
                .patch_with(patch_data, about("Triggers", "Changes it by a JSON merge patch")),
        )
        .api_route("/batch", post_with(batch, about("Show", "Several commands, all or none, on one frame")))
}

/// A timeline as it is now.
fn view(engine: &Engine, id: &Id) -> Answered<TimelineView> {
    let control = engine.control();
    let view = control.state().show.timeline(id, control.now());
    view.map(Json).ok_or_else(|| Problem::not_found(format!("there is no timeline \"{id}\"")))
}

async fn animate(State(engine): App, Body(Animate { timeline, start, queue }): Body<Animate>) -> Created<TimelineView> {
    let answer = submit(&engine, Command::Animate { timeline, start, queue }).await?;
    Ok((StatusCode::CREATED, Json(made(answer, timeline_of)?)))
}

fn timeline_of(event: Event) -> Option<TimelineView> {
    match event {
        Event::TimelineCreated { timeline } | Event::TimelineUpdated { timeline } => Some(*timeline),
        _ => None,
    }
}

async fn list_presets() -> Json<[PresetName; PresetName::ALL.len()]> {
    Json(PresetName::ALL)
}

async fn list_timelines(State(engine): App) -> Json<Vec<TimelineView>> {
    let control = engine.control();
    Json(control.state().show.timelines(control.now()))
}

async fn create_timeline(State(engine): App, Body(timeline): Body<TimelineSpec>) -> Created<TimelineView> {
    let answer = submit(&engine, Command::CreateTimeline { timeline }).await?;
    Ok((StatusCode::CREATED, Json(made(answer, timeline_of)?)))
}

async fn get_timeline(State(engine): App, Path(path): Path<Named>) -> Answered<TimelineView> {
    view(&engine, &named(path, "timeline")?)
}

async fn put_timeline(
    State(engine): App,
    Path(path): Path<Named>,
    Body(timeline): Body<TimelineSpec>,
) -> Answered<TimelineView> {
    let id = own_name(path, "timeline", timeline.id.as_ref())?;
    let timeline = TimelineSpec { id: Some(id.clone()), ..timeline };
    submit(&engine, Command::ReplaceTimeline { timeline }).await?;
    view(&engine, &id)
}

fn invalid_id(message: String) -> Problem {
    Problem::field(FieldError::new("id", message))
}

/// The name in the path, which the document may repeat and not contradict.
fn own_name(path: Named, kind: &str, inner: Option<&Id>) -> Result<Id, Problem> {
    let id = path.id.parse().map_err(|e: String| invalid_id(e))?;
    match inner {
        Some(inner) if *inner != id => Err(invalid_id(format!("the {kind} of this path is \"{id}\""))),
        _ => Ok(id),
    }
}

async fn delete_timeline(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    submit(&engine, Command::DeleteTimeline { id: named(path, "timeline")? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn play(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Play { start, from, rate, queue }): BodyOrNone<Play>,
) -> Answered<TimelineView> {
    let id = named(path, "timeline")?;
    submit(&engine, Command::PlayTimeline { id: id.clone(), start, from, rate, queue }).await?;
    view(&engine, &id)
}

async fn pause(State(engine): App, Path(path): Path<Named>) -> Answered<TimelineView> {
    let id = named(path, "timeline")?;
    submit(&engine, Command::PauseTimeline { id: id.clone() }).await?;
    view(&engine, &id)
}

async fn resume(State(engine): App, Path(path): Path<Named>) -> Answered<TimelineView> {
    let id = named(path, "timeline")?;
    submit(&engine, Command::ResumeTimeline { id: id.clone() }).await?;
    view(&engine, &id)
}

async fn seek(State(engine): App, Path(path): Path<Named>, Body(Seek { to }): Body<Seek>) -> Answered<TimelineView> {
    let id = named(path, "timeline")?;
    submit(&engine, Command::SeekTimeline { id: id.clone(), to }).await?;
    view(&engine, &id)
}

async fn reverse(State(engine): App, Path(path): Path<Named>) -> Answered<TimelineView> {
    let id = named(path, "timeline")?;
    submit(&engine, Command::ReverseTimeline { id: id.clone() }).await?;
    view(&engine, &id)
}

async fn rate(
    State(engine): App,
    Path(path): Path<Named>,
    Body(SetRate { rate }): Body<SetRate>,
) -> Answered<TimelineView> {
    let id = named(path, "timeline")?;
    submit(&engine, Command::SetTimelineRate { id: id.clone(), rate }).await?;
    view(&engine, &id)
}

async fn stop(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Stop { ending }): BodyOrNone<Stop>,
) -> Result<StatusCode, Problem> {
    submit(&engine, Command::StopTimeline { id: named(path, "timeline")?, ending }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn scenes(engine: &Engine) -> Scenes {
    let state = engine.control().state();
    let scenes = state.show.scenes().iter().map(|scene| Scene::clone(scene)).collect();
    Scenes { on_air: state.show.scene_on_air().cloned(), scenes }
}

async fn list_scenes(State(engine): App) -> Json<Scenes> {
    Json(scenes(&engine))
}

/// A scene as it stands in the body: its name is in the path.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SceneBody {
    /// As in the path, where it is given.
    #[serde(default)]
    id: Option<Id>,
    /// The layers that are seen in it.
    layers: Vec<scene::Placement>,
}

async fn put_scene(State(engine): App, Path(path): Path<Named>, Body(body): Body<SceneBody>) -> Answered<Scene> {
    let id = own_name(path, "scene", body.id.as_ref())?;
    let scene = Scene { id, layers: body.layers };
    submit(&engine, Command::SetScene { scene: scene.clone() }).await?;
    Ok(Json(scene))
}

async fn delete_scene(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    submit(&engine, Command::DeleteScene { id: named(path, "scene")? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn switch(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Switch { transition }): BodyOrNone<Switch>,
) -> Answered<Scenes> {
    submit(&engine, Command::SwitchScene { id: named(path, "scene")?, transition }).await?;
    Ok(Json(scenes(&engine)))
}

fn trigger_of(event: Event) -> Option<Trigger> {
    match event {
        Event::TriggerChanged { trigger } => Some(Trigger::clone(&trigger)),
        _ => None,
    }
}

async fn list_triggers(State(engine): App) -> Json<Vec<Trigger>> {
    Json(engine.control().state().show.triggers().cloned().collect())
}

async fn create_trigger(State(engine): App, Body(trigger): Body<Trigger>) -> Created<Trigger> {
    let taken =
        trigger.id.as_ref().filter(|id| engine.control().state().show.triggers().any(|t| t.id.as_ref() == Some(id)));
    if let Some(id) = taken {
        return Err(invalid_id(format!("there is a trigger \"{id}\" already: PUT replaces it")));
    }
    let answer = submit(&engine, Command::SetTrigger { trigger }).await?;
    Ok((StatusCode::CREATED, Json(made(answer, trigger_of)?)))
}

async fn put_trigger(State(engine): App, Path(path): Path<Named>, Body(trigger): Body<Trigger>) -> Answered<Trigger> {
    let id = own_name(path, "trigger", trigger.id.as_ref())?;
    let trigger = Trigger { id: Some(id), ..trigger };
    Ok(Json(made(submit(&engine, Command::SetTrigger { trigger }).await?, trigger_of)?))
}

async fn delete_trigger(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    submit(&engine, Command::DeleteTrigger { id: named(path, "trigger")? }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn fire(State(engine): App, Body(Fire { name }): Body<Fire>) -> Answered<Outcome> {
    outcome(&engine, Command::Trigger { name }).await
}

async fn get_data(State(engine): App) -> Json<Map<String, Value>> {
    Json(engine.control().state().show.data().clone())
}

async fn patch_data(State(engine): App, Body(patch): Body<Patch>) -> Answered<Map<String, Value>> {
    let answer = submit(&engine, Command::SetData { patch }).await?;
    Ok(Json(answer.state.show.data().clone()))
}

async fn batch(State(engine): App, Body(Batch { commands }): Body<Batch>) -> Answered<Outcome> {
    outcome(&engine, Command::Batch { commands }).await
}

async fn outcome(engine: &Engine, command: Command) -> Answered<Outcome> {
    let answer = submit(engine, command).await?;
    Ok(Json(Outcome { sequence: answer.sequence, events: answer.events }))
}
