//! Files, HLS and SRT: what a worker muxes.

use crate::StreamFormat;
use crate::backoff::Backoff;
use crate::hub::{Bound, Hub};
use crate::packet::{Headers, Media, Packet};
use crate::status::{DestinationState, Shared};
use codec_wire::WorkerBinary;
use codec_wire::{Codec, Container, MuxConfig, Record, RecordKind};
use std::os::unix::net::UnixStream as StdStream;
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::UnixStream;
use tokio::sync::watch;
use tokio::time::timeout;

/// What a disk that hangs may leave waiting.
const QUEUE: usize = 64 * 1024 * 1024;
/// How long a worker may take to complete a file.
const PATIENCE: Duration = Duration::from_secs(2);
/// A recorder that takes no packet for so long is given up.
const HANG: Duration = Duration::from_secs(10);
/// A recording that has gone on for so long is well.
const SOUND: Duration = Duration::from_secs(5);

/// A network that takes no packet for so long is given up.
const SRT_HANG: Duration = Duration::from_secs(4);
/// An SRT connection that has gone on for so long is one: libsrt tries for three seconds.
const SRT_LIVE: Duration = Duration::from_secs(4);
/// What waits for it no longer than this.
const SRT_WAIT: Duration = Duration::from_secs(2);

/// What becomes of the packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sink {
    /// A file, or a row of them.
    File,
    /// A playlist and its segments.
    Hls,
    /// An SRT listener; the path is its URL.
    Srt,
}

/// What to record, and where to.
#[derive(Clone)]
pub(crate) struct Recording {
    pub(crate) id: String,
    pub(crate) sink: Sink,
    pub(crate) codec: Codec,
    pub(crate) path: PathBuf,
    /// Of SRT: how it is to be reached.
    pub(crate) options: Vec<(String, String)>,
    pub(crate) segment: Option<Duration>,
    pub(crate) keep: Option<usize>,
    pub(crate) format: StreamFormat,
    pub(crate) hub: Arc<Hub>,
    pub(crate) binary: WorkerBinary,
    pub(crate) status: Shared,
}

