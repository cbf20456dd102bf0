//! The hot query: one query of search, facets and stats, as fast as all connections can ask it, on every way of caching
//! and on the floors. Each round measures all of them one after another, and compares what is of the same round.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::client::Request;
use crate::figures::Figures;
use crate::head::CacheHeaders;
use crate::load::Load;
use crate::mode::Mode;
use crate::rig::{self, Rig};
use crate::server::Server;
use crate::units::{median, rounded};

/// How long each target runs before it is measured.
const WARM_UP: Duration = Duration::from_millis(500);

/// The figures of the workload.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Hot {
    /// Bytes of the request, head and body.
    pub(crate) request_bytes: usize,
    /// Bytes of the answer's body.
    pub(crate) answer_bytes: usize,
    /// What was measured.
    pub(crate) targets: Vec<HotTarget>,
}

/// One target's figures.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct HotTarget {
    /// What it is.
    pub(crate) target: Target,
    /// Its requests a second as a share of its floor's of the same round, median.
    pub(crate) of_floor: Option<f64>,
    /// The floor's processor time for an answer as a share of its own: the same comparison, hardly disturbed by what else
    /// the machine does.
    pub(crate) of_floor_by_cpu: Option<f64>,
    /// The first request of every connection, all at once, on empty caches.
    pub(crate) cold: Option<Figures>,
    /// Under load, caches full.
    pub(crate) warm: Figures,
    /// The rounds of `warm`.
    pub(crate) rounds: Vec<Figures>,
    /// What the server told of its cache at the end.
    pub(crate) cache: CacheHeaders,
}

/// What answers the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Target {
    /// The same bytes out of memory.
    BareFloor,
    /// The same bytes out of Redis.
    RedisFloor,
    /// The server.
    Server(Mode),
}

impl Target {
    /// Those that are compared stand side by side.
    const ALL: [Self; 6] = [
        Self::BareFloor,
        Self::Server(Mode::Memory),
        Self::Server(Mode::Both),
        Self::RedisFloor,
        Self::Server(Mode::Redis),
        Self::Server(Mode::Off),
    ];

    /// Its name, for people.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::BareFloor => "floor: bare handler",
            Self::RedisFloor => "floor: one Redis GET",
            Self::Server(mode) => mode.name(),
        }
    }

    /// The floor it is measured by.
    pub(crate) const fn floor(self) -> Option<Self> {
        match self {
            Self::BareFloor | Self::RedisFloor => None,
            Self::Server(Mode::Redis) => Some(Self::RedisFloor),
            Self::Server(_) => Some(Self::BareFloor),
        }
    }
}

/// What the rounds saw of one target.
struct Seen {
    target: Target,
    cold: Vec<Figures>,
    warm: Vec<Figures>,
    cache: CacheHeaders,
}

/// Measures.
///
/// # Errors
/// A process does not start or answer.
pub(crate) async fn measure(rig: &Rig) -> anyhow::Result<Hot> {
    let requests: Arc<[Request]> = [rig.hot.clone()].into();
    let can = |target: &Target| match target {
        Target::BareFloor => true,
        Target::RedisFloor => rig.has_redis(),
        Target::Server(mode) => rig.modes().contains(mode),
    };
    let mut seen: Vec<Seen> = Target::ALL.into_iter().filter(can).map(Seen::nothing).collect();
    for round in 1..=rig.rounds {
        for target in &mut seen {
            target.look(rig, &requests).await?;
            let rate = target.warm.last().map_or(0.0, |figures| figures.per_second);
            let name = target.target.name();
            eprintln!("hot {round}/{}: {name}: {rate:.0} requests/s", rig.rounds);
        }
    }
    Ok(Hot {
        request_bytes: rig.hot.len(),
        answer_bytes: rig.hot_answer.len(),
        targets: seen.iter().filter_map(|target| target.figures(&seen)).collect(),
    })
}

impl Seen {
    fn nothing(target: Target) -> Self {
        Self {
            target,
            cold: Vec::new(),
            warm: Vec::new(),
            cache: CacheHeaders::default(),
        }
    }

    /// One round, on a process of its own.
    async fn look(&mut self, rig: &Rig, requests: &Arc<[Request]>) -> anyhow::Result<()> {
        let Some(server) = self.start(rig).await? else {
            return Ok(());
        };
        if let Target::Server(_) = self.target {
            let first_wave = Load {
                count: rig.connections as u64,
                ..rig.load(requests, rig.time)
            };
            self.cold.push(rig.phase(&server, &first_wave).await?);
        }
        rig.load(requests, WARM_UP).run(server.address()).await?;
        self.warm
            .push(rig.phase(&server, &rig.load(requests, rig.time)).await?);
        self.cache = rig::cache_headers(server.address(), &rig.hot).await?;
        Ok(())
    }

    async fn start(&self, rig: &Rig) -> anyhow::Result<Option<Server>> {
        match self.target {
            Target::BareFloor => rig.start_floor(false).await,
            Target::RedisFloor => rig.start_floor(true).await,
            Target::Server(mode) => rig.start(mode).await.map(Some),
        }
    }

    fn figures(&self, all: &[Self]) -> Option<HotTarget> {
        let floor = self.target.floor();
        let floor = all.iter().find(|other| Some(other.target) == floor);
        let pairs = || {
            floor
                .into_iter()
                .flat_map(|floor| self.warm.iter().zip(&floor.warm))
        };
        let share = |share: f64| rounded(share, 3);
        Some(HotTarget {
            target: self.target,
            of_floor: median(pairs().map(|(own, floor)| own.per_second / floor.per_second)).map(share),
            of_floor_by_cpu: median(
                pairs().filter_map(|(own, floor)| Some(floor.server_cpu_us? / own.server_cpu_us?)),
            )
            .map(share),
            cold: Figures::median(&self.cold),
            warm: Figures::median(&self.warm)?,
            rounds: self.warm.clone(),
            cache: self.cache.clone(),
        })
    }
}
