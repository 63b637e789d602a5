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
        loop {
            let asked = tokio::select! {
                _ = self.asked.recv() => true,
                () = tokio::time::sleep(EVERY) => false,
            };
            // Each is looked at, whatever the other says.
            let changed = files.iter_mut().filter_map(|file| file.has_changed().then_some(())).count() > 0;
            if !(asked || changed) {
                continue;
            }
            match Config::load(self.file) {
                Ok(next) => {
                    self.take_over(newest.as_ref().unwrap_or(config), &next).await;
                    newest = Some(next);
                }
                Err(errors) => tracing::error!("settings stay as they are: {errors}"),
            }
        }
    }

    async fn take_over(&self, before: &Config, next: &Config) {
        let changed = next.changed_since(before);
        let (live, others): (Vec<&str>, Vec<&str>) = changed.into_iter().partition(|name| LIVE.contains(name));
        if !others.is_empty() {
            tracing::warn!("taken over at the next start only: {}", others.join(", "));
        }
        if live.is_empty() {
            return;
        }
        self.levels.set(&next.log_level);
        if let Err(e) = self.access.change(next.api_token.clone(), next.rate_limit) {
            tracing::error!("API_TOKEN and RATE_LIMIT are not taken over: {e}");
        }
        self.reports.send_replace(next.reports.clone());
        if live.iter().any(|name| ["RTMP_URL", "STREAM_KEY"].contains(name))
            && let Err(e) = publish_as_configured(next, self.engine).await
        {
            tracing::error!("RTMP_URL and STREAM_KEY are not taken over: {e}");
        }
        tracing::info!("taken over: {}", live.join(", "));
    }
}
