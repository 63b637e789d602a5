//! The slate: what is shown instead of the show while something is wrong with it.
//!
//! It is a show of its own, with a background, a picture and a line or two of text; so it is drawn as
//! everything is, and nothing that is wrong with the show can be wrong with it.

use crate::command::Command;
use crate::field::{FieldError, read};
use crate::layer::merge;
use crate::show::{Canvas, Limits, Show};
use crate::time::ShowTime;
use crate::value::Color;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// What is shown instead of the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Slate {
    /// Whether it is on air now. Music goes on; speech, effects and what comes from outside are not heard.
    pub on: bool,
    /// What it says.
    #[schemars(length(max = 500))]
    pub text: String,
    /// A smaller line below.
    #[schemars(length(max = 500))]
    pub detail: String,
    /// A picture that fills it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Below the picture.
    pub background: Color,
    /// Of the text.
    pub color: Color,
}

impl Default for Slate {
    fn default() -> Self {
        Self {
            on: false,
            text: "We will be right back".to_owned(),
            detail: String::new(),
            image_url: None,
            background: Color::rgba(16, 18, 27, 255),
            color: Color::WHITE,
        }
    }
}

impl Slate {
    /// The slate after a JSON merge patch; `null` puts a member back to what it was at first.
    pub(crate) fn patched(&self, patch: &Map<String, Value>) -> Result<Self, FieldError> {
        let mut document = serde_json::to_value(self).map_err(|e| FieldError::new("", e.to_string()))?;
        merge(&mut document, patch);
        let slate: Self = read(document)?;
        for (field, text) in [("text", &slate.text), ("detail", &slate.detail)] {
            if text.len() > 500 {
                return Err(FieldError::new(field, "more than 500 bytes"));
            }
        }
        if slate.image_url.as_ref().is_some_and(|url| url.is_empty() || url.len() > 2_000) {
            return Err(FieldError::new("imageUrl", "a URL has 1 to 2000 bytes"));
        }
        Ok(slate)
    }

    /// It as a show of that size.
    pub(crate) fn show(&self, canvas: Canvas) -> Show {
        let (width, height) = (f64::from(canvas.width), f64::from(canvas.height));
        let middle =
            |share: f64| json!({"position": {"x": width / 2.0, "y": height * share}, "anchor": {"x": 0.5, "y": 0.5}});
        let text = |id: &str, text: &str, size: f64, share: f64| {
            json!({"id": id, "type": "overlay", "transform": middle(share), "content": {"type": "text", "content": text,
                "style": {"fontSize": size, "fontWeight": 700, "align": "center", "width": width * 0.85, "color": self.color}}})
        };
        let mut layers = Vec::new();
        layers.extend(self.image_url.as_ref().map(|url| {
            let size = json!({"imageUrl": url, "width": width, "height": height, "fit": "cover"});
            json!({"id": "picture", "type": "visualFeed", "content": size})
        }));
        if !self.text.is_empty() {
            layers.push(text("text", &self.text, (height / 11.0).clamp(8.0, 400.0), 0.48));
        }
        if !self.detail.is_empty() {
            layers.push(text("detail", &self.detail, (height / 24.0).clamp(8.0, 400.0), 0.62));
        }
        let file = json!({"canvas": canvas, "background": self.background, "layers": layers});
        let mut show = Show::default();
        // What is written here can be read; were it not, a slate without words would be left.
        if let Ok(file) = serde_json::from_value(file) {
            let _ = show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits::default());
        }
        show
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slate_is_a_show_with_its_words_and_its_picture() {
        let patch = json!({"detail": "Lot 12 comes next", "imageUrl": "pause.png", "background": "#203040"});
        let slate = Slate::default().patched(patch.as_object().unwrap()).unwrap();
        let show = slate.show(Canvas::default());
        assert_eq!(show.layers().len(), 3);
        assert_eq!(show.at(ShowTime::ZERO).background, Color::rgba(0x20, 0x30, 0x40, 255));
        assert_eq!(Slate::default().show(Canvas { width: 16, height: 16 }).layers().len(), 1);
        let error = slate.patched(json!({"color": "no"}).as_object().unwrap()).unwrap_err();
        assert_eq!(error.field, "color");
    }
}
