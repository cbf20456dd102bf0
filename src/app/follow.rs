//! Keeps the catalog level with the database: every so often, and at once when another instance tells that it moved.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::catalog::{Live, Snapshot};
use crate::db::Database;
use crate::redis_conn::Subscription;

/// Follows the database and tells of each new snapshot.
pub(super) struct Follower {
    pub(super) live: Arc<Live>,
    pub(super) database: Database,
    pub(super) interval: Duration,
    /// What other instances tell; `None` without Redis.
    pub(super) news: Option<Subscription>,
    /// Told each new snapshot.
    pub(super) told: watch::Sender<Option<Arc<Snapshot>>>,
}

impl Follower {
    /// Builds the first catalog, then a new one each time the database has moved on, until told to stop.
    pub(super) async fn follow(mut self, stop: CancellationToken) {
        let mut ticks = tokio::time::interval(self.interval);
        ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut failing = false;
        let mut rebuilding = JoinSet::new();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                _ = ticks.tick() => {}
                () = heard(&mut self.news) => {}
            }
            failing = self.turn(failing).await;
            while rebuilding.try_join_next().is_some() {}
            if rebuilding.is_empty() && self.live.wants_rebuild() {
                rebuilding.spawn(rebuild(Arc::clone(&self.live), self.database.clone()));
            }
        }
    }

    /// One look at the database, which may have failed last time; says whether it failed this time. One line tells that
    /// it did, and one that it no longer does: not one a second.
    async fn turn(&self, was_failing: bool) -> bool {
        let failed = self.live.refresh(&self.database).await.err();
        match &failed {
            None if was_failing => tracing::info!("the catalog follows the database again"),
            Some(error) if !was_failing => {
                tracing::error!(%error, "the catalog cannot follow the database; answers stay as they are");
            }
            _ => {}
        }
        // A snapshot may also have come from a clear in this process: whatever is new is told.
        let current = self.live.current();
        self.told.send_if_modified(|told| {
            let is_new = told.as_ref().map(|it| it.state) != current.as_ref().map(|it| it.state);
            if is_new {
                *told = current;
            }
            is_new
        });
        failed.is_some()
    }
}

/// Builds the catalog anew in the background, while what changes goes on being followed. It would be tried again at the
/// next look, a second later.
async fn rebuild(live: Arc<Live>, database: Database) {
    if let Err(error) = live.rebuild(&database).await {
        tracing::warn!(%error, "the catalog could not be built anew; it goes on as it is");
    }
}

/// Completes at the next news; never, where there are none to come. What the news say is not looked at: the database is
/// the truth, and is asked.
async fn heard(news: &mut Option<Subscription>) {
    if let Some(subscription) = news {
        if subscription.next().await.is_some() {
            return;
        }
        *news = None;
    }
    std::future::pending::<()>().await;
}
