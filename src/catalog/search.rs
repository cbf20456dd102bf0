//! Searching: the ids of one page.

use super::answer::SearchHits;
use super::query::{Dimension, Order, SearchQuery};
use super::relevance::Scores;
use super::scope::Scope;
use super::snapshot::Catalog;
use super::tokens::words;

impl Catalog {
    /// One page of the automations that match, and how many match.
    ///
    /// A page past the end is empty and tells the same total. A word of four letters or more (at most 64) that no
    /// automation has anywhere stands for its nearest spellings: the words, and parts of words between punctuation,
    /// at the smallest distance (insert, delete, replace a letter, swap two neighbours), if that is one for a word of
    /// up to seven letters or at most two for a longer one.
    pub fn search(&self, query: &SearchQuery<'_>) -> SearchHits {
        let words = words(query.text.unwrap_or_default());
        let mut scope = self.filter_scope(query);
        let order = match query.order {
            Order::Relevance if words.is_empty() => Order::Recent,
            order => order,
        };
        let mut scores = Scores::new(self.words());
        for word in words {
            if matches!(&scope, Scope::Some(set) if set.is_empty()) {
                break;
            }
            let matches = self.text.find(&word, order == Order::Relevance);
            if order == Order::Relevance {
                let levels = self.text.levels(&matches, self.holders(), self.words());
                scope.narrow(&scores.add(levels));
            } else {
                scope.narrow(&self.text.union(&matches, self.holders(), self.words()));
            }
        }
        let Scope::Some(found) = scope else {
            return self.hits(self.document_count(), self.page_of_all(order, query));
        };
        let total = found.count();
        if query.offset >= total as usize || query.limit == 0 {
            return self.hits(total, Vec::new());
        }
        let page = match order {
            Order::Relevance => scores.page(found, query.offset, query.limit),
            Order::Stars => self.documents.by_stars(Some(&found), query.offset, query.limit),
            Order::Recent => self
                .documents
                .by_recent(Some((&found, total)), query.offset, query.limit),
        };
        self.hits(total, page)
    }

    /// The documents that obey every filter.
    fn filter_scope(&self, query: &SearchQuery<'_>) -> Scope {
        let mut scope = Scope::All;
        for dimension in Dimension::ALL {
            let chosen = self.chosen(dimension, query.filter);
            if let Some(set) = self.chosen_set(dimension, query.filter, &chosen) {
                scope.narrow(&set);
            }
        }
        scope
    }

    fn page_of_all(&self, order: Order, query: &SearchQuery<'_>) -> Vec<u32> {
        match order {
            Order::Stars => self.documents.by_stars(None, query.offset, query.limit),
            Order::Relevance | Order::Recent => self.documents.by_recent(None, query.offset, query.limit),
        }
    }

    fn hits(&self, total: u32, documents: Vec<u32>) -> SearchHits {
        SearchHits {
            total,
            ids: documents
                .into_iter()
                .map(|document| self.documents.id(document))
                .collect(),
        }
    }
}
