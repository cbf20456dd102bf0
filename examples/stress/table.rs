//! Facets, search and stats one after another over one connection: uncached and cached, side by side.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Value, json};

use crate::client::Request;
use crate::figures::Figures;
use crate::load::Load;
use crate::mode::Mode;
use crate::queries::Shape;
use crate::rig::Rig;
use crate::server::Server;
use crate::units::{median, rounded};

/// Requests before each measurement, and in it.
const WARM_UP: u64 = 50;
const MEASURED: u64 = 1_000;
/// How long a warm-up may last.
const PATIENCE: Duration = Duration::from_secs(5);

/// One query's figures.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Row {
    /// Which query.
    pub(crate) query: &'static str,
    /// By mode.
    pub(crate) modes: Vec<Cell>,
}

/// One query's figures with one mode.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Cell {
    /// Which.
    pub(crate) mode: Mode,
    /// The figures.
    pub(crate) figures: Figures,
    /// How far its p50 is below the uncached one of the same round, of a hundred, median.
    pub(crate) reduction_percent: Option<f64>,
}

/// Measures.
///
/// # Errors
/// A process does not start or answer.
pub(crate) async fn measure(rig: &Rig) -> anyhow::Result<Vec<Row>> {
    let mut servers = Vec::new();
    for mode in rig.modes() {
        servers.push((mode, rig.start(mode).await?));
    }
    let mut rows = Vec::new();
    for (query, shape, variables) in queries(rig) {
        let requests: Arc<[Request]> = [shape.request(&variables)].into();
        let mut rounds = Vec::new();
        for round in 1..=rig.rounds {
            rounds.push(look(rig, &servers, &requests).await?);
            eprintln!("table {round}/{}: {query}", rig.rounds);
        }
        let modes = (0..servers.len())
            .filter_map(|at| cell(servers[at].0, at, &rounds))
            .collect();
        rows.push(Row { query, modes });
    }
    Ok(rows)
}

fn queries(rig: &Rig) -> [(&'static str, Shape, Value); 3] {
    let word = rig.vocabulary().words.first().cloned().unwrap_or_default();
    [
        ("facets", Shape::Facets, json!({"text": word})),
        ("search", Shape::Search, json!({"text": word})),
        ("stats", Shape::Stats, json!({})),
    ]
}

/// One round: the same query on each server.
async fn look(
    rig: &Rig,
    servers: &[(Mode, Server)],
    requests: &Arc<[Request]>,
) -> anyhow::Result<Vec<Figures>> {
    let mut round = Vec::new();
    for (_, server) in servers {
        let load = |time, count| Load::one_by_one(Arc::clone(requests), time, count);
        load(PATIENCE, WARM_UP).run(server.address()).await?;
        round.push(rig.phase(server, &load(rig.time, MEASURED)).await?);
    }
    Ok(round)
}

/// The figures of the server at a place; the one at the first is uncached.
fn cell(mode: Mode, at: usize, rounds: &[Vec<Figures>]) -> Option<Cell> {
    let of_mode: Vec<Figures> = rounds.iter().filter_map(|round| round.get(at).copied()).collect();
    let reduction = |round: &Vec<Figures>| {
        let (uncached, cached) = (round.first()?.p50_ms, round.get(at)?.p50_ms);
        (at > 0).then_some(100.0 * (1.0 - cached / uncached))
    };
    Some(Cell {
        mode,
        figures: Figures::median(&of_mode)?,
        reduction_percent: median(rounds.iter().filter_map(reduction)).map(|percent| rounded(percent, 1)),
    })
}
