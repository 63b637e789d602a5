//! Textured triangles: what characters are drawn with.
//!
//! Two promises. *No seam, no overlap*: a pixel whose middle lies on an edge that two triangles
//! share belongs to exactly one of them. Proof: corners are rounded to 1/256 of a pixel, and which
//! side of an edge a middle lies on is decided in integers from the edge's two ends in one order, so
//! both triangles decide alike; what is on the edge goes to the one on its right (top-left rule).
//! *Smooth outlines*: along an edge that only one triangle has, coverage falls from one to nothing
//! over one pixel across it.

use crate::affine::Affine;
use crate::patch::Patch;
use crate::{kernel, wide};
use fearless_simd::{Bytes, Simd, SimdBase, dispatch, i32x8, u32x8};
use raster::{Level, Raster};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The most corners of a mesh.
pub const MAX_VERTICES: usize = 1 << 16;
/// The most triangles of a mesh.
pub const MAX_TRIANGLES: usize = 1 << 17;
/// The largest coordinate of a corner, in units of the mesh.
pub const MAX_PLACE: f32 = 100_000.0;

/// A corner of a triangle.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Vertex {
    /// Across, in units of the mesh.
    pub x: f32,
    /// Down.
    pub y: f32,
    /// Across the texture: 0 its left edge, 1 its right one.
    pub u: f32,
    /// Down the texture.
    pub v: f32,
}

/// Which corners make triangles, and which edges are outlines. Made once, shared by every pose.
#[derive(Debug, PartialEq)]
pub struct Topology {
    triangles: Vec<[u32; 3]>,
    /// One bit an edge (corner k to k + 1): only this triangle has it.
    outline: Vec<u8>,
    vertices: usize,
}

/// Why there is no mesh.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MeshError {
    /// Too many corners or triangles.
    #[error("{vertices} vertices and {triangles} triangles: at most {MAX_VERTICES} and {MAX_TRIANGLES} are allowed")]
    TooLarge {
        /// How many corners.
        vertices: usize,
        /// How many triangles.
        triangles: usize,
    },
    /// A triangle names a corner that there is not.
    #[error("triangle {triangle} names vertex {index}, and there are {vertices}")]
    NoSuchVertex {
        /// Which triangle.
        triangle: usize,
        /// What it names.
        index: u32,
        /// How many corners there are.
        vertices: usize,
    },
    /// A corner is nowhere.
    #[error("vertex {0} is not a finite number within 100000 units, or its u or v not within 16")]
    NotFinite(usize),
    /// Another number of corners than the topology is for.
    #[error("{got} vertices, and the topology is for {wanted}")]
    OtherCount {
        /// How many there are.
        got: usize,
        /// How many there should be.
        wanted: usize,
    },
}

impl Topology {
    /// Triangles over `vertices` corners.
    ///
    /// # Errors
    /// There are too many, or one names a corner that there is not.
    pub fn new(vertices: usize, triangles: Vec<[u32; 3]>) -> Result<Arc<Self>, MeshError> {
        if vertices > MAX_VERTICES || triangles.len() > MAX_TRIANGLES {
            return Err(MeshError::TooLarge { vertices, triangles: triangles.len() });
        }
        let mut users: HashMap<(u32, u32), u32> = HashMap::with_capacity(triangles.len() * 2);
        for (triangle, corners) in triangles.iter().enumerate() {
            if let Some(index) = corners.iter().find(|index| **index as usize >= vertices) {
                return Err(MeshError::NoSuchVertex { triangle, index: *index, vertices });
            }
            for k in 0..3 {
                *users.entry(edge(corners, k)).or_default() += 1;
            }
        }
        let outline = triangles
            .iter()
            .map(|corners| (0..3).fold(0, |bits, k| bits | u8::from(users[&edge(corners, k)] == 1) << k))
            .collect();
        Ok(Arc::new(Self { triangles, outline, vertices }))
    }
}

/// An edge by its corners, the same from both sides.
fn edge(corners: &[u32; 3], k: usize) -> (u32, u32) {
    let (a, b) = (corners[k], corners[(k + 1) % 3]);
    (a.min(b), a.max(b))
}

