//! Filters: what is done to a layer's pixels before it is placed.

use crate::field::{FieldError, read};
use crate::layer::Point;
use crate::value::{Blur, Color, Coordinate, Length, Rotation, Unit};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

ranged!(
    /// A factor that is not negative: 0 (nothing), 1 (as it is), up to 10.
    Amount, 0.0, 10.0, 1.0, "");
ranged!(
    /// An exponent of brightness: below 1 darker, above 1 lighter.
    Gamma, 0.1, 10.0, 1.0, "");
ranged!(
    /// A distance to the right or down, in pixels.
    Offset, -500.0, 500.0, 0.0, " pixels");
ranged!(
    /// The side of a square, in pixels.
    Side, 1.0, 500.0, 8.0, " pixels");
ranged!(
    /// The thickness of an outline, in pixels.
    OutlineWidth, 0.0, 100.0, 4.0, " pixels");
ranged!(
    /// A speed in pixels a second.
    Speed, -10_000.0, 10_000.0, 0.0, " pixels a second");
ranged!(
    /// How often something changes, times a second.
    PerSecond, 0.0, 60.0, 24.0, " a second");
ranged!(
    /// An entry of a colour matrix.
    Entry, -100.0, 100.0, 0.0, "");
ranged!(
    /// How far along from the middle of a box (0) to the middle of its sides (1).
    Spread, 0.0, 4.0, 0.5, "");

/// How many filters a layer may have.
pub const MAX_FILTERS: usize = 16;

