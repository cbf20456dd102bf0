//! Each way in which Redis fails: no request fails, none waits longer than the deadline, and it heals.

use autodex::redis_conn::{Access, BreakerState, Patience, RedisState};
use deadpool_redis::redis;

use super::support::proxy::{Network, Proxy};
use super::support::redis::RedisServer;
use super::*;

/// A server, a network before it, a connection.
struct Setting {
    server: RedisServer,
    proxy: Proxy,
    redis: RedisConn,
}

impl Setting {
    async fn new() -> Self {
        let server = RedisServer::start().await;
        let proxy = Proxy::before(server.port()).await;
        let redis = connect_in_haste(proxy.url()).await;
        Self { server, proxy, redis }
    }

    /// Asks what memory does not have, until Redis counts as down; each answer is right.
    async fn ask_until_down(&self) {
        let cache = new_cache(Some(&self.redis));
        let mut number = 0;
        support::eventually("down", async || {
            number += 1;
            let asked = ask(&cache, &key(1, &format!("down {number}")), b"fresh").await;
            assert_eq!(&asked.value[..], b"fresh");
            self.redis.health().state == RedisState::Down
        })
        .await;
        let again = ask(&cache, &key(1, "while down"), b"fresh").await;
        assert!(is_miss(&again));
        assert!(
            counted(&cache, CacheEvent::RedisSkipped) > 0,
            "it is not asked any more"
        );
        assert!(
            counted(&cache, CacheEvent::RedisStoreDropped) > 0,
            "nothing is queued for it"
        );
    }

