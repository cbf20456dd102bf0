//! One client in this process: what it has spent, what is held for it, what it has done. Pure: time comes in, questions
//! for Redis go out as values, answers come back as values.
//!
//! Invariants: what is let through in a window was granted by Redis for that window, or, without Redis, keeps the sum of
//! all that is known within the limit. A lease is void when its window ends. Only the asker of the one question under
//! way applies its answer.

mod answers;
mod giving;

use std::sync::Arc;

use super::clock::LocalMs;
use super::decision::{Decision, Denial, DenialReason};
use super::flight::Flight;
use super::lease::{Claim, Grant, Holder, Told, Verdict};
use super::local::{GcraCell, Pace};
use super::penalty::Penalty;
use super::rules::Rules;
use super::step::{Backing, Question, Step, Worth};
use answers::seconds;

/// Milliseconds within which a lease that was called back is usually there.
const RECALLED: u64 = 10;

/// What other instances hold of a client's quota and have not spent, as Redis last said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lent {
    /// Nothing that could come back.
    Nothing,
    /// Their shares.
    Shares,
    /// A lease for who is alone, which has just been called back.
    CalledBack,
    /// The same, and the client had to be refused because of it.
    Awaited,
    /// The same, and the recall was not heard.
    Unheard,
}

/// One client in this process. Guarded by its shard's lock.
#[derive(Debug)]
pub(super) struct Account {
    /// The number of the window that the next fields are about.
    window: u64,
    /// When that ends: no later than by the shared clock.
    ends: LocalMs,
    /// Let through here.
    spent: u32,
    /// The window before, and what was let through here in it: for the case that this clock ran ahead.
    before: (u64, u32),
    /// Granted by Redis and not spent.
    held: u32,
    /// Left for anybody, as Redis last said.
    left: u32,
    /// Spent or held by others, as Redis last said.
    elsewhere: u32,
    /// Until then nothing that costs more than `held + left` is asked for.
    settled_until: LocalMs,
    /// What others hold and may yet give back.
    lent: Lent,
    /// So much is held by what Redis knows, at most: what was spent or given back since it may not know yet.
    told: u32,
    holder: Holder,
    cell: GcraCell,
    penalty: Penalty,
    /// Whether `penalty` is still to be told to Redis.
    untold: bool,
    /// The end of the block, by the own clock.
    blocked_until: LocalMs,
    /// The last request.
    seen: LocalMs,
    /// What those who wait for `flight` need.
    queued: u32,
    /// The question under way.
    flight: Option<Arc<Flight>>,
}

impl Account {
    pub(super) fn new(now: LocalMs, rules: &Rules) -> Self {
        let mut account = Self {
            window: 0,
            ends: 0,
            spent: 0,
            before: (0, 0),
            held: 0,
            left: 0,
            elsewhere: 0,
            settled_until: 0,
            lent: Lent::Nothing,
            told: 0,
            holder: rules.new_holder(),
            cell: GcraCell::default(),
            penalty: Penalty::default(),
            untold: false,
            blocked_until: 0,
            seen: now,
            queued: 0,
            flight: None,
        };
        account.enter(rules.window_at(now), now, rules);
        account
    }

    /// What is to be done for a request.
    pub(super) fn step(&mut self, cost: u32, now: LocalMs, rules: &Rules, backing: Backing) -> Step {
        self.roll(now, rules);
        self.seen = now;
        if now < self.blocked_until {
            return Step::Done(self.blocked(now, rules));
        }
        if cost <= self.held {
            rules.governor.charge(&self.cell, cost, now);
            self.spend(cost);
            return Step::Done(self.allowed(self.held.saturating_add(self.left), now, rules));
        }
        match backing {
            Backing::Alone => self.alone(cost, now, rules),
            Backing::Shared if now < self.settled_until && cost > self.held.saturating_add(self.left) => self
                .limited(
                    self.lent == Lent::Nothing,
                    self.held.saturating_add(self.left),
                    now,
                    rules,
                ),
            Backing::Shared => match &self.flight {
                Some(flight) => {
                    self.queued = self.queued.saturating_add(cost);
                    Step::Wait(flight.clone())
                }
                None => Step::Ask(self.question(cost)),
            },
        }
    }

    /// Whoever waited has stopped waiting.
    pub(super) const fn leave_queue(&mut self, cost: u32) {
        self.queued = self.queued.saturating_sub(cost);
    }

