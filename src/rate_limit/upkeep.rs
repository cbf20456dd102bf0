//! What is done beside the requests: leases that nobody draws on go back to Redis, and those that are called back; clients
//! of whom nothing is to be remembered are forgotten.
//!
//! Invariant: a pass does a bounded amount of work in Redis; what it does not reach is void with its window anyway.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use tokio::task::JoinHandle;

use super::client_key::ClientKey;
use super::clock::LocalMs;
use super::lease::Claim;
use super::limiter::RateLimiter;
use super::recall;
use super::statistics::ActiveLimiter;
use super::step::Worth;

/// Leases given back in one pass at most.
const GIVEN_BACK_MAX: usize = 64;

/// A step of the machine's clock larger than this is followed where no Redis tells the time: the machine has slept.
const SLEPT: u64 = 2_000;

impl RateLimiter {
    /// Keeps it in order in the background, for as long as anybody holds it.
    pub fn start_upkeep(self: &Arc<Self>) -> JoinHandle<()> {
        let limiter = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::join!(run(limiter.clone()), recall::listen(limiter));
        })
    }

    /// One pass; `unix` is the time of day at `now`.
    pub async fn upkeep(&self, now: Instant, unix: SystemTime) {
        let now = self.rules.clock.local(now);
        let idle = self.sweep(now);
        let Some(counters) = &self.counters else {
            return self.follow_the_machine(now, unix);
        };
        if counters.well() {
            self.activity.is_now(ActiveLimiter::Redis);
        } else if !counters.usable() {
            self.activity.is_now(ActiveLimiter::Local);
        }
        for (client, claim) in idle {
            // The rest is told at the next pass.
            if !self.report(client, claim).await {
                return;
            }
        }
    }

    /// Forgets who is to be forgotten, and takes back idle leases.
    fn sweep(&self, now: LocalMs) -> Vec<(ClientKey, Claim)> {
        let shares = self.shares();
        let mut idle = Vec::new();
        self.accounts.retain(|client, account, figures| {
            if shares && idle.len() < GIVEN_BACK_MAX {
                let claim = figures.gave_back(account.give_back(now, &self.rules));
                idle.extend(claim.map(|claim| (client, claim)));
            }
            account.worth(now, &self.rules) != Worth::Nothing
        });
        idle
    }

    fn follow_the_machine(&self, now: LocalMs, unix: SystemTime) {
        let told = unix.duration_since(UNIX_EPOCH).unwrap_or_default();
        let told = u64::try_from(told.as_millis()).unwrap_or(u64::MAX);
        if told.abs_diff(self.rules.clock.unix(now)) > SLEPT {
            self.rules.clock.learn(told, now, now);
        }
    }
}

async fn run(limiter: Weak<RateLimiter>) {
    loop {
        let Some(pause) = limiter.upgrade().map(|limiter| limiter.rules.policy.idle) else {
            return;
        };
        tokio::time::sleep(Duration::from_millis(pause)).await;
        let Some(limiter) = limiter.upgrade() else { return };
        limiter.upkeep(Instant::now(), SystemTime::now()).await;
    }
}
