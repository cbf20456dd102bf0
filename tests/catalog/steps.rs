//! Random changes of a catalog's rows, one after another, the catalog following each.

use autodex::catalog::{AutomationRow, Catalog, RepositoryContent, RepositoryRow};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::data::{Data, automation, repository};

/// Ids of repositories that may come: some that a first catalog may have had too.
pub(crate) const IDS: std::ops::Range<i64> = 40..46;

/// One change, as a look at the database finds it: a repository may have come and others gone at once.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Some repositories changed, came and went, all at once.
    Change(Vec<Touch>),
    /// The catalog was built anew, in the background: of the rows as they were before this change.
    Rebuild(Vec<Touch>),
}

/// What happens to one repository.
#[derive(Clone, Debug)]
pub(crate) enum Touch {
    /// It comes, or it is replaced in all it says and holds.
    Put(Index, RepositoryRow, Vec<AutomationRow>),
    /// It is renamed, described or starred anew, and holds what it held.
    Describe(Index, RepositoryRow),
    /// One automation of all changes, by another of the same id.
    Edit(Index, AutomationRow),
    /// It goes.
    Remove(Index),
}

/// The rows, and a catalog that follows them.
pub(crate) struct World {
    pub(crate) data: Data,
    pub(crate) catalog: Catalog,
    next: i64,
}

fn touch() -> impl Strategy<Value = Touch> {
    let which = any::<Index>;
    let automations = prop::collection::vec(automation(), 0..6);
    prop_oneof![
        3 => (which(), repository(), automations).prop_map(|(which, row, automations)| Touch::Put(which, row, automations)),
        2 => (which(), repository()).prop_map(|(which, row)| Touch::Describe(which, row)),
        3 => (which(), automation()).prop_map(|(which, row)| Touch::Edit(which, row)),
        2 => which().prop_map(Touch::Remove),
    ]
}

pub(crate) fn step() -> impl Strategy<Value = Step> {
    let touches = || prop::collection::vec(touch(), 0..4);
    prop_oneof![5 => touches().prop_map(Step::Change), 1 => touches().prop_map(Step::Rebuild)]
}

impl World {
    pub(crate) fn new(data: Data) -> Self {
        let catalog = data.catalog();
        Self {
            data,
            catalog,
            next: 0,
        }
    }

    pub(crate) fn take(&mut self, step: &Step) {
        match step {
            Step::Change(touches) => self.change(touches),
            Step::Rebuild(touches) => {
                // What changes while one is built is taken up by the one in use, and then by the new one.
                let mut rebuilt = Self::new(self.data.clone());
                rebuilt.next = self.next;
                self.change(touches);
                rebuilt.change(touches);
                assert_eq!(rebuilt.data.automations, self.data.automations);
                self.catalog = rebuilt.catalog;
            }
        }
    }

    fn change(&mut self, touches: &[Touch]) {
        let mut touched: Vec<i64> = touches.iter().filter_map(|touch| self.touch(touch)).collect();
        touched.sort_unstable();
        touched.dedup();
        let is_there = |id: &i64| self.data.repositories.iter().any(|row| row.id == *id);
        let (there, gone): (Vec<i64>, Vec<i64>) = touched.into_iter().partition(is_there);
        let changed = there.into_iter().map(|id| self.content(id)).collect();
        self.catalog = self.catalog.changed(changed, &gone).unwrap();
    }

    /// Changes the rows; says which repository's.
    fn touch(&mut self, touch: &Touch) -> Option<i64> {
        match touch {
            Touch::Put(which, row, automations) => {
                let id = self.some_id(*which);
                self.remove(id);
                self.data.repositories.push(RepositoryRow { id, ..row.clone() });
                for row in automations {
                    self.next += 1;
                    let row = AutomationRow {
                        // Far from those of the first rows, which are spread over all numbers.
                        id: self.next.wrapping_mul(0x1234_5678_9abc_def1),
                        repository: id,
                        ..row.clone()
                    };
                    if !self.data.automations.iter().any(|known| known.id == row.id) {
                        self.data.automations.push(row);
                    }
                }
                Some(id)
            }
            Touch::Describe(which, row) => {
                let known = one_of(&mut self.data.repositories, *which)?;
                *known = RepositoryRow {
                    id: known.id,
                    ..row.clone()
                };
                Some(known.id)
            }
            Touch::Edit(which, row) => {
                let known = one_of(&mut self.data.automations, *which)?;
                *known = AutomationRow {
                    id: known.id,
                    repository: known.repository,
                    ..row.clone()
                };
                Some(known.repository)
            }
            Touch::Remove(which) => {
                let id = one_of(&mut self.data.repositories, *which)?.id;
                self.remove(id);
                Some(id)
            }
        }
    }

    /// The id of a repository that is there, or that may come.
    fn some_id(&self, which: Index) -> i64 {
        let there = self.data.repositories.iter().map(|row| row.id);
        let all: Vec<i64> = there.chain(IDS).collect();
        *which.get(&all)
    }

    fn remove(&mut self, id: i64) {
        self.data.repositories.retain(|row| row.id != id);
        self.data.automations.retain(|row| row.repository != id);
    }

    fn content(&self, id: i64) -> RepositoryContent {
        let of = |row: &&AutomationRow| row.repository == id;
        let repository = self.data.repositories.iter().find(|row| row.id == id);
        RepositoryContent {
            repository: repository.unwrap().clone(),
            automations: self.data.automations.iter().filter(of).cloned().collect(),
        }
    }
}

fn one_of<T>(rows: &mut [T], which: Index) -> Option<&mut T> {
    if rows.is_empty() {
        return None;
    }
    let at = which.index(rows.len());
    rows.get_mut(at)
}
