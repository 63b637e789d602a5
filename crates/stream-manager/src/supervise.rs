//! `serve --supervise`: the service in a process of its own, which is started again whenever it dies.
//!
//! One that has run for a while is started again at once: the store has all that was acknowledged, so the show goes on
//! where it is by then. One that dies again and again is given longer and longer pauses. What is asked to end is asked
//! to end here as well; what cannot even begin (a wrong setting, a port that is taken) is not tried again.

use crate::setup::Failure;
use rustix::process::{Pid, Signal, getppid, kill_process, set_parent_process_death_signal};
use std::ffi::OsString;
use std::os::unix::process::ExitStatusExt;
use std::process::{ExitCode, ExitStatus};
use std::time::{Duration, Instant};
use tokio::process::Command;
use tokio::signal::unix::{SignalKind, signal};

/// Tells the service that it is supervised: by which process, how often it was started again, and why the last time.
const STARTED_AGAIN: &str = "STREAM_MANAGER_STARTED_AGAIN";
/// One that has run for so long is well: its end has nothing to do with how it began.
const WELL_AFTER: Duration = Duration::from_secs(10);
/// The first pause, where one dies soon after its start; twice as long each time.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// That a service was started again by its supervisor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StartedAgain {
    /// How often so far.
    pub(crate) times: u64,
    /// How the one before ended.
    pub(crate) reason: String,
}

/// Runs the service and keeps it running. `arguments` are those of the service itself.
pub(crate) fn run(arguments: Vec<OsString>) -> Result<ExitCode, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(supervise(arguments))
}

async fn supervise(arguments: Vec<OsString>) -> Result<ExitCode, Failure> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    let program = std::env::current_exe()?;
    let (mut again, mut pauses) = (StartedAgain { times: 0, reason: String::new() }, 0);
    loop {
        let began = Instant::now();
        let mut child = Command::new(&program)
            .args(&arguments)
            .env(STARTED_AGAIN, format!("{} {} {}", std::process::id(), again.times, again.reason))
            // Of the two it is the service that tells systemd how it is.
            .env_remove("WATCHDOG_PID")
            .kill_on_drop(true)
            .spawn()?;
        let pid = child.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let asked = loop {
            tokio::select! {
                _ = terminate.recv() => break true,
                _ = interrupt.recv() => break true,
                _ = child.wait() => break false,
                // To take settings over is for the service.
                _ = hangup.recv() => drop(pid.map(|pid| kill_process(pid, Signal::HUP))),
            }
        };
        if asked && let Some(pid) = pid {
            // It may have ended by itself just now.
            let _ = kill_process(pid, Signal::TERM);
        }
        let status = child.wait().await?;
        let lived = began.elapsed();
        // It may not have come to listen for signals yet.
        if asked && status.signal() == Some(Signal::TERM.as_raw()) {
            return Ok(ExitCode::SUCCESS);
        }
        if asked || status.success() || (again.times == 0 && status.code().is_some() && lived < WELL_AFTER) {
            return Ok(exit_code(status));
        }
        pauses = if lived < WELL_AFTER { pauses + 1 } else { 0 };
        again = StartedAgain { times: again.times + 1, reason: told(status) };
        let pause = pause(pauses);
        tracing::error!(times = again.times, "the service has ended ({}); starting it again", again.reason);
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = terminate.recv() => return Ok(ExitCode::SUCCESS),
            _ = interrupt.recv() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// How long to wait after so many short lives in a row.
fn pause(short_lives: u32) -> Duration {
    match short_lives {
        0 => Duration::ZERO,
        n => FIRST_PAUSE.saturating_mul(1 << (n - 1).min(16)).min(LONGEST_PAUSE),
    }
}

fn told(status: ExitStatus) -> String {
    match (status.signal(), status.code()) {
        (Some(signal), _) => format!("signal {signal}"),
        (None, code) => format!("exit {}", code.unwrap_or_default()),
    }
}

fn exit_code(status: ExitStatus) -> ExitCode {
    // As shells have it: 128 and the signal.
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}

/// What the supervisor says; `None` without one. The service ends with its supervisor, or two might run at once.
pub(crate) fn supervised() -> Option<StartedAgain> {
    let text = std::env::var(STARTED_AGAIN).ok()?;
    let mut words = text.splitn(3, ' ');
    let (supervisor, times, reason) = (words.next()?, words.next()?, words.next()?);
    if let Err(e) = set_parent_process_death_signal(Some(Signal::TERM)) {
        tracing::warn!("the end of the supervisor will not be noticed: {e}");
    }
    // It may have ended before that.
    let parent = getppid().map(|parent| parent.as_raw_nonzero().to_string());
    if parent.as_deref() != Some(supervisor) {
        tracing::error!("the supervisor has ended: ending");
        std::process::exit(1);
    }
    Some(StartedAgain { times: times.parse().ok()?, reason: reason.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<u128> = [0, 1, 2, 3, 6, 7, 40].into_iter().map(|n| pause(n).as_millis()).collect();
        assert_eq!(pauses, [0, 100, 200, 400, 3_200, 5_000, 5_000]);
    }
}
