//! From a frame's items to a display list.

use crate::assets::Assets;
use crate::resolve::filters;
use render::{Affine, Content, DisplayList, DrawItem, Filter, Filters, Group, MaskShape, Sampling};
use scene::{Frame, Item, ItemContent, ItemMask, ItemMaskShape, MaskMode, ShowTime, Source, SourceKind};
use std::sync::Arc;

/// What there is to draw for `frame` in a picture of `width` x `height` pixels. Items whose image is
/// not loaded, or that cannot be drawn, are left out: the show goes on without them.
#[must_use]
pub fn draw_list(frame: &Frame, assets: &Assets, width: u32, height: u32) -> DisplayList {
    let (cw, ch) = (f64::from(frame.canvas.width), f64::from(frame.canvas.height));
    let scale = (f64::from(width) / cw).min(f64::from(height) / ch);
    let (left, top) = ((f64::from(width) - cw * scale) / 2.0, (f64::from(height) - ch * scale) / 2.0);
    // From the show's canvas to the picture: scaled to fit, in the middle.
    let map = Affine::scale(scale, scale).then(Affine::translate(left, top));
    let [r, g, b, _] = frame.background.rgba;
    let stage = Stage { assets, at: frame.at, canvas: [0.0, 0.0, cw, ch] };
    DisplayList { background: [r, g, b], items: stage.items(&frame.items, map, Affine::IDENTITY, scale) }
}

/// What drawing a frame needs to know.
struct Stage<'a> {
    assets: &'a Assets,
    at: ShowTime,
    canvas: [f64; 4],
}

/// An item's content at its place.
struct Placed {
    content: Content,
    /// From the content to the item's own units.
    to_units: Affine,
    /// The item's box in its own units: left, top, right, bottom.
    frame: [f64; 4],
}

impl Stage<'_> {
    /// Items in a space that `map` brings to the parent's, and `outer` from there to the picture;
    /// `scale` pixels a unit at most.
    fn items(&self, items: &[Item], map: Affine, outer: Affine, scale: f64) -> Vec<DrawItem> {
        items.iter().filter_map(|item| self.item(item, map, outer, scale)).collect()
    }

    fn item(&self, item: &Item, map: Affine, outer: Affine, scale: f64) -> Option<DrawItem> {
        let transform = &item.transform;
        let (sx, sy) = (transform.scale.x.get(), transform.scale.y.get());
        let seen = sx.abs().max(sy.abs()) * scale;
        // From the item's own units to the parent's space, but for the anchor.
        let turned = Affine::scale(sx, sy)
            .then(Affine::rotate_degrees(transform.rotation.get()))
            .then(Affine::translate(transform.position.x.get(), transform.position.y.get()))
            .then(map);
        let Placed { content, to_units, frame } = self.place(item, turned.then(outer), seen)?;
        let anchor = (
            frame[0] + transform.anchor.x.get() * (frame[2] - frame[0]),
            frame[1] + transform.anchor.y.get() * (frame[3] - frame[1]),
        );
        let own = Affine::translate(-anchor.0, -anchor.1).then(turned);
        let masks = item.masks.iter().map(|mask| self.mask(mask, own, frame, (map, outer), (seen, scale)));
        let masks = masks.collect::<Option<Vec<_>>>()?;
        let placed = to_units.then(own);
        let filters = match item.filters.is_empty() {
            true => None,
            // Those whose table or map is not loaded yet are left out.
            false => Some(self.filters(item, frame, (own, to_units), outer)?).filter(|f| !f.chain.is_empty()),
        };
        Some(DrawItem {
            content,
            transform: snap(placed),
            opacity: (item.opacity.get() * 255.0).round() as u8,
            blend: item.blend,
            masks,
            filters,
        })
    }

    /// An item's filters; `None` where it is too thin to be seen. They work on pixels as large as those of the picture, from the content's own
    /// corner on.
    fn filters(
        &self,
        item: &Item,
        frame: [f64; 4],
        (own, to_units): (Affine, Affine),
        outer: Affine,
    ) -> Option<Arc<Filters>> {
        let chain = filters(&item.filters, self.assets, self.at, own.then(outer).scale_factors());
        let from_units = to_units.inverse()?;
        let (sx, sy) = to_units.then(own).then(outer).scale_factors();
        let frame = from_units.then(Affine::scale(sx, sy)).extent(frame);
        Some(Arc::new(Filters { chain, frame }))
    }

    /// What fills an item, drawn for `scale` pixels a unit; `outer` leads from it to the picture.
    fn place(&self, item: &Item, outer: Affine, scale: f64) -> Option<Placed> {
        match &item.content {
            ItemContent::Source(source) => self.picture(source, scale),
            ItemContent::Group { items, isolated, knockout } => {
                let items = self.items(items, Affine::IDENTITY, outer, scale);
                let group = Group { items, isolated: *isolated, knockout: *knockout };
                let (content, to_units) = (Content::Group(Arc::new(group)), Affine::IDENTITY);
                Some(Placed { content, to_units, frame: self.canvas })
            }
        }
    }

    fn picture(&self, source: &Arc<Source>, scale: f64) -> Option<Placed> {
        let raster = self.assets.raster(source, scale).ok().flatten()?;
        let (ox, oy) = raster.origin();
        let unit = 1.0 / raster.scale();
        let to_units = Affine::translate(-ox, -oy).then(Affine::scale(unit, unit));
        let (w, h) = raster.size();
        let sampling = match source.kind() {
            SourceKind::Image(image) if image.sampling == scene::Sampling::Nearest => Sampling::Nearest,
            _ => Sampling::Smooth,
        };
        Some(Placed { content: Content::Raster(raster, sampling), to_units, frame: [0.0, 0.0, w, h] })
    }

    /// A mask in the parent's space; `None` where its picture is not loaded, and the item not seen.
    fn mask(
        &self,
        mask: &ItemMask,
        own: Affine,
        frame: [f64; 4],
        (map, outer): (Affine, Affine),
        (seen, scale): (f64, f64),
    ) -> Option<render::Mask> {
        let feather = mask.feather.get() * seen;
        let shape = match &mask.shape {
            ItemMaskShape::Rect([x, y, w, h]) if feather == 0.0 && own.b == 0.0 && own.c == 0.0 => {
                // Upright: a rectangle of the parent's space.
                return Some(render::Mask {
                    shape: MaskShape::Rect(snap_rect(own.extent([*x, *y, x + w, y + h]))),
                    inverted: mask.inverted,
                });
            }
            ItemMaskShape::Rect(rect) => turned_rect(*rect, own),
            ItemMaskShape::Source(source, [x, y]) => {
                let Placed { content, to_units, .. } = self.picture(source, seen)?;
                DrawItem::new(content, to_units.then(Affine::translate(*x, *y)).then(own))
            }
            ItemMaskShape::Stretched(source) => {
                let Placed { content, to_units, frame: picture } = self.picture(source, seen)?;
                let (sx, sy) = ((frame[2] - frame[0]) / picture[2], (frame[3] - frame[1]) / picture[3]);
                let stretch = Affine::scale(sx, sy).then(Affine::translate(frame[0], frame[1]));
                DrawItem::new(content, to_units.then(stretch).then(own))
            }
            ItemMaskShape::Layer(item) => self.item(item, map, outer, scale)?,
        };
        let shape = DrawItem { transform: snap(shape.transform), ..shape };
        let shape = if feather > 0.0 { feathered(shape, feather) } else { shape };
        let shape = Arc::new(shape);
        let shape = match mask.mode {
            MaskMode::Alpha => MaskShape::Alpha(shape),
            MaskMode::Luminance => MaskShape::Luminance(shape),
        };
        Some(render::Mask { shape, inverted: mask.inverted })
    }
}

