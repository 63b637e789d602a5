//! The reference scene S1 for benchmarks: a full-frame background, a cross-fading card, a figure
//! that bobs and breathes, a lower third, a countdown, a ticker, music and a voice.

use crate::setup::Failure;
use image::{Rgba, RgbaImage};
use scene::ShowFile;
use serde_json::Value;
use std::f64::consts::TAU;
use std::path::Path;

/// The show, without what depends on the assets that there are.
const SHOW: &str = include_str!("s1.json");

/// The show. `assets` is where its texts are.
pub(crate) fn show(assets: &Path) -> Result<ShowFile, Failure> {
    let mut show: Value = serde_json::from_str(SHOW).map_err(|e| Failure::Show(e.to_string()))?;
    for layer in show["layers"].as_array_mut().into_iter().flatten() {
        let file = assets.join(format!("{}.txt", layer["id"].as_str().unwrap_or_default()));
        if let Ok(text) = std::fs::read_to_string(file) {
            layer["content"]["content"] = text.into();
        }
    }
    for track in show["tracks"].as_array_mut().into_iter().flatten() {
        let file = format!("{}.mp3", track["id"].as_str().unwrap_or_default());
        if assets.join(&file).exists() {
            track["url"] = file.into();
        }
    }
    scene::read(show).map_err(|e| Failure::Show(e.to_string()))
}

/// Makes stand-ins of the same sizes as S1's assets.
pub(crate) fn write_stand_ins(folder: &Path) -> Result<(), Failure> {
    let save = |name: &str, image: RgbaImage| {
        image.save(folder.join(name)).map_err(|e| Failure::Other(format!("{name}: {e}")))
    };
    // A little texture, so that the encoder has something to do.
    let noise = |x: u32, y: u32| ((x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663)) >> 7 & 7) as u8;
    save(
        "bg.png",
        RgbaImage::from_fn(1920, 1080, |x, y| {
            Rgba([(x / 12) as u8 + noise(x, y), (y / 8) as u8 + noise(y, x), 90 + noise(x, x), 255])
        }),
    )?;
    for (name, tint) in [("card_a.png", 0), ("card_b.png", 90)] {
        save(
            name,
            RgbaImage::from_fn(640, 640, |x, y| {
                let ring = (f64::from(x) - 320.0).hypot(f64::from(y) - 320.0) as u32;
                Rgba([(ring % 160) as u8 + tint, (x / 4) as u8, (y / 4) as u8 + noise(x, y), 255])
            }),
        )?;
    }
    save(
        "sprite.png",
        RgbaImage::from_fn(900, 1000, |x, y| {
            let (dx, dy) = ((f64::from(x) - 450.0) / 380.0, (f64::from(y) - 500.0) / 450.0);
            let edge = ((1.0 - dx.hypot(dy)) * 60.0).clamp(0.0, 1.0);
            Rgba([200 - (y / 10) as u8, 120 + noise(x, y), (x / 5) as u8, (edge * 255.0) as u8])
        }),
    )?;
    std::fs::write(folder.join("music.wav"), chord(&[220.0, 277.2, 329.6], 30))?;
    std::fs::write(folder.join("voice.wav"), chord(&[140.0, 420.0], 30))?;
    Ok(())
}

/// Some seconds of sine tones as a WAV file.
fn chord(frequencies: &[f64], seconds: u32) -> Vec<u8> {
    let samples: Vec<i16> = (0..48_000 * seconds)
        .map(|i| {
            let t = f64::from(i) / 48_000.0;
            let sum: f64 = frequencies.iter().map(|f| (t * f * TAU).sin()).sum();
            (sum / frequencies.len() as f64 * 9_000.0) as i16
        })
        .collect();
    wav(1, &samples)
}

/// Samples of 48 kHz as a WAV file.
pub(crate) fn wav(channels: u16, samples: &[i16]) -> Vec<u8> {
    let rate = 48_000u32;
    let data: Vec<u8> = samples.iter().flat_map(|s| s.to_le_bytes()).collect();
    let mut wav = Vec::from(*b"RIFF");
    wav.extend((36 + data.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0");
    wav.extend(channels.to_le_bytes());
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * 2 * u32::from(channels)).to_le_bytes());
    wav.extend((2 * channels).to_le_bytes());
    wav.extend(16u16.to_le_bytes());
    wav.extend(b"data");
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(data);
    wav
}

#[cfg(test)]
mod tests {
    use super::*;
    use scene::{Command, Limits, Show, ShowTime};

    #[test]
    fn it_moves_as_it_always_has() {
        let mut s1 = Show::default();
        let file = show(Path::new("/nonexistent")).unwrap();
        s1.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits::default()).unwrap();
        let items = |s: f64| s1.at(ShowTime::from_secs_f64(s)).items;
        let cards = |s: f64| -> Vec<(String, f64)> {
            let card = |id: &str| id.starts_with("card");
            items(s).iter().filter(|i| card(i.layer.as_str())).map(|i| (i.layer.to_string(), i.opacity.get())).collect()
        };
        assert_eq!(cards(2.0), [("cardA".into(), 1.0)]);
        assert_eq!(cards(7.0), [("cardB".into(), 1.0)]);
        for s in [4.5, 9.5, 14.5] {
            assert!(
                matches!(&cards(s)[..], [(_, whole), (_, half)] if *whole == 1.0 && (half - 0.5).abs() < 1e-9),
                "{s}"
            );
        }
        for i in 0..100 {
            let s = f64::from(i) * 0.37;
            let items = items(s);
            let of = |id: &str| items.iter().find(|item| item.layer.as_str() == id).unwrap();
            let sprite = of("sprite").transform;
            assert!((sprite.scale.x.get() - (1.0 + 0.02 * (TAU * s / 4.0).sin())).abs() < 1e-6, "{s}");
            assert!((sprite.position.y.get() - (540.0 + 20.0 * (TAU * s / 3.0).sin())).abs() < 1e-4, "{s}");
            let x = 1920.0 - (s * 120.0) % 5620.0;
            assert!((of("ticker").transform.position.x.get() - x).abs() < 1e-3, "{s}");
        }
    }
}
