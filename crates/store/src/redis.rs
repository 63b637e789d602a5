//! The shared store, in Redis.
//!
//! The commands are a sorted set by number, and the snapshot a hash. All that is written is written by scripts, which
//! Redis carries out whole or not at all, and only while the keys are this store's: whoever opens the store, or connects
//! anew, names itself their owner.
//!
//! Invariant: what [`Store::append`] has returned for is there, in order, once. Proof: a batch comes with the number
//! after which it belongs. Where the last command is an older one, Redis has lost what it had said was safe, and the
//! script refuses ([`StoreError::Behind`]), so that the owner of the state writes all of it anew. Where it is a newer
//! one, an append before this has failed without an answer: what it left is taken away, so that the same batch may come
//! again and is there once. A script that was under way when its connection was lost, and arrives late, finds another
//! owner.

use crate::address::Kind;
use crate::{Held, Page, Record, RedisAddress, SqliteStore, Store, StoreError, Stored, Written};
use redis::{
    Client, Cmd, ConnectionInfo, ConnectionLike, ErrorKind, FromRedisValue, RedisError, Script, ScriptInvocation, cmd,
};
use std::path::Path;
use std::sync::LazyLock;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant, SystemTime};

/// The form in which all is kept.
const VERSION: i64 = 1;
/// Commands before the snapshot that are kept to look back at.
const HISTORY: u64 = 10_000;
/// The most bytes of a page of the past.
const PAGE_BYTES: usize = 4 << 20;
/// Commands that are read at once.
const CHUNK: isize = 500;
/// Until a connection is there, for each server that is tried.
const CONNECT: Duration = Duration::from_secs(1);
/// How long may it take in all to find it and to be let in.
const SEARCH: Duration = Duration::from_secs(4);
/// Until an answer is there.
const ANSWER: Duration = Duration::from_secs(2);
/// A server that was away is not tried again sooner.
const PAUSE: Duration = Duration::from_millis(200);

/// Keys: commands, snapshot, meta. Who does not own them is told; who finds no owner, since all was lost, is it.
const OWNED: &str = "
local owner = redis.call('HGET', KEYS[3], 'owner')
if owner and owner ~= ARGV[1] then return redis.error_reply('TAKENOVER by another') end
redis.call('HSET', KEYS[3], 'owner', ARGV[1], 'version', '1')
";
/// After the owner: the number after which the batch belongs, then number and body of each command.
static APPEND: LazyLock<Script> = LazyLock::new(|| {
    let script = "
local last = tonumber(redis.call('HGET', KEYS[2], 'sequence') or '0')
local top = redis.call('ZREVRANGE', KEYS[1], 0, 0, 'WITHSCORES')
if top[2] then last = math.max(last, tonumber(top[2])) end
if last < tonumber(ARGV[2]) then return redis.error_reply('BEHIND what was acknowledged') end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '(' .. ARGV[2], '+inf')
for i = 3, #ARGV, 2 do redis.call('ZADD', KEYS[1], ARGV[i], ARGV[i + 1]) end
return 0";
    Script::new(&format!("{OWNED}{script}"))
});
/// After the owner: the number, the body, the newest command to be forgotten, and when time began.
static SNAPSHOT: LazyLock<Script> = LazyLock::new(|| {
    let script = "
redis.call('HSET', KEYS[2], 'sequence', ARGV[2], 'body', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[4])
redis.call('HSETNX', KEYS[3], 'epoch', ARGV[5])
return 0";
    Script::new(&format!("{OWNED}{script}"))
});
/// Who it will be, who it is (the part before the colon), and whether to take it from somebody else.
static CLAIM: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        "
local owner = redis.call('HGET', KEYS[3], 'owner')
if ARGV[3] == '0' and owner then
    local name, count = string.match(owner, '^([^:]*):(.*)$')
    -- One of our own that arrives late is none any more.
    if name ~= ARGV[2] or tonumber(count) > tonumber(string.match(ARGV[1], ':(.*)$')) then
        return redis.error_reply('TAKENOVER by another')
    end
