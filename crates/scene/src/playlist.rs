//! Playlists: files that follow one another in an audio track.
//!
//! What a playlist plays is a function of time, as everything is: every file has its length, so that it is known
//! at once which one sounds at a time, and how far it is. Each round has the same length, whatever the order
//! of its files: so a shuffled list can be entered anywhere, a year after it began.

use crate::animation::Seconds;
use crate::value::is_default;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

ranged!(
    /// How long one file goes into the next, in seconds.
    CrossFade, 0.0, 30.0, 0.0, " seconds");

/// The most files of a playlist.
pub(crate) const MAX_ITEMS: usize = 500;

/// The longest interval that is mixed at once, and a little more.
const MOMENT: i64 = crate::time::ShowTime::PER_SECOND * 11 / 10;
/// Ticks of a sample at 48 kHz.
const SAMPLE: i64 = crate::time::ShowTime::PER_SECOND / 48_000;

/// Files that follow one another.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Playlist {
    /// The files.
    #[schemars(length(min = 1, max = 500))]
    pub items: Vec<PlaylistItem>,
    /// Whether each round has an order of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shuffle: bool,
    /// What the orders go by; chosen by the service where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// How long one goes into the next; 0: one begins on the sample at which the other ends.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cross_fade: CrossFade,
}

/// A file of a playlist.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PlaylistItem {
    /// A path below the asset folder, an upload, or an `http(s)` URL.
    pub url: String,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How long it is, in seconds. The service finds it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub length: Option<Seconds>,
}

/// A file of a playlist at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Playing {
    /// Counted from the playlist's beginning, over all rounds.
    pub(crate) number: i64,
    /// Which of the items.
    pub(crate) index: usize,
    /// When it begins, in ticks after the playlist.
    pub(crate) begin: i64,
    /// How long it is.
    pub(crate) length: i64,
    /// How long it comes, and goes.
    pub(crate) come: i64,
    pub(crate) go: i64,
}

impl Playlist {
    fn length(&self, index: usize) -> i64 {
        let seconds = self.items[index].length.map_or(0.0, Seconds::get);
        (seconds * 48_000.0).round() as i64 * SAMPLE
    }

    /// How long one goes into the next: half of the shortest at most.
    fn overlap(&self) -> i64 {
        let shortest = (0..self.items.len()).map(|i| self.length(i)).min().unwrap_or(0);
        let wanted = (self.cross_fade.get() * 48_000.0).round() as i64 * SAMPLE;
        wanted.min(shortest / 2 / SAMPLE * SAMPLE)
    }

    /// From the beginning of one round to that of the next.
    fn round(&self) -> i64 {
        (0..self.items.len()).map(|i| self.length(i)).sum::<i64>() - self.overlap() * self.items.len() as i64
    }

    /// The whole of one round, with the end of its last file; `None` where lengths are not known.
    pub(crate) fn whole(&self) -> Option<i64> {
        self.items.iter().all(|item| item.length.is_some()).then(|| self.round() + self.overlap())
    }

    /// The order of a round.
    fn order(&self, round: i64) -> Vec<usize> {
        let count = self.items.len();
        let seed = self.seed.unwrap_or_default().into();
        if self.shuffle { shuffled(count, seed, round) } else { (0..count).collect() }
    }

    /// The file that was begun last at `at` ticks after the playlist's beginning, and the one before while that
    /// is still heard.
    pub(crate) fn at(&self, at: i64, looped: bool) -> Vec<Playing> {
        self.listed(at, looped, 0)
    }

    fn listed(&self, at: i64, looped: bool, moment: i64) -> Vec<Playing> {
        let round = self.round();
        if at < 0 || round <= 0 || self.whole().is_none() {
            return Vec::new();
        }
        let overlap = self.overlap();
        // What is over by a moment may be of the round before.
        let number = if looped { at / round } else { 0 };
        let mut playing = Vec::with_capacity(2);
        if number > 0 {
            playing.extend(self.of_round(number - 1, overlap, looped));
        }
        playing.extend(self.of_round(number, overlap, looped));
        playing.retain(|p: &Playing| p.begin <= at && at < p.begin + p.length + moment);
        playing
    }

    /// The files that are heard at `at`, and those that were over a moment ago: whoever mixes an interval that ends at
    /// `at` needs all that was heard in it.
    pub(crate) fn heard(&self, at: i64, looped: bool) -> Vec<Playing> {
        self.listed(at, looped, MOMENT)
    }

    /// The first file that begins after `at`.
    pub(crate) fn next_after(&self, at: i64, looped: bool) -> Option<Playing> {
        let round = self.round();
        if round <= 0 || self.whole().is_none() {
            return None;
        }
        let number = if at < 0 { 0 } else { at / round };
        let rounds = if looped { number..number + 2 } else { 0..1 };
        let overlap = self.overlap();
        rounds.flat_map(|number| self.of_round(number, overlap, looped)).find(|p| p.begin > at)
    }

