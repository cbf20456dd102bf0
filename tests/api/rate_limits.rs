//! Rate limits, from outside: who is limited, what is answered, and what is free.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, two_homes};

const QUERY: &str = "{ stats { totalAutomations } }";

async fn start(variables: &[(&str, &str)]) -> TestApp {
    let few = [
        ("RATELIMIT_ENABLED", "true"),
        ("RATELIMIT_REQUESTS", "5"),
        ("RATELIMIT_WINDOW", "3600"),
    ];
    let database = TestDatabase::sqlite().filled(&two_homes()).await;
    TestApp::start_with(database, &[&few[..], variables].concat()).await
}

async fn ask(app: &TestApp, forwarded_for: &str) -> reqwest::Response {
    let request = app.post().json(&json!({"query": QUERY}));
    request
        .header("x-forwarded-for", forwarded_for)
        .send()
        .await
        .unwrap()
}

fn number(response: &reqwest::Response, name: &str) -> u64 {
    response.headers()[name].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn every_answer_tells_where_the_client_stands_hits_and_304_too() {
    let app = start(&[]).await;
    let get = || {
        app.client
            .get(format!("{}/graphql", app.url))
            .query(&[("query", QUERY)])
    };
    let first = get().send().await.unwrap();
    let etag = first.headers()["etag"].clone();
    assert_eq!(
        (
            number(&first, "x-ratelimit-limit"),
            number(&first, "x-ratelimit-remaining")
        ),
        (5, 4)
    );
    assert!(number(&first, "x-ratelimit-reset") > 1_700_000_000);
    assert_eq!(first.headers()["ratelimit-policy"], "\"default\";q=5;w=3600");
    assert!(
        first.headers()["ratelimit"]
            .to_str()
            .unwrap()
            .starts_with("\"default\";r=4;t=")
    );
    assert_eq!(number(&get().send().await.unwrap(), "x-ratelimit-remaining"), 3);
    let held = get().header("if-none-match", etag).send().await.unwrap();
    assert_eq!(
        (held.status(), number(&held, "x-ratelimit-remaining")),
        (StatusCode::NOT_MODIFIED, 2)
    );
}

#[tokio::test]
async fn who_goes_over_the_limit_is_answered_429_in_graphql() {
    let app = start(&[("CORS_ALLOWED_ORIGINS", "https://app.example")]).await;
    for _ in 0..5 {
        assert_eq!(ask(&app, "").await.status(), StatusCode::OK);
    }
    let request = app
        .post()
        .json(&json!({"query": QUERY}))
        .header("origin", "https://app.example");
    let refused = request.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    let wait = number(&refused, "retry-after");
    assert!((1..=3_600).contains(&wait));
    assert_eq!(number(&refused, "x-ratelimit-remaining"), 0);
    assert_eq!(refused.headers()["cache-control"], "no-store");
    assert_eq!(
        refused.headers()["access-control-allow-origin"],
        "https://app.example"
    );
    let exposed = refused.headers()["access-control-expose-headers"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        exposed.contains("retry-after") && exposed.contains("x-ratelimit-remaining"),
        "{exposed}"
    );
    let body: Value = refused.json().await.unwrap();
    assert_eq!(
        body["errors"][0]["extensions"],
        json!({"code": "RATE_LIMITED", "retryAfter": wait})
    );
    assert!(body.get("data").is_none());

    for path in ["/health", "/ready", "/metrics"] {
        assert_eq!(app.get(path).await.status(), StatusCode::OK, "{path} is free");
    }
    let health: Value = app.get("/health").await.json().await.unwrap();
    assert_eq!(health["rateLimit"]["active"], "local");
}

#[tokio::test]
async fn each_item_of_a_batch_is_charged() {
    let app = start(&[]).await;
    let batch = |size: usize| app.post().json(&vec![json!({"query": QUERY}); size]);
    let four = batch(4).send().await.unwrap();
    assert_eq!(
        (four.status(), number(&four, "x-ratelimit-remaining")),
        (StatusCode::OK, 1)
    );
    assert_eq!(
        batch(2).send().await.unwrap().status(),
        StatusCode::TOO_MANY_REQUESTS
    );
}

#[tokio::test]
async fn a_proxy_is_believed_only_where_it_is_trusted() {
    let distrustful = start(&[]).await;
    for client in 0..5 {
        assert_eq!(
            ask(&distrustful, &format!("203.0.113.{client}")).await.status(),
            StatusCode::OK
        );
    }
    let spoofed = ask(&distrustful, "203.0.113.99").await;
    assert_eq!(
        spoofed.status(),
        StatusCode::TOO_MANY_REQUESTS,
        "the header is the client's own invention"
    );

    let trusting = start(&[("TRUSTED_PROXIES", "127.0.0.0/8")]).await;
    for _ in 0..5 {
        assert_eq!(
            ask(&trusting, "198.51.100.7, 203.0.113.1").await.status(),
            StatusCode::OK
        );
    }
    assert_eq!(
        ask(&trusting, "198.51.100.8, 203.0.113.1").await.status(),
        StatusCode::TOO_MANY_REQUESTS
    );
    assert_eq!(ask(&trusting, "203.0.113.2").await.status(), StatusCode::OK);
}

#[tokio::test]
async fn who_is_on_the_allow_list_is_never_limited_and_gets_no_headers() {
    let app = start(&[("RATELIMIT_ALLOWLIST", "127.0.0.1, ::1")]).await;
    for _ in 0..8 {
        let response = ask(&app, "").await;
        assert_eq!(response.status(), StatusCode::OK);
        assert!(!response.headers().contains_key("x-ratelimit-limit"));
    }
}

#[tokio::test]
async fn clearing_the_cache_leaves_the_limits_as_they_are() {
    let app = start(&[("ADMIN_TOKEN", "0123456789abcdef")]).await;
    ask(&app, "").await;
    let cleared = app.client.post(format!("{}/api/v1/admin/cache/clear", app.url));
    let cleared = cleared.bearer_auth("0123456789abcdef").send().await.unwrap();
    assert_eq!(
        (cleared.status(), number(&cleared, "x-ratelimit-remaining")),
        (StatusCode::OK, 3)
    );
    assert_eq!(number(&ask(&app, "").await, "x-ratelimit-remaining"), 2);
}

/// An operation of some complexity, and one of hardly any.
const LARGE: &str = "{ search(perPage: 100) { results { id alias } } }";

async fn ask_for(app: &TestApp, query: &str) -> reqwest::Response {
    app.post().json(&json!({"query": query})).send().await.unwrap()
}

#[tokio::test]
async fn an_operation_that_asks_for_much_costs_more_and_a_kept_answer_does_not() {
    let app = start(&[
        ("RATELIMIT_REQUESTS", "50"),
        ("RATELIMIT_COMPLEXITY_UNIT", "50"),
        ("CACHE_VERIFY", "0.0"),
    ])
    .await;
    let remaining = async || number(&ask_for(&app, QUERY).await, "x-ratelimit-remaining");
    let before = remaining().await;
    assert_eq!(before, 49);
    let large = ask_for(&app, LARGE).await;
    assert_eq!(large.headers()["x-cache"], "MISS");
    let after = remaining().await;
    assert_eq!(
        number(&large, "x-ratelimit-remaining"),
        after + 1,
        "the answer tells what it cost itself"
    );
    let cost = before - after - 1;
    // A hundred results of two fields each, and the three fields around them.
    assert!((4..=8).contains(&cost), "it cost {cost}");
    assert_eq!(ask_for(&app, LARGE).await.headers()["x-cache"], "HIT");
    assert_eq!(remaining().await, after - 2);
}

#[tokio::test]
async fn an_operation_that_costs_more_than_is_left_is_not_run_and_only_its_request_counts() {
    let app = start(&[("RATELIMIT_COMPLEXITY_UNIT", "50"), ("RATELIMIT_REQUESTS", "3")]).await;
    let refused = ask_for(&app, LARGE).await;
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(number(&refused, "x-ratelimit-remaining"), 2);
    assert!(number(&refused, "retry-after") >= 1);
    assert_eq!(refused.headers()["cache-control"], "no-store");
    let body: Value = refused.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "RATE_LIMITED");
    let message = body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("costs") && message.contains("of 3"), "{message}");
    assert_eq!(body.get("data"), None);
    assert_eq!(number(&ask_for(&app, QUERY).await, "x-ratelimit-remaining"), 1);
}
