//! Taking in the rows, one at a time, keeping of each only what the catalog needs.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::assemble::assemble;
use super::csr::Csr;
use super::fold::fold_into;
use super::interner::Interner;
use super::part::Part;
use super::query::Dimension;
use super::rows::{AutomationRow, RepositoryRow};
use super::snapshot::Catalog;
use super::tokens::tokens;

/// So many automations fit in a catalog, and so many values in a dimension.
const LIMIT: usize = 1 << 30;

/// Builds a [`Catalog`] from rows in any order, but for a repository before its automations.
#[derive(Default)]
pub struct CatalogBuilder {
    pub(super) repositories: Vec<RepositoryRow>,
    /// The place of each repository, by id.
    places: HashMap<i64, u32>,
    pub(super) tokens: Interner,
    /// The names of the own values, in the order of [`Dimension::OWN`].
    pub(super) names: [Interner; 4],
    pub(super) ids: Vec<i64>,
    /// The place of each automation's repository.
    pub(super) owners: Vec<u32>,
    pub(super) indexed_at: Vec<i64>,
    /// The own values of each automation: see [`packed`].
    pub(super) own: Csr,
    /// The tokens of each automation's alias, and of its description.
    pub(super) aliases: Csr,
    pub(super) descriptions: Csr,
    /// For folding: kept for its room.
    folded: String,
}

/// Rows that make no catalog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// An automation came before its repository, or without it.
    #[error("automation {automation} belongs to repository {repository}, which the catalog does not know")]
    UnknownRepository {
        /// The automation's id.
        automation: i64,
        /// The repository's id.
        repository: i64,
    },
    /// A repository came twice.
    #[error("repository {id} was given twice")]
    DuplicateRepository {
        /// Its id.
        id: i64,
    },
    /// An automation came twice.
    #[error("automation {id} was given twice")]
    DuplicateAutomation {
        /// Its id.
        id: i64,
    },
    /// More than the catalog's 32-bit numbers can tell apart.
    #[error("too much for one catalog: at most 2^30 automations, and 4 GiB of distinct words")]
    TooLarge,
}

impl CatalogBuilder {
    /// A builder of an empty catalog.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a repository.
    ///
    /// # Errors
    ///
    /// [`BuildError::DuplicateRepository`]; [`BuildError::TooLarge`].
    pub fn repository(&mut self, row: &RepositoryRow) -> Result<(), BuildError> {
        let place = number(self.repositories.len())?;
        match self.places.entry(row.id) {
            Entry::Occupied(_) => return Err(BuildError::DuplicateRepository { id: row.id }),
            Entry::Vacant(free) => free.insert(place),
        };
        self.repositories.push(row.clone());
        Ok(())
    }

    /// Takes in an automation.
    ///
    /// # Errors
    ///
    /// [`BuildError::UnknownRepository`]; [`BuildError::TooLarge`], after which the builder is of no more use.
    pub fn automation(&mut self, row: &AutomationRow) -> Result<(), BuildError> {
        let unknown = BuildError::UnknownRepository {
            automation: row.id,
            repository: row.repository,
        };
        let owner = *self.places.get(&row.repository).ok_or(unknown)?;
        number(self.ids.len())?;
        self.ids.push(row.id);
        self.owners.push(owner);
        self.indexed_at.push(row.indexed_at);
        self.own_values(row)?;
        let Self {
            tokens,
            aliases,
            descriptions,
            folded,
            ..
        } = self;
        for (field, rows) in [(&row.alias, aliases), (&row.description, descriptions)] {
            add_tokens(field.as_deref(), tokens, rows, folded)?;
            rows.end_row().ok_or(BuildError::TooLarge)?;
        }
        Ok(())
    }

    /// Makes the catalog.
    ///
    /// # Errors
    ///
    /// [`BuildError::DuplicateAutomation`]; [`BuildError::TooLarge`].
    pub fn build(self) -> Result<Catalog, BuildError> {
        self.build_part().map(Catalog::of)
    }

    /// Makes a part.
    pub(super) fn build_part(self) -> Result<Part, BuildError> {
        if let Some(id) = duplicate(&self.ids) {
            return Err(BuildError::DuplicateAutomation { id });
        }
        assemble(self)
    }

    fn own_values(&mut self, row: &AutomationRow) -> Result<(), BuildError> {
        if let Some(path) = &row.blueprint_path {
            self.own_value(Dimension::Blueprints, path)?;
        }
        for kind in &row.trigger_types {
            self.own_value(Dimension::Triggers, kind)?;
        }
        for action in &row.action_calls {
            self.own_value(Dimension::Actions, action)?;
            self.own_value(
                Dimension::ActionDomains,
                action.split('.').next().unwrap_or_default(),
            )?;
        }
        self.own.end_row().ok_or(BuildError::TooLarge)
    }

    fn own_value(&mut self, dimension: Dimension, name: &str) -> Result<(), BuildError> {
        if !name.is_empty() {
            let place = own_place(dimension);
            let value = self.names[place].intern(name).ok_or(BuildError::TooLarge)?;
            self.own.push(packed(place, number(value as usize)?));
        }
        Ok(())
    }
}

/// Adds the tokens of a text to the row that is being written.
pub(super) fn add_tokens(
    text: Option<&str>,
    interner: &mut Interner,
    rows: &mut Csr,
    folded: &mut String,
) -> Result<(), BuildError> {
    let Some(text) = text else { return Ok(()) };
    folded.clear();
    fold_into(folded, text);
    for token in tokens(folded) {
        rows.push(interner.intern(token).ok_or(BuildError::TooLarge)?);
    }
    Ok(())
}

/// The place of a dimension in [`Dimension::OWN`].
fn own_place(dimension: Dimension) -> usize {
    Dimension::OWN
        .into_iter()
        .position(|own| own == dimension)
        .unwrap_or_default()
}

/// An own value in one number: the place of its dimension in [`Dimension::OWN`] and its number there, below 2³⁰.
fn packed(place: usize, value: u32) -> u32 {
    u32::try_from(place).unwrap_or_default() << 30 | value
}

/// The place and the number that were [`packed`].
pub(super) fn unpacked(value: u32) -> (usize, usize) {
    ((value >> 30) as usize, (value & 0x3fff_ffff) as usize)
}

fn number(at: usize) -> Result<u32, BuildError> {
    u32::try_from(at)
        .ok()
        .filter(|_| at < LIMIT)
        .ok_or(BuildError::TooLarge)
}

/// An id that is there twice.
fn duplicate(ids: &[i64]) -> Option<i64> {
    // Rows mostly come in the order of ids: then there is nothing to sort.
    if ids.is_sorted_by(|a, b| a < b) {
        return None;
    }
    let mut sorted = ids.to_vec();
    sorted.sort_unstable();
    sorted
        .windows(2)
        .find(|pair| pair[0] == pair[1])
        .map(|pair| pair[0])
}