end
local version = redis.call('HGET', KEYS[3], 'version')
if version and tonumber(version) > 1 then return tonumber(version) end
redis.call('HSET', KEYS[3], 'owner', ARGV[1], 'version', '1')
return 1",
    )
});

type Connection = Box<dyn ConnectionLike + Send>;

/// Whether a store is ours.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hold {
    /// Not yet: it may be read.
    None,
    Ours,
    /// Somebody else has it since: for good, whatever becomes of the Redis.
    Lost,
}

/// A store in a Redis.
pub struct RedisStore {
    address: RedisAddress,
    keys: [String; 3],
    /// None while it is away.
    connection: Option<Connection>,
    /// When it was tried in vain, and what came of it.
    away: Option<(Instant, String)>,
    /// This store among all that were ever opened.
    name: String,
    /// Connections so far.
    connections: u64,
    /// The number of the last command that is surely there.
    last: u64,
    /// Whether it is ours.
    hold: Hold,
    epoch_unix_ms: Option<i64>,
    /// Commands before the snapshot that are kept.
    kept: u64,
}

impl RedisStore {
    /// Keeps so many commands before the snapshot, to look back at; 10,000 where nobody says.
    #[must_use]
    pub fn keeping(self, commands: u64) -> Self {
        Self { kept: commands, ..self }
    }

    /// Opens the store. [`Store::load`] takes it over from whoever has it: that one is refused from then on
    /// ([`StoreError::TakenOver`]).
    ///
    /// # Errors
    /// The server cannot be reached, or does not let us in.
    pub fn open(address: RedisAddress) -> Result<Self, StoreError> {
        let mut store = Self::new(address);
        store.connection = Some(store.connect()?);
        store.check_version()?;
        store.look_for_promises();
        Ok(store)
    }

    fn new(address: RedisAddress) -> Self {
        // Braces: all keys are on one node of a cluster.
        let key = |name| format!("{{{}}}:{name}", address.prefix);
        let keys = [key("commands"), key("snapshot"), key("meta")];
        let name = format!("{:016x}{:016x}", fastrand::u64(..), fastrand::u64(..));
        let (connection, away, hold) = (None, None, Hold::None);
        Self {
            address,
            keys,
            connection,
            away,
            name,
            connections: 0,
            last: 0,
            hold,
            epoch_unix_ms: None,
            kept: HISTORY,
        }
    }

    /// All that a store holds, without taking it over.
    ///
    /// # Errors
    /// It cannot be reached or read.
    pub fn read_all(address: RedisAddress) -> Result<Held, StoreError> {
        let mut store = Self::new(address);
        store.connection = Some(store.connect()?);
        store.check_version()?;
        store.held()
    }

    /// Puts all that another store held where there is no show yet.
    ///
    /// # Errors
    /// There is one, or the store cannot be reached.
    pub fn restore(address: RedisAddress, held: &Held) -> Result<(), StoreError> {
        // Before it is taken over: a service may be at work with it.
        let there = Self::read_all(address.clone())?;
        if there.snapshot.is_some() || !there.commands.is_empty() {
            return Err(StoreError::Occupied(address.to_string()));
        }
        let mut store = Self::open(address)?;
        store.load()?;
        let Held { snapshot, commands, epoch_unix_ms } = held;
        if let Some(epoch) = epoch_unix_ms {
            store.epoch_unix_ms(*epoch)?;
        }
        if let Some(snapshot) = snapshot {
            store.snapshot(snapshot)?;
        }
        // Those before the snapshot as well: they are the past that one can look at.
        store.last = commands.first().map_or(0, |first| first.record.sequence.saturating_sub(1));
        commands.chunks(CHUNK as usize).try_for_each(|commands| store.add(commands))
    }

