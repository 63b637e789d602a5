use super::*;
use crate::{Bus, Clip, Compressor, Ducking, Fades, Feed, Gate, RATE};
use proptest::prelude::*;

fn sounds(samples: Vec<[i16; 2]>, start: i64, gain: f32, looped: bool) -> Voice {
    let sound = Sound::Clip { clip: Arc::new(Clip::new(samples)), start, looped, fades: Fades::default() };
    Voice { name: "v".into(), speaker: None, sound, bus: Bus::Effects, gain: [gain; 2] }
}

fn fed(feed: &Arc<Feed>) -> Voice {
    Voice { name: "feed".into(), speaker: None, sound: Sound::Feed(feed.clone()), bus: Bus::Voice, gain: [1.0; 2] }
}

fn on(bus: Bus, voice: Voice) -> Voice {
    Voice { bus, name: format!("{bus:?}").into(), ..voice }
}

fn desk(voices: Vec<Voice>) -> Desk {
    Desk { voices, ..Desk::default() }
}

fn mixed(desk: &Desk, from: u64, counts: &[usize]) -> Vec<Sample> {
    let (mut mixer, mut out, mut at) = (Mixer::new(), Vec::new(), from);
    for count in counts {
        mixer.mix(desk, at, *count, &mut out);
        at += *count as u64;
    }
    out
}

fn tone(frequency: f32, length: usize) -> Vec<[i16; 2]> {
    (0..length)
        .map(|i| [((i as f32 * frequency * std::f32::consts::TAU / RATE as f32).sin() * 32767.0) as i16; 2])
        .collect()
}

fn float(samples: &[[i16; 2]], gain: f32) -> Vec<Sample> {
    samples.iter().map(|s| s.map(|s| f32::from(s) / 32768.0 * gain)).collect()
}

/// The largest difference between neighbours, on the left.
fn step(samples: &[Sample]) -> f32 {
    samples.windows(2).map(|w| (w[1][0] - w[0][0]).abs()).fold(0.0, f32::max)
}

fn level_db(samples: &[Sample]) -> f32 {
    decibels(rms(samples))
}

#[test]
fn a_quiet_voice_passes_untouched_and_on_its_sample() {
    let out = mixed(&desk(vec![sounds(vec![[16384, -16384]; 3], 5, 0.5, false)]), 0, &[7, 9]);
    let mut expected = vec![[0.0; 2]; 16];
    expected[5..8].fill([0.25, -0.25]);
    assert_eq!(out, expected);
}

#[test]
fn a_loop_is_a_function_of_time() {
    let clip: Vec<[i16; 2]> = (0..1000).map(|i| [i, -i]).collect();
    let desk = desk(vec![sounds(clip, -300, 1.0, true)]);
    let late = mixed(&desk, 48_000_123, &[800]);
    assert_eq!(late[0][0], ((48_000_123 + 300) % 1000) as f32 / 32768.0);
    assert_eq!(late, mixed(&desk, 48_000_123, &[1, 400, 399]), "however it is cut");
}

#[test]
fn changes_of_gain_and_pan_come_and_go_without_a_click() {
    let mut mixer = Mixer::new();
    let loud = || sounds(vec![[16384, 16384]; 48_000], 0, 1.0, true);
    let mut out = Vec::new();
    let right = Voice { gain: [0.0, 1.0], ..loud() };
    for (i, voices) in
        [vec![loud()], vec![right.clone()], vec![right], vec![], vec![], vec![loud()], vec![]].iter().enumerate()
    {
        mixer.mix(&desk(voices.clone()), i as u64 * 1600, 1600, &mut out);
    }
    assert!(step(&out) < 0.001, "no click: {}", step(&out));
    assert_eq!(out[2 * 1600 + 1000], [0.0, 0.5], "only on the right");
    assert_eq!(out[5 * 1600 - 1], [0.0; 2], "gone");
}

#[test]
fn two_that_cross_are_as_loud_as_one() {
    let noise = |seed: u32| -> Vec<[i16; 2]> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 16) as i16) / 8
        };
        (0..48_000).map(|_| [next(); 2]).collect()
    };
    let fading = |seed, start, fades| {
        let sound = Sound::Clip { clip: Arc::new(Clip::new(noise(seed))), start, looped: false, fades };
        Voice { name: seed.to_string().into(), speaker: None, sound, bus: Bus::Music, gain: [1.0; 2] }
    };
    let first = fading(1, 0, Fades { come: 0, go: Some((24_000, 24_000)) });
    let second = fading(2, 24_000, Fades { come: 24_000, go: None });
    let out = mixed(&desk(vec![first, second]), 0, &[1600; 45]);
    let levels: Vec<f32> = out.chunks_exact(4800).map(level_db).collect();
    assert!(levels.iter().all(|db| (db - levels[0]).abs() < 0.5), "{levels:?}");
}

