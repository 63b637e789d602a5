//! The service as a whole, against real servers: nginx with its RTMP module, ffprobe, Chromium.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on fails")]

mod api;
mod browser;
mod chaos;
mod command_line;
mod conditions;
mod contract;
mod css;
mod easing;
mod edits;
mod faults;
mod history;
mod ingest;
mod linearizable;
mod motion;
mod on_air;
mod proxy;
mod recovery;
mod redis;
#[allow(dead_code, reason = "each test uses its own part")]
#[path = "../../../store/tests/it/redis_server.rs"]
mod redis_server;
mod room;
mod service;
mod shows;
mod sound;
mod zero_loss;
