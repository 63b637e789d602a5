//! REST for what moves: timelines, scenes, triggers and data.

use crate::body::{Body, BodyOrNone};
use crate::conditions::{self, Versioned};
use crate::problem::Problem;
use crate::rest::{Answered, App, Created, Named, Patch, VersionedAnswer, about, made, named, submit, submit_on};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{CommandError, Engine, Subject, Versions};
use scene::{
    At, Command, Ending, Event, FieldError, Id, PresetName, Queue, Rate, Scene, Show, StartAt, TimelineSpec,
    TimelineView, Transition, Trigger,
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
pub(crate) struct Outcome {
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
            get_with(get_scene, about("Scenes", "One scene"))
                .put_with(put_scene, about("Scenes", "Adds a scene, or replaces it"))
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
            get_with(get_trigger, about("Triggers", "One trigger"))
                .put_with(put_trigger, about("Triggers", "Adds a trigger, or replaces it"))
                .delete_with(delete_trigger, |op| about("Triggers", "Removes a trigger")(op).response::<204, ()>()),
        )
        .api_route(
            "/data",
            get_with(get_data, about("Triggers", "What triggers decide by"))
                .patch_with(patch_data, about("Triggers", "Changes it by a JSON merge patch")),
        )
        .api_route("/batch", post_with(batch, about("Show", "Several commands, all or none, on one frame")))
}

