//! The text index: from a word to the automations that have it, and how well.

use super::csr::Csr;
use super::doc_set::DocSet;
use super::grade::{Grade, Tier};
use super::postings::{Posting, Postings};
use super::spelling::Spelling;
use super::strings::{Next, Strings};

/// The tokens of all fields, and where they stand.
///
/// A token of an alias or a description leads to documents. One of a trigger, action or blueprint leads to that value,
/// and one of a repository to the repository, whose documents are known already.
#[derive(Clone, Debug, Default)]
pub(super) struct TextIndex {
    pub(super) tokens: Strings,
    pub(super) spelling: Spelling,
    pub(super) aliases: Postings,
    pub(super) descriptions: Postings,
    /// From a token to values of the own dimensions.
    pub(super) values: Csr,
    /// From a token to repositories.
    pub(super) repositories: Csr,
}

/// The documents of values and of repositories.
#[derive(Clone, Copy)]
pub(super) struct Holders<'a> {
    pub(super) values: &'a Postings,
    pub(super) repositories: &'a Postings,
}

/// The tokens that a word matches, each with its best grade.
pub(super) type Matches = Vec<(u32, Grade)>;

/// For each tier and grade, the documents with such a match; `None` where there is none.
pub(super) type Levels = [[Option<DocSet>; 4]; 4];

impl TextIndex {
    /// The tokens that contain `word`. Unless `graded`, any grade may be told.
    pub(super) fn find(&self, word: &str, graded: bool) -> Matches {
        let mut matches: Matches = Vec::new();
        self.tokens.occurrences(word, |token, at| {
            let grade = Grade::of(self.tokens.get(token), at, word.len());
            let number = u32::try_from(token).unwrap_or(u32::MAX);
            match matches.last_mut() {
                Some((last, best)) if *last == number => *best = grade.max(*best),
                _ => matches.push((number, grade)),
            }
            if grade == Grade::Whole || !graded {
                Next::Text
            } else {
                Next::Occurrence
            }
        });
        matches
    }

    /// Whether any document of a set has the token.
    pub(super) fn is_in(&self, token: u32, holders: Holders<'_>, set: &DocSet) -> bool {
        let mut found = false;
        self.each_posting(token, holders, |_, posting| found = found || posting.meets(set));
        found
    }

    /// The documents that have any of the tokens, in a set of so many words.
    pub(super) fn union(&self, matches: &Matches, holders: Holders<'_>, words: usize) -> DocSet {
        let mut set = DocSet::empty(words);
        for &(token, _) in matches {
            self.each_posting(token, holders, |_, posting| posting.add_to(&mut set));
        }
        set
    }

    /// The documents that have any of the tokens, by tier and grade.
    pub(super) fn levels(&self, matches: &Matches, holders: Holders<'_>, words: usize) -> Levels {
        let mut levels = Levels::default();
        for &(token, grade) in matches {
            self.each_posting(token, holders, |tier, posting| {
                let level = &mut levels[tier as usize][grade as usize];
                posting.add_to(level.get_or_insert_with(|| DocSet::empty(words)));
            });
        }
        levels
    }

    /// Calls `visit` with the documents that have the token, field by field; only with such as exist.
    fn each_posting<'a>(
        &'a self,
        token: u32,
        holders: Holders<'a>,
        mut visit: impl FnMut(Tier, Posting<'a>),
    ) {
        let mut offer = |tier, posting: Posting<'a>| {
            if !matches!(posting, Posting::List([])) {
                visit(tier, posting);
            }
        };
        offer(Tier::Alias, self.aliases.get(token));
        offer(Tier::Description, self.descriptions.get(token));
        for &value in self.values.row(token as usize) {
            offer(Tier::Value, holders.values.get(value));
        }
        for &repository in self.repositories.row(token as usize) {
            offer(Tier::Repository, holders.repositories.get(repository));
        }
    }

    /// Heap bytes of strings and of everything else.
    pub(super) fn memory(&self) -> (usize, usize) {
        let (strings, ends) = self.tokens.memory();
        let postings = self.aliases.memory() + self.descriptions.memory();
        (
            strings,
            ends + self.spelling.memory() + postings + self.values.memory() + self.repositories.memory(),
        )
    }
}
