//! Who may command.
//!
//! A request is answered if all three hold:
//!
//! 1. It carries the token, where one is set: as `Authorization: Bearer`, or in the cookie that the
//!    control room's login gives. A WebSocket may carry a ticket in its URL instead, which a request with the token was
//!    given: it is good once, for half a minute. Where none is set, the service listens on loopback only, and the
//!    `Host` has to be a name of loopback: a page that has its own name resolve to this machine
//!    (DNS rebinding) sends its own name.
//! 2. Its `Origin`, which browsers send and pages cannot forge, is the control room's: that of
//!    `Host`, or of the same host at the control room's port (the WebSocket has another). A page of
//!    another origin, be it of another port of this machine, is refused before anything is looked at.
//! 3. The cookie is `SameSite=Strict` and `HttpOnly`: no other page's request carries it, and no
//!    script can read it.

use crate::limits::{Guesses, Rate, address};
use crate::problem::Problem;
use arc_swap::ArcSwap;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use std::collections::VecDeque;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// The name of the login's cookie.
const COOKIE: &str = "stream_manager_session";

/// How long a ticket is good.
pub(crate) const TICKET_LASTS: Duration = Duration::from_secs(30);
/// Tickets that were given and not used, at most.
const MOST_TICKETS: usize = 1_000;

/// The rule of access.
#[derive(Clone)]
pub struct Access(Arc<Rule>);

struct Rule {
    current: ArcSwap<Current>,
    /// Where the control room is.
    port: u16,
    /// Tickets that were given and not used, with the time of their end, the oldest first.
    tickets: Mutex<VecDeque<(String, Instant)>>,
    guesses: Guesses,
}

/// What may change while the service runs.
struct Current {
    token: Option<SecretString>,
    /// What the cookie has to say; made anew at every start, and with every other token.
    session: String,
    rate: Option<Arc<Rate>>,
}

