//! Logs, traces, figures. Logs: where `tracing`'s events go. One line an event, on standard error, a fixed lower-case message with values as
//! fields; never a token, never a body.

mod histogram;
mod traces;

use std::io::IsTerminal;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{LogConfig, LogFormat, TraceConfig};
pub use histogram::{Durations, Histogram};
pub use traces::{TraceError, continue_trace};

/// Said before the operator's own filters, which therefore win: what a library tells at each start and nobody needs.
const QUIET: &str = "sea_orm_migration=warn,sqlx::postgres::notice=warn";

/// A filter that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("RUST_LOG is {filter:?}; expected filters such as `info` or `autodex=debug,warn`: {source}")]
pub struct FilterError {
    filter: String,
    source: tracing_subscriber::filter::ParseError,
}

/// Why logs or traces cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The filter cannot be read.
    #[error(transparent)]
    Filter(#[from] FilterError),
    /// Traces cannot be sent there.
    #[error(transparent)]
    Traces(#[from] TraceError),
}

/// What goes on until the process ends.
#[must_use = "spans that wait are sent when it is stopped"]
pub struct Started {
    traces: Option<SdkTracerProvider>,
}

impl Started {
    /// Sends the spans that wait, for as long as a batch may take. Not to be called on a thread of a runtime.
    pub fn stop(self) {
        if let Some(Err(error)) = self.traces.map(|traces| traces.shutdown()) {
            tracing::warn!(%error, "the last spans were not sent");
        }
    }
}

/// Starts logs and traces for the whole process. A second call does nothing. Not to be called on a thread of a runtime.
///
/// # Errors
/// The filter cannot be read, or the collector's address not be used.
pub fn start(log: &LogConfig, traces: &TraceConfig) -> Result<Started, StartError> {
    let filter = EnvFilter::builder()
        .parse(format!("{QUIET},{}", log.filter))
        .map_err(|source| FilterError {
            filter: log.filter.clone(),
            source,
        })?;
    let traces = traces::provider(traces)?;
    let started = match &traces {
        // Filtered as a whole: what nobody wants to see costs a look at one number.
        None => Registry::default().with(filter).with(lines(log)).try_init(),
        Some(provider) => {
            let lines = lines(log).with_filter(filter);
            let log_and_traces = Registry::default().with(lines).with(traces::layer(provider));
            log_and_traces.try_init()
        }
    };
    // Tests start many servers in one process: the first one's logging serves them all.
    drop(started);
    Ok(Started { traces })
}

/// The lines of the log.
fn lines<S>(config: &LogConfig) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match config.format {
        LogFormat::Pretty => Box::new(lines.with_ansi(std::io::stderr().is_terminal())),
        LogFormat::Json => Box::new(lines.json().flatten_event(true)),
    }
}
