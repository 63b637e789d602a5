//! Layers that are brought to a place: sized to it, or put to its edges.
//!
//! How large a text or a picture is the show does not know: a command that aligns brings with it what the service has
//! measured, so that it does the same whenever it is done again.

use super::{Show, position};
use crate::command::Rejection;
use crate::event::Event;
use crate::field::FieldError;
use crate::id::Id;
use crate::layer::{Layer, LayerKind, Transform};
use crate::value::{Coordinate, Length, Scale, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

/// How far the safe areas are from each edge of the canvas, as a share of its side (SMPTE ST 2046-1, EBU R 95).
const SAFE_ACTION: f64 = 0.035;
const SAFE_TITLE: f64 = 0.05;

/// Where a layer is to be. What is left out stays, but a layer that is sized is put in the middle.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Alignment {
    /// How large.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<Sizing>,
    /// Where across.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizontal: Option<Horizontal>,
    /// Where down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vertical: Option<Vertical>,
    /// In what area; for a layer of a group, in the group's own pixels.
    #[serde(skip_serializing_if = "is_default")]
    pub within: Area,
    /// How far inside of it, in pixels.
    #[serde(skip_serializing_if = "is_default")]
    pub margin: Length,
}

/// How a layer is sized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Sizing {
    /// All of it is seen: as large as it is, smaller where it is too large.
    Fit,
    /// Stretched to the area.
    Fill,
    /// No part of the area is left free, what is too much reaches out of it.
    Cover,
    /// All of it is seen, as large as there is room.
    Contain,
}

/// A place across.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Horizontal {
    /// At the left edge.
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// A place down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Vertical {
    /// At the top edge.
    Top,
    /// In the middle.
    Center,
    /// At the bottom edge.
    Bottom,
}

/// What a layer is aligned with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Area {
    /// The whole canvas.
    #[default]
    Canvas,
    /// What every screen shows: 3.5 % inside of the canvas.
    SafeAction,
    /// Where text is safe: 5 % inside of the canvas.
    SafeTitle,
    /// Another layer of the same group, as it stands.
    Layer(Id),
    /// A rectangle.
    Rect {
        /// Its left edge.
        x: Coordinate,
        /// Its top edge.
        y: Coordinate,
        /// How wide it is.
        width: Length,
        /// How high it is.
        height: Length,
    },
}

/// How large a layer is in its own pixels, before its transform.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// Which layer.
    pub id: Id,
    /// How wide.
    pub width: Length,
    /// How high.
    pub height: Length,
}

impl Alignment {
    /// The layers whose size has to be known to align `id`.
    pub fn measures<'a>(&'a self, id: &'a Id) -> impl Iterator<Item = &'a Id> {
        let other = match &self.within {
            Area::Layer(other) => Some(other),
            _ => None,
        };
        other.into_iter().chain([id])
    }
}

/// Left, top, right, bottom.
type Edges = [f64; 4];

impl Show {
    pub(super) fn align_layer(&mut self, id: &Id, to: &Alignment, boxes: &[Measured]) -> Result<Event, Rejection> {
        if (to.size, to.horizontal, to.vertical) == (None, None, None) {
            let message = "nothing to align by: give size, horizontal or vertical";
            return Err(FieldError::new("horizontal", message).into());
        }
        let layer = self.layers[position(&self.layers, "layer", id, |l| l.id())?].clone();
        let area = self.area(&layer, to, boxes)?;
        let size = self.size_of(&layer, boxes)?;
        let mut transform = layer.spec().transform;
        let sizing = to.size.map(|sizing| sized(&mut transform, sizing, size, area)).transpose()?;
        let edges = extent(&transform, size);
        let middle = sizing.is_some();
        let across = match to.horizontal.or(middle.then_some(Horizontal::Center)) {
            None => 0.0,
            Some(Horizontal::Left) => area[0] - edges[0],
            Some(Horizontal::Center) => (area[0] + area[2] - edges[0] - edges[2]) / 2.0,
            Some(Horizontal::Right) => area[2] - edges[2],
        };
        let down = match to.vertical.or(middle.then_some(Vertical::Center)) {
            None => 0.0,
            Some(Vertical::Top) => area[1] - edges[1],
            Some(Vertical::Center) => (area[1] + area[3] - edges[1] - edges[3]) / 2.0,
            Some(Vertical::Bottom) => area[3] - edges[3],
        };
        let patch = json!({"transform": {
            "position": {"x": transform.position.x.get() + across, "y": transform.position.y.get() + down},
            "scale": transform.scale,
        }});
        self.update_layer(id, patch.as_object().unwrap_or(&Map::new()))
    }

