//! What is given up where processors lack, step by step, and taken back.
//!
//! Frames leave at a constant rate whatever happens; a machine that is too slow for the show repeats pictures or
//! loses them. Rather than that it encodes with less effort, then draws every second picture, then encodes at half the
//! size. A step back up is tried once all has been calm for a while and a processor has had time to spare; where it
//! brings the trouble back, the next try waits twice as long.

use codec_wire::EncoderKind;
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// x264's presets below the usual one, the slowest first: below `ultrafast` there is nothing.
const PRESETS: [&str; 9] =
    ["veryslow", "slower", "slow", "medium", "fast", "faster", "veryfast", "superfast", "ultrafast"];
/// Over so long frames are counted.
const WINDOW: Duration = Duration::from_secs(2);
/// One lost frame of so many is trouble.
const TROUBLE: u64 = 10;
/// A step down shows what it does within this, once a keyframe has come: the encoder is changed there.
const SETTLE: Duration = Duration::from_secs(4);
/// How long all has to be calm before a step up, at least and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(15 * 60));
/// Processors that have to be free on average for that.
const SPARE: f64 = 0.3;

/// How the picture is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// x264's preset.
    pub(crate) preset: &'static str,
    /// One picture of so many is drawn.
    pub(crate) every: u64,
    /// Whether it is encoded at half the size.
    pub(crate) halved: bool,
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "preset {}", self.preset)?;
        if self.every > 1 {
            write!(f, ", every second picture")?;
        }
        if self.halved {
            write!(f, ", half the size")?;
        }
        Ok(())
    }
}

/// The steps, from what is configured down. Presets are x264's: what a graphics card encodes costs the processor nothing.
pub(crate) fn ladder(preset: &str, kind: EncoderKind) -> Vec<Step> {
    let first = PRESETS.iter().position(|name| *name == preset).unwrap_or(PRESETS.len() - 1);
    let step = |preset, every, halved| Step { preset, every, halved };
    let presets = if kind == EncoderKind::X264 { &PRESETS[first..] } else { &PRESETS[first..=first] };
    let last = presets[presets.len() - 1];
    let presets = presets.iter().map(|preset| step(*preset, 1, false));
    presets.chain([step(last, 2, false), step(last, 2, true)]).collect()
}

/// Decides on the step.
pub(crate) struct QualityControl {
    last: usize,
    step: usize,
    settle: Duration,
    looks: VecDeque<Look>,
    changed: Option<Instant>,
    raised: Option<Instant>,
    calm_since: Option<Instant>,
    patience: Duration,
}

struct Look {
    at: Instant,
    due: u64,
    lost: u64,
    idle: f64,
}

impl QualityControl {
    /// Of so many steps, at the first; keyframes are so far apart.
    pub(crate) fn new(steps: usize, keyframes: Duration) -> Self {
        Self {
            last: steps.saturating_sub(1),
            step: 0,
            settle: SETTLE + keyframes,
            looks: VecDeque::new(),
            changed: None,
            raised: None,
            calm_since: None,
            patience: PATIENCE.0,
        }
    }

    /// The step from now on: so many frames have been due in all, so many of them were lost, and so many processors
    /// have been free since the last look.
    pub(crate) fn update(&mut self, now: Instant, due: u64, lost: u64, idle: f64) -> usize {
        self.looks.push_back(Look { at: now, due, lost, idle });
        while self.looks.get(1).is_some_and(|second| now.saturating_duration_since(second.at) >= WINDOW) {
            self.looks.pop_front();
        }
        let Some(first) = self.looks.front() else { return self.step };
        if now.saturating_duration_since(first.at) < WINDOW {
            return self.step;
        }
        let (due, lost) = (due.saturating_sub(first.due), lost.saturating_sub(first.lost));
        let idle = self.looks.iter().skip(1).map(|look| look.idle).sum::<f64>() / (self.looks.len() - 1).max(1) as f64;
        let since = |at: Option<Instant>| at.map_or(Duration::MAX, |at| now.saturating_duration_since(at));
        if lost > 0 || idle < SPARE {
            self.calm_since = None;
        } else {
            self.calm_since.get_or_insert(now);
        }
        if lost * TROUBLE >= due.max(1) && self.step < self.last && since(self.changed) >= self.settle {
            let too_soon = since(self.raised) < self.patience;
            self.patience = if too_soon { (self.patience * 2).min(PATIENCE.1) } else { PATIENCE.0 };
            self.go_to(self.step + 1, now);
        } else if self.step > 0 && self.calm_since.is_some() && since(self.calm_since) >= self.patience {
            self.raised = Some(now);
            self.go_to(self.step - 1, now);
        }
        self.step
    }

