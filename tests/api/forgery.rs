//! What a page of another site can make a visitor's browser do here.

use reqwest::RequestBuilder;
use serde_json::json;

use crate::support::{TestApp, TestDatabase, answer};

const EVIL: &str = "https://evil.example";
const HOME: &str = "https://home.example";

async fn app() -> TestApp {
    TestApp::start_with(TestDatabase::sqlite(), &[("CORS_ALLOWED_ORIGINS", HOME)]).await
}

fn get(app: &TestApp, headers: &[(&str, &str)]) -> RequestBuilder {
    let request = app
        .client
        .get(format!("{}/graphql", app.url))
        .query(&[("query", "{ search { total } }")]);
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value))
}

#[tokio::test]
async fn a_get_that_a_strange_page_made_is_refused_even_if_its_answer_is_kept() {
    let app = app().await;
    assert_eq!(answer(get(&app, &[])).await.status, 200);
    let image = [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-mode", "no-cors"),
        ("sec-fetch-dest", "image"),
    ];
    for headers in [&image[..], &[("origin", EVIL)]] {
        let answer = answer(get(&app, headers)).await;
        assert_eq!(answer.status, 403);
        let (code, message) = answer.error();
        assert_eq!(code, "FORBIDDEN");
        assert!(
            message.contains("apollo-require-preflight") && message.contains("CORS_ALLOWED_ORIGINS"),
            "{message}"
        );
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn everyone_else_may_ask_by_get() {
    let app = app().await;
    for headers in [
        &[][..],
        &[("accept", "application/graphql-response+json")],
        &[("sec-fetch-site", "same-origin"), ("sec-fetch-mode", "cors")],
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-dest", "document"),
        ],
        &[
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-mode", "cors"),
            ("origin", HOME),
        ],
        &[("origin", EVIL), ("apollo-require-preflight", "true")],
        &[("origin", EVIL), ("x-apollo-operation-name", "Search")],
    ] {
        let answer = answer(get(&app, headers)).await;
        assert_eq!(answer.data(), &json!({"search": {"total": 0}}), "{headers:?}");
    }
}

#[tokio::test]
async fn no_post_that_a_browser_sends_without_asking_first_is_read() {
    let app = app().await;
    let body = json!({"query": "mutation { clearCache { generation } }"}).to_string();
    for simple in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ] {
        for forcing in [None, Some(("apollo-require-preflight", "true"))] {
            let mut request = app.post().header("content-type", simple).body(body.clone());
            if let Some((name, value)) = forcing {
                request = request.header(name, value);
            }
            assert_eq!(answer(request).await.status, 415, "{simple}");
        }
    }
    assert_eq!(answer(app.post().body(body)).await.status, 415);
}
