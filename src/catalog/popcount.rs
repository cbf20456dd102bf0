//! Counting bits: the inner loop of facet counts.
//!
//! Eight blocks of words are added up, bit by bit, by carry-save adders before any bit is counted (the method of Harley
//! and Seal): a counting instruction is not to be had on every x86-64 machine, and without one this is nearly twice as
//! fast as counting word by word. Written over short arrays, so that the compiler makes vector code of it.

/// Words of one block: two or more machine vectors.
const LANES: usize = 4;

type Block = [u64; LANES];

/// How many bits are set in `words`.
pub(super) fn count(words: &[u64]) -> u32 {
    let chunks = words.chunks_exact(8 * LANES);
    let rest: u32 = chunks.remainder().iter().map(|word| word.count_ones()).sum();
    let mut adder = Adder::default();
    chunks.for_each(|chunk| adder.add(|at| chunk[at]));
    rest + adder.total()
}

/// How many bits are set in both, the shorter one's length.
pub(super) fn count_and(left: &[u64], right: &[u64]) -> u32 {
    let (lefts, rights) = (left.chunks_exact(8 * LANES), right.chunks_exact(8 * LANES));
    let pairs = lefts.remainder().iter().zip(rights.remainder());
    let rest: u32 = pairs.map(|(left, right)| (left & right).count_ones()).sum();
    let mut adder = Adder::default();
    for (left, right) in lefts.zip(rights) {
        adder.add(|at| left[at] & right[at]);
    }
    rest + adder.total()
}

/// Sums of bits, place by place: those worth one, two and four, and all that were worth eight, counted.
#[derive(Default)]
struct Adder {
    ones: Block,
    twos: Block,
    fours: Block,
    eights: u32,
}

impl Adder {
    /// Adds eight blocks, given word by word.
    #[inline]
    fn add(&mut self, word: impl Fn(usize) -> u64) {
        let block = |place: usize| -> Block { std::array::from_fn(|lane| word(place * LANES + lane)) };
        let mut four = [[0; LANES]; 2];
        for (half, four) in four.iter_mut().enumerate() {
            let (first, ones) = carry(self.ones, block(half * 4), block(half * 4 + 1));
            let (second, ones) = carry(ones, block(half * 4 + 2), block(half * 4 + 3));
            self.ones = ones;
            (*four, self.twos) = carry(self.twos, first, second);
        }
        let eight;
        (eight, self.fours) = carry(self.fours, four[0], four[1]);
        self.eights += ones_of(eight);
    }

    fn total(&self) -> u32 {
        8 * self.eights + 4 * ones_of(self.fours) + 2 * ones_of(self.twos) + ones_of(self.ones)
    }
}

/// Three bits of each place as a carry and a sum.
#[inline]
fn carry(a: Block, b: Block, c: Block) -> (Block, Block) {
    let half: Block = std::array::from_fn(|lane| a[lane] ^ b[lane]);
    let carry = std::array::from_fn(|lane| a[lane] & b[lane] | half[lane] & c[lane]);
    (carry, std::array::from_fn(|lane| half[lane] ^ c[lane]))
}

#[inline]
fn ones_of(block: Block) -> u32 {
    block.iter().map(|word| word.count_ones()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_counts_every_bit_once(left in prop::collection::vec(any::<u64>(), 0..150), right in prop::collection::vec(any::<u64>(), 150)) {
            let plain: u32 = left.iter().map(|word| word.count_ones()).sum();
            prop_assert_eq!(count(&left), plain);
            let right = &right[..left.len()];
            let both: u32 = left.iter().zip(right).map(|(left, right)| (left & right).count_ones()).sum();
            prop_assert_eq!(count_and(&left, right), both);
            prop_assert_eq!(count(&vec![u64::MAX; left.len()]) as usize, 64 * left.len());
        }
    }
}
