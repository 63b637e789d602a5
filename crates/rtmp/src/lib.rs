//! An RTMP publisher without sockets: bytes in, bytes out, state.
//!
//! [`Publisher`] speaks the client's side of Adobe's Real Time Messaging Protocol 1.0 as far as
//! publishing needs it: plain handshake, `connect`, `releaseStream`, `FCPublish`, `createStream`,
//! `publish`, media, and an orderly end. Whoever owns a socket carries bytes to
//! [`Publisher::receive`] and from [`Publisher::take_output`]; nothing in here waits, reads a clock
//! or rolls dice, so every exchange can be replayed in a test.
//!
//! It promises that nothing a server sends makes it panic or grow without bound, and that the
//! stream key appears in no error.
//!
//! It must not know sockets, threads, clocks, or what the media is.
#![forbid(unsafe_code)]

mod amf;
mod chunk;
mod publisher;

pub use publisher::{Error, Kind, Metadata, Publisher, State, Target, WINDOW};
