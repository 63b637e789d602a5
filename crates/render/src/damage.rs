//! Which part of the picture changed.

use crate::affine::Affine;
use crate::list::{DisplayList, DrawItem};

/// Pixels across a tile.
pub const TILE: u32 = 64;
/// Pixels down a band, which is a row of tiles. A band of 1080p is 240 KiB of RGBA: it stays in the
/// second-level cache between drawing and conversion.
pub const BAND: u32 = 32;

/// A set of tiles: for each band one bit a tile, the lowest at the left edge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    bands: Vec<u64>,
    width: u32,
    height: u32,
}

impl Damage {
    /// No tile of a picture of `width` x `height`; at most 4096 pixels across.
    #[must_use]
    pub fn none(width: u32, height: u32) -> Self {
        debug_assert!(width <= 64 * TILE, "one bit a tile");
        Self { bands: vec![0; height.div_ceil(BAND) as usize], width, height }
    }

    /// Every tile.
    #[must_use]
    pub fn all(width: u32, height: u32) -> Self {
        let mut damage = Self::none(width, height);
        damage.add([0, 0, width, height]);
        damage
    }

    /// What differs between two lists that are drawn one after the other.
    #[must_use]
    pub fn between(old: &DisplayList, new: &DisplayList, width: u32, height: u32) -> Self {
        if old.background != new.background {
            return Self::all(width, height);
        }
        let mut damage = Self::none(width, height);
        damage.add_changes(&old.items, &new.items, Affine::IDENTITY);
        damage
    }

    /// Adds what differs between two lists of items, where `map` leads from their space to pixels.
    fn add_changes(&mut self, old: &[DrawItem], new: &[DrawItem], map: Affine) {
        // Layers that come or go in the middle leave those above and below them alone.
        let same = |pair: &(&DrawItem, &DrawItem)| pair.0.draws_like(pair.1);
        let head = old.iter().zip(new).take_while(same).count();
        let (old, new) = (&old[head..], &new[head..]);
        let tail = old.iter().rev().zip(new.iter().rev()).take_while(same).count();
        let (old, new) = (&old[..old.len() - tail], &new[..new.len() - tail]);
        for i in 0..old.len().max(new.len()) {
            match (old.get(i), new.get(i)) {
                (Some(a), Some(b)) if a.draws_like(b) => {}
                (a, b) => {
                    if let (Some(a), Some(b)) = (a, b)
                        && let Some((before, after)) = a.groups_alike(b)
                    {
                        self.add_changes(&before.items, &after.items, b.transform.then(map));
                        continue;
                    }
                    for item in [a, b].into_iter().flatten() {
                        let limit = [0, 0, self.width as i32, self.height as i32];
                        self.add(item.bounds(map, limit).map(|v| v as u32));
                    }
                }
            }
        }
    }

    /// Whether all tiles that a rectangle touches are in it.
    pub(crate) fn holds(&self, [left, top, right, bottom]: [u32; 4]) -> bool {
        if left >= right || top >= bottom {
            return true;
        }
        let (first, last) = (left / TILE, (right - 1) / TILE);
        let bits = (u64::MAX >> (63 - (last - first))) << first;
        self.bands[(top / BAND) as usize..=((bottom - 1) / BAND) as usize].iter().all(|band| band & bits == bits)
    }

    /// The picture's size.
    pub(crate) fn size(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// Adds the tiles that a rectangle (left, top, right, bottom) touches.
    pub fn add(&mut self, [left, top, right, bottom]: [u32; 4]) {
        if left >= right || top >= bottom {
            return;
        }
        let (first, last) = (left / TILE, (right - 1) / TILE);
        let bits = (u64::MAX >> (63 - (last - first))) << first;
        for band in &mut self.bands[(top / BAND) as usize..=((bottom - 1) / BAND) as usize] {
            *band |= bits;
        }
    }

    /// Adds all tiles of another set for a picture of the same size.
    pub fn merge(&mut self, other: &Self) {
        for (band, others) in self.bands.iter_mut().zip(&other.bands) {
            *band |= others;
        }
    }

    /// Takes all tiles out.
    pub fn clear(&mut self) {
        self.bands.fill(0);
    }

    /// Whether there is no tile.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bands.iter().all(|band| *band == 0)
    }

    /// The share of the tiles that are damaged, 0 to 1.
    #[must_use]
    pub fn share(&self) -> f64 {
        let tiles = self.width.div_ceil(TILE) as usize * self.bands.len();
        let damaged: u32 = self.bands.iter().map(|b| b.count_ones()).sum();
        f64::from(damaged) / tiles.max(1) as f64
    }

    /// The damaged tiles as rectangles (left, top, right, bottom), each a run of neighbours in one
    /// band, cut at the picture's edge.
    pub fn runs(&self) -> impl Iterator<Item = [u32; 4]> + '_ {
        self.bands.iter().enumerate().flat_map(move |(band, bits)| {
            let (mut bits, mut at) = (*bits, 0);
            let (top, bottom) = (band as u32 * BAND, ((band as u32 + 1) * BAND).min(self.height));
            std::iter::from_fn(move || {
                if bits == 0 {
                    return None;
                }
                let gap = bits.trailing_zeros();
                bits >>= gap;
                let length = bits.trailing_ones();
                bits = bits.checked_shr(length).unwrap_or(0);
                let (left, right) = ((at + gap) * TILE, (at + gap + length) * TILE);
                at += gap + length;
                Some([left, top, right.min(self.width), bottom])
            })
        })
    }

    /// The damaged tiles one by one.
    pub(crate) fn tiles(&self) -> impl Iterator<Item = [u32; 4]> + '_ {
        self.runs().flat_map(|[left, top, right, bottom]| {
            (left..right).step_by(TILE as usize).map(move |x| [x, top, (x + TILE).min(right), bottom])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_the_tiles_that_were_added() {
        let mut damage = Damage::none(1920, 1080);
        damage.add([63, 31, 65, 33]);
        damage.add([1900, 0, 1920, 10]);
        let runs: Vec<_> = damage.runs().collect();
        assert_eq!(runs, [[0, 0, 128, 32], [1856, 0, 1920, 32], [0, 32, 128, 64]]);
        assert_eq!(Damage::all(4096, 40).runs().collect::<Vec<_>>(), [[0, 0, 4096, 32], [0, 32, 4096, 40]]);
        assert!((Damage::all(1920, 1080).share() - 1.0).abs() < 1e-9);
    }
}
