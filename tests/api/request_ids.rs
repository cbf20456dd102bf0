//! `X-Request-Id`, both ways.

use std::collections::HashSet;

use serde_json::json;

use crate::support::{TestApp, answer};

async fn answered(app: &TestApp, id: &str) -> String {
    let request = app
        .post()
        .header("x-request-id", id)
        .json(&json!({"query": "{ stats { dataVersion } }"}));
    answer(request).await.headers["x-request-id"]
        .to_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_clients_own_id_comes_back() {
    let app = TestApp::with(&[]).await;
    for id in ["abc", "0194-f00d_x.y", &"a".repeat(64)] {
        assert_eq!(answered(&app, id).await, id);
    }
}

#[tokio::test]
async fn an_id_that_a_log_could_trip_over_is_replaced() {
    let app = TestApp::with(&[]).await;
    for id in ["a b", "a\"b", "{}", &"a".repeat(65)] {
        let given = answered(&app, id).await;
        assert_ne!(given, id);
        assert!(
            !given.is_empty() && given.chars().all(|c| c.is_ascii_alphanumeric()),
            "{given:?}"
        );
    }
}

#[tokio::test]
async fn every_answer_has_an_id_of_its_own() {
    let app = TestApp::with(&[]).await;
    let mut ids = HashSet::new();
    for path in ["/health", "/health", "/nothing", "/graphiql", "/graphql", "/"] {
        let response = app.get(path).await;
        let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(ids.insert(id), "{path} has an id that was there before");
    }
}
