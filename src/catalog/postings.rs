//! For each term, the documents that have it.

use super::csr::Csr;
use super::doc_set::{DocSet, bits_from, words_for};
use super::popcount;

/// The documents of each term: a list of a rare term's, a bitmap of a frequent one's.
///
/// A term is frequent when its bitmap takes no more room than its list would. All lists share one array and so do all
/// bitmaps: a rare term costs its documents and four bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    /// The list of each term; empty for a frequent one.
    lists: Csr,
    /// The frequent terms, ascending; the bitmap of `frequent[i]` is the `i`th of `bitmaps`.
    frequent: Vec<u32>,
    bitmaps: Vec<u64>,
    /// The length of one bitmap.
    words: usize,
}

/// The documents of one term.
#[derive(Clone, Copy, Debug)]
pub(super) enum Posting<'a> {
    /// Ascending.
    List(&'a [u32]),
    /// One bit for each document.
    Bitmap(&'a [u64]),
}

impl Postings {
    /// Inverts `rows`: the terms (below `terms`) of each document in turn.
    pub(super) fn invert<'a>(rows: impl ExactSizeIterator<Item = &'a [u32]> + Clone, terms: usize) -> Self {
        let words = words_for(rows.len());
        let mut counts = vec![0_u32; terms];
        for &term in rows.clone().flatten() {
            counts[term as usize] += 1;
        }
        let is_frequent = |count: u32| count as usize >= 2 * words.max(1);
        let frequent: Vec<u32> = (0_u32..)
            .zip(&counts)
            .filter(|(_, count)| is_frequent(**count))
            .map(|(term, _)| term)
            .collect();
        let mut bitmaps = vec![0_u64; frequent.len() * words];
        let mut places = vec![NO_BITMAP; terms];
        for (place, &term) in frequent.iter().enumerate() {
            places[term as usize] = place;
            counts[term as usize] = 0;
        }
        let lists = Csr::fill(&counts, |lists| {
            for (document, row) in (0_u32..).zip(rows) {
                for &term in row {
                    match places[term as usize] {
                        NO_BITMAP => lists.add(term, document),
                        place => bitmaps[place * words + document as usize / 64] |= 1 << (document % 64),
                    }
                }
            }
        });
        Self {
            lists,
            frequent,
            bitmaps,
            words,
        }
    }

    /// The documents of a term.
    pub(super) fn get(&self, term: u32) -> Posting<'_> {
        let list = self.lists.row(term as usize);
        if !list.is_empty() {
            return Posting::List(list);
        }
        match self.frequent.binary_search(&term) {
            Ok(place) => Posting::Bitmap(self.bitmap(place)),
            Err(_) => Posting::List(list),
        }
    }

    fn bitmap(&self, place: usize) -> &[u64] {
        &self.bitmaps[place * self.words..(place + 1) * self.words]
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        self.lists.memory()
            + self.frequent.capacity() * size_of::<u32>()
            + self.bitmaps.capacity() * size_of::<u64>()
    }
}

/// Stands for "has no bitmap" while terms are placed.
const NO_BITMAP: usize = usize::MAX;

impl Posting<'_> {
    /// Adds the documents to a set.
    pub(super) fn add_to(self, set: &mut DocSet) {
        match self {
            Self::List(list) => list.iter().for_each(|&document| set.insert(document)),
            Self::Bitmap(bitmap) => set.union(bitmap),
        }
    }

    /// How many of the documents are in a set.
    pub(super) fn count_in(self, set: &DocSet) -> u32 {
        match self {
            Self::List(list) => list
                .iter()
                .map(|&document| u32::from(set.contains(document)))
                .sum(),
            Self::Bitmap(bitmap) => popcount::count_and(bitmap, set.words()),
        }
    }

    /// Some of the documents, ascending.
    pub(super) fn page(self, offset: usize, limit: usize) -> Vec<u32> {
        match self {
            Self::List(list) => list.iter().skip(offset).take(limit).copied().collect(),
            Self::Bitmap(bitmap) => bits_from(bitmap, offset).take(limit).collect(),
        }
    }

    /// How many documents there are.
    pub(super) fn count(self) -> u32 {
        match self {
            Self::List(list) => u32::try_from(list.len()).unwrap_or(u32::MAX),
            Self::Bitmap(bitmap) => popcount::count(bitmap),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_terms_are_lists_and_frequent_ones_bitmaps() {
        let mut forward = Csr::default();
        for row in 0..200_u32 {
            forward.push(0);
            if row == 7 || row == 150 {
                forward.push(2);
            }
            forward.end_row().unwrap();
        }
        let postings = Postings::invert((0..200).rev().map(|row| forward.row(row)), 3);
        assert!(matches!(postings.get(0), Posting::Bitmap(_)) && postings.get(0).count() == 200);
        assert!(matches!(postings.get(1), Posting::List([])));
        assert!(matches!(postings.get(2), Posting::List([49, 192])));
        let mut set = DocSet::empty(words_for(200));
        postings.get(2).add_to(&mut set);
        assert_eq!([0, 1, 2].map(|term| postings.get(term).count_in(&set)), [2, 0, 2]);
    }
}