/// Triangles with a texture, in one pose. Later triangles lie over earlier ones.
#[derive(Debug)]
pub struct Mesh {
    texture: Arc<Raster>,
    topology: Arc<Topology>,
    vertices: Vec<Vertex>,
    extent: [f64; 4],
    /// Where it was drawn last.
    placed: Mutex<Option<(Affine, Arc<Placed>)>>,
}

impl PartialEq for Mesh {
    fn eq(&self, other: &Self) -> bool {
        self.texture.version() == other.texture.version()
            && (Arc::ptr_eq(&self.topology, &other.topology) || self.topology == other.topology)
            && self.vertices == other.vertices
    }
}

impl Mesh {
    /// A mesh in the pose that `vertices` give.
    ///
    /// # Errors
    /// There are more or fewer corners than the topology has, or one is not finite.
    pub fn new(texture: Arc<Raster>, topology: Arc<Topology>, vertices: Vec<Vertex>) -> Result<Arc<Self>, MeshError> {
        if vertices.len() != topology.vertices {
            return Err(MeshError::OtherCount { got: vertices.len(), wanted: topology.vertices });
        }
        let mut extent = [f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY];
        for (i, v) in vertices.iter().enumerate() {
            // Comparing like this also refuses NaN.
            let placed = v.x.abs() <= MAX_PLACE && v.y.abs() <= MAX_PLACE && v.u.abs() <= 16.0 && v.v.abs() <= 16.0;
            if !placed {
                return Err(MeshError::NotFinite(i));
            }
            let (x, y) = (f64::from(v.x), f64::from(v.y));
            extent = [extent[0].min(x), extent[1].min(y), extent[2].max(x), extent[3].max(y)];
        }
        if vertices.is_empty() {
            extent = [0.0; 4];
        }
        Ok(Arc::new(Self { texture, topology, vertices, extent, placed: Mutex::new(None) }))
    }

    /// The rectangle that holds it.
    pub(crate) fn extent(&self) -> [f64; 4] {
        self.extent
    }

    /// Lays the mesh over the part of a patch that lies in `rect`, or behind what is there: a figure
    /// of many parts is quicker from front to back, where what is covered is not sampled.
    pub(crate) fn draw(
        &self,
        simd: fearless_simd::Level,
        to_pixels: Affine,
        rect: [i32; 4],
        behind: bool,
        patch: &mut Patch<'_>,
    ) {
        let placed = self.placed(to_pixels);
        let (level, _) = self.texture.level_for(placed.shrink);
        if behind {
            dispatch!(simd, s => self.fill::<_, true>(s, level, &placed, rect, patch));
        } else {
            dispatch!(simd, s => self.fill::<_, false>(s, level, &placed, rect, patch));
        }
    }

    /// The mesh where a map puts it: worked out once, since a picture is drawn in many bands.
    fn placed(&self, to_pixels: Affine) -> Arc<Placed> {
        let mut last = self.placed.lock().unwrap_or_else(PoisonError::into_inner);
        match &*last {
            Some((map, placed)) if *map == to_pixels => placed.clone(),
            _ => {
                let placed = Arc::new(self.place(to_pixels));
                *last = Some((to_pixels, placed.clone()));
                placed
            }
        }
    }

    fn place(&self, to_pixels: Affine) -> Placed {
        let corners: Vec<(i64, i64)> = self
            .vertices
            .iter()
            .map(|v| {
                let (x, y) = to_pixels.apply((f64::from(v.x), f64::from(v.y)));
                let place = |v: f64| (v * 256.0).round().clamp(-1e9, 1e9) as i64;
                (place(x), place(y))
            })
            .collect();
        let rows = |indices: &[u32; 3]| {
            let [a, b, c] = indices.map(|i| (corners[i as usize].1 >> 8) as i32);
            // Outlines reach a pixel and a half out.
            (a.min(b).min(c) - 2, a.max(b).max(c) + 3)
        };
        let rows = self.topology.triangles.iter().map(rows).collect();
        Placed { shrink: self.shrink(&corners), corners, rows }
    }

