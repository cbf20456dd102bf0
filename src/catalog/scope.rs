//! Scopes: the sets of automations that a query counts or lists.

use std::collections::HashSet;

use super::doc_set::DocSet;
use super::query::{Dimension, Filter};
use super::snapshot::Catalog;
use super::tokens::words;

/// A set of documents, or all of them.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    All,
    Some(DocSet),
}

impl Scope {
    /// Keeps what `set` holds too.
    pub(super) fn narrow(&mut self, set: &DocSet) {
        match self {
            Self::All => *self = Self::Some(set.clone()),
            Self::Some(kept) => kept.intersect(set),
        }
    }
}

/// The values chosen in one dimension.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    /// Known values, ascending and distinct.
    pub(super) known: Vec<u32>,
    /// Values that the catalog does not know, distinct, as given.
    pub(super) unknown: Vec<String>,
}

impl Catalog {
    /// The documents in which every word of the text is found.
    pub(super) fn text_scope(&self, text: Option<&str>) -> Scope {
        let mut scope = Scope::All;
        for word in words(text.unwrap_or_default()) {
            let matches = self.text.find(&word, false);
            scope.narrow(&self.text.union(&matches, self.holders(), self.words()));
            if matches!(&scope, Scope::Some(set) if set.is_empty()) {
                break;
            }
        }
        scope
    }

    /// The values that a filter names in one dimension.
    pub(super) fn chosen(&self, dimension: Dimension, filter: &Filter) -> Chosen {
        let mut chosen = Chosen::default();
        let values = &self.values[dimension as usize];
        for name in filter.values(dimension) {
            let before = chosen.known.len();
            match dimension {
                Dimension::Repositories => chosen.known.extend(self.repositories.named(name, values.names())),
                _ => chosen.known.extend(values.find(name)),
            }
            if chosen.known.len() == before {
                chosen.unknown.push(name.clone());
            }
        }
        chosen.known.sort_unstable();
        chosen.known.dedup();
        distinct(&mut chosen.unknown, dimension);
        chosen
    }

    /// The documents that have any of the chosen values; `None` if the filter does not name this dimension.
    pub(super) fn chosen_set(
        &self,
        dimension: Dimension,
        filter: &Filter,
        chosen: &Chosen,
    ) -> Option<DocSet> {
        if filter.values(dimension).is_empty() {
            return None;
        }
        let mut set = DocSet::empty(self.words());
        for &value in &chosen.known {
            self.posting(dimension, value).add_to(&mut set);
        }
        Some(set)
    }
}

/// Keeps the first of equal names.
fn distinct(names: &mut Vec<String>, dimension: Dimension) {
    let mut seen = HashSet::new();
    names.retain(|name| {
        let key = if dimension == Dimension::Repositories {
            name.to_ascii_lowercase()
        } else {
            name.clone()
        };
        seen.insert(key)
    });
}
