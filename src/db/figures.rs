//! What is counted of the database: statements as the driver reports them, and the pool.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::telemetry::{Durations, Histogram};

/// Statements so far. Written at the end of each, read by whoever asks.
#[derive(Debug, Default)]
pub(super) struct Statements {
    count: AtomicU64,
    failed: AtomicU64,
    durations: Histogram,
}

/// Statements at one moment, since the start.
#[derive(Clone, Debug)]
pub struct StatementFigures {
    /// How many were run.
    pub count: u64,
    /// How many of them failed.
    pub failed: u64,
    /// How long they took.
    pub durations: Durations,
}

/// How much of the pool is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolUse {
    /// Connections at work.
    pub used: u32,
    /// Connections that wait for work.
    pub idle: u32,
    /// Connections there may be.
    pub max: u32,
}

impl Statements {
    pub(super) fn note(&self, took: Duration, failed: bool) {
        self.count.fetch_add(1, Ordering::Relaxed);
        self.failed.fetch_add(u64::from(failed), Ordering::Relaxed);
        self.durations.note(took);
    }

    pub(super) fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }

    pub(super) fn read(&self) -> StatementFigures {
        StatementFigures {
            count: self.count(),
            failed: self.failed.load(Ordering::Relaxed),
            durations: self.durations.read(),
        }
    }
}
