//! A load at a pace, of which every answer is told.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::client::{Connection, Request};
use crate::histogram::Histogram;
use crate::units::milliseconds;

/// One answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    /// When its request was sent, after the beginning.
    pub(super) at: Duration,
    pub(super) latency: Duration,
    pub(super) status: u16,
    /// The end of the window it was counted in, as the answer says.
    pub(super) window: u64,
    /// Which of the requests it was: whose.
    pub(super) client: usize,
    /// Which server answered.
    pub(super) instance: usize,
}

/// A load on one server.
#[derive(Clone, Debug)]
pub(super) struct Paced {
    pub(super) instance: usize,
    pub(super) address: SocketAddr,
    /// Sent in turn by each connection.
    pub(super) requests: Arc<[Request]>,
    pub(super) connections: usize,
    /// Between two requests of a connection.
    pub(super) every: Duration,
}

/// Runs all loads side by side until the end, and tells what they saw.
pub(super) async fn run(loads: &[Paced], started: Instant, time: Duration) -> anyhow::Result<Vec<Seen>> {
    let mut lanes = JoinSet::new();
    for load in loads {
        for number in 0..load.connections {
            let connection = Connection::open(load.address).await.context("cannot connect")?;
            lanes.spawn(lane(load.clone(), number, connection, started, time));
        }
    }
    let mut all = Vec::new();
    while let Some(seen) = lanes.join_next().await {
        all.extend(seen?.context("a request failed")?);
    }
    Ok(all)
}

async fn lane(
    load: Paced,
    number: usize,
    mut connection: Connection,
    started: Instant,
    time: Duration,
) -> std::io::Result<Vec<Seen>> {
    let mut ticks = tokio::time::interval(load.every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut seen = Vec::new();
    for turn in number.. {
        ticks.tick().await;
        let sent = Instant::now();
        let at = sent.saturating_duration_since(started);
        if at >= time {
            break;
        }
        let client = turn % load.requests.len();
        let reply = connection.ask(&load.requests[client]).await?;
        seen.push(Seen {
            at,
            latency: sent.elapsed(),
            status: reply.status,
            window: reply.window_end.unwrap_or(0),
            client,
            instance: load.instance,
        });
    }
    Ok(seen)
}

/// The 99th percentile of latency in milliseconds of what was sent within a second from then on.
pub(super) fn p99_of_second(seen: &[Seen], from: Duration) -> f64 {
    p99(seen
        .iter()
        .filter(|seen| seen.at >= from && seen.at < from + Duration::from_secs(1)))
}

/// The 99th percentile of latency in milliseconds.
pub(super) fn p99<'a>(seen: impl Iterator<Item = &'a Seen>) -> f64 {
    let mut latencies = Histogram::default();
    seen.for_each(|seen| latencies.record(seen.latency));
    milliseconds(latencies.percentile(99))
}
