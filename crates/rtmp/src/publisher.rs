//! The publisher's side of a connection.

use crate::amf::{Value, read_all};
use crate::chunk::{self, Message, Reader, kind};

/// Where to publish.
#[derive(Clone)]
pub struct Target {
    /// `rtmp://host[:port]/app`, as the server is to be told.
    pub url: String,
    /// The path's application.
    pub app: String,
    /// The stream key.
    pub key: String,
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The version and random bytes are being exchanged.
    Handshaking,
    /// The server is being asked.
    Connecting,
    /// Nothing is left but to name the stream.
    Ready,
    /// Media can be sent.
    Publishing,
    /// The end was announced.
    Closed,
}

/// Why a connection cannot go on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The server said no.
    #[error("the ingest refused: {code}{}", if description.is_empty() { String::new() } else { format!(" ({description})") })]
    Refused {
        /// The server's code, such as `NetStream.Publish.BadName`.
        code: String,
        /// Its words.
        description: String,
    },
    /// What the server sends is not RTMP.
    #[error("the ingest does not speak RTMP: {0}")]
    Protocol(&'static str),
}

/// What a message carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An FLV video tag's body.
    Video,
    /// An FLV audio tag's body.
    Audio,
}

/// What players are told of the stream.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct Metadata {
    pub width: u32,
    pub height: u32,
    pub fps: f64,
    pub video_kbps: u32,
    pub audio_kbps: u32,
    pub audio_rate: u32,
}

/// Chunks of this size are sent: large enough that most frames need a handful.
const CHUNK: usize = 65_536;
/// The server is asked to acknowledge so many bytes at a time. It is little, for a sign of life some
/// times a second: a server whose process hangs has a system that goes on taking bytes.
pub const WINDOW: u32 = 32 * 1024;
/// A server that names no window of its own is acknowledged this often.
const OUR_WINDOW: u64 = 2_500_000;
/// Bytes of C1 and S1 (section 5.2.3).
const HELLO: usize = 1536;

/// Transaction numbers of the commands that are answered.
const CONNECT: f64 = 1.0;
const CREATE_STREAM: f64 = 4.0;

/// A connection of a publisher. See the crate's documentation.
pub struct Publisher {
    target: Target,
    state: State,
    /// Whether the stream is to be named as soon as it can be.
    publishes: bool,
    out: Vec<u8>,
    /// Bytes of the handshake that have come.
    hello: Vec<u8>,
    reader: Reader,
    stream: u32,
    received: u64,
    acknowledged: u64,
    window: u64,
    acknowledgements: u64,
}

impl Publisher {
    /// Begins a connection, up to where nothing is left but to name the stream; `random` are the handshake's random
    /// bytes.
    #[must_use]
    pub fn new(target: Target, random: &[u8; HELLO - 8]) -> Self {
        let mut out = vec![3];
        out.extend([0; 8]);
        out.extend(random);
        Self {
            target,
            state: State::Handshaking,
            publishes: false,
            out,
            hello: Vec::new(),
            reader: Reader::new(),
            stream: 0,
            received: 0,
            acknowledged: 0,
            window: OUR_WINDOW,
            acknowledgements: 0,
        }
    }

    /// Names the stream, now or as soon as the connection is ready.
    pub fn publish(&mut self) {
        let asked = std::mem::replace(&mut self.publishes, true);
        if !asked && self.state == State::Ready {
            self.announce();
            self.name_stream();
        }
    }

    /// How far the connection has come.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// How often the server has acknowledged what it was sent. Not all servers do.
    #[must_use]
    pub fn acknowledgements(&self) -> u64 {
        self.acknowledgements
    }

