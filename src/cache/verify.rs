//! The verify mode: a share of all hits is computed again and compared.
//!
//! A difference is a bug, in a key that forgets something the value depends on or in what raises generations. It is
//! counted, logged, and the fresh value is served and kept.

use std::sync::Arc;

use super::outcome::Cached;
use super::statistics::{CacheEvent, Traffic};
use super::value::CacheValue;
use super::{Cache, Key};

impl Cache {
    /// Whether this hit is to be checked: true for the share `CACHE_VERIFY` of all calls.
    pub fn verify_due(&self) -> bool {
        self.chance.happens(self.verify)
    }

    /// Notes a check: what was kept under a key, and what was made anew from the generation in it. Says whether they are
    /// the same.
    pub fn verify(&self, key: &Key, traffic: Traffic, kept: &[u8], fresh: &[u8]) -> bool {
        self.count(key.kind(), traffic, CacheEvent::VerifyCheck);
        if kept == fresh {
            return true;
        }
        self.count(key.kind(), traffic, CacheEvent::VerifyMismatch);
        tracing::error!(
            kind = key.kind().as_str(),
            stamp = %key.stamp(),
            digest = %key.digest(),
            kept_bytes = kept.len(),
            fresh_bytes = fresh.len(),
            "cached value differs from a fresh one"
        );
        false
    }

    /// A hit, checked if it is to be. An error of the computation checks nothing.
    pub(super) async fn verified<T, E, C, F>(
        &self,
        key: &Key,
        traffic: Traffic,
        check: bool,
        hit: Cached<T>,
        compute: C,
    ) -> Cached<T>
    where
        T: CacheValue,
        C: FnOnce() -> F,
        F: Future<Output = Result<T, E>>,
    {
        if !check {
            return hit;
        }
        let Ok(fresh) = compute().await else { return hit };
        let (Some(kept), Some(again)) = (hit.value.encode(), fresh.encode()) else {
            return hit;
        };
        if self.verify(key, traffic, &kept, &again) {
            return hit;
        }
        let value = Arc::new(fresh);
        if let Some(ttl) = self.policy.ttl(key.stamp().scopes()) {
            let lifetime = self.new_lifetime(self.clock.now(), ttl, None);
            self.keep_for(key, traffic, &value, lifetime);
        }
        Cached {
            value,
            outcome: hit.outcome,
        }
    }
}
