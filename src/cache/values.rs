//! The value cache: memory, then Redis, then one computation for all who ask at once.

use std::sync::Arc;

use super::memory::AnyValue;
use super::outcome::{BypassReason, CacheOutcome, Cached, Freshness, Lifetime};
use super::single_flight::{Lead, Turn};
use super::statistics::{CacheEvent, Traffic};
use super::value::CacheValue;
use super::{Cache, Key};

/// What a leader lands: a value and its lifetime, or why there is none.
type Landed<T, E> = Result<(Arc<T>, Lifetime), E>;

impl Cache {
    /// The value of a key, computed by `compute` if nobody has it. The key must have been made from the very snapshot
    /// that `compute` reads: a value lands under the generation in its key.
    ///
    /// Many who miss at once compute once. Who leads does so within its own request: cancelled, it hands over. `compute`
    /// is called at most once for each caller.
    ///
    /// # Errors
    /// Those of `compute`, of one's own or of the one whose computation was joined. They are not kept.
    pub async fn get_or_compute<T, E, C, F>(
        &self,
        key: &Key,
        traffic: Traffic,
        compute: C,
    ) -> Result<Cached<T>, E>
    where
        T: CacheValue,
        E: Clone + Send + Sync + 'static,
        C: FnOnce() -> F,
        F: Future<Output = Result<T, E>>,
    {
        self.get_or_compute_checked(key, traffic, self.verify_due(), compute)
            .await
    }

    /// The same for a caller who has drawn already whether a hit is to be checked.
    ///
    /// # Errors
    /// As above.
    #[tracing::instrument(name = "cache", level = "debug", skip_all, fields(scope = key.kind().as_str()))]
    pub async fn get_or_compute_checked<T, E, C, F>(
        &self,
        key: &Key,
        traffic: Traffic,
        check: bool,
        compute: C,
    ) -> Result<Cached<T>, E>
    where
        T: CacheValue,
        E: Clone + Send + Sync + 'static,
        C: FnOnce() -> F,
        F: Future<Output = Result<T, E>>,
    {
        if self.policy.ttl(key.stamp().scopes()).is_none() {
            let value = Arc::new(compute().await?);
            let outcome = self.bypass(key.kind(), traffic, BypassReason::Off);
            return Ok(Cached { value, outcome });
        }
        if let Some(hit) = self.kept_in_memory::<T>(key, traffic) {
            return Ok(self.verified(key, traffic, check, hit, compute).await);
        }
        match self.flights.enter(*key.digest()).await {
            Turn::Lead(lead) => self.lead(key, traffic, check, lead, compute).await,
            Turn::Joined(landed) => match landed.downcast_ref::<Landed<T, E>>() {
                Some(landed) => self.joined(key, traffic, landed),
                // Landed by code that meant other types by this key: of no use here.
                None => self
                    .compute(key, traffic, compute)
                    .await
                    .map(|(cached, _)| cached),
            },
            Turn::Alone => self
                .compute(key, traffic, compute)
                .await
                .map(|(cached, _)| cached),
        }
    }

    async fn lead<T, E, C, F>(
        &self,
        key: &Key,
        traffic: Traffic,
        check: bool,
        lead: Lead<'_, AnyValue>,
        compute: C,
    ) -> Result<Cached<T>, E>
    where
        T: CacheValue,
        E: Clone + Send + Sync + 'static,
        C: FnOnce() -> F,
        F: Future<Output = Result<T, E>>,
    {
        // Another may have landed between the look into memory and the take-off.
        if let Some((value, lifetime)) = self.memory.get::<T>(key.digest(), self.clock.now()) {
            lead.land(Arc::new(Ok::<_, E>((value.clone(), lifetime))));
            self.count(key.kind(), traffic, CacheEvent::Joined);
            let outcome = CacheOutcome::Joined(self.freshness(lifetime));
            return Ok(Cached { value, outcome });
        }
        if let Some((value, lifetime)) = self.look_in_redis::<T>(key, traffic).await {
            lead.land(Arc::new(Ok::<_, E>((value.clone(), lifetime))));
            let outcome = CacheOutcome::HitRedis(self.freshness(lifetime));
            return Ok(self
                .verified(key, traffic, check, Cached { value, outcome }, compute)
                .await);
        }
        let computed = self.compute(key, traffic, compute).await;
        let landed: Landed<T, E> = match &computed {
            Ok((cached, lifetime)) => Ok((cached.value.clone(), *lifetime)),
            Err(error) => Err(error.clone()),
        };
        lead.land(Arc::new(landed));
        computed.map(|(cached, _)| cached)
    }

    fn joined<T, E: Clone>(
        &self,
        key: &Key,
        traffic: Traffic,
        landed: &Landed<T, E>,
    ) -> Result<Cached<T>, E> {
        let (value, lifetime) = landed.as_ref().map_err(E::clone)?;
        self.count(key.kind(), traffic, CacheEvent::Joined);
        Ok(Cached {
            value: value.clone(),
            outcome: CacheOutcome::Joined(self.freshness(*lifetime)),
        })
    }

