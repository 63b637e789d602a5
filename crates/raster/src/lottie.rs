//! Lottie: vector animations, parsed once, drawn at any scale and time. Nothing outside of the document is
//! ever read.
//!
//! `velato` parses and evaluates them; what it says to draw is drawn here with `vello_cpu`. It follows
//! references without looking for circles and repeats shapes as often as it is told, so the document is
//! weighed before it gets it.

use crate::{RasterError, check_size};
use serde_json::Value;
use std::collections::HashMap;
use velato::model::{ImageAsset, fixed};
use velato::{Composition, RenderSink, Renderer};
use vello_cpu::kurbo::{Affine, BezPath, Shape};
use vello_cpu::peniko::{BlendMode, Brush, Fill};
use vello_cpu::{Pixmap, RenderContext, RenderSettings, Resources};

/// The longest document in bytes.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The most shapes and layers, those of compositions that are used several times counted each time.
const MAX_WEIGHT: u64 = 5_000;
/// How deep compositions and groups may be nested.
const MAX_DEPTH: usize = 24;
/// The most layers of a composition that are masked by others.
const MAX_MATTES: usize = 100;
/// The longest animation, in seconds.
const MAX_SECONDS: f64 = 3_600.0;

/// A parsed Lottie animation.
pub struct Lottie(Composition);

impl std::fmt::Debug for Lottie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lottie").field("size", &self.size()).field("seconds", &self.seconds()).finish()
    }
}

impl Lottie {
    /// Whether bytes may be a Lottie animation: JSON with layers.
    #[must_use]
    pub fn looks_like(bytes: &[u8]) -> bool {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(65_536)]);
        head.trim_start_matches('\u{feff}').trim_start().starts_with('{') && head.contains("\"fr\"")
    }

    /// Reads a document.
    ///
    /// # Errors
    /// It is no Lottie animation, too long, or too large once its references are followed.
    pub fn parse(bytes: &[u8]) -> Result<Self, RasterError> {
        let refuse = |reason: String| Err(RasterError::Lottie(reason));
        if bytes.len() > MAX_BYTES {
            return refuse(format!("{} bytes; at most {MAX_BYTES} are allowed", bytes.len()));
        }
        let document: Value = serde_json::from_slice(bytes).map_err(|e| RasterError::Lottie(e.to_string()))?;
        check_weight(&document)?;
        let read = std::panic::AssertUnwindSafe(|| Composition::from_json(document));
        let composition = match std::panic::catch_unwind(read) {
            Ok(Ok(composition)) => composition,
            Ok(Err(e)) => return refuse(e.to_string()),
            Err(_) => return refuse("it cannot be read".to_owned()),
        };
        let side = 1..=16_384;
        if !side.contains(&composition.width) || !side.contains(&composition.height) {
            return refuse(format!("{} x {} pixels", composition.width, composition.height));
        }
        let frames = composition.frames.end - composition.frames.start;
        let seconds = frames / composition.frame_rate;
        if !(composition.frame_rate > 0.0 && seconds > 0.0 && seconds <= MAX_SECONDS) {
            return refuse(format!("{frames} frames at {} a second", composition.frame_rate));
        }
        Ok(Self(composition))
    }

    /// Its own size in pixels.
    #[must_use]
    pub fn size(&self) -> (f64, f64) {
        (self.0.width as f64, self.0.height as f64)
    }

    /// How long it is.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        (self.0.frames.end - self.0.frames.start) / self.0.frame_rate
    }

    /// Premultiplied RGBA as of `at_s` seconds, stretched to `width` x `height`; over and over where that is
    /// after its end.
    pub(crate) fn draw(&self, width: f64, height: f64, at_s: f64) -> Result<(u32, u32, Vec<u8>), RasterError> {
        let (w, h) = check_size("the animation", width, height)?;
        let (own_w, own_h) = self.size();
        let frame = self.0.frames.start + at_s.rem_euclid(self.seconds()) * self.0.frame_rate;
        let stretch = Affine::scale_non_uniform(width / own_w, height / own_h);
        let context = RenderContext::new_with(w as u16, h as u16, RenderSettings::default());
        let mut sink = Sink { context, layers: 0 };
        let draw = std::panic::AssertUnwindSafe(|| {
            Renderer::new().append(&self.0, frame, stretch, 1.0, &mut sink);
            while sink.layers > 0 {
                sink.pop_layer();
            }
            let mut pixmap = Pixmap::new(w as u16, h as u16);
            sink.context.flush();
            sink.context.render(&mut pixmap, &mut Resources::new());
            pixmap.data_as_u8_slice().to_vec()
        });
        let drawn = std::panic::catch_unwind(draw);
        drawn.map(|pixels| (w, h, pixels)).map_err(|_| RasterError::Lottie("it cannot be drawn".to_owned()))
    }
}

