//! What operators do with the cache: look at it, and clear it.

use std::sync::Arc;

use super::caching::{Caching, generation};
use super::error::QueryError;
use super::types::cache_stats::{CacheRedisStats, CacheStats};
use super::types::clear_result::{CacheScope, ClearCacheResult};
use crate::catalog::Live;
use crate::db::{ClearCounts, Database};
use crate::redis_conn::{RedisConn, RedisHealth};
use crate::telemetry::Durations;

/// The cache in an operator's hands. Cheap to clone.
#[derive(Clone)]
pub struct CacheControl {
    database: Database,
    live: Arc<Live>,
    caching: Arc<Caching>,
    redis: Option<RedisConn>,
}

impl CacheControl {
    /// Over what it looks at and clears.
    pub fn new(database: Database, live: Arc<Live>, caching: Arc<Caching>, redis: Option<RedisConn>) -> Self {
        Self {
            database,
            live,
            caching,
            redis,
        }
    }

    /// The catalog in use.
    pub(super) const fn live(&self) -> &Arc<Live> {
        &self.live
    }

    /// The database it follows.
    pub(super) const fn database(&self) -> &Database {
        &self.database
    }

    /// Makes every instance forget its answers of some kinds, or of all where none is named: raises their counts in the
    /// database, takes the new generation up here, and tells the others.
    ///
    /// # Errors
    /// The database failed: nothing was cleared.
    pub async fn clear(
        &self,
        scopes: &[CacheScope],
        request_id: &str,
    ) -> Result<ClearCacheResult, QueryError> {
        let named = |scope: &CacheScope| scopes.is_empty() || scopes.contains(scope);
        let scopes: Vec<CacheScope> = CacheScope::ALL.into_iter().filter(named).collect();
        let add = |scope| i64::from(scopes.contains(&scope));
        let counts = ClearCounts {
            search: add(CacheScope::Search),
            facets: add(CacheScope::Facets),
            stats: add(CacheScope::Stats),
        };
        let internal = |cause| QueryError::internal(request_id, cause);
        let state = self.database.clear(counts).await.map_err(internal)?;
        // In force here before it is acknowledged, whatever becomes of the database.
        self.live.clear(&state).await;
        self.refresh().await;
        let redis_notified = self.announce(&generation(&state).to_string()).await;
        let generation = generation(&state).to_string();
        tracing::info!(
            request_id,
            ?scopes,
            generation,
            redis_notified,
            "cache cleared by an operator"
        );
        Ok(ClearCacheResult {
            scopes,
            generation,
            redis_notified,
        })
    }

    /// Takes up at once what this process has just changed, and tells the others.
    pub(super) async fn take_up(&self) {
        self.refresh().await;
        match self.database.state().await {
            Ok(state) => drop(self.announce(&generation(&state).to_string()).await),
            Err(error) => tracing::warn!(%error, "the others see the change at their next look"),
        }
    }

    async fn refresh(&self) {
        if let Err(error) = self.live.refresh(&self.database).await {
            tracing::warn!(%error, "the change is in the database and will be taken up at the next look");
        }
    }

    /// Tells other instances of a new generation; says whether Redis took the message.
    pub async fn announce(&self, generation: &str) -> bool {
        let Some(redis) = &self.redis else { return false };
        let channel = self.caching.space().channel(redis.prefix());
        redis.publish(&channel, generation.as_bytes()).await.is_ok()
    }

    /// How the cache does. Asks Redis for its figures, under a deadline.
    pub async fn stats(&self) -> CacheStats {
        let cache = self.caching.cache();
        let redis = match &self.redis {
            Some(redis) => {
                let figures = redis.figures().await.ok();
                CacheRedisStats::new(&redis.health(), figures.as_ref())
            }
            None => CacheRedisStats::new(&RedisHealth::disabled(), None),
        };
        let state = self.live.current().map(|snapshot| snapshot.state);
        let generation = state
            .map(|state| generation(&state).to_string())
            .unwrap_or_default();
        CacheStats::new(generation, &cache.counts(), &cache.in_use(), redis)
    }

    /// How long Redis took to answer so far; nothing where it is switched off.
    pub fn redis_durations(&self) -> Option<Durations> {
        self.redis.as_ref().map(RedisConn::durations)
    }

    /// How Redis does. Asks nothing of it.
    pub fn redis_health(&self) -> RedisHealth {
        self.redis
            .as_ref()
            .map_or_else(RedisHealth::disabled, RedisConn::health)
    }
}
