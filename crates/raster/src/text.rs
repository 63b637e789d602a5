//! Text: shaped by `parley`, drawn by `vello_cpu`.

use crate::fonts::Fonts;
use crate::raster::Raster;
use crate::shape::{Canvas, color, pen, shadow_reach};
use crate::{RasterError, check_size};
use parley::{
    Alignment, AlignmentOptions, FontFeature, FontFeatures, FontStyle, FontVariation, FontVariations, FontWeight,
    GlyphRun, Layout, LayoutContext, LineHeight, OverflowWrap, PositionedLayoutItem, StyleProperty,
};
use scene::{Align, Color, Fill, Overflow, Reveal, RunStyle, TextSource, TextStyle, VerticalAlign};
use std::sync::Arc;
use vello_cpu::Glyph;
use vello_cpu::kurbo::{Affine, Rect, RoundedRect, Shape, Stroke};

/// Which part of the text a glyph belongs to: 0 for what has no look of its own, or the run's number
/// and one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Ink(u16);

/// The smallest part of its size that a text is shrunk to.
const LEAST: f64 = 0.1;

/// A raster of `source` at `scale` pixels a unit.
pub(crate) fn raster(
    source: &TextSource,
    scale: f64,
    fonts: &mut Fonts,
    shaping: &mut LayoutContext<Ink>,
) -> Result<Arc<Raster>, RasterError> {
    let style = &source.style;
    let (layout, shrunk) = Typesetter { source, scale, fonts, shaping }.fitted()?;
    // In pixels from here on, but for `size`.
    let text_w = style.width.map_or_else(|| f64::from(layout.width()).ceil(), |w| w.get() * scale);
    let own_h = f64::from(layout.height()).ceil();
    let text_h = style.height.map_or(own_h, |h| h.get() * scale);
    let padding =
        style.background.as_ref().map_or((0.0, 0.0), |b| (b.padding.x.get() * scale, b.padding.y.get() * scale));
    let (box_w, box_h) = (text_w + 2.0 * padding.0, text_h + 2.0 * padding.1);
    let down = match style.vertical_align {
        VerticalAlign::Top => 0.0,
        VerticalAlign::Middle => ((text_h - own_h) / 2.0).round(),
        VerticalAlign::Bottom => text_h - own_h,
    };
    let shadow = style.shadow.as_ref().map_or(0.0, |s| shadow_reach(s) * scale);
    let stroke = style.stroke.as_ref().map_or(0.0, |s| s.width.get() * scale);
    let rise = style.reveal.map_or(0.0, |r| r.rise.get().abs() * scale);
    let largest = source.runs.iter().filter_map(|(_, run)| run.font_size).map(|size| size.get());
    let largest = largest.fold(style.font_size.get(), f64::max);
    // Glyphs may reach out of their line (swashes, accents): a quarter of the size is ample.
    let margin = (shadow + stroke + rise + largest * scale / 4.0).ceil() + 1.0;
    // What is higher or wider than its box goes on outside of it.
    let below = (own_h + down - text_h).max(0.0) + margin;
    let above = (-down).max(0.0) + margin;
    let beside = (f64::from(layout.full_width()).ceil() - text_w).max(0.0) + margin;
    let (w, h) = check_size("the text", box_w + 2.0 * beside, box_h + above + below)?;
    let mut canvas = Canvas::new(w, h);
    let (left, top) = (beside.round(), above.round());
    let at = Affine::translate((left + padding.0, top + padding.1 + down));
    let ink = Inking { source, layout: &layout, at, size: (text_w, own_h), scale: scale * shrunk };

    if let Some(shadow) = &style.shadow {
        ink.stroke(&mut canvas);
        ink.fill(&mut canvas);
        canvas.turn_to_shadow(shadow, scale);
    }
    if let Some(background) = &style.background {
        let radius = (background.radius.get() * scale).min(box_w.min(box_h) / 2.0);
        canvas.context.set_transform(Affine::translate((left, top)));
        canvas.set_fill(&background.color, box_w, box_h);
        canvas.context.fill_path(&RoundedRect::new(0.0, 0.0, box_w, box_h, radius).to_path(0.05));
    }
    ink.stroke(&mut canvas);
    ink.fill(&mut canvas);
    Ok(Raster::new(w, h, &canvas.finish(), (left, top), (box_w / scale, box_h / scale), scale))
}

