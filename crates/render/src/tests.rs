//! Whole lists, drawn by every back end.

use crate::{Affine, CpuRenderer, Damage, DisplayList, DrawItem, Renderer, paint, paint_with};
use proptest::prelude::*;
use raster::Raster;
use std::sync::Arc;
use std::time::Duration;

#[cfg(feature = "gpu")]
mod gpu;

const W: u32 = 256;
const H: u32 = 192;

/// A sprite with soft edges and a pattern, so that every pixel is different.
fn sprite(w: u32, h: u32, opaque: bool) -> Arc<Raster> {
    let mut rgba = Vec::new();
    for y in 0..h {
        for x in 0..w {
            let a = if opaque { 255 } else { (x * 7 + y * 13) % 256 };
            rgba.extend([x * 5 % 256, y * 3 % 256, (x ^ y) % 256].map(|c| (c * a / 255) as u8));
            rgba.push(a as u8);
        }
    }
    Raster::new(w, h, &rgba, (0.0, 0.0), (w.into(), h.into()), 1.0)
}

fn item(raster: &Arc<Raster>, transform: Affine, opacity: u8) -> DrawItem {
    DrawItem { opacity, ..DrawItem::raster(raster.clone(), transform) }
}

fn list(items: Vec<DrawItem>) -> DisplayList {
    DisplayList { background: [10, 20, 30], items }
}

fn pixel(rgba: &[u8], x: u32, y: u32) -> [u8; 4] {
    let at = ((y * W + x) * 4) as usize;
    rgba[at..at + 4].try_into().unwrap()
}

/// What the contract says about one pixel, in floating point: the reference that is slow and plain.
fn expected(raster: &Raster, transform: Affine, opacity: u8, x: u32, y: u32, under: [f64; 3]) -> [f64; 3] {
    let Some(inverse) = transform.inverse() else { return under };
    let (u, v) = inverse.apply((f64::from(x) + 0.5, f64::from(y) + 0.5));
    let (u, v) = (u - 0.5, v - 0.5);
    let level = raster.base();
    let texel = |i: f64, j: f64, channel: u32| -> f64 {
        let inside = i >= 0.0 && j >= 0.0 && i < f64::from(level.width()) && j < f64::from(level.height());
        if inside { f64::from(level.row(j as u32)[i as usize] >> (8 * channel) & 255) } else { 0.0 }
    };
    let sample = |channel| {
        let (i, j) = (u.floor(), v.floor());
        let (fx, fy) = (u - i, v - j);
        let top = texel(i, j, channel) * (1.0 - fx) + texel(i + 1.0, j, channel) * fx;
        let bottom = texel(i, j + 1.0, channel) * (1.0 - fx) + texel(i + 1.0, j + 1.0, channel) * fx;
        (top * (1.0 - fy) + bottom * fy) * f64::from(opacity) / 255.0
    };
    let a = sample(3) / 255.0;
    [0, 1, 2].map(|c| sample(c) + under[c as usize] * (1.0 - a))
}

#[test]
fn every_way_of_drawing_keeps_the_pixel_contract() {
    let soft = sprite(60, 50, false);
    let ways = [
        ("pixel on pixel", Affine::translate(30.0, 40.0)),
        ("between pixels", Affine::translate(30.25, 40.75)),
        ("larger", Affine::scale(1.7, 2.3).then(Affine::translate(20.3, 10.1))),
        ("a little smaller", Affine::scale(0.9, 0.8).then(Affine::translate(20.3, 10.1))),
        ("turned", Affine::rotate_degrees(33.0).then(Affine::translate(100.0, 60.0))),
        ("mirrored", Affine::scale(-1.0, 1.0).then(Affine::translate(120.5, 60.0))),
        ("over the edge", Affine::translate(-20.5, 170.0)),
    ];
    for (name, transform) in ways {
        for opacity in [255, 100] {
            let rgba = paint(&list(vec![item(&soft, transform, opacity)]), W, H);
            for y in 0..H {
                for x in 0..W {
                    let got = pixel(&rgba, x, y);
                    let want = expected(&soft, transform, opacity, x, y, [10.0, 20.0, 30.0]);
                    for c in 0..3 {
                        // The weights have 8 bits, and the pattern's steps of up to 255 a texel make
                        // the most of that: 255 / 256 in each direction, and the roundings.
                        let off = (f64::from(got[c]) - want[c]).abs();
                        assert!(off <= 3.5, "{name}, opacity {opacity}, ({x}, {y}) channel {c}: {got:?} {want:?}");
                    }
                    assert_eq!(got[3], 255);
                }
            }
        }
    }
}

