//! What can be cached.

use bytes::Bytes;

use super::outcome::Freshness;

/// A value that can be kept in both tiers.
///
/// Its form must not change without a change of its keys: an entry that cannot be decoded is a miss, one that decodes
/// into something else is a wrong answer.
pub trait CacheValue: Send + Sync + Sized + 'static {
    /// The bytes that are kept in Redis; `None` if it cannot be written, and then it is kept in memory only.
    fn encode(&self) -> Option<Bytes>;

    /// Reads what `encode` wrote; `None` for anything else.
    fn decode(bytes: Bytes) -> Option<Self>;

    /// Bytes it occupies in memory, what it points to included.
    fn weight(&self) -> usize;

    /// How fresh the values are that it was made of, if some came out of the cache: it counts as old as the oldest of
    /// them and ends with the first.
    fn parts(&self) -> Option<Freshness> {
        None
    }
}

/// Bytes are kept as they are.
impl CacheValue for Bytes {
    fn encode(&self) -> Option<Bytes> {
        Some(self.clone())
    }

    fn decode(bytes: Bytes) -> Option<Self> {
        Some(bytes)
    }

    fn weight(&self) -> usize {
        self.len()
    }
}