/// Breaks a text into lines.
struct Typesetter<'a> {
    source: &'a TextSource,
    scale: f64,
    fonts: &'a mut Fonts,
    shaping: &'a mut LayoutContext<Ink>,
}

impl Typesetter<'_> {
    /// The text as it fits its box, and how much smaller than asked for.
    fn fitted(mut self) -> Result<(Layout<Ink>, f64), RasterError> {
        let layout = self.lay_out(self.source.text.len(), 1.0)?;
        let style = &self.source.style;
        if self.fits(&layout) {
            return Ok((layout, 1.0));
        }
        match style.overflow {
            Overflow::Visible => Ok((layout, 1.0)),
            Overflow::Shrink => {
                let (mut fits, mut too_large) = (LEAST, 1.0);
                let mut best = self.lay_out(self.source.text.len(), fits)?;
                for _ in 0..7 {
                    let between = (fits + too_large) / 2.0;
                    let layout = self.lay_out(self.source.text.len(), between)?;
                    if self.fits(&layout) {
                        (fits, best) = (between, layout);
                    } else {
                        too_large = between;
                    }
                }
                Ok((best, fits))
            }
            Overflow::Ellipsis => {
                // The longest beginning that fits with its dots.
                let ends: Vec<usize> = self.source.text.char_indices().map(|(at, _)| at).collect();
                let (mut fits, mut too_long) = (0, ends.len());
                let mut best = self.lay_out(0, 1.0)?;
                while too_long - fits > 1 {
                    let between = (fits + too_long) / 2;
                    let layout = self.lay_out(ends[between], 1.0)?;
                    if self.fits(&layout) {
                        (fits, best) = (between, layout);
                    } else {
                        too_long = between;
                    }
                }
                Ok((best, 1.0))
            }
        }
    }

    fn fits(&self, layout: &Layout<Ink>) -> bool {
        let style = &self.source.style;
        let over = |limit: Option<f64>, value: f32| limit.is_some_and(|limit| f64::from(value) > limit + 0.5);
        let lines = style.max_lines.map_or(usize::MAX, |lines| lines.get().into());
        !over(style.width.map(|w| w.get() * self.scale), layout.width())
            && !over(style.height.map(|h| h.get() * self.scale), layout.height())
            && layout.len() <= lines
    }

    /// The first `end` bytes of the text (with dots where that is not all), `shrunk` times as large.
    fn lay_out(&mut self, end: usize, shrunk: f64) -> Result<Layout<Ink>, RasterError> {
        let (source, style) = (self.source, &self.source.style);
        let whole = end >= source.text.len();
        let kept = if whole { source.text.len() } else { source.text[..end].trim_end().len() };
        let cut = if whole { String::new() } else { format!("{}\u{2026}", &source.text[..kept]) };
        let text = if whole { &source.text } else { &cut };
        let stack = self.fonts.stack(style.font_family.as_deref())?;
        let mut stacks = Vec::new();
        for (_, run) in &source.runs {
            stacks.push(match &run.font_family {
                Some(family) => Some(self.fonts.stack(Some(family))?),
                None => None,
            });
        }
        let scale = (self.scale * shrunk) as f32;
        let mut builder = self.shaping.ranged_builder(&mut self.fonts.context, text, scale, false);
        builder.push_default(StyleProperty::FontFamily(stack));
        for property in properties(style) {
            builder.push_default(property);
        }
        for (number, ((range, run), stack)) in (1u16..).zip(source.runs.iter().zip(stacks)) {
            // The dots look like what they cut off.
            let last = range.end >= kept && range.start < kept.max(1);
            let range = range.start.min(kept)..if last { text.len() } else { range.end.min(kept) };
            builder.push(StyleProperty::Brush(Ink(number)), range.clone());
            if let Some(stack) = stack {
                builder.push(StyleProperty::FontFamily(stack), range.clone());
            }
            for property in run_properties(run) {
                builder.push(property, range.clone());
            }
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(style.width.map(|w| (w.get() * self.scale) as f32));
        let alignment = match style.align {
            Align::Left => Alignment::Left,
            Align::Center => Alignment::Center,
            Align::Right => Alignment::Right,
        };
        layout.align(alignment, AlignmentOptions::default());
        Ok(layout)
    }
}