/// A rectangle that is turned or soft: white, cut to it in its own space, where its edges are straight.
fn turned_rect([x, y, w, h]: [f64; 4], own: Affine) -> DrawItem {
    // White reaches a pixel further, so that the edge is the cut's alone.
    let (sx, sy) = own.scale_factors();
    let (dx, dy) = (1.0 / sx.max(1e-6), 1.0 / sy.max(1e-6));
    let stretch = Affine::scale(w + 2.0 * dx, h + 2.0 * dy).then(Affine::translate(x - dx, y - dy));
    let cut = render::Mask { shape: MaskShape::Rect([x, y, x + w, y + h]), inverted: false };
    let white = Content::Raster(raster::Raster::white(), Sampling::Nearest);
    let items = vec![DrawItem { masks: vec![cut], ..DrawItem::new(white, stretch) }];
    DrawItem::new(Content::Group(Arc::new(Group { items, isolated: true, knockout: false })), own)
}

/// An item, blurred as a whole: what it draws becomes a group of its own.
fn feathered(item: DrawItem, sigma: f64) -> DrawItem {
    let group = Group { items: vec![item], isolated: true, knockout: false };
    let filters = Filters { chain: vec![Filter::Blur { sigma }], frame: [0.0; 4] };
    DrawItem { filters: Some(Arc::new(filters)), ..DrawItem::new(Content::Group(Arc::new(group)), Affine::IDENTITY) }
}

/// Takes away what rounding left: a raster that was made for its scale is to lie pixel on pixel.
fn snap(map: Affine) -> Affine {
    let near = |v: f64| if (v - v.round()).abs() < 1e-9 { v.round() } else { v };
    Affine { a: near(map.a), b: near(map.b), c: near(map.c), d: near(map.d), e: place(map.e), f: place(map.f) }
}

fn snap_rect(rect: [f64; 4]) -> [f64; 4] {
    rect.map(place)
}

/// A 256th of a pixel is less than the sampler can tell apart.
fn place(v: f64) -> f64 {
    if (v - v.round()).abs() < 1.0 / 512.0 { v.round() } else { v }
}
