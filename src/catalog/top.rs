//! The smallest few of many keys, in one pass and little memory.

/// Collects the `limit` smallest keys pushed.
pub(super) struct Top<K> {
    limit: usize,
    kept: Vec<K>,
    /// When as many are kept, the larger half goes.
    full: usize,
    /// Once `limit` keys are known, the largest of them: a key not below it is out at once.
    bar: Option<K>,
}

impl<K: Ord + Copy> Top<K> {
    pub(super) fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: Vec::new(),
            full: limit.saturating_mul(2).max(64),
            bar: None,
        }
    }

    pub(super) fn push(&mut self, key: K) {
        if self.limit == 0 || self.bar.is_some_and(|bar| key >= bar) {
            return;
        }
        self.kept.push(key);
        if self.kept.len() == self.full {
            let (_, &mut bar, _) = self.kept.select_nth_unstable(self.limit - 1);
            self.kept.truncate(self.limit);
            self.bar = Some(bar);
        }
    }

    /// The smallest keys, ascending.
    pub(super) fn into_sorted(mut self) -> Vec<K> {
        self.kept.sort_unstable();
        self.kept.truncate(self.limit);
        self.kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_sorting_and_cutting(keys in prop::collection::vec(0_u32..500, 0..300), limit in 0_usize..150) {
            let mut top = Top::new(limit);
            for &key in &keys {
                top.push(key);
            }
            let mut sorted = keys;
            sorted.sort_unstable();
            sorted.truncate(limit);
            prop_assert_eq!(top.into_sorted(), sorted);
        }
    }
}
