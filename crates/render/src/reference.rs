//! The picture in floating point, pixel by pixel: slow, plain, and meant to be read beside the text
//! of W3C Compositing and Blending Level 1, whose sections the comments name. Tests hold the back
//! ends to it. It knows rasters, groups, masks, opacity and blending; meshes, video and filters have
//! references of their own.

use crate::affine::Affine;
use crate::list::{Content, DisplayList, DrawItem, Group, Mask, MaskShape, Sampling};
use raster::Raster;
use scene::BlendMode;

/// Red, green, blue and alpha, premultiplied, 0 to 1.
pub type Color = [f64; 4];

/// A pixel of 8 bits a channel.
#[must_use]
pub fn unpack(p: u32) -> Color {
    p.to_le_bytes().map(|c| f64::from(c) / 255.0)
}

/// What the middle of pixel (`x`, `y`) is.
#[must_use]
pub fn pixel(list: &DisplayList, x: u32, y: u32) -> Color {
    let [r, g, b] = list.background.map(|c| f64::from(c) / 255.0);
    let at = (f64::from(x) + 0.5, f64::from(y) + 0.5);
    list.items.iter().fold([r, g, b, 1.0], |backdrop, item| draw(item, Affine::IDENTITY, at, backdrop))
}

/// An item over a backdrop.
fn draw(item: &DrawItem, map: Affine, at: (f64, f64), backdrop: Color) -> Color {
    let part = f64::from(item.opacity) / 255.0 * masks(&item.masks, map, at);
    match &item.content {
        Content::Group(group) if !group.isolated => {
            let inner = item.transform.then(map);
            // Section 3.3: the group's own colour leaves out the backdrop it began with.
            let result = items(group, inner, at, backdrop);
            let alpha = items(&Group { isolated: true, ..(**group).clone() }, inner, at, [0.0; 4])[3];
            let own: Color = std::array::from_fn(|c| result[c] - (1.0 - alpha) * backdrop[c]);
            let own = [own[0], own[1], own[2], alpha];
            composite(item.blend, backdrop, own.map(|c| c * part))
        }
        _ => composite(item.blend, backdrop, content(item, map, at).map(|c| c * part)),
    }
}

fn content(item: &DrawItem, map: Affine, at: (f64, f64)) -> Color {
    let transform = item.transform.then(map);
    match &item.content {
        Content::Raster(raster, sampling) => sample(raster, *sampling, transform, at),
        Content::Video(video) => sample(video.raster(), Sampling::Smooth, transform, at),
        Content::Group(group) => items(group, transform, at, [0.0; 4]),
        Content::Mesh(_) => [0.0; 4],
    }
}

/// The items of a group, over what the group begins with.
fn items(group: &Group, map: Affine, at: (f64, f64), ground: Color) -> Color {
    if !group.knockout {
        return group.items.iter().fold(ground, |backdrop, item| draw(item, map, at, backdrop));
    }
    // Each item meets the ground; where its shape lies, it takes the place of what was there.
    group.items.iter().fold(ground, |result, item| {
        let shape = content(item, map, at).map(|c| c * masks(&item.masks, map, at));
        let onto = composite(item.blend, ground, shape.map(|c| c * f64::from(item.opacity) / 255.0));
        std::array::from_fn(|c| (result[c] - ground[c]) * (1.0 - shape[3]) + onto[c])
    })
}

fn masks(masks: &[Mask], map: Affine, at: (f64, f64)) -> f64 {
    masks.iter().map(|mask| through(mask, map, at)).product()
}

/// How much of a point a mask lets through.
fn through(mask: &Mask, map: Affine, at: (f64, f64)) -> f64 {
    let seen = match &mask.shape {
        MaskShape::Rect([left, top, right, bottom]) => match map.inverse() {
            None => 0.0,
            Some(back) => {
                let (u, v) = back.apply(at);
                let (sx, sy) = map.scale_factors();
                let share = |v: f64, from: f64, to: f64, scale: f64| {
                    let part = ((v - from) * scale + 0.5).min((to - v) * scale + 0.5).clamp(0.0, 1.0);
                    part.min(((to - from) * scale).clamp(0.0, 1.0))
                };
                share(u, *left, *right, sx) * share(v, *top, *bottom, sy)
            }
        },
        MaskShape::Alpha(item) => draw(item, map, at, [0.0; 4])[3],
        MaskShape::Luminance(item) => {
            let [r, g, b, _] = draw(item, map, at, [0.0; 4]);
            0.2125 * r + 0.7154 * g + 0.0721 * b
        }
    };
    if mask.inverted { 1.0 - seen } else { seen }
}

/// The raster at a point of the picture: bilinear between the middles of texels, clear outside.
fn sample(raster: &Raster, sampling: Sampling, transform: Affine, at: (f64, f64)) -> Color {
    let (sx, sy) = transform.scale_factors();
    let (level, halvings) = match sampling {
        Sampling::Smooth => raster.level_for(1.0 / sx.max(sy).max(1e-9)),
        Sampling::Nearest => (raster.base(), 0),
    };
    let shrunk = f64::from(1u32 << halvings);
    let Some(back) = Affine::scale(shrunk, shrunk).then(transform).inverse() else { return [0.0; 4] };
    let (u, v) = back.apply(at);
    let texel = |i: f64, j: f64| {
        let inside = i >= 0.0 && j >= 0.0 && i < f64::from(level.width()) && j < f64::from(level.height());
        if inside { unpack(level.row(j as u32)[i as usize]) } else { [0.0; 4] }
    };
    if sampling == Sampling::Nearest {
        return texel(u.floor(), v.floor());
    }
    let (i, j) = ((u - 0.5).floor(), (v - 0.5).floor());
    let (fx, fy) = (u - 0.5 - i, v - 0.5 - j);
    let four = [texel(i, j), texel(i + 1.0, j), texel(i, j + 1.0), texel(i + 1.0, j + 1.0)];
    std::array::from_fn(|c| {
        let top = four[0][c] * (1.0 - fx) + four[1][c] * fx;
        let bottom = four[2][c] * (1.0 - fx) + four[3][c] * fx;
        top * (1.0 - fy) + bottom * fy
    })
}

