//! Configuration: environment variables, `.env`, and an optional TOML file; the first of them wins.
//!
//! Every setting is read in [`Config::load`], one line each, with its range and default; all errors
//! are collected and told at once. A secret's value is never shown.

use crate::reports::{Reports, SentryDsn};
use engine::{EncoderKind, RendererChoice};
use figment::Figment;
use figment::Provider;
use figment::providers::{Format, Serialized, Toml};
use figment::value::Value;
use scene::{Destination, DestinationSpec, FrameRate, Id, ProgramFormat, StreamKey};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::hash::{BuildHasher, RandomState};
use std::net::{IpAddr, Ipv4Addr};
use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::LazyLock;
use store::RedisAddress;
use url::Url;

/// x264's presets, quickest first.
const PRESETS: [&str; 9] =
    ["ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow"];

/// The effective configuration.
pub(crate) struct Config {
    pub(crate) bind: IpAddr,
    pub(crate) port: u16,
    pub(crate) ws_port: u16,
    pub(crate) metrics_port: u16,
    pub(crate) health_port: u16,
    pub(crate) api_token: Option<SecretString>,
    /// Requests a second from one address; any number where `None`.
    pub(crate) rate_limit: Option<NonZeroU32>,
    pub(crate) data_dir: PathBuf,
    pub(crate) assets_dir: Option<PathBuf>,
    /// Where the show is kept, if not in `data_dir`.
    pub(crate) redis: Option<RedisAddress>,
    /// Commands before the last snapshot that the store keeps to look back at.
    pub(crate) commands_kept: u64,
    /// Who is told what happens to the service.
    pub(crate) reports: Reports,
    /// Whether a journal in `data_dir` takes commands while that one is away.
    pub(crate) store_journal: bool,
    /// The ingest that `RTMP_URL` and `STREAM_KEY` describe.
    pub(crate) destination: Option<DestinationSpec>,
    pub(crate) max_layers: usize,
    pub(crate) memory_budget_mib: usize,
    pub(crate) memory_limit_mib: u64,
    pub(crate) uploads_budget_mib: u32,
    pub(crate) fps: FrameRate,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) renderer: RendererChoice,
    pub(crate) encoder: Option<EncoderKind>,
    pub(crate) preset: String,
    pub(crate) bitrate_kbps: u32,
    pub(crate) least_bitrate_kbps: u32,
    pub(crate) keyframe_interval: u32,
    pub(crate) encoder_threads: u32,
    pub(crate) audio_kbps: u32,
    pub(crate) log_json: bool,
    pub(crate) log_level: String,
    settings: Vec<Setting>,
}

/// A setting as it is reported.
struct Setting {
    name: &'static str,
    shown: String,
    source: String,
    /// Differs where the value does, also of a secret.
    mark: u64,
}

/// All that is wrong.
#[derive(Debug)]
pub(crate) struct ConfigErrors(Vec<String>);

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "the configuration is wrong:")?;
        self.0.iter().try_for_each(|error| writeln!(f, "  {error}"))
    }
}

