//! Sounds that the library for them does not know, decoded by a worker in a sandbox.

use crate::MediaError;
use codec_wire::{Decoded, Record, RecordKind, WorkerBinary};
use rustix::fs::{MemfdFlags, memfd_create};
use std::fs::File;
use std::io::{BufReader, PipeReader, Seek, SeekFrom, Write};
use std::os::fd::OwnedFd;
use std::process::Child;

/// A worker that decodes. It is ended when this is dropped.
pub(crate) struct Decoder {
    child: Child,
    records: BufReader<PipeReader>,
    format: Option<Decoded>,
}

impl Decoder {
    /// Decodes a file.
    pub(crate) fn of_file(bytes: &[u8]) -> Result<Self, MediaError> {
        let wrong = |e: std::io::Error| MediaError::Sound(format!("there is no memory for it: {e}"));
        let mut memory = File::from(memfd_create("sound", MemfdFlags::CLOEXEC).map_err(|e| wrong(e.into()))?);
        memory.write_all(bytes).and_then(|()| memory.seek(SeekFrom::Start(0))).map_err(wrong)?;
        Self::start(memory.into())
    }

    /// Decodes what comes out of a pipe, as it comes.
    pub(crate) fn of_pipe(pipe: PipeReader) -> Result<Self, MediaError> {
        Self::start(pipe.into())
    }

    fn start(input: OwnedFd) -> Result<Self, MediaError> {
        let start = || -> Result<Self, codec_wire::WireError> {
            let (data, theirs) = std::io::pipe()?;
            let child = WorkerBinary::beside_this()?.start("decode", input, Some(theirs.into()), vec![])?;
            Ok(Self { child, records: BufReader::with_capacity(64 * 1024, data), format: None })
        };
        start().map_err(|e| MediaError::Sound(format!("no decoder can be started: {e}")))
    }

    /// The next samples, interleaved, and what they are of; nothing at the end.
    pub(crate) fn next(&mut self, samples: &mut Vec<f32>) -> Result<Option<Decoded>, MediaError> {
        let wrong = |what: &str| MediaError::Sound(what.to_owned());
        loop {
            let Some(record) = Record::read_from(&mut self.records).map_err(|e| wrong(&e.to_string()))? else {
                // One that was ended for what it took has said nothing.
                let well = self.child.wait().is_ok_and(|status| status.success());
                return if well { Ok(None) } else { Err(wrong("its decoder came to a bad end")) };
            };
            match record.kind {
                RecordKind::Config => {
                    self.format = Some(serde_json::from_slice(&record.data).map_err(|e| wrong(&e.to_string()))?);
                }
                RecordKind::Samples => {
                    let format = self.format.ok_or_else(|| wrong("its decoder talks nonsense"))?;
                    samples.clear();
                    let bytes = record.data.chunks_exact(4);
                    samples.extend(bytes.map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]])));
                    return Ok(Some(format));
                }
                RecordKind::Failed => return Err(wrong(&String::from_utf8_lossy(&record.data))),
                _ => return Err(wrong("its decoder talks nonsense")),
            }
        }
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
