//! Items that filters have been run on, kept for as long as they look the same.
//!
//! A surface is made as large as the item is seen, but before it is turned and moved: what only
//! moves is not filtered again. It does not depend on which part of a picture is drawn, so a part
//! drawn from it is the same as the whole.

use crate::affine::Affine;
use crate::brush::Brush;
use crate::draw::Drawing;
use crate::filter::{Filters, Sheet};
use crate::list::{Content, DrawItem, MaskShape, is_empty};
use crate::patch::{Patch, Scratch};
use fearless_simd::Level;
use raster::Raster;
use std::sync::Arc;

/// Above this many pixels, only what is near the picture is made.
const WHOLE_UP_TO: f64 = 4_194_304.0;
/// The most pixels of a surface, at any step of its filters; an item that would need more is left
/// out.
const MOST: f64 = 16_777_216.0;

/// The most pixels of all surfaces of a picture: 256 MiB.
const MOST_IN_ALL: f64 = 67_108_864.0;

/// The surfaces of the current list.
#[derive(Default)]
pub(crate) struct Surfaces {
    kept: Vec<Kept>,
    /// Counts pictures; what the last one did not use goes.
    turn: u64,
}

struct Kept {
    item: DrawItem,
    scale: (f64, f64),
    /// The part that was made, where it is not the whole.
    part: Option<([i32; 4], Affine)>,
    raster: Arc<Raster>,
    place: (f64, f64),
    turn: u64,
}

/// How a filtered item is placed: scaled first, then the rest.
fn steps(item: &DrawItem, map: Affine) -> Option<((f64, f64), Affine)> {
    let whole = item.transform.then(map);
    // In steps of a 4096th, so that what only turns keeps its size in spite of rounding.
    let step = |s: f64| (s * 4096.0).round() / 4096.0;
    let (sx, sy) = whole.scale_factors();
    let (sx, sy) = (step(sx), step(sy));
    if sx <= 0.0 || sy <= 0.0 || sx > 1e4 || sy > 1e4 {
        return None;
    }
    let rest = Affine::scale(1.0 / sx, 1.0 / sy).then(whole);
    // Half a 4096th of a scale would leave nothing on whole pixels.
    let near = |v: f64, by: f64| if (v - v.round()).abs() < by { v.round() } else { v };
    let (a, b, c, d) = (near(rest.a, 2e-4), near(rest.b, 1e-9), near(rest.c, 1e-9), near(rest.d, 2e-4));
    Some(((sx, sy), Affine { a, b, c, d, ..rest }))
}

impl Surfaces {
    /// Makes the surfaces that `items` need in a picture of `rect`, where `map` leads from their
    /// space to it, and lets go of all others.
    pub(crate) fn prepare(
        &mut self,
        simd: Level,
        items: &[DrawItem],
        map: Affine,
        rect: [i32; 4],
        scratch: &mut Scratch,
    ) {
        self.turn += 1;
        self.prepare_items(simd, items, map, rect, scratch);
        let turn = self.turn;
        self.kept.retain(|kept| kept.turn == turn);
    }

    fn prepare_items(&mut self, simd: Level, items: &[DrawItem], map: Affine, rect: [i32; 4], scratch: &mut Scratch) {
        for item in items {
            if item.opacity == 0 {
                continue;
            }
            for mask in &item.masks {
                if let MaskShape::Alpha(shape) | MaskShape::Luminance(shape) = &mask.shape {
                    self.prepare_items(simd, std::slice::from_ref(shape), map, rect, scratch);
                }
            }
            match (&item.filters, &item.content) {
                (Some(filters), _) => self.prepare_item(simd, item, filters, map, rect, scratch),
                (None, Content::Group(group)) => {
                    self.prepare_items(simd, &group.items, item.transform.then(map), rect, scratch);
                }
                _ => {}
            }
        }
    }

