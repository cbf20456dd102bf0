//! Which of a repository's stored automations is which of those just read: so that what is still there keeps its key.
//!
//! Pure. Every stored row and every automation read is used at most once, and the result does not depend on the order
//! in which a database returns its rows.

use std::collections::HashMap;
use std::hash::Hash;

use super::digest::Digest;
use crate::model::Automation;

/// What is remembered of a stored automation to recognise it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub(super) id: i64,
    pub(super) automation_id: Option<String>,
    pub(super) alias: Option<String>,
    pub(super) source_file_path: String,
    pub(super) start_line: Option<u32>,
    pub(super) end_line: Option<u32>,
    pub(super) digest: Digest,
}

/// An automation just read, with its digest.
pub(super) struct Read<'a> {
    pub(super) automation: &'a Automation,
    pub(super) digest: Digest,
}

/// For every automation read, the index into the known ones of the row it continues.
pub(super) fn pair(known: &[Known], read: &[Read<'_>]) -> Vec<Option<usize>> {
    let mut pairing = Pairing::new(known, read);
    // From the surest likeness to the weakest; whoever is paired is out of the later rounds.
    pairing.round(|it| Some((it.path, it.digest)));
    pairing.round(|it| it.automation_id.map(|id| (it.path, id)));
    pairing.round(|it| it.alias.map(|alias| (it.path, alias)));
    pairing.round(|it| Some(it.digest));
    pairing.round(|it| it.automation_id);
    pairing.round(|it| it.alias);
    pairing.round(|it| it.is_nameless().then_some((it.path, it.start_line)));
    pairing.continues
}

/// What both sides have in common, for the rounds to pick from.
#[derive(Clone, Copy)]
struct Likeness<'a> {
    automation_id: Option<&'a str>,
    alias: Option<&'a str>,
    path: &'a str,
    start_line: Option<u32>,
    digest: Digest,
}

impl Likeness<'_> {
    fn is_nameless(&self) -> bool {
        self.automation_id.is_none() && self.alias.is_none()
    }
}

struct Pairing<'a> {
    known: Vec<Likeness<'a>>,
    read: Vec<Likeness<'a>>,
    /// The known ones not paired yet, in the order of their keys.
    free: Vec<usize>,
    continues: Vec<Option<usize>>,
}

