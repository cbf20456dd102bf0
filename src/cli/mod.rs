//! The command line: one file a command. This is where errors become text and exit codes.

mod demo;
mod export;
mod health;
mod import;
mod index;
mod index_github;
mod migrate;
mod output;
mod run_record;
mod schema;
mod serve;
mod synth;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::telemetry;

/// A search engine for Home Assistant automations, served over GraphQL.
///
/// Configured by the environment; .env.sample lists every variable.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Try it: sample homes in a temporary database, served on 127.0.0.1:8000. Needs nothing.
    Demo(demo::Demo),
    /// Serve GraphQL from the database.
    Serve,
    /// Ask the running server how it is: exits with 0 if it is well, with 1 if not.
    Health(health::Health),
    /// Index Home Assistant configurations into the database.
    Index(index::Index),
    /// Write every automation as a line of JSON.
    Export(export::Export),
    /// Read the lines an export wrote.
    Import(import::Import),
    /// Write a synthetic data set as lines of JSON, for tests and measurements.
    Synth(synth::Synth),
    /// Print the GraphQL schema, or check a copy of it.
    Schema(schema::Schema),
    /// Bring the database's schema up to date.
    Migrate,
}

/// Runs the command the process was called with.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let ended = match cli.command {
        // These two need no configuration, and must not fail on a bad one.
        Command::Schema(command) => command.run(),
        Command::Synth(command) => command.run(),
        // Asked every few seconds, it starts neither a log nor a runtime.
        Command::Health(command) => Config::from_process()
            .map_err(Into::into)
            .and_then(|config| command.run(&config.http)),
        command => configured(command),
    };
    ended.unwrap_or_else(|error| {
        if is_broken_pipe(&error) {
            // Whoever read has read enough (`autodex export | head`).
            return ExitCode::SUCCESS;
        }
        eprintln!("autodex: {error:#}");
        ExitCode::FAILURE
    })
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let of_pipe = |error: &std::io::Error| error.kind() == std::io::ErrorKind::BrokenPipe;
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(of_pipe)
            || cause
                .downcast_ref::<serde_json::Error>()
                .is_some_and(|it| it.io_error_kind() == Some(std::io::ErrorKind::BrokenPipe))
    })
}

fn configured(command: Command) -> anyhow::Result<ExitCode> {
    let config = Config::from_process()?;
    let telemetry = telemetry::start(&config.log, &config.traces)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        match command {
            Command::Demo(command) => command.run(config).await,
            Command::Serve => serve::run(config).await,
            // By far the largest: it holds a whole run.
            Command::Index(command) => Box::pin(command.run(config)).await,
            Command::Export(command) => command.run(config).await,
            Command::Import(command) => command.run(config).await,
            Command::Migrate => migrate::run(config).await,
            Command::Schema(_) | Command::Synth(_) | Command::Health(_) => {
                unreachable!("run without a runtime")
            }
        }
    });
    drop(runtime);
    telemetry.stop();
    ended
}

/// Tells running servers, over Redis where there is one, that the database has moved on. They would see it within a second
/// by themselves: what fails here is no failure.
async fn announce(config: &Config, database: &crate::db::Database) {
    if !config.redis.enabled {
        return;
    }
    let announced = crate::app::announce(&config.redis, database).await;
    if let Err(error) = announced {
        tracing::warn!(%error, "running servers were not told of the change; they look for themselves");
    }
}

/// Opens the database for a command that is no server, its schema brought up to date.
async fn open_database(config: &Config) -> anyhow::Result<crate::db::Database> {
    let database = crate::db::Database::connect(config.database.url.expose()).await?;
    database.prepare(config.database.auto_migrate).await?;
    Ok(database)
}
