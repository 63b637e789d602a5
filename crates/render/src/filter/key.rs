//! Keys: clear where a colour is near another.

use super::Sheet;
use super::color::{premultiplied, straight};

/// 0 up to `from`, 1 from `from + width` on, smooth between (a cubic with level ends).
fn ramp(value: f32, from: f32, width: f32) -> f32 {
    if width <= 0.0 {
        return if value > from { 1.0 } else { 0.0 };
    }
    let t = ((value - from) / width).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn luma([r, g, b]: [f32; 3]) -> f32 {
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// BT.709 chroma, -0.5 to 0.5 each.
fn chroma_of(color: [f32; 3]) -> [f32; 2] {
    let y = luma(color);
    [(color[2] - y) / 1.8556, (color[0] - y) / 1.5748]
}

fn unit(color: [u8; 4]) -> [f32; 3] {
    [color[0], color[1], color[2]].map(|c| f32::from(c) / 255.0)
}

/// Green and blue screens. Distance is measured in chroma, so that shadows on the screen go too.
pub(super) fn chroma(sheet: Sheet, key: [u8; 4], similarity: f64, smoothness: f64, spill: f64) -> Sheet {
    let key = unit(key);
    let center = chroma_of(key);
    by_distance(sheet, key, similarity, smoothness, spill, move |color| {
        let own = chroma_of(color);
        (own[0] - center[0]).hypot(own[1] - center[1])
    })
}

/// One colour, as it is.
pub(super) fn color(sheet: Sheet, key: [u8; 4], similarity: f64, smoothness: f64, spill: f64) -> Sheet {
    let key = unit(key);
    by_distance(sheet, key, similarity, smoothness, spill, move |color| {
        let square: f32 = color.iter().zip(key).map(|(c, k)| (c - k) * (c - k)).sum();
        (square / 3.0).sqrt()
    })
}

fn by_distance(
    mut sheet: Sheet,
    key: [f32; 3],
    similarity: f64,
    smoothness: f64,
    spill: f64,
    distance: impl Fn([f32; 3]) -> f32,
) -> Sheet {
    let (similarity, smoothness, spill) = (similarity as f32, smoothness as f32, spill as f32);
    // The screen's own channel is held to the other two where its light spilled on the subject.
    let strongest = (0..3).fold(0, |best, k| if key[k] > key[best] { k } else { best });
    let (one, other) = ((strongest + 1) % 3, (strongest + 2) % 3);
    let tinted = key[strongest] > key[one].max(key[other]);
    for p in sheet.pixels.iter_mut().filter(|p| **p >> 24 != 0) {
        let [r, g, b, a] = straight(*p);
        let mut color = [r, g, b];
        let off = distance(color);
        let kept = ramp(off, similarity, smoothness);
        if tinted && spill > 0.0 {
            let most = (color[one] + color[other]) / 2.0;
            let too_much = (color[strongest] - most).max(0.0);
            color[strongest] -= too_much * spill;
        }
        let [r, g, b] = color;
        *p = premultiplied([r, g, b, a * kept]);
    }
    sheet
}

/// Clear where it is too dark or too light.
pub(super) fn luma_key(mut sheet: Sheet, low: f64, high: f64, smoothness: f64) -> Sheet {
    let (low, high, smoothness) = (low as f32, high as f32, smoothness as f32);
    for p in sheet.pixels.iter_mut().filter(|p| **p >> 24 != 0) {
        let [r, g, b, a] = straight(*p);
        let y = luma([r, g, b]);
        // Ends of 0 and 1 cut nothing off.
        let above = if low <= 0.0 { 1.0 } else { ramp(y, low - smoothness / 2.0, smoothness) };
        let below = if high >= 1.0 { 1.0 } else { 1.0 - ramp(y, high - smoothness / 2.0, smoothness) };
        *p = premultiplied([r, g, b, a * above.min(below)]);
    }
    sheet
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(color: [u8; 4]) -> Sheet {
        Sheet { pixels: vec![u32::from_le_bytes(color)], rect: [0, 0, 1, 1] }
    }

    #[test]
    fn a_screen_goes_with_its_shadows_and_skin_stays() {
        let green = [0, 177, 64, 255];
        let alpha = |c: [u8; 4]| chroma(one(c), green, 0.2, 0.1, 0.0).pixels[0] >> 24;
        assert_eq!(alpha(green), 0);
        assert_eq!(alpha([0, 120, 43, 255]), 0, "in shadow");
        assert_eq!(alpha([224, 172, 140, 255]), 255, "skin");
        assert_eq!(alpha([20, 20, 20, 255]), 255, "black");
    }

    #[test]
    fn spill_is_taken_out_of_what_stays() {
        let green = [0, 177, 64, 255];
        let tinted = chroma(one([150, 200, 150, 255]), green, 0.1, 0.05, 1.0).pixels[0].to_le_bytes();
        assert_eq!(tinted, [150, 150, 150, 255]);
    }

    #[test]
    fn luma_is_kept_between_its_ends() {
        let alpha = |v: u8| luma_key(one([v, v, v, 255]), 0.2, 0.8, 0.0).pixels[0] >> 24;
        assert_eq!([alpha(10), alpha(128), alpha(250)], [0, 255, 0]);
    }
}
