//! Rectangles and ellipses.

use crate::raster::Raster;
use crate::{RasterError, blur, check_size};
use scene::{BoxShadow, Color, Fill, FillRule, Gradient, GradientKind, LineCap, LineJoin, ShapeKind, ShapeSource};
use std::sync::Arc;
use vello_cpu::color::{AlphaColor, DynamicColor, Srgb};
use vello_cpu::kurbo::{Affine, BezPath, Cap, Ellipse, Join, Rect, RoundedRect, Shape, Stroke};
use vello_cpu::peniko::{self, ColorStop};
use vello_cpu::{Pixmap, RenderContext, RenderSettings, Resources};

/// The most dashes of a line.
const MAX_DASHES: u32 = 20_000;

/// A raster of a shape at `scale` pixels a unit.
pub(crate) fn raster(source: &ShapeSource, scale: f64) -> Result<Arc<Raster>, RasterError> {
    let style = &source.style;
    let (width, height) = (style.width.get().max(1.0), style.height.get().max(1.0));
    let reach = style.shadow.as_ref().map_or(0.0, |s| shadow_reach(s) * scale).ceil() + 1.0;
    // How far a path leaves its box: left, top, right, bottom.
    let beyond = match &style.path {
        None => [0.0; 4],
        Some(path) => {
            let [l, t, r, b] = path.bounds();
            let line = style.stroke.as_ref().map_or(0.0, |s| {
                // A mitre reaches four half widths at most (SVG's limit).
                s.width.get() * if s.join == LineJoin::Miter { 2.0 } else { 0.75 }
            });
            [line - l, line - t, r + line - width, b + line - height].map(|v| (v.max(0.0) * scale).ceil())
        }
    };
    let [left, top, right, bottom] = beyond.map(|v| v + reach);
    let (w, h) = check_size("the shape", width * scale + left + right, height * scale + top + bottom)?;
    let mut canvas = Canvas::new(w, h);
    let to_pixels = Affine::translate((left, top)) * Affine::scale(scale);
    let outline = |inset: f64| -> BezPath {
        let rect = Rect::new(inset, inset, width - inset, height - inset);
        match (source.shape, &style.path) {
            (ShapeKind::Path, Some(path)) => path.path().clone(),
            (ShapeKind::Path, None) => BezPath::new(),
            (ShapeKind::Ellipse, _) => Ellipse::from_rect(rect).to_path(0.05),
            (ShapeKind::Rect, _) => {
                let radius = (style.radius.get() - inset).clamp(0.0, rect.width().min(rect.height()).max(0.0) / 2.0);
                RoundedRect::from_rect(rect, radius).to_path(0.05)
            }
        }
    };
    canvas.context.set_fill_rule(match style.fill_rule {
        FillRule::NonZero => peniko::Fill::NonZero,
        FillRule::EvenOdd => peniko::Fill::EvenOdd,
    });
    // The outline of a path lies across its edge, that of a box inside of it.
    let line = |stroke: &scene::Stroke| {
        let path = outline(if source.shape == ShapeKind::Path { 0.0 } else { stroke.width.get() / 2.0 });
        let period: f64 = stroke.dash.iter().map(|l| l.get()).sum();
        if period > 0.0 && path.perimeter(1.0) / period * stroke.dash.len() as f64 > f64::from(MAX_DASHES) {
            return Err(RasterError::TooManyDashes(MAX_DASHES));
        }
        Ok(path)
    };
    if let Some(shadow) = &style.shadow {
        canvas.context.set_transform(to_pixels);
        canvas.context.set_paint(color(Color::BLACK));
        if style.fill.is_some() || source.shape != ShapeKind::Path {
            canvas.context.fill_path(&outline(0.0));
        }
        if let (Some(stroke), ShapeKind::Path) = (&style.stroke, source.shape) {
            canvas.context.set_stroke(pen(stroke, 1.0));
            canvas.context.stroke_path(&line(stroke)?);
        }
        canvas.turn_to_shadow(shadow, scale);
    }
    canvas.context.set_transform(to_pixels);
    if let Some(fill) = &style.fill {
        canvas.set_fill(fill, width, height);
        canvas.context.fill_path(&outline(0.0));
    }
    if let Some(stroke) = &style.stroke {
        canvas.context.set_paint(color(stroke.color));
        canvas.context.set_stroke(pen(stroke, 1.0));
        canvas.context.stroke_path(&line(stroke)?);
    }
    let rgba = canvas.finish();
    // Cut the margin off again where nothing needed it, so that an opaque box is an opaque raster.
    let snug =
        [left, top, right, bottom] == [1.0; 4] && (width * scale).fract() == 0.0 && (height * scale).fract() == 0.0;
    if snug && source.shape != ShapeKind::Path {
        let (iw, ih) = (w as usize - 2, h as usize - 2);
        let inner: Vec<u8> = rgba
            .chunks_exact(w as usize * 4)
            .skip(1)
            .take(ih)
            .flat_map(|row| row[4..4 + iw * 4].iter().copied())
            .collect();
        return Ok(Raster::new(iw as u32, ih as u32, &inner, (0.0, 0.0), (width, height), scale));
    }
    Ok(Raster::new(w, h, &rgba, (left, top), (width, height), scale))
}

/// A line as the drawing library wants it, its lengths times `scale`.
pub(crate) fn pen(stroke: &scene::Stroke, scale: f64) -> Stroke {
    let cap = match stroke.cap {
        LineCap::Butt => Cap::Butt,
        LineCap::Round => Cap::Round,
        LineCap::Square => Cap::Square,
    };
    let join = match stroke.join {
        LineJoin::Miter => Join::Miter,
        LineJoin::Round => Join::Round,
        LineJoin::Bevel => Join::Bevel,
    };
    let pen = Stroke::new(stroke.width.get() * scale).with_caps(cap).with_join(join);
    if stroke.dash.is_empty() {
        return pen;
    }
    pen.with_dashes(stroke.dash_offset.get() * scale, stroke.dash.iter().map(|l| l.get() * scale))
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
