//! The catalog itself: a large part, and what changed since that was built; and what it answers without searching.

use std::sync::Arc;

use super::answer::{SearchHits, Totals};
use super::builder::BuildError;
use super::changes::Changes;
use super::part::Part;
use super::query::Dimension;
use super::rows::RepositoryContent;
use super::side::Side;

/// A catalog is worth building anew when more than one in so many automations was changed or removed...
const REBUILD_SHARE: u32 = 32;
/// ... and no fewer than so many, which is a matter of milliseconds.
const REBUILD_LEAST: u32 = 1_000;

/// An immutable snapshot of all automations, for searching and counting. Built by a
/// [`CatalogBuilder`](super::CatalogBuilder); the default is an empty one. Cheap to clone.
///
/// One that changed shares what did not: every answer is the same as that of a catalog built anew.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    pub(super) base: Arc<Part>,
    pub(super) changes: Option<Arc<Changes>>,
}

impl Catalog {
    pub(super) fn of(base: Part) -> Self {
        Self {
            base: Arc::new(base),
            changes: None,
        }
    }

    /// This catalog after some repositories came or changed, given with all they hold now, and others, given by id, went.
    ///
    /// Costs in proportion to all that changed since the last build, not to what there is.
    ///
    /// # Errors
    ///
    /// As [`CatalogBuilder::build`](super::CatalogBuilder::build) for what changed.
    pub fn changed(&self, changed: Vec<RepositoryContent>, removed: &[i64]) -> Result<Self, BuildError> {
        let changes = Changes::new(&self.base, self.changes.as_deref(), changed, removed)?;
        Ok(Self {
            base: Arc::clone(&self.base),
            changes: Some(Arc::new(changes)),
        })
    }

    /// Whether so much has changed since the last build that another is worth its while.
    pub fn wants_rebuild(&self) -> bool {
        let bound = REBUILD_LEAST.max(self.base.document_count() / REBUILD_SHARE);
        self.changes
            .as_ref()
            .is_some_and(|changes| changes.weight() > bound)
    }

    /// How many automations are kept beside the last build, or hidden in it, because they changed since.
    pub fn patched(&self) -> u32 {
        self.changes.as_ref().map_or(0, |changes| changes.weight())
    }

    /// How much there is.
    pub fn totals(&self) -> Totals {
        match &self.changes {
            Some(changes) => changes.totals,
            None => self.base.totals(),
        }
    }

    /// The id of a repository; upper and lower case of ASCII letters are one, as on GitHub.
    pub fn repository_id<'a>(&'a self, owner: &str, name: &str) -> Option<i64> {
        let wanted = format!("{owner}/{name}");
        let named = |side: Side<'a>| {
            let names = side.part.values[Dimension::Repositories as usize].names();
            let numbers = side.part.repositories.named(&wanted, names).iter();
            numbers.map(move |&number| {
                (
                    number,
                    names.get(number as usize),
                    side.part.repositories.id(number),
                )
            })
        };
        let sides = self.sides();
        let in_base =
            named(sides.base).filter(|&(number, ..)| self.is_known(Dimension::Repositories, number));
        let all = in_base.chain(sides.fresh.map(named).into_iter().flatten());
        // Of several the first in the order of names, whichever part they are in.
        all.map(|(_, name, id)| (name, id)).min().map(|(_, id)| id)
    }

    /// How many automations a repository has; `None` if there is no such repository.
    pub fn automation_count(&self, repository: i64) -> Option<u32> {
        self.part_with(repository)?.automation_count(repository)
    }

    /// One page of a repository's automations, by id; `None` if there is no such repository.
    pub fn repository_automations(&self, repository: i64, offset: usize, limit: usize) -> Option<SearchHits> {
        self.part_with(repository)?
            .repository_automations(repository, offset, limit)
    }

    /// The part in which a repository stands.
    fn part_with(&self, repository: i64) -> Option<&Part> {
        let Some(changes) = &self.changes else {
            return Some(&self.base);
        };
        if changes.part.repositories.with_id(repository).is_some() {
            return Some(&changes.part);
        }
        let number = self.base.repositories.with_id(repository)?;
        (!changes.hides(number)).then_some(&*self.base)
    }

    /// Whether a value of the base is still one: a repository that was neither changed nor removed, or a value that any
    /// automation has.
    pub(super) fn is_known(&self, dimension: Dimension, value: u32) -> bool {
        let Some(changes) = &self.changes else {
            return true;
        };
        match dimension {
            Dimension::Repositories => !changes.hides(value),
            _ => changes.values[dimension as usize].counts()[value as usize] > 0,
        }
    }
}
