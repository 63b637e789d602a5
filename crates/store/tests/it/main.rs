//! What every store promises, tried on each; and what Redis does to the one that lives in it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[allow(dead_code, reason = "other tests use the rest")]
mod redis_server;

use redis_server::{RedisServer, eventually};
use store::{Journaled, Record, RedisAddress, RedisStore, SqliteStore, Standing, Store, StoreError, Stored};

fn record(sequence: u64) -> Record {
    Record { sequence, body: format!("command: {sequence}\n\0").into_bytes() }
}

fn address(url: &str, password: Option<&str>) -> RedisAddress {
    RedisAddress::parse(url, password, None).unwrap()
}

/// Opens one as soon as its server is there.
fn open(address: &RedisAddress) -> RedisStore {
    eventually("the server is there", || RedisStore::open(address.clone()).ok())
}

/// What every store promises.
fn keep_what_is_appended(open: &dyn Fn() -> Box<dyn Store>) {
    let mut store = open();
    assert_eq!(store.load().unwrap(), Stored::default());
    assert_eq!(store.epoch_unix_ms(77).unwrap(), 77);
    store.append(&[record(1), record(2)]).unwrap();
    store.snapshot(&Record { sequence: 2, body: b"two".to_vec() }).unwrap();
    store.append(&[record(3)]).unwrap();
    store.append(&[record(4), record(5)]).unwrap();
    store.look().unwrap();
    drop(store);

    let mut store = open();
    let stored = store.load().unwrap();
    assert_eq!(stored.snapshot.unwrap(), Record { sequence: 2, body: b"two".to_vec() });
    assert_eq!(stored.commands, [record(3), record(4), record(5)]);
    assert_eq!(store.epoch_unix_ms(99).unwrap(), 77, "show time began then");
    let numbers = |page: &store::Page| page.commands.iter().map(|w| w.record.sequence).collect::<Vec<_>>();
    let page = store.history(None, 2).unwrap();
    assert_eq!((numbers(&page), page.more), (vec![5, 4], true));
    assert!(page.commands[0].unix_ms > 1_700_000_000_000);
    let page = store.history(Some(4), 9).unwrap();
    assert_eq!((numbers(&page), page.more), (vec![3, 2, 1], false), "those before the snapshot too");
    let large = |sequence| Record { sequence, body: vec![b'x'; 3 << 20] };
    store.append(&[large(6), large(7)]).unwrap();
    let page = store.history(None, 10).unwrap();
    assert_eq!((numbers(&page), page.more), (vec![7], true), "not too much at once");

    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("backup.db");
    store.back_up(&file).unwrap();
    assert!(store.back_up(&file).is_err(), "nothing is written over");
    let mut held = SqliteStore::read_backup(&file).unwrap();
    assert_eq!((held.commands.len(), held.epoch_unix_ms), (7, Some(77)));
    assert_eq!(held.snapshot.take().unwrap().body, b"two");
    SqliteStore::restore(&file, &dir.path().join("data")).unwrap();
    let restored = SqliteStore::open(&dir.path().join("data")).unwrap().load().unwrap();
    assert_eq!(restored.commands.iter().map(|r| r.sequence).collect::<Vec<_>>(), [3, 4, 5, 6, 7]);

    // Old commands are forgotten with a snapshot.
    store.append(&(8..=10_050).map(record).collect::<Vec<_>>()).unwrap();
    store.snapshot(&record(10_050)).unwrap();
    let page = store.history(Some(53), 10).unwrap();
    assert_eq!((numbers(&page), page.more), (vec![52, 51], false), "50 are forgotten");
    drop(store);
    assert_eq!(open().load().unwrap(), Stored { snapshot: Some(record(10_050)), commands: vec![] });
}

#[test]
fn a_file_keeps_what_is_appended() {
    let dir = tempfile::tempdir().unwrap();
    keep_what_is_appended(&|| Box::new(SqliteStore::open(dir.path()).unwrap()));
}

#[test]
fn a_redis_keeps_what_is_appended() {
    let server = RedisServer::start(&["--requirepass", "s3cret"]);
    let there = address(&format!("{}/3", server.url()), Some("s3cret"));
    keep_what_is_appended(&|| Box::new(open(&there)));
    let refused = RedisStore::open(address(&server.url(), Some("wr0ng"))).err().unwrap().to_string();
    assert!(refused.contains("REDIS_PASSWORD") && !refused.contains("wr0ng"), "{refused}");
    let refused = RedisStore::open(address(&server.url(), None)).err().unwrap();
    assert!(matches!(refused, StoreError::Redis { .. }), "{refused}");
}

