//! Going through the pages of a search.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{TestApp, TestDatabase, lamps, on_both_databases, repository, texts};

/// Automations in [`three_homes`].
const ALL: usize = 37;

async fn three_homes(database: TestDatabase) -> TestApp {
    let content = [
        (repository("a/a", 3), lamps(20)),
        (repository("b/b", 3), lamps(10)),
        (repository("c/c", 8), lamps(7)),
    ];
    TestApp::start(database.filled(&content).await).await
}

/// The ids on all pages of eight, one after the other.
async fn walk(app: &TestApp, arguments: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for page in 1..=5 {
        let query =
            format!("{{ search({arguments}, page: {page}, perPage: 8) {{ pageCount results {{ id }} }} }}");
        let answer = app.query(&query).await.data()["search"].clone();
        assert_eq!(answer["pageCount"], 5);
        ids.extend(texts(&answer["results"], "id"));
    }
    ids
}

on_both_databases! {
    async fn the_pages_of_every_order_hold_each_automation_once(database: TestDatabase) {
        let app = three_homes(database).await;
        for arguments in [
            "text: \"lamp\", orderBy: RELEVANCE",
            "orderBy: RELEVANCE",
            "orderBy: STARS",
            "orderBy: RECENT",
        ] {
            let ids = walk(&app, arguments).await;
            let distinct: BTreeSet<&String> = ids.iter().collect();
            assert_eq!((ids.len(), distinct.len()), (ALL, ALL), "{arguments}");
            assert_eq!(walk(&app, arguments).await, ids, "the second walk of {arguments}");
        }
    }

    async fn a_repository_pages_through_its_own_automations(database: TestDatabase) {
        let app = three_homes(database).await;
        let page = async |number: usize| -> Value {
            let query = format!(
                "{{ repository(owner: \"b\", name: \"b\") {{ automationCount automations(page: {number}, perPage: 4) {{
                    total page perPage pageCount results {{ alias }} }} }} }}"
            );
            app.query(&query).await.data()["repository"].clone()
        };
        let mut names = Vec::new();
        for number in 1..=3 {
            let repository = page(number).await;
            let automations = &repository["automations"];
            assert_eq!(repository["automationCount"], 10);
            assert_eq!(automations["total"], 10);
            assert_eq!(automations["page"], number);
            assert_eq!((&automations["perPage"], &automations["pageCount"]), (&json!(4), &json!(3)));
            names.extend(texts(&automations["results"], "alias"));
        }
        let expected: Vec<String> = (1..=10).map(|number| format!("Lamp {number}")).collect();
        assert_eq!(names, expected, "in the order they came into the index");
    }
}

#[tokio::test]
async fn a_page_past_the_last_is_empty_and_still_knows_the_total() {
    let app = three_homes(TestDatabase::sqlite()).await;
    let query = "{ search(page: 4) { total page perPage pageCount results { id } } }";
    assert_eq!(
        app.query(query).await.data(),
        &json!({"search": {"total": ALL, "page": 4, "perPage": 15, "pageCount": 3, "results": []}})
    );
}

#[tokio::test]
async fn an_empty_index_has_no_page() {
    let app = TestApp::with(&[]).await;
    let query =
        "{ search { total pageCount results { id } } stats { totalAutomations lastIndexedAt dataVersion } }";
    assert_eq!(
        app.query(query).await.data(),
        &json!({
            "search": {"total": 0, "pageCount": 0, "results": []},
            "stats": {"totalAutomations": 0, "lastIndexedAt": null, "dataVersion": 0},
        })
    );
}