#[test]
fn what_is_drawn_small_is_averaged() {
    // A chequerboard of black and white has to become grey, not noise.
    let rgba: Vec<u8> =
        (0..256 * 256).flat_map(|i| if (i / 256 + i) % 2 == 0 { [255; 4] } else { [0, 0, 0, 255] }).collect();
    let board = Raster::new(256, 256, &rgba, (0.0, 0.0), (256.0, 256.0), 1.0);
    for scale in [0.5, 0.26, 0.11, 0.03] {
        let rgba = paint(&list(vec![item(&board, Affine::scale(scale, scale), 255)]), W, H);
        let inside = (256.0 * scale) as u32 - 2;
        for (x, y) in [(1, 1), (inside, inside / 2), (inside / 2, inside)] {
            assert!(pixel(&rgba, x, y)[0].abs_diff(128) <= 1, "at {scale}: {:?}", pixel(&rgba, x, y));
        }
    }
}

#[test]
fn a_still_list_has_no_damage_and_a_moved_sprite_only_its_own() {
    let ground = sprite(W, H, true);
    let figure = sprite(20, 20, false);
    let mut renderer = CpuRenderer::new(W, H, || Duration::ZERO);
    let at = |x: f64| list(vec![item(&ground, Affine::IDENTITY, 255), item(&figure, Affine::translate(x, 5.0), 255)]);
    assert_eq!(*renderer.render(at(10.0)), Damage::all(W, H));
    assert!(renderer.render(at(10.0)).is_empty());
    let moved = renderer.render(at(12.0)).clone();
    assert_eq!(moved.runs().collect::<Vec<_>>(), [[0, 0, 64, 32]]);
}

#[test]
fn colours_are_those_of_bt709_limited() {
    // SMPTE RP 177 and ITU-R BT.709: the values every decoder expects.
    for (rgb, yuv) in [
        ([255, 255, 255], [235, 128, 128]),
        ([0, 0, 0], [16, 128, 128]),
        ([255, 0, 0], [63, 102, 240]),
        ([0, 255, 0], [173, 42, 26]),
        ([0, 0, 255], [32, 240, 118]),
    ] {
        let mut renderer = CpuRenderer::new(W, H, || Duration::ZERO);
        renderer.render(DisplayList { background: rgb, items: vec![] });
        let planes = renderer.picture().bytes();
        let luma = (W * H) as usize;
        let got = [planes[0], planes[luma], planes[luma + luma / 4]];
        for (got, want) in got.into_iter().zip(yuv) {
            assert!(got.abs_diff(want) <= 1, "{rgb:?}: {got:?} for {yuv:?}");
        }
    }
}

fn transforms() -> impl Strategy<Value = (f64, f64, f64, f64)> {
    let place = prop_oneof![(-40i32..260).prop_map(f64::from), -40.0..260.0];
    let scale = prop_oneof![Just(1.0), 0.1..2.5, Just(-1.0)];
    let turn = prop_oneof![Just(0.0), -180.0..180.0];
    (place.clone(), place, scale, turn)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// Whatever came before, the picture is that of the list drawn anew.
    #[test]
    fn damage_leaves_nothing_behind(
        lists in proptest::collection::vec(
            proptest::collection::vec((0usize..4, transforms(), 0u8..=255, any::<bool>()), 0..5), 1..6)
    ) {
        let rasters = [sprite(W, H, true), sprite(50, 70, false), sprite(90, 30, true), sprite(33, 47, false)];
        let mut renderer = CpuRenderer::new(W, H, || Duration::ZERO);
        for items in lists {
            let list = list(items.into_iter().map(|(which, (x, y, s, turn), opacity, solid)| {
                let transform = Affine::scale(s, s.abs()).then(Affine::rotate_degrees(turn)).then(Affine::translate(x, y));
                item(&rasters[which], transform, if solid { 255 } else { opacity })
            }).collect());
            renderer.render(list.clone());
            let mut anew = CpuRenderer::new(W, H, || Duration::ZERO);
            anew.render(list);
            prop_assert!(renderer.picture().bytes() == anew.picture().bytes());
        }
    }

    /// Every instruction set gives the same pixels.
    #[test]
    fn simd_levels_agree(x in -30.0..200.0, scale in 0.3..2.0, turn in prop_oneof![Just(0.0), -90.0..90.0], opacity: u8) {
        let list = list(vec![item(&sprite(77, 91, false),
            Affine::scale(scale, scale).then(Affine::rotate_degrees(turn)).then(Affine::translate(x, 20.0)), opacity)]);
        let draw = |level| {
            paint_with(level, &list, W, H)
        };
        prop_assert!(draw(fearless_simd::Level::new()) == draw(fearless_simd::Level::baseline()));
    }
}

