//! The operations asked most, for warming: in this process, and in Redis for all instances and the next start.
//!
//! Invariant: no more than a fixed number of operations of a bounded size are kept, whatever is asked.

mod sketch;
mod store;

use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

use super::key::Digest;
use sketch::Sketch;

pub use store::PopularStore;

/// The largest operation that is noted, in bytes.
const OPERATION_MAX: usize = 8 << 10;

/// An operation and about how often it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PopularOperation {
    /// What it was noted under.
    pub digest: Digest,
    /// What is needed to ask it again.
    pub operation: Bytes,
    /// How often it was asked: exact for what is asked often, for the rest never too low.
    pub count: u64,
}

/// The operations asked most of this process.
#[derive(Debug)]
pub struct Popular {
    /// Locked for one note by requests, which leave it be when it is taken, and for one copy by whoever reads.
    sketch: Mutex<Sketch>,
}

impl Popular {
    /// Nothing yet; so many operations at most, at least one.
    pub fn new(capacity: usize) -> Self {
        Self {
            sketch: Mutex::new(Sketch::new(capacity.max(1))),
        }
    }

    /// Notes that an operation was asked so many times. Never waits: what comes while another notes is not counted, which changes
    /// nothing about who leads.
    pub fn note(&self, digest: Digest, operation: &Bytes, times: u64) {
        if operation.len() <= OPERATION_MAX
            && let Ok(mut sketch) = self.sketch.try_lock()
        {
            sketch.note(digest, operation, times);
        }
    }

    /// The operations asked most, most first; of equals, by digest.
    pub fn top(&self, count: usize) -> Vec<PopularOperation> {
        let sketch = self.sketch.lock().unwrap_or_else(PoisonError::into_inner);
        sketch.top(count)
    }

    /// What was counted since the last call, most first.
    fn take_new(&self, count: usize) -> Vec<PopularOperation> {
        let mut sketch = self.sketch.lock().unwrap_or_else(PoisonError::into_inner);
        sketch.take_new(count)
    }
}
