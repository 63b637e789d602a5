//! What the show is beside its lists: its name, its canvas and what is behind everything.

use super::{Canvas, Derived, Show};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::read;
use crate::layer::merge;
use crate::value::Color;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What the show is beside its lists.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Look {
    /// Its name.
    pub name: String,
    /// The space in which it is laid out.
    pub canvas: Canvas,
    /// What shows where no layer is; black where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<Color>,
}

impl Show {
    /// What it is beside its lists.
    #[must_use]
    pub fn look(&self) -> Look {
        Look { name: self.name.clone(), canvas: self.canvas, background: self.background }
    }

    pub(super) fn set_look(&mut self, look: Look) {
        (self.name, self.canvas, self.background) = (look.name, look.canvas, look.background);
        self.slate_show = Derived::default();
    }

    pub(super) fn update_look(&mut self, patch: &Map<String, Value>) -> Result<Event, Rejection> {
        let mut look = serde_json::to_value(self.look()).unwrap_or_default();
        merge(&mut look, patch);
        self.set_look(read(look)?);
        Ok(Event::ShowUpdated { look: self.look() })
    }
}
