//! Whether an encoder works on this machine, and what it costs: found out before anything depends on it.

use codec_wire::{EncoderConfig, Record, RecordKind, Trial, WorkerBinary};
use std::io::BufReader;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// How long a trial may take: it has the lowest priority.
const PATIENCE: Duration = Duration::from_secs(20);

/// Lets a worker encode some frames. Takes a second or more.
///
/// # Errors
/// Why it cannot be used: there is no such encoder, or no hardware for it, or it takes too long.
pub fn try_encoder(binary: &WorkerBinary, config: &EncoderConfig) -> Result<Trial, String> {
    let run = || -> Result<Option<Record>, Box<dyn std::error::Error>> {
        let (control, theirs) = UnixStream::pair()?;
        let (data, their_data) = UnixStream::pair()?;
        let mut child = binary.start("trial", theirs.into(), Some(their_data.into()), vec![])?;
        let ask = || -> Result<Option<Record>, Box<dyn std::error::Error>> {
            Record::new(RecordKind::Config, serde_json::to_vec(config)?).write_to(&mut &control)?;
            data.set_read_timeout(Some(PATIENCE))?;
            Ok(Record::read_from(&mut BufReader::new(&data))?)
        };
        let answer = ask();
        let _ = child.kill();
        let _ = child.wait();
        answer
    };
    match run().map_err(|e| e.to_string())? {
        Some(record) if record.kind == RecordKind::Config => {
            serde_json::from_slice(&record.data).map_err(|e| e.to_string())
        }
        Some(record) => Err(String::from_utf8_lossy(&record.data).into_owned()),
        None => Err("it has come to a bad end".to_owned()),
    }
}
