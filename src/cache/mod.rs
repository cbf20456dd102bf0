//! The cache: values by normalised arguments and finished responses, in memory and in Redis, never stale.
//!
//! Invariants: a key contains the generation its value was computed from, so nothing old is ever found under it; errors
//! are never kept; both tiers, the flights and the writes are bounded; Redis may be away or lose anything at any time,
//! and then values are computed. Knows no HTTP, GraphQL or SQL.

mod chance;
mod clock;
mod envelope;
mod generation;
mod key;
mod key_parts;
mod memory;
mod outcome;
mod plan;
mod policy;
pub mod popular;
mod redis_tier;
mod responses;
mod scope;
mod single_flight;
mod statistics;
mod value;
mod values;
mod verify;
mod write_queue;

use std::sync::Arc;

pub use chance::Chance;
pub use clock::{Clock, Timestamp};
pub use generation::{Epochs, Generation, NoGeneration, Stamp};
pub use key::{Digest, DigestBuilder, Key, KeyBuilder, KeySpace};
pub use key_parts::Builder;
pub use memory::MemoryUse;
pub use outcome::{BypassReason, CacheOutcome, Cached, Freshness, Lifetime};
pub use plan::{Plans, Remembered, RequestDigest, ResponsePlan};
pub use policy::Policy;
pub use scope::{Kind, Scope, ScopeSet};
pub use statistics::{CacheCounts, CacheEvent, Traffic};
pub use value::CacheValue;
pub use write_queue::QueueUse;

use crate::config::CacheConfig;
use crate::redis_conn::RedisConn;
use memory::{AnyValue, Memory};
use redis_tier::RedisTier;
use single_flight::SingleFlight;
use statistics::Statistics;

/// Both tiers, what flies, and the counts. One for a process, shared by `Arc`.
pub struct Cache {
    memory: Memory,
    redis: Option<RedisTier>,
    flights: SingleFlight<AnyValue>,
    policy: Policy,
    statistics: Arc<Statistics>,
    clock: Clock,
    chance: Chance,
    max_entry_bytes: usize,
    fill_delay: std::time::Duration,
    verify: f64,
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cache")
            .field("use", &self.in_use())
            .finish_non_exhaustive()
    }
}

/// How full everything is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CacheUse {
    /// The tier in this process.
    pub memory: MemoryUse,
    /// Writes to Redis that wait.
    pub queue: QueueUse,
    /// Computations that others may join.
    pub flights: usize,
}

impl Cache {
    /// An empty cache. With Redis it needs a tokio runtime, for the writes in the background.
    pub fn new(config: &CacheConfig, redis: Option<RedisConn>) -> Self {
        Self::with(config, redis, Clock::machine(), Chance::any())
    }

    /// The same with a time and a chance of one's own.
    pub fn with(config: &CacheConfig, redis: Option<RedisConn>, clock: Clock, chance: Chance) -> Self {
        let statistics = Arc::<Statistics>::default();
        Self {
            memory: Memory::new(config.memory_max_bytes),
            redis: redis.map(|redis| RedisTier::new(redis, statistics.clone(), clock.clone())),
            flights: SingleFlight::new(config.join_timeout),
            policy: Policy::new(config),
            statistics,
            clock,
            chance,
            max_entry_bytes: config.max_entry_bytes,
            fill_delay: config.faults.fill_delay,
            verify: config.verify,
        }
    }

    /// The times to live.
    pub const fn policy(&self) -> &Policy {
        &self.policy
    }

    /// What happened since the start.
    pub fn counts(&self) -> CacheCounts {
        self.statistics.snapshot()
    }

    /// How full everything is.
    pub fn in_use(&self) -> CacheUse {
        CacheUse {
            memory: self.memory.in_use(),
            queue: self
                .redis
                .as_ref()
                .map(RedisTier::queue_in_use)
                .unwrap_or_default(),
            flights: self.flights.under_way(),
        }
    }

    /// Notes that something was answered past the cache.
    pub fn bypass(&self, kind: Kind, traffic: Traffic, reason: BypassReason) -> CacheOutcome {
        self.count(kind, traffic, CacheEvent::Bypass);
        CacheOutcome::Bypass(reason)
    }

    /// Waits until every write to Redis so far has been tried: at shutdown, and in tests.
    pub async fn flush_writes(&self) {
        if let Some(redis) = &self.redis {
            redis.flush().await;
        }
    }

    fn count(&self, kind: Kind, traffic: Traffic, event: CacheEvent) {
        self.statistics.count(kind, traffic, event);
    }
}
