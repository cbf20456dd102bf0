//! How well a word matches: the field it stands in, and the part of a token it is.

/// The field of a match; the later, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tier {
    Repository,
    Description,
    /// Trigger types, action calls, blueprint path.
    Value,
    Alias,
}

/// The kind of a match; the later, the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Grade {
    Misspelt,
    Inside,
    Prefix,
    Whole,
}

impl Tier {
    /// The best first.
    pub(super) const BEST_FIRST: [Self; 4] = [Self::Alias, Self::Value, Self::Description, Self::Repository];
}

impl Grade {
    /// The best first.
    pub(super) const BEST_FIRST: [Self; 4] = [Self::Whole, Self::Prefix, Self::Inside, Self::Misspelt];

    /// The grade of one occurrence: `len` bytes of `token` from byte `at`.
    pub(super) fn of(token: &str, at: usize, len: usize) -> Self {
        let (before, after) = (&token[..at], &token[at + len..]);
        if before.chars().next_back().is_some_and(char::is_alphanumeric) {
            Self::Inside
        } else if after.chars().next().is_some_and(char::is_alphanumeric) {
            Self::Prefix
        } else {
            Self::Whole
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_boundary_is_an_end_or_a_neighbour_that_is_no_letter_or_digit() {
        let grade = |token: &str, word: &str| Grade::of(token, token.find(word).unwrap(), word.len());
        assert_eq!(grade("light.turn_on", "turn"), Grade::Whole);
        assert_eq!(grade("light.turn_on", "turn_on"), Grade::Whole);
        assert_eq!(grade("light.turn_on", "turn_o"), Grade::Prefix);
        assert_eq!(grade("keukenlamp", "lamp"), Grade::Inside);
        assert_eq!(grade("lamp", "lamp"), Grade::Whole);
        assert_eq!(grade("свет2", "све"), Grade::Prefix);
    }
}
