//! `autodex serve`

use std::process::ExitCode;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::config::Config;

/// Serves until SIGINT or SIGTERM.
pub(super) async fn run(config: Config) -> anyhow::Result<ExitCode> {
    let address = config.http.address();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), database = %config.database.url, "starting");
    let app = App::build(config).await?;
    let listener = TcpListener::bind(address).await.with_context(|| {
        format!("cannot listen on {address} (HOST, PORT): is another server running there?")
    })?;
    tracing::info!(address = %listener.local_addr()?, "listening");
    app.serve(listener, told_to_stop()?).await;
    Ok(ExitCode::SUCCESS)
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
