//! Clients that race each other with `If-Match` see one history, in which every change comes right after what its maker
//! had seen.
//!
//! The checker is exact, since versions never come again: every value is new. Changes that were made form one chain, each
//! from the version that its maker knew; reading a version is at its place in the chain; being refused a version is
//! somewhere after the change that did away with it. The history is linearizable (Herlihy and Wing, 1990) where no
//! operation that ended before another began has its place after it.

use crate::service::{Service, Setup, request_whole};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::time::Instant;

const CLIENTS: usize = 8;
const ROUNDS: usize = 60;

/// What a client did.
enum Did {
    Read { version: String },
    Changed { from: String, to: String },
    WasRefused { version: String },
}

struct Operation {
    began: Instant,
    ended: Instant,
    did: Did,
}

fn send(service: &Service, method: &str, headers: &[(&str, &str)], body: Option<Value>) -> (u16, String) {
    let url = service.url("/api/v1/layers/lot");
    let body = body.map(|body| body.to_string());
    let (status, answered, _) = request_whole(method, &url, None, headers, body.as_deref()).unwrap();
    (status, answered.get("etag").map(|tag| tag.to_str().unwrap().to_owned()).unwrap_or_default())
}

fn race(service: &Service, client: usize) -> Vec<Operation> {
    let mut operations = Vec::new();
    let mut timed = |work: &mut dyn FnMut() -> Did| {
        let began = Instant::now();
        let did = work();
        operations.push(Operation { began, ended: Instant::now(), did });
    };
    for round in 0..ROUNDS {
        let mut known = String::new();
        timed(&mut || {
            known = send(service, "GET", &[], None).1;
            Did::Read { version: known.clone() }
        });
        timed(&mut || {
            let change = json!({"content": {"content": format!("{client} {round}")}});
            match send(service, "PATCH", &[("if-match", &known)], Some(change)) {
                (200, to) => Did::Changed { from: known.clone(), to },
                (412, _) => Did::WasRefused { version: known.clone() },
                (status, _) => panic!("{status}"),
            }
        });
    }
    operations
}

/// The place of each operation in the one history that there can be, or why there is none.
fn places(first: &str, operations: &[Operation]) -> Result<Vec<usize>, String> {
    let mut next: HashMap<&str, &str> = HashMap::new();
    for operation in operations {
        if let Did::Changed { from, to } = &operation.did
            && let Some(other) = next.insert(from, to)
        {
            return Err(format!("an update is lost: {from} became {other} and {to}"));
        }
    }
    let mut place: HashMap<&str, usize> = HashMap::from([(first, 0)]);
    let mut version = first;
    while let Some(after) = next.get(version) {
        place.insert(after, place.len());
        version = after;
    }
    if place.len() != next.len() + 1 {
        return Err("there are changes of what nobody has made".to_owned());
    }
    let of = |version: &str| place.get(version).copied().ok_or_else(|| format!("nobody has made {version}"));
    let place = |operation: &Operation| match &operation.did {
        Did::Read { version } => of(version),
        Did::Changed { to, .. } => of(to),
        // At the earliest.
        Did::WasRefused { version } => Ok(of(version)? + 1),
    };
    operations.iter().map(place).collect()
}

fn check(first: &str, operations: &[Operation]) -> Result<(), String> {
    let places = places(first, operations)?;
    for (one, its) in operations.iter().zip(&places) {
        for (other, others) in operations.iter().zip(&places) {
            // When it was refused at the latest is not known.
            if matches!(other.did, Did::WasRefused { .. }) {
                continue;
            }
            // What a change makes is not there before.
            let least = others + usize::from(!matches!(other.did, Did::Changed { .. }));
            if one.ended < other.began && *its >= least {
                return Err(format!("at {its}, before what was at {others}"));
            }
        }
    }
    Ok(())
}

#[test]
fn clients_that_race_see_one_history() {
    let dir = tempfile::tempdir().unwrap();
    let service = Setup::new(dir.path()).start();
    service.add_text("lot", "none");
    let first = send(&service, "GET", &[], None).1;
    let operations: Vec<Operation> = std::thread::scope(|scope| {
        let service = &service;
        let clients: Vec<_> = (0..CLIENTS).map(|client| scope.spawn(move || race(service, client))).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    let count = |wanted: fn(&Did) -> bool| operations.iter().filter(|operation| wanted(&operation.did)).count();
    let (changed, refused) =
        (count(|d| matches!(d, Did::Changed { .. })), count(|d| matches!(d, Did::WasRefused { .. })));
    assert!(changed > ROUNDS && refused > ROUNDS, "they do race: {changed} changes, {refused} refusals");
    check(&first, &operations).unwrap();
}

#[test]
fn the_checker_finds_what_must_not_be() {
    let start = Instant::now();
    let at = |ms| start + std::time::Duration::from_millis(ms);
    let operation = |began, ended, did| Operation { began: at(began), ended: at(ended), did };
    let read = |version: &str| Did::Read { version: version.to_owned() };
    let changed = |from: &str, to: &str| Did::Changed { from: from.to_owned(), to: to.to_owned() };
    let refused = |version: &str| Did::WasRefused { version: version.to_owned() };
    let fine = [
        operation(0, 5, changed("a", "b")),
        operation(3, 9, read("a")),
        operation(4, 9, read("b")),
        operation(6, 9, refused("a")),
        operation(7, 12, changed("b", "c")),
        operation(13, 14, refused("a")),
    ];
    assert_eq!(check("a", &fine), Ok(()));
    for (name, history) in [
        ("lost", vec![operation(0, 1, changed("a", "b")), operation(2, 3, changed("a", "c"))]),
        ("stale", vec![operation(0, 1, changed("a", "b")), operation(2, 3, read("a"))]),
        ("made by nobody", vec![operation(0, 1, read("x"))]),
        ("refused before", vec![operation(0, 1, refused("a")), operation(2, 3, changed("a", "b"))]),
        ("forgotten", vec![operation(0, 1, read("b")), operation(2, 3, changed("a", "b")), operation(4, 5, read("a"))]),
    ] {
        assert!(check("a", &history).is_err(), "{name}");
    }
}
