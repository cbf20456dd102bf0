//! Two clocks: the process's own, which only goes forward, and the one all instances share, which is Redis's.
//!
//! Invariant: windows are cut by the shared clock, so that instances with skewed clocks count in the same windows; how
//! long a lease lasts is measured with the own one, from before Redis was asked, so that it never outlives its window.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Milliseconds since this process's limiter was made.
pub(super) type LocalMs = u64;

/// Milliseconds since 1970 by the shared clock.
pub(super) type UnixMs = u64;

/// Both clocks.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    /// The shared clock at `start`. Written whenever Redis has told its time, to the nearest value that agrees with
    /// what it told; read by everybody. A reader may see the value before or after: both agreed with Redis once.
    offset: AtomicU64,
}

impl Clock {
    /// Clocks that start now; the shared one is the machine's until Redis tells better.
    pub(super) fn new(start: Instant, unix: SystemTime) -> Self {
        let offset = unix.duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            start,
            offset: AtomicU64::new(millis(offset)),
        }
    }

    /// The own clock at this instant.
    pub(super) fn local(&self, at: Instant) -> LocalMs {
        millis(at.saturating_duration_since(self.start))
    }

    /// The shared clock.
    pub(super) fn unix(&self, at: LocalMs) -> UnixMs {
        self.offset.load(Ordering::Relaxed).saturating_add(at)
    }

    /// When the shared clock shows this.
    pub(super) fn local_at(&self, unix: UnixMs) -> LocalMs {
        unix.saturating_sub(self.offset.load(Ordering::Relaxed))
    }

    /// The shared clock showed `told` at some moment between `sent` and `received`.
    pub(super) fn learn(&self, told: UnixMs, sent: LocalMs, received: LocalMs) {
        // Both clocks are cut to whole milliseconds: one either way.
        let lowest = told.saturating_sub(received).saturating_sub(1);
        let highest = told.saturating_sub(sent).saturating_add(1);
        let offset = self.offset.load(Ordering::Relaxed);
        let better = offset.clamp(lowest, highest.max(lowest));
        if better != offset {
            self.offset.store(better, Ordering::Relaxed);
        }
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn clock(unix: u64) -> Clock {
        Clock::new(Instant::now(), UNIX_EPOCH + Duration::from_millis(unix))
    }

    #[test]
    fn the_shared_clock_is_the_machines_until_redis_tells_better() {
        let clock = clock(1_000_000);
        assert_eq!(clock.unix(500), 1_000_500);
        clock.learn(1_090_500, 500, 510);
        let shown = clock.unix(505);
        assert!((1_090_494..=1_090_506).contains(&shown), "{shown}");
        assert_eq!(clock.local_at(clock.unix(700)), 700);
    }

    #[test]
    fn what_agrees_with_redis_is_left_alone() {
        let clock = clock(1_000_000);
        for (told, sent, received) in [
            (1_000_500, 490, 510),
            (1_000_490, 490, 510),
            (1_000_510, 490, 510),
        ] {
            clock.learn(told, sent, received);
            assert_eq!(clock.unix(0), 1_000_000);
        }
    }

    #[test]
    fn an_instant_before_the_start_is_the_start() {
        let clock = clock(0);
        assert_eq!(
            clock.local(clock.start.checked_sub(Duration::from_secs(1)).unwrap()),
            0
        );
        assert_eq!(clock.local_at(0), 0);
    }
}
