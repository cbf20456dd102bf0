//! Keeps the catalog level with the database.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::catalog::Live;
use crate::db::Database;

/// Builds the first catalog, then a new one each time the data version moves, until told to stop.
pub(super) async fn follow(live: &Live, database: &Database, interval: Duration, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(interval);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let mut failing = false;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => failing = turn(live, database, failing).await,
        }
    }
}

/// One look at the database, which may have failed last time; says whether it failed this time. One line tells that it
/// did, and one that it no longer does: not one a second.
async fn turn(live: &Live, database: &Database, was_failing: bool) -> bool {
    let failed = live.refresh(database).await.err();
    match &failed {
        None if was_failing => tracing::info!("the catalog follows the database again"),
        Some(error) if !was_failing => {
            tracing::error!(%error, "the catalog cannot follow the database; answers stay as they are");
        }
        _ => {}
    }
    failed.is_some()
}
