//! Automatic persisted queries: a client registers a document by sending it along with its hash, and from then on sends
//! the hash alone.
//!
//! Invariants: a document is kept only after it was found to fit the schema; in memory all of them together stay within
//! a number of bytes; what is not found any more is registered anew by whoever asks for it.

use std::sync::Arc;

use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, OptionsBuilder, Weighter};

use super::hash::DocumentHash;
use super::redis_tier::RedisTier;

/// Bytes that a document costs beside its text.
const OVERHEAD: u64 = 128;
/// What a document is taken to weigh when the table is laid out.
const TYPICAL: u64 = 1 << 10;

/// The registered documents.
pub(super) struct Automatic {
    /// Locked inside, for the length of a look-up or an insertion.
    memory: Cache<DocumentHash, Arc<str>, ByWeight>,
    redis: Option<RedisTier>,
}

#[derive(Clone)]
struct ByWeight;

impl Weighter<DocumentHash, Arc<str>> for ByWeight {
    fn weight(&self, _: &DocumentHash, text: &Arc<str>) -> u64 {
        text.len() as u64 + OVERHEAD
    }
}

impl Automatic {
    pub(super) fn new(max_bytes: u64, redis: Option<RedisTier>) -> Self {
        // One shard: the bound is exact, and a document may take all of it.
        let options = OptionsBuilder::new()
            .shards(1)
            .weight_capacity(max_bytes)
            .estimated_items_capacity(usize::try_from(max_bytes / TYPICAL).unwrap_or(usize::MAX).max(16))
            .build()
            .expect("capacity and weight are given");
        let (hasher, lifecycle) = (DefaultHashBuilder::default(), DefaultLifecycle::default());
        let memory = Cache::with_options(options, ByWeight, hasher, lifecycle);
        Self { memory, redis }
    }

    pub(super) async fn find(&self, hash: DocumentHash) -> Option<Arc<str>> {
        if let Some(text) = self.memory.get(&hash) {
            return Some(text);
        }
        let text = self.redis.as_ref()?.get(hash).await?;
        self.memory.insert(hash, text.clone());
        Some(text)
    }

    pub(super) fn keep(&self, hash: DocumentHash, text: Arc<str>) {
        if let Some(redis) = &self.redis {
            redis.put(hash, &text);
        }
        self.memory.insert(hash, text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_kept_is_found_and_nothing_else() {
        let documents = Automatic::new(1 << 20, None);
        let hash = DocumentHash::of("{ a }");
        assert_eq!(documents.find(hash).await, None);
        documents.keep(hash, "{ a }".into());
        assert_eq!(documents.find(hash).await.as_deref(), Some("{ a }"));
        assert_eq!(documents.find(DocumentHash::of("{ b }")).await, None);
    }

    #[tokio::test]
    async fn a_flood_of_documents_stays_within_the_bytes_allowed() {
        let documents = Automatic::new(64 << 10, None);
        for number in 0..2_000_usize {
            let text = format!("{{ {} }}", "field ".repeat(number % 200 + 1));
            documents.keep(DocumentHash::of(&format!("{number}")), text.into());
            assert!(documents.memory.weight() <= 64 << 10);
        }
        assert!(documents.memory.len() > 20);
    }
}