    /// The area in the pixels in which the layer's position is meant.
    fn area(&self, layer: &Layer, to: &Alignment, boxes: &[Measured]) -> Result<Edges, Rejection> {
        let (width, height) = (f64::from(self.canvas().width), f64::from(self.canvas().height));
        let inside = |share: f64| [share * width, share * height, (1.0 - share) * width, (1.0 - share) * height];
        let [left, top, right, bottom] = match &to.within {
            Area::Canvas => inside(0.0),
            Area::SafeAction => inside(SAFE_ACTION),
            Area::SafeTitle => inside(SAFE_TITLE),
            Area::Rect { x, y, width, height } => [x.get(), y.get(), x.get() + width.get(), y.get() + height.get()],
            Area::Layer(other) => {
                let wrong = |message: String| FieldError::new("within.layer", message);
                let other = self.layer(other).ok_or_else(|| wrong(format!("there is no layer \"{other}\"")))?;
                if other.id() == layer.id() {
                    return Err(wrong("a layer cannot be aligned with itself".to_owned()).into());
                }
                if other.spec().parent != layer.spec().parent {
                    return Err(wrong(format!("\"{}\" is not in the same group", other.id())).into());
                }
                extent(&other.spec().transform, self.size_of(other, boxes)?)
            }
        };
        let margin = to.margin.get();
        let area = [left + margin, top + margin, right - margin, bottom - margin];
        if area[2] <= area[0] || area[3] <= area[1] {
            let message = format!("{margin} pixels leave nothing of an area of {} x {}", right - left, bottom - top);
            return Err(FieldError::new("margin", message).into());
        }
        Ok(area)
    }

    /// Pixels across and down. The box of a group is the canvas.
    fn size_of(&self, layer: &Layer, boxes: &[Measured]) -> Result<(f64, f64), Rejection> {
        if layer.spec().kind == LayerKind::Group {
            return Ok((f64::from(self.canvas().width), f64::from(self.canvas().height)));
        }
        let unknown = || {
            let message = format!("how large \"{}\" is is not known", layer.id());
            FieldError::new("id", message)
        };
        let found = boxes.iter().find(|measured| measured.id == *layer.id()).ok_or_else(unknown)?;
        Ok((found.width.get(), found.height.get()))
    }
}

/// Gives the transform the scale that it needs; whether it mirrors stays.
fn sized(transform: &mut Transform, sizing: Sizing, size: (f64, f64), area: Edges) -> Result<(), Rejection> {
    let room = (area[2] - area[0], area[3] - area[1]);
    if size.0 <= 0.0 || size.1 <= 0.0 {
        return Err(FieldError::new("size", "there is nothing in the layer whose size could be changed").into());
    }
    let (across, down) = match sizing {
        Sizing::Fill => {
            let quarters = transform.rotation.get() / 90.0;
            if (quarters - quarters.round()).abs() > 1e-9 {
                let message = "a layer that is turned by other than quarters cannot fill an area: use cover";
                return Err(FieldError::new("size", message).into());
            }
            match quarters.round().rem_euclid(2.0) == 0.0 {
                true => (room.0 / size.0, room.1 / size.1),
                false => (room.1 / size.0, room.0 / size.1),
            }
        }
        uniform => {
            let plain = Transform { scale: Default::default(), ..*transform };
            let [left, top, right, bottom] = extent(&plain, size);
            let (across, down) = (room.0 / (right - left), room.1 / (bottom - top));
            let factor = match uniform {
                Sizing::Cover => across.max(down),
                Sizing::Contain | Sizing::Fill => across.min(down),
                Sizing::Fit => across.min(down).min(1.0),
            };
            (factor, factor)
        }
    };
    let scale = |now: Scale, factor: f64| {
        let far = || {
            FieldError::new("size", format!("it would be scaled by {factor}, and at most {} is allowed", Scale::MAX))
        };
        Scale::new(if now.get() < 0.0 { -factor } else { factor }).ok_or_else(far)
    };
    transform.scale.x = scale(transform.scale.x, across)?;
    transform.scale.y = scale(transform.scale.y, down)?;
    Ok(())
}

