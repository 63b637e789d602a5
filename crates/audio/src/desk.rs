//! The settings of the desk: what a show says of its sound, in numbers that are ready to be used.
//!
//! Gains and thresholds are in decibels (full scale is 0), times in seconds.

use crate::Voice;

/// How many buses there are.
pub const BUSES: usize = 4;

/// The buses, in which voices of one kind come together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bus {
    /// Speech.
    Voice,
    /// Music.
    Music,
    /// Short sounds.
    Effects,
    /// What comes from outside.
    Feed,
}

impl Bus {
    /// All of them, in their order.
    pub const ALL: [Self; BUSES] = [Self::Voice, Self::Music, Self::Effects, Self::Feed];
}

/// Everything that is to be heard in an interval, and how.
#[derive(Clone, Debug, Default)]
pub struct Desk {
    /// What sounds.
    pub voices: Vec<Voice>,
    /// By [`Bus`].
    pub buses: [BusSettings; BUSES],
    /// What becomes of the sum.
    pub program: ProgramSettings,
}

/// What is done to a bus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BusSettings {
    /// The factor of its samples, left and right.
    pub gain: [f32; 2],
    /// What is below this frequency goes: 12 dB an octave.
    pub high_pass_hz: Option<f32>,
    /// Silences what is quiet.
    pub gate: Option<Gate>,
    /// Evens out what is loud.
    pub compressor: Option<Compressor>,
    /// Gives way to another bus.
    pub ducking: Option<Ducking>,
}

impl Default for BusSettings {
    fn default() -> Self {
        Self { gain: [1.0; 2], high_pass_hz: None, gate: None, compressor: None, ducking: None }
    }
}

/// A gate: closed while the level is below the threshold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Gate {
    /// It opens above this level, and closes 3 dB below it.
    pub threshold_db: f32,
    /// How much quieter it is while closed: negative.
    pub range_db: f32,
    /// Until it is open.
    pub attack: f32,
    /// It stays open for so long.
    pub hold: f32,
    /// Until it is closed.
    pub release: f32,
}

/// A compressor with a soft knee.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Compressor {
    /// What is above this level is turned down.
    pub threshold_db: f32,
    /// So many dB above the threshold become one.
    pub ratio: f32,
    /// The width of the bend about the threshold.
    pub knee_db: f32,
    /// Until most of the way down is gone.
    pub attack: f32,
    /// Until most of the way back is gone.
    pub release: f32,
    /// Added afterwards.
    pub makeup_db: f32,
}

/// A compressor whose level is that of another bus.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ducking {
    /// The bus that it gives way to.
    pub by: Bus,
    /// Above this level of that bus it gives way.
    pub threshold_db: f32,
    /// So many dB of that bus above the threshold are answered with all but one of them.
    pub ratio: f32,
    /// It gives way by no more than this: negative.
    pub range_db: f32,
    /// Until most of the way down is gone.
    pub attack: f32,
    /// It stays down for so long.
    pub hold: f32,
    /// Until most of the way back is gone.
    pub release: f32,
}

/// What is done to the sum of all buses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ProgramSettings {
    /// The factor of its samples.
    pub gain: f32,
    /// The loudness to bring it to, in LUFS.
    pub target_lufs: Option<f32>,
    /// No peak, nor the wave between samples, is above this.
    pub ceiling_db: f32,
}

impl Default for ProgramSettings {
    fn default() -> Self {
        Self { gain: 1.0, target_lufs: None, ceiling_db: -1.0 }
    }
}
