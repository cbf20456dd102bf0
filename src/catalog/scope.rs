//! Scopes: the sets of automations that a query counts or lists.

use std::collections::HashSet;

use super::both::Both;
use super::doc_set::DocSet;
use super::query::{Dimension, Filter};
use super::side::Side;
use super::snapshot::Catalog;
use super::text::Matches;
use super::tokens::words;

/// A set of documents that count, or all of them.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    All,
    Some(DocSet),
}

impl Scope {
    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Some(set) if set.is_empty())
    }
}

/// The values chosen in one dimension.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    /// Known values, ascending and distinct.
    pub(super) known: Both<Vec<u32>>,
    /// Values that the catalog does not know, distinct, as given.
    pub(super) unknown: Vec<String>,
}

impl Side<'_> {
    /// Keeps of a scope what `set` holds too.
    pub(super) fn narrow(self, scope: &mut Scope, set: &DocSet) {
        match scope {
            Scope::Some(kept) => kept.intersect(set),
            Scope::All => {
                let mut kept = set.clone();
                if let Some(alive) = self.alive {
                    kept.intersect(alive);
                }
                *scope = Scope::Some(kept);
            }
        }
    }

    /// The documents that have any of the tokens.
    pub(super) fn having(self, matches: &Matches) -> DocSet {
        let part = self.part;
        part.text.union(matches, part.holders(), part.words())
    }

    /// The documents that have any of the chosen values; `None` if the filter does not name this dimension.
    pub(super) fn chosen_set(self, dimension: Dimension, filter: &Filter, known: &[u32]) -> Option<DocSet> {
        if filter.values(dimension).is_empty() {
            return None;
        }
        let mut set = DocSet::empty(self.part.words());
        for &value in known {
            self.part.posting(dimension, value).add_to(&mut set);
        }
        Some(set)
    }

    /// The values of one dimension that bear a name.
    fn named(self, dimension: Dimension, name: &str) -> Vec<u32> {
        let values = &self.part.values[dimension as usize];
        match dimension {
            Dimension::Repositories => self.part.repositories.named(name, values.names()).to_vec(),
            _ => values.find(name).into_iter().collect(),
        }
    }
}

impl Catalog {
    /// The documents in which every word of the text is found.
    pub(super) fn text_scope(&self, text: Option<&str>) -> Both<Scope> {
        let mut scopes = self.sides().map(|side| (side, Scope::All));
        for word in words(text.unwrap_or_default()) {
            let matches = self.find(&word, false);
            let narrow = |((side, scope), matches): (&mut (Side<'_>, Scope), Matches)| {
                side.narrow(scope, &side.having(&matches));
            };
            scopes.as_mut().zip(matches).map(narrow);
            if scopes.iter().all(|(_, scope)| scope.is_empty()) {
                break;
            }
        }
        scopes.map(|(_, scope)| scope)
    }

    /// The values that a filter names in one dimension.
    pub(super) fn chosen(&self, dimension: Dimension, filter: &Filter) -> Chosen {
        let sides = self.sides();
        let mut chosen = Chosen {
            known: sides.map(|_| Vec::new()),
            unknown: Vec::new(),
        };
        for name in filter.values(dimension) {
            let mut named = sides.map(|side| side.named(dimension, name));
            named.base.retain(|&value| self.is_known(dimension, value));
            let is_known = named.iter().any(|named| !named.is_empty());
            let known = chosen.known.as_mut();
            known.zip(named).map(|(known, named)| known.extend(named));
            if !is_known {
                chosen.unknown.push(name.clone());
            }
        }
        chosen.known.as_mut().map(|known| {
            known.sort_unstable();
            known.dedup();
        });
        distinct(&mut chosen.unknown, dimension);
        chosen
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
