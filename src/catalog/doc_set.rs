//! A set of documents, one bit each.

use super::popcount;

/// A set of documents out of a fixed number. Bits past that number are never set.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DocSet {
    words: Vec<u64>,
}

/// The number of 64-bit words that hold one bit for each document.
pub(super) fn words_for(documents: usize) -> usize {
    documents.div_ceil(64)
}

impl DocSet {
    /// The empty set, of so many words.
    pub(super) fn empty(words: usize) -> Self {
        Self {
            words: vec![0; words],
        }
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    pub(super) fn insert(&mut self, document: u32) {
        self.words[document as usize / 64] |= 1 << (document % 64);
    }

    pub(super) fn contains(&self, document: u32) -> bool {
        self.words[document as usize / 64] >> (document % 64) & 1 == 1
    }

    pub(super) fn count(&self) -> u32 {
        popcount::count(&self.words)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Adds what `other` holds.
    pub(super) fn union(&mut self, other: &[u64]) {
        self.combine(other, |word, other| *word |= other);
    }

    /// Keeps what `other` holds too.
    pub(super) fn intersect(&mut self, other: &Self) {
        self.combine(&other.words, |word, other| *word &= other);
    }

    /// Removes what `other` holds.
    pub(super) fn subtract(&mut self, other: &Self) {
        self.combine(&other.words, |word, other| *word &= !other);
    }

    /// Adds one bit and a carry to this one, for each document: the carry is then what goes to the next place.
    pub(super) fn add_bit(&mut self, bit: Option<&Self>, carry: &mut Self) {
        for (at, (sum, carry)) in self.words.iter_mut().zip(&mut carry.words).enumerate() {
            let bit = bit.map_or(0, |bit| bit.words[at]);
            let half = *sum ^ bit;
            let both = *sum & bit;
            *sum = half ^ *carry;
            *carry = both | half & *carry;
        }
    }

    fn combine(&mut self, other: &[u64], operation: impl Fn(&mut u64, u64)) {
        for (word, &other) in self.words.iter_mut().zip(other) {
            operation(word, other);
        }
    }

    /// Those of `documents` that are not in the set.
    pub(super) fn complement(&self, documents: usize) -> Self {
        let mut words: Vec<u64> = self.words.iter().map(|word| !word).collect();
        if let Some(last) = words.last_mut().filter(|_| !documents.is_multiple_of(64)) {
            *last &= (1 << (documents % 64)) - 1;
        }
        Self { words }
    }

    /// The documents, ascending.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> {
        bits(&self.words, 0)
    }

    /// The documents, ascending, without the first `skip`.
    pub(super) fn iter_from(&self, skip: usize) -> impl Iterator<Item = u32> {
        bits_from(&self.words, skip)
    }
}

/// The places of the set bits of a bitmap, ascending, without the first `skip`.
pub(super) fn bits_from(words: &[u64], mut skip: usize) -> impl Iterator<Item = u32> {
    let mut first = 0;
    while let Some(word) = words.get(first)
        && skip >= word.count_ones() as usize
    {
        skip -= word.count_ones() as usize;
        first += 1;
    }
    bits(words, first).skip(skip)
}

/// The places of the set bits from word `first` on.
fn bits(words: &[u64], first: usize) -> impl Iterator<Item = u32> {
    let based = (0_u32..).step_by(64).zip(words).skip(first);
    based.flat_map(|(base, &word)| Bits(word).map(move |bit| base + bit))
}

/// The places of the set bits of one word, ascending.
struct Bits(u64);

impl Iterator for Bits {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let bit = self.0.trailing_zeros();
        self.0 &= self.0.wrapping_sub(1);
        (bit < 64).then_some(bit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn set(documents: &BTreeSet<u32>) -> DocSet {
        let mut set = DocSet::empty(words_for(200));
        for &document in documents {
            set.insert(document);
        }
        set
    }

    proptest! {
        #[test]
        fn it_is_a_set(left in prop::collection::btree_set(0_u32..200, 0..200), right in prop::collection::btree_set(0_u32..200, 0..99), skip in 0_usize..210) {
            let (a, b) = (set(&left), set(&right));
            let listed = |set: &DocSet| set.iter().collect::<BTreeSet<_>>();
            prop_assert_eq!(listed(&a), left.clone());
            prop_assert_eq!(a.count() as usize, left.len());
            prop_assert_eq!(a.is_empty(), left.is_empty());
            prop_assert_eq!(a.iter_from(skip).collect::<Vec<_>>(), left.iter().copied().skip(skip).collect::<Vec<_>>());
            let with = |operation: fn(&mut DocSet, &DocSet)| { let mut set = a.clone(); operation(&mut set, &b); listed(&set) };
            prop_assert_eq!(with(|a, b| a.union(b.words())), &left | &right);
            prop_assert_eq!(with(DocSet::intersect), &left & &right);
            prop_assert_eq!(with(DocSet::subtract), &left - &right);
            prop_assert_eq!(listed(&a.complement(200)), &(0..200).collect::<BTreeSet<u32>>() - &left);
            prop_assert!((0..200).all(|document| a.contains(document) == left.contains(&document)));
        }
    }
}
