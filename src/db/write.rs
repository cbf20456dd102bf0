//! Writing: one transaction, in which repositories are synced or removed, and which moves the data version once when any
//! of it changed something.

use chrono::Utc;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::connect::{Database, Engine};
use super::entities::{automation, index_state, repository};
use super::error::DatabaseError;
use super::rows::{IncomingAutomation, stored_time};
use super::sync::{Absent, Sync, SyncOutcome, advance_key_counters};
use crate::model::{Repository, RepositoryName};

/// An open write transaction. Dropped without [`Writer::commit`], it changes nothing.
#[derive(Debug)]
pub struct Writer {
    transaction: DatabaseTransaction,
    engine: Engine,
    changed: bool,
    keys_given: bool,
}

impl Database {
    /// Opens a write transaction. On SQLite it takes the one writer's place at once, so that a transaction that has
    /// read never fails when it comes to write.
    ///
    /// # Errors
    /// The database does not answer, or another writer held it for too long.
    pub async fn write(&self) -> Result<Writer, DatabaseError> {
        let options = TransactionOptions {
            isolation_level: None,
            access_mode: None,
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        };
        let transaction = self.connection.begin_with_options(options).await?;
        Ok(Writer {
            transaction,
            engine: self.engine(),
            changed: false,
            keys_given: false,
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
    /// Makes the stored automations of a repository equal to the given ones.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    pub async fn sync(
        &mut self,
        repository: &Repository,
        automations: Vec<IncomingAutomation>,
        absent: Absent,
    ) -> Result<SyncOutcome, DatabaseError> {
        self.keys_given |= automations.iter().any(|it| it.id.is_some());
        let sync = Sync {
            transaction: &self.transaction,
            now: Utc::now(),
            absent,
        };
        let outcome = sync.run(repository, automations).await?;
        self.changed |= outcome.changed();
        Ok(outcome)
    }

    /// Removes a repository and its automations; says whether it was there.
    ///
    /// # Errors
    /// A statement failed: drop the writer, nothing has happened.
    pub async fn remove(&mut self, name: &RepositoryName) -> Result<bool, DatabaseError> {
        let deleted = repository::Entity::delete_many()
            .filter(repository::Column::NameKey.eq(name.to_string().to_lowercase()))
            .exec(&self.transaction)
            .await?;
        self.changed |= deleted.rows_affected > 0;
        Ok(deleted.rows_affected > 0)
    }

    /// Makes it so, all at once, and moves the data version if there was a change.
    ///
    /// # Errors
    /// The commit failed: nothing has happened.
    pub async fn commit(self) -> Result<(), DatabaseError> {
        if self.keys_given && self.engine == Engine::Postgres {
            advance_key_counters(&self.transaction).await?;
        }
        if self.changed {
            // Last, because on PostgreSQL it locks the row that every other writer needs.
            index_state::Entity::update_many()
                .col_expr(
                    index_state::Column::DataVersion,
                    Expr::col(index_state::Column::DataVersion).add(1),
                )
                .col_expr(
                    index_state::Column::UpdatedAt,
                    Expr::value(stored_time(Utc::now())),
                )
                .filter(index_state::Column::Id.eq(index_state::ONLY))
                .exec(&self.transaction)
                .await?;
        }
        Ok(self.transaction.commit().await?)
    }
}