    /// Applies the answer. What the asker gets shows when it looks again.
    pub(super) fn settle(&mut self, claim: &Claim, told: &Told, sent: LocalMs, now: LocalMs, rules: &Rules) {
        if claim.holder.id != self.holder.id {
            // Evicted and made anew meanwhile: what was granted stays counted for the one that was.
            return;
        }
        self.flight = None;
        self.adopt(told.penalty, rules);
        match told.verdict {
            Verdict::Blocked => self.restore(claim),
            Verdict::Late => self.restart(self.window, now, rules),
            Verdict::OtherWindow if told.window != self.window => self.correct(told.window, now, rules),
            Verdict::Counted(grant) if claim.window == self.window => {
                self.ends = sent.saturating_add(told.ends_in(rules.policy.window));
                self.granted(claim, grant, now, rules);
            }
            // The window has ended on the way: what was granted is void.
            Verdict::OtherWindow | Verdict::Counted(_) => {}
        }
    }

    /// The question has no answer. Nothing happens if it had one, or if it was another incarnation's.
    pub(super) fn abandon(&mut self, claim: &Claim, flight: &Arc<Flight>) {
        if self.flight.as_ref().is_some_and(|own| Arc::ptr_eq(own, flight)) {
            self.flight = None;
            self.restore(claim);
        }
    }

    /// Others have taken what it was granted, time and again.
    pub(super) fn crowded_out(&self, now: LocalMs, rules: &Rules) -> Decision {
        self.refused(self.held.saturating_add(self.left), now, rules)
    }

    /// Redis keeps this of the client's strikes.
    pub(super) fn strike_kept(&mut self, kept: Penalty, rules: &Rules) {
        self.untold = false;
        self.adopt(kept, rules);
    }

    /// The strike Redis does not know, if there is one.
    pub(super) const fn untold(&self) -> Option<Penalty> {
        if self.untold { Some(self.penalty) } else { None }
    }

    /// How much it is worth keeping.
    pub(super) fn worth(&self, now: LocalMs, rules: &Rules) -> Worth {
        let offences = self.penalty.offences_at(rules.clock.unix(now), &rules.policy);
        match () {
            () if self.flight.is_some() => Worth::Awaited,
            () if now < self.blocked_until => Worth::Blocked(self.blocked_until),
            () if offences > 0 => Worth::Offences(offences),
            // For one window more, because governor's cell takes as long to be full again.
            () if now < self.ends.saturating_add(rules.policy.window) => Worth::Spent(self.spent),
            () => Worth::Nothing,
        }
    }

    /// Moves on when the window has ended.
    fn roll(&mut self, now: LocalMs, rules: &Rules) {
        if now < self.ends {
            return;
        }
        let window = rules.window_at(now);
        if window > self.window {
            self.enter(window, now, rules);
            return;
        }
        // The end was reckoned on the safe side and the shared clock has a moment to go: what is held is void.
        self.held = 0;
        self.ends = rules.window_end(self.window).max(now + 1);
        if self.lent == Lent::Nothing && self.settled_until > 0 {
            self.settled_until = self.ends;
        }
    }

    fn enter(&mut self, window: u64, now: LocalMs, rules: &Rules) {
        self.before = (self.window, self.spent);
        self.window = window;
        self.ends = rules.window_end(window).max(now + 1);
        (self.spent, self.held, self.elsewhere) = (0, 0, 0);
        self.left = rules.policy.limit;
        self.settled_until = 0;
        (self.lent, self.told) = (Lent::Nothing, 0);
        if self.penalty.offences_at(rules.clock.unix(now), &rules.policy) == 0 {
            self.penalty = Penalty::default();
            self.untold = false;
        }
    }

    /// Redis counts in another window.
    fn correct(&mut self, window: u64, now: LocalMs, rules: &Rules) {
        if window > self.window {
            self.enter(window, now, rules);
        } else if window == self.before.0 {
            // It ran ahead: what it let through since then belongs to the window that has not ended.
            let spent = self.before.1.saturating_add(self.spent);
            self.enter(window, now, rules);
            self.spent = spent;
        } else {
            self.restart(window, now, rules);
        }
    }

    /// Begins a window it may have spent in before, under another name: what the old name spent stays counted.
    fn restart(&mut self, window: u64, now: LocalMs, rules: &Rules) {
        self.holder = rules.new_holder();
        self.enter(window, now, rules);
    }

