//! Names of operations: the one an operation is logged under, and what is said where none fits.

use async_graphql::Name;
use async_graphql::parser::types::{DocumentOperations, ExecutableDocument};

/// Names what was asked for and what there is.
pub(super) fn no_such_operation(document: &ExecutableDocument, name: Option<&str>) -> String {
    let mut names: Vec<&str> = match &document.operations {
        DocumentOperations::Single(_) => Vec::new(),
        DocumentOperations::Multiple(operations) => operations.keys().map(Name::as_str).collect(),
    };
    names.sort_unstable();
    let there_are = if names.is_empty() {
        "one without a name".to_owned()
    } else {
        names.join(", ")
    };
    match name {
        Some(name) => format!("operationName is {name:?}; the document has {there_are}"),
        None => format!("operationName is missing; the document has {there_are}"),
    }
}

/// The name under which the operation is logged: the one that was asked for, or the only one's own.
pub(super) fn named(document: &ExecutableDocument, asked: Option<&str>) -> Option<String> {
    match (&document.operations, asked) {
        (_, Some(asked)) => Some(asked.to_owned()),
        (DocumentOperations::Single(_), None) => None,
        (DocumentOperations::Multiple(operations), None) => operations
            .keys()
            .next()
            .filter(|_| operations.len() == 1)
            .map(ToString::to_string),
    }
}
