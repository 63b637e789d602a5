//! The program for browsers: its own H.264 as fragmented MP4, no second encode.

use crate::StreamFormat;
use crate::hub::{Bound, Hub};
use crate::recording::Muxer;
use bytes::Bytes;
use codec_wire::WorkerBinary;
use codec_wire::{Codec, Container};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, BufReader};
use tokio::sync::broadcast;

/// Fragments that a viewer may be behind before it has to begin anew: three seconds and more.
const BEHIND: usize = 256;
/// A preview that nobody has watched for so long ends.
const IDLE: Duration = Duration::from_secs(5);
/// What the muxer may leave waiting.
const QUEUE: usize = 8 * 1024 * 1024;
/// The largest box that makes sense.
const MAX_BOX: usize = 32 * 1024 * 1024;

/// A piece of the stream.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// `ftyp` and `moov`, or `moof` and `mdat`.
    pub bytes: Bytes,
    /// Whether a player can begin here.
    pub key: bool,
}

/// Muxes for viewers as long as there are any.
pub struct Preview {
    hub: Arc<Hub>,
    binary: WorkerBinary,
    format: StreamFormat,
    shared: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    running: Option<broadcast::Sender<Fragment>>,
    /// The initialisation segment, and all since the last keyframe.
    begin: Vec<Fragment>,
}

impl Preview {
    /// A preview that nobody watches.
    #[must_use]
    pub fn new(hub: Arc<Hub>, binary: WorkerBinary, format: StreamFormat) -> Self {
        Self { hub, binary, format, shared: Arc::default() }
    }

    /// What a new viewer begins with, and what follows. Called inside of a runtime.
    #[must_use]
    pub fn watch(&self) -> (Vec<Fragment>, broadcast::Receiver<Fragment>) {
        let mut state = self.shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = &state.running {
            return (state.begin.clone(), sender.subscribe());
        }
        let (sender, receiver) = broadcast::channel(BEHIND);
        state.running = Some(sender.clone());
        state.begin.clear();
        tokio::spawn(run(self.hub.clone(), self.binary.clone(), self.format.clone(), self.shared.clone(), sender));
        (Vec::new(), receiver)
    }
}

async fn run(
    hub: Arc<Hub>,
    binary: WorkerBinary,
    format: StreamFormat,
    shared: Arc<Mutex<State>>,
    viewers: broadcast::Sender<Fragment>,
) {
    if let Err(e) = mux(&hub, &binary, &format, &shared, &viewers).await {
        tracing::warn!("the preview ended: {e}");
    }
    let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
    state.running = None;
    state.begin.clear();
}

async fn mux(
    hub: &Hub,
    binary: &WorkerBinary,
    format: &StreamFormat,
    shared: &Mutex<State>,
    viewers: &broadcast::Sender<Fragment>,
) -> Result<(), String> {
    let queue = hub.subscribe(Bound::bytes(QUEUE));
    let Some(first) = queue.next().await else { return Ok(()) };
    let (ours, theirs) = std::io::pipe().map_err(|e| e.to_string())?;
    let mut muxer = Muxer::start(
        binary,
        (Container::LiveMp4, Codec::H264),
        None,
        Vec::new(),
        format,
        &first.headers,
        Some(theirs.into()),
    )?;
    let pipe = tokio::net::unix::pipe::Receiver::from_owned_fd(ours.into()).map_err(|e| e.to_string())?;
    let mut boxes = Boxes { input: BufReader::new(pipe), pending: Vec::new() };
    let feed = async {
        muxer.write(&first).await.map_err(|e| e.to_string())?;
        while let Some(packet) = queue.next().await {
            // What another encoder makes cannot be decoded by what viewers were told first: they begin anew.
            if packet.is_key() && packet.headers != first.headers {
                return Ok(());
            }
            muxer.write(&packet).await.map_err(|e| e.to_string())?;
        }
        Ok(())
    };
    let take = async {
        while let Some(fragment) = boxes.fragment().await.map_err(|e| e.to_string())? {
            let mut state = shared.lock().unwrap_or_else(PoisonError::into_inner);
            if fragment.key {
                state.begin.truncate(1);
            }
            state.begin.push(fragment.clone());
            // Nobody listening is no error: see `idle`.
            let _ = viewers.send(fragment);
        }
        Ok(())
    };
    let idle = async {
        let mut lonely = Duration::ZERO;
        while lonely < IDLE {
            let step = Duration::from_millis(500);
            tokio::time::sleep(step).await;
            lonely = if viewers.receiver_count() == 0 { lonely + step } else { Duration::ZERO };
        }
    };
    let result = tokio::select! {
        result = feed => result,
        result = take => result,
        () = idle => Ok(()),
    };
    muxer.kill();
    result
}

/// Cuts a stream of MP4 boxes (ISO/IEC 14496-12, 4.2) into fragments.
struct Boxes<R> {
    input: R,
    /// Boxes that wait for the one that completes a fragment.
    pending: Vec<u8>,
}

impl<R: AsyncReadExt + Unpin> Boxes<R> {
    async fn fragment(&mut self) -> std::io::Result<Option<Fragment>> {
        loop {
            let mut head = [0u8; 8];
            if let Err(e) = self.input.read_exact(&mut head).await {
                return if e.kind() == std::io::ErrorKind::UnexpectedEof { Ok(None) } else { Err(e) };
            }
            let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
            if !(8..=MAX_BOX).contains(&size) {
                return Err(std::io::Error::other("the muxer's boxes make no sense"));
            }
            let start = self.pending.len();
            self.pending.extend(head);
            self.pending.resize(start + size, 0);
            self.input.read_exact(&mut self.pending[start + 8..]).await?;
            match &head[4..] {
                b"moov" => return Ok(Some(Fragment { bytes: std::mem::take(&mut self.pending).into(), key: false })),
                b"mdat" => {
                    let bytes = std::mem::take(&mut self.pending);
                    let key = is_key(&bytes);
                    return Ok(Some(Fragment { bytes: bytes.into(), key }));
                }
                _ => {}
            }
        }
    }
}

/// Whether a fragment holds a keyframe of the first track, by its first sample's flags.
fn is_key(fragment: &[u8]) -> bool {
    // sample_is_non_sync_sample (8.8.3.1)
    const NON_SYNC: u32 = 0x0001_0000;
    let word = |at: usize| fragment.get(at..at + 4).and_then(|b| b.first_chunk()).map(|b| u32::from_be_bytes(*b));
    let find = |name: &[u8; 4]| fragment.windows(4).take(512).position(|w| w == name).map(|at| at + 4);
    let (Some(header), Some(run)) = (find(b"tfhd"), find(b"trun")) else { return false };
    if word(header + 4) != Some(1) {
        return false;
    }
    let (header_flags, run_flags) = (word(header).unwrap_or(0), word(run).unwrap_or(0));
    let four = |set: u32| if set != 0 { 4 } else { 0 };
    let flags = if run_flags & 0x4 != 0 {
        // first_sample_flags, after the count and the data offset
        word(run + 8 + four(run_flags & 0x1))
    } else if run_flags & 0x400 != 0 {
        word(run + 8 + four(run_flags & 0x1) + four(run_flags & 0x100) + four(run_flags & 0x200))
    } else if header_flags & 0x20 != 0 {
        let before: usize = [0x1, 0x1, 0x2, 0x8, 0x10].map(|bit| four(header_flags & bit)).iter().sum();
        word(header + 8 + before)
    } else {
        None
    };
    flags.is_some_and(|flags| flags & NON_SYNC == 0)
}
