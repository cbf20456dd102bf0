//! How many values an answer may come to: the complexity of an operation.
//!
//! A field counts one, and what it holds as often as it may have items: the length of the page it asks for, or, for the
//! schema's own lists, about what they hold. It is meant to be cheap and on the safe side, not exact: all that is asked of
//! a page counts for each of its items. Rate limits may charge by it.
//!
//! Invariant: only for documents that passed [`super::written_out`], which bounds their depth and finds those without end.
//! Each fragment is gone through once.

use std::collections::HashMap;

use async_graphql::parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet};
use async_graphql::{Name, Value as ConstValue, Variables};
use async_graphql_value::Value;

/// Fields that hold as many items as an argument says: the field, the argument, its default. A test compares this with
/// the schema.
pub(super) const PAGES: [(&str, &str, u64); 4] = [
    ("search", "perPage", 15),
    ("automations", "perPage", 15),
    ("facets", "top", 20),
    ("indexRuns", "last", 10),
];
/// What none of those arguments may go over: a larger one is refused by its own name, and answered nothing.
const MOST: u64 = 100;
/// The lists of the introspection, and about how many items they have in this schema.
const SCHEMA_LISTS: [(&str, u64); 7] = [
    ("types", 32),
    ("directives", 6),
    ("fields", 5),
    ("args", 1),
    ("inputFields", 1),
    ("enumValues", 2),
    ("possibleTypes", 1),
];

/// The complexity of one operation of a document.
pub(super) fn of(
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> u64 {
    let mut counting = Counting {
        document,
        operation,
        variables,
        fragments: HashMap::new(),
    };
    counting.set(&operation.selection_set.node)
}

struct Counting<'a> {
    document: &'a ExecutableDocument,
    operation: &'a OperationDefinition,
    variables: &'a Variables,
    fragments: HashMap<&'a Name, u64>,
}