    #[inline(always)]
    fn fill<S: Simd, const BEHIND: bool>(
        &self,
        s: S,
        level: &Level,
        placed: &Placed,
        rect: [i32; 4],
        patch: &mut Patch<'_>,
    ) {
        let size = (f64::from(level.width()), f64::from(level.height()));
        let count = self.topology.triangles.len();
        for i in 0..count {
            let i = if BEHIND { count - 1 - i } else { i };
            let (from, to) = placed.rows[i];
            if from >= rect[3] || to <= rect[1] {
                continue;
            }
            let (corners, outline) = (&self.topology.triangles[i], &self.topology.outline[i]);
            let at = corners.map(|i| placed.corners[i as usize]);
            let texels = corners.map(|i| {
                let v = self.vertices[i as usize];
                (f64::from(v.u) * size.0, f64::from(v.v) * size.1)
            });
            if let Some(triangle) = Triangle::new(at, texels, *outline, rect) {
                triangle.fill::<_, BEHIND>(s, level, patch);
            }
        }
    }

    /// How many texels come to lie on one pixel, on the whole.
    fn shrink(&self, placed: &[(i64, i64)]) -> f64 {
        let base = self.texture.base();
        let texels = f64::from(base.width()) * f64::from(base.height());
        let (mut source, mut target) = (0.0, 0.0);
        for corners in &self.topology.triangles {
            let [a, b, c] = corners.map(|i| placed[i as usize]);
            target += (((b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1)) as f64).abs() / 65_536.0;
            let [a, b, c] = corners.map(|i| self.vertices[i as usize]);
            source += f64::from((b.u - a.u) * (c.v - a.v) - (c.u - a.u) * (b.v - a.v)).abs() * texels;
        }
        if target > 0.0 { (source / target).sqrt() } else { 1.0 }
    }
}

/// A mesh where it is seen.
#[derive(Debug)]
struct Placed {
    /// How many texels come to lie on one pixel.
    shrink: f64,
    /// In 1/256 of a pixel.
    corners: Vec<(i64, i64)>,
    /// What rows each triangle may touch: most bands touch few.
    rows: Vec<(i32, i32)>,
}

/// A side of a triangle. Which side of the line a middle (x, y) lies on is the sign of
/// `(x - x0) dy - (y - y0) dx`, in 1/256 of a pixel each; dy is not negative.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    x0: i64,
    y0: i64,
    dx: i64,
    dy: i64,
    /// Whether the triangle lies where that is positive (to the right, or above).
    positive: bool,
    /// Half a pixel across the edge in the same measure where it is an outline, else 0.
    reach: i64,
    /// By how much of 255 cover grows in the same measure.
    steepness: f64,
}

/// A triangle to be filled, cut to the rectangle that is drawn.
struct Triangle {
    sides: [Side; 3],
    /// Rows that it touches, and those in which its level edges leave coverage whole.
    rows: (i32, i32),
    inner_rows: (i32, i32),
    columns: (i32, i32),
    soft: bool,
    /// Texel coordinates at the middle of pixel (0, 0), from the middle of the frame's first texel,
    /// and their steps across and down, in 1/2^32.
    u: (i64, i64, i64),
    v: (i64, i64, i64),
}

