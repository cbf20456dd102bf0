//! What operators do with the index: start a run, look at runs, take a repository out. The schedule starts runs by the same
//! way.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::control::CacheControl;
use crate::config::IndexConfig;
use crate::db::{Database, DatabaseError, NewRun, Refused};
use crate::indexer::github::{Github, GithubRun, Pace, TooLarge, Wanted};
use crate::indexer::{Ending, Running, aside};
use crate::model::{IndexRun, RepositoryName, RunSource, RunStarter};

/// The index in an operator's hands. Cheap to clone.
#[derive(Clone)]
pub struct IndexControl {
    database: Database,
    config: Arc<IndexConfig>,
    cache: CacheControl,
    too_large: Arc<TooLarge>,
    /// The runs of this process.
    runs: TaskTracker,
    stop: CancellationToken,
}

/// Why no run was started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another is under way.
    #[error("index run {} is under way", .0.id)]
    Busy(Box<IndexRun>),
    /// Another began not long ago.
    #[error("it is not due")]
    NotDue,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl IndexControl {
    /// Over a database, by its settings.
    pub fn new(database: Database, config: IndexConfig, cache: CacheControl) -> Self {
        Self {
            database,
            config: Arc::new(config),
            cache,
            too_large: Arc::default(),
            runs: TaskTracker::new(),
            stop: CancellationToken::new(),
        }
    }

    /// Starts a run over these repositories, or over all that are found where none is named, and tells it as it begins.
    ///
    /// # Errors
    /// Another is under way, or began after `unless_since`; or the database failed.
    pub async fn start(
        &self,
        started_by: RunStarter,
        repositories: Vec<RepositoryName>,
        unless_since: Option<DateTime<Utc>>,
    ) -> Result<IndexRun, StartError> {
        let wanted = if repositories.is_empty() {
            Wanted::All(self.config.github.topics.clone())
        } else {
            Wanted::Named(repositories)
        };
        let new = NewRun {
            source: RunSource::Github,
            started_by,
            requested: wanted.requested(),
            unless_since,
        };
        let (told, begun) = oneshot::channel();
        let control = self.clone();
        // On its own from the first moment: whoever asked may be gone before the answer is there. And on a thread of its
        // own: what a run borrows from one step to the next is not proven to be `Send`, and it is to give way to requests.
        let runtime = tokio::runtime::Handle::current();
        let whole = move || {
            runtime.block_on(async move {
                let begun = control.begin(&new).await;
                let (running, run) = match begun {
                    Ok(begun) => begun,
                    Err(error) => return drop(told.send(Err(error))),
                };
                drop(told.send(Ok(run)));
                control.run(running, &wanted).await;
            });
        };
        self.runs.spawn(aside("index run", whole));
        begun
            .await
            .unwrap_or(Err(StartError::Database(DatabaseError::LeaseLost)))
    }

    async fn begin(&self, new: &NewRun) -> Result<(Running, IndexRun), StartError> {
        match Running::begin(&self.database, new, &self.stop).await? {
            Ok(running) => {
                let run = self.database.index_run(running.id()).await?;
                Ok((running, run.ok_or(DatabaseError::LeaseLost)?))
            }
            Err(Refused::Busy { run, .. }) => Err(StartError::Busy(run)),
            Err(Refused::NotDue) => Err(StartError::NotDue),
        }
    }

    async fn run(&self, running: Running, wanted: &Wanted) {
        let github = Github::new(&self.config.github, Pace::machine(), running.stop().clone());
        let ending = match &github {
            Ok(github) => {
                let run = GithubRun {
                    database: &self.database,
                    running: &running,
                    config: &self.config,
                    github,
                    too_large: &self.too_large,
                };
                Box::pin(run.run(wanted, |_| {})).await
            }
            Err(error) => Ending::CutShort(error.to_string()),
        };
        if let Err(error) = running.finish(ending).await {
            tracing::error!(%error, "the end of an index run was not written down");
        }
        self.cache.take_up().await;
    }

    /// Takes a repository out of the index; says whether it was there.
    ///
    /// # Errors
    /// The database failed: nothing has happened.
    pub async fn remove(&self, name: &RepositoryName) -> Result<bool, DatabaseError> {
        let mut writer = self.database.write().await?;
        let was_there = writer.remove(name).await?;
        writer.commit().await?;
        if was_there {
            tracing::info!(repository = %name, "repository taken out of the index by an operator");
            self.cache.take_up().await;
        }
        Ok(was_there)
    }

    /// The last runs, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn runs(&self, last: u32) -> Result<Vec<IndexRun>, DatabaseError> {
        self.database.index_runs(u64::from(last)).await
    }

    /// Tells the runs of this process to stop, and waits until they have written down how far they came.
    pub async fn stop(&self, patience: Duration) {
        self.stop.cancel();
        self.runs.close();
        if tokio::time::timeout(patience, self.runs.wait()).await.is_err() {
            tracing::warn!("an index run did not stop in time; the next one goes on");
        }
    }
}