    /// When the file of that number begins, in ticks after the playlist.
    pub(crate) fn begin_of(&self, number: i64, looped: bool) -> Option<i64> {
        let count = self.items.len() as i64;
        let round = number / count;
        if self.whole().is_none() || round > 0 && !looped {
            return None;
        }
        // A number that somebody thought up may be beyond all time.
        self.round().checked_mul(round.checked_add(1)?)?.checked_add(self.whole()?)?;
        self.of_round(round, self.overlap(), looped).into_iter().find(|p| p.number == number).map(|p| p.begin)
    }

    fn of_round(&self, round: i64, overlap: i64, looped: bool) -> Vec<Playing> {
        let count = self.items.len() as i64;
        let mut begin = round * self.round();
        let place = |(k, index): (i64, usize)| {
            let length = self.length(index);
            let (first, last) = (k == 0 && round == 0, k + 1 == count && !looped);
            let (come, go) = (if first { 0 } else { overlap }, if last { 0 } else { overlap });
            let playing = Playing { number: round * count + k, index, begin, length, come, go };
            begin += length - overlap;
            playing
        };
        (0..).zip(self.order(round)).map(place).collect()
    }
}

/// A permutation that depends on the seed and the round only; no file follows itself from round to round.
fn shuffled(count: usize, seed: u64, round: i64) -> Vec<usize> {
    let plain = |round: i64| {
        let mut state = seed ^ (round as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // SplitMix64 (Steele, Lea and Flood, 2014).
        let mut next = || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        };
        let mut order: Vec<usize> = (0..count).collect();
        for i in (1..count).rev() {
            order.swap(i, (next() % (i as u64 + 1)) as usize);
        }
        order
    };
    let mut order = plain(round);
    // With two files there is no other order than the one before; with more, this leaves the last in place.
    if round > 0 && count > 2 && plain(round - 1).last() == order.first() {
        order.swap(0, 1);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn playlist(seconds: &[f64], shuffle: bool, cross_fade: f64) -> Playlist {
        let item =
            |(i, s): (usize, &f64)| PlaylistItem { url: format!("{i}.ogg"), title: None, length: Seconds::new(*s) };
        let items = seconds.iter().enumerate().map(item).collect();
        Playlist { items, shuffle, seed: None, cross_fade: CrossFade::new(cross_fade).unwrap() }
    }

    #[test]
    fn one_begins_on_the_sample_at_which_the_other_ends() {
        let list = playlist(&[1.00001, 2.5, 0.7], false, 0.0);
        let first = list.at(0, true);
        let second = list.next_after(0, true).unwrap();
        assert_eq!((first[0].index, first[0].begin + first[0].length), (0, second.begin));
        assert_eq!(second.begin % SAMPLE, 0, "on a sample");
        assert_eq!(list.at(second.begin, true), [second]);
    }

    #[test]
    fn a_list_that_is_not_looped_ends() {
        let list = playlist(&[10.0, 10.0], false, 2.0);
        let whole = list.whole().unwrap();
        assert_eq!(whole, 18 * 48_000 * SAMPLE);
        let last = list.at(whole - 1, false);
        assert_eq!((last[0].index, last[0].go), (1, 0), "the last does not fade");
        assert!(list.at(whole, false).is_empty() && list.next_after(whole - 1, false).is_none());
    }

    #[test]
    fn a_shuffled_list_is_shuffled_anew_each_round() {
        let list = playlist(&[10.0; 6], true, 0.0);
        let rounds: std::collections::HashSet<Vec<usize>> = (0..20).map(|round| list.order(round)).collect();
        assert!(rounds.len() > 15, "{rounds:?}");
    }

    proptest! {
        /// At every time one sounds, or two that cross; each round has every file once; none follows itself.
        #[test]
        fn it_never_stops_and_plays_everything(
            lengths in proptest::collection::vec(0.5f64..20.0, 1..8), cross in 0.0f64..5.0, seed: u32, at in 0.0f64..1e8,
        ) {
            let list = Playlist { seed: Some(seed), ..playlist(&lengths, true, cross) };
            let at = (at * 48_000.0) as i64 * SAMPLE;
            let playing = list.at(at, true);
            prop_assert!(matches!(playing.len(), 1 | 2), "{:?}", playing);
            if let [before, after] = playing.as_slice() {
                prop_assert_eq!(before.begin + before.length - before.go, after.begin);
                prop_assert_eq!(before.go, after.come);
            }
            let next = list.next_after(at, true).unwrap();
            prop_assert_eq!(next.number, playing.last().unwrap().number + 1);
            prop_assert!(lengths.len() < 3 || next.index != playing.last().unwrap().index);
            let mut order = list.order(at / list.round());
            order.sort_unstable();
            prop_assert_eq!(order, (0..lengths.len()).collect::<Vec<_>>());
        }
    }
}
