//! FLV tag bodies (Adobe Flash Video File Format 10.1, annex E), of H.264 and AAC.

use crate::packet::Headers;
use bytes::Bytes;

/// NAL unit types (Rec. ITU-T H.264, table 7-1).
const SPS: u8 = 7;
const PPS: u8 = 8;
const DELIMITER: u8 = 9;

/// The NAL units of an Annex B stream, without start codes.
pub(crate) fn nal_units(stream: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = after_start_code(stream);
    std::iter::from_fn(move || {
        let unit = rest?;
        let (end, next) = match find_start_code(unit) {
            Some(at) => (at, after_start_code(&unit[at..])),
            None => (unit.len(), None),
        };
        rest = next;
        // Zeros before a start code belong to it.
        let length = unit[..end].iter().rposition(|b| *b != 0).map_or(0, |last| last + 1);
        Some(&unit[..length])
    })
    .filter(|unit| !unit.is_empty())
}

fn find_start_code(bytes: &[u8]) -> Option<usize> {
    // Searching for the 1 first is quick: it is rare, and the zeros before it rarer still.
    let mut at = 2;
    while at < bytes.len() {
        match bytes[at] {
            0 => at += 1,
            1 if bytes[at - 1] == 0 && bytes[at - 2] == 0 => return Some(at - 2),
            _ => at += 3,
        }
        // After a zero the 1 may be one or two bytes on; after anything else, three at least.
    }
    None
}

fn after_start_code(bytes: &[u8]) -> Option<&[u8]> {
    find_start_code(bytes).map(|at| &bytes[at + 3..])
}

/// An access unit as a tag's body: each NAL unit behind its length. Parameter sets are left out,
/// since they are in the sequence header, and delimiters, since lengths delimit.
pub(crate) fn video(annex_b: &[u8], key: bool) -> Bytes {
    let mut body = Vec::with_capacity(annex_b.len() + 16);
    // Frame type and codec (7: AVC), then "NAL units" and a composition time of zero.
    body.extend([if key { 0x17 } else { 0x27 }, 1, 0, 0, 0]);
    for unit in nal_units(annex_b).filter(|u| ![SPS, PPS, DELIMITER].contains(&(u[0] & 31))) {
        body.extend((unit.len() as u32).to_be_bytes());
        body.extend(unit);
    }
    body.into()
}

/// A frame of sound as a tag's body.
pub(crate) fn audio(frame: &[u8]) -> Bytes {
    // AAC, "44 kHz", 16 bits, stereo, as the format wants it whatever the sound is.
    [&[0xaf, 1], frame].concat().into()
}

/// The body of the tag with the AVCDecoderConfigurationRecord (ISO/IEC 14496-15, 5.3.3.1).
pub(crate) fn video_header(headers: &Headers) -> Option<Bytes> {
    let units = || nal_units(&headers.video);
    let sps = units().find(|u| u[0] & 31 == SPS)?;
    let pps = units().find(|u| u[0] & 31 == PPS)?;
    let mut body = vec![0x17, 0, 0, 0, 0, 1];
    body.extend(sps.get(1..4)?);
    // Lengths of four bytes; one SPS, one PPS.
    body.extend([0xff, 0xe1]);
    body.extend((sps.len() as u16).to_be_bytes());
    body.extend(sps);
    body.push(1);
    body.extend((pps.len() as u16).to_be_bytes());
    body.extend(pps);
    Some(body.into())
}

/// The body of the tag with the AudioSpecificConfig.
pub(crate) fn audio_header(headers: &Headers) -> Bytes {
    [&[0xaf, 0], &headers.audio[..]].concat().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn units_lose_start_codes_and_parameter_sets() {
        let unit = [0, 0, 0, 1, 0x67, 1, 0, 0, 0, 1, 0x68, 2, 0, 0, 1, 0x65, 9, 0, 3, 8, 0, 0, 0, 1, 0x41, 7];
        let body = video(&unit, true);
        assert_eq!(body[..], [0x17, 1, 0, 0, 0, 0, 0, 0, 5, 0x65, 9, 0, 3, 8, 0, 0, 0, 2, 0x41, 7]);
    }

    proptest! {
        /// Emulation prevention keeps start codes out of units (7.4.1); whatever else is in them
        /// comes through.
        #[test]
        fn units_come_through(units in proptest::collection::vec(proptest::collection::vec(2u8.., 1..40), 1..6),
                              zeros in 2usize..4) {
            let mut stream = Vec::new();
            for unit in &units {
                stream.extend(std::iter::repeat_n(0, zeros));
                stream.push(1);
                stream.extend(unit);
            }
            let got: Vec<Vec<u8>> = nal_units(&stream).map(<[u8]>::to_vec).collect();
            prop_assert_eq!(got, units);
        }
    }
}
