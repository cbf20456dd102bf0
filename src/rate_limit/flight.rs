//! One question to Redis per client at a time: who comes meanwhile waits for its answer instead of asking too.
//!
//! Invariant: whoever asks lands the flight, also when it is cancelled, so that nobody waits for an answer that nobody
//! fetches.

use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Semaphore;

/// A question under way.
#[derive(Debug)]
pub(super) struct Flight {
    /// Never has a permit; closing it lets everybody go, those too who come late.
    gate: Semaphore,
    /// Written before the gate is closed, read after.
    failed: AtomicBool,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Landing {
    /// There was an answer, or whoever asked gave up: look again.
    Look,
    /// Redis did not answer: go on without.
    Failed,
}

impl Flight {
    pub(super) const fn new() -> Self {
        Self {
            gate: Semaphore::const_new(0),
            failed: AtomicBool::new(false),
        }
    }

    /// Lets everybody go.
    pub(super) fn land(&self, landing: Landing) {
        self.failed.store(landing == Landing::Failed, Ordering::Release);
        self.gate.close();
    }

    /// Waits for it to land.
    pub(super) async fn landed(&self) -> Landing {
        // An error is what closing it says, and a permit does not exist.
        drop(self.gate.acquire().await);
        if self.failed.load(Ordering::Acquire) {
            Landing::Failed
        } else {
            Landing::Look
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[tokio::test]
    async fn everybody_learns_how_it_ended_early_or_late() {
        for landing in [Landing::Look, Landing::Failed] {
            let flight = Arc::new(Flight::new());
            let early = tokio::spawn({
                let flight = flight.clone();
                async move { flight.landed().await }
            });
            tokio::task::yield_now().await;
            flight.land(landing);
            assert_eq!(early.await.unwrap(), landing);
            assert_eq!(flight.landed().await, landing);
        }
    }
}
