//! The picture in the form that encoders take.

use crate::damage::Damage;

/// An I420 picture, BT.709 limited range: a plane of luma, then two of chroma at half the size.
#[derive(Clone)]
pub struct Picture {
    width: u32,
    height: u32,
    planes: Vec<u8>,
}

impl Picture {
    /// A black picture; `width` and `height` are even.
    #[must_use]
    pub fn new(width: u32, height: u32) -> Self {
        let luma = width as usize * height as usize;
        let mut planes = vec![16; luma * 3 / 2];
        planes[luma..].fill(128);
        Self { width, height, planes }
    }

    /// Pixels across.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels down.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The three planes, one after the other, rows tightly packed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.planes
    }

    pub(crate) fn planes_mut(&mut self) -> (&mut [u8], &mut [u8], &mut [u8]) {
        let luma = self.width as usize * self.height as usize;
        let (y, chroma) = self.planes.split_at_mut(luma);
        let (u, v) = chroma.split_at_mut(luma / 4);
        (y, u, v)
    }

    /// Copies the damaged tiles to `target`, a picture of the same size and layout.
    pub fn copy_to(&self, target: &mut [u8], damage: &Damage) {
        let (w, h) = (self.width as usize, self.height as usize);
        let luma = w * h;
        for [left, top, right, bottom] in damage.runs() {
            let [left, top, right, bottom] = [left, top, right, bottom].map(|v| v as usize);
            let mut copy = |base: usize, stride: usize, x0: usize, x1: usize, y0: usize, y1: usize| {
                for y in y0..y1 {
                    let span = base + y * stride + x0..base + y * stride + x1;
                    target[span.clone()].copy_from_slice(&self.planes[span]);
                }
            };
            copy(0, w, left, right, top, bottom);
            for base in [luma, luma + luma / 4] {
                copy(base, w / 2, left / 2, right / 2, top / 2, bottom / 2);
            }
        }
    }
}
