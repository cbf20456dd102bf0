//! Splitting a folded text into the tokens of the index, and a query into its words: by the same rule.

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

use super::fold::fold;

/// Words of a query after the first so many are not looked at: it bounds the work. (No legal query has as many.)
const MAX_WORDS: usize = 256;

/// The tokens of a folded text: what stands between white space, without punctuation around it.
///
/// Punctuation is ASCII's and all of Unicode's; with it go control and format characters. Other symbols and emoji stay:
/// people search for them. Inside a token punctuation stays: `light.turn_on` is one token.
pub(super) fn tokens(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split_whitespace()
        .map(|run| run.trim_matches(is_trimmed))
        .filter(|token| !token.is_empty())
}

/// The distinct words of a query, folded, in the order given.
pub(super) fn words(text: &str) -> Vec<String> {
    let folded = fold(text);
    let mut words: Vec<String> = Vec::new();
    for token in tokens(&folded) {
        if words.len() == MAX_WORDS {
            break;
        }
        if !words.iter().any(|known| known == token) {
            words.push(token.to_owned());
        }
    }
    words
}

fn is_trimmed(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_punctuation() || c.is_ascii_control();
    }
    // Cheap for letters, which most characters are.
    !c.is_alphanumeric()
        && matches!(
            c.general_category_group(),
            GeneralCategoryGroup::Punctuation | GeneralCategoryGroup::Other
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_keep_their_inner_punctuation_and_lose_the_outer() {
        let text = "«light.turn_on», (motion-activated)… 💡 — _x_ \u{200b}y\u{feff} ...";
        let found: Vec<_> = tokens(text).collect();
        assert_eq!(found, ["light.turn_on", "motion-activated", "💡", "x", "y"]);
    }

    #[test]
    fn words_are_folded_and_distinct() {
        assert_eq!(words(" Été  ete -\0- LAMP? lamp"), ["ete", "lamp"]);
        assert!(words("…").is_empty());
    }

    #[test]
    fn the_number_of_words_is_bounded() {
        let text: Vec<String> = (0..1_000).map(|n| n.to_string()).collect();
        assert_eq!(words(&text.join(" ")).len(), MAX_WORDS);
    }
}
