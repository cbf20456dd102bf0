//! The tables as sea-orm entities: one file a table, no behaviour.

pub(super) mod automation;
pub(super) mod github_repository;
pub(super) mod index_lease;
pub(super) mod index_run;
pub(super) mod index_state;
pub(super) mod repository;

use sea_orm::FromJsonQueryResult;
use serde::{Deserialize, Serialize};

/// A list of strings in one JSON column (`jsonb` on PostgreSQL, text on SQLite).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, FromJsonQueryResult)]
pub(super) struct Strings(pub(super) Vec<String>);