    /// What it holds, to the last.
    fn held(&mut self) -> Result<Held, StoreError> {
        let commands = self.commands_after("-inf".to_owned())?;
        let epoch: Option<i64> = self.ask(cmd("HGET").arg(&self.keys[2]).arg("epoch"))?;
        Ok(Held { snapshot: self.stored_snapshot()?, commands, epoch_unix_ms: epoch })
    }

    fn stored_snapshot(&mut self) -> Result<Option<Record>, StoreError> {
        let get = cmd("HMGET").arg(&self.keys[1]).arg("sequence").arg("body").to_owned();
        let (sequence, body): (Option<u64>, Option<Vec<u8>>) = self.ask(&get)?;
        Ok(sequence.zip(body).map(|(sequence, body)| Record { sequence, body }))
    }

    /// In order. `from` as a sorted set's range wants it.
    fn commands_after(&mut self, from: String) -> Result<Vec<Written>, StoreError> {
        let mut all: Vec<Written> = Vec::new();
        loop {
            let from = all.last().map_or(from.clone(), |last| format!("({}", last.record.sequence));
            let mut range = cmd("ZRANGEBYSCORE");
            range.arg(&self.keys[0]).arg(from).arg("+inf").arg("WITHSCORES").arg("LIMIT").arg(0).arg(CHUNK);
            let some = self.ask_for_commands(&range)?;
            if some.is_empty() {
                return Ok(all);
            }
            all.extend(some);
        }
    }

    fn ask_for_commands(&mut self, range: &Cmd) -> Result<Vec<Written>, StoreError> {
        let members: Vec<(Vec<u8>, f64)> = self.ask(range)?;
        members.iter().map(|(member, score)| read(member, *score as u64)).collect()
    }

    fn add(&mut self, commands: &[Written]) -> Result<(), StoreError> {
        let Some(last) = commands.last() else { return Ok(()) };
        let members: Vec<_> = commands.iter().map(|command| (command.record.sequence, member(command))).collect();
        // What is given once more takes its own place.
        let after = commands.first().map_or(self.last, |first| self.last.min(first.record.sequence.saturating_sub(1)));
        self.write(&APPEND, |append| {
            append.arg(after);
            for (sequence, member) in &members {
                append.arg(*sequence).arg(member);
            }
        })?;
        self.last = last.record.sequence;
        Ok(())
    }

