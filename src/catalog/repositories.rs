//! The repositories: their ids and stars, and the ways to find them.

use std::cmp::Ordering;

use super::strings::Strings;

/// The repositories, numbered in the order of `owner/name` (by bytes), then of id.
#[derive(Clone, Debug, Default)]
pub(super) struct Repositories {
    ids: Vec<i64>,
    stars: Vec<u32>,
    /// Numbers in the order of ids.
    by_id: Vec<u32>,
    /// Numbers in the order of names without regard to ASCII case.
    by_name: Vec<u32>,
}

impl Repositories {
    /// Takes over the ids and stars of repositories whose names are `names`.
    pub(super) fn new(ids: Vec<i64>, stars: Vec<u32>, names: &Strings) -> Self {
        let mut by_id: Vec<u32> = (0_u32..).zip(&ids).map(|(number, _)| number).collect();
        let mut by_name = by_id.clone();
        by_id.sort_unstable_by_key(|&number| ids[number as usize]);
        by_name.sort_by(|&a, &b| ignoring_case(names.get(a as usize), names.get(b as usize)));
        Self {
            ids,
            stars,
            by_id,
            by_name,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.ids.len()
    }

    pub(super) fn id(&self, number: u32) -> i64 {
        self.ids[number as usize]
    }

    pub(super) fn stars(&self, number: u32) -> u32 {
        self.stars[number as usize]
    }

    /// The repository of this id.
    pub(super) fn with_id(&self, id: i64) -> Option<u32> {
        let at = self
            .by_id
            .binary_search_by_key(&id, |&number| self.ids[number as usize])
            .ok()?;
        self.by_id.get(at).copied()
    }

    /// The repositories of this `owner/name`. There is one at most on GitHub; more are possible here for as long as
    /// one renamed only in case is known by both names.
    pub(super) fn named(&self, name: &str, names: &Strings) -> &[u32] {
        let compare = |number: &u32| ignoring_case(names.get(*number as usize), name);
        let start = self.by_name.partition_point(|number| compare(number).is_lt());
        let rest = &self.by_name[start..];
        &rest[..rest.partition_point(|number| compare(number).is_eq())]
    }

    /// Heap bytes.
    pub(super) fn memory(&self) -> usize {
        self.ids.capacity() * size_of::<i64>()
            + (self.stars.capacity() + self.by_id.capacity() + self.by_name.capacity()) * size_of::<u32>()
    }
}

fn ignoring_case(left: &str, right: &str) -> Ordering {
    left.bytes()
        .map(|byte| byte.to_ascii_lowercase())
        .cmp(right.bytes().map(|byte| byte.to_ascii_lowercase()))
}
