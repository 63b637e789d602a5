//! What a property is, by how far an animation has come.

use crate::animation::spec::{ColorSpace, Roll, RollStyle};
use crate::value::Color;
use color::{AlphaColor, Oklab, Srgb};
use motion::{Easing, Route};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

/// The values of one property along an animation.
#[derive(Clone, Debug)]
pub(crate) enum Curve {
    Number(Vec<Key<Operand>>),
    Color(Vec<Key<Option<Color>>>, ColorSpace),
    /// Values that jump in the middle between two keys.
    Choice(Vec<Key<Option<Arc<Value>>>>),
    /// As CSS has it: seen for as long as one of two neighbours is.
    Switch(Vec<Key<Option<bool>>>),
    Roll(Arc<Roll>, Easing),
    Route(Way, Easing),
}

/// One coordinate of a way along a path.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) route: Route,
    pub(crate) from: f64,
    pub(crate) to: f64,
    pub(crate) axis: Axis,
    /// Added to what the path says.
    pub(crate) offset: f64,
    /// Whether it is counted from where the property was.
    pub(crate) relative: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Axis {
    X,
    Y,
    Angle,
}

/// A value at a share of the way, and how it gets to the next one.
#[derive(Clone, Debug)]
pub(crate) struct Key<T> {
    pub(crate) offset: f64,
    pub(crate) value: T,
    pub(crate) easing: Easing,
    pub(crate) hold: bool,
}

/// A number as it is given: itself, or counted from where the property was at the start.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Operand {
    Fixed(f64),
    Current,
    Plus(f64),
    Times(f64),
    /// The same angle as this number, the shortest way round.
    Shortest(f64),
}

/// The largest step or factor from where a property is.
const MAX_STEP: f64 = 1e9;

impl Operand {
    /// A number, or `"+=20"`, `"-=20"`, `"*=1.5"`.
    pub(crate) fn parse(value: &Value) -> Option<Self> {
        let number = |text: &str| text.trim().parse::<f64>().ok().filter(|v| v.abs() <= MAX_STEP);
        match value {
            Value::Number(n) => n.as_f64().map(Self::Fixed),
            Value::String(text) => match (text.get(..2)?, number(text.get(2..)?)?) {
                ("+=", by) => Some(Self::Plus(by)),
                ("-=", by) => Some(Self::Plus(-by)),
                ("*=", by) => Some(Self::Times(by)),
                _ => None,
            },
            _ => None,
        }
    }

    pub(crate) fn value(self, start: f64) -> f64 {
        match self {
            Self::Fixed(value) => value,
            Self::Current => start,
            Self::Plus(by) => start + by,
            Self::Times(by) => start * by,
            Self::Shortest(angle) => start + (angle - start + 180.0).rem_euclid(360.0) - 180.0,
        }
    }
}

/// What a property was when an animation started, and how fast it moved.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Start {
    /// It has not started.
    #[default]
    Pending,
    /// A number, and its change in a second.
    Number(f64, f64),
    Color(Color),
    Json(Arc<Value>),
}

impl Start {
    fn number(&self) -> f64 {
        match self {
            Self::Number(value, _) => *value,
            _ => 0.0,
        }
    }
}

/// What an animation makes of a property.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Effect {
    Number(f64),
    Color(Color),
    Switch(bool),
    Json(Arc<Value>),
    /// A number that is written into a text: rounded, so that equal texts have equal effects.
    Roll(f64, Arc<Roll>),
}

impl Effect {
    pub(crate) fn to_json(&self) -> Value {
        match self {
            // Members that are whole numbers are written as such.
            Self::Number(value) if value.fract() == 0.0 && value.abs() < 9e15 => Value::from(*value as i64),
            Self::Number(value) => Value::from(*value),
            Self::Color(color) => serde_json::to_value(color).unwrap_or_default(),
            Self::Switch(on) => Value::from(*on),
            Self::Json(value) => Value::clone(value),
            Self::Roll(value, roll) => Value::from(written(*value, roll)),
        }
    }

    /// What was there before an animation; `None` where that is not known.
    pub(crate) fn of_start(start: &Start) -> Option<Self> {
        Some(match start {
            Start::Pending => return None,
            Start::Number(value, _) => Self::Number(*value),
            Start::Color(color) => Self::Color(*color),
            Start::Json(value) => match &**value {
                Value::Bool(on) => Self::Switch(*on),
                _ => Self::Json(value.clone()),
            },
        })
    }
}

