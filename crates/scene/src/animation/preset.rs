//! Ready-made motion: entrances, exits and emphasis. Each is a pure function from a few parameters to
//! ordinary animations.

use crate::animation::spec::{AnimationSpec, Composition, Ease, FillMode, KeyframeSpec, Repeat, Seconds};
use crate::field::FieldError;
use crate::layer::{Layer, LayerFill};
use crate::source::SourceKind;
use crate::value::{Unit, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

ranged!(
    /// How far a preset moves a layer, in pixels.
    Distance, 0.0, 10_000.0, 200.0, " pixels");
ranged!(
    /// How strong a preset is: 1 is as it is meant.
    Strength, 0.0, 10.0, 1.0, "");

/// Ready-made motion, with its parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preset {
    /// Which.
    pub name: PresetName,
    /// Where it comes from, or goes to.
    #[serde(default, skip_serializing_if = "is_default")]
    pub side: PresetSide,
    /// How far it moves the layer, as the largest part of it; 200 where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distance: Option<Distance>,
    /// How strong it is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub strength: Strength,
}

/// A side of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PresetSide {
    /// Left.
    #[default]
    Left,
    /// Right.
    Right,
    /// Top.
    Top,
    /// Bottom.
    Bottom,
}

/// The presets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum PresetName {
    /// Entrance: from clear to seen.
    FadeIn,
    /// Entrance: from a side, fading.
    SlideIn,
    /// Entrance: grows past its size and settles, on a spring.
    PopIn,
    /// Entrance: grows from small.
    ZoomIn,
    /// Entrance: falls from above and bounces.
    DropIn,
    /// Entrance: grows with bounces.
    BounceIn,
    /// Entrance: turns in while it grows.
    SpinIn,
    /// Entrance: opens about its upright middle, as a card.
    FlipIn,
    /// Entrance: comes out of a blur; the layer needs a `blur` filter.
    BlurIn,
    /// Entrance: swings in from a side on a spring.
    SwingIn,
    /// Entrance: its text is typed.
    Typewriter,
    /// Entrance: its letters rise softly.
    Rise,
    /// Exit: to clear.
    FadeOut,
    /// Exit: to a side, fading.
    SlideOut,
    /// Exit: swells and vanishes.
    PopOut,
    /// Exit: shrinks.
    ZoomOut,
    /// Exit: falls down.
    DropOut,
    /// Exit: turns away while it shrinks.
    SpinOut,
    /// Exit: closes about its upright middle.
    FlipOut,
    /// Exit: goes into a blur; the layer needs a `blur` filter.
    BlurOut,
    /// Exit: its text is deleted.
    Delete,
    /// Emphasis: swells once.
    Pulse,
    /// Emphasis: two quick swells.
    Heartbeat,
    /// Emphasis: shakes from side to side.
    Shake,
    /// Emphasis: nods up and down.
    Nod,
    /// Emphasis: turns to and fro.
    Wiggle,
    /// Emphasis: hops.
    Bounce,
    /// Emphasis: blinks.
    Flash,
    /// Emphasis: is stretched like jelly.
    Jelly,
    /// Emphasis: turns once round.
    Spin,
    /// Emphasis: hovers up and down, for ever.
    Float,
    /// Emphasis: breathes, for ever.
    Breathe,
}

impl PresetName {
    /// All of them, in the order of entrances, exits and emphasis.
    pub const ALL: [Self; 32] = [
        Self::FadeIn,
        Self::SlideIn,
        Self::PopIn,
        Self::ZoomIn,
        Self::DropIn,
        Self::BounceIn,
        Self::SpinIn,
        Self::FlipIn,
        Self::BlurIn,
        Self::SwingIn,
        Self::Typewriter,
        Self::Rise,
        Self::FadeOut,
        Self::SlideOut,
        Self::PopOut,
        Self::ZoomOut,
        Self::DropOut,
        Self::SpinOut,
        Self::FlipOut,
        Self::BlurOut,
        Self::Delete,
        Self::Pulse,
        Self::Heartbeat,
        Self::Shake,
        Self::Nod,
        Self::Wiggle,
        Self::Bounce,
        Self::Flash,
        Self::Jelly,
        Self::Spin,
        Self::Float,
        Self::Breathe,
    ];
}

/// How presets are put together: times are shares of the whole.
struct Build {
    duration: f64,
    animations: Vec<AnimationSpec>,
}

impl Build {
    /// From a value to where the property is, or the other way.
    fn go(&mut self, property: &str, from: Option<Value>, to: Option<Value>, easing: &str) {
        self.animations.push(AnimationSpec {
            property: Some(property.to_owned()),
            start_value: from,
            end_value: to,
            duration: Seconds::new(self.duration),
            easing: ease(easing),
            fill_mode: FillMode::Both,
            ..AnimationSpec::default()
        });
    }

