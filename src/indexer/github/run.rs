//! A run over repositories on GitHub: a bounded number is brought in at the same time, and each is written in a
//! transaction of its own.
//!
//! Invariants: one repository that fails costs itself only; what was written stays whatever happens next, and the next
//! run finds it done; memory does not grow with the number of repositories.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;

use super::client::Github;
use super::described::Found;
use super::fetch::{Fetched, Fetcher, Outcome, Read};
use super::source::{Item, Source, SourceError, Wanted};
use super::too_large::TooLarge;
use crate::config::IndexConfig;
use crate::db::{Database, DatabaseError, GithubMark, Writer};
use crate::indexer::run::{IndexError, Indexed, sync};
use crate::indexer::running::{Ending, Running};
use crate::model::Repository;

/// Repositories that were found and wait to be brought in.
const WAITING: usize = 100;

/// What a run tells while it goes on.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many repositories were found so far.
    Found(u32),
    /// One is done.
    Done(&'a Report),
}

/// What became of one repository.
#[derive(Debug)]
pub struct Report {
    /// `owner/name`.
    pub name: String,
    /// What.
    pub fate: Fate,
}

/// What became of a repository.
#[derive(Debug)]
pub enum Fate {
    /// It was read.
    Indexed(Indexed),
    /// It is as it was, but perhaps for what is said of it.
    Unchanged,
    /// It was taken out of the index, for this reason.
    Removed(&'static str),
    /// It is left for the next run.
    Left,
    /// It failed.
    Failed(IndexError),
}

/// A run.
pub struct GithubRun<'a> {
    /// Where it writes.
    pub database: &'a Database,
    /// Its record.
    pub running: &'a Running,
    /// Its settings.
    pub config: &'a IndexConfig,
    /// The GitHub it asks.
    pub github: &'a Github,
    /// What runs before it found to be too large.
    pub too_large: &'a TooLarge,
}

