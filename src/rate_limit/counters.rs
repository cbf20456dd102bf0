//! The counters in Redis, over all instances.
//!
//! | key | holds | lives |
//! |---|---|---|
//! | `{prefix}ratelimit:{CLIENT}:WINDOW` | what was granted in one window | `CACHE_TTL_RATELIMIT`, at least until the window ends |
//! | `{prefix}ratelimit:{CLIENT}:strikes` | offences and block | until they are forgotten |
//!
//! On the channel `{prefix}ratelimit:recalls` it is said whose leases are called back: see `recall`.
//!
//! The braces around the client stand in the key: both keys of a client lie in one cluster slot.
//!
//! Invariant: every change is one script with its expiry in it, so that nothing half done is left behind.

use deadpool_redis::redis::Script;

use super::client_key::ClientKey;
use super::clock::UnixMs;
use super::lease::{Claim, Grant, Told, Verdict};
use super::penalty::Penalty;
use super::policy::Policy;
use crate::redis_conn::{BreakerState, Patience, RedisConn, RedisError, RedisState, Subscription};

/// The counters.
#[derive(Debug)]
pub(super) struct Counters {
    redis: RedisConn,
    lease: Script,
    strike: Script,
    /// Where it is said whose leases are called back.
    recalls: String,
}

/// offences, window start, quiet from, blocked until.
type Strikes = (u32, u64, u64, u64);

/// verdict, now, window; granted, left, elsewhere, unspent elsewhere; then the strikes.
type Answer = (u8, u64, u64, u32, u32, u32, u32, u32, u64, u64, u64);

impl Counters {
    pub(super) fn new(redis: RedisConn) -> Self {
        Self {
            recalls: format!("{}ratelimit:recalls", redis.prefix()),
            redis,
            lease: Script::new(include_str!("lease.lua")),
            strike: Script::new(include_str!("strike.lua")),
        }
    }

    /// Whether Redis would be asked now.
    pub(super) fn usable(&self) -> bool {
        self.redis.takes_writes()
    }

    /// Whether Redis answers and takes writes, as far as is known.
    pub(super) fn well(&self) -> bool {
        let health = self.redis.health();
        health.state == RedisState::Up && health.writes == BreakerState::Closed
    }

    /// Puts a question for this client.
    pub(super) async fn claim(
        &self,
        client: ClientKey,
        claim: &Claim,
        policy: &Policy,
        patience: Patience,
    ) -> Result<Told, RedisError> {
        let mut call = self.lease.prepare_invoke();
        call.key(self.key(client, claim.window))
            .key(self.key(client, "strikes"));
        call.arg(claim.window)
            .arg(policy.window)
            .arg(policy.limit)
            .arg(policy.counter_ttl);
        call.arg(format!("{:x}", claim.holder.id))
            .arg(claim.holder.sequence);
        call.arg(claim.spent)
            .arg(claim.held)
            .arg(claim.need)
            .arg(claim.waiting)
            .arg(policy.spare_max)
            .arg(policy.sole_max)
            .arg(policy.kept);
        call.arg(&self.recalls).arg(client.to_string());
        let answer: Answer = self.redis.script(&call, patience).await?;
        Ok(told(answer))
    }

    /// Tells a strike; answers with what is kept, which is another instance's if that came first.
    pub(super) async fn strike(
        &self,
        client: ClientKey,
        penalty: Penalty,
        now: UnixMs,
        policy: &Policy,
    ) -> Result<Penalty, RedisError> {
        let mut call = self.strike.prepare_invoke();
        call.key(self.key(client, "strikes"));
        call.arg(penalty.offences).arg(penalty.window_start);
        call.arg(penalty.quiet_from).arg(penalty.blocked_until);
        call.arg(penalty.forgotten_after(now, policy).max(1));
        let kept: Strikes = self.redis.script(&call, Patience::Request).await?;
        Ok(penalty_of(kept))
    }

    /// Hears of clients that another instance has come to serve too: their names, as [`ClientKey`] shows them.
    pub(super) fn recalls(&self) -> Subscription {
        self.redis.subscribe(&self.recalls)
    }

    fn key(&self, client: ClientKey, what: impl std::fmt::Display) -> String {
        format!("{}ratelimit:{{{client}}}:{what}", self.redis.prefix())
    }
}

fn told(answer: Answer) -> Told {
    let (
        verdict,
        now_us,
        window,
        granted,
        left,
        elsewhere,
        unspent_elsewhere,
        offences,
        start,
        quiet,
        blocked,
    ) = answer;
    let verdict = match verdict {
        0 => Verdict::Counted(Grant {
            granted,
            left,
            elsewhere,
            unspent_elsewhere,
        }),
        1 => Verdict::OtherWindow,
        2 => Verdict::Late,
        _ => Verdict::Blocked,
    };
    Told {
        verdict,
        now_us,
        window,
        penalty: penalty_of((offences, start, quiet, blocked)),
    }
}

const fn penalty_of((offences, window_start, quiet_from, blocked_until): Strikes) -> Penalty {
    Penalty {
        offences,
        window_start,
        quiet_from,
        blocked_until,
    }
}

#[cfg(test)]
mod tests;
