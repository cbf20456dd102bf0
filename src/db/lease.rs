//! The lease of index runs: one run at a time, over all processes that share the database.
//!
//! Invariant: a run writes only in transactions that found its lease still its own ([`Writer::under`]), so two never
//! write, whatever clocks and networks do. A holder that dies is succeeded once its lease has run out.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, QueryFilter,
    QueryOrder, Statement,
};

use super::connect::{Database, Engine};
use super::entities::{Strings, index_lease, index_run};
use super::error::DatabaseError;
use super::publication;
use super::rows::stored_time;
use super::runs::run_of;
use super::write::Writer;
use crate::model::{IndexRun, RunError, RunFigures, RunSource, RunStarter, RunStatus};

/// Runs that are remembered.
const KEPT_RUNS: i64 = 1_000;

/// The right to go on as an index run. Renewed while it goes on, and given back by [`Database::finish_run`].
#[derive(Clone, Debug)]
pub struct Lease {
    /// The run.
    pub run_id: i64,
    holder: String,
}

/// A run to begin.
#[derive(Clone, Debug)]
pub struct NewRun {
    /// Where its configurations come from.
    pub source: RunSource,
    /// Who starts it.
    pub started_by: RunStarter,
    /// The repositories it is for, or the topics that runs are not usually for; none = all that are found.
    pub requested: Vec<String>,
    /// Not, if a run over all repositories on GitHub began after this.
    pub unless_since: Option<DateTime<Utc>>,
}

/// Why a run may not begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Another is under way.
    Busy {
        /// It.
        run: Box<IndexRun>,
        /// Until when it holds the lease, in milliseconds by the database's clock; renewed while its process lives.
        until: i64,
    },
    /// Another began after the given time.
    NotDue,
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct RunEnd {
    /// How it went.
    pub status: RunStatus,
    /// What it did.
    pub figures: RunFigures,
    /// Which repositories failed.
    pub errors: Vec<RunError>,
    /// Why it is not complete.
    pub message: Option<String>,
}

