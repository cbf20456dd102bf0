//! A Redis that freezes, dies and comes back in the middle of load.

use std::time::{Duration, Instant};

use autodex::rate_limit::ActiveLimiter;

use super::redis_server::RedisServer;
use super::setting::{LIMIT, check, config, instance, instances, load};

/// Waits until it is so, patiently.
async fn until(what: &str, mut so: impl FnMut() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_redis_that_freezes_and_thaws_under_load_gives_no_instance_more_than_the_limit() {
    let redis = RedisServer::start();
    let [one, other] = instances(&redis, &config(0)).await;
    let lasting = Duration::from_secs(5);
    let upheaval = async {
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        redis.freeze();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        redis.thaw();
    };
    let loads = async {
        tokio::join!(
            load(one.clone(), 1, 1_000, lasting),
            load(other.clone(), 1, 1_000, lasting)
        )
    };
    let ((), (here, there)) = tokio::join!(upheaval, loads);
    assert!(
        here.most() <= LIMIT && there.most() <= LIMIT,
        "{here:?} {there:?}"
    );
    assert!(here.0.len() >= 5, "it was served in every window: {here:?}");
    let statistics = one.statistics();
    assert!(statistics.transitions >= 2, "{statistics:?}");
    assert_eq!(statistics.active, ActiveLimiter::Redis, "{statistics:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_redis_that_dies_and_comes_back_empty_gives_no_instance_more_than_the_limit() {
    let mut redis = RedisServer::start();
    let [one, other] = instances(&redis, &config(0)).await;
    let lasting = Duration::from_secs(5);
    let upheaval = async {
        tokio::time::sleep(Duration::from_millis(1_300)).await;
        redis.kill();
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        redis.restart();
    };
    let loads = async {
        tokio::join!(
            load(one.clone(), 1, 1_000, lasting),
            load(other.clone(), 1, 1_000, lasting)
        )
    };
    let ((), (here, there)) = tokio::join!(upheaval, loads);
    assert!(
        here.most() <= LIMIT && there.most() <= LIMIT,
        "{here:?} {there:?}"
    );
    until("it is handed back", || {
        one.statistics().active == ActiveLimiter::Redis
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_redis_that_comes_late_takes_over() {
    let mut redis = RedisServer::start();
    redis.kill();
    let one = instance(&redis, &config(0)).await;
    assert_eq!(one.statistics().active, ActiveLimiter::Local);
    assert!(check(&one, 1).await.is_allowed(), "it does not wait for redis");
    redis.restart();
    until("redis takes over", || {
        one.statistics().active == ActiveLimiter::Redis
    })
    .await;
    assert_eq!(one.statistics().transitions, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn a_request_that_is_given_up_holds_nobody_up() {
    let redis = RedisServer::start();
    let one = instance(&redis, &config(0)).await;
    redis.freeze();
    let given_up = tokio::spawn({
        let one = one.clone();
        async move { check(&one, 1).await }
    });
    tokio::task::yield_now().await;
    given_up.abort();
    assert!(
        check(&one, 1).await.is_allowed(),
        "it is judged by this process alone"
    );
    redis.thaw();
    until("redis is used again", || {
        one.statistics().active == ActiveLimiter::Redis
    })
    .await;
    assert!(check(&one, 1).await.is_allowed());
}
