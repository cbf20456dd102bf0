//! Searching: the ids of one page.

use super::answer::SearchHits;
use super::doc_set::DocSet;
use super::query::{Dimension, Order, SearchQuery};
use super::relevance::Scores;
use super::scope::{Scope, TextMatches};
use super::snapshot::Catalog;

impl Catalog {
    /// One page of the automations that match, and how many match.
    ///
    /// A page past the end is empty and tells the same total. A word of four letters or more (at most 64) that no
    /// automation has anywhere stands for its nearest spellings: the words, and parts of words between punctuation,
    /// at the smallest distance (insert, delete, replace a letter, swap two neighbours), if that is one for a word of
    /// up to seven letters or at most two for a longer one.
    pub fn search(&self, query: &SearchQuery<'_>) -> SearchHits {
        let (matches, mut scope) = self.text_scope(query.text);
        for dimension in Dimension::ALL {
            let chosen = self.chosen(dimension, query.filter);
            if let Some(set) = self.chosen_set(dimension, query.filter, &chosen) {
                scope.narrow(&set);
            }
        }
        let Scope::Some(found) = scope else {
            return self.hits(self.document_count(), self.page_of_all(query));
        };
        let total = found.count();
        if query.offset >= total as usize || query.limit == 0 {
            return self.hits(total, Vec::new());
        }
        self.hits(total, self.page_of(found, total, &matches, query))
    }

    fn page_of_all(&self, query: &SearchQuery<'_>) -> Vec<u32> {
        match query.order {
            Order::Relevance | Order::Recent => self.documents.by_recent(None, query.offset, query.limit),
            Order::Stars => self.documents.by_stars(None, query.offset, query.limit),
        }
    }

    fn page_of(&self, found: DocSet, total: u32, matches: &TextMatches, query: &SearchQuery<'_>) -> Vec<u32> {
        match query.order {
            Order::Stars => self.documents.by_stars(Some(&found), query.offset, query.limit),
            Order::Relevance if !matches.is_empty() => {
                let mut scores = Scores::new(self.words());
                for word in matches {
                    scores.add(self.text.levels(word, self.holders(), self.words()));
                }
                scores.page(found, query.offset, query.limit)
            }
            Order::Relevance | Order::Recent => {
                self.documents
                    .by_recent(Some((&found, total)), query.offset, query.limit)
            }
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
