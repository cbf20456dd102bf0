//! Reading `REDIS_URL`: one server, a cluster, or servers watched by sentinels.
//!
//! | form | what it names |
//! |---|---|
//! | `redis://[user:password@]host[:port][/db]` | one server |
//! | `rediss://...` | the same over TLS, checked against the machine's certificates |
//! | `redis-cluster://[user:password@]host:port,host:port` | a cluster, by some of its nodes |
//! | `redis-sentinel://[user:password@]host:port,host:port[/db][?master=NAME]` | the master NAME (`mymaster`), found through sentinels |
//! | `rediss-cluster://...`, `rediss-sentinel://...` | the same over TLS |
//!
//! User and password are the data nodes'; sentinels with a password of their own take `sentinel_password=` (and
//! `sentinel_username=`) in the query. Both are percent-encoded, as in any URL.

use deadpool_redis::redis::io::tcp::TcpSettings;
use deadpool_redis::redis::{ConnectionInfo, IntoConnectionInfo, RedisConnectionInfo};

use crate::config::RedisConfig;

/// `REDIS_URL` or `REDIS_DB` cannot be used. The message holds no password.
#[derive(Debug, thiserror::Error)]
#[error("REDIS_URL {url} cannot be used: {reason}")]
pub struct RedisUrlError {
    url: String,
    reason: String,
}

impl RedisUrlError {
    pub(super) fn new(config: &RedisConfig, reason: &impl std::fmt::Display) -> Self {
        Self {
            url: config.url.to_string(),
            reason: reason.to_string(),
        }
    }
}

/// What commands go to.
#[derive(Clone, Debug)]
pub(super) enum Target {
    /// One server.
    Single(ConnectionInfo),
    /// A cluster, by some of its nodes.
    Cluster(Vec<ConnectionInfo>),
    /// The master of a name, found through sentinels.
    Sentinel(Watched),
}

/// A master that sentinels watch.
#[derive(Clone, Debug)]
pub(super) struct Watched {
    pub(super) sentinels: Vec<ConnectionInfo>,
    pub(super) master: String,
    /// How to log in to the master once it is found.
    pub(super) login: RedisConnectionInfo,
    pub(super) tls: bool,
}

impl Target {
    /// Reads the settings.
    pub(super) fn read(config: &RedisConfig) -> Result<Self, RedisUrlError> {
        Self::parse(config.url.expose(), config.db).map_err(|reason| RedisUrlError::new(config, &reason))
    }

    /// Whether connections are encrypted.
    pub(super) fn tls(&self) -> bool {
        let encrypted = |node: &ConnectionInfo| {
            matches!(node.addr(), deadpool_redis::redis::ConnectionAddr::TcpTls { .. })
        };
        match self {
            Self::Single(node) => encrypted(node),
            Self::Cluster(nodes) => nodes.iter().any(encrypted),
            Self::Sentinel(watched) => watched.tls,
        }
    }

    fn parse(url: &str, db: u16) -> Result<Self, String> {
        let (scheme, rest) = url.split_once("://").ok_or("it has no scheme")?;
        let (base, form) = scheme.split_once('-').unwrap_or((scheme, ""));
        if !matches!((base, form), (_, "") | ("redis" | "rediss", _)) {
            return Err("its scheme is not one of redis, rediss".to_owned());
        }
        match form {
            "" => Ok(Self::Single(node(url, db)?)),
            "cluster" if db == 0 => Ok(Self::Cluster(Parts::of(rest).nodes(base, 0)?)),
            "cluster" => Err("a cluster has database 0 only, so REDIS_DB must be 0".to_owned()),
            "sentinel" => Ok(Self::Sentinel(watched(base, rest, db)?)),
            _ => Err("it is neither redis-cluster nor redis-sentinel".to_owned()),
        }
    }
}

/// A URL of several hosts, cut up.
struct Parts<'a> {
    /// With its `@`, or empty.
    login: &'a str,
    hosts: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Parts<'a> {
    fn of(rest: &'a str) -> Self {
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        // A password may hold an unescaped `@`: the last one ends it.
        let (login, rest) = rest.split_at(rest.rfind('@').map_or(0, |at| at + 1));
        let (hosts, path) = rest.split_once('/').unwrap_or((rest, ""));
        Self {
            login,
            hosts,
            path,
            query,
        }
    }

    fn nodes(&self, base: &str, db: u16) -> Result<Vec<ConnectionInfo>, String> {
        let url = |host: &str| format!("{base}://{}{host}", self.login);
        self.hosts.split(',').map(|host| node(&url(host), db)).collect()
    }

    fn option(&self, name: &str) -> Option<&'a str> {
        let mut pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
    }
}

