//! What a search has found so far in one part, and a page of it.

use std::cmp::Reverse;

use super::both::Both;
use super::query::{Dimension, Filter, Order};
use super::relevance::Scores;
use super::scope::Scope;
use super::side::Side;
use super::snapshot::Catalog;
use super::text::Matches;

/// The documents found in one part, and how well.
pub(super) struct Found<'a> {
    side: Side<'a>,
    scope: Scope,
    scores: Scores,
}

/// Where an automation stands in the order asked for, whichever part it is in: ascending, by what the order is about and
/// then by id.
pub(super) type Place = (Reverse<u64>, Reverse<i64>, i64);

impl Catalog {
    /// The documents that obey every filter.
    pub(super) fn filtered(&self, filter: &Filter) -> Both<Found<'_>> {
        let mut found = self.sides().map(Found::everything);
        for dimension in Dimension::ALL {
            if filter.values(dimension).is_empty() {
                continue;
            }
            let chosen = self.chosen(dimension, filter);
            found.as_mut().zip(chosen.known).map(|(found, known)| {
                if let Some(set) = found.side.chosen_set(dimension, filter, &known) {
                    found.side.narrow(&mut found.scope, &set);
                }
            });
        }
        found
    }
}

impl<'a> Found<'a> {
    fn everything(side: Side<'a>) -> Self {
        Self {
            side,
            scope: Scope::All,
            scores: Scores::new(side.part.words()),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.scope.is_empty()
    }

    /// Keeps the documents that have any of the tokens one word stands for.
    pub(super) fn narrow(&mut self, matches: &Matches, order: Order) {
        let part = self.side.part;
        let having = if order == Order::Relevance {
            let levels = part.text.levels(matches, part.holders(), part.words());
            self.scores.add(levels)
        } else {
            self.side.having(matches)
        };
        self.side.narrow(&mut self.scope, &having);
    }

    /// How many there are.
    pub(super) fn total(&self) -> u32 {
        match &self.scope {
            Scope::Some(set) => set.count(),
            Scope::All => self.side.count(),
        }
    }

    /// Some of them, of whom there are `total`, in order: of each what `shape` makes of it.
    pub(super) fn page<T>(
        self,
        total: u32,
        order: Order,
        offset: usize,
        limit: usize,
        shape: impl Fn(&Shelf<'a>, u32) -> T,
    ) -> Vec<T> {
        let Self { side, scope, scores } = self;
        let documents = &side.part.documents;
        let page = match (order, scope) {
            (Order::Relevance, Scope::Some(set)) => scores.page(set, offset, limit),
            (order, scope) => {
                let set = match &scope {
                    Scope::Some(set) => Some(set),
                    Scope::All => side.alive,
                };
                match order {
                    Order::Stars => documents.by_stars(set, offset, limit),
                    Order::Relevance | Order::Recent => {
                        documents.by_recent(set.map(|set| (set, total)), offset, limit)
                    }
                }
            }
        };
        let shelf = Shelf { side, scores, order };
        page.into_iter().map(|document| shape(&shelf, document)).collect()
    }
}

/// Where documents of one part stand among those of the other.
pub(super) struct Shelf<'a> {
    side: Side<'a>,
    scores: Scores,
    order: Order,
}

impl Shelf<'_> {
    pub(super) fn id(&self, document: u32) -> i64 {
        self.side.part.documents.id(document)
    }

    pub(super) fn place(&self, document: u32) -> Place {
        let part = self.side.part;
        let stars = || {
            let repository = part.documents.repositories()[document as usize];
            i64::from(part.repositories.stars(repository))
        };
        let (score, then) = match self.order {
            Order::Relevance => (self.scores.of(document), stars()),
            Order::Stars => (0, stars()),
            Order::Recent => (0, part.documents.indexed_at(document)),
        };
        (Reverse(score), Reverse(then), self.id(document))
    }
}
