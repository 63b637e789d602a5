//! The show, and what its picture and its sound are at time *t*.
//!
//! This crate owns the document ([`Show`]), the commands that change it, the events that tell of a
//! change, and the exact arithmetic of show time. It promises three things:
//!
//! - **Purity.** No clock, thread, IO or randomness: [`Show::apply`] and [`Show::at`] are functions
//!   of their arguments. The same commands at the same times give the same show on every machine,
//!   which is what lets a command log restore it.
//! - **All or nothing.** A command that is rejected has changed nothing. `apply` parses and checks
//!   the whole of a command into types that cannot be wrong before it touches the document.
//! - **Order.** The layers of a [`Frame`] run from bottom to top by `zIndex`; equal indices keep
//!   the order in which the layers got them.
//!
//! It must not know pixels, files, sockets or wall clocks.

#[macro_use]
mod value;

mod animation;
mod blend;
mod camera;
mod command;
mod destination;
mod event;
mod field;
mod filter;
mod frame;
mod id;
mod layer;
mod levels;
mod mask;
mod mix;
mod path;
mod playlist;
mod scenes;
mod schedule;
mod service;
mod show;
mod slate;
mod sound;
mod source;
mod speech;
mod style;
mod template;
mod text;
mod time;
mod track;
mod trigger;

pub use animation::{
    AnimationSpec, At, ColorSpace, Composition, Delay, Distance, Ease, FillMode, Finite, KeyframeSpec, PathMotion,
    PlayState, Preset, PresetName, PresetSide, Rate, Repeat, Roll, RollStyle, Seconds, Stagger, StaggerFrom, Strength,
    TimelineSpec, TimelineView, Turn,
};
pub use blend::BlendMode;
pub use camera::Camera;
pub use command::{Command, Rejection};
pub use destination::{Destination, DestinationSpec, DestinationView, StreamKey, VideoCodec, VideoKbps};
pub use event::Event;
pub use field::{FieldError, line_of, read};
pub use filter::{Amount, Entry, Filter, Gamma, MAX_FILTERS, Offset, OutlineWidth, PerSecond, Side, Speed, Spread};
pub use frame::{Frame, Item, ItemContent, ItemMask, ItemMaskShape};
pub use id::Id;
pub use layer::{
    Character, FeedContent, Fit, GroupContent, Layer, LayerFill, LayerKind, LayerSpec, Need, OverlayKind, Point,
    Transform,
};
pub use levels::{Envelope, Fall, Follow, Following, Heard, Levels};
pub use mask::{Clip, Mask, MaskMode, MaskSource};
pub use mix::{
    Bus, BusName, Buses, CeilingDbtp, Compressor, Ducking, Gate, HighPassHz, KneeDb, LevelDb, Leveller, Lufs, Mix, Pan,
    ProgramMix, RangeDb, Ratio, Reaction,
};
pub use path::PathData;
pub use playlist::{CrossFade, Playlist, PlaylistItem};
pub use scenes::{Placement, Scene, Side as SceneSide, Transition, TransitionKind};
pub use schedule::{Beat, Cue, Ending, Queue, QueueMode, StartAt, Tempo};
pub use service::{ProgramFormat, Service, ServiceLimits};
pub use show::{
    Alignment, Area, Canvas, Horizontal, Limits, Look, Measured, Rank, Saved, SavedView, Show, ShowFile, Sizing,
    StepView, TransformBy, Vertical,
};
pub use slate::Slate;
pub use sound::{Sound, SoundItem, SoundSource};
pub use source::{ImageSource, ShapeSource, Source, SourceKind, TextSource};
pub use speech::{Emotion, Mood, SpeechDocument, SpeechEnd, SpeechQueue, SpeechSpec, Utterance, Word};
pub use style::{
    Align, BoxShadow, Fill, FillRule, Gradient, GradientKind, GradientStop, ImageStyle, Letters, LineCap, LineJoin,
    Overflow, Padding, Reveal, RunStyle, Sampling, Settings, ShapeKind, ShapeStyle, Stroke, TextBackground, TextStyle,
    VerticalAlign,
};
pub use template::Template;
pub use time::{FrameRate, ShowTime};
pub use track::{Offset as TrackOffset, Track, TrackSpec};
pub use trigger::{Condition, Occasion, OccasionKind, Trigger};
pub use value::{Blur, Color, Coordinate, FontSize, FontWeight, GainDb, Length, Opacity, Rotation, Scale, Unit};
