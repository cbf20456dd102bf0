//! Rows by key, batched: one set of loaders a request, so that a row is read once in it and never kept after it.
//!
//! A resolver that is about to return a list asks for all the rows its items will want in one call ([`Loaders`]'s
//! methods), so a batch is complete when it starts and need not wait for stragglers: `max_batch_size(1)` sends each call
//! off at once, where async-graphql's own way is to wait a millisecond for more keys.
//!
//! Batches run in tasks of their own, which end with the loaders: a request that is stopped reads no further.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::dataloader::{DataLoader, HashMapCache, Loader};
use futures_util::future::BoxFuture;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::caching::Parts;
use super::error::QueryError;
use crate::db::{Database, DatabaseError, StoredAutomation, StoredRepository};

/// The loaders of one request.
pub(super) struct Loaders {
    automations: DataLoader<AutomationRows, HashMapCache>,
    repositories: DataLoader<RepositoryRows, HashMapCache>,
    request_id: String,
    /// Told of rows that are gone.
    parts: Arc<Parts>,
    /// Ends the batches under way.
    _end: DropGuard,
}

struct AutomationRows(Database);

struct RepositoryRows(Database);

impl Loader<i64> for AutomationRows {
    type Value = Arc<StoredAutomation>;
    type Error = Arc<DatabaseError>;

    async fn load(&self, ids: &[i64]) -> Result<HashMap<i64, Self::Value>, Self::Error> {
        let rows = self.0.automations(ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, Arc::new(row))).collect())
    }
}

impl Loader<i64> for RepositoryRows {
    type Value = Arc<StoredRepository>;
    type Error = Arc<DatabaseError>;

    async fn load(&self, ids: &[i64]) -> Result<HashMap<i64, Self::Value>, Self::Error> {
        let rows = self.0.repositories(ids).await?;
        Ok(rows.into_iter().map(|row| (row.id, Arc::new(row))).collect())
    }
}

impl Loaders {
    pub(super) fn new(database: &Database, request_id: String, parts: Arc<Parts>) -> Self {
        let automations = AutomationRows(database.clone());
        let repositories = RepositoryRows(database.clone());
        let end = CancellationToken::new();
        Self {
            automations: DataLoader::with_cache(automations, until(&end), HashMapCache::default())
                .max_batch_size(1),
            repositories: DataLoader::with_cache(repositories, until(&end), HashMapCache::default())
                .max_batch_size(1),
            request_id,
            parts,
            _end: end.drop_guard(),
        }
    }

    /// The id of the request they serve.
    pub(super) fn request_id(&self) -> &str {
        &self.request_id
    }

    /// The automations with these keys, which the catalog gave, in their order. One that is gone since it was made is left
    /// out, and noted.
    pub(super) async fn automations(&self, ids: &[i64]) -> Result<Vec<Arc<StoredAutomation>>, QueryError> {
        let mut rows = self
            .automations
            .load_many(ids.iter().copied())
            .await
            .map_err(|cause| self.internal(cause))?;
        let found: Vec<_> = ids.iter().filter_map(|id| rows.remove(id)).collect();
        if found.len() < ids.len() {
            self.parts.note_missing_row();
        }
        Ok(found)
    }

    /// The automation with a key that a client gave.
    pub(super) async fn automation(&self, id: i64) -> Result<Option<Arc<StoredAutomation>>, QueryError> {
        self.automations
            .load_one(id)
            .await
            .map_err(|cause| self.internal(cause))
    }

    /// Reads the repositories with these keys, for the resolvers to come.
    pub(super) async fn prepare_repositories(
        &self,
        ids: impl IntoIterator<Item = i64>,
    ) -> Result<(), QueryError> {
        self.repositories
            .load_many(ids)
            .await
            .map_err(|cause| self.internal(cause))?;
        Ok(())
    }

    /// The repository with this key, which the catalog or an automation gave. That it is gone is noted.
    pub(super) async fn repository(&self, id: i64) -> Result<Option<Arc<StoredRepository>>, QueryError> {
        let found = self
            .repositories
            .load_one(id)
            .await
            .map_err(|cause| self.internal(cause))?;
        if found.is_none() {
            self.parts.note_missing_row();
        }
        Ok(found)
    }

    fn internal(&self, cause: Arc<DatabaseError>) -> QueryError {
        QueryError::Internal {
            request_id: self.request_id.clone(),
            cause,
        }
    }
}

/// Runs each batch in a task of its own, until the end is called.
fn until(end: &CancellationToken) -> impl Fn(BoxFuture<'static, ()>) + Send + Sync + 'static {
    let end = end.clone();
    move |batch| {
        let batch = end.clone().run_until_cancelled_owned(batch);
        // Within the span of who asked first.
        tokio::spawn(tracing::Instrument::in_current_span(batch));
    }
}
