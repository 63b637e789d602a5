//! The graphics card's back end against the CPU's. They run on whatever card there is; on most
//! machines that is Mesa's lavapipe, which is a CPU too.

use super::layers::{Kit, cases, show};
use super::*;
use crate::{GpuError, GpuLimits, GpuRenderer};

/// A card that may use so many mebibytes.
fn card_with(mebibytes: u64, width: u32, height: u32) -> GpuRenderer {
    let limits = GpuLimits { memory: mebibytes << 20, patience: Duration::from_secs(60), software: true };
    GpuRenderer::new(width, height, limits, || Duration::ZERO).unwrap()
}

fn card() -> GpuRenderer {
    card_with(64, W, H)
}

/// How many channels are off by more than one, and by how much at most.
fn off(a: &[u8], b: &[u8]) -> (usize, u8) {
    assert_eq!(a.len(), b.len());
    let apart = a.iter().zip(b).map(|(a, b)| a.abs_diff(*b));
    (apart.clone().filter(|d| *d > 1).count(), apart.max().unwrap_or(0))
}

/// Renders until the picture of `list` is out.
fn finished(card: &mut GpuRenderer, list: &DisplayList) -> Vec<u8> {
    card.render(list.clone()).unwrap();
    card.render(list.clone()).unwrap();
    card.picture().bytes().to_vec()
}

proptest! {
    #![proptest_config(cases(60))]

    /// Whatever came before, the card's picture is the CPU's: at most 3 off, and at most a thousandth
    /// of all channels by more than 1.
    #[test]
    fn a_card_draws_what_the_cpu_draws(lists in proptest::collection::vec(show(), 1..4)) {
        let kit = Kit::new();
        let mut card = card();
        let mut cpu = CpuRenderer::new(W, H, || Duration::ZERO);
        let mut pictures = Vec::new();
        for (i, sketches) in lists.iter().enumerate() {
            let list = kit.list(sketches);
            cpu.render(list.clone());
            pictures.push(cpu.picture().bytes().to_vec());
            card.render(list.clone()).unwrap();
            if i > 0 {
                let (many, most) = off(card.picture().bytes(), &pictures[i - 1]);
                prop_assert!(most <= 3 && many * 1000 <= pictures[0].len(), "{many} channels, by {most}");
            }
            let (many, most) = off(&card.read_pixels().unwrap(), &paint(&list, W, H));
            prop_assert!(most <= 3 && many * 1000 <= (W * H * 4) as usize, "{many} channels of RGBA, by {most}");
        }
    }
}

#[test]
fn a_picture_comes_one_call_after_its_list() {
    let figure = sprite(60, 50, true);
    let at = |x: f64| list(vec![item(&figure, Affine::translate(x, 70.0), 255)]);
    let on_cpu = |x: f64| {
        let mut cpu = CpuRenderer::new(W, H, || Duration::ZERO);
        cpu.render(at(x));
        cpu.picture().bytes().to_vec()
    };
    let mut card = card();
    card.render(at(0.0)).unwrap();
    for x in 1..20 {
        let damage = card.render(at(f64::from(x) * 7.0)).unwrap().clone();
        assert!(x == 1 || damage.share() < 0.3, "only what changed is new");
        assert!(card.picture().bytes() == on_cpu(f64::from(x - 1) * 7.0), "picture {}", x - 1);
    }
    let still = at(19.0 * 7.0);
    card.render(still.clone()).unwrap();
    assert!(card.render(still.clone()).unwrap().is_empty(), "nothing moves any more");
    assert!(card.picture().bytes() == on_cpu(19.0 * 7.0));
}

#[test]
fn widths_that_are_no_multiple_of_a_word_come_out_whole() {
    let ground = sprite(200, 200, true);
    let list = list(vec![item(&ground, Affine::rotate_degrees(10.0), 255)]);
    for (w, h) in [(2, 2), (10, 6), (130, 34), (198, 66)] {
        let mut card = card_with(64, w, h);
        let mut cpu = CpuRenderer::new(w, h, || Duration::ZERO);
        cpu.render(list.clone());
        assert!(finished(&mut card, &list) == cpu.picture().bytes(), "{w} x {h}");
    }
}

#[test]
fn what_was_not_drawn_for_long_makes_room_and_comes_back() {
    // Room for about ten of these.
    let sprites: Vec<_> = (0..30u32).map(|i| sprite(250, 250 + i, true)).collect();
    let mut card = card_with(3, W, H);
    for round in 0..3 {
        for (i, sprite) in sprites.iter().enumerate() {
            let list = list(vec![item(sprite, Affine::translate(i as f64, f64::from(round)), 255)]);
            let mut cpu = CpuRenderer::new(W, H, || Duration::ZERO);
            cpu.render(list.clone());
            assert!(finished(&mut card, &list) == cpu.picture().bytes(), "round {round}, sprite {i}");
        }
    }
}

#[test]
fn a_picture_that_does_not_fit_is_refused() {
    let mut card = card_with(1, W, H);
    let large = list(vec![item(&sprite(1024, 1024, true), Affine::IDENTITY, 255)]);
    assert!(matches!(card.render(large), Err(GpuError::TooLarge)));
}

#[test]
fn a_lost_card_says_so() {
    let mut card = card();
    let small = list(vec![item(&sprite(10, 10, true), Affine::IDENTITY, 255)]);
    finished(&mut card, &small);
    card.lose();
    let mut moved = (1..5).map(|x| list(vec![item(&sprite(10, 10, true), Affine::translate(x.into(), 0.0), 255)]));
    assert!(moved.any(|list| matches!(card.render(list), Err(GpuError::Lost(_)))));
}
