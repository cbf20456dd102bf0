//! The other paths, and the switches that close some.

use serde_json::Value;

use crate::support::{Answer, TestApp, TestDatabase, answer};

async fn with(variables: &[(&str, &str)]) -> TestApp {
    TestApp::start_with(TestDatabase::sqlite(), variables).await
}

async fn path(app: &TestApp, path: &str) -> Answer {
    answer(app.client.get(format!("{}{path}", app.url))).await
}

#[tokio::test]
async fn the_schema_is_served_as_it_is_generated() {
    let app = with(&[]).await;
    let response = app.get("/schema.graphql").await;
    assert_eq!(response.status(), 200);
    assert!(
        response.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("application/graphql")
    );
    assert_eq!(response.text().await.unwrap(), autodex::graphql::sdl());
}

#[tokio::test]
async fn the_editor_is_served_and_the_root_leads_to_it() {
    let app = with(&[]).await;
    let root = app.get("/").await;
    assert_eq!(root.status(), 307);
    assert_eq!(root.headers()["location"], "/graphiql");
    let editor = app.get("/graphiql").await;
    assert_eq!(editor.status(), 200);
    assert!(
        editor.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
    assert!(editor.text().await.unwrap().contains("graphiql/editor.js"));
}

#[tokio::test]
async fn what_is_not_there_is_told_in_json() {
    let app = with(&[]).await;
    for missing in ["/nothing", "/graphql/", "/api/v1/nothing"] {
        let answer = path(&app, missing).await;
        assert_eq!(answer.status, 404, "{missing}");
        assert_eq!(answer.headers["content-type"], "application/json; charset=utf-8");
        assert!(answer.error().1.contains("/graphql"));
    }
}

#[tokio::test]
async fn the_editor_can_be_switched_off() {
    let app = with(&[("GRAPHIQL_ENABLED", "false")]).await;
    for gone in ["/graphiql", "/"] {
        assert_eq!(path(&app, gone).await.status, 404, "{gone}");
    }
    assert_eq!(app.get("/schema.graphql").await.status(), 200);
}

#[tokio::test]
async fn nothing_points_to_an_editor_that_is_switched_off() {
    let app = with(&[("GRAPHIQL_ENABLED", "false")]).await;
    let answer = path(&app, "/nothing").await;
    assert!(!answer.error().1.contains("graphiql"), "{}", answer.error().1);
}

#[tokio::test]
async fn with_introspection_switched_off_nothing_of_the_schema_is_told() {
    let app = with(&[("INTROSPECTION_ENABLED", "false")]).await;
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
    ] {
        let answer = app.query(query).await;
        let data = answer.body["data"].to_string();
        assert!(!data.contains("Query"), "{data}");
    }
    let answered = app.query("{ __typename stats { dataVersion } }").await;
    assert_eq!(answered.data()["__typename"], "Query");
}

#[tokio::test]
async fn an_introspection_that_is_switched_off_says_so_with_a_code() {
    let app = with(&[("INTROSPECTION_ENABLED", "false")]).await;
    let answer = app.query("{ __schema { types { name } } }").await;
    let (code, message) = answer.error();
    assert_eq!(code, "GRAPHQL_VALIDATION_FAILED");
    assert!(message.to_lowercase().contains("introspection"), "{message}");
}

#[tokio::test]
async fn probes_and_pages_take_only_what_reads() {
    let app = with(&[]).await;
    for path in ["/health", "/ready", "/schema.graphql", "/graphiql"] {
        let response = app
            .client
            .post(format!("{}{path}", app.url))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 405, "{path}");
        let allow = response.headers()["allow"].to_str().unwrap().to_owned();
        assert!(
            allow.contains("GET") && !allow.contains("POST"),
            "{path}: {allow}"
        );
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_in_json_everywhere() {
    let app = with(&[]).await;
    let response = app
        .client
        .post(format!("{}/health", app.url))
        .send()
        .await
        .unwrap();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error} in {text:?}"));
    assert_eq!(body["errors"][0]["extensions"]["code"], "BAD_USER_INPUT");
}
