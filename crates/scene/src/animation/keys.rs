//! The values of an animation, checked: from what is written to the keys of a curve.

use crate::animation::curve::{Curve, Key, Operand};
use crate::animation::property::{Property, Slot, unknown};
use crate::animation::spec::{AnimationSpec, Composition, KeyframeSpec, Turn};
use crate::field::FieldError;
use crate::layer::Layer;
use crate::value::Color;
use motion::Easing;
use serde_json::Value;
use std::sync::Arc;

/// The most keyframes of an animation.
const MAX_KEYFRAMES: usize = 1_000;

/// A value at a share of the way, as it is written.
pub(super) struct KeyPoint<'a> {
    offset: f64,
    pub(super) value: Option<&'a Value>,
    easing: Easing,
    hold: bool,
    /// The field that it stands in.
    field: String,
}

/// The values of an animation, or of one part of them.
pub(super) fn points<'a>(spec: &'a AnimationSpec, way: &[&str]) -> Result<Vec<KeyPoint<'a>>, FieldError> {
    let easing = spec.easing.as_ref().map(|e| e.0.clone()).unwrap_or_default();
    let part = |value: &'a Option<Value>| value.as_ref().and_then(|value| pick(value, way));
    if spec.keyframes.is_empty() {
        if spec.start_value.is_none() && spec.end_value.is_none() {
            return Err(FieldError::new("endValue", "missing: where it goes"));
        }
        let point = |offset, value: &'a Option<Value>, field: &str| KeyPoint {
            offset,
            value: part(value),
            easing: easing.clone(),
            hold: false,
            field: field.to_owned(),
        };
        return Ok(vec![point(0.0, &spec.start_value, "startValue"), point(1.0, &spec.end_value, "endValue")]);
    }
    if spec.start_value.is_some() || spec.end_value.is_some() {
        return Err(FieldError::new("keyframes", "with keyframes there is no startValue or endValue"));
    }
    if spec.keyframes.len() > MAX_KEYFRAMES {
        let message = format!("{} keyframes: at most {MAX_KEYFRAMES} are allowed", spec.keyframes.len());
        return Err(FieldError::new("keyframes", message));
    }
    let offsets = offsets(&spec.keyframes)?;
    let named =
        |value: Option<&Value>| way.is_empty() || value.is_none() || value.is_some_and(|v| pick(v, way).is_some());
    let mut points: Vec<KeyPoint<'a>> = (spec.keyframes.iter().zip(offsets).enumerate())
        .filter(|(_, (frame, _))| named(frame.value.as_ref()))
        .map(|(index, (frame, offset))| KeyPoint {
            offset,
            value: part(&frame.value),
            easing: frame.easing.as_ref().map_or_else(|| easing.clone(), |e| e.0.clone()),
            hold: frame.hold,
            field: format!("keyframes[{index}].value"),
        })
        .collect();
    // It begins at the beginning, and ends at the end, with what is there.
    let first = points.first().map_or(0.0, |point| point.offset);
    if first > 0.0 {
        let start = KeyPoint { offset: 0.0, value: None, easing: easing.clone(), hold: false, field: String::new() };
        points.insert(0, start);
    }
    Ok(points)
}

fn offsets(frames: &[KeyframeSpec]) -> Result<Vec<f64>, FieldError> {
    let mut offsets: Vec<Option<f64>> = frames.iter().map(|frame| frame.offset.map(|o| o.get())).collect();
    let last = offsets.len() - 1;
    offsets[last] = offsets[last].or(Some(1.0));
    offsets[0] = offsets[0].or(Some(if last == 0 { 1.0 } else { 0.0 }));
    let mut full = Vec::with_capacity(offsets.len());
    let mut at = 0;
    while at < offsets.len() {
        let Some(offset) = offsets[at] else {
            // Evenly from the one before to the next that is given; the last one is.
            let next = (at..offsets.len()).find_map(|i| offsets[i].map(|o| (i, o)));
            let (end, to) = next.unwrap_or((last, 1.0));
            let from: f64 = full.last().copied().unwrap_or(0.0);
            let steps = (end - at + 1) as f64;
            for i in 0..end - at {
                full.push(from + (to - from) * (i + 1) as f64 / steps);
            }
            at = end;
            continue;
        };
        if full.last().is_some_and(|before| *before > offset) {
            return Err(FieldError::new(format!("keyframes[{at}].offset"), "the keyframes are not in order of offset"));
        }
        full.push(offset);
        at += 1;
    }
    Ok(full)
}

/// A member of a value that is given for several properties; a number stands for both factors of size.
fn pick<'a>(value: &'a Value, way: &[&str]) -> Option<&'a Value> {
    if way.len() == 1 && !value.is_object() && !value.is_array() {
        return Some(value);
    }
    way.iter().try_fold(value, |at, name| at.get(name))
}

pub(super) fn in_range(value: f64, (min, max): (f64, f64), unit: &str) -> Result<(), String> {
    if (min..=max).contains(&value) { Ok(()) } else { Err(format!("{value} is outside {min} to {max}{unit}")) }
}

