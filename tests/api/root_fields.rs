//! Root fields: each fails alone, and they come back in the order of the query.

use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, lamps, on_both_databases, repository};

/// Rounds of a query whose fields are answered side by side: chance would have to be kind all these times.
const ROUNDS: usize = 30;

async fn app() -> TestApp {
    TestApp::with(&[(repository("a/b", 1), lamps(30))]).await
}

/// The names in the `data` object, in the order of the text.
fn keys(text: &str) -> Vec<String> {
    let body: serde_json::Map<String, Value> = serde_json::from_str(text).unwrap();
    assert_eq!(body.get("errors"), None, "{text}");
    // A map of serde_json's is sorted; the order is in the text.
    let mut keys: Vec<(usize, String)> = body["data"]
        .as_object()
        .unwrap()
        .keys()
        .map(|key| (text.find(&format!("\"{key}\":")).unwrap(), key.clone()))
        .collect();
    keys.sort();
    keys.into_iter().map(|(_, key)| key).collect()
}

#[tokio::test]
async fn one_that_fails_is_null_and_the_others_answer() {
    let app = app().await;
    let query = "{
        before: stats { totalAutomations }
        bad: search(page: 0) { total }
        worse: repository(owner: \"a\", name: \"b\") { name automations(perPage: 0) { total } }
        after: search { total } }";
    let answer = app.query(query).await;
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.body["data"],
        json!({"before": {"totalAutomations": 30}, "bad": null, "worse": null, "after": {"total": 30}})
    );
    let mut paths: Vec<String> = answer.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["path"].to_string())
        .collect();
    paths.sort();
    assert_eq!(paths, [r#"["bad"]"#, r#"["worse","automations"]"#]);
}

#[tokio::test]
async fn an_error_tells_where_in_the_query_it_is() {
    let app = app().await;
    let answer = app.query("{\n  bad: search(page: 0) { total }\n}").await;
    assert_eq!(
        answer.body["errors"][0]["locations"],
        json!([{"line": 2, "column": 3}])
    );
}

#[tokio::test]
async fn what_is_not_there_is_null_without_an_error() {
    let app = app().await;
    let query = "{ a: automation(id: \"999\") { id } b: automation(id: \"x\") { id } c: automation(id: 999) { id }
        d: automation(id: \"99999999999999999999\") { id } e: repository(owner: \"no\", name: \"such\") { name } }";
    assert_eq!(
        app.query(query).await.data(),
        &json!({"a": null, "b": null, "c": null, "d": null, "e": null})
    );
}

on_both_databases! {
    async fn fields_come_back_in_the_order_of_the_query(database: TestDatabase) {
        let app = TestApp::start(database.filled(&[(repository("a/b", 1), lamps(30))]).await).await;
        let query = "query Mixed { slow: search(perPage: 30) { results { id source repository { name } } }
            quick: stats { dataVersion } __typename ...More one: automation(id: 1) { id }
            ... on Query { three: automation(id: 3) { id repository { name } } } last: stats { dataVersion } }
            fragment More on Query { two: automation(id: 2) { id } quick: stats { dataVersion }
            found: facets { repositories { values { repository { name } } } } }";
        for _ in 0..ROUNDS {
            assert_eq!(
                keys(&app.text(query).await),
                ["slow", "quick", "__typename", "two", "found", "one", "three", "last"]
            );
        }
    }

    async fn the_same_answer_has_the_same_bytes(database: TestDatabase) {
        let app = TestApp::start(database.filled(&[(repository("a/b", 1), lamps(30))]).await).await;
        let query = "{ a: search(text: \"lamp\", perPage: 30) { total results { id alias source repository { fullName } } }
            b: facets(top: 5) { triggers { values { value count } } repositories { values { repository { url } } } }
            bad: search(page: 0) { total } c: stats { dataVersion updatedAt } }";
        let first = app.text(query).await;
        for _ in 0..ROUNDS {
            assert_eq!(app.text(query).await, first);
        }
    }
}

#[tokio::test]
async fn errors_come_back_in_the_order_of_the_query_too() {
    let app = app().await;
    let fields: Vec<String> = (0..12)
        .map(|i| format!("e{i}: search(page: -{i}) {{ total }}"))
        .collect();
    let query = format!("{{ {} }}", fields.join(" "));
    let first = app.text(&query).await;
    for _ in 0..ROUNDS {
        assert_eq!(app.text(&query).await, first);
    }
}

#[tokio::test]
async fn a_skipped_field_is_left_out_and_the_order_stays() {
    let app = app().await;
    let query = "query($no: Boolean = false) { z: stats { dataVersion } y: search @include(if: $no) { total }
        x: stats @skip(if: true) { dataVersion } a: search { total } }";
    assert_eq!(keys(&app.text(query).await), ["z", "a"]);
    let all_skipped = app.query("{ stats @skip(if: true) { dataVersion } }").await;
    assert_eq!(all_skipped.data(), &json!({}));
}

#[tokio::test]
async fn a_condition_is_what_its_variable_is_by_default_whoever_asks_first() {
    let app = app().await;
    let by_default =
        "query($x: Boolean = true) { z: stats { dataVersion } y: search @include(if: $x) { total } }";
    let sent = json!({"query": by_default, "variables": {"x": false}});
    assert_eq!(keys(&app.text(by_default).await), ["z", "y"]);
    assert_eq!(app.send(sent).await.data().as_object().unwrap().len(), 1);
    assert_eq!(keys(&app.text(by_default).await), ["z", "y"]);
    let skipped = "query($x: Boolean = true) { z: stats { dataVersion } y: search @skip(if: $x) { total } }";
    assert_eq!(keys(&app.text(skipped).await), ["z"]);
}

#[tokio::test]
async fn the_fields_of_an_object_come_in_the_order_of_the_query() {
    let app = app().await;
    let text = app
        .text("{ search(perPage: 1) { results { source repository { url name } githubUrl alias } total } }")
        .await;
    let place = |key: &str| {
        text.find(&format!("\"{key}\":"))
            .unwrap_or_else(|| panic!("no {key} in {text}"))
    };
    let places = [
        "results",
        "source",
        "repository",
        "url",
        "name",
        "githubUrl",
        "alias",
        "total",
    ]
    .map(place);
    assert!(places.is_sorted(), "{text}");
}
