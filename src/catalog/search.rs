//! Searching: the ids of one page.

use super::answer::SearchHits;
use super::found::Found;
use super::page::page;
use super::query::{Order, SearchQuery};
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
        let order = match query.order {
            Order::Relevance if words.is_empty() => Order::Recent,
            order => order,
        };
        let mut found = self.filtered(query.filter);
        for word in words {
            if found.iter().all(Found::is_empty) {
                break;
            }
            let matches = self.find(&word, order == Order::Relevance);
            found
                .as_mut()
                .zip(matches.as_ref())
                .map(|(found, matches)| found.narrow(matches, order));
        }
        page(found, order, query.offset, query.limit)
    }
}
