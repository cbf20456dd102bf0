//! How Redis is doing, as `/health`, gauges and log lines tell it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::breaker::BreakerState;
use crate::telemetry::{Durations, Histogram};

/// Whether Redis is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedisState {
    /// It is switched off.
    Disabled,
    /// It answers.
    Up,
    /// It does not, and is not asked but for probes in the background.
    Down,
}

impl RedisState {
    /// A word for `/health`, logs and labels.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// How Redis is doing. Reading it asks nothing of Redis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RedisHealth {
    /// Whether it is in use.
    pub state: RedisState,
    /// What the breaker lets through.
    pub breaker: BreakerState,
    /// What the breaker for writes alone lets through: open when Redis is out of memory or read-only.
    pub writes: BreakerState,
    /// How long the last answer took; `None` before the first.
    pub latency: Option<Duration>,
    /// The `RedisError::code` of the last failure, if it failed since it last came up.
    pub last_error: Option<&'static str>,
}

impl RedisHealth {
    /// What is told when Redis is switched off.
    pub const fn disabled() -> Self {
        Self {
            state: RedisState::Disabled,
            breaker: BreakerState::Closed,
            writes: BreakerState::Closed,
            latency: None,
            last_error: None,
        }
    }
}

/// What was last seen of Redis. Written by every command's end, read by whoever asks for health.
#[derive(Debug)]
pub(super) struct LastSeen {
    /// Microseconds of the last answer; `NEVER` before the first.
    latency: AtomicU64,
    /// How long answers took.
    durations: Histogram,
    /// Locked on failures and when health is asked, never by a command that went well.
    error: Mutex<Option<&'static str>>,
}

const NEVER: u64 = u64::MAX;

impl LastSeen {
    pub(super) fn nothing() -> Self {
        Self {
            latency: AtomicU64::new(NEVER),
            durations: Histogram::default(),
            error: Mutex::new(None),
        }
    }

    pub(super) fn answered(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(NEVER - 1);
        self.latency.store(micros, Ordering::Relaxed);
        self.durations.note(latency);
    }

    pub(super) fn durations(&self) -> Durations {
        self.durations.read()
    }

    pub(super) fn failed(&self, code: &'static str) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }

    pub(super) fn came_up(&self) {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn latency(&self) -> Option<Duration> {
        let micros = self.latency.load(Ordering::Relaxed);
        (micros != NEVER).then(|| Duration::from_micros(micros))
    }

    pub(super) fn error(&self) -> Option<&'static str> {
        *self.error.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
