//! `github_repository`: what is remembered of a repository on GitHub, so that one that did not change costs nothing.

use sea_orm::entity::prelude::*;

use super::Strings;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "github_repository")]
pub(in crate::db) struct Model {
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub(in crate::db) host: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(in crate::db) github_id: i64,
    #[sea_orm(unique)]
    pub(in crate::db) repository_id: i64,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) pushed_at: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) commit_id: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub(in crate::db) etag: Option<String>,
    #[sea_orm(column_type = "JsonBinary")]
    pub(in crate::db) topics: Strings,
    pub(in crate::db) reader: i32,
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