mod layers {
    use super::*;
    use crate::{
        BlendMode, Content, Filter, Filters, Group, Mask, MaskShape, Mesh, Sampling, Topology, Vertex, reference,
    };

    fn group(items: Vec<DrawItem>, isolated: bool, knockout: bool) -> DrawItem {
        DrawItem::new(Content::Group(Arc::new(Group { items, isolated, knockout })), Affine::IDENTITY)
    }

    /// What may stand in a list; all that damage, groups, masks and filters have to get right.
    #[derive(Clone, Debug)]
    pub(super) struct Sketch {
        which: usize,
        place: (f64, f64, f64, f64),
        opacity: u8,
        blend: usize,
        mask: Option<(u8, bool, f64)>,
        filter: Option<u8>,
    }

    fn sketch() -> impl Strategy<Value = Sketch> {
        (
            0usize..7,
            transforms(),
            prop_oneof![Just(255u8), any::<u8>()],
            prop_oneof![3 => Just(0usize), 1 => 0usize..17],
            proptest::option::weighted(0.25, (0u8..4, any::<bool>(), 0.0..90.0)),
            proptest::option::weighted(0.2, 0u8..8),
        )
            .prop_map(|(which, place, opacity, blend, mask, filter)| Sketch {
                which,
                place,
                opacity,
                blend,
                mask,
                filter,
            })
    }

    pub(super) struct Kit {
        rasters: [Arc<Raster>; 4],
        topology: Arc<Topology>,
        video: Arc<crate::VideoFrame>,
    }

    impl Kit {
        pub(super) fn new() -> Self {
            Self {
                rasters: [sprite(W, H, true), sprite(50, 70, false), sprite(90, 30, true), sprite(33, 47, false)],
                topology: Topology::new(4, vec![[0, 1, 2], [1, 3, 2]]).unwrap(),
                video: crate::VideoFrame::new(160, 120, (0..160 * 180).map(|i| 16 + (i * 7 % 200) as u8).collect())
                    .unwrap(),
            }
        }

        fn mesh(&self, bend: f32) -> Content {
            let v = |x: f32, y: f32, u: f32, v: f32| Vertex { x, y, u, v };
            let corners =
                vec![v(0.0, 0.0, 0.0, 0.0), v(60.0, bend, 1.0, 0.0), v(-bend, 60.0, 0.0, 1.0), v(55.0, 65.0, 1.0, 1.0)];
            Content::Mesh(Mesh::new(self.rasters[2].clone(), self.topology.clone(), corners).unwrap())
        }

        fn item(&self, sketch: &Sketch) -> DrawItem {
            let (x, y, s, turn) = sketch.place;
            let transform = Affine::scale(s, s.abs()).then(Affine::rotate_degrees(turn)).then(Affine::translate(x, y));
            let content = match sketch.which {
                4 => self.mesh((x / 30.0) as f32),
                6 => Content::Video(self.video.clone()),
                5 => Content::Raster(self.rasters[1].clone(), Sampling::Nearest),
                which => Content::Raster(self.rasters[which].clone(), Sampling::Smooth),
            };
            let mask = sketch.mask.map(|(kind, inverted, at)| Mask {
                inverted,
                shape: match kind {
                    0 => MaskShape::Rect([at.round(), 10.0, at.round() + 60.0, 90.0]),
                    1 => MaskShape::Rect([at, 10.3, at + 60.7, 90.1]),
                    2 => MaskShape::Alpha(Arc::new(item(&self.rasters[1], Affine::translate(at, 20.0), 255))),
                    _ => MaskShape::Luminance(Arc::new(item(&self.rasters[0], Affine::scale(0.5, 0.5), 200))),
                },
            });
            let filters = sketch.filter.map(|kind| {
                let filter = match kind {
                    0 => Filter::Blur { sigma: 3.0 },
                    1 => Filter::DropShadow { x: 6.0, y: -4.0, sigma: 2.0, color: [10, 200, 90, 180] },
                    2 => Filter::Outline { width: 4.0, color: [255, 0, 0, 255] },
                    3 => Filter::saturation(0.2),
                    4 => Filter::Pixelate { size: 7.0 },
                    5 => Filter::Crop { sides: [5.0, 3.5, 4.0, 2.0] },
                    6 => Filter::CornerPin { offsets: [5.0, 3.0, -4.0, 0.0, 9.0, 7.0, 0.0, -6.0] },
                    _ => Filter::Blur { sigma: 12.0 },
                };
                Arc::new(Filters { chain: vec![filter], frame: [0.0, 0.0, 50.0, 40.0] })
            });
            DrawItem {
                opacity: sketch.opacity,
                blend: BlendMode::ALL[sketch.blend],
                masks: mask.into_iter().collect(),
                filters,
                ..DrawItem::new(content, transform)
            }
        }

