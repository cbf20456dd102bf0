//! The report: all figures, as text for people, JSON for machines, and a picture for the documentation.

mod chart;
mod limits;
mod picture;
mod svg;
mod text;
mod text_table;

use chrono::{SecondsFormat, Utc};
use serde::Serialize;

use crate::arguments::Run;
use crate::figures::Figures;
use crate::hot::Hot;
use crate::limits::Limits;
use crate::machine::{self, Machine};
use crate::mixed::Mixed;
use crate::rig::Rig;
use crate::units::rounded;
use crate::{miss, table};

/// A share of a core from which the client is likelier than the server to be what was measured.
const CLIENT_IS_BUSY: f64 = 90.0;

/// Everything that was measured.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// When it was begun.
    pub(crate) date: String,
    /// On what.
    pub(crate) machine: Machine,
    /// With which settings.
    pub(crate) settings: Settings,
    /// What a reader should know before believing a figure.
    pub(crate) remarks: Vec<String>,
    /// One query under load.
    pub(crate) hot: Option<Hot>,
    /// Many queries under load.
    pub(crate) zipf: Option<Mixed>,
    /// Queries one after another, uncached and cached.
    pub(crate) table: Vec<table::Row>,
    /// Queries no cache has seen.
    pub(crate) miss: Vec<miss::Row>,
    /// The rate limits.
    pub(crate) limits: Option<Limits>,
}

/// The settings of a run.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    pub(crate) level: u8,
    pub(crate) repositories: usize,
    pub(crate) automations: usize,
    pub(crate) seed: u64,
    pub(crate) connections: usize,
    pub(crate) seconds: u64,
    pub(crate) rounds: u32,
    pub(crate) server_threads: Option<u16>,
    pub(crate) server_log: String,
}

impl Report {
    /// An empty one.
    pub(crate) fn new(run: &Run, rig: &Rig) -> Self {
        let mut remarks = Vec::new();
        if !rig.has_redis() {
            remarks.push(
                "redis-server is not installed: the Redis modes and floor were not measured".to_owned(),
            );
        }
        Self {
            date: Utc::now().to_rfc3339_opts(SecondsFormat::Secs, true),
            machine: Machine::now(),
            settings: Settings {
                level: run.level.number(),
                repositories: run.level.repositories(),
                automations: run.level.automations(),
                seed: run.seed,
                connections: rig.connections,
                seconds: run.seconds,
                rounds: run.runs,
                server_threads: run.server_threads,
                server_log: run.server_log.clone(),
            },
            remarks,
            hot: None,
            zipf: None,
            table: Vec::new(),
            miss: Vec::new(),
            limits: None,
        }
    }

    /// Ends it: adds what is known only now.
    pub(crate) fn finish(&mut self) {
        self.machine.load_after = machine::load();
        if self.errors() > 0 {
            self.remarks
                .push(format!("{} answers were no good", self.errors()));
        }
        if self.figures().iter().any(|figures| figures.hit_percent.is_none()) {
            let remark =
                "answers without X-Cache: whether they came from the cache is not known (shown as ?)";
            self.remarks.push(remark.to_owned());
        }
        let busiest = self
            .figures()
            .iter()
            .filter_map(|figures| figures.client_percent)
            .fold(0.0, f64::max);
        if busiest >= CLIENT_IS_BUSY {
            self.remarks.push(format!(
                "the client used up to {busiest:.0} % of a core: where it is near 100, the server may be faster than shown"
            ));
        }
    }

    /// How many answers were no good.
    pub(crate) fn errors(&self) -> u64 {
        let errors: f64 = self.figures().iter().map(|figures| figures.errors).sum();
        // A sum of counts: whole, and not negative.
        format!("{:.0}", rounded(errors, 0)).parse().unwrap_or(0)
    }

    /// Of every measured phase of the server itself.
    fn figures(&self) -> Vec<&Figures> {
        let hot = self
            .hot
            .iter()
            .flat_map(|hot| &hot.targets)
            .filter(|target| target.target.floor().is_some());
        let zipf = self.zipf.iter().flat_map(|zipf| &zipf.modes);
        let table = self.table.iter().flat_map(|row| &row.modes);
        hot.flat_map(|target| target.cold.iter().chain([&target.warm]))
            .chain(zipf.flat_map(|mode| [&mode.cold, &mode.warm]))
            .chain(table.map(|cell| &cell.figures))
            .chain(self.miss.iter().map(|row| &row.figures))
            .chain(self.limits.iter().flat_map(Limits::figures))
            .collect()
    }
}
