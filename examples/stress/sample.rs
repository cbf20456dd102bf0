//! What one phase of load saw.

use std::time::Duration;

use crate::client::Reply;
use crate::head::Told;
use crate::histogram::Histogram;

/// Latencies and outcomes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sample {
    /// From the first byte sent to the last one read, each.
    pub(crate) latencies: Histogram,
    /// Answers that said they came from the cache.
    pub(crate) hits: u64,
    /// Answers that did not say.
    pub(crate) untold: u64,
    /// Answers that were no good.
    pub(crate) errors: u64,
    /// Bytes of all bodies.
    pub(crate) bytes: u64,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
}

impl Sample {
    /// Counts one answer.
    pub(crate) fn record(&mut self, latency: Duration, reply: Reply) {
        self.latencies.record(latency);
        self.bytes += reply.body_bytes as u64;
        match reply.told {
            Told::Hit => self.hits += 1,
            Told::Other => {}
            Told::Nothing => self.untold += 1,
        }
        if !reply.is_good {
            self.errors += 1;
        }
    }

    /// Adds what another connection saw at the same time.
    pub(crate) fn merge(&mut self, other: &Self) {
        self.latencies.merge(&other.latencies);
        self.hits += other.hits;
        self.untold += other.untold;
        self.errors += other.errors;
        self.bytes += other.bytes;
    }

    /// How many answers came.
    pub(crate) const fn requests(&self) -> u64 {
        self.latencies.total()
    }
}
