//! The server's process: what `autodex serve` runs, on any free port.

use autodex::app::App;
use autodex::config::Config;
use tokio::net::TcpListener;

use crate::lifeline;

/// Serves, as the environment says, until the parent ends it.
///
/// # Errors
/// The configuration, the database or the listener cannot be used.
pub(crate) fn run() -> anyhow::Result<()> {
    let config = Config::from_process()?;
    // Stopped by a signal, it has no spans to send at its end.
    let _telemetry = autodex::telemetry::start(&config.log, &config.traces)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let address = config.http.address();
        let app = App::build(config).await?;
        let listener = TcpListener::bind(address).await?;
        lifeline::announce(listener.local_addr()?)?;
        app.serve(listener, lifeline::cut()).await;
        Ok(())
    })
}
