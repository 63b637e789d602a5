//! Where the program is published.

use crate::field::FieldError;
use crate::id::Id;
use crate::service::Service;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

ranged!(
    /// A bit rate of video, in kb/s.
    VideoKbps, 100.0, 50_000.0, 4_500.0, " kb/s");

/// What the video of a destination is written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum VideoCodec {
    /// H.264, with AAC: one encoder serves all destinations that take it.
    #[default]
    H264,
    /// VP8, with Opus: in WebM.
    Vp8,
    /// VP9, with Opus: in WebM.
    Vp9,
}

/// A stream key. Its `Debug` form is masked; it is written in the clear only into the store.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct StreamKey(String);

impl StreamKey {
    /// A key from its text.
    #[must_use]
    pub fn new(key: String) -> Self {
        Self(key)
    }

    /// The key in the clear: for the wire only.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for StreamKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("StreamKey(***)")
    }
}

/// A destination as callers write it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DestinationSpec {
    /// Its name; made where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// `rtmp://host[:port]/app`, `rtmps://…`; `srt://host:port`; `hls:NAME` for `/hls/NAME/index.m3u8`; or
    /// `file:NAME.mp4`, `file:NAME.mkv` or `file:NAME.webm` for a recording. May be left out with a service that has
    /// one ingest for everybody.
    #[serde(default)]
    pub url: String,
    /// The service that it is of: its limits are then kept. Known by the URL's host where left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// What the video is written in: `vp9`, where left out, or `vp8` in a `.webm` file, and `h264` everywhere else.
    /// Another codec is another encoder, which is refused where the machine has no room for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codec: Option<VideoCodec>,
    /// The stream key; of RTMP where left out, the last part of the URL's path; of SRT the `streamid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_key: Option<StreamKey>,
    /// For recordings: begin a new file after this many seconds (at the next keyframe).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 2, max = 86400))]
    pub segment_seconds: Option<u32>,
    /// For recordings in segments: how many files to keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 10000))]
    pub keep_segments: Option<u32>,
    /// Whether the bit rate of the video goes down where this destination takes no more. One that is not
    /// required loses pictures instead.
    #[serde(default = "yes")]
    pub required: bool,
}

fn yes() -> bool {
    true
}

impl DestinationSpec {
    /// The service that it is of.
    fn known_service(&self) -> Option<Service> {
        let host = || {
            let authority = self.url.split_once("://")?.1.split(['/', '?']).next()?;
            Service::of_host(authority.split(':').next()?)
        };
        self.service.or_else(host)
    }

    /// Takes out what is secret, and what might be.
    pub(crate) fn hide_secrets(&mut self) {
        let known = Destination::new(self.clone(), Id::numbered("destination", 0));
        self.url = known.map_or_else(|_| "***".to_owned(), |destination| destination.view().url);
        self.stream_key = None;
    }

    /// What the video is written in.
    fn video_codec(&self) -> VideoCodec {
        let webm = self.url.starts_with("file:") && self.url.ends_with(".webm");
        self.codec.unwrap_or(if webm { VideoCodec::Vp9 } else { VideoCodec::H264 })
    }
}

/// A destination of the show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Destination {
    /// Its name.
    pub id: Id,
    /// The ingest, without the key; or the file.
    pub url: String,
    /// The service that it is of.
    #[serde(default)]
    pub service: Option<Service>,
    /// What the video is written in.
    #[serde(default)]
    pub codec: VideoCodec,
    /// The key.
    pub stream_key: Option<StreamKey>,
    /// Seconds of a recording's segment.
    pub segment_seconds: Option<u32>,
    /// Segments kept.
    pub keep_segments: Option<u32>,
    /// Whether the bit rate goes by it.
    #[serde(default = "yes")]
    pub required: bool,
}

/// A destination as anybody may see it: without its key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DestinationView {
    /// Its name.
    pub id: Id,
    /// The ingest or the file.
    pub url: String,
    /// The service that it is of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Service>,
    /// What the video is written in.
    pub codec: VideoCodec,
    /// Whether a key is set.
    pub has_stream_key: bool,
    /// Seconds of a recording's segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment_seconds: Option<u32>,
    /// Segments kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_segments: Option<u32>,
    /// Whether the bit rate goes by it.
    pub required: bool,
}

