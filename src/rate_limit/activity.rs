//! What an operator sees happen: which limiter decides, and who is blocked.
//!
//! Invariant: one line in the log per change of limiter, and at most one a second for clients that are blocked, however
//! many there are. An address is logged at debug only.

use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};

use super::client_key::ClientKey;
use super::clock::LocalMs;
use super::statistics::ActiveLimiter;

/// Milliseconds between two lines about blocked clients.
const SAMPLE_EVERY: u64 = 1_000;

/// What an operator sees happen.
#[derive(Debug)]
pub(super) struct Activity {
    /// Written by whoever finds that it has changed; the swap says who was first, and that one logs.
    active: AtomicU8,
    transitions: AtomicU64,
    /// When the next line about a blocked client may be written.
    next_sample: AtomicU64,
    /// Blocked since the last line.
    unlogged: AtomicU64,
}

impl Activity {
    pub(super) const fn new(active: ActiveLimiter) -> Self {
        Self {
            active: AtomicU8::new(active as u8),
            transitions: AtomicU64::new(0),
            next_sample: AtomicU64::new(0),
            unlogged: AtomicU64::new(0),
        }
    }

    /// This one decides now.
    pub(super) fn is_now(&self, active: ActiveLimiter) {
        if self.active.load(Ordering::Relaxed) == active as u8
            || self.active.swap(active as u8, Ordering::Relaxed) == active as u8
        {
            return;
        }
        self.transitions.fetch_add(1, Ordering::Relaxed);
        match active {
            ActiveLimiter::Redis => tracing::info!("rate limits are counted in redis"),
            ActiveLimiter::Local | ActiveLimiter::Off => {
                tracing::warn!("rate limits are counted by this process alone");
            }
        }
    }

    /// Which one decides, and how often that has changed.
    pub(super) fn read(&self) -> (ActiveLimiter, u64) {
        let active = match self.active.load(Ordering::Relaxed) {
            active if active == ActiveLimiter::Off as u8 => ActiveLimiter::Off,
            active if active == ActiveLimiter::Redis as u8 => ActiveLimiter::Redis,
            _ => ActiveLimiter::Local,
        };
        (active, self.transitions.load(Ordering::Relaxed))
    }

    /// A client is blocked for so many seconds.
    pub(super) fn blocked(&self, client: ClientKey, seconds: u64, now: LocalMs) {
        tracing::debug!(%client, seconds, "client is blocked");
        if let Some(clients) = self.sample(now) {
            tracing::warn!(
                clients,
                seconds,
                "clients are blocked for going over the limit again"
            );
        }
    }

    /// Whether a line is due, and for how many clients it stands.
    fn sample(&self, now: LocalMs) -> Option<u64> {
        self.unlogged.fetch_add(1, Ordering::Relaxed);
        let next = self.next_sample.load(Ordering::Relaxed);
        let due = now >= next
            && self
                .next_sample
                .compare_exchange(next, now + SAMPLE_EVERY, Ordering::Relaxed, Ordering::Relaxed)
                .is_ok();
        due.then(|| self.unlogged.swap(0, Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_counts_once_however_many_notice_it() {
        let activity = Activity::new(ActiveLimiter::Redis);
        for active in [
            ActiveLimiter::Redis,
            ActiveLimiter::Local,
            ActiveLimiter::Local,
            ActiveLimiter::Redis,
        ] {
            activity.is_now(active);
        }
        assert_eq!(activity.read(), (ActiveLimiter::Redis, 2));
    }

    #[test]
    fn a_flood_of_blocked_clients_is_one_line_a_second_that_says_how_many() {
        let activity = Activity::new(ActiveLimiter::Local);
        let lines: Vec<u64> = (0..3_000).filter_map(|now| activity.sample(now)).collect();
        assert_eq!(lines, [1, 1_000, 1_000]);
    }
}
