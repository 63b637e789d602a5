//! The desk at work: voices to buses, buses to the program.

use crate::desk::{BUSES, BusSettings, Desk, ProgramSettings};
use crate::dynamics::{Dynamics, ramp, rms};
use crate::envelope::Envelope;
use crate::filter::HighPass;
use crate::leveller::Leveller;
use crate::limiter::{AHEAD, Limiter};
use crate::meter::{Level, LevelMeter, LoudnessMeter, Meters};
use crate::voice::{Sound, Voice, add_clip};
use crate::{BLOCK, Sample, decibels};
use std::collections::HashMap;
use std::sync::Arc;

/// Mixes voices into the program.
pub struct Mixer {
    sounding: HashMap<Arc<str>, Sounding>,
    speakers: Vec<Speaker>,
    strips: [Strip; BUSES],
    leveller: Leveller,
    limiter: Limiter,
    program_gain: Option<f32>,
    /// Samples that are mixed but not let out.
    ahead: Vec<Sample>,
    /// How many of those the limiter has finished with; the rest are whole blocks.
    done: usize,
    next: u64,
    running: bool,
    program: LevelMeter,
    loudness: LoudnessMeter,
    scratch: Vec<Sample>,
}

/// A voice as it was heard last.
struct Sounding {
    voice: Voice,
    meter: LevelMeter,
    present: bool,
}

/// Whoever speaks, or did a moment ago.
struct Speaker {
    name: Arc<str>,
    envelope: Envelope,
    /// What is heard of all its voices in what is being mixed.
    samples: Vec<Sample>,
}

/// How loud everything was, and is in what was mixed last.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelopes {
    /// Of each speaker, after the gains of its voices. Who has been silent for long is missing.
    pub speakers: Vec<(Arc<str>, Envelope)>,
    /// Of each bus, after all that is done to it.
    pub buses: [Envelope; BUSES],
}

/// What is carried on of a bus.
#[derive(Default)]
struct Strip {
    samples: Vec<Sample>,
    gain: Option<[f32; 2]>,
    high_pass: Option<HighPass>,
    dynamics: Dynamics,
    /// Levels of its blocks in dB, by which others give way.
    levels: Vec<f32>,
    meter: LevelMeter,
    envelope: Envelope,
}

impl Default for Mixer {
    fn default() -> Self {
        Self::new()
    }
}

impl Mixer {
    /// A mixer at the beginning of the program.
    #[must_use]
    pub fn new() -> Self {
        Self {
            sounding: HashMap::new(),
            speakers: Vec::new(),
            strips: Default::default(),
            leveller: Leveller::new(),
            limiter: Limiter::new(),
            program_gain: None,
            ahead: Vec::new(),
            done: 0,
            next: 0,
            running: false,
            program: LevelMeter::default(),
            loudness: LoudnessMeter::new(),
            scratch: Vec::new(),
        }
    }

    /// Appends the program's samples from `from` up to `from + count` to `out`.
    ///
    /// Calls follow one another without a gap; after a jump the mixer begins afresh at `from`.
    /// The limiter needs some milliseconds of the future: they are mixed with the desk as it is now, so a
    /// change is heard that much later, and nothing is ever late by it.
    pub fn mix(&mut self, desk: &Desk, from: u64, count: usize, out: &mut Vec<Sample>) {
        if self.next != from {
            self.ahead.clear();
            self.done = 0;
            self.limiter = Limiter::new();
            self.running = false;
        }
        let mut mixed = std::mem::take(&mut self.ahead);
        let old = mixed.len();
        // Whole blocks after those that are done: enough for `count`, and those to look at.
        let blocks = count.saturating_sub(self.done).div_ceil(BLOCK) + AHEAD / BLOCK;
        let wanted = (self.done + blocks * BLOCK).max(old);
        mixed.resize(wanted, [0.0; 2]);
        if wanted > old {
            self.make(desk, from + old as u64, &mut mixed[old..]);
        }
        self.limiter.limit(&mut mixed[self.done..], crate::linear(desk.program.ceiling_db));
        let done = mixed.len() - AHEAD;
        out.extend_from_slice(&mixed[..count]);
        self.program.add(&mixed[..count]);
        self.loudness.add(&mixed[..count]);
        mixed.drain(..count);
        self.done = done - count;
        self.ahead = mixed;
        self.next = from + count as u64;
        self.running = true;
    }

