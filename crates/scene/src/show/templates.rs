//! Scenes that are made of templates.

use super::{Show, position, room};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::scenes::{MAX_SCENES, Placement, Scene};
use crate::show::Limits;
use crate::template::{MAX_ALL_BYTES, MAX_TEMPLATES, Template};
use serde_json::{Map, Value};
use std::sync::Arc;

impl Show {
    /// The templates, in the order in which they were added.
    #[must_use]
    pub fn templates(&self) -> &[Arc<Template>] {
        &self.templates
    }

    pub(super) fn set_template(&mut self, template: Template) -> Result<Event, Rejection> {
        template.check()?;
        let id = template.id.clone();
        let others = self.templates.iter().filter(|other| other.id != id).map(|other| other.bytes());
        check_bytes(template.bytes() + others.sum::<usize>())?;
        match self.templates.iter().position(|other| other.id == id) {
            Some(at) => self.templates[at] = Arc::new(template),
            None => {
                room(self.templates.len(), MAX_TEMPLATES, "template", "")?;
                self.templates.push(Arc::new(template));
            }
        }
        Ok(Event::TemplateChanged { id })
    }

    pub(super) fn delete_template(&mut self, id: Id) -> Result<Event, Rejection> {
        let at = position(&self.templates, "template", &id, |template| &template.id)?;
        self.templates.remove(at);
        Ok(Event::TemplateDeleted { id })
    }

    /// Makes a scene and its layers, which are seen when it is switched to.
    pub(super) fn use_template(
        &mut self,
        id: &Id,
        scene: Id,
        values: &Map<String, Value>,
        limits: &Limits,
        told: &mut Vec<Event>,
    ) -> Result<(), Rejection> {
        let template = self.templates[position(&self.templates, "template", id, |template| &template.id)?].clone();
        if self.scenes.iter().any(|other| other.id == scene) {
            return Err(Rejection::Taken { kind: "scene", id: scene });
        }
        room(self.scenes.len(), MAX_SCENES, "scene", "")?;
        let mut placements = Vec::new();
        for (index, mut spec) in template.layers_of(&scene, values)?.into_iter().enumerate() {
            let inside =
                |parent: &Id| parent.as_str().strip_prefix(scene.as_str()).is_some_and(|rest| rest.starts_with('.'));
            if spec.visible && !spec.parent.as_ref().is_some_and(inside) {
                placements.extend(spec.id.clone().map(|id| Placement {
                    id,
                    transform: None,
                    opacity: None,
                    z_index: None,
                }));
                spec.visible = false;
            }
            let layer = self.new_layer(spec, limits).map_err(|e| super::in_list("layers", index, e))?;
            let layer = Arc::new(layer);
            self.place(layer.clone());
            told.push(Event::LayerCreated { layer });
        }
        self.check_all_places()?;
        told.push(self.set_scene(Scene { id: scene, layers: placements })?);
        Ok(())
    }
}

/// Refuses templates that are too large together.
pub(super) fn check_bytes(bytes: usize) -> Result<(), FieldError> {
    if bytes > MAX_ALL_BYTES {
        let message = format!("templates would have {bytes} bytes together, and at most {MAX_ALL_BYTES} are allowed");
        return Err(FieldError::new("layers", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::ShowTime;
    use serde_json::json;

    fn give(show: &mut Show, command: Value) -> Result<Vec<Event>, Rejection> {
        show.apply(crate::read(command)?, ShowTime::default(), &Limits::default())
    }

    fn field(refused: Result<Vec<Event>, Rejection>) -> String {
        match refused.unwrap_err() {
            Rejection::Invalid(e) => e.field,
            other => other.to_string(),
        }
    }

    fn lot() -> Value {
        json!({"id": "lot", "parameters": {"title": "Untitled", "price": 0, "at": {"x": 10, "y": 20}}, "layers": [
            {"id": "box", "type": "group", "transform": {"position": "{{at}}"}},
            {"id": "name", "type": "overlay", "parent": "box",
                "content": {"type": "text", "content": "{{title}}: {{ price }} ETH {not a gap}"}},
            {"id": "stamp", "type": "overlay", "visible": false, "content": {"type": "text", "content": "sold"}},
        ]})
    }

    #[test]
    fn a_scene_is_made_of_a_template_and_undone_as_one() {
        let mut show = Show::default();
        give(&mut show, json!({"setTemplate": {"template": lot()}})).unwrap();
        let by: Id = "agent".parse().unwrap();
        let command =
            json!({"useTemplate": {"id": "lot", "scene": "lot-7", "values": {"title": "Moon", "price": 1.5}}});
        let before = show.clone();
        show.apply_by(Some(&by), crate::read(command).unwrap(), ShowTime::default(), &Limits::default()).unwrap();
        let layer = |show: &Show, id: &str| serde_json::to_value(&**show.layer(&id.parse().unwrap()).unwrap()).unwrap();
        let name = layer(&show, "lot-7.name");
        assert_eq!(name["content"]["content"], "Moon: 1.5 ETH {not a gap}");
        assert_eq!(name["parent"], "lot-7.box");
        assert_eq!(layer(&show, "lot-7.box")["transform"]["position"], json!({"x": 10.0, "y": 20.0}));
        assert_eq!(show.at(ShowTime::default()).items.len(), 0, "not before it is switched to");
        let mut on_air = show.clone();
        give(&mut on_air, json!({"switchScene": {"id": "lot-7"}})).unwrap();
        let seen: Vec<_> = on_air.at(ShowTime::default()).items.iter().map(|item| item.layer.to_string()).collect();
        assert_eq!(seen, ["lot-7.box"]);
        show.apply_by(Some(&by), crate::Command::Undo { by: None }, ShowTime::default(), &Limits::default()).unwrap();
        assert_eq!((show.layers().len(), show.scenes().len()), (before.layers().len(), 0));
    }

    #[test]
    fn templates_go_with_the_file() {
        let mut show = Show::default();
        give(&mut show, json!({"setTemplate": {"template": lot()}})).unwrap();
        let mut other = Show::default();
        give(&mut other, json!({"loadShow": {"show": show.to_file()}})).unwrap();
        assert_eq!(other.templates(), show.templates());
    }

    #[test]
    fn what_no_scene_can_be_made_of_is_refused_with_its_field() {
        let mut show = Show::default();
        let mut with = |change: fn(&mut Value)| {
            let mut template = lot();
            change(&mut template);
            field(give(&mut show, json!({"setTemplate": {"template": template}})))
        };
        assert_eq!(with(|t| t["layers"] = json!([])), "layers");
        assert_eq!(with(|t| t["layers"][2]["content"]["content"] = "{{tile}}".into()), "layers[2]");
        assert_eq!(with(|t| t["layers"][2]["opacity"] = "{{price}}{{price}}".into()), "layers[2].opacity");
        assert_eq!(with(|t| t["layers"][2]["id"] = "box".into()), "layers[2].id");
        assert_eq!(with(|t| t["layers"][2]["id"] = Value::Null), "layers[2].id");
        give(&mut show, json!({"setTemplate": {"template": lot()}})).unwrap();
        let mut using = |values: Value| {
            let before = show.clone();
            let refused = give(&mut show, json!({"useTemplate": {"id": "lot", "scene": "s", "values": values}}));
            assert_eq!(show, before);
            field(refused)
        };
        assert_eq!(using(json!({"colour": 1})), "values.colour");
        assert_eq!(using(json!({"at": 5})), "layers[0].transform.position");
    }
}