impl Database {
    /// Begins a run, if no other is under way; what a dead one left is marked as interrupted.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin_run(
        &self,
        new: &NewRun,
        length: Duration,
    ) -> Result<Result<Lease, Refused>, DatabaseError> {
        let transaction = self.begin_writing().await?;
        let now = self.milliseconds(&transaction).await?;
        let lease = index_lease::Entity::find_by_id(index_lease::ONLY)
            .one(&transaction)
            .await?
            .ok_or(DatabaseError::NoState)?;
        if lease.holder.is_some() && lease.expires_at > now {
            let run = index_run::Entity::find_by_id(lease.run_id.unwrap_or_default())
                .one(&transaction)
                .await?;
            let run = Box::new(run_of(run.ok_or(DatabaseError::NoState)?));
            let until = lease.expires_at;
            return Ok(Err(Refused::Busy { run, until }));
        }
        if let Some(since) = new.unless_since
            && began_since(&transaction, since).await?
        {
            return Ok(Err(Refused::NotDue));
        }
        interrupt_dead_ones(&transaction).await?;
        let run_id = insert_run(&transaction, new).await?;
        let holder = format!("{:032x}", fastrand::u128(..));
        index_lease::Entity::update_many()
            .col_expr(index_lease::Column::Holder, Expr::value(Some(holder.clone())))
            .col_expr(index_lease::Column::RunId, Expr::value(Some(run_id)))
            .col_expr(index_lease::Column::ExpiresAt, Expr::value(end(now, length)))
            .filter(index_lease::Column::Id.eq(index_lease::ONLY))
            .exec(&transaction)
            .await?;
        transaction.commit().await?;
        Ok(Ok(Lease { run_id, holder }))
    }

    /// Holds the lease for longer and tells what the run did so far; false when it is no longer its own.
    ///
    /// # Errors
    /// The database does not answer: the lease may or may not be held still.
    pub async fn renew(
        &self,
        lease: &Lease,
        length: Duration,
        figures: RunFigures,
        errors: Vec<RunError>,
    ) -> Result<bool, DatabaseError> {
        let until = end(self.milliseconds(&self.connection).await?, length);
        let renewed = index_lease::Entity::update_many()
            .col_expr(index_lease::Column::ExpiresAt, Expr::value(until))
            .filter(index_lease::Column::Holder.eq(lease.holder.as_str()))
            .exec(&self.connection)
            .await?;
        if renewed.rows_affected == 0 {
            return Ok(false);
        }
        let progress = index_run::ActiveModel {
            id: sea_orm::ActiveValue::Unchanged(lease.run_id),
            figures: Set(index_run::Figures(figures)),
            errors: Set(index_run::Errors(errors)),
            ..Default::default()
        };
        index_run::Entity::update(progress)
            .exec_without_returning(&self.connection)
            .await?;
        Ok(true)
    }

    /// Ends a run: what it changed is public, how it went is told, and the next may begin.
    ///
    /// # Errors
    /// The database does not answer; the lease runs out by itself.
    pub async fn finish_run(&self, lease: &Lease, ended: RunEnd) -> Result<(), DatabaseError> {
        let transaction = self.begin_writing().await?;
        let freed = index_lease::Entity::update_many()
            .col_expr(index_lease::Column::Holder, Expr::value(None::<String>))
            .col_expr(index_lease::Column::ExpiresAt, Expr::value(0_i64))
            .filter(index_lease::Column::Holder.eq(lease.holder.as_str()))
            .exec(&transaction)
            .await?;
        if freed.rows_affected > 0 {
            let run = index_run::ActiveModel {
                id: sea_orm::ActiveValue::Unchanged(lease.run_id),
                status: Set(ended.status.as_str().to_owned()),
                finished_at: Set(Some(stored_time(Utc::now()))),
                figures: Set(index_run::Figures(ended.figures)),
                errors: Set(index_run::Errors(ended.errors)),
                message: Set(ended.message),
                ..Default::default()
            };
            index_run::Entity::update(run)
                .exec_without_returning(&transaction)
                .await?;
            publication::publish(&transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// The database's own time: that of a server's processes may differ.
    pub(super) async fn milliseconds(&self, connection: &impl ConnectionTrait) -> Result<i64, DatabaseError> {
        if self.engine() == Engine::Sqlite {
            return Ok(Utc::now().timestamp_millis());
        }
        let question = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint AS now";
        let statement = Statement::from_string(connection.get_database_backend(), question);
        let row = connection.query_one_raw(statement).await?;
        let row = row.ok_or(DatabaseError::NoState)?;
        Ok(row.try_get("", "now")?)
    }
}

impl Writer {
    /// Makes sure that the transaction is one of the run that holds the lease.
    ///
    /// # Errors
    /// It no longer does: drop the writer, nothing has happened.
    pub async fn under(&self, lease: &Lease) -> Result<(), DatabaseError> {
        let row = index_lease::Entity::find_by_id(index_lease::ONLY)
            .one(self.transaction())
            .await?;
        let holds = row.is_some_and(|row| row.holder.as_deref() == Some(lease.holder.as_str()));
        if holds {
            Ok(())
        } else {
            Err(DatabaseError::LeaseLost)
        }
    }
}

fn end(now: i64, length: Duration) -> i64 {
    now.saturating_add(i64::try_from(length.as_millis()).unwrap_or(i64::MAX))
}

/// Whether a run over all repositories on GitHub began since, and was not cut short.
async fn began_since(transaction: &DatabaseTransaction, since: DateTime<Utc>) -> Result<bool, DatabaseError> {
    let last = index_run::Entity::find()
        .filter(index_run::Column::Source.eq(RunSource::Github.as_str()))
        .filter(
            index_run::Column::Status
                .is_not_in([RunStatus::Interrupted.as_str(), RunStatus::Running.as_str()]),
        )
        .filter(index_run::Column::StartedAt.gt(stored_time(since)))
        .order_by_desc(index_run::Column::Id)
        .all(transaction)
        .await?;
    Ok(last.iter().any(|run| run.requested.0.is_empty()))
}

/// Nobody holds the lease: what still says that it is running does so for a dead process.
async fn interrupt_dead_ones(transaction: &DatabaseTransaction) -> Result<(), DatabaseError> {
    use index_run::Column;
    index_run::Entity::update_many()
        .col_expr(Column::Status, Expr::value(RunStatus::Interrupted.as_str()))
        .col_expr(Column::FinishedAt, Expr::value(stored_time(Utc::now())))
        .col_expr(Column::Message, Expr::value("its process ended before it did"))
        .filter(Column::Status.eq(RunStatus::Running.as_str()))
        .exec(transaction)
        .await?;
    publication::publish(transaction).await
}

async fn insert_run(transaction: &DatabaseTransaction, new: &NewRun) -> Result<i64, DatabaseError> {
    let row = index_run::ActiveModel {
        id: NotSet,
        source: Set(new.source.as_str().to_owned()),
        started_by: Set(new.started_by.as_str().to_owned()),
        status: Set(RunStatus::Running.as_str().to_owned()),
        requested: Set(Strings(new.requested.clone())),
        started_at: Set(stored_time(Utc::now())),
        finished_at: Set(None),
        figures: Set(index_run::Figures::default()),
        errors: Set(index_run::Errors::default()),
        message: Set(None),
    };
    let run_id = row.insert(transaction).await?.id;
    index_run::Entity::delete_many()
        .filter(index_run::Column::Id.lte(run_id - KEPT_RUNS))
        .exec(transaction)
        .await?;
    Ok(run_id)
}
