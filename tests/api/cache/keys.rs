//! Which requests find one another's answers.

use serde_json::json;

use super::{asked, start, x_cache};

#[tokio::test]
async fn a_repeated_request_is_found() {
    let app = start(&[]).await;
    let query = "{ search(text: \"lamp\") { total results { alias repository { fullName } } } }";
    assert_eq!(asked(&app, query).await, "MISS");
    assert_eq!(asked(&app, query).await, "HIT");
}

#[tokio::test]
async fn requests_that_differ_in_form_only_find_the_same_answer() {
    let app = start(&[]).await;
    assert_eq!(
        asked(&app, "{ search(text: \"lamp\", perPage: 5) { total } }").await,
        "MISS"
    );
    for same in [
        json!({"query": "{search(perPage:5,text:\"lamp\"){total}}"}),
        json!({"query": "query { search(text: \"lamp\" perPage: 5) { total } } # the same"}),
        json!({
            "query": "query($t: String, $n: Int! = 5) { search(perPage: $n, text: $t) { total } }",
            "variables": {"t": "lamp", "unused": 1},
        }),
        json!({
            "query": "query($n: Int!, $t: String) { search(text: $t, perPage: $n) { total } }",
            "variables": {"n": 5, "t": "lamp"},
        }),
    ] {
        assert_eq!(x_cache(app.post().json(&same)).await, "HIT", "{same}");
    }
    let by_get = app.client.get(format!("{}/graphql", app.url));
    let by_get = by_get.query(&[("query", "{ search(text: \"lamp\", perPage: 5) { total } }")]);
    assert_eq!(x_cache(by_get).await, "HIT");
}

#[tokio::test]
async fn requests_whose_answers_differ_do_not_find_one_another() {
    let app = start(&[]).await;
    for query in [
        "{ stats { dataVersion totalActions } }",
        "{ stats { totalActions dataVersion } }",
        "{ s: stats { dataVersion totalActions } }",
        "{ stats { dataVersion } }",
        "{ stats { ...F } } fragment F on Stats { totalActions }",
        "{ stats { ...F } } fragment F on Stats { totalTriggers }",
        "{ stats { dataVersion totalActions @include(if: false) } }",
    ] {
        let cache = asked(&app, query).await;
        // The value behind it is shared; the bytes are not.
        assert!(["MISS", "PARTIAL"].contains(&cache.as_str()), "{cache} {query}");
    }
}

#[tokio::test]
async fn only_the_operation_that_runs_makes_the_key() {
    let app = start(&[]).await;
    let ask = |query: &str, name: &str| app.post().json(&json!({"query": query, "operationName": name}));
    let (a, b) = (
        "query A { stats { totalActions } }",
        "query B { stats { dataVersion } }",
    );
    assert_eq!(x_cache(ask(a, "A")).await, "MISS");
    assert_eq!(x_cache(ask(&format!("{b} {a}"), "A")).await, "HIT");
    assert_eq!(x_cache(ask(&format!("{b} {a}"), "B")).await, "PARTIAL");
}
