//! Motion as a pure function of time.
//!
//! A timeline is written as a [`TimelineSpec`], checked and worked out once (`compile`), and played on a
//! clock of its own (`playback`): where it is at show time *t* is arithmetic, and so is what it makes of a
//! layer (`camera`). Nothing is stepped, so a seek, a crash or another frame rate changes nothing.

mod compile;
mod curve;
mod keys;
mod playback;
mod preset;
mod property;
mod spec;
mod timing;

pub(crate) use compile::{ENDLESS, Motion, Track, World, compile};
pub(crate) use curve::{Effect, Start};
pub(crate) use playback::{Due, NEVER, Playback, Timeline, TrackState};
pub use playback::{PlayState, TimelineView};
pub use preset::{Distance, Preset, PresetName, PresetSide, Strength};
pub(crate) use property::{DocumentPath, Property, SLOTS, Slot, Target};
pub use spec::{
    AnimationSpec, At, ColorSpace, Composition, Delay, Ease, FillMode, Finite, KeyframeSpec, PathMotion, Rate, Repeat,
    Roll, RollStyle, Seconds, Stagger, StaggerFrom, TimelineSpec, Turn,
};
pub(crate) use timing::ticks;
