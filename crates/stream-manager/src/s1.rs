//! The reference scene S1 for benchmarks: a full-frame background, a cross-fading card, a figure
//! that bobs and breathes, a lower third, a countdown, a ticker, music and a voice.

use crate::setup::Failure;
use image::{Rgba, RgbaImage};
use scene::{Frame, Item, ItemContent, Opacity, Point, Scale, Show, ShowFile, ShowTime, Source, SourceKind, Transform};
use serde_json::json;
use std::f64::consts::TAU;
use std::path::Path;

/// What the lower third and the ticker say where there are no assets.
const LOWER: &str = "Welcome to the reference scene";
const TICKER: &str = "Breaking: the compositor keeps thirty frames per second * headlines scroll along the bottom of \
                      the picture * two cores and no graphics card * audio is music plus voice * ";
/// The ticker comes back after it has left; its text is about this long.
const TICKER_LENGTH: f64 = 3_700.0;

/// The show, with everything where it is at time zero. `assets` is where its texts are.
pub(crate) fn show(assets: &Path) -> Result<ShowFile, Failure> {
    let text = |name: &str, fallback: &str| std::fs::read_to_string(assets.join(name)).unwrap_or(fallback.to_owned());
    let audio = |stem: &str| {
        if assets.join(format!("{stem}.mp3")).exists() { format!("{stem}.mp3") } else { format!("{stem}.wav") }
    };
    let label = |id: &str, content: &str, size: u32, x: f64, y: f64| {
        json!({"id": id, "type": "overlay", "transform": {"position": {"x": x, "y": y}},
            "content": {"type": "text", "content": content,
                "style": {"fontSize": size, "shadow": {"color": "#000000", "x": 3, "y": 3}}}})
    };
    let image = |id: &str, file: &str, x: f64, y: f64| json!({"id": id, "type": "visualFeed", "transform": {"position": {"x": x, "y": y}}, "content": {"imageUrl": file}});
    let mut sprite = image("sprite", "sprite.png", 550.0, 540.0);
    sprite["transform"]["anchor"] = json!({"x": 0.5, "y": 0.5});
    let show = json!({
        "name": "S1",
        "layers": [
            image("bg", "bg.png", 0.0, 0.0),
            image("cardA", "card_a.png", 1180.0, 120.0),
            image("cardB", "card_b.png", 1180.0, 120.0),
            sprite,
            label("lower", &text("lower.txt", LOWER), 64, 120.0, 900.0),
            label("countdown", "10:00", 64, 1640.0, 40.0),
            label("ticker", &text("ticker.txt", TICKER), 40, 1920.0, 1020.0),
        ],
        "tracks": [
            {"id": "music", "url": audio("music"), "loop": true, "gainDb": -6},
            {"id": "voice", "url": audio("voice"), "loop": true},
        ],
    });
    scene::read(show).map_err(|e| Failure::Show(e.to_string()))
}

/// S1 at time `t`: the show with its motion.
pub(crate) fn frame(show: &Show, t: ShowTime) -> Frame {
    let mut frame = show.at(t);
    let s = t.as_secs_f64();
    frame.items.retain_mut(|item| move_item(item, s));
    frame
}

/// Puts an item where it is at `s` seconds; false where it is not seen.
fn move_item(item: &mut Item, s: f64) -> bool {
    match item.layer.as_str() {
        "sprite" => {
            let scale = Scale::new(1.0 + 0.02 * (TAU * s / 4.0).sin()).unwrap_or_default();
            item.transform.scale = Point { x: scale, y: scale };
            set_y(&mut item.transform, 540.0 + 20.0 * (TAU * s / 3.0).sin());
        }
        // Five seconds each, the last one cross-fading into the other.
        "cardA" | "cardB" => {
            let phase = (s + if item.layer.as_str() == "cardB" { 5.0 } else { 0.0 }) % 10.0;
            let opacity = match phase {
                p if p < 5.0 => 1.0,
                p if p >= 9.0 => p - 9.0,
                _ if s % 5.0 >= 4.0 => 6.0 - phase,
                _ => 0.0,
            };
            item.opacity = Opacity::new(opacity.clamp(0.0, 1.0)).unwrap_or_default();
            return item.opacity.get() > 0.0;
        }
        "countdown" => {
            let left = (600.0 - s).rem_euclid(600.0).ceil() as u64;
            if let Some(SourceKind::Text(text)) = item.source().map(|source| source.kind()) {
                let text = scene::TextSource { text: format!("{:02}:{:02}", left / 60, left % 60), ..text.clone() };
                item.content = ItemContent::Source(Source::new(SourceKind::Text(text)));
            }
        }
        "ticker" => {
            let x = 1920.0 - (s * 120.0) % (1920.0 + TICKER_LENGTH);
            item.transform.position.x = scene::Coordinate::new(x).unwrap_or_default();
        }
        _ => {}
    }
    true
}

fn set_y(transform: &mut Transform, y: f64) {
    transform.position.y = scene::Coordinate::new(y).unwrap_or_default();
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
    use scene::{Command, Limits};

    #[test]
    fn one_card_is_whole_at_all_times_and_they_take_turns() {
        let mut s1 = Show::default();
        let file = show(Path::new("/nonexistent")).unwrap();
        s1.apply(Command::LoadShow { show: file }, ShowTime::ZERO, &Limits::default()).unwrap();
        let cards = |s: f64| -> Vec<(String, f64)> {
            let items = frame(&s1, ShowTime::from_secs_f64(s)).items;
            items
                .iter()
                .filter(|i| i.layer.as_str().starts_with("card"))
                .map(|i| (i.layer.to_string(), i.opacity.get()))
                .collect()
        };
        assert_eq!(cards(2.0), [("cardA".into(), 1.0)]);
        assert_eq!(cards(7.0), [("cardB".into(), 1.0)]);
        let fading = cards(4.5);
        assert_eq!(fading.len(), 2);
        assert!(fading.iter().any(|(_, o)| *o == 1.0) && fading.iter().any(|(_, o)| (0.4..0.6).contains(o)));
    }
}
