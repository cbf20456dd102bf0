//! Repositories whose archives are beyond the bounds. What was downloaded up to a bound would be downloaded up to it again by
//! each run, for nothing: until something is pushed to such a repository, its failure is told from memory.
//!
//! Invariant: it is of one process and bounded; what is forgotten costs a download.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::archive::{ArchiveError, Bounds};
use super::described::Found;

/// Repositories that are remembered.
const REMEMBERED: usize = 10_000;

/// What is remembered from one run to the next.
#[derive(Debug, Default)]
pub struct TooLarge {
    /// By host and GitHub's id.
    cases: Mutex<HashMap<(String, i64), Case>>,
}

/// What was too large, and of what.
#[derive(Debug)]
struct Case {
    pushed_at: Option<String>,
    branch: String,
    bounds: Bounds,
    what: &'static str,
    limit: u64,
}

impl TooLarge {
    /// Why a repository need not be downloaded.
    pub(super) fn of(&self, host: &str, found: &Found, bounds: &Bounds) -> Option<ArchiveError> {
        let cases = self.cases();
        let case = cases.get(&(host.to_owned(), found.id))?;
        let is_same = case.pushed_at == found.pushed_at
            && case.branch == found.repository.default_branch
            && case.bounds == *bounds;
        is_same.then_some(ArchiveError::Exceeded {
            what: case.what,
            limit: case.limit,
        })
    }

    /// Remembers why a download failed, where the next would for the same reason.
    pub(super) fn remember(&self, host: &str, found: &Found, bounds: &Bounds, error: &ArchiveError) {
        let ArchiveError::Exceeded { what, limit } = *error else {
            return;
        };
        let case = Case {
            pushed_at: found.pushed_at.clone(),
            branch: found.repository.default_branch.clone(),
            bounds: bounds.clone(),
            what,
            limit,
        };
        let mut cases = self.cases();
        if cases.len() >= REMEMBERED {
            cases.clear();
        }
        cases.insert((host.to_owned(), found.id), case);
    }

    fn cases(&self) -> MutexGuard<'_, HashMap<(String, i64), Case>> {
        self.cases.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
