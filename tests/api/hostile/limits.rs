//! The limits of documents, each by its variable: what is at the bound is answered, what goes over it is refused with
//! limit, value and bound.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{only_error, refused};
use crate::support::{TestApp, TestDatabase, two_homes};

async fn start(variables: &[(&str, &str)]) -> TestApp {
    TestApp::start_with(TestDatabase::sqlite().filled(&two_homes()).await, variables).await
}

/// Both sides of a limit's bound.
async fn bound(variable: &str, value: &str, limit: &str, inside: &str, outside: &str) {
    let app = start(&[(variable, value)]).await;
    assert!(app.query(inside).await.data().is_object(), "{inside}");
    let answer = app.query(outside).await;
    assert_eq!(refused(&answer), "QUERY_TOO_COMPLEX", "{outside}");
    let error = only_error(&answer);
    let (extensions, message) = (&error["extensions"], error["message"].as_str().unwrap());
    assert_eq!(extensions["limit"], limit);
    assert_eq!(extensions["bound"].to_string(), value);
    assert!(extensions["value"].as_u64() > value.parse().ok(), "{extensions}");
    for part in [&extensions["value"], &extensions["bound"]] {
        assert!(
            message.contains(&part.to_string()),
            "{part} is not in {message:?}"
        );
    }
}

/// A limit's variable, a bound, its name, a document at the bound and one over it.
const LIMITS: [(&str, &str, &str, &str, &str); 9] = [
    (
        "GRAPHQL_MAX_BYTES",
        "20",
        "bytes",
        "{ __typename }",
        "{ __typename        }",
    ),
    (
        "GRAPHQL_MAX_TOKENS",
        "6",
        "tokens",
        "{ stats { dataVersion } }",
        "{ stats { dataVersion totalActions } }",
    ),
    (
        "GRAPHQL_MAX_DEPTH",
        "2",
        "depth",
        "{ stats { dataVersion } }",
        "{ facets { triggers { totalValues } } }",
    ),
    (
        "GRAPHQL_MAX_FIELDS",
        "2",
        "fields",
        "{ stats { dataVersion } }",
        "{ stats { dataVersion totalActions } }",
    ),
    (
        "GRAPHQL_MAX_ALIASES",
        "1",
        "aliases",
        "{ a: __typename }",
        "{ a: __typename b: __typename }",
    ),
    (
        "GRAPHQL_MAX_ROOT_FIELDS",
        "1",
        "rootFields",
        "{ __typename }",
        "{ a: __typename b: __typename }",
    ),
    (
        "GRAPHQL_MAX_DIRECTIVES",
        "1",
        "directives",
        "{ a: __typename @skip(if: false) }",
        "{ a: __typename @skip(if: false) @include(if: true) }",
    ),
    (
        "GRAPHQL_MAX_FRAGMENTS",
        "1",
        "fragments",
        "{ ...F } fragment F on Query { __typename }",
        "{ ...F ...G } fragment F on Query { __typename } fragment G on Query { __typename }",
    ),
    (
        "GRAPHQL_MAX_COMPLEXITY",
        "11",
        "complexity",
        "{ search(perPage: 5) { results { alias } } }",
        "{ search(perPage: 6) { results { alias } } }",
    ),
];

#[tokio::test]
async fn each_limit_is_set_by_its_variable() {
    for (variable, value, limit, inside, outside) in LIMITS {
        bound(variable, value, limit, inside, outside).await;
    }
}

#[tokio::test]
async fn a_page_length_in_a_variable_counts_for_each_request_that_sends_it() {
    let app = start(&[("GRAPHQL_MAX_COMPLEXITY", "100")]).await;
    let query = "query($n: Int!) { search(perPage: $n) { results { alias } } }";
    for round in 0..2 {
        let few = app.send(json!({"query": query, "variables": {"n": 10}})).await;
        assert!(few.data().is_object(), "{round}");
        let many = app.send(json!({"query": query, "variables": {"n": 60}})).await;
        assert_eq!(refused(&many), "QUERY_TOO_COMPLEX");
    }
}

