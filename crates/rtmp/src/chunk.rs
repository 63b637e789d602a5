//! Messages cut into chunks (RTMP 1.0, section 5.3).

use std::collections::HashMap;

/// What a message is (sections 5.4 and 7.1).
pub(crate) mod kind {
    pub(crate) const SET_CHUNK_SIZE: u8 = 1;
    pub(crate) const ABORT: u8 = 2;
    pub(crate) const ACKNOWLEDGEMENT: u8 = 3;
    pub(crate) const USER_CONTROL: u8 = 4;
    pub(crate) const WINDOW_SIZE: u8 = 5;
    pub(crate) const PEER_BANDWIDTH: u8 = 6;
    pub(crate) const AUDIO: u8 = 8;
    pub(crate) const VIDEO: u8 = 9;
    pub(crate) const COMMAND_AMF3: u8 = 17;
    pub(crate) const DATA: u8 = 18;
    pub(crate) const COMMAND: u8 = 20;
}

/// The largest message taken from a server: it only sends commands.
const MAX_MESSAGE: usize = 1024 * 1024;
/// The most chunk streams that a server may have open.
const MAX_STREAMS: usize = 64;

/// A whole message.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Message {
    pub(crate) kind: u8,
    pub(crate) timestamp: u32,
    pub(crate) stream: u32,
    pub(crate) body: Vec<u8>,
}

/// Appends a message to `out`, cut into chunks of `chunk_size`, on chunk stream `channel` (2 to 63).
///
/// Every message carries a full header: eleven bytes, and a server that joins late or loses its
/// place has nothing to guess.
pub(crate) fn write(
    out: &mut Vec<u8>,
    chunk_size: usize,
    channel: u8,
    kind: u8,
    timestamp: u32,
    stream: u32,
    body: &[u8],
) {
    let extended = timestamp >= 0x00ff_ffff;
    let short = if extended { 0x00ff_ffff } else { timestamp };
    out.push(channel);
    out.extend(&short.to_be_bytes()[1..]);
    out.extend(&(body.len() as u32).to_be_bytes()[1..]);
    out.push(kind);
    out.extend(stream.to_le_bytes());
    if extended {
        out.extend(timestamp.to_be_bytes());
    }
    for (i, piece) in body.chunks(chunk_size).enumerate() {
        if i > 0 {
            out.push(0xc0 | channel);
            if extended {
                out.extend(timestamp.to_be_bytes());
            }
        }
        out.extend(piece);
    }
}

/// Puts messages together from the bytes of a connection.
pub(crate) struct Reader {
    buffer: Vec<u8>,
    chunk_size: usize,
    streams: HashMap<u32, Stream>,
}

/// What later chunks of a chunk stream leave out.
#[derive(Default)]
struct Stream {
    kind: u8,
    timestamp: u32,
    delta: u32,
    extended: bool,
    length: usize,
    stream: u32,
    body: Vec<u8>,
}

