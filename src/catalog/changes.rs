//! Changes: what became of some repositories since the base was built.
//!
//! A repository is in one part as a whole: one that changed is hidden in the base, with all its documents, and stands in
//! a small part of the changes' own. So no order of documents and no number of the base moves, and making a catalog
//! anew costs what changed since the base was built, and a pass over the base's values.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answer::Totals;
use super::builder::{BuildError, CatalogBuilder};
use super::doc_set::DocSet;
use super::merged::MergedValues;
use super::part::Part;
use super::query::Dimension;
use super::rows::RepositoryContent;

/// What changed since the base was built.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    /// What the changed repositories hold now, by repository: the rows of `part`.
    rows: BTreeMap<i64, Arc<RepositoryContent>>,
    pub(super) part: Part,
    /// The repositories of the base that were changed or removed, ascending.
    hidden: Vec<u32>,
    /// The documents of the base that still count; `None`: all do.
    pub(super) alive: Option<DocSet>,
    /// How many do not.
    hidden_documents: u32,
    /// The values of each dimension, in the order of [`Dimension::ALL`].
    pub(super) values: [MergedValues; 5],
    pub(super) totals: Totals,
}

impl Changes {
    /// The changes so far and some more: what repositories hold now, and the ids of those that are gone.
    pub(super) fn new(
        base: &Part,
        before: Option<&Self>,
        changed: Vec<RepositoryContent>,
        removed: &[i64],
    ) -> Result<Self, BuildError> {
        let mut rows = before.map(|before| before.rows.clone()).unwrap_or_default();
        let mut hidden = before.map(|before| before.hidden.clone()).unwrap_or_default();
        let touched = changed.iter().map(|content| content.repository.id);
        hidden.extend(
            touched
                .chain(removed.iter().copied())
                .filter_map(|id| base.repositories.with_id(id)),
        );
        hidden.sort_unstable();
        hidden.dedup();
        for id in removed {
            rows.remove(id);
        }
        for content in changed {
            rows.insert(content.repository.id, Arc::new(content));
        }
        let part = part_of(&rows)?;
        let mut gone = DocSet::empty(base.words());
        for &repository in &hidden {
            base.posting(Dimension::Repositories, repository)
                .add_to(&mut gone);
        }
        let values = MergedValues::all(base, &part, &hidden, &gone);
        let hidden_documents = gone.count();
        let totals = Totals {
            repositories: number(base.repositories.len() - hidden.len() + rows.len()),
            automations: base.document_count() - hidden_documents + part.document_count(),
            blueprints: values[Dimension::Blueprints as usize].distinct(),
            triggers: values[Dimension::Triggers as usize].distinct(),
            actions: values[Dimension::Actions as usize].distinct(),
        };
        Ok(Self {
            rows,
            part,
            alive: (hidden_documents > 0).then(|| gone.complement(base.documents.len())),
            hidden,
            hidden_documents,
            values,
            totals,
        })
    }

    /// Whether a repository of the base was changed or removed.
    pub(super) fn hides(&self, repository: u32) -> bool {
        self.hidden.binary_search(&repository).is_ok()
    }

    /// How many documents there are that a new base would not need: those hidden, and those that stand apart.
    pub(super) fn weight(&self) -> u32 {
        self.hidden_documents + self.part.document_count()
    }

    /// Heap bytes of what is not a part: the rows, as texts and lists, and the rest.
    pub(super) fn memory(&self) -> (usize, usize) {
        let rows = self.rows.values().map(|content| content.memory()).sum();
        let alive = self.alive.as_ref().map_or(0, |alive| size_of_val(alive.words()));
        let hidden = self.hidden.capacity() * size_of::<u32>();
        let values: usize = self.values.iter().map(MergedValues::memory).sum();
        (rows, alive + hidden + values)
    }
}

fn part_of(rows: &BTreeMap<i64, Arc<RepositoryContent>>) -> Result<Part, BuildError> {
    let mut builder = CatalogBuilder::new();
    for content in rows.values() {
        builder.repository(&content.repository)?;
    }
    for row in rows.values().flat_map(|content| &content.automations) {
        builder.automation(row)?;
    }
    builder.build_part()
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
