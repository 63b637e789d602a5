//! How values change with time.
//!
//! Everything here is a pure function of its arguments: no clock, no state, no memory of what was
//! asked before. That is what lets a show be rendered twice, or from the middle, with the same
//! pictures. It must not know layers or shows.
#![forbid(unsafe_code)]

mod bezier;
mod easing;
mod parse;
mod penner;
mod points;
mod route;
mod spring;
mod steps;

pub use bezier::CubicBezier;
pub use easing::Easing;
pub use parse::EasingError;
pub use penner::{Ends, Penner};
pub use points::{Point, Points};
pub use route::{Place, Route};
pub use spring::{Spring, SpringError};
pub use steps::{Jump, Steps};
