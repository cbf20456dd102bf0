//! The command line.

use std::path::PathBuf;

use autodex::synth::Level;
use clap::{Args, Parser, Subcommand, ValueEnum};

/// Measures the server's throughput, latency and hit rate under load, for each way of caching, against bare floors.
#[derive(Debug, Parser)]
#[command(name = "stress", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// What a process this program started is to be.
    #[command(subcommand)]
    pub(crate) child: Option<Child>,
    /// What to measure.
    #[command(flatten)]
    pub(crate) run: Run,
}

/// The processes this program starts from its own executable.
#[derive(Debug, Subcommand)]
pub(crate) enum Child {
    /// The server, configured by the environment.
    #[command(hide = true)]
    Serve,
    /// A floor.
    #[command(hide = true)]
    Floor(Floor),
}

/// A floor: what it answers with.
#[derive(Debug, Args)]
pub(crate) struct Floor {
    /// The file that holds the answer.
    #[arg(long)]
    pub(crate) body: PathBuf,
    /// `host:port` of the Redis the answer is read from at each request; without it, it comes from memory.
    #[arg(long)]
    pub(crate) redis: Option<String>,
}

/// What to measure.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// The synthetic data set, 1 to 5.
    #[arg(long, default_value = "2", value_parser = level)]
    pub(crate) level: Level,
    /// Keep-alive connections of the workloads under load.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) connections: u16,
    /// Seconds each measured phase lasts.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=120))]
    pub(crate) seconds: u64,
    /// Rounds; the median is reported.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=25))]
    pub(crate) runs: u32,
    /// What the data, the mix of queries and the draws are made from.
    #[arg(long, default_value_t = 42)]
    pub(crate) seed: u64,
    /// Workloads, separated by commas; all if left out.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Workload>,
    /// Threads of the server's runtime, and of the floors'; one a core if left out, as `autodex serve` has.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) server_threads: Option<u16>,
    /// `RUST_LOG` of the server: `info` writes its line for each request.
    #[arg(long, default_value = "warn")]
    pub(crate) server_log: String,
    /// Write all figures to FILE.
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Draw them to FILE.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

/// The workloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Workload {
    /// One query, over and over, against the floors.
    Hot,
    /// 5,000 distinct queries, some far more often than others.
    Zipf,
    /// Facets, search and stats one after another, uncached and cached.
    Table,
    /// Queries no cache has seen, one after another.
    Miss,
    /// The rate limits: a crowd, an attacker, exactness over two instances, Redis killed under load.
    Limits,
}

impl Run {
    /// The workloads to measure, in their order.
    pub(crate) fn workloads(&self) -> Vec<Workload> {
        let all = [
            Workload::Hot,
            Workload::Zipf,
            Workload::Table,
            Workload::Miss,
            Workload::Limits,
        ];
        let wanted = |workload: &Workload| self.only.is_empty() || self.only.contains(workload);
        all.into_iter().filter(wanted).collect()
    }
}

fn level(text: &str) -> Result<Level, String> {
    let number: u8 = text.parse().map_err(|_| "expected a number, 1 to 5".to_owned())?;
    Level::try_from(number).map_err(|error| error.to_string())
}
