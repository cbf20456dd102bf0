//! What this process alone knows of a client's pace: one governor (GCRA) cell each, charged for every request that is
//! let through, whoever decided it.
//!
//! So the cell is warm when Redis goes. It refills evenly over the window, which the count of requests in a fixed window
//! does not: together they never let more through in a window than the limit, and no double burst across its edge.
//!
//! Invariant: cells live in the bounded map of accounts, not in one of governor's own, which would grow with every
//! address ever seen.

use std::cell::Cell;
use std::hash::{Hash, Hasher};
use std::num::NonZeroU32;
use std::ops::Add;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use governor::clock::{Clock, Reference};
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::StateStore;
use governor::{Quota, RateLimiter};

use super::clock::LocalMs;
use super::policy::Policy;

/// The one governor of this process.
#[derive(Debug)]
pub(super) struct Governor {
    limiter: RateLimiter<GcraCell, InKeys, GivenTime, StateInformationMiddleware>,
}

/// One client's state, kept by its account: nanoseconds, 0 = never charged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct GcraCell(Cell<u64>);

/// What the governor says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pace {
    /// Within its pace, and charged; so many more would be too.
    Within { remaining: u32 },
    /// Too fast, and not charged; to be tried again after so many milliseconds.
    TooFast { wait: u64 },
}

impl Governor {
    /// For these rules.
    pub(super) fn new(policy: &Policy) -> Self {
        let burst = NonZeroU32::new(policy.limit).unwrap_or(NonZeroU32::MIN);
        let each = Duration::from_millis(policy.window) / burst.get();
        let quota = Quota::with_period(each.max(Duration::from_nanos(1))).expect("it is not zero");
        let clock = GivenTime(AtomicU64::new(0));
        Self {
            limiter: RateLimiter::new(quota.allow_burst(burst), InKeys, clock),
        }
    }

    /// Charges the client, if it is within its pace.
    pub(super) fn charge(&self, cell: &GcraCell, cost: u32, now: LocalMs) -> Pace {
        let Some(cost) = NonZeroU32::new(cost) else {
            return Pace::Within { remaining: u32::MAX };
        };
        self.limiter.clock().advance(now);
        match self.limiter.check_key_n(cell, cost) {
            Ok(Ok(state)) => Pace::Within {
                remaining: state.remaining_burst_capacity(),
            },
            Ok(Err(until)) => {
                let wait = until.wait_time_from(self.limiter.clock().now());
                Pace::TooFast {
                    wait: u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1),
                }
            }
            // More than a whole quota at once.
            Err(_) => Pace::TooFast { wait: u64::MAX },
        }
    }
}

/// The store that holds nothing: each key is its own cell.
#[derive(Debug)]
struct InKeys;

impl StateStore for InKeys {
    type Key = GcraCell;

    fn measure_and_replace<T, F, E>(&self, key: &GcraCell, f: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let old = key.0.get();
        let (outcome, new) = f((old != 0).then(|| Nanos::new(old)))?;
        key.0.set(new.as_u64());
        Ok(outcome)
    }
}

/// governor asks that keys can be hashed; a store that holds nothing never does.
impl Hash for GcraCell {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.get().hash(state);
    }
}

/// The time as the callers give it: the latest that any of them gave. Written only when a millisecond has passed.
#[derive(Debug)]
struct GivenTime(AtomicU64);

impl GivenTime {
    fn advance(&self, now: LocalMs) {
        if self.0.load(Ordering::Relaxed) < now {
            self.0.fetch_max(now, Ordering::Relaxed);
        }
    }
}

impl Clock for GivenTime {
    type Instant = Moment;

    fn now(&self) -> Moment {
        Moment(self.0.load(Ordering::Relaxed).saturating_mul(1_000_000))
    }
}

/// Nanoseconds since the limiter was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(u64);

impl Add<Nanos> for Moment {
    type Output = Self;

    fn add(self, span: Nanos) -> Self {
        Self(self.0.saturating_add(span.as_u64()))
    }
}

impl Reference for Moment {
    fn duration_since(&self, earlier: Self) -> Nanos {
        Nanos::new(self.0.saturating_sub(earlier.0))
    }

    fn saturating_sub(&self, span: Nanos) -> Self {
        Self(self.0.checked_sub(span.as_u64()).unwrap_or(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::RateLimitConfig;

    #[test]
    fn a_whole_quota_goes_at_once_and_comes_back_evenly() {
        let governor = Governor::new(&Policy::new(&RateLimitConfig::default()));
        let cell = GcraCell::default();
        assert_eq!(governor.charge(&cell, 99, 0), Pace::Within { remaining: 1 });
        assert_eq!(governor.charge(&cell, 1, 0), Pace::Within { remaining: 0 });
        assert_eq!(governor.charge(&cell, 1, 0), Pace::TooFast { wait: 600 });
        assert_eq!(governor.charge(&cell, 1, 599), Pace::TooFast { wait: 1 });
        assert_eq!(governor.charge(&cell, 1, 600), Pace::Within { remaining: 0 });
        assert_eq!(governor.charge(&cell, 50, 30_600), Pace::Within { remaining: 0 });
    }

    #[test]
    fn more_than_a_quota_never_passes() {
        let governor = Governor::new(&Policy::new(&RateLimitConfig::default()));
        let cell = GcraCell::default();
        assert_eq!(governor.charge(&cell, 101, 0), Pace::TooFast { wait: u64::MAX });
        assert_eq!(governor.charge(&cell, 100, 0), Pace::Within { remaining: 0 });
    }

    #[test]
    fn clients_do_not_share_a_cell() {
        let governor = Governor::new(&Policy::new(&RateLimitConfig::default()));
        let (one, other) = (GcraCell::default(), GcraCell::default());
        governor.charge(&one, 100, 5);
        assert_eq!(governor.charge(&other, 1, 5), Pace::Within { remaining: 99 });
    }
}
