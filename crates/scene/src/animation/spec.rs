//! Animations and timelines as callers write them.

use crate::animation::preset::Preset;
use crate::id::Id;
use crate::mix::BusName;
use crate::path::PathData;
use crate::value::{Rotation, Unit, is_default};
use motion::Easing;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use std::borrow::Cow;
use std::collections::BTreeMap;

ranged!(
    /// How long something takes, in seconds: up to a day.
    Seconds, 0.0, 86_400.0, 0.0, " seconds");
ranged!(
    /// How much later something happens, in seconds; negative: as if it had begun before.
    Delay, -86_400.0, 86_400.0, 0.0, " seconds");
ranged!(
    /// How fast time passes: 2 is twice as fast, -1 backwards.
    Rate, -100.0, 100.0, 1.0, "");
ranged!(
    /// A finite number.
    Finite, -1e15, 1e15, 0.0, "");

/// A change of a property of a layer over time; or several, from a preset, or of another timeline.
///
/// ```json
/// {"targetLayerId": "host", "property": "position.x", "endValue": 400, "duration": 0.8, "easing": "ease-out-cubic"}
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct AnimationSpec {
    /// Its name, for callers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// When it begins in its timeline: seconds; `"after"` or `"with"` the one before; `"+0.2"`, that
    /// much after the one before; a label; or one of these with `+` or `-` seconds. The beginning
    /// where left out.
    #[serde(skip_serializing_if = "is_default")]
    pub at: At,
    /// The layer that it changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_layer_id: Option<Id>,
    /// Several layers, one after the other by `stagger`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 500))]
    pub target_layer_ids: Vec<Id>,
    /// The audio track that it changes; `property` is then `gainDb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_track_id: Option<Id>,
    /// The bus that it changes; `property` is then `gainDb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_bus: Option<BusName>,
    /// How the layers follow one another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stagger: Option<Stagger>,
    /// What it changes: `opacity`, `position`, `position.x`, `scale`, `rotation`, `anchor`,
    /// `transform`, `zIndex`, `visible`, `text`, `color`, or any member of the layer's document such
    /// as `content.style.fontSize` or `filters.blur.radius`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub property: Option<String>,
    /// Where it starts: a number, colour, text, point, or a step from where the property is
    /// (`"+=20"`, `"-=20"`, `"*=1.5"`). From where it is when the animation starts, where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_value: Option<Value>,
    /// Where it goes, as `startValue`; to where it is when the animation starts, where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_value: Option<Value>,
    /// Any number of values on the way, instead of `startValue` and `endValue`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub keyframes: Vec<KeyframeSpec>,
    /// A way for `position`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathMotion>,
    /// A number that counts, for `text`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub roll: Option<Roll>,
    /// Instead of a property: motion that is ready made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<Preset>,
    /// Instead of a property: another timeline, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeline: Option<Id>,
    /// How long it takes once, in seconds. A spring, a preset and a timeline know it themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Seconds>,
    /// How it gets from one value to the next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub easing: Option<Ease>,
    /// Seconds until it begins; negative: it begins in the middle.
    #[serde(skip_serializing_if = "is_default")]
    pub delay: Delay,
    /// How many more times it runs; -1 or `"infinite"`: for ever.
    #[serde(skip_serializing_if = "is_default")]
    pub repeat: Repeat,
    /// Whether every second time runs backwards.
    #[serde(skip_serializing_if = "is_default")]
    pub yoyo: bool,
    /// What holds before it begins and after it has ended.
    #[serde(skip_serializing_if = "is_default")]
    pub fill_mode: FillMode,
    /// How it meets what the property is without it.
    #[serde(skip_serializing_if = "is_default")]
    pub composition: Composition,
    /// In which space colours are mixed.
    #[serde(skip_serializing_if = "is_default")]
    pub color_space: ColorSpace,
    /// Which way round `rotation` goes.
    #[serde(skip_serializing_if = "is_default")]
    pub turn: Turn,
}

