//! What it costs to find out where everything is: 50 layers with 200 animations.
#![allow(missing_docs, reason = "a benchmark")]

#[allow(clippy::unwrap_used, reason = "what is made here is made well")]
#[path = "../tests/common/mod.rs"]
mod common;

use criterion::{Criterion, criterion_group, criterion_main};
use scene::{Camera, Levels, ShowTime};

fn motion(c: &mut Criterion) {
    let show = common::busy_show();
    let mut camera = Camera::default();
    let mut n = 0u32;
    c.bench_function("50 layers, 200 animations", |b| {
        b.iter(|| {
            n += 1;
            camera.frame(&show, ShowTime::from_secs_f64(f64::from(n) / 60.0), &Levels::default()).items.len()
        });
    });
    c.bench_function("the same, with a camera for each frame", |b| {
        b.iter(|| {
            n += 1;
            show.at(ShowTime::from_secs_f64(f64::from(n) / 60.0)).items.len()
        });
    });
}

criterion_group!(benches, motion);
criterion_main!(benches);
