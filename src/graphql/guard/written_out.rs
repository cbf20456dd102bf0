//! What a document comes to with its fragments written out, without writing them out: a short one can come to billions
//! of fields, for each fragment may spread the next twice. Every fragment is gone through once, and sums stop at the
//! largest number there is, so that measuring costs no more than the document's length.
//!
//! All operations are measured, and the fragments that none of them uses: whatever validates walks them all.

use std::collections::HashMap;

use async_graphql::parser::types::{
    ExecutableDocument, FragmentDefinition, OperationDefinition, Selection, SelectionSet,
};
use async_graphql::{Name, Positioned};

use super::refused::{Limit, Refused, bound};
use crate::config::GraphqlLimits;

/// What a selection comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Measure {
    pub(super) depth: u64,
    pub(super) fields: u64,
    /// Fields that lie at its own level, not deeper.
    at_top: u64,
    aliases: u64,
    directives: u64,
}

impl Measure {
    /// One after the other.
    fn and(self, other: Self) -> Self {
        Self {
            depth: self.depth.max(other.depth),
            fields: self.fields.saturating_add(other.fields),
            at_top: self.at_top.saturating_add(other.at_top),
            aliases: self.aliases.saturating_add(other.aliases),
            directives: self.directives.saturating_add(other.directives),
        }
    }
}

/// Measures a document and holds it against the limits.
///
/// # Errors
/// It goes over one, or has no end.
pub(super) fn measure(document: &ExecutableDocument, limits: &GraphqlLimits) -> Result<Measure, Refused> {
    bound(
        Limit::Fragments,
        document.fragments.len() as u64,
        limits.fragments,
    )?;
    let mut measuring = Measuring {
        fragments: &document.fragments,
        max_depth: limits.depth,
        measured: HashMap::new(),
        visited: 0,
    };
    let mut whole = Measure::default();
    for (_, operation) in document.operations.iter() {
        let measure = measuring.operation(&operation.node)?;
        bound(Limit::RootFields, measure.at_top, limits.root_fields)?;
        whole = whole.and(measure);
    }
    // Noted before any of them is measured, so that the order they come in makes no difference.
    let fragments = document.fragments.keys();
    let unused: Vec<&Name> = fragments
        .filter(|name| !measuring.measured.contains_key(name))
        .collect();
    for name in unused {
        whole = whole.and(measuring.fragment(name, 0)?);
    }
    bound(Limit::Fields, whole.fields, limits.fields)?;
    bound(Limit::Aliases, whole.aliases, limits.aliases)?;
    bound(Limit::Directives, whole.directives, limits.directives)?;
    Ok(whole)
}

struct Measuring<'a> {
    fragments: &'a HashMap<Name, Positioned<FragmentDefinition>>,
    max_depth: u64,
    /// Each fragment's measure; `None` while it is being measured, so that one that holds itself is found.
    measured: HashMap<&'a Name, Option<Measure>>,
    /// Selections looked at so far: the work done.
    visited: u64,
}

impl<'a> Measuring<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<Measure, Refused> {
        let definitions = &operation.variable_definitions;
        let on_variables: usize = definitions.iter().map(|it| it.node.directives.len()).sum();
        let mut measure = self.set(&operation.selection_set.node, 1)?;
        let on_operation = operation.directives.len() + on_variables;
        measure.directives = measure.directives.saturating_add(on_operation as u64);
        Ok(measure)
    }

    /// The measure of a set that lies at a level, from 1.
    fn set(&mut self, set: &'a SelectionSet, level: u64) -> Result<Measure, Refused> {
        bound(Limit::Depth, level, self.max_depth)?;
        let mut sum = Measure {
            depth: 1,
            ..Measure::default()
        };
        for item in &set.items {
            self.visited += 1;
            let mut measure = self.selection(&item.node, level)?;
            measure.depth += 1;
            bound(Limit::Depth, level - 1 + measure.depth, self.max_depth)?;
            sum = sum.and(measure);
        }
        Ok(sum)
    }

    /// The measure of one selection within a set at a level; its depth is that of what it holds.
    fn selection(&mut self, selection: &'a Selection, level: u64) -> Result<Measure, Refused> {
        let (mut measure, is_field, alias) = match selection {
            Selection::Field(field) => {
                let set = &field.node.selection_set.node;
                let inner = if set.items.is_empty() {
                    Measure::default()
                } else {
                    self.set(set, level + 1)?
                };
                (inner, true, field.node.alias.is_some())
            }
            Selection::InlineFragment(inline) => (
                self.set(&inline.node.selection_set.node, level + 1)?,
                false,
                false,
            ),
            Selection::FragmentSpread(spread) => (
                self.fragment(&spread.node.fragment_name.node, level)?,
                false,
                false,
            ),
        };
        measure.fields = measure.fields.saturating_add(1);
        measure.aliases = measure.aliases.saturating_add(u64::from(alias));
        measure.directives = measure
            .directives
            .saturating_add(selection.directives().len() as u64);
        if is_field {
            measure.at_top = 1;
        }
        Ok(measure)
    }

    /// The measure of a fragment that is spread at a level.
    fn fragment(&mut self, name: &'a Name, level: u64) -> Result<Measure, Refused> {
        match self.measured.get(name) {
            Some(Some(known)) => {
                bound(Limit::Depth, level + known.depth, self.max_depth)?;
                return Ok(*known);
            }
            Some(None) => {
                return Err(Refused::Endless {
                    fragment: name.to_string(),
                });
            }
            None => {}
        }
        self.measured.insert(name, None);
        // One that is missing is for the validation to name.
        let measure = match self.fragments.get(name) {
            Some(fragment) => {
                let mut measure = self.set(&fragment.node.selection_set.node, level + 1)?;
                let own = fragment.node.directives.len() as u64;
                measure.directives = measure.directives.saturating_add(own);
                measure
            }
            None => Measure::default(),
        };
        self.measured.insert(name, Some(measure));
        Ok(measure)
    }
}

#[cfg(test)]
mod tests;
