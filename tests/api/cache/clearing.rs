//! `clearCache`, in GraphQL and for curl.

use reqwest::StatusCode;
use serde_json::{Value, json};

use super::{PLAIN, TOKEN, asked, clear, furnished, start};
use crate::support::{TestApp, TestDatabase, answer, on_both_databases};

const ALL: [&str; 3] = [
    "{ search { total } }",
    "{ facets { total } }",
    "{ stats { dataVersion } }",
];

async fn asked_all(app: &TestApp) -> Vec<String> {
    let mut found = Vec::new();
    for query in ALL {
        found.push(asked(app, query).await);
    }
    found
}

on_both_databases! {
    async fn clearing_a_kind_forgets_it_and_keeps_the_others(database: TestDatabase) {
        let variables = PLAIN;
        let app = TestApp::start_with(furnished(database).await, &variables).await;
        asked_all(&app).await;
        assert_eq!(asked_all(&app).await, ["HIT"; 3]);

        let query = "mutation { clearCache(scopes: [FACETS]) { scopes generation redisNotified } }";
        let cleared = answer(app.post().bearer_auth(TOKEN).json(&json!({"query": query}))).await;
        let expected = json!({"scopes": ["FACETS"], "generation": "s0.f1.t0.v2", "redisNotified": false});
        assert_eq!(cleared.data()["clearCache"], expected);
        assert_eq!(asked_all(&app).await, ["HIT", "MISS", "HIT"]);

        let query = "mutation { clearCache { scopes } }";
        let cleared = answer(app.post().bearer_auth(TOKEN).json(&json!({"query": query}))).await;
        assert_eq!(cleared.data()["clearCache"]["scopes"], json!(["SEARCH", "FACETS", "STATS"]));
        assert_eq!(asked_all(&app).await, ["MISS"; 3]);
    }
}

#[tokio::test]
async fn curl_clears_and_looks_too() {
    let app = start(&[]).await;
    asked_all(&app).await;
    let cleared: Value = clear(&app, "{\"scopes\": [\"STATS\"]}")
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(cleared["scopes"], json!(["STATS"]));
    assert_eq!(asked_all(&app).await, ["HIT", "HIT", "MISS"]);
    let cleared: Value = clear(&app, "").send().await.unwrap().json().await.unwrap();
    assert_eq!(cleared["generation"], "s1.f1.t2.v2");
    assert_eq!(asked_all(&app).await, ["MISS"; 3]);

    let refused = clear(&app, "{\"scopes\": [\"EVERYTHING\"]}")
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    let body: Value = refused.json().await.unwrap();
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(
        message.contains("EVERYTHING") && message.contains("SEARCH"),
        "{message}"
    );
}

#[tokio::test]
async fn without_the_token_nothing_is_cleared_and_the_answer_says_what_to_send() {
    let app = start(&[]).await;
    asked_all(&app).await;
    let query = json!({"query": "mutation { clearCache { generation } }"});
    for request in [
        app.post(),
        app.post().bearer_auth("0123456789abcdeX"),
        app.post().basic_auth("a", Some(TOKEN)),
    ] {
        let refused = answer(request.json(&query)).await;
        let (code, message) = refused.error();
        assert_eq!(code, "FORBIDDEN");
        assert!(message.contains("Authorization: Bearer"), "{message}");
        assert_eq!(refused.body["data"], json!({"clearCache": null}));
    }
    let refused = app
        .client
        .post(format!("{}/api/v1/admin/cache/clear", app.url))
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(asked_all(&app).await, ["HIT"; 3]);
}

#[tokio::test]
async fn without_a_token_set_the_answer_says_what_to_set() {
    let app = TestApp::with(&[]).await;
    let refused = answer(
        app.post()
            .bearer_auth("")
            .json(&json!({"query": "{ cacheStats { generation } }"})),
    )
    .await;
    let (code, message) = refused.error();
    assert_eq!(code, "FORBIDDEN");
    assert!(message.contains("set ADMIN_TOKEN"), "{message}");
}
