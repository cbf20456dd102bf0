//! Variables that were not sent. They have the value they have by default; and where there is none, an argument with such a
//! variable is as good as not written, and its own default applies (GraphQL, October 2021, section 6.4.1). async-graphql
//! would take it for null and refuse it.

use std::collections::HashSet;

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Variables};
use async_graphql_value::Value;

/// Which of the variables of an operation did not come: what a document looks like once they are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absent {
    /// Those with a bit set, by the order they are declared in.
    These(u64),
    /// More are declared than there are bits.
    TooMany,
}

/// Gives variables that were not sent the values they have by default, as `CoerceVariableValues` says (GraphQL, October
/// 2021, section 6.1.2): async-graphql looks for the conditions of `@skip` and `@include` among those that were sent.
pub(super) fn fill_in_defaults(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in &operation.variable_definitions {
        let (name, default) = (&definition.node.name.node, &definition.node.default_value);
        if let Some(default) = default
            && !variables.contains_key(name)
        {
            variables.insert(name.clone(), default.node.clone());
        }
    }
}

/// Takes arguments without a value out of a document of one operation; tells whose.
///
/// # Errors
/// A variable that must have a value has none; the text names it.
pub(super) fn leave_out(document: &mut ExecutableDocument, variables: &Variables) -> Result<Absent, String> {
    let operation = match &mut document.operations {
        DocumentOperations::Single(operation) => operation,
        DocumentOperations::Multiple(operations) if operations.len() == 1 => {
            let Some(operation) = operations.values_mut().next() else {
                return Ok(Absent::These(0));
            };
            operation
        }
        // Fragments may serve the other operations too, with other variables.
        DocumentOperations::Multiple(_) => return Ok(Absent::These(0)),
    };
    let (mut absent, mut set) = (HashSet::new(), 0);
    for (index, definition) in operation.node.variable_definitions.iter().enumerate() {
        let (name, kind) = (&definition.node.name.node, &definition.node.var_type.node);
        if variables.contains_key(name) || definition.node.default_value.is_some() {
            continue;
        }
        if !kind.nullable {
            return Err(format!("the variable ${name} of type {kind} has no value"));
        }
        absent.insert(name.clone());
        set |= 1_u64
            .checked_shl(u32::try_from(index).unwrap_or(u32::MAX))
            .unwrap_or(0);
    }
    // The last bit stays free, so that no set is all ones.
    let told = if operation.node.variable_definitions.len() < 64 {
        Absent::These(set)
    } else {
        Absent::TooMany
    };
    if absent.is_empty() {
        return Ok(told);
    }
    operation
        .node
        .variable_definitions
        .retain(|it| !absent.contains(&it.node.name.node));
    in_set(&mut operation.node.selection_set.node, &absent);
    for fragment in document.fragments.values_mut() {
        in_set(&mut fragment.node.selection_set.node, &absent);
    }
    Ok(told)
}

fn in_set(set: &mut SelectionSet, absent: &HashSet<Name>) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) => {
                field
                    .node
                    .arguments
                    .retain(|(_, value)| !is_absent(&value.node, absent));
                for (_, value) in &mut field.node.arguments {
                    in_value(&mut value.node, absent);
                }
                in_set(&mut field.node.selection_set.node, absent);
            }
            Selection::InlineFragment(inline) => in_set(&mut inline.node.selection_set.node, absent),
            Selection::FragmentSpread(_) => {}
        }
    }
}

/// Fields of an input object are left out alike; an item of a list becomes null.
fn in_value(value: &mut Value, absent: &HashSet<Name>) {
    match value {
        Value::Object(fields) => {
            fields.retain(|_, value| !is_absent(value, absent));
            fields.values_mut().for_each(|value| in_value(value, absent));
        }
        Value::List(items) => {
            for item in items {
                if is_absent(item, absent) {
                    *item = Value::Null;
                } else {
                    in_value(item, absent);
                }
            }
        }
        _ => {}
    }
}

fn is_absent(value: &Value, absent: &HashSet<Name>) -> bool {
    matches!(value, Value::Variable(name) if absent.contains(name))
}
