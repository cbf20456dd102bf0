//! Reading index runs.

use sea_orm::{EntityTrait, QueryOrder, QuerySelect};

use super::connect::Database;
use super::entities::{index_lease, index_run};
use super::error::DatabaseError;
use crate::model::{IndexRun, RunSource, RunStarter, RunStatus};

impl Database {
    /// The last runs, the newest first. One whose process died shows as interrupted as soon as its lease has run out.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn index_runs(&self, last: u64) -> Result<Vec<IndexRun>, DatabaseError> {
        let rows = index_run::Entity::find()
            .order_by_desc(index_run::Column::Id)
            .limit(last)
            .all(&self.connection)
            .await?;
        let mut runs: Vec<IndexRun> = rows.into_iter().map(run_of).collect();
        if runs.iter().any(|run| run.status == RunStatus::Running) {
            let alive = self.running().await?;
            for run in &mut runs {
                if run.status == RunStatus::Running && alive != Some(run.id) {
                    run.status = RunStatus::Interrupted;
                }
            }
        }
        Ok(runs)
    }

    /// One run.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn index_run(&self, id: i64) -> Result<Option<IndexRun>, DatabaseError> {
        let row = index_run::Entity::find_by_id(id).one(&self.connection).await?;
        Ok(row.map(run_of))
    }

    /// The run that holds the lease.
    async fn running(&self) -> Result<Option<i64>, DatabaseError> {
        let now = self.milliseconds(&self.connection).await?;
        let lease = index_lease::Entity::find_by_id(index_lease::ONLY)
            .one(&self.connection)
            .await?;
        let held = lease.filter(|lease| lease.holder.is_some() && lease.expires_at > now);
        Ok(held.and_then(|lease| lease.run_id))
    }
}

/// A row as a run. A word that is not known is one of a later release, and shown as the nearest there is.
pub(super) fn run_of(row: index_run::Model) -> IndexRun {
    IndexRun {
        id: row.id,
        source: RunSource::from_word(&row.source).unwrap_or(RunSource::Github),
        started_by: RunStarter::from_word(&row.started_by).unwrap_or(RunStarter::Command),
        status: RunStatus::from_word(&row.status).unwrap_or(RunStatus::Partial),
        requested: row.requested.0,
        started_at: row.started_at,
        finished_at: row.finished_at,
        figures: row.figures.0,
        errors: row.errors.0,
        message: row.message,
    }
}
