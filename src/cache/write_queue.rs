//! Writes to Redis, one queue for all, in the background.
//!
//! Invariant: no more than `WRITES_MAX` entries and `BYTES_MAX` bytes wait; what finds no room is dropped, never waited
//! for. A dropped write costs one computation later.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use deadpool_redis::redis;
use futures_util::future::join_all;
use tokio::sync::{mpsc, oneshot};

use super::clock::{Clock, milliseconds};
use super::envelope;
use super::key::Key;
use super::outcome::Lifetime;
use super::statistics::{CacheEvent, Statistics, Traffic};
use crate::redis_conn::{Access, Patience, RedisConn};

/// The most entries that wait.
const WRITES_MAX: usize = 1_024;

/// The most bytes that wait or are on their way.
const BYTES_MAX: usize = 16 << 20;

/// How many are on their way at once, over shared connections.
const BATCH: usize = 32;

/// An entry to be written.
pub(super) struct Write {
    pub(super) key: Key,
    pub(super) traffic: Traffic,
    pub(super) payload: Bytes,
    pub(super) lifetime: Lifetime,
}

enum Job {
    Write(Write),
    /// Tells when everything before it has been tried.
    Flush(oneshot::Sender<()>),
}

/// How full the queue is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct QueueUse {
    /// Writes that wait.
    pub waiting: usize,
    /// Bytes that wait or are on their way.
    pub bytes: usize,
}

/// The queue. Dropped, it ends its task once what waits is written.
pub(super) struct WriteQueue {
    jobs: mpsc::Sender<Job>,
    /// Raised by whoever offers, lowered by the task when a write has been tried.
    bytes: Arc<AtomicUsize>,
}

struct Writer {
    redis: RedisConn,
    statistics: Arc<Statistics>,
    clock: Clock,
    bytes: Arc<AtomicUsize>,
}

impl WriteQueue {
    /// An empty queue and the task that works it off.
    pub(super) fn start(redis: RedisConn, statistics: Arc<Statistics>, clock: Clock) -> Self {
        let (jobs, incoming) = mpsc::channel(WRITES_MAX);
        let bytes = Arc::new(AtomicUsize::new(0));
        let writer = Writer {
            redis,
            statistics,
            clock,
            bytes: bytes.clone(),
        };
        tokio::spawn(writer.work_off(incoming));
        Self { jobs, bytes }
    }

    /// Puts a write into the queue; `false` if there is no room.
    pub(super) fn offer(&self, write: Write) -> bool {
        let size = write.payload.len();
        if self.bytes.fetch_add(size, Ordering::Relaxed) + size > BYTES_MAX
            || self.jobs.try_send(Job::Write(write)).is_err()
        {
            self.bytes.fetch_sub(size, Ordering::Relaxed);
            return false;
        }
        true
    }

    /// Waits until everything offered so far has been tried.
    pub(super) async fn flush(&self) {
        let (done, tried) = oneshot::channel();
        if self.jobs.send(Job::Flush(done)).await.is_ok() {
            // An error means that the task has ended with its runtime: nothing waits any more.
            tried.await.ok();
        }
    }

    pub(super) fn in_use(&self) -> QueueUse {
        QueueUse {
            waiting: self.jobs.max_capacity() - self.jobs.capacity(),
            bytes: self.bytes.load(Ordering::Relaxed),
        }
    }
}

impl Writer {
    async fn work_off(self, mut incoming: mpsc::Receiver<Job>) {
        let mut batch = Vec::with_capacity(BATCH);
        while incoming.recv_many(&mut batch, BATCH).await > 0 {
            let (mut writes, mut flushes) = (Vec::new(), Vec::new());
            for job in batch.drain(..) {
                match job {
                    Job::Write(write) => writes.push(write),
                    Job::Flush(done) => flushes.push(done),
                }
            }
            join_all(writes.iter().map(|write| self.write(write))).await;
            for done in flushes {
                // Whoever asked may have stopped waiting.
                done.send(()).ok();
            }
        }
    }

    async fn write(&self, write: &Write) {
        let event = self.set(write).await;
        self.bytes.fetch_sub(write.payload.len(), Ordering::Relaxed);
        self.statistics.count(write.key.kind(), write.traffic, event);
    }

    async fn set(&self, write: &Write) -> CacheEvent {
        // What is left, not what it was given: it may have waited here.
        let left = milliseconds(write.lifetime.expires.since(self.clock.now()));
        if left == 0 {
            return CacheEvent::RedisStoreDropped;
        }
        let sealed = envelope::seal(write.key.digest(), &write.payload, write.lifetime);
        let mut set = redis::cmd("SET");
        set.arg(write.key.name(self.redis.prefix()))
            .arg(&sealed[..])
            .arg("PX")
            .arg(left);
        match self
            .redis
            .query::<()>(&set, Access::Write, Patience::Background)
            .await
        {
            Ok(()) => CacheEvent::RedisStore,
            Err(error) => {
                tracing::debug!(%error, kind = write.key.kind().as_str(), "redis write failed");
                CacheEvent::RedisStoreError
            }
        }
    }
}
