//! Writing: one transaction, in which repositories are synced or removed, and which moves the data version once when any
//! of it changed something.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter};

use super::connect::{Database, Engine};
use super::entities::{automation, index_state, repository};
use super::error::DatabaseError;
use super::publication::{self, Publication};
use super::rows::{IncomingAutomation, stored_time};
use super::sync::{Sync, SyncOutcome, advance_key_counters};
use crate::model::{Repository, RepositoryName};

/// An open write transaction. Dropped without [`Writer::commit`], it changes nothing.
#[derive(Debug)]
pub struct Writer {
    transaction: DatabaseTransaction,
    engine: Engine,
    changed: bool,
    structure_changed: bool,
    keys_given: bool,
    publication: Publication,
}

impl Database {
    /// Opens a write transaction, when no other is open.
    ///
    /// # Errors
    /// The database does not answer, or another writer held it for too long.
    pub async fn write(&self) -> Result<Writer, DatabaseError> {
        Ok(Writer {
            transaction: self.begin_writing().await?,
            engine: self.engine(),
            changed: false,
            structure_changed: false,
            keys_given: false,
            publication: Publication::AtOnce,
        })
    }

    /// Whether there is no automation at all, so that an import may keep the keys it brings.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn is_empty(&self) -> Result<bool, DatabaseError> {
        Ok(automation::Entity::find().count(&self.connection).await? == 0)
    }
}

impl Writer {
    /// Lets servers wait with taking the change up: it is one of many ([`HOLD`](super::HOLD)).
    pub const fn hold_back(&mut self) {
        self.publication = Publication::HeldBack;
    }

    pub(super) const fn transaction(&self) -> &DatabaseTransaction {
        &self.transaction
    }

    pub(super) const fn structure_has_changed(&mut self) {
        self.changed = true;
        self.structure_changed = true;
    }

    /// Makes what is stored of a repository itself equal to what is given; its automations stay as they are. One that is
    /// not there stays away.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    pub async fn describe(&mut self, repository: &Repository) -> Result<bool, DatabaseError> {
        let sync = Sync {
            transaction: &self.transaction,
            now: Utc::now(),
            indexed_at: None,
        };
        let changed = sync.describe(repository).await?;
        self.changed |= changed;
        Ok(changed)
    }

    /// Makes the stored automations of a repository equal to the given ones.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    pub async fn sync(
        &mut self,
        repository: &Repository,
        automations: Vec<IncomingAutomation>,
    ) -> Result<SyncOutcome, DatabaseError> {
        self.sync_at(repository, automations, None).await
    }

    /// The same for what was indexed before, elsewhere: a repository that is new here gets the time it had there.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "sync"))]
    pub async fn sync_at(
        &mut self,
        repository: &Repository,
        automations: Vec<IncomingAutomation>,
        indexed_at: Option<DateTime<Utc>>,
    ) -> Result<SyncOutcome, DatabaseError> {
        let automations: Vec<_> = automations
            .into_iter()
            .map(IncomingAutomation::without_nul)
            .collect();
        self.keys_given |= automations.iter().any(|it| it.id.is_some());
        let sync = Sync {
            transaction: &self.transaction,
            now: Utc::now(),
            indexed_at,
        };
        let outcome = sync.run(repository, automations).await?;
        self.changed |= outcome.changed();
        self.structure_changed |= outcome.new_repository;
        Ok(outcome)
    }

    /// Removes a repository and its automations; says whether it was there.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "remove"))]
    pub async fn remove(&mut self, name: &RepositoryName) -> Result<bool, DatabaseError> {
        let deleted = repository::Entity::delete_many()
            .filter(repository::Column::NameKey.eq(name.to_string().to_lowercase()))
            .exec(&self.transaction)
            .await?;
        let was_there = deleted.rows_affected > 0;
        self.changed |= was_there;
        self.structure_changed |= was_there;
        Ok(was_there)
    }

    /// Makes it so, all at once, and moves the data version if there was a change.
    ///
    /// # Errors
    /// The commit failed: nothing has happened.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "commit"))]
    pub async fn commit(self) -> Result<(), DatabaseError> {
        if self.keys_given && self.engine == Engine::Postgres {
            advance_key_counters(&self.transaction).await?;
        }
        if self.changed {
            self.move_version().await?;
        }
        Ok(self.transaction.commit().await?)
    }

    /// Last in its transaction, because on PostgreSQL it locks the row that every other writer needs.
    async fn move_version(&self) -> Result<(), DatabaseError> {
        use index_state::Column;
        let next = || Expr::col(Column::DataVersion).add(1);
        let mut update = index_state::Entity::update_many()
            .col_expr(Column::DataVersion, next())
            .col_expr(Column::UpdatedAt, Expr::value(stored_time(Utc::now())));
        update = match self.publication {
            Publication::HeldBack => publication::held_back(update),
            Publication::AtOnce => publication::at_once(update),
        };
        if self.structure_changed {
            update = update.col_expr(Column::StructureVersion, next());
        }
        update
            .filter(Column::Id.eq(index_state::ONLY))
            .exec(&self.transaction)
            .await?;
        Ok(())
    }
}