#[test]
fn an_envelope_is_of_its_speaker_and_its_samples_however_the_calls_are_cut() {
    // Two voices of one speaker, one after the other, and one of nobody.
    let says = |name: &str, start: i64, gain: f32| Voice {
        name: name.into(),
        speaker: Some("host".into()),
        ..sounds(tone(1_000.0, 4_800), start, gain, false)
    };
    let desk = desk(vec![says("a", 4_800, 0.5), says("b", 14_400, 0.25), sounds(tone(300.0, 48_000), 0, 0.9, false)]);
    let envelope_of = |counts: &[usize]| {
        let (mut mixer, mut out, mut at) = (Mixer::new(), Vec::new(), 0);
        for count in counts {
            mixer.mix(&desk, at, *count, &mut out);
            at += *count as u64;
        }
        let heard = mixer.envelopes();
        assert_eq!(heard.speakers.len(), 1);
        let (name, envelope) = heard.speakers[0].clone();
        assert_eq!(&*name, "host");
        // From the 5 ms that begin at a sample.
        let at = move |sample: u64| {
            let back = (envelope.end() - sample) / crate::envelope::STEP;
            envelope.values()[envelope.values().len() - back as usize]
        };
        (at, mixer)
    };
    let (at, mut mixer) = envelope_of(&[1_600; 15]);
    let near = |value: f32, rms: f32| assert!((value - rms).abs() < 0.01, "{value} {rms}");
    near(at(4_560), 0.0);
    near(at(4_800), 0.5 * 0.707);
    near(at(9_360), 0.5 * 0.707);
    near(at(9_600), 0.0);
    near(at(14_400), 0.25 * 0.707);
    near(at(19_200), 0.0);
    let (other, _) = envelope_of(&[100, 2_000, 7, 5_000, 1, 16_892]);
    for sample in (0..24_000).step_by(240) {
        assert_eq!(at(sample).to_bits(), other(sample).to_bits(), "at {sample}");
    }
    // The bus has everything.
    let effects = mixer.envelopes().buses[Bus::Effects as usize];
    assert!(effects.values().last().is_some_and(|value| (value - 0.9 * 0.707).abs() < 0.01));
    // Who has been silent for long is nobody's to remember.
    let mut out = Vec::new();
    (0..90_000 / 1_600).for_each(|i| mixer.mix(&desk, 24_000 + i * 1_600, 1_600, &mut out));
    assert!(mixer.envelopes().speakers.is_empty());
}

#[test]
fn the_limiter_lets_the_gain_come_back() {
    let mut loud = tone(440.0, 4800);
    loud.extend(vec![[8192, 8192]; 48_000]);
    let out = mixed(&desk(vec![sounds(loud, 0, 2.0, false)]), 0, &[1600; 30]);
    assert_eq!(out[40_000], [0.5; 2], "full gain again");
    assert!(out[..4800].iter().flatten().any(|s| s.abs() > 0.85), "not quieter than needed");
}

#[test]
fn the_limiter_turns_down_before_a_peak_comes_and_not_at_once() {
    let mut clip = vec![[8192i16; 2]; 960];
    clip.extend(vec![[32767; 2]; 480]);
    let source = float(&clip, 2.0);
    let out = mixed(&desk(vec![sounds(clip, 0, 2.0, false)]), 0, &[100, 1340]);
    let gain = |k: usize| out[k][0] / source[k][0];
    assert!((0..600).all(|k| gain(k) == 1.0) && gain(959) < 0.5, "over the few blocks before");
    let most = (1..1440).map(|k| (gain(k) - gain(k - 1)).abs()).fold(0.0, f32::max);
    assert!(most < 0.005, "no jump of the gain: {most}");
}

