//! One computation a key: the first who misses leads, the others wait for what it lands.
//!
//! Invariants: an entry in the table belongs to a leader that lives, because only that leader's guard removes it, on
//! success, error, cancellation and panic alike; so the table holds no more entries than there are leaders at work. A
//! follower waits no longer than its limit, over all leaders together.
//!
//! A leader that is dropped or panics lands nothing: its followers wake, the first of them leads, the others follow that
//! one. An error is landed like a value: whoever waited gets it too, since it would most likely meet the same, one after
//! the other; it is not kept, so that the next who asks tries anew.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::key::Digest;

/// So many computations may be joined at once; further ones go alone. A bound, far above what cores can work at.
const FLIGHTS_MAX: usize = 10_000;

type Landing<V> = watch::Receiver<Option<V>>;

/// The flights under way.
pub(super) struct SingleFlight<V> {
    /// Written by leaders: entered when they take off, removed when they land or vanish. Locked for one look-up, never
    /// across an await.
    flights: Mutex<HashMap<Digest, Landing<V>>>,
    patience: Duration,
}

/// One's part in it.
pub(super) enum Turn<'a, V> {
    /// To compute, and to land what comes of it.
    Lead(Lead<'a, V>),
    /// Done: this is what another one landed.
    Joined(V),
    /// To compute, for oneself alone: the others took too long, or there are too many.
    Alone,
}

/// A leader. Dropped without landing, it hands over to a follower.
pub(super) struct Lead<'a, V> {
    owner: &'a SingleFlight<V>,
    key: Digest,
    landing: watch::Sender<Option<V>>,
}

impl<V: Clone> SingleFlight<V> {
    /// Nobody flies yet. A follower waits for `patience`.
    pub(super) fn new(patience: Duration) -> Self {
        Self {
            flights: Mutex::default(),
            patience,
        }
    }

    /// Joins the flight of a key, or begins it.
    pub(super) async fn enter(&self, key: Digest) -> Turn<'_, V> {
        let limit = Instant::now() + self.patience;
        loop {
            let mut landing = match self.take_off_or_follow(key) {
                Ok(turn) => return turn,
                Err(landing) => landing,
            };
            match timeout_at(limit, landing.wait_for(Option::is_some)).await {
                Ok(Ok(landed)) => {
                    if let Some(value) = landed.clone() {
                        return Turn::Joined(value);
                    }
                }
                // The leader is gone: who comes first leads.
                Ok(Err(_)) => {}
                Err(_) => return Turn::Alone,
            }
        }
    }

    /// How many fly.
    pub(super) fn under_way(&self) -> usize {
        self.flights().len()
    }

    fn take_off_or_follow(&self, key: Digest) -> Result<Turn<'_, V>, Landing<V>> {
        let mut flights = self.flights();
        let full = flights.len() >= FLIGHTS_MAX;
        match flights.entry(key) {
            Entry::Occupied(flight) => Err(flight.get().clone()),
            Entry::Vacant(_) if full => Ok(Turn::Alone),
            Entry::Vacant(place) => {
                let (landing, follow) = watch::channel(None);
                place.insert(follow);
                Ok(Turn::Lead(Lead {
                    owner: self,
                    key,
                    landing,
                }))
            }
        }
    }
}

impl<V> SingleFlight<V> {
    fn flights(&self) -> MutexGuard<'_, HashMap<Digest, Landing<V>>> {
        // Nothing panics while it is held: a poisoned lock still guards a whole table.
        self.flights.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V> Lead<'_, V> {
    /// Hands the outcome to all who wait. What is to be kept must be kept before: who comes after this does not wait.
    pub(super) fn land(self, value: V) {
        self.landing.send_replace(Some(value));
        // Dropped here: removes the flight, after the followers have the value.
    }
}

