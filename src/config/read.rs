//! From the environment to the settings: every variable with its default and what it may hold, on one page.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use super::graphql_limits::DEEPEST;
use super::{
    AdminConfig, CacheConfig, CacheFaults, CatalogConfig, Config, ConfigError, DatabaseConfig, Environment,
    GithubConfig, GraphqlConfig, GraphqlLimits, HttpConfig, IndexConfig, LogConfig, LogFormat,
    PersistedConfig, RateLimitConfig, RedisConfig, Secret, TraceConfig,
};

/// The shortest token an operator may have, in characters.
const MIN_TOKEN_CHARS: usize = 16;

/// Where the data is where nothing says otherwise.
const DEFAULT_DATABASE: &str = "sqlite://data/autodex.db?mode=rwc";

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// All the variables that hold what cannot be used.
    pub fn from_process() -> Result<Self, ConfigError> {
        Self::read(&Environment::of_process())
    }

    /// Reads an environment.
    ///
    /// # Errors
    /// All the variables that hold what cannot be used.
    pub fn read(env: &Environment) -> Result<Self, ConfigError> {
        let config = Self {
            http: http(env),
            database: DatabaseConfig {
                url: env.url(
                    "DATABASE_URL",
                    &["sqlite:", "postgres:", "postgresql:"],
                    DEFAULT_DATABASE,
                ),
                auto_migrate: env.boolean("AUTO_MIGRATE", true),
            },
            graphql: GraphqlConfig {
                introspection_enabled: env.boolean("INTROSPECTION_ENABLED", true),
                limits: graphql_limits(env),
                timeout: env.milliseconds("REQUEST_TIMEOUT_MS", 10_000),
                panics_in: None,
            },
            persisted: persisted(env),
            catalog: CatalogConfig {
                poll_interval: env.milliseconds("CATALOG_POLL_INTERVAL_MS", 1_000),
            },
            redis: redis(env),
            cache: cache(env),
            rate_limit: rate_limit(env),
            index: index(env),
            admin: AdminConfig { token: token(env) },
            log: log(env),
            traces: traces(env),
        };
        env.finish()?;
        Ok(config)
    }
}

fn http(env: &Environment) -> HttpConfig {
    HttpConfig {
        host: env.parsed("HOST", "an IP address", IpAddr::V4(Ipv4Addr::LOCALHOST)),
        port: env.parsed("PORT", "a port, 0 to 65535", 8000),
        shutdown_timeout: env.seconds("SHUTDOWN_TIMEOUT", 30),
        cors_allowed_origins: env.list_of(
            "CORS_ALLOWED_ORIGINS",
            "origins such as https://home.example, or *",
            is_origin,
        ),
        graphiql_enabled: env.boolean("GRAPHIQL_ENABLED", true),
        head_timeout: at_least_a_second(env, "HTTP_HEAD_TIMEOUT", 10),
        body_timeout: at_least_a_second(env, "HTTP_BODY_TIMEOUT", 10),
        idle_timeout: at_least_a_second(env, "HTTP_IDLE_TIMEOUT", 75),
        write_timeout: at_least_a_second(env, "HTTP_WRITE_TIMEOUT", 30),
        max_body_bytes: env.parsed("MAX_BODY_BYTES", "a number of bytes", 256 * 1024),
        max_json_depth: env.within("MAX_JSON_DEPTH", 1..=127, 32),
        max_in_flight: env.at_least("MAX_REQUESTS_IN_FLIGHT", &1, 512),
    }
}

