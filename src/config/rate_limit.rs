//! How much one client may ask, who is exempt, and which proxies are believed.

use std::time::Duration;

use super::Network;

/// How much one client may ask, who is exempt, and which proxies are believed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateLimitConfig {
    /// `RATELIMIT_ENABLED`: whether anybody is limited at all; true.
    pub enabled: bool,
    /// `RATELIMIT_REQUESTS`: requests per window and client, over all instances together, at least 1; 100.
    pub requests: u32,
    /// `RATELIMIT_WINDOW`: seconds of a window, at least 1; 60.
    pub window: Duration,
    /// `CACHE_TTL_RATELIMIT`: seconds that a counter lives in Redis; never less than what is left of its window,
    /// whatever is set here; 60.
    pub counter_ttl: Duration,
    /// `RATELIMIT_BACKOFF_MAX`: seconds that a client is blocked at most for going over the limit again and again,
    /// 0 = nobody is ever blocked, only limited; 3600.
    pub backoff_max: Duration,
    /// `RATELIMIT_ALLOWLIST`: networks and addresses, separated by commas, that are never limited; none.
    pub allow_list: Vec<Network>,
    /// `RATELIMIT_MAX_CLIENTS`: clients that are kept in memory at most, at least 1, about 250 bytes each; 100000.
    pub max_clients: usize,
    /// `RATELIMIT_COMPLEXITY_UNIT`: the complexity of an operation that one request pays for, at least 1; 5000.
    pub complexity_unit: u64,
    /// `TRUSTED_PROXIES`: networks and addresses, separated by commas, whose `X-Forwarded-For` or `Forwarded` is
    /// believed; none.
    pub trusted_proxies: Vec<Network>,
}

impl Default for RateLimitConfig {
    fn default() -> Self {
        Self {
            enabled: true,
            requests: 100,
            window: Duration::from_mins(1),
            counter_ttl: Duration::from_mins(1),
            backoff_max: Duration::from_hours(1),
            allow_list: Vec::new(),
            max_clients: 100_000,
            complexity_unit: 5_000,
            trusted_proxies: Vec::new(),
        }
    }
}
