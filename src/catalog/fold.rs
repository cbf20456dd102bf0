//! Folding: the form in which texts are compared, blind to case and accents.
//!
//! Folding is idempotent, and what is folded contains no upper case and no combining mark.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Decomposes (NFKD), drops combining marks, lowers the case, and spells out the letters that have no decomposition
/// (`ß` as `ss`, `ø` as `o`).
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(&mut folded, text);
    folded
}

/// [`fold`], appending to a buffer.
pub(super) fn fold_into(folded: &mut String, text: &str) {
    if text.is_ascii() {
        let start = folded.len();
        folded.push_str(text);
        folded[start..].make_ascii_lowercase();
        return;
    }
    for decomposed in text.nfkd().filter(|&c| !is_mark(c)) {
        for lower in decomposed.to_lowercase().filter(|&c| !is_mark(c)) {
            match spelled_out(lower) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(lower),
            }
        }
    }
}

/// Looks up only what can be one: no mark stands before U+0300.
fn is_mark(c: char) -> bool {
    c >= '\u{300}' && is_combining_mark(c)
}

/// Lower-case letters of Latin (and the final sigma) that Unicode does not decompose.
fn spelled_out(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' | 'ɖ' => "d",
        'þ' => "th",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ŋ' => "n",
        'ı' | 'ɨ' => "i",
        'ĸ' => "k",
        'ȷ' => "j",
        'ƀ' => "b",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn case_and_accents_are_gone() {
        let pairs = [
            ("Détecteur", "detecteur"),
            ("GROẞ straße", "gross strasse"),
            ("Ørsted łąka", "orsted laka"),
            ("Ærø œuvre", "aero oeuvre"),
            ("İIıi", "iiii"),
            ("ΦΩΣ φως", "φωσ φωσ"),
            ("ﬁlter ①", "filter 1"),
            ("💡\u{fe0f} Ðorđe Þór", "💡 dorde thor"),
        ];
        for (text, folded) in pairs {
            assert_eq!(fold(text), folded);
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,40}|[\\u{0}-\\u{2fff}]{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