impl GithubRun<'_> {
    /// Runs to its end.
    pub async fn run(&self, wanted: &Wanted, mut report: impl FnMut(Event<'_>)) -> Ending {
        let host = self.github.host();
        let (items, queue) = mpsc::channel(WAITING);
        let source = Source {
            github: self.github,
            database: self.database,
            host: &host,
            wanted,
            include_private: self.config.github.include_private,
            items,
        };
        let fetcher = Fetcher {
            github: self.github,
            database: self.database,
            host: &host,
            config: self.config,
            topics: wanted.topics(),
            too_large: self.too_large,
        };
        let (sent, written) = tokio::join!(
            source.send_all(),
            self.write_all(&host, queue, fetcher, &mut report)
        );
        let sums = &mut self.running.tally().figures;
        sums.requests = self.github.requests();
        if self.running.stop().is_cancelled() {
            return Ending::Stopped;
        }
        let left = match sums.left {
            0 => String::new(),
            1 => "; 1 repository is left for the next run".to_owned(),
            left => format!("; {left} repositories are left for the next run"),
        };
        if let Err(SourceError::Database(error)) = &sent {
            tracing::error!(%error, "the index run could not go on");
        }
        match (written, sent) {
            (None, Ok(())) => Ending::Through,
            (Some(why), Ok(())) => Ending::CutShort(format!("{why}{left}")),
            (_, Err(why)) => Ending::CutShort(format!("{why}{left}; not all repositories were found yet")),
        }
    }

    /// Brings in and writes what comes; says why it could not go on, if so.
    async fn write_all(
        &self,
        host: &str,
        queue: mpsc::Receiver<Item>,
        fetcher: Fetcher<'_>,
        report: &mut impl FnMut(Event<'_>),
    ) -> Option<String> {
        let found = AtomicU32::new(0);
        let items = stream::unfold(queue, |mut queue| async {
            let item = queue.recv().await?;
            found.fetch_add(1, Ordering::Relaxed);
            Some((item, queue))
        });
        let fetched = items
            .map(|item| fetcher.fetch(item))
            .buffer_unordered(self.config.concurrency);
        let mut fetched = std::pin::pin!(fetched);
        let mut why = None;
        while let Some(Fetched { name, outcome }) = fetched.next().await {
            let Some(fate) = self.write(host, outcome, fetcher).await else {
                found.fetch_sub(1, Ordering::Relaxed);
                continue;
            };
            let fate = match fate {
                Fate::Failed(error) if ends_the_run(&error) => {
                    why.get_or_insert_with(|| error.for_anybody());
                    Fate::Left
                }
                fate => fate,
            };
            let done = Report { name, fate };
            let so_far = found.load(Ordering::Relaxed);
            self.count(so_far, &done);
            report(Event::Found(so_far));
            report(Event::Done(&done));
            if self.running.stop().is_cancelled() {
                self.leave_the_rest(found.load(Ordering::Relaxed));
                break;
            }
        }
        why
    }

    /// Counts what was begun and is not done as left: a run that is told to stop does not wait for it.
    fn leave_the_rest(&self, found: u32) {
        let sums = &mut self.running.tally().figures;
        let done = sums.indexed + sums.unchanged + sums.removed + sums.failed;
        (sums.found, sums.left) = (found, found.saturating_sub(done));
    }

    /// Writes what is to be written; `None` where there is nothing to tell.
    async fn write(&self, host: &str, outcome: Outcome, fetcher: Fetcher<'_>) -> Option<Fate> {
        let written = match outcome {
            Outcome::Skip => return None,
            Outcome::Unchanged => Ok(Fate::Unchanged),
            Outcome::Failed(error) => Ok(Fate::Failed(error)),
            Outcome::Describe(found, mark) => {
                match self.describe(host, &found.repository, mark.clone()).await {
                    Ok(None) => self.write_anew(host, &found, &mark, fetcher).await,
                    Ok(Some(fate)) => Ok(fate),
                    Err(error) => Err(error.into()),
                }
            }
            Outcome::Index(repository, mark, read) => {
                let indexed = self.index(host, &repository, mark, *read).await;
                indexed.map_err(IndexError::from)
            }
            Outcome::Remove(github_id, reason) => match self.remove(host, github_id, reason).await {
                Ok(None) => return None,
                Ok(Some(fate)) => Ok(fate),
                Err(error) => Err(error.into()),
            },
        };
        Some(written.unwrap_or_else(Fate::Failed))
    }

    /// Brings in and writes what the index was thought to have.
    async fn write_anew(
        &self,
        host: &str,
        found: &Found,
        lost: &GithubMark,
        fetcher: Fetcher<'_>,
    ) -> Result<Fate, IndexError> {
        match fetcher.anew(found, lost).await? {
            Outcome::Index(repository, mark, read) => Ok(self.index(host, &repository, mark, *read).await?),
            _ => Err(IndexError::Refused(
                "another took its place while it was looked at".to_owned(),
            )),
        }
    }

    async fn writer(&self) -> Result<Writer, DatabaseError> {
        let mut writer = self.database.write().await?;
        writer.under(self.running.lease()).await?;
        writer.hold_back();
        Ok(writer)
    }

    /// Writes what is said of a repository; `None` where the index has it no more.
    async fn describe(
        &self,
        host: &str,
        repository: &Repository,
        mark: GithubMark,
    ) -> Result<Option<Fate>, DatabaseError> {
        let mut writer = self.writer().await?;
        if !writer.rename(host, mark.github_id, repository).await? {
            return Ok(None);
        }
        writer.describe(repository).await?;
        writer.mark(host, repository, mark).await?;
        writer.commit().await?;
        Ok(Some(Fate::Unchanged))
    }

    async fn index(
        &self,
        host: &str,
        repository: &Repository,
        mark: GithubMark,
        read: Read,
    ) -> Result<Fate, DatabaseError> {
        if let Some(bytes) = read.bytes {
            let sums = &mut self.running.tally().figures;
            sums.downloads += 1;
            let kib = u32::try_from(bytes.div_ceil(1_024)).unwrap_or(u32::MAX);
            sums.downloaded_kib = sums.downloaded_kib.saturating_add(kib);
        }
        let mut writer = self.writer().await?;
        writer.rename(host, mark.github_id, repository).await?;
        let indexed = sync(&mut writer, repository, read.reading).await?;
        writer.mark(host, repository, mark).await?;
        writer.commit().await?;
        Ok(Fate::Indexed(indexed))
    }

    /// Takes a repository out; `None` where it went already.
    async fn remove(
        &self,
        host: &str,
        github_id: i64,
        reason: &'static str,
    ) -> Result<Option<Fate>, DatabaseError> {
        let mut writer = self.writer().await?;
        let was_there = writer.remove_tracked(host, github_id).await?;
        writer.commit().await?;
        Ok(was_there.then_some(Fate::Removed(reason)))
    }

    fn count(&self, found: u32, done: &Report) {
        let mut tally = self.running.tally();
        tally.figures.found = found;
        tally.figures.requests = self.github.requests();
        match &done.fate {
            Fate::Indexed(indexed) => tally.indexed(indexed),
            Fate::Unchanged => tally.figures.unchanged += 1,
            Fate::Removed(reason) => {
                tracing::info!(
                    repository = done.name,
                    reason,
                    "repository taken out of the index"
                );
                tally.figures.removed += 1;
            }
            Fate::Left => tally.figures.left += 1,
            Fate::Failed(error) => {
                tracing::warn!(repository = done.name, %error, "repository not indexed");
                tally.failed(&done.name, &error.for_anybody());
            }
        }
    }
}

/// Whether the next repository would fare no better.
fn ends_the_run(error: &IndexError) -> bool {
    match error {
        IndexError::Github(error) => error.ends_the_run(),
        IndexError::Database(error) => matches!(error, DatabaseError::LeaseLost),
        _ => false,
    }
}
