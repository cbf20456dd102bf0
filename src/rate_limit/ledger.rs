//! A plain model of the counters in Redis: what the scripts do, without Redis.

use std::collections::{BTreeMap, HashMap};

use super::lease::{Claim, Grant, Told, Verdict};
use super::penalty::Penalty;
use super::policy::Policy;

/// Sequence, used, held of each holder.
type Counter = HashMap<u64, (u32, u32, u32)>;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    windows: BTreeMap<u64, Counter>,
    penalty: Penalty,
}

impl Ledger {
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    pub(super) fn strike(&mut self, penalty: Penalty) -> Penalty {
        if !self.penalty.counts(penalty.window_start) {
            self.penalty = penalty;
        }
        self.penalty
    }

    pub(super) fn execute(&mut self, claim: &Claim, now: u64, policy: &Policy) -> Told {
        let window = now / policy.window;
        let penalty = self.penalty;
        let verdict = if window != claim.window {
            Verdict::OtherWindow
        } else if penalty.blocked_until > now {
            Verdict::Blocked
        } else {
            count(self.windows.entry(window).or_default(), claim, policy)
        };
        Told {
            verdict,
            now_us: now * 1_000,
            window,
            penalty,
        }
    }
}

fn count(counter: &mut Counter, claim: &Claim, policy: &Policy) -> Verdict {
    let own = counter.entry(claim.holder.id).or_default();
    if claim.holder.sequence <= own.0 {
        return Verdict::Late;
    }
    *own = (claim.holder.sequence, claim.spent + claim.held, claim.held);
    let others = || counter.iter().filter(|(holder, _)| **holder != claim.holder.id);
    let elsewhere: u32 = others().map(|(_, (_, used, _))| used).sum();
    let unspent_elsewhere: u32 = others().map(|(_, (_, _, held))| held).sum();
    let left = policy.limit.saturating_sub(elsewhere + claim.spent + claim.held);
    let mut granted = 0;
    if claim.need > 0 && left >= claim.need {
        let needed = left.min(claim.need + claim.waiting);
        let holders = u32::try_from(counter.len()).unwrap();
        let may_lie = if holders == 1 {
            policy.sole_max
        } else {
            policy.spare_max
        };
        let share = may_lie.div_ceil(holders);
        let lies = if unspent_elsewhere > policy.spare_max && holders == 2 {
            policy.kept
        } else {
            unspent_elsewhere
        };
        let spare = may_lie.saturating_sub(lies).min(share).min((left - needed) / 2);
        granted = needed + spare;
        let own = counter.get_mut(&claim.holder.id).unwrap();
        own.1 += granted;
        own.2 = granted.saturating_sub(claim.need + claim.waiting);
    }
    Verdict::Counted(Grant {
        granted,
        left: left - granted,
        elsewhere,
        unspent_elsewhere,
    })
}
