//! The raster: pixels that never change, ready for the sampler.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

/// Immutable premultiplied pixels with the geometry of the box that they fill.
#[derive(Debug)]
pub struct Raster {
    version: u64,
    base: Level,
    /// The box's corner in pixels of the raster; shadows and strokes reach outside of the box.
    origin: (f64, f64),
    /// The box's size in units of the layer.
    size: (f64, f64),
    /// Pixels of the raster per unit of the layer.
    scale: f64,
    opaque: bool,
    /// Each half the size of the one before; made when the raster is first drawn small.
    smaller: OnceLock<Vec<Level>>,
}

/// One resolution of a raster: rows of premultiplied RGBA, one `u32` a pixel with red in the lowest
/// byte, framed by one clear pixel on every side, so that a bilinear sampler needs no special case
/// at the edge.
#[derive(Debug)]
pub struct Level {
    width: u32,
    height: u32,
    pixels: Vec<u32>,
}

impl Level {
    /// Frames `pixels` (`width` x `height`, premultiplied, tightly packed).
    fn framed(width: u32, height: u32, pixels: impl Fn(usize, usize) -> u32) -> Self {
        let (w, h) = (width as usize, height as usize);
        let stride = w + 2;
        let mut framed = vec![0u32; stride * (h + 2)];
        for (y, row) in framed.chunks_exact_mut(stride).skip(1).take(h).enumerate() {
            for (x, pixel) in row[1..=w].iter_mut().enumerate() {
                *pixel = pixels(x, y);
            }
        }
        Self { width, height, pixels: framed }
    }

    /// The same, row by row.
    fn framed_rows(width: u32, height: u32, pixels: &[u32]) -> Self {
        let (w, h) = (width as usize, height as usize);
        let stride = w + 2;
        let mut framed = vec![0u32; stride * (h + 2)];
        for (target, row) in framed.chunks_exact_mut(stride).skip(1).zip(pixels.chunks_exact(w.max(1))) {
            target[1..=w].copy_from_slice(row);
        }
        Self { width, height, pixels: framed }
    }

    /// Pixels across, without the frame.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down, without the frame.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The length of a framed row.
    #[must_use]
    pub fn stride(&self) -> usize {
        self.width as usize + 2
    }

    /// All pixels, with the frame: pixel (x, y) is at `(y + 1) * stride + x + 1`.
    #[must_use]
    pub fn framed_pixels(&self) -> &[u32] {
        &self.pixels
    }

    /// Row `y` without the frame.
    #[must_use]
    pub fn row(&self, y: u32) -> &[u32] {
        let start = (y as usize + 1) * self.stride() + 1;
        &self.pixels[start..start + self.width as usize]
    }

    /// Half the size.
    fn halved(&self) -> Self {
        let pixels = half_of(self.width, self.height, |x, y| self.row(y)[x as usize]);
        Self::framed_rows(self.width.div_ceil(2), self.height.div_ceil(2), &pixels)
    }
}

/// Half of `width` x `height` pixels: each the rounded mean of four.
fn half_of(width: u32, height: u32, at: impl Fn(u32, u32) -> u32) -> Vec<u32> {
    let (w, h) = (width.div_ceil(2), height.div_ceil(2));
    let mut pixels = Vec::with_capacity(w as usize * h as usize);
    for y in 0..h {
        // The last row or column of an odd size counts twice.
        let (y0, y1) = (2 * y, (2 * y + 1).min(height - 1));
        for x in 0..w {
            let (x0, x1) = (2 * x, (2 * x + 1).min(width - 1));
            let (mut low, mut high) = (0x0002_0002u32, 0x0002_0002u32);
            for p in [at(x0, y0), at(x1, y0), at(x0, y1), at(x1, y1)] {
                low += p & 0x00ff_00ff;
                high += (p >> 8) & 0x00ff_00ff;
            }
            pixels.push(((low >> 2) & 0x00ff_00ff) | (((high >> 2) & 0x00ff_00ff) << 8));
        }
    }
    pixels
}