    fn go_to(&mut self, step: usize, now: Instant) {
        (self.step, self.changed, self.calm_since) = (step, Some(now), None);
        self.looks.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYFRAMES: Duration = Duration::from_secs(2);

    /// A machine that can do so many steps down and no less, for some seconds: the steps that were taken.
    fn steps(control: &mut QualityControl, clock: &mut (Instant, u64, u64), seconds: u64, needs: usize) -> Vec<usize> {
        let mut taken = Vec::new();
        for _ in 0..seconds * 2 {
            let (now, due, lost) = clock;
            *now += Duration::from_millis(500);
            *due += 15;
            let step = *taken.last().unwrap_or(&control.step);
            let short = step < needs;
            *lost += if short { 5 } else { 0 };
            taken.push(control.update(*now, *due, *lost, if short { 0.0 } else { 0.8 }));
        }
        taken
    }

    #[test]
    fn it_goes_down_as_far_as_it_must_and_up_again_when_it_can() {
        let mut control = QualityControl::new(ladder("veryfast", EncoderKind::X264).len(), KEYFRAMES);
        let mut clock = (Instant::now(), 0, 0);
        let down = steps(&mut control, &mut clock, 24, 2);
        assert_eq!(down.last(), Some(&2));
        assert!(down.windows(2).all(|pair| pair[1] <= pair[0] + 1), "one at a time");
        let up = steps(&mut control, &mut clock, 200, 0);
        assert_eq!(up.last(), Some(&0));
        assert!(up.iter().take(80).all(|step| *step == 2), "not before a minute, of which some was before");
    }

    #[test]
    fn a_machine_that_is_at_its_limit_is_tried_less_and_less() {
        let mut control = QualityControl::new(3, KEYFRAMES);
        let mut clock = (Instant::now(), 0, 0);
        let taken = steps(&mut control, &mut clock, 3_600, 1);
        let tries = taken.windows(2).filter(|pair| pair[1] < pair[0]).count();
        assert!((3..=12).contains(&tries), "{tries} tries in an hour");
    }

    #[test]
    fn one_late_frame_changes_nothing_and_a_busy_machine_is_left_alone() {
        let mut control = QualityControl::new(3, KEYFRAMES);
        let now = Instant::now();
        let at = |half: u64| now + Duration::from_millis(500 * half);
        for half in 0..20 {
            assert_eq!(control.update(at(half), half * 15, u64::from(half > 5), 0.5), 0);
        }
        control.step = 1;
        for half in 20..400 {
            assert_eq!(control.update(at(half), half * 15, 1, 0.1), 1, "no processor is free");
        }
    }

    #[test]
    fn the_ladder_begins_where_it_is_configured() {
        let names: Vec<String> = ladder("superfast", EncoderKind::X264).iter().map(Step::to_string).collect();
        let expected = [
            "preset superfast",
            "preset ultrafast",
            "preset ultrafast, every second picture",
            "preset ultrafast, every second picture, half the size",
        ];
        assert_eq!(names, expected);
        assert_eq!(ladder("veryfast", EncoderKind::Nvenc).len(), 3, "presets do nothing for a card");
    }
}
