//! The rectangle of pixels that is being drawn, and the buffers that drawing needs.

/// A rectangle of a picture, row by row without gaps.
pub(crate) struct Patch<'a> {
    pub(crate) pixels: &'a mut [u32],
    pub(crate) left: i32,
    pub(crate) top: i32,
    pub(crate) width: usize,
    pub(crate) height: usize,
}

impl<'a> Patch<'a> {
    /// The pixels of `rect` (left, top, right, bottom).
    pub(crate) fn new(pixels: &'a mut [u32], [left, top, right, bottom]: [i32; 4]) -> Self {
        let (width, height) = ((right - left).max(0) as usize, (bottom - top).max(0) as usize);
        debug_assert_eq!(pixels.len(), width * height);
        Self { pixels, left, top, width, height }
    }

    /// Left, top, right, bottom.
    pub(crate) fn rect(&self) -> [i32; 4] {
        [self.left, self.top, self.left + self.width as i32, self.top + self.height as i32]
    }

    /// Pixels `left` to `right` of row `y`, in the picture's coordinates.
    #[inline(always)]
    pub(crate) fn row(&mut self, y: i32, left: i32, right: i32) -> &mut [u32] {
        let start = (y - self.top) as usize * self.width;
        &mut self.pixels[start + (left - self.left) as usize..start + (right - self.left) as usize]
    }

    /// Row `y` from `left` to its end.
    #[inline(always)]
    pub(crate) fn row_from(&mut self, y: i32, left: i32) -> &mut [u32] {
        let start = (y - self.top) as usize * self.width;
        &mut self.pixels[start + (left - self.left) as usize..start + self.width]
    }
}

/// Buffers that drawing needs, kept between calls.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(crate) columns: Vec<u32>,
    pub(crate) row: Vec<u32>,
    /// Layers that are drawn aside before they are laid on the picture.
    layers: Vec<Vec<u32>>,
}

impl Scratch {
    /// A clear layer for `rect`. It is to be given back.
    pub(crate) fn layer(&mut self, [left, top, right, bottom]: [i32; 4]) -> Vec<u32> {
        let mut layer = self.layers.pop().unwrap_or_default();
        layer.clear();
        layer.resize((right - left).max(0) as usize * (bottom - top).max(0) as usize, 0);
        layer
    }

    pub(crate) fn give_back(&mut self, layer: Vec<u32>) {
        // One that was needed for a moment's large group is not kept for ever.
        if layer.capacity() <= 1 << 22 {
            self.layers.push(layer);
        }
    }
}
