//! The mix of distinct queries, drawn by Zipf's law: from empty caches, and once they are warm.

use std::sync::Arc;

use serde::Serialize;

use crate::client::Request;
use crate::figures::Figures;
use crate::load::{Choice, Load};
use crate::mix;
use crate::mode::Mode;
use crate::rig::Rig;
use crate::zipf::Zipf;

/// How many requests a cache is filled by before it counts as warm, for each distinct query.
const WARM_UP_EACH: u64 = 4;
/// How many times longer than a measured phase a counted one may last.
const PATIENCE: u32 = 4;

/// The figures of the workload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Mixed {
    /// How many distinct queries there are.
    pub(crate) distinct: usize,
    /// Zipf's exponent.
    pub(crate) exponent: f64,
    /// By mode.
    pub(crate) modes: Vec<MixedMode>,
}

/// One mode's figures.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MixedMode {
    /// Which.
    pub(crate) mode: Mode,
    /// The first requests on empty caches, as many as there are distinct queries.
    pub(crate) cold: Figures,
    /// After the warm-up.
    pub(crate) warm: Figures,
    /// The rounds of `warm`.
    pub(crate) rounds: Vec<Figures>,
}

/// Measures.
///
/// # Errors
/// A process does not start or answer.
pub(crate) async fn measure(rig: &Rig) -> anyhow::Result<Mixed> {
    let requests: Arc<[Request]> = mix::distinct(rig.vocabulary(), rig.seed).into();
    let zipf = Arc::new(Zipf::new(requests.len()));
    let modes = rig.modes();
    let mut seen: Vec<(Mode, Vec<Figures>, Vec<Figures>)> = modes
        .into_iter()
        .map(|mode| (mode, Vec::new(), Vec::new()))
        .collect();
    for round in 1..=rig.rounds {
        for (mode, cold, warm) in &mut seen {
            let load = |phase: u64| Load {
                choice: Choice::Zipf(Arc::clone(&zipf), rig.seed + u64::from(round) * 10 + phase),
                ..rig.load(&requests, rig.time)
            };
            let figures = look(rig, *mode, load).await?;
            let hits = figures
                .1
                .hit_percent
                .map_or("not told".to_owned(), |hits| format!("{hits:.1} %"));
            eprintln!(
                "zipf {round}/{}: {}: {:.0} requests/s, hits {hits}",
                rig.rounds,
                mode.name(),
                figures.1.per_second
            );
            cold.push(figures.0);
            warm.push(figures.1);
        }
    }
    let figures = |(mode, cold, warm): (Mode, Vec<Figures>, Vec<Figures>)| {
        Some(MixedMode {
            mode,
            cold: Figures::median(&cold)?,
            warm: Figures::median(&warm)?,
            rounds: warm,
        })
    };
    Ok(Mixed {
        distinct: requests.len(),
        exponent: 1.0,
        modes: seen.into_iter().filter_map(figures).collect(),
    })
}

/// One round of one mode: cold, then warm. Each phase draws its own requests.
async fn look(rig: &Rig, mode: Mode, load: impl Fn(u64) -> Load) -> anyhow::Result<(Figures, Figures)> {
    let server = rig.start(mode).await?;
    let distinct = load(0).requests.len() as u64;
    let counted = |phase, count| Load {
        time: rig.time * PATIENCE,
        count,
        ..load(phase)
    };
    let cold = rig.phase(&server, &counted(0, distinct)).await?;
    if mode != Mode::Off {
        counted(1, distinct * WARM_UP_EACH).run(server.address()).await?;
    }
    let warm = rig.phase(&server, &load(2)).await?;
    Ok((cold, warm))
}
