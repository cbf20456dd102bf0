//! The parts of a key, on their way into a hash.
//!
//! Invariant: two different lists of parts never make the same bytes to be hashed, because every part says its type and
//! its length first.

/// The types of parts.
#[repr(u8)]
enum Tag {
    Nothing,
    Text,
    Bytes,
    Number,
    Flag,
    List,
}

/// Takes parts, one after the other; `finish` makes of them what `Made` stands for.
#[must_use]
pub struct Builder<Made> {
    made: Made,
    hasher: blake3::Hasher,
}

impl<Made> Builder<Made> {
    pub(super) const fn new(made: Made, hasher: blake3::Hasher) -> Self {
        Self { made, hasher }
    }

    pub(super) fn end(self) -> ([u8; 32], Made) {
        (*self.hasher.finalize().as_bytes(), self.made)
    }

    /// A text.
    pub fn text(self, text: &str) -> Self {
        self.part(Tag::Text, text.as_bytes())
    }

    /// A text that may be absent; absent is not empty.
    pub fn optional(self, text: Option<&str>) -> Self {
        match text {
            Some(text) => self.text(text),
            None => self.part(Tag::Nothing, &[]),
        }
    }

    /// Bytes.
    pub fn bytes(self, bytes: &[u8]) -> Self {
        self.part(Tag::Bytes, bytes)
    }

    /// A whole number.
    pub fn number(self, number: i64) -> Self {
        self.part(Tag::Number, &number.to_le_bytes())
    }

    /// Yes or no.
    pub fn flag(self, flag: bool) -> Self {
        self.part(Tag::Flag, &[u8::from(flag)])
    }

    /// Texts. Their order counts: sort what is a set.
    pub fn list<'a, I>(self, items: I) -> Self
    where
        I: IntoIterator<Item = &'a str, IntoIter: ExactSizeIterator>,
    {
        let items = items.into_iter();
        let begun = self.part(Tag::List, &(items.len() as u64).to_le_bytes());
        items.fold(begun, Self::text)
    }

    fn part(mut self, tag: Tag, bytes: &[u8]) -> Self {
        self.hasher.update(&[tag as u8]);
        self.hasher.update(&(bytes.len() as u64).to_le_bytes());
        self.hasher.update(bytes);
        self
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::super::key::{Digest, KeySpace};

    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    enum Part {
        Text(String),
        Optional(Option<String>),
        Bytes(Vec<u8>),
        Number(i64),
        Flag(bool),
        List(Vec<String>),
    }

    fn parts() -> impl Strategy<Value = Vec<Part>> {
        // A tiny alphabet with the tags' own bytes in it: what lies close together is what could collide.
        let text = "[ab\u{0}-\u{5}]{0,3}";
        let part = prop_oneof![
            text.prop_map(Part::Text),
            proptest::option::of(text).prop_map(Part::Optional),
            proptest::collection::vec(0..3_u8, 0..3).prop_map(Part::Bytes),
            (-2..3_i64).prop_map(Part::Number),
            any::<bool>().prop_map(Part::Flag),
            proptest::collection::vec(text, 0..3).prop_map(Part::List),
        ];
        proptest::collection::vec(part, 0..4)
    }

    fn digest(parts: &[Part]) -> Digest {
        let start = KeySpace::new(b"schema", 1).digest();
        let built = parts.iter().fold(start, |builder, part| match part {
            Part::Text(text) => builder.text(text),
            Part::Optional(text) => builder.optional(text.as_deref()),
            Part::Bytes(bytes) => builder.bytes(bytes),
            Part::Number(number) => builder.number(*number),
            Part::Flag(flag) => builder.flag(*flag),
            Part::List(items) => builder.list(items.iter().map(String::as_str)),
        });
        built.finish()
    }

    /// A present optional text is a text: the two are meant to be the same.
    fn meaning(parts: Vec<Part>) -> Vec<Part> {
        let plain = |part| match part {
            Part::Optional(Some(text)) => Part::Text(text),
            other => other,
        };
        // A list is its length and its texts; written out, it is still no other list of parts.
        parts.into_iter().map(plain).collect()
    }

    proptest! {
        #[test]
        fn two_lists_of_parts_have_one_digest_only_if_they_are_the_same(
            lists in proptest::collection::vec(parts(), 2..60),
        ) {
            let mut seen: HashMap<Digest, Vec<Part>> = HashMap::new();
            for list in lists {
                let (digest, meaning) = (digest(&list), meaning(list));
                let first = seen.entry(digest).or_insert_with(|| meaning.clone());
                prop_assert_eq!(&*first, &meaning);
            }
            let distinct: std::collections::HashSet<_> = seen.values().collect();
            prop_assert_eq!(distinct.len(), seen.len(), "the same parts make the same digest");
        }

        #[test]
        fn a_digest_is_read_back(parts in parts()) {
            let digest = digest(&parts);
            prop_assert_eq!(Digest::from_hex(&digest.to_string()), Some(digest));
        }
    }
}
