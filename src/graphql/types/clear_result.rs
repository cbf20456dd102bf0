//! Clearing the cache: what, and what it did.

use async_graphql::{Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::cache::Scope;

/// A kind of cached answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CacheScope {
    /// Pages of results, single automations and repositories.
    Search,
    /// Facet counts.
    Facets,
    /// The statistics of the index.
    Stats,
}

/// What a clear did.
#[derive(Clone, Debug, PartialEq, Eq, SimpleObject, Serialize)]
#[graphql(serial)]
#[serde(rename_all = "camelCase")]
pub struct ClearCacheResult {
    /// What was cleared.
    pub scopes: Vec<CacheScope>,
    /// The generation from now on: answers of any earlier one are never given again.
    pub generation: String,
    /// Whether other instances were told over Redis at once; otherwise they learn of it from the database within a
    /// second.
    pub redis_notified: bool,
}

impl CacheScope {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Search, Self::Facets, Self::Stats];
}

impl From<Scope> for CacheScope {
    fn from(scope: Scope) -> Self {
        match scope {
            Scope::Search => Self::Search,
            Scope::Facets => Self::Facets,
            Scope::Stats => Self::Stats,
        }
    }
}
