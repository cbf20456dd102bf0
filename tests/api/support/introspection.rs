//! The schema of a running server, line by line.

use serde_json::Value;

use super::TestApp;

/// A type, field, argument, input field or enum value.
pub(crate) struct Described {
    /// `Type`, `Type.field(argument: Type = default): Type`, `Type.field(argument)` or `Enum VALUE`.
    pub(crate) line: String,
    /// Whether it has a description.
    pub(crate) is_described: bool,
}

const QUERY: &str = "{ __schema { types { kind name description
    fields { name description args { ...Input } type { ...T } }
    inputFields { ...Input } enumValues { name description } } } }
    fragment Input on __InputValue { name description defaultValue type { ...T } }
    fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// All that a server's schema has of its own: neither the built-in scalars nor introspection's types.
pub(crate) async fn introspected(app: &TestApp) -> Vec<Described> {
    let answer = app.query(QUERY).await;
    let mut found = Vec::new();
    for of in list(&answer.data()["__schema"]["types"]) {
        let name = text(&of["name"]);
        if !name.starts_with("__") && !["String", "Int", "Float", "Boolean", "ID"].contains(&name) {
            of_type(of, name, &mut found);
        }
    }
    found
}

fn of_type(of: &Value, name: &str, found: &mut Vec<Described>) {
    found.push(described(of, name.to_owned()));
    for field in list(&of["fields"]) {
        let (path, args) = (format!("{name}.{}", text(&field["name"])), list(&field["args"]));
        for arg in args {
            found.push(described(arg, format!("{path}({})", text(&arg["name"]))));
        }
        let shown: Vec<String> = args.iter().map(input).collect();
        let shown = if args.is_empty() {
            String::new()
        } else {
            format!("({})", shown.join(", "))
        };
        found.push(described(
            field,
            format!("{path}{shown}: {}", reference(&field["type"])),
        ));
    }
    for field in list(&of["inputFields"]) {
        found.push(described(field, format!("{name}.{}", input(field))));
    }
    for value in list(&of["enumValues"]) {
        found.push(described(value, format!("{name} {}", text(&value["name"]))));
    }
}

fn described(of: &Value, line: String) -> Described {
    let is_described = !text(&of["description"]).trim().is_empty();
    Described { line, is_described }
}

/// `name: Type = default`.
fn input(value: &Value) -> String {
    let default = match value["defaultValue"].as_str() {
        Some(default) => format!(" = {default}"),
        None => String::new(),
    };
    format!("{}: {}{default}", text(&value["name"]), reference(&value["type"]))
}

/// A type as SDL writes it.
fn reference(of: &Value) -> String {
    match text(&of["kind"]) {
        "NON_NULL" => format!("{}!", reference(&of["ofType"])),
        "LIST" => format!("[{}]", reference(&of["ofType"])),
        _ => text(&of["name"]).to_owned(),
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
