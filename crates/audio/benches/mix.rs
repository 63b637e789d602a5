//! What a frame's sound costs: eight tracks over all buses, everything at work.

use audio::{BUSES, Bus, Clip, Compressor, Desk, Ducking, Fades, Gate, Mixer, RATE, Sound, Voice};
use criterion::{Criterion, criterion_group, criterion_main};
use std::sync::Arc;

/// Samples of a frame at 30 frames a second.
const FRAME: usize = RATE as usize / 30;

fn desk() -> Desk {
    let noise = |seed: u32| -> Vec<[i16; 2]> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) as i16 / 4
        };
        (0..5 * RATE).map(|_| [next(), next()]).collect()
    };
    let voice = |i: usize| {
        let clip = Arc::new(Clip::new(noise(i as u32)));
        let sound = Sound::Clip { clip, start: -(i as i64) * 999, looped: true, fades: Fades::default() };
        Voice { name: i.to_string().into(), speaker: None, sound, bus: Bus::ALL[i % BUSES], gain: [0.5; 2] }
    };
    let mut desk = Desk { voices: (0..8).map(voice).collect(), ..Desk::default() };
    for bus in &mut desk.buses {
        bus.high_pass_hz = Some(80.0);
        bus.gate = Some(Gate { threshold_db: -50.0, range_db: -40.0, attack: 0.002, hold: 0.1, release: 0.2 });
        bus.compressor = Some(Compressor {
            threshold_db: -20.0,
            ratio: 3.0,
            knee_db: 6.0,
            attack: 0.005,
            release: 0.1,
            makeup_db: 0.0,
        });
    }
    desk.buses[Bus::Music as usize].ducking = Some(Ducking {
        by: Bus::Voice,
        threshold_db: -45.0,
        ratio: 4.0,
        range_db: -12.0,
        attack: 0.05,
        hold: 0.4,
        release: 0.6,
    });
    desk.program.target_lufs = Some(-16.0);
    desk
}

fn mix(c: &mut Criterion) {
    let (desk, mut mixer, mut at) = (desk(), Mixer::new(), 0);
    let mut out = Vec::with_capacity(FRAME);
    c.bench_function("a frame of eight tracks", |b| {
        b.iter(|| {
            out.clear();
            mixer.mix(&desk, at, FRAME, &mut out);
            at += FRAME as u64;
        });
    });
}

criterion_group!(benches, mix);
criterion_main!(benches);
