//! The codes of errors, by the client's mistake.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

/// Code of the only error of an operation that never ran.
#[track_caller]
fn rejected(answer: &Answer) -> &str {
    assert_eq!(
        answer.body.get("data"),
        None,
        "it never ran, so it has no data: {:#}",
        answer.body
    );
    answer.error().0
}

#[tokio::test]
async fn what_is_no_graphql_fails_to_parse() {
    let app = TestApp::with(&[]).await;
    for query in [
        "{",
        "",
        "   ",
        "SELECT 1",
        "{ stats { dataVersion }",
        "query { stats(",
        "{ }",
    ] {
        let answer = app.query(query).await;
        assert_eq!(rejected(&answer), "GRAPHQL_PARSE_FAILED", "{query:?}");
        assert_eq!(answer.status, 200, "application/json says 200 to a GraphQL error");
    }
}

#[tokio::test]
async fn what_does_not_fit_the_schema_fails_validation() {
    let app = TestApp::with(&[]).await;
    for query in [
        "{ nothing }",
        "{ stats { nothing } }",
        "{ stats }",
        "{ search(nothing: 1) { total } }",
        "{ search(page: \"one\") { total } }",
        "{ search(orderBy: BEST) { total } }",
        "{ search(filter: {colors: [\"red\"]}) { total } }",
        "{ ...Missing }",
        "query($a: Int) { search(page: $b) { total } }",
        "{ automation { id } }",
        "mutation { clearCache { cleared } }",
    ] {
        let answer = app.query(query).await;
        let errors = answer.body["errors"]
            .as_array()
            .unwrap_or_else(|| panic!("{query}"));
        assert_eq!(answer.body.get("data"), None, "{query}: {:#}", answer.body);
        for error in errors {
            assert_eq!(
                error["extensions"]["code"], "GRAPHQL_VALIDATION_FAILED",
                "{query}: {error}"
            );
        }
    }
}

#[tokio::test]
async fn variables_that_do_not_fit_are_bad_input() {
    let app = TestApp::with(&[]).await;
    let query =
        "query($page: Int!, $filter: AutomationFilter) { search(page: $page, filter: $filter) { total } }";
    for variables in [
        json!({}),
        json!({"page": null}),
        json!({"page": "one"}),
        json!({"page": 1.5}),
        json!({"page": 3_000_000_000_u64}),
        json!({"page": 1, "filter": {"colors": ["red"]}}),
        json!({"page": 1, "filter": {"triggers": [null]}}),
        json!({"page": 1, "filter": 7}),
    ] {
        let answer = app.send(json!({"query": query, "variables": variables})).await;
        assert_eq!(
            answer.error().0,
            "BAD_USER_INPUT",
            "{variables}: {:#}",
            answer.body
        );
        assert!(
            answer
                .body
                .get("data")
                .is_none_or(|data| data["search"].is_null()),
            "{variables}: {:#}",
            answer.body
        );
    }
}

#[tokio::test]
async fn a_name_that_no_operation_has_is_bad_input() {
    let app = TestApp::with(&[]).await;
    let query = "query A { stats { dataVersion } } query B { search { total } }";
    let wrong = app.send(json!({"query": query, "operationName": "C"})).await;
    assert_eq!(rejected(&wrong), "BAD_USER_INPUT", "{:#}", wrong.body);
    let missing = app.send(json!({"query": query})).await;
    assert_eq!(rejected(&missing), "BAD_USER_INPUT", "{:#}", missing.body);
    let right = app.send(json!({"query": query, "operationName": "B"})).await;
    assert_eq!(right.data(), &json!({"search": {"total": 0}}));
}

#[tokio::test]
async fn every_error_has_a_message_and_a_code_of_the_contract() {
    const CODES: [&str; 9] = [
        "BAD_USER_INPUT",
        "GRAPHQL_PARSE_FAILED",
        "GRAPHQL_VALIDATION_FAILED",
        "PERSISTED_QUERY_NOT_FOUND",
        "FORBIDDEN",
        "RATE_LIMITED",
        "QUERY_TOO_COMPLEX",
        "TIMEOUT",
        "INTERNAL",
    ];
    let app = TestApp::with(&[]).await;
    let deep = format!(
        "{{ __schema {{ types {{ {}name{} }} }} }}",
        "ofType { ".repeat(40),
        " }".repeat(40)
    );
    for body in [
        json!({"query": "{"}),
        json!({"query": "{ nothing }"}),
        json!({"query": "{ search(page: 0) { total } }"}),
        json!({"query": "query($a: Int!) { search(page: $a) { total } }"}),
        json!({"query": deep}),
        json!({"query": 7}),
        json!({}),
        json!([]),
    ] {
        let answer = app.send(body.clone()).await;
        for error in answer.body["errors"].as_array().unwrap() {
            let code = error["extensions"]["code"].as_str().unwrap_or("none");
            assert!(CODES.contains(&code), "{code} for {body}");
            assert!(
                error["message"].as_str().is_some_and(|text| !text.is_empty()),
                "{body}"
            );
        }
    }
}

#[tokio::test]
async fn an_id_of_another_kind_fails_validation() {
    let app = TestApp::with(&[]).await;
    let answer = app.query("{ automation(id: [1]) { id } }").await;
    assert_eq!(answer.error().0, "GRAPHQL_VALIDATION_FAILED");
    assert_eq!(answer.body.get("data"), None::<&Value>);
}

#[tokio::test]
async fn an_optional_variable_that_is_not_sent_leaves_the_default_of_the_argument() {
    let app = TestApp::with(&[]).await;
    let query = "query($page: Int, $top: Int, $order: AutomationOrder, $words: [String!]) {
        search(page: $page, orderBy: $order, filter: {triggers: $words}) { page }
        ...F }
        fragment F on Query { facets(top: $top) { total } }";
    let answer = app
        .send(json!({"query": query, "variables": {"words": ["sun"]}}))
        .await;
    assert_eq!(
        answer.data(),
        &json!({"search": {"page": 1}, "facets": {"total": 0}})
    );
    let answer = app.send(json!({"query": query})).await;
    assert_eq!(answer.data()["search"]["page"], 1);
}

#[tokio::test]
async fn a_variable_that_must_have_a_value_is_named_when_it_has_none() {
    let app = TestApp::with(&[]).await;
    let answer = app
        .send(json!({"query": "query($page: Int!) { search(page: $page) { page } stats { dataVersion } }"}))
        .await;
    let (code, message) = answer.error();
    assert_eq!(code, "BAD_USER_INPUT");
    assert!(message.contains("$page") && message.contains("Int!"), "{message}");
    assert!(answer.body.get("data").is_none());
}

#[tokio::test]
async fn a_root_field_that_fails_alone_is_null_too() {
    let app = TestApp::with(&[]).await;
    let answer = app.query("{ search(page: 99999999999) { page } }").await;
    assert_eq!(answer.body["data"], json!({"search": null}), "{:#}", answer.body);
}
