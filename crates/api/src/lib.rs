//! The engine's face to agents, people and machines.
//!
//! Four listeners, each with its own port: REST and the control room, WebSocket, metrics, health.
//! The promises:
//!
//! - **One validation.** REST and WebSocket submit the same commands to the same engine; a bad one
//!   is answered with the field and the allowed range, and has changed nothing.
//! - **Nobody commands it by accident.** Where a token is set, nothing but the health and metrics
//!   ports answers without it; where none is set, only requests that name this machine's loopback
//!   are answered. A page of another origin is refused either way.
//! - **A client that is slow loses its place, not the show.** It is given a fresh snapshot.
//!
//! It must not know how pictures are made.
#![forbid(unsafe_code)]

mod access;
mod body;
mod conditions;
mod health;
mod history;
mod hls;
mod layers;
mod limits;
mod messages;
mod metrics;
mod motion;
mod operations;
mod problem;
mod rest;
mod room;
mod server;
mod shows;
mod socket;
mod sound;
mod status;
mod topic;

pub use access::Access;
pub use server::{Addresses, Servers, serve};
