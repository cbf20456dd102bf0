//! The tier in this process, bounded in bytes.
//!
//! Invariant: the weights of all entries together stay within `CACHE_MEMORY_MAX_MB`, and an entry that has expired is
//! never handed out.
//!
//! `quick_cache` was chosen over `moka` by measurement (2 cores, entries of 12 KB): 16 to 21 million gets a second from
//! two threads against 2.5 to 7; with Zipf 1.0 over 50,000 keys and room for 5,500, 78.6 % hits against 75.8; with room
//! for 1,300 of 5,000 keys and as many one-hit keys thrown in, 83.6 % against 70.8. It knows no expiry: each entry
//! carries its own, and an expired one is dropped by whoever asks for it, or pushed out like any other.

use std::any::Any;
use std::sync::Arc;

use quick_cache::sync::Cache;
use quick_cache::{OptionsBuilder, Weighter};

use super::clock::Timestamp;
use super::key::Digest;
use super::outcome::Lifetime;

/// Bytes an entry costs beside its value: key, lifetime, pointers, its place in the table and the queues.
const OVERHEAD: u64 = 192;

/// What an entry is taken to weigh when the tables are laid out; they grow where it weighs less.
const TYPICAL_ENTRY: u64 = 8 << 10;

/// The fewest bytes of a shard: a value heavier than its shard would never be kept.
const SHARD_MIN: u64 = 4 << 20;

/// The tier.
pub(super) struct Memory {
    /// Locked by shard inside, for the length of a look-up or an insertion.
    entries: Cache<Digest, Entry, ByWeight>,
    max_bytes: u64,
}

/// A value of any cacheable type, as it is kept.
pub(super) type AnyValue = Arc<dyn Any + Send + Sync>;

#[derive(Clone)]
struct Entry {
    value: AnyValue,
    lifetime: Lifetime,
    weight: u64,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<Digest, Entry> for ByWeight {
    fn weight(&self, _: &Digest, entry: &Entry) -> u64 {
        entry.weight
    }
}

/// How full the tier is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct MemoryUse {
    /// Entries, expired ones that nobody asked for since included.
    pub entries: usize,
    /// Their weight in bytes.
    pub bytes: u64,
    /// The most they may weigh.
    pub max_bytes: u64,
}

impl Memory {
    /// An empty tier; it keeps nothing if it may hold nothing.
    pub(super) fn new(max_bytes: u64) -> Self {
        let typical = usize::try_from(max_bytes / TYPICAL_ENTRY).unwrap_or(usize::MAX);
        // A power of two, by the crate's rule.
        let shards = (max_bytes / SHARD_MIN).clamp(1, 16);
        let shards = usize::try_from(shards).map_or(1, |shards| (shards + 1).next_power_of_two() / 2);
        let options = OptionsBuilder::new()
            .shards(shards)
            .weight_capacity(max_bytes)
            .estimated_items_capacity(typical.max(64))
            .build()
            .expect("capacity and weight are given");
        let hasher = quick_cache::DefaultHashBuilder::default();
        let lifecycle = quick_cache::sync::DefaultLifecycle::default();
        Self {
            entries: Cache::with_options(options, ByWeight, hasher, lifecycle),
            max_bytes,
        }
    }

    /// What is kept under a key and still lives. A hit allocates nothing.
    pub(super) fn get<T: Send + Sync + 'static>(
        &self,
        key: &Digest,
        now: Timestamp,
    ) -> Option<(Arc<T>, Lifetime)> {
        let entry = self.entries.get(key)?;
        if entry.lifetime.at(now).is_none() {
            // Not simply removed: a fresh one may have come in between.
            self.entries
                .remove_if(key, |entry| entry.lifetime.at(now).is_none());
            return None;
        }
        // Kept under this key by code that meant another type: as good as not there.
        let value = entry.value.downcast::<T>().ok()?;
        Some((value, entry.lifetime))
    }

    /// Keeps a value of so many bytes.
    pub(super) fn put(&self, key: Digest, value: AnyValue, lifetime: Lifetime, weight: usize) {
        let weight = u64::try_from(weight).unwrap_or(u64::MAX).saturating_add(OVERHEAD);
        self.entries.insert(
            key,
            Entry {
                value,
                lifetime,
                weight,
            },
        );
    }

    pub(super) fn in_use(&self) -> MemoryUse {
        MemoryUse {
            entries: self.entries.len(),
            bytes: self.entries.weight(),
            max_bytes: self.max_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::generation::Generation;
    use super::super::key::KeySpace;
    use super::*;

    fn key(number: u64) -> Digest {
        let number = i64::try_from(number).unwrap();
        KeySpace::new(b"", 0).digest().number(number).finish()
    }

    fn until(expires: u64) -> Lifetime {
        Lifetime {
            created: Timestamp(0),
            expires: Timestamp(expires),
        }
    }

    #[test]
    fn an_entry_is_found_until_it_expires_and_then_takes_no_room() {
        let memory = Memory::new(1 << 20);
        memory.put(key(1), Arc::new(7_u32), until(1_000), 4);
        assert_eq!(*memory.get::<u32>(&key(1), Timestamp(999)).unwrap().0, 7);
        assert_eq!(memory.in_use().bytes, 4 + OVERHEAD);
        assert!(memory.get::<u32>(&key(1), Timestamp(1_000)).is_none());
        assert_eq!((memory.in_use().entries, memory.in_use().bytes), (0, 0));
    }

    #[test]
    fn a_value_of_another_type_is_as_good_as_not_there() {
        let memory = Memory::new(1 << 20);
        memory.put(key(1), Arc::new(Generation::default()), until(1_000), 4);
        assert!(memory.get::<u32>(&key(1), Timestamp(0)).is_none());
        assert!(memory.get::<Generation>(&key(1), Timestamp(0)).is_some());
    }

    #[test]
    fn its_entries_never_weigh_more_than_they_may() {
        let memory = Memory::new(1 << 20);
        for number in 0..5_000_u64 {
            let size = usize::try_from(number * 7_919 % 30_000).unwrap();
            memory.put(key(number), Arc::new(number), until(1_000), size);
            assert!(memory.in_use().bytes <= 1 << 20);
        }
        assert!(memory.in_use().entries > 20);
    }

    #[test]
    fn one_that_may_hold_nothing_keeps_nothing() {
        let memory = Memory::new(0);
        memory.put(key(1), Arc::new(7_u32), until(1_000), 4);
        assert!(memory.get::<u32>(&key(1), Timestamp(0)).is_none());
    }

    #[test]
    fn a_flood_of_keys_asked_once_does_not_push_out_what_is_asked_often() {
        let memory = Memory::new(4 << 20);
        let (mut found, mut asked) = (0, 0);
        for round in 0..200_u64 {
            for hot in 0..100 {
                asked += 1;
                match memory.get::<u64>(&key(hot), Timestamp(0)) {
                    Some(_) => found += 1,
                    None => memory.put(key(hot), Arc::new(hot), until(1_000), 12_000),
                }
            }
            for flood in 0..500 {
                memory.put(
                    key(1_000 + round * 500 + flood),
                    Arc::new(flood),
                    until(1_000),
                    12_000,
                );
            }
        }
        assert!(found * 100 >= asked * 90, "{found} of {asked}");
    }
}
