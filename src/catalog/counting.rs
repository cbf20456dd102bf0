//! Counting the values of a scope's documents, by whichever way is cheapest.
//!
//! A small scope is counted *forward*: each document's values are looked up. A scope of nearly everything is too: what
//! it lacks is counted and taken from the totals. Any other is counted *by value*: the documents of each value are
//! intersected with it.

use super::doc_set::DocSet;
use super::query::Dimension;
use super::scope::Scope;
use super::snapshot::Catalog;

/// The counts of one dimension's values.
#[derive(Clone, Debug)]
pub(super) enum Counts<'a> {
    /// Those of the whole catalog.
    All(&'a [u32]),
    /// Those of a scope.
    Scoped(Vec<u32>),
}

impl Counts<'_> {
    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Self::All(counts) => counts,
            Self::Scoped(counts) => counts,
        }
    }
}

/// Counts in one scope, made as they are asked for.
pub(super) struct ScopeCounts<'c, 's> {
    catalog: &'c Catalog,
    way: Way<'s>,
    total: u32,
}

enum Way<'s> {
    /// The scope is everything.
    All,
    /// Counted forward already: all own values.
    Forward {
        own: Vec<u32>,
        set: DocSet,
        is_complement: bool,
    },
    /// By value.
    ByValue(&'s DocSet),
}

impl Catalog {
    /// Prepares to count a scope.
    pub(super) fn counts_in<'s>(&self, scope: &'s Scope) -> ScopeCounts<'_, 's> {
        let all = self.document_count();
        let Scope::Some(set) = scope else {
            return ScopeCounts {
                catalog: self,
                way: Way::All,
                total: all,
            };
        };
        let total = set.count();
        let is_complement = total > all / 2;
        let fewer = if is_complement { all - total } else { total };
        let way = if self.forward_is_cheaper(fewer) {
            let set = if is_complement {
                set.complement(self.documents.len())
            } else {
                set.clone()
            };
            Way::Forward {
                own: self.count_forward(&set),
                set,
                is_complement,
            }
        } else {
            Way::ByValue(set)
        };
        ScopeCounts {
            catalog: self,
            way,
            total,
        }
    }

    /// Whether looking up the values of so many documents is cheaper than intersecting all values.
    fn forward_is_cheaper(&self, documents: u32) -> bool {
        documents as usize * 16 < self.documents.len()
    }

    fn count_forward(&self, set: &DocSet) -> Vec<u32> {
        let mut counts = vec![0; self.own_values()];
        for document in set.iter() {
            for &value in self.forward.row(document as usize) {
                counts[value as usize] += 1;
            }
        }
        counts
    }

    fn count_repositories(&self, set: &DocSet) -> Vec<u32> {
        let mut counts = vec![0; self.repositories.len()];
        let of = self.documents.repositories();
        for document in set.iter() {
            counts[of[document as usize] as usize] += 1;
        }
        counts
    }
}

impl<'c> ScopeCounts<'c, '_> {
    /// How many documents are in scope.
    pub(super) fn total(&self) -> u32 {
        self.total
    }

    /// The counts of one dimension.
    pub(super) fn of(&self, dimension: Dimension) -> Counts<'c> {
        let catalog = self.catalog;
        let all = catalog.values[dimension as usize].counts();
        let counts = match &self.way {
            Way::All => return Counts::All(all),
            Way::Forward {
                own,
                set,
                is_complement,
            } => {
                let counts = match dimension {
                    Dimension::Repositories => catalog.count_repositories(set),
                    _ => own[catalog.own_range(dimension)].to_vec(),
                };
                if *is_complement {
                    all.iter()
                        .zip(counts)
                        .map(|(all, lacking)| all - lacking)
                        .collect()
                } else {
                    counts
                }
            }
            Way::ByValue(set) => match dimension {
                Dimension::Repositories => catalog.count_repositories(set),
                _ => (0_u32..)
                    .take(all.len())
                    .map(|value| catalog.posting(dimension, value).count_in(set))
                    .collect(),
            },
        };
        Counts::Scoped(counts)
    }
}
