//! The canvas that writes down what is to be drawn, for the graphics card to do.
//!
//! The operations and their sixteen words are those of `shader.wgsl`. Since each pixel is a function
//! of its own place, all layers of a picture become a stack that each pixel has for itself: a
//! picture is one dispatch, whatever it is made of.

use crate::affine::Affine;
use crate::brush::draw_meshes;
use crate::draw::{Below, Canvas, Drawing, Ground, hiding};
use crate::list::{DisplayList, DrawItem, Sampling, intersect, is_empty};
use crate::patch::Patch;
use crate::sample::{self, Way, fixed, texel};
use crate::surface::Surfaces;
use fearless_simd::Level as SimdLevel;
use raster::{Level, Raster};
use scene::BlendMode;
use std::sync::Arc;

/// Words of an operation.
const WORDS: usize = 16;
/// The stacks that a pixel may have: most pictures need but a shallow one, which fits into registers.
pub(super) const DEPTHS: [usize; 2] = [4, 64];

#[derive(Clone, Copy)]
#[repr(u32)]
enum Op {
    Blit,
    Stretch,
    Turn,
    Nearest,
    Push,
    Lay,
    Multiply,
    FillRect,
    Mix,
    LayResult,
    Replace,
}

/// Pixels that the card has to have: a raster's level.
#[derive(Clone)]
pub(super) struct Texture {
    raster: Arc<Raster>,
    halvings: u32,
}

impl Texture {
    /// No other level of any raster has it.
    pub(super) fn key(&self) -> (u64, u32) {
        (self.raster.version(), self.halvings)
    }

    pub(super) fn level(&self) -> &Level {
        self.raster.level_for(f64::from(self.halvings).exp2()).0
    }
}

/// What a picture's pixels are made by.
pub(super) struct Program {
    pub(super) textures: Vec<Texture>,
    /// Operations, tables, and ranges and places of tiles.
    code: Vec<u32>,
    /// Words of the code that are places in a texture.
    texture_words: Vec<(usize, usize)>,
    /// Where the tiles begin.
    pub(super) tiles_at: u32,
    pub(super) tiles: u32,
    /// Which of the stacks is deep enough.
    pub(super) depth: usize,
}

impl Program {
    /// The code, where the textures lie at `places`.
    pub(super) fn placed(mut self, places: &[u32]) -> Vec<u32> {
        for (word, texture) in &self.texture_words {
            self.code[*word] = places[*texture];
        }
        self.code
    }

    /// The program of a list for the given tiles (left, top, right, bottom) of a picture; `None` where
    /// it takes a deeper stack than there is.
    pub(super) fn of(
        list: &DisplayList,
        surfaces: &Surfaces,
        sheets: &mut Sheets,
        tiles: impl Iterator<Item = [u32; 4]>,
        whole: [i32; 4],
    ) -> Option<Self> {
        let bounds: Vec<[i32; 4]> = list.items.iter().map(|item| item.bounds(Affine::IDENTITY, whole)).collect();
        let tiles: Vec<[u32; 4]> = tiles.collect();
        // Only items that a tile sees are written down.
        let seen_by = |tile: [i32; 4]| {
            let from = hiding(list, 0, &bounds, tile).unwrap_or(0);
            let bounds = &bounds;
            (from..list.items.len()).filter(move |i| !is_empty(intersect(bounds[*i], tile)))
        };
        let mut seen = vec![false; list.items.len()];
        for tile in &tiles {
            seen_by(tile.map(|v| v as i32)).for_each(|i| seen[i] = true);
        }
        let mut recorder = Recorder::new(whole, sheets);
        let mut ranges = Vec::with_capacity(list.items.len());
        for (item, seen) in list.items.iter().zip(&seen) {
            let from = recorder.next();
            if *seen {
                Drawing { canvas: &mut recorder, surfaces }.draw_item(item, Affine::IDENTITY);
            }
            ranges.push([from, recorder.next()]);
        }
        let depth = DEPTHS.iter().position(|depth| recorder.deepest < *depth)?;
        let Recorder { ops: mut code, tables, table_words, texture_words, textures, .. } = recorder;
        for word in table_words {
            code[word] += code.len() as u32;
        }
        code.extend_from_slice(&tables);
        let mut places = Vec::with_capacity(tiles.len() * 4);
        for tile in &tiles {
            let first = code.len() as u32;
            // Neighbours in the list are neighbours in the code.
            let mut last: Option<[u32; 2]> = None;
            for [from, end] in seen_by(tile.map(|v| v as i32)).map(|i| ranges[i]) {
                match &mut last {
                    Some(last) if last[1] == from => last[1] = end,
                    _ => {
                        code.extend(last.into_iter().flatten());
                        last = Some([from, end]);
                    }
                }
            }
            code.extend(last.into_iter().flatten());
            places.extend([tile[0], tile[1], first, (code.len() as u32 - first) / 2]);
        }
        let tiles_at = code.len() as u32;
        code.extend_from_slice(&places);
        Some(Self { textures, code, texture_words, tiles_at, tiles: tiles.len() as u32, depth })
    }
}