#[test]
fn music_gives_way_to_speech_holds_and_comes_back() {
    let speech: Vec<[i16; 2]> = tone(300.0, 48_000).iter().map(|s| s.map(|s| s / 4)).collect();
    let music: Vec<[i16; 2]> = tone(3_000.0, 48_000).iter().map(|s| s.map(|s| s / 8)).collect();
    let ducking = Ducking {
        by: Bus::Voice,
        threshold_db: -40.0,
        ratio: 4.0,
        range_db: -12.0,
        attack: 0.02,
        hold: 0.3,
        release: 0.3,
    };
    let mut desk =
        desk(vec![on(Bus::Voice, sounds(speech, 48_000, 1.0, false)), on(Bus::Music, sounds(music, 0, 1.0, true))]);
    desk.buses[Bus::Music as usize].ducking = Some(ducking);
    let mut mixer = Mixer::new();
    let mut levels = Vec::new();
    for tick in 0..150 {
        mixer.mix(&desk, tick * 1600, 1600, &mut Vec::new());
        levels.push(mixer.meters().buses[Bus::Music as usize].rms_db);
    }
    let at = |second: f32| levels[(second * 30.0) as usize] - levels[10];
    assert!(at(0.9).abs() < 0.1, "{}", at(0.9));
    assert!((at(1.5) + 12.0).abs() < 0.5, "down by its range: {}", at(1.5));
    assert!(at(2.2) < -11.0, "held: {}", at(2.2));
    assert!(at(4.5) > -0.5, "back: {}", at(4.5));
}

#[test]
fn a_gate_silences_hiss_and_a_compressor_evens_out() {
    let gate = Gate { threshold_db: -40.0, range_db: -60.0, attack: 0.001, hold: 0.05, release: 0.05 };
    let hiss: Vec<[i16; 2]> = tone(5_000.0, 48_000).iter().map(|s| s.map(|s| s / 1000)).collect();
    let mut gated = desk(vec![on(Bus::Voice, sounds(hiss, 0, 1.0, true))]);
    gated.buses[Bus::Voice as usize].gate = Some(gate);
    let out = mixed(&gated, 0, &[1600; 30]);
    assert!(level_db(&out[40_000..]) < -110.0, "{}", level_db(&out[40_000..]));

    let compressor =
        Compressor { threshold_db: -30.0, ratio: 3.0, knee_db: 6.0, attack: 0.005, release: 0.1, makeup_db: 6.0 };
    let loud: Vec<[i16; 2]> = tone(1_000.0, 48_000).iter().map(|s| s.map(|s| s / 4)).collect();
    let before = level_db(&float(&loud, 1.0));
    let mut even = desk(vec![on(Bus::Voice, sounds(loud, 0, 1.0, true))]);
    even.buses[Bus::Voice as usize].compressor = Some(compressor);
    let out = mixed(&even, 0, &[1600; 30]);
    let expected = -30.0 + (before + 30.0) / 3.0 + 6.0;
    assert!((level_db(&out[40_000..]) - expected).abs() < 0.3, "{} for {expected}", level_db(&out[40_000..]));
}

#[test]
fn a_high_pass_takes_the_rumble_and_leaves_the_rest() {
    for (frequency, passes) in [(20.0, false), (1_000.0, true)] {
        let quiet: Vec<[i16; 2]> = tone(frequency, 48_000).iter().map(|s| s.map(|s| s / 2)).collect();
        let before = level_db(&float(&quiet, 1.0));
        let mut desk = desk(vec![on(Bus::Voice, sounds(quiet, 0, 1.0, true))]);
        desk.buses[Bus::Voice as usize].high_pass_hz = Some(80.0);
        let out = mixed(&desk, 0, &[1600; 60]);
        let lost = before - level_db(&out[48_000..]);
        // 12 dB an octave: two octaves below it 24 dB.
        assert!(if passes { lost.abs() < 0.1 } else { (lost - 24.0).abs() < 1.0 }, "{frequency} Hz: {lost} dB");
    }
}

#[test]
fn the_program_is_brought_to_its_loudness_and_silence_is_not_turned_up() {
    for divisor in [3, 30] {
        let mut clip: Vec<[i16; 2]> = tone(997.0, 48_000 * 3).iter().map(|s| s.map(|s| s / divisor)).collect();
        clip.extend(vec![[0; 2]; 48_000]);
        let mut desk = desk(vec![sounds(clip, 0, 1.0, true)]);
        desk.program.target_lufs = Some(-16.0);
        let mut mixer = Mixer::new();
        let mut out = Vec::new();
        let mut gains = Vec::new();
        for tick in 0..30 * 40 {
            mixer.mix(&desk, tick * 1600, 1600, &mut out);
            gains.push(mixer.meters().leveller_db);
        }
        // The loudness of the second half, by the reference.
        let mut meter = ebur128::EbuR128::new(2, RATE, ebur128::Mode::I).unwrap();
        meter.add_frames_f32(out[20 * 48_000..].as_flattened()).unwrap();
        let lufs = meter.loudness_global().unwrap();
        assert!((lufs + 16.0).abs() < 0.5, "{lufs} LUFS");
        let late = &gains[30 * 30..];
        let (least, most) = late.iter().fold((f32::MAX, f32::MIN), |(a, b), g| (a.min(*g), b.max(*g)));
        assert!(most - least < 1.0, "it does not pump in the pauses: {least} to {most}");
    }
}

