//! Folding, splitting, grading and spelling in the plainest way.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategoryGroup as Group, UnicodeGeneralCategory as _};

pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::new();
    for c in text
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ß' => folded += "ss",
            'ø' => folded += "o",
            'æ' => folded += "ae",
            'ł' => folded += "l",
            'ı' => folded += "i",
            'ς' => folded += "σ",
            c => folded.push(c),
        }
    }
    folded
}

pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for run in fold(text).split(char::is_whitespace) {
        let edge = |c: char| {
            c.is_ascii_punctuation()
                || matches!(c.general_category_group(), Group::Punctuation | Group::Other)
        };
        let token = run.trim_start_matches(edge).trim_end_matches(edge);
        if !token.is_empty() {
            all.push(token.to_string());
        }
    }
    all
}

fn at_boundary(token: &[char], place: usize, outside: impl Fn(usize) -> Option<usize>) -> bool {
    outside(place)
        .and_then(|at| token.get(at))
        .is_none_or(|c| !c.is_alphanumeric())
}

pub(crate) fn grade(token: &str, word: &str) -> Option<u32> {
    let (token, word): (Vec<char>, Vec<char>) = (token.chars().collect(), word.chars().collect());
    let mut best = None;
    for start in 0..token.len() {
        if token[start..].starts_with(&word) {
            let from_start = at_boundary(&token, start, |at| at.checked_sub(1));
            let to_end = at_boundary(&token, start + word.len(), Some);
            let grade = match (from_start, to_end) {
                (true, true) => 3,
                (true, false) => 2,
                (false, _) => 1,
            };
            best = best.max(Some(grade));
        }
    }
    best
}

/// The whole token, and up to four neighbouring runs of letters and digits out of the first sixteen.
pub(crate) fn parts(token: &str) -> HashSet<String> {
    let chars: Vec<char> = token.chars().collect();
    let is_letter = |at: usize| chars.get(at).is_some_and(|c| c.is_alphanumeric());
    let starts: Vec<usize> = (0..chars.len())
        .filter(|&at| is_letter(at) && (at == 0 || !is_letter(at - 1)))
        .take(16)
        .collect();
    let ends: Vec<usize> = (0..chars.len())
        .filter(|&at| is_letter(at) && !is_letter(at + 1))
        .take(16)
        .collect();
    let mut parts = HashSet::from([token.to_string()]);
    for first in 0..starts.len() {
        for last in first..starts.len().min(first + 4) {
            parts.insert(chars[starts[first]..=ends[last]].iter().collect());
        }
    }
    parts
}

pub(crate) fn distance(left: &str, right: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let mut d = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = (d[i - 1][j] + 1)
                .min(d[i][j - 1] + 1)
                .min(d[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]));
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                d[i][j] = d[i][j].min(d[i - 2][j - 2] + 1);
            }
        }
    }
    d[a.len()][b.len()]
}