fn graphql_limits(env: &Environment) -> GraphqlLimits {
    let default = GraphqlLimits::default();
    let limit = |variable, default| env.at_least(variable, &1, default);
    let kilobytes = env.parsed(
        "GRAPHQL_DOCUMENT_CACHE_KB",
        "a number of kibibytes",
        default.document_cache_bytes >> 10,
    );
    GraphqlLimits {
        bytes: limit("GRAPHQL_MAX_BYTES", default.bytes),
        tokens: limit("GRAPHQL_MAX_TOKENS", default.tokens),
        depth: env.within("GRAPHQL_MAX_DEPTH", 1..=DEEPEST, default.depth),
        fields: limit("GRAPHQL_MAX_FIELDS", default.fields),
        aliases: limit("GRAPHQL_MAX_ALIASES", default.aliases),
        root_fields: limit("GRAPHQL_MAX_ROOT_FIELDS", default.root_fields),
        directives: limit("GRAPHQL_MAX_DIRECTIVES", default.directives),
        fragments: limit("GRAPHQL_MAX_FRAGMENTS", default.fragments),
        complexity: limit("GRAPHQL_MAX_COMPLEXITY", default.complexity),
        document_cache_bytes: kilobytes.saturating_mul(1 << 10),
    }
}

fn at_least_a_second(env: &Environment, variable: &'static str, default: u64) -> Duration {
    Duration::from_secs(env.at_least(variable, &1, default))
}

/// Whether browsers send it as `Origin` (RFC 6454, section 7): a scheme, a host, perhaps a port, and nothing more.
fn is_origin(text: &str) -> bool {
    let host_is_plain = |host: &str| {
        !host.is_empty()
            && host
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | ':' | '[' | ']'))
    };
    text == "*"
        || text.split_once("://").is_some_and(|(scheme, host)| {
            !scheme.is_empty()
                && scheme
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
                && host_is_plain(host)
        })
}

fn persisted(env: &Environment) -> PersistedConfig {
    let megabytes: u64 = env.parsed("PERSISTED_QUERIES_MAX_MB", "a number of mebibytes", 8);
    let trusted = env.text("TRUSTED_DOCUMENTS", "");
    PersistedConfig {
        enabled: env.boolean("PERSISTED_QUERIES_ENABLED", true),
        max_bytes: megabytes.saturating_mul(1 << 20),
        ttl: Duration::from_secs(env.at_least("PERSISTED_QUERIES_TTL", &1, 86_400)),
        trusted_documents: (!trusted.is_empty()).then(|| trusted.into()),
    }
}

fn redis(env: &Environment) -> RedisConfig {
    RedisConfig {
        enabled: env.boolean("REDIS_ENABLED", false),
        url: env.url("REDIS_URL", &["redis", "rediss"], "redis://localhost:6379"),
        db: env.parsed("REDIS_DB", "the number of a database", 0),
        max_connections: env.at_least("REDIS_MAX_CONNECTIONS", &1, 50),
        socket_timeout: env.seconds("REDIS_SOCKET_TIMEOUT", 5),
        deadline: env.milliseconds("REDIS_DEADLINE_MS", 50),
        key_prefix: env.text("REDIS_KEY_PREFIX", ""),
    }
}

fn cache(env: &Environment) -> CacheConfig {
    let megabytes: u64 = env.parsed("CACHE_MEMORY_MAX_MB", "a number of mebibytes", 64);
    let entry_kilobytes: usize = env.parsed("CACHE_MAX_ENTRY_KB", "a number of kibibytes", 1_024);
    CacheConfig {
        ttl_search: env.seconds("CACHE_TTL_SEARCH", 300),
        ttl_facets: env.seconds("CACHE_TTL_FACETS", 600),
        ttl_stats: env.seconds("CACHE_TTL_STATS", 300),
        search_enabled: env.boolean("CACHE_SEARCH_ENABLED", true),
        facets_enabled: env.boolean("CACHE_FACETS_ENABLED", true),
        stats_enabled: env.boolean("CACHE_STATS_ENABLED", true),
        memory_max_bytes: megabytes.saturating_mul(1 << 20),
        max_entry_bytes: entry_kilobytes.saturating_mul(1 << 10),
        join_timeout: env.milliseconds("CACHE_JOIN_TIMEOUT_MS", 1_000),
        verify: env.share("CACHE_VERIFY"),
        warm_operations: env.parsed("CACHE_WARM_OPERATIONS", "a number of operations", 50),
        faults: CacheFaults::default(),
    }
}