impl Config {
    /// Reads the environment, `.env` in the working folder, and `file` (or `stream-manager.toml` in
    /// the working folder, where there is one).
    pub(crate) fn load(file: Option<&Path>) -> Result<Self, ConfigErrors> {
        let mut reader = Reader::new(file);
        let r = &mut reader;
        let ports = 1000..=65535;
        let port = r.number("PORT", ports.clone(), 4200);
        let ws_port = r.number("WS_PORT", ports.clone(), 4201);
        let metrics_port = r.number("METRICS_PORT", ports.clone(), 4290);
        let health_port = r.number("HEALTH_PORT", ports, 4291);
        let bind = r.parsed("BIND_ADDRESS", "127.0.0.1", "an IP address", |text| match text {
            "localhost" => Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            text => text.parse().ok(),
        });
        let api_token = r.secret("API_TOKEN");
        let rate_limit = NonZeroU32::new(r.number("RATE_LIMIT", 0..=1_000_000, 0) as u32);
        let data_dir = r.text("DATA_DIR", Some("data")).map(PathBuf::from).unwrap_or_default();
        let assets_dir = r.text("ASSETS_DIR", None).map(PathBuf::from);
        let redis = r.redis();
        let store_journal = r.one_of("STORE_FALLBACK", &["none", "journal"], "none") == "journal";
        let commands_kept = r.number("COMMANDS_KEPT", 1_000..=10_000_000, 10_000);
        let reports = r.reports();
        for name in ["TWITTER_API_KEY", "TWITTER_API_SECRET", "TWITTER_ACCESS_TOKEN", "TWITTER_ACCESS_TOKEN_SECRET"] {
            r.secret(name);
        }
        let max_layers = r.number("MAX_LAYERS", 1..=500, 50);
        let memory_budget = r.number("MEMORY_BUDGET", 128..=16_384, 256);
        let memory_limit = r.number("MEMORY_LIMIT", 0..=1_048_576, 1_024);
        let uploads_budget = r.number("UPLOADS_BUDGET", 1..=1_048_576, 2_048);
        let fps = r.number("TARGET_FPS", 1..=60, 30);
        let quality = r.one_of("RENDER_QUALITY", &["low", "medium", "high"], "high");
        let renderer = match r.one_of("RENDERER", &["auto", "cpu", "gpu"], "auto").as_str() {
            "cpu" => RendererChoice::Cpu,
            "gpu" => RendererChoice::Gpu,
            _ => RendererChoice::Auto,
        };
        let (width, height) =
            r.parsed("STREAM_RESOLUTION", "1920x1080", "WIDTHxHEIGHT, even, 16x16 to 3840x2160", resolution);
        // It may end in the key, so it is shown without; see `destination`.
        let rtmp_url = r.secret("RTMP_URL");
        let stream_key = r.secret("STREAM_KEY");
        r.one_of("STREAM_CODEC", &["h264"], "h264");
        let encoder = match r.one_of("STREAM_ENCODER", &["x264", "auto", "nvenc", "qsv"], "x264").as_str() {
            "auto" => None,
            "nvenc" => Some(EncoderKind::Nvenc),
            "qsv" => Some(EncoderKind::Qsv),
            _ => Some(EncoderKind::X264),
        };
        // The quality sets the encoder's effort unless the preset is named.
        let by_quality = match quality.as_str() {
            "low" => "ultrafast",
            "medium" => "superfast",
            _ => "veryfast",
        };
        let preset = r.one_of("STREAM_PRESET", &PRESETS, by_quality);
        let bitrate_kbps = r.number("STREAM_BITRATE", 100..=50_000, 4_500);
        let least_bitrate_kbps = r.number("STREAM_BITRATE_MIN", 100..=50_000, (bitrate_kbps / 5).max(100));
        let keyframe_interval = r.number("STREAM_KEYFRAME_INTERVAL", 1..=10, 2);
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
        let encoder_threads = r.number("ENCODER_THREADS", 1..=16, cores.min(2));
        let audio_kbps = r.number("AUDIO_BITRATE", 32..=320, 128);
        let log_format = r.one_of("LOG_FORMAT", &["pretty", "json"], "pretty");
        let log_level = r.one_of("LOG_LEVEL", &["error", "warn", "info", "debug", "trace"], "info");

        if !bind.is_loopback() && api_token.is_none() {
            r.errors.push(format!(
                "BIND_ADDRESS={bind}: without an API_TOKEN anybody could command the show; set API_TOKEN, or a loopback address such as 127.0.0.1"
            ));
        }
        let mut taken = BTreeMap::new();
        for (name, port) in
            [("PORT", port), ("WS_PORT", ws_port), ("METRICS_PORT", metrics_port), ("HEALTH_PORT", health_port)]
        {
            if let Some(other) = taken.insert(port, name) {
                r.errors.push(format!("{name}={port}: {other} is the same port; the four have to differ"));
            }
        }
        let destination = r.destination(rtmp_url, stream_key);
        let checked = destination.clone().and_then(|spec| Destination::new(spec.clone(), spec.id?).ok());
        if let Some(service) = checked.and_then(|destination| destination.service) {
            let format = ProgramFormat {
                video_kbps: bitrate_kbps as u32,
                audio_kbps: audio_kbps as u32,
                fps: fps as u32,
                keyframe_seconds: keyframe_interval as u32,
            };
            if let Err(e) = service.check(format) {
                r.errors.push(format!("RTMP_URL=***: {}", e.message));
            }
        }
        let Some(fps) = FrameRate::new(fps as u32) else { return Err(ConfigErrors(reader.errors)) };
        if !reader.errors.is_empty() {
            return Err(ConfigErrors(reader.errors));
        }
        Ok(Self {
            bind,
            port: port as u16,
            ws_port: ws_port as u16,
            metrics_port: metrics_port as u16,
            health_port: health_port as u16,
            api_token,
            rate_limit,
            data_dir,
            assets_dir,
            redis,
            store_journal,
            commands_kept,
            reports,
            destination,
            max_layers: max_layers as usize,
            memory_budget_mib: memory_budget as usize,
            memory_limit_mib: memory_limit,
            uploads_budget_mib: uploads_budget as u32,
            fps,
            width,
            height,
            renderer,
            encoder,
            preset,
            bitrate_kbps: bitrate_kbps as u32,
            least_bitrate_kbps: least_bitrate_kbps as u32,
            keyframe_interval: keyframe_interval as u32,
            encoder_threads: encoder_threads as u32,
            audio_kbps: audio_kbps as u32,
            log_json: log_format == "json",
            log_level,
            settings: reader.settings,
        })
    }

