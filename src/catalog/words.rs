//! What a word of a query stands for, in all parts of the catalog at once.

use super::both::Both;
use super::grade::Grade;
use super::side::Side;
use super::snapshot::Catalog;
use super::spelling::Nearest;
use super::text::Matches;

impl Catalog {
    /// The tokens that contain `word`, or where no automation has one, those nearest to it. Unless `graded`, any grade
    /// may be told.
    pub(super) fn find(&self, word: &str, graded: bool) -> Both<Matches> {
        let sides = self.sides();
        let found = sides.map(|side| side.part.text.find(word, graded));
        let has = |side: Side<'_>, matches: &Matches| matches.iter().any(|&(token, _)| side.has(token));
        let is_known = sides
            .zip(found.as_ref())
            .iter()
            .any(|&(side, matches)| has(side, matches));
        if is_known { found } else { self.nearest(word) }
    }

    /// The spellings nearest to a word that no automation has, of all parts.
    fn nearest(&self, word: &str) -> Both<Matches> {
        // What is found in one part bounds what is looked for in the next.
        let mut least = usize::MAX;
        let nearest = self.sides().map(|side| {
            let text = &side.part.text;
            let found = text
                .spelling
                .nearest(word, &text.tokens, least, |token| side.has(token));
            if !found.tokens.is_empty() {
                least = found.edits;
            }
            found
        });
        nearest.map(|Nearest { tokens, edits }| {
            let tokens = if edits > least { Vec::new() } else { tokens };
            tokens.into_iter().map(|token| (token, Grade::Misspelt)).collect()
        })
    }
}
