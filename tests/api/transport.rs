//! GraphQL over HTTP: which requests are taken, and how they are answered.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp, answer, two_homes};

const TOTAL: &str = "{ search { total } }";

fn get(app: &TestApp, parameters: &[(&str, &str)]) -> RequestBuilder {
    let query = serde_urlencoded::to_string(parameters).unwrap();
    app.client.get(format!("{}/graphql?{query}", app.url))
}

fn post_text(app: &TestApp, media_type: &str, body: impl Into<reqwest::Body>) -> RequestBuilder {
    app.post().header("content-type", media_type).body(body)
}

/// A request that never reached GraphQL: its status, and its message.
#[track_caller]
fn refused(answer: &Answer) -> (u16, &str) {
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    assert_eq!(answer.body.get("data"), None);
    let (code, message) = answer.error();
    assert_eq!(code, "BAD_USER_INPUT");
    (answer.status.as_u16(), message)
}

#[tokio::test]
async fn get_and_post_answer_alike() {
    let app = TestApp::with(&two_homes()).await;
    let query = "query A { stats { dataVersion } } query B($t: String) { search(text: $t) { total results { alias } } }";
    let posted = app
        .send(json!({"query": query, "operationName": "B", "variables": {"t": "porch"}}))
        .await;
    let parameters = [
        ("query", query),
        ("operationName", "B"),
        ("variables", "{\"t\":\"porch\"}"),
    ];
    let got = answer(get(&app, &parameters)).await;
    assert_eq!(
        posted.data(),
        &json!({"search": {"total": 1, "results": [{"alias": "Porch"}]}})
    );
    assert_eq!(got.body, posted.body);
    assert_eq!(got.headers["content-type"], posted.headers["content-type"]);
}

#[tokio::test]
async fn a_get_that_cannot_be_read_is_refused() {
    let app = TestApp::with(&[]).await;
    let without = answer(get(&app, &[])).await;
    assert_eq!(refused(&without).0, 400);
    assert!(refused(&without).1.contains("query"), "{:?}", refused(&without));
    let variables = answer(get(&app, &[("query", TOTAL), ("variables", "{nonsense")])).await;
    assert_eq!(refused(&variables).0, 400);
    let twice = answer(get(&app, &[("query", TOTAL), ("query", TOTAL)])).await;
    assert_eq!(refused(&twice).0, 400);
}

#[tokio::test]
async fn a_get_never_runs_a_mutation() {
    let app = TestApp::with(&[]).await;
    for parameters in [
        &[("query", "mutation { clearCache { cleared } }")][..],
        &[
            ("query", "query Q { stats { dataVersion } } mutation M { clear }"),
            ("operationName", "M"),
        ],
    ] {
        let answer = answer(get(&app, parameters)).await;
        assert_eq!(refused(&answer).0, 405);
        assert_eq!(answer.headers["allow"], "POST");
    }
}

#[tokio::test]
async fn other_methods_are_told_which_ones_go() {
    let app = TestApp::with(&[]).await;
    for method in [Method::PUT, Method::DELETE, Method::PATCH] {
        let request = app.client.request(method, format!("{}/graphql", app.url));
        let answer = answer(request).await;
        assert_eq!(refused(&answer).0, 405);
        assert_eq!(answer.headers["allow"], "GET, POST");
    }
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order() {
    let app = TestApp::with(&two_homes()).await;
    let answer = app
        .send(json!([
            {"query": "{ search(page: 0) { total } }"},
            {"query": TOTAL},
            {"query": "{"},
        ]))
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.as_array().map(Vec::len), Some(3));
    assert_eq!(answer.body[0]["data"], json!({"search": null}));
    assert_eq!(answer.body[1], json!({"data": {"search": {"total": 4}}}));
    assert_eq!(
        answer.body[2]["errors"][0]["extensions"]["code"],
        "GRAPHQL_PARSE_FAILED"
    );
}

#[tokio::test]
async fn a_batch_holds_one_to_ten_operations() {
    let app = TestApp::with(&[]).await;
    let batch = |size: usize| Value::Array(vec![json!({"query": TOTAL}); size]);
    for size in [1, 2, 10] {
        let answer = app.send(batch(size)).await;
        assert_eq!(answer.body.as_array().map(Vec::len), Some(size));
    }
    for size in [0, 11, 5_000] {
        let answer = app.send(batch(size)).await;
        let (status, message) = refused(&answer);
        assert_eq!(status, 400);
        assert!(
            message.contains(&size.to_string()) && message.contains("10"),
            "{message}"
        );
    }
}