impl Triangle {
    /// `None` where nothing of it is seen.
    #[inline(always)]
    fn new(at: [(i64, i64); 3], texels: [(f64, f64); 3], outline: u8, rect: [i32; 4]) -> Option<Self> {
        let [a, b, c] = at;
        let area = (b.0 - a.0) * (c.1 - a.1) - (c.0 - a.0) * (b.1 - a.1);
        if area == 0 {
            return None;
        }
        // Outlines reach half a pixel out; at a sharp corner further, of which a pixel and a half is
        // drawn.
        let soft = if outline == 0 { 0 } else { 384 };
        let least = |v: [i64; 3]| v[0].min(v[1]).min(v[2]) - soft;
        let most = |v: [i64; 3]| v[0].max(v[1]).max(v[2]) + soft;
        let (xs, ys) = ([a.0, b.0, c.0], [a.1, b.1, c.1]);
        let pixel = |v: i64| (v >> 8).clamp(-1 << 30, 1 << 30) as i32;
        let mut rows = (pixel(least(ys)).max(rect[1]), (pixel(most(ys)) + 1).min(rect[3]));
        let columns = (pixel(least(xs)).max(rect[0]), (pixel(most(xs)) + 1).min(rect[2]));
        if rows.0 >= rows.1 || columns.0 >= columns.1 {
            return None;
        }
        let mut sides = [Side::default(); 3];
        let mut inner_rows = rows;
        for (k, side) in sides.iter_mut().enumerate() {
            let (p, q, other) = (at[k], at[(k + 1) % 3], at[(k + 2) % 3]);
            // Both triangles of an edge see it from the same end, the upper (then the left) one.
            let (p, q) = if (p.1, p.0) <= (q.1, q.0) { (p, q) } else { (q, p) };
            let (dx, dy) = (q.0 - p.0, q.1 - p.1);
            let positive = (other.0 - p.0) * dy - (other.1 - p.1) * dx > 0;
            let reach =
                if outline >> k & 1 == 1 { ((128.0 * ((dx * dx + dy * dy) as f64).sqrt()) as i64).max(1) } else { 0 };
            let steepness = 127.5 / reach.max(1) as f64;
            *side = Side { x0: p.0, y0: p.1, dx, dy, positive, reach, steepness };
            if dy == 0 {
                // A level edge. What lies on it is below it.
                let by = if reach > 0 { 128 } else { 0 };
                let row = |y: i64| pixel((y + 127).clamp(-1 << 37, 1 << 37));
                if positive {
                    rows.1 = rows.1.min(row(p.1 + by));
                    inner_rows.1 = inner_rows.1.min(row(p.1 - by));
                } else {
                    rows.0 = rows.0.max(row(p.1 - by));
                    inner_rows.0 = inner_rows.0.max(row(p.1 + by));
                }
            }
        }
        if rows.0 >= rows.1 {
            return None;
        }
        // The texture's plane through the corners.
        let scale = 256.0 / area as f64;
        let plane = |value: [f64; 3]| {
            let (e, f) = (value[1] - value[0], value[2] - value[0]);
            let across = (e * (c.1 - a.1) as f64 - f * (b.1 - a.1) as f64) * scale;
            let down = (f * (b.0 - a.0) as f64 - e * (c.0 - a.0) as f64) * scale;
            let origin = value[0] - across * a.0 as f64 / 256.0 - down * a.1 as f64 / 256.0;
            // A step of more than 2^17 texels, or a place that far off, is nothing anybody could see.
            let fixed = |v: f64, most: f64| (v * 4_294_967_296.0).clamp(-most, most) as i64;
            (fixed(origin + 0.5 * (across + down) + 0.5, 2e18), fixed(across, 5.6e14), fixed(down, 5.6e14))
        };
        let (u, v) = (plane(texels.map(|t| t.0)), plane(texels.map(|t| t.1)));
        Some(Self { sides, rows, inner_rows, columns, soft: outline != 0, u, v })
    }

    #[inline(always)]
    fn fill<S: Simd, const BEHIND: bool>(&self, s: S, level: &Level, patch: &mut Patch<'_>) {
        let mut outer = [Cut::default(); 3];
        let mut inner = [Cut::default(); 3];
        for k in 0..3 {
            outer[k] = Cut::new(&self.sides[k], self.rows.0, -self.sides[k].reach);
            if self.soft {
                inner[k] = Cut::new(&self.sides[k], self.rows.0, self.sides[k].reach);
            }
        }
        let line = Line::new(s, level, self.u.1, self.v.1);
        for y in self.rows.0..self.rows.1 {
            let (mut from, mut to) = self.columns;
            for cut in &mut outer {
                cut.narrow(&mut from, &mut to);
            }
            if !self.soft {
                if from < to {
                    let length = (to - from) as usize;
                    line.lay::<BEHIND>(s, patch.row_from(y, from), length, level, self.walk(from, y));
                }
                continue;
            }
            // Where coverage is whole.
            let (mut inner_from, mut inner_to) = self.columns;
            for cut in &mut inner {
                cut.narrow(&mut inner_from, &mut inner_to);
            }
            if from >= to {
                continue;
            }
            if !(self.inner_rows.0..self.inner_rows.1).contains(&y) {
                inner_to = inner_from;
            }
            let inner_from = inner_from.clamp(from, to);
            let inner_to = inner_to.clamp(inner_from, to);
            self.soft_edge::<BEHIND>(y, (from, inner_from), level, patch);
            if inner_from < inner_to {
                let length = (inner_to - inner_from) as usize;
                line.lay::<BEHIND>(s, patch.row_from(y, inner_from), length, level, self.walk(inner_from, y));
            }
            self.soft_edge::<BEHIND>(y, (inner_to, to), level, patch);
        }
    }