impl<V> Drop for Lead<'_, V> {
    fn drop(&mut self) {
        self.owner.flights().remove(&self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::{Barrier, Notify};

    use super::super::key::KeySpace;
    use super::*;

    fn key(number: i64) -> Digest {
        KeySpace::new(b"", 0).digest().number(number).finish()
    }

    fn flights(patience: u64) -> Arc<SingleFlight<u64>> {
        Arc::new(SingleFlight::new(Duration::from_secs(patience)))
    }

    /// Enters and, as a leader, counts and lands 7 once released.
    async fn fly(flights: &SingleFlight<u64>, computed: &AtomicUsize, release: &Notify) -> u64 {
        match flights.enter(key(1)).await {
            Turn::Lead(lead) => {
                release.notified().await;
                computed.fetch_add(1, Ordering::Relaxed);
                lead.land(7);
                7
            }
            Turn::Joined(value) => value,
            Turn::Alone => 0,
        }
    }

    /// Lets every other task run until it waits.
    async fn settle() {
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_who_miss_at_once_compute_once() {
        let (flights, computed, release) = (
            flights(10),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(Notify::new()),
        );
        let tasks: Vec<_> = (0..100)
            .map(|_| {
                let (flights, computed, release) = (flights.clone(), computed.clone(), release.clone());
                tokio::spawn(async move { fly(&flights, &computed, &release).await })
            })
            .collect();
        settle().await;
        release.notify_one();
        for task in tasks {
            assert_eq!(task.await.unwrap(), 7);
        }
        assert_eq!((computed.load(Ordering::Relaxed), flights.under_way()), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_leader_that_is_cancelled_hands_over() {
        let (flights, computed, release) = (
            flights(10),
            Arc::new(AtomicUsize::new(0)),
            Arc::new(Notify::new()),
        );
        let start = || {
            let (flights, computed, release) = (flights.clone(), computed.clone(), release.clone());
            tokio::spawn(async move { fly(&flights, &computed, &release).await })
        };
        let leader = start();
        settle().await;
        let followers: Vec<_> = (0..20).map(|_| start()).collect();
        settle().await;
        leader.abort();
        assert!(leader.await.unwrap_err().is_cancelled());
        settle().await;
        release.notify_one();
        for follower in followers {
            assert_eq!(follower.await.unwrap(), 7);
        }
        assert_eq!((computed.load(Ordering::Relaxed), flights.under_way()), (1, 0));
    }

    #[tokio::test(start_paused = true)]
    async fn a_leader_that_panics_hands_over() {
        let flights = flights(10);
        let entered = Arc::new(Notify::new());
        let leader = tokio::spawn({
            let (flights, entered) = (flights.clone(), entered.clone());
            async move {
                let Turn::Lead(_lead) = flights.enter(key(1)).await else {
                    unreachable!("nobody else is there");
                };
                entered.notified().await;
                panic!("as a resolver might");
            }
        });
        settle().await;
        let follower = tokio::spawn({
            let flights = flights.clone();
            async move { fly(&flights, &AtomicUsize::new(0), &Notify::new()).await }
        });
        settle().await;
        entered.notify_one();
        assert!(leader.await.unwrap_err().is_panic());
        settle().await;
        assert_eq!(flights.under_way(), 1, "the follower leads");
        follower.abort();
        assert!(follower.await.is_err());
        assert_eq!(flights.under_way(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_follower_that_waited_long_enough_goes_alone() {
        let flights = flights(2);
        let Turn::Lead(lead) = flights.enter(key(1)).await else {
            unreachable!("nobody else is there");
        };
        let before = Instant::now();
        assert!(matches!(flights.enter(key(1)).await, Turn::Alone));
        assert_eq!(before.elapsed().as_secs(), 2);
        lead.land(7);
        assert!(
            matches!(flights.enter(key(1)).await, Turn::Lead(_)),
            "what landed is not kept"
        );
    }

    #[tokio::test]
    async fn different_keys_do_not_wait_for_each_other() {
        let flights = flights(10);
        let first = flights.enter(key(1)).await;
        assert!(matches!(flights.enter(key(2)).await, Turn::Lead(_)));
        drop(first);
        assert_eq!(flights.under_way(), 0);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn under_many_tasks_with_cancellations_everyone_gets_a_value_and_nothing_is_left_behind() {
        for round in 0..30_u64 {
            let flights = Arc::new(SingleFlight::<u64>::new(Duration::from_mins(1)));
            // By key: how many compute it now. Two at once would be a broken flight.
            let at_work: Arc<Vec<AtomicUsize>> = Arc::new((0..4).map(|_| AtomicUsize::new(0)).collect());
            let start = Arc::new(Barrier::new(200));
            let tasks: Vec<_> = (0..200_usize)
                .map(|task| {
                    let (flights, at_work, start) = (flights.clone(), at_work.clone(), start.clone());
                    tokio::spawn(async move {
                        start.wait().await;
                        let which = task % 4;
                        match flights.enter(key(i64::try_from(which).unwrap())).await {
                            Turn::Lead(lead) => {
                                assert_eq!(at_work[which].fetch_add(1, Ordering::SeqCst), 0);
                                tokio::task::yield_now().await;
                                at_work[which].fetch_sub(1, Ordering::SeqCst);
                                // Every third leader vanishes.
                                if (task as u64 + round).is_multiple_of(3) {
                                    return None;
                                }
                                lead.land(which as u64);
                                Some(which as u64)
                            }
                            Turn::Joined(value) => Some(value),
                            Turn::Alone => panic!("nobody waits that long"),
                        }
                    })
                })
                .collect();
            for (task, handle) in tasks.into_iter().enumerate() {
                let value = handle.await.unwrap();
                assert!(value.is_none_or(|value| value == task as u64 % 4));
            }
            assert_eq!(flights.under_way(), 0);
        }
    }
}
