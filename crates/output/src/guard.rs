//! Tasks that panic begin anew.
//!
//! A task that has panicked is gone, and with it whatever it was there for: a destination would be silent for good, a
//! watchdog blind. Each of those that the show needs is kept going by [`keep_going`].

use std::any::Any;
use std::future::Future;
use std::time::{Duration, Instant};

/// Before a task begins anew; then twice as long each time...
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// ...but no longer than this.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// What has run for so long begins anew as for the first time.
const STEADY: Duration = Duration::from_secs(60);

/// Runs what `make` makes until it ends by itself. Where it panics, `told` hears of it, and it is made anew.
pub async fn keep_going<F>(make: impl Fn() -> F, told: impl Fn(String))
where
    F: Future<Output = ()> + Send + 'static,
{
    let mut pause = FIRST_PAUSE;
    loop {
        let began = Instant::now();
        let mut task = AbortOnDrop(tokio::spawn(make()));
        match (&mut task.0).await {
            Err(e) if e.is_panic() => told(message(&*e.into_panic())),
            // Done, or the runtime ends.
            _ => return,
        }
        if began.elapsed() > STEADY {
            pause = FIRST_PAUSE;
        }
        tokio::time::sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// What a panic said.
#[must_use]
pub fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "it did not say why".to_owned())
}

struct AbortOnDrop(tokio::task::JoinHandle<()>);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, Mutex};

    #[tokio::test]
    async fn a_task_that_panics_begins_anew_until_it_ends_by_itself() {
        let (times, told) = (Arc::new(AtomicUsize::new(0)), Mutex::new(Vec::new()));
        let make = || {
            let times = times.clone();
            async move {
                match times.fetch_add(1, Ordering::Relaxed) {
                    0 => panic!("by a word"),
                    1 => panic!("the {}nd time", 2),
                    _ => {}
                }
            }
        };
        keep_going(make, |why| told.lock().unwrap().push(why)).await;
        assert_eq!(times.load(Ordering::Relaxed), 3);
        assert_eq!(*told.lock().unwrap(), ["by a word", "the 2nd time"]);
    }
}
