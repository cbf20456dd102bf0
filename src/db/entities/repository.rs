//! `repository`: one row a configuration.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "repository")]
pub(in crate::db) struct Model {
    #[sea_orm(primary_key)]
    pub(in crate::db) id: i64,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) owner: String,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) name: String,
    #[sea_orm(column_type = "Text", unique)]
    pub(in crate::db) name_key: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) description: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) url: String,
    pub(in crate::db) stars: i32,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) default_branch: String,
    pub(in crate::db) version: i64,
    pub(in crate::db) indexed_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::db) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
