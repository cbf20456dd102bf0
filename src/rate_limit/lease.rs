//! What is asked of the counters in Redis, and what they answer.
//!
//! Invariant: what is asked states the truth of one holder ("so much have I let through, so much do I hold"), never a
//! difference. So an answer that was lost, a Redis that forgot everything and an instance that went on alone for a while
//! all come right with the next question, and a question that arrives late is known by its number and ignored.

use super::clock::UnixMs;
use super::penalty::Penalty;

/// One account of one client in one process: evicted and made anew, it is another holder, so that nothing is counted
/// back that the first one spent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Holder {
    /// Unique over all processes, for as long as a counter lives.
    pub(super) id: u64,
    /// The number of its last question.
    pub(super) sequence: u32,
}

/// A holder's question for one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Claim {
    /// The number of the window it believes in.
    pub(super) window: u64,
    /// Who asks.
    pub(super) holder: Holder,
    /// Let through in this window so far, by its own count.
    pub(super) spent: u32,
    /// Granted before, not spent, and about to be.
    pub(super) held: u32,
    /// Needed on top of that for the request that asks. 0: nothing, it only reports.
    pub(super) need: u32,
    /// Needed for the requests that wait behind it.
    pub(super) waiting: u32,
}

/// The answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// What became of the question.
    pub(super) verdict: Verdict,
    /// Redis's clock, microseconds since 1970.
    pub(super) now_us: u64,
    /// The number of the window by Redis's clock.
    pub(super) window: u64,
    /// What the client has done, by the strikes kept in Redis.
    pub(super) penalty: Penalty,
}

/// What became of a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was counted.
    Counted(Grant),
    /// It named another window than Redis's: nothing was changed.
    OtherWindow,
    /// A later one of the same holder came first: nothing was changed.
    Late,
    /// The client is blocked: nothing was changed.
    Blocked,
}

/// The client's quota after a question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Grant {
    /// Granted: at least what was needed, or nothing.
    pub(super) granted: u32,
    /// Left for anybody.
    pub(super) left: u32,
    /// Spent or held by other holders.
    pub(super) elsewhere: u32,
    /// Of that, what they hold and may not have spent: it may come back.
    pub(super) unspent_elsewhere: u32,
}

impl Told {
    /// Redis's clock in milliseconds.
    pub(super) const fn now(&self) -> UnixMs {
        self.now_us / 1_000
    }

    /// Whole milliseconds until its window ends.
    pub(super) const fn ends_in(&self, window_ms: u64) -> u64 {
        let end = (self.window + 1).saturating_mul(window_ms).saturating_mul(1_000);
        end.saturating_sub(self.now_us) / 1_000
    }
}
