//! Facets, from outside.

use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, on_both_databases, two_homes};

/// The facets of these arguments, as `facets` answers them.
async fn facets(app: &TestApp, arguments: &str) -> Value {
    let query = format!(
        "{{ facets{arguments} {{ total repositories {{ ...F }} blueprints {{ ...F }} triggers {{ ...F }}
            actionDomains {{ ...F }} actions {{ ...F }} }} }}
         fragment F on Facet {{ totalValues values {{ value count selected }} }}"
    );
    app.query(&query).await.data()["facets"].clone()
}

/// The values of a dimension as `value count`, with a star where it is selected.
fn listed(facet: &Value) -> Vec<String> {
    let line = |value: &Value| {
        let star = if value["selected"] == true { "*" } else { "" };
        format!("{} {}{star}", value["value"].as_str().unwrap(), value["count"])
    };
    facet["values"].as_array().unwrap().iter().map(line).collect()
}

on_both_databases! {
    async fn with_no_filter_everything_is_counted_most_first_then_by_name(database: TestDatabase) {
        let app = TestApp::start(database.filled(&two_homes()).await).await;
        let found = facets(&app, "").await;
        assert_eq!(found["total"], 4);
        assert_eq!(listed(&found["repositories"]), ["ana/casa 2", "bob/home 2"]);
        assert_eq!(listed(&found["blueprints"]), ["bob/Motion.yaml 1"]);
        assert_eq!(listed(&found["triggers"]), ["state 2", "sun 2", "time 1"]);
        assert_eq!(
            listed(&found["actionDomains"]),
            ["light 2", "notify 2", "lock 1", "media_player 1"]
        );
        assert_eq!(
            listed(&found["actions"]),
            ["light.turn_on 2", "notify.bob 2", "lock.lock 1", "media_player.play_media 1"]
        );
        assert_eq!(found["actions"]["totalValues"], 4);
    }

    async fn every_dimension_obeys_all_filters_but_its_own(database: TestDatabase) {
        let app = TestApp::start(database.filled(&two_homes()).await).await;
        let found = facets(&app, "(filter: {triggers: [\"sun\"], actionDomains: [\"light\"]})").await;
        assert_eq!(found["total"], 1, "Porch alone obeys both");
        assert_eq!(listed(&found["triggers"]), ["state 2", "sun 1*"], "of Hall and Porch");
        assert_eq!(
            listed(&found["actionDomains"]),
            ["light 1*", "lock 1", "notify 1"],
            "of Door and Porch"
        );
        assert_eq!(listed(&found["actions"]), ["light.turn_on 1", "notify.bob 1"]);
        assert_eq!(listed(&found["repositories"]), ["bob/home 1"]);
    }
}

#[tokio::test]
async fn a_selected_value_stays_in_the_list_when_nothing_has_it() {
    let app = TestApp::with(&two_homes()).await;
    let found = facets(
        &app,
        "(filter: {triggers: [\"time\", \"zone\"], actionDomains: [\"light\"]})",
    )
    .await;
    assert_eq!(found["total"], 0);
    assert_eq!(
        listed(&found["triggers"]),
        ["state 2", "sun 1", "time 0*", "zone 0*"]
    );
    assert_eq!(found["triggers"]["totalValues"], 4);
}

#[tokio::test]
async fn top_cuts_the_list_and_total_values_tells_of_what() {
    let app = TestApp::with(&two_homes()).await;
    let found = facets(&app, "(top: 1)").await;
    assert_eq!(listed(&found["actions"]), ["light.turn_on 2"]);
    assert_eq!(found["actions"]["totalValues"], 4);
}

#[tokio::test]
async fn a_selected_value_is_listed_beyond_the_top() {
    let app = TestApp::with(&two_homes()).await;
    let found = facets(&app, "(top: 1, filter: {triggers: [\"time\"]})").await;
    assert_eq!(listed(&found["triggers"]), ["state 2", "time 1*"]);
    assert_eq!(found["triggers"]["totalValues"], 3);
}

#[tokio::test]
async fn match_keeps_the_values_that_contain_a_text_in_any_case() {
    let app = TestApp::with(&two_homes()).await;
    let found = facets(&app, "(match: \"MO\")").await;
    assert_eq!(listed(&found["blueprints"]), ["bob/Motion.yaml 1"]);
    assert_eq!(listed(&found["triggers"]), Vec::<String>::new());
    assert_eq!(found["triggers"]["totalValues"], 0);
    assert_eq!(found["total"], 4, "match chooses values, not automations");
}

#[tokio::test]
async fn facets_of_a_text_count_what_a_search_for_it_finds() {
    let app = TestApp::with(&two_homes()).await;
    let found = facets(&app, "(text: \"notify\")").await;
    assert_eq!(found["total"], 2);
    assert_eq!(listed(&found["triggers"]), ["state 1", "sun 1", "time 1"]);
    assert_eq!(listed(&found["repositories"]), ["bob/home 2"]);
}

#[tokio::test]
async fn only_values_of_repositories_have_a_repository() {
    let app = TestApp::with(&two_homes()).await;
    let query = "{ facets(filter: {repositories: [\"BOB/home\", \"no/such\"]}) {
        repositories { values { value selected repository { fullName stars } } }
        triggers { values { repository { fullName } } } } }";
    let found = app.query(query).await.data()["facets"].clone();
    assert_eq!(
        found["repositories"]["values"],
        json!([
            {"value": "ana/casa", "selected": false, "repository": {"fullName": "ana/casa", "stars": 5}},
            {"value": "bob/home", "selected": true, "repository": {"fullName": "bob/home", "stars": 9}},
            {"value": "no/such", "selected": true, "repository": null},
        ])
    );
    for value in found["triggers"]["values"].as_array().unwrap() {
        assert_eq!(value["repository"], Value::Null);
    }
}
