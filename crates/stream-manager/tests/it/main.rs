//! The service as a whole, against real servers: nginx with its RTMP module, ffprobe, Chromium.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod api;
mod browser;
mod chaos;
mod command_line;
mod css;
mod easing;
mod faults;
mod ingest;
mod motion;
mod on_air;
mod proxy;
mod room;
mod service;
mod sound;
