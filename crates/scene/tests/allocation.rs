//! A frame of a show in motion takes no memory: the camera has what it needs.
#![allow(clippy::unwrap_used, reason = "what is made here is made well")]

mod common;

use scene::{Camera, Levels, ShowTime};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

struct Counting;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        COUNT.with(|count| count.set(count.get() + 1));
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, ptr: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(ptr, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

#[test]
fn a_frame_in_motion_allocates_nothing() {
    let show = common::busy_show();
    let (mut camera, levels) = (Camera::default(), Levels::default());
    let at = |n: u32| ShowTime::from_secs_f64(f64::from(n) / 60.0);
    for n in 0..60 {
        camera.frame(&show, at(n), &levels);
    }
    let before = COUNT.with(Cell::get);
    let mut seen = 0.0;
    for n in 60..360 {
        seen += camera.frame(&show, at(n), &levels).items[7].transform.position.x.get();
    }
    assert_eq!(COUNT.with(Cell::get) - before, 0);
    assert!(seen > 0.0);
    let before = COUNT.with(Cell::get);
    drop(show.at(at(1)));
    assert!(COUNT.with(Cell::get) > before, "the counter counts");
}
