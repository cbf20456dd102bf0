//! The connection and the cache against a real Redis and a network that fails.
//!
//! Every test starts a `redis-server` of its own, so none runs unless asked for: `cargo test -- --include-ignored`.

#[path = "../support/mod.rs"]
mod support;

mod cache_tier;
mod connection;
mod failures;
mod groups;
mod popular;
mod pubsub;

use std::sync::Arc;
use std::time::Duration;

use autodex::cache::{
    Cache, CacheEvent, CacheOutcome, Cached, Chance, Clock, Generation, Key, KeySpace, Kind, Scope, ScopeSet,
    Traffic,
};
use autodex::config::{CacheConfig, RedisConfig};
use autodex::redis_conn::{BreakerPolicy, RedisConn, RedisState};
use bytes::Bytes;

/// Fast enough for tests to be over soon.
const POLICY: BreakerPolicy = BreakerPolicy {
    failures: 3,
    first_pause: Duration::from_millis(20),
    longest_pause: Duration::from_millis(100),
    steady: Duration::from_secs(10),
};

const FACETS: Kind = Kind::Value(Scope::Facets);

fn redis_config(url: String) -> RedisConfig {
    RedisConfig {
        enabled: true,
        url: url.into(),
        // So long that a busy machine does not look like a slow Redis.
        deadline: Duration::from_secs(2),
        socket_timeout: Duration::from_secs(1),
        ..RedisConfig::default()
    }
}

async fn connect(url: String) -> RedisConn {
    connect_with(&redis_config(url)).await
}

/// With a deadline that is soon over, for tests in which it must be.
async fn connect_in_haste(url: String) -> RedisConn {
    let config = RedisConfig {
        deadline: Duration::from_millis(200),
        ..redis_config(url)
    };
    connect_with(&config).await
}

async fn connect_with(config: &RedisConfig) -> RedisConn {
    let started = RedisConn::start_with(config, POLICY).await;
    started.expect("the URL can be used").expect("Redis is enabled")
}

async fn state_becomes(redis: &RedisConn, wanted: RedisState) {
    support::eventually(wanted.as_str(), async || redis.health().state == wanted).await;
}

fn key(data_version: u64, text: &str) -> Key {
    let generation = Generation {
        data_version,
        ..Generation::default()
    };
    let stamp = generation.stamp(ScopeSet::one(Scope::Facets));
    KeySpace::new(b"schema", 1).key(FACETS, stamp).text(text).finish()
}

/// A cache as a fresh process has it.
fn new_cache(redis: Option<&RedisConn>) -> Arc<Cache> {
    new_cache_at(redis, Clock::machine())
}

fn new_cache_at(redis: Option<&RedisConn>, clock: Clock) -> Arc<Cache> {
    let config = CacheConfig::default();
    Arc::new(Cache::with(&config, redis.cloned(), clock, Chance::from_seed(1)))
}

/// Asks for a value; `fresh` is what it is computed to be if nobody has it.
async fn ask(cache: &Cache, key: &Key, fresh: &[u8]) -> Cached<Bytes> {
    let compute = || async { Ok::<_, ()>(Bytes::copy_from_slice(fresh)) };
    let asked = cache.get_or_compute(key, Traffic::User, compute).await;
    asked.expect("computing does not fail")
}

fn counted(cache: &Cache, event: CacheEvent) -> u64 {
    cache.counts().of(FACETS, Traffic::User, event)
}

fn is_miss(cached: &Cached<Bytes>) -> bool {
    matches!(cached.outcome, CacheOutcome::Miss(_))
}
