//! `autodex serve`

use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::{App, BuildError};
use crate::config::Config;

/// How long a database that does not answer is waited for.
const WAIT: Duration = Duration::from_mins(5);
/// Between two tries, beside what the try itself takes.
const PAUSE: Duration = Duration::from_millis(200);

/// Serves until SIGINT or SIGTERM.
pub(super) async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let address = config.http.address();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), database = %config.database.url, "starting");
    let mut stop = Box::pin(told_to_stop()?);
    let app = tokio::select! {
        built = built(&config) => built?,
        () = &mut stop => return Ok(ExitCode::SUCCESS),
    };
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address} (HOST, PORT): is another server running there?")
    })?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    app.serve(listener, stop).await;
    Ok(ExitCode::SUCCESS)
}

/// The server, once its database answers: they may be started in any order.
async fn built(config: &Config) -> anyhow::Result<App> {
    let started = Instant::now();
    let mut told = false;
    loop {
        match App::build(config.clone()).await {
            Err(BuildError::Database(error)) if error.is_absence() && started.elapsed() < WAIT => {
                if !told {
                    tracing::warn!(%error, seconds = WAIT.as_secs(), "waiting for the database");
                }
                told = true;
                tokio::time::sleep(PAUSE).await;
            }
            ended => return Ok(ended?),
        }
    }
}

/// Completes when the process is told to stop. The handlers are in place when this returns.
pub(super) fn told_to_stop() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
