//! The time, as a parameter.
//!
//! Milliseconds since 1970, because an entry's age outlives the process that stored it. Within a process they never run
//! backwards, whatever is done to the machine's clock: it is read once, and counted on from there.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// Later by this much.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(milliseconds(duration)))
    }

    /// Earlier by this much.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(milliseconds(duration)))
    }

    /// How long after the other; nothing if it is before.
    pub const fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(self.0.saturating_sub(earlier.0))
    }
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Where the time comes from.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    Machine {
        started: Instant,
        at: Timestamp,
    },
    /// Written by the test that holds it, read by whoever asks.
    Set(Arc<AtomicU64>),
}

impl Clock {
    /// The machine's.
    pub fn machine() -> Self {
        let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(Source::Machine {
            started: Instant::now(),
            at: Timestamp(milliseconds(since_1970)),
        })
    }

    /// One that stands still until it is moved; clones move together.
    pub fn set_to(now: Timestamp) -> Self {
        Self(Source::Set(Arc::new(AtomicU64::new(now.0))))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::Machine { started, at } => at.after(started.elapsed()),
            Source::Set(now) => Timestamp(now.load(Ordering::Relaxed)),
        }
    }

    /// Moves a clock that was set on; the machine's cannot be moved.
    pub fn advance(&self, by: Duration) {
        if let Source::Set(now) = &self.0 {
            now.fetch_add(milliseconds(by), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_was_set_moves_only_when_it_is_moved_and_so_do_its_clones() {
        let clock = Clock::set_to(Timestamp(1_000));
        let other = clock.clone();
        assert_eq!(other.now(), Timestamp(1_000));
        clock.advance(Duration::from_secs(2));
        assert_eq!(other.now(), Timestamp(3_000));
    }

    #[test]
    fn reckoning_never_goes_below_nothing_or_above_everything() {
        assert_eq!(Timestamp(5).before(Duration::from_secs(1)), Timestamp(0));
        assert_eq!(Timestamp(5).since(Timestamp(9)), Duration::ZERO);
        assert_eq!(Timestamp(5).after(Duration::MAX), Timestamp(u64::MAX));
    }
}
