//! Serving, and ending well.

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::App;
use super::follow::follow;
use crate::http;

/// Why serving ended before it was told to.
#[derive(Debug, thiserror::Error)]
#[error("cannot serve: {0}")]
pub struct ServeError(#[from] std::io::Error);

impl App {
    /// Serves until `shutdown` completes; then takes no more connections, lets the requests in flight end, for as long as
    /// the configuration allows, and closes the database.
    ///
    /// # Errors
    /// The listener failed.
    pub async fn serve(
        self,
        listener: TcpListener,
        shutdown: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let stop = CancellationToken::new();
        let (live, database) = (self.services.live.clone(), self.services.database.clone());
        let follower = {
            let (database, stop) = (database.clone(), stop.clone());
            let interval = self.config.catalog.poll_interval;
            tokio::spawn(async move { follow(&live, &database, interval, stop).await })
        };
        tokio::spawn({
            let stop = stop.clone();
            async move {
                shutdown.await;
                stop.cancel();
            }
        });
        let served = self.drain(listener, &stop).await;
        stop.cancel();
        // It looks at the token between two refreshes; one that is under way may take its time, and is not waited for.
        follower.abort();
        if let Err(error) = database.close().await {
            tracing::warn!(%error, "the database was not closed cleanly");
        }
        Ok(served?)
    }

    async fn drain(&self, listener: TcpListener, stop: &CancellationToken) -> std::io::Result<()> {
        let router = http::router(self.services.clone());
        let server = axum::serve(listener, router).with_graceful_shutdown(stop.clone().cancelled_owned());
        let timeout = self.config.http.shutdown_timeout;
        let cut_off = async {
            stop.cancelled().await;
            tracing::info!(
                seconds = timeout.as_secs(),
                "stopping: requests in flight may end"
            );
            tokio::time::sleep(timeout).await;
        };
        tokio::select! {
            ended = server => {
                tracing::info!("stopped");
                ended
            }
            () = cut_off => {
                tracing::warn!("requests still in flight were cut off");
                Ok(())
            }
        }
    }
}
