//! The canonical form of an operation, as a digest: equal for two requests that ask the same, however they are written.
//!
//! White space, comments, the order of arguments and of variables, variables and operations that are not used, and
//! whether a value stands in the text or in a variable make no difference. Aliases, the order of fields, directives and
//! what a fragment holds do: they change the answer's bytes.
//!
//! Recursive: only for documents that passed the guard, which bounds their depth.

use std::collections::HashMap;

use async_graphql::parser::types::{
    Directive, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet, VariableDefinition,
};
use async_graphql::{Name, Positioned, Value as ConstValue, Variables};
use async_graphql_value::Value;

use crate::cache::{Digest, DigestBuilder, KeySpace};

/// Digests an operation. `None` for a document that cannot be run anyway: a fragment that is missing or holds itself.
pub(super) fn digest(
    space: &KeySpace,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    name: Option<&str>,
    variables: &Variables,
) -> Option<Digest> {
    let mut writer = Writer {
        space,
        document,
        definitions: &operation.variable_definitions,
        variables,
        fragments: HashMap::new(),
    };
    let start = space.digest().text(&operation.ty.to_string()).optional(name);
    let start = writer.directives(start, &operation.directives);
    Some(writer.set(start, &operation.selection_set.node)?.finish())
}

/// The canonical digest of an operation of a document, chosen by its name or by its being the only one; `None` for what
/// is no document, or cannot be run. The document must have passed the guard ([`super::super::guard::measure`]).
pub fn digest_of(space: &KeySpace, text: &str, name: Option<&str>, variables: &Variables) -> Option<Digest> {
    let document = async_graphql::parser::parse_query(text).ok()?;
    let operation = &crate::graphql::finish::chosen(&document, name)?.node;
    digest(space, &document, operation, name, variables)
}

struct Writer<'a> {
    space: &'a KeySpace,
    document: &'a ExecutableDocument,
    definitions: &'a [Positioned<VariableDefinition>],
    variables: &'a Variables,
    /// The digests of fragments met so far: each is gone through once, however often it is spread. `None` while it is
    /// being gone through, and for ever if it holds itself.
    fragments: HashMap<&'a Name, Option<Digest>>,
}

impl<'a> Writer<'a> {
    fn set(&mut self, to: DigestBuilder, set: &'a SelectionSet) -> Option<DigestBuilder> {
        let begun = to.number(i64::try_from(set.items.len()).ok()?);
        set.items
            .iter()
            .try_fold(begun, |to, item| self.selection(to, &item.node))
    }

    fn selection(&mut self, to: DigestBuilder, selection: &'a Selection) -> Option<DigestBuilder> {
        match selection {
            Selection::Field(field) => self.field(to.text("field"), &field.node),
            Selection::InlineFragment(inline) => {
                let condition = inline.node.type_condition.as_ref();
                let to = to
                    .text("inline")
                    .optional(condition.map(|it| it.node.on.node.as_str()));
                let to = self.directives(to, &inline.node.directives);
                self.set(to, &inline.node.selection_set.node)
            }
            Selection::FragmentSpread(spread) => {
                let to = self.directives(to.text("spread"), &spread.node.directives);
                let fragment = self.fragment(&spread.node.fragment_name.node)?;
                Some(to.bytes(fragment.as_bytes()))
            }
        }
    }

    fn field(&mut self, to: DigestBuilder, field: &'a Field) -> Option<DigestBuilder> {
        let to = to.text(&field.response_key().node).text(&field.name.node);
        let to = self.arguments(to, &field.arguments);
        let to = self.directives(to, &field.directives);
        self.set(to, &field.selection_set.node)
    }

    fn fragment(&mut self, name: &'a Name) -> Option<Digest> {
        if let Some(known) = self.fragments.get(name) {
            return *known;
        }
        self.fragments.insert(name, None);
        let fragment = &self.document.fragments.get(name)?.node;
        let to = self.space.digest().text(&fragment.type_condition.node.on.node);
        let to = self.directives(to, &fragment.directives);
        let digest = self.set(to, &fragment.selection_set.node)?.finish();
        self.fragments.insert(name, Some(digest));
        Some(digest)
    }

