//! The Redis floor's one command: GET of one key, over connections that are shared by all requests, as fast as the client
//! library goes. (A pool that is asked for a connection at each request asks Redis for a PING first: that is no floor.)

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::ensure;
use axum::body::Bytes;
use deadpool_redis::redis::aio::MultiplexedConnection;
use deadpool_redis::redis::{Client, Cmd};

/// Connections, as many as the server shares.
const CONNECTIONS: usize = 2;

/// Connections that are asked for one key in turn.
pub(crate) struct RedisGet {
    connections: Vec<MultiplexedConnection>,
    turn: AtomicUsize,
    command: Cmd,
}

impl RedisGet {
    /// Stores `value` under `key`, and prepares to read it.
    ///
    /// # Errors
    /// Redis does not answer, or gives back another value.
    pub(crate) async fn start(address: SocketAddr, key: &str, value: &[u8]) -> anyhow::Result<Self> {
        let client = Client::open(format!("redis://{address}"))?;
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(client.get_multiplexed_async_connection().await?);
        }
        let floor = Self {
            connections,
            turn: AtomicUsize::new(0),
            command: Cmd::get(key),
        };
        let _: () = Cmd::set(key, value).query_async(&mut floor.next()).await?;
        ensure!(floor.get().await? == value, "Redis gives back another value");
        Ok(floor)
    }

    /// Reads the value.
    ///
    /// # Errors
    /// There is no connection, or no value.
    pub(crate) async fn get(&self) -> anyhow::Result<Bytes> {
        let value: Vec<u8> = self.command.query_async(&mut self.next()).await?;
        Ok(value.into())
    }

    fn next(&self) -> MultiplexedConnection {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        self.connections[turn % CONNECTIONS].clone()
    }
}
