//! The mixing desk: buses, and what is done to them and to the program.

use crate::field::{FieldError, read, tagged};
use crate::layer::merge;
use crate::value::{GainDb, is_default};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

ranged!(
    /// A level in dBFS.
    LevelDb, -96.0, 0.0, -24.0, " dB");
ranged!(
    /// So many decibels above a threshold become one.
    Ratio, 1.0, 100.0, 3.0, "");
ranged!(
    /// How far a gain goes down, in decibels.
    RangeDb, -96.0, 0.0, -12.0, " dB");
ranged!(
    /// The width of a bend, in decibels.
    KneeDb, 0.0, 24.0, 6.0, " dB");
ranged!(
    /// How long a gain takes to follow, in seconds.
    Reaction, 0.0, 10.0, 0.1, " seconds");
ranged!(
    /// A frequency below which nothing is let through; 0: all is.
    HighPassHz, 0.0, 2_000.0, 0.0, " Hz");
ranged!(
    /// Left (-1) to right (1).
    Pan, -1.0, 1.0, 0.0, "");
ranged!(
    /// Loudness by EBU R128.
    Lufs, -40.0, -5.0, -16.0, " LUFS");
ranged!(
    /// The highest true peak.
    CeilingDbtp, -20.0, 0.0, -2.0, " dBTP");

/// The buses, in which sounds of one kind come together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum BusName {
    /// Speech.
    Voice,
    /// Music.
    #[default]
    Music,
    /// Short sounds.
    Effects,
    /// What comes from outside.
    Feed,
}

impl BusName {
    /// All of them, in the desk's order.
    pub const ALL: [Self; 4] = [Self::Voice, Self::Music, Self::Effects, Self::Feed];

    /// Its name as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Voice => "voice",
            Self::Music => "music",
            Self::Effects => "effects",
            Self::Feed => "feed",
        }
    }
}

/// The desk. Where parts are left out, they are as the desk has them at first: the voice is rid of rumble
/// and evened out, music gives way to it, and the program is brought to -16 LUFS.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Mix {
    /// The buses.
    pub buses: Buses,
    /// What becomes of their sum.
    pub program: ProgramMix,
}

/// Every bus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Buses {
    /// Speech.
    pub voice: Bus,
    /// Music.
    pub music: Bus,
    /// Short sounds.
    pub effects: Bus,
    /// What comes from outside.
    pub feed: Bus,
}

impl Default for Buses {
    fn default() -> Self {
        let compressor = Compressor { enabled: true, ..Compressor::default() };
        let ducking = Ducking { enabled: true, ..Ducking::default() };
        Self {
            voice: Bus { high_pass_hz: HighPassHz(80.0), compressor, ..Bus::default() },
            music: Bus { ducking: ducking.clone(), ..Bus::default() },
            effects: Bus::default(),
            feed: Bus { ducking, ..Bus::default() },
        }
    }
}

/// What is done to a bus, in this order: high-pass, gate, compressor, gain, ducking.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bus {
    /// Its gain.
    pub gain_db: GainDb,
    /// Nothing of it is heard.
    pub muted: bool,
    /// Only buses with this are heard, if there are any.
    pub solo: bool,
    /// Left (-1) to right (1).
    pub pan: Pan,
    /// What is below goes; 0: nothing does.
    pub high_pass_hz: HighPassHz,
    /// Silences what is quiet.
    pub gate: Gate,
    /// Evens out what is loud.
    pub compressor: Compressor,
    /// Gives way to another bus.
    pub ducking: Ducking,
}

/// Silences a bus while it is quiet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gate {
    /// Whether it is at work.
    pub enabled: bool,
    /// It opens above this, and closes 3 dB below.
    pub threshold_db: LevelDb,
    /// How much quieter it is when closed.
    pub range_db: RangeDb,
    /// Seconds until it is open.
    pub attack: Reaction,
    /// Seconds that it stays open.
    pub hold: Reaction,
    /// Seconds until it is closed.
    pub release: Reaction,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            enabled: false,
            threshold_db: LevelDb(-50.0),
            range_db: RangeDb(-40.0),
            attack: Reaction(0.002),
            hold: Reaction(0.15),
            release: Reaction(0.2),
        }
    }
}

/// Turns down what is above a threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Compressor {
    /// Whether it is at work.
    pub enabled: bool,
    /// What is above is turned down.
    pub threshold_db: LevelDb,
    /// So many dB above become one.
    pub ratio: Ratio,
    /// How wide the bend about the threshold is.
    pub knee_db: KneeDb,
    /// Seconds until two thirds of the way down are gone.
    pub attack: Reaction,
    /// Seconds until two thirds of the way back are gone.
    pub release: Reaction,
    /// Added afterwards.
    pub makeup_db: GainDb,
}

impl Default for Compressor {
    fn default() -> Self {
        Self {
            enabled: false,
            threshold_db: LevelDb(-20.0),
            ratio: Ratio(3.0),
            knee_db: KneeDb(6.0),
            attack: Reaction(0.005),
            release: Reaction(0.15),
            makeup_db: GainDb::default(),
        }
    }
}

