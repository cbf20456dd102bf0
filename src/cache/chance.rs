//! Chance, as a parameter.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};

/// Random numbers from a seed: the same seed, the same numbers. Good enough to spread times and to take samples; no
/// secret may depend on it.
#[derive(Debug)]
pub struct Chance {
    /// Moved on by everyone who draws; which of two at once gets which number does not matter.
    state: AtomicU64,
}

impl Chance {
    /// From a seed.
    pub const fn from_seed(seed: u64) -> Self {
        Self {
            state: AtomicU64::new(seed),
        }
    }

    /// Another in each process.
    pub fn any() -> Self {
        Self::from_seed(RandomState::new().hash_one(0))
    }

    /// From 0 (possible) to 1 (not possible).
    pub fn draw(&self) -> f64 {
        // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.state.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let mixed = mixed ^ (mixed >> 31);
        // A double holds 53 bits exactly; 32 are plenty here and convert without loss.
        f64::from(u32::try_from(mixed >> 32).unwrap_or_default()) / 4_294_967_296.0
    }

    /// True for this share of all calls: never for 0, always for 1.
    pub fn happens(&self, share: f64) -> bool {
        // The common case costs no draw.
        share > 0.0 && self.draw() < share
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_never_happens_and_of_all_always() {
        let chance = Chance::from_seed(7);
        assert!((0..10_000).all(|_| !chance.happens(0.0) && chance.happens(1.0)));
    }

    #[test]
    fn a_quarter_happens_about_every_fourth_time() {
        let chance = Chance::from_seed(7);
        let count = (0..10_000).filter(|_| chance.happens(0.25)).count();
        assert!((2_300..2_700).contains(&count), "{count}");
    }
}