    /// Carries a script out. Where the connection fails, once more on a new one.
    fn write(&mut self, script: &Script, arguments: impl Fn(&mut ScriptInvocation<'_>)) -> Result<(), StoreError> {
        self.twice(|store, connection| {
            let mut script = store.under(script);
            script.arg(store.owner());
            arguments(&mut script);
            script.invoke::<i64>(connection).map(drop)
        })
    }

    /// A script with our keys.
    fn under<'a>(&self, script: &'a Script) -> ScriptInvocation<'a> {
        let mut script = script.prepare_invoke();
        for key in &self.keys {
            script.key(key);
        }
        script
    }

    fn ask<T: FromRedisValue>(&mut self, cmd: &Cmd) -> Result<T, StoreError> {
        self.twice(|_, connection| cmd.query(connection))
    }

    fn twice<T>(
        &mut self,
        mut attempt: impl FnMut(&Self, &mut dyn ConnectionLike) -> Result<T, RedisError>,
    ) -> Result<T, StoreError> {
        let mut again = self.connection.is_some();
        loop {
            let mut connection = self.connected()?;
            match attempt(self, &mut *connection) {
                Ok(done) => {
                    self.connection = Some(connection);
                    return Ok(done);
                }
                Err(e) if is_of_the_connection(&e) => {
                    tracing::warn!(store = %self.address, "the connection is lost: {e}");
                    self.away = (!again).then(|| (Instant::now(), e.to_string()));
                    if !again {
                        return Err(StoreError::Away { store: self.address.to_string(), reason: e.to_string() });
                    }
                    again = false;
                }
                Err(e) => {
                    self.connection = Some(connection);
                    return Err(self.understand(&e));
                }
            }
        }
    }

    fn understand(&mut self, e: &RedisError) -> StoreError {
        let error = self.explain(e);
        if matches!(error, StoreError::TakenOver(_)) {
            (self.hold, self.connection) = (Hold::Lost, None);
        }
        error
    }

    /// The connection, which is put back after use, unless it is of no more use.
    fn connected(&mut self) -> Result<Connection, StoreError> {
        if self.hold == Hold::Lost {
            return Err(StoreError::TakenOver(self.address.to_string()));
        }
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        if let Some((_, reason)) = self.away.as_ref().filter(|(at, _)| at.elapsed() < PAUSE) {
            return Err(StoreError::Away { store: self.address.to_string(), reason: reason.clone() });
        }
        let claimed = self.connect().and_then(|connection| match self.hold {
            Hold::None => {
                self.connection = Some(connection);
                Ok(())
            }
            _ => self.claim(connection, false),
        });
        self.away = match &claimed {
            Err(StoreError::Away { reason, .. }) => Some((Instant::now(), reason.clone())),
            _ => None,
        };
        claimed?;
        // It has just been put there.
        self.connection.take().ok_or_else(|| StoreError::Away {
            store: self.address.to_string(),
            reason: "the connection is gone".to_owned(),
        })
    }

    /// Names this store the owner of the keys, on a new connection.
    fn claim(&mut self, mut connection: Connection, from_others: bool) -> Result<(), StoreError> {
        self.connections += 1;
        let mut claim = self.under(&CLAIM);
        claim.arg(self.owner()).arg(&self.name).arg(i32::from(from_others));
        let found: i64 = claim.invoke(&mut *connection).map_err(|e| self.understand(&e))?;
        if found > VERSION {
            return Err(StoreError::TooNew { found, known: VERSION });
        }
        (self.connection, self.hold) = (Some(connection), Hold::Ours);
        Ok(())
    }

    fn owner(&self) -> String {
        format!("{}:{}", self.name, self.connections)
    }

    fn explain(&self, e: &RedisError) -> StoreError {
        match e.code() {
            Some("TAKENOVER") => StoreError::TakenOver(self.address.to_string()),
            Some("BEHIND") => StoreError::Behind(self.address.to_string()),
            _ if is_of_the_connection(e) => StoreError::Away { store: self.address.to_string(), reason: e.to_string() },
            _ => StoreError::Redis { store: self.address.to_string(), source: e.clone() },
        }
    }

    /// In a thread of its own: a name service that does not answer knows no time limit.
    fn connect(&self) -> Result<Connection, StoreError> {
        let (address, (made, connected)) = (self.address.clone(), channel());
        // Nobody waits for one that comes too late.
        let search = move || drop(made.send(connect(&address)));
        let away = |reason: String| StoreError::Away { store: self.address.to_string(), reason };
        std::thread::Builder::new().name("redis-connect".to_owned()).spawn(search).map_err(|e| away(e.to_string()))?;
        match connected.recv_timeout(SEARCH) {
            Ok(connection) => connection.map_err(|e| self.explain(&e)),
            Err(_) => {
                Err(away(format!("it is not found within {} s: does the name service answer?", SEARCH.as_secs())))
            }
        }
    }

    fn check_version(&mut self) -> Result<(), StoreError> {
        let found: Option<i64> = self.ask(cmd("HGET").arg(&self.keys[2]).arg("version"))?;
        match found {
            Some(found) if found > VERSION => Err(StoreError::TooNew { found, known: VERSION }),
            _ => Ok(()),
        }
    }

    /// Says where Redis is not set so that it keeps what it has acknowledged.
    fn look_for_promises(&mut self) {
        let get = |name| cmd("CONFIG").arg("GET").arg(name).to_owned();
        for (name, wanted) in [("appendonly", "yes"), ("appendfsync", "always")] {
            match self.ask::<Vec<String>>(&get(name)).as_deref() {
                Ok([_, found]) if found == wanted => {}
                Ok([_, found]) => {
                    tracing::warn!("Redis has {name} {found}: what was acknowledged is safe only with {name} {wanted}")
                }
                _ => tracing::warn!("Redis does not tell its {name}: what was acknowledged is safe only with {wanted}"),
            }
        }
    }
}

