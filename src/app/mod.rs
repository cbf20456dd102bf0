//! The composition root: the only place that knows how the parts fit together.

mod announce;
mod cache_log;
mod follow;
mod schedule;
mod serve;
mod warming;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use crate::cache::popular::PopularStore;
use crate::cache::{Cache, Clock};
use crate::catalog::Live;
use crate::config::Config;
use crate::db::{Database, DatabaseError};
use crate::graphql::{CacheControl, Caching, Engine, IndexControl};
use crate::http::{Gate, Services};
use crate::persisted::{Documents, ManifestError};
use crate::rate_limit::{RateLimiter, TrustedProxies};
use crate::redis_conn::{RedisConn, RedisUrlError};

pub use announce::{AnnounceError, announce};

/// A server, wired and ready to serve.
pub struct App {
    config: Config,
    services: Services,
    redis: Option<RedisConn>,
    index: IndexControl,
}

/// Why a server could not be wired.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The database cannot be opened or migrated.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// `REDIS_URL` cannot be used. (A Redis that does not answer is no reason not to start.)
    #[error(transparent)]
    Redis(#[from] RedisUrlError),
    /// `TRUSTED_DOCUMENTS` names no manifest that can be used.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
}

impl App {
    /// Opens the database, brings its schema up to date where it is told to, and wires the parts.
    ///
    /// # Errors
    /// The database cannot be opened or migrated, or the settings of Redis cannot be used.
    pub async fn build(config: Config) -> Result<Self, BuildError> {
        // The build may hold several TLS providers, and then one has to be named; whoever was first is as good.
        drop(rustls::crypto::ring::default_provider().install_default());
        let database = Database::connect(config.database.url.expose()).await?;
        database.prepare(config.database.auto_migrate).await?;
        let lineage = database.state().await?.lineage;
        let redis = RedisConn::start(&config.redis).await?;
        let live = Arc::<Live>::default();
        let cache = Arc::new(Cache::new(&config.cache, redis.clone()));
        let space = Caching::space_of(lineage).without_generations_in(config.cache.faults.unstamped);
        let caching = Arc::new(Caching::new(cache, space));
        let control = CacheControl::new(database.clone(), live.clone(), caching.clone(), redis.clone());
        let index = IndexControl::new(database.clone(), config.index.clone(), control.clone());
        let limits = &config.rate_limit;
        let limiter = RateLimiter::new(limits, redis.clone(), Instant::now(), SystemTime::now());
        let documents = Documents::new(&config.persisted, redis.clone(), Engine::check_syntax)?;
        let services = Services {
            documents: Arc::new(documents),
            engine: Engine::new(
                &config.graphql,
                database.clone(),
                caching,
                control.clone(),
                index.clone(),
            ),
            live,
            database,
            control,
            limiter: Arc::new(limiter),
            proxies: Arc::new(TrustedProxies::new(limits)),
            gate: Arc::new(Gate::new(config.http.max_in_flight)),
            figures: Arc::default(),
            config: Arc::new(config.http.clone()),
            admin: Arc::new(config.admin.clone()),
        };
        Ok(Self {
            config,
            services,
            redis,
            index,
        })
    }

    /// The database this server reads.
    pub const fn database(&self) -> &Database {
        &self.services.database
    }

    /// The cache this server answers from.
    pub fn cache(&self) -> &Arc<Cache> {
        self.services.engine.caching().cache()
    }

    /// What all instances ask most, in Redis.
    fn popular_store(&self) -> Option<PopularStore> {
        let space = self.services.engine.caching().space();
        Some(PopularStore::new(self.redis.clone()?, space, Clock::machine()))
    }
}
