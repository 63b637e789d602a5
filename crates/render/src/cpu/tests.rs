use super::*;
use crate::{Affine, DrawItem, paint};
use proptest::prelude::*;
use raster::Raster;
use std::sync::Arc;

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
    DrawItem { raster: raster.clone(), transform, opacity }
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
            let mut pixels = vec![0u32; (W * H) as usize];
            let mut patch = Patch { pixels: &mut pixels, left: 0, top: 0, width: W, height: H };
            draw_list(level, &list, &mut patch, &mut Scratch::default());
            pixels
        };
        prop_assert!(draw(fearless_simd::Level::new()) == draw(fearless_simd::Level::baseline()));
    }
}