/// A filter. Lengths are in pixels of the layer, before its scale; colours are straight sRGB.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase", deny_unknown_fields)]
pub enum Filter {
    /// A Gaussian blur, as CSS `blur()`.
    Blur {
        /// Standard deviation.
        #[serde(default)]
        radius: Blur,
    },
    /// The layer's shadow, behind it, as CSS `drop-shadow()`.
    DropShadow {
        /// To the right.
        #[serde(default)]
        x: Offset,
        /// Down.
        #[serde(default)]
        y: Offset,
        /// Standard deviation of its blur.
        #[serde(default)]
        radius: Blur,
        /// Its colour.
        #[serde(default = "black")]
        color: Color,
    },
    /// A shadow that falls on the layer from its edges.
    InnerShadow {
        /// To the right.
        #[serde(default)]
        x: Offset,
        /// Down.
        #[serde(default)]
        y: Offset,
        /// Standard deviation of its blur.
        #[serde(default)]
        radius: Blur,
        /// Its colour.
        #[serde(default = "black")]
        color: Color,
    },
    /// Light around the layer.
    Glow {
        /// Standard deviation of its blur.
        #[serde(default)]
        radius: Blur,
        /// Its colour.
        #[serde(default = "white")]
        color: Color,
        /// How bright: 1 is the blurred shape itself.
        #[serde(default)]
        strength: Amount,
    },
    /// A line around the layer's shape.
    Outline {
        /// Thickness.
        #[serde(default)]
        width: OutlineWidth,
        /// Its colour.
        #[serde(default = "white")]
        color: Color,
    },
    /// Colours times a factor, as CSS `brightness()`.
    Brightness {
        /// 0 is black, 1 leaves the layer as it is.
        #[serde(default)]
        amount: Amount,
    },
    /// Colours away from middle grey, as CSS `contrast()`.
    Contrast {
        /// 0 is grey, 1 leaves the layer as it is.
        #[serde(default)]
        amount: Amount,
    },
    /// How colourful, as CSS `saturate()`.
    Saturation {
        /// 0 is grey, 1 leaves the layer as it is.
        #[serde(default)]
        amount: Amount,
    },
    /// Hues turned, as CSS `hue-rotate()`.
    Hue {
        /// By how much.
        #[serde(default)]
        angle: Rotation,
    },
    /// Colours mixed with their inverse, as CSS `invert()`.
    Invert {
        /// 0 leaves the layer as it is, 1 is its negative.
        #[serde(default = "whole")]
        amount: Unit,
    },
    /// As CSS `sepia()`.
    Sepia {
        /// 0 leaves the layer as it is.
        #[serde(default = "whole")]
        amount: Unit,
    },
    /// Mid-tones lighter or darker; black and white stay.
    Gamma {
        /// Colours to the power of 1 / `amount`.
        #[serde(default)]
        amount: Gamma,
    },
    /// A colour matrix, as SVG `feColorMatrix`.
    ColorMatrix {
        /// Four rows of five: factors of red, green, blue, alpha, and what is added.
        matrix: [Entry; 20],
    },
    /// A table of colours from a `.cube` file.
    Lut {
        /// Where the file is: a path below the asset folder, an `http(s)` or a `data:` URL.
        url: String,
        /// 0 leaves the layer as it is.
        #[serde(default = "whole")]
        amount: Unit,
    },
    /// Clear where the hue is that of a screen behind the subject; shadows on it go as well.
    ChromaKey {
        /// The screen's colour.
        #[serde(default = "screen")]
        color: Color,
        /// How far a hue may be from it and still be clear.
        #[serde(default = "near")]
        similarity: Unit,
        /// From there to solid.
        #[serde(default = "smooth")]
        smoothness: Unit,
        /// How much of the screen's light is taken out of the subject.
        #[serde(default = "half")]
        spill: Unit,
    },
    /// Clear where the colour is this one.
    ColorKey {
        /// The colour.
        #[serde(default = "black")]
        color: Color,
        /// How far a colour may be from it and still be clear: 1 is from black to white.
        #[serde(default = "smooth")]
        similarity: Unit,
        /// From there to solid.
        #[serde(default = "smooth")]
        smoothness: Unit,
        /// How much of it is taken out of what stays.
        #[serde(default)]
        spill: Unit,
    },
    /// Clear where it is too dark or too light.
    LumaKey {
        /// The darkest luma that is kept; 0 keeps black.
        #[serde(default)]
        low: Unit,
        /// The lightest; 1 keeps white.
        #[serde(default = "whole")]
        high: Unit,
        /// How soft the ends are.
        #[serde(default = "smooth")]
        smoothness: Unit,
    },
    /// Squares of one colour.
    Pixelate {
        /// Their side.
        #[serde(default)]
        size: Side,
    },
    /// Edges with more contrast (unsharp mask).
    Sharpen {
        /// How much.
        #[serde(default)]
        amount: Amount,
        /// How wide the edges are: standard deviation of the blur that finds them.
        #[serde(default = "fine")]
        radius: Blur,
    },
    /// Darker, or tinted, towards the corners.
    Vignette {
        /// How much in the corners.
        #[serde(default = "half")]
        amount: Unit,
        /// Where it begins: 0 is the middle of the box, 1 the middle of its sides.
        #[serde(default)]
        start: Spread,
        /// How far it takes to be whole.
        #[serde(default = "wide")]
        softness: Spread,
        /// Its colour.
        #[serde(default = "black")]
        color: Color,
    },
    /// Film grain: the same at the same time of the same show.
    Grain {
        /// How strong, as a share of the range from black to white.
        #[serde(default = "smooth")]
        amount: Unit,
        /// Side of a grain.
        #[serde(default = "one")]
        size: Side,
        /// Another seed is another grain.
        #[serde(default)]
        seed: u32,
        /// How often it changes; 0 stands still.
        #[serde(default)]
        rate: PerSecond,
    },
    /// Pixels moved about by a picture: its red across, its green down; middle grey moves nothing.
    Displacement {
        /// The picture, stretched over the layer's box.
        url: String,
        /// How far white moves to the right.
        #[serde(default)]
        x: Offset,
        /// How far white moves down.
        #[serde(default)]
        y: Offset,
    },
    /// The corners of the box moved: perspective.
    CornerPin {
        /// Where the top left corner goes, from where it is.
        #[serde(default)]
        top_left: Point<Coordinate>,
        /// The top right one.
        #[serde(default)]
        top_right: Point<Coordinate>,
        /// The bottom right one.
        #[serde(default)]
        bottom_right: Point<Coordinate>,
        /// The bottom left one.
        #[serde(default)]
        bottom_left: Point<Coordinate>,
    },
    /// Cut off at the sides.
    Crop {
        /// At the left.
        #[serde(default)]
        left: Length,
        /// At the top.
        #[serde(default)]
        top: Length,
        /// At the right.
        #[serde(default)]
        right: Length,
        /// At the bottom.
        #[serde(default)]
        bottom: Length,
    },
    /// The content goes round inside of the box: tickers.
    Scroll {
        /// To the right.
        #[serde(default)]
        x: Speed,
        /// Down.
        #[serde(default)]
        y: Speed,
        /// What is kept clear between the end and the next beginning.
        #[serde(default)]
        gap: Length,
        /// Width of the window that it is seen through; the box's own where 0.
        #[serde(default)]
        width: Length,
        /// Height of the window; the box's own where 0.
        #[serde(default)]
        height: Length,
    },
}

