//! From a frame's items to a display list, and to samples.

use crate::assets::Assets;
use audio::{Mixer, Voice};
use render::{Affine, DisplayList, DrawItem};
use scene::{Frame, FrameRate, Item, Show};
use std::sync::Arc;

/// What there is to draw for `frame` in a picture of `width` x `height` pixels. Items whose image is
/// not loaded, or that cannot be drawn, are left out: the show goes on without them.
#[must_use]
pub fn draw_list(frame: &Frame, assets: &Assets, width: u32, height: u32) -> DisplayList {
    let (cw, ch) = (f64::from(frame.canvas.width), f64::from(frame.canvas.height));
    let fit = Fit::new(cw, ch, f64::from(width), f64::from(height));
    let [r, g, b, _] = frame.background.rgba;
    let items = frame.items.iter().filter_map(|item| draw_item(item, assets, &fit)).collect();
    DisplayList { background: [r, g, b], items }
}

/// From the show's canvas to the picture: scaled to fit, in the middle.
struct Fit {
    scale: f64,
    map: Affine,
}

impl Fit {
    fn new(cw: f64, ch: f64, width: f64, height: f64) -> Self {
        let scale = (width / cw).min(height / ch);
        let (left, top) = ((width - cw * scale) / 2.0, (height - ch * scale) / 2.0);
        Self { scale, map: Affine::scale(scale, scale).then(Affine::translate(left, top)) }
    }
}

fn draw_item(item: &Item, assets: &Assets, fit: &Fit) -> Option<DrawItem> {
    let transform = &item.transform;
    let (sx, sy) = (transform.scale.x.get(), transform.scale.y.get());
    let raster = assets.raster(&item.source, sx.abs().max(sy.abs()) * fit.scale).ok().flatten()?;
    let (box_w, box_h) = raster.size();
    let (ox, oy) = raster.origin();
    let anchor = (transform.anchor.x.get() * box_w, transform.anchor.y.get() * box_h);
    let unit = 1.0 / raster.scale();
    let map = Affine::translate(-ox, -oy)
        .then(Affine::scale(unit, unit))
        .then(Affine::translate(-anchor.0, -anchor.1))
        .then(Affine::scale(sx, sy))
        .then(Affine::rotate_degrees(transform.rotation.get()))
        .then(Affine::translate(transform.position.x.get(), transform.position.y.get()))
        .then(fit.map);
    let opacity = (item.opacity.get() * 255.0).round() as u8;
    Some(DrawItem { opacity, ..DrawItem::raster(raster, snap(map)) })
}

/// Takes away what rounding left: a raster that was made for its scale is to lie pixel on pixel.
fn snap(map: Affine) -> Affine {
    let near = |v: f64| if (v - v.round()).abs() < 1e-9 { v.round() } else { v };
    // A 256th of a pixel is less than the sampler can tell apart.
    let place = |v: f64| if (v - v.round()).abs() < 1.0 / 512.0 { v.round() } else { v };
    Affine { a: near(map.a), b: near(map.b), c: near(map.c), d: near(map.d), e: place(map.e), f: place(map.f) }
}

/// Makes pictures and samples of a show, frame by frame: the same for the live loop and off-line.
pub struct Composer {
    assets: Arc<Assets>,
    mixer: Mixer,
    rate: FrameRate,
}

impl Composer {
    /// A composer at `rate` frames per second.
    #[must_use]
    pub fn new(assets: Arc<Assets>, rate: FrameRate) -> Self {
        Self { assets, mixer: Mixer::new(), rate }
    }

    /// The number of the first sample of frame `tick`, and all samples of its interval.
    pub fn samples(&mut self, show: &Show, tick: u64) -> (u64, Vec<[f32; 2]>) {
        let first = self.rate.first_sample(tick, audio::RATE);
        let count = (self.rate.first_sample(tick + 1, audio::RATE) - first) as usize;
        let voices: Vec<Voice> = show
            .tracks()
            .iter()
            .filter_map(|track| {
                Some(Voice {
                    name: track.id.as_str().into(),
                    clip: self.assets.clip(track)?,
                    start: track.start.samples(audio::RATE),
                    gain: track.gain_db.linear(),
                    looped: track.looped,
                })
            })
            .collect();
        let mut samples = Vec::with_capacity(count);
        self.mixer.mix(&voices, first, count, &mut samples);
        (first, samples)
    }
}