/// The upright rectangle about a box of that size as the transform places it.
fn extent(transform: &Transform, (width, height): (f64, f64)) -> Edges {
    let (sin, cos) = transform.rotation.get().to_radians().sin_cos();
    let corner = |across: f64, down: f64| {
        let x = (across - transform.anchor.x.get()) * width * transform.scale.x.get();
        let y = (down - transform.anchor.y.get()) * height * transform.scale.y.get();
        (transform.position.x.get() + cos * x - sin * y, transform.position.y.get() + sin * x + cos * y)
    };
    let corners = [corner(0.0, 0.0), corner(1.0, 0.0), corner(0.0, 1.0), corner(1.0, 1.0)];
    corners.iter().fold([f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY], |edges, (x, y)| {
        [edges[0].min(*x), edges[1].min(*y), edges[2].max(*x), edges[3].max(*y)]
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::Command;
    use crate::show::Limits;
    use crate::time::ShowTime;
    use proptest::prelude::*;
    use serde_json::Value;

    const SIZE: (f64, f64) = (400.0, 100.0);

    fn boxes() -> Vec<Measured> {
        let length = |v| Length::new(v).unwrap();
        let of = |id: &str| Measured { id: id.parse().unwrap(), width: length(SIZE.0), height: length(SIZE.1) };
        vec![of("a"), of("b")]
    }

    /// A show of two boxes of 400 x 100, of which `a` is transformed and aligned.
    fn aligned(transform: Value, to: Value) -> Result<Edges, Rejection> {
        let mut show = Show::default();
        let mut give = |command: Value| show.apply(crate::read(command)?, ShowTime::default(), &Limits::default());
        let layer = |id: &str, transform: Value| {
            json!({"createLayer": {"layer": {"id": id, "type": "overlay", "transform": transform,
                "content": {"type": "shape", "content": "rect", "style": {"width": 400, "height": 100}}}}})
        };
        give(layer("a", transform))?;
        give(layer("b", json!({"position": {"x": 1000, "y": 500}})))?;
        let command = Command::AlignLayer { id: "a".parse().unwrap(), to: crate::read(to)?, boxes: boxes() };
        show.apply(command, ShowTime::default(), &Limits::default())?;
        Ok(extent(&show.layer(&"a".parse().unwrap()).unwrap().spec().transform, SIZE))
    }

    fn near(edges: Edges, expected: Edges) {
        let far = edges.iter().zip(expected).any(|(a, b)| (a - b).abs() > 1e-6);
        assert!(!far, "{edges:?} is not {expected:?}");
    }

    #[test]
    fn each_way_to_align_does_what_it_says() {
        let at = |to: Value| aligned(json!({}), to).unwrap();
        near(at(json!({"horizontal": "right"})), [1520.0, 0.0, 1920.0, 100.0]);
        near(at(json!({"horizontal": "center", "vertical": "bottom", "margin": 10})), [760.0, 970.0, 1160.0, 1070.0]);
        near(at(json!({"vertical": "top", "within": "safeTitle"})), [0.0, 54.0, 400.0, 154.0]);
        near(at(json!({"horizontal": "left", "within": "safeAction"})), [67.2, 0.0, 467.2, 100.0]);
        near(at(json!({"size": "contain"})), [0.0, 300.0, 1920.0, 780.0]);
        near(at(json!({"size": "cover", "horizontal": "left"})), [0.0, 0.0, 4320.0, 1080.0]);
        near(at(json!({"size": "fill"})), [0.0, 0.0, 1920.0, 1080.0]);
        near(at(json!({"size": "fit"})), [760.0, 490.0, 1160.0, 590.0]);
        near(
            at(json!({"horizontal": "right", "vertical": "top", "within": {"layer": "b"}})),
            [1000.0, 500.0, 1400.0, 600.0],
        );
        let rect = json!({"rect": {"x": 100, "y": 100, "width": 200, "height": 200}});
        near(at(json!({"size": "fit", "vertical": "bottom", "within": rect})), [100.0, 250.0, 300.0, 300.0]);
        let turned = json!({"rotation": 90, "scale": {"x": -1, "y": 1}, "anchor": {"x": 0.3, "y": 0.9}});
        near(aligned(turned, json!({"size": "fill"})).unwrap(), [0.0, 0.0, 1920.0, 1080.0]);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_field() {
        let refused = |transform: Value, to: Value| match aligned(transform, to).unwrap_err() {
            Rejection::Invalid(e) => e.field,
            other => panic!("{other}"),
        };
        assert_eq!(refused(json!({}), json!({})), "horizontal");
        assert_eq!(refused(json!({"rotation": 45}), json!({"size": "fill"})), "size");
        assert_eq!(refused(json!({}), json!({"size": "fit", "margin": 600})), "margin");
        assert_eq!(refused(json!({}), json!({"size": "fit", "within": {"layer": "a"}})), "within.layer");
        assert_eq!(refused(json!({}), json!({"size": "fit", "within": {"layer": "c"}})), "within.layer");
        assert_eq!(refused(json!({}), json!({"size": "huge"})), "size");
    }

    proptest! {
        #[test]
        fn what_is_sized_lies_in_the_area_or_covers_it(
            rotation in -720.0..720.0f64,
            anchor in (0.0..1.0f64, 0.0..1.0f64),
            mirrored in any::<(bool, bool)>(),
            cover in any::<bool>(),
        ) {
            let sign = |mirrored| if mirrored { -2.0 } else { 0.5 };
            let transform = json!({"rotation": rotation, "anchor": {"x": anchor.0, "y": anchor.1},
                "scale": {"x": sign(mirrored.0), "y": sign(mirrored.1)}});
            let size = if cover { "cover" } else { "contain" };
            let [left, top, right, bottom] = aligned(transform, json!({"size": size})).unwrap();
            let (across, down) = (right - left, bottom - top);
            // One side of it is that of the area, the other one no larger, or no smaller; and it is in the middle.
            let off = (left + right - 1920.0).abs().max((top + bottom - 1080.0).abs());
            prop_assert!(off < 1e-6);
            prop_assert!((across - 1920.0).abs() < 1e-6 || (down - 1080.0).abs() < 1e-6);
            let over = across > 1920.0 + 1e-6 || down > 1080.0 + 1e-6;
            let under = across < 1920.0 - 1e-6 || down < 1080.0 - 1e-6;
            prop_assert!((cover || !over) && (!cover || !under));
        }
    }
}
