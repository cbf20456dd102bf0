//! `/health` and `/ready`.

use serde_json::Value;

use crate::support::{TestApp, TestDatabase, automation, on_both_databases, repository, sync};

on_both_databases! {
    async fn health_tells_how_the_parts_are(database: TestDatabase) {
        let app = TestApp::start(database).await;
        sync(&app.database, &repository("a/b", 1), &[automation("One", "state", "light.turn_on")]).await;
        app.until_current().await;

        let health: Value = app.get("/health").await.json().await.unwrap();
        assert_eq!(health["status"], "ok");
        assert_eq!(health["version"], env!("CARGO_PKG_VERSION"));
        assert_eq!(health["database"]["status"], "up");
        assert_eq!(health["redis"]["status"], "disabled");
        assert_eq!(health["dataVersion"], 1);
        assert_eq!(health["generation"], "s0.f0.t0.v1");
    }
}

#[tokio::test]
async fn without_its_database_the_server_lives_and_is_not_ready() {
    let app = TestApp::with(&[]).await;
    app.database.close().await.unwrap();
    assert_eq!(app.get("/ready").await.status(), 503);
    let health = app.get("/health").await;
    assert_eq!(health.status(), 200);
    assert_eq!(
        health.json::<Value>().await.unwrap()["database"]["status"],
        "down"
    );
}
