//! From the show to the picture at a time.

use scene::{Frame, Show, ShowTime};

/// What is on air at a time: a pure function. The show itself is one ([`Show::at`]); another may
/// add motion of its own.
pub trait Program: Send {
    /// The picture of `show` at `t`.
    fn frame(&self, show: &Show, t: ShowTime) -> Frame;
}

/// The show as it stands.
pub(crate) struct AsItStands;

impl Program for AsItStands {
    fn frame(&self, show: &Show, t: ShowTime) -> Frame {
        show.at(t)
    }
}

impl<F: Fn(&Show, ShowTime) -> Frame + Send> Program for F {
    fn frame(&self, show: &Show, t: ShowTime) -> Frame {
        self(show, t)
    }
}
