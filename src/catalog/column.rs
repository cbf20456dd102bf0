//! Columns: the values of one dimension in one part, with their counts in one query.
//!
//! A value that both the base and the changes have stands in the base's column, with the counts of both.

use super::both::Both;
use super::counting::Counts;
use super::part::Part;
use super::query::Dimension;
use super::snapshot::Catalog;
use super::top::Top;
use super::values::{rank, value_of};

/// The values of the base, or those of the changes that the base lacks.
pub(super) struct Column<'c> {
    part: &'c Part,
    dimension: Dimension,
    counts: Counts<'c>,
    /// Those that any automation has, the highest count first, then by name.
    by_count: &'c [u32],
    /// Of the changes' values, those that the base has too.
    elsewhere: Option<&'c [Option<u32>]>,
    /// For each value whether its name contains the text asked for; `None` where none is.
    matching: Option<Vec<bool>>,
}

impl Catalog {
    /// The columns of a dimension, from the counts of each part.
    pub(super) fn columns<'c>(
        &'c self,
        dimension: Dimension,
        counts: Both<Counts<'c>>,
        matching: Option<&str>,
    ) -> Both<Column<'c>> {
        let column = |part: &'c Part, counts, by_count| {
            let values = &part.values[dimension as usize];
            Column {
                part,
                dimension,
                counts,
                by_count,
                elsewhere: None,
                matching: matching.map(|text| values.containing(text)),
            }
        };
        let Both { base, fresh } = counts;
        let (Some(changes), Some(fresh)) = (self.changes.as_deref(), fresh) else {
            let by_count = self.base.values[dimension as usize].by_count();
            return Both {
                base: column(&self.base, base, by_count),
                fresh: None,
            };
        };
        let merged = &changes.values[dimension as usize];
        let base = match base {
            Counts::All(_) => Counts::All(merged.counts()),
            Counts::Scoped(mut counts) => {
                merged.add(&mut counts, fresh.as_slice());
                Counts::Scoped(counts)
            }
        };
        Both {
            base: column(&self.base, base, merged.by_count()),
            fresh: Some(Column {
                elsewhere: Some(merged.in_base()),
                ..column(&changes.part, fresh, merged.fresh_by_count())
            }),
        }
    }
}

impl<'c> Column<'c> {
    pub(super) fn count(&self, value: u32) -> u32 {
        self.counts.as_slice()[value as usize]
    }

    pub(super) fn name(&self, value: u32) -> &'c str {
        self.part.values[self.dimension as usize].name(value)
    }

    pub(super) fn repository_id(&self, value: u32) -> Option<i64> {
        (self.dimension == Dimension::Repositories).then(|| self.part.repositories.id(value))
    }

    /// Whether a value belongs here and contains the text asked for.
    pub(super) fn is_wanted(&self, value: u32) -> bool {
        let is_here = self.elsewhere.is_none_or(|base| base[value as usize].is_none());
        is_here && self.matching.as_ref().is_none_or(|flags| flags[value as usize])
    }

    /// What belongs to this column's part.
    pub(super) fn side<'b, T>(&self, both: &'b Both<T>) -> Option<&'b T> {
        match self.elsewhere {
            None => Some(&both.base),
            Some(_) => both.fresh.as_ref(),
        }
    }

    /// How many wanted values have a count, and the first `top` of them.
    pub(super) fn leading(&self, top: usize) -> (usize, Vec<u32>) {
        if let (Counts::All(_), None) = (&self.counts, &self.matching) {
            let first = self.by_count.iter().take(top).copied().collect();
            return (self.by_count.len(), first);
        }
        let mut total = 0;
        let mut first = Top::new(top);
        for (value, &count) in (0_u32..).zip(self.counts.as_slice()) {
            if count > 0 && self.is_wanted(value) {
                total += 1;
                first.push(rank(count, value));
            }
        }
        (total, first.into_sorted().into_iter().map(value_of).collect())
    }
}