    /// What one process computes, another finds in Redis.
    async fn works_again(&self) {
        state_becomes(&self.redis, RedisState::Up).await;
        let mut round = 0;
        support::eventually("a value goes through Redis", async || {
            round += 1;
            // Another key each time: a round that failed may have left its own value in Redis.
            let again = key(2, &format!("again {round}"));
            let one = new_cache(Some(&self.redis));
            ask(&one, &again, b"through redis").await;
            one.flush_writes().await;
            let other = new_cache(Some(&self.redis));
            let found = ask(&other, &again, b"computed").await;
            matches!(found.outcome, CacheOutcome::HitRedis(_)) && &found.value[..] == b"through redis"
        })
        .await;
    }
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_that_refuses_connections() {
    let mut setting = Setting::new().await;
    setting.server.kill();
    setting.ask_until_down().await;
    setting.server.restart().await;
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_that_hangs() {
    let setting = Setting::new().await;
    setting.server.freeze();
    setting.ask_until_down().await;
    assert!(matches!(
        setting.redis.health().last_error,
        Some("deadline" | "connect")
    ));
    setting.server.thaw();
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_that_is_slow() {
    let setting = Setting::new().await;
    setting.proxy.set(Network::Slow(Duration::from_millis(600)));
    setting.ask_until_down().await;
    setting.proxy.set(Network::Fine);
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_that_is_too_slow_for_requests_though_not_for_what_goes_on_in_the_background() {
    let server = RedisServer::start().await;
    let proxy = Proxy::before(server.port()).await;
    let config = RedisConfig {
        deadline: Duration::from_millis(20),
        ..redis_config(proxy.url())
    };
    // More failures in a row than fit between two answers in the background.
    let policy = BreakerPolicy {
        failures: 40,
        ..POLICY
    };
    let redis = RedisConn::start_with(&config, policy).await.unwrap().unwrap();
    state_becomes(&redis, RedisState::Up).await;
    proxy.set(Network::Slow(Duration::from_millis(60)));
    let ping = redis::cmd("PING");
    support::eventually("it counts as down", async || {
        let background = redis.query::<String>(&ping, Access::Read, Patience::Background);
        let request = redis.query::<String>(&ping, Access::Read, Patience::Request);
        let (_, answered) = tokio::join!(background, request);
        answered.is_err() && redis.health().state == RedisState::Down
    })
    .await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_network_that_swallows_everything() {
    let setting = Setting::new().await;
    setting.proxy.set(Network::BlackHole);
    setting.ask_until_down().await;
    setting.proxy.set(Network::Fine);
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_network_that_cuts_connections() {
    let setting = Setting::new().await;
    setting.proxy.set(Network::Cut);
    setting.ask_until_down().await;
    setting.proxy.set(Network::Fine);
    setting.works_again().await;
}

/// Writes are refused and reads go on: what was there before is still found.
async fn only_reads(setting: &Setting) {
    let cache = new_cache(Some(&setting.redis));
    let mut number = 0;
    support::eventually("writes are given up", async || {
        number += 1;
        ask(&cache, &key(1, &format!("full {number}")), b"fresh").await;
        cache.flush_writes().await;
        setting.redis.health().writes != BreakerState::Closed
    })
    .await;
    assert!(counted(&cache, CacheEvent::RedisStoreError) >= 3);
    assert_eq!(setting.redis.health().state, RedisState::Up);
    support::eventually("what was there is still found", async || {
        let found = ask(&new_cache(Some(&setting.redis)), &key(1, "before"), b"computed").await;
        &found.value[..] == b"before"
    })
    .await;
}

async fn with_an_entry() -> Setting {
    let setting = Setting::new().await;
    let cache = new_cache(Some(&setting.redis));
    ask(&cache, &key(1, "before"), b"before").await;
    cache.flush_writes().await;
    setting
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_out_of_memory_still_answers_reads() {
    let setting = with_an_entry().await;
    setting.server.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    only_reads(&setting).await;
    setting.server.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    setting.works_again().await;
    assert_eq!(setting.redis.health().writes, BreakerState::Closed);
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_read_only_redis_still_answers_reads() {
    let setting = with_an_entry().await;
    // A replica of a master that is not there keeps what it has and takes no writes.
    let nowhere = support::redis::free_port().to_string();
    setting
        .server
        .command(&["REPLICAOF", "127.0.0.1", &nowhere])
        .await;
    only_reads(&setting).await;
    setting.server.command(&["REPLICAOF", "NO", "ONE"]).await;
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_with_too_few_replicas_still_answers_reads() {
    let setting = with_an_entry().await;
    setting
        .server
        .command(&["CONFIG", "SET", "min-replicas-to-write", "1"])
        .await;
    only_reads(&setting).await;
    setting
        .server
        .command(&["CONFIG", "SET", "min-replicas-to-write", "0"])
        .await;
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_that_was_flushed_is_filled_anew() {
    let setting = with_an_entry().await;
    setting.server.command(&["FLUSHALL"]).await;
    let asked = ask(&new_cache(Some(&setting.redis)), &key(1, "before"), b"computed").await;
    assert!(is_miss(&asked));
    assert_eq!(setting.redis.health().state, RedisState::Up);
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_redis_that_was_restarted_is_found_again() {
    let mut setting = with_an_entry().await;
    setting.server.kill();
    setting.server.restart().await;
    let asked = ask(&new_cache(Some(&setting.redis)), &key(1, "before"), b"computed").await;
    assert_eq!(&asked.value[..], b"computed");
    setting.works_again().await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn faults_at_random_under_load_never_make_an_answer_wrong() {
    let setting = Setting::new().await;
    let faults = [
        Network::Cut,
        Network::BlackHole,
        Network::Slow(Duration::from_millis(300)),
        Network::Fine,
    ];
    for round in 0..12_u64 {
        setting.proxy.set(faults[usize::try_from(round * 7 % 4).unwrap()]);
        let cache = new_cache(Some(&setting.redis));
        let tasks: Vec<_> = (0..100_u64)
            .map(|task| {
                let cache = cache.clone();
                tokio::spawn(async move {
                    let expected = format!("{round} {}", task % 10);
                    let asked = ask(&cache, &key(round, &expected), expected.as_bytes()).await;
                    assert_eq!(&asked.value[..], expected.as_bytes());
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    }
    setting.proxy.set(Network::Fine);
    setting.works_again().await;
}
