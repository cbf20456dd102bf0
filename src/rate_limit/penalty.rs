//! The back-off: who goes over the limit in window after window is blocked for longer and longer.
//!
//! The first window over the limit is a warning: the client is limited until it ends, no more. Each further one is a
//! strike, and strike n blocks for window x 2^(n-1), plus up to a quarter of jitter, up to `RATELIMIT_BACKOFF_MAX`.
//! Ten windows without going over the limit, counted from the end of the block, take one offence away.
//!
//! Invariant: a window counts once, however often it was gone over.

use super::clock::UnixMs;
use super::policy::Policy;

/// What a client has done, by the shared clock. The default is nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Penalty {
    /// Windows gone over the limit, the faded ones not counted: the warning and the strikes.
    pub(super) offences: u32,
    /// When the window of the last one began. Not its number, which another `RATELIMIT_WINDOW` would make incomparable.
    pub(super) window_start: UnixMs,
    /// Since when it is quiet, if it is: fading is counted from here.
    pub(super) quiet_from: UnixMs,
    /// The end of the block; in the past if there is none.
    pub(super) blocked_until: UnixMs,
}

impl Penalty {
    /// Whether going over the limit in the window that begins here is already counted.
    pub(super) const fn counts(&self, window_start: UnixMs) -> bool {
        self.offences > 0 && self.window_start >= window_start
    }

    /// Offences that are not forgotten.
    pub(super) fn offences_at(&self, now: UnixMs, policy: &Policy) -> u32 {
        let faded = now.saturating_sub(self.quiet_from) / policy.fading.max(1);
        self.offences
            .saturating_sub(u32::try_from(faded).unwrap_or(u32::MAX))
    }

    /// Milliseconds until all is forgotten.
    pub(super) fn forgotten_after(&self, now: UnixMs, policy: &Policy) -> u64 {
        let fading = policy.fading.saturating_mul(u64::from(self.offences));
        self.quiet_from.saturating_add(fading).saturating_sub(now)
    }

    /// The same client after going over the limit in the window that begins at `window_start`. `chance` is any number.
    pub(super) fn offend(self, window_start: UnixMs, now: UnixMs, chance: u64, policy: &Policy) -> Self {
        // More strikes than the longest block needs would only take longer to fade.
        let most = strikes_for(policy.backoff_max, policy.window) + 1;
        let offences = self.offences_at(now, policy).saturating_add(1).min(most);
        let blocked_until = match block(offences - 1, chance, policy) {
            0 => self.blocked_until,
            block => now.saturating_add(block),
        };
        let window_end = window_start.saturating_add(policy.window);
        Self {
            offences,
            window_start,
            quiet_from: window_end.max(blocked_until),
            blocked_until,
        }
    }
}

/// The strikes that block for the longest time.
fn strikes_for(longest: u64, window: u64) -> u32 {
    let doublings = longest.div_ceil(window).checked_next_power_of_two();
    doublings.map_or(u64::BITS, u64::trailing_zeros) + 1
}

/// Milliseconds of the block for so many strikes.
fn block(strikes: u32, chance: u64, policy: &Policy) -> u64 {
    if strikes == 0 {
        return 0;
    }
    let doubled = policy
        .window
        .saturating_mul(1_u64.checked_shl(strikes - 1).unwrap_or(u64::MAX));
    let jitter = (doubled / 1_000).saturating_mul(chance % 251);
    doubled.saturating_add(jitter).min(policy.backoff_max)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::RateLimitConfig;

    const WINDOW: u64 = 60_000;

    fn policy(backoff_max: u64) -> Policy {
        let backoff_max = Duration::from_secs(backoff_max);
        Policy::new(&RateLimitConfig {
            backoff_max,
            ..RateLimitConfig::default()
        })
    }

    /// Goes over the limit in the first window after each block, and says how many windows each block was.
    fn blocks(policy: &Policy, chance: u64, times: usize) -> Vec<f64> {
        let (mut penalty, mut now) = (Penalty::default(), 10 * WINDOW);
        let mut blocks = Vec::new();
        for _ in 0..times {
            penalty = penalty.offend(now / WINDOW * WINDOW, now, chance, policy);
            let block = penalty.blocked_until.saturating_sub(now);
            blocks.push(f64::from(u32::try_from(block).unwrap()) / 60_000.0);
            now = penalty.quiet_from;
        }
        blocks
    }

    #[test]
    fn the_first_window_is_a_warning_and_each_further_one_doubles_the_block() {
        assert_eq!(
            blocks(&policy(3_600), 0, 9),
            [0.0, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 60.0, 60.0]
        );
    }

    #[test]
    fn jitter_adds_up_to_a_quarter_and_never_exceeds_the_longest_block() {
        assert_eq!(
            blocks(&policy(3_600), 250, 9),
            [0.0, 1.25, 2.5, 5.0, 10.0, 20.0, 40.0, 60.0, 60.0]
        );
        assert_eq!(blocks(&policy(30), 250, 4), [0.0, 0.5, 0.5, 0.5]);
    }

    #[test]
    fn ten_quiet_windows_take_one_offence_away() {
        let policy = policy(3_600);
        let mut penalty = Penalty::default();
        for n in 0..3 {
            penalty = penalty.offend(n * WINDOW, n * WINDOW, 0, &policy);
        }
        let quiet = penalty.quiet_from;
        assert_eq!(
            quiet,
            4 * WINDOW,
            "the block of two windows counts as quiet only once it is over"
        );
        for (windows, left) in [(0, 3), (9, 3), (10, 2), (19, 2), (20, 1), (30, 0), (1_000, 0)] {
            assert_eq!(
                penalty.offences_at(quiet + windows * WINDOW, &policy),
                left,
                "{windows}"
            );
        }
        assert_eq!(penalty.forgotten_after(quiet, &policy), 30 * WINDOW);
        let again = penalty.offend(quiet + 20 * WINDOW, quiet + 20 * WINDOW, 0, &policy);
        assert_eq!(again.offences, 2);
    }

    #[test]
    fn strikes_beyond_the_longest_block_do_not_pile_up() {
        let policy = policy(3_600);
        let mut penalty = Penalty::default();
        for n in 0..1_000 {
            penalty = penalty.offend(n * WINDOW, n * WINDOW, 0, &policy);
        }
        assert_eq!(
            penalty.offences, 8,
            "a warning and the seven strikes that block for an hour"
        );
    }

    #[test]
    fn a_window_counts_once() {
        let penalty = Penalty::default();
        assert!(!penalty.counts(0));
        let penalty = penalty.offend(5 * WINDOW, 5 * WINDOW, 0, &policy(3_600));
        assert!(penalty.counts(5 * WINDOW) && penalty.counts(4 * WINDOW));
        assert!(!penalty.counts(6 * WINDOW));
    }
}
