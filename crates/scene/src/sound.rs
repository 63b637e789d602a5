//! What is heard at a time: the show's sound, as its picture a function of the show and *t*.

use crate::id::Id;
use crate::mix::{BusName, Mix};
use crate::show::Show;
use crate::time::ShowTime;
use crate::value::GainDb;

/// What is to sound at once begins so much later: by the time a command is carried out, the samples of its own moment
/// have been mixed, and the beginning of the sound would be missing. 60 ms are a frame at 25 frames a second, what
/// the mixer looks ahead, and the time until a command is durable.
pub(crate) const LEAD: ShowTime = ShowTime::from_millis(60);

/// Everything that is heard at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Sound<'a> {
    /// What sounds.
    pub items: Vec<SoundItem<'a>>,
    /// The desk, but for the gains of its buses.
    pub mix: &'a Mix,
    /// The factors of the buses, left and right, by [`BusName`].
    pub buses: [[f32; 2]; 4],
    /// The factor of the program.
    pub program: f32,
}

/// Something that sounds.
#[derive(Clone, Debug, PartialEq)]
pub struct SoundItem<'a> {
    /// Tells it from the others: the name of its track or utterance.
    pub id: &'a Id,
    /// The layer of the character whose voice it is.
    pub speaker: Option<&'a Id>,
    /// With playlists: which file it is, counted over all rounds.
    pub number: i64,
    /// Where it comes from.
    pub source: SoundSource<'a>,
    /// When it begins.
    pub start: ShowTime,
    /// Whether it begins again at its end.
    pub looped: bool,
    /// How long it takes to come.
    pub come: ShowTime,
    /// From when on, after its start, it goes, and for how long.
    pub go: Option<(ShowTime, ShowTime)>,
    /// Where it goes.
    pub bus: BusName,
    /// The factor of its samples, left and right.
    pub gain: [f32; 2],
}

/// Where sound comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SoundSource<'a> {
    /// A file.
    File(&'a str),
    /// It is still being made: the utterance of that name.
    Live(&'a Id),
    /// It comes from a network without end: the track of that name.
    Stream(&'a Id),
}

impl Show {
    /// What is heard at `t`.
    #[must_use]
    pub fn sound_at(&self, t: ShowTime) -> Sound<'_> {
        let mix = self.mix();
        let mut items = Vec::new();
        let soloed = self.tracks().iter().any(|track| track.solo);
        for track in self.tracks() {
            if t < track.start {
                continue;
            }
            let heard = !track.muted && (track.solo || !soloed);
            let gain = self.gain_at(&track.id, t).unwrap_or(track.gain_db);
            let item = SoundItem {
                id: &track.id,
                speaker: None,
                number: 0,
                source: if track.live { SoundSource::Stream(&track.id) } else { SoundSource::File(&track.url) },
                start: ShowTime::from_ticks(track.origin()),
                looped: track.looped,
                come: ShowTime::ZERO,
                go: None,
                bus: track.bus,
                gain: factors(gain, track.pan.get(), heard),
            };
            let Some(playlist) = &track.playlist else {
                items.push(item);
                continue;
            };
            for playing in track.heard(playlist, t) {
                let fade = ShowTime::from_ticks(playing.go);
                items.push(SoundItem {
                    number: playing.number,
                    source: SoundSource::File(&playlist.items[playing.index].url),
                    start: ShowTime::from_ticks(track.origin() + playing.begin),
                    looped: false,
                    come: ShowTime::from_ticks(playing.come),
                    go: Some((ShowTime::from_ticks(playing.length - playing.go), fade)),
                    ..item.clone()
                });
            }
        }
        for utterance in self.speech() {
            let Some(start) = utterance.start else { continue };
            let source = match &utterance.spec.url {
                Some(url) => SoundSource::File(url),
                None => SoundSource::Live(&utterance.id),
            };
            items.push(SoundItem {
                id: &utterance.id,
                speaker: Some(&utterance.spec.layer_id),
                number: 0,
                source,
                start,
                looped: false,
                come: ShowTime::ZERO,
                go: None,
                bus: BusName::Voice,
                gain: factors(utterance.spec.gain_db, 0.0, true),
            });
        }
        let soloed = BusName::ALL.iter().any(|bus| mix.bus(*bus).solo);
        let buses = BusName::ALL.map(|name| {
            let bus = mix.bus(name);
            // A slate has music and nothing else.
            let wanted = !self.slate().on || name == BusName::Music;
            factors(self.bus_gain_at(name, t), bus.pan.get(), wanted && !bus.muted && (bus.solo || !soloed))
        });
        let program = if mix.program.muted { 0.0 } else { mix.program.gain_db.linear() };
        Sound { items, mix, buses, program }
    }
}

/// Gain and balance: the side that is turned away from fades as a quarter of a cosine does.
fn factors(gain: GainDb, pan: f64, heard: bool) -> [f32; 2] {
    let gain = if heard { gain.linear() } else { 0.0 };
    let side = |pan: f64| (pan.clamp(0.0, 1.0) * std::f64::consts::FRAC_PI_2).cos() as f32;
    let exact = |pan: f64| if pan >= 1.0 { 0.0 } else { side(pan) };
    [gain * exact(pan), gain * exact(-pan)]
}
