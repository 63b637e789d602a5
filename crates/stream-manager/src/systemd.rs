//! What systemd is told: that the service has begun, that it is well, that it ends
//! (<https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html>). Without systemd nobody is told.

use engine::Engine;
use sd_notify::NotifyState;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Says that the service is on air.
pub(crate) fn ready() {
    tell(&[NotifyState::Ready]);
}

/// Says that it ends because it was asked to.
pub(crate) fn stopping() {
    tell(&[NotifyState::Stopping]);
}

/// Tells the watchdog that all is well for as long as the loop makes frames; for ever.
pub(crate) async fn feed_watchdog(engine: &Engine) {
    let Some(patience) = sd_notify::watchdog_enabled() else { return std::future::pending().await };
    let mut frames = 0;
    loop {
        let due = engine.loop_stats().due.load(Ordering::Relaxed);
        if due > frames {
            tell(&[NotifyState::Watchdog]);
        }
        frames = due;
        // As its manual has it: at half of the time.
        tokio::time::sleep((patience / 2).max(Duration::from_millis(10))).await;
    }
}

fn tell(what: &[NotifyState<'_>]) {
    if let Err(e) = sd_notify::notify(what) {
        tracing::warn!("systemd is not told how the service is: {e}");
    }
}