    /// Computes and keeps.
    async fn compute<T, E, C, F>(
        &self,
        key: &Key,
        traffic: Traffic,
        compute: C,
    ) -> Result<(Cached<T>, Lifetime), E>
    where
        T: CacheValue,
        C: FnOnce() -> F,
        F: Future<Output = Result<T, E>>,
    {
        let computed = compute().await;
        if computed.is_err() {
            self.count(key.kind(), traffic, CacheEvent::Failed);
        }
        let value = Arc::new(computed?);
        if !self.fill_delay.is_zero() {
            tokio::time::sleep(self.fill_delay.mul_f64(self.chance.draw())).await;
        }
        let outcome = self.keep(key, traffic, &value, value.parts());
        let now = self.clock.now();
        let remaining = outcome.freshness().map(|freshness| freshness.remaining);
        let lifetime = Lifetime {
            created: now,
            expires: now.after(remaining.unwrap_or_default()),
        };
        Ok((Cached { value, outcome }, lifetime))
    }

    /// What was handed over in this moment is served, even if its time ended in it.
    fn freshness(&self, lifetime: Lifetime) -> Freshness {
        let now = self.clock.now();
        Freshness {
            age: now.since(lifetime.created),
            remaining: lifetime.expires.since(now),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use bytes::Bytes;
    use tokio::sync::Notify;

    use super::*;
    use crate::cache::{Chance, Clock, Generation, KeySpace, Kind, Scope, ScopeSet, Timestamp};
    use crate::config::CacheConfig;

    const FACETS: Kind = Kind::Value(Scope::Facets);

    fn key(data_version: u64) -> Key {
        let generation = Generation {
            data_version,
            ..Generation::default()
        };
        let stamp = generation.stamp(ScopeSet::one(Scope::Facets));
        KeySpace::new(b"", 0).key(FACETS, stamp).text("lamp").finish()
    }

    fn cache(config: &CacheConfig) -> (Arc<Cache>, Clock) {
        let clock = Clock::set_to(Timestamp(1_000_000));
        let cache = Cache::with(config, None, clock.clone(), Chance::from_seed(1));
        (Arc::new(cache), clock)
    }

    async fn ask(cache: &Cache, key: &Key, value: &'static str) -> Cached<Bytes> {
        let compute = || async { Ok::<_, ()>(Bytes::from_static(value.as_bytes())) };
        cache.get_or_compute(key, Traffic::User, compute).await.unwrap()
    }

    #[tokio::test]
    async fn a_value_is_computed_once_and_then_found_with_its_age_until_it_expires() {
        let (cache, clock) = cache(&CacheConfig::default());
        let first = ask(&cache, &key(1), "one").await;
        let rest = first.outcome.freshness().unwrap().remaining;
        assert!(matches!(first.outcome, CacheOutcome::Miss(fresh) if fresh.age.is_zero()));
        assert!(rest <= Duration::from_mins(10) && rest >= Duration::from_mins(9));
        clock.advance(Duration::from_secs(7));
        let second = ask(&cache, &key(1), "two").await;
        assert_eq!(second.value, first.value);
        let expected = Freshness {
            age: Duration::from_secs(7),
            remaining: rest.saturating_sub(Duration::from_secs(7)),
        };
        assert_eq!(second.outcome, CacheOutcome::HitMemory(expected));
        clock.advance(expected.remaining);
        assert_eq!(&ask(&cache, &key(1), "three").await.value[..], b"three");
    }

    #[tokio::test]
    async fn a_value_of_another_generation_is_another_value() {
        let (cache, _) = cache(&CacheConfig::default());
        ask(&cache, &key(1), "old").await;
        assert_eq!(&ask(&cache, &key(2), "new").await.value[..], b"new");
    }

    #[tokio::test]
    async fn a_scope_that_is_off_is_computed_each_time_and_kept_nowhere() {
        let (cache, _) = cache(&CacheConfig {
            ttl_facets: Duration::ZERO,
            ..CacheConfig::default()
        });
        for value in ["one", "two"] {
            let asked = ask(&cache, &key(1), value).await;
            assert_eq!(&asked.value[..], value.as_bytes());
            assert_eq!(asked.outcome, CacheOutcome::Bypass(BypassReason::Off));
        }
        assert_eq!(cache.in_use().memory.entries, 0);
    }

    #[tokio::test]
    async fn an_error_is_not_kept() {
        let (cache, _) = cache(&CacheConfig::default());
        let failed = cache
            .get_or_compute::<Bytes, _, _, _>(&key(1), Traffic::User, || async { Err("no database") })
            .await;
        assert_eq!(failed.unwrap_err(), "no database");
        assert!(matches!(
            ask(&cache, &key(1), "value").await.outcome,
            CacheOutcome::Miss(_)
        ));
        assert_eq!(cache.counts().of(FACETS, Traffic::User, CacheEvent::Failed), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_who_ask_at_once_share_one_computation_and_its_error() {
        for outcome in [Ok(Bytes::from_static(b"value")), Err("no database")] {
            let (cache, _) = cache(&CacheConfig::default());
            let (computed, release) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
            let tasks: Vec<_> = (0..100)
                .map(|_| {
                    let (cache, computed, release) = (cache.clone(), computed.clone(), release.clone());
                    let outcome = outcome.clone();
                    tokio::spawn(async move {
                        let compute = || async move {
                            computed.fetch_add(1, Ordering::Relaxed);
                            release.notified().await;
                            outcome
                        };
                        cache.get_or_compute(&key(1), Traffic::User, compute).await
                    })
                })
                .collect();
            while cache.counts().of(FACETS, Traffic::User, CacheEvent::MemoryMiss) < 100 {
                tokio::task::yield_now().await;
            }
            release.notify_one();
            for task in tasks {
                let got = task.await.unwrap().map(|cached| Bytes::clone(&cached.value));
                assert_eq!(got, outcome);
            }
            assert_eq!(computed.load(Ordering::Relaxed), 1);
            assert_eq!(cache.in_use().flights, 0);
        }
    }

    #[tokio::test]
    async fn a_leader_takes_what_landed_between_its_miss_and_its_take_off() {
        let (cache, _) = cache(&CacheConfig::default());
        let Turn::Lead(lead) = cache.flights.enter(*key(1).digest()).await else {
            unreachable!("nobody else is there");
        };
        let landed = Arc::new(Bytes::from_static(b"landed"));
        cache.keep(&key(1), Traffic::User, &landed, None);
        let compute = || async { Err::<Bytes, _>("computed twice") };
        let taken = cache
            .lead(&key(1), Traffic::User, false, lead, compute)
            .await
            .unwrap();
        assert_eq!(taken.value, landed);
        assert!(matches!(taken.outcome, CacheOutcome::Joined(_)));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn over_many_threads_each_value_is_computed_once() {
        let (cache, _) = cache(&CacheConfig::default());
        let computed: Arc<Vec<AtomicUsize>> = Arc::new((0..3_000).map(|_| AtomicUsize::new(0)).collect());
        let tasks: Vec<_> = (0..8)
            .map(|_| {
                let (cache, computed) = (cache.clone(), computed.clone());
                tokio::spawn(async move {
                    for (version, count) in (0..).zip(computed.iter()) {
                        let compute = || async {
                            count.fetch_add(1, Ordering::Relaxed);
                            Ok::<_, ()>(Bytes::from_static(b"value"))
                        };
                        let asked = cache.get_or_compute(&key(version), Traffic::User, compute).await;
                        assert!(asked.is_ok());
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        assert!(computed.iter().all(|count| count.load(Ordering::Relaxed) == 1));
    }

    #[tokio::test]
    async fn what_is_too_large_is_served_and_not_kept() {
        let (cache, _) = cache(&CacheConfig {
            max_entry_bytes: 3,
            ..CacheConfig::default()
        });
        assert_eq!(&ask(&cache, &key(1), "long").await.value[..], b"long");
        assert_eq!(cache.in_use().memory.entries, 0);
        assert_eq!(cache.counts().of(FACETS, Traffic::User, CacheEvent::TooLarge), 1);
    }

    #[tokio::test]
    async fn a_hit_that_differs_from_a_fresh_value_is_counted_and_replaced() {
        let (cache, _) = cache(&CacheConfig {
            verify: 1.0,
            ..CacheConfig::default()
        });
        let counted = |event| cache.counts().of(FACETS, Traffic::User, event);
        ask(&cache, &key(1), "one").await;
        ask(&cache, &key(1), "one").await;
        assert_eq!(
            (
                counted(CacheEvent::VerifyCheck),
                counted(CacheEvent::VerifyMismatch)
            ),
            (1, 0)
        );
        assert_eq!(&ask(&cache, &key(1), "two").await.value[..], b"two");
        assert_eq!(
            (
                counted(CacheEvent::VerifyCheck),
                counted(CacheEvent::VerifyMismatch)
            ),
            (2, 1)
        );
        let kept = cache.kept_in_memory::<Bytes>(&key(1), Traffic::User).unwrap();
        assert_eq!(&kept.value[..], b"two");
    }

    #[tokio::test]
    async fn a_response_is_as_old_as_its_oldest_part_and_ends_with_the_first() {
        let (cache, clock) = cache(&CacheConfig::default());
        let stamp = Generation::default().stamp(ScopeSet::ALL);
        let key = KeySpace::new(b"", 0).key(Kind::Response, stamp).finish();
        let part = Freshness {
            age: Duration::from_secs(100),
            remaining: Duration::from_secs(20),
        };
        let bytes = Arc::new(Bytes::from_static(b"{}"));
        let kept = cache.keep(&key, Traffic::User, &bytes, Some(part));
        assert_eq!(kept, CacheOutcome::Miss(part));
        clock.advance(Duration::from_secs(19));
        let hit = cache.kept_in_memory::<Bytes>(&key, Traffic::User).unwrap();
        assert_eq!(hit.outcome.freshness().unwrap().age, Duration::from_secs(119));
        clock.advance(Duration::from_secs(1));
        assert!(cache.kept_in_memory::<Bytes>(&key, Traffic::User).is_none());
    }
}
