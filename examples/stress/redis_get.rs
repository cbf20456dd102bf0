//! The Redis floor's one command: GET of one key, over a pool of connections as large as the server's.

use std::net::SocketAddr;

use anyhow::ensure;
use axum::body::Bytes;
use deadpool_redis::redis::{Cmd, RedisResult};
use deadpool_redis::{Config, Pool, PoolConfig, Runtime};

/// Connections of the pool: the default of the server's `REDIS_MAX_CONNECTIONS`.
const CONNECTIONS: usize = 50;

/// A pool that is asked for one key.
pub(crate) struct RedisGet {
    pool: Pool,
    command: Cmd,
}

impl RedisGet {
    /// Stores `value` under `key`, and prepares to read it.
    ///
    /// # Errors
    /// Redis does not answer, or gives back another value.
    pub(crate) async fn start(address: SocketAddr, key: &str, value: &[u8]) -> anyhow::Result<Self> {
        let mut config = Config::from_url(format!("redis://{address}"));
        config.pool = Some(PoolConfig::new(CONNECTIONS));
        let pool = config.create_pool(Some(Runtime::Tokio1))?;
        let set: RedisResult<()> = Cmd::set(key, value).query_async(&mut pool.get().await?).await;
        set?;
        let command = Cmd::get(key);
        let floor = Self { pool, command };
        ensure!(floor.get().await? == value, "Redis gives back another value");
        Ok(floor)
    }

    /// Reads the value.
    ///
    /// # Errors
    /// There is no connection, or no value.
    pub(crate) async fn get(&self) -> anyhow::Result<Bytes> {
        let mut connection = self.pool.get().await?;
        let value: Vec<u8> = self.command.query_async(&mut connection).await?;
        Ok(value.into())
    }
}
