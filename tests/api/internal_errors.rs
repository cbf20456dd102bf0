//! What a client sees when the database breaks under a running server: a request id, and nothing of the database.

use serde_json::{Value, json};

use crate::support::{Answer, TestApp, TestDatabase, answer, execute, on_both_databases, two_homes};

/// Words that would tell of the database or of the statement.
const TELLING: [&str; 12] = [
    "sql",
    "postgres",
    "sea_orm",
    "sea-orm",
    "select",
    "table",
    "relation",
    "column",
    "statement",
    "database",
    "pool",
    "no such",
];

/// A server whose `automation` or `repository` table is gone.
async fn broken(database: TestDatabase, table: &str) -> TestApp {
    let never = [("CATALOG_POLL_INTERVAL_MS", "3600000")];
    let app = TestApp::start_with(database.filled(&two_homes()).await, &never).await;
    execute(
        app.database_url(),
        &format!("ALTER TABLE {table} RENAME TO elsewhere"),
    )
    .await;
    app
}

async fn ask(app: &TestApp, query: &str) -> Answer {
    answer(
        app.post()
            .header("x-request-id", "my-request-7")
            .json(&json!({"query": query})),
    )
    .await
}

#[track_caller]
fn tells_only_the_request_id(answer: &Answer, path: &Value) {
    let (code, message) = answer.error();
    assert_eq!(code, "INTERNAL");
    assert!(message.contains("my-request-7"), "{message:?}");
    assert_eq!(answer.headers["x-request-id"], "my-request-7");
    let error = &answer.body["errors"][0];
    assert_eq!(&error["path"], path);
    let shown = format!("{message} {}", error["extensions"]).to_lowercase();
    for word in TELLING {
        assert!(!shown.contains(word), "{word:?} in {shown}");
    }
}

on_both_databases! {
    async fn a_search_that_breaks_is_null_and_stats_still_answer(database: TestDatabase) {
        let app = broken(database, "automation").await;
        let answer = ask(&app, "{ stats { totalAutomations } search { total results { id } } }").await;
        assert_eq!(answer.status, 200);
        assert_eq!(
            answer.body["data"],
            json!({"stats": {"totalAutomations": 4}, "search": null})
        );
        tells_only_the_request_id(&answer, &json!(["search"]));
    }

    async fn repositories_that_break_take_what_needs_them_and_no_more(database: TestDatabase) {
        let app = broken(database, "repository").await;
        let search = ask(&app, "{ search { total results { alias repository { name } } } all: search { total } }").await;
        assert_eq!(search.body["data"], json!({"search": null, "all": {"total": 4}}));
        tells_only_the_request_id(&search, &json!(["search"]));
        let facets = ask(&app, "{ facets { total repositories { values { repository { name } } } } }").await;
        assert_eq!(facets.body["data"], json!({"facets": null}));
        tells_only_the_request_id(&facets, &json!(["facets"]));
        let one = ask(&app, "{ repository(owner: \"ana\", name: \"casa\") { name } }").await;
        assert_eq!(one.body["data"], json!({"repository": null}));
        tells_only_the_request_id(&one, &json!(["repository"]));
        let plain = ask(&app, "{ search(perPage: 1) { results { triggerTypes } } facets { total } }").await;
        assert_eq!(plain.data()["facets"]["total"], 4);
    }
}

#[tokio::test]
async fn a_single_automation_that_cannot_be_read_is_null() {
    let app = broken(TestDatabase::sqlite(), "automation").await;
    let answer = ask(&app, "{ automation(id: 1) { alias } }").await;
    assert_eq!(answer.body["data"], json!({"automation": null}));
    tells_only_the_request_id(&answer, &json!(["automation"]));
}
