//! The Redis floor's one command, GET of one key, over pooled connections and with the least work a client can do: the
//! command is made once, and the value is copied once, out of the connection's buffer.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use axum::body::Bytes;
use tokio::net::TcpStream;

use crate::{resp, wire};

/// What the value and its framing fit in at first.
const FIRST_BUFFER: usize = 32 * 1024;

/// A pool of connections that are asked for one key.
pub(crate) struct RedisGet {
    address: SocketAddr,
    command: Vec<u8>,
    /// Connections nobody uses now. Held for a push or a pop only, never across an await.
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl RedisGet {
    /// Stores `value` under `key`, and prepares to read it.
    ///
    /// # Errors
    /// Redis does not answer.
    pub(crate) async fn start(address: SocketAddr, key: &str, value: &[u8]) -> Result<Self> {
        resp::ask(address, &[b"SET", key.as_bytes(), value])?;
        let pool = Self {
            address,
            command: resp::command(&[b"GET", key.as_bytes()]),
            idle: Mutex::default(),
        };
        if pool.get().await? == value {
            Ok(pool)
        } else {
            Err(Error::new(
                ErrorKind::InvalidData,
                "Redis gives back another value",
            ))
        }
    }

    /// Reads the value.
    ///
    /// # Errors
    /// The connection failed, or the value is not there.
    pub(crate) async fn get(&self) -> Result<Bytes> {
        let pooled = self.idle().pop();
        let mut connection = match pooled {
            Some(connection) => connection,
            None => Idle::open(self.address).await?,
        };
        let value = connection.ask(&self.command).await?;
        self.idle().push(connection);
        Ok(value)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        // Nothing panics while it is held.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Idle {
    async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; FIRST_BUFFER],
        })
    }

    async fn ask(&mut self, command: &[u8]) -> Result<Bytes> {
        wire::write(&self.stream, command).await?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() {
                self.buffer.resize(2 * filled, 0);
            }
            filled += wire::read(&mut self.stream, &mut self.buffer[filled..]).await?;
            if let Some(value) = resp::bulk(&self.buffer[..filled])? {
                return Ok(Bytes::copy_from_slice(value));
            }
        }
    }
}
