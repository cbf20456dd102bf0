//! Redis is killed in the middle of a window under load on two instances, and started again, empty, a window later.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Context;
use serde::Serialize;

use super::LIMIT;
use super::paced::{self, Seen};
use super::pair::{Pair, WINDOW, window_begins};
use crate::rig::Rig;

/// Clients, each of which asks for far more than the limit.
const CLIENTS: usize = 20;
/// Connections to each instance, and their pace.
const CONNECTIONS: usize = 8;
const EVERY: Duration = Duration::from_millis(2);
/// How long it lasts, when Redis goes, and when it comes back: in half windows.
const HALVES: u32 = 8;
const GOES: u32 = 3;
const COMES: u32 = 5;

/// What was seen.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Outage {
    /// Answers in all.
    pub(crate) answers: usize,
    /// Answers with a status of 500 or more.
    pub(crate) failures: usize,
    /// Requests per window and client that are allowed.
    pub(crate) limit: u32,
    /// The most that one instance let through of one client in one window.
    pub(crate) most_of_an_instance: u32,
    /// The most that both together let through of one client in a window in which Redis was always there.
    pub(crate) most_together: u32,
    /// 99th percentile of latency in milliseconds: in the second before Redis went, after it went, after it came back.
    pub(crate) p99_before_ms: f64,
    pub(crate) p99_gone_ms: f64,
    pub(crate) p99_back_ms: f64,
}

pub(super) async fn measure(rig: &Rig) -> anyhow::Result<Outage> {
    let mut pair = Pair::start(rig).await?;
    let loads = pair.load(rig, CLIENTS, CONNECTIONS, EVERY);
    let started = window_begins().await;
    let half = WINDOW / 2;
    let load = paced::run(
        &loads,
        started,
        (half * HALVES).saturating_sub(Duration::from_millis(50)),
    );
    let trouble = async {
        tokio::time::sleep_until((started + half * GOES).into()).await;
        pair.redis.kill();
        tokio::time::sleep_until((started + half * COMES).into()).await;
        pair.redis.restart().context("Redis does not start again")
    };
    let (seen, restarted) = tokio::join!(load, trouble);
    restarted?;
    let seen = seen?;
    eprintln!("limits: Redis killed and started again");
    let first_window = seen.iter().map(|seen| seen.window).filter(|end| *end > 0).min();
    let calm: Vec<Seen> = seen
        .iter()
        .filter(|seen| Some(seen.window) == first_window)
        .copied()
        .collect();
    Ok(Outage {
        answers: seen.len(),
        failures: seen.iter().filter(|seen| seen.status >= 500).count(),
        limit: LIMIT,
        most_of_an_instance: most(&seen, |seen| (seen.client, seen.window, seen.instance)),
        most_together: most(&calm, |seen| (seen.client, seen.window, 0)),
        p99_before_ms: paced::p99_of_second(&seen, (half * GOES).saturating_sub(Duration::from_secs(1))),
        p99_gone_ms: paced::p99_of_second(&seen, half * GOES),
        p99_back_ms: paced::p99_of_second(&seen, half * COMES),
    })
}

/// The most answers of 200 that share a name.
fn most(seen: &[Seen], name: impl Fn(&Seen) -> (usize, u64, usize)) -> u32 {
    let mut accepted: BTreeMap<_, u32> = BTreeMap::new();
    for seen in seen.iter().filter(|seen| seen.status == 200) {
        *accepted.entry(name(seen)).or_default() += 1;
    }
    accepted.into_values().max().unwrap_or(0)
}