/// A timeline as it is now; its version is that of what it is, wherever it stands.
fn view(engine: &Engine, show: &Show, id: &Id) -> VersionedAnswer<TimelineView> {
    let view = show.timeline(id, engine.control().now());
    let view = view.ok_or_else(|| Problem::not_found(format!("there is no timeline \"{id}\"")))?;
    Ok(Versioned::about(&Subject::Timeline(id.clone()), show, view))
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

async fn get_timeline(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<TimelineView> {
    view(&engine, &engine.control().state().show, &named(path, "timeline")?)
}

async fn put_timeline(
    State(engine): App,
    Path(path): Path<Named>,
    Body(timeline): Body<TimelineSpec>,
) -> VersionedAnswer<TimelineView> {
    let id = own_name(path, "timeline", timeline.id.as_ref())?;
    let timeline = TimelineSpec { id: Some(id.clone()), ..timeline };
    let answer = submit_on(&engine, Subject::Timeline(id.clone()), Command::ReplaceTimeline { timeline }).await?;
    view(&engine, &answer.state.show, &id)
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
    let id = named(path, "timeline")?;
    submit_on(&engine, Subject::Timeline(id.clone()), Command::DeleteTimeline { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn play(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Play { start, from, rate, queue }): BodyOrNone<Play>,
) -> VersionedAnswer<TimelineView> {
    let id = named(path, "timeline")?;
    let answer = submit_on(
        &engine,
        Subject::Timeline(id.clone()),
        Command::PlayTimeline { id: id.clone(), start, from, rate, queue },
    )
    .await?;
    view(&engine, &answer.state.show, &id)
}

async fn pause(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<TimelineView> {
    let id = named(path, "timeline")?;
    let answer = submit_on(&engine, Subject::Timeline(id.clone()), Command::PauseTimeline { id: id.clone() }).await?;
    view(&engine, &answer.state.show, &id)
}

async fn resume(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<TimelineView> {
    let id = named(path, "timeline")?;
    let answer = submit_on(&engine, Subject::Timeline(id.clone()), Command::ResumeTimeline { id: id.clone() }).await?;
    view(&engine, &answer.state.show, &id)
}

async fn seek(
    State(engine): App,
    Path(path): Path<Named>,
    Body(Seek { to }): Body<Seek>,
) -> VersionedAnswer<TimelineView> {
    let id = named(path, "timeline")?;
    let answer =
        submit_on(&engine, Subject::Timeline(id.clone()), Command::SeekTimeline { id: id.clone(), to }).await?;
    view(&engine, &answer.state.show, &id)
}

async fn reverse(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<TimelineView> {
    let id = named(path, "timeline")?;
    let answer = submit_on(&engine, Subject::Timeline(id.clone()), Command::ReverseTimeline { id: id.clone() }).await?;
    view(&engine, &answer.state.show, &id)
}

async fn rate(
    State(engine): App,
    Path(path): Path<Named>,
    Body(SetRate { rate }): Body<SetRate>,
) -> VersionedAnswer<TimelineView> {
    let id = named(path, "timeline")?;
    let answer =
        submit_on(&engine, Subject::Timeline(id.clone()), Command::SetTimelineRate { id: id.clone(), rate }).await?;
    view(&engine, &answer.state.show, &id)
}

async fn stop(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Stop { ending }): BodyOrNone<Stop>,
) -> Result<StatusCode, Problem> {
    let id = named(path, "timeline")?;
    submit_on(&engine, Subject::Timeline(id.clone()), Command::StopTimeline { id, ending }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn scenes(show: &Show) -> Scenes {
    let scenes = show.scenes().iter().map(|scene| Scene::clone(scene)).collect();
    Scenes { on_air: show.scene_on_air().cloned(), scenes }
}

async fn list_scenes(State(engine): App) -> Json<Scenes> {
    Json(scenes(&engine.control().state().show))
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

async fn get_scene(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<Scene> {
    let id = named(path, "scene")?;
    let state = engine.control().state();
    let scene = state.show.scenes().iter().find(|scene| scene.id == id);
    let scene = scene.ok_or_else(|| Problem::not_found(format!("there is no scene \"{id}\"")))?;
    Ok(Versioned::of(Scene::clone(scene)))
}

async fn put_scene(State(engine): App, Path(path): Path<Named>, Body(body): Body<SceneBody>) -> VersionedAnswer<Scene> {
    let id = own_name(path, "scene", body.id.as_ref())?;
    let subject = Subject::Scene(id.clone());
    let scene = Scene { id, layers: body.layers };
    submit_on(&engine, subject, Command::SetScene { scene: scene.clone() }).await?;
    Ok(Versioned::of(scene))
}

async fn delete_scene(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    let id = named(path, "scene")?;
    submit_on(&engine, Subject::Scene(id.clone()), Command::DeleteScene { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn switch(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Switch { transition }): BodyOrNone<Switch>,
) -> Answered<Scenes> {
    let id = named(path, "scene")?;
    let answer = submit_on(&engine, Subject::Scene(id.clone()), Command::SwitchScene { id, transition }).await?;
    Ok(Json(scenes(&answer.state.show)))
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
    let id = trigger.id.clone();
    let command = Command::SetTrigger { trigger };
    let mut terms = conditions::terms(None, &command)?;
    terms.only_if = id.clone().map(|id| (Subject::Trigger(id), Versions::Absent));
    let answer = engine.control().submit_under(terms, command).await.map_err(|e| match (e, &id) {
        (CommandError::Changed, Some(id)) => {
            invalid_id(format!("there is a trigger \"{id}\" already: PUT replaces it"))
        }
        (e, _) => e.into(),
    })?;
    Ok((StatusCode::CREATED, Json(made(answer, trigger_of)?)))
}

async fn get_trigger(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<Trigger> {
    let id = named(path, "trigger")?;
    let state = engine.control().state();
    let trigger = state.show.triggers().find(|trigger| trigger.id.as_ref() == Some(&id)).cloned();
    let trigger = trigger.ok_or_else(|| Problem::not_found(format!("there is no trigger \"{id}\"")))?;
    Ok(Versioned::of(trigger))
}

async fn put_trigger(
    State(engine): App,
    Path(path): Path<Named>,
    Body(trigger): Body<Trigger>,
) -> VersionedAnswer<Trigger> {
    let id = own_name(path, "trigger", trigger.id.as_ref())?;
    let subject = Subject::Trigger(id.clone());
    let trigger = Trigger { id: Some(id), ..trigger };
    let answer = submit_on(&engine, subject, Command::SetTrigger { trigger }).await?;
    Ok(Versioned::of(made(answer, trigger_of)?))
}

async fn delete_trigger(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    let id = named(path, "trigger")?;
    submit_on(&engine, Subject::Trigger(id.clone()), Command::DeleteTrigger { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn fire(State(engine): App, Body(Fire { name }): Body<Fire>) -> Answered<Outcome> {
    outcome(&engine, Command::Trigger { name }).await
}

async fn get_data(State(engine): App) -> Versioned<Map<String, Value>> {
    let state = engine.control().state();
    Versioned::of(state.show.data().clone())
}

async fn patch_data(State(engine): App, Body(patch): Body<Patch>) -> VersionedAnswer<Map<String, Value>> {
    let show = &submit_on(&engine, Subject::Data, Command::SetData { patch }).await?.state.show;
    Ok(Versioned::of(show.data().clone()))
}

async fn batch(State(engine): App, Body(Batch { commands }): Body<Batch>) -> Answered<Outcome> {
    outcome(&engine, Command::Batch { commands }).await
}

pub(crate) async fn outcome(engine: &Engine, command: Command) -> Answered<Outcome> {
    let answer = submit(engine, command).await?;
    Ok(Json(Outcome { sequence: answer.sequence, events: answer.events }))
}
