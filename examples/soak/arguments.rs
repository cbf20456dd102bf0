//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use autodex::synth::Level;
use clap::{Args, Parser, Subcommand};

/// Soaks the server in good, bad and hostile requests while Redis fails, and holds it to its promises.
#[derive(Debug, Parser)]
#[command(name = "soak", args_conflicts_with_subcommands = true)]
pub(crate) struct Arguments {
    /// What a process this program started is to be.
    #[command(subcommand)]
    pub(crate) child: Option<Child>,
    /// How to soak.
    #[command(flatten)]
    pub(crate) run: Run,
}

/// The processes this program starts from its own executable.
#[derive(Debug, Subcommand)]
pub(crate) enum Child {
    /// The server, configured by the environment.
    #[command(hide = true)]
    Serve,
}

/// How to soak.
#[derive(Debug, Args)]
pub(crate) struct Run {
    /// How long.
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u64).range(5..=86_400))]
    pub(crate) seconds: u64,
    /// The synthetic data set, 1 to 3.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=3))]
    pub(crate) level: u8,
    /// Keep-alive connections, each with one request under way.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) connections: u16,
    /// Operations the server works at at once: fewer than connections, so that load is shed.
    #[arg(long, default_value_t = 12)]
    pub(crate) in_flight: u16,
    /// What the data and the draws are made from.
    #[arg(long, default_value_t = 42)]
    pub(crate) seed: u64,
    /// Draw the memory's curve to FILE.
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
}

impl Run {
    pub(crate) const fn time(&self) -> Duration {
        Duration::from_secs(self.seconds)
    }

    pub(crate) fn level(&self) -> anyhow::Result<Level> {
        Level::try_from(self.level).map_err(|error| anyhow::anyhow!("{error}"))
    }
}
