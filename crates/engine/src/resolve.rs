//! Filters as the renderer runs them: lengths in pixels, tables and maps loaded, motion as of now.

use crate::assets::Assets;
use render::Filter as Run;
use scene::{Filter, ShowTime};

/// The filters of an item of which a unit is so many pixels across and down, at a time. One whose
/// table or map is not loaded is left out.
pub(crate) fn filters(filters: &[Filter], assets: &Assets, at: ShowTime, pixels: (f64, f64)) -> Vec<Run> {
    filters.iter().filter_map(|filter| resolve(filter, assets, at, pixels)).collect()
}

fn resolve(filter: &Filter, assets: &Assets, at: ShowTime, (across, down): (f64, f64)) -> Option<Run> {
    // What has no direction is scaled by the mean.
    let mean = (across * down).sqrt();
    let px = |length: f64| length * mean;
    let px_x = |length: f64| length * across;
    let px_y = |length: f64| length * down;
    Some(match filter {
        Filter::Blur { radius } => Run::Blur { sigma: px(radius.get()).min(MAX_SIGMA) },
        Filter::DropShadow { x, y, radius, color } => Run::DropShadow {
            x: px_x(x.get()),
            y: px_y(y.get()),
            sigma: px(radius.get()).min(MAX_SIGMA),
            color: color.rgba,
        },
        Filter::InnerShadow { x, y, radius, color } => Run::InnerShadow {
            x: px_x(x.get()),
            y: px_y(y.get()),
            sigma: px(radius.get()).min(MAX_SIGMA),
            color: color.rgba,
        },
        Filter::Glow { radius, color, strength } => {
            Run::Glow { sigma: px(radius.get()).min(MAX_SIGMA), color: color.rgba, strength: strength.get() }
        }
        Filter::Outline { width, color } => Run::Outline { width: px(width.get()).min(400.0), color: color.rgba },
        Filter::Brightness { amount } => Run::brightness(amount.get()),
        Filter::Contrast { amount } => Run::contrast(amount.get()),
        Filter::Saturation { amount } => Run::saturation(amount.get()),
        Filter::Hue { angle } => Run::hue_degrees(angle.get()),
        Filter::Invert { amount } => Run::invert(amount.get()),
        Filter::Sepia { amount } => Run::sepia(amount.get()),
        Filter::Gamma { amount } => Run::Gamma { gamma: amount.get() },
        Filter::ColorMatrix { matrix } => Run::Matrix(matrix.map(|entry| entry.get() as f32)),
        Filter::Lut { url, amount } => Run::Lut { lut: assets.lut(url)?, amount: amount.get() },
        Filter::ChromaKey { color, similarity, smoothness, spill } => Run::ChromaKey {
            color: color.rgba,
            similarity: similarity.get(),
            smoothness: smoothness.get(),
            spill: spill.get(),
        },
        Filter::ColorKey { color, similarity, smoothness, spill } => Run::ColorKey {
            color: color.rgba,
            similarity: similarity.get(),
            smoothness: smoothness.get(),
            spill: spill.get(),
        },
        Filter::LumaKey { low, high, smoothness } => {
            Run::LumaKey { low: low.get(), high: high.get(), smoothness: smoothness.get() }
        }
        Filter::Pixelate { size } => Run::Pixelate { size: px(size.get()) },
        Filter::Sharpen { amount, radius } => {
            Run::Sharpen { amount: amount.get(), sigma: px(radius.get()).min(MAX_SIGMA) }
        }
        Filter::Vignette { amount, start, softness, color } => {
            Run::Vignette { amount: amount.get(), start: start.get(), softness: softness.get(), color: color.rgba }
        }
        Filter::Grain { amount, size, seed, rate } => {
            // Which of its pictures grain shows is a function of the show's time alone.
            let picture = (at.as_secs_f64() * rate.get()).floor() as u64;
            Run::Grain { amount: amount.get(), size: px(size.get()), seed: u64::from(*seed) << 32 ^ picture }
        }
        Filter::Displacement { url, x, y } => {
            Run::Displace { map: assets.map(url)?, x: px_x(x.get()), y: px_y(y.get()) }
        }
        Filter::CornerPin { top_left, top_right, bottom_right, bottom_left } => {
            let [a, b, c, d] =
                [top_left, top_right, bottom_right, bottom_left].map(|p| (px_x(p.x.get()), px_y(p.y.get())));
            Run::CornerPin { offsets: [a.0, a.1, b.0, b.1, c.0, c.1, d.0, d.1] }
        }
        Filter::Crop { left, top, right, bottom } => {
            Run::Crop { sides: [px_x(left.get()), px_y(top.get()), px_x(right.get()), px_y(bottom.get())] }
        }
        Filter::Scroll { x, y, gap, width, height } => {
            let s = at.as_secs_f64();
            let window = [px_x(width.get()), px_y(height.get())];
            // The gap is along the way that it goes.
            let gap = if x.get() == 0.0 { px_y(gap.get()) } else { px_x(gap.get()) };
            Run::Scroll {
                x: px_x(x.get() * s),
                y: px_y(y.get() * s),
                gap,
                window,
                along: [x.get() != 0.0, y.get() != 0.0],
            }
        }
    })
}

/// A blur of more than that takes all there is to see away.
const MAX_SIGMA: f64 = 400.0;
