//! `index_lease`: the one row that says which run may go on, and until when.

use sea_orm::entity::prelude::*;

/// The key of the only row.
pub(in crate::db) const ONLY: i32 = 1;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "index_lease")]
pub(in crate::db) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(in crate::db) id: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) holder: Option<String>,
    pub(in crate::db) run_id: Option<i64>,
    pub(in crate::db) expires_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::db) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
