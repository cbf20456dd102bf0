//! The bounds of arguments: the last value inside each is taken, the first outside is refused and told why.

use serde_json::Value;

use crate::support::{TestApp, lamps, repository};

async fn app() -> TestApp {
    TestApp::with(&[(repository("a/b", 1), lamps(3))]).await
}

/// Asks a root field, which has to answer.
async fn accepts(app: &TestApp, field: &str) {
    let answer = app.query(&format!("{{ it: {field} }}")).await;
    assert!(answer.data()["it"].is_object(), "{field} was {:#}", answer.body);
}

/// Asks a root field, which has to be refused with a message that holds these parts.
async fn refuses(app: &TestApp, field: &str, parts: &[&str]) {
    let answer = app.query(&format!("{{ it: {field} }}")).await;
    let (code, message) = answer.error();
    assert_eq!(code, "BAD_USER_INPUT", "{field}: {message}");
    for part in parts {
        assert!(message.contains(part), "{part:?} is not in {message:?} ({field})");
    }
    assert_eq!(answer.body["data"]["it"], Value::Null, "{field}");
    assert_eq!(answer.body["errors"][0]["path"][0], "it", "{field}");
}

fn search(arguments: &str) -> String {
    format!("search({arguments}) {{ total results {{ id }} }}")
}

fn facets(arguments: &str) -> String {
    format!("facets({arguments}) {{ total }}")
}

#[tokio::test]
async fn pages_begin_at_one() {
    let app = app().await;
    accepts(&app, &search("page: 1")).await;
    refuses(&app, &search("page: 0"), &["page is 0", "1 or more"]).await;
    refuses(&app, &search("page: -1"), &["page is -1", "1 or more"]).await;
}

#[tokio::test]
async fn a_page_has_one_to_a_hundred_results() {
    let app = app().await;
    for inside in ["perPage: 1", "perPage: 100"] {
        accepts(&app, &search(inside)).await;
    }
    refuses(&app, &search("perPage: 0"), &["perPage is 0", "1 to 100"]).await;
    refuses(&app, &search("perPage: 101"), &["perPage is 101", "1 to 100"]).await;
}

#[tokio::test]
async fn paging_reaches_ten_thousand_deep() {
    let app = app().await;
    for inside in ["page: 100, perPage: 100", "page: 10000, perPage: 1"] {
        accepts(&app, &search(inside)).await;
    }
    let bound = ["page", "perPage", "10000"];
    refuses(&app, &search("page: 101, perPage: 100"), &bound).await;
    refuses(&app, &search("page: 10001, perPage: 1"), &bound).await;
    refuses(&app, &search("page: 2147483647, perPage: 100"), &bound).await;
}

#[tokio::test]
async fn a_facet_lists_one_to_a_hundred_values() {
    let app = app().await;
    for inside in ["top: 1", "top: 100"] {
        accepts(&app, &facets(inside)).await;
    }
    refuses(&app, &facets("top: 0"), &["top is 0", "1 to 100"]).await;
    refuses(&app, &facets("top: 101"), &["top is 101", "1 to 100"]).await;
}

#[tokio::test]
async fn a_text_has_at_most_256_characters() {
    let app = app().await;
    let (longest, too_long) = ("ü".repeat(256), "ü".repeat(257));
    for field in [search, facets] {
        accepts(&app, &field(&format!("text: \"{longest}\""))).await;
        let parts = ["text", "257", "256"];
        refuses(&app, &field(&format!("text: \"{too_long}\"")), &parts).await;
    }
    accepts(&app, &facets(&format!("match: \"{longest}\""))).await;
    let parts = ["match", "257", "256"];
    refuses(&app, &facets(&format!("match: \"{too_long}\"")), &parts).await;
}

#[tokio::test]
async fn a_filter_list_has_at_most_fifty_values() {
    let app = app().await;
    for list in [
        "repositories",
        "blueprints",
        "triggers",
        "actionDomains",
        "actions",
    ] {
        let filter = |length| format!("filter: {{{list}: [{}]}}", "\"a/b\" ".repeat(length));
        for field in [search, facets] {
            accepts(&app, &field(&filter(50))).await;
            refuses(&app, &field(&filter(51)), &[list, "51", "50"]).await;
        }
    }
}

#[tokio::test]
async fn the_pages_within_a_repository_have_the_same_bounds() {
    let app = app().await;
    let repository = |arguments| {
        format!("repository(owner: \"a\", name: \"b\") {{ automations({arguments}) {{ total }} }}")
    };
    accepts(&app, &repository("page: 100, perPage: 100")).await;
    refuses(&app, &repository("page: 0"), &["page is 0", "1 or more"]).await;
    refuses(&app, &repository("perPage: 101"), &["perPage is 101", "1 to 100"]).await;
    refuses(&app, &repository("page: 101, perPage: 100"), &["page", "10000"]).await;
}

#[tokio::test]
async fn a_bad_value_deep_in_an_answer_makes_its_root_field_null_and_nothing_that_may_not_be() {
    let app = app().await;
    for bad in ["page: 0", "page: -2147483649", "perPage: 1000"] {
        let field = format!("search {{ results {{ repository {{ automations({bad}) {{ total }} }} }} }}");
        let answer = app
            .query(&format!("{{ {field} stats {{ totalRepositories }} }}"))
            .await;
        let expected = serde_json::json!({"search": null, "stats": {"totalRepositories": 1}});
        assert_eq!(answer.body["data"], expected, "{bad}: {:#}", answer.body);
    }
}