impl Curve {
    /// The value at `progress` (0 to 1) of one run that takes `duration_s` seconds.
    pub(crate) fn at(&self, progress: f64, duration_s: f64, start: &Start) -> Effect {
        match self {
            Self::Number(keys) => Effect::Number(number(keys, progress, duration_s, start)),
            Self::Color(keys, space) => {
                let own = |color: &Option<Color>| match (color, start) {
                    (Some(color), _) | (None, Start::Color(color)) => *color,
                    _ => Color::BLACK,
                };
                Effect::Color(match between(keys, progress, duration_s) {
                    (a, None, _) => own(&a.value),
                    (a, Some(b), share) => mix(own(&a.value), own(&b.value), share, *space),
                })
            }
            Self::Choice(keys) => {
                let key = match between(keys, progress, duration_s) {
                    (_, Some(b), share) if share >= 0.5 => b,
                    (a, ..) => a,
                };
                match (&key.value, start) {
                    (Some(value), _) | (None, Start::Json(value)) => Effect::Json(value.clone()),
                    _ => Effect::Json(Arc::new(Value::Null)),
                }
            }
            Self::Switch(keys) => {
                let own = |on: Option<bool>| on.unwrap_or(matches!(start, Start::Json(v) if **v == Value::Bool(true)));
                Effect::Switch(match between(keys, progress, duration_s) {
                    (a, None, _) => own(a.value),
                    (a, Some(b), share) => own(a.value) && share < 1.0 || own(b.value) && share > 0.0,
                })
            }
            Self::Roll(roll, easing) => {
                let share = eased(easing, progress, duration_s);
                let (from, to) = (roll.from.get(), roll.to.get());
                Effect::Roll(rounded(from + (to - from) * share, roll), roll.clone())
            }
            Self::Route(way, easing) => {
                let along = way.from + (way.to - way.from) * eased(easing, progress, duration_s);
                let place = way.route.at(along);
                let value = match way.axis {
                    Axis::X => place.x,
                    Axis::Y => place.y,
                    Axis::Angle => place.angle,
                };
                Effect::Number(value + way.offset + if way.relative { start.number() } else { 0.0 })
            }
        }
    }

    /// What one run adds to the next where they accumulate.
    pub(crate) fn gain(&self, start: &Start) -> f64 {
        match self {
            Self::Number(keys) => keys.last().map_or(0.0, |key| key.value.value(start.number())),
            _ => 0.0,
        }
    }
}

/// A run that is over is where it was to go, wherever its easing has stopped.
fn eased(easing: &Easing, progress: f64, duration_s: f64) -> f64 {
    match easing {
        Easing::Spring(_) if progress >= 1.0 => 1.0,
        _ => easing.value(progress, duration_s),
    }
}

/// The keys on both sides and how far it is from the one to the other; one alone where that is all.
fn between<T>(keys: &[Key<T>], progress: f64, duration_s: f64) -> (&Key<T>, Option<&Key<T>>, f64) {
    // Keys are never empty: an animation has a first and a last one.
    let index = keys.partition_point(|key| key.offset <= progress).clamp(1, keys.len()) - 1;
    let key = &keys[index];
    match keys.get(index + 1) {
        None => (key, None, 1.0),
        Some(_) if key.hold => (key, None, 0.0),
        Some(next) => {
            let width = next.offset - key.offset;
            let share = if width > 0.0 { (progress - key.offset) / width } else { 1.0 };
            (key, Some(next), eased(&key.easing, share, width * duration_s))
        }
    }
}

fn number(keys: &[Key<Operand>], progress: f64, duration_s: f64, start: &Start) -> f64 {
    let from = start.number();
    let (key, next, share) = between(keys, progress, duration_s);
    let a = key.value.value(from);
    let Some(next) = next else { return a };
    let b = next.value.value(from);
    // What moves already goes on at its speed.
    if let (Easing::Spring(spring), Operand::Current, Start::Number(_, velocity)) = (&key.easing, key.value, start)
        && *velocity != 0.0
        && (b - a).abs() > 1e-9
        && progress < 1.0
        && let Ok(moving) = spring.with_velocity(velocity / (b - a))
    {
        let into = (progress - key.offset) * duration_s;
        return a + (b - a) * moving.position(into);
    }
    a + (b - a) * share
}

/// Mixed in a space, with premultiplied alpha (CSS Color 4, section 12.3).
fn mix(a: Color, b: Color, share: f64, space: ColorSpace) -> Color {
    let share = share as f32;
    let straight = |c: Color| AlphaColor::<Srgb>::from_rgba8(c.rgba[0], c.rgba[1], c.rgba[2], c.rgba[3]);
    let (a, b) = (straight(a), straight(b));
    let mixed = match space {
        ColorSpace::Srgb => a.premultiply().lerp_rect(b.premultiply(), share).un_premultiply(),
        ColorSpace::Oklab => {
            let (a, b) = (a.convert::<Oklab>().premultiply(), b.convert::<Oklab>().premultiply());
            a.lerp_rect(b, share).un_premultiply().convert::<Srgb>()
        }
    };
    let c = mixed.to_rgba8();
    Color::rgba(c.r, c.g, c.b, c.a)
}

