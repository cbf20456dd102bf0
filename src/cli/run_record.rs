//! Beginning a recorded run from the command line, and ending it well when the user has enough.

use anyhow::bail;
use tokio_util::sync::CancellationToken;

use super::serve::told_to_stop;
use crate::db::{Database, NewRun, Refused};
use crate::indexer::Running;
use crate::model::{RunSource, RunStarter};

/// Watches for the user's Ctrl-C.
pub(super) struct Recorder {
    stop: CancellationToken,
}

impl Recorder {
    /// From now on SIGINT and SIGTERM stop the run between two repositories; a second one ends the process at once.
    pub(super) fn start() -> anyhow::Result<Self> {
        let (stop, told) = (CancellationToken::new(), told_to_stop()?);
        let stopped = stop.clone();
        tokio::spawn(async move {
            told.await;
            eprintln!("stopping; once more ends it at once");
            stopped.cancel();
            if let Ok(again) = told_to_stop() {
                again.await;
                std::process::exit(130);
            }
        });
        Ok(Self { stop })
    }

    /// Begins a run.
    pub(super) async fn begin(
        &self,
        database: &Database,
        source: RunSource,
        requested: Vec<String>,
    ) -> anyhow::Result<Running> {
        let new = NewRun {
            source,
            started_by: RunStarter::Command,
            requested,
            unless_since: None,
        };
        match Running::begin_after_dead_ones(database, &new, &self.stop).await? {
            Ok(running) => Ok(running),
            Err(Refused::Busy { run, .. }) => bail!(
                "index run {} is under way, started at {}; one runs at a time",
                run.id,
                run.started_at.format("%Y-%m-%d %H:%M:%S UTC"),
            ),
            Err(Refused::NotDue) => bail!("it is not due"),
        }
    }
}