    fn granted(&mut self, claim: &Claim, grant: Grant, now: LocalMs, rules: &Rules) {
        self.held = self.unspent_since(claim, claim.held.saturating_add(grant.granted));
        self.left = grant.left;
        self.elsewhere = grant.elsewhere;
        self.told = self.held;
        self.lent = match (grant.unspent_elsewhere, self.lent) {
            (0, _) => Lent::Nothing,
            (lent, _) if lent <= rules.policy.spare_max => Lent::Shares,
            _ if grant.granted > 0 => Lent::CalledBack,
            (_, Lent::Awaited | Lent::Unheard) => Lent::Unheard,
            _ => Lent::Awaited,
        };
        self.settled_until = match self.lent {
            Lent::Nothing => self.ends,
            Lent::CalledBack | Lent::Awaited => now.saturating_add(RECALLED),
            Lent::Shares | Lent::Unheard => now.saturating_add(rules.policy.idle),
        };
    }

    /// Puts back what the question had set aside, if it is still worth something.
    const fn restore(&mut self, claim: &Claim) {
        if claim.window == self.window && claim.holder.id == self.holder.id {
            self.held = self.held.saturating_add(self.unspent_since(claim, claim.held));
        }
    }

    /// What is left of a share that belongs to this question. Nothing was held while it was under way, so what was spent
    /// since was spent alone, because Redis went: it comes off the share.
    const fn unspent_since(&self, claim: &Claim, share: u32) -> u32 {
        share.saturating_sub(self.spent.saturating_sub(claim.spent))
    }

    /// What is held is set aside for the asker, so that a smaller request does not take it meanwhile.
    fn question(&mut self, cost: u32) -> Question {
        let flight = Arc::new(Flight::new());
        self.flight = Some(flight.clone());
        let need = cost - self.held;
        let claim = self.claim(need);
        self.held = 0;
        Question {
            claim,
            untold: self.untold(),
            flight,
        }
    }

    const fn claim(&mut self, need: u32) -> Claim {
        self.holder.sequence = self.holder.sequence.wrapping_add(1);
        let Self {
            window,
            holder,
            spent,
            held,
            queued,
            ..
        } = *self;
        let waiting = if need == 0 { 0 } else { queued };
        Claim {
            window,
            holder,
            spent,
            held,
            need,
            waiting,
        }
    }

    const fn spend(&mut self, cost: u32) {
        self.spent = self.spent.saturating_add(cost);
        self.held = self.held.saturating_sub(cost);
    }

    /// Decides without Redis: within the limit by all that is known of this window, and within governor's pace.
    fn alone(&mut self, cost: u32, now: LocalMs, rules: &Rules) -> Step {
        let known = self.spent.saturating_add(self.elsewhere);
        let free = rules.policy.limit.saturating_sub(known);
        if cost > free {
            return self.limited(true, free, now, rules);
        }
        match rules.governor.charge(&self.cell, cost, now) {
            Pace::Within { remaining } => {
                self.spend(cost);
                Step::Done(self.allowed(remaining.min(free - cost), now, rules))
            }
            Pace::TooFast { wait } => {
                let quota = self.quota(0, now, rules);
                let retry_after = seconds(wait.min(self.ends.saturating_sub(now)));
                Step::Done(Decision::Deny(Denial {
                    quota,
                    retry_after,
                    reason: DenialReason::Limited,
                }))
            }
        }
    }

    fn limited(&mut self, over: bool, remaining: u32, now: LocalMs, rules: &Rules) -> Step {
        let start = rules.window_start(self.window);
        if over && rules.policy.backoff_max > 0 && !self.penalty.counts(start) {
            let chance = (self.holder.id ^ self.window).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            let penalty = self
                .penalty
                .offend(start, rules.clock.unix(now), chance, &rules.policy);
            self.punish(penalty, rules);
            self.untold = true;
            if now < self.blocked_until {
                return Step::Struck(self.blocked(now, rules));
            }
            return Step::Struck(self.refused(remaining, now, rules));
        }
        Step::Done(self.refused(remaining, now, rules))
    }

    /// Takes over what Redis knows of the client's strikes, unless more is known here.
    fn adopt(&mut self, kept: Penalty, rules: &Rules) {
        if kept.window_start > self.penalty.window_start
            || (kept.window_start == self.penalty.window_start && !self.untold)
        {
            self.punish(kept, rules);
            self.untold = false;
        } else if kept.window_start < self.penalty.window_start {
            // Redis has lost it, or never knew.
            self.untold = true;
        }
    }

    fn punish(&mut self, penalty: Penalty, rules: &Rules) {
        self.penalty = penalty;
        self.blocked_until = rules.clock.local_at(penalty.blocked_until);
    }
}

#[cfg(test)]
mod tests;
