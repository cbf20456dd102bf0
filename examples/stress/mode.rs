//! The ways of caching, each as the variables that set it.

use serde::Serialize;

/// A way of caching.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Mode {
    /// None.
    Off,
    /// In the process only.
    Memory,
    /// In Redis only.
    Redis,
    /// In the process, then in Redis.
    Both,
}

impl Mode {
    /// All of them.
    pub(crate) const ALL: [Self; 4] = [Self::Off, Self::Memory, Self::Redis, Self::Both];

    /// Its name, for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Off => "cache off",
            Self::Memory => "memory",
            Self::Redis => "redis only",
            Self::Both => "memory + redis",
        }
    }

    /// Whether it needs a Redis.
    pub(crate) const fn needs_redis(self) -> bool {
        matches!(self, Self::Redis | Self::Both)
    }

    /// The server's variables, beside the address of its Redis.
    pub(crate) const fn variables(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Off => &[
                ("CACHE_FACETS_ENABLED", "false"),
                ("CACHE_SEARCH_ENABLED", "false"),
                ("CACHE_STATS_ENABLED", "false"),
                ("REDIS_ENABLED", "false"),
            ],
            Self::Memory => &[("REDIS_ENABLED", "false")],
            Self::Redis => &[("REDIS_ENABLED", "true"), ("CACHE_MEMORY_MAX_MB", "0")],
            Self::Both => &[("REDIS_ENABLED", "true")],
        }
    }
}
