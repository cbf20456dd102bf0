//! Tells each minute, when there was traffic, how the cache does.

use std::sync::Arc;
use std::time::Duration;

use crate::cache::{Cache, CacheEvent, Kind, Traffic};

const MINUTE: Duration = Duration::from_mins(1);

/// Writes its line until it is aborted.
pub(super) async fn tell_each_minute(cache: Arc<Cache>) {
    let mut before = cache.counts();
    loop {
        tokio::time::sleep(MINUTE).await;
        let now = cache.counts();
        let minute = now.since(&before);
        before = now;
        let (kind, user) = (Kind::Response, Traffic::User);
        let Some(hit_rate) = minute.hit_rate(kind, user) else {
            continue;
        };
        let used = cache.in_use();
        tracing::info!(
            hit_rate = (hit_rate * 1e3).round() / 1e3,
            memory_hits = minute.of(kind, user, CacheEvent::MemoryHit),
            redis_hits = minute.of(kind, user, CacheEvent::RedisHit),
            joined = minute.of(kind, user, CacheEvent::Joined),
            misses = minute.of(kind, user, CacheEvent::Miss),
            entries = used.memory.entries,
            bytes = used.memory.bytes,
            "cache in the last minute"
        );
    }
}
