//! What the picture is made of at one time.

use crate::id::Id;
use crate::layer::Transform;
use crate::show::Canvas;
use crate::source::Source;
use crate::value::{Color, Opacity};
use std::sync::Arc;

/// The picture at one time, as things to draw from bottom to top.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The space in which positions are meant.
    pub canvas: Canvas,
    /// What shows where nothing is drawn.
    pub background: Color,
    /// Bottom to top; hidden layers are not among them.
    pub items: Vec<Item>,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The layer it belongs to.
    pub layer: Id,
    /// What it looks like.
    pub source: Arc<Source>,
    /// Where it is.
    pub transform: Transform,
    /// How much of it is seen.
    pub opacity: Opacity,
}
