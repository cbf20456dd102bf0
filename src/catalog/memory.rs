//! How much memory a catalog takes.

use super::part::Part;
use super::snapshot::Catalog;

/// Heap bytes of a catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// The texts: names of values and repositories (as given and folded), and the vocabulary.
    pub strings: usize,
    /// Everything else.
    pub structure: usize,
}

impl Catalog {
    /// How many heap bytes the catalog takes.
    pub fn memory(&self) -> Memory {
        let mut memory = self.base.memory();
        if let Some(changes) = &self.changes {
            let part = changes.part.memory();
            let (rows, others) = changes.memory();
            memory.strings += part.strings + rows;
            memory.structure += part.structure + others;
        }
        memory
    }
}

impl Part {
    fn memory(&self) -> Memory {
        let texts = self
            .values
            .iter()
            .map(super::values::Values::memory)
            .chain([self.text.memory()]);
        let (strings, bounds) = texts.fold((0, 0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
        let postings = self.value_postings.memory() + self.repository_postings.memory();
        let documents = self.documents.memory() + self.forward.memory() + self.repositories.memory();
        Memory {
            strings,
            structure: bounds + postings + documents,
        }
    }
}
