//! Sound that a server sends without end.

use crate::MediaError;
use crate::decoder::Decoder;
use crate::fetch;
use crate::resample::Resampler;
use audio::Sample;
use codec_wire::Decoded;
use std::time::Duration;

/// How long a server may take to answer.
const ANSWER: Duration = Duration::from_secs(10);
/// A server that sends nothing for so long is gone.
const SILENT: Duration = Duration::from_secs(10);

/// A stream by HTTP: MP3, AAC, OGG or anything else that can be decoded from its middle.
pub struct NetworkStream {
    decoder: Decoder,
    resampler: Option<(Resampler, Decoded)>,
    samples: Vec<f32>,
}

impl NetworkStream {
    /// Connects to the server at `url`. Takes as long as the server does.
    ///
    /// # Errors
    /// There is no answer, or one that says no; or no decoder can be started.
    pub fn open(url: &str) -> Result<Self, MediaError> {
        let lost = |reason: String| MediaError::Unavailable { url: fetch::short(url), reason };
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .timeout_connect(Some(ANSWER))
            .timeout_recv_response(Some(ANSWER))
            .timeout_resolve(Some(ANSWER))
            .timeout_per_read(Some(SILENT))
            .build()
            .into();
        let mut body = agent.get(url).call().map_err(|e| lost(e.to_string()))?.into_body().into_reader();
        let (reader, mut writer) = std::io::pipe().map_err(|e| lost(e.to_string()))?;
        let decoder = Decoder::of_pipe(reader)?;
        // It ends with the connection, or with the decoder, whose pipe is then closed.
        let pump = move || {
            let _ = std::io::copy(&mut body, &mut writer);
        };
        std::thread::Builder::new().name("stream".into()).spawn(pump).map_err(|e| lost(e.to_string()))?;
        Ok(Self { decoder, resampler: None, samples: Vec::new() })
    }

    /// The next samples; nothing where the stream has ended.
    ///
    /// # Errors
    /// It cannot be decoded.
    pub fn next_samples(&mut self) -> Result<Option<Vec<Sample>>, MediaError> {
        let Some(found) = self.decoder.next(&mut self.samples)? else { return Ok(None) };
        let resampler = match &mut self.resampler {
            Some((resampler, of)) if *of == found => resampler,
            // A radio may change its format on the way.
            other => {
                let new = Resampler::new(found.rate, found.channels as usize, found.rate as usize / 50)?;
                &mut other.insert((new, found)).0
            }
        };
        let mut out = Vec::new();
        resampler.push(&self.samples, &mut out)?;
        Ok(Some(out))
    }
}
