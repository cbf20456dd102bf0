//! Logs: where `tracing`'s events go. One line an event, on standard error, a fixed lower-case message with values as
//! fields; never a token, never a body.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::{LogConfig, LogFormat};

/// Said before the operator's own filters, which therefore win: what a library tells at each start and nobody needs.
const QUIET: &str = "sea_orm_migration=warn,sqlx::postgres::notice=warn";

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("RUST_LOG is {filter:?}; expected filters such as `info` or `autodex=debug,warn`: {source}")]
pub struct FilterError {
    filter: String,
    source: tracing_subscriber::filter::ParseError,
}

/// Starts logging for the whole process. A second call does nothing.
///
/// # Errors
/// The filter cannot be read.
pub fn start(config: &LogConfig) -> Result<(), FilterError> {
    let filter = EnvFilter::builder()
        .parse(format!("{QUIET},{}", config.filter))
        .map_err(|source| FilterError {
            filter: config.filter.clone(),
            source,
        })?;
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr);
    let started = match config.format {
        LogFormat::Pretty => log.with_ansi(std::io::stderr().is_terminal()).finish().try_init(),
        LogFormat::Json => log.json().flatten_event(true).finish().try_init(),
    };
    // Tests start many servers in one process: the first one's logging serves them all.
    drop(started);
    Ok(())
}