    /// The bytes that are to be sent; each is given once.
    #[must_use]
    pub fn take_output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.out)
    }

    /// Takes bytes that have come from the server.
    ///
    /// # Errors
    /// The server refused, or does not speak RTMP: the connection is of no more use.
    pub fn receive(&mut self, mut bytes: &[u8]) -> Result<(), Error> {
        self.received += bytes.len() as u64;
        if self.state == State::Handshaking {
            // S0, S1 and S2 together.
            let missing = (1 + 2 * HELLO - self.hello.len()).min(bytes.len());
            self.hello.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if self.hello.first().is_some_and(|version| *version != 3) {
                return Err(Error::Protocol("another version in the handshake"));
            }
            if self.hello.len() < 1 + 2 * HELLO {
                return Ok(());
            }
            // C2 echoes S1.
            self.out.extend_from_slice(&self.hello[1..=HELLO]);
            self.hello = Vec::new();
            self.state = State::Connecting;
            self.connect();
        }
        self.reader.push(bytes);
        while let Some(message) = self.reader.next().map_err(|e| Error::Protocol(e.0))? {
            self.handle(&message)?;
        }
        if self.received - self.acknowledged >= self.window {
            self.acknowledged = self.received;
            self.control(kind::ACKNOWLEDGEMENT, &(self.received as u32).to_be_bytes());
        }
        Ok(())
    }

    /// Sends the body of an FLV tag. Nothing is sent unless the state is [`State::Publishing`].
    /// `timestamp_ms` may wrap around.
    pub fn send(&mut self, what: Kind, timestamp_ms: u32, body: &[u8]) {
        if self.state == State::Publishing {
            let (channel, kind) = match what {
                Kind::Audio => (4, kind::AUDIO),
                Kind::Video => (6, kind::VIDEO),
            };
            chunk::write(&mut self.out, CHUNK, channel, kind, timestamp_ms, self.stream, body);
        }
    }

    /// Tells players what is coming.
    pub fn send_metadata(&mut self, m: &Metadata) {
        if self.state != State::Publishing {
            return;
        }
        let members: Vec<(String, Value)> = [
            ("width", Value::from(f64::from(m.width))),
            ("height", f64::from(m.height).into()),
            ("framerate", m.fps.into()),
            ("videocodecid", 7.0.into()),
            ("videodatarate", f64::from(m.video_kbps).into()),
            ("audiocodecid", 10.0.into()),
            ("audiodatarate", f64::from(m.audio_kbps).into()),
            ("audiosamplerate", f64::from(m.audio_rate).into()),
            ("audiosamplesize", 16.0.into()),
            ("stereo", true.into()),
            ("encoder", concat!("Stream Manager ", env!("CARGO_PKG_VERSION")).into()),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        let mut body = Vec::new();
        for value in ["@setDataFrame".into(), "onMetaData".into(), Value::Array(members)] {
            value.write(&mut body);
        }
        chunk::write(&mut self.out, CHUNK, 5, kind::DATA, 0, self.stream, &body);
    }

    /// Announces the end; the connection is closed once the output is sent.
    pub fn close(&mut self) {
        if self.state == State::Publishing {
            let key = self.target.key.clone();
            self.command(0, "FCUnpublish", 6.0, &[Value::Null, key.as_str().into()]);
            self.command(0, "deleteStream", 7.0, &[Value::Null, f64::from(self.stream).into()]);
        }
        self.state = State::Closed;
    }

    fn connect(&mut self) {
        self.control(kind::SET_CHUNK_SIZE, &(CHUNK as u32).to_be_bytes());
        self.control(kind::WINDOW_SIZE, &WINDOW.to_be_bytes());
        let members = [
            ("app", self.target.app.as_str()),
            ("type", "nonprivate"),
            // Some services let only this client's name publish.
            ("flashVer", "FMLE/3.0 (compatible; Stream Manager)"),
            ("swfUrl", self.target.url.as_str()),
            ("tcUrl", self.target.url.as_str()),
        ];
        let object = Value::Object(members.map(|(n, v)| (n.to_owned(), v.into())).to_vec());
        self.command(0, "connect", CONNECT, &[object]);
    }

    fn handle(&mut self, message: &Message) -> Result<(), Error> {
        let number =
            |at: usize| message.body.get(at..at + 4).and_then(|b| b.first_chunk()).map(|b| u32::from_be_bytes(*b));
        match message.kind {
            kind::WINDOW_SIZE => self.window = number(0).map_or(OUR_WINDOW, |n| u64::from(n).max(1)),
            kind::PEER_BANDWIDTH => self.control(kind::WINDOW_SIZE, &WINDOW.to_be_bytes()),
            kind::ACKNOWLEDGEMENT => self.acknowledgements += 1,
            // Event 6 asks for a sign of life, which is event 7 (section 7.1.7).
            kind::USER_CONTROL if message.body.starts_with(&[0, 6]) => {
                let mut pong = vec![0, 7];
                pong.extend(&message.body[2..]);
                self.control(kind::USER_CONTROL, &pong);
            }
            kind::COMMAND => return self.answer(&read_all(&message.body)),
            // AMF3 commands of servers are AMF0 behind one byte.
            kind::COMMAND_AMF3 => return self.answer(&read_all(message.body.get(1..).unwrap_or_default())),
            _ => {}
        }
        Ok(())
    }

    fn answer(&mut self, values: &[Value]) -> Result<(), Error> {
        let name = values.first().and_then(Value::text).unwrap_or_default();
        let transaction = match values.get(1) {
            Some(Value::Number(n)) => *n,
            _ => 0.0,
        };
        let info = values.get(3).unwrap_or(&Value::Null);
        let field = |name| info.get(name).and_then(Value::text).unwrap_or_default();
        match name {
            "_result" if transaction == CONNECT && self.state == State::Connecting => {
                // The usual order, where it is known by now that the stream will be published.
                if self.publishes {
                    self.announce();
                }
                self.command(0, "createStream", CREATE_STREAM, &[Value::Null]);
            }
            "_result" if transaction == CREATE_STREAM && self.state == State::Connecting => {
                let Value::Number(stream) = *info else {
                    return Err(Error::Protocol("no stream number in the answer to createStream"));
                };
                self.stream = stream as u32;
                self.state = State::Ready;
                if self.publishes {
                    self.name_stream();
                }
            }
            // Not all servers know releaseStream and FCPublish, and none needs them.
            "_error" if transaction == CONNECT || transaction == CREATE_STREAM => {
                return Err(self.refused(field("code"), field("description")));
            }
            "onStatus" if field("level") == "error" => {
                return Err(self.refused(field("code"), field("description")));
            }
            "onStatus" if field("code") == "NetStream.Publish.Start" && self.state == State::Ready => {
                self.state = State::Publishing;
            }
            "close" => return Err(self.refused("close", "")),
            _ => {}
        }
        Ok(())
    }

    /// The key is said here and in `publish`, and nowhere before: some servers end whoever publishes under it when they
    /// hear `releaseStream`.
    fn announce(&mut self) {
        let key = self.target.key.clone();
        self.command(0, "releaseStream", 2.0, &[Value::Null, key.as_str().into()]);
        self.command(0, "FCPublish", 3.0, &[Value::Null, key.as_str().into()]);
    }

    fn name_stream(&mut self) {
        let key = self.target.key.clone();
        self.command(self.stream, "publish", 5.0, &[Value::Null, key.as_str().into(), "live".into()]);
    }

    fn refused(&self, code: &str, description: &str) -> Error {
        // Some servers put the stream's name into their words.
        let clean = |text: &str| {
            let mut text = text.to_owned();
            // The whole key, and the name in front of its parameters, which some servers show alone.
            for secret in [self.target.key.as_str(), self.target.key.split('?').next().unwrap_or_default()] {
                if !secret.is_empty() {
                    text = text.replace(secret, "***");
                }
            }
            text.chars().filter(|c| !c.is_control()).take(300).collect::<String>()
        };
        let code = if code.is_empty() { "no reason given" } else { code };
        Error::Refused { code: clean(code), description: clean(description) }
    }

    fn command(&mut self, stream: u32, name: &str, transaction: f64, values: &[Value]) {
        let mut body = Vec::new();
        Value::from(name).write(&mut body);
        Value::from(transaction).write(&mut body);
        for value in values {
            value.write(&mut body);
        }
        chunk::write(&mut self.out, CHUNK, 3, kind::COMMAND, 0, stream, &body);
    }

    fn control(&mut self, kind: u8, body: &[u8]) {
        // The first of these sets the size of all chunks; being short, it fits the smallest.
        chunk::write(&mut self.out, CHUNK, 2, kind, 0, 0, body);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A server that answers as nginx-rtmp does, put together from this crate's own reader.
    struct Server {
        reader: Reader,
        skip: usize,
        verdict: (&'static str, &'static str),
        commands: Vec<String>,
        media: Vec<Message>,
    }

    impl Server {
        fn new(verdict: (&'static str, &'static str)) -> Self {
            Self { reader: Reader::new(), skip: 1 + 2 * HELLO, verdict, commands: vec![], media: vec![] }
        }

        fn hear(&mut self, bytes: &[u8]) -> Vec<u8> {
            let skip = self.skip.min(bytes.len());
            let mut out = Vec::new();
            if self.skip == 1 + 2 * HELLO && skip > 0 {
                out.push(3);
                out.extend([7; 2 * HELLO]);
            }
            self.skip -= skip;
            self.reader.push(&bytes[skip..]);
            while let Some(message) = self.reader.next().unwrap() {
                if message.kind != kind::COMMAND {
                    self.media.push(message);
                    continue;
                }
                let values = read_all(&message.body);
                let name = values[0].text().unwrap().to_owned();
                let reply = match name.as_str() {
                    "connect" => Some(("_result", 1.0, Value::Null)),
                    "createStream" => Some(("_result", 4.0, 1.0.into())),
                    "publish" => {
                        let level = if self.verdict.1.is_empty() { "status" } else { "error" };
                        let members = [("level", level), ("code", self.verdict.0), ("description", self.verdict.1)];
                        Some(("onStatus", 0.0, Value::Object(members.map(|(n, v)| (n.into(), v.into())).to_vec())))
                    }
                    _ => None,
                };
                if let Some((reply, transaction, info)) = reply {
                    let mut body = Vec::new();
                    for value in [reply.into(), transaction.into(), Value::Null, info] {
                        value.write(&mut body);
                    }
                    chunk::write(&mut out, 128, 3, kind::COMMAND, 0, 0, &body);
                }
                self.commands.push(name);
            }
            out
        }
    }

    fn publisher() -> Publisher {
        let target = Target { url: "rtmp://h/app".into(), app: "app".into(), key: "s3cret".into() };
        let mut publisher = Publisher::new(target, &[5; HELLO - 8]);
        publisher.publish();
        publisher
    }

    fn converse(publisher: &mut Publisher, server: &mut Server) -> Result<(), Error> {
        loop {
            let said = publisher.take_output();
            if said.is_empty() {
                return Ok(());
            }
            publisher.receive(&server.hear(&said))?;
        }
    }

    #[test]
    fn a_stream_is_published_and_ended_in_order() {
        let (mut publisher, mut server) = (publisher(), Server::new(("NetStream.Publish.Start", "")));
        converse(&mut publisher, &mut server).unwrap();
        assert_eq!(publisher.state(), State::Publishing);
        publisher.send(Kind::Video, 40, &[9; 200_000]);
        publisher.send(Kind::Audio, u32::MAX, &[8; 10]);
        publisher.close();
        converse(&mut publisher, &mut server).unwrap();
        let order = ["connect", "releaseStream", "FCPublish", "createStream", "publish", "FCUnpublish", "deleteStream"];
        assert_eq!(server.commands, order);
        let media: Vec<_> = server.media.iter().filter(|m| m.kind >= 8).map(|m| (m.timestamp, m.body.len())).collect();
        assert_eq!(media, [(40, 200_000), (u32::MAX, 10)]);
    }

    #[test]
    fn one_that_is_held_says_no_key_until_it_publishes() {
        let target = Target { url: "rtmp://h/app".into(), app: "app".into(), key: "s3cret".into() };
        let mut server = Server::new(("NetStream.Publish.Start", ""));
        let mut publisher = Publisher::new(target, &[5; HELLO - 8]);
        converse(&mut publisher, &mut server).unwrap();
        assert_eq!(
            (publisher.state(), server.commands.as_slice()),
            (State::Ready, &["connect", "createStream"].map(String::from)[..])
        );
        publisher.send(Kind::Video, 0, b"too soon");
        publisher.publish();
        publisher.publish();
        converse(&mut publisher, &mut server).unwrap();
        assert_eq!(publisher.state(), State::Publishing);
        assert!(server.media.iter().all(|message| message.kind < 8));
        assert_eq!(server.commands[2..], ["releaseStream", "FCPublish", "publish"], "once");
    }

    #[test]
    fn a_refusal_gives_the_servers_reason_without_the_key() {
        let (mut publisher, mut server) =
            (publisher(), Server::new(("NetStream.Publish.BadName", "s3cret is already publishing")));
        let error = converse(&mut publisher, &mut server).unwrap_err().to_string();
        assert_eq!(error, "the ingest refused: NetStream.Publish.BadName (*** is already publishing)");
    }

    #[test]
    fn pings_are_answered() {
        let (mut publisher, mut server) = (publisher(), Server::new(("NetStream.Publish.Start", "")));
        converse(&mut publisher, &mut server).unwrap();
        let mut ping = Vec::new();
        chunk::write(&mut ping, 128, 2, kind::USER_CONTROL, 0, 0, &[0, 6, 1, 2, 3, 4]);
        publisher.receive(&ping).unwrap();
        let mut reader = Reader::new();
        reader.push(&publisher.take_output());
        assert_eq!(reader.next().unwrap().unwrap().body, [0, 7, 1, 2, 3, 4]);
    }

    #[test]
    fn another_protocol_is_told_apart() {
        assert!(matches!(publisher().receive(b"HTTP/1.1 400 Bad Request"), Err(Error::Protocol(_))));
    }

    proptest! {
        #[test]
        fn a_server_gone_mad_does_no_harm(noise in proptest::collection::vec(any::<u8>(), 0..3000)) {
            let (mut publisher, mut server) = (publisher(), Server::new(("NetStream.Publish.Start", "")));
            converse(&mut publisher, &mut server).unwrap();
            let _ = publisher.receive(&noise);
        }
    }
}