#[tokio::test]
async fn a_batch_with_a_request_that_is_none_is_refused_as_a_whole() {
    let app = TestApp::with(&[]).await;
    for bad in [json!({}), json!(7), json!([{"query": TOTAL}])] {
        let answer = app.send(json!([{"query": TOTAL}, bad])).await;
        assert_eq!(refused(&answer).0, 400, "{bad}");
    }
}

#[tokio::test]
async fn only_json_is_read() {
    let app = TestApp::with(&[]).await;
    let body = json!({"query": TOTAL}).to_string();
    for given in [
        "text/plain",
        "application/graphql",
        "application/x-www-form-urlencoded",
        "application/jsonish",
    ] {
        let answer = answer(post_text(&app, given, body.clone())).await;
        let (status, message) = refused(&answer);
        assert_eq!(status, 415);
        assert!(
            message.contains(given) && message.contains("application/json"),
            "{message}"
        );
    }
    let charset = "application/json; charset=utf-16";
    assert_eq!(
        refused(&answer(post_text(&app, charset, body.clone())).await).0,
        415
    );
    let untyped = answer(app.post().body(body.clone())).await;
    assert_eq!(refused(&untyped).0, 415);
    for taken in [
        "application/json; charset=utf-8",
        "application/json;charset=\"UTF-8\"",
        "Application/JSON",
    ] {
        let answer = answer(post_text(&app, taken, body.clone())).await;
        assert_eq!(answer.data(), &json!({"search": {"total": 0}}));
    }
}

#[tokio::test]
async fn json_that_is_no_request_is_refused_with_a_reason() {
    let app = TestApp::with(&[]).await;
    for body in [
        "",
        "{",
        "nonsense",
        "7",
        "null",
        "\"{ stats }\"",
        r#"{"query": 7}"#,
        r#"{"query": null}"#,
        r#"{"variables": {}}"#,
        r#"{"query": "{ __typename }", "variables": 7}"#,
        r#"{"query": "{ __typename }", "variables": [1]}"#,
        r#"{"query": "{ __typename }", "variables": "{}"}"#,
        r#"{"query": "{ __typename }", "operationName": 7}"#,
        r#"{"query": "{ __typename }", "extensions": []}"#,
        r#"{"query": "{ __typename }", "extensions": "{}"}"#,
        r#"{"query": "{ __typename }", "query": "{ __typename }"}"#,
        "{\"query\": \"\u{fffd}",
    ] {
        let answer = answer(post_text(&app, "application/json", body)).await;
        assert_eq!(refused(&answer).0, 400, "{body:?}");
    }
    let not_utf8 = answer(post_text(&app, "application/json", &b"{\"query\": \"\xff\"}"[..])).await;
    assert_eq!(refused(&not_utf8).0, 400);
}

#[tokio::test]
async fn a_body_that_is_too_large_is_refused() {
    let app = TestApp::start_with(
        crate::support::TestDatabase::sqlite(),
        &[("MAX_BODY_BYTES", "1000")],
    )
    .await;
    let padded = |bytes: usize| {
        let body = json!({"query": TOTAL}).to_string();
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    let fits = answer(post_text(&app, "application/json", padded(1_000))).await;
    assert_eq!(fits.data(), &json!({"search": {"total": 0}}));
    let answer = answer(post_text(&app, "application/json", padded(1_001))).await;
    let (status, message) = refused(&answer);
    assert_eq!(status, 413);
    assert!(message.contains("1000"), "{message}");
}

#[tokio::test]
async fn others_get_plain_json_and_caches_are_told_that_it_varies() {
    let app = TestApp::with(&[]).await;
    let answer = app.query(TOTAL).await;
    assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
    let vary: Vec<String> = answer
        .headers
        .get_all("vary")
        .iter()
        .map(|value| value.to_str().unwrap().to_lowercase())
        .collect();
    assert!(vary.iter().any(|value| value.contains("accept")), "{vary:?}");
}
