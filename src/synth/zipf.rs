//! Zipf's law in integers: the item of rank r (from 1) is drawn in proportion to 1 / (r + flattening).

use super::random::Random;

/// A skewed choice among the first `len` whole numbers.
pub(super) struct Zipf {
    /// Running sums of the weights.
    sums: Vec<u64>,
}

impl Zipf {
    /// A choice among `len` items, at least one; `flattening` takes the edge off the first few.
    pub(super) fn new(len: usize, flattening: usize) -> Self {
        let weights = (1..=len.max(1)).map(|rank| (1 << 32) / (rank + flattening) as u64);
        let sums = weights.scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    pub(super) fn draw(&self, random: &mut Random) -> usize {
        let total = self.sums.last().copied().unwrap_or(0);
        let at = random.below(total);
        self.sums.partition_point(|&sum| sum <= at)
    }
}