    /// Steps that are added to what the property is, back to nothing at the end.
    fn steps(&mut self, property: &str, steps: &[f64], easing: &str) {
        let value = |by: &f64| KeyframeSpec { offset: None, value: Some(json!(by)), easing: None, hold: false };
        self.animations.push(AnimationSpec {
            property: Some(property.to_owned()),
            keyframes: steps.iter().map(value).collect(),
            duration: Seconds::new(self.duration),
            easing: ease(easing),
            fill_mode: FillMode::None,
            composition: Composition::Add,
            ..AnimationSpec::default()
        });
    }

    /// Sizes as factors of the one that it has.
    fn sizes(&mut self, property: &str, sizes: &[f64], easing: &str) {
        let value =
            |by: &f64| KeyframeSpec { offset: None, value: Some(json!(format!("*={by}"))), easing: None, hold: false };
        self.animations.push(AnimationSpec {
            property: Some(property.to_owned()),
            keyframes: sizes.iter().map(value).collect(),
            duration: Seconds::new(self.duration),
            easing: ease(easing),
            fill_mode: FillMode::None,
            ..AnimationSpec::default()
        });
    }

    /// Only a part of the time, from its beginning.
    fn shortened(&mut self, share: f64) {
        if let Some(last) = self.animations.last_mut() {
            last.duration = last.duration.and_then(|d| Seconds::new(d.get() * share));
        }
    }

    fn endless(&mut self) {
        for animation in &mut self.animations {
            animation.repeat = Repeat::Endless;
        }
    }
}

fn ease(text: &str) -> Option<Ease> {
    text.parse().ok().map(Ease)
}

