//! Whole shows: the one on air, those that are kept beside it, and templates that scenes are made of.

use crate::body::{Body, BodyOrNone};
use crate::conditions::Versioned;
use crate::problem::Problem;
use crate::rest::{
    Answered, App, Created, CreatedVersioned, Named, Patch, VersionedAnswer, about, made, named, submit, submit_on,
};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{Answer, Engine, Subject};
use scene::{Command, Event, Id, Look, SavedView, Scene, Show, ShowFile, Template};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::sync::Arc;

/// The show on air, to be kept.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Keep {
    /// Its name among the saved shows. One of that name gives way to it.
    id: Id,
}

/// A copy.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Copy {
    /// Its name; made from the show's where left out.
    new_id: Option<Id>,
}

/// A template, without the name that its URL has.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Pattern {
    /// Not another one than in the URL.
    #[serde(default)]
    id: Option<Id>,
    /// What a use may say, with what it is where it does not.
    #[serde(default)]
    parameters: Map<String, Value>,
    /// Layers as `POST /layers` takes them, each with an `id`. `{{name}}` in a text stands for that parameter.
    #[schemars(length(min = 1, max = 100))]
    layers: Vec<Map<String, Value>>,
}

/// A scene that is to be made of a template.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Use {
    /// The name of the new scene. Its layers are named `SCENE.LAYER`.
    scene: Id,
    /// Parameters; what is left out is as the template says.
    #[serde(default)]
    values: Map<String, Value>,
}

pub(crate) fn router() -> ApiRouter<Arc<Engine>> {
    ApiRouter::new()
        .api_route(
            "/show",
            get_with(get_show, about("Show", "The whole show, without destinations"))
                .put_with(load, about("Show", "Replaces the show"))
                .patch_with(update, about("Show", "Changes its name, canvas or background by a JSON merge patch")),
        )
        .api_route(
            "/shows",
            get_with(list, about("Saved shows", "The shows that are kept beside the one on air"))
                .post_with(keep, |op| {
                    about("Saved shows", "Keeps the show on air")(op).response::<201, Json<SavedView>>()
                }),
        )
        .api_route(
            "/shows/{id}",
            get_with(get_saved, about("Saved shows", "A saved show, as a file"))
                .put_with(import, about("Saved shows", "Keeps a show file"))
                .delete_with(forget, |op| about("Saved shows", "Forgets a saved show")(op).response::<204, ()>()),
        )
        .api_route("/shows/{id}/open", post_with(open, about("Saved shows", "Puts a saved show on air")))
        .api_route(
            "/shows/{id}/duplicate",
            post_with(duplicate, |op| {
                about("Saved shows", "Copies a saved show")(op).response::<201, Json<SavedView>>()
            }),
        )
        .api_route("/templates", get_with(templates, about("Templates", "The templates of scenes")))
        .api_route(
            "/templates/{id}",
            get_with(get_template, about("Templates", "One template"))
                .put_with(set_template, about("Templates", "Adds a template, or replaces one"))
                .delete_with(delete_template, |op| about("Templates", "Removes a template")(op).response::<204, ()>()),
        )
        .api_route(
            "/templates/{id}/scenes",
            post_with(use_template, |op| {
                about("Templates", "Makes a scene of a template")(op).response::<201, Versioned<Scene>>()
            }),
        )
}

async fn get_show(State(engine): App) -> Versioned<ShowFile> {
    Versioned::of(engine.control().state().show.to_file())
}

async fn load(State(engine): App, Body(show): Body<ShowFile>) -> VersionedAnswer<ShowFile> {
    let answer = submit_on(&engine, Subject::Show, Command::LoadShow { show }).await?;
    Ok(Versioned::of(answer.state.show.to_file()))
}

async fn update(State(engine): App, Body(patch): Body<Patch>) -> Answered<Look> {
    let answer = submit_on(&engine, Subject::Show, Command::UpdateShow { patch }).await?;
    Ok(Json(answer.state.show.look()))
}

async fn list(State(engine): App) -> Json<Vec<SavedView>> {
    Json(engine.control().state().show.saved().iter().map(|saved| saved.view()).collect())
}

