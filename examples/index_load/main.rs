//! How requests fare while an index run goes on: `cargo run --release --example index_load -- --level 3`.
//!
//! A GitHub of its own serves a synthetic level, a server in a process of its own indexes it. Cached and uncached requests
//! are asked at a steady pace: in quiet, during a run in which every repository changed, and in quiet again. Latencies
//! are told for each, and the ratio of the run's to the mean of the two quiet ones.
//!
//! Invariant: every phase is bounded in time, and the process this one started ends with it.

#[allow(dead_code, reason = "shared with the load test")]
#[path = "../stress/client.rs"]
mod client;
#[allow(dead_code, reason = "shared with the load test")]
#[path = "../stress/cpu.rs"]
mod cpu;
#[path = "../../tests/support/github/mod.rs"]
mod github;
#[allow(dead_code, reason = "shared with the load test")]
#[path = "../stress/head.rs"]
mod head;
#[allow(dead_code, reason = "shared with the load test")]
#[path = "../stress/histogram.rs"]
mod histogram;
#[path = "../stress/lifeline.rs"]
mod lifeline;
mod probe;
mod run;
#[path = "../stress/serve.rs"]
mod serve;
#[allow(dead_code, reason = "shared with the load test")]
#[path = "../stress/server.rs"]
mod server;
#[allow(dead_code, reason = "shared with the load test")]
#[path = "../stress/wire.rs"]
mod wire;
mod world;

use std::time::{Duration, Instant};

use autodex::synth::Level;
use clap::{Parser, Subcommand};

use github::FakeGithub;
use probe::{Latencies, Pace};
use server::{Server, Start};

/// Measures requests during an index run.
#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    child: Option<Child>,
    /// The size of the data, 1 to 5.
    #[arg(long, default_value_t = 3)]
    level: u8,
    /// Seconds of each quiet phase.
    #[arg(long, default_value_t = 10)]
    quiet: u64,
    /// Seconds that a run may take.
    #[arg(long, default_value_t = 120)]
    patience: u64,
    /// Requests a second that the cache can answer.
    #[arg(long, default_value_t = 200)]
    cached: u32,
    /// Requests a second that it cannot.
    #[arg(long, default_value_t = 50)]
    uncached: u32,
    /// How many repositories are downloaded and read at the same time.
    #[arg(long, default_value_t = 4)]
    concurrency: u8,
    /// Where the data is kept; a SQLite file of its own where nothing is named.
    #[arg(long)]
    database: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Child {
    /// The server's process.
    #[command(hide = true)]
    Serve,
}

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    if arguments.child.is_some() {
        return serve::run();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(measure(&arguments))
}

async fn measure(arguments: &Arguments) -> anyhow::Result<()> {
    // Clients of this process need one, though none speaks TLS.
    drop(rustls::crypto::ring::default_provider().install_default());
    let folder = tempfile::tempdir()?;
    let level = Level::try_from(arguments.level)?;
    let github = FakeGithub::start(world::repos(level)).await;
    let file = format!("sqlite://{}?mode=rwc", folder.path().join("load.db").display());
    let environment = [
        ("HOST", "127.0.0.1".to_owned()),
        ("PORT", "0".to_owned()),
        ("DATABASE_URL", arguments.database.clone().unwrap_or(file)),
        ("RATELIMIT_ENABLED", "false".to_owned()),
        ("ADMIN_TOKEN", run::TOKEN.to_owned()),
        ("GITHUB_API_URL", github.url.clone()),
        ("INDEX_CONCURRENCY", arguments.concurrency.to_string()),
        ("RUST_LOG", "warn".to_owned()),
    ];
    let server = Server::start(&Start {
        arguments: &["serve"],
        environment: &environment,
        log: folder.path().join("server.log"),
    })
    .await?;
    let patience = Duration::from_secs(arguments.patience);
    let first = run::to_its_end(server.address(), patience).await?;
    println!("level {}, the first run: {first}", arguments.level);
    println!("memory of the server at its most: {}", run::most_memory(&server));

    let pace = Pace {
        cached: arguments.cached,
        uncached: arguments.uncached,
    };
    let quiet = Duration::from_secs(arguments.quiet);
    // What comes first after a change is computed anew, in any case; that is not what is asked here.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let before = probe::during(server.address(), pace, tokio::time::sleep(quiet)).await?;
    world::push_to_all(&mut github.world());
    let cpu = server.cpu_time();
    let started = Instant::now();
    let mut told = None;
    let run = async { told = Some(run::to_its_end(server.address(), patience).await) };
    let during = probe::during(server.address(), pace, run).await?;
    if let Some(run) = told.transpose()? {
        println!("level {}, the measured run: {run}", arguments.level);
    }
    if let (Some(before), Some(after)) = (cpu, server.cpu_time()) {
        let share = (after.saturating_sub(before)).as_secs_f64() / started.elapsed().as_secs_f64();
        println!("processors the server used meanwhile: {share:.2}");
    }
    tokio::time::sleep(Duration::from_secs(2)).await;
    let after = probe::during(server.address(), pace, tokio::time::sleep(quiet)).await?;
    println!("memory of the server at its most: {}", run::most_memory(&server));
    tell("cached", &before.cached, &during.cached, &after.cached);
    tell("uncached", &before.uncached, &during.uncached, &after.uncached);
    println!(
        "cached requests that were answered anew: {} in quiet, {} during the run",
        before.renewed + after.renewed,
        during.renewed
    );
    Ok(())
}

fn tell(what: &str, before: &Latencies, during: &Latencies, after: &Latencies) {
    for percent in [50, 99] {
        let [before, run, after] =
            [before, during, after].map(|it| it.percentile(percent).as_secs_f64() * 1e3);
        let ratio = run / f64::midpoint(before, after);
        println!(
            "{what} p{percent}: {before:.2} ms quiet, {run:.2} ms during the run, {after:.2} ms quiet: {ratio:.2} times"
        );
    }
    println!(
        "{what} requests: {}, {}, {}",
        before.total(),
        during.total(),
        after.total()
    );
}
