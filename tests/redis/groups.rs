//! A cluster, and a master found through sentinels.

use autodex::redis_conn::{Access, Patience, RedisState, SubscriptionEvent};
use deadpool_redis::redis;

use super::support::redis::{RedisServer, free_port};
use super::*;

/// What one process computed another finds, a script runs, figures are told, messages arrive.
async fn everything_works(url: String) {
    let redis = connect(url).await;
    state_becomes(&redis, RedisState::Up).await;
    let cache = new_cache(Some(&redis));
    ask(&cache, &key(1, "lamp"), b"kept").await;
    cache.flush_writes().await;
    let found = ask(&new_cache(Some(&redis)), &key(1, "lamp"), b"computed").await;
    assert!(
        matches!(found.outcome, CacheOutcome::HitRedis(_)),
        "{:?}",
        found.outcome
    );
    let script = redis::Script::new("return redis.call('INCR', KEYS[1])");
    let count: i64 = redis
        .script(&script.key("{tag}count"), Patience::Background)
        .await
        .unwrap();
    assert_eq!(count, 1);
    let figures = redis.figures().await.unwrap();
    assert_eq!(figures.keys, 2);
    assert!(figures.memory_bytes > 100_000);
    let mut subscription = redis.subscribe("channel");
    assert_eq!(subscription.next().await, Some(SubscriptionEvent::Subscribed));
    redis.publish("channel", b"hello").await.unwrap();
    let hello = SubscriptionEvent::Message(Bytes::from_static(b"hello"));
    assert_eq!(subscription.next().await, Some(hello));
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_cluster() {
    let server = RedisServer::start_with(&["--cluster-enabled", "yes"]).await;
    server.command(&["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]).await;
    support::eventually("the cluster stands", async || {
        server
            .command(&["CLUSTER", "INFO"])
            .await
            .contains("cluster_state:ok")
    })
    .await;
    let absent = free_port();
    everything_works(format!(
        "redis-cluster://127.0.0.1:{absent},127.0.0.1:{}",
        server.port()
    ))
    .await;
}

/// A sentinel that watches `main` at this port.
async fn sentinel(folder: &std::path::Path, master: u16) -> RedisServer {
    let file = folder.join("sentinel.conf");
    let text =
        format!("sentinel monitor main 127.0.0.1 {master} 1\nsentinel down-after-milliseconds main 300\n");
    std::fs::write(&file, text + "sentinel failover-timeout main 1000\n").unwrap();
    RedisServer::start_sentinel(&file).await
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn a_master_found_through_sentinels() {
    let folder = tempfile::tempdir().unwrap();
    let server = RedisServer::start().await;
    let sentinel = sentinel(folder.path(), server.port()).await;
    everything_works(format!(
        "redis-sentinel://127.0.0.1:{}/0?master=main",
        sentinel.port()
    ))
    .await;
}

#[tokio::test]
#[ignore = "needs redis-server"]
async fn after_a_failover_the_new_master_is_written_to() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (RedisServer::start().await, RedisServer::start().await);
    second
        .command(&["REPLICAOF", "127.0.0.1", &first.port().to_string()])
        .await;
    let sentinel = sentinel(folder.path(), first.port()).await;
    support::eventually("the sentinel knows the replica", async || {
        let known = sentinel.command(&["SENTINEL", "REPLICAS", "main"]).await;
        known.contains(&second.port().to_string()) && known.contains("master-link-status\r\n$2\r\nok")
    })
    .await;
    let redis = connect(format!(
        "redis-sentinel://127.0.0.1:{}?master=main",
        sentinel.port()
    ))
    .await;
    state_becomes(&redis, RedisState::Up).await;
    sentinel.command(&["SENTINEL", "FAILOVER", "main"]).await;
    let mut set = redis::cmd("SET");
    set.arg("after").arg("failover");
    support::eventually("the new master has it", async || {
        let _refused_at_first = redis.query::<()>(&set, Access::Write, Patience::Background).await;
        second.command(&["ROLE"]).await.contains("master")
            && second.command(&["GET", "after"]).await.contains("failover")
    })
    .await;
}
