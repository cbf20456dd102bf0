//! A keep-alive HTTP/1.1 client: one request at a time over one connection.
//!
//! Invariant: asking allocates nothing, but where an answer is larger than any before it on the connection.

use std::io::{Error, ErrorKind, Result};
use std::net::SocketAddr;

use tokio::net::TcpStream;

use crate::head::{CacheHeaders, Head, Told};
use crate::wire;

/// A request's bytes, head and body, ready to be sent.
pub(crate) type Request = Box<[u8]>;

/// What most answers fit in.
const FIRST_BUFFER: usize = 64 * 1024;

/// A connection.
#[derive(Debug)]
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    head: usize,
    filled: usize,
}

/// What an answer was.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reply {
    /// The status code.
    pub(crate) status: u16,
    /// Whether it is 200 and its body a GraphQL answer without errors.
    pub(crate) is_good: bool,
    /// Where it came from.
    pub(crate) told: Told,
    /// Bytes of the body.
    pub(crate) body_bytes: usize,
    /// The end of the rate limit's window it was counted in, Unix seconds, if it tells.
    pub(crate) window_end: Option<u64>,
}

impl Connection {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens.
    pub(crate) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            buffer: vec![0; FIRST_BUFFER],
            head: 0,
            filled: 0,
        })
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// The connection failed, or what came is no response this client can read.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Reply> {
        wire::write(&self.stream, request).await?;
        let head = self.read_head().await?;
        self.head = head.bytes;
        let end = head.bytes + head.body_bytes;
        if self.buffer.len() < end {
            self.buffer.resize(end, 0);
        }
        while self.filled < end {
            self.read().await?;
        }
        if self.filled > end {
            return Err(Error::new(ErrorKind::InvalidData, "more came than the answer"));
        }
        Ok(Reply {
            status: head.status,
            is_good: head.status == 200 && is_without_errors(self.body()),
            told: head.told,
            body_bytes: head.body_bytes,
            window_end: head.window_end,
        })
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> &[u8] {
        self.buffer.get(self.head..self.filled).unwrap_or_default()
    }

    /// What the last answer tells of the cache.
    pub(crate) fn cache_headers(&self) -> CacheHeaders {
        let head = self.buffer.get(..self.head).unwrap_or_default();
        CacheHeaders::parse(head).unwrap_or_default()
    }

    async fn read_head(&mut self) -> Result<Head> {
        self.filled = 0;
        loop {
            self.read().await?;
            let parsed = Head::parse(&self.buffer[..self.filled]);
            match parsed.map_err(|error| Error::new(ErrorKind::InvalidData, error))? {
                Some(head) => return Ok(head),
                None if self.filled == self.buffer.len() => {
                    return Err(Error::new(ErrorKind::InvalidData, "a head without an end"));
                }
                None => {}
            }
        }
    }

    async fn read(&mut self) -> Result<()> {
        self.filled += wire::read(&mut self.stream, &mut self.buffer[self.filled..]).await?;
        Ok(())
    }
}

/// Whether a GraphQL answer has no `errors`: these come last, in a list, so an answer with them ends in `]}`.
fn is_without_errors(body: &[u8]) -> bool {
    body.starts_with(b"{\"data\":{") && body.ends_with(b"}}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_errors_is_not_good() {
        assert!(is_without_errors(br#"{"data":{"stats":{"totalActions":3}}}"#));
        assert!(!is_without_errors(
            br#"{"data":{"stats":null},"errors":[{"message":"no"}]}"#
        ));
        assert!(!is_without_errors(br#"{"errors":[{"message":"no"}]}"#));
        assert!(!is_without_errors(b""));
    }
}
