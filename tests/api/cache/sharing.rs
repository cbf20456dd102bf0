//! Requests that come at once, and instances that share a Redis.

use serde_json::json;

use super::{PLAIN, TOKEN, asked, clear, furnished, start};
use crate::support::redis::RedisServer;
use crate::support::{TestApp, TestDatabase, answer};

#[tokio::test]
async fn a_hundred_equal_misses_at_once_are_computed_once() {
    let app = start(&[]).await;
    let before = app.database.statements();
    let query =
        json!({"query": "{ search { total results { alias repository { stars } } } facets { total } }"});
    let all = (0..100).map(|_| answer(app.post().json(&query)));
    let answers = futures_util::future::join_all(all).await;
    let first = &answers[0].body;
    assert!(
        answers
            .iter()
            .all(|answer| answer.body == *first && answer.status == 200)
    );
    // The follower asks for the state now and then; a hundred computations would be two hundred statements.
    let misses = app
        .post()
        .bearer_auth(TOKEN)
        .json(&json!({"query": "{ cacheStats { scopes { scope user { misses } } } }"}));
    let stats = answer(misses).await;
    for scope in stats.data()["cacheStats"]["scopes"].as_array().unwrap() {
        let expected = u64::from(scope["scope"] != "stats");
        assert_eq!(scope["user"]["misses"], expected, "{scope}");
    }
    assert!(app.database.statements() - before < 100);
}

#[tokio::test]
#[ignore = "needs redis-server: run ./scripts/test"]
async fn an_instance_finds_what_another_computed_and_forgets_what_another_cleared() {
    let redis = RedisServer::start().await;
    let url = redis.url();
    let variables = [&PLAIN[..], &[("REDIS_ENABLED", "true"), ("REDIS_URL", &url)]].concat();
    // One poll in an hour: what comes in time comes over Redis.
    let patient = [&variables[..], &[("CATALOG_POLL_INTERVAL_MS", "3600000")]].concat();
    let database = furnished(TestDatabase::sqlite()).await;
    let twin = database.twin();
    let (one, two) = (
        TestApp::start_with(database, &variables).await,
        TestApp::start_with(twin, &patient).await,
    );

    let query = "{ search(text: \"lamp\") { total results { alias } } }";
    assert_eq!(asked(&one, query).await, "MISS");
    one.until("the answer is in Redis", async || {
        redis
            .command(&["KEYS", "response:*"])
            .await
            .contains("response:s0")
    })
    .await;
    let found = two.query(query).await;
    assert_eq!(found.headers["x-cache"], "HIT");
    assert!(
        found.headers["cache-status"]
            .to_str()
            .unwrap()
            .contains("detail=redis")
    );
    assert_eq!(found.body, one.query(query).await.body);
    // Kept in memory from then on.
    let again = two.query(query).await;
    assert!(
        again.headers["cache-status"]
            .to_str()
            .unwrap()
            .contains("detail=memory")
    );

    let cleared: serde_json::Value = clear(&one, "").send().await.unwrap().json().await.unwrap();
    assert_eq!(cleared["redisNotified"], true);
    two.until("the clear has come", async || {
        let health: serde_json::Value = two.get("/health").await.json().await.unwrap();
        health["generation"] == cleared["generation"]
    })
    .await;
    assert_eq!(asked(&two, query).await, "MISS");
}
