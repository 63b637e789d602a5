//! How text, images and shapes look.

use crate::animation::Seconds;
use crate::layer::Fit;
use crate::path::PathData;
use crate::value::{Blur, Color, Coordinate, FontSize, FontWeight, Length, Unit, is_default};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, MapAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// The style of a text overlay. Lengths in pixels before the layer's scale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TextStyle {
    /// A family by name; the bundled family where left out. An unknown family is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_family: Option<String>,
    /// Em size.
    pub font_size: FontSize,
    /// CSS weight, 1 to 1000.
    pub font_weight: FontWeight,
    /// Slanted.
    pub italic: bool,
    /// Fill; a gradient spans the whole text.
    pub color: Fill,
    /// Axes of a variable font by their tag: `{"wdth": 80, "slnt": -8}`.
    #[serde(skip_serializing_if = "Settings::is_empty")]
    pub font_axes: Settings,
    /// OpenType features by their tag: `{"smcp": 1, "liga": 0}`.
    #[serde(skip_serializing_if = "Settings::is_empty")]
    pub font_features: Settings,
    /// Figures that are all as wide, so that a countdown or a price does not jump.
    #[serde(skip_serializing_if = "is_default")]
    pub tabular_numbers: bool,
    /// A line below.
    #[serde(skip_serializing_if = "is_default")]
    pub underline: bool,
    /// A line through.
    #[serde(skip_serializing_if = "is_default")]
    pub strikethrough: bool,
    /// Alignment of lines inside `width`.
    pub align: Align,
    /// Width to wrap at; one line for each line of the text where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<Length>,
    /// Height of the box; as high as the text where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<Length>,
    /// Where the text sits in `height`.
    #[serde(skip_serializing_if = "is_default")]
    pub vertical_align: VerticalAlign,
    /// What happens to a text that is too long for `width`, `height` or `maxLines`.
    #[serde(skip_serializing_if = "is_default")]
    pub overflow: Overflow,
    /// How many lines are shown at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_lines: Option<std::num::NonZeroU16>,
    /// How much of the text has come to be seen: for texts that are typed, or rise, letter by letter.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reveal: Option<Reveal>,
    /// Height of a line as a factor of the font size.
    pub line_height: LineHeight,
    /// Extra space between letters.
    pub letter_spacing: Coordinate,
    /// Outline, drawn below the fill and centred on the glyph's edge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Stroke>,
    /// Shadow of glyphs and outline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<BoxShadow>,
    /// A box behind the text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub background: Option<TextBackground>,
}

impl Default for TextStyle {
    fn default() -> Self {
        Self {
            font_family: None,
            font_size: FontSize::default(),
            font_weight: FontWeight::default(),
            italic: false,
            color: Fill::Color(Color::WHITE),
            font_axes: Settings::default(),
            font_features: Settings::default(),
            tabular_numbers: false,
            underline: false,
            strikethrough: false,
            align: Align::Left,
            width: None,
            height: None,
            vertical_align: VerticalAlign::Top,
            overflow: Overflow::Visible,
            max_lines: None,
            reveal: None,
            line_height: LineHeight::default(),
            letter_spacing: Coordinate::default(),
            stroke: None,
            shadow: None,
            background: None,
        }
    }
}

/// Where text sits in a box that is higher.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum VerticalAlign {
    /// At the top.
    #[default]
    Top,
    /// In the middle.
    Middle,
    /// At the bottom.
    Bottom,
}

/// What happens to a text that is too long for its box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Overflow {
    /// It goes on outside.
    #[default]
    Visible,
    /// Its end is left out, with three dots.
    Ellipsis,
    /// It is made smaller until it fits, down to a tenth.
    Shrink,
}

/// Letters that come one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reveal {
    /// 0: nothing is seen; 1: the whole text.
    #[serde(default = "whole")]
    pub amount: Unit,
    /// How many letters are on their way at a time; 0: each is there at once.
    #[serde(default)]
    pub softness: Letters,
    /// How far below its place a letter begins, in pixels.
    #[serde(default)]
    pub rise: Coordinate,
}

fn whole() -> Unit {
    Unit::new(1.0).unwrap_or_default()
}

ranged!(
    /// A number of letters.
    Letters, 0.0, 100.0, 0.0, " letters");

/// Numbers by four-letter OpenType tags.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct Settings(std::collections::BTreeMap<String, f64>);

impl Settings {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Tags and values.
    pub fn iter(&self) -> impl Iterator<Item = ([u8; 4], f64)> + '_ {
        self.0.iter().filter_map(|(tag, value)| Some((tag.as_bytes().try_into().ok()?, *value)))
    }
}

