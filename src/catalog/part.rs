//! A part: automations of whole repositories, ready to be searched and counted, never changed after it was built.

use std::ops::Range;

use super::answer::{SearchHits, Totals};
use super::csr::Csr;
use super::doc_set::words_for;
use super::documents::Documents;
use super::postings::{Posting, Postings};
use super::query::Dimension;
use super::repositories::Repositories;
use super::text::{Holders, TextIndex};
use super::values::Values;

/// Automations of whole repositories. The default is an empty one.
///
/// *Own* values are those of the automation itself: blueprints, triggers, action domains, actions. They are numbered
/// in one sequence, dimension by dimension, so that one list per automation holds them all.
#[derive(Clone, Debug, Default)]
pub(super) struct Part {
    pub(super) documents: Documents,
    pub(super) repositories: Repositories,
    /// The values of each dimension, in the order of [`Dimension::ALL`].
    pub(super) values: [Values; 5],
    /// The own values of each document.
    pub(super) forward: Csr,
    /// The documents of each own value.
    pub(super) value_postings: Postings,
    /// What counting each dimension by value costs: see [`counting`](super::counting).
    pub(super) by_value_costs: [usize; 5],
    /// The documents of each repository.
    pub(super) repository_postings: Postings,
    pub(super) text: TextIndex,
}

impl Part {
    /// How much there is.
    pub(super) fn totals(&self) -> Totals {
        let count =
            |dimension: Dimension| u32::try_from(self.values[dimension as usize].len()).unwrap_or(u32::MAX);
        Totals {
            repositories: count(Dimension::Repositories),
            automations: self.document_count(),
            blueprints: count(Dimension::Blueprints),
            triggers: count(Dimension::Triggers),
            actions: count(Dimension::Actions),
        }
    }

    /// How many automations a repository has; `None` if there is no such repository.
    pub(super) fn automation_count(&self, repository: i64) -> Option<u32> {
        let number = self.repositories.with_id(repository)?;
        self.values[Dimension::Repositories as usize]
            .counts()
            .get(number as usize)
            .copied()
    }

    /// One page of a repository's automations, by id; `None` if there is no such repository.
    pub(super) fn repository_automations(
        &self,
        repository: i64,
        offset: usize,
        limit: usize,
    ) -> Option<SearchHits> {
        let number = self.repositories.with_id(repository)?;
        let documents = self.posting(Dimension::Repositories, number);
        let ids = documents
            .page(offset, limit)
            .into_iter()
            .map(|document| self.documents.id(document))
            .collect();
        Some(SearchHits {
            total: documents.count(),
            ids,
        })
    }

    pub(super) fn document_count(&self) -> u32 {
        u32::try_from(self.documents.len()).unwrap_or(u32::MAX)
    }

    /// The length of a set of documents.
    pub(super) fn words(&self) -> usize {
        words_for(self.documents.len())
    }

    pub(super) fn holders(&self) -> Holders<'_> {
        Holders {
            values: &self.value_postings,
            repositories: &self.repository_postings,
        }
    }

    /// The documents that have a value.
    pub(super) fn posting(&self, dimension: Dimension, value: u32) -> Posting<'_> {
        if dimension == Dimension::Repositories {
            return self.repository_postings.get(value);
        }
        let first = self.own_range(dimension).start;
        self.value_postings
            .get(value + u32::try_from(first).unwrap_or(u32::MAX))
    }

    /// How many own values there are.
    pub(super) fn own_values(&self) -> usize {
        Dimension::OWN
            .into_iter()
            .map(|own| self.values[own as usize].len())
            .sum()
    }

    /// The numbers of one dimension's values in the sequence of all own values.
    pub(super) fn own_range(&self, dimension: Dimension) -> Range<usize> {
        let before = Dimension::OWN.into_iter().take_while(|&own| own != dimension);
        let start = before.map(|own| self.values[own as usize].len()).sum();
        start..start + self.values[dimension as usize].len()
    }
}
