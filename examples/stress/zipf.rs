//! Zipf's law with exponent 1: the item of rank r (from 1) is drawn in proportion to 1 / r.

use crate::chance::Chance;

/// A skewed choice among the first `len` whole numbers.
#[derive(Debug)]
pub(crate) struct Zipf {
    /// Running sums of the weights, in units of 2⁻³².
    sums: Vec<u64>,
}

impl Zipf {
    /// A choice among `len` items.
    pub(crate) fn new(len: usize) -> Self {
        let weights = (1..=len as u64).map(|rank| (1 << 32) / rank);
        let sums = weights.scan(0, |sum, weight| {
            *sum += weight;
            Some(*sum)
        });
        Self { sums: sums.collect() }
    }

    /// The next choice, from 0.
    pub(crate) fn draw(&self, chance: &mut Chance) -> usize {
        let at = chance.below(self.sums.last().copied().unwrap_or(0));
        self.sums.partition_point(|&sum| sum <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_is_drawn_half_as_often_as_the_first_and_the_tenth_a_tenth() {
        let zipf = Zipf::new(5_000);
        let mut chance = Chance::new(1, 0);
        let mut counts = vec![0_u32; 5_000];
        for _ in 0..200_000 {
            counts[zipf.draw(&mut chance)] += 1;
        }
        let share = |rank: usize| f64::from(counts[rank - 1]) / f64::from(counts[0]);
        assert!((share(2) - 0.5).abs() < 0.05, "{}", share(2));
        assert!((share(10) - 0.1).abs() < 0.02, "{}", share(10));
        assert!(counts.iter().skip(2_500).any(|&count| count > 0));
    }
}
