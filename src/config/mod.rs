//! What an operator sets: data, read once from the environment and handed down. One struct a concern; a field's doc
//! comment names its variable, its unit and its default.
//!
//! Invariant: the environment is read in `environment.rs` and nowhere else, and a value that cannot be used stops the
//! start with its variable's name, the value, and what was expected.

mod cache;
mod environment;
mod from_files;
mod graphql_limits;
mod index;
mod network;
mod persisted;
mod rate_limit;
mod read;
mod redis;
mod secret;
mod secret_url;
mod topic;
mod traces;

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

pub use cache::{CacheConfig, CacheFaults, UnstampedKeys};
pub use environment::{ConfigError, Environment, Problem};
pub use graphql_limits::GraphqlLimits;
pub use index::{Exclusion, GithubConfig, IndexConfig};
pub use network::{Network, NetworkError};
pub use persisted::PersistedConfig;
pub use rate_limit::RateLimitConfig;
pub use redis::RedisConfig;
pub use secret::Secret;
pub use secret_url::SecretUrl;
pub use topic::{Topic, TopicError};
pub use traces::TraceConfig;

/// Everything.
#[derive(Clone, Debug, PartialEq)]
pub struct Config {
    /// Where and how it listens.
    pub http: HttpConfig,
    /// Where the data is.
    pub database: DatabaseConfig,
    /// What GraphQL allows.
    pub graphql: GraphqlConfig,
    /// What is kept of the documents that clients send.
    pub persisted: PersistedConfig,
    /// How the catalog follows the database.
    pub catalog: CatalogConfig,
    /// Where Redis is.
    pub redis: RedisConfig,
    /// What is cached.
    pub cache: CacheConfig,
    /// How much each client may ask.
    pub rate_limit: RateLimitConfig,
    /// What is indexed, and when.
    pub index: IndexConfig,
    /// Who may do what only an operator may.
    pub admin: AdminConfig,
    /// How it logs.
    pub log: LogConfig,
    /// Where traces go.
    pub traces: TraceConfig,
}

/// Where and how it listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpConfig {
    /// `HOST`: the address to listen on; 127.0.0.1.
    pub host: IpAddr,
    /// `PORT`: the port to listen on, 0 = any free one; 8000.
    pub port: u16,
    /// `SHUTDOWN_TIMEOUT`: seconds that requests in flight have to end once the server is told to stop; 30.
    pub shutdown_timeout: Duration,
    /// `CORS_ALLOWED_ORIGINS`: origins whose pages may read answers, separated by commas, `*` = all; none.
    pub cors_allowed_origins: Vec<String>,
    /// `GRAPHIQL_ENABLED`: whether `/graphiql` is served; true.
    pub graphiql_enabled: bool,
    /// `MAX_BODY_BYTES`: the largest request body taken, in bytes; 262144.
    pub max_body_bytes: usize,
    /// `MAX_JSON_DEPTH`: how deep the JSON of a request may nest, 1 to 127; 32.
    pub max_json_depth: u64,
    /// `MAX_REQUESTS_IN_FLIGHT`: operations that are worked at at once, at least 1; further ones are answered 503. Answers
    /// out of the memory of this process do not count. 512.
    pub max_in_flight: usize,
    /// `HTTP_HEAD_TIMEOUT`: seconds that a client has for the head of a request; 10.
    pub head_timeout: Duration,
    /// `HTTP_BODY_TIMEOUT`: seconds that a client has for the body of a request; 10.
    pub body_timeout: Duration,
    /// `HTTP_IDLE_TIMEOUT`: seconds that a connection is kept without a request; 75.
    pub idle_timeout: Duration,
    /// `HTTP_WRITE_TIMEOUT`: seconds that a client may take nothing of an answer; 30.
    pub write_timeout: Duration,
}

/// Where the data is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseConfig {
    /// `DATABASE_URL`: `sqlite:` or `postgres:`; `sqlite://data/autodex.db?mode=rwc`.
    pub url: SecretUrl,
    /// `AUTO_MIGRATE`: whether the schema is brought up to date at start; true.
    pub auto_migrate: bool,
}

/// What GraphQL allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphqlConfig {
    /// `INTROSPECTION_ENABLED`: whether clients may ask for the schema; true.
    pub introspection_enabled: bool,
    /// How much a document may be and may ask for.
    pub limits: GraphqlLimits,
    /// `REQUEST_TIMEOUT_MS`: milliseconds, at least 1, that an operation may take; 10000.
    pub timeout: Duration,
    /// Set by no variable: a root field whose resolver panics. For tests, to see what comes of it; none.
    pub panics_in: Option<&'static str>,
}

/// How the catalog follows the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogConfig {
    /// `CATALOG_POLL_INTERVAL_MS`: milliseconds between two looks at the data version; 1000.
    pub poll_interval: Duration,
}

/// Who may do what only an operator may.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdminConfig {
    /// `ADMIN_TOKEN`: what an operator sends as `Authorization: Bearer ...`, at least 16 characters; none, and then the
    /// operators' operations are off.
    pub token: Option<Secret>,
}

/// How it logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogConfig {
    /// `LOG_FORMAT`: `pretty` or `json`; pretty.
    pub format: LogFormat,
    /// `RUST_LOG`: which events, in the syntax of the `tracing` crate's filters; info.
    pub filter: String,
}

/// The form of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// One JSON object a line, for machines.
    Json,
}

impl HttpConfig {
    /// The address to listen on.
    pub const fn address(&self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::read(&Environment::of(variables.iter().copied()))
    }

    #[test]
    fn with_nothing_set_everything_has_its_default() {
        let config = read(&[]).unwrap();
        assert_eq!(config.http.address().to_string(), "127.0.0.1:8000");
        assert_eq!(config.database.url.expose(), "sqlite://data/autodex.db?mode=rwc");
        assert!(config.database.auto_migrate && config.graphql.introspection_enabled);
        assert!(config.http.graphiql_enabled && config.http.cors_allowed_origins.is_empty());
        assert_eq!(config.log.format, LogFormat::Pretty);
    }

    #[test]
    fn every_bad_value_is_named_with_what_was_expected() {
        let error = read(&[
            ("PORT", "eight thousand"),
            ("AUTO_MIGRATE", "yes"),
            ("LOG_FORMAT", "xml"),
            ("CATALOG_POLL_INTERVAL_MS", "0"),
        ])
        .unwrap_err()
        .to_string();
        for part in [
            "PORT is \"eight thousand\"",
            "a port, 0 to 65535",
            "AUTO_MIGRATE is \"yes\"",
            "true or false",
            "LOG_FORMAT is \"xml\"",
            "pretty or json",
            "CATALOG_POLL_INTERVAL_MS is \"0\"",
        ] {
            assert!(error.contains(part), "{part:?} is missing in:\n{error}");
        }
    }

    #[test]
    fn a_variable_set_to_nothing_is_as_one_not_set() {
        assert_eq!(
            read(&[("PORT", ""), ("LOG_FORMAT", " ")]).unwrap(),
            read(&[]).unwrap()
        );
    }

    #[test]
    fn the_sample_lists_every_variable_and_no_other() {
        let environment = Environment::of([]);
        Config::read(&environment).unwrap();
        let asked: BTreeSet<String> = environment.asked().into_iter().map(String::from).collect();
        let listed: BTreeSet<String> = include_str!("../../.env.sample")
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split_once('='))
            .map(|(name, _)| name.to_owned())
            .collect();
        assert_eq!(listed, asked);
    }
}
