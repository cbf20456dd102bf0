//! What the server asks itself before anybody else does.

use serde_json::json;

use super::{TOKEN, asked, furnished, runs};
use crate::support::github::{FakeGithub, Repo};
use crate::support::{TestApp, TestDatabase, answer, automation, repository, sync};

/// How many responses the server's own requests computed.
async fn warmed(app: &TestApp) -> u64 {
    let query = "{ cacheStats { scopes { scope warming { misses } } } }";
    let stats = answer(app.post().bearer_auth(TOKEN).json(&json!({"query": query}))).await;
    stats.data()["cacheStats"]["scopes"][3]["warming"]["misses"]
        .as_u64()
        .unwrap()
}

#[tokio::test]
async fn what_was_asked_is_fresh_and_cached_after_a_change() {
    let database = furnished(TestDatabase::sqlite()).await;
    let app = TestApp::start_with(
        database,
        &[
            ("ADMIN_TOKEN", TOKEN),
            ("CACHE_WARM_OPERATIONS", "5"),
            ("CACHE_VERIFY", "0.0"),
        ],
    )
    .await;
    app.until("it is warm", async || warmed(&app).await >= 3).await;
    let query = "{ search(text: \"lamp\") { total } }";
    assert_eq!(asked(&app, query).await, "MISS");

    sync(
        &app.database,
        &repository("new/home", 0),
        &[automation("Lamp", "sun", "light.turn_on")],
    )
    .await;
    app.until("it is warm again", async || warmed(&app).await >= 7)
        .await;
    let found = app.query(query).await;
    assert_eq!(found.headers["x-cache"], "HIT");
    assert_eq!(found.data()["search"]["total"], 2);
}

#[tokio::test]
async fn what_was_asked_is_warm_again_after_an_index_run() {
    let github = FakeGithub::start([Repo::new("jan/home")]).await;
    let variables = [
        ("ADMIN_TOKEN", TOKEN),
        ("GITHUB_API_URL", github.url.as_str()),
        ("CACHE_WARM_OPERATIONS", "5"),
        ("CACHE_VERIFY", "0.0"),
    ];
    let app = TestApp::start_with(TestDatabase::sqlite(), &variables).await;
    app.until("it is warm", async || warmed(&app).await >= 3).await;
    let query = "{ search(text: \"lamp\") { total } }";
    assert_eq!(asked(&app, query).await, "MISS");
    runs::index(&app).await;
    app.until("it is warm again", async || warmed(&app).await >= 7)
        .await;
    let found = app.query(query).await;
    assert_eq!(found.headers["x-cache"], "HIT");
    assert_eq!(found.data()["search"]["total"], 1);
    runs::index(&app).await;
    assert_eq!(warmed(&app).await, 7, "a run that changed nothing warms nothing");
}