#[test]
fn a_cluster_keeps_what_is_appended() {
    let server = RedisServer::start(&["--cluster-enabled", "yes"]);
    eventually("slots are given", || (server.cli(&["cluster", "addslotsrange", "0", "16383"]) == "OK").then_some(()));
    eventually("the cluster is well", || server.cli(&["cluster", "info"]).contains("cluster_state:ok").then_some(()));
    let there = address(&format!("redis-cluster://127.0.0.1:{}", server.port), None);
    keep_what_is_appended(&|| Box::new(open(&there)));
}

#[test]
fn a_master_that_sentinels_know_keeps_what_is_appended() {
    let master = RedisServer::start(&["--requirepass", "s3cret"]);
    let sentinel = RedisServer::sentinel(master.port);
    // The first one does not answer.
    let url = |name| format!("redis-sentinel://127.0.0.1:1,127.0.0.1:{}/2?master={name}", sentinel.port);
    let there = address(&url("show"), Some("s3cret"));
    keep_what_is_appended(&|| Box::new(open(&there)));
    let unknown = RedisStore::open(address(&url("other"), None)).err().unwrap().to_string();
    assert!(unknown.contains("no master of that name"), "{unknown}");
}

#[test]
fn what_a_redis_has_acknowledged_is_there_after_it_was_killed() {
    let mut server = RedisServer::start(&[]);
    let there = address(&server.url(), None);
    let mut store = open(&there);
    store.load().unwrap();
    let mut next = 1;
    for _ in 0..5 {
        for _ in 0..20 {
            store.append(&[record(next), record(next + 1)]).unwrap();
            next += 2;
        }
        server.kill();
        assert!(matches!(store.append(&[record(next)]), Err(StoreError::Away { .. })));
        assert!(matches!(store.look(), Err(StoreError::Away { .. })));
        server.start_again();
        eventually("it is back", || store.look().ok());
    }
    let all = open(&there).load().unwrap().commands;
    assert_eq!(all, (1..next).map(record).collect::<Vec<_>>());
}

#[test]
fn what_was_not_acknowledged_and_arrives_late_is_not_there() {
    let server = RedisServer::start(&[]);
    let there = address(&server.url(), None);
    let mut store = open(&there);
    store.load().unwrap();
    store.append(&[record(1)]).unwrap();
    // What is sent to it waits in the sockets, and is carried out when it goes on.
    server.signal("STOP");
    let lost = Record { sequence: 2, body: b"lost".to_vec() };
    assert!(matches!(store.append(&[lost, record(3)]), Err(StoreError::Away { .. })));
    server.signal("CONT");
    eventually("it is back", || match store.append(&[record(2)]) {
        Err(StoreError::Away { .. }) => None,
        other => {
            other.unwrap();
            Some(())
        }
    });
    store.append(&[record(3)]).unwrap();
    assert_eq!(store.load().unwrap().commands, [record(1), record(2), record(3)]);
}

#[test]
fn whoever_opens_it_last_has_it() {
    let server = RedisServer::start(&[]);
    let there = address(&server.url(), None);
    let mut first = open(&there);
    first.load().unwrap();
    first.append(&[record(1)]).unwrap();
    let held = RedisStore::read_all(there.clone()).unwrap();
    assert_eq!(held.commands.len(), 1);
    first.append(&[record(2)]).unwrap();
    let mut second = open(&there);
    second.load().unwrap();
    let refused = [first.append(&[record(3)]), first.snapshot(&record(2)), first.look()];
    assert!(refused.iter().all(|r| matches!(r, Err(StoreError::TakenOver(_)))), "{refused:?}");
    second.append(&[record(3)]).unwrap();
    // Also after its connection was lost.
    server.cli(&["client", "kill", "type", "normal"]);
    assert!(matches!(first.append(&[record(4)]), Err(StoreError::TakenOver(_))));
    second.append(&[record(4)]).unwrap();
    // One with keys of its own is another show.
    let apart = RedisAddress::parse(&server.url(), None, Some("other")).unwrap();
    assert_eq!(open(&apart).load().unwrap(), Stored::default());
    second.append(&[record(5)]).unwrap();
    assert_eq!(second.load().unwrap().commands, (1..=5).map(record).collect::<Vec<_>>());
}

