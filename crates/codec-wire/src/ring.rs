//! Pictures in memory that two processes share.
//!
//! The service writes a picture into a free slot and names the slot in a [`crate::Frame`]; the
//! worker reads it and gives the slot back with a [`crate::RecordKind::Released`] record. Between
//! the two a slot belongs to the worker. The service keeps that book; this module only maps memory.

use memmap2::{Mmap, MmapMut};
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, ftruncate, memfd_create};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

/// The service's side: anonymous memory of some pictures.
pub struct FrameRing {
    memory: MmapMut,
    fd: OwnedFd,
    frame_bytes: usize,
}

impl FrameRing {
    /// Memory for `slots` pictures of `frame_bytes` bytes each.
    ///
    /// # Errors
    /// There is no memory.
    pub fn create(slots: usize, frame_bytes: usize) -> io::Result<Self> {
        let fd = memfd_create("frames", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING)?;
        ftruncate(&fd, (slots * frame_bytes) as u64)?;
        // Nobody can cut the memory off under a mapping any more.
        fcntl_add_seals(&fd, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        // SAFETY: the memory is anonymous and sealed, so it cannot shrink. Other processes map it
        // for reading only; what they read while it is written is a picture, and no reference of
        // this process is derived from theirs.
        let memory = unsafe { MmapMut::map_mut(&fd)? };
        Ok(Self { memory, fd, frame_bytes })
    }

    /// The picture in `slot`.
    ///
    /// # Panics
    /// Where there is no such slot.
    pub fn slot_mut(&mut self, slot: usize) -> &mut [u8] {
        &mut self.memory[slot * self.frame_bytes..(slot + 1) * self.frame_bytes]
    }
}

impl AsFd for FrameRing {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// The worker's side.
pub struct FrameView {
    memory: Mmap,
    frame_bytes: usize,
}

impl FrameView {
    /// Maps memory that [`FrameRing::create`] made.
    ///
    /// # Errors
    /// It is no such memory, or smaller than it should be.
    pub fn open(fd: OwnedFd, slots: usize, frame_bytes: usize) -> io::Result<Self> {
        // SAFETY: the service sealed the memory against shrinking. It writes to a slot only while
        // the slot is its own, which is never while a slice of it is in use here; but for the moment
        // after it has killed this process, whose output then counts no more.
        let memory = unsafe { Mmap::map(&fd)? };
        if memory.len() < slots * frame_bytes {
            return Err(io::Error::other("the ring is smaller than its configuration says"));
        }
        Ok(Self { memory, frame_bytes })
    }

    /// The picture in `slot`, or `None` where there is no such slot.
    #[must_use]
    pub fn slot(&self, slot: usize) -> Option<&[u8]> {
        self.memory.get(slot * self.frame_bytes..(slot + 1) * self.frame_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_side_writes_the_other_reads() {
        let mut ring = FrameRing::create(3, 100).unwrap();
        ring.slot_mut(2)[99] = 7;
        let view = FrameView::open(ring.as_fd().try_clone_to_owned().unwrap(), 3, 100).unwrap();
        assert_eq!(view.slot(2).unwrap()[99], 7);
        assert_eq!(view.slot(3), None);
        assert!(FrameView::open(ring.as_fd().try_clone_to_owned().unwrap(), 4, 4000).is_err());
        assert!(ftruncate(&ring, 10).is_err(), "sealed");
    }
}
