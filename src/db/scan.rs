//! Reading everything, or what changed, as of one moment: what the catalog is built from and follows, and what an export
//! writes.

use chrono::{DateTime, Utc};
use sea_orm::{
    AccessMode, ColumnTrait, DatabaseTransaction, EntityTrait, FromQueryResult, IsolationLevel, QueryFilter,
    QueryOrder, QuerySelect, Select, SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::connect::{Database, Engine};
use super::entities::{Strings, automation, index_state, repository};
use super::error::DatabaseError;
use super::rows::{IndexState, StoredAutomation, StoredRepository};

/// Rows read at a time: large enough that the round trip does not matter, small enough to hold.
const PAGE: u64 = 5_000;
/// Repositories asked for by key in one statement.
pub const SOME: usize = 200;

/// A consistent view of the whole index: all it returns is of the version [`Scan::state`] names, whatever is written
/// meanwhile.
#[derive(Debug)]
pub struct Scan {
    transaction: DatabaseTransaction,
    /// Which data this is.
    pub state: IndexState,
}

/// What searching and counting need of an automation: all but its text and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutomationTerms {
    /// Its key.
    pub id: i64,
    /// The key of its repository.
    pub repository_id: i64,
    /// Its name.
    pub alias: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// The kinds of its triggers.
    pub trigger_types: Vec<String>,
    /// The actions it calls.
    pub action_calls: Vec<String>,
    /// The blueprint it is made from.
    pub blueprint_path: Option<String>,
    /// When it last changed.
    pub indexed_at: DateTime<Utc>,
}

impl Database {
    /// Opens a consistent view.
    ///
    /// # Errors
    /// The database does not answer, or was never migrated.
    pub async fn scan(&self) -> Result<Scan, DatabaseError> {
        let postgres = self.engine() == Engine::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        let transaction = self.connection.begin_with_options(options).await?;
        let row = index_state::Entity::find_by_id(index_state::ONLY)
            .one(&transaction)
            .await?;
        let state = row.map(IndexState::from).ok_or(DatabaseError::NoState)?;
        Ok(Scan { transaction, state })
    }
}

impl Scan {
    /// Every repository, by key.
    ///
    /// # Errors
    /// The database does not answer.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "all repositories"))]
    pub async fn repositories(&self) -> Result<Vec<StoredRepository>, DatabaseError> {
        let rows = repository::Entity::find()
            .order_by_asc(repository::Column::Id)
            .all(&self.transaction)
            .await?;
        Ok(rows.into_iter().map(StoredRepository::from).collect())
    }

    /// The key and the version of every repository, in no particular order.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn repository_versions(&self) -> Result<Vec<(i64, i64)>, DatabaseError> {
        use repository::Column;
        Ok(repository::Entity::find()
            .select_only()
            .columns([Column::Id, Column::Version])
            .into_tuple()
            .all(&self.transaction)
            .await?)
    }

    /// When anything in the index last changed; `None` while it is empty.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn last_indexed_at(&self) -> Result<Option<DateTime<Utc>>, DatabaseError> {
        let last = repository::Entity::find()
            .select_only()
            .column_as(repository::Column::IndexedAt.max(), "last")
            .into_tuple::<Option<DateTime<Utc>>>()
            .one(&self.transaction)
            .await?;
        Ok(last.flatten())
    }

    /// The repositories with these keys, at most [`SOME`], in no particular order.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn some_repositories(&self, ids: &[i64]) -> Result<Vec<StoredRepository>, DatabaseError> {
        let rows = repository::Entity::find()
            .filter(repository::Column::Id.is_in(ids.iter().copied()))
            .all(&self.transaction)
            .await?;
        Ok(rows.into_iter().map(StoredRepository::from).collect())
    }

    /// The automations of the repositories with these keys, at most [`SOME`], in no particular order.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn terms_of(&self, repositories: &[i64]) -> Result<Vec<AutomationTerms>, DatabaseError> {
        let of_these = automation::Column::RepositoryId.is_in(repositories.iter().copied());
        self.terms(automation::Entity::find().filter(of_these)).await
    }

    /// The next automations after a key, by key; empty at the end.
    ///
    /// # Errors
    /// The database does not answer.
    #[tracing::instrument(name = "sql", level = "debug", skip_all, fields(asked = "all automations"))]
    pub async fn automation_terms(&self, after: i64) -> Result<Vec<AutomationTerms>, DatabaseError> {
        use automation::Column;
        let next = automation::Entity::find()
            .filter(Column::Id.gt(after))
            .order_by_asc(Column::Id)
            .limit(PAGE);
        self.terms(next).await
    }

    async fn terms(&self, rows: Select<automation::Entity>) -> Result<Vec<AutomationTerms>, DatabaseError> {
        use automation::Column;
        let columns = [
            Column::Id,
            Column::RepositoryId,
            Column::Alias,
            Column::Description,
            Column::TriggerTypes,
            Column::ActionCalls,
            Column::BlueprintPath,
            Column::IndexedAt,
        ];
        let rows = rows
            .select_only()
            .columns(columns)
            .into_model::<TermsRow>()
            .all(&self.transaction)
            .await?;
        Ok(rows.into_iter().map(AutomationTerms::from).collect())
    }

    /// The automations of one repository, by file and line.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn automations_of(&self, repository_id: i64) -> Result<Vec<StoredAutomation>, DatabaseError> {
        let rows = automation::Entity::find()
            .filter(automation::Column::RepositoryId.eq(repository_id))
            .all(&self.transaction)
            .await?;
        let mut found: Vec<_> = rows.into_iter().map(StoredAutomation::from).collect();
        // Here and not there: a server compares texts by its own language's rules.
        found.sort_by(|a, b| place(a).cmp(&place(b)));
        Ok(found)
    }
}

fn place(row: &StoredAutomation) -> (&str, Option<u32>, i64) {
    (
        &row.automation.source_file_path,
        row.automation.start_line,
        row.id,
    )
}

/// The columns of [`AutomationTerms`].
#[derive(Debug, FromQueryResult)]
struct TermsRow {
    id: i64,
    repository_id: i64,
    alias: Option<String>,
    description: Option<String>,
    trigger_types: Strings,
    action_calls: Strings,
    blueprint_path: Option<String>,
    indexed_at: DateTime<Utc>,
}

impl From<TermsRow> for AutomationTerms {
    fn from(row: TermsRow) -> Self {
        Self {
            id: row.id,
            repository_id: row.repository_id,
            alias: row.alias,
            description: row.description,
            trigger_types: row.trigger_types.0,
            action_calls: row.action_calls.0,
            blueprint_path: row.blueprint_path,
            indexed_at: row.indexed_at,
        }
    }
}
