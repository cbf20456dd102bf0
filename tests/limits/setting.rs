//! Instances over one Redis, and load upon them.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use autodex::config::{RateLimitConfig, RedisConfig};
use autodex::rate_limit::{Decision, RateLimiter};
use autodex::redis_conn::RedisConn;

use super::redis_server::RedisServer;

pub(crate) const LIMIT: u32 = 100;

/// Windows of a second, so that a test need not wait a minute.
pub(crate) fn config(backoff_max: u64) -> RateLimitConfig {
    RateLimitConfig {
        requests: LIMIT,
        window: Duration::from_secs(1),
        counter_ttl: Duration::from_secs(1),
        backoff_max: Duration::from_secs(backoff_max),
        ..RateLimitConfig::default()
    }
}

pub(crate) async fn instance(redis: &RedisServer, config: &RateLimitConfig) -> Arc<RateLimiter> {
    let redis = RedisConfig {
        enabled: true,
        url: redis.url().into(),
        // Two cores that many tests share: not the deadline is under test, but what comes after it.
        deadline: Duration::from_millis(100),
        key_prefix: "test:".to_owned(),
        ..RedisConfig::default()
    };
    let connection = RedisConn::start(&redis).await.unwrap();
    let limiter = Arc::new(RateLimiter::new(
        config,
        connection,
        Instant::now(),
        SystemTime::now(),
    ));
    limiter.start_upkeep();
    limiter
}

pub(crate) async fn instances(redis: &RedisServer, config: &RateLimitConfig) -> [Arc<RateLimiter>; 2] {
    [instance(redis, config).await, instance(redis, config).await]
}

pub(crate) fn client(n: u8) -> IpAddr {
    IpAddr::from([203, 0, 113, n])
}

pub(crate) async fn check(limiter: &RateLimiter, n: u8) -> Decision {
    limiter.check(client(n), 1, Instant::now()).await
}

/// Let through, by the window's end as the answers tell it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Accepted(pub(crate) BTreeMap<u64, u32>);

impl Accepted {
    pub(crate) fn note(&mut self, decision: &Decision) {
        if let Decision::Allow(quota) = decision {
            *self.0.entry(quota.reset).or_default() += 1;
        }
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (reset, count) in &other.0 {
            *self.0.entry(*reset).or_default() += count;
        }
    }

    pub(crate) fn most(&self) -> u32 {
        self.0.values().copied().max().unwrap_or(0)
    }

    /// All windows but the first and the last, which the load did not cover.
    pub(crate) fn whole_windows(&self) -> Vec<u32> {
        let counts: Vec<u32> = self.0.values().copied().collect();
        counts
            .get(1..counts.len().saturating_sub(1))
            .unwrap_or_default()
            .to_vec()
    }
}

/// One client at `rate` requests a second upon one instance, each in a task of its own.
pub(crate) async fn load(limiter: Arc<RateLimiter>, n: u8, rate: u32, lasting: Duration) -> Accepted {
    let mut ticks = tokio::time::interval(Duration::from_millis(10));
    let (started, mut tasks) = (Instant::now(), tokio::task::JoinSet::new());
    while started.elapsed() < lasting {
        ticks.tick().await;
        for _ in 0..rate / 100 {
            let limiter = limiter.clone();
            tasks.spawn(async move { check(&limiter, n).await });
        }
    }
    let mut accepted = Accepted::default();
    for decision in tasks.join_all().await {
        accepted.note(&decision);
    }
    accepted
}
