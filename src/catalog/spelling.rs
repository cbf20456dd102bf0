//! Spelling: the nearest words of the vocabulary to one that it lacks.
//!
//! Candidates are the *parts* of tokens: every whole token, and every stretch of it from the start of one run of letters
//! and digits to the end of the same or one of the next three (`light`, `turn_on`, `turn`, `on` of `light.turn_on`), of
//! the first 16 runs. A word of up to seven letters may be one edit away, a longer one two.

use std::ops::Range;

use super::edit_distance::{LONGEST, MOST_EDITS, distance};
use super::strings::Strings;

/// Words shorter than this are not corrected: too much is near them.
const SHORTEST: usize = 4;
/// Words longer than this may have two edits.
const LONGEST_OF_ONE_EDIT: usize = 7;
/// How many runs of a token are looked at, and how many of them a part may join: bounds what a strange token costs.
const MOST_RUNS: usize = 16;
const MOST_JOINED: usize = 4;
/// The lengths of parts that can be near a word that is corrected.
const PART_LENGTHS: Range<usize> = SHORTEST - 1..LONGEST + MOST_EDITS + 1;

/// All parts, by length.
#[derive(Clone, Debug, Default)]
pub(super) struct Spelling {
    /// Those of `n` characters are at `lengths[n]..lengths[n + 1]`.
    lengths: Vec<u32>,
    /// Which letters each part has: a cheap proof that it is too far away.
    letters: Vec<u32>,
    /// Where each part starts in the buffer of tokens.
    starts: Vec<u32>,
}

/// The tokens nearest to a word.
#[derive(Debug, Default)]
pub(super) struct Nearest {
    /// Their numbers, ascending; none if nothing is near enough or the word is too short or too long to be corrected.
    pub(super) tokens: Vec<u32>,
    /// How far away they are, if there are any.
    pub(super) edits: usize,
}

impl Spelling {
    /// Lists the parts of all tokens; `None` if there are 2³² of them.
    pub(super) fn new(tokens: &Strings) -> Option<Self> {
        let mut lengths = vec![0_u32; PART_LENGTHS.end + 1];
        each_part(tokens, |_, part| lengths[part.chars().count() + 1] += 1);
        let mut sum = 0_u32;
        for length in &mut lengths {
            sum = sum.checked_add(*length)?;
            *length = sum;
        }
        let mut free = lengths.clone();
        let mut letters = vec![0; sum as usize];
        let mut starts = vec![0; sum as usize];
        each_part(tokens, |start, part| {
            let place = &mut free[part.chars().count()];
            letters[*place as usize] = letters_of(part.chars());
            starts[*place as usize] = start;
            *place += 1;
        });
        Some(Self {
            lengths,
            letters,
            starts,
        })
    }

    /// The nearest tokens that `counts` and are no more than so many edits away: those that have one of the parts
    /// nearest to `word`.
    pub(super) fn nearest(
        &self,
        word: &str,
        tokens: &Strings,
        at_most: usize,
        counts: impl Fn(u32) -> bool,
    ) -> Nearest {
        let word: Vec<char> = word.chars().take(LONGEST + 1).collect();
        if self.lengths.is_empty() || !(SHORTEST..=LONGEST).contains(&word.len()) {
            return Nearest::default();
        }
        let mut limit = at_most.min(if word.len() <= LONGEST_OF_ONE_EDIT {
            1
        } else {
            MOST_EDITS
        });
        let wanted = letters_of(word.iter().copied());
        let mut found: Vec<u32> = Vec::new();
        let mut part = Vec::with_capacity(PART_LENGTHS.end);
        for length in word.len() - limit..=word.len() + limit {
            for at in self.lengths[length] as usize..self.lengths[length + 1] as usize {
                if !may_be_near(wanted, self.letters[at], limit) {
                    continue;
                }
                let start = self.starts[at] as usize;
                part.clear();
                part.extend(tokens.text()[start..].chars().take(length));
                let Some(edits) = distance(&word, &part, limit) else {
                    continue;
                };
                let token = u32::try_from(tokens.holding(start, 0)).unwrap_or(u32::MAX);
                if !counts(token) {
                    continue;
                }
                if edits < limit {
                    found.clear();
                    limit = edits;
                }
                found.push(token);
            }
        }
        found.sort_unstable();
        found.dedup();
        Nearest {
            tokens: found,
            edits: limit,
        }
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        (self.lengths.capacity() + self.letters.capacity() + self.starts.capacity()) * size_of::<u32>()
    }
}

/// One bit for each letter a word has: `a` to `z` have their own, other characters share six.
fn letters_of(word: impl Iterator<Item = char>) -> u32 {
    word.fold(0, |letters, c| {
        let bit = match c {
            'a'..='z' => u32::from(c) - u32::from('a'),
            '0'..='9' => 26,
            _ if c.is_ascii() => 27,
            _ => 28 + u32::from(c) % 4,
        };
        letters | 1 << bit
    })
}

/// Each edit brings in at most one letter and takes out at most one.
fn may_be_near(left: u32, right: u32, edits: usize) -> bool {
    (left & !right).count_ones() as usize <= edits && (right & !left).count_ones() as usize <= edits
}

/// Calls `visit` with each part of a length that matters, and where it starts in the buffer.
fn each_part(tokens: &Strings, mut visit: impl FnMut(u32, &str)) {
    let mut runs = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        runs_of(token, &mut runs);
        let mut offer = |part: Range<usize>| {
            let text = &token[part.clone()];
            // No character takes more than four bytes: most of the rest need not be counted.
            if text.len() < PART_LENGTHS.end * 4 && PART_LENGTHS.contains(&text.chars().count()) {
                visit(
                    u32::try_from(tokens.start(at) + part.start).unwrap_or(u32::MAX),
                    text,
                );
            }
        };
        offer(0..token.len());
        for (first, run) in runs.iter().enumerate() {
            for last in &runs[first..runs.len().min(first + MOST_JOINED)] {
                let part = run.start..last.end;
                if part != (0..token.len()) {
                    offer(part);
                }
            }
        }
    }
}

/// The first runs of letters and digits in a token.
fn runs_of(token: &str, runs: &mut Vec<Range<usize>>) {
    runs.clear();
    let mut start = None;
    for (at, c) in token.char_indices().chain([(token.len(), ' ')]) {
        match (start, c.is_alphanumeric()) {
            (None, true) => start = Some(at),
            (Some(from), false) => {
                runs.push(from..at);
                start = None;
                if runs.len() == MOST_RUNS {
                    return;
                }
            }
            _ => {}
        }
    }
}
