//! Counting bits: the inner loop of facet counts.

/// How many bits are set in `words`.
pub(super) fn count(words: &[u64]) -> u32 {
    words.iter().map(|word| word.count_ones()).sum()
}

/// How many bits are set in both, the shorter one's length.
pub(super) fn count_and(left: &[u64], right: &[u64]) -> u32 {
    left.iter()
        .zip(right)
        .map(|(left, right)| (left & right).count_ones())
        .sum()
}
