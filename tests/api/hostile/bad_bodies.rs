//! Bad bodies, by what is wrong with them.

use serde_json::{Value, json};

/// A body of JSON, the status it is answered where the client reads `application/graphql-response+json`, and its code.
pub(super) type BadBody = (Value, u16, &'static str);

/// The status of an answer with data and errors.
const PARTIAL: u16 = 294;

/// All of them.
pub(super) fn all() -> Vec<BadBody> {
    [
        no_request(),
        no_graphql(),
        not_of_this_schema(),
        unfit_parts(),
        mismatched(),
        too_much(),
        out_of_bounds(),
    ]
    .concat()
}

fn query(text: &str) -> Value {
    json!({"query": text})
}

/// No request.
fn no_request() -> Vec<BadBody> {
    vec![
        (json!(null), 400, "BAD_USER_INPUT"),
        (json!(true), 400, "BAD_USER_INPUT"),
        (json!("{ stats { dataVersion } }"), 400, "BAD_USER_INPUT"),
        (json!({}), 400, "BAD_USER_INPUT"),
        (json!([]), 400, "BAD_USER_INPUT"),
        (json!([1]), 400, "BAD_USER_INPUT"),
        (json!({"query": null}), 400, "BAD_USER_INPUT"),
        (json!({"query": ["{ __typename }"]}), 400, "BAD_USER_INPUT"),
        (
            json!({"query": "{ __typename }", "variables": "x"}),
            400,
            "BAD_USER_INPUT",
        ),
        (
            json!({"query": "{ __typename }", "operationName": 7}),
            400,
            "BAD_USER_INPUT",
        ),
    ]
}

/// No GraphQL.
fn no_graphql() -> Vec<BadBody> {
    vec![
        (query(""), 400, "GRAPHQL_PARSE_FAILED"),
        (query("\u{0}"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("}"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{}"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{ a(b: \"open) }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{ a(b: \"\"\"open) }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{ a(b: \"\\uD800\") }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{ a(b: 01) }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{ a(b: 1.) }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("{ a b } { c }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("query A { a } query A { a }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("fragment F on Query { a }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("type A { b: Int }"), 400, "GRAPHQL_PARSE_FAILED"),
        (query("# nothing but a comment"), 400, "GRAPHQL_PARSE_FAILED"),
    ]
}

/// Not this schema's.
fn not_of_this_schema() -> Vec<BadBody> {
    vec![
        (query("{ nothing }"), 400, "GRAPHQL_VALIDATION_FAILED"),
        (query("{ stats }"), 400, "GRAPHQL_VALIDATION_FAILED"),
        (
            query("{ stats { dataVersion { deeper } } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ search(page: $page) { total } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({"query": "query($a: Nothing) { __typename }", "variables": {"a": 1}}),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            json!({"query": "query($a: Stats) { __typename }", "variables": {"a": 1}}),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ]
}

/// Fragments and directives that do not fit.
fn unfit_parts() -> Vec<BadBody> {
    vec![
        (query("{ ...F }"), 400, "GRAPHQL_VALIDATION_FAILED"),
        (
            query("{ ...F } fragment F on Nothing { a }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ ...F } fragment F on Stats { dataVersion }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ ...F } fragment F on Query { ...F }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ stats @nothing { dataVersion } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ stats @skip { dataVersion } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ stats @skip(if: \"yes\") { dataVersion } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ search(page: 1, page: 2) { total } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ a: search { total } a: stats { dataVersion } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("subscription { stats { dataVersion } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
        (
            query("{ automation(id: {a: 1}) { id } }"),
            400,
            "GRAPHQL_VALIDATION_FAILED",
        ),
    ]
}

/// Operations and variables that do not go together.
fn mismatched() -> Vec<BadBody> {
    vec![
        (
            json!({"query": "query A { __typename }", "operationName": "B"}),
            400,
            "BAD_USER_INPUT",
        ),
        (
            json!({"query": "{ __typename }", "operationName": "A"}),
            400,
            "BAD_USER_INPUT",
        ),
        (
            query("query A { __typename } query B { __typename }"),
            400,
            "BAD_USER_INPUT",
        ),
        (
            query("query($a: Int!) { search(page: $a) { total } }"),
            400,
            "BAD_USER_INPUT",
        ),
        (
            json!({"query": "query($a: Int!) { search(page: $a) { total } }", "variables": {"a": {"b": []}}}),
            400,
            "BAD_USER_INPUT",
        ),
    ]
}

/// Too much.
fn too_much() -> Vec<BadBody> {
    vec![
        (query(&"{ a ".repeat(60)), 400, "QUERY_TOO_COMPLEX"),
        // A block string that does not end is no string to the parser, and hides no brackets.
        (
            query(&format!("{{a(b:[\"\"\"x\"{}", "[".repeat(30_000))),
            400,
            "QUERY_TOO_COMPLEX",
        ),
        (
            query(&format!("{{a(b:[\"\"\"x\"{}", "{c:".repeat(10_000))),
            400,
            "QUERY_TOO_COMPLEX",
        ),
        (
            query(&format!("{{ a(b: {} }}", "[".repeat(5_000))),
            400,
            "QUERY_TOO_COMPLEX",
        ),
        (
            query(&format!("{{ {} }}", "stats { dataVersion } ".repeat(50))),
            400,
            "QUERY_TOO_COMPLEX",
        ),
        (
            query(&format!("{{ __typename }} #{}", "x".repeat(100_000))),
            400,
            "QUERY_TOO_COMPLEX",
        ),
        (
            query(
                "{ search(perPage: 100) { results { repository { automations(perPage: 100) { results { id alias source } } } } } }",
            ),
            400,
            "QUERY_TOO_COMPLEX",
        ),
    ]
}

/// Values out of their bounds: the operation runs.
fn out_of_bounds() -> Vec<BadBody> {
    vec![
        (query("{ search(page: 0) { total } }"), PARTIAL, "BAD_USER_INPUT"),
        (
            query("{ search(page: 2147483647, perPage: 100) { total } }"),
            PARTIAL,
            "BAD_USER_INPUT",
        ),
        (query("{ facets(top: -1) { total } }"), PARTIAL, "BAD_USER_INPUT"),
        (
            query(&format!(
                "{{ search(text: \"{}\") {{ total }} }}",
                "a".repeat(300)
            )),
            PARTIAL,
            "BAD_USER_INPUT",
        ),
        (
            query("mutation { clearCache { generation } }"),
            PARTIAL,
            "FORBIDDEN",
        ),
        (query("{ cacheStats { generation } }"), PARTIAL, "FORBIDDEN"),
    ]
}
