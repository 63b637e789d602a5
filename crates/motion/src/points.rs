//! `linear()` (CSS Easing Functions Level 2, section 2.1).

use std::fmt;
use std::sync::Arc;

/// The most points.
pub const MAX_POINTS: usize = 10_000;

/// A point of the line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Progress in.
    pub input: f64,
    /// Value out.
    pub output: f64,
}

/// Straight lines between points whose inputs never fall.
#[derive(Clone, Debug, PartialEq)]
pub struct Points(Arc<[Point]>);

impl Points {
    /// Lines through points, of which each has an output and may have an input. Inputs that are missing
    /// are 0 for the first, 1 for the last, and evenly spaced between their neighbours else; one that
    /// is lower than an earlier one becomes that. `None` where there is no point, or there are more
    /// than 10,000, or a number is not within a million.
    #[must_use]
    pub fn new(points: &[(f64, Option<f64>)]) -> Option<Self> {
        let sound = |v: f64| v.abs() <= 1e6;
        if points.is_empty() || points.len() > MAX_POINTS {
            return None;
        }
        if !points.iter().all(|(output, input)| sound(*output) && input.is_none_or(sound)) {
            return None;
        }
        let last = points.len() - 1;
        let mut inputs: Vec<Option<f64>> = points.iter().map(|(_, input)| *input).collect();
        inputs[0] = inputs[0].or(Some(0.0));
        inputs[last] = inputs[last].or(Some(1.0));
        let mut largest = f64::NEG_INFINITY;
        for input in inputs.iter_mut().flatten() {
            largest = largest.max(*input);
            *input = largest;
        }
        // Runs of missing ones lie evenly between what is there: both ends are.
        let mut filled = Vec::with_capacity(points.len());
        let mut at = 0;
        while at < inputs.len() {
            if let Some(input) = inputs[at] {
                filled.push(input);
                at += 1;
                continue;
            }
            let next = (at..inputs.len()).find(|i| inputs[*i].is_some()).unwrap_or(last);
            let before = filled.last().copied().unwrap_or(0.0);
            let after = inputs[next].unwrap_or(1.0);
            let parts = (next - at + 1) as f64;
            filled.extend((1..=next - at).map(|k| before + (after - before) * k as f64 / parts));
            at = next;
        }
        Some(Self(
            filled.iter().zip(points).map(|(input, (output, _))| Point { input: *input, output: *output }).collect(),
        ))
    }

    /// The points, inputs filled in.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.0
    }

    /// The value at `progress`; outside of the points along the first or last line.
    #[must_use]
    pub fn value(&self, progress: f64) -> f64 {
        let points = &self.0;
        if points.len() == 1 {
            return points[0].output;
        }
        // The last point that is not after `progress`; the line that begins there.
        let from = points.partition_point(|p| p.input <= progress).saturating_sub(1).min(points.len() - 2);
        let (a, b) = (points[from], points[from + 1]);
        if a.input == b.input {
            return b.output;
        }
        a.output + (b.output - a.output) * (progress - a.input) / (b.input - a.input)
    }
}

impl fmt::Display for Points {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("linear(")?;
        for (i, point) in self.0.iter().enumerate() {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{} {}%", point.output, point.input * 100.0)?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inputs_that_are_missing_are_filled_in_and_never_fall() {
        let points = Points::new(&[(0.0, None), (1.0, None), (2.0, Some(0.9)), (3.0, Some(0.5)), (4.0, None)]).unwrap();
        let inputs: Vec<f64> = points.points().iter().map(|p| p.input).collect();
        assert_eq!(inputs, [0.0, 0.45, 0.9, 0.9, 1.0]);
        assert_eq!(Points::new(&[(0.3, None)]).unwrap().value(0.8), 0.3);
        assert!(Points::new(&[]).is_none() && Points::new(&[(f64::NAN, None)]).is_none());
    }

    #[test]
    fn outside_the_first_and_last_lines_go_on() {
        let points = Points::new(&[(0.0, Some(0.2)), (1.0, Some(0.6)), (0.0, Some(1.0))]).unwrap();
        assert!((points.value(0.0) + 0.5).abs() < 1e-12 && (points.value(1.2) + 0.5).abs() < 1e-12);
    }
}