impl<'a> Counting<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> u64 {
        set.items
            .iter()
            .fold(0, |sum: u64, item| sum.saturating_add(self.selection(&item.node)))
    }

    fn selection(&mut self, selection: &'a Selection) -> u64 {
        match selection {
            Selection::Field(field) => {
                let inner = self.set(&field.node.selection_set.node);
                inner.saturating_mul(self.items(&field.node)).saturating_add(1)
            }
            Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
        }
    }

    fn fragment(&mut self, name: &'a Name) -> u64 {
        if let Some(known) = self.fragments.get(name) {
            return *known;
        }
        let fragment = self.document.fragments.get(name);
        let cost = fragment.map_or(0, |it| self.set(&it.node.selection_set.node));
        self.fragments.insert(name, cost);
        cost
    }

    /// How many items a field may have, at least one.
    fn items(&self, field: &Field) -> u64 {
        let name = field.name.node.as_str();
        if let Some((_, argument, default)) = PAGES.iter().find(|(page, _, _)| *page == name) {
            return self.number(field, argument).unwrap_or(*default).clamp(1, MOST);
        }
        let list = SCHEMA_LISTS.iter().find(|(list, _)| *list == name);
        list.map_or(1, |(_, about)| *about)
    }

    /// An argument's number; `None` where it has none, and its default applies.
    fn number(&self, field: &Field, argument: &str) -> Option<u64> {
        let number = match &field.get_argument(argument)?.node {
            Value::Number(number) => number,
            Value::Variable(name) => match self.variable(name)? {
                ConstValue::Number(number) => number,
                _ => return None,
            },
            _ => return None,
        };
        // Below nothing is nothing, and refused later by its name.
        Some(number.as_u64().unwrap_or(0))
    }

    fn variable(&self, name: &Name) -> Option<&ConstValue> {
        self.variables.get(name).or_else(|| {
            let definitions = self.operation.variable_definitions.iter();
            let definition = definitions.map(|it| &it.node).find(|it| it.name.node == *name)?;
            definition.default_value.as_ref().map(|value| &value.node)
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use async_graphql::parser::parse_schema;
    use async_graphql::parser::types::{BaseType, TypeKind, TypeSystemDefinition};
    use serde_json::json;

    use super::*;
    use crate::graphql::finish::chosen;

    fn cost_with(query: &str, variables: serde_json::Value) -> u64 {
        let document = parse_query(query).unwrap();
        let operation = &chosen(&document, None).unwrap().node;
        of(&document, operation, &Variables::from_json(variables))
    }

    fn cost(query: &str) -> u64 {
        cost_with(query, json!({}))
    }

    #[test]
    fn a_page_counts_for_each_of_its_items() {
        assert_eq!(cost("{ stats { dataVersion totalActions } }"), 3);
        assert_eq!(cost("{ search(perPage: 50) { results { alias } } }"), 1 + 50 * 2);
        assert_eq!(cost("{ search { results { alias } } }"), 1 + 15 * 2);
        assert_eq!(
            cost("{ facets(top: 3) { triggers { values { count } } } }"),
            1 + 3 * 3
        );
        let inner =
            "{ search(perPage: 10) { results { repository { automations(perPage: 20) { total } } } } }";
        assert_eq!(cost(inner), 1 + 10 * (1 + 1 + 1 + 20));
    }

    #[test]
    fn a_length_may_stand_in_a_variable_or_its_default() {
        let query = "query($n: Int! = 7) { search(perPage: $n) { total } }";
        assert_eq!(cost(query), 8);
        assert_eq!(cost_with(query, json!({"n": 30})), 31);
        assert_eq!(cost_with(query, json!({"n": "no number"})), 16);
    }

    #[test]
    fn what_no_page_may_be_counts_as_the_most_or_the_least_it_may() {
        assert_eq!(cost("{ search(perPage: 2147483647) { total } }"), 101);
        assert_eq!(cost("{ search(perPage: -3) { total } }"), 2);
        assert_eq!(cost("{ search(perPage: 99999999999999999999999) { total } }"), 2);
    }

    #[test]
    fn a_fragment_counts_where_it_is_spread_and_is_gone_through_once() {
        let query = "{ search(perPage: 2) { ...F ...F } } fragment F on SearchPage { total page }";
        assert_eq!(cost(query), 1 + 2 * 4);
        let link = |i: u32| {
            let next = i + 1;
            format!(" fragment f{i} on Query {{ ...f{next} ...f{next} }}")
        };
        let chain: String = (0..80).map(link).collect();
        let bomb = format!("{{ ...f0 }}{chain} fragment f80 on Query {{ stats {{ dataVersion }} }}");
        assert_eq!(cost(&bomb), u64::MAX);
    }

    /// Every argument of a field of the schema that says how many items it has.
    #[test]
    fn the_table_of_pages_is_what_the_schema_says() {
        let schema = parse_schema(crate::graphql::sdl()).unwrap();
        let mut pages = Vec::new();
        for definition in schema.definitions {
            let TypeSystemDefinition::Type(definition) = definition else {
                continue;
            };
            let TypeKind::Object(object) = definition.node.kind else {
                continue;
            };
            for field in object.fields {
                for argument in &field.node.arguments {
                    let is_int =
                        matches!(&argument.node.ty.node.base, BaseType::Named(name) if name == "Int");
                    if is_int && argument.node.name.node != "page" {
                        let default = argument.node.default_value.as_ref().map(|it| it.node.to_string());
                        pages.push((
                            field.node.name.node.to_string(),
                            argument.node.name.node.to_string(),
                            default.unwrap_or_default(),
                        ));
                    }
                }
            }
        }
        let listed = PAGES
            .map(|(field, argument, default)| (field.to_owned(), argument.to_owned(), default.to_string()));
        pages.sort();
        let mut listed = listed.to_vec();
        listed.sort();
        assert_eq!(pages, listed);
    }
}
