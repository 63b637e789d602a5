//! What the picture is made of at one time.

use crate::blend::BlendMode;
use crate::filter::Filter;
use crate::id::Id;
use crate::layer::Transform;
use crate::mask::MaskMode;
use crate::show::Canvas;
use crate::source::Source;
use crate::time::ShowTime;
use crate::value::{Blur, Color, Opacity};
use std::sync::Arc;

/// The picture at one time, as things to draw from bottom to top.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// The time.
    pub at: ShowTime,
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
    pub content: ItemContent,
    /// Where it is: in its group, or on the canvas.
    pub transform: Transform,
    /// How much of it is seen.
    pub opacity: Opacity,
    /// How its colours meet those below.
    pub blend: BlendMode,
    /// What of it is seen: all of them at once.
    pub masks: Vec<ItemMask>,
    /// What is done to it, in order.
    pub filters: Arc<[Filter]>,
}

/// What an item looks like.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemContent {
    /// A picture of its own.
    Source(Arc<Source>),
    /// Other items, as one.
    Group {
        /// Bottom to top.
        items: Vec<Item>,
        /// Whether they blend with each other alone.
        isolated: bool,
        /// Whether each meets what was below the group.
        knockout: bool,
    },
}

/// What lets an item be seen.
#[derive(Clone, Debug, PartialEq)]
pub struct ItemMask {
    /// Where it lets through.
    pub shape: ItemMaskShape,
    /// What of that counts.
    pub mode: MaskMode,
    /// Whether what is outside is seen instead.
    pub inverted: bool,
    /// How soft it is.
    pub feather: Blur,
}

/// The shapes of masks.
#[derive(Clone, Debug, PartialEq)]
pub enum ItemMaskShape {
    /// A rectangle in the item's own pixels: left, top, width, height.
    Rect([f64; 4]),
    /// A picture at a place in the item's own pixels.
    Source(Arc<Source>, [f64; 2]),
    /// A picture, stretched over the item's box.
    Stretched(Arc<Source>),
    /// Another layer, where it is.
    Layer(Box<Item>),
}

impl Item {
    /// The picture that it shows, where it shows one.
    #[must_use]
    pub fn source(&self) -> Option<&Arc<Source>> {
        match &self.content {
            ItemContent::Source(source) => Some(source),
            ItemContent::Group { .. } => None,
        }
    }
}
