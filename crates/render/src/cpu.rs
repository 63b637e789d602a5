//! The CPU back end.

use crate::Renderer;
use crate::affine::Affine;
use crate::brush::Brush;
use crate::convert::convert;
use crate::damage::{BAND, Damage};
use crate::list::{Content, DisplayList, DrawItem, Sampling, intersect, is_empty};
use crate::patch::{Patch, Scratch};
use crate::picture::Picture;
use crate::sample;
use crate::surface::Surfaces;
use crate::video::VideoFrame;
use scene::BlendMode;
use std::time::Duration;

/// Draws damaged tiles band by band in a buffer that stays in cache, and converts each run at once.
pub struct CpuRenderer {
    simd: fearless_simd::Level,
    shown: Option<DisplayList>,
    picture: Picture,
    damage: Damage,
    band: Vec<u32>,
    scratch: Scratch,
    surfaces: Surfaces,
    below: Below,
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
        Self::with_simd(width, height, clock, fearless_simd::Level::new())
    }

    /// The same on a given instruction set; the pixels do not depend on it.
    #[must_use]
    pub fn with_simd(width: u32, height: u32, clock: fn() -> Duration, simd: fearless_simd::Level) -> Self {
        Self {
            simd,
            shown: None,
            picture: Picture::new(width, height),
            damage: Damage::none(width, height),
            band: Vec::new(),
            scratch: Scratch::default(),
            surfaces: Surfaces::default(),
            below: Below::default(),
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
        self.below.follow(self.shown.as_ref(), list, width, height);
        if self.damage.is_empty() {
            return;
        }
        let began = (self.clock)();
        let whole = [0, 0, width as i32, height as i32];
        self.surfaces.prepare(self.simd, &list.items, Affine::IDENTITY, whole, &mut self.scratch);
        // Which items a run can see is asked for each run: their bounds are worked out once.
        let bounds: Vec<[i32; 4]> = list.items.iter().map(|item| item.bounds(Affine::IDENTITY, whole)).collect();
        self.timings.draw += (self.clock)().saturating_sub(began);
        self.band.resize(width as usize * BAND as usize, 0);
        // What goes straight through must not depend on how tiles are joined to runs.
        let by_tile = list.items.iter().any(|item| matches!(item.content, Content::Video(_)));
        let runs: Vec<[u32; 4]> = if by_tile { self.damage.tiles().collect() } else { self.damage.runs().collect() };
        for run in runs {
            let before = (self.clock)();
            let rect = run.map(|v| v as i32);
            if let Some((video, place)) = straight_through(list, &bounds, rect) {
                video.copy_to(&mut self.picture, place, rect);
                self.timings.convert += (self.clock)().saturating_sub(before);
                continue;
            }
            let pixels = &mut self.band[..((run[2] - run[0]) * (run[3] - run[1])) as usize];
            let mut brush = Brush::new(self.simd, &mut self.scratch, Patch::new(pixels, rect));
            let from = self.below.fill(&mut brush, &self.surfaces, list, &bounds);
            brush.draw_seen(&self.surfaces, list, from, &bounds);
            let between = (self.clock)();
            convert(self.simd, pixels, &mut self.picture, run);
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

/// The video frame that alone fills `rect`, pixel on pixel, and where its corner lies: it needs no
/// way through RGBA.
fn straight_through<'a>(
    list: &'a DisplayList,
    bounds: &[[i32; 4]],
    rect: [i32; 4],
) -> Option<(&'a VideoFrame, (i32, i32))> {
    let top = list.items.iter().zip(bounds).rfind(|(_, bounds)| !is_empty(intersect(**bounds, rect)))?.0;
    let Content::Video(video) = &top.content else { return None };
    let t = top.transform;
    let plain = top.opacity == 255 && top.blend == BlendMode::Normal && top.masks.is_empty() && top.filters.is_none();
    let even = t.e.rem_euclid(2.0) == 0.0 && t.f.rem_euclid(2.0) == 0.0;
    let fills = plain && even && sample::unscaled(t) && {
        let (x, y) = (t.e as i32, t.f as i32);
        intersect(rect, [x, y, x + video.width() as i32, y + video.height() as i32]) == rect
    };
    fills.then(|| (&**video, (t.e as i32, t.f as i32)))
}

/// The items at the bottom that have not changed for some time, drawn once. (Those above what moves
/// cannot be: (a over b) over c and a over (b over c) are rounded differently, and a picture would
/// depend on how long its layers have stood still.)
#[derive(Default)]
struct Below {
    pixels: Vec<u32>,
    /// How many items it holds.
    count: usize,
    /// The tiles that are drawn.
    drawn: Damage,
    /// For how many pictures more items than those have not changed, and how many at least.
    steady: (u32, usize),
}

/// After this many pictures without a change, items are counted among those that stand still.
const STEADY: u32 = 15;

impl Below {
    /// Takes note of which items stand still.
    fn follow(&mut self, shown: Option<&DisplayList>, list: &DisplayList, width: u32, height: u32) {
        let still = match shown {
            Some(shown) if shown.background == list.background => {
                shown.items.iter().zip(&list.items).take_while(|(a, b)| a.draws_like(b)).count()
            }
            _ => 0,
        };
        let mut count = self.count.min(still);
        if still > count {
            let (pictures, least) = self.steady;
            self.steady = (pictures + 1, if pictures == 0 { still } else { least.min(still) });
            if self.steady.0 > STEADY {
                count = self.steady.1;
                self.steady = (0, 0);
            }
        } else {
            self.steady = (0, 0);
        }
        if count != self.count {
            self.count = count;
            self.drawn = Damage::none(width, height);
        }
    }

    /// Puts what stands still into the brush's patch; gives how many items that are. 0: nothing is in it.
    fn fill(&mut self, brush: &mut Brush<'_>, surfaces: &Surfaces, list: &DisplayList, bounds: &[[i32; 4]]) -> usize {
        let rect = brush.patch().rect();
        let seen = bounds[..self.count].iter().filter(|b| !is_empty(intersect(**b, rect))).count();
        // A single picture is as quick to copy from itself.
        let plain = |item: &DrawItem| {
            matches!(item.content, Content::Raster(_, Sampling::Smooth)) && sample::unscaled(item.transform)
        };
        if seen == 0 || (seen == 1 && list.items[..self.count].iter().any(plain)) {
            return 0;
        }
        let (width, height) = self.drawn.size();
        self.pixels.resize(width as usize * height as usize, 0);
        let run = rect.map(|v| v as u32);
        if !self.drawn.holds(run) {
            let items = DisplayList { background: list.background, items: list.items[..self.count].to_vec() };
            brush.draw_seen(surfaces, &items, 0, bounds);
            self.drawn.add(run);
            let patch = brush.patch();
            for y in rect[1]..rect[3] {
                let to = y as usize * width as usize + rect[0] as usize;
                self.pixels[to..to + patch.width].copy_from_slice(patch.row(y, rect[0], rect[2]));
            }
        } else {
            let patch = brush.patch();
            for y in rect[1]..rect[3] {
                let from = y as usize * width as usize + rect[0] as usize;
                let width = patch.width;
                patch.row(y, rect[0], rect[2]).copy_from_slice(&self.pixels[from..from + width]);
            }
        }
        self.count
    }
}
