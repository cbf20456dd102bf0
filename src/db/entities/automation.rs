//! `automation`: one row an automation.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use super::Strings;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "automation")]
pub(in crate::db) struct Model {
    #[sea_orm(primary_key)]
    pub(in crate::db) id: i64,
    pub(in crate::db) repository_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) automation_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) alias: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) description: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(in crate::db) trigger_types: Strings,
    #[sea_orm(column_type = "JsonBinary")]
    pub(in crate::db) action_calls: Strings,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) blueprint_path: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub(in crate::db) source_file_path: String,
    pub(in crate::db) start_line: Option<i32>,
    pub(in crate::db) end_line: Option<i32>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) source: Option<String>,
    #[sea_orm(column_type = "Binary(16)")]
    pub(in crate::db) content_hash: Vec<u8>,
    pub(in crate::db) indexed_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::db) enum Relation {
    #[sea_orm(
        belongs_to = "super::repository::Entity",
        from = "Column::RepositoryId",
        to = "super::repository::Column::Id"
    )]
    Repository,
}

impl Related<super::repository::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Repository.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
