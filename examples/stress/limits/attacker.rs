//! One client asks as fast as it can and is blocked; another asks within its limit at the same time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::paced::{self, Paced};
use super::passed_on;
use crate::client::{Connection, Request};
use crate::load::Load;
use crate::mode::Mode;
use crate::resp;
use crate::rig::Rig;
use crate::server::Server;
use crate::units::{median, number, rounded};

/// The window, so short that the block is long within seconds.
const WINDOW: &str = "1";
/// How long the attacker asks before it is measured. By then its fourth strike blocks it for eight seconds at least, of
/// which six are left at least: a warning, then blocks of 1, 2 and 4 windows and up to a quarter more lie behind it.
const WARM_UP: Duration = Duration::from_secs(11);
/// What is left of that block.
const MEASURED_MAX: Duration = Duration::from_secs(5);
/// The pace of who keeps to the limit.
const POLITE: Duration = Duration::from_millis(20);

/// The figures.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Attacker {
    /// Refusals a second.
    pub(crate) refused_per_second: f64,
    /// Of the attacker's answers, those that were no refusal.
    pub(crate) let_through: u64,
    /// Answers a second of the bare floor to the same load.
    pub(crate) floor_per_second: f64,
    /// The first as a share of the last, of the same round, median.
    pub(crate) of_floor: f64,
    /// The same of a bare handler that answers with the bytes of a refusal instead of those of the hot answer.
    pub(crate) small_floor_per_second: f64,
    pub(crate) of_small_floor: f64,
    /// Commands a second that Redis ran meanwhile, beyond those it runs when the other client asks alone.
    pub(crate) redis_commands_per_second: f64,
    /// 99th percentile of the other client's latency in milliseconds: alone, beside the attacker, and beside the same
    /// load on the bare floor.
    pub(crate) polite_alone_ms: f64,
    pub(crate) polite_beside_ms: f64,
    pub(crate) polite_on_floor_ms: f64,
}

/// One round.
struct Round {
    refused: f64,
    let_through: u64,
    floor: f64,
    small_floor: f64,
    commands: f64,
    alone: f64,
    beside: f64,
    on_floor: f64,
}

pub(super) async fn measure(rig: &Rig) -> anyhow::Result<Attacker> {
    let mut rounds = Vec::new();
    for round in 1..=rig.rounds {
        rounds.push(look(rig).await?);
        eprintln!("limits {round}/{}: an attacker", rig.rounds);
    }
    let of =
        |figure: fn(&Round) -> f64, digits| rounded(median(rounds.iter().map(figure)).unwrap_or(0.0), digits);
    Ok(Attacker {
        refused_per_second: of(|round| round.refused, 0),
        let_through: rounds.iter().map(|round| round.let_through).sum(),
        floor_per_second: of(|round| round.floor, 0),
        of_floor: of(|round| round.refused / round.floor, 3),
        small_floor_per_second: of(|round| round.small_floor, 0),
        of_small_floor: of(|round| round.refused / round.small_floor, 3),
        redis_commands_per_second: of(|round| round.commands, 1),
        polite_alone_ms: of(|round| round.alone, 3),
        polite_beside_ms: of(|round| round.beside, 3),
        polite_on_floor_ms: of(|round| round.on_floor, 3),
    })
}

async fn look(rig: &Rig) -> anyhow::Result<Round> {
    let variables = [
        ("RATELIMIT_ENABLED", "true"),
        ("RATELIMIT_WINDOW", WINDOW),
        ("TRUSTED_PROXIES", "127.0.0.1"),
    ];
    let server = rig.start_with(Mode::Both, &variables).await?;
    let attacker: Arc<[Request]> = [passed_on(&rig.hot, 1)].into();
    let attack = |time| Load {
        connections: rig.connections.saturating_sub(1).max(1),
        ..rig.load(&attacker, time)
    };
    let measured = attack(rig.time.min(MEASURED_MAX));
    let (alone, without) = commands(rig, polite(rig, &server)).await?;
    let alone = alone?;
    attack(WARM_UP).run(server.address()).await?;
    let (both, commands) = commands(rig, async {
        tokio::join!(measured.run(server.address()), polite(rig, &server))
    })
    .await?;
    let (sample, beside) = (both.0?, both.1?);
    let refused = number(sample.errors) / sample.elapsed.as_secs_f64();
    let let_through = sample.requests() - sample.errors;
    let mut refused_once = Connection::open(server.address()).await?;
    refused_once.ask(&attacker[0]).await?;
    let refusal = refused_once.body().to_vec();
    drop(server);
    let floor = rig.start_floor_of(&refusal).await?;
    let sample = measured.run(floor.address()).await?;
    let small_floor = number(sample.requests()) / sample.elapsed.as_secs_f64();
    drop(floor);
    let Some(floor) = rig.start_floor(false).await? else {
        anyhow::bail!("no floor");
    };
    let (sample, on_floor) = tokio::join!(measured.run(floor.address()), polite(rig, &floor));
    let sample = sample?;
    Ok(Round {
        refused,
        let_through,
        floor: number(sample.requests()) / sample.elapsed.as_secs_f64(),
        small_floor,
        commands: commands - without,
        alone,
        beside,
        on_floor: on_floor?,
    })
}

/// The 99th percentile of latency of who keeps to the limit.
async fn polite(rig: &Rig, server: &Server) -> anyhow::Result<f64> {
    let load = Paced {
        instance: 0,
        address: server.address(),
        requests: [passed_on(&rig.hot, 2)].into(),
        connections: 1,
        every: POLITE,
    };
    let seen = paced::run(&[load], Instant::now(), rig.time).await?;
    if let Some(refused) = seen.iter().find(|seen| seen.status != 200) {
        let (status, at, count) = (refused.status, refused.at, seen.len());
        anyhow::bail!("who keeps to the limit was answered {status} after {at:?}, of {count} requests");
    }
    Ok(paced::p99(seen.iter()))
}

/// Runs it, and tells how many commands a second Redis ran meanwhile.
async fn commands<T>(rig: &Rig, work: impl Future<Output = T>) -> anyhow::Result<(T, f64)> {
    let (before, started) = (resp::commands_processed(rig.redis_address()?)?, Instant::now());
    let done = work.await;
    let after = resp::commands_processed(rig.redis_address()?)?;
    let each = number(after.saturating_sub(before)) / started.elapsed().as_secs_f64();
    Ok((done, each))
}
