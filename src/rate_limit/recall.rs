//! Leases that go back to Redis before their window ends: because another instance has come to serve the client, which
//! the question of that instance says on a channel; or because this one stops.
//!
//! Invariant: a recall that is not heard, or a report that is lost, delays and loses nothing: the other instance calls again
//! with its next question, and what was not reported is reported then, or when it has lain idle.

use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

use futures_util::{FutureExt, StreamExt, stream};

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
            figures.gave_back(account.recalled(now, &self.rules))
        });
        if let Some(claim) = recalled.flatten() {
            self.report(client, claim).await;
        }
    }

    /// Gives all leases back, for at most so long: what is not told by then is lost to its clients until their window
    /// ends.
    pub async fn give_all_back(&self, patience: Duration) {
        if !self.shares() {
            return;
        }
        let mut claims = Vec::new();
        self.accounts.retain(|client, account, figures| {
            let claim = figures.gave_back(account.keep(0));
            claims.extend(claim.map(|claim| (client, claim)));
            true
        });
        let telling = stream::iter(claims)
            .for_each_concurrent(AT_ONCE, |(client, claim)| self.report(client, claim).map(drop));
        if tokio::time::timeout(patience, telling).await.is_err() {
            tracing::warn!("not all leases of clients' quotas were given back in time");
        }
    }

    /// Tells Redis what this process holds; `false`: it does not answer. Then it is told with the client's next question,
    /// the next recall, or the next look at what lies idle.
    pub(super) async fn report(&self, client: ClientKey, claim: Claim) -> bool {
        let Some(counters) = &self.counters else {
            return false;
        };
        let told = counters
            .claim(client, &claim, &self.rules.policy, Patience::Background)
            .await;
        match told {
            Ok(_) => {
                self.accounts
                    .with_known(client, |account, _| account.reported(&claim));
                true
            }
            Err(error) => {
                tracing::debug!(error = error.code(), "redis was not told of a lease given back");
                false
            }
        }
    }
}

/// Follows the recalls, for as long as anybody holds the limiter.
pub(super) async fn listen(limiter: Weak<RateLimiter>) {
    let Some(recalls) = subscription(&limiter) else {
        return;
    };
    let events = stream::unfold(recalls, async |mut recalls| {
        Some((recalls.next().await?, recalls))
    });
    // A window begins for all clients at once, and each may be called back then.
    events
        .for_each_concurrent(AT_ONCE, |event| follow(limiter.clone(), event))
        .await;
}

async fn follow(limiter: Weak<RateLimiter>, event: SubscriptionEvent) {
    let SubscriptionEvent::Message(name) = event else {
        return;
    };
    let client = std::str::from_utf8(&name).ok().and_then(|name| name.parse().ok());
    if let Some((limiter, client)) = limiter.upgrade().zip(client) {
        limiter.recall(client, Instant::now()).await;
    }
}

fn subscription(limiter: &Weak<RateLimiter>) -> Option<Subscription> {
    let limiter: Arc<RateLimiter> = limiter.upgrade()?;
    Some(limiter.counters.as_ref()?.recalls())
}