/// Meshes are drawn by the CPU, for triangles want the same exact edges on both back ends; what is
/// drawn stays for as long as they do not move.
#[derive(Default)]
pub(super) struct Sheets {
    kept: Vec<Sheet>,
    turn: u64,
}

struct Sheet {
    meshes: Vec<DrawItem>,
    map: Affine,
    rect: [i32; 4],
    raster: Arc<Raster>,
    turn: u64,
}

impl Sheets {
    /// Begins another picture; what the last one did not use goes.
    pub(super) fn begin(&mut self) {
        let turn = self.turn;
        self.kept.retain(|sheet| sheet.turn == turn);
        self.turn += 1;
    }

    fn sheet(&mut self, meshes: &[DrawItem], map: Affine, rect: [i32; 4], clear: bool) -> Arc<Raster> {
        let alike = |sheet: &Sheet| {
            sheet.rect == rect
                && sheet.map == map
                && sheet.meshes.len() == meshes.len()
                && sheet.meshes.iter().zip(meshes).all(|(a, b)| a.draws_like(b))
        };
        if let Some(sheet) = self.kept.iter_mut().find(|sheet| alike(sheet)) {
            sheet.turn = self.turn;
            return sheet.raster.clone();
        }
        let (width, height) = ((rect[2] - rect[0]) as u32, (rect[3] - rect[1]) as u32);
        let mut pixels = vec![0; width as usize * height as usize];
        draw_meshes(SimdLevel::new(), meshes, map, rect, clear, &mut Patch::new(&mut pixels, rect));
        let raster = Raster::from_pixels(width, height, &pixels);
        self.kept.push(Sheet { meshes: meshes.to_vec(), map, rect, raster: raster.clone(), turn: self.turn });
        raster
    }
}

struct Recorder<'a> {
    ops: Vec<u32>,
    tables: Vec<u32>,
    /// Words of the operations that are places in the tables.
    table_words: Vec<usize>,
    texture_words: Vec<(usize, usize)>,
    textures: Vec<Texture>,
    whole: [i32; 4],
    /// The layers above the picture: their rectangles, and the operations that pushed them.
    layers: Vec<([i32; 4], u32)>,
    deepest: usize,
    sheets: &'a mut Sheets,
}

impl<'a> Recorder<'a> {
    fn new(whole: [i32; 4], sheets: &'a mut Sheets) -> Self {
        Self {
            ops: Vec::new(),
            tables: Vec::new(),
            table_words: Vec::new(),
            texture_words: Vec::new(),
            textures: Vec::new(),
            whole,
            layers: Vec::new(),
            deepest: 0,
            sheets,
        }
    }

    /// The next operation.
    fn next(&self) -> u32 {
        (self.ops.len() / WORDS) as u32
    }

    /// Writes an operation; gives where its words begin.
    fn op(&mut self, op: Op, a: u32, rect: [i32; 4], more: &[u32]) -> usize {
        let at = self.ops.len();
        self.ops.extend([op as u32, a]);
        self.ops.extend(rect.map(|v| v as u32));
        self.ops.extend_from_slice(more);
        self.ops.resize(at + WORDS, 0);
        at
    }

    /// Takes layers off the stack: pixels outside of them go on after the next operation.
    fn pop(&mut self, count: usize) {
        let after = self.next() + 1;
        for (_, push) in self.layers.drain(self.layers.len().saturating_sub(count)..) {
            self.ops[push as usize * WORDS + 1] = after;
        }
    }

    /// Makes a word the place of a table.
    fn table(&mut self, word: usize, table: impl IntoIterator<Item = u32>) {
        self.ops[word] = self.tables.len() as u32;
        self.table_words.push(word);
        self.tables.extend(table);
    }
}

fn words(v: i64) -> [u32; 2] {
    [v as u32, (v >> 32) as u32]
}

