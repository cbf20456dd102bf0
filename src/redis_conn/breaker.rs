//! The circuit breaker: after a few failures in a row nothing is asked for a while, then one probe alone decides.
//!
//! Invariants: at most one probe is under way; a probe that is dropped has failed; the pause between two probes doubles up
//! to a bound and starts anew only after a steady time closed, so that a server that comes and goes is not asked ever
//! more often. Time is a parameter, so that nothing here waits.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// When a breaker opens and how often it probes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it.
    pub failures: u32,
    /// From opening to the first probe.
    pub first_pause: Duration,
    /// The longest pause between two probes.
    pub longest_pause: Duration,
    /// How long it must have been closed for the pauses to start anew.
    pub steady: Duration,
}

impl Default for BreakerPolicy {
    /// Five failures; 100 ms doubling to 3 s; steady after 10 s.
    fn default() -> Self {
        Self {
            failures: 5,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(3),
            steady: Duration::from_secs(10),
        }
    }
}

/// What a breaker lets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakerState {
    /// Everything.
    Closed,
    /// Nothing.
    Open,
    /// One probe, which is under way.
    HalfOpen,
}

impl BreakerState {
    /// A word for logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half_open",
        }
    }
}

/// A breaker. It says what happened and never waits.
#[derive(Debug)]
pub(super) struct Breaker {
    policy: BreakerPolicy,
    /// Whether the state is `Closed`: what the request path reads. Written under the lock of `phase`.
    closed: AtomicBool,
    /// Failures in a row while closed. A success sets it to 0 without the lock: a success and a failure at once may be
    /// counted in either order.
    failures: AtomicU32,
    /// The truth. Held for a few instructions, never across an await.
    phase: Mutex<Phase>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Since when, and how many pauses came before; `None` for never opened.
    Closed { since: Option<(Instant, u32)> },
    /// No probe before `until`; `pauses` so far, this one included.
    Open { until: Instant, pauses: u32 },
    /// A probe is under way.
    HalfOpen { pauses: u32 },
}

/// The right to make the one probe. Dropped, it has failed.
#[derive(Debug)]
pub(super) struct Probe<'a> {
    breaker: &'a Breaker,
    settled: bool,
}

impl Breaker {
    /// One that lets everything through.
    pub(super) fn closed(policy: BreakerPolicy) -> Self {
        Self::new(policy, Phase::Closed { since: None })
    }

    /// One that lets nothing through until a probe, due at once, succeeds: for a server that was not asked yet.
    pub(super) fn open(policy: BreakerPolicy, now: Instant) -> Self {
        Self::new(
            policy,
            Phase::Open {
                until: now,
                pauses: 0,
            },
        )
    }

    fn new(policy: BreakerPolicy, phase: Phase) -> Self {
        Self {
            policy,
            closed: AtomicBool::new(matches!(phase, Phase::Closed { .. })),
            failures: AtomicU32::new(0),
            phase: Mutex::new(phase),
        }
    }

