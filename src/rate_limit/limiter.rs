//! The limiter: judges each request, mostly from memory, and asks Redis where no lease covers it.
//!
//! Invariant: nobody waits for Redis longer than its deadline; who gets no answer is judged by what this process knows.

use std::net::IpAddr;
use std::pin::Pin;
use std::time::{Instant, SystemTime};

use super::account::Account;
use super::accounts::Accounts;
use super::activity::Activity;
use super::client_key::ClientKey;
use super::clock::LocalMs;
use super::counters::Counters;
use super::decision::{Decision, Denial, DenialReason};
use super::flight::{Flight, Landing};
use super::lease::{Claim, Told, Verdict};
use super::policy::Policy;
use super::rules::Rules;
use super::statistics::{ActiveLimiter, Figures, RateLimitStatistics};
use super::step::{Backing, Question, Step};
use crate::config::RateLimitConfig;
use crate::redis_conn::{Patience, RedisConn};

/// How often one request looks again, at most. Each look follows an answer from Redis, so this is not reached unless
/// hundreds of requests of one client snatch each other's shares.
const LOOKS_MAX: u32 = 16;

/// The limiter. Shared by all requests.
#[derive(Debug)]
pub struct RateLimiter {
    pub(super) rules: Rules,
    pub(super) accounts: Accounts,
    pub(super) counters: Option<Counters>,
    pub(super) activity: Activity,
}

/// One request to be judged.
#[derive(Clone, Copy)]
struct Asked {
    client: ClientKey,
    cost: u32,
    now: Instant,
    /// When it was asked by the clock that goes on while it waits.
    since: Instant,
}

impl RateLimiter {
    /// A limiter with these rules; without Redis, this process counts alone. `unix` is the time of day at `now`.
    pub fn new(config: &RateLimitConfig, redis: Option<RedisConn>, now: Instant, unix: SystemTime) -> Self {
        let policy = Policy::new(config);
        let counters = redis.filter(|_| policy.enabled).map(Counters::new);
        let active = match &counters {
            _ if !policy.enabled => ActiveLimiter::Off,
            Some(counters) if counters.well() => ActiveLimiter::Redis,
            _ => ActiveLimiter::Local,
        };
        Self {
            accounts: Accounts::new(policy.max_clients),
            rules: Rules::new(policy, now, unix),
            counters,
            activity: Activity::new(active),
        }
    }

    /// Judges a request of this client that costs so many requests: one for each item of a batch, and see
    /// [`Policy::cost`]. Without a wait while a lease is in hand and for who is limited or blocked; otherwise
    /// Redis is asked, within its deadline.
    ///
    /// A denied request costs nothing. What costs more than the whole limit is always denied.
    pub async fn check(&self, client: IpAddr, cost: u32, now: Instant) -> Decision {
        if self.rules.policy.exempts(client) {
            return Decision::Exempt;
        }
        let client = ClientKey::from(client);
        match self.step(client, cost, self.rules.clock.local(now), self.backing()) {
            Step::Done(decision) => decision,
            step => {
                let since = Instant::now();
                self.follow_boxed(
                    Asked {
                        client,
                        cost,
                        now,
                        since,
                    },
                    step,
                )
                .await
            }
        }
    }

    /// What it has done and how it stands.
    pub fn statistics(&self) -> RateLimitStatistics {
        let (clients, figures) = self.accounts.figures();
        let (active, transitions) = self.activity.read();
        RateLimitStatistics {
            active,
            transitions,
            clients,
            figures,
        }
    }

    /// The rules it judges by.
    pub const fn policy(&self) -> &Policy {
        &self.rules.policy
    }

    /// Whether there is a Redis that would be asked now.
    pub(super) fn shares(&self) -> bool {
        self.counters.as_ref().is_some_and(Counters::usable)
    }

    /// Who is to be asked what no lease covers.
    fn backing(&self) -> Backing {
        match &self.counters {
            Some(counters) if counters.usable() => Backing::Shared,
            Some(_) => {
                self.activity.is_now(ActiveLimiter::Local);
                Backing::Alone
            }
            None => Backing::Alone,
        }
    }

    fn step(&self, client: ClientKey, cost: u32, now: LocalMs, backing: Backing) -> Step {
        self.accounts.with(client, now, &self.rules, |account, figures| {
            let step = account.step(cost, now, &self.rules, backing);
            count(&step, figures);
            step
        })
    }

