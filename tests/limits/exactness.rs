//! How exactly two instances together keep the limit.

use std::time::{Duration, Instant};

use autodex::config::RateLimitConfig;

use super::redis_server::RedisServer;
use super::setting::{LIMIT, check, client, config, instances, load};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn two_instances_at_ten_times_the_limit_let_through_the_limit_and_no_more() {
    let redis = RedisServer::start();
    let [one, other] = instances(&redis, &config(0)).await;
    let lasting = Duration::from_millis(4_500);
    let (mut accepted, more) = tokio::join!(
        load(one, 1, 5 * LIMIT, lasting),
        load(other, 1, 5 * LIMIT, lasting)
    );
    accepted.add(&more);
    let whole = accepted.whole_windows();
    assert!(whole.len() >= 3, "{accepted:?}");
    assert!(accepted.most() <= LIMIT, "{accepted:?}");
    assert!(
        whole.iter().all(|count| *count >= LIMIT - LIMIT / 20),
        "{accepted:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn three_windows_over_the_limit_are_served_before_a_block_takes_a_whole_one() {
    let redis = RedisServer::start();
    let [one, other] = instances(&redis, &config(3_600)).await;
    let lasting = Duration::from_millis(4_500);
    let (mut accepted, more) = tokio::join!(
        load(one, 1, 5 * LIMIT, lasting),
        load(other, 1, 5 * LIMIT, lasting)
    );
    accepted.add(&more);
    assert!(accepted.most() <= LIMIT, "{accepted:?}");
    let served = accepted.0.values().filter(|count| **count > 0).count();
    assert!(
        (2..=4).contains(&served),
        "{accepted:?}: the third offence blocks for two windows"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_counter_expires_and_both_keys_of_a_client_share_a_hash_tag() {
    let redis = RedisServer::start();
    let [one, _] = instances(&redis, &config(3_600)).await;
    let mut served = 0;
    while served < 10 * LIMIT && check(&one, 1).await.is_allowed() {
        served += 1;
    }
    let keys = redis.cli(&["KEYS", "*"]);
    let keys: Vec<&str> = keys.lines().collect();
    assert!(
        keys.len() >= 2 && keys.iter().any(|key| key.ends_with(":strikes")),
        "{keys:?}"
    );
    for key in keys {
        assert!(key.starts_with("test:ratelimit:{203.0.113.1}:"), "{key}");
        let ttl: i64 = redis.cli(&["PTTL", key]).trim().parse().unwrap();
        // -2: it has expired since. Never -1: without an expiry.
        assert!(
            ttl == -2 || (0..=20_000).contains(&ttl),
            "{key} lives for {ttl} ms"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_client_that_moves_to_another_instance_takes_its_quota_along() {
    let redis = RedisServer::start();
    let [one, other] = instances(&redis, &endless()).await;
    eventually_listening(&redis, 2).await;
    assert!(check(&one, 1).await.is_allowed());
    assert!(check(&other, 1).await.is_allowed());
    let mut taken = 2;
    while taken < LIMIT - 3 {
        // Refused only for as long as the recall takes.
        if check(&other, 1).await.is_allowed() {
            taken += 1;
        } else {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    assert!(!check(&other, 1).await.is_allowed(), "the first keeps 3");
    let given = one.statistics().figures.given_back;
    assert_eq!(given, 7, "of the 10 it held");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn an_instance_that_stops_gives_back_what_it_holds() {
    let redis = RedisServer::start();
    let [one, other] = instances(&redis, &endless()).await;
    for n in 0..=200 {
        assert!(check(&one, n).await.is_allowed());
    }
    one.give_all_back(Duration::from_secs(10)).await;
    assert_eq!(one.statistics().figures.given_back, 201 * 10);
    for n in 0..=200 {
        let decision = other.check(client(n), LIMIT - 1, Instant::now()).await;
        assert!(decision.is_allowed(), "client {n} has 99 left");
    }
}

/// A window that does not end while a test runs.
fn endless() -> RateLimitConfig {
    RateLimitConfig {
        window: Duration::from_hours(24 * 365 * 100),
        ..config(0)
    }
}

/// Waits until so many instances hear of recalls.
async fn eventually_listening(redis: &RedisServer, instances: usize) {
    let started = Instant::now();
    let expected = format!("test:ratelimit:recalls\n{instances}\n");
    while redis.cli(&["PUBSUB", "NUMSUB", "test:ratelimit:recalls"]) != expected {
        assert!(started.elapsed() < Duration::from_secs(10), "nobody listens");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
