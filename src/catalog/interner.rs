//! Numbers for distinct texts, in the order first seen.

use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;

use super::strings::Strings;

/// Distinct texts and their numbers. The hash is keyed by chance: the texts come from strangers, who must not be able
/// to make them collide.
#[derive(Default)]
pub(super) struct Interner {
    strings: Strings,
    table: HashTable<u32>,
    hasher: RandomState,
}

impl Interner {
    /// The number of `text`, a new one if need be; `None` if the texts pass 4 GiB.
    pub(super) fn intern(&mut self, text: &str) -> Option<u32> {
        let Self {
            strings,
            table,
            hasher,
        } = self;
        let hash = hasher.hash_one(text);
        if let Some(&known) = table.find(hash, |&at| strings.get(at as usize) == text) {
            return Some(known);
        }
        let number = u32::try_from(strings.len()).ok()?;
        strings.push(text)?;
        table.insert_unique(hash, number, |&at| hasher.hash_one(strings.get(at as usize)));
        Some(number)
    }

    /// The texts by number; the way from text to number is given up.
    pub(super) fn into_strings(self) -> Strings {
        self.strings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_have_one_number() {
        let mut interner = Interner::default();
        let numbers: Vec<_> = ["a", "b", "a", "", "b", ""]
            .into_iter()
            .map(|text| interner.intern(text).unwrap())
            .collect();
        assert_eq!(numbers, [0, 1, 0, 2, 1, 2]);
        assert_eq!(interner.into_strings().iter().collect::<Vec<_>>(), ["a", "b", ""]);
    }
}
