//! Variables: what does not fit is refused with its place, the same whether the document is known or new.

use serde_json::json;

use super::refused;
use crate::support::{TestApp, two_homes};

#[tokio::test]
async fn a_value_that_does_not_fit_is_named_the_first_time_and_every_time() {
    let app = TestApp::with(&two_homes()).await;
    let query = "query($page: Int! = 1, $filter: AutomationFilter) { search(page: $page, filter: $filter) { total } }";
    for round in 0..2 {
        for (variables, parts) in [
            (json!({"page": "one"}), ["$page", "\"one\"", "Int"]),
            (json!({"page": null}), ["$page", "null", "Int!"]),
            (
                json!({"filter": {"triggers": ["sun", 1]}}),
                ["$filter", "triggers[1] is 1", "String"],
            ),
            (
                json!({"filter": {"colors": []}}),
                ["$filter", "colors", "AutomationFilter"],
            ),
        ] {
            let answer = app.send(json!({"query": query, "variables": variables})).await;
            assert_eq!(refused(&answer), "BAD_USER_INPUT", "{variables} in round {round}");
            for part in parts {
                assert!(
                    answer.error().1.contains(part),
                    "{part:?} is not in {:?}",
                    answer.error()
                );
            }
        }
        let fits = app
            .send(json!({"query": query, "variables": {"filter": {"triggers": "sun"}}}))
            .await;
        assert_eq!(fits.data()["search"]["total"], 2, "round {round}");
    }
}

#[tokio::test]
async fn a_known_document_is_neither_parsed_nor_validated_again() {
    let app = TestApp::with(&two_homes()).await;
    let parsed = async || {
        let metrics = app.get("/metrics").await.text().await.unwrap();
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("autodex_documents_parsed_total "));
        line.and_then(|number| number.parse::<u64>().ok()).unwrap()
    };
    let query = "query($text: String, $page: Int) { search(text: $text, page: $page) { total } }";
    for round in 0..5 {
        let variables = json!({"text": format!("hall {round}"), "page": round + 1});
        app.send(json!({"query": query, "variables": variables}))
            .await
            .data();
        assert_eq!(parsed().await, 1);
    }
    // With a variable less it is another document to the validation, and the same to the parser.
    app.send(json!({"query": query, "variables": {"text": "porch"}}))
        .await
        .data();
    assert_eq!(parsed().await, 1);
    app.query("{ nothing }").await;
    app.query("{ nothing }").await;
    assert_eq!(parsed().await, 3, "what is wrong is not kept");
}

#[tokio::test]
async fn a_wrong_literal_is_the_documents_mistake_even_beside_variables() {
    let app = TestApp::with(&[]).await;
    let query = "query($page: Int) { search(page: $page, perPage: \"ten\") { total } }";
    let answer = app.send(json!({"query": query, "variables": {"page": 1}})).await;
    assert_eq!(refused(&answer), "GRAPHQL_VALIDATION_FAILED");
}
