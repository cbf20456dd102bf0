//! What a client is told of its quota.

use super::{Account, Lent};
use crate::rate_limit::clock::LocalMs;
use crate::rate_limit::decision::{Decision, Denial, DenialReason, Quota};
use crate::rate_limit::rules::Rules;

impl Account {
    pub(super) fn allowed(&self, remaining: u32, now: LocalMs, rules: &Rules) -> Decision {
        Decision::Allow(self.quota(remaining, now, rules))
    }

    pub(super) fn refused(&self, remaining: u32, now: LocalMs, rules: &Rules) -> Decision {
        let quota = self.quota(remaining, now, rules);
        // What others hold may be there long before the window ends.
        let retry_after = match self.lent {
            Lent::Nothing => quota.reset_after,
            _ => seconds(self.settled_until.saturating_sub(now)).min(quota.reset_after),
        };
        Decision::Deny(Denial {
            quota,
            retry_after,
            reason: DenialReason::Limited,
        })
    }

    pub(super) fn blocked(&self, now: LocalMs, rules: &Rules) -> Decision {
        let retry_after = seconds(self.blocked_until.saturating_sub(now));
        let quota = Quota {
            limit: rules.policy.limit,
            remaining: 0,
            reset: self.penalty.blocked_until.div_ceil(1_000),
            reset_after: retry_after,
        };
        Decision::Deny(Denial {
            quota,
            retry_after,
            reason: DenialReason::Blocked,
        })
    }

    pub(super) fn quota(&self, remaining: u32, now: LocalMs, rules: &Rules) -> Quota {
        Quota {
            limit: rules.policy.limit,
            remaining: remaining.min(rules.policy.limit.saturating_sub(self.spent)),
            reset: rules.window_start(self.window + 1).div_ceil(1_000),
            reset_after: seconds(self.ends.saturating_sub(now)),
        }
    }
}

/// Rounded up, at least 1.
pub(super) const fn seconds(millis: u64) -> u64 {
    let seconds = millis.div_ceil(1_000);
    if seconds == 0 { 1 } else { seconds }
}
