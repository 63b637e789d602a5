//! How loud the show is about the time of a picture, and layers that follow it.
//!
//! The picture at *t* is a function of the show, of *t*, and of what is heard about *t*. The last of these comes in
//! here, as a value: who draws has mixed before.

use crate::animation::Finite;
use crate::field::FieldError;
use crate::id::Id;
use crate::mix::{BusName, LevelDb};
use crate::time::ShowTime;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

ranged!(
    /// How long something takes to come back, in seconds.
    Fall, 0.0, 0.25, 0.15, " seconds");

/// The most that one layer follows.
pub(crate) const MAX_FOLLOWS: usize = 8;

/// A value of an [`Envelope`] is about so long: 5 ms.
const STEP: ShowTime = ShowTime::from_millis(5);

/// How loud everything is about the time of a picture.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Levels {
    /// The voices of characters, by their layers; who is silent may be missing.
    pub voices: Vec<(Id, Envelope)>,
    /// By [`BusName`]; none where nothing is mixed.
    pub buses: Vec<Envelope>,
}

/// How loud something is, before a time and a little after it: the root of the mean of the squares of every 5 ms,
/// full scale is 1.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Envelope {
    /// Oldest first.
    pub values: Vec<f32>,
    /// When the last of them ends.
    pub end: ShowTime,
}

impl Envelope {
    /// The values of the time from `from` to `to`, newest first, with how long before `to` each one ends (0 for one
    /// that `to` is in).
    fn back<'a>(&'a self, from: ShowTime, to: ShowTime) -> impl Iterator<Item = (ShowTime, f32)> + 'a {
        let ends = |i: usize| ShowTime::from_ticks(self.end.ticks() - i as i64 * STEP.ticks());
        let newest = self.values.iter().rev().enumerate().map(move |(i, value)| (ends(i), *value));
        let age = move |end: ShowTime| ShowTime::from_ticks((to.ticks() - end.ticks()).max(0));
        newest
            .skip_while(move |(end, _)| end.ticks() - STEP.ticks() > to.ticks())
            .take_while(move |(end, _)| end.ticks() > from.ticks())
            .map(move |(end, value)| (age(end), value))
    }

    /// What a meter shows at `t`, 0 at `floor_db` and below to 1 at `ceiling_db` and above. It rises at once, and
    /// falls from 1 to 0 in `fall`.
    #[must_use]
    pub fn meter(&self, t: ShowTime, floor_db: f64, ceiling_db: f64, fall: Fall) -> f64 {
        let back = ShowTime::from_secs_f64(fall.get());
        let from = ShowTime::from_ticks(t.ticks() - back.ticks() - STEP.ticks());
        let floor = 10f64.powf(floor_db / 20.0) as f32;
        let shown = self.back(from, t).filter(|(_, value)| *value > floor).map(|(age, value)| {
            let level = (20.0 * f64::from(value).log10() - floor_db) / (ceiling_db - floor_db);
            let gone = if age == ShowTime::ZERO { 0.0 } else { age.as_secs_f64() / fall.get() };
            level.min(1.0) - gone
        });
        shown.fold(0.0, f64::max)
    }
}

/// What is listened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Heard {
    /// What the character of that layer says.
    Voice(Id),
    /// A bus, after all that is done to it.
    Bus(BusName),
}

/// What follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Following {
    /// To the right, in pixels.
    #[serde(rename = "position.x")]
    X,
    /// Down, in pixels.
    #[serde(rename = "position.y")]
    Y,
    /// The size, as a share of what it is.
    #[serde(rename = "scale")]
    Scale,
    /// The width, as a share of what it is.
    #[serde(rename = "scale.x")]
    ScaleX,
    /// The height, as a share of what it is.
    #[serde(rename = "scale.y")]
    ScaleY,
    /// Clockwise, in degrees.
    #[serde(rename = "rotation")]
    Rotation,
    /// How much of it is seen.
    #[serde(rename = "opacity")]
    Opacity,
}

/// A property of a layer that follows how loud something is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Follow {
    /// What it listens to.
    pub to: Heard,
    /// What follows.
    pub property: Following,
    /// What is added where it is loud: pixels, degrees, or a share.
    pub by: Finite,
    /// What is quieter than this changes nothing.
    #[serde(default = "floor")]
    pub floor_db: LevelDb,
    /// What is louder than this changes no more.
    #[serde(default = "ceiling")]
    pub ceiling_db: LevelDb,
    /// From all to nothing, when it is silent again.
    #[serde(default)]
    pub fall: Fall,
}

fn floor() -> LevelDb {
    LevelDb::new(-45.0).unwrap_or_default()
}

fn ceiling() -> LevelDb {
    LevelDb::new(-15.0).unwrap_or_default()
}

impl Follow {
    pub(crate) fn check(&self) -> Result<(), FieldError> {
        let (floor, ceiling) = (self.floor_db.get(), self.ceiling_db.get());
        if floor >= ceiling {
            return Err(FieldError::new("floorDb", format!("{floor} is not below ceilingDb, {ceiling}")));
        }
        Ok(())
    }

