//! The figures of the cache: each event belongs to one family, in which it is told by tier and outcome.

use super::page::Page;
use crate::cache::{Cache, CacheEvent, Kind, Traffic};

/// A family and, in it, the labels of an event.
struct Family {
    name: &'static str,
    help: &'static str,
    events: &'static [(CacheEvent, &'static [(&'static str, &'static str)])],
}

const FAMILIES: [Family; 4] = [
    Family {
        name: "autodex_cache_lookups_total",
        help: "Looks into a tier of the cache, by kind of entry and what was found.",
        events: &[
            (CacheEvent::MemoryHit, &[("tier", "memory"), ("outcome", "hit")]),
            (CacheEvent::MemoryMiss, &[("tier", "memory"), ("outcome", "miss")]),
            (CacheEvent::RedisHit, &[("tier", "redis"), ("outcome", "hit")]),
            (CacheEvent::RedisMiss, &[("tier", "redis"), ("outcome", "miss")]),
            (CacheEvent::RedisError, &[("tier", "redis"), ("outcome", "error")]),
            (
                CacheEvent::RedisSkipped,
                &[("tier", "redis"), ("outcome", "skipped")],
            ),
            (
                CacheEvent::RedisCorrupt,
                &[("tier", "redis"), ("outcome", "corrupt")],
            ),
        ],
    },
    Family {
        name: "autodex_cache_stores_total",
        help: "Attempts to keep an entry in a tier of the cache, by kind of entry and what became of them.",
        events: &[
            (
                CacheEvent::MemoryStore,
                &[("tier", "memory"), ("outcome", "stored")],
            ),
            (
                CacheEvent::RedisStore,
                &[("tier", "redis"), ("outcome", "stored")],
            ),
            (
                CacheEvent::RedisStoreError,
                &[("tier", "redis"), ("outcome", "error")],
            ),
            (
                CacheEvent::RedisStoreDropped,
                &[("tier", "redis"), ("outcome", "dropped")],
            ),
            (CacheEvent::TooLarge, &[("tier", "any"), ("outcome", "too_large")]),
        ],
    },
    Family {
        name: "autodex_cache_answers_total",
        help: "What became of those who asked the cache, by kind of entry; joined: taken over from another request that \
               computed it (single-flight).",
        events: &[
            (CacheEvent::MemoryHit, &[("outcome", "hit_memory")]),
            (CacheEvent::RedisHit, &[("outcome", "hit_redis")]),
            (CacheEvent::Joined, &[("outcome", "joined")]),
            (CacheEvent::Miss, &[("outcome", "computed")]),
            (CacheEvent::Failed, &[("outcome", "failed")]),
            (CacheEvent::Bypass, &[("outcome", "bypass")]),
        ],
    },
    Family {
        name: "autodex_cache_verifications_total",
        help: "Hits that were computed again, and those of them that differed.",
        events: &[
            (CacheEvent::VerifyCheck, &[("outcome", "checked")]),
            (CacheEvent::VerifyMismatch, &[("outcome", "mismatch")]),
        ],
    },
];

/// Writes them.
pub(super) fn write(page: &mut Page, cache: &Cache) {
    let (counts, used) = (cache.counts(), cache.in_use());
    for Family { name, help, events } in FAMILIES {
        page.family(name, "counter", help);
        for kind in Kind::ALL {
            for traffic in Traffic::ALL {
                for (event, labels) in events {
                    let whose = [("scope", kind.as_str()), ("traffic", traffic.as_str())];
                    page.sample(
                        name,
                        &[&whose[..], labels].concat(),
                        counts.of(kind, traffic, *event),
                    );
                }
            }
        }
    }
    let gauges = [
        (
            "autodex_cache_memory_entries",
            "Entries held by this process.",
            used.memory.entries as u64,
        ),
        (
            "autodex_cache_memory_bytes",
            "Bytes they take.",
            used.memory.bytes,
        ),
        (
            "autodex_cache_memory_max_bytes",
            "Bytes they may take.",
            used.memory.max_bytes,
        ),
        (
            "autodex_cache_flights",
            "Computations that others may join.",
            used.flights as u64,
        ),
        (
            "autodex_cache_queued_writes",
            "Writes to Redis that wait.",
            used.queue.waiting as u64,
        ),
    ];
    for (name, help, value) in gauges {
        page.one(name, "gauge", help, &[], value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_is_told_somewhere() {
        for event in CacheEvent::ALL {
            let told = FAMILIES
                .iter()
                .any(|family| family.events.iter().any(|(it, _)| it == event));
            assert!(told, "{event:?}");
        }
    }
}
