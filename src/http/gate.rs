//! The gate to what costs: so many operations are worked at at once, and whoever comes when it is full is told at once to
//! come again. A queue would only make everyone late.
//!
//! It stands behind the answers of this process's memory, which cost nothing and are given whatever the load.

use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, SemaphorePermit};

use super::failure::Failure;

/// So many places. Each is taken by one operation, and free again when its permit is dropped, however it ended.
#[derive(Debug)]
pub struct Gate {
    places: Semaphore,
    capacity: u32,
    shed: AtomicU64,
}

impl Gate {
    /// With so many places, at least one.
    pub fn new(capacity: usize) -> Self {
        let capacity = capacity.clamp(1, Semaphore::MAX_PERMITS.min(u32::MAX as usize));
        Self {
            places: Semaphore::new(capacity),
            capacity: u32::try_from(capacity).unwrap_or(u32::MAX),
            shed: AtomicU64::new(0),
        }
    }

    /// Takes places for some operations, which are never more than it has.
    ///
    /// # Errors
    /// There are not as many free.
    pub(super) fn enter(&self, operations: usize) -> Result<SemaphorePermit<'_>, Failure> {
        let wanted = u32::try_from(operations).unwrap_or(u32::MAX).min(self.capacity);
        self.places.try_acquire_many(wanted).map_err(|_| {
            self.shed.fetch_add(1, Ordering::Relaxed);
            Failure::Overloaded
        })
    }

    /// Operations that are worked at.
    pub(super) fn in_flight(&self) -> usize {
        self.capacity as usize - self.places.available_permits()
    }

    /// Requests that found it full so far.
    pub(super) fn shed(&self) -> u64 {
        self.shed.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_as_many_as_it_has_places_and_each_that_leaves_makes_room() {
        let gate = Gate::new(3);
        let first = gate.enter(1).unwrap();
        let second = gate.enter(2).unwrap();
        assert!(matches!(gate.enter(1), Err(Failure::Overloaded)));
        assert_eq!((gate.in_flight(), gate.shed()), (3, 1));
        drop(second);
        assert!(gate.enter(3).is_err(), "two are free");
        let third = gate.enter(2).unwrap();
        drop((first, third));
        assert_eq!((gate.in_flight(), gate.shed()), (0, 2));
    }

    #[test]
    fn a_batch_larger_than_the_gate_goes_through_when_it_is_empty() {
        let gate = Gate::new(2);
        let all = gate.enter(10).unwrap();
        assert_eq!(gate.in_flight(), 2);
        assert!(gate.enter(1).is_err());
        drop(all);
    }
}