/// Draws what `velato` says.
struct Sink {
    context: RenderContext,
    /// Layers that are open.
    layers: usize,
}

impl Sink {
    fn push(&mut self, transform: Affine, shape: &impl Shape, blend: Option<BlendMode>, alpha: Option<f32>) {
        self.layers += 1;
        self.context.set_transform(transform);
        self.context.set_fill_rule(Fill::NonZero);
        self.context.push_layer(Some(&shape.to_path(0.1)), blend, alpha, None, None);
    }
}

impl RenderSink for Sink {
    fn push_layer(&mut self, blend: impl Into<BlendMode>, alpha: f32, transform: Affine, shape: &impl Shape) {
        self.push(transform, shape, Some(blend.into()), Some(alpha.clamp(0.0, 1.0)));
    }

    fn push_clip_layer(&mut self, transform: Affine, shape: &impl Shape) {
        self.push(transform, shape, None, None);
    }

    fn pop_layer(&mut self) {
        if self.layers > 0 {
            self.layers -= 1;
            self.context.pop_layer();
        }
    }

    fn draw(&mut self, stroke: Option<&fixed::Stroke>, transform: Affine, brush: &Brush, shape: &impl Shape) {
        match brush {
            Brush::Solid(color) => self.context.set_paint(*color),
            Brush::Gradient(gradient) => self.context.set_paint(gradient.clone()),
            Brush::Image(_) => return,
        }
        let path: BezPath = shape.to_path(0.1);
        self.context.set_transform(transform);
        self.context.set_fill_rule(Fill::NonZero);
        match stroke {
            Some(stroke) => {
                self.context.set_stroke(stroke.clone());
                self.context.stroke_path(&path);
            }
            None => self.context.fill_path(&path),
        }
    }

    // Pictures in animations are outside of what is supported.
    fn draw_image(&mut self, _: &ImageAsset, _: Affine, _: f64) {}
}

/// Refuses a document that is small but stands for a large one, or for one without an end.
fn check_weight(document: &Value) -> Result<(), RasterError> {
    let refuse = |reason: &str| Err(RasterError::Lottie(reason.to_owned()));
    let Some(layers) = document.get("layers").and_then(Value::as_array) else { return refuse("it has no layers") };
    let assets = document.get("assets").and_then(Value::as_array).into_iter().flatten();
    let assets: HashMap<&str, &Vec<Value>> =
        assets.filter_map(|asset| Some((asset.get("id")?.as_str()?, asset.get("layers")?.as_array()?))).collect();
    let mut known = HashMap::new();
    match weigh_layers(layers, &assets, &mut known, 0) {
        Some(weight) if weight <= MAX_WEIGHT => Ok(()),
        Some(_) => refuse("it has more than 5000 shapes, those that are repeated counted each time"),
        None => refuse(
            "its compositions or mattes go in a circle, or are nested more than 24 deep; or it has more than 100 mattes, or repeats shapes a changing number of times",
        ),
    }
}

/// How many shapes layers stand for; `None` where they are nested too deep, or in a circle.
fn weigh_layers<'a>(
    layers: &'a [Value],
    assets: &HashMap<&'a str, &'a Vec<Value>>,
    known: &mut HashMap<&'a str, u64>,
    depth: usize,
) -> Option<u64> {
    if depth > MAX_DEPTH {
        return None;
    }
    // Each matte may have one of its own, which is the one before it; one that is named may not, or they
    // could go in a circle.
    let masked = |layer: &&Value| layer.get("tt").is_some();
    let named = |layer: &Value| {
        let matte = layer.get("tp").filter(|id| !id.is_null());
        matte.is_some_and(|id| layers.iter().filter(masked).any(|other| other.get("ind") == Some(id)))
    };
    if layers.iter().filter(masked).count() > MAX_MATTES || layers.iter().any(named) {
        return None;
    }
    let mut weight = 0u64;
    for layer in layers {
        let inner = match layer.get("refId").and_then(Value::as_str) {
            Some(id) => match (known.get(id), assets.get(id)) {
                (Some(weight), _) => *weight,
                (None, Some(layers)) => {
                    let weight = weigh_layers(layers, assets, known, depth + 1)?;
                    known.insert(id, weight);
                    weight
                }
                (None, None) => 0,
            },
            None => 0,
        };
        let shapes =
            layer.get("shapes").and_then(Value::as_array).map_or(Some(0), |shapes| weigh_shapes(shapes, depth + 1))?;
        // A layer that is a matte is drawn for the one that it masks.
        let twice = if layer.get("tt").is_some() { 2 } else { 1 };
        weight = weight.saturating_add((1 + inner + shapes).saturating_mul(twice));
    }
    Some(weight)
}

