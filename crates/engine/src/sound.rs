//! From what a show says of its sound to samples.

use crate::assets::Assets;
use crate::feeds::Feeds;
use crate::streams::Streams;
use audio::{BusSettings, Desk, Fades, Meters, Mixer, ProgramSettings, Sound as VoiceSound, Voice};
use scene::{Bus, BusName, Envelope, FrameRate, Levels, Show, ShowTime, SoundItem, SoundSource};
use std::sync::Arc;

/// Makes the samples of a show, frame by frame: the same for the live loop and off-line.
pub struct Composer {
    assets: Arc<Assets>,
    feeds: Arc<Feeds>,
    streams: Arc<Streams>,
    mixer: Mixer,
    rate: FrameRate,
}

impl Composer {
    /// A composer at `rate` frames per second.
    #[must_use]
    pub fn new(assets: Arc<Assets>, feeds: Arc<Feeds>, streams: Arc<Streams>, rate: FrameRate) -> Self {
        Self { assets, feeds, streams, mixer: Mixer::new(), rate }
    }

    /// The number of the first sample of frame `tick`, and all samples of its interval.
    pub fn samples(&mut self, show: &Show, tick: u64) -> (u64, Vec<[f32; 2]>) {
        let first = self.rate.first_sample(tick, audio::RATE);
        let count = (self.rate.first_sample(tick + 1, audio::RATE) - first) as usize;
        let desk = self.desk(show, tick);
        let mut samples = Vec::with_capacity(count);
        self.mixer.mix(&desk, first, count, &mut samples);
        (first, samples)
    }

    /// What the meters show since this was asked last.
    pub fn meters(&mut self) -> Meters {
        self.mixer.meters()
    }

    /// How loud everything is, up to the end of the frame whose samples were made last.
    #[must_use]
    pub fn levels(&self) -> Levels {
        let envelope = |from: &audio::Envelope| Envelope {
            values: from.values().to_vec(),
            end: ShowTime::from_samples(from.end() as i64, audio::RATE),
        };
        let heard = self.mixer.envelopes();
        let voice = |(name, from): &(Arc<str>, audio::Envelope)| Some((name.parse().ok()?, envelope(from)));
        Levels {
            voices: heard.speakers.iter().filter_map(voice).collect(),
            buses: BusName::ALL.map(|name| envelope(&heard.buses[bus(name) as usize])).to_vec(),
        }
    }

    fn desk(&self, show: &Show, tick: u64) -> Desk {
        // As of the end of what is mixed now: what begins in it begins on its sample, and a change of gain is a
        // ramp that ends where the next one begins.
        let ahead = ShowTime::from_samples(audio::AHEAD as i64, audio::RATE);
        let sound = show.sound_at(self.rate.time_of(tick + 1) + ahead);
        let voices = sound.items.iter().filter_map(|item| self.voice(item)).collect();
        let mut buses: [BusSettings; audio::BUSES] = Default::default();
        for (name, factor) in BusName::ALL.into_iter().zip(sound.buses) {
            buses[bus(name) as usize] = settings(sound.mix.bus(name), factor);
        }
        let program = &sound.mix.program;
        let program = ProgramSettings {
            gain: sound.program,
            target_lufs: program.leveller.enabled.then(|| program.leveller.target_lufs.get() as f32),
            ceiling_db: program.ceiling_dbtp.get() as f32,
        };
        Desk { voices, buses, program }
    }

    fn voice(&self, item: &SoundItem<'_>) -> Option<Voice> {
        let start = item.start.samples(audio::RATE);
        let sound = match item.source {
            SoundSource::File(url) => {
                let go = item.go.map(|(at, length)| {
                    (at.samples(audio::RATE), u32::try_from(length.samples(audio::RATE)).unwrap_or(u32::MAX))
                });
                let fades = Fades { come: u32::try_from(item.come.samples(audio::RATE)).unwrap_or(0), go };
                VoiceSound::Clip { clip: self.assets.clip(url)?, start, looped: item.looped, fades }
            }
            SoundSource::Live(id) => VoiceSound::Feed(self.feeds.get(id)?),
            SoundSource::Stream(track) => VoiceSound::Feed(self.streams.get(track)?),
        };
        // What begins elsewhere is another voice, and what is gone fades.
        let name = format!("{}#{:?}.{}.{start}", item.id, item.source, item.number).into();
        let speaker = item.speaker.map(|layer| layer.as_str().into());
        Some(Voice { name, speaker, sound, bus: bus(item.bus), gain: item.gain })
    }
}

fn bus(name: BusName) -> audio::Bus {
    match name {
        BusName::Voice => audio::Bus::Voice,
        BusName::Music => audio::Bus::Music,
        BusName::Effects => audio::Bus::Effects,
        BusName::Feed => audio::Bus::Feed,
    }
}

fn settings(spec: &Bus, gain: [f32; 2]) -> BusSettings {
    let Bus { high_pass_hz, gate, compressor, ducking, .. } = spec;
    BusSettings {
        gain,
        high_pass_hz: Some(high_pass_hz.get() as f32).filter(|hz| *hz >= 1.0),
        gate: gate.enabled.then(|| audio::Gate {
            threshold_db: gate.threshold_db.get() as f32,
            range_db: gate.range_db.get() as f32,
            attack: gate.attack.get() as f32,
            hold: gate.hold.get() as f32,
            release: gate.release.get() as f32,
        }),
        compressor: compressor.enabled.then(|| audio::Compressor {
            threshold_db: compressor.threshold_db.get() as f32,
            ratio: compressor.ratio.get() as f32,
            knee_db: compressor.knee_db.get() as f32,
            attack: compressor.attack.get() as f32,
            release: compressor.release.get() as f32,
            makeup_db: compressor.makeup_db.get() as f32,
        }),
        ducking: ducking.enabled.then(|| audio::Ducking {
            by: bus(ducking.by),
            threshold_db: ducking.threshold_db.get() as f32,
            ratio: ducking.ratio.get() as f32,
            range_db: ducking.range_db.get() as f32,
            attack: ducking.attack.get() as f32,
            hold: ducking.hold.get() as f32,
            release: ducking.release.get() as f32,
        }),
    }
}
