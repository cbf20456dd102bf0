//! The values of one dimension over the base and the changes, counted over everything.

use super::doc_set::DocSet;
use super::part::Part;
use super::query::Dimension;
use super::values::by_count;

/// The values of one dimension: the base's by its numbers, and those of the changes that the base lacks by theirs.
#[derive(Clone, Debug)]
pub(super) struct MergedValues {
    /// How many automations have each of the base's values. (A repository is never in both.)
    counts: Vec<u32>,
    /// Those of the base that any automation has, the highest count first, then by name.
    by_count: Vec<u32>,
    /// For each of the changes' values its number in the base.
    in_base: Vec<Option<u32>>,
    /// Those of the changes that the base lacks and any automation has, in the same order.
    fresh_by_count: Vec<u32>,
}

impl MergedValues {
    /// All dimensions, when some repositories of the base are hidden and, with them, the documents that are `gone`.
    pub(super) fn all(base: &Part, fresh: &Part, hidden: &[u32], gone: &DocSet) -> [Self; 5] {
        let mut own_gone = vec![0_u32; base.own_values()];
        for document in gone.iter() {
            for &value in base.forward.row(document as usize) {
                own_gone[value as usize] += 1;
            }
        }
        Dimension::ALL.map(|dimension| {
            let mut counts = base.values[dimension as usize].counts().to_vec();
            if dimension == Dimension::Repositories {
                for &repository in hidden {
                    counts[repository as usize] = 0;
                }
            } else {
                let gone = &own_gone[base.own_range(dimension)];
                counts
                    .iter_mut()
                    .zip(gone)
                    .for_each(|(count, gone)| *count -= gone);
            }
            Self::new(dimension, counts, base, fresh)
        })
    }

    /// From the counts of what still counts in the base.
    fn new(dimension: Dimension, counts: Vec<u32>, base: &Part, fresh: &Part) -> Self {
        let values = &fresh.values[dimension as usize];
        // A repository that is in the changes is not in the base, whoever else there bears its name.
        let in_base = |name| match dimension {
            Dimension::Repositories => None,
            _ => base.values[dimension as usize].find(name),
        };
        let mut merged = Self {
            counts,
            by_count: Vec::new(),
            in_base: values.names().iter().map(in_base).collect(),
            fresh_by_count: by_count(values.counts()),
        };
        add(&mut merged.counts, &merged.in_base, values.counts());
        merged.by_count = by_count(&merged.counts);
        let in_base = &merged.in_base;
        merged
            .fresh_by_count
            .retain(|&value| in_base[value as usize].is_none());
        merged
    }

    /// Adds counts of the changes' values to those of the base's.
    pub(super) fn add(&self, base: &mut [u32], fresh: &[u32]) {
        add(base, &self.in_base, fresh);
    }

    pub(super) fn counts(&self) -> &[u32] {
        &self.counts
    }

    pub(super) fn by_count(&self) -> &[u32] {
        &self.by_count
    }

    pub(super) fn in_base(&self) -> &[Option<u32>] {
        &self.in_base
    }

    pub(super) fn fresh_by_count(&self) -> &[u32] {
        &self.fresh_by_count
    }

    /// How many values any automation has.
    pub(super) fn distinct(&self) -> u32 {
        u32::try_from(self.by_count.len() + self.fresh_by_count.len()).unwrap_or(u32::MAX)
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        let numbers = self.counts.capacity() + self.by_count.capacity() + self.fresh_by_count.capacity();
        numbers * size_of::<u32>() + self.in_base.capacity() * size_of::<Option<u32>>()
    }
}

fn add(base: &mut [u32], in_base: &[Option<u32>], fresh: &[u32]) {
    for (value, count) in in_base.iter().zip(fresh) {
        if let Some(value) = value {
            base[*value as usize] += count;
        }
    }
}
