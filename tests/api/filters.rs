//! Filters of a search, one dimension after the other.

use serde_json::json;

use crate::support::{TestApp, TestDatabase, on_both_databases, texts, two_homes};

/// The names of what a filter finds, sorted.
async fn found(app: &TestApp, filter: &str) -> Vec<String> {
    let query = format!("{{ search(filter: {filter}) {{ results {{ alias }} }} }}");
    let mut names = texts(&app.query(&query).await.data()["search"]["results"], "alias");
    names.sort();
    names
}

on_both_databases! {
    async fn every_dimension_filters(database: TestDatabase) {
        let app = TestApp::start(database.filled(&two_homes()).await).await;
        assert_eq!(found(&app, "{repositories: [\"ana/casa\"]}").await, ["Door", "Hall"]);
        assert_eq!(found(&app, "{blueprints: [\"bob/Motion.yaml\"]}").await, ["Porch"]);
        assert_eq!(found(&app, "{triggers: [\"sun\"]}").await, ["Door", "Porch"]);
        assert_eq!(found(&app, "{actionDomains: [\"light\"]}").await, ["Hall", "Porch"]);
        assert_eq!(found(&app, "{actions: [\"notify.bob\"]}").await, ["Porch", "Wake"]);
    }
}

#[tokio::test]
async fn values_are_or_inside_a_dimension_and_and_across_dimensions() {
    let app = TestApp::with(&two_homes()).await;
    assert_eq!(
        found(&app, "{triggers: [\"sun\", \"time\"]}").await,
        ["Door", "Porch", "Wake"]
    );
    let both = "{triggers: [\"sun\", \"time\"], actionDomains: [\"notify\"]}";
    assert_eq!(found(&app, both).await, ["Porch", "Wake"]);
    let all = "{repositories: [\"bob/home\"], triggers: [\"state\"], actions: [\"light.turn_on\"]}";
    assert_eq!(found(&app, all).await, ["Porch"]);
}

#[tokio::test]
async fn an_empty_list_and_null_filter_nothing() {
    let app = TestApp::with(&two_homes()).await;
    assert_eq!(found(&app, "{triggers: []}").await.len(), 4);
    assert_eq!(found(&app, "{triggers: null}").await.len(), 4);
    assert_eq!(found(&app, "null").await.len(), 4);
}

#[tokio::test]
async fn a_value_nobody_has_finds_nothing() {
    let app = TestApp::with(&two_homes()).await;
    assert!(found(&app, "{actions: [\"light.explode\"]}").await.is_empty());
    let both = found(&app, "{actions: [\"light.explode\", \"lock.lock\"]}").await;
    assert_eq!(both, ["Door"]);
}

#[tokio::test]
async fn a_repository_is_known_in_any_spelling_of_its_case() {
    let app = TestApp::with(&two_homes()).await;
    assert_eq!(
        found(&app, "{repositories: [\"Ana/CASA\"]}").await,
        ["Door", "Hall"]
    );
    let query = "{ repository(owner: \"ANA\", name: \"Casa\") { fullName automationCount } }";
    assert_eq!(
        app.query(query).await.data(),
        &json!({"repository": {"fullName": "ana/casa", "automationCount": 2}})
    );
}

#[tokio::test]
async fn a_filter_may_come_in_a_variable_and_beside_a_text() {
    let app = TestApp::with(&two_homes()).await;
    let answer = app
        .send(json!({
            "query": "query($f: AutomationFilter) { search(text: \"po\", filter: $f) { total results { alias } } }",
            "variables": {"f": {"triggers": ["state"]}},
        }))
        .await;
    assert_eq!(
        answer.data(),
        &json!({"search": {"total": 1, "results": [{"alias": "Porch"}]}})
    );
}