impl<'de> Deserialize<'de> for Settings {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let settings = std::collections::BTreeMap::<String, f64>::deserialize(d)?;
        if settings.len() > 32 {
            return Err(de::Error::custom(format!("{} settings: at most 32 are allowed", settings.len())));
        }
        let printable = |tag: &str| tag.len() == 4 && tag.bytes().all(|b| (0x20..0x7f).contains(&b));
        match settings.iter().find(|(tag, value)| !printable(tag) || !(-100_000.0..=100_000.0).contains(*value)) {
            Some((tag, value)) => Err(de::Error::custom(format!(
                "\"{tag}\": {value} is no setting: a tag has four letters, a value is within 100000"
            ))),
            None => Ok(Self(settings)),
        }
    }
}

/// How a part of a text looks, where that is not as the rest.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct RunStyle {
    /// A family by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_family: Option<String>,
    /// Em size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_size: Option<FontSize>,
    /// CSS weight.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub font_weight: Option<FontWeight>,
    /// Slanted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub italic: Option<bool>,
    /// Fill.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub color: Option<Color>,
    /// Extra space between letters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub letter_spacing: Option<Coordinate>,
    /// A line below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub underline: Option<bool>,
    /// A line through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strikethrough: Option<bool>,
}

/// A factor of the font size, 0.5 to 5.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct LineHeight(#[schemars(range(min = 0.5, max = 5.0))] f64);

impl LineHeight {
    /// The factor.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Default for LineHeight {
    fn default() -> Self {
        Self(1.2)
    }
}

impl<'de> Deserialize<'de> for LineHeight {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let factor = f64::deserialize(d)?;
        if (0.5..=5.0).contains(&factor) {
            Ok(Self(factor))
        } else {
            Err(de::Error::custom(format!("{factor} is outside 0.5 to 5")))
        }
    }
}

/// Where lines of text sit in their box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Align {
    /// At the left edge.
    #[default]
    Left,
    /// In the middle.
    Center,
    /// At the right edge.
    Right,
}

/// An outline.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Stroke {
    /// Colour of the line.
    pub color: Color,
    /// Thickness in pixels.
    pub width: Length,
    /// Lengths of dashes and gaps, in turn; a whole line where empty. Texts have none.
    #[serde(default, skip_serializing_if = "Vec::is_empty", deserialize_with = "dashes")]
    #[schemars(length(max = 16))]
    pub dash: Vec<Length>,
    /// How far into the dashes the line begins.
    #[serde(default, skip_serializing_if = "is_default")]
    pub dash_offset: Coordinate,
    /// How the line and its dashes end.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cap: LineCap,
    /// How it goes round corners.
    #[serde(default, skip_serializing_if = "is_default")]
    pub join: LineJoin,
}

fn dashes<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<Length>, D::Error> {
    let dash = Vec::<Length>::deserialize(d)?;
    if dash.len() > 16 {
        return Err(de::Error::custom(format!("{} dashes: at most 16 are allowed", dash.len())));
    }
    // Dashes of nothing would go on for ever.
    let sum: f64 = dash.iter().map(|l| l.get()).sum();
    if !dash.is_empty() && sum < 0.5 {
        return Err(de::Error::custom("the dashes are less than half a pixel in all"));
    }
    Ok(dash)
}

/// How a line ends (SVG `stroke-linecap`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LineCap {
    /// At its end.
    #[default]
    Butt,
    /// With a half circle.
    Round,
    /// With half a square.
    Square,
}

/// How a line goes round corners (SVG `stroke-linejoin`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum LineJoin {
    /// To a point.
    Miter,
    /// In a curve.
    #[default]
    Round,
    /// Cut off.
    Bevel,
}

/// A shadow.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BoxShadow {
    /// Colour.
    pub color: Color,
    /// To the right, in pixels.
    #[serde(default)]
    pub x: Coordinate,
    /// Down, in pixels.
    #[serde(default)]
    pub y: Coordinate,
    /// Blur radius in pixels: twice the Gaussian's sigma, as in CSS.
    #[serde(default)]
    pub blur: Blur,
}

/// The box behind a text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TextBackground {
    /// Fill.
    pub color: Fill,
    /// Space between the text and the edge of the box.
    #[serde(default)]
    pub padding: Padding,
    /// Corner radius in pixels.
    #[serde(default)]
    pub radius: Length,
}

/// Horizontal and vertical space in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Padding {
    /// Left and right.
    pub x: Length,
    /// Top and bottom.
    pub y: Length,
}