impl Preset {
    /// The animations that it stands for, of `spec`'s layer, duration and repetition.
    pub(crate) fn animations(&self, spec: &AnimationSpec, layer: &Layer) -> Result<Vec<AnimationSpec>, FieldError> {
        use PresetName as P;
        let wrong = |message: &str| FieldError::new("preset.name", message.to_owned());
        let duration = spec.duration.map_or_else(|| self.usual_s(), Seconds::get);
        let mut build = Build { duration, animations: Vec::new() };
        let s = self.strength.get();
        let far = self.distance.map_or(200.0, Distance::get);
        let (axis, sign) = match self.side {
            PresetSide::Left => ("position.x", -1.0),
            PresetSide::Right => ("position.x", 1.0),
            PresetSide::Top => ("position.y", -1.0),
            PresetSide::Bottom => ("position.y", 1.0),
        };
        let step = |by: f64| Some(json!(format!("{}={}", if by < 0.0 { '-' } else { '+' }, by.abs())));
        let size = |by: f64| Some(json!(format!("*={by}")));
        let number = |v: f64| Some(json!(v));
        let clear = number(0.0);
        match self.name {
            P::FadeIn => build.go("opacity", clear, None, "ease-out"),
            P::SlideIn => {
                build.go(axis, step(sign * far * s), None, "ease-out-cubic");
                build.go("opacity", clear, None, "ease-out");
                build.shortened(0.6);
            }
            P::PopIn => {
                build.go("scale", size(0.0), None, "ease-out-back");
                build.go("opacity", clear, None, "linear");
                build.shortened(0.3);
            }
            P::ZoomIn => {
                build.go("scale", size((1.0 - 0.5 * s).max(0.0)), None, "ease-out-cubic");
                build.go("opacity", clear, None, "ease-out");
            }
            P::DropIn => {
                build.go("position.y", step(-far * 2.0 * s), None, "ease-out-bounce");
                build.go("opacity", clear, None, "linear");
                build.shortened(0.2);
            }
            P::BounceIn => {
                build.go("scale", size(0.0), None, "ease-out-bounce");
                build.go("opacity", clear, None, "linear");
                build.shortened(0.2);
            }
            P::SpinIn => {
                build.go("rotation", step(-180.0 * s), None, "ease-out-cubic");
                build.go("scale", size(0.0), None, "ease-out-cubic");
            }
            P::FlipIn => build.go("scale.x", size(0.0), None, "ease-out-back"),
            P::BlurIn => {
                build.go("filters.blur.radius", number(24.0 * s.min(4.0)), number(0.0), "ease-out-cubic");
                build.go("opacity", clear, None, "ease-out");
            }
            P::SwingIn => {
                build.go(axis, step(sign * far * s), None, "spring(0.5, 0.4)");
                build.go("rotation", step(sign * 12.0 * s), None, "spring(0.5, 0.5)");
                build.go("opacity", clear, None, "linear");
                build.shortened(0.25);
            }
            P::Typewriter | P::Rise | P::Delete => {
                let LayerFill::Source(source) = layer.fill() else { return Err(wrong("this preset is for text")) };
                let SourceKind::Text(text) = source.kind() else { return Err(wrong("this preset is for text")) };
                let letters = text.text.chars().count().max(1);
                // A letter takes as long as it takes to type one, where no time is given.
                if spec.duration.is_none() {
                    build.duration = (letters as f64 * 0.05).clamp(0.3, 60.0);
                }
                let whole = Some(json!(Unit::MAX));
                if self.name == P::Delete {
                    build.go("reveal", whole, clear, "linear");
                } else {
                    build.go("reveal", clear, whole, "linear");
                }
                if self.name == P::Rise {
                    for (property, value) in
                        [("content.style.reveal.rise", far * 0.2 * s), ("content.style.reveal.softness", 8.0)]
                    {
                        build.go(property, number(value), number(value), "linear");
                    }
                }
            }
            P::FadeOut => build.go("opacity", None, clear, "ease-in"),
            P::SlideOut => {
                build.go(axis, None, step(sign * far * s), "ease-in-cubic");
                build.go("opacity", None, clear, "ease-in");
            }
            P::PopOut => {
                build.go("scale", None, size(0.0), "ease-in-back");
                build.go("opacity", None, clear, "ease-in-expo");
            }
            P::ZoomOut => {
                build.go("scale", None, size((1.0 - 0.5 * s).max(0.0)), "ease-in-cubic");
                build.go("opacity", None, clear, "ease-in");
            }
            P::DropOut => {
                build.go("position.y", None, step(far * 2.0 * s), "ease-in-back");
                build.go("opacity", None, clear, "ease-in-quart");
            }
            P::SpinOut => {
                build.go("rotation", None, step(180.0 * s), "ease-in-cubic");
                build.go("scale", None, size(0.0), "ease-in-cubic");
            }
            P::FlipOut => build.go("scale.x", None, size(0.0), "ease-in-back"),
            P::BlurOut => {
                build.go("filters.blur.radius", number(0.0), number(24.0 * s.min(4.0)), "ease-in-cubic");
                build.go("opacity", None, clear, "ease-in");
            }
            P::Pulse => build.sizes("scale", &[1.0, 1.0 + 0.08 * s, 1.0], "ease-in-out-sine"),
            P::Heartbeat => {
                build.sizes("scale", &[1.0, 1.0 + 0.12 * s, 1.0, 1.0 + 0.12 * s, 1.0, 1.0, 1.0], "ease-in-out-sine");
            }
            P::Shake => {
                let d = far * 0.07 * s;
                build.steps("position.x", &[0.0, -d, d, -d, d, -d / 2.0, d / 2.0, 0.0], "ease-in-out-sine");
            }
            P::Nod => build.steps("position.y", &[0.0, far * 0.09 * s, 0.0, far * 0.09 * s, 0.0], "ease-in-out-sine"),
            P::Wiggle => {
                let d = 6.0 * s;
                build.steps("rotation", &[0.0, -d, d, -d, d, -d / 2.0, 0.0], "ease-in-out-sine");
            }
            P::Bounce => {
                let d = far * -0.3 * s;
                build.steps("position.y", &[0.0, d, 0.0, d * 0.4, 0.0, d * 0.12, 0.0], "ease-in-out-sine");
            }
            P::Flash => build.sizes("opacity", &[1.0, (1.0 - s).max(0.0), 1.0, (1.0 - s).max(0.0), 1.0], "ease-in-out"),
            P::Jelly => {
                let (a, b) = (1.0 + 0.2 * s, (1.0 - 0.2 * s).max(0.0));
                build.sizes("scale.x", &[1.0, a, b, 1.0 + 0.1 * s, 1.0], "ease-in-out-sine");
                build.sizes("scale.y", &[1.0, b, a, (1.0 - 0.1 * s).max(0.0), 1.0], "ease-in-out-sine");
            }
            P::Spin => build.steps("rotation", &[0.0, 360.0], "ease-in-out-cubic"),
            P::Float => {
                let d = far * 0.06 * s;
                build.steps("position.y", &[0.0, -d, 0.0, d, 0.0], "ease-in-out-sine");
                build.endless();
            }
            P::Breathe => {
                // Added, so that what else becomes of its size meanwhile is kept.
                build.steps("scale", &[0.0, 0.02 * s, 0.0], "ease-in-out-sine");
                build.endless();
            }
        }
        let mut animations = build.animations;
        for part in &mut animations {
            if let Some(easing) = &spec.easing {
                part.easing = Some(easing.clone());
            }
            if spec.repeat != Repeat::default() {
                (part.repeat, part.yoyo) = (spec.repeat, spec.yoyo);
            }
        }
        Ok(animations)
    }

    /// How long it takes where that is not said.
    fn usual_s(&self) -> f64 {
        use PresetName as P;
        match self.name {
            P::DropIn | P::BounceIn | P::Heartbeat | P::Bounce | P::Jelly | P::Spin => 1.0,
            P::SwingIn => 0.9,
            P::Shake | P::Wiggle | P::Nod | P::Flash | P::SpinIn | P::SpinOut => 0.7,
            P::Float => 3.0,
            P::Breathe => 4.0,
            _ => 0.5,
        }
    }
}
