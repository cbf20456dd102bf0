//! What breaks within one operation ends that operation alone: a resolver that panics, and one that hangs.

use std::time::Duration;

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::{only_error, refused};
use crate::support::{TestApp, TestDatabase, answer, two_homes};

/// The value of a metric without labels.
pub(super) async fn metric(app: &TestApp, name: &str) -> u64 {
    let metrics = app.get("/metrics").await.text().await.unwrap();
    let line = metrics
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.and_then(|number| number.parse().ok())
        .unwrap_or_else(|| panic!("no {name} in {metrics}"))
}

/// A server whose searches never end: what they found is for ever about to be kept.
pub(super) async fn hanging(variables: &[(&str, &str)]) -> TestApp {
    let database = TestDatabase::sqlite().filled(&two_homes()).await;
    TestApp::start_changed(database, variables, |config| {
        config.cache.faults.fill_delay = Duration::from_hours(1_000_000);
    })
    .await
}

#[tokio::test]
async fn a_resolver_that_panics_answers_internal_and_the_process_lives() {
    let database = TestDatabase::sqlite().filled(&two_homes()).await;
    let app = TestApp::start_changed(database, &[], |config| {
        config.graphql.panics_in = Some("totalActions");
    })
    .await;
    for round in 0..3 {
        let id = format!("panic-{round}");
        let request = app.post().json(&json!({"query": "{ stats { totalActions } }"}));
        let broken = answer(request.header("x-request-id", &id)).await;
        assert_eq!((broken.status.as_u16(), refused(&broken)), (500, "INTERNAL"));
        let error = only_error(&broken);
        assert_eq!(error["extensions"]["requestId"], id);
        assert!(
            error["message"].as_str().is_some_and(|text| text.contains(&id)),
            "{error}"
        );
        assert!(!broken.body.to_string().contains("fault"), "{:#}", broken.body);
        assert_eq!(
            app.query("{ stats { totalAutomations } }").await.data()["stats"]["totalAutomations"],
            4
        );
    }
    let batch = app
        .send(json!([{"query": "{ stats { totalActions } }"}, {"query": "{ search { total } }"}]))
        .await;
    assert_eq!(batch.status, 200);
    assert_eq!(batch.body[0]["errors"][0]["extensions"]["code"], "INTERNAL");
    assert_eq!(batch.body[1], json!({"data": {"search": {"total": 4}}}));
    assert_eq!(metric(&app, "autodex_operations_in_flight").await, 0);
    assert_eq!(metric(&app, "autodex_cache_flights").await, 0);
}

#[tokio::test]
async fn an_operation_past_its_deadline_answers_timeout_and_its_work_stops() {
    let app = hanging(&[("REQUEST_TIMEOUT_MS", "100")]).await;
    let request = app.post().json(&json!({"query": "{ search { total } }"}));
    let late = answer(request.header("x-request-id", "late-1")).await;
    assert_eq!((late.status.as_u16(), refused(&late)), (503, "TIMEOUT"));
    assert_eq!(late.headers["retry-after"], "1");
    assert_eq!(late.headers["cache-control"], "no-store");
    let error = only_error(&late);
    assert!(
        error["message"]
            .as_str()
            .is_some_and(|text| text.contains("100 ms")),
        "{error}"
    );
    assert_eq!(error["extensions"]["requestId"], "late-1");
    assert_eq!(metric(&app, "autodex_cache_flights").await, 0);
    assert_eq!(metric(&app, "autodex_operations_in_flight").await, 0);
    assert_eq!(
        app.query("{ __typename }").await.data(),
        &json!({"__typename": "Query"})
    );
}

#[tokio::test]
#[ignore = "needs PostgreSQL: run ./scripts/test"]
async fn a_statement_that_waits_for_a_lock_is_given_up_and_the_next_request_is_answered() {
    let never = [
        ("CATALOG_POLL_INTERVAL_MS", "3600000"),
        ("REQUEST_TIMEOUT_MS", "300"),
    ];
    let database = TestDatabase::postgres().await.filled(&two_homes()).await;
    let app = TestApp::start_with(database, &never).await;
    let lock = super::shedding::lock(&app).await;
    let late = app.query("{ search { results { alias } } }").await;
    assert_eq!(refused(&late), "TIMEOUT");
    drop(lock);
    app.until("the table is read again", async || {
        app.query("{ search { results { alias } } }").await.body["data"]["search"].is_object()
    })
    .await;
}

#[tokio::test]
async fn nothing_of_the_server_is_in_its_headers() {
    let app = TestApp::with(&two_homes()).await;
    let silent = |headers: &HeaderMap| {
        for name in ["server", "x-powered-by", "via"] {
            assert_eq!(headers.get(name), None, "{name}");
        }
    };
    for path in [
        "/graphql?query=%7B__typename%7D",
        "/health",
        "/nothing",
        "/schema.graphql",
        "/metrics",
    ] {
        silent(app.get(path).await.headers());
    }
    silent(&app.query("{").await.headers);
}

#[tokio::test]
async fn introspection_that_is_off_is_off_in_every_form() {
    let database = TestDatabase::sqlite().filled(&two_homes()).await;
    let app = TestApp::start_with(database, &[("INTROSPECTION_ENABLED", "false")]).await;
    for query in [
        "{ __schema { types { name } } }",
        "{ a: __type(name: \"Query\") { name } stats { dataVersion } }",
        "{ ...F } fragment F on Query { ... { __schema { queryType { name } } } }",
    ] {
        let answer = app.query(query).await;
        assert_eq!(refused(&answer), "GRAPHQL_VALIDATION_FAILED", "{query}");
        assert!(answer.error().1.contains("/schema.graphql"));
    }
    let allowed: Value = app
        .query("{ __typename stats { __typename } }")
        .await
        .data()
        .clone();
    assert_eq!(allowed["stats"]["__typename"], "Stats");
}