impl Store for RedisStore {
    fn load(&mut self) -> Result<Stored, StoreError> {
        if self.hold == Hold::None {
            let connection = self.connected()?;
            self.claim(connection, true)?;
        }
        let snapshot = self.stored_snapshot()?;
        let after = snapshot.as_ref().map_or(0, |snapshot| snapshot.sequence);
        let commands: Vec<Record> =
            self.commands_after(format!("({after}"))?.into_iter().map(|written| written.record).collect();
        self.last = commands.last().map_or(after, |last| last.sequence);
        Ok(Stored { snapshot, commands })
    }

    fn append(&mut self, batch: &[Record]) -> Result<(), StoreError> {
        let unix_ms = now_unix_ms();
        let commands: Vec<_> = batch.iter().map(|record| Written { record: record.clone(), unix_ms }).collect();
        self.add(&commands)
    }

    fn snapshot(&mut self, snapshot: &Record) -> Result<(), StoreError> {
        let epoch = self.epoch_unix_ms.unwrap_or_else(now_unix_ms);
        let forgotten = snapshot.sequence.saturating_sub(self.kept);
        self.write(&SNAPSHOT, |script| {
            script.arg(snapshot.sequence).arg(&snapshot.body).arg(forgotten).arg(epoch);
        })?;
        self.last = self.last.max(snapshot.sequence);
        Ok(())
    }

    fn history(&mut self, before: Option<u64>, limit: usize) -> Result<Page, StoreError> {
        let mut page = Page::default();
        let mut bytes = 0;
        let mut from = before.map_or("+inf".to_owned(), |before| format!("({before}"));
        loop {
            let mut range = cmd("ZREVRANGEBYSCORE");
            // A few at a time: each may bring megabytes.
            range.arg(&self.keys[0]).arg(from).arg("-inf").arg("WITHSCORES").arg("LIMIT").arg(0).arg(20);
            let some = self.ask_for_commands(&range)?;
            let Some(last) = some.last() else { return Ok(page) };
            from = format!("({}", last.record.sequence);
            for written in some {
                bytes += written.record.body.len();
                if page.commands.len() == limit || (bytes > PAGE_BYTES && !page.commands.is_empty()) {
                    return Ok(Page { more: true, ..page });
                }
                page.commands.push(written);
            }
        }
    }

    fn back_up(&mut self, file: &Path) -> Result<(), StoreError> {
        SqliteStore::write_backup(file, &self.held()?)
    }

    fn epoch_unix_ms(&mut self, now: i64) -> Result<i64, StoreError> {
        self.ask::<i64>(cmd("HSETNX").arg(&self.keys[2]).arg("epoch").arg(now))?;
        let epoch = self.ask(cmd("HGET").arg(&self.keys[2]).arg("epoch"))?;
        self.epoch_unix_ms = Some(epoch);
        Ok(epoch)
    }

    fn look_every(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }

    fn look(&mut self) -> Result<(), StoreError> {
        // It would take a batch where it takes one of nothing.
        let after = self.last;
        self.write(&APPEND, |append| {
            append.arg(after);
        })
    }
}

/// A connection to whoever holds the keys.
fn connect(address: &RedisAddress) -> Result<Connection, RedisError> {
    // One provider for the whole process; a second call changes nothing.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match &address.kind {
        Kind::One => Ok(Box::new(direct(address.nodes[0].clone())?)),
        Kind::Sentinel { master } => Ok(Box::new(direct(find_master(&address.nodes, master)?)?)),
        Kind::Cluster => {
            let client = redis::cluster::ClusterClientBuilder::new(address.nodes.clone())
                .connection_timeout(CONNECT)
                .response_timeout(ANSWER)
                .retries(0)
                .build()?;
            Ok(Box::new(client.get_connection()?))
        }
    }
}

