//! A recorded run: it holds the lease, tells how far it is, and ends with what it did written down.
//!
//! Invariant: a run whose lease is lost is told to stop, and writes no more in any case, for each of its transactions looks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::tally::Tally;
use crate::db::{Database, DatabaseError, Lease, NewRun, Refused, RunEnd};
use crate::model::{IndexRun, RunStatus};

/// How long a lease lasts without being renewed: how long a crash holds up the next run.
const LEASE: Duration = Duration::from_secs(15);
/// How often it is renewed.
const RENEWAL: Duration = Duration::from_secs(4);
/// How often somebody who waits for a dead run's lease looks.
const LOOK: Duration = Duration::from_millis(250);

/// A run under way. Dropped without [`Running::finish`], it counts as interrupted once its lease has run out.
#[derive(Debug)]
pub struct Running {
    database: Database,
    lease: Lease,
    stop: CancellationToken,
    tally: Arc<Mutex<Tally>>,
    keeper: JoinHandle<()>,
}

/// How a run came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// It went through all there was.
    Through,
    /// It could not go on.
    CutShort(String),
    /// It was told to stop.
    Stopped,
}

impl Running {
    /// Begins a run, if no other is under way. It is told to stop by `stop`.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin(
        database: &Database,
        new: &NewRun,
        stop: &CancellationToken,
    ) -> Result<Result<Self, Refused>, DatabaseError> {
        let lease = match database.begin_run(new, LEASE).await? {
            Ok(lease) => lease,
            Err(refused) => return Ok(Err(refused)),
        };
        let (stop, tally) = (stop.child_token(), Arc::<Mutex<Tally>>::default());
        let keeper = tokio::spawn(keep(database.clone(), lease.clone(), stop.clone(), tally.clone()));
        tracing::info!(
            run = lease.run_id,
            source = new.source.as_str(),
            "index run started"
        );
        Ok(Ok(Self {
            database: database.clone(),
            lease,
            stop,
            tally,
            keeper,
        }))
    }

    /// The same, but a run that seems to be under way is watched for as long as a dead one's lease lasts: if nobody
    /// renews it, its process is gone.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn begin_after_dead_ones(
        database: &Database,
        new: &NewRun,
        stop: &CancellationToken,
    ) -> Result<Result<Self, Refused>, DatabaseError> {
        let mut first_seen = None;
        loop {
            let refused = match Self::begin(database, new, stop).await? {
                Err(Refused::Busy { run, until }) => Refused::Busy { run, until },
                ended => return Ok(ended),
            };
            let Refused::Busy { run, until } = &refused else {
                return Ok(Err(refused));
            };
            let seen = (run.id, *until);
            if *first_seen.get_or_insert(seen) != seen || stop.is_cancelled() {
                return Ok(Err(refused));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// The run's number.
    pub const fn id(&self) -> i64 {
        self.lease.run_id
    }

    /// Its right to write.
    pub const fn lease(&self) -> &Lease {
        &self.lease
    }

    /// Told when it has to stop.
    pub const fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// What it did so far.
    pub fn tally(&self) -> MutexGuard<'_, Tally> {
        lock(&self.tally)
    }

    /// Writes down how it went, and makes what it changed public.
    ///
    /// # Errors
    /// The database does not answer, or the run is not known any more.
    pub async fn finish(self, ending: Ending) -> Result<IndexRun, DatabaseError> {
        self.keeper.abort();
        let Tally { figures, errors } = lock(&self.tally).clone();
        let (status, message) = match ending {
            Ending::Through if figures.failed + figures.left == 0 => (RunStatus::Completed, None),
            Ending::Through => (RunStatus::Partial, None),
            Ending::Stopped => (RunStatus::Interrupted, Some("it was told to stop".to_owned())),
            Ending::CutShort(why) if figures.found == 0 => (RunStatus::Failed, Some(why)),
            Ending::CutShort(why) => (RunStatus::Partial, Some(why)),
        };
        let ended = RunEnd {
            status,
            figures,
            errors,
            message,
        };
        self.database.finish_run(&self.lease, ended).await?;
        let run = self
            .database
            .index_run(self.id())
            .await?
            .ok_or(DatabaseError::LeaseLost)?;
        tracing::info!(
            run = run.id,
            status = run.status.as_str(),
            found = run.figures.found,
            unchanged = run.figures.unchanged,
            indexed = run.figures.indexed,
            removed = run.figures.removed,
            failed = run.figures.failed,
            left = run.figures.left,
            message = run.message,
            "index run ended"
        );
        Ok(run)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

fn lock(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
    tally.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Renews the lease until it is lost.
async fn keep(database: Database, lease: Lease, stop: CancellationToken, tally: Arc<Mutex<Tally>>) {
    loop {
        tokio::time::sleep(RENEWAL).await;
        let Tally { figures, errors } = lock(&tally).clone();
        match database.renew(&lease, LEASE, figures, errors).await {
            Ok(true) => {}
            Ok(false) => {
                tracing::error!(run = lease.run_id, "another index run has taken over");
                stop.cancel();
                return;
            }
            // Whoever takes over needs the database too; and no transaction goes through without the lease.
            Err(error) => tracing::warn!(%error, "the lease of the index run was not renewed"),
        }
    }
}
