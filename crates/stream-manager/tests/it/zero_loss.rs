//! Nothing that was acknowledged is lost, nothing is done twice, and nothing by halves, however often the service dies.

use crate::redis_server::RedisServer;
use crate::service::{Service, Setup};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Callers at the same time.
const CALLERS: usize = 64;
/// The seed of the moments of death: a run that fails can be repeated.
const SEED: u64 = 6;

/// How far a caller is: the number that it has given last, and the one that was acknowledged last.
#[derive(Clone, Copy, Debug, Default)]
struct Caller {
    given: u64,
    acknowledged: u64,
}

/// Gives one command after the other until the service is gone. What was given and not acknowledged is given again.
fn call(service: &Service, name: usize, caller: &mut Caller, acknowledged: &AtomicUsize) {
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let url = service.url("/api/v1/batch");
    loop {
        let number = caller.acknowledged + 1;
        let set = |half: &str| json!({"setData": {"patch": {format!("{half}{name}"): number}}});
        let body = json!({"commands": [set("a"), set("b")]}).to_string();
        caller.given = number;
        let request = agent.post(&url).header("content-type", "application/json");
        let request = request.header("stream-client", format!("caller-{name}"));
        match request.header("idempotency-key", format!("{name}-{number}")).send(body) {
            Ok(answer) if answer.status() == 200 => caller.acknowledged = number,
            Ok(answer) => panic!("{}", answer.status()),
            Err(_) => return,
        }
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
}

/// What stands in the log of each caller, oldest first, from that command on.
fn logged(service: &Service, after: u64) -> (HashMap<String, Vec<u64>>, u64) {
    let (mut found, mut newest, mut cursor): (HashMap<String, Vec<u64>>, u64, String) = Default::default();
    'pages: loop {
        let page = service.get(&format!("/api/v1/log?limit=500{cursor}"));
        for command in page["commands"].as_array().unwrap() {
            let sequence = command["sequence"].as_u64().unwrap();
            if sequence <= after {
                break 'pages;
            }
            newest = newest.max(sequence);
            let halves = command["command"]["batch"]["commands"].as_array().unwrap();
            let number = |half: &Value| half["setData"]["patch"].as_object().unwrap().values().next().unwrap().as_u64();
            assert_eq!((halves.len(), number(&halves[0])), (2, number(&halves[1])));
            found.entry(command["by"].as_str().unwrap().to_owned()).or_default().push(number(&halves[0]).unwrap());
        }
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    found.values_mut().for_each(|numbers| numbers.reverse());
    (found, newest)
}

fn live_and_die(setup: impl Fn() -> Setup) {
    let kills = std::env::var("KILLS").map_or(4, |kills| kills.parse().unwrap());
    let mut callers = vec![Caller::default(); CALLERS];
    let (mut written, mut total) = (vec![0; CALLERS], 0);
    let mut seen = 0;
    for round in 0..=kills {
        let service = setup().start();
        let stored = service.get("/api/v1/data");
        for (name, caller) in callers.iter_mut().enumerate() {
            let (a, b) = (&stored[format!("a{name}")], &stored[format!("b{name}")]);
            assert_eq!(a, b, "none by halves");
            let number = a.as_u64().unwrap_or_default();
            assert!(
                (caller.acknowledged..=caller.given).contains(&number),
                "round {round}, caller {name}: {number} stored of {caller:?}"
            );
        }
        let (found, newest) = logged(&service, seen);
        for (name, last) in written.iter_mut().enumerate() {
            for number in found.get(&format!("caller-{name}")).into_iter().flatten() {
                assert_eq!(*number, *last + 1, "round {round}, caller {name}: in order, and each once");
                *last = *number;
            }
        }
        seen = newest.max(seen);
        if round == kills {
            break;
        }
        let acknowledged = AtomicUsize::new(0);
        // Anywhere: in the first batch, or in one that comes later.
        let enough = fastrand::Rng::with_seed(SEED + round).usize(1..1_500);
        std::thread::scope(|scope| {
            let (service, acknowledged) = (&service, &acknowledged);
            for (name, caller) in callers.iter_mut().enumerate() {
                scope.spawn(move || call(service, name, caller, acknowledged));
            }
            while acknowledged.load(Ordering::Relaxed) < enough {
                std::thread::yield_now();
            }
            service.signal("KILL");
        });
        total += acknowledged.into_inner();
        service.crash();
    }
    println!("{kills} kills, {total} commands acknowledged by {CALLERS} callers: each there, once, in order, whole");
}

#[test]
fn nothing_acknowledged_is_lost_done_twice_or_by_halves() {
    let dir = tempfile::tempdir().unwrap();
    live_and_die(|| Setup::new(dir.path()));
}

#[test]
fn nothing_that_a_redis_keeps_either() {
    let (dir, server) = (tempfile::tempdir().unwrap(), RedisServer::start(&[]));
    live_and_die(|| Setup::new(dir.path()).variable("REDIS_URL", server.url()));
}
