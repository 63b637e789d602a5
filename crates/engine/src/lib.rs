//! The live loop, and the one way to change what is on air.
//!
//! Two threads do the work. The *writer* takes commands in order: it validates each against the
//! show, makes it durable, applies it, and only then answers and tells of it. The *loop* makes one
//! frame and its sound at every tick of one clock, from whatever show the writer has published
//! last. They share an immutable snapshot and nothing else, so neither ever waits for the other.
//!
//! What is promised:
//!
//! - **Frame time.** Frame *n* is seen from *n / fps*, exactly, and shows the middle of its interval.
//!   A loop that is late repeats its last picture and counts it; the time base never slips, and the
//!   sound of frame *n* is the samples of its interval, whatever happened to the picture.
//! - **Durable before answered.** Whoever got an answer finds the command's effect after any crash.
//! - **What is broken stays outside.** Images, fonts and sounds are loaded and checked before a
//!   command that needs them is accepted.
//!
//! It must not know HTTP.
#![forbid(unsafe_code)]

mod assets;
mod backups;
mod capacity;
mod clock;
mod compose;
mod control;
mod drawer;
mod engine;
mod feeds;
mod notices;
mod others;
mod progress;
mod quality;
mod rescue;
mod resolve;
mod sound;
mod state;
mod store_watch;
mod streams;
mod terms;
mod ticker;
mod watch;
mod writer;

pub use assets::{Assets, FontError, Held};
pub use audio::{Level, Meters};
pub use backups::Backup;
pub use codec_wire::EncoderKind;
pub use compose::draw_list;
pub use control::{Answer, CommandError, Control, LogEntry, Numbered, Pending};
pub use drawer::RendererChoice;
pub use engine::{Engine, EngineError, EngineSettings, Health, Resources};
pub use feeds::{FeedError, FeedHandle, Feeds};
pub use notices::{Happening, Notice, Notices};
pub use progress::Progress;
pub use sound::Composer;
pub use state::State;
pub use store_watch::{StoreReport, StoreState};
pub use streams::Streams;
pub use terms::{Key, Subject, Terms, Versions, version_of};
pub use ticker::{LoopStats, StageTimes};