    /// What the meters show since this was asked last.
    pub fn meters(&mut self) -> Meters {
        let mut voices: Vec<(Arc<str>, Level)> =
            self.sounding.iter_mut().map(|(name, sounding)| (name.clone(), sounding.meter.take())).collect();
        voices.sort_by(|a, b| a.0.cmp(&b.0));
        let buses = self.strips.each_mut().map(|strip| strip.meter.take());
        Meters {
            voices,
            buses,
            program: self.program.take(),
            true_peak_db: decibels(self.limiter.take_highest()),
            loudness: self.loudness.look(),
            leveller_db: self.leveller.gain_db(),
            limiter_db: self.limiter.reduction_db(),
        }
    }

    /// How loud everything is, up to the end of what has been mixed: a little beyond what was let out.
    #[must_use]
    pub fn envelopes(&self) -> Envelopes {
        Envelopes {
            speakers: self.speakers.iter().map(|speaker| (speaker.name.clone(), speaker.envelope)).collect(),
            buses: self.strips.each_ref().map(|strip| strip.envelope),
        }
    }

    /// Mixes whole blocks, the first of whose samples is the program's sample `at`.
    fn make(&mut self, desk: &Desk, at: u64, out: &mut [Sample]) {
        for strip in &mut self.strips {
            strip.samples.clear();
            strip.samples.resize(out.len(), [0.0; 2]);
        }
        self.add_voices(desk, at, out.len());
        for (strip, settings) in self.strips.iter_mut().zip(&desk.buses) {
            strip.even_out(settings);
        }
        let levels: [Vec<f32>; BUSES] = self.strips.each_mut().map(|strip| std::mem::take(&mut strip.levels));
        for (strip, settings) in self.strips.iter_mut().zip(&desk.buses) {
            let by = settings.ducking.map(|ducking| (ducking, levels[ducking.by as usize].as_slice()));
            for (i, block) in strip.samples.chunks_exact_mut(BLOCK).enumerate() {
                strip.dynamics.give_way(block, by.map(|(ducking, levels)| (ducking, levels[i])));
            }
            strip.meter.add(&strip.samples);
            strip.envelope.add(at, &strip.samples);
            add(out, &strip.samples);
        }
        for (strip, levels) in self.strips.iter_mut().zip(levels) {
            strip.levels = levels;
        }
        self.finish(&desk.program, out);
    }

    fn add_voices(&mut self, desk: &Desk, at: u64, length: usize) {
        self.sounding.values_mut().for_each(|sounding| sounding.present = false);
        for speaker in &mut self.speakers {
            speaker.samples.clear();
            speaker.samples.resize(length, [0.0; 2]);
        }
        for voice in &desk.voices {
            let before = match self.sounding.get(&voice.name) {
                Some(sounding) => sounding.voice.gain,
                // Whoever comes in the middle comes softly.
                None if self.running && voice.is_under_way(at) => [0.0; 2],
                None => voice.gain,
            };
            let mut meter = self.sounding.get(&voice.name).map_or_else(LevelMeter::default, |s| s.meter);
            self.add_voice(voice, at, length, before, voice.gain, &mut meter);
            let sounding = Sounding { voice: voice.clone(), meter, present: true };
            self.sounding.insert(voice.name.clone(), sounding);
        }
        // Whoever is gone goes softly.
        let gone: Vec<Arc<str>> =
            self.sounding.iter().filter(|(_, s)| !s.present).map(|(name, _)| name.clone()).collect();
        for name in gone {
            if let Some(Sounding { voice, mut meter, .. }) = self.sounding.remove(&name) {
                self.add_voice(&voice, at, length, voice.gain, [0.0; 2], &mut meter);
            }
        }
        self.speakers.iter_mut().for_each(|speaker| speaker.envelope.add(at, &speaker.samples));
        self.speakers.retain(|speaker| !speaker.envelope.is_silent());
    }