fn rounded(value: f64, roll: &Roll) -> f64 {
    match roll.style {
        RollStyle::Clock => (value - 1e-9).ceil(),
        RollStyle::Number => {
            let unit = 10f64.powi(i32::from(roll.decimals));
            (value * unit).round() / unit
        }
    }
}

fn written(value: f64, roll: &Roll) -> String {
    let number = match roll.style {
        RollStyle::Number => grouped(&format!("{value:.*}", usize::from(roll.decimals)), &roll.grouping),
        RollStyle::Clock => {
            let sign = if value < 0.0 { "-" } else { "" };
            let all = value.abs() as u64;
            let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
            if hours > 0 {
                format!("{sign}{hours}:{minutes:02}:{seconds:02}")
            } else {
                format!("{sign}{minutes}:{seconds:02}")
            }
        }
    };
    roll.format.replacen("{}", &number, 1)
}

/// Three digits at a time.
fn grouped(number: &str, separator: &str) -> String {
    let (whole, rest) = number.split_once('.').map_or((number, None), |(whole, rest)| (whole, Some(rest)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut text = String::from(sign);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i) % 3 == 0 {
            text.push_str(separator);
        }
        text.push(digit);
    }
    if let Some(rest) = rest {
        text.push('.');
        text.push_str(rest);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::animation::spec::Finite;

    fn keys(list: &[(f64, Operand)]) -> Vec<Key<Operand>> {
        list.iter()
            .map(|(offset, value)| Key { offset: *offset, value: *value, easing: Easing::Linear, hold: false })
            .collect()
    }

    #[test]
    fn numbers_go_from_key_to_key_counted_from_the_start() {
        let curve =
            Curve::Number(keys(&[(0.0, Operand::Current), (0.5, Operand::Plus(10.0)), (1.0, Operand::Times(2.0))]));
        let start = Start::Number(100.0, 0.0);
        let at = |progress| curve.at(progress, 1.0, &start);
        assert_eq!(at(0.25), Effect::Number(105.0));
        assert_eq!(at(0.5), Effect::Number(110.0));
        assert_eq!(at(0.75), Effect::Number(155.0));
        assert_eq!(at(1.0), Effect::Number(200.0));
        assert_eq!(Operand::Shortest(10.0).value(350.0), 370.0);
        assert_eq!(Operand::Shortest(350.0).value(10.0), -10.0);
    }

    #[test]
    fn a_spring_goes_on_at_the_speed_that_there_was() {
        let mut keys = keys(&[(0.0, Operand::Current), (1.0, Operand::Fixed(0.0))]);
        keys[0].easing = "spring(1, 100, 20)".parse().unwrap();
        let curve = Curve::Number(keys);
        let at = |t: f64| match curve.at(t, 1.0, &Start::Number(50.0, 400.0)) {
            Effect::Number(value) => value,
            other => panic!("{other:?}"),
        };
        let speed = (at(1e-4) - at(0.0)) / 1e-4;
        assert!((speed - 400.0).abs() < 2.0, "{speed}");
        assert_eq!((at(0.0), at(1.0)), (50.0, 0.0));
    }

    #[test]
    fn colours_are_mixed_evenly_to_the_eye() {
        let (blue, yellow) = (Color::rgba(0, 0, 255, 255), Color::rgba(255, 255, 0, 255));
        // The figures of Chromium's color-mix(in oklab, blue, yellow) and (in srgb, …).
        assert_eq!(mix(blue, yellow, 0.5, ColorSpace::Srgb), Color::rgba(128, 128, 128, 255));
        let [r, g, b, _] = mix(blue, yellow, 0.5, ColorSpace::Oklab).rgba;
        assert!(r.abs_diff(107) <= 2 && g.abs_diff(171) <= 3 && b.abs_diff(203) <= 14, "{r} {g} {b}");
        assert_eq!(mix(blue, Color::rgba(255, 0, 0, 0), 0.5, ColorSpace::Srgb), Color::rgba(0, 0, 255, 128));
    }

    #[test]
    fn numbers_are_written_as_asked() {
        let roll = |format: &str, style, decimals, grouping: &str| Roll {
            from: Finite::default(),
            to: Finite::default(),
            format: format.to_owned(),
            style,
            decimals,
            grouping: grouping.to_owned(),
        };
        let number = roll("{} ETH", RollStyle::Number, 2, ",");
        assert_eq!(written(rounded(1_234_567.891, &number), &number), "1,234,567.89 ETH");
        assert_eq!(written(rounded(-12.0, &number), &number), "-12.00 ETH");
        let clock = roll("{}", RollStyle::Clock, 0, "");
        assert_eq!(written(rounded(599.2, &clock), &clock), "10:00");
        assert_eq!(written(rounded(3_600.0, &clock), &clock), "1:00:00");
    }
}
