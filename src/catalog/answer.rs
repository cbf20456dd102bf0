//! What a catalog answers.

use serde::{Deserialize, Serialize};

/// One page of automations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchHits {
    /// How many there are on all pages.
    pub total: u32,
    /// The ids of this page's automations, in order.
    pub ids: Vec<i64>,
}

/// The values of all five dimensions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// How many automations obey the text and every filter.
    pub total: u32,
    /// Repositories, by `owner/name`.
    pub repositories: FacetCounts,
    /// Blueprint paths.
    pub blueprints: FacetCounts,
    /// Kinds of triggers.
    pub triggers: FacetCounts,
    /// Domains of actions.
    pub action_domains: FacetCounts,
    /// Actions.
    pub actions: FacetCounts,
}

/// The values of one dimension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetCounts {
    /// How many values there are that some automation in scope has or that are chosen, listed here or not.
    pub total_values: u32,
    /// The highest count first, then the value's name by its bytes. Holds the first `top` and every chosen value.
    pub values: Vec<FacetValue>,
}

/// One value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FacetValue {
    /// The value as indexed; a chosen value that the catalog does not know, as it was asked for.
    pub value: String,
    /// How many automations have it, obeying the text and the filters of all other dimensions.
    pub count: u32,
    /// Whether the filter names it.
    pub selected: bool,
    /// The repository's id; `None` in the other dimensions, and for a repository that the catalog does not know.
    pub repository_id: Option<i64>,
}

/// How much is in the catalog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Repositories, those without an automation too.
    pub repositories: u32,
    /// Automations.
    pub automations: u32,
    /// Distinct blueprint paths.
    pub blueprints: u32,
    /// Distinct kinds of triggers.
    pub triggers: u32,
    /// Distinct actions.
    pub actions: u32,
}