impl Destination {
    /// Checks `spec` and completes it with `id` where it leaves it out.
    ///
    /// # Errors
    /// The first field that is wrong.
    pub fn new(spec: DestinationSpec, id: Id) -> Result<Self, FieldError> {
        let (codec, service) = (spec.video_codec(), spec.known_service());
        let DestinationSpec { id: given, mut url, mut stream_key, segment_seconds, keep_segments, required, .. } = spec;
        if url.is_empty() {
            let missing = || match service {
                Some(service) => format!("missing: {} has an ingest for each source", service.name()),
                None => "missing".to_owned(),
            };
            let ingest = service.and_then(Service::ingest);
            url = ingest.ok_or_else(|| FieldError::new("url", missing()))?.to_owned();
        }
        if service.is_some() && !url.to_ascii_lowercase().starts_with("rtmp") {
            return Err(FieldError::new("service", "services take RTMP: expected rtmp:// or rtmps://"));
        }
        let webm = url.starts_with("file:") && url.ends_with(".webm");
        if webm != (codec != VideoCodec::H264) {
            let message = if webm { "a .webm file holds vp8 or vp9" } else { "vp8 and vp9 are for file:NAME.webm" };
            return Err(FieldError::new("codec", message));
        }
        if url.bytes().any(|b| b.is_ascii_control() || b == b' ') || url.len() > 2_000 {
            return Err(FieldError::new("url", "a URL has at most 2000 characters, none of them a space"));
        }
        match url.split_once(':').map(|(scheme, rest)| (scheme.to_ascii_lowercase(), rest.to_owned())) {
            Some((scheme, rest)) if scheme == "rtmp" || scheme == "rtmps" => {
                let path = rest.strip_prefix("//").ok_or_else(|| FieldError::new("url", "expected rtmp://host/app"))?;
                if path.split('/').next().is_some_and(|host| host.contains('@')) {
                    return Err(FieldError::new("url", "user and password do not belong in an RTMP URL"));
                }
                check_authority(path.split(['/', '?']).next().unwrap_or_default())?;
                let segments = path.split('/').filter(|s| !s.is_empty()).count();
                if stream_key.is_none() && segments >= 3 {
                    // The form that many services show: rtmp://host/app/key.
                    if let Some((ingest, key)) = url.trim_end_matches('/').rsplit_once('/') {
                        stream_key = Some(StreamKey::new(key.to_owned()));
                        url = ingest.to_owned();
                    }
                }
                if segments < 2 {
                    return Err(FieldError::new("url", "no application in the path: expected rtmp://host/app"));
                }
                if stream_key.as_ref().is_none_or(|key| key.expose().is_empty()) {
                    return Err(FieldError::new("streamKey", "missing: an RTMP ingest needs one"));
                }
                refuse_segments(segment_seconds, keep_segments)?;
            }
            Some((scheme, rest)) if scheme == "srt" => {
                let wrong = |message: &str| Err(FieldError::new("url", message));
                let Some(rest) = rest.strip_prefix("//") else { return wrong("expected srt://host:port") };
                let authority = rest.split(['/', '?']).next().unwrap_or_default();
                if authority.contains('@') {
                    return wrong("user and password do not belong in an SRT URL: set streamKey");
                }
                check_authority(authority)?;
                if authority.rsplit_once(':').is_none_or(|(_, port)| port.contains(']')) {
                    return wrong("no port: expected srt://host:port");
                }
                let options = rest.split_once('?').map_or("", |(_, options)| options);
                let known = ["latency", "passphrase", "pbkeylen", "streamid", "mode", "connect_timeout"];
                let name = |option: &str| option.split('=').next().unwrap_or_default().to_owned();
                if let Some(unknown) =
                    options.split('&').map(name).find(|n| !n.is_empty() && !known.contains(&n.as_str()))
                {
                    return wrong(&format!("unknown option \"{unknown}\": {} are allowed", known.join(", ")));
                }
                if options.split('&').any(|option| option.starts_with("mode=") && option != "mode=caller") {
                    return wrong("mode is caller: the service calls, and does not listen");
                }
                refuse_segments(segment_seconds, keep_segments)?;
            }
            Some((scheme, name)) if scheme == "hls" => {
                let plain = |c: u8| c.is_ascii_alphanumeric() || b"_-".contains(&c);
                if !(1..=64).contains(&name.len()) || !name.bytes().all(plain) {
                    return Err(FieldError::new("url", "expected hls:NAME; NAME of 1 to 64 of A-Z a-z 0-9 _ -"));
                }
                if stream_key.is_some() {
                    return Err(FieldError::new("streamKey", "HLS has none"));
                }
                refuse_segments(segment_seconds, keep_segments)?;
                url = format!("hls:{name}");
            }
            Some((scheme, name)) if scheme == "file" => {
                let name = name.trim_start_matches("//");
                let plain = |c: u8| c.is_ascii_alphanumeric() || b"_.-".contains(&c);
                let ends_well = [".mp4", ".mkv", ".webm"].iter().any(|ending| name.ends_with(ending));
                if !ends_well || name.starts_with('.') || !name.bytes().all(plain) {
                    return Err(FieldError::new(
                        "url",
                        "expected file:NAME.mp4, file:NAME.mkv or file:NAME.webm; NAME of A-Z a-z 0-9 _ . - (it is kept in the recordings folder)",
                    ));
                }
                if stream_key.is_some() {
                    return Err(FieldError::new("streamKey", "a recording has none"));
                }
                if segment_seconds.is_some_and(|s| !(2..=86_400).contains(&s)) {
                    return Err(FieldError::new("segmentSeconds", "outside 2 to 86400"));
                }
                if keep_segments.is_some_and(|n| !(1..=10_000).contains(&n)) {
                    return Err(FieldError::new("keepSegments", "outside 1 to 10000"));
                }
                url = format!("file:{name}");
            }
            _ => {
                return Err(FieldError::new(
                    "url",
                    "expected a URL that begins with rtmp://, rtmps://, srt://, hls: or file:",
                ));
            }
        }
        Ok(Self { id: given.unwrap_or(id), url, service, codec, stream_key, segment_seconds, keep_segments, required })
    }

