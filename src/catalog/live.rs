//! The catalog in use: an atomic pointer to the newest snapshot, replaced in the background while requests go on over the
//! one they began with.
//!
//! Invariant: a snapshot's generation is that of the data it was built from, and generations only ever rise.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::Catalog;
use super::load::{self, LoadError};
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

/// The newest snapshot, `None` until the first is built.
#[derive(Debug, Default)]
pub struct Live {
    current: ArcSwapOption<Snapshot>,
    /// Held while one is being built: a second builder waits, then finds that there is nothing left to do.
    building: Mutex<()>,
}

impl Live {
    /// The newest snapshot. Whoever asks keeps it for as long as the work at hand takes.
    pub fn current(&self) -> Option<Arc<Snapshot>> {
        self.current.load_full()
    }

    /// Builds a new snapshot if the database has moved on; says whether it did.
    ///
    /// # Errors
    /// The database failed; the snapshot in use stays.
    pub async fn refresh(&self, database: &Database) -> Result<bool, LoadError> {
        let _building = self.building.lock().await;
        let state = database.state().await?;
        if self.current().is_some_and(|snapshot| snapshot.state == state) {
            return Ok(false);
        }
        let started = Instant::now();
        let old = self
            .current()
            .filter(|old| old.state.data_version == state.data_version);
        let cleared_only = old.is_some();
        let snapshot = match old {
            Some(old) => old.cleared(state),
            None => build(database).await?,
        };
        let snapshot = Arc::new(snapshot);
        self.current.store(Some(Arc::clone(&snapshot)));
        if !cleared_only {
            snapshot.log(started.elapsed());
        }
        Ok(true)
    }
}

impl Snapshot {
    fn log(&self, took: Duration) {
        let totals = self.catalog.totals();
        tracing::info!(
            data_version = self.state.data_version,
            repositories = totals.repositories,
            automations = totals.automations,
            milliseconds = took.as_millis(),
            "catalog built"
        );
    }

    /// The same data after a clear of the cache.
    fn cleared(&self, state: IndexState) -> Self {
        Self {
            catalog: Arc::clone(&self.catalog),
            state,
            versions: Arc::clone(&self.versions),
            last_indexed_at: self.last_indexed_at,
        }
    }
}

async fn build(database: &Database) -> Result<Snapshot, LoadError> {
    let load::Loaded {
        catalog,
        state,
        versions,
        last_indexed_at,
    } = load::load(database).await?;
    Ok(Snapshot {
        catalog: Arc::new(catalog),
        state,
        versions: Arc::new(versions),
        last_indexed_at,
    })
}
