//! Facets: the values of each dimension with their counts, disjunctively.
//!
//! A dimension's counts obey the text and every filter but its own. So all dimensions without a filter share one
//! scope, and each with a filter has its own.

use super::answer::Facets;
use super::both::Both;
use super::counting::Counts;
use super::doc_set::DocSet;
use super::fold::fold;
use super::listing::Wanted;
use super::query::{Dimension, FacetQuery, Filter};
use super::scope::Scope;
use super::side::Side;
use super::snapshot::Catalog;

impl Catalog {
    /// The values of all dimensions, and how many automations obey everything.
    pub fn facets(&self, query: &FacetQuery<'_>) -> Facets {
        let chosen = Dimension::ALL.map(|dimension| self.chosen(dimension, query.filter));
        let (sides, texts) = (self.sides(), self.text_scope(query.text));
        let in_base = |dimension: Dimension| chosen[dimension as usize].known.base.as_slice();
        let in_fresh = |dimension: Dimension| {
            let known = &chosen[dimension as usize].known.fresh;
            known.as_deref().unwrap_or_default()
        };
        let base = sides.base.tally(&texts.base, query.filter, in_base);
        let fresh = sides.fresh.zip(texts.fresh);
        let fresh = fresh.map(|(side, text)| side.tally(&text, query.filter, in_fresh));
        let total = base.total + fresh.as_ref().map_or(0, |fresh| fresh.total);
        let mut counts = Both {
            base: base.counts.into_iter(),
            fresh: fresh.map(|fresh| fresh.counts.into_iter()),
        };

        let folded = query.matching.map(|text| fold(text.trim()));
        let wanted = Wanted {
            top: query.top,
            matching: folded.as_deref().filter(|text| !text.trim().is_empty()),
        };
        let [repositories, blueprints, triggers, action_domains, actions] = Dimension::ALL.map(|dimension| {
            let counts = counts
                .as_mut()
                .map(|counts| counts.next().unwrap_or(Counts::NONE));
            self.list(dimension, counts, &chosen[dimension as usize], wanted)
        });
        Facets {
            total,
            repositories,
            blueprints,
            triggers,
            action_domains,
            actions,
        }
    }
}

/// The counts of one part.
struct Tally<'a> {
    /// How many of its automations obey everything.
    total: u32,
    /// By dimension.
    counts: [Counts<'a>; 5],
}

impl<'a> Side<'a> {
    fn tally<'k>(self, text: &Scope, filter: &Filter, known: impl Fn(Dimension) -> &'k [u32]) -> Tally<'a> {
        let sets = Dimension::ALL.map(|dimension| self.chosen_set(dimension, filter, known(dimension)));
        let base = self.narrowed(text, &sets, None);
        let unfiltered: Vec<_> = Dimension::ALL
            .into_iter()
            .filter(|&dimension| sets[dimension as usize].is_none())
            .collect();
        let shared = self.part.counts_in(&base, &unfiltered);
        let counts = Dimension::ALL.map(|dimension| match &sets[dimension as usize] {
            None => shared.of(dimension),
            Some(_) => self
                .part
                .counts_in(&self.narrowed(text, &sets, Some(dimension)), &[dimension])
                .of(dimension),
        });
        let total = match base {
            Scope::All => self.count(),
            Scope::Some(_) => shared.total(),
        };
        Tally { total, counts }
    }

    /// The text's scope, narrowed by every filter but that of `except`.
    fn narrowed(self, text: &Scope, sets: &[Option<DocSet>; 5], except: Option<Dimension>) -> Scope {
        let mut scope = text.clone();
        for dimension in Dimension::ALL {
            if let Some(set) = sets[dimension as usize]
                .as_ref()
                .filter(|_| Some(dimension) != except)
            {
                self.narrow(&mut scope, set);
            }
        }
        scope
    }
}
