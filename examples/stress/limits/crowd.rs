//! Many clients behind a trusted proxy ask the hot query: with limits and without, one right after the other in each round,
//! and each first in every other, so that a machine that grows slower meanwhile is slower for both.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::passed_on;
use crate::client::Request;
use crate::figures::Figures;
use crate::mode::Mode;
use crate::rig::Rig;
use crate::server::Server;
use crate::units::{median, rounded};

/// Clients.
const CLIENTS: usize = 10_000;
/// How long each server runs before it is measured.
const WARM_UP: Duration = Duration::from_millis(500);

/// The figures.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Crowd {
    /// Clients.
    pub(crate) clients: usize,
    /// Limits off.
    pub(crate) off: Figures,
    /// Limits on, Redis up.
    pub(crate) on: Figures,
    /// Throughput with limits as a share of that without, of the same round, median.
    pub(crate) share: f64,
    /// The same of processor time.
    pub(crate) share_by_cpu: Option<f64>,
}

pub(super) async fn measure(rig: &Rig) -> anyhow::Result<Crowd> {
    let (mut off, mut on) = (Vec::new(), Vec::new());
    for (round, number) in (1..=rig.rounds).zip(0..) {
        // Each round has clients of its own, others than those it warms up with: they are new, and have no lease yet.
        let crowd = |number: usize| -> Arc<[Request]> {
            let clients = number * CLIENTS..(number + 1) * CLIENTS;
            clients.map(|client| passed_on(&rig.hot, client)).collect()
        };
        let (before, requests) = (crowd(2 * number), crowd(2 * number + 1));
        let limited = start(rig, "true", &before).await?;
        let unlimited = start(rig, "false", &before).await?;
        let mut turns = [(&unlimited, &mut off), (&limited, &mut on)];
        if number % 2 == 1 {
            turns.reverse();
        }
        for (server, seen) in turns {
            seen.push(rig.phase(server, &rig.load(&requests, rig.time)).await?);
        }
        eprintln!("limits {round}/{}: a crowd", rig.rounds);
    }
    let pairs = || on.iter().zip(&off);
    let share = pairs().map(|(on, off)| on.per_second / off.per_second);
    let by_cpu = pairs().filter_map(|(on, off)| Some(off.server_cpu_us? / on.server_cpu_us?));
    Ok(Crowd {
        clients: CLIENTS,
        share: rounded(median(share).unwrap_or(0.0), 3),
        share_by_cpu: median(by_cpu).map(|share| rounded(share, 3)),
        off: Figures::median(&off).unwrap_or_else(Figures::none),
        on: Figures::median(&on).unwrap_or_else(Figures::none),
    })
}

/// A server that has warmed up.
async fn start(rig: &Rig, enabled: &str, requests: &Arc<[Request]>) -> anyhow::Result<Server> {
    let variables = [("RATELIMIT_ENABLED", enabled), ("TRUSTED_PROXIES", "127.0.0.1")];
    let server = rig.start_with(Mode::Both, &variables).await?;
    rig.load(requests, WARM_UP).run(server.address()).await?;
    Ok(server)
}
