//! What one who does not stop costs.

use std::time::{Duration, Instant};

use autodex::rate_limit::{Decision, DenialReason, RateLimiter};

use super::redis_server::RedisServer;
use super::setting::{Accepted, LIMIT, check, config, instances};

/// Goes over the limit until it is blocked.
async fn until_blocked(limiter: &RateLimiter, n: u8) {
    let started = Instant::now();
    loop {
        match check(limiter, n).await {
            Decision::Deny(denial) if denial.reason == DenialReason::Blocked => return,
            Decision::Deny(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            Decision::Allow(_) | Decision::Exempt => {}
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it is never blocked");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_blocked_client_costs_redis_nothing() {
    let redis = RedisServer::start();
    let [one, _other] = instances(&redis, &config(3_600)).await;
    until_blocked(&one, 1).await;
    let before = redis.scripts_run();
    let mut denied = 0;
    for _ in 0..10_000 {
        denied += u32::from(!check(&one, 1).await.is_allowed());
    }
    assert_eq!(denied, 10_000);
    assert_eq!(redis.scripts_run(), before);
    assert!(one.statistics().figures.blocked >= 10_000);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_client_blocked_by_one_instance_is_blocked_by_the_other_with_its_first_question() {
    let redis = RedisServer::start();
    let [one, other] = instances(&redis, &config(3_600)).await;
    until_blocked(&one, 1).await;
    let before = redis.scripts_run();
    let Decision::Deny(denial) = check(&other, 1).await else {
        panic!("it is blocked everywhere")
    };
    assert_eq!(denial.reason, DenialReason::Blocked);
    assert!(!check(&other, 1).await.is_allowed());
    assert_eq!(redis.scripts_run(), before + 1);
    assert!(check(&other, 2).await.is_allowed(), "others are not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_crowd_of_one_client_asks_redis_a_few_times_and_all_are_judged() {
    let redis = RedisServer::start();
    let [one, _] = instances(&redis, &config(0)).await;
    let before = redis.scripts_run();
    let mut crowd = tokio::task::JoinSet::new();
    for _ in 0..1_000 {
        let one = one.clone();
        crowd.spawn(async move { check(&one, 1).await });
    }
    let mut accepted = Accepted::default();
    for decision in crowd.join_all().await {
        accepted.note(&decision);
    }
    // The edge of a window may lie in between: then they are two crowds.
    let windows = u64::try_from(accepted.0.len()).unwrap();
    assert_eq!(accepted.most(), LIMIT, "{accepted:?}");
    let questions = redis.scripts_run() - before;
    assert!(questions <= 40 * windows, "{questions} in {windows}");
}
