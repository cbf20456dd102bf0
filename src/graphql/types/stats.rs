//! How large the index is.

use async_graphql::SimpleObject;
use chrono::{DateTime, Utc};

use crate::catalog::{Snapshot, Totals};

/// How large the index is, and how new.
#[derive(SimpleObject)]
#[graphql(serial)]
pub(in crate::graphql) struct Stats {
    /// Repositories in the index.
    total_repositories: u32,
    /// Automations in the index.
    total_automations: u32,
    /// Different blueprints they are made from.
    total_blueprints: u32,
    /// Different kinds of triggers.
    total_triggers: u32,
    /// Different actions they call.
    total_actions: u32,
    /// When a repository or automation last changed in the index; null while it is empty.
    last_indexed_at: Option<DateTime<Utc>>,
    /// When the data these figures were taken from was written.
    updated_at: DateTime<Utc>,
    /// Counts the changes of the index: the same number, the same data.
    data_version: i64,
}

impl Stats {
    pub(in crate::graphql) fn new(totals: Totals, snapshot: &Snapshot) -> Self {
        Self {
            total_repositories: totals.repositories,
            total_automations: totals.automations,
            total_blueprints: totals.blueprints,
            total_triggers: totals.triggers,
            total_actions: totals.actions,
            last_indexed_at: snapshot.last_indexed_at,
            updated_at: snapshot.state.updated_at,
            data_version: snapshot.state.data_version,
        }
    }
}
