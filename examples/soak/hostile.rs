//! Requests that are wrong, and requests that are meant to hurt.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::chance::Chance;
use crate::client::Request;
use crate::queries::post;

/// Wrong, as clients are by mistake.
pub(crate) fn bad(chance: &mut Chance) -> Request {
    let documents = [
        "{",
        "{ nothing }",
        "{ stats }",
        "{ search(page: 0) { total } }",
        "query($page: Int!) { search(page: $page) { total } }",
        "{ search(text: \"lamp\", text: \"sun\") { total } }",
        "mutation { clearCache { generation } }",
        "{ facets(top: 100000) { total } }",
        "query A { stats { dataVersion } } query B { stats { dataVersion } }",
    ];
    post(documents[chance.index(documents.len())], &json!({"page": "one"}))
}

/// A good question that was never asked before.
pub(crate) fn fresh(chance: &mut Chance) -> Request {
    let name = format!("a{:016x}", chance.below(u64::MAX));
    let document =
        format!("query($text: String) {{ {name}: search(text: $text) {{ total results {{ alias }} }} }}");
    post(&document, &json!({"text": format!("l{}", chance.below(1_000))}))
}

/// Meant to hurt.
pub(crate) fn hostile(chance: &mut Chance) -> Request {
    let size = 1 << (4 + chance.index(12));
    match chance.below(9) {
        0 => post(&chained(size.min(4_000)), &Value::Null),
        1 => post(&wide(size), &Value::Null),
        2 => post(&"{a".repeat(size), &Value::Null),
        3 => post(&format!("{{ {} }}", "x".repeat(size)), &Value::Null),
        4 => post(&format!("{{ a(b: {}", "[".repeat(size)), &Value::Null),
        5 => post(
            &format!("{{ stats {{ {} }} }}", many(size.min(1_900))),
            &Value::Null,
        ),
        6 => raw(&"[".repeat(size * 4)),
        7 => post(
            "query($a: AutomationFilter) { search(filter: $a) { total } }",
            &nested(size.min(100)),
        ),
        _ => post(
            "{ search(perPage: 100) { results { repository { automations(perPage: 100) { results { alias source } } } } } }",
            &Value::Null,
        ),
    }
}

/// Each fragment spreads the next one twice.
fn chained(links: usize) -> String {
    let mut text = "{ ...f0 }".to_owned();
    for link in 0..links {
        // Writing to a string does not fail.
        let _ = write!(text, "fragment f{link} on Query{{...f{0} ...f{0}}}", link + 1);
    }
    text + &format!("fragment f{links} on Query{{stats{{dataVersion}}}}")
}

/// One fragment, spread many times.
fn wide(spreads: usize) -> String {
    format!(
        "{{ stats {{ {} }} }} fragment f on Stats {{ a: dataVersion b: dataVersion }}",
        "...f ".repeat(spreads)
    )
}

fn many(fields: usize) -> String {
    let fields: Vec<String> = (0..fields).map(|number| format!("wrong{number}")).collect();
    fields.join(" ")
}

/// Variables that nest.
fn nested(depth: usize) -> Value {
    let deep = (0..depth).fold(json!("sun"), |inner, _| json!({"triggers": [inner]}));
    json!({"a": deep})
}

/// A body as it is.
fn raw(body: &str) -> Request {
    let head = format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body.as_bytes()].concat().into()
}