/// Animations on one clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TimelineSpec {
    /// Its name; made where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// What happens in it.
    #[schemars(length(max = 1000))]
    pub animations: Vec<AnimationSpec>,
    /// How long it takes once, in seconds; until its last animation has ended where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<Seconds>,
    /// Whether it begins again at its end: `true` for ever, a number for that many more times.
    #[serde(rename = "loop", skip_serializing_if = "is_default")]
    pub looped: Repeat,
    /// Whether every second time runs backwards.
    #[serde(skip_serializing_if = "is_default")]
    pub yoyo: bool,
    /// Names of places in it, in seconds. An event tells when one is passed.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<Id, Seconds>,
    /// How fast it plays; not 0.
    #[serde(skip_serializing_if = "is_default")]
    pub playback_rate: Rate,
    /// Whether it plays as soon as it is there.
    #[serde(skip_serializing_if = "is_default")]
    pub autoplay: bool,
}

impl TimelineSpec {
    /// Whether it says by name that it moves that audio track.
    pub(crate) fn moves_track(&self, id: &Id) -> bool {
        self.animations.iter().any(|one| one.target_track_id.as_ref() == Some(id))
    }

    /// Whether it says by name that it moves that layer.
    pub(crate) fn moves(&self, id: &Id) -> bool {
        let mut targets =
            self.animations.iter().flat_map(|one| one.target_layer_id.iter().chain(&one.target_layer_ids));
        targets.any(|target| target == id)
    }
}

/// A value on the way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KeyframeSpec {
    /// When, as a share of the duration; evenly between its neighbours where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<Unit>,
    /// The value there; where the property is when the animation starts, where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
    /// How it gets from here to the next one; as the animation's `easing` where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub easing: Option<Ease>,
    /// Whether the value stays until the next one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hold: bool,
}

/// Motion along a path, at constant speed but for the easing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PathMotion {
    /// SVG path data, in pixels of the canvas, or of the group that the layer is in.
    pub data: PathData,
    /// How far along it begins, as a share of its length.
    #[serde(default, skip_serializing_if = "is_default")]
    pub start: Unit,
    /// How far along it ends.
    #[serde(default = "whole", skip_serializing_if = "is_whole")]
    pub end: Unit,
    /// Whether the layer turns with the path.
    #[serde(default, skip_serializing_if = "is_default")]
    pub orient: bool,
    /// With `orient`: degrees that are added.
    #[serde(default, skip_serializing_if = "is_default")]
    pub orient_offset: Rotation,
    /// Whether the path's coordinates are counted from where the layer is.
    #[serde(default, skip_serializing_if = "is_default")]
    pub relative: bool,
}

fn whole() -> Unit {
    Unit::new(1.0).unwrap_or_default()
}

fn is_whole(unit: &Unit) -> bool {
    unit.get() >= 1.0
}

/// A number that counts up or down in a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Roll {
    /// The first number.
    pub from: Finite,
    /// The last one.
    pub to: Finite,
    /// The text, with `{}` where the number stands.
    #[serde(default = "bare")]
    #[schemars(length(max = 200))]
    pub format: String,
    /// How the number is written.
    #[serde(default, skip_serializing_if = "is_default")]
    pub style: RollStyle,
    /// Digits after the point.
    #[serde(default, skip_serializing_if = "is_default")]
    #[schemars(range(max = 9))]
    pub decimals: u8,
    /// What stands between groups of three digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[schemars(length(max = 1))]
    pub grouping: String,
}

fn bare() -> String {
    "{}".to_owned()
}

/// How a number is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum RollStyle {
    /// With `decimals` digits after the point.
    #[default]
    Number,
    /// Seconds as `9:05` or `1:00:00`; a part of a second counts as a whole one.
    Clock,
}

/// How layers follow one another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stagger {
    /// Seconds from one to the next.
    pub each: Seconds,
    /// Which comes first.
    #[serde(default)]
    pub from: StaggerFrom,
}