/// The show that a command has saved, as its event has it: that is what a repetition is answered, too.
fn saved(answer: Answer) -> Created<SavedView> {
    let saved = made(answer, |event| match event {
        Event::ShowSaved { show } => Some(show),
        _ => None,
    })?;
    Ok((StatusCode::CREATED, Json(saved)))
}

fn no_show(id: &Id) -> Problem {
    Problem::not_found(format!("there is no saved show \"{id}\""))
}

async fn keep(State(engine): App, Body(Keep { id }): Body<Keep>) -> Created<SavedView> {
    saved(submit(&engine, Command::SaveShow { id, show: None }).await?)
}

async fn get_saved(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<ShowFile> {
    let id = named(path, "saved show")?;
    let state = engine.control().state();
    let saved = state.show.saved().iter().find(|saved| saved.id == id).ok_or_else(|| no_show(&id))?;
    Ok(Versioned::of(saved.show.clone()))
}

async fn import(State(engine): App, Path(path): Path<Named>, Body(show): Body<ShowFile>) -> VersionedAnswer<ShowFile> {
    let id = named(path, "saved show")?;
    let command = Command::SaveShow { id: id.clone(), show: Some(show) };
    let answer = submit_on(&engine, Subject::Saved(id.clone()), command).await?;
    let saved = answer.state.show.saved().iter().find(|saved| saved.id == id).cloned();
    Ok(Versioned::of(saved.ok_or_else(|| no_show(&id))?.show.clone()))
}

async fn forget(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    let id = named(path, "saved show")?;
    submit_on(&engine, Subject::Saved(id.clone()), Command::DeleteShow { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn open(State(engine): App, Path(path): Path<Named>) -> Answered<ShowFile> {
    let id = named(path, "saved show")?;
    let answer = submit_on(&engine, Subject::Saved(id.clone()), Command::OpenShow { id }).await?;
    Ok(Json(answer.state.show.to_file()))
}

async fn duplicate(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Copy { new_id }): BodyOrNone<Copy>,
) -> Created<SavedView> {
    let id = named(path, "saved show")?;
    saved(submit_on(&engine, Subject::Saved(id.clone()), Command::DuplicateShow { id, new_id }).await?)
}

async fn templates(State(engine): App) -> Json<Vec<Template>> {
    Json(engine.control().state().show.templates().iter().map(|template| Template::clone(template)).collect())
}

fn template(show: &Show, id: &Id) -> VersionedAnswer<Template> {
    let found = show.templates().iter().find(|template| template.id == *id);
    let found = found.ok_or_else(|| Problem::not_found(format!("there is no template \"{id}\"")))?;
    Ok(Versioned::of(Template::clone(found)))
}

async fn get_template(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<Template> {
    template(&engine.control().state().show, &named(path, "template")?)
}

async fn set_template(
    State(engine): App,
    Path(path): Path<Named>,
    Body(Pattern { id: other, parameters, layers }): Body<Pattern>,
) -> VersionedAnswer<Template> {
    let id = named(path, "template")?;
    if other.is_some_and(|other| other != id) {
        let message = format!("the URL says \"{id}\"");
        return Err(Problem::field(scene::FieldError::new("id", message)));
    }
    let command = Command::SetTemplate { template: Template { id: id.clone(), parameters, layers } };
    let answer = submit_on(&engine, Subject::Template(id.clone()), command).await?;
    template(&answer.state.show, &id)
}

async fn delete_template(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    let id = named(path, "template")?;
    submit_on(&engine, Subject::Template(id.clone()), Command::DeleteTemplate { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn use_template(
    State(engine): App,
    Path(path): Path<Named>,
    Body(Use { scene, values }): Body<Use>,
) -> CreatedVersioned<Scene> {
    let id = named(path, "template")?;
    let command = Command::UseTemplate { id: id.clone(), scene, values };
    let answer = submit_on(&engine, Subject::Template(id), command).await?;
    let scene = made(answer, |event| match event {
        Event::SceneChanged { scene } => Some(scene),
        _ => None,
    })?;
    Ok((StatusCode::CREATED, Versioned::of(scene)))
}