fn watched(base: &str, rest: &str, db: u16) -> Result<Watched, String> {
    let parts = Parts::of(rest);
    let in_path = if parts.path.is_empty() {
        0
    } else {
        parts.path.parse().map_err(|_| "its database is not a number")?
    };
    let db = if db == 0 { in_path } else { db };
    // The login belongs to the data nodes: one of them is parsed with it, the sentinels without.
    let data_node = node(&format!("{base}://{}localhost", parts.login), db)?;
    let sentinel_login = match (
        parts.option("sentinel_username"),
        parts.option("sentinel_password"),
    ) {
        (user, Some(password)) => format!("{}:{password}@", user.unwrap_or_default()),
        _ => String::new(),
    };
    let sentinels = Parts {
        login: &sentinel_login,
        ..parts
    };
    Ok(Watched {
        sentinels: sentinels.nodes(base, 0)?,
        master: parts.option("master").unwrap_or("mymaster").to_owned(),
        login: data_node.redis_settings().clone(),
        tls: base == "rediss",
    })
}

/// One server. A database given apart wins over the one in the URL's path.
fn node(url: &str, db: u16) -> Result<ConnectionInfo, String> {
    let info = url.into_connection_info().map_err(|error| error.to_string())?;
    let mut settings = info.redis_settings().clone();
    if db != 0 {
        settings = settings.set_db(i64::from(db));
    }
    // Commands are small: held back until the last one is acknowledged, they would arrive late.
    let tcp = TcpSettings::default().set_nodelay(true);
    Ok(info.set_redis_settings(settings).set_tcp_settings(tcp))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(nodes: &[ConnectionInfo]) -> Vec<String> {
        nodes.iter().map(|node| node.addr().to_string()).collect()
    }

    #[test]
    fn one_server_takes_its_database_from_the_setting_or_else_from_the_path() {
        for (url, db, expected) in [
            ("redis://h:6380", 0, 0),
            ("redis://h/3", 0, 3),
            ("redis://h/3", 4, 4),
        ] {
            let Target::Single(node) = Target::parse(url, db).unwrap() else {
                panic!("{url} is one server");
            };
            assert_eq!(node.redis_settings().db(), expected, "{url} {db}");
            assert!(node.tcp_settings().nodelay());
        }
    }

    #[test]
    fn a_cluster_is_named_by_some_of_its_nodes_and_has_one_database() {
        let target = Target::parse("rediss-cluster://me:p%40ss@a:7000,b:7001", 0).unwrap();
        assert!(target.tls());
        let Target::Cluster(nodes) = target else {
            panic!("it is a cluster")
        };
        assert_eq!(addresses(&nodes), ["a:7000", "b:7001"]);
        assert_eq!(nodes[1].redis_settings().password(), Some("p@ss"));
        assert!(Target::parse("redis-cluster://a:7000", 1).is_err());
    }

    #[test]
    fn the_login_of_a_sentinel_url_is_the_data_nodes() {
        let url = "redis-sentinel://me:secret@s1:26379,s2:26379/2?master=main&sentinel_password=watch";
        let Target::Sentinel(watched) = Target::parse(url, 0).unwrap() else {
            panic!("it has sentinels");
        };
        assert_eq!(addresses(&watched.sentinels), ["s1:26379", "s2:26379"]);
        assert_eq!(watched.sentinels[0].redis_settings().password(), Some("watch"));
        assert_eq!(watched.sentinels[0].redis_settings().db(), 0);
        assert_eq!(watched.login.password(), Some("secret"));
        assert_eq!((watched.login.db(), watched.master.as_str()), (2, "main"));
        assert!(!watched.tls);
    }

    #[test]
    fn a_url_that_cannot_be_used_is_named_without_its_password() {
        for url in [
            "localhost:6379",
            "http://u:hunter2@h",
            "redis-ring://u:hunter2@h",
            "redis://u:hunter2@h/db",
        ] {
            let config = RedisConfig {
                url: url.to_owned().into(),
                ..RedisConfig::default()
            };
            let message = Target::read(&config).unwrap_err().to_string();
            assert!(message.starts_with("REDIS_URL "), "{message}");
            assert!(!message.contains("hunter2"), "{message}");
        }
    }
}