impl Access {
    /// Access by `token`, or from this machine alone where there is none. The control room is at
    /// `port`. From one address so many requests a second are answered; any number where `rate` is `None`.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn new(token: Option<SecretString>, port: u16, rate: Option<NonZeroU32>) -> std::io::Result<Self> {
        let current = Current { token, session: secret()?, rate: rate.map(|rate| Arc::new(Rate::new(rate))) };
        let (tickets, guesses) = (Mutex::default(), Guesses::default());
        Ok(Self(Arc::new(Rule { current: ArcSwap::from_pointee(current), port, tickets, guesses })))
    }

    /// From now on another token and rate; who is logged in by another token is not any more. Sockets that are open
    /// stay.
    ///
    /// # Errors
    /// The system has no random numbers; all is as it was.
    pub fn change(&self, token: Option<SecretString>, rate: Option<NonZeroU32>) -> std::io::Result<()> {
        let now = self.0.current.load();
        let exposed = |token: &Option<SecretString>| token.as_ref().map(|token| token.expose_secret().to_owned());
        let same = exposed(&now.token) == exposed(&token);
        let session = if same { now.session.clone() } else { secret()? };
        let kept = now.rate.clone().filter(|kept| Some(kept.a_second()) == rate);
        let rate = kept.or_else(|| rate.map(|rate| Arc::new(Rate::new(rate))));
        self.0.current.store(Arc::new(Current { token, session, rate }));
        Ok(())
    }

    /// A ticket for one WebSocket.
    pub(crate) fn ticket(&self) -> std::io::Result<String> {
        let (ticket, now) = (secret()?, Instant::now());
        let mut tickets = self.tickets();
        tickets.retain(|(_, end)| *end > now);
        if tickets.len() == MOST_TICKETS {
            tickets.pop_front();
        }
        tickets.push_back((ticket.clone(), now + TICKET_LASTS));
        Ok(ticket)
    }

    /// Whether that is a ticket; it is none any more then.
    fn takes(&self, given: &str) -> bool {
        let (mut tickets, now) = (self.tickets(), Instant::now());
        let at = tickets.iter().position(|(ticket, end)| *end > now && same(ticket, given));
        at.and_then(|at| tickets.remove(at)).is_some()
    }

    fn tickets(&self) -> MutexGuard<'_, VecDeque<(String, Instant)>> {
        // Each use leaves it whole.
        self.0.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether a token is needed.
    pub(crate) fn needs_token(&self) -> bool {
        self.0.current.load().token.is_some()
    }

    /// The cookie for whoever shows the right token; `None` where it is wrong.
    ///
    /// # Errors
    /// Too many wrong ones came from there.
    pub(crate) fn log_in(&self, token: &str, from: IpAddr) -> Result<Option<String>, Problem> {
        self.0.guesses.check(from, Instant::now())?;
        let current = self.0.current.load();
        let right = current.token.as_ref().is_some_and(|t| same(t.expose_secret(), token));
        if !right {
            self.0.guesses.was_wrong(from, Instant::now());
        }
        Ok(right.then(|| format!("{COOKIE}={}; Path=/; HttpOnly; SameSite=Strict", current.session)))
    }

    /// Whether a request from there may go on. Only what somebody types in is guessed: sessions and tickets are 256
    /// random bits, and an old one of them is no guess.
    pub(crate) fn check_from(&self, headers: &HeaderMap, ticket: Option<&str>, from: IpAddr) -> Result<(), Problem> {
        let guess = self.needs_token() && headers.contains_key(header::AUTHORIZATION);
        if guess {
            self.0.guesses.check(from, Instant::now())?;
        }
        let checked = self.check_with(headers, ticket);
        if guess && !self.has_token(headers) {
            self.0.guesses.was_wrong(from, Instant::now());
        }
        checked
    }

    /// Whether the host and origin are right.
    fn check_origin(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
        let authority = text(header::HOST).unwrap_or_default();
        let host = host_name(authority);
        if !self.needs_token() && !is_loopback(host) {
            return Err(forbidden("without API_TOKEN only requests to localhost are answered"));
        }
        let Some(origin) = headers.get(header::ORIGIN) else { return Ok(()) };
        let origin = origin.to_str().ok().and_then(|o| o.split_once("://")).map_or("", |(_, authority)| authority);
        let room = format!("{host}:{}", self.0.port);
        if !origin.is_empty() && (origin == authority || origin == room) {
            return Ok(());
        }
        Err(forbidden("a page of another origin cannot command this service"))
    }

    fn has_token(&self, headers: &HeaderMap) -> bool {
        let current = self.0.current.load();
        let Some(token) = &current.token else { return true };
        let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
        let bearer = text(header::AUTHORIZATION).and_then(|v| v.strip_prefix("Bearer "));
        let cookies = text(header::COOKIE).unwrap_or_default().split(';');
        let cookie = cookies.filter_map(|c| c.trim().split_once('=')).find(|(name, _)| *name == COOKIE);
        bearer.is_some_and(|given| same(token.expose_secret(), given.trim()))
            || cookie.is_some_and(|(_, given)| same(&current.session, given))
    }

    /// Whether a request may go on.
    fn check_with(&self, headers: &HeaderMap, ticket: Option<&str>) -> Result<(), Problem> {
        self.check_origin(headers)?;
        if self.has_token(headers) || ticket.is_some_and(|ticket| self.takes(ticket)) {
            return Ok(());
        }
        Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "/problems/token",
            "A token is needed",
            "send the header Authorization: Bearer <API_TOKEN>",
        ))
    }
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, "/problems/origin", "Not from here", detail)
}

/// Lets only requests through that may command.
pub(crate) async fn guard(State(access): State<Access>, request: Request, next: Next) -> Response {
    let from = address(&request);
    if let Err(problem) = access.check_from(request.headers(), None, from) {
        return problem.into_response();
    }
    let Some(rate) = access.0.current.load().rate.clone() else { return next.run(request).await };
    let (mut response, left) = match rate.check(from) {
        Ok(left) => (next.run(request).await, left),
        Err(problem) => (problem.into_response(), 0),
    };
    rate.tell(&mut response, left);
    response
}