#[test]
fn a_redis_that_has_lost_commands_gets_the_state_anew() {
    let server = RedisServer::start(&[]);
    let mut store = open(&address(&server.url(), None));
    store.load().unwrap();
    store.epoch_unix_ms(5).unwrap();
    store.append(&[record(1), record(2), record(3)]).unwrap();
    for command in ["flushall", "zremrangebyscore {stream-manager}:commands 3 3"] {
        let arguments: Vec<&str> = command.split(' ').collect();
        assert!(["OK", "1"].contains(&&*server.cli(&arguments)));
        assert!(matches!(store.look(), Err(StoreError::Behind(_))));
        assert!(matches!(store.append(&[record(4)]), Err(StoreError::Behind(_))));
        store.snapshot(&Record { sequence: 3, body: b"all".to_vec() }).unwrap();
        store.append(&[record(4)]).unwrap();
        let stored = store.load().unwrap();
        assert_eq!((stored.snapshot.unwrap().body, stored.commands), (b"all".to_vec(), vec![record(4)]));
        assert_eq!(store.epoch_unix_ms(9).unwrap(), 5);
        // As it was, for the other way to lose something.
        server.cli(&["flushall"]);
        store.snapshot(&Record { sequence: 1, body: b"one".to_vec() }).unwrap();
        store.load().unwrap();
        store.append(&[record(2), record(3)]).unwrap();
    }
}

#[test]
fn a_backup_goes_into_a_redis_where_there_is_none() {
    let server = RedisServer::start(&[]);
    let there = address(&server.url(), None);
    let dir = tempfile::tempdir().unwrap();
    let mut file = SqliteStore::open(&dir.path().join("data")).unwrap();
    file.append(&(1..=1_200).map(record).collect::<Vec<_>>()).unwrap();
    file.snapshot(&record(1_100)).unwrap();
    file.epoch_unix_ms(5).unwrap();
    let expected = file.load().unwrap();
    let backup = dir.path().join("backup.db");
    file.back_up(&backup).unwrap();
    drop(open(&there));
    let held = SqliteStore::read_backup(&backup).unwrap();
    RedisStore::restore(there.clone(), &held).unwrap();
    assert_eq!(open(&there).load().unwrap(), expected);
    assert_eq!(RedisStore::read_all(there.clone()).unwrap(), held);
    assert!(matches!(RedisStore::restore(there, &held), Err(StoreError::Occupied(_))));
}

#[test]
fn a_journal_that_was_brought_halfway_is_brought_once() {
    let (dir, mut server) = (tempfile::tempdir().unwrap(), RedisServer::start(&[]));
    let there = address(&server.url(), None);
    let mut store = Journaled::new(open(&there), "it".to_owned(), dir.path()).unwrap();
    store.load().unwrap();
    store.append(&[record(1)]).unwrap();
    server.kill();
    (1..400).for_each(|n| store.append(&[record(2 * n), record(2 * n + 1)]).unwrap());
    assert!(matches!(store.standing(), Standing::Journal { commands: 798, .. }));
    store.look().unwrap();
    server.start_again();
    // As where the connection was lost after the first of them.
    let first: Vec<Record> = (2..=257).map(record).collect();
    let mut behind = eventually("it is back", || RedisStore::open(there.clone()).ok());
    behind.load().unwrap();
    behind.append(&first).unwrap();
    behind.append(&first).unwrap();
    assert_eq!(behind.load().unwrap().commands.len(), 257, "each is there once");
    drop((store, behind));
    let mut store = Journaled::new(open(&there), "it".to_owned(), dir.path()).unwrap();
    assert_eq!(store.load().unwrap().commands, (1..800).map(record).collect::<Vec<_>>());
    store.append(&[record(800)]).unwrap();
    assert_eq!(RedisStore::read_all(there).unwrap().commands.len(), 800);
}

#[test]
fn who_was_taken_over_takes_nothing_more_also_not_into_a_journal_or_from_an_empty_redis() {
    let (dir, mut server) = (tempfile::tempdir().unwrap(), RedisServer::start(&[]));
    let there = address(&server.url(), None);
    let mut first = Journaled::new(open(&there), "it".to_owned(), dir.path()).unwrap();
    first.load().unwrap();
    first.append(&[record(1)]).unwrap();
    server.kill();
    first.append(&[record(2)]).unwrap();
    server.start_again();
    let mut second = open(&there);
    second.load().unwrap();
    second.append(&[record(2)]).unwrap();
    eventually("it finds out", || matches!(first.look(), Err(StoreError::TakenOver(_))).then_some(()));
    assert!(matches!(first.append(&[record(3)]), Err(StoreError::TakenOver(_))));
    server.cli(&["flushall"]);
    assert!(matches!(first.look(), Err(StoreError::TakenOver(_))));
    assert!(matches!(second.look(), Err(StoreError::Behind(_))), "it is still the second's");
    second.snapshot(&record(2)).unwrap();
    second.append(&[record(3)]).unwrap();
}
