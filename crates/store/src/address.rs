//! Where a Redis is: one server, one behind Sentinels, or a cluster.

use redis::{ConnectionInfo, IntoConnectionInfo};
use std::fmt;

/// What all keys begin with, unless it is told otherwise.
const PREFIX: &str = "stream-manager";
/// Sentinels listen here.
const SENTINEL_PORT: u16 = 26_379;
/// Servers listen here.
const SERVER_PORT: u16 = 6_379;

/// Where a Redis is, and under which name it holds the show.
///
/// ```
/// # use store::RedisAddress;
/// let address = RedisAddress::parse("redis-sentinel://10.0.0.1,10.0.0.2:26380/0?master=show", Some("secret"), None);
/// assert_eq!(address.unwrap().to_string(), "redis-sentinel://10.0.0.1:26379,10.0.0.2:26380");
/// ```
#[derive(Clone)]
pub struct RedisAddress {
    pub(crate) kind: Kind,
    /// At least one.
    pub(crate) nodes: Vec<ConnectionInfo>,
    pub(crate) prefix: String,
    shown: String,
}

/// How many servers there are, and who knows which.
#[derive(Clone)]
pub(crate) enum Kind {
    One,
    /// The nodes are Sentinels, which know the master of that name.
    Sentinel {
        master: String,
    },
    Cluster,
}

impl RedisAddress {
    /// What its keys begin with.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Reads `SCHEME://[[USER]:PASSWORD@]HOST[:PORT][,HOST[:PORT]...][/DATABASE][?master=NAME]`, where the scheme is
    /// `redis`, `redis-sentinel` or `redis-cluster`, or with TLS `rediss`, `rediss-sentinel` or `rediss-cluster`.
    /// `password` counts where the URL has none; `prefix` is what the keys begin with.
    ///
    /// # Errors
    /// What is wrong with it, without what is secret.
    pub fn parse(url: &str, password: Option<&str>, prefix: Option<&str>) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("it has no scheme, such as redis://")?;
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
        let master = query.and_then(|query| query.strip_prefix("master=")).filter(|name| !name.is_empty());
        let (kind, port) = match scheme {
            "redis" | "rediss" => (Kind::One, SERVER_PORT),
            "redis-cluster" | "rediss-cluster" => (Kind::Cluster, SERVER_PORT),
            "redis-sentinel" | "rediss-sentinel" => {
                let master = master.ok_or("the name of the master is missing: end it in ?master=NAME")?.to_owned();
                (Kind::Sentinel { master }, SENTINEL_PORT)
            }
            _ => {
                return Err(
                    "its scheme is none of redis://, rediss://, and each of them with -sentinel or -cluster".to_owned()
                );
            }
        };
        if query.is_some() && !matches!((&kind, master), (Kind::Sentinel { .. }, Some(_))) {
            return Err("nothing but ?master=NAME may follow it, and that only for Sentinels".to_owned());
        }
        // A password may hold whatever is not encoded by those who do not know better, an @ as well.
        let (user, place) = rest.rsplit_once('@').map_or(("", rest), |(user, place)| (user, place));
        let (hosts, database) = place.split_once('/').unwrap_or((place, ""));
        let hosts: Vec<&str> = hosts.split(',').collect();
        if matches!(kind, Kind::One) && hosts.len() > 1 {
            return Err("more than one host is for Sentinels and clusters".to_owned());
        }
        if matches!(kind, Kind::Cluster) && !matches!(database, "" | "0") {
            return Err("a cluster has the database 0 alone".to_owned());
        }
        let tls = if scheme.starts_with("rediss") { "rediss" } else { "redis" };
        let at = if user.is_empty() { "" } else { "@" };
        let (mut nodes, mut shown) = (Vec::new(), Vec::new());
        for host in hosts {
            // An IPv6 address has colons of its own, in brackets.
            let has_port = host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
            let host = if has_port { host.to_owned() } else { format!("{host}:{port}") };
            let node = format!("{tls}://{user}{at}{host}/{database}").into_connection_info();
            // What is wrong is not shown: it may be a password whose @ was left out.
            let node = node.map_err(|_| "it is not of the form HOST[:PORT][/DATABASE], after user and password")?;
            let mut settings = node.redis_settings().clone();
            if let Some(password) = password.filter(|_| settings.password().is_none()) {
                settings = settings.set_password(password);
            }
            nodes.push(node.set_redis_settings(settings));
            shown.push(host);
        }
        let prefix = prefix.unwrap_or(PREFIX);
        if prefix.is_empty() || prefix.len() > 64 || prefix.contains(['{', '}']) {
            return Err("its keys begin with 1 to 64 characters without braces".to_owned());
        }
        Ok(Self { kind, nodes, prefix: prefix.to_owned(), shown: format!("{scheme}://{}", shown.join(",")) })
    }
}

/// Without user and password.
impl fmt::Display for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for RedisAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_where_and_never_tells_its_password() {
        for (url, shown) in [
            ("redis://localhost", "redis://localhost:6379"),
            ("rediss://user:s3cret@host:7000/3", "rediss://host:7000"),
            ("redis://:p@ss@s3cret@[::1]:7000", "redis://[::1]:7000"),
            ("redis-cluster://:s3cret@a,b:7001", "redis-cluster://a:6379,b:7001"),
            ("rediss-sentinel://:s3cret@[::1]/2?master=show", "rediss-sentinel://[::1]:26379"),
        ] {
            let address = RedisAddress::parse(url, None, None).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(format!("{address:?}"), shown);
        }
        let given = |url| {
            let address = RedisAddress::parse(url, Some("given"), None).unwrap();
            address.nodes[0].redis_settings().password().unwrap().to_owned()
        };
        assert_eq!((given("redis://h"), given("redis://:own@h")), ("given".into(), "own".into()));
    }

    #[test]
    fn what_is_wrong_is_told_without_the_password() {
        for (url, why) in [
            ("localhost", "no scheme"),
            ("http://h", "scheme is none of"),
            ("redis://a,b", "more than one host"),
            ("redis-sentinel://a", "?master=NAME"),
            ("redis-sentinel://a?master=", "?master=NAME"),
            ("redis://a?master=show", "only for Sentinels"),
            ("redis-cluster://a/1", "database 0"),
            ("redis://:s3cret@a:notaport", "HOST[:PORT]"),
            ("redis://:s3cret@a/x", "HOST[:PORT]"),
            ("redis://:s3cret", "HOST[:PORT]"),
            ("redis://user:s3cret", "HOST[:PORT]"),
        ] {
            let told = RedisAddress::parse(url, None, None).unwrap_err();
            assert!(told.contains(why) && !told.contains("s3cret"), "{url}: {told}");
        }
        assert!(RedisAddress::parse("redis://a", None, Some("{x}")).is_err());
    }
}