    fn directives(&self, to: DigestBuilder, directives: &[Positioned<Directive>]) -> DigestBuilder {
        directives.iter().fold(to, |to, directive| {
            self.arguments(
                to.text("@").text(&directive.node.name.node),
                &directive.node.arguments,
            )
        })
    }

    fn arguments(
        &self,
        to: DigestBuilder,
        arguments: &[(Positioned<Name>, Positioned<Value>)],
    ) -> DigestBuilder {
        let mut sorted: Vec<_> = arguments
            .iter()
            .map(|(name, value)| (&name.node, &value.node))
            .collect();
        sorted.sort_unstable_by_key(|(name, _)| *name);
        sorted
            .into_iter()
            .fold(to.text("("), |to, (name, value)| self.value(to.text(name), value))
            .text(")")
    }

    /// A value; a variable counts as what it stands for.
    fn value(&self, to: DigestBuilder, value: &Value) -> DigestBuilder {
        match value {
            Value::Variable(name) => match self.variable(name) {
                Some(value) => constant(to, value),
                None => to.text("absent"),
            },
            Value::List(items) => items
                .iter()
                .fold(to.text("["), |to, item| self.value(to, item))
                .text("]"),
            Value::Object(fields) => {
                let mut sorted: Vec<_> = fields.iter().collect();
                sorted.sort_unstable_by_key(|(name, _)| *name);
                let to = to.text("{");
                sorted
                    .into_iter()
                    .fold(to, |to, (name, value)| self.value(to.text(name), value))
                    .text("}")
            }
            plain => match plain.clone().into_const() {
                Some(value) => constant(to, &value),
                None => to.text("absent"),
            },
        }
    }

    /// What a variable stands for: what was sent, else its default.
    fn variable(&self, name: &Name) -> Option<&ConstValue> {
        self.variables.get(name).or_else(|| {
            let definition = self.definitions.iter().find(|it| it.node.name.node == *name)?;
            definition.node.default_value.as_ref().map(|value| &value.node)
        })
    }
}

/// A value without variables. An enum's value and a string of the same letters count as one: which of the two is right is
/// the schema's to say, and only one of them passes its validation.
fn constant(to: DigestBuilder, value: &ConstValue) -> DigestBuilder {
    match value {
        ConstValue::Null => to.text("null"),
        ConstValue::Number(number) => to.text("number").text(&number.to_string()),
        ConstValue::String(text) => to.text("text").text(text),
        ConstValue::Enum(name) => to.text("text").text(name),
        ConstValue::Boolean(flag) => to.flag(*flag),
        ConstValue::Binary(bytes) => to.bytes(bytes),
        ConstValue::List(items) => items.iter().fold(to.text("["), constant).text("]"),
        ConstValue::Object(fields) => {
            let mut sorted: Vec<_> = fields.iter().collect();
            sorted.sort_unstable_by_key(|(name, _)| *name);
            sorted
                .into_iter()
                .fold(to.text("{"), |to, (name, value)| constant(to.text(name), value))
                .text("}")
        }
    }
}