    /// Texel coordinates at a pixel: a function of the pixel alone, wherever a row is begun.
    #[inline(always)]
    fn walk(&self, x: i32, y: i32) -> (i64, i64) {
        let (x, y) = (i64::from(x), i64::from(y));
        (self.u.0 + self.u.1 * x + self.u.2 * y, self.v.0 + self.v.1 * x + self.v.2 * y)
    }

    /// Pixels that an outline crosses.
    #[inline(always)]
    fn soft_edge<const BEHIND: bool>(&self, y: i32, (from, to): (i32, i32), level: &Level, patch: &mut Patch<'_>) {
        if from >= to {
            return;
        }
        let middle = i64::from(y) * 256 + 128;
        for (x, under) in (from..to).zip(patch.row(y, from, to)) {
            if BEHIND && *under >> 24 == 255 {
                continue;
            }
            let mut cover = 255.0;
            for side in &self.sides {
                if side.reach > 0 {
                    let inside = (side.inside(i64::from(x) * 256 + 128, middle) + side.reach) as f64;
                    cover = f64::min(cover, inside * side.steepness);
                }
            }
            let cover = cover.clamp(0.0, 255.0) as u32;
            let sampled = kernel::scale(sample(level, self.walk(x, y)), cover);
            *under = if BEHIND { kernel::over(sampled, *under) } else { kernel::over(*under, sampled) };
        }
    }
}

impl Side {
    /// How far inside of the edge a point lies.
    #[inline(always)]
    fn inside(&self, x: i64, y: i64) -> i64 {
        let value = (x - self.x0) * self.dy - (y - self.y0) * self.dx;
        if self.positive { value } else { -value }
    }
}

/// Where a side cuts each row, row by row: the first pixel whose middle lies at least so far inside
/// of it (or, for a side on the right, outside). A quotient that is stepped with its remainder, since
/// dividing for each row would cost more than the pixels of a small triangle.
#[derive(Clone, Copy, Default)]
struct Cut {
    /// 1: a left side, -1: a right one, 0: a level one, which cuts no row.
    way: i32,
    at: i64,
    rest: i64,
    step: i64,
    rest_step: i64,
    divisor: i64,
}

impl Cut {
    #[inline(always)]
    fn new(side: &Side, row: i32, least: i64) -> Self {
        if side.dy == 0 {
            return Self::default();
        }
        // Pixel x lies at 256 x + 128: inside where (256 x + 128 - x0) dy - (y - y0) dx >= least.
        let middle = i64::from(row) * 256 + 128;
        let start = (side.x0 - 128) * side.dy + (middle - side.y0) * side.dx;
        let start = if side.positive { start + least } else { start - least };
        let divisor = 256 * side.dy;
        // Rounded up.
        let start = start + divisor - 1;
        let step = 256 * side.dx;
        Self {
            way: if side.positive { 1 } else { -1 },
            at: start.div_euclid(divisor),
            rest: start.rem_euclid(divisor),
            step: step.div_euclid(divisor),
            rest_step: step.rem_euclid(divisor),
            divisor,
        }
    }

    /// Narrows a run of pixels to those inside, and goes on to the next row.
    #[inline(always)]
    fn narrow(&mut self, from: &mut i32, to: &mut i32) {
        let at = self.at.clamp(-1 << 30, 1 << 30) as i32;
        match self.way {
            0 => return,
            1 => *from = (*from).max(at),
            _ => *to = (*to).min(at),
        }
        self.at += self.step;
        self.rest += self.rest_step;
        // Nobody could predict a branch here.
        let carry = i64::from(self.rest >= self.divisor);
        self.rest -= self.divisor & -carry;
        self.at += carry;
    }
}

/// The texel at a place, bilinear; clear outside of the level.
#[inline(always)]
fn sample(level: &Level, (u, v): (i64, i64)) -> u32 {
    let (pixels, stride) = (level.framed_pixels(), level.stride());
    let u = (u >> 16).clamp(0, (i64::from(level.width()) + 1) * 65536 - 1) as u32;
    let v = (v >> 16).clamp(0, (i64::from(level.height()) + 1) * 65536 - 1) as u32;
    let at = (v >> 16) as usize * stride + (u >> 16) as usize;
    let (fx, fy) = (u >> 8 & 255, v >> 8 & 255);
    match (pixels.get(at..at + 2), pixels.get(at + stride..at + stride + 2)) {
        (Some(top), Some(bottom)) => {
            kernel::lerp(kernel::lerp(top[0], bottom[0], fy), kernel::lerp(top[1], bottom[1], fy), fx)
        }
        _ => 0,
    }
}

