//! How long a connection is waited for, and what it is being waited for.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

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
}

impl Phases {
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
pub(super) struct Answering<F> {
    phases: Arc<Phases>,
    answer: F,
}

impl<F> Answering<F> {
    pub(super) fn new(phases: Arc<Phases>, answer: F) -> Self {
        phases.came.fetch_add(1, Ordering::Relaxed);
        phases.in_flight.fetch_add(1, Ordering::Relaxed);
        Self { phases, answer }
    }
}

impl<F: Future + Unpin> Future for Answering<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        Pin::new(&mut self.answer).poll(cx)
    }
}

impl<F> Drop for Answering<F> {
    fn drop(&mut self) {
        self.phases.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}
