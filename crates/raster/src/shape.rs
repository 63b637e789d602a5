//! Rectangles and ellipses.

use crate::raster::Raster;
use crate::{RasterError, blur, check_size};
use scene::{BoxShadow, Color, Fill, Gradient, GradientKind, ShapeKind, ShapeSource};
use std::sync::Arc;
use vello_cpu::color::{AlphaColor, DynamicColor, Srgb};
use vello_cpu::kurbo::{Affine, BezPath, Ellipse, Rect, RoundedRect, Shape, Stroke};
use vello_cpu::peniko::{self, ColorStop};
use vello_cpu::{Pixmap, RenderContext, RenderSettings, Resources};

/// A raster of a shape at `scale` pixels a unit.
pub(crate) fn raster(source: &ShapeSource, scale: f64) -> Result<Arc<Raster>, RasterError> {
    let style = &source.style;
    let (width, height) = (style.width.get().max(1.0), style.height.get().max(1.0));
    let margin = style.shadow.as_ref().map_or(0.0, |s| shadow_reach(s) * scale).ceil() + 1.0;
    let (w, h) = check_size("the shape", width * scale + 2.0 * margin, height * scale + 2.0 * margin)?;
    let mut canvas = Canvas::new(w, h);
    let to_pixels = Affine::translate((margin, margin)) * Affine::scale(scale);
    let outline = |inset: f64| -> BezPath {
        let rect = Rect::new(inset, inset, width - inset, height - inset);
        match source.shape {
            ShapeKind::Ellipse => Ellipse::from_rect(rect).to_path(0.05),
            ShapeKind::Rect => {
                let radius = (style.radius.get() - inset).clamp(0.0, rect.width().min(rect.height()).max(0.0) / 2.0);
                RoundedRect::from_rect(rect, radius).to_path(0.05)
            }
        }
    };
    if let Some(shadow) = &style.shadow {
        canvas.context.set_transform(to_pixels);
        canvas.context.set_paint(color(Color::BLACK));
        canvas.context.fill_path(&outline(0.0));
        canvas.turn_to_shadow(shadow, scale);
    }
    canvas.context.set_transform(to_pixels);
    if let Some(fill) = &style.fill {
        canvas.set_fill(fill, width, height);
        canvas.context.fill_path(&outline(0.0));
    }
    if let Some(stroke) = &style.stroke {
        canvas.context.set_paint(color(stroke.color));
        canvas.context.set_stroke(Stroke::new(stroke.width.get()));
        canvas.context.stroke_path(&outline(stroke.width.get() / 2.0));
    }
    let rgba = canvas.finish();
    // Cut the margin off again where nothing needed it, so that an opaque box is an opaque raster.
    if style.shadow.is_none() && (margin, (width * scale).fract(), (height * scale).fract()) == (1.0, 0.0, 0.0) {
        let (iw, ih) = (w as usize - 2, h as usize - 2);
        let inner: Vec<u8> = rgba
            .chunks_exact(w as usize * 4)
            .skip(1)
            .take(ih)
            .flat_map(|row| row[4..4 + iw * 4].iter().copied())
            .collect();
        return Ok(Raster::new(iw as u32, ih as u32, &inner, (0.0, 0.0), (width, height), scale));
    }
    Ok(Raster::new(w, h, &rgba, (margin, margin), (width, height), scale))
}

/// How far a shadow reaches beyond what casts it, in units of the layer.
pub(crate) fn shadow_reach(shadow: &BoxShadow) -> f64 {
    shadow.x.get().abs().max(shadow.y.get().abs()) + shadow.blur.get() * 1.5
}

pub(crate) fn color(c: Color) -> AlphaColor<Srgb> {
    let [r, g, b, a] = c.rgba;
    AlphaColor::from_rgba8(r, g, b, a)
}

/// A vector drawing under way.
pub(crate) struct Canvas {
    pub(crate) context: RenderContext,
    pub(crate) resources: Resources,
    /// What was flattened below the current drawing.
    under: Option<Vec<u8>>,
    width: u32,
    height: u32,
}