impl<'a> Pairing<'a> {
    fn new(known: &'a [Known], read: &'a [Read<'a>]) -> Self {
        let mut free: Vec<usize> = (0..known.len()).collect();
        free.sort_unstable_by_key(|&i| (known[i].start_line, known[i].id));
        Self {
            known: known.iter().map(of_known).collect(),
            read: read.iter().map(of_read).collect(),
            free,
            continues: vec![None; read.len()],
        }
    }

    /// Pairs, first come first served, those on both sides that have the same key.
    fn round<K: Hash + Eq>(&mut self, key: impl Fn(&Likeness<'a>) -> Option<K>) {
        let mut waiting: HashMap<K, Vec<usize>> = HashMap::new();
        for &i in self.free.iter().rev() {
            if let Some(k) = key(&self.known[i]) {
                waiting.entry(k).or_default().push(i);
            }
        }
        let mut taken = vec![false; self.known.len()];
        for (slot, it) in self
            .continues
            .iter_mut()
            .zip(&self.read)
            .filter(|(slot, _)| slot.is_none())
        {
            *slot = key(it).and_then(|k| waiting.get_mut(&k)).and_then(Vec::pop);
            if let Some(i) = *slot {
                taken[i] = true;
            }
        }
        self.free.retain(|&i| !taken[i]);
    }
}

fn of_known(known: &Known) -> Likeness<'_> {
    Likeness {
        automation_id: known.automation_id.as_deref(),
        alias: known.alias.as_deref(),
        path: &known.source_file_path,
        start_line: known.start_line,
        digest: known.digest,
    }
}

fn of_read<'a>(read: &Read<'a>) -> Likeness<'a> {
    Likeness {
        automation_id: read.automation.automation_id.as_deref(),
        alias: read.automation.alias.as_deref(),
        path: &read.automation.source_file_path,
        start_line: read.automation.start_line,
        digest: read.digest,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::digest::content_digest;

    fn automation(path: &str, line: u32, alias: &str, source: &str) -> Automation {
        Automation {
            alias: (!alias.is_empty()).then(|| alias.to_owned()),
            source: Some(source.to_owned()),
            source_file_path: path.to_owned(),
            start_line: Some(line),
            end_line: Some(line + 1),
            ..Automation::default()
        }
    }

    fn known(id: i64, it: &Automation) -> Known {
        Known {
            id,
            automation_id: it.automation_id.clone(),
            alias: it.alias.clone(),
            source_file_path: it.source_file_path.clone(),
            start_line: it.start_line,
            end_line: it.end_line,
            digest: content_digest(it),
        }
    }

    /// The keys the automations `after` continue, when those of `before` were stored under 1, 2, 3...
    fn continued(before: &[Automation], after: &[Automation]) -> Vec<Option<i64>> {
        let known: Vec<Known> = (1..).zip(before).map(|(id, it)| known(id, it)).collect();
        let read: Vec<Read<'_>> = after
            .iter()
            .map(|it| Read {
                automation: it,
                digest: content_digest(it),
            })
            .collect();
        pair(&known, &read)
            .into_iter()
            .map(|found| found.map(|i| known[i].id))
            .collect()
    }

    #[test]
    fn lines_inserted_above_change_nobody() {
        let before = [
            automation("a.yaml", 1, "One", "1"),
            automation("a.yaml", 5, "Two", "2"),
        ];
        let after = [
            automation("a.yaml", 1, "New", "n"),
            automation("a.yaml", 4, "One", "1"),
            automation("a.yaml", 8, "Two", "2"),
        ];
        assert_eq!(continued(&before, &after), [None, Some(1), Some(2)]);
    }

    #[test]
    fn an_edit_keeps_the_key_by_alias_and_a_new_alias_by_id() {
        let before = [automation("a.yaml", 1, "One", "1")];
        assert_eq!(
            continued(&before, &[automation("a.yaml", 1, "One", "edited")]),
            [Some(1)]
        );

        let with_id = |alias, source| Automation {
            automation_id: Some("17".into()),
            ..automation("a.yaml", 1, alias, source)
        };
        assert_eq!(
            continued(&[with_id("One", "1")], &[with_id("Renamed", "2")]),
            [Some(1)]
        );
    }

    #[test]
    fn a_file_that_moved_keeps_its_keys() {
        let before = [
            automation("a.yaml", 1, "One", "1"),
            automation("a.yaml", 5, "", "2"),
        ];
        let after = [
            automation("b/a.yaml", 1, "One", "1"),
            automation("b/a.yaml", 5, "", "2"),
        ];
        assert_eq!(continued(&before, &after), [Some(1), Some(2)]);
    }

    #[test]
    fn twins_are_paired_in_the_order_of_their_lines() {
        let before = [
            automation("a.yaml", 9, "Twin", "t"),
            automation("a.yaml", 1, "Twin", "t"),
        ];
        let after = [
            automation("a.yaml", 1, "Twin", "t"),
            automation("a.yaml", 9, "Twin", "t"),
        ];
        assert_eq!(continued(&before, &after), [Some(2), Some(1)]);
    }

    #[test]
    fn an_exact_twin_is_not_robbed_by_a_namesake() {
        let before = [
            automation("a.yaml", 1, "Light", "old"),
            automation("b.yaml", 1, "Light", "same"),
        ];
        let after = [
            automation("b.yaml", 1, "Light", "same"),
            automation("a.yaml", 1, "Light", "edited"),
        ];
        assert_eq!(continued(&before, &after), [Some(2), Some(1)]);
    }

    #[test]
    fn what_has_no_name_is_known_by_its_place() {
        let before = [automation("a.yaml", 1, "", "1"), automation("a.yaml", 5, "", "2")];
        let after = [
            automation("a.yaml", 1, "", "edited"),
            automation("a.yaml", 6, "", "other"),
        ];
        assert_eq!(continued(&before, &after), [Some(1), None]);
    }
}
