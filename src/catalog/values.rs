//! The values of one dimension: their names in order, how they are found, and how often each occurs in the catalog.

use super::fold::fold;
use super::strings::{Next, Strings};
use super::top::Top;

/// The values of one dimension, numbered in the order of their names' bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    names: Strings,
    folded: Strings,
    /// How many automations have each.
    counts: Vec<u32>,
    /// Those that any automation has, the highest count first, then by number.
    by_count: Vec<u32>,
}

impl Values {
    /// Takes over names, already in order, with the count of each; `None` if their folded forms pass 4 GiB.
    pub(super) fn new(names: Strings, counts: Vec<u32>) -> Option<Self> {
        let mut folded = Strings::default();
        for name in names.iter() {
            folded.push(&fold(name))?;
        }
        folded.shrink();
        let by_count = by_count(&counts);
        Some(Self {
            names,
            folded,
            counts,
            by_count,
        })
    }

    pub(super) fn len(&self) -> usize {
        self.names.len()
    }

    pub(super) fn name(&self, value: u32) -> &str {
        self.names.get(value as usize)
    }

    pub(super) fn names(&self) -> &Strings {
        &self.names
    }

    /// The counts over the whole catalog.
    pub(super) fn counts(&self) -> &[u32] {
        &self.counts
    }

    pub(super) fn by_count(&self) -> &[u32] {
        &self.by_count
    }

    /// The value of exactly this name.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            match self.names.get(middle).cmp(name) {
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
                std::cmp::Ordering::Equal => return u32::try_from(middle).ok(),
            }
        }
        None
    }

    /// Which values contain a folded text, one flag each.
    pub(super) fn containing(&self, folded: &str) -> Vec<bool> {
        let mut found = vec![false; self.len()];
        self.folded.occurrences(folded, |value, _| {
            found[value] = true;
            Next::Text
        });
        found
    }

    /// Heap bytes of strings and of everything else.
    pub(super) fn memory(&self) -> (usize, usize) {
        let (names, name_ends) = self.names.memory();
        let (folded, folded_ends) = self.folded.memory();
        let numbers = self.counts.capacity() + self.by_count.capacity();
        (
            names + folded,
            name_ends + folded_ends + numbers * size_of::<u32>(),
        )
    }
}

/// The values with a count, the highest first, then by number.
pub(super) fn by_count(counts: &[u32]) -> Vec<u32> {
    let mut order = Top::new(usize::MAX);
    (0_u32..)
        .zip(counts)
        .filter(|(_, count)| **count > 0)
        .for_each(|(value, &count)| order.push(rank(count, value)));
    order.into_sorted().into_iter().map(value_of).collect()
}

/// A key that sorts values by count, highest first, then by number, which is by name.
pub(super) fn rank(count: u32, value: u32) -> u64 {
    u64::from(u32::MAX - count) << 32 | u64::from(value)
}

/// The value of a key.
#[expect(clippy::cast_possible_truncation, reason = "the lower half is the value")]
pub(super) fn value_of(rank: u64) -> u32 {
    rank as u32
}
