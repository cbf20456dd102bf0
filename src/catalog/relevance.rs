//! Ranking by relevance, sixty-four documents at a time.
//!
//! A document's score is two small numbers, the sum of its words' tiers and the sum of their grades. They are kept as
//! *bit planes*: plane `i` is the set of documents whose sum has bit `i`. Adding a word is a ripple-carry adder over
//! whole sets, and the best documents are found by splitting the found ones plane by plane, the highest bit first,
//! and following only the part in which the page lies. No document is scored or sorted alone, but for the last few.

use super::doc_set::DocSet;
use super::grade::{Grade, Tier};
use super::text::Levels;

/// So many documents are sorted one by one rather than split further.
const FEW: u32 = 256;

/// The scores of all documents that every word was found in; of others they mean nothing.
pub(super) struct Scores {
    /// The lowest bit first.
    tiers: Vec<DocSet>,
    grades: Vec<DocSet>,
    words: usize,
}

impl Scores {
    /// No score, over sets of so many words.
    pub(super) fn new(words: usize) -> Self {
        Self {
            tiers: Vec::new(),
            grades: Vec::new(),
            words,
        }
    }

    /// Adds what one word found: of each document the best level. Returns all it found.
    pub(super) fn add(&mut self, mut levels: Levels) -> DocSet {
        let empty = || DocSet::empty(self.words);
        let mut tier_bits = [empty(), empty()];
        let mut grade_bits = [empty(), empty()];
        let mut seen = empty();
        for tier in Tier::BEST_FIRST {
            for grade in Grade::BEST_FIRST {
                let Some(mut level) = levels[tier as usize][grade as usize].take() else {
                    continue;
                };
                level.subtract(&seen);
                seen.union(level.words());
                set_bits(&mut tier_bits, tier as usize, &level);
                set_bits(&mut grade_bits, grade as usize, &level);
            }
        }
        add_number(&mut self.tiers, &tier_bits, self.words);
        add_number(&mut self.grades, &grade_bits, self.words);
        seen
    }

    /// The score of one document: greater is better. Comparable with those of other scores of as many words.
    pub(super) fn of(&self, document: u32) -> u64 {
        let sum = |planes: &[DocSet]| {
            let bits = planes.iter().rev();
            bits.fold(0_u64, |sum, plane| sum << 1 | u64::from(plane.contains(document)))
        };
        // A sum of grades has 3 for each of 256 words at most.
        sum(&self.tiers) << 32 | sum(&self.grades)
    }

    /// A page of `found`: the highest sum of tiers first, then of grades, then the lowest document.
    pub(super) fn page(&self, found: DocSet, offset: usize, limit: usize) -> Vec<u32> {
        let planes: Vec<&DocSet> = self.grades.iter().chain(&self.tiers).collect();
        let mut page = Page {
            skip: offset,
            left: limit,
            documents: Vec::new(),
        };
        page.take(found, &planes);
        page.documents
    }
}

/// Writes `number` for the documents of `level`.
fn set_bits(bits: &mut [DocSet; 2], number: usize, level: &DocSet) {
    for (place, bit) in bits.iter_mut().enumerate() {
        if number >> place & 1 == 1 {
            bit.union(level.words());
        }
    }
}

/// Adds a number of two bits to the sums in `planes`.
fn add_number(planes: &mut Vec<DocSet>, number: &[DocSet; 2], words: usize) {
    let mut carry = DocSet::empty(words);
    for place in 0.. {
        if place >= number.len() && carry.is_empty() {
            return;
        }
        if place == planes.len() {
            planes.push(DocSet::empty(words));
        }
        planes[place].add_bit(number.get(place), &mut carry);
    }
}

/// A page while it is filled.
struct Page {
    skip: usize,
    left: usize,
    documents: Vec<u32>,
}

impl Page {
    /// Takes what lies on the page out of `set`, whose documents differ only in `planes`, the highest last.
    fn take(&mut self, mut set: DocSet, planes: &[&DocSet]) {
        let count = set.count();
        if self.left == 0 || count == 0 {
            return;
        }
        if self.skip >= count as usize {
            self.skip -= count as usize;
            return;
        }
        match planes.split_last() {
            None => self.extend(set.iter_from(self.skip)),
            Some(_) if count <= FEW => self.extend(sorted(&set, planes).into_iter().skip(self.skip)),
            Some((highest, rest)) => {
                let mut high = set.clone();
                high.intersect(highest);
                set.subtract(highest);
                self.take(high, rest);
                self.take(set, rest);
            }
        }
    }

    fn extend(&mut self, documents: impl Iterator<Item = u32>) {
        let before = self.documents.len();
        self.documents.extend(documents.take(self.left));
        self.left -= self.documents.len() - before;
        self.skip = 0;
    }
}

/// The documents of a small set, by their score in `planes` (the highest last), then ascending.
fn sorted(set: &DocSet, planes: &[&DocSet]) -> Vec<u32> {
    let score = |document| {
        planes.iter().rev().fold(0_u64, |score, plane| {
            score << 1 | u64::from(plane.contains(document))
        })
    };
    let mut scored: Vec<_> = set
        .iter()
        .map(|document| (std::cmp::Reverse(score(document)), document))
        .collect();
    scored.sort_unstable();
    scored.into_iter().map(|(_, document)| document).collect()
}