/// Which of several layers comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum StaggerFrom {
    /// The first.
    #[default]
    Start,
    /// The last.
    End,
    /// The one in the middle, then its neighbours.
    Center,
    /// The first and the last, then inwards.
    Edges,
}

/// What holds before an animation begins and after it has ended (CSS `animation-fill-mode`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum FillMode {
    /// Nothing: the property is as if there were no animation.
    None,
    /// The value that it ended with stays, and becomes the layer's own when its timeline ends.
    #[default]
    Forwards,
    /// The first value holds before it begins.
    Backwards,
    /// Both.
    Both,
}

impl FillMode {
    pub(crate) fn backwards(self) -> bool {
        matches!(self, Self::Backwards | Self::Both)
    }

    pub(crate) fn forwards(self) -> bool {
        matches!(self, Self::Forwards | Self::Both)
    }
}

/// How an animation meets what its property is without it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Composition {
    /// It takes its place.
    #[default]
    Replace,
    /// It is added.
    Add,
    /// It is added, and every repetition begins where the one before has ended.
    Accumulate,
}

/// Where colours are mixed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ColorSpace {
    /// Evenly to the eye (CSS Color 4, Oklab).
    #[default]
    Oklab,
    /// As old tools do.
    Srgb,
}

/// Which way round a rotation goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Turn {
    /// As the numbers say: 720 is two full turns.
    #[default]
    Full,
    /// The shortest way.
    Shortest,
}

/// An easing, as CSS writes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Ease(pub Easing);

impl Serialize for Ease {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Ease {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(d)?.parse().map(Self).map_err(de::Error::custom)
    }
}

impl JsonSchema for Ease {
    fn schema_name() -> Cow<'static, str> {
        "Easing".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "a CSS easing, one of Penner's, or a spring",
            "examples": ["ease-out", "cubic-bezier(0.2, 0, 0, 1)", "ease-out-bounce", "spring(1, 180, 12)"]})
    }
}

/// How many more times something runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeat {
    /// So many.
    Times(u32),
    /// For ever.
    Endless,
}

/// The most repetitions that are counted.
const MAX_REPEAT: i64 = 1_000_000;

impl Default for Repeat {
    fn default() -> Self {
        Self::Times(0)
    }
}

impl Serialize for Repeat {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Times(times) => s.serialize_u32(*times),
            Self::Endless => s.serialize_i32(-1),
        }
    }
}

impl<'de> Deserialize<'de> for Repeat {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = Repeat;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "a whole number from -1 (for ever) to {MAX_REPEAT}, \"infinite\", true or false")
            }
            fn visit_bool<E: de::Error>(self, endless: bool) -> Result<Repeat, E> {
                Ok(if endless { Repeat::Endless } else { Repeat::Times(0) })
            }
            fn visit_i64<E: de::Error>(self, times: i64) -> Result<Repeat, E> {
                match times {
                    -1 => Ok(Repeat::Endless),
                    0..=MAX_REPEAT => Ok(Repeat::Times(times as u32)),
                    _ => Err(E::custom(format!("{times} is outside -1 (for ever) to {MAX_REPEAT}"))),
                }
            }
            fn visit_u64<E: de::Error>(self, times: u64) -> Result<Repeat, E> {
                self.visit_i64(times.min(i64::MAX as u64) as i64)
            }
            fn visit_f64<E: de::Error>(self, times: f64) -> Result<Repeat, E> {
                if times.fract() == 0.0 {
                    return self.visit_i64(times as i64);
                }
                Err(E::invalid_value(de::Unexpected::Float(times), &self))
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Repeat, E> {
                if text == "infinite" {
                    return Ok(Repeat::Endless);
                }
                Err(E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        d.deserialize_any(Any)
    }
}

impl JsonSchema for Repeat {
    fn schema_name() -> Cow<'static, str> {
        "Repeat".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"type": "integer", "minimum": -1, "maximum": MAX_REPEAT}, {"const": "infinite"}, {"type": "boolean"}]})
    }
}

