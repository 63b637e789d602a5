//! Scenes, and the ways from one to the next.
//!
//! A scene names the layers that are seen in it and says how they are placed. Layers that no scene names
//! are seen in all of them. To switch is to place the layers anew; a transition shows the way there, and
//! is, as all motion, a function of time: what was before is kept with the time of the switch.

use crate::animation::{Ease, Finite, Seconds, Slot};
use crate::id::Id;
use crate::layer::{Fit, Layer, Transform};
use crate::source::{ImageSource, Source, SourceKind};
use crate::style::Sampling;
use crate::value::is_default;
use crate::value::{Length, Opacity, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::{Arc, OnceLock};

/// The most scenes of a show.
pub(crate) const MAX_SCENES: usize = 100;

/// A named arrangement of layers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scene {
    /// Its name.
    pub id: Id,
    /// The layers that are seen in it. Those that are in other scenes alone are not.
    #[schemars(length(max = 500))]
    pub layers: Vec<Placement>,
}

/// How a layer is placed in a scene; as it is where left out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Placement {
    /// Which layer.
    pub id: Id,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transform: Option<Transform>,
    /// How much of it is seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opacity: Option<Opacity>,
    /// Its place from bottom to top.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub z_index: Option<i32>,
}

/// How one scene becomes the next.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Transition {
    /// Which way.
    #[serde(rename = "type")]
    pub kind: TransitionKind,
    /// How long it takes, in seconds; half a second where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Seconds>,
    /// How it gets there; ease-in-out where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub easing: Option<Ease>,
    /// Slide and wipe: the side from which the next scene comes.
    #[serde(skip_serializing_if = "is_default")]
    pub side: Side,
    /// Wipe: a picture over the whole canvas; the next scene is seen first where it is dark.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_url: Option<String>,
    /// Wipe: how soft its edge is.
    #[serde(skip_serializing_if = "is_default")]
    pub softness: Unit,
    /// Stinger: the layer that covers the cut; it may be hidden otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<Id>,
    /// Stinger: when the scenes change, in seconds; in the middle where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cut_at: Option<Seconds>,
    /// Stinger: a timeline that is played from its beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Id>,
}

/// The ways from scene to scene.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum TransitionKind {
    /// At once.
    #[default]
    Cut,
    /// The one is seen less and less, the other more and more.
    Fade,
    /// The next one pushes the other out.
    Slide,
    /// The next one is uncovered, from a side or by a picture.
    Wipe,
    /// One flies past, the other comes near.
    Zoom,
    /// A layer covers the cut.
    Stinger,
    /// Layers that both have travel to their new places; others fade.
    Move,
}

/// A side of the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// Right.
    #[default]
    Right,
    /// Left.
    Left,
    /// Top.
    Top,
    /// Bottom.
    Bottom,
}

impl Side {
    /// The way from the middle to it.
    pub(crate) fn direction(self) -> (f64, f64) {
        match self {
            Self::Right => (1.0, 0.0),
            Self::Left => (-1.0, 0.0),
            Self::Top => (0.0, -1.0),
            Self::Bottom => (0.0, 1.0),
        }
    }
}

/// A switch of scenes that is under way.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    /// The scene before, where there was one.
    pub(crate) from: Option<Id>,
    pub(crate) transition: Transition,
    /// Ticks of show time.
    pub(crate) begin: i64,
    pub(crate) end: i64,
    /// Every layer that some scene names, as it was placed before.
    pub(crate) before: Vec<Before>,
    /// The picture of a wipe, worked out when it is asked for.
    #[serde(skip)]
    picture: OnceLock<Option<Arc<Source>>>,
}

impl PartialEq for Change {
    // The picture follows from the rest.
    fn eq(&self, other: &Self) -> bool {
        (&self.from, &self.transition, self.begin, self.end, &self.before)
            == (&other.from, &other.transition, other.begin, other.end, &other.before)
    }
}

/// How a layer was placed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Before {
    pub(crate) layer: Id,
    pub(crate) slots: [Finite; Slot::ALL.len()],
    pub(crate) visible: bool,
    pub(crate) z_index: i32,
}

impl Before {
    pub(crate) fn of(layer: &Layer) -> Self {
        let slots = Slot::ALL.map(|slot| Finite::new(slot.get(layer.spec())).unwrap_or_default());
        Self { layer: layer.id().clone(), slots, visible: layer.spec().visible, z_index: layer.z_index() }
    }
}

impl Before {
    /// Where it is between `then` and this, `share` of the way.
    pub(crate) fn on_the_way(&mut self, then: &Self, share: f64) {
        let opacity = Slot::Opacity as usize;
        match (then.visible, self.visible) {
            (true, true) => {
                for (to, from) in self.slots.iter_mut().zip(then.slots) {
                    *to = Finite::new(from.get() + (to.get() - from.get()) * share).unwrap_or_default();
                }
            }
            (true, false) => {
                self.slots = then.slots;
                self.visible = true;
                self.slots[opacity] = Finite::new(then.slots[opacity].get() * (1.0 - share)).unwrap_or_default();
            }
            (false, true) => {
                self.slots[opacity] = Finite::new(self.slots[opacity].get() * share).unwrap_or_default();
            }
            (false, false) => {}
        }
    }
}

impl Change {
    pub(crate) fn new(from: Option<Id>, transition: Transition, begin: i64, before: Vec<Before>) -> Self {
        let end = begin + crate::animation::ticks(transition.length_s());
        Self { from, transition, begin, end, before, picture: OnceLock::new() }
    }

    /// How far it has come at `t`: 0 to 1, with its easing, and without.
    pub(crate) fn progress(&self, t: i64) -> Option<(f64, f64)> {
        self.transition.progress(self.begin, self.end, t)
    }

    /// The picture of a wipe, as large as the canvas.
    pub(crate) fn picture(&self, (width, height): (u32, u32)) -> Option<&Arc<Source>> {
        let make = || self.transition.picture((width, height));
        self.picture.get_or_init(make).as_ref()
    }
}

impl Transition {
    /// How far it has come at `t`, where it goes from `begin` to `end`: 0 to 1, with its easing, and without.
    pub(crate) fn progress(&self, begin: i64, end: i64, t: i64) -> Option<(f64, f64)> {
        if t < begin || t >= end {
            return None;
        }
        let share = (t - begin) as f64 / (end - begin) as f64;
        let eased = match &self.easing {
            Some(easing) => easing.0.value(share, self.length_s()),
            // Penner's sine, which starts and ends gently.
            None => 0.5 - 0.5 * (std::f64::consts::PI * share).cos(),
        };
        Some((eased, share))
    }

    pub(crate) fn length_s(&self) -> f64 {
        let usual = if self.kind == TransitionKind::Cut { 0.0 } else { 0.5 };
        if self.kind == TransitionKind::Cut { 0.0 } else { self.duration.map_or(usual, Seconds::get) }
    }

    pub(crate) fn picture(&self, (width, height): (u32, u32)) -> Option<Arc<Source>> {
        let url = self.image_url.clone()?;
        let side = |pixels: u32| Length::new(f64::from(pixels));
        let image = ImageSource {
            url,
            width: side(width),
            height: side(height),
            fit: Fit::Fill,
            sampling: Sampling::Smooth,
            slice: None,
            time: Seconds::default(),
            fallback: None,
        };
        Some(Source::new(SourceKind::Image(image)))
    }
}
