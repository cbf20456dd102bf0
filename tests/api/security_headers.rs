//! What every answer tells browsers not to do with it.

use reqwest::header::HeaderMap;

use crate::support::{TestApp, TestDatabase};

fn text<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn every_answer_is_nothing_but_what_its_type_says_and_nobody_frames_it() {
    let app = TestApp::with(&[]).await;
    let query = "/graphql?query=%7Bsearch%7Btotal%7D%7D";
    for path in [
        query,
        query,
        "/graphql",
        "/schema.graphql",
        "/health",
        "/ready",
        "/metrics",
        "/nothing",
        "/graphiql",
        "/",
    ] {
        let response = app.get(path).await;
        let headers = response.headers();
        assert_eq!(text(headers, "x-content-type-options"), "nosniff", "{path}");
        assert_eq!(text(headers, "x-frame-options"), "DENY", "{path}");
        assert_eq!(text(headers, "referrer-policy"), "no-referrer", "{path}");
        assert_eq!(
            text(headers, "cross-origin-resource-policy"),
            "same-origin",
            "{path}"
        );
        let policy = text(headers, "content-security-policy");
        assert!(
            policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"),
            "{path}: {policy}"
        );
        assert!(
            !headers.contains_key("server") && !headers.contains_key("x-powered-by"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn they_are_on_preflights_and_on_answers_to_pages_and_to_limited_clients() {
    let app = TestApp::start_with(
        TestDatabase::sqlite(),
        &[
            ("CORS_ALLOWED_ORIGINS", "*"),
            ("RATELIMIT_ENABLED", "true"),
            ("RATELIMIT_REQUESTS", "1"),
            ("RATELIMIT_WINDOW", "86400"),
        ],
    )
    .await;
    let url = format!("{}/graphql?query=%7Bsearch%7Btotal%7D%7D", app.url);
    let mut statuses = Vec::new();
    for method in [
        reqwest::Method::OPTIONS,
        reqwest::Method::GET,
        reqwest::Method::GET,
    ] {
        let request = app
            .client
            .request(method, &url)
            .header("origin", "https://home.example")
            .header("access-control-request-method", "POST");
        let response = request.send().await.unwrap();
        statuses.push(response.status().as_u16());
        assert_eq!(text(response.headers(), "x-content-type-options"), "nosniff");
        assert_eq!(text(response.headers(), "x-frame-options"), "DENY");
        assert_eq!(text(response.headers(), "access-control-allow-origin"), "*");
    }
    assert_eq!(statuses, [200, 200, 429]);
}
