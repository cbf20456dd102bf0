//! What is cached, for how long, and in how much memory.

use std::time::Duration;

/// What is cached, for how long, and in how much memory.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheConfig {
    /// `CACHE_TTL_SEARCH`: seconds that pages of results live, 0 = not cached; 300.
    pub ttl_search: Duration,
    /// `CACHE_TTL_FACETS`: seconds that facets live, 0 = not cached; 600.
    pub ttl_facets: Duration,
    /// `CACHE_TTL_STATS`: seconds that the statistics live, 0 = not cached; 300.
    pub ttl_stats: Duration,
    /// `CACHE_SEARCH_ENABLED`: whether pages of results are cached; true.
    pub search_enabled: bool,
    /// `CACHE_FACETS_ENABLED`: whether facets are cached; true.
    pub facets_enabled: bool,
    /// `CACHE_STATS_ENABLED`: whether the statistics are cached; true.
    pub stats_enabled: bool,
    /// `CACHE_MEMORY_MAX_MB`: mebibytes that the tier in this process may hold, 0 = no such tier; 64. Here in bytes.
    pub memory_max_bytes: u64,
    /// `CACHE_MAX_ENTRY_KB`: kibibytes of the largest value that is kept, in either tier; 1024. Here in bytes.
    pub max_entry_bytes: usize,
    /// `CACHE_JOIN_TIMEOUT_MS`: milliseconds, at least 1, that a request waits for another that computes the same value
    /// before it computes it itself; 1000.
    pub join_timeout: Duration,
    /// `CACHE_VERIFY`: the share of hits, 0.0 to 1.0, that is computed again and compared; 0.0.
    pub verify: f64,
    /// `CACHE_WARM_OPERATIONS`: how many of the operations asked most are asked again by the server itself at its start
    /// and after each change of the index, 0 = no warming; 50.
    pub warm_operations: usize,
    /// Set by no variable: what tests break on purpose; nothing.
    pub faults: CacheFaults,
}

/// What a test breaks, to see that it is noticed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheFaults {
    /// The longest time, drawn by chance, that passes between computing a value and keeping it: makes visible what would
    /// be stale.
    pub fill_delay: Duration,
    /// Which keys are made without the generation, which makes answers stale.
    pub unstamped: UnstampedKeys,
}

/// Keys that are made without the generation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UnstampedKeys {
    /// None.
    #[default]
    None,
    /// Those of values: answers are stamped, what they are made of is not.
    Values,
    /// All.
    All,
}

impl Default for CacheConfig {
    fn default() -> Self {
        Self {
            ttl_search: Duration::from_mins(5),
            ttl_facets: Duration::from_mins(10),
            ttl_stats: Duration::from_mins(5),
            search_enabled: true,
            facets_enabled: true,
            stats_enabled: true,
            memory_max_bytes: 64 << 20,
            max_entry_bytes: 1 << 20,
            join_timeout: Duration::from_secs(1),
            verify: 0.0,
            warm_operations: 50,
            faults: CacheFaults::default(),
        }
    }
}
