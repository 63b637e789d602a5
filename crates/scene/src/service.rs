//! Services that streams go to, and what they take.

use crate::field::FieldError;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A service that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    /// X (Twitter): the ingest of a source in its Media Studio.
    X,
    /// Twitch.
    Twitch,
    /// YouTube.
    YouTube,
}

/// The most that a service takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServiceLimits {
    /// Bit rate of the video, in kb/s.
    pub video_kbps: u32,
    /// Bit rate of the sound, in kb/s.
    pub audio_kbps: u32,
    /// Frames per second.
    pub fps: u32,
    /// Seconds from keyframe to keyframe.
    pub keyframe_seconds: u32,
}

/// How the program is made, as far as services have limits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgramFormat {
    /// Bit rate of the video, in kb/s.
    pub video_kbps: u32,
    /// Bit rate of the sound, in kb/s.
    pub audio_kbps: u32,
    /// Frames per second.
    pub fps: u32,
    /// Seconds from keyframe to keyframe.
    pub keyframe_seconds: u32,
}

impl Service {
    /// The service that an ingest belongs to.
    #[must_use]
    pub fn of_host(host: &str) -> Option<Self> {
        let host = host.to_ascii_lowercase();
        let below = |domain: &str| host == domain || host.ends_with(&format!(".{domain}"));
        [(Self::X, "pscp.tv"), (Self::Twitch, "twitch.tv"), (Self::YouTube, "youtube.com")]
            .into_iter()
            .find_map(|(service, domain)| below(domain).then_some(service))
    }

    /// Its ingest, where there is one for everybody. X has one for each source.
    #[must_use]
    pub fn ingest(self) -> Option<&'static str> {
        match self {
            Self::X => None,
            Self::Twitch => Some("rtmps://live.twitch.tv/app"),
            Self::YouTube => Some("rtmps://a.rtmps.youtube.com/live2"),
        }
    }

    /// What it takes: of X by its Media Studio's help ("Producer technical specifications"), of Twitch by its
    /// broadcasting guidelines, of YouTube by its encoder settings.
    #[must_use]
    pub fn limits(self) -> ServiceLimits {
        match self {
            Self::X => ServiceLimits { video_kbps: 12_000, audio_kbps: 128, fps: 60, keyframe_seconds: 3 },
            Self::Twitch => ServiceLimits { video_kbps: 6_000, audio_kbps: 320, fps: 60, keyframe_seconds: 4 },
            Self::YouTube => ServiceLimits { video_kbps: 51_000, audio_kbps: 320, fps: 60, keyframe_seconds: 4 },
        }
    }

    /// Its name as people write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::X => "X",
            Self::Twitch => "Twitch",
            Self::YouTube => "YouTube",
        }
    }

    /// Whether it takes a program that is made so.
    ///
    /// # Errors
    /// What is over its limits, and how to change it.
    pub fn check(self, format: ProgramFormat) -> Result<(), FieldError> {
        let most = self.limits();
        let over = [
            (format.video_kbps, most.video_kbps, "kb/s of video", "PATCH /stream or STREAM_BITRATE sets them"),
            (format.audio_kbps, most.audio_kbps, "kb/s of sound", "AUDIO_BITRATE sets them"),
            (format.fps, most.fps, "frames a second", "TARGET_FPS sets them"),
            (
                format.keyframe_seconds,
                most.keyframe_seconds,
                "seconds between keyframes",
                "STREAM_KEYFRAME_INTERVAL sets them",
            ),
        ];
        match over.into_iter().find(|(is, most, ..)| is > most) {
            Some((is, most, what, how)) => {
                let message = format!("{} takes at most {most} {what}, and there are {is}: {how}", self.name());
                Err(FieldError::new("service", message))
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ingests_are_known_by_their_hosts_and_nothing_else_is() {
        assert_eq!(Service::of_host("va.pscp.tv"), Some(Service::X));
        assert_eq!(Service::of_host("LIVE.twitch.tv"), Some(Service::Twitch));
        assert_eq!(Service::of_host("a.rtmps.youtube.com"), Some(Service::YouTube));
        assert_eq!(Service::of_host("eviltwitch.tv"), None);
    }

    #[test]
    fn what_is_over_a_limit_is_told_with_the_way_to_change_it() {
        let format = ProgramFormat { video_kbps: 12_000, audio_kbps: 128, fps: 60, keyframe_seconds: 3 };
        Service::X.check(format).unwrap();
        for (format, told) in [
            (ProgramFormat { video_kbps: 12_001, ..format }, "STREAM_BITRATE"),
            (ProgramFormat { audio_kbps: 160, ..format }, "128 kb/s of sound"),
            (ProgramFormat { keyframe_seconds: 4, ..format }, "STREAM_KEYFRAME_INTERVAL"),
        ] {
            let error = Service::X.check(format).unwrap_err().to_string();
            assert!(error.contains(told), "{error}");
        }
    }
}
