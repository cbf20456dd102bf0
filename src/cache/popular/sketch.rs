//! The space-saving sketch (Metwally, Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data
//! streams, 2005): a fixed number of counters, of which the least is handed to whatever new comes.
//!
//! Invariant: every operation asked more often than the least counter is in it, and no count is too low.

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;

use super::PopularOperation;
use crate::cache::key::Digest;

#[derive(Debug)]
pub(super) struct Sketch {
    capacity: usize,
    slots: Vec<Slot>,
    by_digest: HashMap<Digest, usize>,
    /// `(count, slot)` of every slot: the least comes first.
    by_count: BTreeSet<(u64, usize)>,
}

#[derive(Debug)]
struct Slot {
    digest: Digest,
    operation: Bytes,
    count: u64,
    /// Of `count`, what really was asked and not yet taken.
    new: u64,
}

impl Sketch {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            slots: Vec::new(),
            by_digest: HashMap::new(),
            by_count: BTreeSet::new(),
        }
    }

    pub(super) fn note(&mut self, digest: Digest, operation: &Bytes, times: u64) {
        let at = match self.by_digest.get(&digest) {
            Some(at) => *at,
            None => self.place(digest, operation),
        };
        let Some(slot) = self.slots.get_mut(at) else {
            return;
        };
        self.by_count.remove(&(slot.count, at));
        slot.count += times;
        slot.new += times;
        self.by_count.insert((slot.count, at));
    }

    /// A slot for what is not in it yet: a free one, or that of the least, whose count it takes over.
    fn place(&mut self, digest: Digest, operation: &Bytes) -> usize {
        // Copied: the request's buffer may be far larger than the part of it that this is.
        let operation = Bytes::copy_from_slice(operation);
        let (at, count) = if self.slots.len() < self.capacity {
            (self.slots.len(), 0)
        } else {
            let (count, at) = self.by_count.pop_first().expect("every slot is in it");
            self.by_digest.remove(&self.slots[at].digest);
            (at, count)
        };
        let slot = Slot {
            digest,
            operation,
            count,
            new: 0,
        };
        if at == self.slots.len() {
            self.slots.push(slot);
        } else {
            self.slots[at] = slot;
        }
        self.by_digest.insert(digest, at);
        at
    }

    pub(super) fn top(&self, count: usize) -> Vec<PopularOperation> {
        most(self.slots.iter().map(|slot| slot.with(slot.count)), count)
    }

    pub(super) fn take_new(&mut self, count: usize) -> Vec<PopularOperation> {
        let new = self.slots.iter_mut().map(|slot| {
            let new = std::mem::take(&mut slot.new);
            slot.with(new)
        });
        most(new.filter(|operation| operation.count > 0), count)
    }
}

impl Slot {
    fn with(&self, count: u64) -> PopularOperation {
        PopularOperation {
            digest: self.digest,
            operation: self.operation.clone(),
            count,
        }
    }
}

fn most(operations: impl Iterator<Item = PopularOperation>, count: usize) -> Vec<PopularOperation> {
    let mut operations: Vec<_> = operations.collect();
    operations.sort_unstable_by(|a, b| b.count.cmp(&a.count).then(a.digest.cmp(&b.digest)));
    operations.truncate(count);
    operations
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Popular;
    use super::*;
    use crate::cache::key::KeySpace;

    fn digest(number: i64) -> Digest {
        KeySpace::new(b"", 0).digest().number(number).finish()
    }

    fn operation(number: i64) -> Bytes {
        Bytes::from(number.to_string())
    }

    proptest! {
        #[test]
        fn no_count_is_too_low_and_none_is_off_by_more_than_its_share(asked in proptest::collection::vec(0..40_i64, 1..600)) {
            let mut sketch = Sketch::new(10);
            let mut truth: HashMap<i64, u64> = HashMap::new();
            for number in &asked {
                sketch.note(digest(*number), &operation(*number), 1);
                *truth.entry(*number).or_default() += 1;
            }
            let error_max = asked.len() as u64 / 10;
            let top = sketch.top(10);
            for found in &top {
                let number: i64 = std::str::from_utf8(&found.operation).unwrap().parse().unwrap();
                prop_assert_eq!(found.digest, digest(number));
                prop_assert!(found.count >= truth[&number] && found.count <= truth[&number] + error_max);
            }
            for (number, count) in truth {
                prop_assert!(count <= error_max || top.iter().any(|found| found.digest == digest(number)));
            }
        }
    }

    #[test]
    fn a_flood_of_operations_asked_once_does_not_hide_what_is_asked_often() {
        let popular = Popular::new(20);
        for round in 0..2_000 {
            popular.note(digest(round % 3), &operation(round % 3), 1);
            popular.note(digest(1_000 + round), &operation(round), 1);
        }
        let mut top: Vec<_> = popular.top(3).into_iter().map(|found| found.operation).collect();
        top.sort();
        assert_eq!(top, [operation(0), operation(1), operation(2)]);
        assert_eq!(popular.top(1_000).len(), 20);
    }

    #[test]
    fn what_is_new_is_taken_once_and_counts_only_what_was_asked() {
        let mut sketch = Sketch::new(1);
        (0..5).for_each(|_| sketch.note(digest(1), &operation(1), 1));
        assert_eq!(sketch.take_new(9)[0].count, 5);
        assert!(sketch.take_new(9).is_empty());
        sketch.note(digest(2), &operation(2), 1);
        assert_eq!((sketch.top(1)[0].count, sketch.take_new(9)[0].count), (6, 1));
    }

    #[test]
    fn an_operation_that_is_too_large_is_not_noted() {
        let popular = Popular::new(5);
        popular.note(
            digest(1),
            &Bytes::from(vec![b'x'; super::super::OPERATION_MAX + 1]),
            1,
        );
        assert!(popular.top(5).is_empty());
    }
}
