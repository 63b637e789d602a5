//! The service as a whole, against real servers: nginx with its RTMP module, ffprobe, Chromium.

mod api;
mod command_line;
mod faults;
mod ingest;
mod on_air;
mod room;
mod service;
