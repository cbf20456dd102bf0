//! The tier in Redis: reads under the request's deadline, writes in the background.
//!
//! Invariant: nothing that happens here is an error to the caller; what cannot be read is a miss, what cannot be written
//! is dropped, and each is counted here and nowhere else.

use std::sync::Arc;

use bytes::Bytes;
use deadpool_redis::redis::{self, Value};

use super::clock::Clock;
use super::envelope::{self, Unusable};
use super::key::Key;
use super::outcome::Lifetime;
use super::statistics::{CacheEvent, Statistics, Traffic};
use super::write_queue::{QueueUse, Write, WriteQueue};
use crate::redis_conn::{Access, Patience, RedisConn, RedisError};

/// The tier.
pub(super) struct RedisTier {
    redis: RedisConn,
    queue: WriteQueue,
    statistics: Arc<Statistics>,
    clock: Clock,
}

impl RedisTier {
    pub(super) fn new(redis: RedisConn, statistics: Arc<Statistics>, clock: Clock) -> Self {
        Self {
            queue: WriteQueue::start(redis.clone(), statistics.clone(), clock.clone()),
            redis,
            statistics,
            clock,
        }
    }

    /// What is kept under a key and still lives.
    #[tracing::instrument(name = "redis", level = "debug", skip_all)]
    pub(super) async fn get(&self, key: &Key, traffic: Traffic) -> Option<(Bytes, Lifetime)> {
        let mut get = redis::cmd("GET");
        get.arg(key.name(self.redis.prefix()));
        let answer = self
            .redis
            .query::<Value>(&get, Access::Read, Patience::Request)
            .await;
        let found = match answer {
            Ok(Value::BulkString(sealed)) => {
                envelope::open(key.digest(), Bytes::from(sealed), self.clock.now()).map_err(Missed::Unusable)
            }
            Ok(_) => Err(Missed::Absent),
            Err(error) => Err(Missed::Failed(error)),
        };
        for event in events(&found) {
            self.statistics.count(key.kind(), traffic, *event);
        }
        if let Err(Missed::Failed(error)) = &found {
            tracing::debug!(%error, kind = key.kind().as_str(), "redis read failed");
        }
        found.ok()
    }

    /// Writes in the background; drops it if too much waits already.
    pub(super) fn put(&self, key: Key, traffic: Traffic, payload: Bytes, lifetime: Lifetime) {
        let write = Write {
            key,
            traffic,
            payload,
            lifetime,
        };
        if !self.redis.takes_writes() || !self.queue.offer(write) {
            self.statistics
                .count(key.kind(), traffic, CacheEvent::RedisStoreDropped);
        }
    }

    /// Waits until everything written so far has been tried.
    pub(super) async fn flush(&self) {
        self.queue.flush().await;
    }

    pub(super) fn queue_in_use(&self) -> QueueUse {
        self.queue.in_use()
    }
}

enum Missed {
    Absent,
    Unusable(Unusable),
    Failed(RedisError),
}

fn events(found: &Result<(Bytes, Lifetime), Missed>) -> &'static [CacheEvent] {
    match found {
        Ok(_) => &[CacheEvent::RedisHit],
        Err(Missed::Absent | Missed::Unusable(Unusable::Expired)) => &[CacheEvent::RedisMiss],
        Err(Missed::Unusable(Unusable::Corrupt)) => &[CacheEvent::RedisMiss, CacheEvent::RedisCorrupt],
        Err(Missed::Failed(RedisError::NotAsked)) => &[CacheEvent::RedisSkipped],
        Err(Missed::Failed(_)) => &[CacheEvent::RedisError],
    }
}
