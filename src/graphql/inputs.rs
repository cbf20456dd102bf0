//! The values of variables, checked against the types an operation declares them with (GraphQL, October 2021, section
//! 6.1.2). A document is validated without them: it can be known to be valid before they come.
//!
//! The types are read from the schema's own text, once.

use std::collections::{HashMap, HashSet};

use async_graphql::parser::types::{BaseType, OperationDefinition, Type, TypeKind, TypeSystemDefinition};
use async_graphql::{Name, Value as ConstValue, Variables};

/// The input types of a schema.
#[derive(Debug, Default)]
pub(super) struct InputTypes {
    enums: HashMap<Name, HashSet<Name>>,
    objects: HashMap<Name, Vec<InputField>>,
}

#[derive(Debug)]
struct InputField {
    name: Name,
    kind: Type,
    has_default: bool,
}

/// A value that does not fit: where it is and why.
type Misfit = (String, String);

impl InputTypes {
    /// Of a schema in the schema definition language. One that cannot be read has none, and nothing is checked.
    pub(super) fn of(sdl: &str) -> Self {
        let mut types = Self::default();
        let Ok(schema) = async_graphql::parser::parse_schema(sdl) else {
            return types;
        };
        for definition in schema.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let name = definition.node.name.node;
            match definition.node.kind {
                TypeKind::Enum(of) => {
                    let values = of.values.into_iter().map(|it| it.node.value.node);
                    types.enums.insert(name, values.collect());
                }
                TypeKind::InputObject(of) => {
                    let fields = of.fields.into_iter().map(|it| InputField {
                        name: it.node.name.node,
                        kind: it.node.ty.node,
                        has_default: it.node.default_value.is_some(),
                    });
                    types.objects.insert(name, fields.collect());
                }
                _ => {}
            }
        }
        types
    }

    /// Checks the values that came for the variables of an operation; those that did not come are not looked at.
    ///
    /// # Errors
    /// One does not fit its type; the text names variable, place, and what is expected.
    pub(super) fn check(&self, operation: &OperationDefinition, variables: &Variables) -> Result<(), String> {
        for definition in &operation.variable_definitions {
            let (name, kind) = (&definition.node.name.node, &definition.node.var_type.node);
            if let Some(value) = variables.get(name) {
                self.fits(kind, value).map_err(|(place, why)| {
                    format!("the variable ${name} of type {kind} cannot be used: its value{place} {why}")
                })?;
            }
        }
        Ok(())
    }

    fn fits(&self, kind: &Type, value: &ConstValue) -> Result<(), Misfit> {
        if *value == ConstValue::Null {
            return if kind.nullable {
                Ok(())
            } else {
                misfit(format!("is null; expected {kind}"))
            };
        }
        match (&kind.base, value) {
            (BaseType::List(of), ConstValue::List(items)) => {
                for (index, item) in items.iter().enumerate() {
                    self.fits(of, item)
                        .map_err(|(place, why)| (format!("[{index}]{place}"), why))?;
                }
                Ok(())
            }
            // A single value stands for a list of one.
            (BaseType::List(of), single) => self.fits(of, single),
            (BaseType::Named(name), value) => self.fits_named(name, value),
        }
    }

    fn fits_named(&self, name: &Name, value: &ConstValue) -> Result<(), Misfit> {
        if let Some(values) = self.enums.get(name) {
            return is_one_of(values, value);
        }
        if let Some(fields) = self.objects.get(name) {
            return self.fits_object(name, fields, value);
        }
        let fits = match (name.as_str(), value) {
            ("Int", ConstValue::Number(number)) => number
                .as_i64()
                .is_some_and(|number| i32::try_from(number).is_ok()),
            ("ID", ConstValue::Number(number)) => number.as_i64().is_some(),
            ("Float", ConstValue::Number(_))
            | ("Boolean", ConstValue::Boolean(_))
            | ("String" | "ID", ConstValue::String(_)) => true,
            ("Int" | "Float" | "Boolean" | "String" | "ID", _) => false,
            // A scalar of the schema's own, or a type that the validation finds unknown.
            _ => true,
        };
        if fits {
            Ok(())
        } else {
            misfit(format!("is {}; expected {name}", shown(value)))
        }
    }

    fn fits_object(&self, name: &Name, fields: &[InputField], value: &ConstValue) -> Result<(), Misfit> {
        let ConstValue::Object(values) = value else {
            return misfit(format!("is {}; expected {name}, an object", shown(value)));
        };
        if let Some(unknown) = values
            .keys()
            .find(|key| fields.iter().all(|field| field.name != **key))
        {
            return misfit(format!(
                "has the field {:?}, which {name} has not",
                unknown.as_str()
            ));
        }
        for field in fields {
            match values.get(&field.name) {
                Some(value) => {
                    let at = |(place, why): Misfit| (format!(".{}{place}", field.name), why);
                    self.fits(&field.kind, value).map_err(at)?;
                }
                None if !field.kind.nullable && !field.has_default => {
                    return misfit(format!("lacks the field {}: {}", field.name, field.kind));
                }
                None => {}
            }
        }
        Ok(())
    }
}

