//! Golden pictures.
//!
//! With `BLESS=1` they are made anew; look at each before it is committed. A picture that differs is
//! written beside what was wanted to `target/golden/`.

use std::path::{Path, PathBuf};

/// Off in a channel by more than this is a difference.
const TOLERANCE: u8 = 1;

pub fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"))
}

pub fn load(path: &Path) -> Option<Vec<u8>> {
    let decoder = png::Decoder::new(std::io::BufReader::new(std::fs::File::open(path).ok()?));
    let mut reader = decoder.read_info().ok()?;
    let mut pixels = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut pixels).ok()?;
    Some(pixels)
}

pub fn save(path: &Path, rgba: &[u8], width: u32) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let height = (rgba.len() / 4) as u32 / width;
    let mut encoder = png::Encoder::new(std::fs::File::create(path).unwrap(), width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    let rgb: Vec<u8> = rgba.as_chunks::<4>().0.iter().flat_map(|p| [p[0], p[1], p[2]]).collect();
    encoder.write_header().unwrap().write_image_data(&rgb).unwrap();
}

/// What is wrong with a picture; the pictures that show it are written.
pub fn differs(name: &str, rgba: &[u8], wanted: &[u8], width: u32) -> Option<String> {
    let got = rgba.as_chunks::<4>().0.iter().flat_map(|p| [p[0], p[1], p[2]]);
    let off: Vec<u8> = got.zip(wanted).map(|(a, b)| a.abs_diff(*b)).collect();
    let count = off.iter().filter(|o| **o > TOLERANCE).count();
    if count == 0 && off.len() == wanted.len() {
        return None;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/golden");
    save(&folder.join(format!("{name}.got.png")), rgba, width);
    let strong: Vec<u8> =
        off.as_chunks::<3>().0.iter().flat_map(|o| o.map(|v| v.saturating_mul(32)).into_iter().chain([255])).collect();
    save(&folder.join(format!("{name}.difference.png")), &strong, width);
    Some(format!("{name}: {count} of {} channels differ, by {:?} at most", off.len(), off.iter().max()))
}
