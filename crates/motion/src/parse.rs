//! Easings as text.

use crate::bezier::CubicBezier;
use crate::easing::Easing;
use crate::penner::{Ends, Penner};
use crate::points::Points;
use crate::spring::{Spring, SpringError};
use crate::steps::{Jump, Steps};
use std::str::FromStr;

/// The longest text of an easing in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// Why a text is no easing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EasingError {
    /// There is no such function.
    #[error(
        "\"{0}\" is no easing: linear, ease, ease-in, ease-out, ease-in-out, step-start, step-end, cubic-bezier(), \
         steps(), linear(), spring(), or one of Penner's such as ease-out-bounce"
    )]
    Unknown(String),
    /// What is in the brackets is wrong.
    #[error("{function}: {problem}")]
    Arguments {
        /// The function.
        function: &'static str,
        /// What is wrong, and what is allowed.
        problem: String,
    },
    /// It is too long.
    #[error("{0} bytes: an easing has at most {MAX_BYTES}")]
    TooLong(usize),
}

impl FromStr for Easing {
    type Err = EasingError;

    fn from_str(text: &str) -> Result<Self, EasingError> {
        if text.len() > MAX_BYTES {
            return Err(EasingError::TooLong(text.len()));
        }
        let lower = text.trim().to_ascii_lowercase();
        if let Some((name, rest)) = lower.split_once('(') {
            let unknown = || EasingError::Unknown(shown(text));
            let inner = rest.strip_suffix(')').ok_or_else(unknown)?;
            let arguments: Vec<&str> = inner.split(',').map(str::trim).collect();
            return match name.trim_end() {
                "cubic-bezier" => cubic_bezier(&arguments),
                "steps" => steps(&arguments),
                "linear" => points(&arguments),
                "spring" => spring(&arguments),
                _ => Err(unknown()),
            };
        }
        named(&lower).ok_or_else(|| EasingError::Unknown(shown(text)))
    }
}

/// As much of a text as an error shows.
fn shown(text: &str) -> String {
    text.trim().chars().take(40).collect()
}

fn named(name: &str) -> Option<Easing> {
    let plain = [
        ("linear", Easing::Linear),
        ("ease", Easing::CubicBezier(CubicBezier::EASE)),
        ("ease-in", Easing::CubicBezier(CubicBezier::EASE_IN)),
        ("ease-out", Easing::CubicBezier(CubicBezier::EASE_OUT)),
        ("ease-in-out", Easing::CubicBezier(CubicBezier::EASE_IN_OUT)),
        ("step-start", Easing::Steps(Steps::new(1, Jump::Start)?)),
        ("step-end", Easing::Steps(Steps::new(1, Jump::End)?)),
    ];
    if let Some((_, easing)) = plain.into_iter().find(|(known, _)| *known == name) {
        return Some(easing);
    }
    // `ease-in-out-quad`, and `easeInOutQuad` in lower case.
    let all = Ends::ALL.into_iter().flat_map(|ends| Penner::ALL.into_iter().map(move |curve| (curve, ends)));
    let matches = |curve: Penner, ends: Ends| {
        let rest = name.strip_prefix("ease")?;
        let rest = rest.strip_prefix('-').unwrap_or(rest);
        let rest = rest.strip_prefix(ends.name()).or_else(|| rest.strip_prefix(&*ends.name().replace('-', "")))?;
        (rest.strip_prefix('-').unwrap_or(rest) == curve.name()).then_some(())
    };
    let mut all = all.filter(|(curve, ends)| matches(*curve, *ends).is_some());
    all.next().map(|(curve, ends)| Easing::Penner(curve, ends))
}

fn wrong(function: &'static str, problem: impl Into<String>) -> EasingError {
    EasingError::Arguments { function, problem: problem.into() }
}

fn number(function: &'static str, text: &str) -> Result<f64, EasingError> {
    let value = text.parse::<f64>().ok().filter(|v| v.is_finite());
    value.ok_or_else(|| wrong(function, format!("\"{}\" is no number", shown(text))))
}

fn cubic_bezier(arguments: &[&str]) -> Result<Easing, EasingError> {
    const NAME: &str = "cubic-bezier()";
    let [x1, y1, x2, y2] = arguments else {
        return Err(wrong(NAME, format!("{} numbers; it takes x1, y1, x2, y2", arguments.len())));
    };
    let [x1, y1, x2, y2] = [number(NAME, x1)?, number(NAME, y1)?, number(NAME, x2)?, number(NAME, y2)?];
    let curve = CubicBezier::new(x1, y1, x2, y2);
    curve.map(Easing::CubicBezier).ok_or_else(|| wrong(NAME, "x1 and x2 are 0 to 1, y1 and y2 within 1000000"))
}

