//! Leases that go back to Redis before their window ends: because another instance has come to serve the client, which
//! the question of that instance says on a channel; or because this one stops.
//!
//! Invariant: a recall that is not heard delays, and loses nothing: the other instance calls again with its next
//! question, and what lies idle goes back anyway.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use futures_util::{StreamExt, stream};

use super::client_key::ClientKey;
use super::lease::Claim;
use super::limiter::RateLimiter;
use crate::redis_conn::{Patience, Subscription, SubscriptionEvent};

/// Questions under way at once when all is given back.
const AT_ONCE: usize = 64;

impl RateLimiter {
    /// Gives back what this process holds of the client's quota as if it alone served it, and keeps its share.
    pub async fn recall(&self, client: ClientKey, now: Instant) {
        let now = self.rules.clock.local(now);
        let recalled = self.accounts.with_known(client, |account, figures| {
            let (claim, given) = account.recalled(now, &self.rules)?;
            figures.given_back += u64::from(given);
            Some(claim)
        });
        if let Some(claim) = recalled.flatten() {
            self.report(client, claim).await;
        }
    }

    /// Gives all leases back, for at most so long: what is not told by then is lost to its clients until their window
    /// ends.
    pub async fn give_all_back(&self, patience: Duration) {
        if !self
            .counters
            .as_ref()
            .is_some_and(super::counters::Counters::usable)
        {
            return;
        }
        let mut claims = Vec::new();
        self.accounts.retain(|client, account, figures| {
            if let Some((claim, given)) = account.keep(0) {
                figures.given_back += u64::from(given);
                claims.push((client, claim));
            }
            true
        });
        let telling =
            stream::iter(claims).for_each_concurrent(AT_ONCE, |(client, claim)| self.report(client, claim));
        if tokio::time::timeout(patience, telling).await.is_err() {
            tracing::warn!("not all leases of clients' quotas were given back in time");
        }
    }

    /// Tells Redis what this process holds. Lost, it is made good by the client's next question.
    async fn report(&self, client: ClientKey, claim: Claim) {
        let Some(counters) = &self.counters else { return };
        let told = counters
            .claim(client, &claim, &self.rules.policy, Patience::Background)
            .await;
        if let Err(error) = told {
            tracing::debug!(error = error.code(), "redis was not told of a lease given back");
        }
    }
}

/// Follows the recalls, for as long as anybody holds the limiter.
pub(super) async fn listen(limiter: Weak<RateLimiter>) {
    let Some(mut recalls) = subscription(&limiter) else {
        return;
    };
    while let Some(event) = recalls.next().await {
        let Some(limiter) = limiter.upgrade() else { return };
        let SubscriptionEvent::Message(name) = event else {
            continue;
        };
        let client = std::str::from_utf8(&name).ok().and_then(|name| name.parse().ok());
        if let Some(client) = client {
            limiter.recall(client, Instant::now()).await;
        }
    }
}

fn subscription(limiter: &Weak<RateLimiter>) -> Option<Subscription> {
    let limiter: Arc<RateLimiter> = limiter.upgrade()?;
    Some(limiter.counters.as_ref()?.recalls())
}