    fn add_voice(
        &mut self,
        voice: &Voice,
        at: u64,
        length: usize,
        before: [f32; 2],
        after: [f32; 2],
        meter: &mut LevelMeter,
    ) {
        let scratch = &mut self.scratch;
        scratch.clear();
        scratch.resize(length, [0.0; 2]);
        match &voice.sound {
            Sound::Clip { clip, start, looped, fades } => {
                if before != [0.0; 2] || after != [0.0; 2] {
                    add_clip(clip, at as i64 - start, *looped, fades, (before, after), scratch);
                }
            }
            Sound::Feed(feed) => {
                // Taken even where it is not heard: it goes on all the same.
                feed.take(scratch);
                glide(scratch, before, after);
            }
        }
        meter.add(scratch);
        add(&mut self.strips[voice.bus as usize].samples, scratch);
        if let Some(name) = &voice.speaker {
            let known = self.speakers.iter().position(|speaker| speaker.name == *name);
            let at = known.unwrap_or_else(|| {
                let samples = vec![[0.0; 2]; length];
                self.speakers.push(Speaker { name: name.clone(), envelope: Envelope::default(), samples });
                self.speakers.len() - 1
            });
            add(&mut self.speakers[at].samples, scratch);
        }
    }

    /// What becomes of the sum.
    fn finish(&mut self, settings: &ProgramSettings, out: &mut [Sample]) {
        for block in out.chunks_exact_mut(BLOCK) {
            let (before, after) = self.leveller.level(block, settings.target_lufs);
            ramp(block, before, after);
        }
        let before = self.program_gain.replace(settings.gain).unwrap_or(settings.gain);
        glide(out, [before; 2], [settings.gain; 2]);
    }
}

impl Strip {
    fn even_out(&mut self, settings: &BusSettings) {
        self.high_pass = settings.high_pass_hz.map(|hz| match self.high_pass.take() {
            Some(filter) => filter.tuned(hz),
            None => HighPass::new(hz),
        });
        if let Some(filter) = &mut self.high_pass {
            filter.run(&mut self.samples);
        }
        for block in self.samples.chunks_exact_mut(BLOCK) {
            self.dynamics.even_out(block, settings.gate, settings.compressor);
        }
        let before = self.gain.replace(settings.gain).unwrap_or(settings.gain);
        glide(&mut self.samples, before, settings.gain);
        self.levels.clear();
        self.levels.extend(self.samples.chunks_exact(BLOCK).map(|block| decibels(rms(block))));
    }
}

impl Voice {
    /// Whether it has begun before the program's sample `at`.
    fn is_under_way(&self, at: u64) -> bool {
        match &self.sound {
            Sound::Clip { start, .. } => *start < at as i64,
            // It comes softly by itself.
            Sound::Feed(_) => false,
        }
    }
}

fn add(to: &mut [Sample], samples: &[Sample]) {
    for (sum, sample) in to.iter_mut().zip(samples) {
        sum[0] += sample[0];
        sum[1] += sample[1];
    }
}

/// Factors from one to another in a straight line.
fn glide(samples: &mut [Sample], from: [f32; 2], to: [f32; 2]) {
    if from == [1.0; 2] && to == [1.0; 2] {
        return;
    }
    let slope = [0, 1].map(|c| (to[c] - from[c]) / samples.len().max(1) as f32);
    for (k, sample) in samples.iter_mut().enumerate() {
        sample[0] *= from[0] + slope[0] * k as f32;
        sample[1] *= from[1] + slope[1] * k as f32;
    }
}

#[cfg(test)]
mod tests;
