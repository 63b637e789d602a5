//! Numbers that cannot be out of range, and colours.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::borrow::Cow;

/// Declares an `f64` that is finite and inside a closed range; parsing is the only way in.
macro_rules! ranged {
    ($(#[$doc:meta])* $name:ident, $min:expr, $max:expr, $default:expr, $unit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, ::serde::Serialize)]
        #[serde(transparent)]
        pub struct $name(f64);

        impl $name {
            /// The smallest value allowed.
            pub const MIN: f64 = $min;
            /// The largest value allowed.
            pub const MAX: f64 = $max;

            /// The value, or `None` when it is not finite or out of range.
            #[must_use]
            pub fn new(value: f64) -> Option<Self> {
                // Comparing by range also refuses NaN.
                ($min..=$max).contains(&value).then_some(Self(value))
            }

            /// The number itself.
            #[must_use]
            pub fn get(self) -> f64 {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self($default)
            }
        }

        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                /// Says in every error what is allowed.
                struct Number;
                impl ::serde::de::Visitor<'_> for Number {
                    type Value = $name;
                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        write!(f, "a number from {} to {}{}", $min, $max, $unit)
                    }
                    fn visit_f64<E: ::serde::de::Error>(self, value: f64) -> Result<$name, E> {
                        $name::new(value).ok_or_else(|| {
                            E::custom(format!("{value} is outside {} to {}{}", $min, $max, $unit))
                        })
                    }
                    fn visit_i64<E: ::serde::de::Error>(self, value: i64) -> Result<$name, E> {
                        self.visit_f64(value as f64)
                    }
                    fn visit_u64<E: ::serde::de::Error>(self, value: u64) -> Result<$name, E> {
                        self.visit_f64(value as f64)
                    }
                }
                d.deserialize_f64(Number)
            }
        }

        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({"type": "number", "minimum": $min, "maximum": $max})
            }
        }
    };
}

/// For `#[serde(skip_serializing_if)]`: what is as usual is not written.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// The range that an error of a [`ranged!`] number tells: "1.5 is outside 0 to 1". Animated values that
/// overshoot are brought back into it.
pub(crate) fn range_in(message: &str) -> Option<(f64, f64)> {
    let (_, range) = message.split_once(" is outside ")?;
    let mut words = range.split(' ');
    let min = words.next()?.parse().ok()?;
    let max = words.nth(1)?.parse().ok()?;
    (min <= max).then_some((min, max))
}

ranged!(
    /// How much of a layer is seen: 0 (nothing) to 1 (all).
    Opacity, 0.0, 1.0, 1.0, "");
ranged!(
    /// A place on the canvas in pixels from its left or top edge.
    Coordinate, -100_000.0, 100_000.0, 0.0, " pixels");
ranged!(
    /// A factor of size. Negative mirrors, zero hides.
    Scale, -100.0, 100.0, 1.0, "");
ranged!(
    /// Degrees, clockwise on the screen.
    Rotation, -1_000_000.0, 1_000_000.0, 0.0, " degrees");
ranged!(
    /// A fraction of a box's side.
    Unit, 0.0, 1.0, 0.0, "");
ranged!(
    /// A distance in pixels that is not negative.
    Length, 0.0, 16_384.0, 0.0, " pixels");
ranged!(
    /// The radius of a blur in pixels.
    Blur, 0.0, 100.0, 0.0, " pixels");
ranged!(
    /// The size of an em in pixels.
    FontSize, 1.0, 1_000.0, 48.0, " pixels");
ranged!(
    /// How bold: CSS font-weight.
    FontWeight, 1.0, 1_000.0, 400.0, "");
ranged!(
    /// A gain in decibels; -96 is as good as silence.
    GainDb, -96.0, 24.0, 0.0, " dB");

impl GainDb {
    /// The factor that the samples are multiplied by.
    #[must_use]
    pub fn linear(self) -> f32 {
        if self.0 <= Self::MIN { 0.0 } else { 10f64.powf(self.0 / 20.0) as f32 }
    }
}

/// An sRGB colour with straight alpha. In JSON: any CSS Color 4 colour (`"#f80"`, `"#ff8800cc"`,
/// `"rgb(255 136 0 / 80%)"`, `"gold"`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Color {
    /// Red, green, blue, alpha.
    pub rgba: [u8; 4],
}

impl Color {
    /// Opaque white.
    pub const WHITE: Self = Self::rgba(255, 255, 255, 255);
    /// Opaque black.
    pub const BLACK: Self = Self::rgba(0, 0, 0, 255);

    /// A colour from its components, straight alpha.
    #[must_use]
    pub const fn rgba(r: u8, g: u8, b: u8, a: u8) -> Self {
        Self { rgba: [r, g, b, a] }
    }
}

impl Serialize for Color {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let [r, g, b, a] = self.rgba;
        if a == 255 {
            s.collect_str(&format_args!("#{r:02x}{g:02x}{b:02x}"))
        } else {
            s.collect_str(&format_args!("#{r:02x}{g:02x}{b:02x}{a:02x}"))
        }
    }
}

impl std::str::FromStr for Color {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let parsed = color::parse_color(text)
            .map_err(|_| format!("\"{text}\" is not a CSS colour such as \"#ff8800\" or \"gold\""))?;
        let c = parsed.to_alpha_color::<color::Srgb>().to_rgba8();
        Ok(Self::rgba(c.r, c.g, c.b, c.a))
    }
}

impl<'de> Deserialize<'de> for Color {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(d)?.parse().map_err(de::Error::custom)
    }
}

impl JsonSchema for Color {
    fn schema_name() -> Cow<'static, str> {
        "Color".into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "description": "a CSS colour", "examples": ["#ff8800", "#00000080", "gold"]})
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_closed_and_refuse_what_is_not_a_number() {
        assert_eq!(Opacity::new(1.0).map(Opacity::get), Some(1.0));
        assert_eq!(Opacity::new(1.0 + f64::EPSILON), None);
        assert_eq!(Opacity::new(f64::NAN), None);
        let error = serde_json::from_str::<Opacity>("1.5").unwrap_err().to_string();
        assert!(error.starts_with("1.5 is outside 0 to 1"), "{error}");
        assert_eq!(range_in(&error), Some((0.0, 1.0)));
        let error = serde_json::from_str::<Coordinate>("1e9").unwrap_err().to_string();
        assert_eq!(range_in(&error), Some((-100_000.0, 100_000.0)));
    }

    #[test]
    fn colours_read_css_and_write_hex() {
        for (text, hex) in [("gold", "#ffd700"), ("#f80", "#ff8800"), ("rgb(0 0 0 / 50%)", "#00000080")] {
            let color: Color = text.parse().unwrap();
            assert_eq!(serde_json::to_value(color).unwrap(), hex);
        }
        assert!("#12345".parse::<Color>().is_err());
    }

    #[test]
    fn gain_is_a_factor() {
        assert_eq!(GainDb::new(0.0).unwrap().linear(), 1.0);
        assert!((GainDb::new(-6.0206).unwrap().linear() - 0.5).abs() < 1e-4);
        assert_eq!(GainDb::new(-96.0).unwrap().linear(), 0.0);
    }
}