impl Recording {
    /// Records until `stop` says so or the hub is closed.
    pub(crate) async fn run(self, mut stop: watch::Receiver<bool>) {
        self.status.enter(DestinationState::Connecting, None);
        let queue = self.hub.subscribe(if self.sink == Sink::Srt {
            Bound { bytes: QUEUE, age: SRT_WAIT }
        } else {
            Bound::bytes(QUEUE)
        });
        let mut muxer: Option<Muxer> = None;
        let mut counted = (0, 0);
        let mut backoff = Backoff::default();
        let mut not_before = Instant::now();
        let hang = if self.sink == Sink::Srt { SRT_HANG } else { HANG };
        loop {
            let packet = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                packet = queue.next() => packet,
            };
            let Some(packet) = packet else { break };
            if packet.is_key() {
                // What another encoder makes may not be decoded by what the file's head says. Where there is no
                // other file to begin, it goes before the keyframes.
                let other = |m: &Muxer| *m.headers != *packet.headers;
                let full = |m: &Muxer| {
                    self.sink == Sink::File && other(m)
                        || self.segment.is_some_and(|s| m.covers(&packet, &self.format) >= s)
                };
                if muxer.as_ref().is_some_and(full)
                    && let Some(done) = muxer.take()
                {
                    // Completing a file takes time that the next one does not have.
                    tokio::spawn(done.finish());
                    self.prune();
                }
                if muxer.is_none() && Instant::now() >= not_before {
                    match self.begin(&packet) {
                        Ok(started) => {
                            // Whether somebody listens shows in a moment.
                            if self.sink != Sink::Srt {
                                self.status.enter(DestinationState::Live, None);
                            }
                            muxer = Some(started);
                        }
                        Err(reason) => {
                            not_before = Instant::now() + backoff.wait(Instant::now(), 1.0);
                            self.fail(reason);
                        }
                    }
                }
            }
            let Some(open) = &mut muxer else { continue };
            let write = async {
                if packet.is_key() && *open.headers != *packet.headers {
                    open.change_headers(&packet.headers).await?;
                }
                open.write(&packet).await
            };
            let written = tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                written = timeout(hang, write) => written,
            };
            let reason = match written {
                Ok(Ok(())) => None,
                Ok(Err(_)) if self.sink == Sink::Srt => Some("there is no connection, or it was lost".to_owned()),
                Ok(Err(e)) => Some(format!("the recorder is gone: {e}")),
                Err(_) if self.sink == Sink::Srt => Some("nothing gets through".to_owned()),
                Err(_) => Some("the recorder takes nothing: is the disk stuck?".to_owned()),
            };
            if let Some(reason) = reason {
                if let Some(gone) = muxer.take() {
                    gone.discard();
                }
                // A full disk makes each attempt fail: the longer it lasts, the rarer they are.
                not_before = Instant::now() + backoff.wait(Instant::now(), 1.0);
                self.status.write().reconnects += 1;
                self.fail(reason);
                continue;
            }
            let covers = open.covers(&packet, &self.format);
            if covers > SOUND {
                backoff.reset();
            }
            if self.sink == Sink::Srt && open.began.elapsed() > SRT_LIVE {
                self.status.enter(DestinationState::Live, None);
            }
            let dropped = queue.dropped();
            let mut status = self.status.write();
            status.sent_frames += u64::from(packet.is_video());
            status.sent_bytes += packet.data.len() as u64;
            status.dropped_frames += dropped.0 - counted.0;
            status.dropped_groups += dropped.1 - counted.1;
            status.queued_bytes = queue.bytes() as u64;
            counted = dropped;
        }
        if let Some(muxer) = muxer {
            muxer.finish().await;
        }
        self.status.enter(DestinationState::Idle, None);
    }

    fn fail(&self, reason: String) {
        tracing::warn!(destination = %self.id, %reason, "not live");
        self.status.enter(DestinationState::Reconnecting, Some(reason));
    }

    fn begin(&self, first: &Packet) -> Result<Muxer, String> {
        let path = match self.sink {
            Sink::File => self.next_path(),
            Sink::Hls => std::fs::create_dir_all(self.folder()).map(|()| self.path.clone()),
            Sink::Srt => Ok(self.path.clone()),
        };
        let path = path.map_err(|e| e.to_string())?;
        let Media::Video { tick, .. } = first.media else { return Err("no keyframe".to_owned()) };
        let container = match self.sink {
            Sink::Hls => Container::Hls,
            Sink::Srt => Container::MpegTs,
            Sink::File if self.codec != Codec::H264 => Container::WebM,
            Sink::File if self.path.extension().is_some_and(|e| e == "mkv") => Container::Mkv,
            Sink::File => Container::Mp4,
        };
        let mut muxer = Muxer::start(
            &self.binary,
            (container, self.codec),
            Some(path.clone()),
            self.options.clone(),
            &self.format,
            &first.headers,
            None,
        )?;
        muxer.first_tick = tick;
        match self.sink {
            Sink::Srt => tracing::info!(destination = %self.id, "connecting"),
            _ => tracing::info!(destination = %self.id, file = %path.display(), "recording"),
        }
        Ok(muxer)
    }

    /// A file that was not there: `NAME.mp4`, then `NAME-000002.mp4`; with segments always with a
    /// number. It is made at once, so that no two recordings get the same.
    fn next_path(&self) -> std::io::Result<PathBuf> {
        std::fs::create_dir_all(self.folder())?;
        let mut number = self.numbered()?.last().map_or(0, |(number, _)| *number);
        let mut path = self.path.clone();
        let mut plain = self.segment.is_none() && number == 0;
        loop {
            if !plain {
                number = if self.segment.is_none() { (number + 1).max(2) } else { number + 1 };
                let name = format!("{}-{number:06}.{}", part(self.path.file_stem()), part(self.path.extension()));
                path = self.path.with_file_name(name);
            }
            plain = false;
            match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                made => return made.map(|_| path),
            }
        }
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// The files of this recording that have numbers, in order.
    fn numbered(&self) -> std::io::Result<Vec<(u32, PathBuf)>> {
        let (stem, extension) = (format!("{}-", part(self.path.file_stem())), part(self.path.extension()));
        let mut found = Vec::new();
        for entry in std::fs::read_dir(self.folder())? {
            let path = entry?.path();
            let digits = path.file_stem().and_then(|s| s.to_str()).and_then(|s| s.strip_prefix(&stem));
            // Six digits and no others: `NAME-1` may be a recording of its own.
            let number = digits.filter(|d| d.len() == 6).and_then(|d| d.parse().ok());
            if let Some(number) = number
                && part(path.extension()) == extension
            {
                found.push((number, path));
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Deletes the oldest segments beyond those to keep.
    fn prune(&self) {
        let (Some(keep), Ok(files)) = (self.keep, self.numbered()) else { return };
        for (_, path) in files.iter().take(files.len().saturating_sub(keep)) {
            if let Err(e) = std::fs::remove_file(path) {
                tracing::warn!(destination = %self.id, file = %path.display(), "cannot delete an old segment: {e}");
            }
        }
    }
}

fn part(name: Option<&std::ffi::OsStr>) -> String {
    name.map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// A worker that muxes, and the way to it.
pub(crate) struct Muxer {
    child: Child,
    input: UnixStream,
    first_tick: i64,
    headers: Arc<Headers>,
    began: Instant,
    path: Option<PathBuf>,
}

impl Muxer {
    /// Starts a worker that writes to `path`, or to `data` where there is none.
    pub(crate) fn start(
        binary: &WorkerBinary,
        (container, codec): (Container, Codec),
        path: Option<PathBuf>,
        options: Vec<(String, String)>,
        format: &StreamFormat,
        headers: &Arc<Headers>,
        data: Option<std::os::fd::OwnedFd>,
    ) -> Result<Self, String> {
        let config = MuxConfig {
            container,
            codec,
            path: path.clone(),
            options,
            width: format.width,
            height: format.height,
            fps: format.fps,
            video_header: headers.video.to_vec(),
            audio_header: headers.audio.to_vec(),
        };
        let start = || -> Result<Self, Box<dyn std::error::Error>> {
            let (ours, theirs) = StdStream::pair()?;
            let child = binary.start("mux", theirs.into(), data, vec![])?;
            let settings = Record::new(RecordKind::Config, serde_json::to_vec(&config)?);
            settings.write_to(&mut &ours)?;
            ours.set_nonblocking(true)?;
            Ok(Self {
                child,
                input: UnixStream::from_std(ours)?,
                first_tick: 0,
                headers: headers.clone(),
                began: Instant::now(),
                path,
            })
        };
        start().map_err(|e| e.to_string())
    }

    pub(crate) async fn write(&mut self, packet: &Packet) -> std::io::Result<()> {
        let (kind, value) = match packet.media {
            Media::Video { tick, .. } => (RecordKind::Video, tick),
            Media::Audio { sample } => (RecordKind::Audio, sample),
        };
        self.input.write_all(&Record::encode(kind, value, packet.is_key(), &packet.data)).await
    }

    /// From now on packets are by these headers.
    async fn change_headers(&mut self, headers: &Arc<Headers>) -> std::io::Result<()> {
        self.headers = headers.clone();
        self.input.write_all(&Record::encode(RecordKind::VideoHeader, 0, false, &headers.video)).await
    }

    /// How much of the program lies between the first frame and `packet`.
    fn covers(&self, packet: &Packet, format: &StreamFormat) -> Duration {
        match packet.media {
            Media::Video { tick, .. } => {
                Duration::from_millis(((tick - self.first_tick).max(0) * 1000 / i64::from(format.fps)) as u64)
            }
            Media::Audio { .. } => Duration::ZERO,
        }
    }

    /// Lets the worker complete its file.
    pub(crate) async fn finish(self) {
        let Self { mut child, input, .. } = self;
        drop(input);
        let wait = tokio::task::spawn_blocking(move || {
            let deadline = Instant::now() + PATIENCE;
            loop {
                match child.try_wait() {
                    Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                    Ok(None) => {
                        let _ = child.kill();
                        let _ = child.wait();
                        return;
                    }
                    _ => return,
                }
            }
        });
        let _ = wait.await;
    }

    /// Ends the worker at once, and removes its file where there is no picture in it.
    fn discard(mut self) {
        /// A header is shorter, the first keyframe longer.
        const HEADER: u64 = 4096;
        let _ = self.child.kill();
        let (mut child, path) = (self.child, self.path);
        tokio::task::spawn_blocking(move || {
            let _ = child.wait();
            if let Some(path) = path
                && path.extension().is_some_and(|e| e == "mp4" || e == "mkv" || e == "webm")
                && std::fs::metadata(&path).is_ok_and(|file| file.len() < HEADER)
            {
                let _ = std::fs::remove_file(path);
            }
        });
    }

    /// Ends the worker at once.
    pub(crate) fn kill(mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
