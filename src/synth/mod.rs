//! Synthetic data: made-up repositories and automations of five fixed sizes, for benches, load tests and demonstrations.
//!
//! The same level and seed give the same data on every machine: its numbers come from `rand_chacha`, whose output is
//! fixed, and everything computed from it is integer arithmetic (the last bit of a `powf` differs between platforms).
//! Values are skewed as real ones are (Zipf's law). Repositories are made one at a time, so that the largest level
//! runs in little memory.
//!
//! ```
//! use autodex::synth::{Level, Synth};
//!
//! let level = Level::try_from(1)?;
//! let automations: usize = Synth::new(level, 42).map(|(_, automations)| automations.len()).sum();
//! assert_eq!(automations, level.automations());
//! # Ok::<(), autodex::synth::UnknownLevel>(())
//! ```

mod actions;
mod automation;
mod level;
mod random;
mod repository;
mod sizes;
mod words;
mod yaml;
mod zipf;

pub use level::{Level, UnknownLevel};

use crate::model::{Automation, Repository};
use automation::AutomationMaker;
use random::Random;
use repository::RepositoryMaker;

/// The data set of one level and seed: each repository with its automations, in a fixed order.
///
/// Every repository has at least one automation, and names are unique; so are the paths inside a repository.
pub struct Synth {
    random: Random,
    repositories: RepositoryMaker,
    automations: AutomationMaker,
    /// How many automations each repository has; the next one to make is at `next`.
    sizes: Vec<u32>,
    next: usize,
}

impl Synth {
    /// Prepares the data set; making it is left to the iterator.
    pub fn new(level: Level, seed: u64) -> Self {
        let mut random = Random::new(level, seed);
        Self {
            sizes: sizes::skewed(level.repositories(), level.automations(), &mut random),
            repositories: RepositoryMaker::new(level, &mut random),
            automations: AutomationMaker::new(level),
            random,
            next: 0,
        }
    }
}

impl Iterator for Synth {
    type Item = (Repository, Vec<Automation>);

    fn next(&mut self) -> Option<Self::Item> {
        let size = *self.sizes.get(self.next)?;
        let repository = self.repositories.make(self.next, &mut self.random);
        let automations = (0..size)
            .map(|at| self.automations.make(at, &mut self.random))
            .collect();
        self.next += 1;
        Some((repository, automations))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.sizes.len() - self.next;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Synth {}

#[cfg(test)]
mod tests;
