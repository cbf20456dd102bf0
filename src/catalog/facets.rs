//! Facets: the values of each dimension with their counts, disjunctively.
//!
//! A dimension's counts obey the text and every filter but its own. So all dimensions without a filter share one
//! scope, and each with a filter has its own.

use super::answer::{FacetCounts, FacetValue, Facets};
use super::counting::Counts;
use super::doc_set::DocSet;
use super::fold::fold;
use super::query::{Dimension, FacetQuery};
use super::scope::{Chosen, Scope};
use super::snapshot::Catalog;
use super::top::Top;
use super::values::{rank, value_of};

impl Catalog {
    /// The values of all dimensions, and how many automations obey everything.
    pub fn facets(&self, query: &FacetQuery<'_>) -> Facets {
        let text = self.text_scope(query.text).1;
        let chosen = Dimension::ALL.map(|dimension| self.chosen(dimension, query.filter));
        let sets = Dimension::ALL
            .map(|dimension| self.chosen_set(dimension, query.filter, &chosen[dimension as usize]));
        let matching = query
            .matching
            .map(|text| fold(text.trim()))
            .filter(|folded| !folded.trim().is_empty());

        let base = narrowed(&text, &sets, None);
        let shared = self.counts_in(&base);
        let [repositories, blueprints, triggers, action_domains, actions] = Dimension::ALL.map(|dimension| {
            let counts = match &sets[dimension as usize] {
                None => shared.of(dimension),
                Some(_) => self
                    .counts_in(&narrowed(&text, &sets, Some(dimension)))
                    .of(dimension),
            };
            self.list(
                dimension,
                &counts,
                &chosen[dimension as usize],
                matching.as_deref(),
                query.top,
            )
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

    /// The first `top` values with a count, and the chosen ones.
    fn list(
        &self,
        dimension: Dimension,
        counts: &Counts<'_>,
        chosen: &Chosen,
        matching: Option<&str>,
        top: usize,
    ) -> FacetCounts {
        let values = &self.values[dimension as usize];
        let wanted = matching.map(|text| values.containing(text));
        let is_wanted = |value: u32| wanted.as_ref().is_none_or(|wanted| wanted[value as usize]);
        let counted = counts.as_slice();
        let (mut total, mut first) = match (counts, &wanted) {
            (Counts::All(_), None) => (
                values.by_count().len(),
                values.by_count().iter().take(top).copied().collect(),
            ),
            _ => leading(counted, is_wanted, top),
        };
        for &value in chosen.known.iter().filter(|&&value| is_wanted(value)) {
            total += usize::from(counted[value as usize] == 0);
            if !first.contains(&value) {
                first.push(value);
            }
        }
        let mut listed: Vec<FacetValue> = first
            .into_iter()
            .map(|value| self.facet_value(dimension, value, counted[value as usize], chosen))
            .collect();
        let unknown = chosen
            .unknown
            .iter()
            .filter(|name| matching.is_none_or(|text| fold(name).contains(text)));
        let before = listed.len();
        listed.extend(unknown.map(|name| FacetValue {
            value: name.clone(),
            count: 0,
            selected: true,
            repository_id: None,
        }));
        total += listed.len() - before;
        // Equal names (a repository known twice) stay in the order of ids: the sort is stable.
        listed.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
        FacetCounts {
            total_values: u32::try_from(total).unwrap_or(u32::MAX),
            values: listed,
        }
    }

    fn facet_value(&self, dimension: Dimension, value: u32, count: u32, chosen: &Chosen) -> FacetValue {
        FacetValue {
            value: self.values[dimension as usize].name(value).to_owned(),
            count,
            selected: chosen.known.binary_search(&value).is_ok(),
            repository_id: (dimension == Dimension::Repositories).then(|| self.repositories.id(value)),
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

/// How many wanted values have a count, and the first `top` of them.
fn leading(counts: &[u32], is_wanted: impl Fn(u32) -> bool, top: usize) -> (usize, Vec<u32>) {
    let mut total = 0;
    let mut first = Top::new(top);
    for (value, &count) in (0_u32..).zip(counts) {
        if count > 0 && is_wanted(value) {
            total += 1;
            first.push(rank(count, value));
        }
    }
    (total, first.into_sorted().into_iter().map(value_of).collect())
}
