//! Where Redis is and how long anything waits for it.

use std::time::Duration;

use super::SecretUrl;

/// Where Redis is and how long anything waits for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedisConfig {
    /// `REDIS_ENABLED`: whether Redis is used at all; false.
    pub enabled: bool,
    /// `REDIS_URL`: `redis://` or `rediss://` (TLS); `redis-cluster://` or `redis-sentinel://` (with `rediss-` for TLS)
    /// and several hosts separated by commas, the latter with `?master=NAME`; `redis://localhost:6379`.
    pub url: SecretUrl,
    /// `REDIS_DB`: the database's number; 0, or the one in the URL's path.
    pub db: u16,
    /// `REDIS_MAX_CONNECTIONS`: the most connections held for commands, at least 1; 50. Each carries many commands at
    /// once, so far fewer are opened; one more is held for each subscription.
    pub max_connections: usize,
    /// `REDIS_SOCKET_TIMEOUT`: seconds, at least 1: the upper bound for connecting, in the background; 5.
    pub socket_timeout: Duration,
    /// `REDIS_DEADLINE_MS`: milliseconds, at least 1, that a request waits for Redis: for a connection and the answer
    /// together; 50.
    pub deadline: Duration,
    /// `REDIS_KEY_PREFIX`: what every key and channel begins with, for a Redis that others use too; nothing, so that
    /// keys read `facets:...`.
    pub key_prefix: String,
}

impl Default for RedisConfig {
    fn default() -> Self {
        Self {
            enabled: false,
            url: SecretUrl::from("redis://localhost:6379".to_owned()),
            db: 0,
            max_connections: 50,
            socket_timeout: Duration::from_secs(5),
            deadline: Duration::from_millis(50),
            key_prefix: String::new(),
        }
    }
}
