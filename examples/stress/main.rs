//! A load test of the real server against its floors: `cargo run --release --example stress -- --level 2`.
//!
//! It loads a synthetic data set into a temporary SQLite file, starts the server in a process of its own once for each
//! way of caching, and measures throughput and latency over HTTP on the loopback interface. In the same run and by the
//! same client it measures two floors: a handler that returns the same bytes, and one that reads them from Redis first.
//!
//! Invariant: every phase is bounded in time, and every process this one started ends with it.

mod arguments;
mod chance;
mod client;
mod cpu;
mod data_set;
mod figures;
mod floor;
mod head;
mod histogram;
mod hot;
mod lifeline;
mod limits;
mod load;
mod machine;
mod miss;
mod mix;
mod mixed;
mod mode;
mod queries;
mod redis_get;
mod redis_process;
mod report;
mod resp;
mod rig;
mod sample;
mod serve;
mod server;
mod table;
mod units;
mod vocabulary;
mod wire;
mod zipf;

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use arguments::{Arguments, Child, Run, Workload};
use report::Report;
use rig::Rig;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match &arguments.child {
        Some(Child::Serve) => serve::run().map(|()| ExitCode::SUCCESS),
        Some(Child::Floor(floor)) => floor::run(floor).map(|()| ExitCode::SUCCESS),
        None => run(&arguments.run),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("stress: {error:#}");
        ExitCode::FAILURE
    })
}

/// Measures and reports. One thread does all of the client's work, so that the server has the other cores.
fn run(arguments: &Run) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(until_told_to_stop(measure(arguments)))?;
    print!("{}", report.text());
    if let Some(path) = &arguments.json {
        let json = serde_json::to_string_pretty(&report)? + "\n";
        std::fs::write(path, json).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if let Some(path) = &arguments.svg {
        std::fs::write(path, report.svg()).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(if report.errors() == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// SIGINT and SIGTERM end the run, and with it every process it started.
async fn until_told_to_stop(run: impl Future<Output = anyhow::Result<Report>>) -> anyhow::Result<Report> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        report = run => report,
        _ = interrupt.recv() => bail!("interrupted"),
        _ = terminate.recv() => bail!("told to stop"),
    }
}

async fn measure(arguments: &Run) -> anyhow::Result<Report> {
    let rig = Rig::set_up(arguments).await?;
    let mut report = Report::new(arguments, &rig);
    for workload in arguments.workloads() {
        match workload {
            Workload::Hot => report.hot = Some(hot::measure(&rig).await?),
            Workload::Zipf => report.zipf = Some(mixed::measure(&rig).await?),
            Workload::Table => report.table = table::measure(&rig).await?,
            Workload::Miss => report.miss = miss::measure(&rig).await?,
            Workload::Limits => report.limits = limits::measure(&rig).await?,
        }
    }
    report.finish();
    Ok(report)
}