    /// The settings that have another value than in `before`.
    pub(crate) fn changed_since(&self, before: &Self) -> Vec<&'static str> {
        let same = |setting: &Setting| before.settings.iter().any(|s| (s.name, s.mark) == (setting.name, setting.mark));
        self.settings.iter().filter(|setting| !same(setting)).map(|setting| setting.name).collect()
    }

    /// Every setting, its value and where it comes from; secrets masked.
    pub(crate) fn report(&self) -> String {
        let mut text = String::new();
        for Setting { name, shown, source, .. } in &self.settings {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{name:<28} {shown:<24} {source}");
        }
        text
    }
}

/// `WIDTHxHEIGHT`.
fn resolution(text: &str) -> Option<(u32, u32)> {
    let digits = |s: &str| (!s.is_empty() && s.bytes().all(|b| b.is_ascii_digit())).then(|| s.parse::<u32>().ok());
    let (w, h) = text.split_once('x')?;
    let (w, h) = (digits(w)??, digits(h)??);
    let fits = (16..=3840).contains(&w) && (16..=2160).contains(&h) && w % 2 == 0 && h % 2 == 0;
    fits.then_some((w, h))
}

/// A number that stands for a value: alike for this process alone.
fn mark(value: &str) -> u64 {
    static STATE: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    STATE.hash_one(value)
}

/// Reads settings one by one and collects what is wrong.
struct Reader {
    sources: Figment,
    errors: Vec<String>,
    settings: Vec<Setting>,
}

impl Reader {
    fn new(file: Option<&Path>) -> Self {
        let mut errors = Vec::new();
        let mut sources = Figment::new();
        let default = Path::new("stream-manager.toml");
        if let Some(path) = file.or(default.is_file().then_some(default)) {
            match toml_file(path) {
                Ok(table) => sources = sources.merge(table),
                Err(e) => errors.push(e),
            }
        }
        match dotenvy::from_path_iter(".env") {
            Ok(pairs) => {
                for pair in pairs {
                    match pair {
                        Ok((name, value)) => {
                            let key = name.to_ascii_lowercase();
                            sources = sources.merge(Named(".env", Serialized::default(&key, value)));
                        }
                        // The error would show the line, which may hold a secret.
                        Err(_) => errors.push(".env: a line that is no NAME=value".to_owned()),
                    }
                }
            }
            Err(e) if e.not_found() => {}
            Err(e) => errors.push(format!(".env: {e}")),
        }
        // Taken as text: a reader of values would make 1e5 of a stream key that begins with it.
        for (name, value) in std::env::vars_os() {
            if let (Ok(name), Ok(value)) = (name.into_string(), value.into_string()) {
                let key = name.to_ascii_lowercase();
                sources = sources.merge(Named("environment", Serialized::default(&key, value)));
            }
        }
        Self { sources, errors, settings: Vec::new() }
    }

