//! Reading lines in: the automations of a repository become what the file says of it; repositories the file does not name
//! stay as they are.
//!
//! Whole repositories are written, many to a transaction: an import that is interrupted has written some repositories
//! entirely and others not at all, and running it again finishes it.

use std::collections::HashSet;
use std::io::BufRead;

use super::Line;
use crate::db::{Absent, Database, DatabaseError, IncomingAutomation};
use crate::model::Repository;

/// Automations written in one transaction: enough to make the commit cheap, few enough to hold.
const BATCH: usize = 5_000;

/// Why an import stopped.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("line {line}: cannot read: {source}")]
    Read {
        /// The line, from 1.
        line: usize,
        /// Why not.
        source: std::io::Error,
    },
    /// A line is not what an export writes.
    #[error("line {line}: not an automation as `autodex export` writes it: {source}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportSummary {
    /// Repositories read.
    pub repositories: usize,
    /// Automations read.
    pub automations: usize,
    /// Automations that were not there before.
    pub added: usize,
    /// Automations that say something else than before.
    pub updated: usize,
    /// Automations the file no longer names.
    pub removed: usize,
}

/// An import under way.
pub struct Import<'a> {
    database: &'a Database,
    keep_ids: bool,
    /// Repositories met so far: one that comes again, apart from its other lines, is added to and not replaced.
    met: HashSet<String>,
    batch: Vec<Group>,
    batched: usize,
    summary: ImportSummary,
}

/// Consecutive lines of one repository.
struct Group {
    repository: Repository,
    automations: Vec<IncomingAutomation>,
    absent: Absent,
}

impl<'a> Import<'a> {
    /// Begins. Into an empty database the ids of the file are kept, so that links survive the move; elsewhere they
    /// could be others' ids already, and new ones are given.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin(database: &'a Database) -> Result<Self, ImportError> {
        let keep_ids = database.is_empty().await?;
        Ok(Self {
            database,
            keep_ids,
            met: HashSet::new(),
            batch: Vec::new(),
            batched: 0,
            summary: ImportSummary::default(),
        })
    }

    /// Reads all lines; `progress` hears how many bytes each one had.
    ///
    /// # Errors
    /// A line, the file or the database cannot be used. What came before the batch it is in has been imported.
    pub async fn run(
        mut self,
        mut input: impl BufRead,
        mut progress: impl FnMut(usize),
    ) -> Result<ImportSummary, ImportError> {
        let (mut text, mut line) = (Vec::new(), 0);
        loop {
            line += 1;
            text.clear();
            let bytes = input
                .read_until(b'\n', &mut text)
                .map_err(|source| ImportError::Read { line, source })?;
            if bytes == 0 {
                break;
            }
            if !text.trim_ascii().is_empty() {
                let parsed =
                    serde_json::from_slice(&text).map_err(|source| ImportError::Line { line, source })?;
                self.take(parsed).await?;
            }
            progress(bytes);
        }
        self.write().await?;
        Ok(self.summary)
    }

    /// Adds a line to its repository's group; a full batch is written before a new group begins.
    async fn take(&mut self, line: Line) -> Result<(), ImportError> {
        let (repository, automation) = line.incoming(self.keep_ids);
        self.summary.automations += 1;
        if self
            .batch
            .last()
            .is_none_or(|group| group.repository != repository)
        {
            if self.batched >= BATCH {
                self.write().await?;
            }
            let is_new = self
                .met
                .insert(format!("{}/{}", repository.owner, repository.name).to_lowercase());
            let absent = if is_new { Absent::Delete } else { Absent::Keep };
            self.batch.push(Group {
                repository,
                automations: Vec::new(),
                absent,
            });
        }
        if let Some(group) = self.batch.last_mut() {
            group.automations.push(automation);
        }
        self.batched += 1;
        Ok(())
    }

    async fn write(&mut self) -> Result<(), ImportError> {
        let mut writer = self.database.write().await?;
        for Group {
            repository,
            automations,
            absent,
        } in self.batch.drain(..)
        {
            let outcome = writer.sync(&repository, automations, absent).await?;
            self.summary.added += outcome.added;
            self.summary.updated += outcome.updated;
            self.summary.removed += outcome.removed;
        }
        writer.commit().await?;
        self.batched = 0;
        self.summary.repositories = self.met.len();
        Ok(())
    }
}
