//! The sums of a run while it goes on, and which repositories failed.

use super::run::{Indexed, RepositoryReport};
use crate::model::{RunError, RunFigures};

/// Failures that are told one by one; all are counted.
const TOLD: usize = 100;
/// Characters of a failure that are told.
const MESSAGE: usize = 300;

/// What a run did so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// The sums.
    pub figures: RunFigures,
    /// The first repositories that failed, and why.
    pub errors: Vec<RunError>,
}

impl Tally {
    /// Counts a repository that was read, or failed.
    pub fn count(&mut self, report: &RepositoryReport) {
        match &report.result {
            Ok(indexed) => self.indexed(indexed),
            Err(error) => self.failed(&report.name, &error.for_anybody()),
        }
    }

    /// Counts a repository that was read.
    pub(super) fn indexed(&mut self, indexed: &Indexed) {
        let add = |sum: &mut u32, number: usize| {
            *sum = sum.saturating_add(u32::try_from(number).unwrap_or(u32::MAX));
        };
        let sums = &mut self.figures;
        add(&mut sums.indexed, 1);
        add(&mut sums.files, indexed.files);
        add(&mut sums.automations, indexed.automations);
        add(&mut sums.automations_added, indexed.outcome.added);
        add(&mut sums.automations_updated, indexed.outcome.updated);
        add(&mut sums.automations_removed, indexed.outcome.removed);
        add(&mut sums.warnings, indexed.warnings.len());
    }

    /// Counts a repository that failed.
    pub(super) fn failed(&mut self, name: &str, why: &str) {
        self.figures.failed = self.figures.failed.saturating_add(1);
        if self.errors.len() < TOLD {
            self.errors.push(RunError {
                repository: name.to_owned(),
                message: why.chars().take(MESSAGE).collect(),
            });
        }
    }
}
