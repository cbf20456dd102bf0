//! How long a connection is waited for, and what it is being waited for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::http::{HeaderValue, Response, Version, header};

/// How long a client is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// For the whole head of a request, from its first byte; on a new connection, from the connection.
    pub head: Duration,
    /// For the next request on a connection that had one.
    pub idle: Duration,
    /// For any byte of an answer to be taken.
    pub answer: Duration,
}

/// What goes on on a connection. Written by the service as requests come and go, read by the stream beneath it, which
/// are two parts of one task.
#[derive(Debug, Default)]
pub(super) struct Phases {
    /// Requests whose heads have come.
    came: AtomicU32,
    /// Requests being answered.
    in_flight: AtomicU32,
    /// Whether the server stops. One for all connections.
    stopping: Arc<AtomicBool>,
}

impl Phases {
    /// Those of a connection to a server that tells here when it stops.
    pub(super) fn new(stopping: &Arc<AtomicBool>) -> Self {
        Self {
            came: AtomicU32::new(0),
            in_flight: AtomicU32::new(0),
            stopping: Arc::clone(stopping),
        }
    }

    /// Requests so far.
    pub(super) fn came(&self) -> u32 {
        self.came.load(Ordering::Relaxed)
    }

    /// Whether a request is being answered: then it is not the client that is waited for, or the reader of its body
    /// waits.
    pub(super) fn is_answering(&self) -> bool {
        self.in_flight.load(Ordering::Relaxed) > 0
    }
}

/// A request being answered. Counted until it is dropped, for the connection may end before the answer.
///
/// An answer of a server that stops says that it is the last of its connection: then the client sends no other request,
/// and the connection is closed when the answer has gone out.
pub(super) struct Answering<F> {
    phases: Arc<Phases>,
    /// HTTP/2 has frames for that, and no such header.
    is_http2: bool,
    answer: F,
}

impl<F> Answering<F> {
    pub(super) fn new(phases: Arc<Phases>, version: Version, answer: F) -> Self {
        phases.came.fetch_add(1, Ordering::Relaxed);
        phases.in_flight.fetch_add(1, Ordering::Relaxed);
        Self {
            phases,
            is_http2: version == Version::HTTP_2,
            answer,
        }
    }
}

impl<F, B, E> Future for Answering<F>
where
    F: Future<Output = Result<Response<B>, E>> + Unpin,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut answer = std::task::ready!(Pin::new(&mut self.answer).poll(cx));
        if let Ok(answer) = &mut answer
            && !self.is_http2
            && self.phases.stopping.load(Ordering::Relaxed)
        {
            let headers = answer.headers_mut();
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Poll::Ready(answer)
    }
}

impl<F> Drop for Answering<F> {
    fn drop(&mut self) {
        self.phases.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