#[tokio::test]
async fn bombs_of_every_size_up_to_the_body_limit_are_refused() {
    let app = start(&[]).await;
    let chained = |links: usize| {
        let mut text = "{ ...f0 }".to_owned();
        for link in 0..links {
            write!(text, "fragment f{link} on Query{{...f{0} ...f{0}}}", link + 1).unwrap();
        }
        text + &format!("fragment f{links} on Query{{stats{{dataVersion}}}}")
    };
    let wide = |spreads: usize| {
        format!(
            "{{ stats {{ {} }} }} fragment f on Stats {{ a: dataVersion b: dataVersion }}",
            "...f ".repeat(spreads)
        )
    };
    let deep = |levels: usize| format!("{{ a{}", " { a".repeat(levels));
    let bombs = (0..12)
        .map(|size| 40 << size)
        .flat_map(|size| [chained(size / 2), wide(size * 40), deep(size)]);
    for bomb in bombs.filter(|bomb| bomb.len() < 250 * 1024) {
        let answer = app.query(&bomb).await;
        assert_eq!(refused(&answer), "QUERY_TOO_COMPLEX", "{} bytes", bomb.len());
    }
}

#[tokio::test]
async fn a_bomb_by_get_is_refused_before_it_is_parsed() {
    let app = start(&[]).await;
    let deep = "{a".repeat(10_000);
    let response = app.get(&format!("/graphql?query={deep}")).await;
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["errors"][0]["extensions"]["code"], "QUERY_TOO_COMPLEX");
}

#[tokio::test]
async fn a_document_wrong_a_thousand_times_over_is_told_so_briefly() {
    let app = start(&[]).await;
    let wrong: Vec<String> = (0..1_000).map(|number| format!("wrong{number}")).collect();
    let wrong = wrong.join(" ");
    let answer = app.query(&format!("{{ stats {{ {wrong} }} }}")).await;
    assert_eq!(answer.body["errors"].as_array().map(Vec::len), Some(20));
    assert!(answer.body.to_string().len() < 10_000);
}

#[tokio::test]
async fn json_nests_so_deep_and_no_deeper() {
    let app = start(&[("MAX_JSON_DEPTH", "4")]).await;
    let query = "query($f: AutomationFilter) { search(filter: $f) { total } }";
    let four = json!({"query": query, "variables": {"f": {"triggers": ["sun"]}}});
    assert!(app.send(four).await.data().is_object());
    let five = json!({"query": query, "variables": {"f": {"triggers": [["sun"]]}}});
    let answer = app.send(five.clone()).await;
    assert_eq!(
        (answer.status.as_u16(), refused(&answer)),
        (400, "BAD_USER_INPUT")
    );
    assert!(answer.error().1.contains("4 levels"), "{:?}", answer.error());
    let bottomless = "[".repeat(200_000);
    let request = app
        .post()
        .header("content-type", "application/json")
        .body(bottomless);
    assert_eq!(crate::support::answer(request).await.status, 400);
    let variables = ["[", "]"].map(|bracket| bracket.repeat(5)).concat();
    let url = format!("{}/graphql?query=%7B__typename%7D&variables={variables}", app.url);
    assert_eq!(crate::support::answer(app.client.get(url)).await.status, 400);
}

#[tokio::test]
async fn introspection_is_answered_and_about_as_large_as_it_is_reckoned_to_be() {
    let app = start(&[("GRAPHQL_MAX_COMPLEXITY", "3000")]).await;
    let names = "{ __schema { types { name fields { name args { name } type { name } } } } }";
    let answer = app.query(names).await;
    let reckoned = 1 + 1 + 32 * (1 + 1 + 5 * (1 + 1 + 1 + 1 + 1));
    let found = values(answer.data());
    assert!(
        found < 2 * reckoned && reckoned < 2 * found,
        "{found} found, {reckoned} reckoned"
    );
}

/// Fields with their values, however deep.
fn values(value: &Value) -> usize {
    match value {
        Value::Object(fields) => fields.values().map(|value| 1 + values(value)).sum(),
        Value::Array(items) => items.iter().map(values).sum(),
        _ => 0,
    }
}
