//! A connection's stream that ends when its client is waited for too long.
//!
//! Hyper has a time limit for heads, but the same one for the time between two requests, and starts a timer for each
//! request. Here a connection has one timer for reading and one for writing, which are set anew only when they run out:
//! a request costs a look at the clock.
//!
//! Hyper does not read on when an answer has gone out and it was waiting for bytes already: then the wait for the next
//! request begins when the timer of that read runs out, and lasts up to twice as long as said.
//!
//! Invariant: whenever the client is waited for, a timer is running whose end is not later than the limit.

use std::io::{Error, ErrorKind, IoSlice, Result};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::patience::{Patience, Phases};

/// How an HTTP/2 connection begins (RFC 9113, section 3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n";

/// A stream under watch.
pub(super) struct Watched<S> {
    stream: S,
    phases: Arc<Phases>,
    patience: Patience,
    /// What is being read.
    reading: Reading,
    /// Requests that had come when `reading` was found out.
    seen: u32,
    /// Whether the last look was while a request was answered.
    is_answered: bool,
    is_http2: bool,
    /// Since when the client is waited for.
    since: Instant,
    /// Runs out when, at the earliest, that was too long.
    read_timer: Option<Pin<Box<Sleep>>>,
    /// Since when the client takes nothing.
    stalled: Option<Instant>,
    write_timer: Option<Pin<Box<Sleep>>>,
}

/// What the client is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// The rest of a request's head, or its first byte on a new connection.
    Head,
    /// A request, if the client has another one.
    Next,
}

impl<S> Watched<S> {
    pub(super) fn new(stream: S, phases: Arc<Phases>, patience: Patience) -> Self {
        Self {
            stream,
            phases,
            patience,
            reading: Reading::Head,
            seen: 0,
            is_answered: false,
            is_http2: false,
            since: Instant::now(),
            read_timer: None,
            stalled: None,
            write_timer: None,
        }
    }

    /// Bytes came.
    fn came(&mut self, bytes: &[u8]) {
        let came = self.phases.came();
        if came == 0 && bytes.starts_with(PREFACE) {
            self.is_http2 = true;
        }
        if self.is_http2 {
            // Frames of many kinds come and go; what counts is that something does.
            self.now_for(Reading::Next);
        } else if !self.phases.is_answering() && (self.reading == Reading::Next || self.seen != came) {
            self.seen = came;
            self.now_for(Reading::Head);
        }
    }

    fn now_for(&mut self, reading: Reading) {
        self.reading = reading;
        self.since = Instant::now();
        self.is_answered = false;
    }

    /// Nothing came: whether the client is waited for, and has been for too long.
    fn waits_too_long(&mut self, cx: &mut Context<'_>) -> bool {
        let came = self.phases.came();
        if self.phases.is_answering() {
            self.seen = came;
            self.is_answered = true;
            // Nobody may look again when the answer has gone out: the timer will.
            is_over(&mut self.read_timer, Instant::now(), self.patience.idle, cx);
            return false;
        }
        if self.is_answered || self.seen != came {
            self.seen = came;
            self.now_for(Reading::Next);
        }
        let limit = match self.reading {
            Reading::Head => self.patience.head,
            Reading::Next => self.patience.idle,
        };
        is_over(&mut self.read_timer, self.since, limit, cx)
    }

    /// Whether the client takes nothing for too long.
    fn stalls_too_long(&mut self, cx: &mut Context<'_>) -> bool {
        let since = *self.stalled.get_or_insert_with(Instant::now);
        is_over(&mut self.write_timer, since, self.patience.answer, cx)
    }
}

/// Whether a limit is over; if not, the timer will wake the task when it may be.
fn is_over(
    timer: &mut Option<Pin<Box<Sleep>>>,
    since: Instant,
    limit: Duration,
    cx: &mut Context<'_>,
) -> bool {
    let end = since + limit;
    let timer = timer.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(end)));
    // One that runs out too early is set anew then; only one that would run out too late is set anew now.
    if timer.deadline() > end {
        timer.as_mut().reset(end);
    }
    while timer.as_mut().poll(cx).is_ready() {
        if Instant::now() >= end {
            return true;
        }
        timer.as_mut().reset(end);
    }
    false
}

fn too_long(what: &'static str) -> Error {
    Error::new(ErrorKind::TimedOut, what)
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        match Pin::new(&mut this.stream).poll_read(cx, buffer) {
            Poll::Pending if this.waits_too_long(cx) => {
                Poll::Ready(Err(too_long("the client was waited for too long")))
            }
            Poll::Ready(Ok(())) => {
                this.came(&buffer.filled()[before..]);
                Poll::Ready(Ok(()))
            }
            other => other,
        }
    }
}

