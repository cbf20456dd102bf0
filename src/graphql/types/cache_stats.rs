//! How the cache does.

use async_graphql::SimpleObject;
use serde::Serialize;

use crate::cache::{CacheCounts, CacheEvent, CacheUse, Kind, Traffic};
use crate::redis_conn::{RedisFigures, RedisHealth};

/// How the cache does, since this instance started.
#[derive(Clone, Debug, SimpleObject, Serialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct CacheStats {
    /// Which data and which clears answers are now computed from.
    pub generation: String,
    /// Each kind of entry: finished responses, and the values of search, facets and stats they are made of.
    pub scopes: Vec<CacheScopeStats>,
    /// The tier in this process.
    pub memory: CacheMemoryStats,
    /// The tier in Redis.
    pub redis: CacheRedisStats,
}

/// One kind of entry.
#[derive(Clone, Debug, SimpleObject, Serialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct CacheScopeStats {
    /// `response`, `search`, `facets` or `stats`.
    pub scope: String,
    /// Users' requests; the server's own, when it warms the cache, are counted apart.
    pub user: CacheTrafficStats,
    /// The server's own requests.
    pub warming: CacheTrafficStats,
}

/// One kind of entry, asked for by users or by the server itself.
#[derive(Clone, Debug, SimpleObject, Serialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct CacheTrafficStats {
    /// Found in this process.
    pub memory_hits: u64,
    /// Found in Redis.
    pub redis_hits: u64,
    /// Taken over from another request that was computing it.
    pub joined: u64,
    /// Found nowhere, and computed.
    pub misses: u64,
    /// The share of lookups that found something, 0 to 1; null when there were none.
    pub hit_rate: Option<f64>,
    /// Kept in this process.
    pub memory_stores: u64,
    /// Written to Redis.
    pub redis_stores: u64,
    /// Writes to Redis that were dropped, because too many waited or it takes none.
    pub redis_stores_dropped: u64,
    /// Lookups and writes that Redis failed, entries it held in a form that could not be read.
    pub redis_errors: u64,
    /// Answered past the cache: switched off, errors, not to be cached.
    pub bypassed: u64,
    /// Hits that were computed again and compared (`CACHE_VERIFY`).
    pub verified: u64,
    /// Those of them that differed. Any is a bug.
    pub mismatches: u64,
}

/// The tier in this process.
#[derive(Clone, Debug, SimpleObject, Serialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct CacheMemoryStats {
    /// Entries held.
    pub entries: u64,
    /// Bytes they take.
    pub bytes: u64,
    /// Bytes they may take.
    pub max_bytes: u64,
    /// Computations under way that others may join.
    pub flights: u64,
    /// Writes to Redis that wait.
    pub queued_writes: u64,
}

/// The tier in Redis.
#[derive(Clone, Debug, SimpleObject, Serialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct CacheRedisStats {
    /// `disabled`, `up` or `down`.
    pub state: String,
    /// Milliseconds its last answer took.
    pub latency_ms: Option<f64>,
    /// What last went wrong, if anything did since it came up.
    pub last_error: Option<String>,
    /// Keys in its database; null if it does not say.
    pub keys: Option<u64>,
    /// Bytes it uses; null if it does not say.
    pub memory_bytes: Option<u64>,
    /// Bytes it may use; null if it does not say, or has no limit.
    pub max_memory_bytes: Option<u64>,
}

impl CacheStats {
    pub(in crate::graphql) fn new(
        generation: String,
        counts: &CacheCounts,
        in_use: &CacheUse,
        redis: CacheRedisStats,
    ) -> Self {
        let scope = |kind: Kind| CacheScopeStats {
            scope: kind.as_str().to_owned(),
            user: CacheTrafficStats::new(counts, kind, Traffic::User),
            warming: CacheTrafficStats::new(counts, kind, Traffic::Warming),
        };
        let memory = CacheMemoryStats {
            entries: in_use.memory.entries as u64,
            bytes: in_use.memory.bytes,
            max_bytes: in_use.memory.max_bytes,
            flights: in_use.flights as u64,
            queued_writes: in_use.queue.waiting as u64,
        };
        Self {
            generation,
            scopes: Kind::ALL.map(scope).to_vec(),
            memory,
            redis,
        }
    }
}

impl CacheTrafficStats {
    fn new(counts: &CacheCounts, kind: Kind, traffic: Traffic) -> Self {
        use CacheEvent as Event;
        let of = |event| counts.of(kind, traffic, event);
        Self {
            memory_hits: of(Event::MemoryHit),
            redis_hits: of(Event::RedisHit),
            joined: of(Event::Joined),
            misses: of(Event::Miss),
            hit_rate: counts.hit_rate(kind, traffic),
            memory_stores: of(Event::MemoryStore),
            redis_stores: of(Event::RedisStore),
            redis_stores_dropped: of(Event::RedisStoreDropped),
            redis_errors: of(Event::RedisError) + of(Event::RedisStoreError) + of(Event::RedisCorrupt),
            bypassed: of(Event::Bypass),
            verified: of(Event::VerifyCheck),
            mismatches: of(Event::VerifyMismatch),
        }
    }
}

impl CacheRedisStats {
    pub(in crate::graphql) fn new(health: &RedisHealth, figures: Option<&RedisFigures>) -> Self {
        Self {
            state: health.state.as_str().to_owned(),
            latency_ms: health.latency.map(|latency| latency.as_secs_f64() * 1e3),
            last_error: health.last_error.map(String::from),
            keys: figures.map(|figures| figures.keys),
            memory_bytes: figures.map(|figures| figures.memory_bytes),
            max_memory_bytes: figures
                .map(|figures| figures.memory_max_bytes)
                .filter(|bytes| *bytes > 0),
        }
    }
}