impl Canvas {
    /// `width` and `height` have passed `check_size`, so they fit a `u16`.
    pub(crate) fn new(width: u32, height: u32) -> Self {
        let context = RenderContext::new_with(width as u16, height as u16, RenderSettings::default());
        Self { context, resources: Resources::new(), under: None, width, height }
    }

    /// Paints with `fill`, whose gradients span a box of `width` x `height` units.
    pub(crate) fn set_fill(&mut self, fill: &Fill, width: f64, height: f64) {
        match fill {
            Fill::Color(c) => self.context.set_paint(color(*c)),
            Fill::Gradient(gradient) => self.context.set_paint(brush(gradient, width, height)),
        }
    }

    /// What is drawn so far as premultiplied bytes.
    fn flatten(&mut self) -> Vec<u8> {
        let mut pixmap = Pixmap::new(self.width as u16, self.height as u16);
        self.context.flush();
        self.context.render(&mut pixmap, &mut self.resources);
        self.context.reset();
        pixmap.data_as_u8_slice().to_vec()
    }

    /// Replaces what is drawn so far by its shadow; what is drawn next lies above it.
    pub(crate) fn turn_to_shadow(&mut self, shadow: &BoxShadow, scale: f64) {
        let drawn = self.flatten();
        let (w, h) = (self.width as usize, self.height as usize);
        let (dx, dy) = ((shadow.x.get() * scale).round() as i64, (shadow.y.get() * scale).round() as i64);
        let mut alpha = vec![0u8; w * h];
        for y in 0..h as i64 {
            let from_y = y - dy;
            if (0..h as i64).contains(&from_y) {
                for x in 0..w as i64 {
                    let from_x = x - dx;
                    if (0..w as i64).contains(&from_x) {
                        alpha[y as usize * w + x as usize] = drawn[(from_y as usize * w + from_x as usize) * 4 + 3];
                    }
                }
            }
        }
        blur::blur(&mut alpha, w, h, shadow.blur.get() * scale / 2.0);
        let [r, g, b, a] = shadow.color.rgba.map(u32::from);
        let mut rgba = Vec::with_capacity(w * h * 4);
        for coverage in alpha {
            let a = (u32::from(coverage) * a + 127) / 255;
            rgba.extend([r, g, b].map(|c| ((c * a + 127) / 255) as u8));
            rgba.push(a as u8);
        }
        self.under = Some(rgba);
    }

    /// The finished picture as premultiplied bytes.
    pub(crate) fn finish(mut self) -> Vec<u8> {
        let over = self.flatten();
        let Some(mut under) = self.under.take() else { return over };
        for (u, o) in under.as_chunks_mut::<4>().0.iter_mut().zip(over.as_chunks::<4>().0) {
            let inverse = 255 - u32::from(o[3]);
            for (u, o) in u.iter_mut().zip(o) {
                *u = o.saturating_add(((u32::from(*u) * inverse + 127) / 255) as u8);
            }
        }
        under
    }
}

fn brush(gradient: &Gradient, width: f64, height: f64) -> peniko::Gradient {
    let (cx, cy) = (width / 2.0, height / 2.0);
    let base = match gradient.gradient {
        GradientKind::Linear => {
            // As in CSS: the line is long enough for the corners to get the end colours.
            let (sin, cos) = gradient.angle.get().to_radians().sin_cos();
            let half = (width * cos.abs() + height * sin.abs()) / 2.0;
            peniko::Gradient::new_linear((cx - cos * half, cy - sin * half), (cx + cos * half, cy + sin * half))
        }
        GradientKind::Radial => peniko::Gradient::new_radial((cx, cy), cx.hypot(cy) as f32),
    };
    let stops: Vec<ColorStop> = gradient
        .stops
        .iter()
        .map(|s| ColorStop { offset: s.offset.get() as f32, color: DynamicColor::from_alpha_color(color(s.color)) })
        .collect();
    base.with_stops(stops.as_slice())
}
