//! What every account is judged by: policy, clocks, governor, and names for new holders.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime};

use super::clock::{Clock, LocalMs, UnixMs};
use super::lease::Holder;
use super::local::Governor;
use super::policy::Policy;

/// What every account is judged by.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) policy: Policy,
    pub(super) clock: Clock,
    pub(super) governor: Governor,
    /// The next holder's name; begins at a random number, so that processes do not share names.
    next_holder: AtomicU64,
}

impl Rules {
    pub(super) fn new(policy: Policy, now: Instant, unix: SystemTime) -> Self {
        Self {
            governor: Governor::new(&policy),
            clock: Clock::new(now, unix),
            next_holder: AtomicU64::new(RandomState::new().hash_one(0)),
            policy,
        }
    }

    /// A holder that never was.
    pub(super) fn new_holder(&self) -> Holder {
        Holder {
            id: self.next_holder.fetch_add(1, Ordering::Relaxed),
            sequence: 0,
        }
    }

    /// The number of the window at this time.
    pub(super) fn window_at(&self, now: LocalMs) -> u64 {
        self.clock.unix(now) / self.policy.window
    }

    /// When a window begins.
    pub(super) const fn window_start(&self, window: u64) -> UnixMs {
        window.saturating_mul(self.policy.window)
    }

    /// When a window ends, by the own clock.
    pub(super) fn window_end(&self, window: u64) -> LocalMs {
        self.clock.local_at(self.window_start(window.saturating_add(1)))
    }
}
