//! Registered documents in Redis, where every instance finds them.
//!
//! Invariant: Redis is never believed: a text that does not hash to its name is as good as not there, and so is whatever
//! Redis fails to tell within the request's deadline.

use std::sync::Arc;
use std::time::Duration;

use deadpool_redis::redis;
use tokio::sync::Semaphore;

use super::hash::DocumentHash;
use crate::redis_conn::{Access, Patience, RedisConn};

/// Writes under way at most; one more is dropped, and the document is registered again by whoever asks for it next.
const WRITES: usize = 16;

/// The tier.
pub(super) struct RedisTier {
    redis: RedisConn,
    ttl: Duration,
    writes: Arc<Semaphore>,
}

impl RedisTier {
    pub(super) fn new(redis: RedisConn, ttl: Duration) -> Self {
        let writes = Arc::new(Semaphore::new(WRITES));
        Self { redis, ttl, writes }
    }

    fn name(&self, hash: DocumentHash) -> String {
        format!("{}persisted:{hash}", self.redis.prefix())
    }

    /// The text of a document.
    pub(super) async fn get(&self, hash: DocumentHash) -> Option<Arc<str>> {
        let mut get = redis::cmd("GET");
        get.arg(self.name(hash));
        let text: Option<Vec<u8>> = match self.redis.query(&get, Access::Read, Patience::Request).await {
            Ok(text) => text,
            Err(error) => {
                tracing::debug!(%error, "a persisted query could not be looked up");
                None
            }
        };
        let text = String::from_utf8(text?).ok()?;
        (DocumentHash::of(&text) == hash).then(|| text.into())
    }

    /// Writes it in the background.
    pub(super) fn put(&self, hash: DocumentHash, text: &str) {
        let Ok(permit) = Arc::clone(&self.writes).try_acquire_owned() else {
            return;
        };
        if !self.redis.takes_writes() {
            return;
        }
        let mut set = redis::cmd("SET");
        set.arg(self.name(hash))
            .arg(text)
            .arg("EX")
            .arg(self.ttl.as_secs().max(1));
        let redis = self.redis.clone();
        tokio::spawn(async move {
            let written: Result<(), _> = redis.query(&set, Access::Write, Patience::Background).await;
            if let Err(error) = written {
                tracing::debug!(%error, "a persisted query could not be written");
            }
            drop(permit);
        });
    }
}
