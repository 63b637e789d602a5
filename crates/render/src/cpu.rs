//! The CPU back end.

use crate::Renderer;
use crate::convert::convert;
use crate::damage::{BAND, Damage};
use crate::draw::{Patch, Scratch, draw_list};
use crate::list::DisplayList;
use crate::picture::Picture;
use std::time::Duration;

/// Draws damaged tiles band by band in a buffer that stays in cache, and converts each run at once.
pub struct CpuRenderer {
    simd: fearless_simd::Level,
    shown: Option<DisplayList>,
    picture: Picture,
    damage: Damage,
    band: Vec<u32>,
    scratch: Scratch,
    clock: fn() -> Duration,
    timings: Timings,
}

/// What rendering has cost so far, by the clock that the renderer was given.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timings {
    /// Drawing.
    pub draw: Duration,
    /// RGBA to I420.
    pub convert: Duration,
}

impl CpuRenderer {
    /// A renderer of pictures of `width` x `height` pixels, both even. `clock` measures what its
    /// stages cost: a thread's CPU time, say.
    #[must_use]
    pub fn new(width: u32, height: u32, clock: fn() -> Duration) -> Self {
        Self {
            simd: fearless_simd::Level::new(),
            shown: None,
            picture: Picture::new(width, height),
            damage: Damage::none(width, height),
            band: Vec::new(),
            scratch: Scratch::default(),
            clock,
            timings: Timings::default(),
        }
    }

    /// What rendering has cost so far.
    #[must_use]
    pub fn timings(&self) -> Timings {
        self.timings
    }

    fn redraw(&mut self, list: &DisplayList) {
        let (width, height) = (self.picture.width(), self.picture.height());
        self.damage = match &self.shown {
            Some(shown) => Damage::between(shown, list, width, height),
            None => Damage::all(width, height),
        };
        self.band.resize(width as usize * BAND as usize, 0);
        for [left, top, right, bottom] in self.damage.runs() {
            let (w, h) = (right - left, bottom - top);
            let before = (self.clock)();
            let pixels = &mut self.band[..w as usize * h as usize];
            let mut patch = Patch { pixels, left, top, width: w, height: h };
            draw_list(self.simd, list, &mut patch, &mut self.scratch);
            let between = (self.clock)();
            convert(self.simd, pixels, &mut self.picture, [left, top, right, bottom]);
            self.timings.draw += between.saturating_sub(before);
            self.timings.convert += (self.clock)().saturating_sub(between);
        }
    }
}

impl Renderer for CpuRenderer {
    fn render(&mut self, list: DisplayList) -> &Damage {
        self.redraw(&list);
        self.shown = Some(list);
        &self.damage
    }

    fn picture(&self) -> &Picture {
        &self.picture
    }
}

#[cfg(test)]
mod tests;