/// A line through the texture, eight pixels at a time.
struct Line<S: Simd> {
    step: (i64, i64),
    across: Steps<S>,
    down: Steps<S>,
    /// The last place in the frame, in 1/65536.
    most: (i32, i32),
    /// Whether steps are so small that nothing overflows.
    gentle: bool,
}

/// Eight steps, each exact: the high 16.16 bits and the low sixteen are stepped apart, and the carry
/// is added.
#[derive(Clone, Copy)]
struct Steps<S: Simd> {
    high: i32x8<S>,
    low: i32x8<S>,
}

impl<S: Simd> Steps<S> {
    #[inline(always)]
    fn new(s: S, step: i64) -> Self {
        let lanes = i32x8::from_slice(s, &[0, 1, 2, 3, 4, 5, 6, 7]);
        let (high, low) = ((step >> 16) as i32, (step & 0xffff) as i32);
        Self { high: lanes * i32x8::splat(s, high), low: lanes * i32x8::splat(s, low) }
    }

    /// In 1/65536, for the eight pixels from `start` on, kept within 0 to `most`.
    #[inline(always)]
    fn from(self, s: S, start: i64, most: i32) -> i32x8<S> {
        let carry = (self.low + i32x8::splat(s, (start & 0xffff) as i32)) >> 16;
        let at = i32x8::splat(s, (start >> 16) as i32) + self.high + carry;
        at.max(i32x8::splat(s, 0)).min(i32x8::splat(s, most))
    }
}

impl<S: Simd> Line<S> {
    #[inline(always)]
    fn new(s: S, level: &Level, du: i64, dv: i64) -> Self {
        Self {
            step: (du, dv),
            across: Steps::new(s, du),
            down: Steps::new(s, dv),
            most: ((level.width() as i32 + 1) * 65536 - 1, (level.height() as i32 + 1) * 65536 - 1),
            gentle: du.abs() < 1 << 39 && dv.abs() < 1 << 39,
        }
    }

    /// Lays what lies along the line, from a place on, over the first `length` pixels of a row. The
    /// row goes on beyond them where the picture does, so that the last eight can be taken whole.
    #[inline(always)]
    fn lay<const BEHIND: bool>(&self, s: S, row: &mut [u32], length: usize, level: &Level, (mut u, mut v): (i64, i64)) {
        let (du, dv) = self.step;
        let (row8, rest) = row.as_chunks_mut::<8>();
        let mut left = length as u32;
        for under in row8.iter_mut().take(length.div_ceil(8)) {
            self.lay8::<BEHIND>(s, under, left, level, (u, v));
            (u, v) = (u + 8 * du, v + 8 * dv);
            left = left.saturating_sub(8);
        }
        // At the right edge of what is drawn.
        if left > 0 {
            let count = (left as usize).min(rest.len());
            let mut under = [0; 8];
            under[..count].copy_from_slice(&rest[..count]);
            self.lay8::<BEHIND>(s, &mut under, left, level, (u, v));
            rest[..count].copy_from_slice(&under[..count]);
        }
    }