fn rate_limit(env: &Environment) -> RateLimitConfig {
    let networks = "addresses or networks such as 10.0.0.0/8";
    RateLimitConfig {
        enabled: env.boolean("RATELIMIT_ENABLED", true),
        requests: env.at_least("RATELIMIT_REQUESTS", &1, 100),
        window: Duration::from_secs(env.at_least("RATELIMIT_WINDOW", &1, 60)),
        counter_ttl: env.seconds("CACHE_TTL_RATELIMIT", 60),
        backoff_max: env.seconds("RATELIMIT_BACKOFF_MAX", 3_600),
        allow_list: env.parsed_list("RATELIMIT_ALLOWLIST", networks),
        max_clients: env.at_least("RATELIMIT_MAX_CLIENTS", &1, 100_000),
        complexity_unit: env.at_least("RATELIMIT_COMPLEXITY_UNIT", &1, 5_000),
        trusted_proxies: env.parsed_list("TRUSTED_PROXIES", networks),
    }
}

fn index(env: &Environment) -> IndexConfig {
    let defaults = IndexConfig::default();
    let mebibytes =
        |variable, default: u64| env.at_least(variable, &1, default >> 20).saturating_mul(1 << 20);
    IndexConfig {
        interval: env.seconds("INDEX_INTERVAL", 0),
        concurrency: env.at_least("INDEX_CONCURRENCY", &1, defaults.concurrency),
        exclude: env.parsed_list(
            "INDEX_EXCLUDE",
            "owners or repositories such as frenck or frenck/home",
        ),
        max_archive_bytes: mebibytes("INDEX_MAX_ARCHIVE_MB", defaults.max_archive_bytes),
        max_unpacked_bytes: mebibytes("INDEX_MAX_UNPACKED_MB", defaults.max_unpacked_bytes),
        github: github(env),
    }
}

fn github(env: &Environment) -> GithubConfig {
    let defaults = GithubConfig::default();
    let is_sendable = |token: &str| token.chars().all(|c| c.is_ascii_graphic());
    let topics = env.parsed_list(
        "GITHUB_TOPICS",
        "topics such as hadiscover: small letters, digits and hyphens, at most 50",
    );
    GithubConfig {
        api_url: env.url(
            "GITHUB_API_URL",
            &["https://", "http://"],
            defaults.api_url.expose(),
        ),
        token: env
            .secret("GITHUB_TOKEN", "a token without blanks", is_sendable)
            .map(Secret::from),
        topics: if topics.is_empty() {
            defaults.topics
        } else {
            topics
        },
        include_private: env.boolean("GITHUB_INCLUDE_PRIVATE", false),
        timeout: Duration::from_secs(env.at_least("GITHUB_TIMEOUT", &1, 30)),
        max_wait: env.seconds("GITHUB_MAX_WAIT", 900),
        ..defaults
    }
}

fn token(env: &Environment) -> Option<Secret> {
    let expected = "at least 16 characters";
    env.secret("ADMIN_TOKEN", expected, |token| {
        token.chars().count() >= MIN_TOKEN_CHARS
    })
    .map(Secret::from)
}

fn log(env: &Environment) -> LogConfig {
    let formats = [("pretty", LogFormat::Pretty), ("json", LogFormat::Json)];
    LogConfig {
        format: env.one_of("LOG_FORMAT", &formats, LogFormat::Pretty),
        filter: env.text("RUST_LOG", "info"),
    }
}

fn traces(env: &Environment) -> TraceConfig {
    let schemes = ["http://", "https://"];
    TraceConfig {
        endpoint: env.optional_url("OTEL_EXPORTER_OTLP_ENDPOINT", &schemes),
        service_name: env.text("OTEL_SERVICE_NAME", "autodex"),
        share: env.share_or("OTEL_TRACES_SAMPLER_ARG", 1.0),
    }
}
