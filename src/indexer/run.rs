//! An index run: reads repositories on all cores, a bounded number ahead, and writes each in a transaction of its own.
//!
//! Invariant: one repository that fails costs itself only.

use std::io;

use futures_util::{StreamExt, stream};

use super::reader::{self, Limits, Reading};
use super::source::Candidate;
use crate::db::{Database, DatabaseError, IncomingAutomation, SyncOutcome};
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

/// Indexes the repositories, telling of each as it is done, in the order given.
pub async fn run(
    database: &Database,
    candidates: Vec<Candidate>,
    mut report: impl FnMut(&RepositoryReport),
) -> Summary {
    let mut summary = Summary::default();
    let mut readings = stream::iter(candidates).map(read).buffered(READERS);
    while let Some((repository, reading)) = readings.next().await {
        let name = format!("{}/{}", repository.owner, repository.name);
        let result = match reading {
            Ok(reading) => write(database, &repository, reading).await,
            Err(error) => Err(error),
        };
        let done = RepositoryReport { name, result };
        summary.count(&done);
        report(&done);
    }
    summary
}

/// Reads a repository on a thread that may block.
async fn read(candidate: Candidate) -> (Repository, Result<Reading, IndexError>) {
    let repository = candidate.repository.clone();
    let reading = tokio::task::spawn_blocking(move || {
        let files = candidate.open()?;
        Ok(reader::read_configuration(&*files, &Limits::default()))
    });
    (repository, reading.await.unwrap_or(Err(IndexError::Broken)))
}

async fn write(
    database: &Database,
    repository: &Repository,
    reading: Reading,
) -> Result<Indexed, IndexError> {
    let automations = reading.automations.len();
    let incoming = reading
        .automations
        .into_iter()
        .map(IncomingAutomation::from)
        .collect();
    let mut writer = database.write().await?;
    let outcome = writer.sync(repository, incoming).await?;
    writer.commit().await?;
    Ok(Indexed {
        files: reading.files_read,
        automations,
        outcome,
        warnings: reading.warnings,
    })
}
