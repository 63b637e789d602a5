//! Layers: what there is, and everything that is done to them.

use crate::body::{Body, BodyOrNone};
use crate::conditions::Versioned;
use crate::problem::Problem;
use crate::rest::{
    Answered, App, CreatedVersioned, Named, Patch, VersionedAnswer, about, made, named, submit, submit_on,
};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, post_with, put_with};
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use engine::{Answer, Engine, Subject};
use scene::{Alignment, Command, Event, Id, Layer, LayerSpec, Rank, Show, TransformBy, Transition};
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// A new order of all layers.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Order {
    /// Every layer once, bottom first.
    order: Vec<Id>,
}

/// Another place in the order.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Move {
    /// Where.
    to: Rank,
}

/// A copy.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Copy {
    /// Its name; made from the layer's where left out.
    new_id: Option<Id>,
}

/// A group that is to be.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Group {
    /// What is in it: layers of one group, or of none.
    #[schemars(length(min = 1))]
    layers: Vec<Id>,
    /// Its name.
    #[serde(default)]
    id: Option<Id>,
}

/// Another content.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NewContent {
    /// A JSON merge patch on the layer's content.
    content: Patch,
    /// The way there: a cut where left out, or a fade.
    #[serde(default)]
    transition: Transition,
}

pub(crate) fn router() -> ApiRouter<Arc<Engine>> {
    ApiRouter::new()
        .api_route(
            "/layers",
            get_with(list, about("Layers", "All layers, bottom first"))
                .post_with(create, |op| about("Layers", "Adds a layer")(op).response::<201, Versioned<Layer>>()),
        )
        .api_route("/layers/order", put_with(reorder, about("Layers", "Puts all layers in a new order")))
        .api_route(
            "/layers/group",
            post_with(group, |op| {
                about("Layers", "Puts layers into a group of their own")(op).response::<201, Versioned<Layer>>()
            }),
        )
        .api_route(
            "/layers/{id}",
            get_with(get, about("Layers", "One layer"))
                .patch_with(update, about("Layers", "Changes a layer by a JSON merge patch"))
                .delete_with(delete, |op| about("Layers", "Removes a layer")(op).response::<204, ()>()),
        )
        .api_route("/layers/{id}/transform", post_with(transform, about("Layers", "Changes a transform by so much")))
        .api_route(
            "/layers/{id}/align",
            post_with(align, about("Layers", "Sizes a layer to an area, or puts it to edges")),
        )
        .api_route(
            "/layers/{id}/content",
            post_with(content, about("Layers", "Changes what a layer shows, by a fade where that is wanted")),
        )
        .api_route("/layers/{id}/move", post_with(rank, about("Layers", "Puts a layer elsewhere in the order")))
        .api_route(
            "/layers/{id}/duplicate",
            post_with(duplicate, |op| {
                about("Layers", "Copies a layer; with a group, all that is in it")(op)
                    .response::<201, Versioned<Layer>>()
            }),
        )
        .api_route(
            "/layers/{id}/ungroup",
            post_with(ungroup, about("Layers", "Takes a group apart; what is in it stays where it is seen")),
        )
}

fn all(show: &Show) -> Vec<Layer> {
    show.layers().iter().map(|layer| Layer::clone(layer)).collect()
}

fn layer_of(event: Event) -> Option<Layer> {
    match event {
        Event::LayerCreated { layer } | Event::LayerUpdated { layer } => Some(Layer::clone(&layer)),
        _ => None,
    }
}

/// The layer that a command has made or changed. A group is told of before what is in it.
fn changed(answer: Answer) -> VersionedAnswer<Layer> {
    Ok(Versioned::of(made(answer, layer_of)?))
}

async fn list(State(engine): App) -> Json<Vec<Layer>> {
    Json(all(&engine.control().state().show))
}

async fn create(State(engine): App, Body(layer): Body<LayerSpec>) -> CreatedVersioned<Layer> {
    let answer = submit(&engine, Command::CreateLayer { layer }).await?;
    Ok((StatusCode::CREATED, changed(answer)?))
}

async fn get(State(engine): App, Path(path): Path<Named>) -> VersionedAnswer<Layer> {
    let id = named(path, "layer")?;
    let state = engine.control().state();
    let layer = state.show.layer(&id).ok_or_else(|| Problem::not_found(format!("there is no layer \"{id}\"")))?;
    Ok(Versioned::of(Layer::clone(layer)))
}

async fn update(State(engine): App, Path(path): Path<Named>, Body(patch): Body<Patch>) -> VersionedAnswer<Layer> {
    let id = named(path, "layer")?;
    changed(submit_on(&engine, Subject::Layer(id.clone()), Command::UpdateLayer { id, patch }).await?)
}

async fn delete(State(engine): App, Path(path): Path<Named>) -> Result<StatusCode, Problem> {
    let id = named(path, "layer")?;
    submit_on(&engine, Subject::Layer(id.clone()), Command::DeleteLayer { id }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn reorder(State(engine): App, Body(Order { order }): Body<Order>) -> Answered<Vec<Layer>> {
    let answer = submit(&engine, Command::ReorderLayers { order }).await?;
    Ok(Json(all(&answer.state.show)))
}

async fn transform(State(engine): App, Path(path): Path<Named>, Body(by): Body<TransformBy>) -> VersionedAnswer<Layer> {
    let id = named(path, "layer")?;
    changed(submit_on(&engine, Subject::Layer(id.clone()), Command::TransformLayer { id, by }).await?)
}

async fn align(State(engine): App, Path(path): Path<Named>, Body(to): Body<Alignment>) -> VersionedAnswer<Layer> {
    let id = named(path, "layer")?;
    let command = Command::AlignLayer { id: id.clone(), to, boxes: Vec::new() };
    changed(submit_on(&engine, Subject::Layer(id), command).await?)
}

async fn content(
    State(engine): App,
    Path(path): Path<Named>,
    Body(NewContent { content, transition }): Body<NewContent>,
) -> VersionedAnswer<Layer> {
    let id = named(path, "layer")?;
    let command = Command::ChangeContent { id: id.clone(), content, transition };
    changed(submit_on(&engine, Subject::Layer(id), command).await?)
}

async fn rank(State(engine): App, Path(path): Path<Named>, Body(Move { to }): Body<Move>) -> VersionedAnswer<Layer> {
    let id = named(path, "layer")?;
    changed(submit_on(&engine, Subject::Layer(id.clone()), Command::MoveLayer { id, to }).await?)
}

async fn duplicate(
    State(engine): App,
    Path(path): Path<Named>,
    BodyOrNone(Copy { new_id }): BodyOrNone<Copy>,
) -> CreatedVersioned<Layer> {
    let id = named(path, "layer")?;
    let answer = submit_on(&engine, Subject::Layer(id.clone()), Command::DuplicateLayer { id, new_id }).await?;
    Ok((StatusCode::CREATED, changed(answer)?))
}

async fn group(State(engine): App, Body(Group { layers, id }): Body<Group>) -> CreatedVersioned<Layer> {
    let answer = submit(&engine, Command::GroupLayers { layers, id }).await?;
    Ok((StatusCode::CREATED, changed(answer)?))
}

async fn ungroup(State(engine): App, Path(path): Path<Named>) -> Answered<Vec<Layer>> {
    let id = named(path, "layer")?;
    let answer = submit_on(&engine, Subject::Layer(id.clone()), Command::UngroupLayer { id }).await?;
    Ok(Json(answer.events.into_iter().filter_map(layer_of).collect()))
}
