//! Text: shaped by `parley`, drawn by `vello_cpu`.

use crate::fonts::Fonts;
use crate::raster::Raster;
use crate::shape::{Canvas, color, pen, shadow_reach};
use crate::{RasterError, check_size};
use parley::{
    Alignment, AlignmentOptions, FontStyle, FontWeight, Layout, LayoutContext, LineHeight, PositionedLayoutItem,
    StyleProperty,
};
use scene::{Align, TextSource};
use std::sync::Arc;
use vello_cpu::Glyph;
use vello_cpu::kurbo::{Affine, RoundedRect, Shape, Stroke};

/// A raster of `source` at `scale` pixels a unit.
pub(crate) fn raster(
    source: &TextSource,
    scale: f64,
    fonts: &mut Fonts,
    shaping: &mut LayoutContext<()>,
) -> Result<Arc<Raster>, RasterError> {
    let style = &source.style;
    let layout = lay_out(source, scale, fonts, shaping)?;
    // In pixels from here on, but for `size`.
    let text_w = style.width.map_or_else(|| f64::from(layout.width()).ceil(), |w| w.get() * scale);
    let text_h = f64::from(layout.height()).ceil();
    let padding =
        style.background.as_ref().map_or((0.0, 0.0), |b| (b.padding.x.get() * scale, b.padding.y.get() * scale));
    let (box_w, box_h) = (text_w + 2.0 * padding.0, text_h + 2.0 * padding.1);
    let shadow = style.shadow.as_ref().map_or(0.0, |s| shadow_reach(s) * scale);
    let stroke = style.stroke.as_ref().map_or(0.0, |s| s.width.get() * scale);
    // Glyphs may reach out of their line (swashes, accents): a quarter of the size is ample.
    let margin = (shadow + stroke + style.font_size.get() * scale / 4.0).ceil() + 1.0;
    let (w, h) = check_size("the text", box_w + 2.0 * margin, box_h + 2.0 * margin)?;
    let mut canvas = Canvas::new(w, h);
    let at = Affine::translate((margin + padding.0, margin + padding.1));

    if let Some(shadow) = &style.shadow {
        if let Some(stroke) = &style.stroke {
            draw(&mut canvas, &layout, at, color(stroke.color), Some(pen(stroke, scale)));
        }
        draw(&mut canvas, &layout, at, color(style.color), None);
        canvas.turn_to_shadow(shadow, scale);
    }
    if let Some(background) = &style.background {
        let radius = (background.radius.get() * scale).min(box_w.min(box_h) / 2.0);
        canvas.context.set_transform(Affine::translate((margin, margin)));
        canvas.set_fill(&background.color, box_w, box_h);
        canvas.context.fill_path(&RoundedRect::new(0.0, 0.0, box_w, box_h, radius).to_path(0.05));
    }
    if let Some(stroke) = &style.stroke {
        draw(&mut canvas, &layout, at, color(stroke.color), Some(pen(stroke, scale)));
    }
    draw(&mut canvas, &layout, at, color(style.color), None);
    Ok(Raster::new(w, h, &canvas.finish(), (margin, margin), (box_w / scale, box_h / scale), scale))
}

fn lay_out(
    source: &TextSource,
    scale: f64,
    fonts: &mut Fonts,
    shaping: &mut LayoutContext<()>,
) -> Result<Layout<()>, RasterError> {
    let style = &source.style;
    let stack = fonts.stack(style.font_family.as_deref())?;
    let mut builder = shaping.ranged_builder(&mut fonts.context, &source.text, scale as f32, false);
    builder.push_default(StyleProperty::FontFamily(stack));
    builder.push_default(StyleProperty::FontSize(style.font_size.get() as f32));
    builder.push_default(StyleProperty::FontWeight(FontWeight::new(style.font_weight.get() as f32)));
    builder.push_default(StyleProperty::LetterSpacing(style.letter_spacing.get() as f32));
    builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(style.line_height.get() as f32)));
    if style.italic {
        builder.push_default(StyleProperty::FontStyle(FontStyle::Italic));
    }
    let mut layout = builder.build(&source.text);
    layout.break_all_lines(style.width.map(|w| (w.get() * scale) as f32));
    let alignment = match style.align {
        Align::Left => Alignment::Left,
        Align::Center => Alignment::Center,
        Align::Right => Alignment::Right,
    };
    layout.align(alignment, AlignmentOptions::default());
    Ok(layout)
}

/// Fills the glyphs, or strokes them.
fn draw(
    canvas: &mut Canvas,
    layout: &Layout<()>,
    at: Affine,
    paint: vello_cpu::color::AlphaColor<vello_cpu::color::Srgb>,
    stroke: Option<Stroke>,
) {
    canvas.context.set_transform(at);
    canvas.context.set_paint(paint);
    let stroked = stroke.is_some();
    if let Some(stroke) = stroke {
        canvas.context.set_stroke(stroke);
    }
    for item in layout.lines().flat_map(|line| line.items().collect::<Vec<_>>()) {
        let PositionedLayoutItem::GlyphRun(glyphs) = item else { continue };
        let run = glyphs.run();
        let slant = run.synthesis().skew().map(|degrees| Affine::skew(-f64::from(degrees).to_radians().tan(), 0.0));
        let axes: Vec<i16> = run.normalized_coords().iter().map(|c| c.to_bits()).collect();
        let mut builder = canvas
            .context
            .glyph_run(&mut canvas.resources, run.font())
            .font_size(run.font_size())
            .hint(false)
            .normalized_coords(&axes);
        if let Some(slant) = slant {
            builder = builder.glyph_transform(slant);
        }
        let positioned = glyphs.positioned_glyphs().map(|g| Glyph { id: g.id, x: g.x, y: g.y });
        // A glyph that its font cannot draw (a broken table) is left out; the line stays.
        let _ = if stroked { builder.stroke_glyphs(positioned) } else { builder.fill_glyphs(positioned) };
    }
}
