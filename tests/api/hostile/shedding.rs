//! Load shedding: when as many operations are worked at as may be, the next is told to come again, and what is in memory
//! is answered all the same.

use std::time::Duration;

use reqwest::StatusCode;
use sea_orm::{ConnectionTrait, Database as Server, DatabaseTransaction, TransactionTrait};
use serde_json::json;
use tokio::task::JoinSet;

use super::containment::{hanging, metric};
use super::refused;
use crate::support::{TestApp, TestDatabase, answer, two_homes};

/// Keeps everybody from reading the automations, until it is dropped.
pub(super) async fn lock(app: &TestApp) -> DatabaseTransaction {
    let transaction = Server::connect(app.database_url())
        .await
        .unwrap()
        .begin()
        .await
        .unwrap();
    let lock = "LOCK TABLE automation IN ACCESS EXCLUSIVE MODE";
    transaction.execute_unprepared(lock).await.unwrap();
    transaction
}

/// Sends a query and does not wait for its answer; gone when dropped.
fn send(app: &TestApp, query: &str, to: &mut JoinSet<Option<StatusCode>>) {
    let request = app.post().json(&json!({"query": query}));
    to.spawn(async move { Some(request.send().await.ok()?.status()) });
}

async fn until_in_flight(app: &TestApp, count: u64) {
    app.until(&format!("{count} operations are in flight"), async || {
        metric(app, "autodex_operations_in_flight").await == count
    })
    .await;
}

#[tokio::test]
async fn a_full_server_refuses_at_once_and_takes_more_when_clients_leave() {
    let app = hanging(&[("MAX_REQUESTS_IN_FLIGHT", "2"), ("REQUEST_TIMEOUT_MS", "600000")]).await;
    let mut waiting = JoinSet::new();
    for number in 0..2 {
        send(
            &app,
            &format!("{{ n{number}: search {{ total }} }}"),
            &mut waiting,
        );
    }
    until_in_flight(&app, 2).await;
    for round in 1..=3 {
        let shed = app.query("{ __typename }").await;
        assert_eq!((shed.status.as_u16(), refused(&shed)), (503, "TIMEOUT"));
        assert_eq!(shed.headers["retry-after"], "1");
        assert_eq!(shed.headers["cache-control"], "no-store");
        assert_eq!(metric(&app, "autodex_requests_shed_total").await, round);
    }
    assert_eq!(app.get("/health").await.status(), 200);
    // A client that goes takes its operation with it.
    waiting.shutdown().await;
    until_in_flight(&app, 0).await;
    app.query("{ __typename }").await.data();
}

#[tokio::test]
async fn each_operation_of_a_batch_takes_a_place() {
    let app = hanging(&[("MAX_REQUESTS_IN_FLIGHT", "3"), ("REQUEST_TIMEOUT_MS", "600000")]).await;
    let mut waiting = JoinSet::new();
    send(&app, "{ search { total } }", &mut waiting);
    until_in_flight(&app, 1).await;
    let batch = |size: usize| json!(vec![json!({"query": "{ __typename }"}); size]);
    assert_eq!(app.send(batch(3)).await.status, 503);
    assert_eq!(app.send(batch(2)).await.status, 200);
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn what_is_in_memory_is_answered_by_a_full_server_too() {
    let never = [
        ("CATALOG_POLL_INTERVAL_MS", "3600000"),
        ("CACHE_VERIFY", "0.0"),
        ("MAX_REQUESTS_IN_FLIGHT", "1"),
    ];
    let database = TestDatabase::postgres().await.filled(&two_homes()).await;
    let app = TestApp::start_with(database, &never).await;
    let known = "{ search { results { alias } } }";
    app.query(known).await.data();
    let lock = lock(&app).await;
    let mut waiting = JoinSet::new();
    send(
        &app,
        "{ search(page: 1, perPage: 3) { results { alias } } }",
        &mut waiting,
    );
    until_in_flight(&app, 1).await;
    assert_eq!(app.query("{ __typename }").await.status, 503);
    let hit = answer(app.post().json(&json!({"query": known}))).await;
    assert_eq!(
        (hit.status.as_u16(), hit.headers["x-cache"].to_str().unwrap()),
        (200, "HIT")
    );
    drop(lock);
    let status = tokio::time::timeout(Duration::from_secs(20), waiting.join_next()).await;
    assert_eq!(status.unwrap().unwrap().unwrap(), Some(StatusCode::OK));
}
