//! Reading by key, and reading the state.

use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::connect::Database;
use super::entities::{automation, index_state, repository};
use super::error::DatabaseError;
use super::rows::{IndexState, StoredAutomation, StoredRepository};

impl Database {
    /// Which data this is.
    ///
    /// # Errors
    /// The database does not answer, or was never migrated.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "state"))]
    pub async fn state(&self) -> Result<IndexState, DatabaseError> {
        let row = index_state::Entity::find_by_id(index_state::ONLY)
            .one(&self.connection)
            .await?;
        row.map(IndexState::from).ok_or(DatabaseError::NoState)
    }

    /// The automations with these keys, in one statement and no particular order; an unknown key is left out.
    ///
    /// # Errors
    /// The database does not answer.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "automations"))]
    pub async fn automations(&self, ids: &[i64]) -> Result<Vec<StoredAutomation>, DatabaseError> {
        let rows = automation::Entity::find()
            .filter(automation::Column::Id.is_in(ids.iter().copied()))
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(StoredAutomation::from).collect())
    }

    /// The same, each with its repository: in one statement too.
    ///
    /// # Errors
    /// The database does not answer.
    #[tracing::instrument(
        name = "sql",
        level = "debug",
        skip_all,
        fields(asked = "automations and repositories")
    )]
    pub async fn automations_and_repositories(
        &self,
        ids: &[i64],
    ) -> Result<Vec<(StoredAutomation, Option<StoredRepository>)>, DatabaseError> {
        let rows = automation::Entity::find()
            .filter(automation::Column::Id.is_in(ids.iter().copied()))
            .find_also_related(repository::Entity)
            .all(&self.connection)
            .await?;
        let stored = |(automation, repository): (_, Option<_>)| {
            (
                StoredAutomation::from(automation),
                repository.map(StoredRepository::from),
            )
        };
        Ok(rows.into_iter().map(stored).collect())
    }

    /// The repositories with these keys, in one statement and no particular order; an unknown key is left out.
    ///
    /// # Errors
    /// The database does not answer.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "repositories"))]
    pub async fn repositories(&self, ids: &[i64]) -> Result<Vec<StoredRepository>, DatabaseError> {
        let rows = repository::Entity::find()
            .filter(repository::Column::Id.is_in(ids.iter().copied()))
            .all(&self.connection)
            .await?;
        Ok(rows.into_iter().map(StoredRepository::from).collect())
    }
}