/// Section 5.1, simple alpha compositing, of a blended source (section 5.3):
/// `Cs = (1 - ab) Cs + ab B(Cb, Cs)`, then `co = cs + cb (1 - as)`.
#[must_use]
pub fn composite(mode: BlendMode, backdrop: Color, source: Color) -> Color {
    if mode == BlendMode::PlusLighter {
        return std::array::from_fn(|c| (backdrop[c] + source[c]).min(1.0));
    }
    let (ab, a_s) = (backdrop[3], source[3]);
    let straight = |color: Color| -> [f64; 3] {
        if color[3] <= 0.0 { [0.0; 3] } else { std::array::from_fn(|c| color[c] / color[3]) }
    };
    let (cb, cs) = (straight(backdrop), straight(source));
    let mixed = blend(mode, cb, cs);
    let blended: [f64; 3] = std::array::from_fn(|c| (1.0 - ab) * cs[c] + ab * mixed[c]);
    let [r, g, b] = std::array::from_fn(|c| a_s * blended[c] + (1.0 - a_s) * backdrop[c]);
    [r, g, b, a_s + ab * (1.0 - a_s)]
}

/// Section 10: the blend functions.
fn blend(mode: BlendMode, cb: [f64; 3], cs: [f64; 3]) -> [f64; 3] {
    let each = |f: fn(f64, f64) -> f64| std::array::from_fn(|c| f(cb[c], cs[c]));
    match mode {
        BlendMode::Normal | BlendMode::PlusLighter => cs,
        BlendMode::Multiply => each(|b, s| b * s),
        BlendMode::Screen => each(|b, s| b + s - b * s),
        BlendMode::Overlay => each(|b, s| hard_light(s, b)),
        BlendMode::Darken => each(f64::min),
        BlendMode::Lighten => each(f64::max),
        BlendMode::ColorDodge => each(|b, s| {
            if b == 0.0 {
                0.0
            } else if s >= 1.0 {
                1.0
            } else {
                (b / (1.0 - s)).min(1.0)
            }
        }),
        BlendMode::ColorBurn => each(|b, s| {
            if b >= 1.0 {
                1.0
            } else if s <= 0.0 {
                0.0
            } else {
                1.0 - ((1.0 - b) / s).min(1.0)
            }
        }),
        BlendMode::HardLight => each(hard_light),
        BlendMode::SoftLight => each(|b, s| {
            if s <= 0.5 {
                b - (1.0 - 2.0 * s) * b * (1.0 - b)
            } else {
                let d = if b <= 0.25 { ((16.0 * b - 12.0) * b + 4.0) * b } else { b.sqrt() };
                b + (2.0 * s - 1.0) * (d - b)
            }
        }),
        BlendMode::Difference => each(|b, s| (b - s).abs()),
        BlendMode::Exclusion => each(|b, s| b + s - 2.0 * b * s),
        BlendMode::Hue => set_lum(set_sat(cs, sat(cb)), lum(cb)),
        BlendMode::Saturation => set_lum(set_sat(cb, sat(cs)), lum(cb)),
        BlendMode::Color => set_lum(cs, lum(cb)),
        BlendMode::Luminosity => set_lum(cb, lum(cs)),
    }
}

fn hard_light(b: f64, s: f64) -> f64 {
    if s <= 0.5 {
        b * 2.0 * s
    } else {
        let s = 2.0 * s - 1.0;
        b + s - b * s
    }
}

/// Section 10.2.
fn lum(c: [f64; 3]) -> f64 {
    0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]
}

fn clip_color(c: [f64; 3]) -> [f64; 3] {
    let l = lum(c);
    let (n, x) = (c[0].min(c[1]).min(c[2]), c[0].max(c[1]).max(c[2]));
    let low = if n < 0.0 { c.map(|v| l + (v - l) * l / (l - n)) } else { c };
    if x > 1.0 { low.map(|v| l + (v - l) * (1.0 - l) / (x - l)) } else { low }
}

fn set_lum(c: [f64; 3], l: f64) -> [f64; 3] {
    let d = l - lum(c);
    clip_color(c.map(|v| v + d))
}

fn sat(c: [f64; 3]) -> f64 {
    c[0].max(c[1]).max(c[2]) - c[0].min(c[1]).min(c[2])
}

/// As the text has it: the greatest becomes `s`, the least 0, the one between in proportion.
fn set_sat(c: [f64; 3], s: f64) -> [f64; 3] {
    let mut order = [0, 1, 2];
    order.sort_by(|a, b| c[*a].total_cmp(&c[*b]));
    let [min, mid, max] = order;
    let mut out = [0.0; 3];
    if c[max] > c[min] {
        out[mid] = (c[mid] - c[min]) * s / (c[max] - c[min]);
        out[max] = s;
    }
    out
}