/// The connection makes no sense any more.
#[derive(Debug, PartialEq)]
pub(crate) struct Nonsense(pub(crate) &'static str);

impl Reader {
    pub(crate) fn new() -> Self {
        Self { buffer: Vec::new(), chunk_size: 128, streams: HashMap::new() }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole message, or `None` until more bytes come.
    pub(crate) fn next(&mut self) -> Result<Option<Message>, Nonsense> {
        loop {
            match self.chunk()? {
                None => return Ok(None),
                Some(None) => {}
                Some(Some(message)) => {
                    self.obey(&message)?;
                    return Ok(Some(message));
                }
            }
        }
    }

    /// The protocol's own messages that change how chunks are read.
    fn obey(&mut self, message: &Message) -> Result<(), Nonsense> {
        let Some(value) = message.body.first_chunk().map(|b| u32::from_be_bytes(*b)) else { return Ok(()) };
        match message.kind {
            kind::SET_CHUNK_SIZE if (1..=0x7fff_ffff).contains(&value) => {
                self.chunk_size = (value as usize).min(MAX_MESSAGE);
            }
            kind::SET_CHUNK_SIZE => return Err(Nonsense("a chunk size of zero")),
            kind::ABORT => {
                if let Some(stream) = self.streams.get_mut(&value) {
                    stream.body.clear();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads one chunk: `None` until it is all there, then the message that it completes, if any.
    fn chunk(&mut self) -> Result<Option<Option<Message>>, Nonsense> {
        let b = &self.buffer;
        let Some(&first) = b.first() else { return Ok(None) };
        let (id, mut at) = match (first & 63, b.get(1), b.get(2)) {
            (0, Some(x), _) => (64 + u32::from(*x), 2),
            (1, Some(x), Some(y)) => (64 + u32::from(*x) + 256 * u32::from(*y), 3),
            (0 | 1, ..) => return Ok(None),
            (id, ..) => (u32::from(id), 1),
        };
        let format = first >> 6;
        let header = [11, 7, 3, 0][usize::from(format)];
        let Some(head) = b.get(at..at + header) else { return Ok(None) };
        at += header;
        if !self.streams.contains_key(&id) && self.streams.len() >= MAX_STREAMS {
            return Err(Nonsense("too many chunk streams"));
        }
        let stream = self.streams.entry(id).or_default();
        let begins = stream.body.is_empty();
        let three = |at: usize| u32::from_be_bytes([0, head[at], head[at + 1], head[at + 2]]);
        let mut time = if format < 3 { three(0) } else { stream.delta };
        let extended = if format < 3 { time == 0x00ff_ffff } else { stream.extended };
        if extended {
            let Some(long) = b.get(at..at + 4).and_then(|x| x.first_chunk()) else { return Ok(None) };
            if format < 3 {
                time = u32::from_be_bytes(*long);
            }
            at += 4;
        }
        let (length, kind) = if format < 2 { (three(3) as usize, head[6]) } else { (stream.length, stream.kind) };
        if length > MAX_MESSAGE {
            return Err(Nonsense("a message of more than a megabyte"));
        }
        let piece = (length - stream.body.len().min(length)).min(self.chunk_size);
        let Some(body) = b.get(at..at + piece) else { return Ok(None) };
        // All of it is there: from here on the state changes.
        if begins {
            (stream.extended, stream.length, stream.kind) = (extended, length, kind);
            if format == 0 {
                stream.stream = u32::from_le_bytes([head[7], head[8], head[9], head[10]]);
                stream.timestamp = time;
                stream.delta = 0;
            } else {
                stream.delta = time;
                stream.timestamp = stream.timestamp.wrapping_add(time);
            }
        }
        stream.body.extend_from_slice(body);
        let whole = (stream.body.len() >= stream.length).then(|| Message {
            kind: stream.kind,
            timestamp: stream.timestamp,
            stream: stream.stream,
            body: std::mem::take(&mut stream.body),
        });
        self.buffer.drain(..at + piece);
        Ok(Some(whole))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// However a connection is cut, what was written is read.
        #[test]
        fn messages_survive_chunking(
            messages in proptest::collection::vec((2u8..64, any::<u32>(), 0usize..700), 1..12),
            cut in 1usize..300,
        ) {
            let mut bytes = Vec::new();
            let expected: Vec<Message> = messages.into_iter().map(|(channel, timestamp, length)| {
                let body: Vec<u8> = (0..length).map(|i| i as u8).collect();
                write(&mut bytes, 128, channel, kind::VIDEO, timestamp, 1, &body);
                Message { kind: kind::VIDEO, timestamp, stream: 1, body }
            }).collect();
            let mut reader = Reader::new();
            let mut got = Vec::new();
            for piece in bytes.chunks(cut) {
                reader.push(piece);
                while let Some(message) = reader.next().unwrap() {
                    got.push(message);
                }
            }
            prop_assert_eq!(got, expected);
        }

        #[test]
        fn noise_does_no_harm(bytes in proptest::collection::vec(any::<u8>(), 0..4000)) {
            let mut reader = Reader::new();
            reader.push(&bytes);
            while let Ok(Some(_)) = reader.next() {}
        }
    }
}
