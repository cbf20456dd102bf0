//! Index runs, as clients see them.

use async_graphql::{Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};

use crate::model::{self, RunSource, RunStarter, RunStatus};

/// Where a run's configurations come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum IndexRunSource {
    /// Repositories on GitHub.
    Github,
    /// Folders on a machine.
    Folders,
}

/// Who started a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum IndexRunStarter {
    /// Somebody at a command line.
    Command,
    /// An operator, by `startIndexRun`.
    Operator,
    /// The schedule of a server.
    Schedule,
}

/// How a run goes, or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(in crate::graphql) enum IndexRunStatus {
    /// It is under way.
    Running,
    /// It did all there was to do.
    Completed,
    /// It did some of it: repositories failed, or are left for the next run.
    Partial,
    /// It could do nothing.
    Failed,
    /// It was stopped, or its process died. What it had written stays; the next run goes on.
    Interrupted,
}

/// A run that brings the index level with its sources. One is under way at a time.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(serial)]
pub(in crate::graphql) struct IndexRun {
    /// Its number, rising.
    id: ID,
    /// Where its configurations come from.
    source: IndexRunSource,
    /// Who started it.
    started_by: IndexRunStarter,
    /// How it goes, or went.
    status: IndexRunStatus,
    /// The repositories asked for, as `owner/name`, or the topics, as `topic:name`; none = all that are found.
    requested: Vec<String>,
    /// When it began.
    started_at: DateTime<Utc>,
    /// When it ended; null while it is under way.
    finished_at: Option<DateTime<Utc>>,
    /// Repositories it came upon so far.
    repositories_found: u32,
    /// Repositories that were as they had been, and were not read.
    repositories_unchanged: u32,
    /// Repositories read.
    repositories_indexed: u32,
    /// Repositories taken out of the index.
    repositories_removed: u32,
    /// Repositories that failed; `errors` tells why.
    repositories_failed: u32,
    /// Repositories left for the next run.
    repositories_left: u32,
    /// Files read.
    files: u32,
    /// Automations found in what was read.
    automations: u32,
    /// Automations that were not there before.
    automations_added: u32,
    /// Automations that say something else, or stand elsewhere, than before.
    automations_updated: u32,
    /// Automations that are gone from a repository that is still there.
    automations_removed: u32,
    /// Things that could not be read, such as broken files.
    warnings: u32,
    /// Requests made to GitHub.
    requests: u32,
    /// Archives downloaded.
    downloads: u32,
    /// Kibibytes downloaded.
    downloaded_kib: u32,
    /// Which repositories failed, and why: the first 100.
    errors: Vec<IndexRunError>,
    /// Why it is not complete; null if it is.
    message: Option<String>,
}

/// A repository that failed in a run.
#[derive(Clone, Debug, SimpleObject)]
#[graphql(serial)]
pub(in crate::graphql) struct IndexRunError {
    /// The repository, as `owner/name`.
    repository: String,
    /// Why.
    message: String,
}

impl From<model::IndexRun> for IndexRun {
    fn from(run: model::IndexRun) -> Self {
        let sums = run.figures;
        let error = |error: model::RunError| IndexRunError {
            repository: error.repository,
            message: error.message,
        };
        Self {
            id: run.id.into(),
            source: run.source.into(),
            started_by: run.started_by.into(),
            status: run.status.into(),
            requested: run.requested,
            started_at: run.started_at,
            finished_at: run.finished_at,
            repositories_found: sums.found,
            repositories_unchanged: sums.unchanged,
            repositories_indexed: sums.indexed,
            repositories_removed: sums.removed,
            repositories_failed: sums.failed,
            repositories_left: sums.left,
            files: sums.files,
            automations: sums.automations,
            automations_added: sums.automations_added,
            automations_updated: sums.automations_updated,
            automations_removed: sums.automations_removed,
            warnings: sums.warnings,
            requests: sums.requests,
            downloads: sums.downloads,
            downloaded_kib: sums.downloaded_kib,
            errors: run.errors.into_iter().map(error).collect(),
            message: run.message,
        }
    }
}

impl From<RunSource> for IndexRunSource {
    fn from(source: RunSource) -> Self {
        match source {
            RunSource::Github => Self::Github,
            RunSource::Folders => Self::Folders,
        }
    }
}

impl From<RunStarter> for IndexRunStarter {
    fn from(starter: RunStarter) -> Self {
        match starter {
            RunStarter::Command => Self::Command,
            RunStarter::Operator => Self::Operator,
            RunStarter::Schedule => Self::Schedule,
        }
    }
}

impl From<RunStatus> for IndexRunStatus {
    fn from(status: RunStatus) -> Self {
        match status {
            RunStatus::Running => Self::Running,
            RunStatus::Completed => Self::Completed,
            RunStatus::Partial => Self::Partial,
            RunStatus::Failed => Self::Failed,
            RunStatus::Interrupted => Self::Interrupted,
        }
    }
}