fn black() -> Color {
    Color::BLACK
}
fn white() -> Color {
    Color::WHITE
}
/// The green that screens are painted in.
fn screen() -> Color {
    Color::rgba(0, 177, 64, 255)
}
fn unit(value: f64) -> Unit {
    Unit::new(value).unwrap_or_default()
}
fn whole() -> Unit {
    unit(1.0)
}
fn half() -> Unit {
    unit(0.5)
}
fn near() -> Unit {
    unit(0.2)
}
fn smooth() -> Unit {
    unit(0.1)
}
fn fine() -> Blur {
    Blur::new(1.0).unwrap_or_default()
}
fn one() -> Side {
    Side::new(1.0).unwrap_or_default()
}
fn wide() -> Spread {
    Spread::new(1.0).unwrap_or_default()
}

impl Filter {
    /// The file that it needs.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::Lut { url, .. } | Self::Displacement { url, .. } => Some(url),
            _ => None,
        }
    }

    /// Its numbers by name, with what they are: what can be animated.
    #[must_use]
    pub fn parameters(&self) -> Vec<(String, f64)> {
        let mut found = Vec::new();
        if let Ok(serde_json::Value::Object(members)) = serde_json::to_value(self) {
            for (name, value) in members {
                match value {
                    serde_json::Value::Number(n) => found.extend(n.as_f64().map(|v| (name, v))),
                    serde_json::Value::Object(point) => found.extend(
                        point.into_iter().filter_map(|(axis, v)| Some((format!("{name}.{axis}"), v.as_f64()?))),
                    ),
                    _ => {}
                }
            }
        }
        found
    }

    /// The same filter with one of its numbers changed.
    ///
    /// # Errors
    /// It has no such number, or the value is out of its range.
    pub fn with(&self, parameter: &str, value: f64) -> Result<Self, FieldError> {
        let unknown = || {
            let names: Vec<String> = self.parameters().into_iter().map(|(name, _)| name).collect();
            FieldError::new(parameter, format!("there is no such number here: there are {}", names.join(", ")))
        };
        let mut document = serde_json::to_value(self).map_err(|e| FieldError::new(parameter, e.to_string()))?;
        let slot = parameter.split('.').try_fold(&mut document, |at, name| at.get_mut(name)).ok_or_else(unknown)?;
        if !slot.is_number() {
            return Err(unknown());
        }
        *slot = serde_json::Number::from_f64(value)
            .map(serde_json::Value::Number)
            .ok_or_else(|| FieldError::new(parameter, "not a finite number"))?;
        read(document)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_found_and_changed_by_name() {
        let shadow: Filter = read(json!({"type": "dropShadow", "x": 3, "color": "red"})).unwrap();
        assert_eq!(shadow.parameters(), [("x".into(), 3.0), ("y".into(), 0.0), ("radius".into(), 0.0)]);
        let moved = shadow.with("y", -7.5).unwrap();
        assert!(moved.parameters().contains(&("y".into(), -7.5)));
        assert!(shadow.with("y", 501.0).unwrap_err().message.contains("outside -500 to 500 pixels"));
        assert!(shadow.with("color", 1.0).unwrap_err().message.contains("x, y, radius"));
        let pin: Filter = read(json!({"type": "cornerPin"})).unwrap();
        assert!(pin.with("topLeft.x", 12.0).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |value| read::<Filter>(value).unwrap_err().to_string();
        assert!(error(json!({"type": "blur", "radius": 10_000})).contains("outside 0 to 100 pixels"));
        assert!(error(json!({"type": "bloor"})).contains("unknown variant"));
        assert!(error(json!({"type": "blur", "radios": 1})).contains("radios"));
        assert!(error(json!({"type": "colorMatrix", "matrix": [1, 2]})).contains("length"));
    }
}
