//! Redis in every bad state: no request fails, each answer is right, and `/health` says what is the matter. One test a row
//! of the table in docs/cache.md.

use std::time::Duration;

use serde_json::Value;

use super::{PLAIN, asked, furnished};
use crate::support::proxy::{Network, Proxy};
use crate::support::redis::{RedisServer, free_port};
use crate::support::{TestApp, TestDatabase};

async fn start(url: &str) -> TestApp {
    let redis = [
        ("REDIS_ENABLED", "true"),
        ("REDIS_URL", url),
        ("CACHE_MEMORY_MAX_MB", "0"),
    ];
    TestApp::start_with(
        furnished(TestDatabase::sqlite()).await,
        &[&PLAIN[..], &redis].concat(),
    )
    .await
}

async fn health(app: &TestApp) -> Value {
    app.get("/health").await.json::<Value>().await.unwrap()["redis"].clone()
}

/// Asks as users would, each time something new and something known; every answer is right.
async fn all_is_well(app: &TestApp, rounds: u32) {
    for round in 0..rounds {
        let fresh = format!("{{ n{round}: search(text: \"lamp\") {{ total results {{ alias }} }} }}");
        let answer = app.query(&fresh).await;
        assert_eq!(answer.data()[format!("n{round}")]["total"], 1);
        assert_eq!(
            app.query("{ facets { total } }").await.data()["facets"]["total"],
            2
        );
    }
}

async fn until_status(app: &TestApp, status: &str) {
    app.until(&format!("redis is {status}"), async || {
        health(app).await["status"] == status
    })
    .await;
}

/// Asks until what one request stored is found by another.
async fn until_it_caches(app: &TestApp) {
    app.until("redis is used again", async || {
        asked(app, "{ stats { totalActions } }").await == "HIT"
    })
    .await;
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn absent_at_the_start_and_picked_up_when_it_comes() {
    let port = free_port();
    let app = start(&format!("redis://127.0.0.1:{port}")).await;
    assert_eq!(app.get("/ready").await.status(), 200);
    all_is_well(&app, 20).await;
    until_status(&app, "down").await;
    let _redis = RedisServer::start_on(port).await;
    until_status(&app, "up").await;
    until_it_caches(&app).await;
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn killed_and_restarted_empty() {
    let mut redis = RedisServer::start().await;
    let app = start(&redis.url()).await;
    until_it_caches(&app).await;
    redis.kill();
    all_is_well(&app, 20).await;
    until_status(&app, "down").await;
    redis.restart().await;
    until_status(&app, "up").await;
    until_it_caches(&app).await;
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn hanging_with_its_connections_open() {
    let redis = RedisServer::start().await;
    let app = start(&redis.url()).await;
    until_it_caches(&app).await;
    redis.freeze();
    all_is_well(&app, 20).await;
    until_status(&app, "down").await;
    assert_eq!(health(&app).await["lastError"].as_str(), Some("deadline"));
    redis.thaw();
    until_status(&app, "up").await;
    until_it_caches(&app).await;
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn slower_than_the_deadline_and_cut_off_by_the_network() {
    let redis = RedisServer::start().await;
    let proxy = Proxy::before(redis.port()).await;
    let app = start(&proxy.url()).await;
    until_it_caches(&app).await;
    for trouble in [
        Network::Slow(Duration::from_millis(300)),
        Network::BlackHole,
        Network::Cut,
    ] {
        proxy.set(trouble);
        all_is_well(&app, 20).await;
        until_status(&app, "down").await;
        proxy.set(Network::Fine);
        until_status(&app, "up").await;
        until_it_caches(&app).await;
    }
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn out_of_memory_it_is_still_read() {
    let redis = RedisServer::start().await;
    let app = start(&redis.url()).await;
    until_it_caches(&app).await;
    redis.command(&["CONFIG", "SET", "maxmemory", "1"]).await;
    all_is_well(&app, 20).await;
    app.until("writes are given up", async || {
        health(&app).await["writes"] != "closed"
    })
    .await;
    assert_eq!(health(&app).await["status"], "up");
    assert_eq!(asked(&app, "{ stats { totalActions } }").await, "HIT");
    redis.command(&["CONFIG", "SET", "maxmemory", "0"]).await;
    app.until("what is new is stored again", async || {
        asked(&app, "{ stats { totalTriggers } }").await == "HIT"
    })
    .await;
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn read_only_it_is_still_read() {
    let redis = RedisServer::start().await;
    let app = start(&redis.url()).await;
    until_it_caches(&app).await;
    redis
        .command(&["CONFIG", "SET", "min-replicas-to-write", "1"])
        .await;
    all_is_well(&app, 20).await;
    assert_eq!(asked(&app, "{ stats { totalActions } }").await, "HIT");
    assert_eq!(health(&app).await["status"], "up");
    redis
        .command(&["CONFIG", "SET", "min-replicas-to-write", "0"])
        .await;
    app.until("what is new is stored again", async || {
        asked(&app, "{ stats { totalTriggers } }").await == "HIT"
    })
    .await;
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn flushed_and_full_of_nonsense() {
    let redis = RedisServer::start().await;
    let app = start(&redis.url()).await;
    until_it_caches(&app).await;
    redis.command(&["FLUSHALL"]).await;
    assert_eq!(asked(&app, "{ stats { totalActions } }").await, "MISS");
    until_it_caches(&app).await;
    let spoil =
        "for _, key in ipairs(redis.call('KEYS', '*:*')) do redis.call('SET', key, 'nonsense') end return 1";
    redis.command(&["EVAL", spoil, "0"]).await;
    all_is_well(&app, 3).await;
    assert_eq!(health(&app).await["status"], "up");
}
