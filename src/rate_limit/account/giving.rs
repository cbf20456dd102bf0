//! What goes back of a client's lease before its window ends.

use super::Account;
use crate::rate_limit::clock::LocalMs;
use crate::rate_limit::lease::Claim;
use crate::rate_limit::rules::Rules;

impl Account {
    /// Takes back a lease that nobody draws on while there is time to use it elsewhere: what to tell Redis.
    pub(in crate::rate_limit) fn give_back(&mut self, now: LocalMs, rules: &Rules) -> Option<(Claim, u32)> {
        let idle = rules.policy.idle;
        if self.seen.saturating_add(idle) > now || now.saturating_add(idle) >= self.ends {
            return None;
        }
        self.keep(0)
    }

    /// Another instance serves the client too: what goes back of a lease that was meant for the only one, and what to
    /// tell Redis. Nothing while a question is under way: its answer knows, or the other one calls again.
    pub(in crate::rate_limit) fn recalled(&mut self, now: LocalMs, rules: &Rules) -> Option<(Claim, u32)> {
        self.roll(now, rules);
        self.keep(rules.policy.kept)
    }

    /// Gives back all that is held beyond so much: what to tell Redis, and how much it is. Redis is told also where there is
    /// nothing to give, but more is held by what it knows: because that was spent, or a report was lost.
    pub(in crate::rate_limit) fn keep(&mut self, kept: u32) -> Option<(Claim, u32)> {
        let given = self.held.saturating_sub(kept);
        if self.flight.is_some() || (given == 0 && self.told <= kept) {
            return None;
        }
        self.held -= given;
        self.left = self.left.saturating_add(given);
        Some((self.claim(0), given))
    }

    /// Redis has counted what was to be told.
    pub(in crate::rate_limit) fn reported(&mut self, claim: &Claim) {
        if claim.holder == self.holder {
            self.told = claim.held;
        }
    }
}
