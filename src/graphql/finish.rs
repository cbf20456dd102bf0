//! Gives a response its final form, where async-graphql leaves it short of the specification:
//!
//! - root fields run side by side and come back as they complete: they are put into the order of the query, so that the
//!   same answer has the same bytes;
//! - a non-null field that failed is left out of its object: the nearest field that may be null becomes null instead
//!   (GraphQL, October 2021, section 6.4.4);
//! - errors get their codes.

use std::collections::HashMap;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, FragmentDefinition, OperationDefinition, Selection,
    SelectionSet,
};
use async_graphql::{Name, PathSegment, Positioned, Response, ServerError, Value, indexmap::IndexMap};
use bytes::Bytes;

use super::error::{ErrorCode, set_code};
use super::outcome::Outcome;

/// How many of a document's mistakes are told.
const MAX_MISTAKES: usize = 20;

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// The operation of a document that a name, or its being the only one, chooses.
pub(super) fn chosen<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a Positioned<OperationDefinition>> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => {
            operations.values().next()
        }
        _ => None,
    }
}

/// What of an operation its answer's form depends on.
#[derive(Debug, Default)]
pub(super) struct Root {
    /// The names of the root fields, in the order the answer is to have.
    pub(super) keys: Vec<Name>,
}

impl Root {
    /// Of the operation that a name, or its being the only one, chooses.
    pub(super) fn of(document: &ExecutableDocument, name: Option<&str>) -> Self {
        let operation = chosen(document, name);
        Self {
            keys: operation
                .map(|it| keys(&root_fields(document, &it.node)))
                .unwrap_or_default(),
        }
    }
}

/// The root fields of an operation, in order, through its fragments; each fragment is gone through once, for its second
/// time could add nothing new.
pub(super) fn root_fields<'a>(
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
) -> Vec<&'a Field> {
    let (mut fields, mut seen) = (Vec::new(), Vec::new());
    collect(
        &operation.selection_set.node,
        &document.fragments,
        &mut fields,
        &mut seen,
    );
    fields
}

fn collect<'a>(
    set: &'a SelectionSet,
    fragments: &'a Fragments,
    fields: &mut Vec<&'a Field>,
    seen: &mut Vec<&'a Name>,
) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(field) => fields.push(&field.node),
            Selection::InlineFragment(inline) => {
                collect(&inline.node.selection_set.node, fragments, fields, seen);
            }
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = fragments.get(name).filter(|_| !seen.contains(&name)) {
                    seen.push(name);
                    collect(&fragment.node.selection_set.node, fragments, fields, seen);
                }
            }
        }
    }
}

/// The names under which root fields are answered, each once.
fn keys(fields: &[&Field]) -> Vec<Name> {
    let mut keys: Vec<Name> = Vec::new();
    for field in fields {
        let key = &field.response_key().node;
        if !keys.contains(key) {
            keys.push(key.clone());
        }
    }
    keys
}

/// Whether an operation asks for the schema itself.
pub(super) fn asks_for_schema(document: &ExecutableDocument, operation: &OperationDefinition) -> bool {
    let is_schema = |field: &&Field| matches!(field.name.node.as_str(), "__schema" | "__type");
    root_fields(document, operation).iter().any(is_schema)
}

/// Gives the response its final form, and says how it went.
pub(super) fn finish(response: &mut Response, root: &Root) -> Outcome {
    // Errors without a path came before the execution; those of async-graphql's own that have one are about arguments.
    let ran = response.errors.is_empty() || response.errors.iter().any(|error| !error.path.is_empty());
    // Everything was skipped, or the only field failed: there is data, and nothing in it yet.
    if ran && response.data == Value::Null {
        response.data = Value::Object(IndexMap::new());
    }
    if !ran {
        // A document that is wrong a thousand times over need not be told so a thousand times.
        response.errors.truncate(MAX_MISTAKES);
    }
    for error in &mut response.errors {
        set_code(error, code_of(error));
        set_null(&mut response.data, &error.path);
    }
    if !ran {
        return Outcome::Rejected;
    }
    if let Value::Object(fields) = &mut response.data {
        sort(fields, &root.keys);
    }
    if response.errors.is_empty() {
        Outcome::Ok
    } else {
        Outcome::Partial
    }
}

/// An answer as JSON holds it: what never ran has no `data`.
#[derive(serde::Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
}

/// The bytes of a response that was finished.
pub(super) fn body(response: &Response, outcome: Outcome) -> Bytes {
    let data = matches!(outcome, Outcome::Ok | Outcome::Partial).then_some(&response.data);
    // A value has string keys and no number that JSON lacks: this does not fail.
    serde_json::to_vec(&Body {
        data,
        errors: &response.errors,
    })
    .unwrap_or_default()
    .into()
}

fn sort(fields: &mut IndexMap<Name, Value>, order: &[Name]) {
    if fields.len() > 1 {
        fields.sort_by_cached_key(|name, _| order.iter().position(|key| key == name));
    }
}

/// The code of an error async-graphql made: the document does not fit the schema, or an argument's value cannot be used.
/// (Those of variables were looked at before.)
const fn code_of(error: &ServerError) -> ErrorCode {
    if error.path.is_empty() {
        ErrorCode::ValidationFailed
    } else {
        ErrorCode::BadUserInput
    }
}