    /// Boxed, so that the future of a request that needs no Redis is small and its type shallow.
    fn follow_boxed(&self, asked: Asked, step: Step) -> Pin<Box<dyn Future<Output = Decision> + Send + '_>> {
        Box::pin(self.follow(asked, step))
    }

    async fn follow(&self, asked: Asked, mut step: Step) -> Decision {
        for _ in 0..LOOKS_MAX {
            let landing = match step {
                Step::Done(decision) => return decision,
                Step::Struck(decision) => {
                    self.struck(asked, &decision).await;
                    return decision;
                }
                Step::Ask(question) => self.ask(asked, question).await,
                Step::Wait(flight) => self.wait(asked, &flight).await,
            };
            let backing = if landing == Landing::Failed {
                Backing::Alone
            } else {
                self.backing()
            };
            step = self.step(asked.client, asked.cost, self.local(asked), backing);
        }
        self.give_up(asked, step)
    }

    async fn wait(&self, asked: Asked, flight: &Flight) -> Landing {
        let _place = Place { limiter: self, asked };
        flight.landed().await
    }

    async fn ask(&self, asked: Asked, question: Question) -> Landing {
        let (claim, untold) = (question.claim, question.untold);
        let mut asking = Asking {
            limiter: self,
            client: asked.client,
            question,
            landing: Landing::Failed,
        };
        let Some(counters) = &self.counters else {
            return asking.landing;
        };
        // Until there is an answer: whoever cancels has not failed.
        asking.landing = Landing::Look;
        if untold.is_some() && !self.tell(asked).await {
            // One deadline has passed in vain: not a second one.
            asking.landing = Landing::Failed;
            return asking.landing;
        }
        let sent = self.local(asked);
        match counters
            .claim(asked.client, &claim, &self.rules.policy, Patience::Request)
            .await
        {
            Ok(told) => {
                self.activity.is_now(ActiveLimiter::Redis);
                self.apply(asked, &claim, &told, sent);
            }
            Err(error) => {
                tracing::debug!(error = error.code(), "redis did not count a request");
                if !counters.well() {
                    self.activity.is_now(ActiveLimiter::Local);
                }
                asking.landing = Landing::Failed;
            }
        }
        asking.landing
    }

    fn apply(&self, asked: Asked, claim: &Claim, told: &Told, sent: LocalMs) {
        let now = self.local(asked);
        self.rules.clock.learn(told.now(), sent, now);
        self.accounts.with_known(asked.client, |account, figures| {
            if let Verdict::Counted(grant) = told.verdict {
                figures.leases += u64::from(grant.granted > 0);
                figures.leased += u64::from(grant.granted);
            }
            account.settle(claim, told, sent, now, &self.rules);
        });
    }

    /// Somebody went over the limit: it is logged, and kept in Redis if that is there.
    async fn struck(&self, asked: Asked, decision: &Decision) {
        if let Decision::Deny(Denial {
            reason: DenialReason::Blocked,
            retry_after,
            ..
        }) = decision
        {
            self.activity
                .blocked(asked.client, *retry_after, self.local(asked));
        }
        if self.backing() == Backing::Shared {
            self.tell(asked).await;
        }
    }

    /// Tells Redis of the strike it does not know. `false`: it did not answer, and the strike stays untold.
    async fn tell(&self, asked: Asked) -> bool {
        let Some(counters) = &self.counters else {
            return false;
        };
        let untold = self
            .accounts
            .with_known(asked.client, |account, _| account.untold());
        let Some(penalty) = untold.flatten() else {
            return true;
        };
        let now = self.rules.clock.unix(self.local(asked));
        match counters
            .strike(asked.client, penalty, now, &self.rules.policy)
            .await
        {
            Ok(kept) => {
                let keep = |account: &mut Account, _: &mut Figures| account.strike_kept(kept, &self.rules);
                self.accounts.with_known(asked.client, keep);
                true
            }
            Err(_) => false,
        }
    }

    /// Looked often enough: what is left is to judge alone, and to let the others go.
    fn give_up(&self, asked: Asked, step: Step) -> Decision {
        match step {
            Step::Done(decision) | Step::Struck(decision) => return decision,
            Step::Ask(question) => {
                drop(Asking {
                    limiter: self,
                    client: asked.client,
                    question,
                    landing: Landing::Look,
                });
            }
            Step::Wait(_) => drop(Place { limiter: self, asked }),
        }
        let now = self.local(asked);
        self.accounts
            .with(asked.client, now, &self.rules, |account, figures| {
                figures.limited += 1;
                account.crowded_out(now, &self.rules)
            })
    }

    fn local(&self, asked: Asked) -> LocalMs {
        self.rules.clock.local(asked.now + asked.since.elapsed())
    }
}

fn count(step: &Step, figures: &mut Figures) {
    let (Step::Done(decision) | Step::Struck(decision)) = step else {
        return;
    };
    match decision {
        Decision::Exempt => {}
        Decision::Allow(_) => figures.allowed += 1,
        Decision::Deny(Denial {
            reason: DenialReason::Limited,
            ..
        }) => figures.limited += 1,
        Decision::Deny(Denial {
            reason: DenialReason::Blocked,
            ..
        }) => figures.blocked += 1,
    }
    figures.strikes += u64::from(matches!(step, Step::Struck(_)));
}

/// A place among those who wait, given up when dropped: also on cancel.
struct Place<'a> {
    limiter: &'a RateLimiter,
    asked: Asked,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Asked { client, cost, .. } = self.asked;
        self.limiter
            .accounts
            .with_known(client, |account, _| account.leave_queue(cost));
    }
}

/// A question under way; dropped, its flight lands: also on cancel, and then the next one asks.
struct Asking<'a> {
    limiter: &'a RateLimiter,
    client: ClientKey,
    question: Question,
    landing: Landing,
}

impl Drop for Asking<'_> {
    fn drop(&mut self) {
        let Question { claim, flight, .. } = &self.question;
        self.limiter
            .accounts
            .with_known(self.client, |account, _| account.abandon(claim, flight));
        flight.land(self.landing);
    }
}

#[cfg(test)]
mod tests;
