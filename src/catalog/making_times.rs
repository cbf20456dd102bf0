//! How long snapshots took to make, for whoever watches over it.

use std::time::Instant;

use crate::telemetry::{Durations, Histogram};

/// How long, by how: from all rows, or from the last one and what changed. Those that failed are not in it.
#[derive(Debug, Default)]
pub struct MakingTimes {
    built: Histogram,
    advanced: Histogram,
}

impl MakingTimes {
    pub(super) async fn building<T, E>(&self, making: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        timed(&self.built, making).await
    }

    pub(super) async fn advancing<T, E>(&self, making: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        timed(&self.advanced, making).await
    }

    /// Those made from all rows.
    pub fn built(&self) -> Durations {
        self.built.read()
    }

    /// Those made from the last one and what changed.
    pub fn advanced(&self) -> Durations {
        self.advanced.read()
    }
}

async fn timed<T, E>(histogram: &Histogram, making: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let started = Instant::now();
    let made = making.await?;
    histogram.note(started.elapsed());
    Ok(made)
}
