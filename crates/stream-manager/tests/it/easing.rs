//! Easings against those of a browser.

use crate::browser::Browser;
use motion::Easing;
use serde_json::json;

/// What CSS has, densely sampled, is what Chromium computes.
#[test]
fn chromium_eases_the_same() {
    let easings = [
        "linear",
        "ease",
        "ease-in",
        "ease-out",
        "ease-in-out",
        "step-start",
        "step-end",
        "cubic-bezier(0.4, 0, 0.2, 1)",
        "cubic-bezier(0, 1.6, 1, -0.6)",
        "cubic-bezier(1, 0, 0, 1)",
        "cubic-bezier(0, 0, 0, 1)",
        "cubic-bezier(0.68, -0.55, 0.265, 1.55)",
        "steps(1, jump-both)",
        "steps(2, jump-none)",
        "steps(3, start)",
        "steps(4, jump-end)",
        "steps(5, jump-both)",
        "steps(7, jump-none)",
        "linear(0, 1)",
        "linear(0, 0.25 75%, 1)",
        "linear(0, 0.25 25% 75%, 1)",
        "linear(1, 0.5 30%, 0.2, 0.9, 0.1 70%, 0)",
        "linear(0, 0.3 60%, 0.8 40%, 1)",
        "linear(0 20%, 1.4 50%, 1 80%)",
        "linear(0, 0.5 50% 50%, 1 50%, 0.2)",
    ];
    let samples: Vec<f64> = (0..=2_000).map(|i| f64::from(i) / 2_000.0).collect();
    let folder = tempfile::tempdir().unwrap();
    let mut browser = Browser::open(folder.path(), "about:blank");
    let script = "(easings, samples) => easings.map(easing => {
        const effect = new KeyframeEffect(null, [], {duration: 1000, fill: 'both', easing});
        const animation = new Animation(effect, document.timeline);
        return samples.map(t => {
            animation.currentTime = t * 1000;
            return effect.getComputedTiming().progress;
        });
    })";
    let theirs = browser.evaluate(&format!("({script})({}, {})", json!(easings), json!(samples)));
    for (i, text) in easings.iter().enumerate() {
        let easing: Easing = text.parse().unwrap();
        for (k, t) in samples.iter().enumerate() {
            let want = theirs[i][k].as_f64().unwrap_or_else(|| panic!("{text}: Chromium has no value"));
            let got = easing.value(*t, 1.0);
            // Chromium looks for a curve's x to 1e-7 (`gfx::CubicBezier::SolveCurveX`): where a curve is steep,
            // its y is off by more. (Ours is found to 1e-12, which the crate's own tests hold.)
            let steep = (easing.value(t + 1e-7, 1.0) - easing.value(t - 1e-7, 1.0)).abs();
            let curve = matches!(easing, Easing::CubicBezier(_));
            let allowed = if curve { 1e-6 + steep } else { 1e-6 };
            assert!((got - want).abs() < allowed, "{text} at {t}: {got}, and Chromium has {want}");
        }
    }
}
