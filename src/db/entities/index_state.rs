//! `index_state`: the one row that says which data this is.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// The key of the only row.
pub(in crate::db) const ONLY: i32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "index_state")]
pub(in crate::db) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(in crate::db) id: i32,
    pub(in crate::db) data_version: i64,
    pub(in crate::db) structure_version: i64,
    pub(in crate::db) search_epoch: i64,
    pub(in crate::db) facets_epoch: i64,
    pub(in crate::db) stats_epoch: i64,
    pub(in crate::db) lineage: i64,
    pub(in crate::db) updated_at: DateTime<Utc>,
    pub(in crate::db) published_version: i64,
    pub(in crate::db) held_until: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::db) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
