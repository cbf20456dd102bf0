//! The catalog in use: an atomic pointer to the newest snapshot, replaced in the background while requests go on over the
//! one they began with.
//!
//! Invariant: a snapshot's generation is that of the data it was built from, and generations only ever rise.

use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use super::Catalog;
use super::load::{self, LoadError};
use crate::db::{Database, IndexState};

/// A catalog and the data it was built from.
#[derive(Debug)]
pub struct Snapshot {
    /// The searchable index.
    pub catalog: Catalog,
    /// Which data it holds.
    pub state: IndexState,
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
        let loaded = load::load(database).await?;
        let totals = loaded.catalog.totals();
        tracing::info!(
            data_version = loaded.state.data_version,
            repositories = totals.repositories,
            automations = totals.automations,
            milliseconds = started.elapsed().as_millis(),
            "catalog built"
        );
        let load::Loaded {
            catalog,
            state,
            last_indexed_at,
        } = loaded;
        self.current.store(Some(Arc::new(Snapshot {
            catalog,
            state,
            last_indexed_at,
        })));
        Ok(true)
    }
}
