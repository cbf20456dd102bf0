//! Which pages of other origins may read answers.

use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::support::{TestApp, TestDatabase, answer};

const HOME: &str = "https://home.example";

async fn with(allowed: &str) -> TestApp {
    TestApp::start_with(TestDatabase::sqlite(), &[("CORS_ALLOWED_ORIGINS", allowed)]).await
}

/// The headers of an answer to a page of an origin.
async fn answered(app: &TestApp, origin: &str) -> HeaderMap {
    let request = app
        .post()
        .header("origin", origin)
        .json(&json!({"query": "{ stats { dataVersion } }"}));
    let answer = answer(request).await;
    assert_eq!(answer.status, 200);
    answer.headers
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    headers
        .get("access-control-allow-origin")
        .map(|value| value.to_str().unwrap())
}

#[tokio::test]
async fn with_nothing_set_no_other_origin_is_let_in() {
    let app = with("").await;
    assert_eq!(allowed(&answered(&app, HOME).await), None);
}

#[tokio::test]
async fn a_listed_origin_is_let_in_and_another_is_not() {
    let app = with("https://home.example, https://two.example").await;
    assert_eq!(allowed(&answered(&app, HOME).await), Some(HOME));
    assert_eq!(
        allowed(&answered(&app, "https://two.example").await),
        Some("https://two.example")
    );
    for other in [
        "https://home.example.evil",
        "http://home.example",
        "null",
        "https://evil.example",
    ] {
        assert_eq!(allowed(&answered(&app, other).await), None, "{other}");
    }
    let vary: Vec<String> = answered(&app, HOME)
        .await
        .get_all("vary")
        .iter()
        .map(|value| value.to_str().unwrap().to_lowercase())
        .collect();
    assert!(vary.join(",").contains("origin"), "{vary:?}");
    assert!(vary.join(",").contains("accept"), "{vary:?}");
}

#[tokio::test]
async fn a_star_lets_all_in() {
    let app = with("*").await;
    assert_eq!(
        allowed(&answered(&app, "https://anyone.example").await),
        Some("*")
    );
}

#[tokio::test]
async fn scripts_may_read_our_headers_and_preflights_are_answered() {
    let app = with(HOME).await;
    let headers = answered(&app, HOME).await;
    let exposed = headers["access-control-expose-headers"]
        .to_str()
        .unwrap()
        .to_lowercase();
    for name in [
        "x-request-id",
        "retry-after",
        "x-cache",
        "cache-status",
        "age",
        "etag",
        "vary",
        "server-timing",
        "x-ratelimit-limit",
        "x-ratelimit-remaining",
        "x-ratelimit-reset",
        "ratelimit",
        "ratelimit-policy",
    ] {
        assert!(exposed.contains(name), "{name} is not in {exposed}");
    }
    let preflight = app
        .client
        .request(Method::OPTIONS, format!("{}/graphql", app.url))
        .header("origin", HOME)
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization, content-type")
        .send()
        .await
        .unwrap();
    assert!(preflight.status().is_success());
    assert_eq!(allowed(preflight.headers()), Some(HOME));
    assert_eq!(preflight.headers()["access-control-max-age"], "7200");
    let list = |name: &str| preflight.headers()[name].to_str().unwrap().to_lowercase();
    let methods = list("access-control-allow-methods");
    assert!(methods.contains("post") || methods == "*", "{methods}");
    let allowed_headers = list("access-control-allow-headers");
    assert!(
        allowed_headers.contains("content-type") && allowed_headers.contains("authorization"),
        "{allowed_headers}"
    );
}

#[tokio::test]
async fn a_failure_is_readable_by_pages_as_well() {
    let app = with(HOME).await;
    let response = app
        .client
        .get(format!("{}/nothing", app.url))
        .header("origin", HOME)
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(allowed(response.headers()), Some(HOME));
}