impl Raster {
    /// A raster of `width` x `height` premultiplied RGBA bytes, whose box begins at `origin`
    /// (pixels), measures `size` (units of the layer) and has `scale` pixels a unit.
    ///
    /// # Panics
    /// Where `rgba` has not `width * height * 4` bytes.
    #[must_use]
    pub fn new(width: u32, height: u32, rgba: &[u8], origin: (f64, f64), size: (f64, f64), scale: f64) -> Arc<Self> {
        assert_eq!(rgba.len(), width as usize * height as usize * 4, "a raster's bytes fit its size");
        assert!(width > 0 && height > 0, "a raster has pixels");
        let pixels = rgba.as_chunks::<4>().0;
        let w = width as usize;
        Arc::new(Self {
            version: next_version(),
            base: Level::framed(width, height, |x, y| u32::from_le_bytes(pixels[y * w + x])),
            origin,
            size,
            scale,
            opaque: pixels.iter().all(|p| p[3] == 255),
            smaller: OnceLock::new(),
        })
    }

    /// A raster of premultiplied pixels (red in the lowest byte), `width` x `height`, that is its own
    /// box at one pixel a unit.
    ///
    /// # Panics
    /// Where there are not `width * height` pixels.
    #[must_use]
    pub fn from_pixels(width: u32, height: u32, pixels: &[u32]) -> Arc<Self> {
        Arc::new(Self::owned(width, height, pixels))
    }

    fn owned(width: u32, height: u32, pixels: &[u32]) -> Self {
        assert_eq!(pixels.len(), width as usize * height as usize, "a raster's pixels fit its size");
        assert!(width > 0 && height > 0, "a raster has pixels");
        Self {
            version: next_version(),
            base: Level::framed_rows(width, height, pixels),
            origin: (0.0, 0.0),
            size: (f64::from(width), f64::from(height)),
            scale: 1.0,
            opaque: pixels.iter().all(|p| p >> 24 == 255),
            smaller: OnceLock::new(),
        }
    }

    /// One white pixel.
    #[must_use]
    pub fn white() -> Arc<Self> {
        static WHITE: OnceLock<Arc<Raster>> = OnceLock::new();
        WHITE.get_or_init(|| Self::from_pixels(1, 1, &[u32::MAX])).clone()
    }

    /// Premultiplied RGBA bytes, halved as often as they can be and at most `times` times; at least
    /// once. Their box is the picture's own. The same pixels as those of [`Raster::level_for`], made
    /// strip by strip: what is in between is never there as a whole.
    pub(crate) fn halved(width: u32, height: u32, rgba: &[u8], times: u32) -> Arc<Self> {
        let most = width.max(height).next_power_of_two().trailing_zeros();
        let times = times.clamp(1, most.max(1));
        let shrunk = |side: u32| (0..times).fold(side, |side, _| side.div_ceil(2));
        let (w, h) = (shrunk(width), shrunk(height));
        let mut pixels = Vec::with_capacity(w as usize * h as usize);
        for strip in rgba.chunks((width as usize * 4) << times) {
            let (mut across, mut down) = (width, (strip.len() / 4) as u32 / width);
            let mut rows: Vec<u32> = Vec::new();
            for halving in 0..times {
                let source = strip.as_chunks::<4>().0;
                let at = |x: u32, y: u32| {
                    let at = y as usize * across as usize + x as usize;
                    if halving == 0 { u32::from_le_bytes(source[at]) } else { rows[at] }
                };
                rows = half_of(across, down, at);
                (across, down) = (across.div_ceil(2), down.div_ceil(2));
            }
            pixels.extend(rows);
        }
        let mut raster = Self::owned(w, h, &pixels);
        raster.size = (f64::from(width), f64::from(height));
        raster.scale = f64::from(times).exp2().recip();
        Arc::new(raster)
    }

    /// A number that no other raster of this process has.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// The full resolution.
    #[must_use]
    pub fn base(&self) -> &Level {
        &self.base
    }

