//! A client's account at hand, for whoever finds out only later how much a request asks for.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Instant;

use super::decision::{Decision, Denial, Quota};
use super::limiter::RateLimiter;

/// A client's account at hand.
#[derive(Clone, Debug)]
pub struct Meter {
    limiter: Arc<RateLimiter>,
    client: IpAddr,
}

/// A charge that the client has too little left for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unpaid {
    /// What the operation costs in all, in requests.
    pub cost: u32,
    /// Where the client stands, and how long to wait.
    pub denial: Denial,
}

impl Meter {
    /// The account of a client.
    pub const fn new(limiter: Arc<RateLimiter>, client: IpAddr) -> Self {
        Self { limiter, client }
    }

    /// Charges what an operation of this complexity costs beyond the one request charged at the door, and tells where the
    /// client stands then; `None` where nothing was charged.
    ///
    /// # Errors
    /// The client has less left than that; nothing more was charged then.
    pub async fn charge(&self, complexity: u64) -> Result<Option<Quota>, Unpaid> {
        let cost = self.limiter.policy().cost(complexity);
        if cost <= 1 {
            return Ok(None);
        }
        match self.limiter.check(self.client, cost - 1, Instant::now()).await {
            Decision::Deny(denial) => Err(Unpaid { cost, denial }),
            Decision::Allow(quota) => Ok(Some(quota)),
            Decision::Exempt => Ok(None),
        }
    }
}