/// Makes a failed field's nearest nullable ancestor null, if the field itself is missing.
///
/// In this schema the fields that may be null and have fields of their own are the root fields, and `repository` of a
/// facet's value: four steps down (`facets`, a dimension, `values`, its index).
fn set_null(data: &mut Value, path: &[PathSegment]) {
    if path.is_empty() {
        return;
    }
    let in_facet_value = path.len() > 5 && matches!(path[3], PathSegment::Index(_));
    let nullable = if in_facet_value { 5 } else { 1 };
    if is_settled(data, path, nullable) {
        return;
    }
    let Some((PathSegment::Field(key), parents)) = path[..nullable].split_last() else {
        return;
    };
    let parent = parents
        .iter()
        .try_fold(data, |value, segment| step(value, segment));
    if let Some(Value::Object(fields)) = parent {
        fields.insert(Name::new(key), Value::Null);
    }
}

/// Whether a failed field, or what it lies in, is null where it may be. Between the nearest ancestor that may be null and
/// the field nothing may: async-graphql makes an object null there when the only field asked of it failed.
fn is_settled(data: &mut Value, path: &[PathSegment], nullable: usize) -> bool {
    let mut value = data;
    for (depth, segment) in path.iter().enumerate() {
        if *value == Value::Null {
            return depth <= nullable;
        }
        match step(value, segment) {
            Some(next) => value = next,
            None => return false,
        }
    }
    true
}

fn step<'a>(value: &'a mut Value, segment: &PathSegment) -> Option<&'a mut Value> {
    match (value, segment) {
        (Value::Object(fields), PathSegment::Field(key)) => fields.get_mut(key.as_str()),
        (Value::List(items), PathSegment::Index(index)) => items.get_mut(*index),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::value;

    use super::*;

    fn keys(query: &str) -> Vec<String> {
        let document = async_graphql::parser::parse_query(query).unwrap();
        Root::of(&document, None)
            .keys
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    fn failed(path: &[&str]) -> ServerError {
        let segment = |text: &&str| match text.parse() {
            Ok(index) => PathSegment::Index(index),
            Err(_) => PathSegment::Field((*text).to_owned()),
        };
        ServerError::new("it failed", None).with_path(path.iter().map(segment).collect())
    }

    fn finished(data: Value, errors: Vec<ServerError>) -> (Value, Outcome) {
        let mut response = Response::new(data);
        response.errors = errors;
        let outcome = finish(&mut response, &Root::default());
        (response.data, outcome)
    }

    #[test]
    fn root_keys_come_in_the_order_of_the_query_through_fragments() {
        let query = "query { b: stats { dataVersion } ...F a: stats { dataVersion } ... on Query { c: stats { dataVersion } } }
                     fragment F on Query { d: stats { dataVersion } a: stats { dataVersion } ...F }";
        assert_eq!(keys(query), ["b", "d", "a", "c"]);
    }

    #[test]
    fn root_fields_are_put_into_order() {
        let mut response = Response::new(value!({"late": 1, "early": 2}));
        let keys = vec![Name::new("early"), Name::new("late")];
        finish(&mut response, &Root { keys });
        assert_eq!(
            serde_json::to_string(&response.data).unwrap(),
            r#"{"early":2,"late":1}"#
        );
    }

    #[test]
    fn a_missing_field_makes_its_root_field_null_and_leaves_the_others() {
        let data = value!({"repository": {"name": "x"}, "stats": {"dataVersion": 1}});
        let (data, outcome) = finished(data, vec![failed(&["repository", "automations"])]);
        assert_eq!(data, value!({"repository": null, "stats": {"dataVersion": 1}}));
        assert_eq!(outcome, Outcome::Partial);
    }

    #[test]
    fn an_object_that_is_null_where_it_may_not_be_makes_its_root_field_null() {
        let data = value!({"search": {"results": [{"repository": null}, {"repository": null}]}});
        let path = |index| ["search", "results", index, "repository", "automations"];
        let (data, _) = finished(data, vec![failed(&path("0")), failed(&path("1"))]);
        assert_eq!(data, value!({"search": null}));
        let data = value!({"facets": {"repositories": {"values": [{"repository": {"automations": null}}]}}});
        let path = [
            "facets",
            "repositories",
            "values",
            "0",
            "repository",
            "automations",
            "results",
        ];
        let (data, _) = finished(data, vec![failed(&path)]);
        assert_eq!(
            data,
            value!({"facets": {"repositories": {"values": [{"repository": null}]}}})
        );
    }

    #[test]
    fn in_a_facet_value_only_its_repository_becomes_null() {
        let data = value!({"facets": {"repositories": {"values": [{"repository": {"name": "x"}}]}}});
        let path = [
            "facets",
            "repositories",
            "values",
            "0",
            "repository",
            "automations",
        ];
        let (data, _) = finished(data, vec![failed(&path)]);
        assert_eq!(
            data,
            value!({"facets": {"repositories": {"values": [{"repository": null}]}}})
        );
    }

    #[test]
    fn an_error_without_a_path_means_it_never_ran() {
        let (_, outcome) = finished(Value::Null, vec![failed(&[])]);
        assert_eq!(outcome, Outcome::Rejected);
    }

    #[test]
    fn where_everything_was_skipped_there_is_data_all_the_same() {
        assert_eq!(finished(Value::Null, vec![]), (value!({}), Outcome::Ok));
    }
}