        pub(super) fn list(&self, sketches: &[(Sketch, Vec<Sketch>, u8)]) -> DisplayList {
            let items = sketches.iter().map(|(own, inner, kind)| {
                if inner.is_empty() {
                    return self.item(own);
                }
                let shell = self.item(&Sketch { which: 1, ..own.clone() });
                let inner = inner.iter().map(|s| self.item(s)).collect();
                let content = group(inner, kind & 1 == 0, kind & 2 != 0).content;
                let transform =
                    if kind & 4 == 0 { Affine::translate(own.place.0 / 8.0, 3.0) } else { Affine::IDENTITY };
                DrawItem { content, transform, ..shell }
            });
            list(items.collect())
        }
    }

    pub(super) fn show() -> impl Strategy<Value = Vec<(Sketch, Vec<Sketch>, u8)>> {
        let inner = prop_oneof![3 => Just(Vec::new()), 1 => proptest::collection::vec(sketch(), 1..4)];
        proptest::collection::vec((sketch(), inner, 0u8..8), 0..5)
    }

    /// 10,000 lists in the long run (PROPTEST_CASES); a share of them each time.
    pub(super) fn cases(default: u32) -> ProptestConfig {
        ProptestConfig::with_cases(std::env::var("PROPTEST_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(default))
    }

    proptest! {
        #![proptest_config(cases(150))]

        /// Whatever came before, the picture is that of the list drawn anew: every kind of content,
        /// group, mask, blend mode and filter; with layers that stand still long enough to be kept.
        #[test]
        fn a_partial_redraw_is_a_full_one(lists in proptest::collection::vec((show(), 1usize..20), 1..5)) {
            let kit = Kit::new();
            let mut renderer = CpuRenderer::new(W, H, || Duration::ZERO);
            let mut below = Vec::new();
            for (sketches, times) in lists {
                for time in 0..times {
                    // The bottom stands still, something on top of it moves.
                    let mut all = below.clone();
                    all.extend(sketches.clone());
                    let mut list = kit.list(&all);
                    list.items.push(item(&kit.rasters[3], Affine::translate(time as f64 * 3.0, 40.0), 255));
                    renderer.render(list.clone());
                    if time + 1 == times {
                        let mut anew = CpuRenderer::new(W, H, || Duration::ZERO);
                        anew.render(list);
                        prop_assert!(renderer.picture().bytes() == anew.picture().bytes());
                    }
                }
                below = sketches.into_iter().take(2).collect();
            }
        }

        #[test]
        fn every_instruction_set_gives_the_same_pixels(sketches in show()) {
            let list = Kit::new().list(&sketches);
            prop_assert!(paint(&list, W, H) == paint_with(fearless_simd::Level::baseline(), &list, W, H));
        }
    }

    /// Every rule for groups, masks and opacity against the reference, which follows the W3C text.
    #[test]
    fn groups_and_masks_are_those_of_the_w3c() {
        let soft = sprite(60, 50, false);
        let place = |x: f64, y: f64| Affine::translate(x, y);
        let blended =
            |blend: BlendMode, x: f64, y: f64, opacity: u8| DrawItem { blend, ..item(&soft, place(x, y), opacity) };
        let inner = || {
            vec![
                blended(BlendMode::Normal, 10.0, 10.0, 255),
                blended(BlendMode::Multiply, 30.0, 20.0, 200),
                blended(BlendMode::Difference, 20.0, 40.0, 255),
            ]
        };
        let mut worst = 0.0f64;
        for isolated in [true, false] {
            for knockout in [true, false] {
                for opacity in [255, 120] {
                    for blend in [BlendMode::Normal, BlendMode::Screen, BlendMode::Luminosity] {
                        for mask in 0..5 {
                            let shape = match mask {
                                0 => None,
                                1 => Some(MaskShape::Rect([20.0, 15.0, 70.0, 60.0])),
                                2 => Some(MaskShape::Rect([20.25, 15.5, 70.75, 60.1])),
                                3 => Some(MaskShape::Alpha(Arc::new(item(&soft, place(25.0, 18.0), 230)))),
                                _ => Some(MaskShape::Luminance(Arc::new(item(&soft, place(25.0, 18.0), 255)))),
                            };
                            let masks: Vec<Mask> =
                                shape.into_iter().map(|shape| Mask { shape, inverted: mask == 4 }).collect();
                            let whole = DrawItem { opacity, blend, masks, ..group(inner(), isolated, knockout) };
                            let ground = item(&soft, Affine::scale(3.0, 3.0), 255);
                            let list = list(vec![ground, whole]);
                            let rgba = paint(&list, W, H);
                            for (x, y) in (0..110).flat_map(|x| (0..100).step_by(7).map(move |y| (x, y))) {
                                let want = reference::pixel(&list, x, y);
                                let got = pixel(&rgba, x, y);
                                for c in 0..3 {
                                    let off = (f64::from(got[c]) - want[c] * 255.0).abs();
                                    worst = worst.max(off);
                                    // Each step of the chain rounds to 8 bits once; the ground is
                                    // sampled with weights of 8 bits.
                                    assert!(
                                        off <= 4.0,
                                        "{isolated} {knockout} {opacity} {blend:?} mask {mask} ({x}, {y}): {got:?} {want:?}"
                                    );
                                }
                            }
                        }
                    }
                }
            }
        }
        assert!(worst > 0.0);
    }

    /// A grid of triangles, wobbling: what is opaque inside stays opaque (no seam), and half
    /// transparent colours are laid once (no overlap).
    #[test]
    fn a_mesh_has_neither_seams_nor_overlaps() {
        let (columns, rows) = (9u32, 7u32);
        let mut triangles = Vec::new();
        for y in 0..rows {
            for x in 0..columns {
                let a = y * (columns + 1) + x;
                let (b, c, d) = (a + 1, a + columns + 1, a + columns + 2);
                triangles.extend(if (x + y) % 2 == 0 { [[a, b, c], [b, d, c]] } else { [[a, b, d], [a, d, c]] });
            }
        }
        let topology = Topology::new(((columns + 1) * (rows + 1)) as usize, triangles).unwrap();
        let half = Raster::from_pixels(64, 64, &[0x8000_0080; 64 * 64]);
        for time in 0..30 {
            let t = time as f32 * 0.37;
            let vertices = (0..=rows)
                .flat_map(|y| (0..=columns).map(move |x| (x as f32, y as f32)))
                .map(|(x, y)| {
                    let inner = x > 0.0 && y > 0.0 && x < columns as f32 && y < rows as f32;
                    let wobble = if inner { 5.0 } else { 0.0 };
                    Vertex {
                        x: 20.0 + x * 22.5 + wobble * (y * 2.0 + t).sin(),
                        y: 12.5 + y * 22.0 + wobble * (x * 1.7 - t).cos(),
                        // Away from the texture's own soft edge.
                        u: 0.1 + 0.8 * x / columns as f32,
                        v: 0.1 + 0.8 * y / rows as f32,
                    }
                })
                .collect();
            let mesh = Mesh::new(half.clone(), topology.clone(), vertices).unwrap();
            let list = DisplayList {
                background: [0, 0, 0],
                items: vec![DrawItem::new(Content::Mesh(mesh), Affine::IDENTITY)],
            };
            let rgba = paint(&list, W, H);
            for y in 0..H {
                for x in 0..W {
                    let red = pixel(&rgba, x, y)[0];
                    let inside = (21..222).contains(&x) && (14..166).contains(&y);
                    if inside {
                        assert_eq!(red, 128, "({x}, {y}) at {time}");
                    } else {
                        assert!(red <= 128, "({x}, {y}) at {time}");
                    }
                }
            }
            // Level with a pixel's edge on the left, in the middle of one above.
            assert_eq!([pixel(&rgba, 19, 90)[0], pixel(&rgba, 20, 90)[0]], [0, 128]);
            assert_eq!([pixel(&rgba, 100, 11)[0], pixel(&rgba, 100, 12)[0], pixel(&rgba, 100, 13)[0]], [0, 64, 128]);
        }
    }

    /// Groups that are scaled, with enlarged pictures at their edges and filters inside.
    #[test]
    fn a_group_that_goes_leaves_nothing_behind() {
        let small = sprite(10, 10, true);
        let blurred = |x: f64| DrawItem {
            filters: Some(Arc::new(Filters { chain: vec![Filter::Blur { sigma: 5.0 }], frame: [0.0; 4] })),
            ..item(&small, Affine::translate(x, 2.0), 255)
        };
        for isolated in [true, false] {
            for (k, transform) in [
                // Half a texel is ten and six pixels: it reaches into the tiles to the left and above.
                Affine::scale(20.0, 12.0).then(Affine::translate(70.0, 36.0)),
                Affine::scale(0.4, 0.4).then(Affine::translate(60.0, 60.0)),
                Affine::scale(3.0, 3.0).then(Affine::rotate_degrees(20.0)).then(Affine::translate(120.0, 40.0)),
            ]
            .into_iter()
            .enumerate()
            {
                let inner = vec![item(&small, Affine::IDENTITY, 200), blurred(4.0)];
                let shown = DrawItem { transform, ..group(inner, isolated, false) };
                let mut renderer = CpuRenderer::new(W, H, || Duration::ZERO);
                renderer.render(list(vec![shown]));
                renderer.render(list(vec![]));
                let mut anew = CpuRenderer::new(W, H, || Duration::ZERO);
                anew.render(list(vec![]));
                assert!(renderer.picture().bytes() == anew.picture().bytes(), "isolated {isolated}, {k}");
            }
        }
    }

    /// Whatever filters are asked to do, the loop goes on: what would be enormous is left out.
    #[test]
    fn filters_that_would_be_enormous_are_left_out() {
        let raster = sprite(400, 300, true);
        let chains: Vec<Vec<Filter>> = vec![
            vec![Filter::CornerPin { offsets: [0.0, 0.0, 0.0, 0.0, 1e7, 1e7, 0.0, 0.0] }],
            vec![Filter::Scroll { x: 5.0, y: 0.0, gap: 0.0, window: [1e6, 1e6], along: [true, false] }],
            vec![Filter::DropShadow { x: 5e4, y: 5e4, sigma: 400.0, color: [0; 4] }],
            vec![Filter::Pixelate { size: 5e4 }],
            vec![Filter::Blur { sigma: 400.0 }; 16],
            vec![Filter::Outline { width: 1e5, color: [255; 4] }],
            vec![Filter::CornerPin { offsets: [f64::NAN; 8] }],
            vec![Filter::Crop { sides: [1e9; 4] }],
        ];
        for chain in chains {
            for scale in [1.0, 100.0, 1e-6] {
                let filters = Some(Arc::new(Filters { chain: chain.clone(), frame: [0.0, 0.0, 400.0, 300.0] }));
                let large = DrawItem { filters, ..item(&raster, Affine::scale(scale, scale), 255) };
                assert_eq!(paint(&list(vec![large]), W, H).len(), (W * H * 4) as usize);
            }
        }
    }

    #[test]
    fn video_goes_straight_through() {
        let (w, h) = (128u32, 96u32);
        let planes: Vec<u8> = (0..w * h * 3 / 2).map(|i| 16 + (i * 7 % 200) as u8).collect();
        let frame = crate::VideoFrame::new(w, h, planes.clone()).unwrap();
        let at = |x: f64, y: f64| list(vec![DrawItem::new(Content::Video(frame.clone()), Affine::translate(x, y))]);
        let mut renderer = CpuRenderer::new(W, H, || Duration::ZERO);
        renderer.render(at(64.0, 32.0));
        let bytes = renderer.picture().bytes();
        for y in 0..h {
            let row = ((y + 32) * W + 64) as usize;
            assert_eq!(
                bytes[row..row + w as usize],
                planes[(y * w) as usize..((y + 1) * w) as usize],
                "luma as it came"
            );
        }
        // Between pixels it goes by RGBA, and is drawn all the same.
        renderer.render(at(64.5, 32.0));
        assert!(renderer.picture().bytes()[((50 * W) + 100) as usize] != 16);
    }
}
