//! Looking up and keeping by hand: for finished responses, whose makers do not fit into one closure.
//!
//! `kept_in_memory`, then `kept_in_redis`, then the answer is made and `keep` is called, or `bypass` if it must not be
//! kept.

use std::sync::Arc;
use std::time::Duration;

use super::clock::Timestamp;
use super::outcome::{CacheOutcome, Cached, Freshness, Lifetime};
use super::policy::jittered;
use super::statistics::{CacheEvent, Traffic};
use super::value::CacheValue;
use super::{Cache, Key};

impl Cache {
    /// What memory holds under a key. Allocates nothing on a hit.
    pub fn kept_in_memory<T: CacheValue>(&self, key: &Key, traffic: Traffic) -> Option<Cached<T>> {
        self.policy.ttl(key.stamp().scopes())?;
        let now = self.clock.now();
        let found = self.memory.get::<T>(key.digest(), now);
        let Some((value, lifetime)) = found else {
            self.count(key.kind(), traffic, CacheEvent::MemoryMiss);
            return None;
        };
        self.count(key.kind(), traffic, CacheEvent::MemoryHit);
        let outcome = CacheOutcome::HitMemory(lifetime.at(now)?);
        Some(Cached { value, outcome })
    }

    /// What Redis holds under a key; memory holds it too from then on.
    pub async fn kept_in_redis<T: CacheValue>(&self, key: &Key, traffic: Traffic) -> Option<Cached<T>> {
        self.policy.ttl(key.stamp().scopes())?;
        let (value, lifetime) = self.look_in_redis(key, traffic).await?;
        let outcome = CacheOutcome::HitRedis(lifetime.at(self.clock.now())?);
        Some(Cached { value, outcome })
    }

    /// Keeps what was just made in both tiers. `parts` is the freshness of the values it was made of, if some came out of
    /// the cache: it counts as old as the oldest of them and ends with the first. The outcome is a miss, or a bypass if
    /// one of its scopes is not kept.
    pub fn keep<T: CacheValue>(
        &self,
        key: &Key,
        traffic: Traffic,
        value: &Arc<T>,
        parts: Option<Freshness>,
    ) -> CacheOutcome {
        let Some(ttl) = self.policy.ttl(key.stamp().scopes()) else {
            return self.bypass(key.kind(), traffic, super::BypassReason::Off);
        };
        self.count(key.kind(), traffic, CacheEvent::Miss);
        let now = self.clock.now();
        let lifetime = self.new_lifetime(now, ttl, parts);
        self.keep_for(key, traffic, value, lifetime);
        let over = Freshness {
            age: now.since(lifetime.created),
            remaining: Duration::ZERO,
        };
        CacheOutcome::Miss(lifetime.at(now).unwrap_or(over))
    }

    pub(super) fn new_lifetime(&self, now: Timestamp, ttl: Duration, parts: Option<Freshness>) -> Lifetime {
        let own = Freshness {
            age: Duration::ZERO,
            remaining: jittered(ttl, self.chance.draw()),
        };
        let freshness = parts.map_or(own, |parts| parts.and(own));
        Lifetime {
            created: now.before(freshness.age),
            expires: now.after(freshness.remaining),
        }
    }

    pub(super) fn keep_for<T: CacheValue>(
        &self,
        key: &Key,
        traffic: Traffic,
        value: &Arc<T>,
        lifetime: Lifetime,
    ) {
        if lifetime.at(self.clock.now()).is_none() {
            return;
        }
        if value.weight() > self.max_entry_bytes {
            self.count(key.kind(), traffic, CacheEvent::TooLarge);
            return;
        }
        self.keep_in_memory(key, traffic, value, lifetime);
        if let Some(redis) = &self.redis
            && let Some(payload) = value
                .encode()
                .filter(|payload| payload.len() <= self.max_entry_bytes)
        {
            redis.put(*key, traffic, payload, lifetime);
        }
    }

    pub(super) async fn look_in_redis<T: CacheValue>(
        &self,
        key: &Key,
        traffic: Traffic,
    ) -> Option<(Arc<T>, Lifetime)> {
        let (payload, lifetime) = self.redis.as_ref()?.get(key, traffic).await?;
        let Some(value) = T::decode(payload) else {
            self.count(key.kind(), traffic, CacheEvent::RedisCorrupt);
            return None;
        };
        let value = Arc::new(value);
        self.keep_in_memory(key, traffic, &value, lifetime);
        Some((value, lifetime))
    }

    fn keep_in_memory<T: CacheValue>(&self, key: &Key, traffic: Traffic, value: &Arc<T>, lifetime: Lifetime) {
        self.memory
            .put(*key.digest(), value.clone(), lifetime, value.weight());
        self.count(key.kind(), traffic, CacheEvent::MemoryStore);
    }
}