/// Turns a bus down while another is heard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ducking {
    /// Whether it is at work.
    pub enabled: bool,
    /// The bus that it gives way to.
    pub by: BusName,
    /// Above this level of that bus.
    pub threshold_db: LevelDb,
    /// How decidedly: so many dB above are answered with all but one.
    pub ratio: Ratio,
    /// How far at most.
    pub range_db: RangeDb,
    /// Seconds until two thirds of the way down are gone.
    pub attack: Reaction,
    /// Seconds that it stays down.
    pub hold: Reaction,
    /// Seconds until two thirds of the way back are gone.
    pub release: Reaction,
}

impl Default for Ducking {
    fn default() -> Self {
        Self {
            enabled: false,
            by: BusName::Voice,
            threshold_db: LevelDb(-45.0),
            ratio: Ratio(4.0),
            range_db: RangeDb(-12.0),
            attack: Reaction(0.06),
            hold: Reaction(0.4),
            release: Reaction(0.6),
        }
    }
}

/// What becomes of the sum of all buses, in this order: leveller, gain, limiter.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProgramMix {
    /// Its gain.
    pub gain_db: GainDb,
    /// Nothing is heard.
    pub muted: bool,
    /// Brings it to a loudness.
    pub leveller: Leveller,
    /// No peak of the wave is above this.
    pub ceiling_dbtp: CeilingDbtp,
}

/// Brings the program to a loudness, slowly.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Leveller {
    /// Whether it is at work.
    pub enabled: bool,
    /// The loudness.
    pub target_lufs: Lufs,
}

impl Default for Leveller {
    fn default() -> Self {
        Self { enabled: true, target_lufs: Lufs::default() }
    }
}

impl Mix {
    /// One of its buses.
    #[must_use]
    pub fn bus(&self, name: BusName) -> &Bus {
        match name {
            BusName::Voice => &self.buses.voice,
            BusName::Music => &self.buses.music,
            BusName::Effects => &self.buses.effects,
            BusName::Feed => &self.buses.feed,
        }
    }

    pub(crate) fn bus_mut(&mut self, name: BusName) -> &mut Bus {
        match name {
            BusName::Voice => &mut self.buses.voice,
            BusName::Music => &mut self.buses.music,
            BusName::Effects => &mut self.buses.effects,
            BusName::Feed => &mut self.buses.feed,
        }
    }

    /// The desk after a JSON merge patch; `null` puts a part back to what it was at first.
    pub(crate) fn patched(&self, patch: &Map<String, Value>) -> Result<Self, FieldError> {
        let document = |mix: &Self| serde_json::to_value(mix).map_err(|e| FieldError::new("", e.to_string()));
        let (mut own, first) = (document(self)?, document(&Self::default())?);
        merge(&mut own, patch);
        fill_in(&mut own, &first);
        let Whole { buses, program } = read(own)?;
        Ok(Self { buses, program })
    }

    /// Whether anything is as it was not at first.
    pub(crate) fn is_default(&self) -> bool {
        is_default(self)
    }
}

/// Every part of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whole {
    buses: Buses,
    program: ProgramMix,
}

/// Puts what is missing back.
fn fill_in(document: &mut Value, first: &Value) {
    if let (Value::Object(members), Value::Object(first)) = (document, first) {
        for (name, value) in first {
            match members.get_mut(name) {
                Some(own) => fill_in(own, value),
                None => drop(members.insert(name.clone(), value.clone())),
            }
        }
    }
}

impl<'de> Deserialize<'de> for Mix {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let patch = Map::deserialize(d)?;
        Self::default().patched(&patch).map_err(tagged::error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn patch(mix: &Mix, patch: Value) -> Result<Mix, String> {
        mix.patched(patch.as_object().unwrap()).map_err(|e| e.to_string())
    }

    #[test]
    fn a_patch_changes_what_it_names_and_null_puts_it_back() {
        let mix =
            patch(&Mix::default(), json!({"buses": {"music": {"gainDb": -6, "ducking": {"enabled": false}}}})).unwrap();
        assert_eq!((mix.buses.music.gain_db.get(), mix.buses.music.ducking.enabled), (-6.0, false));
        assert_eq!(mix.buses.voice, Mix::default().buses.voice);
        let again: Mix = serde_json::from_value(serde_json::to_value(&mix).unwrap()).unwrap();
        assert_eq!(again, mix);
        assert!(patch(&mix, json!({"buses": {"music": null}})).unwrap().is_default());
    }

    #[test]
    fn what_is_absurd_is_told_with_its_field_and_range() {
        for (change, told) in [
            (json!({"buses": {"music": {"gainDb": 200}}}), "buses.music.gainDb: 200 is outside -96 to 24 dB"),
            (json!({"buses": {"choir": {}}}), "buses.choir"),
            (
                json!({"program": {"leveller": {"targetLufs": 3}}}),
                "program.leveller.targetLufs: 3 is outside -40 to -5",
            ),
            (json!({"buses": {"voice": {"compressor": {"ratio": 0}}}}), "buses.voice.compressor.ratio: 0 is outside 1"),
            (json!({"buses": {"feed": {"ducking": {"by": "nobody"}}}}), "buses.feed.ducking.by"),
        ] {
            let error = patch(&Mix::default(), change).unwrap_err();
            assert!(error.starts_with(told), "{error}");
        }
    }
}
