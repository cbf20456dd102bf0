//! A soak of the real server: `scripts/soak`, or `cargo run --release --example soak -- --seconds 600`.
//!
//! For minutes it sends a mix of good, bad and hostile requests, over an index that changes, while Redis is slow, silent
//! or gone in turn; and holds the server to what it promises: no status of 500 and above but 503 for load that is shed,
//! no connection lost, memory that does not grow, right answers at the end. It reports latencies by kind and draws the
//! memory's curve.
//!
//! Invariant: it is bounded in time, and every process it started ends with it.

mod arguments;
mod faults;
mod hostile;
mod lanes;
mod memory;
mod report;
mod setting;
mod writer;

// Parts of the load test that serve here as well.
macro_rules! shared {
    ($($name:ident $path:literal)+) => {
        $(
            #[allow(dead_code, reason = "shared with the load test, which uses more of it")]
            #[path = $path]
            mod $name;
        )+
    };
}

shared! {
    chance "../stress/chance.rs"
    client "../stress/client.rs"
    cpu "../stress/cpu.rs"
    data_set "../stress/data_set.rs"
    head "../stress/head.rs"
    histogram "../stress/histogram.rs"
    lifeline "../stress/lifeline.rs"
    mix "../stress/mix.rs"
    queries "../stress/queries.rs"
    redis_process "../stress/redis_process.rs"
    resp "../stress/resp.rs"
    serve "../stress/serve.rs"
    server "../stress/server.rs"
    svg "../stress/report/svg.rs"
    vocabulary "../stress/vocabulary.rs"
    wire "../stress/wire.rs"
    proxy "../../tests/support/proxy.rs"
}

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;
use tokio::signal::unix::{SignalKind, signal};

use arguments::{Arguments, Child, Run};
use report::Report;
use setting::Setting;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match arguments.child {
        Some(Child::Serve) => serve::run().map(|()| ExitCode::SUCCESS),
        None => run(&arguments.run),
    };
    ended.unwrap_or_else(|error| {
        eprintln!("soak: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(run: &Run) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let report = runtime.block_on(until_told_to_stop(soak(run)))?;
    print!("{}", report.text());
    if let Some(path) = &run.svg {
        std::fs::write(path, report.svg()).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let broken = report.broken_promises();
    for promise in &broken {
        eprintln!("soak: {promise}");
    }
    Ok(if broken.is_empty() {
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

/// The load, the faults, the changes and the watch on the memory go on side by side until time is up.
async fn soak(run: &Run) -> anyhow::Result<Report> {
    let setting = Setting::set_up(run).await?;
    let end = tokio::time::Instant::now() + run.time();
    let (seen, faults, samples, changes) = tokio::try_join!(
        lanes::drive(&setting, run, end),
        faults::inflict(&setting, run.time(), end),
        memory::watch(setting.server.id(), end),
        writer::change(&setting, end),
    )?;
    let fresh = setting.answers_rightly().await?;
    Ok(Report::new(run, seen, faults, samples, changes, fresh))
}