#[test]
fn chunks_that_come_late_leave_silence_and_no_click() {
    let feed = Arc::new(Feed::new());
    let desk = desk(vec![fed(&feed)]);
    let (mut mixer, mut out) = (Mixer::new(), Vec::new());
    let speech = float(&tone(200.0, 48_000), 0.4);
    // Chunks of 100 ms, the third of which comes 400 ms late.
    let mut chunks = speech.chunks(4800);
    for tick in 0..60u64 {
        if tick % 3 == 0 && !(6..18).contains(&tick) {
            chunks.next().into_iter().for_each(|chunk| feed.push(chunk).unwrap());
        }
        if tick == 40 {
            feed.end();
        }
        mixer.mix(&desk, tick * 1600, 1600, &mut out);
    }
    let natural = step(&speech);
    assert!(step(&out) < natural * 1.2, "{} for {natural}", step(&out));
    assert_eq!(feed.progress().starved, 1);
    assert!(feed.progress().finished);
    assert_eq!(feed.progress().played, feed.progress().pushed, "nothing that was said is lost");
    assert!(out[..1600].iter().all(|s| *s == [0.0; 2]) && level_db(&out[6_400..9_600]) > -20.0);
}

#[test]
fn a_feed_that_is_cut_or_just_stops_goes_softly() {
    for cut in [true, false] {
        let feed = Arc::new(Feed::new());
        let speech = float(&tone(200.0, 48_000), 0.4);
        feed.push(&speech).unwrap();
        let (mut mixer, mut out) = (Mixer::new(), Vec::new());
        for tick in 0..60 {
            if cut && tick == 10 {
                feed.cut();
            }
            mixer.mix(&desk(vec![fed(&feed)]), tick * 1600, 1600, &mut out);
        }
        assert!(step(&out) < step(&speech) * 1.2);
        assert_eq!(feed.progress().finished, cut, "whoever has not ended may go on");
    }
}

#[test]
fn a_feed_that_nobody_heard_goes_on_with_what_is_new() {
    let feed = Feed::cushioned(100);
    feed.push(&[[0.1; 2]; 1_000]).unwrap();
    feed.keep_newest(100);
    let progress = feed.progress();
    assert_eq!((progress.pushed, progress.played), (1_000, 900));
    feed.keep_newest(100);
    assert_eq!(feed.progress().played, 900, "no more is dropped");
}

#[test]
fn a_feed_holds_so_much_and_no_more() {
    let feed = Feed::new();
    let minute = vec![[0.0; 2]; 60 * RATE as usize];
    (0..5).for_each(|_| feed.push(&minute).unwrap());
    assert_eq!(feed.push(&[[0.0; 2]]), Err(crate::FeedFull));
}

proptest! {
    /// Whatever is summed, and however the calls are cut, nothing is beyond the ceiling.
    #[test]
    fn nothing_clips(gains in proptest::collection::vec(0.0f32..16.0, 1..6),
                     counts in proptest::collection::vec(1usize..3000, 1..8), pitch in 20.0f32..15_000.0) {
        let voices: Vec<Voice> = gains.iter().enumerate().map(|(i, gain)| Voice {
            name: i.to_string().into(),
            ..sounds(tone(pitch * (i + 1) as f32, 5000), i as i64 * 777, *gain, true)
        }).collect();
        let out = mixed(&desk(voices), 0, &counts);
        prop_assert_eq!(out.len(), counts.iter().sum::<usize>());
        // The rounding of a product.
        let ceiling = crate::linear(-1.0);
        prop_assert!(out.iter().flatten().all(|s| s.abs() <= ceiling * (1.0 + 1e-5)));
        // The wave between the samples, by another implementation of the recommendation: within half a dB,
        // even where the limiter takes 20 dB and more.
        let mut meter = ebur128::EbuR128::new(2, RATE, ebur128::Mode::TRUE_PEAK).unwrap();
        meter.add_frames_f32(out.as_flattened()).unwrap();
        let peak = meter.true_peak(0).unwrap();
        prop_assert!(peak <= f64::from(ceiling) * 1.06, "{} dBTP", 20.0 * peak.log10());
    }

    /// However the calls are cut, the same comes out.
    #[test]
    fn cuts_are_not_heard(counts in proptest::collection::vec(1usize..2500, 2..8)) {
        let desk = desk(vec![sounds(tone(440.0, 5000), 123, 3.0, true)]);
        let whole = mixed(&desk, 0, &[counts.iter().sum()]);
        prop_assert_eq!(mixed(&desk, 0, &counts), whole);
    }
}