    /// The destination without its key. Where a key hides in the URL's query, it is masked too.
    #[must_use]
    pub fn view(&self) -> DestinationView {
        let url = match self.url.split_once('?') {
            Some((head, _)) => format!("{head}?***"),
            None => self.url.clone(),
        };
        DestinationView {
            id: self.id.clone(),
            url,
            service: self.service,
            codec: self.codec,
            has_stream_key: self.stream_key.is_some(),
            segment_seconds: self.segment_seconds,
            keep_segments: self.keep_segments,
            required: self.required,
        }
    }
}

fn refuse_segments(seconds: Option<u32>, keep: Option<u32>) -> Result<(), FieldError> {
    if seconds.is_some() || keep.is_some() {
        return Err(FieldError::new("segmentSeconds", "only a recording has segments to be set"));
    }
    Ok(())
}

/// `host` or `host:port`.
fn check_authority(authority: &str) -> Result<(), FieldError> {
    let (host, port) = match authority.rsplit_once(':') {
        // A colon inside of brackets is IPv6's.
        Some((host, port)) if !port.contains(']') => (host, Some(port)),
        _ => (authority, None),
    };
    if host.is_empty() {
        return Err(FieldError::new("url", "no host: expected rtmp://host/app"));
    }
    if port
        .is_some_and(|p| !p.bytes().all(|b| b.is_ascii_digit()) || !(1..=65_535).contains(&p.parse().unwrap_or(0u32)))
    {
        return Err(FieldError::new("url", "the port is outside 1 to 65535"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn destination(url: &str, key: Option<&str>) -> Result<Destination, String> {
        let spec = DestinationSpec {
            id: None,
            url: url.to_owned(),
            service: None,
            codec: None,
            stream_key: key.map(|k| StreamKey::new(k.to_owned())),
            segment_seconds: None,
            keep_segments: None,
            required: true,
        };
        Destination::new(spec, Id::numbered("destination", 1)).map_err(|e| e.to_string())
    }

    #[test]
    fn a_key_in_the_path_is_taken_out_of_the_url() {
        let d = destination("rtmp://live.example/app/s3cret", None).unwrap();
        assert_eq!(d.url, "rtmp://live.example/app");
        assert_eq!(d.stream_key.as_ref().unwrap().expose(), "s3cret");
        assert!(!format!("{d:?}").contains("s3cret"));
        assert!(!serde_json::to_string(&d.view()).unwrap().contains("s3cret"));
    }

    #[test]
    fn a_service_has_its_ingest_or_wants_one() {
        let of = |service: &str| {
            let spec = serde_json::json!({"service": service, "streamKey": "k"});
            Destination::new(serde_json::from_value(spec).unwrap(), Id::numbered("destination", 1))
        };
        assert_eq!(of("twitch").unwrap().url, "rtmps://live.twitch.tv/app");
        assert!(of("x").unwrap_err().to_string().contains("an ingest for each source"));
        assert_eq!(destination("rtmp://va.pscp.tv:80/x", Some("k")).unwrap().service, Some(Service::X));
        assert_eq!(destination("rtmp://localhost/x", Some("k")).unwrap().service, None);
    }

    #[test]
    fn what_cannot_be_published_to_is_refused_with_a_reason() {
        for (url, key, reason) in [
            ("http://example/x", None, "begins with rtmp://"),
            ("rtmp://host", Some("k"), "no application"),
            ("rtmp:///app/x", Some("k"), "no host"),
            ("rtmp://host:99999/app", Some("k"), "1 to 65535"),
            ("rtmp://host/app", None, "streamKey"),
            ("file:../etc/x.mp4", None, "recordings folder"),
            ("file:x.avi", None, "file:NAME.mp4"),
            ("srt://host", None, "no port"),
            ("srt://host:99999", None, "1 to 65535"),
            ("srt://host:9000?mode=listener", None, "caller"),
            ("srt://host:9000?fd=3", None, "unknown option"),
            ("hls:../x", None, "hls:NAME"),
            ("hls:x", Some("k"), "streamKey"),
        ] {
            let error = destination(url, key).unwrap_err();
            assert!(error.contains(reason), "{url}: {error}");
        }
    }
}