impl<S: AsyncWrite + Unpin> Watched<S> {
    fn judge<T>(&mut self, cx: &mut Context<'_>, written: Poll<Result<T>>) -> Poll<Result<T>> {
        if written.is_pending() {
            if self.stalls_too_long(cx) {
                return Poll::Ready(Err(too_long("the client took nothing for too long")));
            }
        } else {
            self.stalled = None;
        }
        written
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.judge(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.judge(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Version;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::super::patience::Answering;
    use super::*;

    const PATIENCE: Patience = Patience {
        head: Duration::from_secs(10),
        idle: Duration::from_mins(1),
        answer: Duration::from_secs(30),
    };

    fn connection() -> (DuplexStream, Watched<DuplexStream>, Arc<Phases>) {
        let (client, server) = duplex(64);
        let phases = Arc::<Phases>::default();
        (client, Watched::new(server, phases.clone(), PATIENCE), phases)
    }

    /// Reads until the connection ends; says how, and after how many seconds.
    async fn read_to_the_end(watched: &mut Watched<DuplexStream>) -> (Option<ErrorKind>, u64) {
        let begun = Instant::now();
        let mut bytes = [0; 64];
        let end = loop {
            match watched.read(&mut bytes).await {
                Ok(0) => break None,
                Ok(_) => {}
                Err(error) => break Some(error.kind()),
            }
        };
        (end, begun.elapsed().as_secs())
    }

    const TIMED_OUT: Option<ErrorKind> = Some(ErrorKind::TimedOut);

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_sends_nothing_ends_with_the_patience_for_a_head() {
        let (_client, mut watched, _) = connection();
        assert_eq!(read_to_the_end(&mut watched).await, (TIMED_OUT, 10));
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_comes_byte_by_byte_gets_no_more_time_than_one_that_does_not_come() {
        let (mut client, mut watched, _) = connection();
        let dripping = tokio::spawn(async move {
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_secs(1)).await;
                if client.write_all(b"G").await.is_err() {
                    break;
                }
            }
        });
        assert_eq!(read_to_the_end(&mut watched).await, (TIMED_OUT, 10));
        drop(watched);
        dripping.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn between_requests_there_is_more_time_and_for_the_next_head_less_again() {
        let (mut client, mut watched, phases) = connection();
        client.write_all(b"G").await.unwrap();
        watched.read_u8().await.unwrap();
        drop(Answering::new(phases.clone(), Version::HTTP_11, ()));
        let sending = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(50)).await;
            client.write_all(b"GET").await.unwrap();
            client
        });
        // 50 seconds idle, then 10 for a head that never ends.
        assert_eq!(read_to_the_end(&mut watched).await, (TIMED_OUT, 60));
        let (mut client, mut watched, phases) = connection();
        client.write_all(b"G").await.unwrap();
        watched.read_u8().await.unwrap();
        drop(Answering::new(phases, Version::HTTP_11, ()));
        assert_eq!(read_to_the_end(&mut watched).await, (TIMED_OUT, 60));
        drop(sending.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn while_a_request_is_answered_nobody_is_waited_for() {
        let (client, mut watched, phases) = connection();
        let answering = Answering::new(phases, Version::HTTP_11, ());
        let ending = tokio::spawn(async move {
            tokio::time::sleep(Duration::from_secs(500)).await;
            drop(client);
        });
        assert_eq!(read_to_the_end(&mut watched).await, (None, 500));
        drop(answering);
        ending.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_nobody_looks_after_is_followed_by_the_patience_for_the_next_request() {
        let (_client, mut watched, phases) = connection();
        let answering = tokio::spawn(async move {
            let answering = Answering::new(phases, Version::HTTP_11, ());
            tokio::time::sleep(Duration::from_secs(50)).await;
            drop(answering);
        });
        tokio::task::yield_now().await;
        // The timer of the look while it was answered, and a whole wait from then on.
        assert_eq!(read_to_the_end(&mut watched).await, (TIMED_OUT, 120));
        answering.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn an_http2_connection_may_be_silent_for_as_long_as_an_idle_one() {
        let (mut client, mut watched, _) = connection();
        client.write_all(PREFACE).await.unwrap();
        assert_eq!(read_to_the_end(&mut watched).await, (TIMED_OUT, 60));
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_takes_nothing_ends_and_one_that_is_slow_does_not() {
        let (_client, mut watched, _) = connection();
        let begun = Instant::now();
        let error = watched.write_all(&[0; 100]).await.unwrap_err();
        assert_eq!(
            (error.kind(), begun.elapsed().as_secs()),
            (ErrorKind::TimedOut, 30)
        );

        let (mut client, mut watched, _) = connection();
        let taking = tokio::spawn(async move {
            for _ in 0..100 {
                tokio::time::sleep(Duration::from_secs(20)).await;
                client.read_u8().await.unwrap();
            }
        });
        watched.write_all(&[0; 100]).await.unwrap();
        drop(taking);
    }
}
