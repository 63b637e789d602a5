//! A mesh: refused, or drawn at any place.
#![no_main]

use raster::Raster;
use render::{Affine, Content, DisplayList, DrawItem, Mesh, Topology, Vertex, paint};

libfuzzer_sys::fuzz_target!(|input: (u8, Vec<[u8; 3]>, Vec<[f32; 4]>, [f32; 6])| {
    let (count, triangles, corners, map) = input;
    let triangles = triangles.into_iter().map(|t| t.map(u32::from)).collect();
    let Ok(topology) = Topology::new(usize::from(count), triangles) else { return };
    let corners = corners.into_iter().map(|[x, y, u, v]| Vertex { x, y, u, v }).collect();
    let texture = Raster::from_pixels(3, 2, &[u32::MAX; 6]);
    if let Ok(mesh) = Mesh::new(texture, topology, corners) {
        let [a, b, c, d, e, f] = map.map(f64::from);
        let items = vec![DrawItem::new(Content::Mesh(mesh), Affine { a, b, c, d, e, f })];
        std::hint::black_box(paint(&DisplayList { background: [0; 3], items }, 64, 48));
    }
});
