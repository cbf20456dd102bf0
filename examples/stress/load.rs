//! The load: a closed loop over keep-alive connections. Each connection has a task that sends its next request when it has
//! the answer to the last.
//!
//! Invariant: a phase ends by its time or its count, whichever is first, or fails a little later.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::client::{Connection, Request};
use crate::sample::Sample;
use crate::zipf::Zipf;

/// How long after its end a phase waits for the answers under way.
const GRACE: Duration = Duration::from_secs(20);

/// Which request comes next.
#[derive(Clone, Debug)]
pub(crate) enum Choice {
    /// The one after the last, by whichever connection.
    InTurn,
    /// By Zipf's law; the seed fixes the draws of each connection.
    Zipf(Arc<Zipf>, u64),
}

/// One phase.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    /// The requests to choose among; at least one.
    pub(crate) requests: Arc<[Request]>,
    /// How they are chosen.
    pub(crate) choice: Choice,
    /// Connections, each with one request under way.
    pub(crate) connections: usize,
    /// When no more requests are sent.
    pub(crate) time: Duration,
    /// After how many requests no more are sent.
    pub(crate) count: u64,
}

impl Load {
    /// One connection that sends `requests` in turn, `count` in all.
    pub(crate) fn one_by_one(requests: Arc<[Request]>, time: Duration, count: u64) -> Self {
        Self {
            requests,
            choice: Choice::InTurn,
            connections: 1,
            time,
            count,
        }
    }

    /// Opens the connections, then runs the phase.
    ///
    /// # Errors
    /// A connection failed, or the answers did not come in time.
    pub(crate) async fn run(&self, address: SocketAddr) -> anyhow::Result<Sample> {
        let mut connections = Vec::with_capacity(self.connections);
        for _ in 0..self.connections {
            connections.push(Connection::open(address).await.context("cannot connect")?);
        }
        let started = Instant::now();
        let sent = Arc::new(AtomicU64::new(0));
        let mut lanes = JoinSet::new();
        for (lane, connection) in (0..).zip(connections) {
            lanes.spawn(self.lane(lane, connection, &sent, started + self.time).drive());
        }
        let mut sample = tokio::time::timeout(self.time + GRACE, collect(lanes))
            .await
            .context("the server does not answer")??;
        sample.elapsed = started.elapsed();
        Ok(sample)
    }

    fn lane(&self, number: u64, connection: Connection, sent: &Arc<AtomicU64>, end: Instant) -> Lane {
        let seed = match self.choice {
            Choice::InTurn => 0,
            Choice::Zipf(_, seed) => seed,
        };
        Lane {
            load: self.clone(),
            chance: Chance::new(seed, number + 1),
            connection,
            sent: Arc::clone(sent),
            end,
        }
    }
}

/// Waits for every connection; the first that fails ends them all.
async fn collect(mut lanes: JoinSet<io::Result<Sample>>) -> anyhow::Result<Sample> {
    let mut all = Sample::default();
    while let Some(lane) = lanes.join_next().await {
        all.merge(&lane?.context("a request failed")?);
    }
    Ok(all)
}

/// One connection's part of a phase.
struct Lane {
    load: Load,
    connection: Connection,
    chance: Chance,
    /// Requests sent so far, by all.
    sent: Arc<AtomicU64>,
    end: Instant,
}

impl Lane {
    async fn drive(mut self) -> io::Result<Sample> {
        let mut sample = Sample::default();
        let mut before = Instant::now();
        while before < self.end
            && let Some(at) = self.next()
        {
            let Some(request) = self.load.requests.get(at) else {
                break;
            };
            let reply = self.connection.ask(request).await?;
            let after = Instant::now();
            sample.record(after - before, reply);
            before = after;
        }
        Ok(sample)
    }

    fn next(&mut self) -> Option<usize> {
        let turn = self.sent.fetch_add(1, Ordering::Relaxed);
        if turn >= self.load.count {
            return None;
        }
        Some(match &self.load.choice {
            Choice::InTurn => usize::try_from(turn).unwrap_or(0) % self.load.requests.len().max(1),
            Choice::Zipf(zipf, _) => zipf.draw(&mut self.chance),
        })
    }
}