/// The same for WebSockets, which may bring a ticket: browsers send no headers of one's own with them.
pub(crate) async fn guard_socket(State(access): State<Access>, request: Request, next: Next) -> Response {
    let query = request.uri().query().unwrap_or_default();
    let ticket = query.split('&').find_map(|part| part.strip_prefix("ticket="));
    match access.check_from(request.headers(), ticket, address(&request)) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// Lets only requests of the same origin through: for the login.
pub(crate) async fn guard_origin(State(access): State<Access>, request: Request, next: Next) -> Response {
    match access.check_origin(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    }
}

/// 256 random bits as text.
fn secret() -> std::io::Result<String> {
    let mut random = [0u8; 32];
    rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty())?;
    Ok(random.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The host of `host[:port]`, brackets of IPv6 kept.
fn host_name(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.find(']')) {
        Some(end) => &authority[..end + 2],
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost") || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Compares without telling by its time how much was right.
fn same(secret: &str, given: &str) -> bool {
    let (a, b) = (secret.as_bytes(), given.as_bytes());
    a.len() == b.len() && a.iter().zip(b).fold(0, |differences, (x, y)| differences | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(token: Option<&str>, headers: &[(&str, &str)]) -> Result<(), u16> {
        let access = Access::new(token.map(|t| t.to_owned().into()), 4200, None).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            let value = value.replace("SESSION", &access.0.current.load().session);
            map.insert(header::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
        }
        access.check_with(&map, None).map_err(|p| p.into_response().status().as_u16())
    }

    #[test]
    fn without_a_token_only_this_machine_commands() {
        assert_eq!(check(None, &[("host", "127.0.0.1:4200")]), Ok(()));
        assert_eq!(check(None, &[("host", "[::1]:4200"), ("origin", "http://[::1]:4200")]), Ok(()));
        assert_eq!(check(None, &[("host", "localhost:4201"), ("origin", "http://localhost:4200")]), Ok(()));
        assert_eq!(check(None, &[("host", "evil.example:4200")]), Err(403), "DNS rebinding");
        assert_eq!(check(None, &[]), Err(403));
    }

    #[test]
    fn a_page_of_another_origin_is_refused() {
        for origin in
            ["http://evil.example", "null", "http://localhost.evil.example", "file://", "http://localhost:3000"]
        {
            assert_eq!(check(None, &[("host", "localhost:4200"), ("origin", origin)]), Err(403), "{origin}");
            let with_token = [("host", "show.example"), ("origin", origin), ("authorization", "Bearer t")];
            assert_eq!(check(Some("t"), &with_token), Err(403), "{origin}");
        }
    }

    #[test]
    fn the_token_or_the_logins_cookie_opens() {
        let host = ("host", "show.example:4200");
        assert_eq!(check(Some("secret"), &[host]), Err(401));
        assert_eq!(check(Some("secret"), &[host, ("authorization", "Bearer wrong!")]), Err(401));
        assert_eq!(check(Some("secret"), &[host, ("authorization", "Bearer secret")]), Ok(()));
        assert_eq!(check(Some("secret"), &[host, ("cookie", "a=b; stream_manager_session=SESSION")]), Ok(()));
        assert_eq!(check(Some("secret"), &[host, ("cookie", "stream_manager_session=x")]), Err(401));
    }

    #[test]
    fn a_ticket_opens_once() {
        let access = Access::new(Some("t".to_owned().into()), 4200, None).unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "show.example".parse().unwrap());
        let ticket = access.ticket().unwrap();
        assert!(access.check_with(&headers, Some("x")).is_err());
        assert!(access.check_with(&headers, Some(&ticket)).is_ok());
        assert!(access.check_with(&headers, Some(&ticket)).is_err(), "once");
        let first = access.ticket().unwrap();
        (0..MOST_TICKETS).for_each(|_| drop(access.ticket().unwrap()));
        assert!(access.check_with(&headers, Some(&first)).is_err(), "there is room for so many");
        headers.insert(header::ORIGIN, "http://evil.example".parse().unwrap());
        let ticket = access.ticket().unwrap();
        assert!(access.check_with(&headers, Some(&ticket)).is_err(), "no page of another origin");
    }

    #[test]
    fn another_token_is_taken_over_and_ends_sessions() {
        let access = Access::new(Some("first".to_owned().into()), 4200, None).unwrap();
        let from = IpAddr::from([127, 0, 0, 1]);
        let with = |name: header::HeaderName, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "localhost:4200".parse().unwrap());
            headers.insert(name, value.parse().unwrap());
            access.check_from(&headers, None, from).is_ok()
        };
        let cookie = access.log_in("first", from).unwrap().unwrap();
        let cookie = cookie.split(';').next().unwrap();
        access.change(Some("first".to_owned().into()), NonZeroU32::new(5)).unwrap();
        assert!(with(header::COOKIE, cookie), "another rate ends no session");
        access.change(Some("second".to_owned().into()), None).unwrap();
        assert!(!with(header::COOKIE, cookie));
        assert!(!with(header::AUTHORIZATION, "Bearer first"));
        assert!(with(header::AUTHORIZATION, "Bearer second"));
    }
}
