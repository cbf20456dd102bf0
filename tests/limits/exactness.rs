//! How exactly two instances together keep the limit.

use std::time::Duration;

use super::redis_server::RedisServer;
use super::setting::{LIMIT, check, config, instances, load};

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
