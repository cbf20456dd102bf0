//! The background work for the connection: a heartbeat while Redis answers, probes while it does not.
//!
//! Only here does anything wait for Redis longer than a request may: opening a connection may take up to
//! `REDIS_SOCKET_TIMEOUT`, so that a far-away server is reached at all. Ends when the last `RedisConn` is dropped.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use deadpool_redis::redis;

use super::command::One;
use super::error::{Access, RedisError};
use super::{Patience, Shared};

/// Between two heartbeats, so that a dead server is noticed before a request does and health has a fresh latency.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// After a heartbeat that failed: a few more in quick succession decide.
const DOUBTFUL: Duration = Duration::from_millis(50);

/// Starts it.
pub(super) fn spawn(shared: &Arc<Shared>) {
    tokio::spawn(supervise(Arc::downgrade(shared)));
}

async fn supervise(shared: Weak<Shared>) {
    let mut doubtful = false;
    loop {
        // Nothing but the alarm clock is kept while it sleeps, so that the last `RedisConn` dropped ends it.
        let Some((pause, wake)) = shared
            .upgrade()
            .map(|shared| (pause(&shared, doubtful), shared.wake.clone()))
        else {
            return;
        };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = wake.notified() => {}
        }
        let Some(shared) = shared.upgrade() else { return };
        doubtful = !check(&shared).await;
    }
}

fn pause(shared: &Shared, doubtful: bool) -> Duration {
    match shared.link.next_probe() {
        Some(due) => due.saturating_duration_since(Instant::now()),
        None if doubtful => DOUBTFUL,
        None => HEARTBEAT,
    }
}

/// One look at Redis; says whether it is well.
async fn check(shared: &Shared) -> bool {
    let ping = redis::cmd("PING");
    if shared.link.admits() {
        // An empty lane is filled here too, with more patience than a request has.
        let opened = tokio::time::timeout(shared.socket_timeout, shared.lanes.open_all()).await;
        let beat = shared.run(Access::Read, Patience::Request, One(&ping)).await;
        return matches!(opened, Ok(Ok(()))) && beat.is_ok();
    }
    probe(shared, &ping).await
}

async fn probe(shared: &Shared, ping: &redis::Cmd) -> bool {
    let Some(probe) = shared.link.begin_probe(Instant::now()) else {
        return false;
    };
    shared.lanes.discard_all();
    match first_answer(shared, ping).await {
        Ok(()) => {
            probe.succeeded(Instant::now());
            shared.came_up();
            true
        }
        Err(error) => {
            tracing::debug!(%error, "redis is still down");
            shared.seen.failed(error.code());
            probe.failed(Instant::now());
            false
        }
    }
}

/// Connects, then asks under the deadline of a request: a server too slow for requests stays down.
async fn first_answer(shared: &Shared, ping: &redis::Cmd) -> Result<(), RedisError> {
    tokio::time::timeout(shared.socket_timeout, shared.lanes.open_all())
        .await
        .unwrap_or(Err(RedisError::Deadline(shared.socket_timeout)))?;
    shared
        .attempt(Access::Read, Patience::Request, One(ping))
        .await
        .map(drop)
}
