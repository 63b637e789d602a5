//! How often somebody may ask, and guess a token: by the address that a request comes from.

use crate::problem::Problem;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};
use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Wrong tokens from one address...
const MOST_GUESSES: u32 = 10;
/// ...within so long. Until it is over nothing from there is looked at.
const GUESSING: Duration = Duration::from_secs(60);
/// Addresses that are remembered, at most.
const MOST_ADDRESSES: usize = 10_000;

/// The address that a request comes from.
pub(crate) fn address(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip())
}

fn too_many(detail: &str, wait: Duration) -> Problem {
    // Rounded up: who comes again then is not too early.
    let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "/problems/too-many", "Too many requests", detail).retry_after(seconds)
}

/// Wrong tokens of late.
#[derive(Default)]
pub(crate) struct Guesses(Mutex<HashMap<IpAddr, (u32, Instant)>>);

impl Guesses {
    /// Whether a token from there is looked at.
    pub(crate) fn check(&self, from: IpAddr, now: Instant) -> Result<(), Problem> {
        let guesses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match guesses.get(&from) {
            Some((count, since)) if *count >= MOST_GUESSES && now < *since + GUESSING => {
                let wait = (*since + GUESSING).saturating_duration_since(now);
                Err(too_many("too many wrong tokens came from this address", wait))
            }
            _ => Ok(()),
        }
    }

    /// One from there was wrong.
    pub(crate) fn was_wrong(&self, from: IpAddr, now: Instant) {
        let mut guesses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if guesses.len() >= MOST_ADDRESSES {
            guesses.retain(|_, (_, since)| now < *since + GUESSING);
            if guesses.len() >= MOST_ADDRESSES {
                guesses.clear();
            }
        }
        let (count, since) = guesses.entry(from).or_insert((0, now));
        if now >= *since + GUESSING {
            (*count, *since) = (0, now);
        }
        *count += 1;
    }
}

/// How often somebody may ask.
pub(crate) struct Rate {
    a_second: NonZeroU32,
    limiter: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, DefaultClock, StateInformationMiddleware>,
}

impl Rate {
    /// So many requests a second from one address.
    pub(crate) fn new(a_second: NonZeroU32) -> Self {
        let quota = Quota::per_second(a_second);
        Self { a_second, limiter: RateLimiter::hashmap(quota).with_middleware() }
    }

    /// How many are answered.
    pub(crate) fn a_second(&self) -> NonZeroU32 {
        self.a_second
    }

    /// Whether one more may come from there, and how many could come after it at once.
    pub(crate) fn check(&self, from: IpAddr) -> Result<u32, Problem> {
        if self.limiter.len() >= MOST_ADDRESSES {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&from).map(|state| state.remaining_burst_capacity()).map_err(|until| {
            too_many("RATE_LIMIT requests a second are answered", until.wait_time_from(DefaultClock::default().now()))
        })
    }

    /// Says it in the headers that are on their way to become a standard (draft-ietf-httpapi-ratelimit-headers-10).
    pub(crate) fn tell(&self, response: &mut Response, left: u32) {
        let headers = response.headers_mut();
        let policy = format!("\"address\";q={};w=1", self.a_second);
        for (name, value) in [("ratelimit-policy", policy), ("ratelimit", format!("\"address\";r={left};t=1"))] {
            // Digits and quotation marks are what a header may hold.
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::response::IntoResponse;

    #[test]
    fn who_guesses_waits_and_others_do_not() {
        let (guesses, start) = (Guesses::default(), Instant::now());
        let at = |seconds| start + Duration::from_secs(seconds);
        let [one, other] = [IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2))];
        for second in 0..10 {
            assert!(guesses.check(one, at(second)).is_ok());
            guesses.was_wrong(one, at(second));
        }
        let refused = guesses.check(one, at(10)).unwrap_err().into_response();
        assert_eq!((refused.status().as_u16(), &refused.headers()["retry-after"]), (429, &"51".parse().unwrap()));
        assert!(guesses.check(other, at(10)).is_ok());
        assert!(guesses.check(one, at(60)).is_ok(), "a minute later");
        guesses.was_wrong(one, at(60));
        assert!(guesses.check(one, at(61)).is_ok(), "and counted anew");
    }
}
