//! Answers that fell between two looks at the database: a row that the catalog names was gone when it was to be read, so
//! the catalog is behind. It is brought up to date at once, and the operation runs once more over it.
//!
//! Invariant: an answer that lacks a row is never kept, nor given while a newer catalog can be had.

use std::sync::Arc;

use super::answer::Answer;
use super::control::CacheControl;
use super::engine::{Circumstances, Engine, Operation};
use crate::catalog::Snapshot;

/// So many times an operation runs once more: rows may go on going.
const MOST_REPEATS: usize = 3;

impl Engine {
    /// Runs an operation, from a newer catalog than the one given where that is behind the rows it names.
    pub(super) async fn run_level(&self, operation: Operation, mut at: Circumstances) -> Answer {
        let mut charge = None;
        for _ in 0..MOST_REPEATS {
            let mut answer = self.run_once(operation.clone(), at.clone()).await;
            answer.charge = answer.charge.or(charge);
            if !answer.behind {
                return answer;
            }
            let Some(newer) = self.control().newer_than(&at.snapshot).await else {
                return answer;
            };
            charge = answer.charge;
            at.snapshot = newer;
            // It is paid for.
            at.meter = None;
        }
        Answer {
            charge,
            ..self.run_once(operation, at).await
        }
    }
}

impl CacheControl {
    /// A newer snapshot, made now if need be; `None` where the database has nothing newer or does not answer.
    async fn newer_than(&self, snapshot: &Snapshot) -> Option<Arc<Snapshot>> {
        let newer = self.live().newer_than(snapshot, self.database()).await;
        newer.unwrap_or_else(|error| {
            tracing::warn!(%error, "the catalog is behind the database and cannot follow it");
            None
        })
    }
}
