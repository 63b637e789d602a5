//! What each operation of the compositor costs, on one thread, at 1080p.
//!
//! `cargo bench -p render` for all of them; the figures to beat are in `docs/performance.md`.
#![allow(clippy::unwrap_used, reason = "what is made here is made well")]

use criterion::{Criterion, criterion_group, criterion_main};
use raster::Raster;
use render::{
    Affine, BlendMode, Content, CpuRenderer, DisplayList, DrawItem, Filter, Filters, Group, Mesh, Painter, Renderer,
    SimdLevel, Topology, Vertex,
};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

const W: u32 = 1920;
const H: u32 = 1080;

/// A figure with a soft edge on a clear ground, textured.
fn figure(w: u32, h: u32) -> Arc<Raster> {
    let pixels: Vec<u32> = (0..h)
        .flat_map(|y| (0..w).map(move |x| (x, y)))
        .map(|(x, y)| {
            let (dx, dy) = (f64::from(x) / f64::from(w) * 2.0 - 1.0, f64::from(y) / f64::from(h) * 2.0 - 1.0);
            let a = (((0.95 - dx.hypot(dy)) * 40.0).clamp(0.0, 1.0) * 255.0) as u32;
            let c = |v: u32| (v & 255) * a / 255;
            c(x * 3) | c(y * 5) << 8 | c(x ^ y) << 16 | a << 24
        })
        .collect();
    Raster::from_pixels(w, h, &pixels)
}

/// Half transparent all over.
fn veil(w: u32, h: u32) -> Arc<Raster> {
    let pixels: Vec<u32> = (0..w * h).map(|i| 0x8000_0000 | (i & 127) | (i >> 7 & 127) << 8).collect();
    Raster::from_pixels(w, h, &pixels)
}

/// A grid of triangles, wobbling with `t`.
fn mesh(texture: &Arc<Raster>, columns: u32, rows: u32, [x, y, w, h]: [f32; 4], t: f32) -> Arc<Mesh> {
    let triangles = (0..rows)
        .flat_map(|r| (0..columns).map(move |c| r * (columns + 1) + c))
        .flat_map(|a| [[a, a + 1, a + columns + 1], [a + 1, a + columns + 2, a + columns + 1]])
        .collect();
    let topology = Topology::new(((columns + 1) * (rows + 1)) as usize, triangles).unwrap();
    let vertices = (0..=rows)
        .flat_map(|r| (0..=columns).map(move |c| (c as f32 / columns as f32, r as f32 / rows as f32)))
        .map(|(u, v)| {
            let (dx, dy) = (6.0 * (v * 9.0 + t).sin(), 6.0 * (u * 7.0 + t * 1.3).cos());
            Vertex { x: x + u * w + dx, y: y + v * h + dy, u, v }
        })
        .collect();
    Mesh::new(texture.clone(), topology, vertices).unwrap()
}

fn draw(c: &mut Criterion, name: &str, lists: [Vec<DrawItem>; 2]) {
    let mut painter = Painter::new(SimdLevel::new());
    let mut pixels = vec![0xff20_4060u32; (W * H) as usize];
    let mut turn = 0;
    c.bench_function(name, |b| {
        b.iter(|| {
            turn ^= 1;
            painter.draw(black_box(&lists[turn]), &mut pixels, W, H);
        });
    });
}

/// The same as the live loop does it: a new pose each time, drawn band by band.
fn live(c: &mut Criterion, name: &str, pose: impl Fn(u64) -> Vec<DrawItem>) {
    let mut renderer = CpuRenderer::new(W, H, now);
    c.bench_function(name, |b| {
        b.iter_custom(|times| {
            let before = renderer.timings().draw;
            for turn in 0..times {
                renderer.render(DisplayList { background: [32, 64, 96], items: pose(turn) });
            }
            renderer.timings().draw - before
        });
    });
}

fn now() -> Duration {
    static BEGAN: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(Instant::now).elapsed()
}

fn operations(c: &mut Criterion) {
    let twice = |item: DrawItem| [vec![item.clone()], vec![item]];
    draw(c, "source-over, full frame", twice(DrawItem::raster(veil(W, H), Affine::IDENTITY)));
    let sprite = figure(900, 1000);
    let place = Affine::scale(1.02, 1.02).then(Affine::translate(100.3, 40.7));
    draw(c, "sprite 900x1000, x1.02, sub-pixel", twice(DrawItem::raster(sprite.clone(), place)));
    let turned = Affine::rotate_degrees(7.0).then(Affine::translate(200.0, 20.0));
    draw(c, "sprite 900x1000, turned", twice(DrawItem::raster(sprite.clone(), turned)));
    for sigma in [10.0, 20.0] {
        let filters = Some(Arc::new(Filters { chain: vec![Filter::Blur { sigma }], frame: [0.0, 0.0, 600.0, 600.0] }));
        let blurred = |raster: Arc<Raster>| {
            let item = DrawItem::raster(raster, Affine::translate(400.0, 300.0));
            vec![DrawItem { filters: filters.clone(), ..item }]
        };
        let name = format!("blur sigma {sigma} over 600x600");
        draw(c, &name, [blurred(figure(600, 600)), blurred(figure(600, 600))]);
    }
    let bent = |t: f32| {
        vec![DrawItem::new(Content::Mesh(mesh(&sprite, 10, 10, [100.0, 40.0, 900.0, 1000.0], t)), Affine::IDENTITY)]
    };
    draw(c, "mesh of 200 triangles, 900x1000", [bent(0.0), bent(1.0)]);
    // Together they cover two and a half times the picture of the puppet, a tenth more or less than
    // their textures each.
    let part = figure(190, 190);
    let puppet = |t: f32| {
        let items = (0..60)
            .map(|i| {
                let (x, y) = (100.0 + (i % 8) as f32 * 100.0, 20.0 + (i / 8) as f32 * 115.0);
                let size = 170.0 + (i * 37 % 50) as f32;
                DrawItem::new(Content::Mesh(mesh(&part, 6, 6, [x, y, size, size], t + i as f32)), Affine::IDENTITY)
            })
            .collect();
        let group = Group { items, isolated: true, knockout: false };
        vec![DrawItem::new(Content::Group(Arc::new(group)), Affine::IDENTITY)]
    };
    draw(c, "puppet of 60 parts, 900x1000", [puppet(0.0), puppet(1.0)]);
    live(c, "puppet of 60 parts, 900x1000, live", |turn| puppet(turn as f32 * 0.1));
    for blend in [BlendMode::Multiply, BlendMode::SoftLight, BlendMode::Luminosity] {
        let item = DrawItem { blend, ..DrawItem::raster(veil(900, 1000), Affine::translate(100.0, 40.0)) };
        draw(c, &format!("{} 900x1000", blend.name()), twice(item));
    }
}

/// What the renderer itself says that conversion costs.
fn conversion(c: &mut Criterion) {
    let mut renderer = CpuRenderer::new(W, H, now);
    let pictures = [0, 1]
        .map(|k| DisplayList { background: [k, 0, 0], items: vec![DrawItem::raster(veil(W, H), Affine::IDENTITY)] });
    c.bench_function("RGBA to I420, full frame", |b| {
        b.iter_custom(|times| {
            let before = renderer.timings().convert;
            for turn in 0..times {
                renderer.render(pictures[(turn & 1) as usize].clone());
            }
            renderer.timings().convert - before
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(30).warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(2));
    targets = operations, conversion
}
criterion_main!(benches);