    /// The text of a setting, with where it comes from. Empty is the same as not set.
    fn find(&mut self, name: &'static str) -> Option<(String, String)> {
        let value = self.sources.find_value(&name.to_ascii_lowercase()).ok()?;
        let source = self.sources.get_metadata(value.tag()).map_or_else(String::new, |m| match &m.source {
            Some(source) => source.to_string(),
            None => m.name.to_string(),
        });
        let text = match &value {
            Value::String(_, text) => text.clone(),
            Value::Char(_, c) => c.to_string(),
            Value::Bool(_, b) => b.to_string(),
            Value::Num(_, n) => n
                .to_u128()
                .map(|n| n.to_string())
                .or_else(|| n.to_i128().map(|n| n.to_string()))
                .or_else(|| n.to_f64().map(|n| n.to_string()))
                .unwrap_or_default(),
            _ => {
                self.errors.push(format!("{name}: expected a plain value"));
                return None;
            }
        };
        (!text.is_empty()).then_some((text, source))
    }

    fn note(&mut self, name: &'static str, shown: impl fmt::Display, source: Option<String>) {
        let source = source.unwrap_or_else(|| "default".to_owned());
        let shown = shown.to_string();
        let mark = mark(&shown);
        self.settings.push(Setting { name, shown, source, mark });
    }

    fn text(&mut self, name: &'static str, default: Option<&str>) -> Option<String> {
        let (text, source) = match self.find(name) {
            Some((text, source)) => (Some(text), Some(source)),
            None => (default.map(str::to_owned), None),
        };
        self.note(name, text.as_deref().unwrap_or("(not set)"), source);
        text
    }

    fn secret(&mut self, name: &'static str) -> Option<SecretString> {
        let found = self.find(name);
        let (shown, source) = match &found {
            Some((_, source)) => ("***", Some(source.clone())),
            None => ("(not set)", None),
        };
        self.note(name, shown, source);
        let noted = self.settings.last_mut().zip(found.as_ref());
        noted.into_iter().for_each(|(setting, (text, _))| setting.mark = mark(text));
        found.map(|(text, _)| text.into())
    }

    /// Who is told what happens; URLs that hold secrets.
    fn reports(&mut self) -> Reports {
        let webhook = self.secret("WEBHOOK_URL");
        let is_web = |url: &SecretString| {
            Url::parse(url.expose_secret()).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
        };
        if webhook.as_ref().is_some_and(|url| !is_web(url)) {
            self.errors.push("WEBHOOK_URL=***: expected a URL that begins with http:// or https://".to_owned());
        }
        let dsn = self.secret("SENTRY_DSN");
        let sentry = dsn.as_ref().and_then(|dsn| SentryDsn::parse(dsn.expose_secret()));
        if dsn.is_some() && sentry.is_none() {
            self.errors.push("SENTRY_DSN=***: expected https://KEY@HOST/PROJECT".to_owned());
        }
        Reports { webhook, sentry }
    }

    /// Where the show is kept in a Redis; shown without its password.
    fn redis(&mut self) -> Option<RedisAddress> {
        let (url, password) = (self.secret("REDIS_URL"), self.secret("REDIS_PASSWORD"));
        let prefix = self.text("REDIS_PREFIX", None);
        let url = url?;
        let password = password.as_ref().map(ExposeSecret::expose_secret);
        let parsed = RedisAddress::parse(url.expose_secret(), password, prefix.as_deref());
        match &parsed {
            Ok(address) => {
                let shown = address.to_string();
                self.settings.iter_mut().filter(|s| s.name == "REDIS_URL").for_each(|s| s.shown.clone_from(&shown));
            }
            Err(e) => self.errors.push(format!("REDIS_URL=***: {e}")),
        }
        parsed.ok()
    }

