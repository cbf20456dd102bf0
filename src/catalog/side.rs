//! Sides: a query asks each part of a catalog, and of each only the automations that still count.

use super::both::Both;
use super::doc_set::DocSet;
use super::part::Part;
use super::snapshot::Catalog;

/// A part, and which of its documents still count: the others' repositories were changed or removed since.
#[derive(Clone, Copy, Debug)]
pub(super) struct Side<'a> {
    pub(super) part: &'a Part,
    /// `None`: all do.
    pub(super) alive: Option<&'a DocSet>,
}

impl Catalog {
    /// What a query is to ask.
    pub(super) fn sides(&self) -> Both<Side<'_>> {
        let changes = self.changes.as_deref();
        Both {
            base: Side {
                part: &self.base,
                alive: changes.and_then(|changes| changes.alive.as_ref()),
            },
            fresh: changes.map(|changes| Side {
                part: &changes.part,
                alive: None,
            }),
        }
    }
}

impl Side<'_> {
    /// How many documents count.
    pub(super) fn count(self) -> u32 {
        self.alive
            .map_or_else(|| self.part.document_count(), DocSet::count)
    }

    /// Whether any automation that counts has the token.
    pub(super) fn has(self, token: u32) -> bool {
        self.alive
            .is_none_or(|alive| self.part.text.is_in(token, self.part.holders(), alive))
    }
}
