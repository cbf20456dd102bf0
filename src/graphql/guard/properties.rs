//! Whatever the text, the guard answers; and what it says of a document is what comes out when its fragments are written
//! out for real. The same as the fuzz target `document_guard` asks, in the ordinary tests.

use std::collections::HashSet;

use async_graphql::parser::parse_query;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use proptest::prelude::*;

use super::{Limit, Refused, measure};
use crate::config::GraphqlLimits;

/// Some fragments, each of which may use those after it, so that none has an end that is not there; and an operation.
fn document() -> impl Strategy<Value = String> {
    let choices = prop::collection::vec(prop::collection::vec((0..6_u8, 0..5_usize), 1..5), 1..6);
    choices.prop_map(|sets| {
        let count = sets.len();
        let set = |at: usize, choices: &[(u8, usize)]| -> String {
            let items = choices.iter().map(|(kind, next)| {
                let later = at + 1 + next;
                match kind {
                    0 | 1 if later < count => format!("...f{later}"),
                    2 if later < count => format!("a {{ ...f{later} b }}"),
                    3 => "... on Query { c @skip(if: true) }".to_owned(),
                    4 => "x: a(b: [1, {c: \"}\"}]) { d e }".to_owned(),
                    _ => "g".to_owned(),
                }
            });
            items.collect::<Vec<_>>().join(" ")
        };
        let written: Vec<String> = sets
            .iter()
            .enumerate()
            .map(|(at, choices)| set(at, choices))
            .collect();
        let fragments = written.iter().enumerate().skip(1);
        let fragments = fragments.map(|(at, set)| format!("fragment f{at} on Query {{ {set} }}"));
        format!("{{ {} }} {}", written[0], fragments.collect::<Vec<_>>().join(" "))
    })
}

/// Fields and uses of fragments, by writing everything out.
fn written_out(document: &ExecutableDocument, set: &SelectionSet) -> u64 {
    let of = |selection: &Selection| match selection {
        Selection::Field(field) => written_out(document, &field.node.selection_set.node),
        Selection::InlineFragment(inline) => written_out(document, &inline.node.selection_set.node),
        Selection::FragmentSpread(spread) => {
            let fragment = &document.fragments[&spread.node.fragment_name.node];
            written_out(document, &fragment.node.selection_set.node)
        }
    };
    set.items.iter().map(|item| 1 + of(&item.node)).sum()
}

/// Notes the fragments that a set reaches.
fn walk<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, reached: &mut HashSet<&'a str>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => walk(document, &field.node.selection_set.node, reached),
            Selection::InlineFragment(inline) => walk(document, &inline.node.selection_set.node, reached),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                reached.insert(name.as_str());
                walk(
                    document,
                    &document.fragments[name].node.selection_set.node,
                    reached,
                );
            }
        }
    }
}

/// What the operation comes to, and each fragment it does not reach.
fn whole(document: &ExecutableDocument) -> u64 {
    let (mut reached, mut sum) = (HashSet::new(), 0);
    for (_, operation) in document.operations.iter() {
        let set = &operation.node.selection_set.node;
        walk(document, set, &mut reached);
        sum += written_out(document, set);
    }
    let fragments = document.fragments.iter();
    let unused = fragments.filter(|(name, _)| !reached.contains(name.as_str()));
    sum + unused
        .map(|(_, it)| written_out(document, &it.node.selection_set.node))
        .sum::<u64>()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn what_it_measures_is_what_comes_out(text in document()) {
        let document = parse_query(&text).unwrap();
        let unlimited = GraphqlLimits {
            fields: u64::MAX,
            aliases: u64::MAX,
            root_fields: u64::MAX,
            directives: u64::MAX,
            ..GraphqlLimits::default()
        };
        let measured = measure(&text, &unlimited).unwrap().unwrap();
        prop_assert_eq!(measured.fields, whole(&document));
        let limited = GraphqlLimits { fields: measured.fields - 1, ..unlimited };
        let refused = measure(&text, &limited).unwrap_err();
        let expected = Refused::Over { limit: Limit::Fields, value: measured.fields, bound: measured.fields - 1 };
        prop_assert_eq!(refused, expected);
    }

    #[test]
    fn any_text_is_answered(text in "[{}()\\[\\]a-c:$@!=.|&,# \"\\\\\n\r\u{feff}0-9_-]{0,300}") {
        let _ = measure(&text, &GraphqlLimits::default());
    }

    #[test]
    fn any_repetition_is_answered(part in "[{(\\[a:.\" ]{1,12}", times in 1..3_000_usize) {
        let _ = measure(&part.repeat(times), &GraphqlLimits { bytes: u64::MAX, tokens: u64::MAX, ..GraphqlLimits::default() });
    }
}