    fn prepare_item(
        &mut self,
        simd: Level,
        item: &DrawItem,
        filters: &Filters,
        map: Affine,
        rect: [i32; 4],
        scratch: &mut Scratch,
    ) {
        if is_empty(item.bounds(map, rect)) {
            return;
        }
        let Some((scale, rest)) = steps(item, map) else { return };
        let local = Affine::scale(scale.0, scale.1);
        let Some(extent) = item.content.extent(local) else { return };
        let [l, t, r, b] = local.extent(extent);
        let mut own = [(l - 1.0).floor(), (t - 1.0).floor(), (r + 1.0).ceil(), (b + 1.0).ceil()];
        let mut part = None;
        if filters.largest(own) > WHOLE_UP_TO && filters.is_local() {
            let Some(back) = rest.inverse() else { return };
            let [l, t, r, b] = back.extent(rect.map(f64::from));
            // In steps of 64 pixels, so that what moves slowly is not made anew for every step.
            let by = filters.reach() + 2.0;
            let down = |v: f64| (v / 64.0).floor() * 64.0;
            let up = |v: f64| (v / 64.0).ceil() * 64.0;
            own = [own[0].max(down(l - by)), own[1].max(down(t - by)), own[2].min(up(r + by)), own[3].min(up(b + by))];
            part = Some(own.map(|v| v as i32));
        }
        let own = own.map(|v| v as i32);
        if is_empty(own) {
            return;
        }
        // A part is of one place alone.
        let part = part.map(|part| (part, item.transform.then(map)));
        if let Some(kept) = self.kept.iter_mut().find(|kept| kept.is_for(item, filters, scale) && kept.part == part) {
            kept.turn = self.turn;
            // What is inside of it is no longer needed, but may be when it changes.
            return;
        }
        let largest = filters.largest(own.map(f64::from));
        let pixels = |kept: &Kept| f64::from(kept.raster.base().width()) * f64::from(kept.raster.base().height());
        let others: f64 = self.kept.iter().filter(|kept| kept.turn == self.turn).map(pixels).sum();
        if largest > MOST || largest + others > MOST_IN_ALL {
            return;
        }
        // What the item draws, before its filters; groups may hold filtered items of their own.
        if let Content::Group(group) = &item.content {
            self.prepare_items(simd, &group.items, local, own, scratch);
        }
        let plain = DrawItem { transform: Affine::IDENTITY, filters: None, masks: Vec::new(), ..item.clone() };
        let mut sheet = Sheet::clear(own);
        let mut brush = Brush::new(simd, scratch, Patch::new(&mut sheet.pixels, own));
        Drawing { canvas: &mut brush, surfaces: self }.draw_content(&plain, local);
        let done = filters.run(simd, sheet);
        if is_empty(done.rect) {
            return;
        }
        let (w, h) = (done.width() as u32, done.height() as u32);
        let raster = Raster::from_pixels(w, h, &done.pixels);
        let place = (f64::from(done.rect[0]), f64::from(done.rect[1]));
        self.kept.push(Kept { item: item.clone(), scale, part, raster, place, turn: self.turn });
    }

    /// The surface of an item, and where it lies.
    pub(crate) fn find(&self, item: &DrawItem, filters: &Filters, map: Affine) -> Option<(&Arc<Raster>, Affine)> {
        let (scale, rest) = steps(item, map)?;
        let here = item.transform.then(map);
        let fits = |kept: &&Kept| {
            kept.turn == self.turn
                && kept.is_for(item, filters, scale)
                && kept.part.is_none_or(|(_, place)| place == here)
        };
        let kept = self.kept.iter().rfind(fits)?;
        Some((&kept.raster, Affine::translate(kept.place.0, kept.place.1).then(rest)))
    }
}

impl Kept {
    fn is_for(&self, item: &DrawItem, filters: &Filters, scale: (f64, f64)) -> bool {
        self.scale == scale && self.item.filters.as_deref() == Some(filters) && self.item.content.is_like(&item.content)
    }
}