    /// Whether everything is let through.
    pub(super) fn admits(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// What it lets through.
    pub(super) fn state(&self) -> BreakerState {
        match *self.phase() {
            Phase::Closed { .. } => BreakerState::Closed,
            Phase::Open { .. } => BreakerState::Open,
            Phase::HalfOpen { .. } => BreakerState::HalfOpen,
        }
    }

    /// Something that was let through went well.
    pub(super) fn succeeded(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// Something that was let through failed; says whether that opened the breaker.
    pub(super) fn failed(&self, now: Instant) -> bool {
        if self.failures.fetch_add(1, Ordering::Relaxed) + 1 < self.policy.failures {
            return false;
        }
        let mut phase = self.phase();
        let Phase::Closed { since } = *phase else {
            return false;
        };
        let pauses = since
            .filter(|(since, _)| now.saturating_duration_since(*since) < self.policy.steady)
            .map_or(0, |(_, pauses)| pauses);
        self.reopen(&mut phase, now, pauses);
        true
    }

    /// When the next probe is due; `None` unless open.
    pub(super) fn next_probe(&self) -> Option<Instant> {
        match *self.phase() {
            Phase::Open { until, .. } => Some(until),
            Phase::Closed { .. } | Phase::HalfOpen { .. } => None,
        }
    }

    /// The right to probe, if a probe is due and none is under way.
    pub(super) fn begin_probe(&self, now: Instant) -> Option<Probe<'_>> {
        let mut phase = self.phase();
        let Phase::Open { until, pauses } = *phase else {
            return None;
        };
        if now < until {
            return None;
        }
        *phase = Phase::HalfOpen { pauses };
        Some(Probe {
            breaker: self,
            settled: false,
        })
    }

    fn reopen(&self, phase: &mut Phase, now: Instant, pauses: u32) {
        let longest = self.policy.longest_pause;
        let pause = self.policy.first_pause.saturating_mul(1 << pauses.min(20));
        *phase = Phase::Open {
            until: now + pause.min(longest),
            pauses: pauses.saturating_add(1),
        };
        self.closed.store(false, Ordering::Release);
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        // Nothing panics while it is held, and a phase is written whole.
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Probe<'_> {
    /// It went well: everything is let through again.
    pub(super) fn succeeded(mut self, now: Instant) {
        self.settled = true;
        let breaker = self.breaker;
        let mut phase = breaker.phase();
        if let Phase::HalfOpen { pauses } = *phase {
            *phase = Phase::Closed {
                since: Some((now, pauses)),
            };
            breaker.failures.store(0, Ordering::Relaxed);
            breaker.closed.store(true, Ordering::Release);
        }
    }

    /// It failed: nothing is let through for a longer pause.
    pub(super) fn failed(mut self, now: Instant) {
        self.settled = true;
        self.give_up(now);
    }

    fn give_up(&self, now: Instant) {
        let mut phase = self.breaker.phase();
        if let Phase::HalfOpen { pauses } = *phase {
            self.breaker.reopen(&mut phase, now, pauses);
        }
    }
}

impl Drop for Probe<'_> {
    fn drop(&mut self) {
        if !self.settled {
            self.give_up(Instant::now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: BreakerPolicy = BreakerPolicy {
        failures: 3,
        first_pause: Duration::from_millis(100),
        longest_pause: Duration::from_millis(400),
        steady: Duration::from_secs(10),
    };

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::closed(POLICY);
        assert!(!breaker.failed(now) && !breaker.failed(now));
        assert!(breaker.failed(now), "the third failure opens it");
        breaker
    }

    #[test]
    fn a_success_between_failures_keeps_it_closed() {
        let (breaker, now) = (Breaker::closed(POLICY), Instant::now());
        for _ in 0..10 {
            assert!(!breaker.failed(now) && !breaker.failed(now));
            breaker.succeeded();
        }
        assert!(breaker.admits());
    }

    #[test]
    fn once_open_it_admits_nothing_until_a_probe_succeeds() {
        let now = Instant::now();
        let breaker = opened(now);
        assert!(!breaker.admits());
        assert!(breaker.begin_probe(now).is_none(), "no probe before the pause");
        let later = now + POLICY.first_pause;
        let probe = breaker.begin_probe(later).unwrap();
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(breaker.begin_probe(later).is_none(), "one probe at a time");
        assert!(!breaker.admits());
        probe.succeeded(later);
        assert!(breaker.admits());
        assert!(!breaker.failed(later), "failures are counted from zero again");
    }

    #[test]
    fn pauses_double_up_to_the_longest() {
        let mut now = Instant::now();
        let breaker = opened(now);
        for expected in [100, 200, 400, 400] {
            let due = breaker.next_probe().unwrap();
            assert_eq!(due - now, Duration::from_millis(expected));
            now = due;
            breaker.begin_probe(now).unwrap().failed(now);
        }
    }

    #[test]
    fn a_relapse_goes_on_with_the_longer_pause_unless_it_was_steady_in_between() {
        for (closed_for, expected) in [(Duration::from_secs(1), 200), (Duration::from_secs(11), 100)] {
            let now = Instant::now();
            let breaker = opened(now);
            let now = breaker.next_probe().unwrap();
            breaker.begin_probe(now).unwrap().succeeded(now);
            let now = now + closed_for;
            while !breaker.failed(now) {}
            assert_eq!(
                breaker.next_probe().unwrap() - now,
                Duration::from_millis(expected)
            );
        }
    }

    #[test]
    fn a_probe_that_is_dropped_has_failed() {
        let now = Instant::now();
        let breaker = opened(now);
        drop(breaker.begin_probe(now + POLICY.first_pause));
        assert_eq!(breaker.state(), BreakerState::Open);
        assert!(breaker.next_probe().is_some());
    }

    #[test]
    fn one_that_starts_open_may_be_probed_at_once() {
        let now = Instant::now();
        let breaker = Breaker::open(POLICY, now);
        assert!(!breaker.admits());
        assert!(breaker.begin_probe(now).is_some());
    }
}