impl Canvas for Recorder<'_> {
    fn rect(&self) -> [i32; 4] {
        self.layers.last().map_or(self.whole, |(rect, _)| *rect)
    }

    fn raster(&mut self, raster: &Arc<Raster>, sampling: Sampling, transform: Affine, opacity: u32, rect: [i32; 4]) {
        let Some((way, level, halvings)) = sample::way(raster, sampling, transform) else { return };
        let (stride, [left, top, right, bottom]) = (level.stride() as u32, rect);
        let size = [level.width(), level.height()];
        let along = |inverse: Affine, shift: f64| -> (Vec<u32>, [u32; 4]) {
            let rows = (top..bottom).flat_map(|y| {
                let (u, v) = inverse.apply((0.5, f64::from(y) + 0.5));
                let ([a, b], [c, d]) = (words(fixed(u + shift)), words(fixed(v + shift)));
                [a, b, c, d]
            });
            let ([a, b], [c, d]) = (words(fixed(inverse.a)), words(fixed(inverse.b)));
            (rows.collect(), [a, b, c, d])
        };
        let at = match way {
            Way::Blit((x, y)) => {
                let rect = sample::shared(level, (x, y), rect).map(|v| v as i32);
                self.op(Op::Blit, opacity, rect, &[0, stride, x as u32, y as u32])
            }
            Way::Stretch(t) => {
                let columns = (left..right).map(|x| texel(x, t.e, t.a, size[0]).unwrap_or(u32::MAX));
                let lines = (top..bottom).map(|y| texel(y, t.f, t.d, size[1]).unwrap_or(u32::MAX));
                let at = self.op(Op::Stretch, opacity, rect, &[0, stride]);
                self.table(at + 8, columns);
                self.table(at + 9, lines);
                at
            }
            Way::Turn(inverse) => {
                let (rows, [a, b, c, d]) = along(inverse, 0.5);
                let more = [0, stride, 0, size[0] + 1, size[1] + 1, a, b, c, d];
                let at = self.op(Op::Turn, opacity, rect, &more);
                self.table(at + 8, rows);
                at
            }
            Way::Nearest(inverse) => {
                let (rows, [a, b, c, d]) = along(inverse, 0.0);
                let at = self.op(Op::Nearest, opacity, rect, &[0, stride, 0, size[0], size[1], a, b, c, d]);
                self.table(at + 8, rows);
                at
            }
        };
        let texture = Texture { raster: raster.clone(), halvings };
        let known = self.textures.iter().position(|t| t.key() == texture.key());
        let index = known.unwrap_or_else(|| {
            self.textures.push(texture);
            self.textures.len() - 1
        });
        self.texture_words.push((at + 6, index));
    }

    fn meshes(&mut self, meshes: &[DrawItem], map: Affine, rect: [i32; 4], clear: bool) {
        let bounds = meshes.iter().map(|mesh| mesh.bounds(map, rect)).filter(|bounds| !is_empty(*bounds));
        let around = |a: [i32; 4], b: [i32; 4]| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])];
        if let Some(rect) = bounds.reduce(around) {
            let sheet = self.sheets.sheet(meshes, map, rect, clear);
            let place = Affine::translate(f64::from(rect[0]), f64::from(rect[1]));
            self.raster(&sheet, Sampling::Smooth, place, 255, rect);
        }
    }

    fn fill_rect(&mut self, map: Affine, [left, top, right, bottom]: [f64; 4]) {
        let rect = self.rect();
        let Some(inverse) = map.inverse() else { return };
        let (sx, sy) = map.scale_factors();
        // Distances from both edges at the layer's corner, so that 32 bits are enough near either.
        let (u, v) = inverse.apply((f64::from(rect[0]) + 0.5, f64::from(rect[1]) + 0.5));
        let (width, height) = (right - left, bottom - top);
        let narrow = |length: f64, scale: f64| (length * scale).clamp(0.0, 1.0);
        let numbers = [
            [inverse.a, inverse.c, u - left, right - u],
            [inverse.b, inverse.d, v - top, bottom - v],
            [sx, sy, narrow(width, sx), narrow(height, sy)],
        ];
        let at = self.op(Op::FillRect, 0, rect, &[]);
        self.table(at + 7, numbers.into_iter().flatten().map(|v| (v as f32).to_bits()));
    }

    fn push(&mut self, rect: [i32; 4], ground: Ground) {
        let (kind, white) = match ground {
            Ground::Clear => (0, 0),
            Ground::Copy => (1, 0),
            Ground::White(alpha) => (2, u32::from(alpha) * 0x0101_0101),
        };
        let push = self.next();
        self.op(Op::Push, 0, rect, &[kind, white]);
        self.layers.push((rect, push));
        self.deepest = self.deepest.max(self.layers.len());
    }

    fn lay(&mut self, mode: BlendMode, opacity: u32) {
        self.pop(1);
        self.op(Op::Lay, mode as u32, [0; 4], &[opacity]);
    }

    fn multiply(&mut self, luminance: bool, inverted: bool) {
        self.pop(1);
        self.op(Op::Multiply, u32::from(luminance) | u32::from(inverted) << 1, [0; 4], &[]);
    }

    fn mix(&mut self) {
        self.pop(2);
        self.op(Op::Mix, 0, [0; 4], &[]);
    }

    fn lay_result(&mut self, mode: BlendMode) {
        self.pop(3);
        self.op(Op::LayResult, mode as u32, [0; 4], &[]);
    }

    fn replace(&mut self, mode: BlendMode, opacity: u32, ground: Option<Below>) {
        self.pop(1);
        self.op(Op::Replace, mode as u32, [0; 4], &[opacity, u32::from(ground.is_some())]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_card_counts_blend_modes_as_the_text_does() {
        for (i, mode) in BlendMode::ALL.into_iter().enumerate() {
            assert_eq!(mode as usize, i);
        }
    }
}
