//! Media types and status codes, by the specification's tables (GraphQL over HTTP, draft of 2026, "Accept" and "Status
//! Codes").

use reqwest::header::ACCEPT;
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, answer};

const NEW: &str = "application/graphql-response+json";
const OLD: &str = "application/json";

async fn ask(app: &TestApp, accept: &str, body: Value) -> Answer {
    answer(app.post().header(ACCEPT, accept).json(&body)).await
}

fn media(answer: &Answer) -> &str {
    let text = answer.headers["content-type"].to_str().unwrap();
    text.strip_suffix("; charset=utf-8")
        .expect("the encoding is told")
}

/// What is asked, and the status of its answer in the old type and in the new one.
fn kinds() -> Vec<(&'static str, Value, [u16; 2])> {
    let query = |text: &str| json!({"query": text});
    let page = "query($p: Int!) { search(page: $p) { total } }";
    let two = "query A { __typename } query B { __typename }";
    vec![
        ("answered", query("{ search { total } }"), [200, 200]),
        (
            "part of it failed",
            query("{ search(page: 0) { total } stats { dataVersion } }"),
            [200, 294],
        ),
        (
            "all of it failed",
            query("{ search(page: 0) { total } }"),
            [200, 294],
        ),
        (
            "for operators",
            query("{ cacheStats { generation } }"),
            [200, 294],
        ),
        ("no document", query("{"), [200, 400]),
        ("an empty document", query(""), [200, 400]),
        ("not in the schema", query("{ nothing }"), [200, 400]),
        (
            "no such operation",
            json!({"query": two, "operationName": "C"}),
            [200, 400],
        ),
        ("which operation?", query(two), [200, 400]),
        ("a variable is missing", query(page), [200, 400]),
        (
            "a variable does not fit",
            json!({"query": page, "variables": {"p": "x"}}),
            [200, 400],
        ),
        ("no query", json!({"qeury": "{ __typename }"}), [400, 400]),
        ("a query that is no text", json!({"query": {"a": 1}}), [400, 400]),
        ("an empty batch", json!([]), [400, 400]),
    ]
}

#[tokio::test]
async fn each_kind_of_answer_has_its_status_in_each_media_type() {
    let app = TestApp::with(&[]).await;
    for (what, body, [old, new]) in kinds() {
        for (accept, status) in [(OLD, old), (NEW, new)] {
            let answer = ask(&app, accept, body.clone()).await;
            assert_eq!(
                (answer.status.as_u16(), media(&answer)),
                (status, accept),
                "{what}"
            );
            // No data on request errors, in neither type.
            assert_eq!(
                answer.body.get("data").is_some(),
                new != 400,
                "{what}: {:#}",
                answer.body
            );
        }
    }
}

#[tokio::test]
async fn what_is_no_request_is_refused_in_the_type_that_is_asked_for() {
    let app = TestApp::with(&[]).await;
    for accept in [OLD, NEW] {
        let nonsense = app
            .post()
            .header(ACCEPT, accept)
            .header("content-type", "application/json")
            .body("{ \"not a JSON");
        let untyped = app.post().header(ACCEPT, accept).body("{}");
        let mutation = app
            .client
            .get(format!(
                "{}/graphql?query=mutation%7BclearCache%7Bgeneration%7D%7D",
                app.url
            ))
            .header(ACCEPT, accept);
        for (request, status) in [(nonsense, 400), (untyped, 415), (mutation, 405)] {
            let answer = answer(request).await;
            assert_eq!((answer.status.as_u16(), media(&answer)), (status, accept));
            assert_eq!(answer.error().0, "BAD_USER_INPUT");
        }
    }
}

#[tokio::test]
async fn a_client_that_takes_neither_type_is_told_so_by_get_and_by_post() {
    let app = TestApp::with(&[]).await;
    let query = "{ search { total } }";
    // Not even from the cache.
    app.query(query).await;
    for accept in [
        "text/html",
        "application/xml, image/*",
        "application/json;q=0",
        "application/json;charset=utf-16",
    ] {
        let get = app
            .client
            .get(format!("{}/graphql", app.url))
            .query(&[("query", query)]);
        for request in [app.post().json(&json!({"query": query})), get] {
            let answer = answer(request.header(ACCEPT, accept)).await;
            assert_eq!(answer.status, 406);
            let (code, message) = answer.error();
            assert_eq!(code, "BAD_USER_INPUT");
            assert!(message.contains(accept) && message.contains(NEW), "{message}");
        }
    }
}

#[tokio::test]
async fn the_kept_answer_to_one_request_goes_out_in_the_type_that_each_client_asks_for() {
    let app = TestApp::with(&[]).await;
    for accept in [OLD, NEW, "*/*", OLD, NEW] {
        let answer = ask(&app, accept, json!({"query": "{ search { total } }"})).await;
        assert_eq!(media(&answer), if accept == NEW { NEW } else { OLD });
        assert_eq!(answer.body, json!({"data": {"search": {"total": 0}}}));
    }
}
