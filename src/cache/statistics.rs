//! Counts of everything the cache does, by kind of entry, users' traffic apart from warming's.

use std::sync::atomic::{AtomicU64, Ordering};

use super::scope::Kind;

/// On whose behalf.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Traffic {
    /// A user's.
    User,
    /// That of warming, which asks for what users are expected to ask.
    Warming,
}

impl Traffic {
    /// Both.
    pub const ALL: [Self; 2] = [Self::User, Self::Warming];

    /// A word for labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Warming => "warming",
        }
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum CacheEvent {
            $($(#[$doc])* $name,)*
        }

        impl CacheEvent {
            /// Everything that is counted.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// A word for labels.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

events! {
    /// Found in memory.
    MemoryHit = "memory_hit",
    /// Not found in memory.
    MemoryMiss = "memory_miss",
    /// Kept in memory.
    MemoryStore = "memory_store",
    /// Found in Redis.
    RedisHit = "redis_hit",
    /// Redis answered that it is not there, or it was corrupt or over.
    RedisMiss = "redis_miss",
    /// Redis did not answer in time, or with an error.
    RedisError = "redis_error",
    /// Redis was not asked, because its breaker is open.
    RedisSkipped = "redis_skipped",
    /// What lay in Redis could not be used.
    RedisCorrupt = "redis_corrupt",
    /// Written to Redis.
    RedisStore = "redis_store",
    /// Redis did not take a write.
    RedisStoreError = "redis_store_error",
    /// Not written to Redis: the queue was full, or Redis takes no writes.
    RedisStoreDropped = "redis_store_dropped",
    /// Taken over from another request that computed it.
    Joined = "joined",
    /// Found nowhere: computed.
    Miss = "miss",
    /// Found nowhere, and computing it failed.
    Failed = "failed",
    /// Not stored: larger than an entry may be.
    TooLarge = "too_large",
    /// The cache was not used.
    Bypass = "bypass",
    /// A hit was computed again and compared.
    VerifyCheck = "verify_check",
    /// A hit differed from what was computed again.
    VerifyMismatch = "verify_mismatch",
}

const EVENTS: usize = CacheEvent::ALL.len();
const KINDS: usize = Kind::ALL.len();
const TRAFFICS: usize = Traffic::ALL.len();

type Table<T> = [[[T; EVENTS]; TRAFFICS]; KINDS];

/// The counters. Each is written by whoever sees the event and read by whoever asks for a snapshot; they are not read at
/// one instant, so sums may be off by what happens meanwhile.
#[derive(Debug, Default)]
pub(super) struct Statistics {
    counters: Table<AtomicU64>,
}

impl Statistics {
    pub(super) fn count(&self, kind: Kind, traffic: Traffic, event: CacheEvent) {
        self.counters[kind.index()][traffic as usize][event as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn snapshot(&self) -> CacheCounts {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let table = std::array::from_fn(|kind| {
            std::array::from_fn(|traffic| {
                std::array::from_fn(|event| read(&self.counters[kind][traffic][event]))
            })
        });
        CacheCounts { table }
    }
}

/// The counts at one moment, since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheCounts {
    table: Table<u64>,
}

impl CacheCounts {
    /// One count.
    pub const fn of(&self, kind: Kind, traffic: Traffic, event: CacheEvent) -> u64 {
        self.table[kind.index()][traffic as usize][event as usize]
    }

    /// How often this kind was asked for and found, in memory, in Redis or with another request.
    pub const fn hits(&self, kind: Kind, traffic: Traffic) -> u64 {
        self.of(kind, traffic, CacheEvent::MemoryHit)
            + self.of(kind, traffic, CacheEvent::RedisHit)
            + self.of(kind, traffic, CacheEvent::Joined)
    }

    /// The share of lookups that found something; `None` when there were none.
    pub fn hit_rate(&self, kind: Kind, traffic: Traffic) -> Option<f64> {
        let hits = self.hits(kind, traffic);
        let all = hits + self.of(kind, traffic, CacheEvent::Miss);
        // Counts beyond 2^53 lose their last digits, a rate does not notice.
        #[allow(clippy::cast_precision_loss)]
        (all > 0).then(|| hits as f64 / all as f64)
    }

    /// What was counted after an earlier snapshot.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let table = std::array::from_fn(|kind| {
            std::array::from_fn(|traffic| {
                std::array::from_fn(|event| {
                    self.table[kind][traffic][event].saturating_sub(earlier.table[kind][traffic][event])
                })
            })
        });
        Self { table }
    }
}

#[cfg(test)]
mod tests {
    use super::super::scope::Scope;
    use super::*;

    const FACETS: Kind = Kind::Value(Scope::Facets);

    #[test]
    fn every_count_is_kept_apart() {
        let statistics = Statistics::default();
        statistics.count(FACETS, Traffic::User, CacheEvent::Miss);
        let counts = statistics.snapshot();
        let mut others = 0;
        for kind in Kind::ALL {
            for traffic in Traffic::ALL {
                for event in CacheEvent::ALL {
                    others += counts.of(kind, traffic, *event);
                }
            }
        }
        assert_eq!(
            (counts.of(FACETS, Traffic::User, CacheEvent::Miss), others),
            (1, 1)
        );
    }

    #[test]
    fn the_hit_rate_counts_what_was_spared_the_computing_and_warming_apart() {
        let statistics = Statistics::default();
        let user = |event| statistics.count(FACETS, Traffic::User, event);
        assert_eq!(statistics.snapshot().hit_rate(FACETS, Traffic::User), None);
        for event in [CacheEvent::MemoryHit, CacheEvent::RedisHit, CacheEvent::Joined] {
            user(event);
        }
        for event in [CacheEvent::MemoryMiss, CacheEvent::RedisMiss, CacheEvent::Miss] {
            user(event);
        }
        statistics.count(FACETS, Traffic::Warming, CacheEvent::Miss);
        let counts = statistics.snapshot();
        assert_eq!(counts.hit_rate(FACETS, Traffic::User), Some(0.75));
        assert_eq!(counts.hit_rate(FACETS, Traffic::Warming), Some(0.0));
        user(CacheEvent::Miss);
        let later = statistics.snapshot().since(&counts);
        assert_eq!(
            (
                later.hits(FACETS, Traffic::User),
                later.hit_rate(FACETS, Traffic::User)
            ),
            (0, Some(0.0))
        );
    }
}
