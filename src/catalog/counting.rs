//! Counting the values of a scope's documents, by whichever way is cheapest.
//!
//! *Forward*: the values of each document are looked up; a scope of more than half of everything is counted by what it
//! lacks, which is taken from the totals. *By value*: the documents of each value are intersected with the scope.
//! Repositories, of which a document has just one, are counted by document or by runs of documents. The costs below
//! are nanoseconds as measured; only their proportions matter.

use super::doc_set::DocSet;
use super::part::Part;
use super::postings::Postings;
use super::query::Dimension;
use super::scope::Scope;

/// Looking up a document's list of values.
const DOCUMENT_COST: usize = 4;
/// Counting one value of a document.
const VALUE_COST: usize = 2;
/// Counting a document's repository.
const REPOSITORY_COST: usize = 2;
/// Counting a run of documents.
const RUN_COST: usize = 5;

/// What intersecting all values of a dimension costs, in the same unit.
pub(super) fn by_value_cost(postings: &Postings, values: std::ops::Range<u32>) -> usize {
    let terms = values.len();
    let (listed, words) = postings.sizes(values);
    terms * 4 + listed + words * 3 / 4
}

/// The counts of one dimension's values.
#[derive(Clone, Debug)]
pub(super) enum Counts<'a> {
    /// Those of the whole part.
    All(&'a [u32]),
    /// Those of a scope.
    Scoped(Vec<u32>),
}

impl Counts<'_> {
    /// Of no values.
    pub(super) const NONE: Self = Self::All(&[]);

    pub(super) fn as_slice(&self) -> &[u32] {
        match self {
            Self::All(counts) => counts,
            Self::Scoped(counts) => counts,
        }
    }
}

/// Counts in one scope, made as they are asked for.
pub(super) struct ScopeCounts<'c, 's> {
    part: &'c Part,
    total: u32,
    /// `None` when the scope is everything.
    scope: Option<Scoped<'s>>,
}

struct Scoped<'s> {
    set: &'s DocSet,
    /// What the scope lacks, if it has more than half of everything.
    lacking: Option<DocSet>,
    /// How many documents are in the smaller of the two.
    fewer: usize,
    /// The own values of the smaller of the two, if that is the cheaper way.
    forward: Option<Vec<u32>>,
}

impl Part {
    /// Prepares to count some dimensions of a scope.
    pub(super) fn counts_in<'s>(&self, scope: &'s Scope, wanted: &[Dimension]) -> ScopeCounts<'_, 's> {
        let all = self.document_count();
        let Scope::Some(set) = scope else {
            return ScopeCounts {
                part: self,
                total: all,
                scope: None,
            };
        };
        let total = set.count();
        let lacking = (total > all / 2).then(|| set.complement(self.documents.len()));
        let fewer = total.min(all - total) as usize;
        let forward = self
            .forward_is_cheaper(fewer, wanted)
            .then(|| self.count_forward(lacking.as_ref().unwrap_or(set)));
        ScopeCounts {
            part: self,
            total,
            scope: Some(Scoped {
                set,
                lacking,
                fewer,
                forward,
            }),
        }
    }

    fn forward_is_cheaper(&self, documents: usize, wanted: &[Dimension]) -> bool {
        let by_value: usize = wanted
            .iter()
            .map(|&dimension| self.by_value_costs[dimension as usize])
            .sum();
        let values = self.forward.mean_length() * documents;
        documents * DOCUMENT_COST + values * VALUE_COST < by_value
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

    fn count_by_value(&self, dimension: Dimension, set: &DocSet) -> Vec<u32> {
        let values = 0..self.values[dimension as usize].len();
        (0_u32..)
            .zip(values)
            .map(|(value, _)| self.posting(dimension, value).count_in(set))
            .collect()
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

    /// The counts of one dimension, which must be among those wanted for the choice of the way to be a good one.
    pub(super) fn of(&self, dimension: Dimension) -> Counts<'c> {
        let all = self.part.values[dimension as usize].counts();
        match &self.scope {
            None => Counts::All(all),
            Some(scope) => Counts::Scoped(scope.count(self.part, dimension, all)),
        }
    }
}

impl Scoped<'_> {
    fn count(&self, part: &Part, dimension: Dimension, all: &[u32]) -> Vec<u32> {
        let counts = match (dimension, &self.forward) {
            (Dimension::Repositories, _) => {
                let runs = &part.documents.runs();
                if runs.len() * RUN_COST < self.fewer * REPOSITORY_COST {
                    return runs.count(self.set, all.len());
                }
                part.count_repositories(self.lacking.as_ref().unwrap_or(self.set))
            }
            (_, Some(own)) => own[part.own_range(dimension)].to_vec(),
            (_, None) => return part.count_by_value(dimension, self.set),
        };
        match self.lacking {
            Some(_) => all
                .iter()
                .zip(counts)
                .map(|(all, lacking)| all - lacking)
                .collect(),
            None => counts,
        }
    }
}