fn direct(server: ConnectionInfo) -> Result<redis::Connection, RedisError> {
    let connection = Client::open(server)?.get_connection_with_timeout(CONNECT)?;
    connection.set_read_timeout(Some(ANSWER))?;
    connection.set_write_timeout(Some(ANSWER))?;
    Ok(connection)
}

/// Asks the Sentinels, one after the other.
fn find_master(sentinels: &[ConnectionInfo], master: &str) -> Result<ConnectionInfo, RedisError> {
    let mut last = RedisError::from((ErrorKind::Io, "no Sentinel is there"));
    for sentinel in sentinels {
        let settings = sentinel.redis_settings();
        let open = settings.clone().set_db(0);
        // Most Sentinels have no password where their servers have one; to give one is an error then.
        let plain = redis::RedisConnectionInfo::default().set_protocol(settings.protocol());
        for settings in [plain, open] {
            let ask = direct(sentinel.clone().set_redis_settings(settings)).and_then(|mut connection| {
                cmd("SENTINEL").arg("get-master-addr-by-name").arg(master).query(&mut connection)
            });
            match ask {
                Ok(Some((host, port))) => return Ok(at(sentinel, host, port)),
                Ok::<Option<(String, u16)>, _>(None) => {
                    last = RedisError::from((ErrorKind::Io, "the Sentinels know no master of that name"));
                    break;
                }
                // Nobody is there: a password would not help.
                Err(e) if is_of_the_connection(&e) => {
                    last = e;
                    break;
                }
                Err(e) => last = e,
            }
        }
    }
    Err(last)
}

/// The same user, password, database and encryption at another place.
fn at(like: &ConnectionInfo, host: String, port: u16) -> ConnectionInfo {
    use redis::ConnectionAddr;
    let addr = match like.addr() {
        ConnectionAddr::TcpTls { insecure, tls_params, .. } => {
            ConnectionAddr::TcpTls { host, port, insecure: *insecure, tls_params: tls_params.clone() }
        }
        _ => ConnectionAddr::Tcp(host, port),
    };
    like.clone().set_addr(addr)
}

/// Whether another connection, or some patience, may help.
fn is_of_the_connection(e: &RedisError) -> bool {
    e.is_io_error()
        || e.is_connection_dropped()
        || e.is_timeout()
        || e.is_cluster_error()
        || matches!(e.kind(), ErrorKind::ClusterConnectionNotFound | ErrorKind::Parse)
        || matches!(
            e.code(),
            Some(
                "LOADING"
                    | "READONLY"
                    | "MASTERDOWN"
                    | "CLUSTERDOWN"
                    | "TRYAGAIN"
                    | "MISCONF"
                    | "NOREPLICAS"
                    | "BUSY"
                    | "OOM"
            )
        )
}

fn now_unix_ms() -> i64 {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_millis() as i64)
}

/// A command as a member of the set: members are told apart by number.
fn member(Written { record: Record { sequence, body }, unix_ms }: &Written) -> Vec<u8> {
    let mut member = format!("{sequence}:{unix_ms}:").into_bytes();
    member.extend_from_slice(body);
    member
}

fn read(member: &[u8], sequence: u64) -> Result<Written, StoreError> {
    let mut parts = member.splitn(3, |byte| *byte == b':');
    let written = parts.nth(1).and_then(|ms| std::str::from_utf8(ms).ok()).and_then(|ms| ms.parse().ok());
    let (Some(unix_ms), Some(body)) = (written, parts.next()) else {
        return Err(StoreError::Foreign(format!("command {sequence}")));
    };
    Ok(Written { record: Record { sequence, body: body.to_vec() }, unix_ms })
}