    /// Where eight pixels fall on one or two rows of nine texels, which is what happens unless the
    /// texture is turned far or shrunk, they are loads and shuffles of three rows instead of 32 loads.
    #[inline(always)]
    fn lay8<const BEHIND: bool>(&self, s: S, under: &mut [u32; 8], left: u32, level: &Level, (u, v): (i64, i64)) {
        let before = u32x8::from_slice(s, under);
        // Only the first `left` are to be drawn.
        let lanes = u32x8::from_slice(s, &[0, 1, 2, 3, 4, 5, 6, 7]);
        let drawn = s.simd_lt_u32x8(lanes, u32x8::splat(s, left));
        if BEHIND && wide::is_opaque(s, s.select_u32x8(drawn, before, u32x8::splat(s, u32::MAX))) {
            return;
        }
        let (du, dv) = self.step;
        let (pixels, stride) = (level.framed_pixels(), level.stride());
        if !(self.gentle && u.abs() < 1 << 46 && v.abs() < 1 << 46) {
            for (k, under) in under.iter_mut().take(left as usize).enumerate() {
                let sampled = sample(level, (u + k as i64 * du, v + k as i64 * dv));
                *under = if BEHIND { kernel::over(sampled, *under) } else { kernel::over(*under, sampled) };
            }
            return;
        }
        let row_and_column = |at: i64, most: i32| (at >> 16).clamp(0, i64::from(most)) as i32 >> 16;
        let (u0, u7) = (row_and_column(u, self.most.0), row_and_column(u + 7 * du, self.most.0));
        let (v0, v7) = (row_and_column(v, self.most.1), row_and_column(v + 7 * dv, self.most.1));
        let (left_texel, top) = (u0.min(u7), v0.min(v7));
        let base = top as usize * stride + left_texel as usize;
        let (us, vs) = (self.across.from(s, u, self.most.0), self.down.from(s, v, self.most.1));
        let low = i32x8::splat(s, 0xff);
        let fx: u32x8<S> = ((us >> 8) & low).bitcast();
        let fy: u32x8<S> = ((vs >> 8) & low).bitcast();
        let (mut t0, mut t1, mut b0, mut b1);
        match pixels.get(base..base + 2 * stride + 9) {
            Some(window) if u0.abs_diff(u7) <= 7 && v0.abs_diff(v7) <= 1 => {
                let index: u32x8<S> = ((us >> 16) - i32x8::splat(s, left_texel)).bitcast();
                let second = &window[stride..stride + 9];
                t0 = wide::pick(s, u32x8::from_slice(s, &window[..8]), index);
                t1 = wide::pick(s, u32x8::from_slice(s, &window[1..9]), index);
                b0 = wide::pick(s, u32x8::from_slice(s, &second[..8]), index);
                b1 = wide::pick(s, u32x8::from_slice(s, &second[1..]), index);
                if v0 != v7 {
                    let third = &window[2 * stride..2 * stride + 9];
                    let c0 = wide::pick(s, u32x8::from_slice(s, &third[..8]), index);
                    let c1 = wide::pick(s, u32x8::from_slice(s, &third[1..]), index);
                    let upper = s.simd_eq_i32x8(vs >> 16, i32x8::splat(s, top));
                    (t0, t1) = (s.select_u32x8(upper, t0, b0), s.select_u32x8(upper, t1, b1));
                    (b0, b1) = (s.select_u32x8(upper, b0, c0), s.select_u32x8(upper, b1, c1));
                }
            }
            // A little shrunk: from seventeen texels.
            Some(window) if u0.abs_diff(u7) <= 15 && v0 == v7 && stride >= 8 => {
                let index: u32x8<S> = ((us >> 16) - i32x8::splat(s, left_texel)).bitcast();
                let second = &window[stride..stride + 17];
                t0 = wide::pick16(s, &window[..16], index);
                t1 = wide::pick16(s, &window[1..17], index);
                b0 = wide::pick16(s, &second[..16], index);
                b1 = wide::pick16(s, &second[1..], index);
            }
            _ => {
                let mut at = [0i32; 8];
                ((vs >> 16) * i32x8::splat(s, stride as i32) + (us >> 16)).store_slice(&mut at);
                let mut texels = [[0u32; 8]; 4];
                for k in 0..8 {
                    let at = at[k] as usize;
                    let (upper, lower) = (pixels.get(at..at + 2), pixels.get(at + stride..at + stride + 2));
                    if let (Some(upper), Some(lower)) = (upper, lower) {
                        (texels[0][k], texels[1][k]) = (upper[0], upper[1]);
                        (texels[2][k], texels[3][k]) = (lower[0], lower[1]);
                    }
                }
                t0 = u32x8::from_slice(s, &texels[0]);
                t1 = u32x8::from_slice(s, &texels[1]);
                b0 = u32x8::from_slice(s, &texels[2]);
                b1 = u32x8::from_slice(s, &texels[3]);
            }
        }
        let fy = wide::twice(fy);
        let sampled = wide::lerp(s, wide::lerp(s, t0, b0, fy), wide::lerp(s, t1, b1, fy), wide::twice(fx));
        let laid = if BEHIND { wide::over(s, sampled, before) } else { wide::over(s, before, sampled) };
        s.select_u32x8(drawn, laid, before).store_slice(under);
    }
}
