//! The load: connections that each send their next request when they have the answer to the last.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::task::JoinSet;

use crate::arguments::Run;
use crate::chance::Chance;
use crate::client::{Connection, Request};
use crate::histogram::Histogram;
use crate::hostile;
use crate::setting::Setting;

/// How long any one answer may take: far longer than the server's own deadline.
const PATIENCE: Duration = Duration::from_mins(1);

/// The kinds of requests.
pub(crate) const KINDS: [&str; 4] = ["good", "fresh", "bad", "hostile"];

/// What came of one kind of requests.
#[derive(Clone, Default)]
pub(crate) struct Outcome {
    pub(crate) latencies: Histogram,
    /// By status code.
    pub(crate) statuses: BTreeMap<u16, u64>,
    /// Answers with status 200 that have errors.
    pub(crate) errors: u64,
    /// Connections that ended without an answer.
    pub(crate) lost: u64,
}

/// What all connections saw, by kind.
pub(crate) type Seen = [Outcome; KINDS.len()];

/// Sends until time is up.
///
/// # Errors
/// The server does not answer at all.
pub(crate) async fn drive(setting: &Setting, run: &Run, end: tokio::time::Instant) -> anyhow::Result<Seen> {
    let good: Arc<[Request]> = setting.good.clone().into();
    let mut lanes = JoinSet::new();
    for number in 0..u64::from(run.connections) {
        let (address, good, chance) = (
            setting.address(),
            Arc::clone(&good),
            Chance::new(run.seed, number + 1),
        );
        lanes.spawn(lane(address, good, chance, end));
    }
    let mut all = Seen::default();
    while let Some(lane) = lanes.join_next().await {
        for (sum, one) in all.iter_mut().zip(&lane??) {
            sum.latencies.merge(&one.latencies);
            sum.errors += one.errors;
            sum.lost += one.lost;
            for (status, count) in &one.statuses {
                *sum.statuses.entry(*status).or_default() += count;
            }
        }
    }
    Ok(all)
}

async fn lane(
    address: SocketAddr,
    good: Arc<[Request]>,
    mut chance: Chance,
    end: tokio::time::Instant,
) -> anyhow::Result<Seen> {
    let mut seen = Seen::default();
    let mut connection = Connection::open(address).await.context("cannot connect")?;
    while tokio::time::Instant::now() < end {
        let (kind, request) = draw(&good, &mut chance);
        let outcome = &mut seen[kind];
        let before = Instant::now();
        let asked = tokio::time::timeout(PATIENCE, connection.ask(&request)).await;
        if let Ok(reply) = asked.context("no answer within a minute")? {
            outcome.latencies.record(before.elapsed());
            *outcome.statuses.entry(reply.status).or_default() += 1;
            outcome.errors += u64::from(reply.status == 200 && !reply.is_good);
        } else {
            outcome.lost += 1;
            connection = Connection::open(address).await.context("cannot connect again")?;
        }
    }
    Ok(seen)
}

/// Six in ten are good and known, one in ten good and new, and the rest is what it is.
fn draw(good: &[Request], chance: &mut Chance) -> (usize, Request) {
    match chance.below(20) {
        0..12 => {
            let at = chance
                .index(good.len())
                .min(chance.index(good.len()))
                .min(chance.index(good.len()));
            (0, good[at].clone())
        }
        12..14 => (1, hostile::fresh(chance)),
        14..17 => (2, hostile::bad(chance)),
        _ => (3, hostile::hostile(chance)),
    }
}
