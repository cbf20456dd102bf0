//! Facets: the values of each dimension with their counts, disjunctively.
//!
//! A dimension's counts obey the text and every filter but its own. So all dimensions without a filter share one
//! scope, and each with a filter has its own.

use super::answer::Facets;
use super::doc_set::DocSet;
use super::fold::fold;
use super::listing::Wanted;
use super::query::{Dimension, FacetQuery};
use super::scope::Scope;
use super::snapshot::Catalog;

impl Catalog {
    /// The values of all dimensions, and how many automations obey everything.
    pub fn facets(&self, query: &FacetQuery<'_>) -> Facets {
        let text = self.text_scope(query.text);
        let chosen = Dimension::ALL.map(|dimension| self.chosen(dimension, query.filter));
        let sets = Dimension::ALL
            .map(|dimension| self.chosen_set(dimension, query.filter, &chosen[dimension as usize]));
        let folded = query.matching.map(|text| fold(text.trim()));
        let wanted = Wanted {
            top: query.top,
            matching: folded.as_deref().filter(|text| !text.trim().is_empty()),
        };

        let base = narrowed(&text, &sets, None);
        let unfiltered: Vec<_> = Dimension::ALL
            .into_iter()
            .filter(|&dimension| sets[dimension as usize].is_none())
            .collect();
        let shared = self.counts_in(&base, &unfiltered);
        let [repositories, blueprints, triggers, action_domains, actions] = Dimension::ALL.map(|dimension| {
            let counts = match &sets[dimension as usize] {
                None => shared.of(dimension),
                Some(_) => self
                    .counts_in(&narrowed(&text, &sets, Some(dimension)), &[dimension])
                    .of(dimension),
            };
            self.list(dimension, &counts, &chosen[dimension as usize], wanted)
        });
        Facets {
            total: shared.total(),
            repositories,
            blueprints,
            triggers,
            action_domains,
            actions,
        }
    }
}

/// The text's scope, narrowed by every filter but that of `except`.
fn narrowed(text: &Scope, sets: &[Option<DocSet>; 5], except: Option<Dimension>) -> Scope {
    let mut scope = text.clone();
    for dimension in Dimension::ALL {
        if let Some(set) = sets[dimension as usize]
            .as_ref()
            .filter(|_| Some(dimension) != except)
        {
            scope.narrow(set);
        }
    }
    scope
}