fn is_one_of(values: &HashSet<Name>, value: &ConstValue) -> Result<(), Misfit> {
    let given = match value {
        ConstValue::String(text) => text.as_str(),
        ConstValue::Enum(name) => name.as_str(),
        _ => "",
    };
    if values.contains(given) {
        return Ok(());
    }
    let mut names: Vec<&str> = values.iter().map(Name::as_str).collect();
    names.sort_unstable();
    misfit(format!("is {}; expected {}", shown(value), names.join(" or ")))
}

fn misfit(why: String) -> Result<(), Misfit> {
    Err((String::new(), why))
}

/// A value as a message shows it: the beginning of a long text, and of what holds others only what it is.
fn shown(value: &ConstValue) -> String {
    const MOST: usize = 40;
    match value {
        ConstValue::String(text) if text.chars().count() > MOST => {
            format!("{:?}...", text.chars().take(MOST).collect::<String>())
        }
        ConstValue::List(_) => "a list".to_owned(),
        ConstValue::Object(_) => "an object".to_owned(),
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::graphql::finish::chosen;

    fn check(definitions: &str, variables: serde_json::Value) -> Result<(), String> {
        let types = InputTypes::of(&crate::graphql::sdl());
        let document = parse_query(format!("query({definitions}) {{ __typename }}")).unwrap();
        let operation = &chosen(&document, None).unwrap().node;
        types.check(operation, &Variables::from_json(variables))
    }

    #[test]
    fn what_fits_passes() {
        for (definitions, variables) in [
            ("$a: Int", json!({"a": -2_147_483_648})),
            ("$a: Int", json!({"a": null})),
            ("$a: Int!", json!({})),
            ("$a: Int", json!({"b": "not declared"})),
            ("$a: ID!, $b: ID!", json!({"a": 7, "b": "7"})),
            ("$a: Float", json!({"a": 1})),
            ("$a: [String!]", json!({"a": ["b"]})),
            ("$a: [String!]", json!({"a": "b"})),
            ("$a: [[Int]]", json!({"a": [[1, null], 2]})),
            ("$a: AutomationOrder!", json!({"a": "STARS"})),
            (
                "$a: AutomationFilter",
                json!({"a": {"triggers": ["sun"], "actions": null}}),
            ),
            ("$a: DateTime", json!({"a": "any"})),
            ("$a: Boolean", json!({"a": false})),
        ] {
            assert_eq!(
                check(definitions, variables.clone()),
                Ok(()),
                "{definitions} {variables}"
            );
        }
    }

    #[test]
    fn what_does_not_fit_is_named_with_its_place_and_what_is_expected() {
        for (definitions, variables, message) in [
            (
                "$a: Int!",
                json!({"a": null}),
                "$a of type Int! cannot be used: its value is null; expected Int!",
            ),
            ("$a: Int", json!({"a": "one"}), "is \"one\"; expected Int"),
            ("$a: Int", json!({"a": 1.5}), "is 1.5; expected Int"),
            (
                "$a: Int",
                json!({"a": 3_000_000_000_u64}),
                "is 3000000000; expected Int",
            ),
            ("$a: String", json!({"a": 7}), "is 7; expected String"),
            (
                "$a: [String!]",
                json!({"a": ["b", null]}),
                "value[1] is null; expected String!",
            ),
            (
                "$a: [Int]",
                json!({"a": [[1]]}),
                "value[0] is a list; expected Int",
            ),
            (
                "$a: AutomationOrder",
                json!({"a": "BEST"}),
                "is \"BEST\"; expected RECENT or RELEVANCE or STARS",
            ),
            (
                "$a: AutomationFilter",
                json!({"a": 7}),
                "is 7; expected AutomationFilter, an object",
            ),
            (
                "$a: AutomationFilter",
                json!({"a": {"colors": []}}),
                "has the field \"colors\", which AutomationFilter has not",
            ),
            (
                "$a: AutomationFilter",
                json!({"a": {"triggers": [1]}}),
                "value.triggers[0] is 1; expected String",
            ),
            (
                "$a: String",
                json!({"a": {"b": "c"}}),
                "is an object; expected String",
            ),
            (
                "$a: Boolean",
                json!({"a": "x".repeat(1_000)}),
                "xxx\"...; expected Boolean",
            ),
        ] {
            let error = check(definitions, variables.clone()).unwrap_err();
            assert!(error.contains(message), "{error:?} for {definitions} {variables}");
            assert!(error.len() < 200, "{error}");
        }
    }
}
