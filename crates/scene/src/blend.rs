//! How a layer's colours meet those below it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The blend modes of W3C Compositing and Blending Level 1, by their CSS names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BlendMode {
    /// The layer hides what is below.
    #[default]
    Normal,
    /// Darker: the product of both.
    Multiply,
    /// Lighter: the inverse of the product of the inverses.
    Screen,
    /// Multiply or screen, as the backdrop is dark or light.
    Overlay,
    /// The darker of both.
    Darken,
    /// The lighter of both.
    Lighten,
    /// Brightens the backdrop by the layer.
    ColorDodge,
    /// Darkens the backdrop by the layer.
    ColorBurn,
    /// Multiply or screen, as the layer is dark or light.
    HardLight,
    /// Darkens or lightens, as a diffuse light would.
    SoftLight,
    /// The distance of both.
    Difference,
    /// As difference, with less contrast.
    Exclusion,
    /// The layer's hue, with saturation and luminosity of the backdrop.
    Hue,
    /// The layer's saturation, with hue and luminosity of the backdrop.
    Saturation,
    /// The layer's hue and saturation, with the luminosity of the backdrop.
    Color,
    /// The layer's luminosity, with hue and saturation of the backdrop.
    Luminosity,
    /// The sum of both: light upon light.
    PlusLighter,
}

impl BlendMode {
    /// Every mode, in the order of the W3C text.
    pub const ALL: [Self; 17] = [
        Self::Normal,
        Self::Multiply,
        Self::Screen,
        Self::Overlay,
        Self::Darken,
        Self::Lighten,
        Self::ColorDodge,
        Self::ColorBurn,
        Self::HardLight,
        Self::SoftLight,
        Self::Difference,
        Self::Exclusion,
        Self::Hue,
        Self::Saturation,
        Self::Color,
        Self::Luminosity,
        Self::PlusLighter,
    ];

    /// The name in CSS and in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Multiply => "multiply",
            Self::Screen => "screen",
            Self::Overlay => "overlay",
            Self::Darken => "darken",
            Self::Lighten => "lighten",
            Self::ColorDodge => "color-dodge",
            Self::ColorBurn => "color-burn",
            Self::HardLight => "hard-light",
            Self::SoftLight => "soft-light",
            Self::Difference => "difference",
            Self::Exclusion => "exclusion",
            Self::Hue => "hue",
            Self::Saturation => "saturation",
            Self::Color => "color",
            Self::Luminosity => "luminosity",
            Self::PlusLighter => "plus-lighter",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_css() {
        for mode in BlendMode::ALL {
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.name());
        }
    }
}