/// How many shapes a list stands for: what a repeater repeats, so many times.
fn weigh_shapes(shapes: &[Value], depth: usize) -> Option<u64> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut weight = 0u64;
    for shape in shapes {
        let own = shape.get("it").and_then(Value::as_array).map_or(Some(0), |inner| weigh_shapes(inner, depth + 1))?;
        weight = weight.saturating_add(1 + own);
        if shape.get("ty").and_then(Value::as_str) == Some("rp") {
            // Only a number of copies that stands still is known.
            let copies = shape.get("c").and_then(|c| c.get("k")).and_then(Value::as_f64)?;
            weight = weight.saturating_mul(copies.clamp(0.0, 1e6) as u64 + 1);
        }
    }
    Some(weight)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// A bar that turns once in two seconds.
    fn square() -> Value {
        json!({"v": "5.7.0", "fr": 30, "ip": 0, "op": 60, "w": 100, "h": 100, "layers": [{
            "ty": 4, "ind": 1, "ip": 0, "op": 60, "st": 0, "nm": "square",
            "ks": {"o": {"a": 0, "k": 100}, "p": {"a": 0, "k": [50, 50]}, "a": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [100, 100]},
                "r": {"a": 1, "k": [{"t": 0, "s": [0], "i": {"x": [1], "y": [1]}, "o": {"x": [0], "y": [0]}}, {"t": 60, "s": [360]}]}},
            "shapes": [{"ty": "gr", "nm": "group", "it": [
                {"ty": "rc", "nm": "rect", "d": 1, "p": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [60, 20]}, "r": {"a": 0, "k": 0}},
                {"ty": "fl", "nm": "fill", "c": {"a": 0, "k": [1, 0, 0, 1]}, "o": {"a": 0, "k": 100}},
                {"ty": "tr", "p": {"a": 0, "k": [0, 0]}, "a": {"a": 0, "k": [0, 0]}, "s": {"a": 0, "k": [100, 100]}, "r": {"a": 0, "k": 0}, "o": {"a": 0, "k": 100}}
            ]}]
        }]})
    }

    fn parse(document: &Value) -> Result<Lottie, RasterError> {
        Lottie::parse(document.to_string().as_bytes())
    }

    #[test]
    fn it_is_drawn_as_of_a_time_at_any_size() {
        let lottie = parse(&square()).unwrap();
        assert_eq!((lottie.size(), lottie.seconds()), ((100.0, 100.0), 2.0));
        let red = |at: f64, x: usize, y: usize| {
            let (w, h, pixels) = lottie.draw(200.0, 200.0, at).unwrap();
            assert_eq!((w, h), (200, 200));
            pixels[(y * 200 + x) * 4..][..4] == [255, 0, 0, 255]
        };
        assert!(red(0.0, 50, 100) && !red(0.0, 100, 50), "level");
        assert!(!red(0.5, 50, 100) && red(0.5, 100, 50), "upright after a quarter turn");
        assert!(red(2.0, 50, 100) && red(4.5, 100, 50), "over and over");
    }

    #[test]
    fn what_is_too_much_is_refused() {
        let error = |document: &Value| parse(document).unwrap_err().to_string();
        let mut circle = square();
        circle["assets"] =
            json!([{"id": "a", "layers": [{"ty": 0, "refId": "a", "ks": {}, "ip": 0, "op": 1, "st": 0}]}]);
        circle["layers"]
            .as_array_mut()
            .unwrap()
            .push(json!({"ty": 0, "refId": "a", "ks": {}, "ip": 0, "op": 1, "st": 0}));
        assert!(error(&circle).contains("circle"), "{}", error(&circle));
        let mut many = square();
        let group = many["layers"][0]["shapes"][0]["it"].as_array_mut().unwrap();
        group.insert(2, json!({"ty": "rp", "c": {"a": 0, "k": 1e9}, "o": {"a": 0, "k": 0}, "m": 1, "tr": {}}));
        assert!(error(&many).contains("5000 shapes"), "{}", error(&many));
        let mut still = square();
        still["op"] = json!(0);
        assert!(error(&still).contains("0 frames"), "{}", error(&still));
        let mut mattes = square();
        let layer = mattes["layers"][0].clone();
        for (own, other) in [(1, 2), (2, 1)] {
            let mut layer = layer.clone();
            layer
                .as_object_mut()
                .unwrap()
                .extend(json!({"ind": own, "tt": 1, "td": 1, "tp": other}).as_object().unwrap().clone());
            mattes["layers"].as_array_mut().unwrap().push(layer);
        }
        assert!(error(&mattes).contains("circle"), "{}", error(&mattes));
        assert!(error(&json!({"fr": 30})).contains("no layers"));
        assert!(Lottie::parse(b"{").is_err());
    }
}