/// Keys of numbers; each that is known before the animation starts is tried.
pub(super) fn number_keys(
    points: &[KeyPoint<'_>],
    spec: &AnimationSpec,
    check: impl Fn(f64, Operand) -> Result<(), String>,
) -> Result<Vec<Key<Operand>>, FieldError> {
    let shortest = spec.turn == Turn::Shortest;
    let keys = points.iter().map(|point| {
        let wrong = |message: String| FieldError::new(point.field.clone(), message);
        let operand = match point.value {
            // What is added begins with nothing.
            None if spec.composition != Composition::Replace => Operand::Fixed(0.0),
            None => Operand::Current,
            Some(Value::String(_)) if spec.composition != Composition::Replace => {
                return Err(wrong("with this composition values are steps already: a number".to_owned()));
            }
            Some(value) => Operand::parse(value)
                .ok_or_else(|| wrong(format!("{value} is no number, nor a step such as \"+=20\" or \"*=1.5\"")))?,
        };
        if let Operand::Fixed(value) = operand
            && spec.composition == Composition::Replace
        {
            check(value, operand).map_err(wrong)?;
        }
        let value = match operand {
            Operand::Fixed(angle) if shortest => Operand::Shortest(angle),
            operand => operand,
        };
        Ok(Key { offset: point.offset, value, easing: point.easing.clone(), hold: point.hold })
    });
    keys.collect()
}

pub(super) fn curve_of(
    points: &[KeyPoint<'_>],
    property: &Property,
    spec: &AnimationSpec,
    layer: &Layer,
    name: &str,
) -> Result<Curve, FieldError> {
    if spec.turn == Turn::Shortest && *property != Property::Slot(Slot::Rotation) {
        return Err(FieldError::new("turn", "the shortest way round is for the property rotation"));
    }
    match property {
        Property::Slot(slot) => {
            let unit = if matches!(slot, Slot::X | Slot::Y) { " pixels" } else { "" };
            Ok(Curve::Number(number_keys(points, spec, |value, _| in_range(value, slot.range(), unit))?))
        }
        Property::Gain => Err(FieldError::new("property", "gainDb is a property of audio tracks: give targetTrackId")),
        Property::Visible => {
            let keys = choices(points, |value| value.as_bool().ok_or("is neither true nor false"))?;
            Ok(Curve::Switch(keys))
        }
        Property::ZIndex => {
            let whole = |value: &Value| value.as_i64().and_then(|z| i32::try_from(z).ok());
            let keys =
                choices(points, |value| whole(value).map(|_| Arc::new(value.clone())).ok_or("is no whole number"))?;
            Ok(Curve::Choice(keys))
        }
        Property::Document(path) => {
            let document = layer.member(path.head());
            let base = path.look_up(&document).filter(|value| !value.is_null());
            let text = path.to_string() == "content.content";
            let given = || points.iter().filter_map(|point| point.value);
            let open = points.iter().any(|point| point.value.is_none());
            let check = |value: &Value, field: &str| {
                layer.with_values(&[(path, value.clone())]).map(drop).map_err(|e| {
                    let no_such = e.message.starts_with("unknown field") || e.message.contains("no such entry");
                    if no_such { unknown(name, layer) } else { FieldError::new(field, e.message) }
                })
            };
            let lacking = || {
                let field = if spec.keyframes.is_empty() { "startValue" } else { "keyframes" };
                FieldError::new(field, format!("missing: layer \"{}\" has no {name} to start from", layer.id()))
            };
            if !text && given().all(|value| Operand::parse(value).is_some()) {
                let relative = |value: &Value| !value.is_number();
                match base {
                    None if open || given().any(relative) => {
                        check(&Value::from(1.0), "property").map_err(|e| {
                            if e.field == "property" && e.message.contains("no \"") { e } else { lacking() }
                        })?;
                        return Err(lacking());
                    }
                    Some(base) if !base.is_number() && (open || given().any(relative)) => {
                        return Err(FieldError::new("property", format!("\"{name}\" is {base} and no number")));
                    }
                    _ => {}
                }
                let failed = std::cell::Cell::new(None);
                let keys = number_keys(points, spec, |value, _| {
                    check(&Value::from(value), "").map_err(|e| {
                        let message = e.message.clone();
                        failed.set((e.field == "property").then_some(e));
                        message
                    })
                });
                return keys.map(Curve::Number).map_err(|e| failed.take().unwrap_or(e));
            }
            for point in points {
                if let Some(value) = point.value {
                    check(value, &point.field)?;
                }
            }
            if open && base.is_none() {
                return Err(lacking());
            }
            let color = |value: &Value| value.as_str().and_then(|text| text.parse::<Color>().ok());
            let colored = base.is_none_or(|base| color(base).is_some());
            if !text && colored && given().all(|value| color(value).is_some()) {
                let keys = choices(points, |value| color(value).ok_or("is no colour"))?;
                return Ok(Curve::Color(keys, spec.color_space));
            }
            let plain = |value: &Value| !value.is_object() && !value.is_array() || text;
            let keys = choices(points, |value| {
                plain(value).then(|| Arc::new(value.clone())).ok_or("cannot be animated as a whole")
            })?;
            Ok(Curve::Choice(keys))
        }
    }
}

/// Keys of values that are no numbers; one that is left out is where the property was.
fn choices<T>(
    points: &[KeyPoint<'_>],
    read: impl Fn(&Value) -> Result<T, &'static str>,
) -> Result<Vec<Key<Option<T>>>, FieldError> {
    let keys = points.iter().map(|point| {
        let wrong = |value: &Value, why: &str| {
            let shown: String = value.to_string().chars().take(60).collect();
            FieldError::new(point.field.clone(), format!("{shown} {why}"))
        };
        let value = point.value.map(|value| read(value).map_err(|why| wrong(value, why))).transpose()?;
        Ok(Key { offset: point.offset, value, easing: point.easing.clone(), hold: point.hold })
    });
    keys.collect()
}
