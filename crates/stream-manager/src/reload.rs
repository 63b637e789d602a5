//! Settings that are taken over while the service runs, when a configuration file changes or on SIGHUP. Of others that
//! have changed it is said that they wait for a restart.

use crate::config::Config;
use crate::reports::Reports;
use crate::serve::{Levels, publish_as_configured};
use crate::watch_show::Watched;
use api::Access;
use engine::Engine;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::signal::unix::Signal;
use tokio::sync::watch;

/// How often the files are looked at.
const EVERY: Duration = Duration::from_secs(1);
/// Settings that are taken over.
pub(crate) const LIVE: [&str; 7] =
    ["LOG_LEVEL", "API_TOKEN", "RATE_LIMIT", "RTMP_URL", "STREAM_KEY", "WEBHOOK_URL", "SENTRY_DSN"];

/// What can be changed while the service runs.
pub(crate) struct Reload<'a> {
    pub(crate) file: Option<&'a Path>,
    pub(crate) levels: &'a Levels,
    pub(crate) access: Access,
    pub(crate) engine: &'a Engine,
    pub(crate) reports: watch::Sender<Reports>,
    pub(crate) asked: Signal,
}

impl Reload<'_> {
    /// Takes over what changes after `config` was read; for ever.
    pub(crate) async fn run(mut self, config: &Config) {
        let default = PathBuf::from("stream-manager.toml");
        let mut files = [Path::new(".env"), self.file.unwrap_or(&default)].map(Watched::new);
        let mut newest: Option<Config> = None;
        // The ingest may have to wait until the store takes it.
        let mut unpublished = false;
        loop {
            let asked = tokio::select! {
                _ = self.asked.recv() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            // Each is looked at, whatever the other says.
            let changed = files.iter_mut().filter_map(|file| file.has_changed().then_some(())).count() > 0;
            if asked || changed {
                match Config::load(self.file) {
                    Ok(next) if next.api_token.is_none() && !config.bind.is_loopback() => {
                        let address = config.bind;
                        tracing::error!(
                            "settings stay as they are: without an API_TOKEN anybody could command what listens on {address}"
                        );
                    }
                    Ok(next) => {
                        unpublished |= self.take_over(newest.as_ref().unwrap_or(config), &next);
                        newest = Some(next);
                    }
                    Err(errors) => tracing::error!("settings stay as they are: {errors}"),
                }
            }
            if let Some(newest) = newest.as_ref().filter(|_| unpublished) {
                unpublished = !self.publish(newest).await;
            }
        }
    }

    /// Takes over what it can; whether the ingest is another one.
    fn take_over(&self, before: &Config, next: &Config) -> bool {
        let changed = next.changed_since(before);
        let (live, others): (Vec<&str>, Vec<&str>) = changed.into_iter().partition(|name| LIVE.contains(name));
        if !others.is_empty() {
            tracing::warn!("taken over at the next start only: {}", others.join(", "));
        }
        if live.is_empty() {
            return false;
        }
        self.levels.set(&next.log_level);
        if let Err(e) = self.access.change(next.api_token.clone(), next.rate_limit) {
            tracing::error!("API_TOKEN and RATE_LIMIT are not taken over: {e}");
        }
        self.reports.send_replace(next.reports.clone());
        let (ingest, others): (Vec<&str>, Vec<&str>) =
            live.into_iter().partition(|name| ["RTMP_URL", "STREAM_KEY"].contains(name));
        if !others.is_empty() {
            tracing::info!("taken over: {}", others.join(", "));
        }
        if !ingest.is_empty() && next.destination.is_none() {
            tracing::warn!("RTMP_URL is gone: its destination goes on until it is deleted");
        }
        !ingest.is_empty() && next.destination.is_some()
    }

    /// Whether the ingest is what the settings say. Whether the stream is on is for others to say.
    async fn publish(&self, config: &Config) -> bool {
        match publish_as_configured(config, self.engine).await {
            Ok(_) => {
                tracing::info!("taken over: RTMP_URL, STREAM_KEY");
                true
            }
            Err(e) => {
                tracing::error!("RTMP_URL and STREAM_KEY are not taken over yet: {e}");
                false
            }
        }
    }
}
