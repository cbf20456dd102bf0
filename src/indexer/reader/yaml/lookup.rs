//! A mapping's entries as the loader would have them: merge keys (`<<`) taken in, and of a key written twice the last.
//!
//! Invariant: the work is bounded by `room`, however merges chain, fan out or come back to themselves.

use std::collections::{HashMap, HashSet};

use super::{Content, Document, NodeId};

/// A key and its value.
#[derive(Debug)]
pub(in super::super) struct Entry {
    /// The key's text.
    pub(in super::super) key: Box<str>,
    /// The value's node, in the same document.
    pub(in super::super) value: NodeId,
    /// Whether the same mapping has the key again further down, so that this one is lost.
    pub(in super::super) shadowed: bool,
}

/// The longest key taken, in bytes: none of Home Assistant's comes near it.
const MAX_KEY: usize = 256;

/// The entries of a mapping, those merged in first. Keys that are no text are left out; so is what exceeds `room`.
pub(in super::super) fn entries(document: &Document, pairs: &[(NodeId, NodeId)], room: usize) -> Vec<Entry> {
    let own = own_entries(document, pairs, room);
    let mut entries = merged(document, pairs, room.saturating_sub(own.len()));
    if !entries.is_empty() {
        let known: HashSet<&str> = own.iter().map(|entry| &*entry.key).collect();
        entries.retain(|entry| !known.contains(&*entry.key));
    }
    entries.extend(own);
    entries
}

/// The entries written in the mapping itself.
fn own_entries(document: &Document, pairs: &[(NodeId, NodeId)], room: usize) -> Vec<Entry> {
    let written = pairs
        .iter()
        .filter(|(key, _)| !is_merge(document, *key))
        .take(room);
    let entry = |(key, value): &(NodeId, NodeId)| {
        let key = document.scalar(*key).filter(|key| key.len() <= MAX_KEY)?;
        Some(Entry {
            key: key.into(),
            value: *value,
            shadowed: false,
        })
    };
    let mut entries: Vec<Entry> = written.filter_map(entry).collect();
    let mut last: HashMap<Box<str>, usize> = HashMap::with_capacity(entries.len());
    for at in 0..entries.len() {
        let key = entries[at].key.clone();
        if let Some(earlier) = last.insert(key, at) {
            entries[earlier].shadowed = true;
        }
    }
    entries
}

/// What the mapping's `<<` keys bring in: of several mappings that have a key the first wins, as does what is nearer.
fn merged(document: &Document, pairs: &[(NodeId, NodeId)], room: usize) -> Vec<Entry> {
    let mut waiting = sources(document, pairs);
    let mut seen = HashSet::new();
    let mut keys: HashSet<Box<str>> = HashSet::new();
    let mut entries = Vec::new();
    let mut room = room;
    while let Some(source) = waiting.pop() {
        let Content::Map { pairs, .. } = &document.node(source).content else {
            continue;
        };
        if !seen.insert(source) {
            continue;
        }
        for entry in own_entries(document, pairs, room) {
            room = room.saturating_sub(1);
            if !entry.shadowed && keys.insert(entry.key.clone()) {
                entries.push(entry);
            }
        }
        waiting.extend(sources(document, pairs));
    }
    entries
}

/// The mappings that a mapping's merge keys name, the one to be taken in first at the end.
fn sources(document: &Document, pairs: &[(NodeId, NodeId)]) -> Vec<NodeId> {
    let mut named = Vec::new();
    for (_, value) in pairs.iter().rev().filter(|(key, _)| is_merge(document, *key)) {
        match &document.node(document.follow(*value)).content {
            Content::List(items) => named.extend(items.iter().map(|item| document.follow(*item))),
            _ => named.push(document.follow(*value)),
        }
    }
    named.reverse();
    named
}

/// Whether a key is a plain `<<`.
fn is_merge(document: &Document, key: NodeId) -> bool {
    matches!(&document.node(key).content, Content::Scalar { value, style: super::Style::Plain } if &**value == "<<")
}