#[cfg(test)]
mod properties;

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;
    use crate::graphql::finish::chosen;

    fn digest_with(query: &str, name: Option<&str>, variables: serde_json::Value) -> Option<Digest> {
        let document = parse_query(query).unwrap();
        let operation = chosen(&document, name).unwrap();
        let variables = Variables::from_json(variables);
        digest(
            &KeySpace::new(b"", 0),
            &document,
            &operation.node,
            name,
            &variables,
        )
    }

    fn of(query: &str) -> Digest {
        digest_with(query, None, json!({})).unwrap()
    }

    #[test]
    fn white_space_comments_and_the_order_of_arguments_make_no_difference() {
        let plain = of("{ search(text: \"a\", page: 2) { total } }");
        assert_eq!(plain, of("{search(page:2,text:\"a\"){total}}"));
        assert_eq!(
            plain,
            of("# hello\nquery {\n  search(page: 2 text: \"a\") {\n    total # all\n  }\n}")
        );
        assert_eq!(
            of("{ search(filter: {triggers: [\"sun\"], actions: [\"a.b\"]}) { total } }"),
            of("{ search(filter: {actions: [\"a.b\"], triggers: [\"sun\"]}) { total } }")
        );
    }

    #[test]
    fn a_variable_is_what_it_stands_for() {
        let query = "query($text: String, $page: Int! = 2, $unused: Int) { search(text: $text, page: $page) { total } }";
        let plain = of("{ search(text: \"a\", page: 2) { total } }");
        for variables in [
            json!({"text": "a"}),
            json!({"page": 2, "text": "a"}),
            json!({"unused": 7, "text": "a", "not even declared": [1]}),
        ] {
            assert_eq!(digest_with(query, None, variables), Some(plain));
        }
        let reordered =
            "query($page: Int! = 2, $text: String) { search(text: $text, page: $page) { total } }";
        assert_eq!(digest_with(reordered, None, json!({"text": "a"})), Some(plain));
        for other in [
            json!({"text": "b"}),
            json!({"text": "a", "page": 3}),
            json!({}),
            json!({"text": null}),
        ] {
            assert_ne!(digest_with(query, None, other.clone()), Some(plain), "{other}");
        }
    }

    #[test]
    fn an_enum_is_the_same_in_the_text_and_in_a_variable() {
        let query = "query($order: AutomationOrder!) { search(orderBy: $order) { total } }";
        let literal = of("{ search(orderBy: STARS) { total } }");
        assert_eq!(digest_with(query, None, json!({"order": "STARS"})), Some(literal));
    }

    #[test]
    fn operations_that_are_not_run_make_no_difference_and_the_name_of_the_one_that_is_does() {
        let run = |query: &str, name: &str| digest_with(query, Some(name), json!({}));
        let alone = run("query A { stats { dataVersion } }", "A");
        assert!(alone.is_some());
        assert_eq!(
            alone,
            run(
                "query A { stats { dataVersion } } query B { stats { totalActions } }",
                "A"
            )
        );
        assert_ne!(alone, run("query B { stats { dataVersion } }", "B"));
    }

    #[test]
    fn whatever_changes_the_answer_changes_the_digest() {
        let queries = [
            "{ stats { dataVersion totalActions } }",
            "{ stats { totalActions dataVersion } }",
            "{ s: stats { dataVersion totalActions } }",
            "{ stats { v: dataVersion totalActions } }",
            "{ stats { dataVersion @skip(if: true) totalActions } }",
            "{ stats { dataVersion @skip(if: false) totalActions } }",
            "{ stats { dataVersion @include(if: true) totalActions } }",
            "{ stats { ...F } } fragment F on Stats { dataVersion totalActions }",
            "{ stats { ...F } } fragment F on Stats { totalActions dataVersion }",
            "{ stats { ...F totalActions } } fragment F on Stats { dataVersion }",
            "{ stats { ... { dataVersion totalActions } } }",
            "{ stats { dataVersion } stats { totalActions } }",
        ];
        let digests: std::collections::HashSet<_> = queries.map(of).into_iter().collect();
        assert_eq!(digests.len(), queries.len());
    }

    #[test]
    fn fragments_are_known_by_what_they_hold_and_not_by_name() {
        assert_eq!(
            of("{ stats { ...F } } fragment F on Stats { dataVersion }"),
            of("{ stats { ...G } } fragment G on Stats { dataVersion }")
        );
    }

    #[test]
    fn a_fragment_that_is_spread_often_is_gone_through_once() {
        let link = |i: u32| {
            let next = i + 1;
            format!(" fragment f{i} on Query {{ a: stats {{ dataVersion }} ...f{next} ...f{next} }}")
        };
        // Written out, two to the power of 24 fields.
        let chain: String = (0..24).map(link).collect();
        let query = format!("{{ ...f0 }}{chain} fragment f24 on Query {{ stats {{ dataVersion }} }}");
        assert!(digest_with(&query, None, json!({})).is_some());
    }

    #[test]
    fn what_cannot_be_run_has_no_digest() {
        for query in ["{ ...F } fragment F on Query { ...F }", "{ ...Missing }"] {
            assert_eq!(digest_with(query, None, json!({})), None, "{query}");
        }
    }
}
