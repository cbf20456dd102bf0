//! What an account says is to be done for a request, and what it is worth.

use std::sync::Arc;

use super::clock::LocalMs;
use super::decision::Decision;
use super::flight::Flight;
use super::lease::Claim;
use super::penalty::Penalty;

/// Who decides what no lease covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Backing {
    /// The counters in Redis.
    Shared,
    /// This process alone.
    Alone,
}

/// What is to be done for a request.
#[derive(Debug)]
pub(super) enum Step {
    /// Answer.
    Done(Decision),
    /// Answer, and keep the strike in Redis.
    Struck(Decision),
    /// Ask Redis, and land the flight.
    Ask(Question),
    /// Wait for the flight to land, then look again.
    Wait(Arc<Flight>),
}

/// What Redis is to be asked.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) claim: Claim,
    /// A strike that Redis does not know yet: to be told first.
    pub(super) untold: Option<Penalty>,
    pub(super) flight: Arc<Flight>,
}

/// How much an account is worth keeping when there is no room: the least goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// Nothing depends on it.
    Nothing,
    /// So much of its quota is spent: forgotten, it would have it again if Redis is away.
    Spent(u32),
    /// So many offences.
    Offences(u32),
    /// Blocked until then.
    Blocked(LocalMs),
    /// Somebody waits for an answer.
    Awaited,
}
