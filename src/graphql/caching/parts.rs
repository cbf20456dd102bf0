//! What an answer was made of: how fresh its values are, whether some of them came out of the cache, and whether a row
//! was wanting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use crate::cache::{CacheOutcome, Freshness};

/// The values of one answer. Written by each root field that looks one up, read once when all have.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Parts {
    noted: Mutex<Noted>,
    /// Set by the loaders.
    behind: AtomicBool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Noted {
    freshness: Option<Freshness>,
    hits: u32,
}

impl Parts {
    /// Notes how a value was come by.
    pub(in crate::graphql) fn note(&self, outcome: CacheOutcome) {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        noted.hits += u32::from(outcome.is_hit());
        noted.freshness = match (noted.freshness, outcome.freshness()) {
            (Some(so_far), Some(new)) => Some(so_far.and(new)),
            (so_far, new) => so_far.or(new),
        };
    }

    /// Notes that a row is gone which the catalog names.
    pub(in crate::graphql) fn note_missing_row(&self) {
        self.behind.store(true, Ordering::Relaxed);
    }

    /// Whether one was: the catalog is behind the database.
    pub(in crate::graphql) fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Relaxed)
    }

    /// The freshness of something made of all of them.
    pub(in crate::graphql) fn freshness(&self) -> Option<Freshness> {
        self.noted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .freshness
    }

    /// Whether any came out of the cache.
    pub(in crate::graphql) fn any_hit(&self) -> bool {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).hits > 0
    }
}
