//! What the headers of an answer say.

use reqwest::StatusCode;
use serde_json::json;

use super::{TOKEN, start};

const QUERY: &str = "{ stats { totalAutomations } }";

#[tokio::test]
async fn a_miss_and_a_hit_tell_where_they_came_from_and_how_long_they_live() {
    let app = start(&[("CACHE_TTL_STATS", "100")]).await;
    let [miss, hit] = [app.query(QUERY).await, app.query(QUERY).await].map(|answer| answer.headers);
    let text = |headers: &reqwest::header::HeaderMap, name: &str| headers[name].to_str().unwrap().to_owned();
    assert!(text(&miss, "cache-status").starts_with("autodex; fwd=miss; stored; ttl="));
    assert!(text(&hit, "cache-status").starts_with("autodex; hit; detail=memory; ttl="));
    for headers in [&miss, &hit] {
        let max_age: u64 = text(headers, "cache-control")
            .strip_prefix("public, max-age=")
            .unwrap()
            .parse()
            .unwrap();
        assert!((80..=100).contains(&max_age), "{max_age}");
        assert!(text(headers, "age").parse::<u64>().unwrap() < 20);
        assert!(text(headers, "server-timing").contains(";dur="));
    }
    assert_eq!(miss["etag"], hit["etag"]);
}

#[tokio::test]
async fn a_get_of_what_the_client_holds_is_answered_304_without_a_body() {
    let app = start(&[]).await;
    let get = || {
        app.client
            .get(format!("{}/graphql", app.url))
            .query(&[("query", QUERY)])
    };
    let first = get().send().await.unwrap();
    let etag = first.headers()["etag"].clone();
    let again = get().header("if-none-match", etag.clone()).send().await.unwrap();
    assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
    assert_eq!(again.headers()["etag"], etag);
    assert!(again.headers().contains_key("cache-control") && again.bytes().await.unwrap().is_empty());
    let other = get().header("if-none-match", "\"another\"").send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK);
}

#[tokio::test]
async fn errors_mutations_introspection_and_what_is_an_operators_are_not_to_be_stored() {
    let app = start(&[]).await;
    for query in [
        "{ search(page: 0) { total } }",
        "{ search(page: 0) { total } stats { totalAutomations } }",
        "{ nothing }",
        "{",
        "{ __schema { queryType { name } } }",
        "mutation { clearCache { generation } }",
        "{ cacheStats { generation } }",
    ] {
        for _ in 0..2 {
            let response = app
                .post()
                .bearer_auth(TOKEN)
                .json(&json!({"query": query}))
                .send()
                .await
                .unwrap();
            assert_eq!(response.headers()["x-cache"], "BYPASS", "{query}");
            assert_eq!(response.headers()["cache-control"], "no-store", "{query}");
            assert!(!response.headers().contains_key("etag"), "{query}");
        }
    }
}
