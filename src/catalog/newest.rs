//! A snapshot: a catalog and the data it holds, and the ways from one to the next.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};

use super::Catalog;
use super::load::{self, LoadError, Loaded, Moved};
use crate::db::{Database, IndexState};

/// A catalog and the data it was built from.
#[derive(Debug)]
pub struct Snapshot {
    /// The searchable index; the same as the last snapshot's where only the cache was cleared between them.
    pub catalog: Arc<Catalog>,
    /// Which data it holds.
    pub state: IndexState,
    /// The version of each repository, by its key.
    pub versions: Arc<HashMap<i64, i64>>,
    /// When anything in the index last changed; `None` while it is empty.
    pub last_indexed_at: Option<DateTime<Utc>>,
}

impl Snapshot {
    /// Of all there is.
    pub(super) async fn built(database: &Database) -> Result<Self, LoadError> {
        let started = Instant::now();
        let Loaded {
            catalog,
            state,
            versions,
            last_indexed_at,
        } = load::load(database).await?;
        let snapshot = Self {
            catalog: Arc::new(catalog),
            state,
            versions: Arc::new(versions),
            last_indexed_at,
        };
        snapshot.log(started, "catalog built");
        Ok(snapshot)
    }

    /// Whether a state can have come of this one's by changes; another database's, or one that was put back, cannot.
    pub(super) const fn leads_to(&self, state: &IndexState) -> bool {
        self.state.lineage == state.lineage && self.state.data_version < state.data_version
    }

    /// The newest data: this one's, and what changed since.
    pub(super) async fn advanced(&self, database: &Database) -> Result<Self, LoadError> {
        let started = Instant::now();
        let Some(moved) = load::changes(database, &self.versions).await? else {
            return Self::built(database).await;
        };
        let Moved {
            changed,
            removed,
            state,
            versions,
            last_indexed_at,
        } = moved;
        let before = Arc::clone(&self.catalog);
        let change = move || before.changed(changed, &removed);
        // Not on a thread that answers requests.
        let catalog = tokio::task::spawn_blocking(change)
            .await
            .map_err(|_| LoadError::Interrupted)??;
        let snapshot = Self {
            catalog: Arc::new(catalog),
            state,
            versions: Arc::new(versions),
            last_indexed_at,
        };
        snapshot.log(started, "catalog brought up to date");
        Ok(snapshot)
    }

    /// The same data after a clear of the cache.
    pub(super) fn cleared(&self, state: IndexState) -> Self {
        Self {
            catalog: Arc::clone(&self.catalog),
            state,
            versions: Arc::clone(&self.versions),
            last_indexed_at: self.last_indexed_at,
        }
    }

    fn log(&self, started: Instant, message: &'static str) {
        let totals = self.catalog.totals();
        tracing::info!(
            data_version = self.state.data_version,
            repositories = totals.repositories,
            automations = totals.automations,
            patched = self.catalog.patched(),
            milliseconds = started.elapsed().as_millis(),
            "{message}"
        );
    }
}
