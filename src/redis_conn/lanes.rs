//! The connections in use: a few, each shared by many commands at once.
//!
//! deadpool-redis pings a connection each time it is taken, which doubles the round trips: measured here with values of
//! 12 KB and 16 tasks, 27,000 GETs a second with one connection a command, 95,000 with one or two shared ones (more
//! shared ones were no faster). So a lane takes its connection once and holds it until it breaks.
//!
//! Invariant: a lane that broke, or let several commands in a row pass their deadline, is thrown away, not given back.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use arc_swap::ArcSwapOption;
use futures_util::FutureExt;
use tokio::sync::Mutex;

use super::error::RedisError;
use super::pool::{Connections, Held, Link};

/// How many connections are shared; `REDIS_MAX_CONNECTIONS` may ask for fewer.
const LANES: usize = 2;

/// So many deadlines passed in a row mean a dead connection, even where another one works.
const LATE_MAX: u32 = 3;

/// The lanes.
pub(super) struct Lanes {
    connections: Connections,
    /// At least one.
    open: Vec<Lane>,
    /// Which lane is next: round and round.
    next: AtomicUsize,
}

#[derive(Default)]
struct Lane {
    /// Written by whoever opens it (under `opening`) or finds it broken (compare and swap: two who find the same
    /// connection broken throw it away once, and never its successor).
    current: ArcSwapOption<Occupant>,
    /// Held while one is opened, so that a crowd opens one. Released by drop when the opener is cancelled.
    opening: Mutex<()>,
}

/// A connection in a lane.
pub(super) struct Occupant {
    /// `None` only while it is being dropped.
    held: Option<Held>,
    link: Link,
    /// Deadlines passed in a row.
    late: AtomicU32,
}

impl Lanes {
    pub(super) fn new(connections: Connections, max_connections: usize) -> Self {
        let count = LANES.min(max_connections.max(1));
        Self {
            connections,
            open: (0..count).map(|_| Lane::default()).collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// The next lane's connection, opened if there is none.
    pub(super) async fn occupant(&self) -> Result<Arc<Occupant>, RedisError> {
        let lane = &self.open[self.next.fetch_add(1, Ordering::Relaxed) % self.open.len()];
        lane.occupant(&self.connections).await
    }

    /// Opens every lane that is empty.
    pub(super) async fn open_all(&self) -> Result<(), RedisError> {
        for lane in &self.open {
            lane.occupant(&self.connections).await?;
        }
        Ok(())
    }

    /// Throws this connection away, in whichever lane it is.
    pub(super) fn discard(&self, broken: &Arc<Occupant>) {
        for lane in &self.open {
            let seen = lane.current.load();
            if seen.as_ref().is_some_and(|current| Arc::ptr_eq(current, broken)) {
                lane.current.compare_and_swap(&seen, None);
            }
        }
    }

    /// Throws every connection away.
    pub(super) fn discard_all(&self) {
        for lane in &self.open {
            lane.current.store(None);
        }
    }
}

impl Lane {
    async fn occupant(&self, connections: &Connections) -> Result<Arc<Occupant>, RedisError> {
        match self.current.load_full() {
            Some(occupant) => Ok(occupant),
            // Boxed: opening takes ten kilobytes of future, which every command would carry along; and behind a pointer to
            // anything, for its type is as deep as the client library, and would be part of every command's.
            None => self.open(connections).boxed().await,
        }
    }

    async fn open(&self, connections: &Connections) -> Result<Arc<Occupant>, RedisError> {
        let _opening = self.opening.lock().await;
        if let Some(occupant) = self.current.load_full() {
            return Ok(occupant);
        }
        let held = connections.get().await?;
        let occupant = Arc::new(Occupant {
            link: held.link(),
            held: Some(held),
            late: AtomicU32::new(0),
        });
        self.current.store(Some(occupant.clone()));
        Ok(occupant)
    }
}

impl Occupant {
    pub(super) fn link(&self) -> Link {
        self.link.clone()
    }

    pub(super) fn answered(&self) {
        if self.late.load(Ordering::Relaxed) != 0 {
            self.late.store(0, Ordering::Relaxed);
        }
    }

    /// A command passed its deadline; says whether that makes the connection a dead one.
    pub(super) fn was_late(&self) -> bool {
        self.late.fetch_add(1, Ordering::Relaxed) + 1 >= LATE_MAX
    }
}

impl Drop for Occupant {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            held.discard();
        }
    }
}
