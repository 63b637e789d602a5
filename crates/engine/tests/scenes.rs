//! The table of small scenes that every back end draws, and its golden pictures.
//!
//! `BLESS=1 cargo test -p engine --test scenes` makes the pictures anew; look at each before it is
//! committed. A picture that differs is written beside what was wanted to `target/golden/`.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod picture;
mod table;

use engine::{Assets, draw_list};
use picture::{differs, golden, load, save};
use raster::{Fonts, Studio};
use render::{DisplayList, SimdLevel, paint_with};
use scene::{Command, Limits, Show, ShowTime};
use std::path::Path;
use std::sync::Arc;
use table::{HEIGHT, Scene, WIDTH};

/// Assets with the bundled fonts alone, and the table's own files.
fn assets(folder: &Path) -> Arc<Assets> {
    table::write_files(folder);
    let assets = Assets::patient(vec![folder.to_owned()], Arc::new(Studio::new(Fonts::bundled_only(), 64 << 20)));
    // Four emoji of Noto Color Emoji (SIL Open Font License 1.1).
    assets.add_font(include_bytes!("table/emoji.ttf").to_vec()).unwrap();
    assets
}

fn list(scene: &Scene, assets: &Assets) -> DisplayList {
    let mut show = Show::default();
    let file = scene::read(scene.show()).unwrap_or_else(|e| panic!("{}: {e}", scene.name));
    show.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits::default())
        .unwrap_or_else(|e| panic!("{}: {e}", scene.name));
    for layer in show.layers() {
        assets
            .prepare_layer(&show, layer, (WIDTH, HEIGHT))
            .unwrap_or_else(|e| panic!("{}, {}: {e}", scene.name, layer.id()));
    }
    draw_list(&show.at(ShowTime::from_secs_f64(scene.at)), assets, WIDTH, HEIGHT)
}

#[test]
fn every_scene_is_as_it_was_on_every_instruction_set() {
    let folder = tempfile::tempdir().unwrap();
    let assets = assets(folder.path());
    let bless = std::env::var_os("BLESS").is_some();
    let scenes = table::scenes();
    assert!(scenes.len() >= 80, "{} scenes", scenes.len());
    let mut wrong = Vec::new();
    for scene in &scenes {
        let list = list(scene, &assets);
        let rgba = paint_with(SimdLevel::new(), &list, WIDTH, HEIGHT);
        assert!(
            rgba == paint_with(SimdLevel::baseline(), &list, WIDTH, HEIGHT),
            "{}: another picture on another instruction set",
            scene.name
        );
        let path = golden(scene.name);
        if bless {
            save(&path, &rgba, WIDTH);
        }
        match load(&path) {
            None => wrong.push(format!("{}: there is no golden picture", scene.name)),
            Some(wanted) => wrong.extend(differs(scene.name, &rgba, &wanted, WIDTH)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A graphics card's pictures: at most 3 off, and at most a thousandth of the channels by more than 1.
#[cfg(feature = "gpu")]
#[test]
fn every_scene_is_the_same_on_a_graphics_card() {
    use render::{CpuRenderer, GpuLimits, GpuRenderer, Renderer};
    use std::time::Duration;
    let folder = tempfile::tempdir().unwrap();
    let assets = assets(folder.path());
    let limits = GpuLimits { memory: 64 << 20, patience: Duration::from_secs(60), software: true };
    let mut card = GpuRenderer::new(WIDTH, HEIGHT, limits, || Duration::ZERO).unwrap();
    let mut wrong = Vec::new();
    let mut exact = 0;
    for scene in table::scenes() {
        let list = list(&scene, &assets);
        let mut cpu = CpuRenderer::new(WIDTH, HEIGHT, || Duration::ZERO);
        cpu.render(list.clone());
        let rgba = render::paint(&list, WIDTH, HEIGHT);
        card.render(list.clone()).unwrap();
        let drawn = card.read_pixels().unwrap();
        card.render(list).unwrap();
        for (what, got, want) in
            [("pixels", &drawn[..], &rgba[..]), ("I420", card.picture().bytes(), cpu.picture().bytes())]
        {
            let off: Vec<u8> = got.iter().zip(want).map(|(a, b)| a.abs_diff(*b)).collect();
            let (many, most) = (off.iter().filter(|d| **d > 1).count(), off.iter().max().copied().unwrap_or(0));
            exact += usize::from(most == 0);
            if most > 3 || many * 1000 > off.len() {
                wrong.push(format!("{}, {what}: {many} of {} channels, by {most}", scene.name, off.len()));
            }
        }
    }
    println!("{exact} of {} pictures are exact", 2 * table::scenes().len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two scenes that look the same would be one scene too many, and a scene that is empty shows nothing.
#[test]
fn no_two_scenes_are_the_same() {
    let mut seen = std::collections::HashMap::new();
    for scene in table::scenes() {
        let bytes = load(&golden(scene.name)).unwrap_or_else(|| panic!("{}: no picture", scene.name));
        if let Some(other) = seen.insert(bytes, scene.name) {
            panic!("{} and {other} look the same", scene.name);
        }
    }
}

/// The pictures of the manual are these.
#[test]
fn the_manual_shows_every_blend_mode_and_filter() {
    let manual = include_str!("../../../docs/rendering.md");
    for scene in table::scenes().iter().filter(|s| s.name.starts_with("blend-") || s.name.starts_with("filter-")) {
        assert!(manual.contains(&format!("golden/{}.png", scene.name)), "{} is not shown", scene.name);
    }
}
