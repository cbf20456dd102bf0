//! The automations as documents: numbers in the order in which equals are listed.

use super::doc_set::DocSet;
use super::runs::Runs;
use super::top::Top;

/// The documents, numbered by stars, most first, then by id: ascending numbers are the order of stars, and the
/// tie-break of relevance.
#[derive(Clone, Debug, Default)]
pub(super) struct Documents {
    ids: Vec<i64>,
    /// The repository of each.
    repositories: Vec<u32>,
    /// When each was indexed, in microseconds since 1970.
    indexed_at: Vec<i64>,
    runs: Runs,
    /// In the order of indexing, latest first, then of id.
    by_recent: Vec<u32>,
    /// The place of each in `by_recent`.
    recent_places: Vec<u32>,
}

impl Documents {
    /// Takes over the columns.
    pub(super) fn new(ids: Vec<i64>, repositories: Vec<u32>, indexed_at: Vec<i64>) -> Self {
        let mut by_recent: Vec<u32> = (0_u32..).zip(&ids).map(|(document, _)| document).collect();
        by_recent.sort_unstable_by_key(|&document| {
            let at = document as usize;
            (std::cmp::Reverse(indexed_at[at]), ids[at])
        });
        let mut recent_places = vec![0; ids.len()];
        for (place, &document) in (0_u32..).zip(&by_recent) {
            recent_places[document as usize] = place;
        }
        Self {
            runs: Runs::new(&repositories),
            ids,
            repositories,
            indexed_at,
            by_recent,
            recent_places,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, document: u32) -> i64 {
        self.ids[document as usize]
    }

    pub(super) fn indexed_at(&self, document: u32) -> i64 {
        self.indexed_at[document as usize]
    }

    /// The repository of each document.
    pub(super) fn repositories(&self) -> &[u32] {
        &self.repositories
    }

    pub(super) fn runs(&self) -> &Runs {
        &self.runs
    }

    /// A page of `set` (`None`: of all) by stars.
    pub(super) fn by_stars(&self, set: Option<&DocSet>, offset: usize, limit: usize) -> Vec<u32> {
        match set {
            Some(set) => set.iter_from(offset).take(limit).collect(),
            None => (0_u32..).take(self.len()).skip(offset).take(limit).collect(),
        }
    }

    /// A page of `set` (`None`: of all), which has `total` documents, latest first.
    pub(super) fn by_recent(&self, set: Option<(&DocSet, u32)>, offset: usize, limit: usize) -> Vec<u32> {
        let Some((set, total)) = set else {
            return self.by_recent.iter().skip(offset).take(limit).copied().collect();
        };
        let wanted = offset.saturating_add(limit).min(total as usize);
        // Walking all documents by time meets a found one every `documents / total`: dear when few are found.
        if wanted.saturating_mul(self.len()) < (total as usize).saturating_mul(total as usize) {
            let found = self
                .by_recent
                .iter()
                .copied()
                .filter(|&document| set.contains(document));
            return found.skip(offset).take(limit).collect();
        }
        let mut places = Top::new(wanted);
        set.iter()
            .for_each(|document| places.push(self.recent_places[document as usize]));
        let places = places.into_sorted();
        places
            .into_iter()
            .skip(offset)
            .map(|place| self.by_recent[place as usize])
            .collect()
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        let numbers =
            self.repositories.capacity() + self.by_recent.capacity() + self.recent_places.capacity();
        (self.ids.capacity() + self.indexed_at.capacity()) * size_of::<i64>()
            + numbers * size_of::<u32>()
            + self.runs.memory()
    }
}