fn properties(style: &TextStyle) -> Vec<StyleProperty<'static, Ink>> {
    let mut features: Vec<FontFeature> = style
        .font_features
        .iter()
        .map(|(tag, value)| FontFeature::new(parley::setting::Tag::from_bytes(tag), value.clamp(0.0, 65_535.0) as u16))
        .collect();
    if style.tabular_numbers {
        features.push(FontFeature::new(parley::setting::Tag::from_bytes(*b"tnum"), 1));
    }
    let axes: Vec<FontVariation> = style
        .font_axes
        .iter()
        .map(|(tag, value)| FontVariation::new(parley::setting::Tag::from_bytes(tag), value as f32))
        .collect();
    let mut properties = vec![
        StyleProperty::FontSize(style.font_size.get() as f32),
        StyleProperty::FontWeight(FontWeight::new(style.font_weight.get() as f32)),
        StyleProperty::LetterSpacing(style.letter_spacing.get() as f32),
        StyleProperty::LineHeight(LineHeight::FontSizeRelative(style.line_height.get() as f32)),
        StyleProperty::FontFeatures(FontFeatures::List(features.into())),
        StyleProperty::FontVariations(FontVariations::List(axes.into())),
        StyleProperty::Underline(style.underline),
        StyleProperty::Strikethrough(style.strikethrough),
        // A word that is wider than the box is broken rather than cut off.
        StyleProperty::OverflowWrap(OverflowWrap::BreakWord),
    ];
    if style.italic {
        properties.push(StyleProperty::FontStyle(FontStyle::Italic));
    }
    properties
}

fn run_properties(run: &RunStyle) -> Vec<StyleProperty<'static, Ink>> {
    let mut properties = Vec::new();
    properties.extend(run.font_size.map(|size| StyleProperty::FontSize(size.get() as f32)));
    properties.extend(run.font_weight.map(|w| StyleProperty::FontWeight(FontWeight::new(w.get() as f32))));
    properties.extend(
        run.italic.map(|italic| StyleProperty::FontStyle(if italic { FontStyle::Italic } else { FontStyle::Normal })),
    );
    properties.extend(run.letter_spacing.map(|space| StyleProperty::LetterSpacing(space.get() as f32)));
    properties.extend(run.underline.map(StyleProperty::Underline));
    properties.extend(run.strikethrough.map(StyleProperty::Strikethrough));
    properties
}

/// Puts a text that is laid out on a canvas.
struct Inking<'a> {
    source: &'a TextSource,
    layout: &'a Layout<Ink>,
    at: Affine,
    /// What a gradient spans.
    size: (f64, f64),
    scale: f64,
}

