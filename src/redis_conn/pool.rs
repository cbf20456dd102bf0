//! Where connections come from: a deadpool-redis pool of the kind the URL names.
//!
//! The pool bounds how many there are and how long one takes to open. What it does not do is bound an answer: that is
//! `RedisConn::query`'s.

use deadpool_redis::redis::aio::{ConnectionLike, MultiplexedConnection};
use deadpool_redis::redis::cluster_async::ClusterConnection;
use deadpool_redis::redis::{self, AsyncConnectionConfig, Cmd, Pipeline, RedisFuture, Value};
use deadpool_redis::sentinel::{SentinelNodeConnectionInfo, SentinelServerType, TlsMode};
use deadpool_redis::{Manager, Pool, PoolConfig, PoolError, Runtime, Timeouts, cluster, sentinel};

use super::error::RedisError;
use super::target::{Target, Watched};
use crate::config::RedisConfig;

/// A pool of connections to one kind of server.
pub(super) enum Connections {
    Single(Pool),
    Cluster(cluster::Pool),
    Sentinel(sentinel::Pool),
}

/// A connection taken from the pool and held for as long as it works.
pub(super) enum Held {
    Single(deadpool_redis::Connection),
    Cluster(cluster::Connection),
    Sentinel(sentinel::Connection),
}

/// A handle to a held connection: cheap to clone, and many commands may be on their way through it at once.
#[derive(Clone)]
pub(super) enum Link {
    Multiplexed(MultiplexedConnection),
    Cluster(ClusterConnection),
}

impl Connections {
    /// An empty pool; connects to nothing yet.
    pub(super) fn new(target: &Target, config: &RedisConfig) -> Result<Self, redis::RedisError> {
        const RUNTIME: &str = "a runtime is given";
        let settings = pool_settings(config);
        Ok(match target {
            Target::Single(node) => {
                // No response timeout: the deadline of the one wrapper stands above it.
                let connection = AsyncConnectionConfig::new()
                    .set_connection_timeout(Some(config.socket_timeout))
                    .set_response_timeout(None);
                let manager = Manager::new_with_config(node.clone(), connection)?;
                let pool = Pool::builder(manager).config(settings).runtime(Runtime::Tokio1);
                Self::Single(pool.build().expect(RUNTIME))
            }
            Target::Cluster(nodes) => {
                let manager = cluster::Manager::new(nodes.clone(), false)?;
                let pool = cluster::Pool::builder(manager)
                    .config(settings)
                    .runtime(Runtime::Tokio1);
                Self::Cluster(pool.build().expect(RUNTIME))
            }
            Target::Sentinel(watched) => {
                let pool = sentinel::Pool::builder(sentinel_manager(watched)?)
                    .config(settings)
                    .runtime(Runtime::Tokio1);
                Self::Sentinel(pool.build().expect(RUNTIME))
            }
        })
    }

    /// A connection, opened if none is idle.
    pub(super) async fn get(&self) -> Result<Held, RedisError> {
        let failed = |error: PoolError| RedisError::Connect(error.to_string());
        match self {
            Self::Single(pool) => pool.get().await.map(Held::Single).map_err(failed),
            Self::Cluster(pool) => pool.get().await.map(Held::Cluster).map_err(failed),
            Self::Sentinel(pool) => pool.get().await.map(Held::Sentinel).map_err(failed),
        }
    }
}

fn pool_settings(config: &RedisConfig) -> PoolConfig {
    let mut settings = PoolConfig::new(config.max_connections.max(1));
    settings.timeouts = Timeouts {
        wait: Some(config.socket_timeout),
        create: Some(config.socket_timeout),
        recycle: Some(config.socket_timeout),
    };
    settings
}

fn sentinel_manager(watched: &Watched) -> Result<sentinel::Manager, redis::RedisError> {
    let node = SentinelNodeConnectionInfo {
        tls_mode: watched.tls.then_some(TlsMode::Secure),
        redis_connection_info: Some(watched.login.clone().into()),
    };
    sentinel::Manager::new(
        watched.sentinels.clone(),
        watched.master.clone(),
        Some(node),
        SentinelServerType::Master,
    )
}

impl Held {
    pub(super) fn link(&self) -> Link {
        match self {
            Self::Single(connection) => Link::Multiplexed(MultiplexedConnection::clone(connection)),
            Self::Sentinel(connection) => Link::Multiplexed(MultiplexedConnection::clone(connection)),
            Self::Cluster(connection) => Link::Cluster(ClusterConnection::clone(connection)),
        }
    }

    /// Throws the connection away instead of giving it back.
    pub(super) fn discard(self) {
        match self {
            Self::Single(connection) => drop(deadpool_redis::Connection::take(connection)),
            Self::Sentinel(connection) => drop(sentinel::Connection::take(connection)),
            Self::Cluster(connection) => drop(cluster::Connection::take(connection)),
        }
    }
}

impl ConnectionLike for Link {
    fn req_packed_command<'a>(&'a mut self, command: &'a Cmd) -> RedisFuture<'a, Value> {
        match self {
            Self::Multiplexed(connection) => connection.req_packed_command(command),
            Self::Cluster(connection) => connection.req_packed_command(command),
        }
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        match self {
            Self::Multiplexed(connection) => connection.req_packed_commands(pipeline, offset, count),
            Self::Cluster(connection) => connection.req_packed_commands(pipeline, offset, count),
        }
    }

    fn get_db(&self) -> i64 {
        match self {
            Self::Multiplexed(connection) => connection.get_db(),
            Self::Cluster(connection) => connection.get_db(),
        }
    }
}
