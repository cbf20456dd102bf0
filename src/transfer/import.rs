//! Reading lines in: the automations of a repository become what the file says of it; repositories the file does not name
//! stay as they are.
//!
//! The file is read twice: first to check every line and to count those of each repository, then to write. So a bad line
//! is found before anything is written, and a repository whose lines lie apart is still written as a whole. Whole
//! repositories are written, many to a transaction: an import that is interrupted has written some of them entirely and
//! others not at all, and running it again finishes it.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, Seek, SeekFrom};

use chrono::{DateTime, Utc};

use super::Line;
use crate::db::{Database, DatabaseError, IncomingAutomation};
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
    #[error("line {line}: not an automation as `autodex export` writes it: {source}; nothing was imported")]
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// An id that another line has too.
    #[error("line {line}: the id {id} has come before; nothing was imported")]
    DuplicateId {
        /// The line, from 1.
        line: usize,
        /// The id.
        id: String,
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

/// Imports a file; `progress` hears how many bytes were read, of twice its length.
///
/// # Errors
/// The file cannot be used: nothing was imported. Or the database failed: what it had taken until then was.
pub async fn import(
    database: &Database,
    mut input: impl BufRead + Seek,
    mut progress: impl FnMut(usize),
) -> Result<ImportSummary, ImportError> {
    let mut survey = Survey::default();
    let mut lines = Lines::new(&mut input);
    while let Some((number, line, bytes)) = lines.next()? {
        survey.add(number, &line)?;
        progress(bytes);
    }
    input
        .seek(SeekFrom::Start(0))
        .map_err(|source| ImportError::Read { line: 1, source })?;
    let keep_ids = survey.highest_id > 0 && database.is_empty().await?;
    let mut writing = Writing::new(database, keep_ids, survey);
    let mut lines = Lines::new(&mut input);
    while let Some((_, line, bytes)) = lines.next()? {
        writing.take(line).await?;
        progress(bytes);
    }
    writing.write().await?;
    Ok(writing.summary)
}

/// The lines of a file, blank ones left out.
struct Lines<R> {
    input: R,
    text: Vec<u8>,
    number: usize,
}

impl<R: BufRead> Lines<R> {
    const fn new(input: R) -> Self {
        Self {
            input,
            text: Vec::new(),
            number: 0,
        }
    }

    /// The next line, with its number and its length in bytes.
    fn next(&mut self) -> Result<Option<(usize, Line, usize)>, ImportError> {
        loop {
            self.number += 1;
            self.text.clear();
            let line = self.number;
            let read = self.input.read_until(b'\n', &mut self.text);
            let bytes = read.map_err(|source| ImportError::Read { line, source })?;
            if bytes == 0 {
                return Ok(None);
            }
            if !self.text.trim_ascii().is_empty() {
                let parsed = serde_json::from_slice(&self.text);
                let parsed = parsed.map_err(|source| ImportError::Line { line, source })?;
                return Ok(Some((line, parsed, bytes)));
            }
        }
    }
}

/// What the first reading tells.
#[derive(Default)]
struct Survey {
    /// How many lines each repository has, by its name in lower case.
    lines: HashMap<String, usize>,
    ids: HashSet<i64>,
    highest_id: i64,
}

impl Survey {
    fn add(&mut self, number: usize, line: &Line) -> Result<(), ImportError> {
        *self
            .lines
            .entry(name_key(&line.repository.repository))
            .or_default() += 1;
        let Some(id) = line.key() else { return Ok(()) };
        self.highest_id = self.highest_id.max(id);
        if self.ids.insert(id) {
            return Ok(());
        }
        Err(ImportError::DuplicateId {
            line: number,
            id: id.to_string(),
        })
    }
}

/// The second reading: holds the lines of a repository until it has all of them, and repositories until a batch is full.
struct Writing<'a> {
    database: &'a Database,
    /// The next id for a line that has none, where the file's ids are kept, so that links survive a move: into an empty
    /// database. Elsewhere (`None`) they could be others' ids already, and the database gives new ones.
    next_id: Option<i64>,
    /// Lines still to come, by repository.
    to_come: HashMap<String, usize>,
    open: HashMap<String, Group>,
    batch: Vec<Group>,
    batched: usize,
    summary: ImportSummary,
}

/// The lines of one repository. What its last line says of it holds.
struct Group {
    repository: Repository,
    indexed_at: Option<DateTime<Utc>>,
    automations: Vec<IncomingAutomation>,
    /// How many lines came before its first.
    place: usize,
}

impl<'a> Writing<'a> {
    fn new(database: &'a Database, keep_ids: bool, survey: Survey) -> Self {
        let summary = ImportSummary {
            repositories: survey.lines.len(),
            ..ImportSummary::default()
        };
        let next_id = keep_ids.then_some(survey.highest_id + 1);
        let to_come = survey.lines;
        Self {
            database,
            next_id,
            to_come,
            open: HashMap::new(),
            batch: Vec::new(),
            batched: 0,
            summary,
        }
    }

    async fn take(&mut self, line: Line) -> Result<(), ImportError> {
        let key = name_key(&line.repository.repository);
        let indexed_at = line.repository.indexed_at;
        let (repository, mut automation) = line.incoming(self.next_id.is_some());
        if let (None, Some(next)) = (automation.id, &mut self.next_id) {
            automation.id = Some(*next);
            *next += 1;
        }
        let group = self.open.entry(key.clone()).or_insert_with(|| Group {
            repository: Repository::default(),
            indexed_at: None,
            automations: Vec::new(),
            place: self.summary.automations,
        });
        group.repository = repository;
        group.indexed_at = indexed_at;
        group.automations.push(automation);
        self.summary.automations += 1;
        let to_come = self.to_come.entry(key.clone()).or_default();
        *to_come = to_come.saturating_sub(1);
        if *to_come == 0
            && let Some(whole) = self.open.remove(&key)
        {
            self.batched += whole.automations.len();
            self.batch.push(whole);
        }
        if self.batched >= BATCH {
            self.write().await
        } else {
            Ok(())
        }
    }

    async fn write(&mut self) -> Result<(), ImportError> {
        self.batch.sort_by_key(|group| group.place);
        let mut writer = self.database.write().await?;
        for Group {
            repository,
            indexed_at,
            automations,
            ..
        } in self.batch.drain(..)
        {
            let outcome = writer.sync_at(&repository, automations, indexed_at).await?;
            self.summary.added += outcome.added;
            self.summary.updated += outcome.updated;
            self.summary.removed += outcome.removed;
        }
        writer.commit().await?;
        self.batched = 0;
        Ok(())
    }
}

fn name_key(repository: &Repository) -> String {
    format!("{}/{}", repository.owner, repository.name).to_lowercase()
}