    /// How much of it there is at `t`: 0 to 1.
    pub(crate) fn at(&self, levels: &Levels, t: ShowTime) -> f64 {
        let envelope = match &self.to {
            Heard::Voice(layer) => levels.voices.iter().find(|(id, _)| id == layer).map(|(_, envelope)| envelope),
            Heard::Bus(name) => levels.buses.get(*name as usize),
        };
        envelope.map_or(0.0, |e| e.meter(t, self.floor_db.get(), self.ceiling_db.get(), self.fall))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loud (-15 dB) for the 5 ms that begin at 1 s, else silent.
    fn pop() -> Envelope {
        let mut values = vec![0.0; 100];
        values[60] = 10f32.powf(-15.0 / 20.0);
        // The value 60 is the one that ends 39 before the last.
        Envelope { values, end: ShowTime::from_millis(1_005 + 39 * 5) }
    }

    #[test]
    fn a_meter_rises_at_once_on_its_time_and_falls_steadily() {
        let fall = Fall::new(0.1).unwrap();
        let shown = |ms: i64| pop().meter(ShowTime::from_millis(ms), -45.0, -15.0, fall);
        let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-5, "{a} {b}");
        near(shown(999), 0.0);
        near(shown(1_000), 1.0);
        near(shown(1_004), 1.0);
        near(shown(1_025), 0.8);
        near(shown(1_055), 0.5);
        near(shown(1_105), 0.0);
        near(shown(1_150), 0.0);
        // Half of the way from the floor to the ceiling is half.
        near(pop().meter(ShowTime::from_millis(1_000), -45.0, 15.0, fall), 0.5);
        // One that falls at once.
        let sharp = |ms: i64| pop().meter(ShowTime::from_millis(ms), -45.0, -15.0, Fall::new(0.0).unwrap());
        near(sharp(1_004), 1.0);
        near(sharp(1_006), 0.0);
    }

    #[test]
    fn layers_follow_their_character_in_place_size_turn_and_opacity() {
        let mut show = crate::Show::default();
        let limits = crate::Limits::default();
        let mut create = |follows: serde_json::Value| {
            let layer = serde_json::json!({"type": "host", "character": {"modelUrl": "a.png"}, "opacity": 0.2,
                "transform": {"scale": {"x": -2, "y": 1}}, "follows": follows});
            let command = crate::read(serde_json::json!({"createLayer": {"layer": layer}}));
            show.apply(command.unwrap(), ShowTime::ZERO, &limits).map_err(|e| e.to_string())
        };
        let to = serde_json::json!({"voice": "guest"});
        let error = create(serde_json::json!([{"to": to, "property": "scale", "by": 1, "floorDb": -15}])).unwrap_err();
        assert!(error.starts_with("follows[0].floorDb: -15 is not below"), "{error}");
        let nine: Vec<_> = (0..9).map(|_| serde_json::json!({"to": to, "property": "scale", "by": 1})).collect();
        assert!(create(nine.into()).unwrap_err().contains("at most 8"));
        create(serde_json::json!([
            {"to": to, "property": "position.x", "by": 10},
            {"to": to, "property": "position.y", "by": -20},
            {"to": to, "property": "scale", "by": 0.5},
            {"to": to, "property": "scale.y", "by": 1},
            {"to": to, "property": "rotation", "by": 8},
            {"to": to, "property": "opacity", "by": 0.5},
            {"to": {"bus": "music"}, "property": "position.x", "by": 1000},
        ]))
        .unwrap();
        // Half of the way between -45 and -15 dB.
        let loud = Envelope { values: vec![10f32.powf(-30.0 / 20.0); 50], end: ShowTime::from_millis(1_050) };
        let levels = Levels { voices: vec![("guest".parse().unwrap(), loud)], buses: vec![Envelope::default(); 4] };
        let mut camera = crate::Camera::default();
        let mut pose = |levels: &Levels| {
            let item = &camera.frame(&show, ShowTime::from_millis(1_000), levels).items[0];
            let t = &item.transform;
            [
                t.position.x.get(),
                t.position.y.get(),
                t.scale.x.get(),
                t.scale.y.get(),
                t.rotation.get(),
                item.opacity.get(),
            ]
        };
        let rounded = |values: [f64; 6]| values.map(|v| (v * 1e4).round() / 1e4);
        assert_eq!(rounded(pose(&levels)), [5.0, -10.0, -2.5, 1.875, 4.0, 0.45]);
        assert_eq!(pose(&Levels::default()), [0.0, 0.0, -2.0, 1.0, 0.0, 0.2]);
    }

    #[test]
    fn what_is_not_mixed_yet_is_as_the_last_that_is() {
        let envelope = Envelope { values: vec![1.0; 10], end: ShowTime::from_millis(50) };
        assert_eq!(envelope.meter(ShowTime::from_millis(60), -45.0, -15.0, Fall::new(0.1).unwrap()), 0.9);
        assert_eq!(Envelope::default().meter(ShowTime::from_millis(60), -45.0, -15.0, Fall::default()), 0.0);
    }
}
