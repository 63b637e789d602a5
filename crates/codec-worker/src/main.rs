//! The only process that links libav.
//!
//! `codec-worker encode` makes H.264 and AAC of pictures in shared memory and samples;
//! `codec-worker mux` puts packets into a container; `codec-worker trial` tells what encoding costs; `codec-worker decode` makes samples of a file that may come
//! from anybody, in a sandbox. All are started by the service, which watches
//! and replaces them: whatever goes wrong in here ends this process and nothing else. What they are
//! told and what they answer is described in `codec-wire`.

mod audio;
mod decode;
mod encode;
mod mux;
mod sandbox;
mod trial;
mod video;

use codec_wire::{CONTROL_FD, DATA_FD};
use std::fs::File;
use std::os::fd::{FromRawFd, OwnedFd, RawFd};
use std::process::ExitCode;

fn main() -> ExitCode {
    let mode = std::env::args().nth(1);
    let result = match mode.as_deref() {
        Some("encode") => encode::run(inherited(CONTROL_FD)),
        Some("mux") => mux::run(File::from(inherited(CONTROL_FD))),
        Some("decode") => decode::run(File::from(inherited(CONTROL_FD)), &mut data_out()),
        Some("trial") => trial::run(File::from(inherited(CONTROL_FD)), &mut data_out()),
        Some("version") => {
            println!("libav {}", ffmpeg_next::format::license());
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("codec-worker is started by stream-manager; there is nothing to run by hand");
            return ExitCode::from(2);
        }
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("codec-worker {}: {e}", mode.unwrap_or_default());
            ExitCode::FAILURE
        }
    }
}

/// A file that the service left open for this process.
fn inherited(fd: RawFd) -> OwnedFd {
    // SAFETY: the service opens these numbers for its workers before it starts them, and each is
    // taken once, by the mode that owns it. Started otherwise, the number is closed or a file of
    // whoever did, and the first use fails.
    unsafe { OwnedFd::from_raw_fd(fd) }
}

/// The stream to the service.
fn data_out() -> File {
    File::from(inherited(DATA_FD))
}

/// Why a worker ends.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("libav: {0}")]
    Libav(#[from] ffmpeg_next::Error),
    #[error("no encoder \"{0}\" in this libav")]
    NoEncoder(&'static str),
    #[error(transparent)]
    Wire(#[from] codec_wire::WireError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("the configuration cannot be read: {0}")]
    Config(#[from] serde_json::Error),
    #[error("{0}")]
    Protocol(&'static str),
    #[error("no sandbox: {0}")]
    Sandbox(String),
}
