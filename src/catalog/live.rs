//! The catalog in use: an atomic pointer to the newest snapshot, replaced in the background while requests go on over the
//! one they began with.
//!
//! Invariant: a snapshot's generation is that of the data it was built from, and generations only ever rise.

use std::sync::Arc;
use std::time::Instant;

use arc_swap::ArcSwapOption;
use tokio::sync::Mutex;

use super::load::LoadError;
use super::making_times::MakingTimes;
use super::newest::Snapshot;
use crate::db::{Database, IndexState};

/// The newest snapshot, `None` until the first is built.
#[derive(Debug, Default)]
pub struct Live {
    current: ArcSwapOption<Snapshot>,
    /// Held while one is being made: who comes second waits, then finds that there is nothing left to do.
    making: Mutex<()>,
    times: MakingTimes,
}

impl Live {
    /// The newest snapshot. Whoever asks keeps it for as long as the work at hand takes.
    pub fn current(&self) -> Option<Arc<Snapshot>> {
        self.current.load_full()
    }

    /// How long snapshots took to make.
    pub fn times(&self) -> &MakingTimes {
        &self.times
    }

    /// Makes a new snapshot if the database has moved on; says whether it did.
    ///
    /// # Errors
    /// The database failed; the snapshot in use stays.
    pub async fn refresh(&self, database: &Database) -> Result<bool, LoadError> {
        let _making = self.making.lock().await;
        let current = self.current();
        let known = current.as_ref().map(|snapshot| &snapshot.state);
        let Some(state) = database.news(known).await? else {
            return Ok(false);
        };
        let snapshot = match current {
            Some(current) if current.state.data_version == state.data_version => current.cleared(state),
            Some(current) if current.leads_to(&state) => {
                self.times.advancing(current.advanced(database)).await?
            }
            _ => self.times.building(Snapshot::built(database)).await?,
        };
        self.current.store(Some(Arc::new(snapshot)));
        Ok(true)
    }

    /// A newer snapshot than one, made now if need be, whatever else would have had it wait; `None` if the database holds
    /// nothing newer.
    ///
    /// # Errors
    /// The database failed; the snapshot in use stays.
    pub async fn newer_than(
        &self,
        seen: &Snapshot,
        database: &Database,
    ) -> Result<Option<Arc<Snapshot>>, LoadError> {
        let is_newer = |it: &Arc<Snapshot>| it.state.data_version > seen.state.data_version;
        // Who has waited while one was made finds it here.
        let _making = self.making.lock().await;
        if let Some(newer) = self.current().filter(is_newer) {
            return Ok(Some(newer));
        }
        let state = database.state().await?;
        if !seen.leads_to(&state) {
            return Ok(None);
        }
        let newer = Arc::new(seen.advanced(database).await?);
        self.current.store(Some(Arc::clone(&newer)));
        Ok(Some(newer))
    }

    /// Puts a clear into force that the database has counted, without asking the database again.
    pub async fn clear(&self, counted: &IndexState) {
        let _making = self.making.lock().await;
        let same = |it: &Arc<Snapshot>| it.state.lineage == counted.lineage;
        let Some(current) = self.current().filter(same) else {
            return;
        };
        let state = IndexState {
            cleared: current.state.cleared.latest(counted.cleared),
            ..current.state
        };
        self.current.store(Some(Arc::new(current.cleared(state))));
    }

    /// Whether so much has changed since the catalog was built that [`Live::rebuild`] is worth its while.
    pub fn wants_rebuild(&self) -> bool {
        self.current()
            .is_some_and(|snapshot| snapshot.catalog.wants_rebuild())
    }

    /// Builds the catalog anew, which changes no answer. What changes meanwhile is taken up meanwhile, and by the new one
    /// at the end.
    ///
    /// # Errors
    /// The database failed; the snapshot in use stays.
    pub async fn rebuild(&self, database: &Database) -> Result<(), LoadError> {
        let started = Instant::now();
        let built = self.times.building(Snapshot::built(database)).await?;
        self.replace(built, database).await?;
        tracing::info!(milliseconds = started.elapsed().as_millis(), "catalog rebuilt");
        Ok(())
    }

    /// Puts a snapshot, built from what the database was a while ago, in the place of the one in use.
    async fn replace(&self, mut built: Snapshot, database: &Database) -> Result<(), LoadError> {
        let _making = self.making.lock().await;
        if let Some(current) = self.current() {
            if current.state.data_version > built.state.data_version {
                built = built.advanced(database).await?;
            }
            if current.state.lineage == built.state.lineage {
                // A clear may have come in between, whatever else did: what was forgotten stays so.
                built.state.cleared = built.state.cleared.latest(current.state.cleared);
            }
        }
        self.current.store(Some(Arc::new(built)));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::ClearCounts;
    use crate::model::Repository;

    async fn database(folder: &tempfile::TempDir) -> Database {
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("live.db").display());
        let database = Database::connect(&url).await.unwrap();
        database.migrate().await.unwrap();
        database
    }

    async fn add(database: &Database, name: &str) {
        let repository = Repository {
            owner: "jan".to_owned(),
            name: name.to_owned(),
            ..Repository::default()
        };
        let mut writer = database.write().await.unwrap();
        writer.hold_back();
        writer.sync(&repository, Vec::new()).await.unwrap();
        writer.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_clear_that_was_counted_is_in_force_even_if_the_database_is_gone_since() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await;
        let live = Live::default();
        live.refresh(&database).await.unwrap();
        let counts = ClearCounts {
            facets: 1,
            ..ClearCounts::default()
        };
        let counted = database.clear(counts).await.unwrap();
        database.close().await.unwrap();
        live.clear(&counted).await;
        assert!(live.refresh(&database).await.is_err());
        assert_eq!(live.current().unwrap().state.cleared, counts);
    }

    #[tokio::test]
    async fn a_clear_while_the_catalog_is_built_anew_is_not_undone() {
        let folder = tempfile::tempdir().unwrap();
        let database = database(&folder).await;
        let live = Live::default();
        live.refresh(&database).await.unwrap();
        // A run holds its change back: what is built anew has it, and the snapshot in use has not.
        add(&database, "home").await;
        let built = Snapshot::built(&database).await.unwrap();
        let raised = ClearCounts {
            search: 1,
            ..ClearCounts::default()
        };
        let cleared = database.clear(raised).await.unwrap().cleared;
        live.refresh(&database).await.unwrap();
        assert!(live.current().unwrap().state.data_version < built.state.data_version);
        assert_eq!(live.current().unwrap().state.cleared, cleared);
        live.replace(built, &database).await.unwrap();
        assert_eq!(live.current().unwrap().catalog.totals().repositories, 1);
        assert_eq!(live.current().unwrap().state.cleared, cleared);
    }
}
