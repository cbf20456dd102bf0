//! For each term, the documents that have it.

use super::csr::Csr;
use super::doc_set::{DocSet, bits_from, words_for};
use super::popcount;

/// The documents of each term: a list of a rare term's, a bitmap of a frequent one's.
///
/// All lists share one array and so do all bitmaps: a rare term costs its documents and four bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    /// The list of each term; of a frequent one, [`IS_BITMAP`] with the place of its bitmap, alone.
    lists: Csr,
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
    /// Inverts `rows`: the terms (below `terms`) of each document in turn. A term is frequent that has at least one of
    /// so many documents: at 32 a bitmap takes the room of the list.
    pub(super) fn invert<'a>(
        rows: impl ExactSizeIterator<Item = &'a [u32]> + Clone,
        terms: usize,
        one_of: usize,
    ) -> Self {
        let words = words_for(rows.len());
        let mut counts = vec![0_u32; terms];
        for &term in rows.clone().flatten() {
            counts[term as usize] += 1;
        }
        let documents = rows.len();
        let is_frequent = |count: u32| count > 0 && count as usize * one_of >= documents;
        // The place of each frequent term's bitmap.
        let mut places = vec![NO_BITMAP; terms];
        let mut frequent = 0;
        for (place, count) in places
            .iter_mut()
            .zip(&mut counts)
            .filter(|(_, count)| is_frequent(**count))
        {
            *place = frequent;
            frequent += 1;
            *count = 1;
        }
        let mut bitmaps = vec![0_u64; frequent as usize * words];
        let lists = Csr::fill(&counts, |lists| {
            for (term, &place) in (0_u32..).zip(&places).filter(|(_, place)| **place != NO_BITMAP) {
                lists.add(term, IS_BITMAP | place);
            }
            for (document, row) in (0_u32..).zip(rows) {
                for &term in row {
                    match places[term as usize] {
                        NO_BITMAP => lists.add(term, document),
                        place => {
                            bitmaps[place as usize * words + document as usize / 64] |= 1 << (document % 64);
                        }
                    }
                }
            }
        });
        Self {
            lists,
            bitmaps,
            words,
        }
    }

    /// The documents of a term.
    pub(super) fn get(&self, term: u32) -> Posting<'_> {
        match self.lists.row(term as usize) {
            &[place] if place & IS_BITMAP != 0 => Posting::Bitmap(self.bitmap((place & !IS_BITMAP) as usize)),
            list => Posting::List(list),
        }
    }

    /// How many documents the lists of some terms have together, and how many words their bitmaps.
    pub(super) fn sizes(&self, terms: std::ops::Range<u32>) -> (usize, usize) {
        let size = |posting| match posting {
            Posting::List(list) => (list.len(), 0),
            Posting::Bitmap(bitmap) => (0, bitmap.len()),
        };
        terms
            .map(|term| size(self.get(term)))
            .fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1))
    }

    fn bitmap(&self, place: usize) -> &[u64] {
        &self.bitmaps[place * self.words..(place + 1) * self.words]
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        self.lists.memory() + self.bitmaps.capacity() * size_of::<u64>()
    }
}

/// Tells the place of a bitmap from a document, of which there are at most 2³⁰.
const IS_BITMAP: u32 = 1 << 31;

/// Stands for "has no bitmap" while terms are placed.
const NO_BITMAP: u32 = u32::MAX;

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

    /// Whether any of the documents is in a set.
    pub(super) fn meets(self, set: &DocSet) -> bool {
        match self {
            Self::List(list) => list.iter().any(|&document| set.contains(document)),
            Self::Bitmap(bitmap) => bitmap.iter().zip(set.words()).any(|(a, b)| a & b != 0),
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
        let postings = Postings::invert((0..200).rev().map(|row| forward.row(row)), 3, 32);
        assert!(matches!(postings.get(0), Posting::Bitmap(_)) && postings.get(0).count() == 200);
        assert!(matches!(postings.get(1), Posting::List([])));
        assert!(matches!(postings.get(2), Posting::List([49, 192])));
        let mut set = DocSet::empty(words_for(200));
        postings.get(2).add_to(&mut set);
        assert_eq!([0, 1, 2].map(|term| postings.get(term).count_in(&set)), [2, 0, 2]);
        assert_eq!(
            [0, 1, 2].map(|term| postings.get(term).meets(&set)),
            [true, false, true]
        );
        let others = set.complement(200);
        assert_eq!(
            [0, 1, 2].map(|term| postings.get(term).meets(&others)),
            [true, false, false]
        );
    }
}
