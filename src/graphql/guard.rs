//! The guard in front of everything that walks a document: measures what an operation comes to when its fragments are
//! written out, without writing them out, and refuses what is too deep or too much.
//!
//! A short document can come to billions of fields: each fragment spreads the next twice. Every fragment is measured once
//! here, and sums stop at the bound, so that the guard itself costs no more than the document's length.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::error::ErrorCode;

/// How deep selections may nest, fragments written out. GraphiQL's own introspection needs 15.
const MAX_DEPTH: usize = 32;
/// How many fields and fragments an operation may come to, fragments written out.
const MAX_NODES: u64 = 10_000;

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refused {
    /// It nests too deep, perhaps without end.
    #[error("the query nests deeper than {MAX_DEPTH} levels, its fragments written out")]
    TooDeep,
    /// It comes to too much.
    #[error("the query comes to more than {MAX_NODES} fields, its fragments written out")]
    TooMuch,
}

impl Refused {
    /// What a client is told.
    pub(super) const CODE: ErrorCode = ErrorCode::TooComplex;
}

/// Measures an operation.
///
/// # Errors
/// It is too deep, or too much.
pub(super) fn check(document: &ExecutableDocument, operation: &OperationDefinition) -> Result<(), Refused> {
    let mut measuring = Measuring {
        fragments: &document.fragments,
        measured: HashMap::new(),
    };
    let Measure { nodes, .. } = measuring.set(&operation.selection_set.node, 1)?;
    if nodes > MAX_NODES {
        Err(Refused::TooMuch)
    } else {
        Ok(())
    }
}

/// What a selection comes to.
#[derive(Clone, Copy, Default)]
struct Measure {
    depth: usize,
    nodes: u64,
}

struct Measuring<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    /// Each fragment's measure; `None` while it is being measured, so that one that holds itself is found.
    measured: HashMap<&'a Name, Option<Measure>>,
}

impl<'a> Measuring<'a> {
    /// The measure of a set that lies at a level, from 1.
    fn set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Measure, Refused> {
        if level > MAX_DEPTH {
            return Err(Refused::TooDeep);
        }
        let mut sum = Measure { depth: 1, nodes: 0 };
        for item in &set.items {
            let inner = match &item.node {
                Selection::Field(field) if field.node.selection_set.node.items.is_empty() => {
                    Measure::default()
                }
                Selection::Field(field) => self.set(&field.node.selection_set.node, level + 1)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node, level + 1)?,
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node, level)?,
            };
            sum.depth = sum.depth.max(inner.depth + 1);
            sum.nodes = sum.nodes.saturating_add(inner.nodes).saturating_add(1);
        }
        if level - 1 + sum.depth > MAX_DEPTH {
            Err(Refused::TooDeep)
        } else {
            Ok(sum)
        }
    }

    fn fragment(&mut self, name: &'a Name, level: usize) -> Result<Measure, Refused> {
        match self.measured.get(name) {
            Some(Some(known)) if level + known.depth > MAX_DEPTH => return Err(Refused::TooDeep),
            Some(Some(known)) => return Ok(*known),
            Some(None) => return Err(Refused::TooDeep),
            None => {}
        }
        self.measured.insert(name, None);
        // One that is missing is for the validation to name.
        let measure = match self.fragments.get(name) {
            Some(fragment) => self.set(&fragment.node.selection_set.node, level + 1)?,
            None => Measure::default(),
        };
        self.measured.insert(name, Some(measure));
        Ok(measure)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::graphql::finish::chosen;

    fn checked(query: &str) -> Result<(), Refused> {
        let document = parse_query(query).unwrap();
        check(&document, &chosen(&document, None).unwrap().node)
    }

    /// A chain of fragments, each of which spreads the next so many times.
    fn chain(length: usize, spreads: usize) -> String {
        let mut links = Vec::new();
        for i in 0..length {
            let next = format!("stats {{ dataVersion }} ...f{} ", i + 1).repeat(spreads);
            links.push(format!("fragment f{i} on Query {{ {next} }}"));
        }
        format!(
            "{{ ...f0 }} {} fragment f{length} on Query {{ stats {{ dataVersion }} }}",
            links.join(" ")
        )
    }

    #[test]
    fn what_people_ask_passes() {
        assert_eq!(
            checked("{ search { results { repository { automations { results { alias } } } } } }"),
            Ok(())
        );
        assert_eq!(checked(&chain(20, 1)), Ok(()));
    }

    #[test]
    fn a_bomb_is_refused_in_its_chained_and_in_its_wide_form() {
        assert_eq!(checked(&chain(28, 2)), Err(Refused::TooMuch));
        assert_eq!(checked(&chain(9, 9)), Err(Refused::TooMuch));
        assert_eq!(checked(&chain(5_000, 2)), Err(Refused::TooDeep));
        let wide = format!("{{ {} }}", "...f ".repeat(2_000))
            + " fragment f on Query { a: stats { x y z } b: stats { x y z } }";
        assert_eq!(checked(&wide), Err(Refused::TooMuch));
    }

    #[test]
    fn what_has_no_end_is_too_deep() {
        assert_eq!(
            checked("{ ...F } fragment F on Query { ...F }"),
            Err(Refused::TooDeep)
        );
        assert_eq!(
            checked("{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }"),
            Err(Refused::TooDeep)
        );
    }
}