    fn parsed<T>(&mut self, name: &'static str, default: &str, allowed: &str, parse: impl Fn(&str) -> Option<T>) -> T {
        let (text, source) = match self.find(name) {
            Some((text, source)) => (text, Some(source)),
            None => (default.to_owned(), None),
        };
        let value = parse(&text).or_else(|| {
            self.errors.push(format!("{name}={text}: expected {allowed}"));
            parse(default)
        });
        self.note(name, &text, source);
        #[expect(clippy::expect_used, reason = "defaults are constants of this file, and a test reads them all")]
        value.expect("a default is in its own range")
    }

    /// The configured ingest, checked; its URL is then shown without the key.
    fn destination(&mut self, url: Option<SecretString>, key: Option<SecretString>) -> Option<DestinationSpec> {
        let Some(url) = url else {
            if key.is_some() {
                self.errors.push("STREAM_KEY=***: there is no RTMP_URL that it belongs to".to_owned());
            }
            return None;
        };
        let id: Id = CONFIGURED.parse().ok()?;
        let spec = DestinationSpec {
            id: Some(id.clone()),
            url: url.expose_secret().to_owned(),
            service: None,
            codec: None,
            stream_key: key.map(|k| StreamKey::new(k.expose_secret().to_owned())),
            segment_seconds: None,
            keep_segments: None,
            required: true,
        };
        let rtmp = ["rtmp://", "rtmps://"].iter().any(|scheme| spec.url.starts_with(scheme));
        match Destination::new(spec.clone(), id) {
            Ok(destination) if rtmp => {
                let shown = destination.view().url;
                self.settings.iter_mut().filter(|s| s.name == "RTMP_URL").for_each(|s| s.shown.clone_from(&shown));
            }
            Ok(_) => self.errors.push("RTMP_URL=***: expected a URL that begins with rtmp:// or rtmps://".to_owned()),
            Err(e) => {
                let name = if e.field == "streamKey" { "STREAM_KEY" } else { "RTMP_URL" };
                self.errors.push(format!("{name}=***: {}", e.message));
            }
        }
        Some(spec)
    }

    fn number(&mut self, name: &'static str, range: RangeInclusive<u64>, default: u64) -> u64 {
        let allowed = format!("a whole number from {} to {}", range.start(), range.end());
        self.parsed(name, &default.to_string(), &allowed, |text| {
            u64::from_str(text.trim()).ok().filter(|n| range.contains(n))
        })
    }

    fn one_of(&mut self, name: &'static str, choices: &[&str], default: &str) -> String {
        let allowed = format!("one of {}", choices.join(", "));
        self.parsed(name, default, &allowed, |text| choices.contains(&text).then(|| text.to_owned()))
    }
}

/// The name of the destination that `RTMP_URL` and `STREAM_KEY` describe.
const CONFIGURED: &str = "configured";

/// A TOML file that is known to parse: figment would give up all other sources with a broken one.
fn toml_file(path: &Path) -> Result<figment::providers::Data<Toml>, String> {
    let named = |reason: String| format!("{}: {reason}", path.display());
    let text = std::fs::read_to_string(path).map_err(|e| named(e.to_string()))?;
    // Not the library's own words: they show the line, which may hold a secret.
    Toml::string(&text).data().map_err(|_| named("it is no TOML of names and values".to_owned()))?;
    Ok(Toml::file_exact(path))
}

/// A provider under a name that people know.
struct Named<P>(&'static str, P);

impl<P: figment::Provider> figment::Provider for Named<P> {
    fn metadata(&self) -> figment::Metadata {
        figment::Metadata::named(self.0)
    }

    fn data(&self) -> Result<figment::value::Map<figment::Profile, figment::value::Dict>, figment::Error> {
        self.1.data()
    }

    fn profile(&self) -> Option<figment::Profile> {
        self.1.profile()
    }
}