    /// The resolution that is nearest to `shrink` (1 and more: how many of the raster's pixels come
    /// to lie on one pixel of the picture), and how often the base was halved for it. What is left
    /// for the sampler is a factor between 0.71 and 1.41, where bilinear sampling neither shimmers
    /// nor blurs much.
    #[must_use]
    pub fn level_for(&self, shrink: f64) -> (&Level, u32) {
        let halvings = if shrink > 1.0 { shrink.log2().round() as u32 } else { 0 };
        if halvings == 0 {
            return (&self.base, 0);
        }
        let levels = self.smaller.get_or_init(|| {
            let mut levels: Vec<Level> = Vec::new();
            loop {
                let last = levels.last().unwrap_or(&self.base);
                if last.width == 1 && last.height == 1 {
                    return levels;
                }
                levels.push(last.halved());
            }
        });
        match levels.get(halvings as usize - 1).or(levels.last()) {
            Some(level) => (level, halvings.min(levels.len() as u32)),
            None => (&self.base, 0),
        }
    }

    /// Where the box's top left corner is, in pixels of the full resolution.
    #[must_use]
    pub fn origin(&self) -> (f64, f64) {
        self.origin
    }

    /// The size of the box in units of the layer.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        self.size
    }

    /// Pixels of the full resolution per unit of the layer.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Whether every pixel is opaque.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        self.opaque
    }

    /// Memory that it takes, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let of = |level: &Level| level.pixels.len() * 4;
        of(&self.base) + self.smaller.get().map_or(0, |levels| levels.iter().map(of).sum())
    }
}

fn next_version() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// Straight alpha to premultiplied, rounded to nearest, in place.
pub(crate) fn premultiply(rgba: &mut [u8]) {
    for p in rgba.as_chunks_mut::<4>().0 {
        let a = u32::from(p[3]);
        if a != 255 {
            for c in &mut p[..3] {
                *c = ((u32::from(*c) * a + 127) / 255) as u8;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_is_framed_by_clear_pixels_and_halves_to_the_mean() {
        let rgba: Vec<u8> = [[10, 0, 0, 255], [20, 0, 0, 255], [30, 0, 0, 255], [41, 0, 0, 255]].concat();
        let raster = Raster::new(2, 2, &rgba, (0.0, 0.0), (2.0, 2.0), 1.0);
        let (base, _) = raster.level_for(1.0);
        assert_eq!(base.framed_pixels()[..4], [0; 4]);
        assert_eq!(base.row(1)[1] & 0xff, 41);
        let (half, halvings) = raster.level_for(2.0);
        assert_eq!((half.width(), halvings), (1, 1));
        assert_eq!(half.row(0)[0].to_le_bytes(), [25, 0, 0, 255], "(10+20+30+41+2)/4");
        assert!(raster.is_opaque());
    }

    #[test]
    fn a_raster_has_resolutions_down_to_one_pixel() {
        let raster = Raster::new(5, 3, &[255; 60], (0.0, 0.0), (5.0, 3.0), 1.0);
        let (least, halvings) = raster.level_for(1e9);
        assert_eq!((least.width(), least.height(), halvings), (1, 1, 3));
        assert_eq!(least.row(0)[0], u32::MAX, "a flat colour stays what it is");
    }
    #[test]
    fn strips_are_halved_as_wholes_are() {
        for (w, h) in [(1, 1), (7, 5), (33, 70), (64, 16), (100, 3)] {
            let rgba: Vec<u8> = (0..w * h * 4).map(|i| (i * 37 % 251) as u8).collect();
            let whole = Raster::new(w, h, &rgba, (0.0, 0.0), (w.into(), h.into()), 1.0);
            for times in 1..9 {
                let halved = Raster::halved(w, h, &rgba, times);
                let (level, halvings) = whole.level_for(f64::from(times).exp2());
                assert_eq!(halved.base().framed_pixels(), level.framed_pixels(), "{w} x {h}, {times} times");
                assert!(w * h == 1 || halved.scale() == f64::from(halvings).exp2().recip());
            }
        }
    }
}
