//! Rows by key, batched: one set of loaders a request, so that a row is read once in it and never kept after it.
//!
//! A resolver that is about to return a list asks for all the rows its items will want in one call, before any item looks.
//! So a batch is complete when it starts and need not wait for stragglers, and it is read within the resolver: a request
//! that is stopped reads no further, and none waits for a task to be woken.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::caching::Parts;
use super::error::QueryError;
use crate::db::{Database, DatabaseError, StoredAutomation, StoredRepository};

/// The loaders of one request.
pub(super) struct Loaders {
    database: Database,
    automations: Rows<StoredAutomation>,
    repositories: Rows<StoredRepository>,
    request_id: String,
    /// Told of rows that are gone.
    parts: Arc<Parts>,
}

/// The rows read so far. Never locked across an await.
struct Rows<T> {
    read: Mutex<HashMap<i64, Arc<T>>>,
    key: fn(&T) -> i64,
}

impl<T> Rows<T> {
    fn by(key: fn(&T) -> i64) -> Self {
        Self {
            read: Mutex::default(),
            key,
        }
    }

    fn read_so_far(&self) -> MutexGuard<'_, HashMap<i64, Arc<T>>> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, id: i64) -> Option<Arc<T>> {
        self.read_so_far().get(&id).cloned()
    }

    /// Those that were read, in the order of the keys.
    fn all(&self, ids: &[i64]) -> Vec<Arc<T>> {
        let known = self.read_so_far();
        ids.iter().filter_map(|id| known.get(id).cloned()).collect()
    }

    /// Those of the keys that were not read, each once.
    fn missing(&self, ids: impl IntoIterator<Item = i64>) -> Vec<i64> {
        let known = self.read_so_far();
        let mut missing: Vec<i64> = ids.into_iter().filter(|id| !known.contains_key(id)).collect();
        missing.sort_unstable();
        missing.dedup();
        missing
    }

    fn put(&self, rows: impl IntoIterator<Item = T>) {
        let rows = rows.into_iter().map(|row| ((self.key)(&row), Arc::new(row)));
        self.read_so_far().extend(rows);
    }
}

impl Loaders {
    pub(super) fn new(database: &Database, request_id: String, parts: Arc<Parts>) -> Self {
        Self {
            database: database.clone(),
            automations: Rows::by(|row| row.id),
            repositories: Rows::by(|row| row.id),
            request_id,
            parts,
        }
    }

    /// The id of the request they serve.
    pub(super) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The automations with these keys, which the catalog gave, in their order. One that is gone since it was made is left
    /// out, and noted. Their repositories are read with them where the resolvers to come will look at them.
    pub(super) async fn automations(
        &self,
        ids: &[i64],
        with_repositories: bool,
    ) -> Result<Vec<Arc<StoredAutomation>>, QueryError> {
        let read = self.read_automations(ids, with_repositories).await;
        read.map_err(|cause| self.internal(cause))?;
        let found = self.automations.all(ids);
        if found.len() < ids.len() {
            self.parts.note_missing_row();
        }
        if with_repositories {
            // Those of rows that were read before without them.
            self.prepare_repositories(found.iter().map(|row| row.repository_id))
                .await?;
        }
        Ok(found)
    }

    async fn read_automations(&self, ids: &[i64], with_repositories: bool) -> Result<(), DatabaseError> {
        let missing = self.automations.missing(ids.iter().copied());
        if missing.is_empty() {
            return Ok(());
        }
        if with_repositories {
            let rows = self.database.automations_and_repositories(&missing).await?;
            let (automations, repositories): (Vec<_>, Vec<_>) = rows.into_iter().unzip();
            self.automations.put(automations);
            self.repositories.put(repositories.into_iter().flatten());
        } else {
            self.automations.put(self.database.automations(&missing).await?);
        }
        Ok(())
    }

    /// The automation with a key that a client gave.
    pub(super) async fn automation(&self, id: i64) -> Result<Option<Arc<StoredAutomation>>, QueryError> {
        let read = self.read_automations(&[id], false).await;
        read.map_err(|cause| self.internal(cause))?;
        Ok(self.automations.get(id))
    }

    /// Reads the repositories with these keys, for the resolvers to come.
    pub(super) async fn prepare_repositories(
        &self,
        ids: impl IntoIterator<Item = i64>,
    ) -> Result<(), QueryError> {
        let missing = self.repositories.missing(ids);
        if missing.is_empty() {
            return Ok(());
        }
        let rows = self.database.repositories(&missing).await;
        self.repositories.put(rows.map_err(|cause| self.internal(cause))?);
        Ok(())
    }

    /// The repository with this key, which the catalog or an automation gave. That it is gone is noted.
    pub(super) async fn repository(&self, id: i64) -> Result<Option<Arc<StoredRepository>>, QueryError> {
        if let Some(known) = self.repositories.get(id) {
            return Ok(Some(known));
        }
        self.prepare_repositories([id]).await?;
        let found = self.repositories.get(id);
        if found.is_none() {
            self.parts.note_missing_row();
        }
        Ok(found)
    }

    fn internal(&self, cause: DatabaseError) -> QueryError {
        QueryError::internal(&self.request_id, cause)
    }
}
