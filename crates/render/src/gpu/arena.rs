//! Pixels of rasters on the graphics card, uploaded once.
//!
//! All lie in one buffer, so that a picture is drawn without binding anything anew. What has not
//! been drawn for longest makes room when the budget is used up.

use super::program::Texture;
use wgpu::{Buffer, BufferDescriptor, BufferUsages, Device, Queue};

/// Words that the buffer begins with: 32 MiB.
const FIRST: u64 = 8 << 20;

pub(super) struct Arena {
    buffer: Buffer,
    /// In words, as is all below.
    capacity: u64,
    budget: u64,
    /// In the order of their places.
    slots: Vec<Slot>,
    turn: u64,
}

struct Slot {
    key: (u64, u32),
    at: u64,
    length: u64,
    /// The picture that drew it last.
    turn: u64,
}

impl Arena {
    /// An arena of at most `budget` bytes.
    pub(super) fn new(device: &Device, budget: u64) -> Self {
        let budget = budget / 4;
        let capacity = FIRST.min(budget);
        Self { buffer: buffer(device, capacity), capacity, budget, slots: Vec::new(), turn: 0 }
    }

    pub(super) fn buffer(&self) -> &Buffer {
        &self.buffer
    }

    /// Where each of the textures lies, in words, after those that were not there are uploaded, and
    /// whether the buffer is another one now; `None` where they do not fit.
    pub(super) fn place(&mut self, device: &Device, queue: &Queue, textures: &[Texture]) -> Option<(Vec<u32>, bool)> {
        self.turn += 1;
        if self.try_place(queue, textures) {
            return Some((self.places(textures), false));
        }
        // All anew: in a larger buffer while the budget allows it, else without gaps.
        let needed: u64 = textures.iter().map(length).sum();
        if needed > self.budget {
            return None;
        }
        self.slots.clear();
        let grown = (self.capacity * 2).max(needed).min(self.budget);
        let larger = grown > self.capacity;
        if larger {
            (self.buffer, self.capacity) = (buffer(device, grown), grown);
        }
        let fits = self.try_place(queue, textures);
        fits.then(|| (self.places(textures), larger))
    }

    fn places(&self, textures: &[Texture]) -> Vec<u32> {
        let place = |texture: &Texture| self.slots.iter().find(|s| s.key == texture.key()).map_or(0, |s| s.at as u32);
        textures.iter().map(place).collect()
    }

    fn try_place(&mut self, queue: &Queue, textures: &[Texture]) -> bool {
        for texture in textures {
            if let Some(slot) = self.slots.iter_mut().find(|slot| slot.key == texture.key()) {
                slot.turn = self.turn;
            }
        }
        for texture in textures {
            if self.slots.iter().any(|slot| slot.key == texture.key()) {
                continue;
            }
            let length = length(texture);
            let Some((index, at)) = self.room(length) else { return false };
            self.slots.insert(index, Slot { key: texture.key(), at, length, turn: self.turn });
            queue.write_buffer(&self.buffer, at * 4, bytemuck::cast_slice(texture.level().framed_pixels()));
        }
        true
    }

    /// A gap of `length` words, and which slot it comes before. Makes one where the buffer is as large
    /// as it may be.
    fn room(&mut self, length: u64) -> Option<(usize, u64)> {
        loop {
            let mut end = 0;
            for (index, slot) in self.slots.iter().enumerate() {
                if slot.at - end >= length {
                    return Some((index, end));
                }
                end = slot.at + slot.length;
            }
            if self.capacity - end >= length {
                return Some((self.slots.len(), end));
            }
            if self.capacity < self.budget {
                return None;
            }
            let old = self.slots.iter().enumerate().filter(|(_, slot)| slot.turn < self.turn);
            let (index, _) = old.min_by_key(|(_, slot)| slot.turn)?;
            self.slots.remove(index);
        }
    }
}

fn length(texture: &Texture) -> u64 {
    texture.level().framed_pixels().len() as u64
}

fn buffer(device: &Device, words: u64) -> Buffer {
    device.create_buffer(&BufferDescriptor {
        label: Some("texels"),
        size: words * 4,
        usage: BufferUsages::STORAGE | BufferUsages::COPY_DST,
        mapped_at_creation: false,
    })
}
