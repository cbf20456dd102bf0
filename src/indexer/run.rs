//! Indexing folders: reads repositories on all cores, a bounded number ahead, and writes each in a transaction of its own.
//!
//! Invariant: one repository that fails costs itself only.

use std::io;

use futures_util::{StreamExt, stream};

use super::aside::aside;
use super::github::GithubError;
use super::reader::{self, Limits, Reading};
use super::running::Running;
use super::source::Candidate;
use crate::db::{Database, DatabaseError, IncomingAutomation, Lease, SyncOutcome, Writer};
use crate::model::Repository;

/// Repositories read at the same time.
const READERS: usize = 4;

/// What became of one repository.
#[derive(Debug)]
pub struct RepositoryReport {
    /// `owner/name`.
    pub name: String,
    /// What was done, or why nothing was.
    pub result: Result<Indexed, IndexError>,
}

/// One repository, indexed.
#[derive(Debug)]
pub struct Indexed {
    /// Files read.
    pub files: usize,
    /// Automations found.
    pub automations: usize,
    /// What that changed in the database.
    pub outcome: SyncOutcome,
    /// What could not be read in it, and why.
    pub warnings: Vec<reader::Warning>,
}

/// Why a repository could not be indexed.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// Its folder cannot be read.
    #[error("cannot read its files: {0}")]
    Files(#[from] io::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// Reading it broke down: a fault of this program.
    #[error("reading it broke down")]
    Broken,
    /// GitHub failed.
    #[error(transparent)]
    Github(#[from] GithubError),
    /// It is not to be had, or not to be indexed.
    #[error("{0}")]
    Refused(String),
}

impl IndexError {
    /// Why, in words fit for anybody: nothing of the machine or the database.
    pub fn for_anybody(&self) -> String {
        match self {
            Self::Files(_) => "its files cannot be read".to_owned(),
            Self::Database(_) => "the database failed".to_owned(),
            Self::Broken | Self::Github(_) | Self::Refused(_) => self.to_string(),
        }
    }
}

/// The sums of a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Repositories indexed.
    pub repositories: usize,
    /// Repositories that failed.
    pub failed: usize,
    /// Files read.
    pub files: usize,
    /// Automations found.
    pub automations: usize,
    /// Automations that were not there before.
    pub added: usize,
    /// Automations that say something else, or stand elsewhere, than before.
    pub updated: usize,
    /// Automations that are gone.
    pub removed: usize,
    /// Things that could not be read.
    pub warnings: usize,
}

impl Summary {
    fn count(&mut self, report: &RepositoryReport) {
        let Ok(indexed) = &report.result else {
            self.failed += 1;
            return;
        };
        self.repositories += 1;
        self.files += indexed.files;
        self.automations += indexed.automations;
        self.added += indexed.outcome.added;
        self.updated += indexed.outcome.updated;
        self.removed += indexed.outcome.removed;
        self.warnings += indexed.warnings.len();
    }
}

/// Indexes the repositories, telling of each as it is done, in the order given. Not a recorded run: for a database that
/// nobody else writes.
pub async fn run(
    database: &Database,
    candidates: Vec<Candidate>,
    report: impl FnMut(&RepositoryReport),
) -> Summary {
    all(database, None, candidates, report).await
}

/// The same as a recorded run, until it is told to stop.
pub async fn run_recorded(
    database: &Database,
    running: &Running,
    candidates: Vec<Candidate>,
    report: impl FnMut(&RepositoryReport),
) -> Summary {
    running.tally().figures.found = u32::try_from(candidates.len()).unwrap_or(u32::MAX);
    all(database, Some(running), candidates, report).await
}

async fn all(
    database: &Database,
    running: Option<&Running>,
    candidates: Vec<Candidate>,
    mut report: impl FnMut(&RepositoryReport),
) -> Summary {
    let mut summary = Summary::default();
    let lease = running.map(Running::lease);
    let mut readings = stream::iter(candidates).map(read).buffered(READERS);
    while let Some((repository, reading)) = readings.next().await {
        if running.is_some_and(|running| running.stop().is_cancelled()) {
            break;
        }
        let name = format!("{}/{}", repository.owner, repository.name);
        let result = match reading {
            Ok(reading) => write(database, lease, &repository, reading).await,
            Err(error) => Err(error),
        };
        let done = RepositoryReport { name, result };
        summary.count(&done);
        if let Some(running) = running {
            running.tally().count(&done);
        }
        report(&done);
    }
    summary
}

/// Reads a repository on a thread that may block.
async fn read(candidate: Candidate) -> (Repository, Result<Reading, IndexError>) {
    let repository = candidate.repository.clone();
    let reading = aside("reading", move || {
        let files = candidate.open()?;
        Ok(reader::read_configuration(&*files, &Limits::default()))
    });
    (repository, reading.await.unwrap_or(Err(IndexError::Broken)))
}

async fn write(
    database: &Database,
    lease: Option<&Lease>,
    repository: &Repository,
    reading: Reading,
) -> Result<Indexed, IndexError> {
    let mut writer = database.write().await?;
    if let Some(lease) = lease {
        writer.under(lease).await?;
        writer.hold_back();
    }
    let indexed = sync(&mut writer, repository, reading).await?;
    writer.commit().await?;
    Ok(indexed)
}

/// Makes what is stored of a repository equal to what was read, in an open transaction.
pub(super) async fn sync(
    writer: &mut Writer,
    repository: &Repository,
    reading: Reading,
) -> Result<Indexed, DatabaseError> {
    let automations = reading.automations.len();
    let incoming = reading
        .automations
        .into_iter()
        .map(IncomingAutomation::from)
        .collect();
    let outcome = writer.sync(repository, incoming).await?;
    Ok(Indexed {
        files: reading.files_read,
        automations,
        outcome,
        warnings: reading.warnings,
    })
}