/// The style of an image overlay.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ImageStyle {
    /// Width of the box; from the image where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub width: Option<Length>,
    /// Height of the box; from the image where left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub height: Option<Length>,
    /// How the image fills a box of another shape.
    pub fit: Fit,
    /// How its pixels are enlarged.
    #[serde(skip_serializing_if = "is_default")]
    pub sampling: Sampling,
    /// Nine-slice: how much of the image at its left, top, right and bottom keeps its size while the
    /// rest is stretched over the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slice: Option<[Length; 4]>,
    /// Of a Lottie animation: as of when it is shown, in seconds; it begins again at its end. To play it,
    /// animate this.
    #[serde(skip_serializing_if = "is_default")]
    pub time: Seconds,
}

/// How an image's pixels are enlarged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Sampling {
    /// Between pixels.
    #[default]
    Smooth,
    /// As squares: for pixel art.
    Nearest,
}

/// The style of a shape overlay.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct ShapeStyle {
    /// Width of the box in pixels.
    pub width: Length,
    /// Height of the box in pixels.
    pub height: Length,
    /// Corner radius of a rounded rectangle.
    pub radius: Length,
    /// SVG path data of a `path`, in pixels from the box's top left corner. It may leave the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<PathData>,
    /// Which parts of a path that crosses itself are inside.
    #[serde(skip_serializing_if = "is_default")]
    pub fill_rule: FillRule,
    /// What fills it; nothing where `null`.
    pub fill: Option<Fill>,
    /// Its outline, inside the box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stroke: Option<Stroke>,
    /// Its shadow.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shadow: Option<BoxShadow>,
}

impl Default for ShapeStyle {
    fn default() -> Self {
        let side = Length::new(100.0).unwrap_or_default();
        Self {
            width: side,
            height: side,
            radius: Length::default(),
            path: None,
            fill_rule: FillRule::default(),
            fill: Some(Fill::Color(Color::WHITE)),
            stroke: None,
            shadow: None,
        }
    }
}

/// The shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ShapeKind {
    /// Rectangle; rounded by `style.radius`.
    Rect,
    /// Ellipse that touches the four sides of its box.
    Ellipse,
    /// The path in `style.path`.
    Path,
}

/// Which parts of a path that crosses itself are inside (SVG 1.1, section 11.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum FillRule {
    /// What the path goes round at all.
    #[default]
    NonZero,
    /// What it goes round an odd number of times.
    EvenOdd,
}

/// A plain colour or a gradient.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Fill {
    /// One colour.
    Color(Color),
    /// A run of colours.
    Gradient(Gradient),
}

impl<'de> Deserialize<'de> for Fill {
    // By hand, since an untagged enum would lose the name of the field that is wrong.
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Fill;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a CSS colour or a gradient object")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Fill, E> {
                text.parse().map(Fill::Color).map_err(E::custom)
            }
            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Fill, M::Error> {
                Gradient::deserialize(MapAccessDeserializer::new(map)).map(Fill::Gradient)
            }
        }
        d.deserialize_any(Either)
    }
}

impl JsonSchema for Fill {
    fn schema_name() -> Cow<'static, str> {
        "Fill".into()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (color, gradient) = (generator.subschema_for::<Color>(), generator.subschema_for::<Gradient>());
        json_schema!({"anyOf": [color, gradient]})
    }
}

/// Colours along a line or out from the middle.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Gradient {
    /// Its geometry.
    pub gradient: GradientKind,
    /// Direction of a linear gradient in degrees: 0 to the right, 90 down.
    #[serde(default)]
    pub angle: crate::value::Rotation,
    /// Two to 16 colours in order of offset.
    #[serde(deserialize_with = "stops")]
    #[schemars(length(min = 2, max = 16))]
    pub stops: Vec<GradientStop>,
}

/// The geometries of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum GradientKind {
    /// From one side of the box to the other.
    Linear,
    /// From the middle of the box to its farthest corner.
    Radial,
}

/// A colour of a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GradientStop {
    /// Where: 0 (start) to 1 (end).
    pub offset: Unit,
    /// The colour there.
    pub color: Color,
}

fn stops<'de, D: Deserializer<'de>>(d: D) -> Result<Vec<GradientStop>, D::Error> {
    let stops = Vec::<GradientStop>::deserialize(d)?;
    if !(2..=16).contains(&stops.len()) {
        return Err(de::Error::custom(format!("{} stops: a gradient has 2 to 16", stops.len())));
    }
    if stops.windows(2).any(|w| w[0].offset.get() > w[1].offset.get()) {
        return Err(de::Error::custom("the stops are not in order of offset"));
    }
    Ok(stops)
}