fn steps(arguments: &[&str]) -> Result<Easing, EasingError> {
    const NAME: &str = "steps()";
    let (count, jump) = match arguments {
        [count] => (count, Jump::End),
        [count, jump] => {
            let known = Jump::NAMES.iter().find(|(name, _)| name == jump);
            let known = known.ok_or_else(|| {
                wrong(NAME, format!("\"{}\": jump-start, jump-end, jump-none or jump-both", shown(jump)))
            })?;
            (count, known.1)
        }
        _ => return Err(wrong(NAME, "it takes a number, and where it jumps")),
    };
    let steps = count.parse().ok().and_then(|count| Steps::new(count, jump));
    steps.map(Easing::Steps).ok_or_else(|| wrong(NAME, "1 to 100000 steps, at least 2 with jump-none"))
}

fn points(arguments: &[&str]) -> Result<Easing, EasingError> {
    const NAME: &str = "linear()";
    let mut points = Vec::with_capacity(arguments.len());
    for argument in arguments {
        let (mut output, mut inputs) = (None, Vec::new());
        for word in argument.split_ascii_whitespace() {
            match word.strip_suffix('%') {
                Some(percent) => inputs.push(number(NAME, percent)? / 100.0),
                None if output.is_none() => output = Some(number(NAME, word)?),
                None => return Err(wrong(NAME, format!("\"{}\" has two values", shown(argument)))),
            }
        }
        let output = output.ok_or_else(|| wrong(NAME, format!("\"{}\" has no value", shown(argument))))?;
        match inputs[..] {
            [] => points.push((output, None)),
            [at] => points.push((output, Some(at))),
            [from, to] => points.extend([(output, Some(from)), (output, Some(to))]),
            _ => return Err(wrong(NAME, format!("\"{}\" has more than two percentages", shown(argument)))),
        }
    }
    Points::new(&points).map(Easing::Points).ok_or_else(|| wrong(NAME, "1 to 10000 points, numbers within 1000000"))
}

fn spring(arguments: &[&str]) -> Result<Easing, EasingError> {
    const NAME: &str = "spring()";
    let described = |e: SpringError| wrong(NAME, e.to_string());
    let made = match arguments {
        [duration, bounce] => Spring::by_duration(number(NAME, duration)?, number(NAME, bounce)?, 0.0),
        [mass, stiffness, damping] => {
            Spring::new(number(NAME, mass)?, number(NAME, stiffness)?, number(NAME, damping)?, 0.0)
        }
        [mass, stiffness, damping, velocity] => {
            let [mass, stiffness] = [number(NAME, mass)?, number(NAME, stiffness)?];
            Spring::new(mass, stiffness, number(NAME, damping)?, number(NAME, velocity)?)
        }
        _ => return Err(wrong(NAME, "it takes mass, stiffness, damping and a velocity, or a duration and a bounce")),
    };
    made.map(Easing::Spring).map_err(described)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn easings_are_read_and_written_alike() {
        for text in [
            "linear",
            "ease-in-out",
            "cubic-bezier(0.1, -2, 0.9, 3)",
            "steps(4, jump-both)",
            "linear(0 0%, 0.5 25%, 1 100%)",
            "ease-in-out-elastic",
            "ease-out-quad",
            "spring(1, 100, 10, 0)",
        ] {
            let easing: Easing = text.parse().unwrap();
            assert_eq!(easing.to_string(), text);
        }
        let alike = |a: &str, b: &str| assert_eq!(a.parse::<Easing>(), b.parse::<Easing>());
        alike("easeInOutQuad", "ease-in-out-quad");
        alike("easeOutBounce", "ease-out-bounce");
        alike("steps( 3 )", "steps(3, end)");
        alike("LINEAR(0, 1)", "linear(0, 1 100%)");
    }

    #[test]
    fn what_is_wrong_is_told_with_what_is_allowed() {
        for (text, part) in [
            ("swoosh", "ease-out-bounce"),
            ("cubic-bezier(2, 0, 0, 1)", "x1 and x2 are 0 to 1"),
            ("cubic-bezier(1, 0, 0)", "x1, y1, x2, y2"),
            ("cubic-bezier(nan, 0, 0, 1)", "no number"),
            ("steps(0)", "1 to 100000"),
            ("steps(3, up)", "jump-both"),
            ("linear()", "no value"),
            ("linear(1 2)", "two values"),
            ("spring(1, 100)", "bounce"),
            ("spring(0, 100, 10)", "mass: outside 0.001"),
            ("spring(", "no easing"),
        ] {
            let error = text.parse::<Easing>().unwrap_err().to_string();
            assert!(error.contains(part), "{text}: {error}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(ease|linear|steps|spring|cubic-bezier)?[(]?[0-9a-z%,. ()-]{0,40}") {
            if let Ok(easing) = text.parse::<Easing>() {
                let again: Easing = easing.to_string().parse().unwrap();
                for t in [0.0, 0.31, 0.5, 1.0] {
                    let (a, b) = (easing.value(t, 1.0), again.value(t, 1.0));
                    prop_assert!(a.is_finite() && (a - b).abs() <= 1e-6 * a.abs().max(1.0), "{easing}, then {again}");
                }
            }
        }
    }
}