/// A place in a timeline.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum At {
    /// Its beginning.
    #[default]
    Start,
    /// Seconds from its beginning.
    Seconds(Seconds),
    /// Seconds after the end of the animation before.
    After(Delay),
    /// Seconds after the beginning of the animation before.
    With(Delay),
    /// A label, with seconds that may follow it.
    Label(String),
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Start => s.serialize_f64(0.0),
            Self::Seconds(at) => at.serialize(s),
            Self::After(by) => s.collect_str(&format_args!("after{:+}", by.get())),
            Self::With(by) => s.collect_str(&format_args!("with{:+}", by.get())),
            Self::Label(text) => s.serialize_str(text),
        }
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Any;
        impl Visitor<'_> for Any {
            type Value = At;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("seconds, \"after\", \"with\", \"+0.2\", or a label")
            }
            fn visit_f64<E: de::Error>(self, at: f64) -> Result<At, E> {
                let range = || E::custom(format!("{at} is outside {} to {} seconds", Seconds::MIN, Seconds::MAX));
                Seconds::new(at).map(At::Seconds).ok_or_else(range)
            }
            fn visit_u64<E: de::Error>(self, at: u64) -> Result<At, E> {
                self.visit_f64(at as f64)
            }
            fn visit_i64<E: de::Error>(self, at: i64) -> Result<At, E> {
                self.visit_f64(at as f64)
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<At, E> {
                let place = |rest: &str| if rest.is_empty() { Some(Delay::default()) } else { step(rest) };
                if let Some(by) = step(text) {
                    return Ok(At::After(by));
                }
                if let Some(by) = text.strip_prefix("after").and_then(place) {
                    return Ok(At::After(by));
                }
                if let Some(by) = text.strip_prefix("with").and_then(place) {
                    return Ok(At::With(by));
                }
                if text.is_empty() || text.len() > 100 {
                    return Err(E::invalid_value(de::Unexpected::Str(text), &self));
                }
                Ok(At::Label(text.to_owned()))
            }
        }
        d.deserialize_any(Any)
    }
}

/// Seconds with their sign: `+0.2`.
pub(crate) fn step(text: &str) -> Option<Delay> {
    text.starts_with(['+', '-']).then(|| text.parse().ok().and_then(Delay::new))?
}

impl JsonSchema for At {
    fn schema_name() -> Cow<'static, str> {
        "At".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"anyOf": [{"type": "number", "minimum": 0, "maximum": 86400}, {"type": "string"}],
            "examples": [1.5, "after", "with", "+0.2", "chorus", "chorus+0.5"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::read;
    use serde_json::json;

    #[test]
    fn places_in_a_timeline_are_read_and_written_alike() {
        for (given, written) in [
            (json!(1.5), json!(1.5)),
            (json!("after"), json!("after+0")),
            (json!("+0.2"), json!("after+0.2")),
            (json!("with-0.5"), json!("with-0.5")),
            (json!("chorus+1"), json!("chorus+1")),
        ] {
            let at: At = read(given).unwrap();
            assert_eq!(serde_json::to_value(&at).unwrap(), written);
            assert_eq!(read::<At>(written).unwrap(), at);
        }
        assert!(read::<At>(json!(-1)).unwrap_err().to_string().contains("outside 0 to 86400 seconds"));
        assert!(read::<At>(json!("")).is_err());
    }

    #[test]
    fn repetitions_are_counted_or_endless() {
        for (given, repeat) in [
            (json!(3), Repeat::Times(3)),
            (json!(-1), Repeat::Endless),
            (json!("infinite"), Repeat::Endless),
            (json!(true), Repeat::Endless),
            (json!(false), Repeat::Times(0)),
        ] {
            assert_eq!(read::<Repeat>(given).unwrap(), repeat);
        }
        for wrong in [json!(-2), json!(1.5), json!("often"), json!(2_000_000)] {
            assert!(read::<Repeat>(wrong).is_err());
        }
    }
}
