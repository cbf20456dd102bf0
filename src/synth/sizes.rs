//! How many automations each repository has: skewed, at least one each, and exact in total.

use super::random::Random;

/// Splits `automations` over `repositories`, most to a few of them, in a random order.
pub(super) fn skewed(repositories: usize, automations: usize, random: &mut Random) -> Vec<u32> {
    let flattening = repositories / 50 + 1;
    let weights: Vec<u64> = (1..=repositories)
        .map(|rank| (1 << 40) / (rank + flattening) as u64)
        .collect();
    let total: u128 = weights.iter().copied().map(u128::from).sum();
    let spare = (automations - repositories) as u128;
    let of_spare = |weight: u64| u32::try_from(spare * u128::from(weight) / total).unwrap_or(0);
    let mut sizes: Vec<u32> = weights.into_iter().map(|weight| 1 + of_spare(weight)).collect();
    let given: usize = sizes.iter().map(|&size| size as usize).sum();
    for size in sizes.iter_mut().take(automations - given) {
        *size += 1;
    }
    random.shuffle(&mut sizes);
    sizes
}