impl Inking<'_> {
    /// The outlines of all glyphs, where the style has them.
    fn stroke(&self, canvas: &mut Canvas) {
        if let Some(stroke) = &self.source.style.stroke {
            // Letters have no dashes: a text would have millions of them.
            let pen = pen(&scene::Stroke { dash: Vec::new(), ..stroke.clone() }, self.scale);
            self.draw(canvas, Some((stroke.color, pen)));
        }
    }

    fn fill(&self, canvas: &mut Canvas) {
        self.draw(canvas, None);
    }

    fn draw(&self, canvas: &mut Canvas, stroke: Option<(Color, Stroke)>) {
        if let Some((_, pen)) = &stroke {
            canvas.context.set_stroke(pen.clone());
        }
        let stroke = stroke.map(|(color, _)| color);
        let items = self.layout.lines().flat_map(|line| line.items().collect::<Vec<_>>());
        let runs: Vec<GlyphRun<'_, Ink>> = items
            .filter_map(|item| match item {
                PositionedLayoutItem::GlyphRun(run) => Some(run),
                PositionedLayoutItem::InlineBox(_) => None,
            })
            .collect();
        let letters: usize = runs.iter().map(|run| run.glyphs().count()).sum();
        let mut letter = 0;
        for run in &runs {
            let fill = self.fill_of(run, stroke);
            let Some(reveal) = self.source.style.reveal else {
                self.draw_glyphs(canvas, run, run.positioned_glyphs(), &fill, stroke.is_some(), (1.0, 0.0));
                self.decorate(canvas, run, &fill, stroke.is_some());
                continue;
            };
            for glyph in run.positioned_glyphs() {
                let (seen, rise) = come(&reveal, letter, letters);
                letter += 1;
                if seen > 0.0 {
                    let moved = rise * self.scale;
                    self.draw_glyphs(canvas, run, std::iter::once(glyph), &fill, stroke.is_some(), (seen, moved));
                }
            }
            if reveal.amount.get() >= 1.0 {
                self.decorate(canvas, run, &fill, stroke.is_some());
            }
        }
    }

    /// What a run is painted with.
    fn fill_of(&self, run: &GlyphRun<'_, Ink>, stroke: Option<Color>) -> Fill {
        let own = match run.style().brush {
            Ink(0) => None,
            Ink(number) => self.source.runs.get(usize::from(number) - 1).and_then(|(_, style)| style.color),
        };
        match (stroke, own) {
            (Some(color), _) | (None, Some(color)) => Fill::Color(color),
            (None, None) => self.source.style.color.clone(),
        }
    }

    fn draw_glyphs(
        &self,
        canvas: &mut Canvas,
        glyphs: &GlyphRun<'_, Ink>,
        positioned: impl Iterator<Item = parley::Glyph> + Clone,
        fill: &Fill,
        stroked: bool,
        (seen, moved): (f64, f64),
    ) {
        let run = glyphs.run();
        canvas.context.set_transform(self.at * Affine::translate((0.0, moved)));
        self.paint(canvas, fill, seen);
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
        let positioned = positioned.map(|g| Glyph { id: g.id, x: g.x, y: g.y });
        // A glyph that its font cannot draw (a broken table) is left out; the line stays.
        let _ = if stroked { builder.stroke_glyphs(positioned) } else { builder.fill_glyphs(positioned) };
    }

    fn paint(&self, canvas: &mut Canvas, fill: &Fill, seen: f64) {
        match fill {
            Fill::Color(c) => canvas.context.set_paint(color(*c).multiply_alpha(seen as f32)),
            Fill::Gradient(_) if seen >= 1.0 => canvas.set_fill(fill, self.size.0, self.size.1),
            // A letter on its way has one colour of its gradient, so that it can be half seen.
            Fill::Gradient(gradient) => {
                let middle = &gradient.stops[gradient.stops.len() / 2];
                canvas.context.set_paint(color(middle.color).multiply_alpha(seen as f32));
            }
        }
    }

    /// Lines below and through.
    fn decorate(&self, canvas: &mut Canvas, run: &GlyphRun<'_, Ink>, fill: &Fill, stroked: bool) {
        let metrics = run.run().font_metrics();
        let style = run.style();
        let lines = [
            style.underline.as_ref().map(|_| (metrics.underline_offset, metrics.underline_size)),
            style.strikethrough.as_ref().map(|_| (metrics.strikethrough_offset, metrics.strikethrough_size)),
        ];
        for (offset, size) in lines.into_iter().flatten() {
            canvas.context.set_transform(self.at);
            self.paint(canvas, fill, 1.0);
            let (left, top) = (f64::from(run.offset()), f64::from(run.baseline() - offset));
            let line = Rect::new(left, top, left + f64::from(run.advance()), top + f64::from(size).max(1.0));
            if stroked {
                canvas.context.stroke_path(&line.to_path(0.1));
            } else {
                canvas.context.fill_path(&line.to_path(0.1));
            }
        }
    }
}

/// How much of a letter is seen, and how far below its place it is, in units.
fn come(reveal: &Reveal, letter: usize, letters: usize) -> (f64, f64) {
    let softness = reveal.softness.get();
    let reached = reveal.amount.get() * (letters as f64 + softness);
    let seen = ((reached - letter as f64) / softness.max(1e-6)).clamp(0.0, 1.0);
    // Slower towards the end, as things come to rest.
    let rest = (1.0 - seen) * (1.0 - seen);
    (if softness > 0.0 { seen } else { seen.round() }, reveal.rise.get() * rest)
}
